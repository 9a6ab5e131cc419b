//! The app: the window as a whole. It owns the pages, the settings and the requests to the host.

mod closing;
mod eframe_app;
mod fit;
mod frame_trace;
mod host_events;
mod notes;
mod notice;
mod overlays;
mod sharing;
mod source;
mod startup;
mod ui;
mod window_status;

use std::rc::Rc;
use std::time::Duration;

use super::chart::ChartStyle;
use super::command::KeyCommand;
use super::format::set_places;
use super::hints::Hints;
use super::key_bindings::KeyBindings;
use super::lab::LabPage;
use super::library::LibraryPage;
use super::live_page::LivePage;
use super::motion::set_motion;
use super::next_try::next_change;
use super::notes::NoteBook;
use super::palette::Palette;
use super::replay::Replay;
use super::review::ReviewPage;
use super::settings_page::SettingsPage;
use super::strategy::StrategyDocuments;
use super::theme::Theme;
use super::top_bar::Tab;
use super::trade_panel::TicketSettings;
use crate::engine::{Command, View};
use crate::feed::FeedState;
use crate::feed::health::OperatingMode;
use crate::library::worker::LibraryWorker;
use crate::replay::Highlight;
use crate::settings::{MoneyColours, Settings, SourceKind, ThemeChoice};
use closing::Closing;
use fit::WindowFit;
use frame_trace::FrameTrace;
use notice::AppNotice;
use source::{NamedSource, ReplayStart, SourceChange};
pub use startup::Startup;
use window_status::WindowStatus;

/// Repaint interval while no message comes, for the ages of messages.
const AGE_EVERY: Duration = Duration::from_millis(500);
/// Repaint interval while settings are being saved.
const SAVE_EVERY: Duration = Duration::from_millis(50);
/// Repaint interval while waiting for the next connection.
const WAIT_EVERY: Duration = Duration::from_secs(1);

/// The state of the source.
#[derive(Debug)]
enum SourceState {
    /// One is being stopped or started.
    Changing,
    /// One is running.
    Running,
    /// None is running, for this reason.
    Failed(String),
}

/// The app.
pub struct App {
    startup: Startup,
    /// The settings that were last saved and applied.
    applied: Settings,
    /// The page of the source that was last running.
    live: Option<LivePage>,
    /// The kind of that source.
    live_kind: SourceKind,
    source_state: SourceState,
    /// The kind of source that was requested last.
    requested_kind: SourceKind,
    /// Requests that the host has not answered.
    unanswered: usize,
    /// What named the source that was last running.
    running_source: Option<NamedSource>,
    /// A change of the source that would end an open position, until the player confirms it.
    unconfirmed: Option<Box<SourceChange>>,
    /// What the status line shows in place of the newest message.
    notice: Option<AppNotice>,
    /// Why the settings were not saved, until they are.
    unsaved: Option<String>,
    tab: Tab,
    /// The replay, shown in place of the live game.
    replay: Option<Replay>,
    /// Where the requested replay begins.
    replay_from: Option<ReplayStart>,
    settings_page: SettingsPage,
    palette: Palette,
    hints: Hints,
    /// The command that the palette runs in the next frame.
    from_palette: Option<KeyCommand>,
    library: LibraryPage,
    notes: NoteBook,
    review: ReviewPage,
    /// The strategies of the lab and of the piano.
    strategies: StrategyDocuments,
    lab: LabPage,
    closing: Closing,
    frames: FrameTrace,
    fit: WindowFit,
    status: WindowStatus,
    /// Whether a text field had the focus in the last frame: Escape leaves it first.
    typed: bool,
}

