//! The panel over the window while a shared file is opened: how far its check is, what it found, and then what to do with
//! it. Nothing of the file is shown before the check is done.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use egui::{Context, ProgressBar, ScrollArea, Ui};

use super::bundle_card::BundleCard;
use super::shared_file::is_shared_name;
use crate::library::{CheckProgress, OpenedReplay};
use crate::ui::format::{count, escaped};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{BODY, TABLE};
use crate::ui::widgets::{
    Icon, Lamp, PushButton, fraction, lamp_ui, main_button_ui, modal_panel_ui, named, wrapped_ui,
};

/// Width of the panel.
const WIDTH: f32 = 560.0;
/// What the title and the buttons take of the window's height.
const AROUND: f32 = 180.0;
/// Repaint interval while a file is being checked.
const PROGRESS_EVERY: Duration = Duration::from_millis(100);

/// The panel.
#[derive(Debug, Default)]
pub struct BundlePanel {
    /// The file that is being opened, and how far it is.
    opening: Option<(PathBuf, Arc<CheckProgress>)>,
    found: Option<CheckResult>,
    /// The shared file that the player has chosen to see, after its check.
    chosen: Option<OpenedReplay>,
}

/// What came of a check.
#[derive(Debug)]
enum CheckResult {
    /// It can be opened.
    Readable(BundleCard, Box<OpenedReplay>),
    /// It cannot be read at all.
    Refused(PathBuf, String),
}

/// What the player does with a shared file.
#[derive(Debug)]
pub enum BundleChoice {
    /// Stop the check.
    Cancel,
    /// Replay the session.
    Replay(OpenedReplay),
    /// Review the session.
    Review(OpenedReplay),
}

impl BundlePanel {
    /// Notes that a file is being opened in place of any other. Its check reports to `progress`.
    pub fn begin(&mut self, path: &Path, progress: Arc<CheckProgress>) {
        self.cancel();
        self.opening = Some((path.to_owned(), progress));
    }

    /// Gives up what is being opened.
    pub fn cancel(&mut self) {
        if let Some((_, progress)) = self.opening.take() {
            progress.cancel();
        }
    }

    /// Takes a file that was opened; returns it if it is no shared file.
    pub fn take_opened(&mut self, opened: OpenedReplay) -> Option<OpenedReplay> {
        let is_newest = self
            .opening
            .as_ref()
            .is_some_and(|(path, _)| *path == opened.path);
        if is_newest {
            self.opening = None;
        }
        let Some(bundle) = &opened.bundle else {
            return Some(opened);
        };
        if is_newest {
            let card = BundleCard::of(bundle);
            self.found = Some(CheckResult::Readable(card, Box::new(opened)));
        }
        None
    }

    /// Takes why a file cannot be opened; returns whether it is a shared file, which the panel shows.
    pub fn take_refused(&mut self, path: &Path, why: &str) -> bool {
        let opening = self.opening.take_if(|(opening, _)| opening == path);
        let is_bundle =
            opening.is_some_and(|(_, progress)| progress.is_bundle()) || is_shared_name(path);
        if is_bundle {
            self.found = Some(CheckResult::Refused(path.to_owned(), why.to_owned()));
        }
        is_bundle
    }

    /// Returns the shared file that the player has chosen to see, if it is this one.
    pub fn chosen(&self, path: &Path) -> Option<&OpenedReplay> {
        self.chosen.as_ref().filter(|chosen| chosen.path == path)
    }

    /// Whether the panel covers the window.
    pub fn is_open(&self) -> bool {
        self.found.is_some() || self.checked_file().is_some()
    }

    /// Returns the shared file that is being checked.
    fn checked_file(&self) -> Option<&(PathBuf, Arc<CheckProgress>)> {
        let opening = self.opening.as_ref();
        opening.filter(|(_, progress)| progress.is_bundle())
    }

    /// Draws the panel over the window, if there is something to show.
    pub fn ui(&mut self, ctx: &Context) -> Option<BundleChoice> {
        if let Some((path, progress)) = self.checked_file() {
            ctx.request_repaint_after(PROGRESS_EVERY);
            if !progress_panel_ui(ctx, path, progress) {
                self.cancel();
                return Some(BundleChoice::Cancel);
            }
            return None;
        }
        let (stays, choice) = match self.found.as_ref()? {
            CheckResult::Readable(card, opened) => found_panel_ui(ctx, card, opened),
            CheckResult::Refused(path, why) => (refused_panel_ui(ctx, path, why), None),
        };
        if !stays || choice.is_some() {
            self.found = None;
        }
        if let Some(BundleChoice::Replay(opened) | BundleChoice::Review(opened)) = &choice {
            self.chosen = Some(opened.clone());
        }
        choice
    }
}

impl Drop for BundlePanel {
    /// The thread that checks ends at once.
    fn drop(&mut self) {
        self.cancel();
    }
}

fn name_of(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default();
    escaped(&name.to_string_lossy())
}

