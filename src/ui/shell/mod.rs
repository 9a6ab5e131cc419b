//! The window as a whole: which page is shown, which source runs behind it, and what the player has set.

mod change;
mod draw;

use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::app::{App, Link};
use super::settings_page::SettingsPage;
use super::theme::Theme;
use super::welcome::words;
use crate::feed::State;
use crate::host::{Asks, Place, Running, Told, Wish, next_told};
use crate::settings::file::Saver;
use crate::settings::{Look, SCALE, Settings, SourceKind};

/// How often ages are shown anew while the server says nothing.
const AGE_EVERY: Duration = Duration::from_millis(500);
/// How often the wait for the next try is shown anew.
const WAIT_EVERY: Duration = Duration::from_secs(1);

/// What the window starts with.
#[derive(Debug)]
pub struct Start {
    /// The way to the host.
    pub asks: Asks,
    /// What it tells.
    pub told: Receiver<Told>,
    /// What the player has set.
    pub settings: Settings,
    /// Writes what he sets.
    pub saver: Saver,
    /// The file it goes to.
    pub file: PathBuf,
    /// What the player should know of the file.
    pub notice: Option<String>,
    /// The source of the command line; it counts until another one is chosen.
    pub place: Option<Place>,
    /// The folder of the command line; it counts until the end.
    pub out: Option<PathBuf>,
    /// Auto-record from the command line; it counts until the switch is turned.
    pub auto_record: bool,
    /// When the program started.
    pub since: Instant,
}

/// A page of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Play,
    Settings,
}

/// What is behind the window.
#[derive(Debug)]
enum Behind {
    /// A source is being stopped or started.
    Changing,
    /// A source runs.
    Runs,
    /// None runs, and this is why.
    Nothing(String),
}

/// The running source, as far as the window's frame needs it.
#[derive(Debug)]
struct Shown {
    name: String,
    kind: SourceKind,
    folder: PathBuf,
    words: [String; 2],
}

/// The window.
pub struct Shell {
    start: Start,
    /// The settings as they were when they were last written and applied.
    applied: Settings,
    app: Option<App>,
    behind: Behind,
    shown: Option<Shown>,
    /// The source that was asked for last.
    wanted: SourceKind,
    page: Page,
    settings_page: SettingsPage,
    /// A change that would end a position; the player is asked.
    doubtful: Option<Box<Wish>>,
    /// What the engine last said of auto-record.
    auto_record: Option<bool>,
    frames: u32,
    /// The scale at the last look.
    zoom: f32,
}

impl Shell {
    /// Returns the window and asks for the first source.
    pub fn new(ctx: &egui::Context, start: Start) -> Self {
        Theme::install(ctx);
        let mut shell = Self {
            applied: start.settings.clone(),
            app: None,
            behind: Behind::Changing,
            shown: None,
            wanted: SourceKind::Practice,
            page: Page::Play,
            settings_page: SettingsPage::new(&start.settings),
            doubtful: None,
            auto_record: None,
            frames: 0,
            zoom: ctx.zoom_factor(),
            start,
        };
        shell.apply_look(ctx);
        shell.restart();
        shell
    }

    /// What must happen each cycle: the host's news, what was set.
    pub fn logic(&mut self, ctx: &egui::Context) {
        loop {
            match next_told(&self.start.told) {
                Ok(Some(told)) => self.take(told),
                Ok(None) => break,
                Err(gone) => {
                    self.behind = Behind::Nothing(gone.to_string());
                    break;
                }
            }
        }
        if let Some(app) = &mut self.app {
            app.take_news();
            let view = app.view();
            // The switch may be turned in the bar or by a key: what the engine says is what is kept.
            let auto = view.recording.auto_record;
            if self
                .auto_record
                .replace(auto)
                .is_some_and(|old| old != auto)
            {
                self.start.settings.auto_record = auto;
                self.start.auto_record = false;
                self.applied.auto_record = auto;
                self.start.saver.save(&self.start.settings);
            }
            // So it is with the chart: what is seen is what is kept.
            let settings = &mut self.start.settings;
            (settings.candles, settings.log_axis) = app.chart_style();
            match view.feed {
                State::Up { .. } | State::Stale { .. } => ctx.request_repaint_after(AGE_EVERY),
                State::Down { .. } | State::Connecting { .. } => {
                    ctx.request_repaint_after(WAIT_EVERY);
                }
                State::Stopped => {}
            }
        }
        self.take_zoom(ctx);
        self.apply(ctx);
    }

