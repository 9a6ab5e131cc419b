//! Opening a file that somebody chose, whatever it is: a session, a game, a recording of the Python original, or a word
//! about what is wrong with it. Never more than a recording's length is read, and nothing that a recording cannot hold.

use std::collections::HashMap;
use std::io;
use std::path::Path;

use crate::library::PythonRecording;
use crate::library::unindexed::is_original_name;
use crate::paths;
use crate::protocol::{GameId, MAX_TICK};
use crate::recording::files::LONGEST;
use crate::recording::format::index::{is_game_name, is_session_name};
use crate::recording::format::kind::{FileKind, kind_of, without_mark};
use crate::recording::{Disk, GameFile, SessionFile};

/// Rows and drifts that a session may have: a day with one every two seconds has fewer.
const MOST_ACTIONS: usize = 50_000;
/// Rows that a single game may have: nobody acts more often than once a tick, and what a player holds is a list of his
/// buys that every step goes through.
const MOST_ACTIONS_OF_A_GAME: usize = MAX_TICK as usize;

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordingFile {
    /// A session.
    Session(SessionFile),
    /// A game.
    Game(GameFile),
    /// A recording of the Python original.
    PythonRecording(PythonRecording),
}

/// What is wrong, and what to do about it.
type OpenFailure = (String, &'static str);

const OPEN_ANOTHER: &str = "open a session (…_session.json), a game (….game.json) or a recording of the Python original (….jsonl)";
const TAKE_A_COPY: &str = "if there is a whole copy of it, open that one; it was left as it is";
const NEWER: &str = "a newer Pianola reads it";

/// Reads a file; the error says what is wrong, where, and what to do. A text to be escaped by whoever shows it.
pub fn open(disk: &dyn Disk, path: &Path) -> Result<RecordingFile, String> {
    let refused =
        |(why, advice): OpenFailure| format!("cannot open {}: {why}; {advice}", paths::text(path));
    let text = disk.read_at_most(path, LONGEST);
    let text = text.map_err(|why| refused(of_disk(&why)))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    read(&name, &text).map_err(refused)
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

/// Reads a file's text. What it is its content tells, and its name when the content tells nothing.
fn read(name: &str, text: &[u8]) -> Result<RecordingFile, OpenFailure> {
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
    let too_many = |what: &str, n: usize, most: usize| {
        let why = format!("it has {n} {what}, more than the {most} that can be played");
        Err((why, TAKE_A_COPY))
    };
    for (what, n) in [
        ("actions", file.actions.len()),
        ("drifts", file.drifts.len()),
    ] {
        if n > MOST_ACTIONS {
            return too_many(what, n, MOST_ACTIONS);
        }
    }
    let lots = file.meta.start_lots.len();
    if lots > MOST_ACTIONS_OF_A_GAME {
        return too_many("lots at its start", lots, MOST_ACTIONS_OF_A_GAME);
    }
    let mut of_games: HashMap<&GameId, usize> = HashMap::new();
    for row in &file.actions {
        let n = of_games.entry(&row.game_id).or_default();
        *n += 1;
        if *n > MOST_ACTIONS_OF_A_GAME {
            return too_many("actions in one game", *n, MOST_ACTIONS_OF_A_GAME);
        }
    }
    Ok(RecordingFile::Session(file))
}

/// What the reader of a file complains about.
fn damaged(why: &str) -> OpenFailure {
    let advice = if why.contains("newer than this program") {
        NEWER
    } else {
        TAKE_A_COPY
    };
    (format!("it is damaged or no recording: {why}"), advice)
}
