//! The files of a recording folder.

use std::fs;
use std::path::{Path, PathBuf};

use pianola::fairness::ProofStatus;
use pianola::game::EndReason;
use pianola::recording::GameFile;

/// Returns the game files below a folder, by name.
pub fn game_files(root: &Path) -> Vec<PathBuf> {
    let days = fs::read_dir(root)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let games = days.flat_map(|day| fs::read_dir(day.path().join("games")).into_iter().flatten());
    let mut paths: Vec<_> = games
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    // A file that is being written has a name of its own, which is gone in a moment.
    paths.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".game.json") && !name.starts_with('.')
    });
    paths.sort();
    paths
}

/// Reads a game file.
pub fn game_file(path: &Path) -> GameFile {
    let file = GameFile::parse(&fs::read(path).expect("readable"));
    file.unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// Returns the games below a folder, by their start.
pub fn games(root: &Path) -> Vec<GameFile> {
    let mut files: Vec<_> = game_files(root)
        .iter()
        .map(|path| game_file(path))
        .collect();
    files.sort_by_key(|file| file.meta.start_time);
    files
}

/// Whether a game was watched from its start to its rug, and proven.
pub fn is_whole(file: &GameFile) -> bool {
    let meta = &file.meta;
    meta.complete
        && meta.proof.status == ProofStatus::Proven
        && meta.end_reason == Some(EndReason::Rug)
        && meta.joined_at_tick == Some(0)
}

/// Returns every file and folder below a folder.
pub fn all_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder");
    let mut all = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(all_below(&path));
        }
        all.push(path);
    }
    all
}

/// Whether a text is in any file below a folder.
pub fn is_anywhere(folder: &Path, text: &str) -> bool {
    let files = all_below(folder).into_iter().filter(|path| path.is_file());
    files.into_iter().any(|path| {
        let bytes = fs::read(path).expect("readable");
        String::from_utf8_lossy(&bytes).contains(text)
    })
}

/// Overwrites a file as another program would.
#[expect(
    clippy::disallowed_methods,
    reason = "the test acts as another program"
)]
pub fn overwrite(path: &Path, content: &[u8]) {
    fs::write(path, content).unwrap();
}
