//! One source, running: the right to its folder, its table if it is ours, and the engine.

use std::io;
use std::path::PathBuf;
use std::thread::JoinHandle;

use tokio::sync::{mpsc, watch};

use super::repaint::wake_on_change;
use super::source::{GameSource, OpenedSource};
use super::{SourceRequest, Waker};
use crate::account::LocalWallet;
use crate::capture::CaptureConfig;
use crate::disk::RealDisk;
use crate::engine::{Command, Credential, Engine, Notice, PlayerMode, Setup, View};
use crate::feed::fetch_announcement;
use crate::game::ServerInfo;
use crate::paths;
use crate::recording::{FolderLock, Origin, Recorder, RecordingPolicy, UnsavedGames};

/// What the window is given of a running source.
#[derive(Debug)]
pub struct RunningSource {
    /// The newest view.
    pub view: watch::Receiver<View>,
    /// The way to the engine.
    pub commands: mpsc::Sender<Command>,
    /// News, in order.
    pub notices: mpsc::Receiver<Notice>,
    /// What the source is called.
    pub name: String,
    /// What recordings name it.
    pub origin: Origin,
    /// A table of ours takes the orders; otherwise they are filled from a wallet on this computer.
    pub at_table: bool,
    /// Where everything is recorded.
    pub folder: PathBuf,
}

/// What a source left when it was stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopReport {
    /// Game files.
    pub games: u64,
    /// Session files.
    pub sessions: u64,
    /// Why not everything could be saved.
    pub trouble: Option<String>,
    /// Where it lies.
    pub folder: PathBuf,
}

/// A running source. The parts stop in this order: the engine saves what is open before the table goes away, and the
/// folder is given back last.
pub(super) struct ActiveSource {
    engine: Engine,
    repaint: JoinHandle<()>,
    source: OpenedSource,
    folder: PathBuf,
    _lock: FolderLock,
}

impl ActiveSource {
    /// Starts a source, `stopped` if the emergency stop is pressed; an error is a text for the player.
    pub fn start(
        wish: &SourceRequest,
        stopped: bool,
        waker: Waker,
        unsaved: UnsavedGames,
    ) -> Result<(Self, RunningSource), String> {
        let folder = wish.folder.clone();
        let lock = FolderLock::acquire(&folder).map_err(|why| why.in_the_window())?;
        let source = wish.place.open().map_err(|why| why.to_string())?;
        let opened = Recorder::open(RealDisk, folder.clone(), source.origin);
        let (mut recorder, open) =
            opened.map_err(|why| format!("nothing can be recorded: {why}"))?;
        recorder.set_lock(lock.clone());
        recorder.count_unsaved_in(unsaved);
        if let Some(trouble) = recorder.trouble() {
            return Err(trouble.to_owned());
        }
        let at_table = takes_orders(&wish.place, &source);
        let player = if at_table {
            let credential = Credential::fresh();
            Some(PlayerMode::AtTable(credential.map_err(|why| {
                format!(
                    "the operating system gives no random numbers ({why}), so nobody can log in"
                )
            })?))
        } else if source.browser.is_some() {
            Some(PlayerMode::Mirror)
        } else {
            let wallet = recorder.wallet().unwrap_or_else(LocalWallet::full);
            Some(PlayerMode::Local(wallet))
        };
        let mut policy = RecordingPolicy::default();
        policy.set_auto_record(wish.auto_record);
        let mut feed = source.feed();
        feed.capture = Some(CaptureConfig::beside(&folder, wish.raw_capture));
        let setup = Setup {
            feed,
            player,
            policy,
            script: None,
            server: source.server,
            limits: wish.limits,
        };
        let no_thread = |why: io::Error| format!("no thread can be started ({why})");
        let mut engine = Engine::start(setup, recorder, open).map_err(no_thread)?;
        let commands = engine.commands();
        if stopped {
            // The queue is empty: no other sender has it yet.
            commands.try_send(Command::EmergencyStop(true)).ok();
        }
        let running = RunningSource {
            view: engine.view(),
            commands,
            notices: engine.take_notices().ok_or("the engine has no notices")?,
            name: name_of(&wish.place, at_table),
            origin: source.origin,
            at_table,
            folder: folder.clone(),
        };
        let repaint = wake_on_change(engine.view(), waker).map_err(no_thread)?;
        tracing::info!(from = %source, to = %paths::text(&folder), "playing");
        let run = Self {
            engine,
            repaint,
            source,
            folder,
            _lock: lock,
        };
        Ok((run, running))
    }

    /// Runs the built-in table at another speed; does nothing elsewhere.
    pub fn set_speed(&self, speed: crate::table::Speed) {
        let Some(table) = &self.source.table else {
            return;
        };
        let keeps =
            |why: &dyn std::fmt::Display| tracing::warn!("the table keeps its speed: {why}");
        let server = ServerInfo {
            speed: speed.factor(),
            ..self.source.server.info
        };
        // Before the table runs at it: no tick at the new speed is measured by the old one.
        if let Err(why) = self.engine.commands().try_send(Command::Server(server)) {
            return keeps(&why);
        }
        if let Err(why) = table.set_speed(speed) {
            keeps(&why);
        }
    }

    /// Whether the emergency stop is pressed.
    pub fn is_stopped(&self) -> bool {
        self.engine.view().borrow().risk_usage.stopped
    }

    /// Stops it and saves what is open.
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

/// Whether orders may be sent there: to a table of ours only, and another address is asked first.
fn takes_orders(place: &GameSource, source: &OpenedSource) -> bool {
    match place {
        GameSource::Practice { .. } => true,
        GameSource::Live | GameSource::Browser(_) => false,
        GameSource::Url(_) => fetch_announcement(&source.address).is_ok_and(|table| table.orders),
    }
}

fn name_of(place: &GameSource, at_table: bool) -> String {
    match place {
        GameSource::Practice { .. } => "PRACTICE TABLE".to_owned(),
        GameSource::Live => "LIVE rugs.fun".to_owned(),
        GameSource::Url(address) if at_table => format!("TABLE {address}"),
        GameSource::Url(address) => format!("WATCHING {address}"),
        GameSource::Browser(browser) => format!("BROWSER {browser}"),
    }
}
