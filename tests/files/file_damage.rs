//! Published files and the index, cut at every byte and with every byte flipped: nothing panics, the index follows the
//! files, no file is touched, and no price that was changed is called proven.
//!
//! One bit of each byte; `PIANOLA_FULL=1` flips each of the eight.

use std::path::{Path, PathBuf};
use std::time::Duration;

use pianola::library::{open, verify_path};
use pianola::recording::{
    DayIndex, GameFile, IndexGame, IndexSession, Origin, Recorder, SessionFile,
};

use rust_decimal::Decimal;

use crate::support::disk_recorder::{DiskRecorder, ROOT, Tape};
use crate::support::disk_session::{self, DiskSession};
use crate::support::sim_disk::SimDisk;

/// A game of 15 ticks and two more.
const SEED: u64 = 110;

/// A disk with three games and a session, and nothing in progress.
fn recorded() -> SimDisk {
    let tape = Tape::new(SEED, 3);
    let disk = SimDisk::new();
    let mut session = DiskRecorder::open(&disk, &tape, Duration::ZERO).unwrap();
    for step in 0..tape.steps.len() {
        session.play(step);
    }
    session.stop();
    drop(session);
    let mut run = DiskSession::open(&disk).unwrap();
    run.play(&disk_session::facts()[..13]);
    run.play(&disk_session::facts()[disk_session::facts().len() - 1..]);
    run.finish();
    disk
}

/// The smallest file whose name ends so.
fn found(disk: &SimDisk, ending: &str) -> (PathBuf, Vec<u8>) {
    let mut files: Vec<_> = disk.files().into_iter().collect();
    files.retain(|(path, _)| path.to_str().unwrap().ends_with(ending));
    files.sort_by_key(|(_, bytes)| bytes.len());
    files.swap_remove(0)
}

/// Every damage of a file: cut at every byte, a bit or all bits of every byte flipped.
fn damages(bytes: &[u8]) -> impl Iterator<Item = (String, Vec<u8>)> + '_ {
    let full = std::env::var_os("PIANOLA_FULL").is_some();
    let cuts = (0..bytes.len()).map(|at| (format!("cut at {at}"), bytes[..at].to_vec()));
    let bits = move |place: usize| (0..8).filter(move |bit| full || *bit == place % 8);
    let flips = (0..bytes.len()).flat_map(move |place| {
        bits(place).map(move |bit| {
            let mut damaged = bytes.to_vec();
            damaged[place] ^= 1 << bit;
            (format!("byte {place}, bit {bit}"), damaged)
        })
    });
    cuts.chain(flips)
}

/// Opens the folder: there is no trouble, and the indexes agree with the readable files.
fn assert_starts(disk: &SimDisk, case: &str) {
    let (recorder, open) = Recorder::open(disk.clone(), ROOT.into(), Origin::Practice).unwrap();
    assert_eq!(recorder.trouble(), None, "{case}");
    assert!(open.len() <= 1, "{case}: {open:?}");
    let files = disk.files();
    for (path, text) in &files {
        if !path.ends_with("index.json") {
            continue;
        }
        let day = path.parent().unwrap();
        let index = DayIndex::parse(text).unwrap_or_else(|why| panic!("{case}: {why}"));
        let of_day = |folder: &str| {
            let folder = day.join(folder);
            files
                .iter()
                .filter(move |(path, _)| path.starts_with(&folder))
        };
        let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
        let games = of_day("games").filter_map(|(path, text)| {
            let file = GameFile::parse(text).ok()?;
            Some(IndexGame::new(&name(path), &file))
        });
        let mut games: Vec<_> = games.collect();
        games.sort_by(|a, b| (a.start_time, &a.file).cmp(&(b.start_time, &b.file)));
        assert_eq!(index.games, games, "{case}");
        let sessions = of_day("sessions").filter_map(|(path, text)| {
            let file = SessionFile::parse(text).ok()?;
            Some(IndexSession::new(&name(path), &file))
        });
        assert_eq!(index.sessions, sessions.collect::<Vec<_>>(), "{case}");
    }
}

#[test]
fn a_damaged_index_is_rebuilt_from_the_files() {
    let disk = recorded();
    for ending in ["2000-01-01/index.json", "index.json"] {
        let (path, bytes) = found(&disk, ending);
        let mut cases = 0;
        for (case, damaged) in damages(&bytes) {
            let disk = disk.fork();
            disk.put(&path, &damaged);
            assert_starts(&disk, &case);
            let now = &disk.files()[&path];
            // Spaces between the words, and nothing else, may differ.
            let (now, before) = (DayIndex::parse(now), DayIndex::parse(&bytes));
            assert_eq!(now, before, "{case}");
            cases += 1;
        }
        eprintln!("{}: {cases} damages", path.display());
    }
}

/// The doubles that the first prices denote, whatever their digits.
fn doubles(file: &GameFile, length: usize) -> Option<Vec<Option<u64>>> {
    let bits = |price: &Decimal| price.to_string().parse().map(f64::to_bits).unwrap();
    let prices = file.prices.get(..length)?.iter();
    Some(prices.map(|price| price.as_ref().map(bits)).collect())
}

#[test]
fn a_damaged_game_file_is_left_alone_and_never_called_proven_with_other_prices() {
    let disk = recorded();
    let (path, bytes) = found(&disk, ".game.json");
    let whole = GameFile::parse(&bytes).unwrap();
    assert_eq!(whole.meta.proof.status.as_str(), "proven");
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().join(path.file_name().unwrap());
    let (mut cases, mut unreadable, mut exposed) = (0, 0, 0);
    for (case, damaged) in damages(&bytes) {
        let disk = disk.fork();
        disk.put(&path, &damaged);
        assert_starts(&disk, &case);
        assert_eq!(disk.files()[&path], damaged, "{case}");
        drop(open(&disk, &path));
        std::fs::write(&real, &damaged).unwrap();
        let mut verdicts = Vec::new();
        verify_path(&real, &mut |verdict| verdicts.push(verdict));
        let [verdict] = &verdicts[..] else {
            panic!("{case}: {} verdicts", verdicts.len());
        };
        match &verdict.result {
            Ok(checked) => {
                let file = GameFile::parse(&damaged).unwrap();
                let proven = checked.proof.status.as_str() == "proven";
                // The price of the rug is the server's own word, no seed tells it.
                let last = whole.prices.len() - 1;
                let same = doubles(&file, last) == doubles(&whole, last);
                assert!(same || !proven, "{case}: other prices are called proven");
                exposed += usize::from(!proven);
            }
            Err(_) => unreadable += 1,
        }
        cases += 1;
    }
    eprintln!("a game: {cases} damages, {unreadable} unreadable, {exposed} not proven any more");
    assert!(unreadable > cases / 2, "{unreadable} of {cases}");
}

#[test]
fn a_damaged_session_file_is_left_alone_and_nothing_panics() {
    let disk = recorded();
    let (path, bytes) = found(&disk, "_session.json");
    let (mut cases, mut unreadable) = (0, 0);
    for (case, damaged) in damages(&bytes) {
        let disk = disk.fork();
        disk.put(&path, &damaged);
        assert_starts(&disk, &case);
        assert_eq!(disk.files()[&path], damaged, "{case}");
        unreadable += usize::from(open(&disk, &path).is_err());
        cases += 1;
    }
    eprintln!("a session: {cases} damages, {unreadable} unreadable");
    assert!(unreadable > cases / 2, "{unreadable} of {cases}");
}
