//! Notes that are being written when the program is killed: the file is whole, and has what was reported.
#![cfg(unix)]

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pianola::disk::RealDisk;
use pianola::recording::{SessionNotes, read_notes, write_notes};

use crate::support::random::Random;

/// Set in the process that writes: the session.
const SESSION: &str = "PIANOLA_TEST_NOTES";

/// Writes notes until it is killed; does nothing by itself.
#[test]
fn notes_are_written_until_the_kill() {
    let Some(session) = std::env::var_os(SESSION) else {
        return;
    };
    for number in 0..1_000_000 {
        let notes = SessionNotes {
            text: format!("{number} {}", "x".repeat(3_000)),
            ..SessionNotes::default()
        };
        write_notes(&RealDisk, Path::new(&session), &notes).unwrap();
        println!("\nwritten {number}");
    }
}

#[test]
fn killed_at_any_moment_notes_are_whole_and_have_what_was_reported() {
    let folder = tempfile::tempdir().unwrap();
    let session: PathBuf = folder.path().join("20251215T011755_dutch_session.json");
    std::fs::write(&session, "the recorded session").unwrap();
    let mut random = Random::by_time("kill of notes");
    for _ in 0..12 {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "notes_kill::notes_are_written_until_the_kill",
                "--nocapture",
            ])
            .env(SESSION, &session)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let wanted = random.below(40);
        let mut reported = 0_u64;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(number) = line.strip_prefix("written ") {
                reported = number.parse().unwrap();
                if reported == wanted {
                    child.kill().unwrap();
                }
            }
        }
        child.wait().unwrap();
        let read = read_notes(&RealDisk, &session);
        assert_eq!(read.fault, None);
        let number = read
            .words
            .text
            .split(' ')
            .next()
            .unwrap()
            .parse::<u64>()
            .unwrap();
        assert!(
            number >= reported && reported >= wanted,
            "{number} {reported} {wanted}"
        );
        assert_eq!(read.words.text.len(), number.to_string().len() + 3_001);
        assert_eq!(std::fs::read(&session).unwrap(), b"the recorded session");
    }
}
