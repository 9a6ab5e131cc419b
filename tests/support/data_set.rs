//! Folders of recordings, and data sets built of them.

use std::collections::BTreeMap;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use pianola::dataset::columns::SCHEMA_VERSION;
use pianola::dataset::{
    BuildError, BuildOptions, BuildReport, Finding, FindingKind, build, build_without_lock,
};
use pianola::disk::Disk;
use pianola::fairness::{Proof, ProofStatus};
use pianola::game::{Game, Time};
use pianola::recording::{GameFile, Origin, SessionFile, day_of, game_file_name};
use serde_json::Value;

use crate::support::files::{all_below, overwrite};
use crate::support::session_facts::games;

/// A folder of recordings and one for a data set.
pub struct DataSet {
    pub folder: tempfile::TempDir,
    pub options: BuildOptions,
}

/// The time of every build: long after the files were written, so that their times can be trusted.
pub fn now() -> Time {
    "2100-01-01T12:00:00Z".parse().unwrap()
}

impl DataSet {
    /// No recordings yet.
    pub fn empty() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let recordings = folder.path().join("live");
        fs::create_dir(&recordings).unwrap();
        let options = BuildOptions::new(vec![recordings], folder.path().join("set"), now());
        Self { folder, options }
    }

    /// Recordings of proven games of the real server, so many on each of these days.
    pub fn of_days(days: &[(&str, usize)]) -> Self {
        let set = Self::empty();
        for (number, (day, count)) in days.iter().enumerate() {
            set.add_day(day, number as u64 + 1, *count);
        }
        set
    }

    /// The folder of recordings.
    pub fn recordings(&self) -> &Path {
        &self.options.folders[0]
    }

    /// The folder of the data set.
    pub fn out(&self) -> &Path {
        &self.options.out
    }

    /// Records the games of a seed on a day.
    pub fn add_day(&self, day: &str, seed: u64, count: usize) {
        for game in games_on(day, seed, count) {
            put_game(self.recordings(), &game, Origin::Live);
        }
    }

    /// Builds the data set.
    pub fn build(&self) -> BuildReport {
        build_with(&self.options).unwrap()
    }

    /// Builds it as [`Self::build`] into another folder and returns the files of that one.
    pub fn fresh(&self) -> BTreeMap<String, Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let mut options = self.options.clone();
        options.out = folder.path().join("set");
        build_with(&options).unwrap();
        files_of(&options.out)
    }

    /// Returns its files.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        files_of(self.out())
    }

    /// Returns its manifest.
    pub fn manifest(&self) -> Value {
        let text = fs::read(self.out().join("dataset.json")).unwrap();
        serde_json::from_slice(&text).unwrap()
    }
}

/// Returns the text of a manifest as one of another version of the tables.
pub fn of_version(manifest: &str, version: u32) -> String {
    let ours = format!("\"schema\": {SCHEMA_VERSION}");
    assert!(manifest.contains(&ours), "{manifest}");
    manifest.replacen(&ours, &format!("\"schema\": {version}"), 1)
}

/// Builds a data set.
pub fn build_with(options: &BuildOptions) -> Result<BuildReport, BuildError> {
    build(options, &mut |_progress| ControlFlow::Continue(()))
}

/// Builds a data set on another disk.
pub fn build_on(disk: &dyn Disk, options: &BuildOptions) -> Result<BuildReport, BuildError> {
    build_without_lock(disk, options, &mut |_progress| ControlFlow::Continue(()))
}

/// Returns games of a seed as if they had been recorded on a day, one after the other.
pub fn games_on(day: &str, seed: u64, count: usize) -> Vec<Game> {
    let mut start: Time = format!("{day}T10:00:00.123Z").parse().unwrap();
    let mut games = games(seed, count);
    for game in &mut games {
        move_to(game, start);
        start = game.end.unwrap_or(start) + chrono::Duration::seconds(15);
    }
    games
}

/// Moves a game to another start.
pub fn move_to(game: &mut Game, start: Time) {
    let shift = start - game.start;
    game.start += shift;
    game.end = game.end.map(|end| end + shift);
}

/// Returns a game as it is before its reveal.
pub fn before_reveal(game: &Game) -> Game {
    let mut game = game.clone();
    game.seed = None;
    game.proof = Proof {
        status: ProofStatus::Unverifiable,
        commitment: game.proof.commitment,
        checked_ticks: 0,
        reason: Some("no seed yet".to_owned()),
        mismatch: None,
    };
    game
}

/// Writes a game's file as the recorder does; returns its path.
pub fn put_game(root: &Path, game: &Game, origin: Origin) -> PathBuf {
    let path = root
        .join(day_of(game.start))
        .join("games")
        .join(game_file_name(&game.id, game.start, 1));
    put_file(&path, &GameFile::new(game, origin).to_text().unwrap());
    path
}

/// Writes a session's file with this name into the day of its start; returns its path.
pub fn put_session(root: &Path, file: &SessionFile, name: &str) -> PathBuf {
    let day = day_of(file.meta.session_start);
    let path = root.join(day).join("sessions").join(name);
    put_file(&path, &file.to_text().unwrap());
    path
}

/// Writes a file with its folders.
pub fn put_file(path: &Path, text: &[u8]) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    overwrite(path, text);
}

/// Returns the files of a data set by their paths, without the lock.
pub fn files_of(out: &Path) -> BTreeMap<String, Vec<u8>> {
    let files = all_below(out).into_iter().filter(|path| path.is_file());
    let named = files.map(|path| {
        let name = path
            .strip_prefix(out)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        (name, fs::read(&path).unwrap())
    });
    named.filter(|(name, _)| name != ".lock").collect()
}

/// Returns the data files among these.
pub fn data_files(files: &BTreeMap<String, Vec<u8>>) -> BTreeMap<&str, &[u8]> {
    let data = files.iter().filter(|(name, _)| name.ends_with(".parquet"));
    data.map(|(name, text)| (name.as_str(), text.as_slice()))
        .collect()
}

/// Returns the paths at which two data sets differ.
pub fn differences(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let mut names: Vec<_> = a.keys().chain(b.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| a.get(name) != b.get(name));
    names
}

/// Returns the kinds of findings.
pub fn kinds(findings: &[Finding]) -> Vec<FindingKind> {
    findings.iter().map(|finding| finding.kind).collect()
}
