//! Changes of the source: what settings and command line request, and when the player must confirm it; and replays of
//! its session.

use std::path::PathBuf;

use super::{App, SourceState, chart_style, notice};
use crate::engine::{Command, GameSource};
use crate::feed::Address;
use crate::host::SourceRequest;
use crate::library::OpenedReplay;
use crate::protocol::{GameId, Tick};
use crate::settings::{SourceKind, recordings_of};
use crate::table::Speed;
use crate::trading::TraderView;
use crate::ui::command::ReplayKey;
use crate::ui::confirm::confirm_ui;
use crate::ui::page_requests::ReplayRequest;
use crate::ui::replay::{self, Replay};
use crate::ui::review::ReviewReplay;
use crate::ui::settings_page::SettingsAction;
use crate::ui::status_chips::is_recording;
use crate::ui::top_bar::{SourceChoice, Tab};

/// Where a replay begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayStart {
    pub game: GameId,
    pub tick: Tick,
    /// Whether it plays at once, or waits there.
    pub plays: bool,
}

/// What names the source and its folder: the settings, and before them the command line.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedSource {
    kind: SourceKind,
    fixed: Option<GameSource>,
    url: String,
    browser: String,
    recordings: Option<PathBuf>,
}

/// A change of the source, until the player confirms it.
#[derive(Debug)]
pub struct SourceChange {
    request: SourceRequest,
    named: NamedSource,
}

impl App {
    /// Sets what was typed last on the page of the settings, once that is no longer shown or the window closes.
    pub(super) fn leave_settings(&mut self, ctx: &egui::Context) {
        let is_closing = ctx.input(|input| input.viewport().close_requested());
        if is_closing || self.tab != Tab::Settings {
            for action in self.settings_page.leave(&mut self.startup.settings) {
                self.apply_settings_action(action);
            }
        }
    }

    pub(super) fn apply_settings_action(&mut self, action: SettingsAction) {
        match action {
            SettingsAction::Choose(choice) => self.choose_source(choice),
            SettingsAction::Connect(kind) => self.change_source(kind),
            SettingsAction::FolderChanged => {
                let request = self.request().ok();
                let running = self.running().map(|live| &live.source.folder);
                let is_other = request.as_ref().map(|request| &request.folder) != running;
                if self.startup.out.is_none() && is_other {
                    self.restart();
                }
            }
            SettingsAction::AutoRecord(on) => match &mut self.live {
                Some(live) if matches!(self.source_state, SourceState::Running) => {
                    live.send(Command::AutoRecord(on));
                }
                _ => {
                    self.startup.settings.auto_record = on;
                    self.startup.auto_record = false;
                }
            },
        }
    }

    pub(super) fn choose_source(&mut self, choice: SourceChoice) {
        match choice {
            SourceChoice::Speed(speed) => {
                self.startup.settings.practice_speed = speed;
                if let Some(GameSource::Practice { speed: fixed, .. }) = &mut self.startup.source {
                    *fixed = speed;
                }
                if !self.startup.host.speed(speed) {
                    self.report_busy();
                }
            }
            SourceChoice::Source(SourceKind::Url) => {
                self.tab = Tab::Settings;
                self.settings_page.focus_address();
            }
            SourceChoice::Source(kind) => {
                if self.running().is_some() && self.live_kind == kind {
                    return;
                }
                self.tab = Tab::Play;
                self.change_source(kind);
            }
        }
    }

    /// Changes to the source of this kind that the settings describe.
    fn change_source(&mut self, kind: SourceKind) {
        self.startup.settings.source = kind;
        self.startup.source = None;
        self.restart();
    }

    /// Returns what names the source now.
    pub(super) fn named_source(&self) -> NamedSource {
        let settings = &self.startup.settings;
        NamedSource {
            kind: settings.source,
            fixed: self.startup.source.clone(),
            url: settings.url.clone(),
            browser: settings.browser.clone(),
            recordings: settings.recordings.clone(),
        }
    }

    /// Names a source, in the settings and in the fields of their page.
    fn name_source(&mut self, named: NamedSource) {
        let settings = &mut self.startup.settings;
        settings.source = named.kind;
        self.startup.source = named.fixed;
        (settings.url, settings.browser) = (named.url, named.browser);
        settings.recordings = named.recordings;
        self.settings_page.show_source(settings);
    }

    /// Names the running source again: another one was refused, or the player stays.
    pub(super) fn name_running_source(&mut self) {
        if let Some(running) = self.running_source.clone() {
            self.name_source(running);
        }
    }

    /// Asks before a change of the source that would end an open position.
    pub(super) fn confirm_leaving_ui(&mut self, ctx: &egui::Context) {
        let Some(change) = self.unconfirmed.take() else {
            return;
        };
        let words = if self.has_open_position() {
            "Your open position is lost. The session is saved."
        } else {
            "You have no open position any more. The session is saved."
        };
        let answer = confirm_ui(ctx, "Leave this table?", words, ["Leave", "Stay"]);
        match answer {
            None => self.unconfirmed = Some(change),
            Some(true) => {
                self.name_source(change.named);
                self.send_request(change.request);
            }
            Some(false) => {}
        }
    }

    /// Returns the speed of the practice table: the command line's until the player chooses another one.
    pub(super) fn speed(&self) -> Speed {
        match self.startup.source {
            Some(GameSource::Practice { speed, .. }) => speed,
            _ => self.startup.settings.practice_speed,
        }
    }

    /// Whether the next source starts with auto-record: by the settings, or by the command line until the player turns it
    /// on or off.
    pub(super) fn starts_auto_record(&self) -> bool {
        self.startup.settings.auto_record || self.startup.auto_record
    }