    /// egui's own keys (Ctrl with + and -) scale, too; what they did is kept within the limits. Ours comes into force
    /// with the next frame, so only a change that is not ours is one.
    fn take_zoom(&mut self, ctx: &egui::Context) {
        let zoom = ctx.zoom_factor();
        let same = |a: f32, b: f32| (a - b).abs() < 0.001;
        let before = std::mem::replace(&mut self.zoom, zoom);
        if same(zoom, before) || same(zoom, self.applied.scale) {
            return;
        }
        let scale = zoom.clamp(*SCALE.start(), *SCALE.end());
        self.start.settings.scale = scale;
        ctx.set_zoom_factor(scale);
    }

    fn take(&mut self, told: Told) {
        match told {
            Told::Running(running) => self.runs(*running),
            Told::Failed(why) => {
                self.app = None;
                self.shown = None;
                self.behind = Behind::Nothing(why);
            }
            Told::Unsaved(why) => {
                self.start.notice = Some(format!("Not everything could be saved: {why}"));
            }
        }
    }

    fn runs(&mut self, running: Running) {
        let Running {
            view,
            commands,
            notices,
            name,
            origin,
            at_table,
            folder,
        } = running;
        self.shown = Some(Shown {
            words: words(origin, at_table, &folder),
            name: name.clone(),
            kind: self.wanted,
            folder: folder.clone(),
        });
        let link = Link {
            view,
            commands,
            notices,
            source: name,
            folder,
            armed: at_table,
        };
        if let Some(app) = &mut self.app {
            app.relink(link);
        } else {
            let mut app = App::new(link, chrono::Utc::now);
            let settings = &self.start.settings;
            app.set_chart_style((settings.candles, settings.log_axis));
            self.app = Some(app);
        }
        if let Some(app) = &mut self.app {
            app.set_limits(self.start.settings.limits);
        }
        self.auto_record = None;
        self.behind = Behind::Runs;
    }

    /// Applies and keeps what was set since the last time.
    fn apply(&mut self, ctx: &egui::Context) {
        if self.start.settings == self.applied {
            return;
        }
        let old = std::mem::replace(&mut self.applied, self.start.settings.clone());
        let new = &self.applied;
        self.start.saver.save(new);
        if let Some(app) = &mut self.app {
            if new.limits != old.limits {
                app.set_limits(new.limits);
            }
            if new.auto_record != old.auto_record {
                app.set_auto_record(new.auto_record);
            }
        }
        self.apply_look(ctx);
    }

    fn apply_look(&self, ctx: &egui::Context) {
        ctx.set_theme(match self.applied.look {
            Look::Dark => egui::ThemePreference::Dark,
            Look::Light => egui::ThemePreference::Light,
            Look::System => egui::ThemePreference::System,
        });
        ctx.set_zoom_factor(self.applied.scale);
    }

    fn count_frame(&mut self, ctx: &egui::Context) {
        // The second frame begins when the first one is on the screen.
        match self.frames {
            0 => ctx.request_repaint(),
            1 => {
                let millis = self.start.since.elapsed().as_millis();
                tracing::debug!(%millis, "first frame");
            }
            _ => {}
        }
        self.frames = self.frames.saturating_add(1);
    }
}

impl eframe::App for Shell {
    fn logic(&mut self, ctx: &egui::Context, _frame: &mut eframe::Frame) {
        Self::logic(self, ctx);
    }

    fn clear_color(&self, visuals: &egui::Visuals) -> [f32; 4] {
        visuals.panel_fill.to_normalized_gamma_f32()
    }

    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        self.show(ui);
    }
}
