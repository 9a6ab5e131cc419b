//! The files of strategies: read and saved on a thread of their own, since a disk may take longer than a frame.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::thread::JoinHandle;

use crate::background::{self, Waker};
use crate::disk::{FileAccess, ReplaceError, replace_file};
use crate::open_file::{OpenError, read_regular};
use crate::ui::format::short_path;

/// The longest file, in bytes, and the longest text of the editor, in characters: more than they are for.
pub const MAX_BYTES: usize = 256 << 10;

/// What a saved text may replace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Overwrite {
    /// Nothing: the file is new.
    Nothing,
    /// This text, which the file held when the program read or wrote it last.
    Text(String),
    /// Whatever the file holds: the player said so.
    Anything,
}

/// Why a text was not saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaveError {
    /// The file holds something that saving may not replace.
    Differs,
    /// A text for the player.
    Failed(String),
}

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileOutcome {
    /// It was read, or the reason for the player why not.
    Read(PathBuf, Result<String, String>),
    /// This text was saved, or not.
    Saved(PathBuf, String, Result<(), SaveError>),
}

/// The work on one file. When it is dropped, it is waited for: the end of the program cuts no file off.
#[derive(Debug)]
pub struct FileTask {
    outcome: Receiver<FileOutcome>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for FileTask {
    fn drop(&mut self) {
        background::join(&mut self.thread, "the thread of a strategy's file panicked");
    }
}

impl FileTask {
    /// Reads a file.
    ///
    /// # Errors
    /// A text for the player: no thread can be started.
    pub fn read(path: PathBuf, waker: Waker) -> Result<Self, String> {
        Self::start(waker, move || {
            let text = read_text(&path);
            FileOutcome::Read(path, text)
        })
    }

    /// Saves a text.
    ///
    /// # Errors
    /// A text for the player: no thread can be started.
    pub fn save(
        path: PathBuf,
        text: String,
        over: Overwrite,
        waker: Waker,
    ) -> Result<Self, String> {
        Self::start(waker, move || {
            let result = save_text(&path, &text, &over);
            FileOutcome::Saved(path, text, result)
        })
    }

    fn start(
        waker: Waker,
        work: impl FnOnce() -> FileOutcome + Send + 'static,
    ) -> Result<Self, String> {
        let (sender, outcome) = sync_channel(1);
        let work = move || {
            sender.send(work()).ok(); // Fails only after the window has closed.
            waker();
        };
        let spawned = background::spawn("strategy", work);
        let thread = spawned.map_err(|why| format!("no thread can be started ({why})"))?;
        Ok(Self {
            outcome,
            thread: Some(thread),
        })
    }

    /// Returns work that does not end.
    #[cfg(test)]
    pub fn endless() -> (std::sync::mpsc::SyncSender<FileOutcome>, Self) {
        let (sender, outcome) = sync_channel(1);
        let thread = None;
        (sender, Self { outcome, thread })
    }