/// Draws how far a check is. Returns whether it goes on.
fn progress_panel_ui(ctx: &Context, path: &Path, progress: &CheckProgress) -> bool {
    let title = format!("Checking {}", name_of(path));
    let mut goes_on = true;
    let stays = modal_panel_ui(ctx, "shared file", &title, WIDTH, |ui, theme| {
        ui.add_space(8.0);
        let (share, text) = match progress.games() {
            None => (0.0, "Reading the file…".to_owned()),
            Some((proven, all)) => {
                let text = format!("{proven} of {} proven", count(all, "game"));
                (fraction(proven, all), text)
            }
        };
        let bar = ui.add(ProgressBar::new(share).desired_height(6.0));
        named(bar, "Progress of the check");
        ui.add_space(4.0);
        ui.label(TABLE.text(text).color(theme.quiet));
        ui.add_space(8.0);
        if ui.add(PushButton::new("Cancel")).clicked() {
            goes_on = false;
        }
    });
    stays && goes_on
}

/// Draws what a check found. Returns whether the panel stays open, and what the player does.
fn found_panel_ui(
    ctx: &Context,
    card: &BundleCard,
    opened: &OpenedReplay,
) -> (bool, Option<BundleChoice>) {
    let mut choice = None;
    let mut closes = false;
    let title = format!("Shared session {}", name_of(&opened.path));
    let stays = modal_panel_ui(ctx, "shared file", &title, WIDTH, |ui, theme| {
        ui.add_space(8.0);
        let room = (ui.ctx().content_rect().height() - AROUND).max(120.0);
        let scroll = ScrollArea::vertical().id_salt("found").max_height(room);
        scroll.show(ui, |ui| card.ui(ui, theme));
        ui.add_space(8.0);
        ui.horizontal(|ui| {
            closes = buttons_ui(ui, card.holds(), opened, &mut choice);
        });
    });
    (stays && !closes, choice)
}

/// Draws the buttons; what does not hold is replayed as a second choice only. Returns whether the panel is closed.
fn buttons_ui(
    ui: &mut Ui,
    holds: bool,
    opened: &OpenedReplay,
    choice: &mut Option<BundleChoice>,
) -> bool {
    let close = PushButton::new("Close");
    let (replay, review, close) = if holds {
        let replay = PushButton::new("Replay").replay().icon(Icon::Play);
        (replay, PushButton::new("Review"), close)
    } else {
        let replay = PushButton::new("Replay anyway");
        (replay, PushButton::new("Review anyway"), close.primary())
    };
    let mut closes = !holds && main_button_ui(ui, true, close);
    let replays = if holds {
        main_button_ui(ui, true, replay)
    } else {
        ui.add(replay).clicked()
    };
    if replays {
        *choice = Some(BundleChoice::Replay(opened.clone()));
    }
    if ui.add(review).clicked() {
        *choice = Some(BundleChoice::Review(opened.clone()));
    }
    closes |= holds && ui.add(close).clicked();
    closes
}

/// Draws why a file cannot be read. Returns whether the panel stays open.
fn refused_panel_ui(ctx: &Context, path: &Path, why: &str) -> bool {
    let title = format!("{} cannot be opened", name_of(path));
    let mut closes = false;
    let stays = modal_panel_ui(ctx, "shared file", &title, WIDTH, |ui, theme: Theme| {
        ui.add_space(8.0);
        ui.horizontal_top(|ui| {
            lamp_ui(ui, Lamp::Look);
            wrapped_ui(ui, theme.loss, BODY.text(escaped(why)));
        });
        ui.add_space(8.0);
        closes = main_button_ui(ui, true, PushButton::new("Close").primary());
    });
    stays && !closes
}

#[cfg(test)]
mod tests {
    use egui_kittest::Harness;
    use egui_kittest::kittest::Queryable as _;

    use super::*;

    #[test]
    fn a_check_shows_how_far_it_is_and_can_be_cancelled() {
        let mut panel = BundlePanel::default();
        let progress = Arc::<CheckProgress>::default();
        panel.begin(Path::new("/x/day.pianola"), Arc::clone(&progress));
        assert!(!panel.is_open(), "another file needs no check");
        progress.set_bundle();
        let show = |ui: &mut Ui, (panel, choices): &mut (BundlePanel, Vec<BundleChoice>)| {
            choices.extend(panel.ui(ui.ctx()));
        };
        let mut harness = Harness::builder()
            .with_context_setup(Theme::install)
            .build_ui_state(show, (panel, Vec::new()));
        harness.run_steps(3);
        harness.get_by_label_contains("Checking day.pianola");
        harness.get_by_label_contains("Reading the file");
        progress.set_games(40);
        progress.add_proven(12);
        harness.run_steps(1);
        harness.get_by_label_contains("12 of 40 games proven");
        assert!(harness.query_by_label_contains("Replay").is_none());
        harness.get_by_label("Cancel").click();
        harness.run_steps(2);
        let (panel, choices) = harness.state();
        assert!(matches!(choices[..], [BundleChoice::Cancel]));
        assert!(progress.is_cancelled() && !panel.is_open());
        assert!(harness.query_by_label_contains("Checking").is_none());
    }

    #[test]
    fn a_newer_file_and_the_end_of_the_window_cancel_a_check() {
        let mut panel = BundlePanel::default();
        let [first, second] = ["a.pianola", "b.pianola"].map(|name| {
            let progress = Arc::<CheckProgress>::default();
            panel.begin(Path::new(name), Arc::clone(&progress));
            progress
        });
        assert!(first.is_cancelled() && !second.is_cancelled());
        drop(panel);
        assert!(second.is_cancelled());
    }
}
