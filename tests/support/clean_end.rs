//! What the program leaves when it ends cleanly.

use std::fs;
use std::path::{Path, PathBuf};

use pianola::game::EndReason;
use pianola::recording::GameFile;

use crate::support::files::game_files;
use crate::support::process::{run, stdout};

/// The journals of what is in progress.
pub fn journals(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder.join(".journal")).into_iter().flatten();
    let paths = entries.filter_map(|entry| Some(entry.ok()?.path()));
    let is_journal = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "journal");
    paths.filter(is_journal).collect()
}

/// Asserts that every game in the folder is whole in its file, proven as far as its seed is known, and that nothing is
/// left in the journal; returns the games.
pub fn assert_saved(folder: &Path) -> Vec<GameFile> {
    let files = game_files(folder);
    let read = |path| GameFile::parse(&fs::read(path).unwrap()).unwrap();
    let games: Vec<_> = files.iter().map(read).collect();
    assert!(!games.is_empty());
    for game in &games {
        let meta = &game.meta;
        assert_ne!(meta.end_reason, Some(EndReason::Crash), "{meta:?}");
    }
    assert_eq!(journals(folder), Vec::<PathBuf>::new());
    let verified = run(&["verify", folder.to_str().unwrap()]);
    assert!(verified.status.success(), "{}", stdout(&verified));
    games
}
