//! Games and trades in a row through the whole program: every file proven, every replay agrees, and memory, descriptors
//! and threads do not grow. `PIANOLA_FULL=1` plays 900 games, otherwise 180.
#![cfg(target_os = "linux")]

use std::fmt::Write as _;
use std::path::Path;

use crate::support::files::game_files;
use crate::support::process::{Running, pianola, run, stdout};

/// Memory that may be added from the first look to the last, beside the moves: the journal of a game has about 25 kB,
/// if games were kept, 140 of them would be seen.
const MAX_GROWTH_KB: u64 = 3 * 1024;
/// A row of the session that runs is kept with what its journal says of it, so that a removed folder costs none.
const ROW_KB: u64 = 5;
/// Descriptors and threads that come and go with a connection, a file being written, a name being looked up.
const IN_MOTION: u64 = 4;
/// A look is the median over this many games: a single one may fall into a save.
const LOOK: usize = 20;

/// What a process holds.
#[derive(Debug, Clone, Copy)]
struct Held {
    resident_kb: u64,
    descriptors: u64,
    threads: u64,
}

impl Held {
    fn of(process: u32) -> Self {
        let proc = format!("/proc/{process}");
        let status = std::fs::read_to_string(Path::new(&proc).join("status")).unwrap();
        let field = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap();
            line.split_whitespace().nth(1).unwrap().parse().unwrap()
        };
        let descriptors = std::fs::read_dir(Path::new(&proc).join("fd")).unwrap();
        Self {
            resident_kb: field("VmRSS:"),
            descriptors: descriptors.count() as u64,
            threads: field("Threads:"),
        }
    }

    /// Returns the median of each of the last [`LOOK`] looks.
    fn median(looks: &[Self]) -> Self {
        let last = &looks[looks.len() - LOOK..];
        let median = |of: fn(&Self) -> u64| {
            let mut all: Vec<u64> = last.iter().map(of).collect();
            all.sort_unstable();
            all[all.len() / 2]
        };
        Self {
            resident_kb: median(|held| held.resident_kb),
            descriptors: median(|held| held.descriptors),
            threads: median(|held| held.threads),
        }
    }
}

/// Something to do in every game: buys before and in it, sells, sidebets, and now and then a position at the rug.
fn script(games: usize) -> String {
    let mut script = String::new();
    for game in 1..=games {
        writeln!(script, "{game} presale buy 0.001").unwrap();
        if game % 2 == 0 {
            writeln!(script, "{game} presale sidebet 0.001").unwrap();
        }
        for line in ["8 buy 0.002", "20 sell 50", "40 sell 100"] {
            writeln!(script, "{game} {line}").unwrap();
        }
        if game % 3 == 0 {
            writeln!(script, "{game} 60 buy 0.001").unwrap();
        }
    }
    script
}

#[test]
fn hundreds_of_games_with_trades_are_proven_and_cost_no_memory() {
    let full = std::env::var_os("PIANOLA_FULL").is_some();
    let (first, games, speed) = if full {
        (100, 900, "100")
    } else {
        (40, 180, "300")
    };
    let folder = tempfile::tempdir().unwrap();
    let lines = folder.path().join("script.txt");
    std::fs::write(&lines, script(games)).unwrap();
    let out = folder.path().join("out");
    let mut playing = Running::start(
        pianola()
            .arg("play")
            .arg(&lines)
            .args([
                "--speed",
                speed,
                "--seed",
                "9",
                "--games",
                &games.to_string(),
            ])
            .arg("--out")
            .arg(&out),
    );
    let (mut looks, mut rows, mut rows_before, mut last) = (Vec::new(), 0, 0, String::new());
    while let Some(line) = playing.line() {
        if line.ends_with(".game.json") {
            assert!(line.contains(" proven "), "{line}");
            // The last one is printed when the program is about to end.
            if looks.len() + 1 < games {
                looks.push(Held::of(playing.child.id()));
            }
            if looks.len() == first {
                rows_before = rows;
            }
        } else {
            rows += u64::from(
                [" confirmed ", " refused "]
                    .iter()
                    .any(|status| line.contains(status)),
            );
        }
        last = line;
    }
    let (code, _) = playing.end();
    let (before, after) = (Held::median(&looks[..first]), Held::median(&looks));
    println!("after {first} games and {rows_before} rows: {before:?}");
    println!("after {games} games and {rows} rows: {after:?}; {last}");
    assert_eq!(code, Some(0), "{last}");
    assert_eq!(looks.len() + 1, games);
    assert!(rows > games as u64, "{last}");
    assert!(last.contains(" 0 unknown, 0 drifts"), "{last}");
    let moves_kb = (rows - rows_before) * ROW_KB;
    assert!(after.resident_kb <= before.resident_kb + MAX_GROWTH_KB + moves_kb);
    assert!(after.descriptors <= before.descriptors + IN_MOTION);
    assert!(after.threads <= before.threads + IN_MOTION);

    let out = out.to_str().unwrap();
    // On a machine that is busy the table goes on with a game or two before the stop is heard.
    let files = game_files(Path::new(out)).len();
    assert!((games..games + 5).contains(&files), "{files} files");
    let verified = stdout(&run(&["verify", out]));
    let summary = verified.lines().last().unwrap_or_default();
    assert!(summary.contains(" 0 repaired, 0 mismatch, "), "{summary}");
    let proven = summary
        .split(' ')
        .nth(2)
        .and_then(|count| count.parse().ok());
    assert!(
        proven.is_some_and(|proven: usize| proven >= games),
        "{summary}"
    );
    let session = last.rsplit(' ').next().unwrap();
    let replayed = stdout(&run(&["replay", session]));
    let summary = replayed.lines().last().unwrap_or_default();
    let counts: Vec<&str> = summary.split(' ').collect();
    assert!(counts.len() > 2 && counts[0] == counts[2], "{replayed}");
}
