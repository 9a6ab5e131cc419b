//! Two hundred games in a row through the whole program: every file proven, memory flat.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

#[path = "support/process.rs"]
mod process;

use process::{Running, game_files, pianola, run, stdout};

/// Memory that games 20 to 200 may add.
const MAX_GROWTH_KB: u64 = 5 * 1024;

fn resident_kb(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[test]
fn two_hundred_games_are_two_hundred_proven_files_in_flat_memory() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().to_str().unwrap();
    let mut recording = Running::start(pianola().args([
        "record",
        "--practice",
        "--speed",
        "400",
        "--games",
        "200",
        "--out",
        out,
    ]));
    let mut lines = Vec::new();
    let mut memory = [0, 0];
    while let Some(line) = recording.line() {
        lines.push(line);
        match lines.len() {
            20 => memory[0] = resident_kb(recording.child.id()),
            199 => memory[1] = resident_kb(recording.child.id()),
            _ => {}
        }
    }
    assert_eq!(recording.end(), (Some(0), Vec::new()));
    println!(
        "{} kB after 20 games, {} kB after 199",
        memory[0], memory[1]
    );
    assert!(
        memory[0] > 0 && memory[1] <= memory[0] + MAX_GROWTH_KB,
        "{memory:?}"
    );
    assert_eq!(lines.len(), 200);
    // On a machine that is busy the table goes on with a game or two before the stop is heard.
    let files = game_files(folder.path()).len();
    assert!((200..205).contains(&files), "{files} files");
    for line in lines {
        assert!(line.contains(" proven "), "{line}");
    }
    let verified = run(&["verify", out]);
    let told = stdout(&verified);
    let last = told.lines().last().unwrap_or_default();
    assert!(last.contains(" 0 repaired, 0 mismatch, "), "{last}");
    let proven = last.split(' ').nth(2).and_then(|count| count.parse().ok());
    assert!(proven.is_some_and(|proven: usize| proven >= 200), "{last}");
}
