//! Opens a file that the player chose: a session, a game, a bundle, or a recording of the Python original. Any other file is an
//! error with advice. Files longer than a recording are not read.

use std::io;
use std::path::Path;

use super::bundle::{CheckProgress, OpenedBundle, check_bundle, is_archive};
use super::session_size::check_size;
use crate::disk::Disk;
use crate::library::original::{PythonRecording, is_original_name};
use crate::paths;
use crate::recording::format::kind::{FileKind, kind_of, without_mark};
use crate::recording::format::names::{is_game_name, is_session_name};
use crate::recording::format::read::MAX_FILE_BYTES;
use crate::recording::{GameFile, SessionFile};

/// A recording file with its content.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordingFile {
    /// A session.
    Session(SessionFile),
    /// A game.
    Game(GameFile),
    /// A recording of the Python original.
    PythonRecording(PythonRecording),
    /// A session with its games in one file.
    Bundle(Box<OpenedBundle>),
}

/// What is wrong with a file, and what the player can do.
type OpenFailure = (String, &'static str);

const OPEN_ANOTHER: &str = "open a session (…_session.json), a game (….game.json), a bundle (….pianola) or a recording of the Python original (….jsonl)";
const TAKE_A_COPY: &str = "if there is a whole copy of it, open that one; it was left as it is";
const NEWER: &str = "a newer Pianola reads it";

/// Reads a recording file.
///
/// # Errors
///
/// The text says what is wrong, where, and what to do. It must be escaped before it is shown.
pub fn open(disk: &dyn Disk, path: &Path) -> Result<RecordingFile, String> {
    open_with(disk, path, &CheckProgress::default())
}

/// Does what [`open`] does, with the progress of the check of a bundle.
pub(super) fn open_with(
    disk: &dyn Disk,
    path: &Path,
    progress: &CheckProgress,
) -> Result<RecordingFile, String> {
    let refused =
        |(why, advice): OpenFailure| format!("cannot open {}: {why}; {advice}", paths::text(path));
    let text = disk.read_at_most(path, MAX_FILE_BYTES);
    let text = text.map_err(|why| refused(of_disk(&why)))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    read(&name, &text, progress).map_err(refused)
}

fn of_disk(why: &io::Error) -> OpenFailure {
    let advice = match why.kind() {
        io::ErrorKind::IsADirectory => "the library lists what is in a folder",
        io::ErrorKind::PermissionDenied => "make it readable for you",
        io::ErrorKind::NotFound => "look whether it was moved or deleted",
        io::ErrorKind::InvalidInput => OPEN_ANOTHER,
        io::ErrorKind::FileTooLarge => "no recording is that long: open another file",
        _ => "check the disk",
    };
    (why.to_string(), advice)
}

/// Reads a file's text. The content decides what it is, or else the name.
fn read(name: &str, text: &[u8], progress: &CheckProgress) -> Result<RecordingFile, OpenFailure> {
    if is_archive(text) {
        let bundle = check_bundle(text, progress).map_err(|why| (why, TAKE_A_COPY))?;
        return Ok(RecordingFile::Bundle(Box::new(bundle)));
    }
    let text = without_mark(text);
    if text.trim_ascii().is_empty() {
        return Err(("it is empty".to_owned(), TAKE_A_COPY));
    }
    let other = match kind_of(text) {
        FileKind::PythonRecording => return original(text),
        FileKind::Session => return session(text),
        FileKind::Game => return game(text),
        FileKind::Capture => {
            "it is captured traffic, no recording; `pianola table --capture` plays it"
        }
        FileKind::Revealed => "it is a list of revealed games; `pianola verify` checks it",
        FileKind::Index => "it is the index of a day; the library lists what is in its folder",
        FileKind::Unknown if is_original_name(name) => return original(text),
        FileKind::Unknown if is_session_name(name) => return session(text),
        FileKind::Unknown if is_game_name(name) => return game(text),
        FileKind::Unknown => "it is no recording",
    };
    Err((other.to_owned(), OPEN_ANOTHER))
}

fn game(text: &[u8]) -> Result<RecordingFile, OpenFailure> {
    let read = GameFile::parse(text).map(RecordingFile::Game);
    read.map_err(|why| damaged(&why))
}

fn original(text: &[u8]) -> Result<RecordingFile, OpenFailure> {
    let read = PythonRecording::parse(text).map(RecordingFile::PythonRecording);
    read.map_err(|why| (why, TAKE_A_COPY))
}

fn session(text: &[u8]) -> Result<RecordingFile, OpenFailure> {
    let file = SessionFile::parse(text).map_err(|why| damaged(&why))?;
    check_size(&file).map_err(|why| (why, TAKE_A_COPY))?;
    Ok(RecordingFile::Session(file))
}

/// Returns the failure for a parse error.
fn damaged(why: &str) -> OpenFailure {
    let advice = if why.contains("newer than this program") {
        NEWER
    } else {
        TAKE_A_COPY
    };
    (format!("it is damaged or no recording: {why}"), advice)
}