impl App {
    /// Returns the app and requests the first source.
    pub fn new(ctx: &egui::Context, mut startup: Startup, library_worker: LibraryWorker) -> Self {
        Theme::install(ctx);
        let recording = startup.replay.take();
        let library_worker = Rc::new(library_worker);
        let mut app = Self {
            applied: startup.settings.clone(),
            live: None,
            live_kind: SourceKind::Practice,
            source_state: SourceState::Changing,
            requested_kind: SourceKind::Practice,
            unanswered: 0,
            running_source: None,
            unconfirmed: None,
            notice: startup.notice.take().map(AppNotice::lasting),
            unsaved: None,
            tab: Tab::Play,
            replay: None,
            replay_from: None,
            settings_page: SettingsPage::new(&startup.settings),
            palette: Palette::default(),
            hints: Hints::default(),
            from_palette: None,
            notes: NoteBook::new(Rc::clone(&library_worker)),
            library: LibraryPage::new(library_worker),
            review: ReviewPage::default(),
            strategies: StrategyDocuments::default(),
            lab: LabPage::default(),
            closing: Closing::default(),
            frames: FrameTrace::default(),
            fit: WindowFit::new(ctx, startup.settings.scale),
            status: WindowStatus::default(),
            typed: false,
            startup,
        };
        app.apply_look(ctx);
        app.restart();
        if let Some(recording) = recording {
            app.tab = Tab::Library;
            app.library.open(recording);
        }
        app
    }

    /// Returns the newest view of the running source; `None` while none is running.
    pub fn view(&self) -> Option<View> {
        self.running().map(LivePage::view)
    }

    /// Returns the page of the running source; `None` while none is running.
    fn running(&self) -> Option<&LivePage> {
        let running = matches!(self.source_state, SourceState::Running);
        self.live.as_ref().filter(|_| running)
    }

    /// Returns the view on the screen: of the replay, or else of the running source. `None` also while the page of the
    /// library or of the review is being read, and while a run of the lab is not over.
    pub fn visible_view(&self) -> Option<View> {
        match &self.replay {
            _ if self.tab == Tab::Library && self.library.is_reading() => None,
            _ if self.tab == Tab::Lab && self.lab.is_running() => None,
            _ if self.tab == Tab::Review
                && (self.library.is_reading() || self.review.is_reading()) =>
            {
                None
            }
            Some(replay) => Some(replay.view().clone()),
            None => self.view(),
        }
    }

    /// Returns the control that the hand of a strategy presses on the screen.
    pub fn hand(&self) -> Option<Highlight> {
        self.live.as_ref().and_then(LivePage::hand)
    }

    /// Returns why no source is running.
    pub fn failure(&self) -> Option<&str> {
        match &self.source_state {
            SourceState::Failed(reason) => Some(reason),
            SourceState::Changing | SourceState::Running => None,
        }
    }

    /// The work of each frame besides drawing: events of the host and the library, settings, replay.
    pub fn logic(&mut self, ctx: &egui::Context) {
        host_events::take_host_events(self);
        self.take_live_state(ctx);
        self.leave_settings(ctx);
        self.leave_game();
        self.take_replay_request();
        if let Some(opened) = self.library.take_events() {
            self.start_replay(ctx, opened);
        }
        sharing::take_shares(self);
        notes::update(self);
        self.review.watch(&self.library.catalog);
        if let Some((why, live)) = self.library.take_not_replayed().zip(self.live.as_mut()) {
            live.warn(&why);
        }
        if let Some(replay) = &mut self.replay {
            replay.logic(ctx, self.tab == Tab::Play);
        }
        self.take_dropped_file(ctx);
        self.strategies.take_results(ctx);
        self.lab.take_results();
        if ctx.input(|input| input.viewport().close_requested()) {
            self.notes.save_now();
        }
        self.closing.logic(ctx, closing::losses(self).is_some());
        let moves = !self.startup.settings.reduce_motion && !self.is_reduced();
        set_motion(ctx, moves);
        if let Some(scale) = self.fit.chosen_scale(ctx) {
            self.startup.settings.scale = scale;
        }
        self.apply_settings(ctx);
        self.leave_compact();
        self.show_status(ctx);
        self.fit.fit_window(ctx);
        self.fit.fit_zoom(ctx, self.applied.scale);
        notice::take_save_errors(self, ctx);
    }

    /// Gives the window its size back when something needs more room than the compact page has.
    fn leave_compact(&mut self) {
        let is_covered = self.live.as_ref().is_none_or(LivePage::is_covered);
        let asks = !overlays::is_free(self) || self.notice.is_some();
        if is_covered || asks || self.tab != Tab::Play || self.replay.is_some() {
            self.fit.set_compact(false);
        }
    }