    /// Requests the source that the command line or the settings name. While the player is asked about an open position,
    /// the running source is named, so that nothing is kept of an answer that was not given.
    pub(super) fn restart(&mut self) {
        match self.request() {
            Ok(request) if self.has_open_position() => {
                let named = self.named_source();
                self.name_running_source();
                self.unconfirmed = Some(Box::new(SourceChange { request, named }));
            }
            Ok(request) => self.send_request(request),
            // The running source goes on.
            Err(error) if self.running().is_some() => {
                self.name_running_source();
                notice::warn(self, &error);
            }
            Err(error) => self.source_state = SourceState::Failed(error),
        }
    }

    fn send_request(&mut self, request: SourceRequest) {
        let kind = kind_of(&request.source);
        if self.startup.host.start(request) {
            self.requested_kind = kind;
            self.unanswered += 1;
            self.source_state = SourceState::Changing;
        } else {
            self.name_running_source();
            self.report_busy();
        }
    }

    fn report_busy(&mut self) {
        notice::warn(self, "The source is still being changed; try again.");
    }

    /// Returns the source that the command line or the settings name.
    ///
    /// # Errors
    /// A text for the player: an address cannot be read, or there is no folder for recordings.
    fn request(&self) -> Result<SourceRequest, String> {
        let settings = &self.startup.settings;
        let source = match (&self.startup.source, settings.source) {
            (Some(source), _) => source.clone(),
            (None, SourceKind::Practice) => GameSource::Practice {
                seed: None,
                speed: settings.practice_speed,
            },
            (None, SourceKind::Live) => GameSource::Live,
            (None, SourceKind::Browser) => {
                let browser = settings.browser.parse();
                GameSource::Browser(
                    browser.map_err(|error| format!("The browser cannot be read: {error}."))?,
                )
            }
            (None, SourceKind::Url) => {
                let address = Address::parse(&settings.url);
                GameSource::Url(
                    address
                        .map_err(|error| format!("The other address cannot be used: {error}."))?,
                )
            }
        };
        let out = self.startup.out.clone();
        let folder = out.or_else(|| recordings_of(settings, source.origin()));
        let folder = folder.ok_or(
            "This user has no home folder to keep recordings in; choose one in the settings.",
        )?;
        Ok(SourceRequest {
            source,
            folder,
            auto_record: self.starts_auto_record(),
            raw_capture: settings.raw_capture || self.startup.raw_capture,
            start_balance: settings.start_balance,
            limits: settings.limits,
        })
    }

    /// Whether a change of the source would end a position or a sidebet. What the player holds in a browser stays there.
    fn has_open_position(&self) -> bool {
        let is_open = |trader: &TraderView| {
            let position = trader
                .held()
                .is_some_and(|held| !held.position_qty.is_zero());
            trader.page.is_none() && (position || trader.sidebet().is_some())
        };
        let trader = self.view().and_then(|view| view.trader);
        trader.as_ref().is_some_and(is_open)
    }

    /// Requests the replay of a game that the player asked for, and keeps the running session of the library up to date.
    pub(super) fn take_replay_request(&mut self) {
        let Some(live) = &mut self.live else { return };
        if let Some(request) = live.requests.replay.take() {
            let (game, tick) = match request {
                ReplayRequest::Session => (None, None),
                ReplayRequest::Game(game) => (Some(game), None),
                ReplayRequest::Tick(game, tick) => {
                    let start = ReplayStart {
                        game: game.clone(),
                        tick,
                        plays: false,
                    };
                    (Some(game), Some(start))
                }
            };
            self.replay_from = tick;
            self.library.replay(live.source.folder.clone(), game);
        }
        if matches!(self.tab, Tab::Library | Tab::Review) {
            let view = live.source.view.borrow();
            let rows = view.actions.len();
            let saved = view.recorder.saved_games;
            let recorded = (view.session.start, rows, saved, is_recording(&view));
            self.library.refresh_running(recorded);
        }
    }

    /// Opens a session of the review; the replay begins at the moment that was chosen.
    pub(super) fn replay_reviewed(&mut self, replay: ReviewReplay) {
        let (game, start) = match replay.from {
            None => (None, None),
            Some((game, tick)) => {
                let start = tick.map(|tick| ReplayStart {
                    game: game.clone(),
                    tick,
                    plays: true,
                });
                (Some(game), start)
            }
        };
        self.replay_from = start;
        self.library.play(replay.session, game);
    }

    /// Shows the replay of a recording.
    pub(super) fn start_replay(&mut self, ctx: &egui::Context, opened: OpenedReplay) {
        let settings = &self.startup.settings;
        let now = replay::now(ctx);
        let first = opened.game.clone();
        let mut replay = Replay::new(opened, settings.limits, now);
        replay.page.chart.style = chart_style(settings);
        replay.page.sizes = settings.panel_sizes;
        if let Some(start) = self.replay_from.take()
            && first.as_ref() == Some(&start.game)
        {
            replay.show_tick(&start.game, start.tick);
            if start.plays {
                replay.key(ReplayKey::PlayPause);
            }
        }
        self.replay = Some(replay);
        self.tab = Tab::Play;
    }
}

fn kind_of(source: &GameSource) -> SourceKind {
    match source {
        GameSource::Practice { .. } => SourceKind::Practice,
        GameSource::Live => SourceKind::Live,
        GameSource::Url(_) => SourceKind::Url,
        GameSource::Browser(_) => SourceKind::Browser,
    }
}
