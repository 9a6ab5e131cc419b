//! Changes of the source: what settings and command line request, and when the player must confirm it; and replays of
//! its session.

use std::path::Path;

use super::{App, SourceState, chart_style};
use crate::engine::{Command, GameSource};
use crate::feed::Address;
use crate::host::SourceRequest;
use crate::library::OpenedReplay;
use crate::protocol::{GameId, Tick};
use crate::recording::EXPORTS;
use crate::settings::{SourceKind, recordings_of};
use crate::table::Speed;
use crate::trading::TraderView;
use crate::ui::command::ReplayKey;
use crate::ui::confirm::confirm_ui;
use crate::ui::format::{escaped, short_path};
use crate::ui::library::RUNNING;
use crate::ui::notices::NoticeLink;
use crate::ui::page_requests::ReplayRequest;
use crate::ui::replay::{self, Replay};
use crate::ui::review::ReviewReplay;
use crate::ui::settings_page::SettingsAction;
use crate::ui::status_chips::is_recording;
use crate::ui::theme::StatusLevel;
use crate::ui::top_bar::{SourceChoice, Tab};

/// Where a replay begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplayStart {
    pub game: GameId,
    pub tick: Tick,
    /// Whether it plays at once, or waits there.
    pub plays: bool,
}

/// What names the source: the settings, and before them the command line.
type NamedSource = (SourceKind, Option<GameSource>);

/// A change of the source.
#[derive(Debug)]
pub struct SourceChange {
    request: SourceRequest,
    /// What named the running source.
    before: NamedSource,
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
                if self.startup.out.is_none() {
                    self.restart(self.named_source());
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
        let before = self.named_source();
        self.startup.settings.source = kind;
        self.startup.source = None;
        self.restart(before);
    }

    /// Returns what names the source now.
    pub(super) fn named_source(&self) -> NamedSource {
        (self.startup.settings.source, self.startup.source.clone())
    }

    /// Names the source that goes on.
    fn name_source(&mut self, named: NamedSource) {
        (self.startup.settings.source, self.startup.source) = named;
    }

    /// Asks before a change of the source that would end an open position.
    pub(super) fn confirm_leaving_ui(&mut self, ctx: &egui::Context) {
        let Some(change) = self.unconfirmed.take() else {
            return;
        };
        let answer = confirm_ui(
            ctx,
            "Leave this table?",
            "Your open position is lost. The session is saved.",
            ["Leave", "Stay"],
        );
        match answer {
            None => self.unconfirmed = Some(change),
            Some(true) => self.send_request(*change),
            Some(false) => self.name_source(change.before),
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

    /// Requests the source that the command line or the settings name; `before` named the running one.
    pub(super) fn restart(&mut self, before: NamedSource) {
        match self.request() {
            Ok(request) => {
                let change = SourceChange { request, before };
                if self.has_open_position() {
                    self.unconfirmed = Some(Box::new(change));
                } else {
                    self.send_request(change);
                }
            }
            // The running source goes on.
            Err(error) if self.running().is_some() => self.startup.notice = Some(error),
            Err(error) => self.source_state = SourceState::Failed(error),
        }
    }

    fn send_request(&mut self, change: SourceChange) {
        let kind = kind_of(&change.request.source);
        if self.startup.host.start(change.request) {
            self.requested_kind = kind;
            self.unanswered += 1;
            self.source_state = SourceState::Changing;
        } else {
            self.name_source(change.before);
            self.report_busy();
        }
    }

    fn report_busy(&mut self) {
        let notice = "The source is still being changed; try again.";
        self.startup.notice = Some(notice.to_owned());
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

    /// Opens the panel that shares the session that is replayed, reviewed, or chosen in the library.
    pub(super) fn share(&mut self) {
        let session = match self.tab {
            Tab::Play => self.replay.as_ref().and_then(Replay::session_file).cloned(),
            Tab::Library => self.library.chosen_session(),
            Tab::Review => self.review.chosen_session().cloned(),
            Tab::Lab | Tab::Settings => None,
        };
        let Some(session) = session else {
            let is_live = self.tab == Tab::Play && self.replay.is_none();
            let why = if is_live {
                RUNNING
            } else {
                "Choose a session to share first"
            };
            self.startup.notice = Some(why.to_owned());
            return;
        };
        let folder = self.library.folder.as_deref();
        let source = self.live.as_ref().map(|live| live.source.folder.as_path());
        let folder = folder.or(source).or(session.parent());
        let exports = folder.unwrap_or(Path::new(".")).join(EXPORTS);
        self.library.share(&session, exports);
    }

    /// Takes the requests of the pages to share a session, and says in the messages what became of one.
    pub(super) fn take_shares(&mut self) {
        let library = std::mem::take(&mut self.library.share_requested);
        let review = std::mem::take(&mut self.review.share_requested);
        if library || review {
            self.share();
        }
        let Some(outcome) = self.library.take_shared() else {
            return;
        };
        let now = crate::clock::now();
        match (outcome, &mut self.live) {
            (Ok(path), Some(live)) => {
                let folder = path.parent().unwrap_or(&path).to_owned();
                let text = format!("Session shared: {}", short_path(&path));
                let link = Some(NoticeLink::Folder(folder));
                live.notices.push_linked(StatusLevel::Ok, text, now, link);
            }
            (Err(why), Some(live)) => {
                let text = format!("The session was not shared: {}", escaped(&why));
                live.notices.push(StatusLevel::Error, text, now);
            }
            // Without a game on the page no messages are shown.
            (Ok(path), None) => {
                self.startup.notice = Some(format!("Session shared: {}", short_path(&path)));
            }
            (Err(why), None) => {
                let why = escaped(&why);
                self.startup.notice = Some(format!("The session was not shared: {why}"));
            }
        }
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
