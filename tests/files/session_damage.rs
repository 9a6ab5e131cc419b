//! Damaged journals of sessions, and journals that come back: nothing is invented and nothing is published twice.

use std::path::{Path, PathBuf};

use pianola::account::{Action, ActionStatus};

use crate::support::disk_session::{
    DiskSession, assert_whole, cut, facts, pressed, sessions, whole,
};
use crate::support::sim_disk::SimDisk;

/// The journal of a session that runs, after so many of its facts, and where it lies.
fn journal(length: usize) -> (PathBuf, Vec<u8>) {
    let disk = SimDisk::new();
    let mut run = DiskSession::open(&disk).unwrap();
    run.play(&facts()[..length]);
    run.finish();
    let mut files = disk.files();
    assert_eq!(files.len(), 1);
    files.pop_first().unwrap()
}

/// The start and six orders with their answers: every byte of it has its turn.
const SHORT: usize = 13;

/// The rows of a damaged journal's session; each was reported, or its answer is lost.
fn rows_of(path: &Path, bytes: &[u8], case: &str) -> Option<Vec<Action>> {
    let disk = SimDisk::new();
    disk.put(path, bytes);
    DiskSession::open(&disk).unwrap();
    let mut published = sessions(&disk);
    assert!(published.len() <= 1, "{case}");
    let file = published.pop()?.1;
    for row in &file.actions {
        let right = whole().actions.contains(row);
        let mut of_a_press = whole().actions.iter().map(|row| cut(&pressed(row)));
        let unanswered = row.status == ActionStatus::Unknown
            && of_a_press.any(|press| press == cut(&pressed(row)));
        assert!(right || unanswered, "{case}: invented {row:?}");
    }
    Some(file.actions)
}

#[test]
fn a_journal_cut_anywhere_tells_every_whole_line() {
    let (path, bytes) = journal(SHORT);
    let all = rows_of(&path, &bytes, "whole").unwrap();
    assert_eq!(all, whole().actions[..6]);
    let ends: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at] == b'\n').collect();
    let mut before = 0;
    for length in 0..=bytes.len() {
        let case = format!("cut at {length}");
        let rows = rows_of(&path, &bytes[..length], &case).unwrap_or_default();
        assert!(
            rows.len() >= before,
            "{case}: {} after {before}",
            rows.len()
        );
        before = rows.len();
        // A press and its answer are two lines.
        let whole_lines = ends.iter().filter(|end| **end < length).count();
        if whole_lines >= ends.len() {
            assert_eq!(rows, all, "{case}");
        }
    }
    assert_eq!(before, all.len());
}

#[test]
fn a_flipped_byte_costs_two_lines_of_a_journal_and_invents_nothing() {
    let (path, bytes) = journal(SHORT);
    let all = rows_of(&path, &bytes, "whole").unwrap();
    assert_eq!(all, whole().actions[..6]);
    let full = std::env::var_os("PIANOLA_FULL").is_some();
    let flips = |place: usize| {
        if full {
            (0..8).map(|bit| 1 << bit).collect()
        } else {
            vec![[0x01, 0x20, 0x80, 0xff][place % 4]]
        }
    };
    let all_flips =
        (0..bytes.len()).flat_map(|place| flips(place).into_iter().map(move |f| (place, f)));
    eprintln!("{} bytes, {} flips of each", bytes.len(), flips(0).len());
    for (place, flip) in all_flips {
        let mut damaged = bytes.clone();
        damaged[place] ^= flip;
        let case = format!("byte {place}, {flip:#04x}");
        let rows = rows_of(&path, &damaged, &case).unwrap();
        let right = rows.iter().filter(|row| all.contains(row));
        // One whose answer is lost takes another place, and so do those after it.
        let lost = all.len() - rows.len();
        assert!(lost <= 1, "{case}: {lost} rows are gone");
        assert!(right.count() + 2 >= all.len(), "{case}");
    }
}

#[test]
fn a_journal_of_a_published_session_that_comes_back_is_not_published_again() {
    let (path, bytes) = journal(facts().len() - 1);
    let disk = SimDisk::new();
    let mut run = DiskSession::open(&disk).unwrap();
    run.play(facts());
    run.finish();
    drop(run);
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 2] ^= 1;
    for bytes in [&bytes[..], &bytes[..bytes.len() / 3], &damaged] {
        disk.put(&path, bytes);
        let run = DiskSession::open(&disk).unwrap();
        assert_eq!(run.saved, []);
        assert_whole(&disk, "a journal that came back");
    }
    // A damaged file is left as it is, and the journal is published again.
    let (file, _) = sessions(&disk).pop().unwrap();
    disk.put(&file, b"{");
    disk.put(&path, &bytes);
    let run = DiskSession::open(&disk).unwrap();
    let name = run.saved[0].path.file_name().unwrap().to_str().unwrap();
    assert!(name.ends_with("_dutch-2_session.json"), "{name}");
    assert_eq!(disk.files()[&file], b"{");
}

#[test]
fn a_journal_without_a_usable_line_is_set_aside() {
    let (path, bytes) = journal(facts().len() - 1);
    let disk = SimDisk::new();
    for noise in [&b"no journal at all\n"[..], &bytes[..40]] {
        disk.put(&path, noise);
        DiskSession::open(&disk).unwrap();
        let kept = disk.files();
        assert!(!kept.contains_key(&path));
        assert!(kept.iter().any(|(path, bytes)| {
            path.starts_with("/home/recordings/.journal/damaged") && bytes == noise
        }));
    }
}
