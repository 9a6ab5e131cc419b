//! The window as a whole: which page is shown, which source runs behind it, and what the player has set.

mod change;
mod draw;
mod played;

use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

use super::app::{App, Link};
use super::library::LibraryPage;
use super::replay::Replay;
use super::settings_page::SettingsPage;
use super::theme::Theme;
use super::welcome::words;
use crate::engine::GameSource;
use crate::engine::View;
use crate::feed::FeedState;
use crate::game::Time;
use crate::host::{HostEvent, HostHandle, RunningSource, SourceRequest, next_event};
use crate::library::worker::LibraryWorker;
use crate::protocol::Tick;
use crate::settings::file::Saver;
use crate::settings::{SCALE, Settings, SourceKind, ThemeChoice};

/// How often ages are shown anew while the server says nothing.
const AGE_EVERY: Duration = Duration::from_millis(500);
/// How often it is looked whether what was set is saved.
const SAVE_EVERY: Duration = Duration::from_millis(50);
/// How often the wait for the next try is shown anew.
const WAIT_EVERY: Duration = Duration::from_secs(1);

/// What the window starts with.
#[derive(Debug)]
pub struct Start {
    /// The way to the host.
    pub asks: HostHandle,
    /// What it tells.
    pub told: Receiver<HostEvent>,
    /// What the player has set.
    pub settings: Settings,
    /// Writes what he sets.
    pub saver: Saver,
    /// The file it goes to.
    pub file: PathBuf,
    /// What the player should know of the file.
    pub notice: Option<String>,
    /// The source of the command line; it counts until another one is chosen.
    pub place: Option<GameSource>,
    /// The folder of the command line; it counts until the end.
    pub out: Option<PathBuf>,
    /// Auto-record from the command line; it counts until the switch is turned.
    pub auto_record: bool,
    /// Raw capture from the command line; it counts until the end or until the switch is turned.
    pub raw_capture: bool,
    /// The recording of the command line that is to be played.
    pub replay: Option<PathBuf>,
    /// When the program started.
    pub since: Instant,
}

/// A page of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Play,
    Library,
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
    /// What is played again, in place of the live game.
    replay: Option<Replay>,
    /// The source that was asked for last.
    wanted: SourceKind,
    page: Page,
    settings_page: SettingsPage,
    library: LibraryPage,
    /// A change that would end a position; the player is asked.
    doubtful: Option<Box<SourceRequest>>,
    frames: u32,
    /// The newest tick that was drawn, and when its message came; kept only while it is traced.
    drawn: Option<(Tick, Option<Time>)>,
    /// The scale at the last look.
    zoom: f32,
    /// Something was being typed in the last frame: Escape ends that first.
    typed: bool,
}

impl Shell {
    /// Returns the window and asks for the first source.
    pub fn new(ctx: &egui::Context, mut start: Start, librarian: LibraryWorker) -> Self {
        Theme::install(ctx);
        let recording = start.replay.take();
        let mut shell = Self {
            applied: start.settings.clone(),
            app: None,
            behind: Behind::Changing,
            shown: None,
            replay: None,
            wanted: SourceKind::Practice,
            page: Page::Play,
            settings_page: SettingsPage::new(&start.settings),
            library: LibraryPage::new(librarian),
            doubtful: None,
            frames: 0,
            drawn: None,
            zoom: ctx.zoom_factor(),
            typed: false,
            start,
        };
        shell.apply_look(ctx);
        shell.restart();
        if let Some(recording) = recording {
            shell.page = Page::Library;
            shell.library.open(recording);
        }
        shell
    }

    /// Returns the newest view of what runs; `None` while a source is being started, or when none runs.
    pub fn view(&self) -> Option<View> {
        let runs = matches!(self.behind, Behind::Runs);
        self.app.as_ref().filter(|_| runs).map(App::view)
    }

    /// Returns the view that is to be seen: of the replay if there is one, else of what runs. `None` also while the
    /// library is being read.
    pub fn seen(&self) -> Option<View> {
        match &self.replay {
            _ if self.page == Page::Library && self.library.is_reading() => None,
            Some(replay) => Some(replay.view().clone()),
            None => self.view(),
        }
    }

    /// Returns why nothing runs, if so.
    pub fn trouble(&self) -> Option<&str> {
        match &self.behind {
            Behind::Nothing(why) => Some(why),
            Behind::Changing | Behind::Runs => None,
        }
    }

