//! Wires the rooms together: the feed's messages and the player's commands through board and trader to the recorder,
//! requests, a view and notices out.
//!
//! One background thread owns the only game state; the recorder thread owns the files. Whoever watches may skip
//! views; the recorder gets everything.

mod core;
mod log;
mod login;
mod server;
mod shown;
mod task;
mod watcher;

use std::io;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Instant;

use tokio::sync::{mpsc, watch};

pub use self::core::SessionCore;
pub use login::Credential;
pub use shown::{GameHistory, LAST_GAMES, PastGame, PriceSeries};

use server::ServerProbe;
use task::EngineTask;
use watcher::HealthWatcher;

use crate::account::{Action, ActionSource, LocalWallet, SessionIds};
use crate::capture::CaptureState;
use crate::disk::Disk;
use crate::feed::health::{Alarm, Health};
use crate::feed::{self, Feed, FeedConfig};
use crate::game::{EndReason, Phase, ServerInfo, Time};
use crate::protocol::{Counts, GameId, Tick};
use crate::recording::{
    Recorder, RecorderEvent, RecorderState, RecordingPolicy, RecordingStatus, SavedGame,
    SavedSession, Writer,
};
use crate::strategy::Script;
use crate::trading::{
    DayRisk, Order, OrderLimits, PlayerEvent, Refusal, RiskLimits, RiskUsage, Trader, TraderView,
};

/// News of the recorder that may wait for whoever prints them.
const NOTICES: usize = 4_096;
/// Commands that may wait; nobody presses that fast.
const COMMANDS: usize = 64;
/// How often the clock is looked at: an order is overdue without any message.
const CLOCK_EVERY: std::time::Duration = std::time::Duration::from_millis(100);

/// How the engine is set up.
#[derive(Debug)]
pub struct Setup {
    /// The connection.
    pub feed: FeedConfig,
    /// Who plays; `None`: nobody, games are only watched.
    pub player: Option<PlayerMode>,
    /// Which games are recorded.
    pub policy: RecordingPolicy,
    /// What is pressed without a hand.
    pub script: Option<Script>,
    /// The server behind the feed.
    pub server: ServerSetup,
    /// The limits of orders; a script has no risk limits.
    pub limits: OrderLimits,
}

/// What is known of the server behind a feed before there is a connection.
#[derive(Debug, Clone, Copy, Default)]
pub struct ServerSetup {
    /// What recordings say of it.
    pub info: ServerInfo,
    /// It is on this computer and may be a table of ours: it is asked at each connection.
    pub ask: bool,
}

/// Who plays.
#[derive(Debug, Clone)]
pub enum PlayerMode {
    /// A player with an account at a practice table. He logs in there and nowhere else.
    AtTable(Credential),
    /// A practice wallet beside the feed: nothing is ever sent. It goes on where it was put down.
    Local(LocalWallet),
    /// A player in his own browser: he orders there, and nothing is ever sent from here.
    Mirror,
}

impl Setup {
    /// Returns the set-up that watches and records every game.
    pub fn watching(feed: FeedConfig) -> Self {
        Self {
            feed,
            player: None,
            policy: RecordingPolicy::everything(),
            script: None,
            server: ServerSetup::default(),
            limits: OrderLimits::default(),
        }
    }
}

/// What a player may ask of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Place an order.
    Press {
        /// Which.
        order: Order,
        /// By what.
        source: ActionSource,
        /// The price that was on the screen; `None` when nobody looked at one.
        seen: Option<rust_decimal::Decimal>,
    },
    /// Press the emergency stop, or release it: while it is pressed, buys and sidebets are refused. Pressed or released
    /// again it changes nothing.
    EmergencyStop(bool),
    /// Turn the record switch.
    Record(bool),
    /// Turn auto-record.
    AutoRecord(bool),
    /// Fill the local wallet anew.
    ResetWallet,
    /// Keep orders within these limits from now on.
    Limits(OrderLimits),
    /// Switch the raw capture of the connection.
    RawCapture(bool),
    /// The server is this from now on: its speed was changed.
    Server(ServerInfo),
}

