//! The running source: its practice table, its engine, and the thread that wakes the window.

use std::path::PathBuf;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, watch};

use super::repaint::wake_on_change;
use super::{SourceRequest, Waker};
use crate::capture::CaptureConfig;
use crate::engine::open::{PreparedSource, StartError, StartOptions};
use crate::engine::{Command, Engine, GameSource, Notice, OpenedSource, View};
use crate::paths;
use crate::recording::{FolderLock, Origin, RecordingPolicy, UnsavedGames};
use crate::table::Speed;
use crate::trading::SentOrders;

/// What the window gets of a running source.
#[derive(Debug)]
pub struct RunningSource {
    /// The newest view.
    pub view: watch::Receiver<View>,
    /// Sends commands to the engine.
    pub commands: mpsc::Sender<Command>,
    /// Notices, in order.
    pub notices: mpsc::Receiver<Notice>,
    /// The name of the source, as the window shows it.
    pub name: String,
    /// The name of the server in its address.
    pub host: String,
    /// The origin that recordings name.
    pub origin: Origin,
    /// A practice table takes the orders; otherwise they are filled from a wallet on this computer.
    pub at_table: bool,
    /// The folder of the recordings.
    pub folder: PathBuf,
}

/// What a stopped source saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopReport {
    /// Game files.
    pub games: u64,
    /// Session files.
    pub sessions: u64,
    /// Why not everything could be saved.
    pub trouble: Option<String>,
    /// The folder of the recordings.
    pub folder: PathBuf,
}

/// A running source. Fields are dropped in this order: the engine saves what is open before the table ends.
pub(super) struct ActiveSource {
    engine: Engine,
    repaint: JoinHandle<()>,
    source: OpenedSource,
    folder: PathBuf,
}

impl ActiveSource {
    /// Starts a source; `stopped` says whether the emergency stop is pressed, and `sent_orders` are shared with the source
    /// before.
    ///
    /// # Errors
    /// A text for the player.
    pub fn start(
        request: SourceRequest,
        stopped: bool,
        sent_orders: SentOrders,
        waker: Waker,
        unsaved: UnsavedGames,
    ) -> Result<(Self, RunningSource), String> {
        let SourceRequest {
            source,
            folder,
            auto_record,
            raw_capture,
            start_balance,
            limits,
        } = request;
        let text = |why: StartError| {
            tracing::warn!("not started: {why}");
            why.in_the_window()
        };
        let opened = source.open().map_err(|why| why.to_string())?;
        let prepared = PreparedSource::new(&opened, folder.clone(), unsaved).map_err(text)?;
        let mut policy = RecordingPolicy::default();
        policy.set_auto_record(auto_record);
        let options = StartOptions {
            plays: true,
            start_balance: Some(start_balance),
            limits,
            sent_orders,
            policy,
            strategy: None,
            capture: Some(CaptureConfig::beside(&folder, raw_capture)),
        };
        let mut engine = prepared.start(options).map_err(text)?;
        let commands = engine.commands();
        if stopped {
            // The queue of a new engine is empty.
            commands.try_send(Command::EmergencyStop(true)).ok();
        }
        let at_table = opened.takes_orders();
        let running = RunningSource {
            view: engine.view(),
            commands,
            notices: engine.take_notices().ok_or("the engine has no notices")?,
            name: name_of(&source, at_table),
            host: opened.address.host().unwrap_or_default().to_owned(),
            origin: opened.origin,
            at_table,
            folder: folder.clone(),
        };
        let repaint =
            wake_on_change(engine.view(), waker).map_err(|why| text(StartError::NoThread(why)))?;
        tracing::info!(from = %opened, to = %paths::text(&folder), "playing");
        let active = Self {
            engine,
            repaint,
            source: opened,
            folder,
        };
        Ok((active, running))
    }

    /// Returns why another folder that is requested cannot be used. It is asked before this source is stopped for it.
    pub fn refuses(&self, request: &SourceRequest) -> Option<String> {
        let is_other = request.folder != self.folder;
        let lock = is_other.then(|| FolderLock::acquire(&request.folder));
        let why = lock?.err()?;
        tracing::warn!("not started: {why}");
        Some(why.in_the_window())
    }

    /// Runs the built-in table at another speed; does nothing for other sources.
    pub fn set_speed(&self, speed: Speed) {
        let Some(table) = &self.source.table else {
            return;
        };
        if let Err(why) = table.set_speed(speed) {
            tracing::warn!("the table keeps its speed: {why}");
        }
    }

    /// Whether the emergency stop is pressed.
    pub fn is_stopped(&self) -> bool {
        self.engine.view().borrow().risk_usage.stopped
    }

    /// Stops the source and saves what is open.
    pub fn stop(self) -> StopReport {
        let recorder = self.engine.stop().recorder;
        if self.repaint.join().is_err() {
            tracing::error!("the thread that asks for repaints panicked");
        }
        let lost = recorder.lost();
        let lost = lost.map(|lost| format!("lost while the disk took nothing: {lost}"));
        StopReport {
            games: recorder.saved_games,
            sessions: recorder.saved_sessions,
            trouble: recorder.trouble.or(lost),
            folder: self.folder,
        }
    }
}

fn name_of(source: &GameSource, at_table: bool) -> String {
    match source {
        GameSource::Practice { .. } => "PRACTICE TABLE".to_owned(),
        GameSource::Live => "LIVE rugs.fun".to_owned(),
        GameSource::Url(address) if at_table => format!("TABLE {address}"),
        GameSource::Url(address) => format!("WATCHING {address}"),
        GameSource::Browser(browser) => format!("BROWSER {browser}"),
    }
}