    /// Returns the outcome once it is there. `Err`: the work ended without one.
    pub fn take(&self) -> Result<Option<FileOutcome>, String> {
        match self.outcome.try_recv() {
            Ok(outcome) => Ok(Some(outcome)),
            Err(TryRecvError::Empty) => Ok(None),
            Err(TryRecvError::Disconnected) => {
                Err("the file could not be worked on; this is a fault of the program".to_owned())
            }
        }
    }
}

/// Returns the text of a file.
///
/// # Errors
/// A text for the player: it cannot be read, is too long, or is no UTF-8.
pub fn read_text(path: &Path) -> Result<String, String> {
    let shown = short_path(path);
    let bytes = read_regular(path, MAX_BYTES as u64)
        .map_err(|why| format!("Cannot read {shown}: {why}; {}", why.advice()))?;
    String::from_utf8(bytes).map_err(|why| {
        let at = why.utf8_error().valid_up_to();
        format!("Cannot read {shown}: byte {at} is no UTF-8 text; choose a text file")
    })
}

/// Saves a text, whole or not at all.
///
/// # Errors
/// The file holds what may not be replaced, or cannot be written: it is as it was, unless the text says that it is written.
pub fn save_text(path: &Path, text: &str, over: &Overwrite) -> Result<(), SaveError> {
    let failed = |why: &dyn std::fmt::Display, advice: &str| {
        let shown = short_path(path);
        SaveError::Failed(format!("Cannot save {shown}: {why}; {advice}"))
    };
    if text.len() > MAX_BYTES {
        let limit = MAX_BYTES >> 10;
        return Err(failed(
            &format!("it is longer than {limit} KiB"),
            "shorten it",
        ));
    }
    match read_regular(path, MAX_BYTES as u64) {
        Ok(found) if found == text.as_bytes() => return Ok(()),
        Ok(found) => {
            let is_known = match over {
                Overwrite::Nothing => false,
                Overwrite::Text(known) => found == known.as_bytes(),
                Overwrite::Anything => true,
            };
            if !is_known {
                return Err(SaveError::Differs);
            }
        }
        Err(OpenError::Io(why)) if why.kind() == std::io::ErrorKind::NotFound => {}
        Err(OpenError::TooLong { .. }) if *over == Overwrite::Anything => {}
        Err(OpenError::TooLong { .. }) => return Err(SaveError::Differs),
        Err(why) => return Err(failed(&why, "save it under another name")),
    }
    match replace_file(path, text.as_bytes(), FileAccess::AsBefore) {
        Ok(()) => Ok(()),
        Err(ReplaceError::Unchanged(why)) => {
            Err(failed(&why, "make room, or save it in another folder"))
        }
        Err(why @ ReplaceError::NotDurable(_)) => Err(SaveError::Failed(why.text(path))),
    }
}

#[cfg(test)]
#[allow(clippy::disallowed_methods, reason = "tests")]
mod tests {
    use std::fs;

    use super::*;

    const TEXT: &str = "in presale buy 0.01\nafter 3 ticks sell all\n";

    #[test]
    fn a_saved_text_is_read_back_and_a_new_file_replaces_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("strategies").join("mine.txt");
        assert_eq!(save_text(&path, TEXT, &Overwrite::Nothing), Ok(()));
        assert_eq!(read_text(&path).as_deref(), Ok(TEXT));
        // The same text is there already: nothing is replaced.
        assert_eq!(save_text(&path, TEXT, &Overwrite::Nothing), Ok(()));
        let other = save_text(&path, "in presale buy 1", &Overwrite::Nothing);
        assert_eq!(other, Err(SaveError::Differs));
        assert_eq!(read_text(&path).as_deref(), Ok(TEXT));
    }

    #[test]
    fn a_file_that_another_program_changed_is_replaced_only_when_the_player_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mine.txt");
        fs::write(&path, "changed").expect("a file");
        let known = Overwrite::Text(TEXT.to_owned());
        assert_eq!(save_text(&path, "new", &known), Err(SaveError::Differs));
        assert_eq!(read_text(&path).as_deref(), Ok("changed"));
        assert_eq!(save_text(&path, "new", &Overwrite::Anything), Ok(()));
        assert_eq!(read_text(&path).as_deref(), Ok("new"));
        // One that was removed is made again.
        fs::remove_file(&path).expect("it is there");
        assert_eq!(save_text(&path, TEXT, &known), Ok(()));
        // One that has grown very long is another one, too.
        fs::write(&path, "x".repeat(MAX_BYTES + 1)).expect("a file");
        let known = Overwrite::Text(TEXT.to_owned());
        assert_eq!(save_text(&path, "new", &known), Err(SaveError::Differs));
    }

    #[test]
    fn what_cannot_be_read_or_saved_says_what_to_do() {
        let folder = tempfile::tempdir().expect("a folder");
        let binary = folder.path().join("binary");
        fs::write(&binary, [b'a', 0xff]).expect("a file");
        for (path, advice) in [
            (binary.as_path(), "choose a text file"),
            (folder.path(), "name a file"),
            (&folder.path().join("none"), "moved or deleted"),
        ] {
            let why = read_text(path).expect_err("not read");
            assert!(
                why.starts_with("Cannot read ") && why.contains(advice),
                "{why}"
            );
        }
        for path in [folder.path(), &binary.join("below")] {
            let why = save_text(path, TEXT, &Overwrite::Anything).expect_err("not saved");
            let SaveError::Failed(why) = why else {
                panic!("{why:?}");
            };
            assert!(
                why.starts_with("Cannot save ") && why.contains("; "),
                "{why}"
            );
        }
    }
}
