//! What the start makes of damaged journals, leftovers, odd names and late reveals.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use pianola::game::{EndReason, Game, GameEvent};
use pianola::protocol::{GameId, HistoryEntry};
use pianola::recording::{DayIndex, FileChange, Origin, Recorder};
use pianola::table::StepKind;

use crate::support::disk_recorder::{DiskRecorder, ROOT, Tape, assert_index, published};
use crate::support::made_games::{self, complete, facts, id};
use crate::support::sim_disk::SimDisk;

const MORNING: &str = "2025-12-15T01:18:00.218Z";

fn open(disk: &SimDisk) -> (Recorder<SimDisk>, Vec<Game>) {
    let (recorder, open) = Recorder::open(disk.clone(), ROOT.into(), Origin::Live).unwrap();
    assert_eq!(recorder.trouble(), None);
    (recorder, open)
}

fn record(disk: &SimDisk, events: impl IntoIterator<Item = GameEvent>) {
    let (mut recorder, _) = open(disk);
    for event in events {
        recorder.take(event);
    }
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
}

fn paths(disk: &SimDisk) -> Vec<String> {
    let paths = disk.files().into_keys();
    paths.map(|path| path.display().to_string()).collect()
}

/// The journal of a game that runs, and where it lies.
fn journal() -> (PathBuf, Vec<u8>) {
    let disk = SimDisk::new();
    record(&disk, facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 6));
    let journal = disk.files().pop_first().unwrap();
    assert!(journal.0.extension().unwrap() == "journal");
    journal
}

#[test]
fn a_journal_cut_anywhere_tells_every_whole_line() {
    let (path, bytes) = journal();
    let lines = |bytes: &[u8]| {
        bytes
            .split(|b| *b == b'\n')
            .filter(|l| !l.is_empty())
            .count()
    };
    for length in 0..=bytes.len() {
        let disk = SimDisk::new();
        disk.put(&path, &bytes[..length]);
        let (_, games) = open(&disk);
        // The first line of ticks is the fourth; one that was cut is none (unless only its newline is gone).
        let whole = lines(&bytes[..length]).saturating_sub(3);
        let ticks = games.first().map_or(0, |game| game.prices.len());
        assert!(
            (whole.saturating_sub(1)..=whole).contains(&ticks),
            "{ticks} of {whole} at {length}"
        );
        let aside = paths(&disk).iter().any(|path| path.contains("/damaged/"));
        let holds_no_game = length > 0 && games.is_empty();
        assert_eq!(aside, holds_no_game, "cut at {length}");
        assert!(games.len() <= 1 && published(&disk).is_empty());
    }
}

#[test]
fn a_flipped_byte_costs_two_lines_of_a_journal_and_invents_nothing() {
    let (path, bytes) = journal();
    let full = std::env::var_os("PIANOLA_FULL").is_some();
    let bits = (0..8).map(|bit| 1 << bit);
    let flips: Vec<u8> = if full {
        bits.collect()
    } else {
        vec![0x01, 0x20, 0x80, 0xff]
    };
    eprintln!("{} bytes, {} flips of each", bytes.len(), flips.len());
    for place in 0..bytes.len() {
        for flip in flips.iter().copied() {
            let mut damaged = bytes.clone();
            damaged[place] ^= flip;
            let disk = SimDisk::new();
            disk.put(&path, &damaged);
            let (_, games) = open(&disk);
            let [game] = &games[..] else {
                panic!("byte {place}: {games:?}");
            };
            assert_eq!(game.id.as_str(), "20251215-1a211bfc7caf41d6");
            assert_eq!(game.start, MORNING.parse::<pianola::game::Time>().unwrap());
            let known_prices = (1..).zip(game.prices.as_slice());
            let known_prices: Vec<_> = known_prices.filter(|(_, price)| price.is_some()).collect();
            assert!(known_prices.len() >= 4, "byte {place}: {known_prices:?}");
            for (expected, price) in known_prices {
                assert_eq!(*price, Some(rust_decimal::Decimal::from(expected)));
            }
        }
    }
}

#[test]
fn journals_without_a_usable_line_are_set_aside_each_under_its_own_name() {
    let (path, bytes) = journal();
    let disk = SimDisk::new();
    for noise in [&b"no journal at all\n"[..], &[0; 300], &bytes[..50]] {
        disk.put(&path, noise);
        let (recorder, games) = open(&disk);
        assert!(games.is_empty());
        drop(recorder);
        assert!(!disk.files().contains_key(&path));
        let kept = disk.files().into_iter();
        let mut kept =
            kept.filter(|(path, _)| path.starts_with(Path::new(ROOT).join(".journal/damaged")));
        assert!(kept.any(|(_, bytes)| bytes == noise));
    }
    assert_eq!(paths(&disk).len(), 3);
}

