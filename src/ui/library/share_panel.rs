//! The panel that puts a session with its games and notes into one file, for other players.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use egui::{Align, Context, Layout, TextEdit, Ui, Vec2, vec2};

use super::path_field::typed_path;
use super::shared_file::{ENDING, why_not_shared, with_ending};
use super::texts::{BUSY, long_start};
use crate::library::worker::LibraryWorker;
use crate::library::{BundleContent, LibraryEvent, ShareFailure, ShareOptions};
use crate::ui::dialog::{Dialog, DialogKind, TYPE_ABOVE};
use crate::ui::format::{count, escaped, path_to_edit, short_path};
use crate::ui::native::open_path;
use crate::ui::theme::role::{BODY, CAPTION, STRONG, TABLE};
use crate::ui::theme::{CONTROL, Theme};
use crate::ui::widgets::{
    Lamp, PushButton, fact_row_ui, lamp_ui, main_button_ui, modal_panel_ui, named, truncated_ui,
    wrapped_ui,
};

/// Width of the panel.
const WIDTH: f32 = 560.0;
/// The width of the names, and the height of a row.
const ROW: Vec2 = vec2(96.0, 32.0);
/// What is missing is listed up to here.
const MAX_MISSING: usize = 4;
const PURPOSE: &str = "One file with the session, its games and your notes. The other player's Pianola proves the games and checks the numbers before it shows them.";
const MASKED: &str = "Names and ids are masked: the file does not say who played";
const NAMED: &str = "Your name and id are in the file";

/// A file that was shared, or why it was not.
pub type ShareOutcome = Result<PathBuf, String>;

/// The panel; it is open while there is a form.
#[derive(Debug, Default)]
pub struct SharePanel {
    form: Option<ShareForm>,
    /// The result of the last saving, until it is taken.
    pub outcome: Option<ShareOutcome>,
}

/// What the player chooses for a session.
#[derive(Debug)]
struct ShareForm {
    session: PathBuf,
    /// Where its games are searched, too.
    out: Option<PathBuf>,
    /// The folder of the file, until the player chooses another one.
    folder: PathBuf,
    /// What the file would have in it, once it is known.
    plan: Option<Result<Box<BundleContent>, String>>,
    /// With the player's name and id.
    names: bool,
    /// The path of the file, as typed.
    target: String,
    /// Whether the player has changed the path.
    is_typed: bool,
    state: ShareState,
    dialog: Option<Dialog>,
}

/// What became of the file.
#[derive(Debug, PartialEq)]
enum ShareState {
    /// Nothing yet.
    Open,
    /// This file is being written.
    Saving(PathBuf),
    /// It was written.
    Saved {
        target: PathBuf,
        content: Box<BundleContent>,
        bytes: usize,
    },
    /// There is another file of that name.
    Exists,
    /// It was not written, for this reason.
    Failed(String),
}

impl SharePanel {
    /// Opens the panel for a session. `folder` is where the file is put at first. The games of the session are searched
    /// beside it, then in `out`.
    pub fn open(
        &mut self,
        worker: &LibraryWorker,
        session: &Path,
        out: Option<&Path>,
        folder: PathBuf,
    ) {
        let (session, out) = (session.to_owned(), out.map(Path::to_owned));
        let refused = why_not_shared(&session).or_else(|| {
            let sent = worker.plan_share(session.clone(), out.clone());
            (!sent).then_some(BUSY)
        });
        self.form = Some(ShareForm {
            session,
            out,
            folder,
            plan: refused.map(|why| Err(why.to_owned())),
            names: false,
            target: String::new(),
            is_typed: false,
            state: ShareState::Open,
            dialog: None,
        });
    }

    /// Whether the panel covers the window.
    pub fn is_open(&self) -> bool {
        self.form.is_some()
    }

