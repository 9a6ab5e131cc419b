//! Saves settings on a thread of its own.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use tokio::sync::watch;

use super::Settings;
use super::file::save;
use crate::background;
use crate::disk::ReplaceError;
use crate::paths;

/// Saves settings away from the window's thread. Only the newest settings matter.
#[derive(Debug)]
pub struct Saver {
    /// The newest settings and their number, from 1. Newer ones replace those that wait.
    next: watch::Sender<(u64, Settings)>,
    /// Wakes the thread; a full queue has woken it already.
    wake: Option<SyncSender<()>>,
    report: watch::Receiver<SaveReport>,
    thread: Option<JoinHandle<()>>,
}

/// The result of the newest save.
#[derive(Debug, Clone, Default)]
struct SaveReport {
    /// The number of the saved settings.
    number: u64,
    /// A message for the player.
    trouble: Option<String>,
}

impl Saver {
    /// Starts the thread. `loaded` are the settings of the file: only changes to them are written.
    ///
    /// # Errors
    /// The thread cannot be started.
    pub fn start(path: PathBuf, loaded: &Settings) -> io::Result<Self> {
        let loaded = loaded.clone();
        let (next, newest) = watch::channel((0, loaded.clone()));
        let (wake, wakes) = sync_channel(1);
        let (report_sender, report) = watch::channel(SaveReport::default());
        let save = move || save_all(&path, &loaded, newest, &wakes, &report_sender);
        let thread = background::spawn("settings", save)?;
        Ok(Self {
            next,
            wake: Some(wake),
            report,
            thread: Some(thread),
        })
    }

    /// Saves settings. Never waits.
    pub fn save(&self, settings: &Settings) {
        self.next.send_modify(|(number, next)| {
            *number += 1;
            next.clone_from(settings);
        });
        if let Some(wake) = &self.wake
            && let Err(TrySendError::Disconnected(())) = wake.try_send(())
        {
            tracing::error!("the thread that writes the settings is gone");
        }
    }

    /// Whether settings wait to be saved.
    pub fn is_saving(&self) -> bool {
        self.next.borrow().0 > self.report.borrow().number
    }

    /// Returns why the last save failed, or the name of a file that it had to keep.
    pub fn trouble(&self) -> Option<String> {
        self.report.borrow().trouble.clone()
    }

    /// Returns [`Self::trouble`], once for each save.
    pub fn new_trouble(&mut self) -> Option<String> {
        match self.report.has_changed() {
            Ok(true) => self.report.borrow_and_update().trouble.clone(),
            _ => None,
        }
    }
}

impl Drop for Saver {
    fn drop(&mut self) {
        self.wake = None;
        let message = "the thread that writes the settings panicked";
        background::join(&mut self.thread, message);
    }
}

fn save_all(
    path: &Path,
    loaded: &Settings,
    mut newest: watch::Receiver<(u64, Settings)>,
    wakes: &Receiver<()>,
    report: &watch::Sender<SaveReport>,
) {
    // The settings in the file: the next save writes the changes to them.
    let mut saved = loaded.to_fields();
    while wakes.recv().is_ok() {
        let (number, settings) = newest.borrow_and_update().clone();
        let fields = settings.to_fields();
        let shown = paths::text(path);
        let trouble = match save(path, &saved, &fields) {
            Ok(aside) => {
                saved = fields;
                aside.map(|aside| {
                    format!(
                        "The settings file could not be read any more. It is kept as {}, and your settings are saved \
                         in {shown}.",
                        paths::text(&aside)
                    )
                })
            }
            Err(ReplaceError::NotDurable(why)) => {
                saved = fields;
                Some(format!(
                    "Settings saved to {shown}, but a power cut may undo that: {why}."
                ))
            }
            Err(ReplaceError::Unchanged(why)) => Some(format!(
                "Settings not saved to {shown}: {why}. They last until you close the window."
            )),
        };
        if let Some(trouble) = &trouble {
            tracing::warn!("{trouble}");
        }
        report.send_replace(SaveReport { number, trouble });
    }
}