#[test]
fn leftovers_of_a_crash_are_removed_and_nothing_else() {
    let disk = SimDisk::new();
    let facts = facts(&id("20251215-1a211bfc7caf41d6"), MORNING, 3);
    record(&disk, [complete(&facts, EndReason::Rug)]);
    let before = disk.files();
    let day = Path::new(ROOT).join("2025-12-15");
    disk.put(&day.join("games/.tmp-x.game.json"), b"{");
    disk.put(&day.join(".tmp-index.json"), b"");
    open(&disk);
    assert_eq!(disk.files(), before);
}

#[test]
fn games_of_the_same_second_and_the_same_eight_characters_have_names_of_their_own() {
    let disk = SimDisk::new();
    let ids = [
        "20251215-1a211bfc00000001",
        "20251215-1a211bfc00000002",
        "x-1a211bfc",
    ];
    for text in ids {
        record(
            &disk,
            [complete(&facts(&id(text), MORNING, 3), EndReason::Rug)],
        );
    }
    let games = published(&disk);
    let names = games
        .values()
        .map(|(path, _)| path.file_name().unwrap().to_str().unwrap());
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    let second = "20251215T011800_1a211bfc";
    let expected = ["-2", "-3", ""].map(|copy| format!("{second}{copy}.game.json"));
    assert_eq!(names, expected);
    assert_index(&disk, &games);
}

#[test]
fn no_game_id_leaves_the_folder() {
    let disk = SimDisk::new();
    let long = "-/".repeat(64);
    let hostile = [
        "../../etc/passwd",
        "..",
        "/",
        "a/../../b",
        "\u{1b}[2J\n\0",
        &long,
        "-",
        "con",
        "\u{202e}x",
        "é-é",
    ];
    for text in hostile {
        let facts = facts(&id(text), MORNING, 2);
        // The journal of a running game, and the file of a finished one.
        record(&disk, facts.clone());
        record(&disk, [complete(&facts, EndReason::Rug)]);
    }
    for path in paths(&disk) {
        let inside = path.strip_prefix("/home/recordings/").unwrap();
        let safe =
            |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c) || c == 'T';
        assert!(
            inside
                .split('/')
                .all(|name| name.chars().all(safe) && name != ".."),
            "{path}"
        );
        let depth = inside.split('/').count();
        assert_eq!(
            depth,
            if inside.contains("/games/") { 3 } else { 2 },
            "{path}"
        );
    }
    assert_eq!(published(&disk).len(), hostile.len());
}

#[test]
fn a_game_over_midnight_stays_in_the_day_of_its_start() {
    let disk = SimDisk::new();
    let game = id("20251215-1a211bfc7caf41d6");
    let facts = facts(&game, "2025-12-15T23:59:59.900Z", 40);
    record(&disk, [complete(&facts, EndReason::Stopped)]);
    // Stopped in its middle and gone on with the next day: the same file.
    let (mut recorder, open) = open(&disk);
    assert_eq!(open.len(), 1);
    recorder.take(made_games::tick(&game, 40));
    let mut facts = facts;
    facts.push(made_games::tick(&game, 40));
    recorder.take(complete(&facts, EndReason::Rug));
    recorder.finish();
    let games = published(&disk);
    let path = &games[&game].0;
    assert!(path.ends_with("2025-12-15/games/20251215T235959_1a211bfc.game.json"));
    assert_eq!(games[&game].1.prices.len(), 41);
    assert_index(&disk, &games);
}

/// A finished game in `gameHistory`.
fn entry(text: &str, closed: &str) -> (GameId, HistoryEntry) {
    let closed: pianola::game::Time = closed.parse().unwrap();
    let prices = [1, 2, 3].map(|price| Some(price.into()));
    let entry = HistoryEntry {
        id: id(text),
        timestamp: Some(closed.timestamp_millis()),
        prices: Some(prices.to_vec()),
        peak: Some(3.into()),
        seed: Some("a seed".to_owned()),
        hash: None,
        version: Some("v9".to_owned()),
    };
    (id(text), entry)
}

#[test]
fn a_game_known_from_history_alone_is_stored_only_if_newer_than_the_newest_of_its_origin() {
    let (older, before) = entry("older", "2025-12-15T01:00:00Z");
    let (newer, after) = entry("newer", "2025-12-15T02:00:00Z");
    let at = "2025-12-16T00:00:00Z".parse().unwrap();
    let reveal = |entry: &HistoryEntry| GameEvent::Revealed {
        listed: Vec::new(),
        entry: Box::new(entry.clone()),
        at,
    };
    let disk = SimDisk::new();
    record(&disk, [reveal(&after)]);
    assert!(published(&disk).is_empty(), "never into an empty folder");

    // A game of another origin does not count.
    let other = complete(
        &facts(&id("practice"), "2025-12-15T00:30:00Z", 2),
        EndReason::Rug,
    );
    let (mut practice, _) = Recorder::open(disk.clone(), ROOT.into(), Origin::Practice).unwrap();
    practice.take(other);
    practice.finish();
    record(&disk, [reveal(&after)]);
    assert_eq!(published(&disk).len(), 1);

    record(
        &disk,
        [complete(&facts(&id("own"), MORNING, 2), EndReason::Rug)],
    );
    for _ in 0..2 {
        record(&disk, [reveal(&before), reveal(&after), reveal(&after)]);
        let games = published(&disk);
        assert!(!games.contains_key(&older));
        let meta = &games[&newer].1.meta;
        assert_eq!(meta.end_reason, Some(EndReason::History));
        assert_eq!(games.len(), 3);
        assert_index(&disk, &games);
    }
}

