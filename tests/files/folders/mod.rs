//! Folders and files on the real disk as users change them, and the commands that read them.
//!
//! A folder without write permission is tried below a regular file and below /proc: the tests may run as root.

mod damaged;
mod locks;
mod odd_entries;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use pianola::disk::RealDisk;
use pianola::game::EndReason;
use pianola::recording::{DayIndex, GameFile, IndexGame, Origin, Recorder};

use crate::support::made_games::{complete, facts, id};
use crate::support::process;

const MORNING: &str = "2025-12-15T01:18:00.218Z";
const DAY: &str = "2025-12-15";

fn pianola(args: &[&str], folder: &Path) -> Output {
    process::pianola().args(args).arg(folder).output().unwrap()
}

/// The command refuses with exit code 1, naming the folder and these words.
fn assert_refused(output: &Output, folder: &Path, words: &str) {
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains(words), "{said}");
    assert!(said.contains(folder.to_str().unwrap()), "{said}");
    assert!(said.contains("--out"), "no advice in {said}");
    assert!(output.stdout.is_empty());
}

const RECORD: [&str; 5] = ["record", "--practice", "--games", "1", "--out"];

/// A folder with three games of the morning.
fn recorded() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (mut recorder, _) = open(folder.path());
    for number in 1..=3 {
        let game = id(&format!("{DAY}-{number}a211bfc7caf41d6"));
        let start = format!("{DAY}T0{number}:18:00.218Z");
        recorder.take(complete(&facts(&game, &start, 5), EndReason::Rug));
    }
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
    folder
}

fn open(folder: &Path) -> (Recorder<RealDisk>, Vec<pianola::game::Game>) {
    let opened = Recorder::open(RealDisk, folder.to_owned(), Origin::Live).unwrap();
    assert_eq!(opened.0.trouble(), None);
    opened
}

fn games(folder: &Path) -> Vec<PathBuf> {
    let listed = fs::read_dir(folder.join(DAY).join("games")).unwrap();
    let mut paths: Vec<_> = listed.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths
}

fn index(folder: &Path) -> DayIndex {
    DayIndex::parse(&fs::read(folder.join(DAY).join("index.json")).unwrap()).unwrap()
}

/// The index of the readable files.
fn expected_index(folder: &Path) -> Vec<IndexGame> {
    let entries = games(folder).into_iter().filter_map(|path| {
        let file = GameFile::parse(&fs::read(&path).unwrap()).ok()?;
        let name = path.file_name().unwrap().to_str().unwrap();
        Some(IndexGame::new(name, &file))
    });
    entries.collect()
}

/// Everything that can have the name of a recording without being a file.
#[cfg(unix)]
const ODD: [&str; 6] = ["pipe", "device", "nowhere", "socket", "folder", "huge"];

#[cfg(unix)]
const PLAY_ONE: [&str; 8] = [
    "record",
    "--practice",
    "--seed",
    "7",
    "--speed",
    "1000",
    "--games",
    "1",
];