/// What is on the table and in the recorder now. The newest counts, older ones may be skipped.
#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// The connection.
    pub feed: feed::FeedState,
    /// What is read of the player's browser; empty for every other source.
    pub tap: feed::BrowserStatus,
    /// How well it is, how much of the program runs, and why.
    pub health: Arc<Health>,
    /// The phase of the current game.
    pub phase: Phase,
    /// The current game.
    pub game_id: Option<GameId>,
    /// Its newest tick.
    pub tick: Option<Tick>,
    /// The price of that tick.
    pub price: Option<rust_decimal::Decimal>,
    /// Ticks of the current game that nobody knows yet.
    pub holes: u32,
    /// Milliseconds to the start, as the last message said.
    pub countdown_millis: Option<i64>,
    /// When the server said something last.
    pub last_event: Option<Time>,
    /// The prices of the game on the table; between two games those of the one before.
    pub series: Arc<PriceSeries>,
    /// The games before.
    pub past: Arc<GameHistory>,
    /// The rows of the session that runs, or ran last, in the order of the pressing.
    pub actions: Arc<Vec<Action>>,
    /// The player's side; `None` when nobody plays.
    pub trader: Option<TraderView>,
    /// The limits of orders.
    pub limits: OrderLimits,
    /// The emergency stop, and how far the limits of the day and the minute are used up.
    pub risk_usage: RiskUsage,
    /// Why no order may be sent on this connection, whatever the order: its login is not done. `None` otherwise, and
    /// where nothing is sent.
    pub no_login: Option<Refusal>,
    /// The record switch, and what it does.
    pub recording: RecordingStatus,
    /// The recorder.
    pub recorder: RecorderState,
    /// The raw capture of the connection.
    pub capture: CaptureState,
    /// What was not understood.
    pub counts: Counts,
}

/// Something a person or a script may want to be told, in order and once.
#[derive(Debug, Clone, PartialEq)]
pub enum Notice {
    /// A game ended while we were there.
    GameEnded {
        /// The game.
        game_id: GameId,
        /// How.
        reason: EndReason,
    },
    /// A game file was published.
    GameSaved(Box<SavedGame>),
    /// A session file was published.
    SessionSaved(Box<SavedSession>),
    /// An action is recorded, as far as it has come: nothing takes it away any more.
    Action {
        /// Which one, in the order of the pressing.
        slot: u32,
        /// The row.
        action: Box<Action>,
    },
    /// News of the player: who is logged in, a drift.
    Player(PlayerEvent),
    /// What the player is to be told in words: a press that was refused.
    Message(String),
    /// The connection is not as it was, or not as it should be.
    Alarm(Alarm),
    /// Nothing reaches the disk from now on, for this reason.
    NotRecording(String),
    /// Everything reaches the disk again.
    RecordingResumed,
    /// The disk has little room left: so many megabytes.
    LowSpace(u64),
    /// It has enough again.
    SpaceRecovered,
    /// A line of the script that came too late, and why.
    LineSkipped(String),
    /// The last game of the script is over.
    ScriptDone,
}

impl From<RecorderEvent> for Notice {
    fn from(news: RecorderEvent) -> Self {
        match news {
            RecorderEvent::Game(saved) => Self::GameSaved(saved),
            RecorderEvent::Session(saved) => Self::SessionSaved(saved),
            RecorderEvent::Action { slot, action } => Self::Action { slot, action },
        }
    }
}