#[test]
fn a_late_reveal_completes_file_and_index_also_after_a_restart() {
    let tape = Tape::new(110, 3);
    let disk = SimDisk::new();
    let rugged = tape.find(1, |mark| mark == StepKind::Rug);
    let mut session = DiskRecorder::open(&disk, &tape, Duration::ZERO).unwrap();
    (0..=rugged).for_each(|step| session.play(step));
    session.stop();
    let id = &tape.games[1];
    let before = published(&disk);
    assert_eq!(
        before[id].1.meta.proof.reason.as_deref(),
        Some("no seed yet")
    );
    let later = tape.find(2, |mark| mark == StepKind::Start);
    let mut session = DiskRecorder::open(&disk, &tape, tape.steps[later].at).unwrap();
    session.greet(later);
    session.wait_until(tape.steps[later].at + Duration::from_secs(2));
    let after = published(&disk);
    assert_eq!(after[id].0, before[id].0);
    assert_eq!(after[id].1.meta.proof.status.as_str(), "proven");
    assert_eq!(after[id].1.prices, before[id].1.prices);
    assert_index(&disk, &after);
    let again: BTreeMap<_, _> = session
        .saved
        .iter()
        .map(|saved| (&saved.path, saved.change))
        .collect();
    assert_eq!(again[&after[id].0], FileChange::Completed);
}

#[test]
fn a_game_that_comes_again_with_less_does_not_replace_its_file() {
    let disk = SimDisk::new();
    let game = id("20251215-1a211bfc7caf41d6");
    let whole = facts(&game, MORNING, 9);
    record(&disk, [complete(&whole, EndReason::Rug)]);
    let before = published(&disk);
    // A table that plays its games again, joined late; on another day.
    let again = facts(&game, "2025-12-15T05:00:00Z", 4);
    record(
        &disk,
        again
            .iter()
            .cloned()
            .chain([complete(&again, EndReason::Stopped)]),
    );
    assert_eq!(published(&disk), before);
}

#[test]
fn unreadable_files_are_passed_over_and_cost_nothing_else() {
    let disk = SimDisk::new();
    let games = [1, 2, 3].map(|number| id(&format!("20251215-{number}a211bfc7caf41d6")));
    let over = |number: usize| {
        let start = format!("2025-12-15T0{}:18:00.218Z", number + 1);
        complete(&facts(&games[number], &start, 5), EndReason::Rug)
    };
    record(&disk, [over(0), over(1)]);
    let day = Path::new(ROOT).join("2025-12-15");
    let first = day.join("games").join("20251215T011800_1a211bfc.game.json");
    assert!(disk.files().contains_key(&first));
    for path in [first.clone(), day.join("index.json"), day.join("games")] {
        let disk = disk.fork();
        let before = disk.files();
        disk.forbid(&path);
        record(&disk, [over(2)]);
        let case = path.display().to_string();
        let after = disk.files();
        let games = |path: &&PathBuf| path.to_str().unwrap().ends_with(".game.json");
        assert_eq!(after.keys().filter(games).count(), 3, "{case}");
        for (path, text) in before.iter().filter(|(path, _)| games(path)) {
            assert_eq!(&after[path], text, "{case}");
        }
        // An unreadable file is not in the index; the files of an unlistable folder stay in it.
        let listed = if path == first { 2 } else { 3 };
        let index = DayIndex::parse(&after[&day.join("index.json")]).unwrap();
        assert_eq!(index.games.len(), listed, "{case}");
    }
    // A journal: its game goes on in another one.
    record(&disk, facts(&games[2], MORNING, 3));
    let journals = |path: &PathBuf| path.to_str().unwrap().ends_with(".journal");
    let files = disk.files();
    let journal = files.keys().find(|path| journals(path)).unwrap();
    disk.forbid(journal);
    record(&disk, facts(&games[2], MORNING, 4));
    assert_eq!(disk.files().keys().filter(|path| journals(path)).count(), 2);
    record(&disk, [over(2)]);
    assert_eq!(disk.files()[journal], files[journal], "it is left as it is");
    assert_eq!(published(&disk).len(), 3);
}
