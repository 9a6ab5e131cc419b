//! One run of the reducer and the recorder, for the games of one origin.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::report::ImportError;
use crate::disk::Disk;
use crate::engine::SessionCore;
use crate::game::{GameEvent, ServerInfo, Time};
use crate::recording::{FolderLock, Origin, Recorder, RecorderEvent, RecordingPolicy, SavedGame};

/// Finished games are written together, at the latest after this time.
const WRITE_EVERY: Duration = Duration::from_millis(500);
/// So many finished games are written at once.
const MAX_WAITING: usize = 32;

/// Where recordings are written.
#[derive(Debug, Clone)]
pub(super) struct ImportFolder<D> {
    pub(super) disk: D,
    pub(super) path: PathBuf,
    /// Whether the folder is locked meanwhile: only that of a real disk can be.
    pub(super) is_real: bool,
}

/// The reducer and the recorder of one origin.
pub(super) struct ImportRun<D: Disk> {
    pub(super) origin: Origin,
    pub(super) core: SessionCore,
    recorder: Recorder<D>,
    started: Instant,
    written_at: Duration,
    /// Finished games and seeds since the last write.
    waiting: usize,
}

impl<D: Disk> ImportRun<D> {
    /// Takes the folder of the recordings.
    ///
    /// # Errors
    /// The folder cannot be used.
    pub(super) fn start(
        folder: ImportFolder<D>,
        origin: Origin,
        server: ServerInfo,
    ) -> Result<Self, ImportError> {
        let ImportFolder {
            disk,
            path,
            is_real,
        } = folder;
        let lock = is_real.then(|| FolderLock::acquire(&path)).transpose()?;
        let opened = Recorder::open(disk, path, origin);
        let (mut recorder, open) = opened.map_err(ImportError::Recovery)?;
        if let Some(lock) = lock {
            recorder.set_lock(lock);
        }
        recorder.omit_journals();
        recorder.close_recovered(open);
        let mut core = SessionCore::new(RecordingPolicy::everything(), None, None, Vec::new());
        core.set_server(server);
        let mut run = Self {
            origin,
            core,
            recorder,
            started: Instant::now(),
            written_at: Duration::ZERO,
            waiting: 0,
        };
        run.write()?;
        Ok(run)
    }

    /// Sets what is known of the server from now on.
    pub(super) fn set_server(&mut self, server: ServerInfo) -> Result<(), ImportError> {
        let events = self.core.set_server(server);
        self.record(events)
    }

    /// Gives events of the board to the recorder.
    ///
    /// # Errors
    /// The disk does not take them.
    pub(super) fn record(&mut self, events: Vec<GameEvent>) -> Result<(), ImportError> {
        for event in self.core.to_record(events) {
            let is_file = matches!(
                event,
                GameEvent::GameComplete(_) | GameEvent::Revealed { .. }
            );
            self.waiting += usize::from(is_file);
            self.recorder.take(event);
        }
        if self.waiting == 0 {
            return Ok(());
        }
        let is_due = self.started.elapsed() >= self.written_at + WRITE_EVERY;
        if is_due || self.waiting >= MAX_WAITING {
            self.write()?;
        }
        Ok(())
    }

    fn write(&mut self) -> Result<(), ImportError> {
        self.waiting = 0;
        self.recorder.write();
        self.recorder.clock(self.started.elapsed());
        self.written_at = self.started.elapsed();
        self.check()
    }

    /// A failed write ends the import: the captures are still there, and can be imported again.
    fn check(&self) -> Result<(), ImportError> {
        match self.recorder.trouble() {
            Some(trouble) => Err(ImportError::Disk(trouble.to_owned())),
            None => Ok(()),
        }
    }

    /// Returns the games that were saved since the last call.
    pub(super) fn take_saved(&mut self) -> impl Iterator<Item = Box<SavedGame>> {
        let events = self.recorder.take_events().into_iter();
        events.filter_map(|event| match event {
            RecorderEvent::Game(saved) => Some(saved),
            _ => None,
        })
    }

    /// Completes every open game and writes everything.
    ///
    /// # Errors
    /// The disk does not take it.
    pub(super) fn finish(&mut self, at: Time) -> Result<(), ImportError> {
        let events = self.core.stop(at);
        for event in self.core.to_record(events) {
            self.recorder.take(event);
        }
        self.recorder.finish();
        self.check()
    }
}