    /// What must happen each cycle: the host's news, what was set.
    pub fn logic(&mut self, ctx: &egui::Context) {
        loop {
            match next_event(&self.start.told) {
                Ok(Some(told)) => self.take(told),
                Ok(None) => break,
                Err(gone) => {
                    self.behind = Behind::Nothing(gone.to_string());
                    break;
                }
            }
        }
        let starts_auto_record = self.starts_auto_record();
        if let Some(app) = &mut self.app {
            app.take_news();
            let view = app.view();
            // The recorder owns auto-record while a source runs; the settings keep its value for the next start.
            let auto = view.recording.auto_record;
            if matches!(self.behind, Behind::Runs) && auto != starts_auto_record {
                self.start.settings.auto_record = auto;
                self.start.auto_record = false;
            }
            // So it is with the chart: what is seen is what is kept.
            let settings = &mut self.start.settings;
            let style = match &self.replay {
                Some(replay) => replay.chart_style(),
                None => app.chart_style(),
            };
            app.set_chart_style(style);
            (settings.candles, settings.log_axis) = style;
            match view.feed {
                FeedState::Up { .. } | FeedState::Stale { .. } => {
                    ctx.request_repaint_after(AGE_EVERY)
                }
                FeedState::Down { .. } | FeedState::Connecting { .. } => {
                    ctx.request_repaint_after(WAIT_EVERY);
                }
                FeedState::Stopped => {}
            }
        }
        if self.page != Page::Settings {
            self.settings_page.leave(&mut self.start.settings);
        }
        if let Some(opened) = self.library.take_news() {
            self.play(ctx, opened);
        }
        self.replay_logic(ctx);
        self.take_zoom(ctx);
        self.apply(ctx);
        self.take_saved(ctx);
    }

    /// Says where the player is that what they have set could not be saved. The page of the settings says it itself.
    fn take_saved(&mut self, ctx: &egui::Context) {
        if let Some(trouble) = self.start.saver.new_trouble()
            && self.page != Page::Settings
        {
            self.start.notice = Some(trouble);
        }
        if self.start.saver.is_saving() {
            ctx.request_repaint_after(SAVE_EVERY);
        }
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

    fn take(&mut self, told: HostEvent) {
        match told {
            HostEvent::Running(running) => self.runs(*running),
            HostEvent::Failed(why) => {
                self.app = None;
                self.shown = None;
                self.behind = Behind::Nothing(why);
            }
            HostEvent::Unsaved(why) => {
                self.start.notice = Some(format!("Not everything could be saved: {why}"));
            }
        }
    }

    fn runs(&mut self, running: RunningSource) {
        let RunningSource {
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
            let mut app = App::new(link, crate::clock::now);
            let settings = &self.start.settings;
            app.set_chart_style((settings.candles, settings.log_axis));
            self.app = Some(app);
        }
        if let Some(app) = &mut self.app {
            app.set_limits(self.start.settings.limits);
            app.set_ignore_double_press(self.start.settings.ignore_double_press);
        }
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
            app.set_ignore_double_press(new.ignore_double_press);
            if new.raw_capture != old.raw_capture {
                app.set_raw_capture(new.raw_capture);
                self.start.raw_capture = false;
            }
        }
        self.apply_look(ctx);
    }

    fn apply_look(&self, ctx: &egui::Context) {
        ctx.set_theme(match self.applied.look {
            ThemeChoice::Dark => egui::ThemePreference::Dark,
            ThemeChoice::Light => egui::ThemePreference::Light,
            ThemeChoice::System => egui::ThemePreference::System,
        });
        ctx.set_zoom_factor(self.applied.scale);
    }

    /// Says how long the newest tick took from its message to the screen. A frame is on the screen when the next one
    /// begins: one more is asked for, so this is only done where it is traced.
    fn trace_tick(&mut self, ctx: &egui::Context) {
        let Some(app) = self.app.as_ref() else { return };
        if !tracing::enabled!(tracing::Level::TRACE) {
            return;
        }
        let view = app.view();
        let Some((tick, came)) = view.tick.zip(view.last_event) else {
            return;
        };
        match &mut self.drawn {
            Some((drawn, untold)) if *drawn == tick => {
                if let Some(came) = untold.take() {
                    let micros = (crate::clock::now() - came).num_microseconds();
                    tracing::trace!(tick, ?micros, "painted");
                }
            }
            drawn => {
                *drawn = Some((tick, Some(came)));
                ctx.request_repaint();
            }
        }
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
