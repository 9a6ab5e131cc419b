//! Runs one source: feed messages and the player's commands go through board and trader to the recorder and the server;
//! views and notices come out.
//!
//! One thread owns the game state, the recorder's thread owns the files. A receiver may skip views; the recorder gets
//! everything.

mod announcer;
mod command;
mod core;
mod game_series;
mod health_watcher;
mod log;
mod login;
mod notice;
pub mod open;
mod record_filter;
mod setup;
mod source;
mod task;
mod view;

use std::io;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, watch};

pub use self::core::{
    PianoEnd, PianoPress, PianoState, PianoView, SessionCore, SessionView, TablePiano,
};
pub use command::Command;
pub use game_series::{GameHistory, LAST_GAMES, PastGame, PriceSeries, SeenGame};
pub use login::Credential;
pub use notice::Notice;
pub use setup::{PlayerMode, Setup};
pub use source::{GameSource, OpenedSource};
pub use view::View;

use announcer::Announcer;
use health_watcher::HealthWatcher;
use login::TableLogin;
use task::EngineTask;

use crate::account::SessionIds;
use crate::background;
use crate::clock;
use crate::disk::Disk;
use crate::feed::Feed;
use crate::game::ServerInfo;
use crate::recording::{Recorder, RecorderState, Writer};
use crate::trading::{DayRisk, RiskLimits, Trader};

/// Notices, and events of the recorder, that may wait for their receiver.
const MAX_NOTICES: usize = 4_096;
/// Commands that may wait: far more than a hand presses at once.
const MAX_COMMANDS: usize = 64;

/// The running engine. Dropped, it stops cleanly: open games are saved.
#[derive(Debug)]
pub struct Engine {
    view: watch::Receiver<View>,
    notices: Option<mpsc::Receiver<Notice>>,
    commands: mpsc::Sender<Command>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts feed, board and recorder. `open` are the games that recovery found open.
    ///
    /// # Errors
    /// A thread cannot be started, or the operating system gives no random numbers.
    pub fn start<D: Disk + 'static>(
        setup: Setup,
        recorder: Recorder<D>,
        open: Vec<crate::game::Game>,
    ) -> io::Result<Self> {
        let (event_sender, recorder_events) = mpsc::channel(MAX_NOTICES);
        let (notice_sender, notices) = mpsc::channel(MAX_NOTICES);
        let (commands, command_receiver) = mpsc::channel(MAX_COMMANDS);
        let (stop, stop_receiver) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let trader = trader(&setup)?;
        let login = match setup.player {
            Some(PlayerMode::AtTable(credential)) => {
                Some(TableLogin::new(setup.feed.address.clone(), credential))
            }
            _ => None,
        };
        let at = clock::now();
        let day = DayRisk::resume(recorder.earned_on(at), setup.sent_orders, at);
        let unsaved = recorder.unsaved();
        let writer = Writer::start(recorder, event_sender)?;
        let pace = setup.feed.table_pace();
        let watcher = HealthWatcher::new();
        let (feed, messages) = Feed::start(setup.feed)?;
        let mut core = SessionCore::new(setup.policy, trader, setup.piano, open);
        core.resume_day(day);
        if setup.auto_sell {
            core.allow_auto_sell();
        }
        core.set_pace(pace);
        // Recovered games keep their own server information until a message proves that they go on here.
        if setup.server != ServerInfo::default() {
            core.set_server(setup.server);
        }
        let state = feed.state().borrow().clone();
        let (view_sender, view) = watch::channel(core.view(state, RecorderState::default(), at));
        let task = EngineTask {
            core,
            watcher,
            announcer: Announcer::new(notice_sender),
            log: log::EngineLog::default(),
            recorded_games: log::RecordedGames::default(),
            feed_state: feed.state(),
            browser: feed.browser_status(),
            sender: feed.sender(),
            wire_tap: feed.capture_tap(),
            retry_now: feed.retry_now(),
            messages,
            login,
            connection: 0,
            awaits_announcement: false,
            answer: None,
            writer,
            recorder_events,
            collects: true,
            commands: command_receiver,
            view: view_sender,
            stop: stop_receiver,
            run_is_recorded: false,
            piano_end: None,
            pace,
        };
        let run = move || {
            let task = runtime.block_on(task.run());
            // Stopping the feed blocks, and its runtimes may not be dropped inside async code.
            feed.stop();
            runtime.block_on(task.finish());
            unsaved.set_over();
        };
        let thread = background::spawn("engine", run)?;
        Ok(Self {
            view,
            notices: Some(notices),
            commands,
            stop,
            thread: Some(thread),
        })
    }

    /// Returns a sender of commands.
    pub fn commands(&self) -> mpsc::Sender<Command> {
        self.commands.clone()
    }

    /// Returns a receiver of views.
    pub fn view(&self) -> watch::Receiver<View> {
        self.view.clone()
    }

    /// Returns the receiver of notices; `None` the second time.
    pub fn take_notices(&mut self) -> Option<mpsc::Receiver<Notice>> {
        self.notices.take()
    }

    /// Asks the engine to stop. The channel of notices closes when everything is saved.
    pub fn request_stop(&self) {
        self.stop.send_replace(true);
    }

    /// Returns a function that asks the engine to stop, for another thread.
    pub fn stop_request(&self) -> impl FnOnce() + Send + 'static {
        let stop = self.stop.clone();
        move || {
            stop.send_replace(true);
        }
    }

    /// Stops, saves what is open, and returns the last view.
    pub fn stop(mut self) -> View {
        let panicked = !self.end();
        let mut view = self.view.borrow().clone();
        if panicked {
            view.recorder.trouble = Some(
                "the engine panicked; what was open is in the journal, the next start saves it"
                    .to_owned(),
            );
        }
        view
    }

    /// Ends the thread; returns false if it panicked.
    fn end(&mut self) -> bool {
        self.request_stop();
        let message = "the engine's thread panicked; what was open is in the journal";
        background::join(&mut self.thread, message)
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.end();
    }
}

/// Returns the player's side; `None` when games are only watched.
fn trader(setup: &Setup) -> io::Result<Option<Trader>> {
    let mut limits = setup.limits;
    if setup
        .piano
        .as_ref()
        .is_some_and(|piano| piano.runner().is_some())
    {
        // It is planned, and its moments are those of the games: the limits against haste are off.
        limits.risk = RiskLimits::OFF;
    }
    let mut trader = match &setup.player {
        None => return Ok(None),
        Some(PlayerMode::Local(wallet)) => Trader::local(limits, wallet.clone()),
        Some(PlayerMode::InBrowser) => Trader::in_browser(limits),
        Some(PlayerMode::AtTable(_)) => Trader::at_server(limits),
    };
    let mut entropy = [0; 16];
    getrandom::fill(&mut entropy).map_err(io::Error::from)?;
    trader.set_ids(SessionIds::new(entropy));
    Ok(Some(trader))
}