    /// Takes an event of the library's thread that is about sharing.
    pub fn take(&mut self, event: LibraryEvent) {
        match event {
            LibraryEvent::SharePlanned { session, plan } => {
                if let Some(form) = self.form.as_mut().filter(|form| form.session == session) {
                    form.plan = Some(plan);
                    form.suggest_target();
                }
            }
            LibraryEvent::Shared { target, result } => {
                self.outcome = match &result {
                    Ok(_) => Some(Ok(target.clone())),
                    Err(ShareFailure::Failed(why)) => Some(Err(why.clone())),
                    // The panel asks, unless it was closed.
                    Err(ShareFailure::Exists) if self.form.is_some() => None,
                    Err(ShareFailure::Exists) => {
                        let shown = short_path(&target);
                        Some(Err(format!("{shown} exists already: nothing was shared")))
                    }
                };
                // The form may be of another session by now.
                let saving = ShareState::Saving(target.clone());
                if let Some(form) = self.form.as_mut().filter(|form| form.state == saving) {
                    form.state = match result {
                        Ok((content, bytes)) => ShareState::Saved {
                            target,
                            content,
                            bytes,
                        },
                        Err(ShareFailure::Exists) => ShareState::Exists,
                        Err(ShareFailure::Failed(why)) => ShareState::Failed(why),
                    };
                }
            }
            _ => {}
        }
    }

    /// Draws the panel over the window, if it is open.
    pub fn ui(&mut self, ctx: &Context, worker: &LibraryWorker) {
        let Some(form) = &mut self.form else { return };
        form.take_dialog();
        let title = match &form.plan {
            Some(Ok(plan)) => format!("Share the session of {}", long_start(plan.start)),
            _ => "Share a session".to_owned(),
        };
        let stays = modal_panel_ui(ctx, "share", &title, WIDTH, |ui, theme| {
            form.ui(ui, theme, worker);
        });
        if !stays && form.dialog.is_none() {
            self.form = None;
        }
    }
}

impl ShareForm {
    /// Whether the file is being written: nothing about it is changed then.
    fn is_saving(&self) -> bool {
        matches!(self.state, ShareState::Saving(_))
    }

    /// Sets the path to the one that suits the choices, unless the player has typed one.
    fn suggest_target(&mut self) {
        let Some(Ok(plan)) = &self.plan else { return };
        if self.is_typed {
            return;
        }
        let own = self.session.with_extension(ENDING);
        let own = own.file_name().unwrap_or_default();
        let name = if self.names {
            own
        } else {
            OsStr::new(&plan.name)
        };
        self.target = path_to_edit(&self.folder.join(name));
    }

    fn ui(&mut self, ui: &mut Ui, theme: Theme, worker: &LibraryWorker) {
        ui.add_space(4.0);
        wrapped_ui(ui, theme.quiet, BODY.text(PURPOSE));
        ui.add_space(8.0);
        let plan = match &self.plan {
            None => {
                ui.label(TABLE.text("Reading the session…").color(theme.quiet));
                return;
            }
            Some(Err(why)) => {
                let words = escaped(why);
                ui.horizontal_top(|ui| {
                    lamp_ui(ui, Lamp::Look);
                    wrapped_ui(ui, theme.amber, BODY.text(words));
                });
                return;
            }
            Some(Ok(plan)) => plan,
        };
        content_ui(ui, theme, plan);
        fact_row_ui(ui, "Names", ROW, |ui| {
            let is_free = !self.is_saving();
            let tick = egui::Checkbox::new(&mut self.names, "With my name and id");
            let tick = ui.add_enabled(is_free, tick);
            if tick.changed() {
                self.state = ShareState::Open;
                self.suggest_target();
            }
        });
        let (colour, words) = if self.names {
            (theme.amber, NAMED)
        } else {
            (theme.quiet, MASKED)
        };
        ui.horizontal(|ui| {
            ui.add_space(ROW.x + ui.spacing().item_spacing.x);
            wrapped_ui(ui, colour, CAPTION.text(words));
        });
        self.target_ui(ui);
        // The field shows the start of a long path.
        if let Some(name) = file_name(&self.target) {
            ui.horizontal(|ui| {
                ui.add_space(ROW.x + ui.spacing().item_spacing.x);
                wrapped_ui(ui, theme.quiet, CAPTION.text(format!("File: {name}")));
            });
        }
        ui.add_space(8.0);
        self.state_ui(ui, theme, worker);
    }