    /// Goes to the live game if its page asks for it, or closes what is drawn over that page alone.
    fn leave_game(&mut self) {
        let Some(live) = &mut self.live else { return };
        if std::mem::take(&mut live.requests.game) {
            (self.tab, self.replay) = (Tab::Play, None);
        } else if self.tab != Tab::Play || self.replay.is_some() {
            live.leave();
        }
    }

    /// Sends the title and the level of the window to the desktop.
    fn show_status(&mut self, ctx: &egui::Context) {
        let (view, is_replay) = (self.visible_view(), self.replay.is_some());
        let settings = &self.startup.settings;
        self.status.update(ctx, settings, view.as_ref(), is_replay);
    }

    /// Opens a recording that was dropped on the window.
    fn take_dropped_file(&mut self, ctx: &egui::Context) {
        let dropped = ctx.input_mut(|input| std::mem::take(&mut input.raw.dropped_files));
        if let Some(file) = dropped.first() {
            self.tab = Tab::Library;
            self.library.open(file.path().to_owned());
        }
    }

    /// Whether the window draws less to stay responsive.
    fn is_reduced(&self) -> bool {
        let mode = self.view().map(|view| view.health.mode);
        matches!(mode, Some(OperatingMode::Degraded | OperatingMode::Minimal))
    }

    /// Takes what the player changed on the page of the game, and plans the next repaint.
    fn take_live_state(&mut self, ctx: &egui::Context) {
        let running = matches!(self.source_state, SourceState::Running);
        let starts_auto_record = self.starts_auto_record();
        let Some(live) = &mut self.live else { return };
        live.alerts.apply(&self.startup.settings);
        live.take_notices();
        self.status.remind(&self.startup.settings, live);
        live.ignores_double_press = self.startup.settings.ignore_double_press;
        live.page.ticket_settings = TicketSettings {
            start_balance: self.startup.settings.start_balance,
            ask_above_percent: self.startup.settings.ask_above_percent,
        };
        let view = live.view();
        let settings = &mut self.startup.settings;
        // The recorder owns auto-record while a source is running. The settings keep its value for the next start.
        let auto = view.recording.auto_record;
        if running && auto != starts_auto_record {
            settings.auto_record = auto;
            self.startup.auto_record = false;
        }
        // The settings also keep the style of the chart on the screen.
        let replay = self.replay.as_ref();
        let style = replay.map_or(live.page.chart.style, |replay| replay.page.chart.style);
        live.page.chart.style = style;
        settings.candles = style.candles;
        settings.log_axis = style.log_axis;
        let sizes = replay.map_or(live.page.sizes, |replay| replay.page.sizes);
        live.page.sizes = sizes;
        settings.panel_sizes = sizes;
        match view.feed {
            FeedState::Up { .. } | FeedState::Stale { .. } => ctx.request_repaint_after(AGE_EVERY),
            FeedState::Connecting { .. } | FeedState::Down { .. } => {
                let change = next_change(&view.feed, crate::clock::now());
                ctx.request_repaint_after(change.unwrap_or(WAIT_EVERY));
            }
            FeedState::Stopped => {}
        }
    }

    /// Applies and saves what has changed in the settings.
    fn apply_settings(&mut self, ctx: &egui::Context) {
        if self.startup.settings == self.applied {
            return;
        }
        let old = std::mem::replace(&mut self.applied, self.startup.settings.clone());
        let new = &self.applied;
        self.startup.saver.save(new);
        if let Some(live) = &mut self.live {
            if new.limits != old.limits {
                live.set_limits(new.limits);
            }
            if new.raw_capture != old.raw_capture {
                live.send(Command::RawCapture(new.raw_capture));
                self.startup.raw_capture = false;
            }
        }
        self.apply_look(ctx);
    }

    fn apply_look(&self, ctx: &egui::Context) {
        KeyBindings::of(&self.applied.keys).install(ctx);
        ctx.set_theme(match self.applied.look {
            ThemeChoice::Dark => egui::ThemePreference::Dark,
            ThemeChoice::Light => egui::ThemePreference::Light,
            ThemeChoice::System => egui::ThemePreference::System,
        });
        Theme::set_palette(ctx, self.applied.money_colours == MoneyColours::BlueOrange);
        set_places(self.applied.amount_places);
    }
}

fn chart_style(settings: &Settings) -> ChartStyle {
    ChartStyle {
        candles: settings.candles,
        log_axis: settings.log_axis,
    }
}
