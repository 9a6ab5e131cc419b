//! Writes settings as they are set, on a thread of its own.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::watch;

use super::Settings;
use super::file::save;

/// Writes settings as they are set, away from the window's thread. The newest counts.
#[derive(Debug)]
pub struct Saver {
    /// At most one waits: a newer one takes its place.
    next: watch::Sender<(u64, Settings)>,
    /// Rings when something waits; a full bell rings already.
    bell: Option<SyncSender<()>>,
    report: watch::Receiver<SaveReport>,
    thread: Option<JoinHandle<()>>,
}

/// What became of the newest settings that were to be written.
#[derive(Debug, Clone, Default)]
struct SaveReport {
    /// Their number, from 1.
    number: u64,
    /// What the player should know of it.
    trouble: Option<String>,
}

impl Saver {
    /// Starts the thread. `loaded` are the settings that were read from the file: only what differs from them is
    /// written.
    ///
    /// # Errors
    /// The system has no thread left.
    pub fn start(path: PathBuf, loaded: &Settings) -> io::Result<Self> {
        let loaded = loaded.clone();
        let (next, newest) = watch::channel((0, loaded.clone()));
        let (bell, rings) = sync_channel(1);
        let (told, report) = watch::channel(SaveReport::default());
        let thread = std::thread::Builder::new()
            .name("settings".to_owned())
            .spawn(move || save_all(&path, &loaded, newest, &rings, &told))?;
        Ok(Self {
            next,
            bell: Some(bell),
            report,
            thread: Some(thread),
        })
    }

    /// Takes settings to be written; never waits.
    pub fn save(&self, settings: &Settings) {
        self.next.send_modify(|(number, next)| {
            *number += 1;
            next.clone_from(settings);
        });
        if let Some(bell) = &self.bell
            && let Err(TrySendError::Disconnected(())) = bell.try_send(())
        {
            tracing::error!("the thread that writes the settings is gone");
        }
    }

    /// Whether settings wait to be written.
    pub fn is_saving(&self) -> bool {
        self.next.borrow().0 > self.report.borrow().number
    }

    /// Returns why the settings could not be written the last time.
    pub fn trouble(&self) -> Option<String> {
        self.report.borrow().trouble.clone()
    }

    /// Returns the same, once for each time that they were written.
    pub fn new_trouble(&mut self) -> Option<String> {
        match self.report.has_changed() {
            Ok(true) => self.report.borrow_and_update().trouble.clone(),
            _ => None,
        }
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.bell = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread that writes the settings panicked");
        }
    }
}

fn save_all(
    path: &Path,
    loaded: &Settings,
    mut newest: watch::Receiver<(u64, Settings)>,
    rings: &Receiver<()>,
    told: &watch::Sender<SaveReport>,
) {
    // What the file has of ours: a later save writes what differs from this.
    let mut saved = loaded.to_fields();
    while rings.recv().is_ok() {
        let (number, settings) = newest.borrow_and_update().clone();
        let fields = settings.to_fields();
        let shown = path.display();
        let trouble = match save(path, &saved, &fields) {
            Ok(aside) => {
                saved = fields;
                aside.map(|aside| {
                    format!(
                        "The settings file could not be read any more. It is kept as {}, and your settings are saved \
                         in {shown}.",
                        aside.display()
                    )
                })
            }
            Err(why) => Some(format!(
                "Settings not saved to {shown}: {why}. They last until you close the window."
            )),
        };
        if let Some(trouble) = &trouble {
            tracing::warn!("{trouble}");
        }
        told.send_replace(SaveReport { number, trouble });
    }
}