    fn target_ui(&mut self, ui: &mut Ui) {
        let is_free = !self.is_saving();
        fact_row_ui(ui, "Save to", ROW, |ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let can_choose = is_free && self.dialog.is_none();
                let choose = PushButton::new("Choose…").size(0.0, CONTROL);
                if ui.add_enabled(can_choose, choose).clicked() {
                    let title = "Share the session in a file";
                    let kind = DialogKind::NewBundle;
                    let typed = typed_path(&self.target);
                    match Dialog::open(ui.ctx(), kind, title, typed.as_deref()) {
                        Ok(dialog) => self.dialog = Some(dialog),
                        Err(why) => self.state = ShareState::Failed(why),
                    }
                }
                let width = ui.available_width();
                let field = TextEdit::singleline(&mut self.target).desired_width(width);
                if named(ui.add_enabled(is_free, field), "File to share").changed() {
                    self.is_typed = true;
                    self.state = ShareState::Open;
                }
            });
        });
    }

    fn state_ui(&mut self, ui: &mut Ui, theme: Theme, worker: &LibraryWorker) {
        match &self.state {
            ShareState::Saved {
                target,
                content,
                bytes,
            } => {
                ui.horizontal(|ui| {
                    lamp_ui(ui, Lamp::Checked);
                    let kib = bytes.div_ceil(1024);
                    let text = format!("Saved: {}, {kib} KiB", count(content.games, "game"));
                    ui.label(STRONG.text(text));
                });
                wrapped_ui(ui, theme.quiet, CAPTION.text(short_path(target)));
            }
            ShareState::Exists => {
                let text = "There is a file of that name. Replace it, or choose another name.";
                wrapped_ui(ui, theme.amber, CAPTION.text(text));
            }
            ShareState::Failed(why) => {
                wrapped_ui(ui, theme.loss, CAPTION.text(escaped(why)));
            }
            ShareState::Open | ShareState::Saving(_) => {}
        }
        ui.add_space(4.0);
        ui.horizontal(|ui| {
            let (text, replaces) = match self.state {
                ShareState::Saving(_) => ("Saving…", false),
                ShareState::Exists => ("Replace", true),
                _ => ("Save", false),
            };
            if let ShareState::Saved { target, .. } = &self.state {
                if ui.add(PushButton::new("Open folder")).clicked() {
                    open_path(ui.ctx(), target.parent().unwrap_or(target));
                }
                return;
            }
            let is_free = !self.is_saving() && self.dialog.is_none();
            if main_button_ui(ui, is_free, PushButton::new(text).primary()) {
                self.save(worker, replaces);
            }
        });
    }

    fn save(&mut self, worker: &LibraryWorker, replaces: bool) {
        let Some(target) = typed_path(&self.target) else {
            let why = "Type or choose the file first".to_owned();
            self.state = ShareState::Failed(why);
            return;
        };
        let target = with_ending(target);
        let options = ShareOptions {
            names: self.names,
            replaces,
        };
        let (session, out) = (self.session.clone(), self.out.clone());
        self.state = if worker.share(session, out, target.clone(), options) {
            ShareState::Saving(target)
        } else {
            ShareState::Failed(BUSY.to_owned())
        };
    }

    fn take_dialog(&mut self) {
        match Dialog::take_path(&mut self.dialog, TYPE_ABOVE) {
            Some(Ok(path)) => {
                self.target = path_to_edit(&with_ending(path));
                (self.is_typed, self.state) = (true, ShareState::Open);
            }
            Some(Err(why)) => self.state = ShareState::Failed(why),
            None => {}
        }
    }
}

/// Returns the name of the file that a typed path is saved as.
fn file_name(typed: &str) -> Option<String> {
    let path = with_ending(typed_path(typed)?);
    Some(escaped(&path.file_name()?.to_string_lossy()))
}

/// Draws what goes into the file, and what does not.
fn content_ui(ui: &mut Ui, theme: Theme, plan: &BundleContent) {
    fact_row_ui(ui, "Contents", ROW, |ui| {
        let notes = if plan.has_notes {
            "your notes"
        } else {
            "no notes"
        };
        let text = format!("The session, {}, {notes}", count(plan.games, "game"));
        truncated_ui(ui, theme.text, TABLE.text(text));
    });
    let missing = plan.missing.iter().take(MAX_MISSING);
    for why in missing {
        let text = format!("Not in it: {why}");
        wrapped_ui(ui, theme.amber, CAPTION.text(escaped(&text)));
    }
    let more = plan.missing.len().saturating_sub(MAX_MISSING);
    if more > 0 {
        wrapped_ui(
            ui,
            theme.amber,
            CAPTION.text(format!("Not in it: {more} more")),
        );
    }
}

#[cfg(test)]
mod tests;