/// The running engine. Stops cleanly when dropped: open games are saved.
#[derive(Debug)]
pub struct Engine {
    view: watch::Receiver<View>,
    notices: Option<mpsc::Receiver<Notice>>,
    commands: mpsc::Sender<Command>,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Engine {
    /// Starts feed, board and recorder. `open` are the games that recovery brought.
    pub fn start<D: Disk + 'static>(
        setup: Setup,
        recorder: Recorder<D>,
        open: Vec<crate::game::Game>,
    ) -> io::Result<Self> {
        let (news_in, news) = mpsc::channel(NOTICES);
        let (notices_in, notices) = mpsc::channel(NOTICES);
        let (commands_in, commands) = mpsc::channel(COMMANDS);
        let (stop, stop_out) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()?;
        let mut limits = setup.limits;
        if setup.script.is_some() {
            // A script decides for itself, and its moments are those of the games.
            limits.risk = RiskLimits::OFF;
        }
        let (mut trader, login) = match setup.player {
            None => (None, None),
            Some(PlayerMode::Local(wallet)) => (Some(Trader::local(limits, wallet)), None),
            Some(PlayerMode::Mirror) => (Some(Trader::in_browser(limits)), None),
            Some(PlayerMode::AtTable(credential)) => {
                let login = (setup.feed.address.clone(), credential);
                (Some(Trader::at_server(limits)), Some(login))
            }
        };
        if let Some(trader) = &mut trader {
            let mut entropy = [0; 16];
            getrandom::fill(&mut entropy).map_err(io::Error::from)?;
            trader.set_ids(SessionIds::new(entropy));
        }
        let ask = setup.server.ask && setup.feed.route == feed::FeedRoute::Direct;
        let questions = ask.then(|| ServerProbe::new(setup.feed.address.clone()));
        let at = crate::clock::now();
        let day = DayRisk::resume(recorder.earned_on(at), at);
        let unsaved = recorder.unsaved();
        let writer = Writer::start(recorder, news_in)?;
        let watcher = HealthWatcher::new();
        let pace = setup.feed.pace;
        let (feed, messages) = Feed::start(setup.feed)?;
        let mut core = SessionCore::new(setup.policy, trader, setup.script, open);
        core.resume_day(day);
        core.set_pace(pace);
        // The games that recovery brought are not of this server before a message says so.
        if setup.server.info != ServerInfo::default() {
            core.set_server(setup.server.info, None);
        }
        let state = feed.state().borrow().clone();
        let (view_in, view) = watch::channel(core.view(state, RecorderState::default(), at));
        let task = EngineTask {
            core,
            watcher,
            feed_state: feed.state(),
            tap: feed.browser_status(),
            told_of_tap: String::new(),
            sender: feed.sender(),
            wire_tap: feed.capture_tap(),
            capture_trouble: None,
            login,
            logins: Vec::new(),
            logged_in: login::LoginGeneration::default(),
            generation: 0,
            answer: None,
            writer,
            messages,
            commands,
            news,
            notices: notices_in,
            view: view_in,
            stop: stop_out,
            questions,
            script: task::ScriptProgress::Playing,
            log: log::EngineLog::default(),
            told_refused: (0, Instant::now()),
            unread: false,
            collects: true,
            recorded_games: log::RecordedGames::default(),
            pace,
        };
        let run = move || {
            let task = runtime.block_on(task.run());
            // Stopping the feed blocks, and its runtimes may not be dropped inside async code.
            feed.stop();
            runtime.block_on(task.finish());
            unsaved.set_over();
        };
        let thread = std::thread::Builder::new()
            .name("engine".to_owned())
            .spawn(run)?;
        Ok(Self {
            view,
            notices: Some(notices),
            commands: commands_in,
            stop,
            thread: Some(thread),
        })
    }

    /// Returns the way in for the player's commands.
    pub fn commands(&self) -> mpsc::Sender<Command> {
        self.commands.clone()
    }

    /// Returns the view, to be watched.
    pub fn view(&self) -> watch::Receiver<View> {
        self.view.clone()
    }

    /// Returns the notices; `None` the second time.
    pub fn take_notices(&mut self) -> Option<mpsc::Receiver<Notice>> {
        self.notices.take()
    }

    /// Asks the engine to stop; the notices end when everything is saved.
    pub fn request_stop(&self) {
        self.stop.send_replace(true);
    }

    /// Returns what asks the engine to stop, for another thread.
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

    /// Ends the thread; false if it panicked.
    fn end(&mut self) -> bool {
        self.request_stop();
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the engine's thread panicked; what was open is in the journal");
            return false;
        }
        true
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.end();
    }
}
