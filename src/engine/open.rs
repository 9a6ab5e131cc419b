//! Starts a source: the one way, for the window and for the commands without one.
//!
//! Takes the folder, recovers what an earlier run left there, decides how the player plays, and starts the engine.

use std::io;
use std::path::PathBuf;

use rust_decimal::Decimal;

use super::{Credential, Engine, OpenedSource, PlayerMode, Setup, TablePiano};
use crate::account::LocalWallet;
use crate::capture::CaptureConfig;
use crate::disk::RealDisk;
use crate::game::Game;
use crate::protocol::Pace;
use crate::recording::{FolderError, FolderLock, Origin, Recorder, RecordingPolicy, UnsavedGames};
use crate::strategy::StrategyRunner;
use crate::trading::{OrderLimits, SentOrders};

/// An opened source with an open recorder.
pub struct PreparedSource<'a> {
    source: &'a OpenedSource,
    recorder: Recorder<RealDisk>,
    /// The games that recovery found open.
    open_games: Vec<Game>,
}

/// How an engine runs on a source.
#[derive(Debug, Default)]
pub struct StartOptions {
    /// Play: at a practice table, or with a local wallet where no orders are taken. Otherwise only watch. A player in
    /// the browser is followed in both cases.
    pub plays: bool,
    /// SOL of play money in a new wallet; `None`: 1 SOL.
    pub start_balance: Option<Decimal>,
    /// The limits of orders. A strategy that is played from the start has no risk limits.
    pub limits: OrderLimits,
    /// The orders of the last minute, also those of the source before.
    pub sent_orders: SentOrders,
    /// Which games are recorded.
    pub policy: RecordingPolicy,
    /// A strategy that is played from the start, and ends the run. Only at a practice table.
    pub strategy: Option<StrategyRunner>,
    /// Where the raw capture goes; without it, it cannot be turned on.
    pub capture: Option<CaptureConfig>,
}

/// A source cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The folder of the recordings cannot be used.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// What is in the folder cannot be read or recovered.
    #[error("{0}")]
    Recovery(String),
    /// Nothing can be written to the folder.
    #[error("{0}")]
    Disk(String),
    /// The local wallet of the last run cannot be read: a new one would replace it.
    #[error("the local wallet is not opened: {0}")]
    Wallet(String),
    /// No login can be made.
    #[error("the operating system gives no random numbers ({0}), so no login is possible")]
    NoRandomNumbers(io::Error),
    /// A strategy is to be played elsewhere than at a practice table of ours.
    #[error("a strategy plays at a practice table only")]
    NoPracticeTable,
    /// The engine's threads cannot be started.
    #[error("no thread can be started ({0})")]
    NoThread(io::Error),
}

impl StartError {
    /// Returns the text for the window.
    pub fn in_the_window(&self) -> String {
        match self {
            Self::Folder(why) => why.in_the_window(),
            Self::Recovery(why) => format!("nothing can be recorded: {why}"),
            _ => self.to_string(),
        }
    }
}

impl<'a> PreparedSource<'a> {
    /// Takes the folder of the recordings, and recovers what an earlier run left there. `unsaved` counts the games that
    /// are still to be saved.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub fn new(
        source: &'a OpenedSource,
        folder: PathBuf,
        unsaved: UnsavedGames,
    ) -> Result<Self, StartError> {
        let lock = FolderLock::acquire(&folder)?;
        let (mut recorder, open_games) =
            Recorder::open(RealDisk, folder, source.origin).map_err(StartError::Recovery)?;
        recorder.set_lock(lock);
        recorder.count_unsaved_in(unsaved);
        if let Some(trouble) = recorder.trouble() {
            return Err(StartError::Disk(trouble.to_owned()));
        }
        Ok(Self {
            source,
            recorder,
            open_games,
        })
    }

    /// Starts the engine.
    ///
    /// # Errors
    /// A strategy is to be played elsewhere than at a practice table, the local wallet cannot be read, a thread cannot be
    /// started, or the operating system gives no random numbers.
    pub fn start(self, options: StartOptions) -> Result<Engine, StartError> {
        let player = self.player(&options)?;
        let table = self.source.practice_table().filter(|_| player.is_some());
        let piano = match (table, options.strategy) {
            (Some(table), Some(runner)) => Some(TablePiano::playing(table, runner)),
            (None, Some(_)) => return Err(StartError::NoPracticeTable),
            (table, None) => table.map(TablePiano::new),
        };
        let mut feed = self.source.feed();
        let origin = self.source.origin.as_str();
        feed.capture = options
            .capture
            .map(|capture| CaptureConfig { origin, ..capture });
        // A strategy sees the same at any speed. It can begin at any time, so a table waits for every player of ours; one
        // that others use, too, waits for a slow player for some seconds only.
        let is_planned = piano.as_ref().is_some_and(|piano| piano.runner().is_some());
        let plays_here = matches!(player, Some(PlayerMode::AtTable(_)));
        if (is_planned || plays_here) && self.is_paced() {
            feed.pace = Some(Pace::Step);
        }
        let setup = Setup {
            feed,
            auto_sell: self.has_auto_sell(player.as_ref()),
            player,
            limits: options.limits,
            sent_orders: options.sent_orders,
            policy: options.policy,
            piano,
            server: self.source.server,
        };
        Engine::start(setup, self.recorder, self.open_games).map_err(StartError::NoThread)
    }

    fn player(&self, options: &StartOptions) -> Result<Option<PlayerMode>, StartError> {
        Ok(if self.source.browser.is_some() {
            Some(PlayerMode::InBrowser)
        } else if !options.plays {
            None
        } else if self.source.takes_orders() {
            let credential = Credential::fresh().map_err(StartError::NoRandomNumbers)?;
            let credential = credential.with_start_balance(options.start_balance);
            Some(PlayerMode::AtTable(credential))
        } else {
            let balance = options.start_balance.unwrap_or(Decimal::ONE);
            let wallet = self.recorder.wallet().map_err(StartError::Wallet)?;
            Some(PlayerMode::Local(
                wallet.unwrap_or_else(|| LocalWallet::new(balance)),
            ))
        })
    }

    /// Whether auto-sell exists for this player: never where orders or prices are those of the real server.
    fn has_auto_sell(&self, player: Option<&PlayerMode>) -> bool {
        match player {
            Some(PlayerMode::AtTable(_)) => true,
            Some(PlayerMode::Local(_)) => {
                !matches!(self.source.origin, Origin::Live | Origin::Browser)
            }
            Some(PlayerMode::InBrowser) | None => false,
        }
    }

    /// Whether the server waits for its clients.
    fn is_paced(&self) -> bool {
        let announcement = self.source.announcement().as_ref();
        announcement.is_ok_and(|table| table.paced)
    }
}
