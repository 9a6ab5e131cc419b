//! A second build: only what has changed is written, and the result is that of a fresh build.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use pianola::dataset::{DataOrigin, Partition, parse_day};
use pianola::recording::{GameFile, Origin};

use crate::support::data_set::{
    DataSet, before_reveal, data_files, differences, games_on, put_game,
};
use crate::support::files::{all_below, overwrite};
use crate::support::parquet_rows::{numbers, table, texts};

fn live(day: &str) -> Partition {
    Partition {
        origin: DataOrigin::Live,
        date: parse_day(day).unwrap(),
    }
}

/// Returns when each file was changed last.
fn times(out: &Path) -> BTreeMap<String, SystemTime> {
    let files = all_below(out).into_iter().filter(|path| path.is_file());
    files
        .map(|path| {
            let time = fs::metadata(&path).unwrap().modified().unwrap();
            (path.display().to_string(), time)
        })
        .collect()
}

#[test]
fn the_same_recordings_again_change_nothing() {
    let set = DataSet::of_days(&[("2025-12-15", 3), ("2025-12-16", 2)]);
    let first = set.build();
    assert_eq!(
        (first.games, first.new, first.changed, first.unchanged),
        (5, 5, 0, 0)
    );
    assert_eq!(first.written, [live("2025-12-15"), live("2025-12-16")]);
    assert_eq!(first.findings, []);
    let (before, files) = (times(set.out()), set.files());
    let second = set.build();
    assert_eq!(
        (second.games, second.new, second.changed, second.unchanged),
        (5, 0, 0, 5)
    );
    assert_eq!(second.written, []);
    assert_eq!((second.ticks, second.bytes), (first.ticks, first.bytes));
    assert_eq!(times(set.out()), before);
    assert_eq!(set.files(), files);
    assert_eq!(set.fresh(), files);
}

#[test]
fn a_new_day_is_added_and_the_old_one_is_not_touched() {
    let set = DataSet::of_days(&[("2025-12-15", 3)]);
    set.build();
    let before = set.files();
    set.add_day("2025-12-16", 9, 2);
    let report = set.build();
    assert_eq!((report.new, report.unchanged), (2, 3));
    assert_eq!(report.written, [live("2025-12-16")]);
    let after = set.files();
    for (path, text) in data_files(&before) {
        // The pause to the next day is a gap of both days.
        if !path.starts_with("quality/") {
            assert_eq!(after.get(path).map(Vec::as_slice), Some(text), "{path}");
        }
    }
    assert_eq!(set.fresh(), after);
}

#[test]
fn a_game_that_is_proven_later_changes_exactly_its_partition() {
    let set = DataSet::of_days(&[("2025-12-15", 2), ("2025-12-16", 2), ("2025-12-17", 2)]);
    let game = games_on("2025-12-16", 2, 1).remove(0);
    put_game(set.recordings(), &before_reveal(&game), Origin::Live);
    let report = set.build();
    assert_eq!(report.findings, []);
    assert_eq!(
        texts(set.out(), "games", "proof_now")[2],
        Some("unverifiable".to_owned())
    );
    let before = set.files();
    // The reveal comes.
    put_game(set.recordings(), &game, Origin::Live);
    let report = set.build();
    assert_eq!((report.new, report.changed, report.unchanged), (0, 1, 5));
    assert_eq!(report.written, [live("2025-12-16")]);
    let after = set.files();
    let changed = differences(&before, &after);
    let data = changed.iter().filter(|path| path.ends_with(".parquet"));
    for path in data.clone() {
        assert!(path.contains("date=2025-12-16"), "{path}");
    }
    assert!(data.count() >= 3, "{changed:?}");
    assert!(
        texts(set.out(), "games", "proof_now")
            .iter()
            .all(|proof| *proof == Some("proven".to_owned()))
    );
    assert_eq!(set.fresh(), after);
}

#[test]
fn a_file_that_only_got_a_new_time_changes_no_row() {
    let set = DataSet::of_days(&[("2025-12-15", 2)]);
    set.build();
    let before = set.files();
    let path = set.recordings().join("2025-12-15/games");
    let path = all_below(&path).remove(0);
    let text = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    overwrite(&path, &text);
    let report = set.build();
    assert_eq!((report.written.len(), report.unchanged), (0, 2));
    let changed = differences(&before, &set.files());
    assert!(
        changed.iter().all(|path| path.starts_with(".state/files/")),
        "{changed:?}"
    );
}

#[test]
fn the_manifest_does_not_depend_on_where_the_recordings_are() {
    let set = DataSet::of_days(&[("2025-12-15", 2)]);
    set.build();
    let moved = set.folder.path().join("elsewhere");
    fs::rename(set.recordings(), &moved).unwrap();
    let mut options = set.options.clone();
    options.folders = vec![moved];
    let report = crate::support::data_set::build_with(&options).unwrap();
    assert_eq!(
        (report.new, report.unchanged, report.written.len()),
        (0, 2, 0)
    );
}

#[test]
fn a_day_that_vanished_stays_and_is_named_until_a_rebuild_drops_it() {
    let mut set = DataSet::of_days(&[("2025-12-15", 2), ("2025-12-16", 2)]);
    set.build();
    let before = set.files();
    fs::remove_dir_all(set.recordings().join("2025-12-15")).unwrap();
    for _ in 0..2 {
        let report = set.build();
        assert_eq!((report.games, report.unchanged), (4, 4));
        assert_eq!(report.gone, [live("2025-12-15")]);
        assert!(
            report.notes[0].contains("live 2025-12-15 are gone"),
            "{:?}",
            report.notes
        );
        assert_eq!(data_files(&set.files()), data_files(&before));
    }
    assert_eq!(set.manifest()["days"][0]["gone"], true);
    set.options.rebuild = true;
    let report = set.build();
    assert_eq!((report.games, report.gone.len()), (2, 0));
    set.options.rebuild = false;
    assert_eq!(set.fresh(), set.files());
    assert!(!set.out().join("games/origin=live/date=2025-12-15").exists());
}

#[test]
fn a_game_that_vanished_from_its_day_leaves_the_tables() {
    let set = DataSet::of_days(&[("2025-12-15", 3)]);
    set.build();
    let games = games_on("2025-12-15", 1, 3);
    fs::remove_file(put_game(set.recordings(), &games[1], Origin::Live)).unwrap();
    let report = set.build();
    assert_eq!((report.games, report.unchanged), (2, 2));
    let ids: Vec<_> = texts(set.out(), "games", "game_id")
        .into_iter()
        .flatten()
        .collect();
    assert_eq!(ids, [games[0].id.as_str(), games[2].id.as_str()]);
    assert_eq!(set.fresh(), set.files());
}

#[test]
fn a_damaged_memory_only_costs_time() {
    let set = DataSet::of_days(&[("2025-12-15", 2), ("2025-12-16", 1)]);
    set.build();
    let before = set.files();
    for path in before.keys().filter(|path| path.starts_with(".state/")) {
        overwrite(&set.out().join(path), b"{ damaged");
    }
    let report = set.build();
    assert_eq!((report.games, report.written.len()), (3, 0));
    assert_eq!(set.files(), before);
}

/// A report with a million findings is longer than what a build reads.
#[test]
fn a_report_that_is_too_long_to_be_read_is_written_again() {
    let set = DataSet::of_days(&[("2025-12-15", 2)]);
    set.build();
    let before = set.files();
    for path in ["quality.json", "quality.txt", "README.md", "croissant.json"] {
        let file = fs::OpenOptions::new()
            .write(true)
            .open(set.out().join(path));
        file.unwrap().set_len((256 << 20) + 1).unwrap();
    }
    set.build();
    assert_eq!(differences(&before, &set.files()), [""; 0]);
}

#[test]
fn a_data_file_that_was_removed_is_made_again() {
    let set = DataSet::of_days(&[("2025-12-15", 2)]);
    set.build();
    let before = set.files();
    for name in ["games", "ticks"] {
        fs::remove_dir_all(set.out().join(name)).unwrap();
        set.build();
        assert_eq!(set.files(), before);
    }
}

#[test]
fn a_data_file_that_was_cut_is_made_again_whatever_its_time_says() {
    let set = DataSet::of_days(&[("2025-12-15", 2), ("2025-12-16", 1)]);
    set.build();
    let before = set.files();
    for name in ["games", "ticks", "quality"] {
        let path = &table(set.out(), name)[0];
        let file = fs::OpenOptions::new().write(true).open(path).unwrap();
        let (time, length) = (
            file.metadata().unwrap().modified().unwrap(),
            file.metadata().unwrap().len(),
        );
        file.set_len(length / 2).unwrap();
        file.set_modified(time).unwrap();
        drop(file);
        set.build();
        assert_eq!(differences(&before, &set.files()), [""; 0], "{name}");
    }
}

#[test]
fn a_game_over_midnight_stays_in_the_day_of_its_start() {
    let set = DataSet::empty();
    let mut game = games_on("2025-12-15", 1, 1).remove(0);
    let start = "2025-12-15T23:59:59.900Z".parse().unwrap();
    crate::support::data_set::move_to(&mut game, start);
    let path = put_game(set.recordings(), &game, Origin::Live);
    assert!(game.end.unwrap().to_string().starts_with("2025-12-16"));
    let report = set.build();
    assert_eq!(report.written, [live("2025-12-15")]);
    // Also if a person moved its file.
    let other = set.recordings().join("2025-12-16/games");
    fs::create_dir_all(&other).unwrap();
    fs::rename(&path, other.join(path.file_name().unwrap())).unwrap();
    let report = set.build();
    assert_eq!((report.games, report.gone.len()), (1, 0));
    assert_eq!(set.manifest()["days"][0]["date"], "2025-12-15");
    assert_eq!(table(set.out(), "games").len(), 1);
    assert_eq!(set.fresh(), set.files());
}

#[test]
fn after_the_clock_was_set_back_every_game_is_there_once() {
    let set = DataSet::empty();
    let mut games = games_on("2025-12-15", 1, 3);
    for (game, start) in games.iter_mut().zip([
        "2025-12-16T00:30:00.000Z",
        "2025-12-15T23:40:00.000Z",
        "2025-12-15T23:39:00.000Z",
    ]) {
        crate::support::data_set::move_to(game, start.parse().unwrap());
        put_game(set.recordings(), game, Origin::Live);
    }
    let report = set.build();
    assert_eq!((report.games, report.findings.len()), (3, 0));
    // By start, whatever the order in which they were recorded.
    let ids: Vec<_> = texts(set.out(), "games", "game_id")
        .into_iter()
        .flatten()
        .collect();
    let by_start = [2, 1, 0].map(|place| games[place].id.to_string());
    assert_eq!(ids, by_start);
}

#[test]
fn a_day_that_is_not_over_is_open_until_it_is() {
    let mut set = DataSet::of_days(&[("2025-12-15", 1)]);
    set.options.now = "2025-12-15T23:59:59Z".parse().unwrap();
    set.build();
    assert_eq!(set.manifest()["days"][0]["condition"], "open");
    let before = set.files();
    set.options.now = crate::support::data_set::now();
    set.build();
    assert_ne!(set.manifest()["days"][0]["condition"], "open");
    let changed = differences(&before, &set.files());
    let data: Vec<_> = changed
        .iter()
        .filter(|path| path.ends_with(".parquet"))
        .collect();
    assert_eq!(data, ["quality/origin=live/date=2025-12-15/part-0.parquet"]);
}

#[test]
fn every_row_is_counted_in_the_manifest() {
    let set = DataSet::of_days(&[("2025-12-15", 3), ("2025-12-16", 1)]);
    let report = set.build();
    let manifest = set.manifest();
    for entry in manifest["tables"].as_array().unwrap() {
        let name = entry["name"].as_str().unwrap();
        let files = table(set.out(), name);
        let rows: i64 = files
            .iter()
            .map(|path| crate::support::parquet_rows::rows(path))
            .sum();
        assert_eq!(entry["rows"], rows, "{name}");
        assert_eq!(entry["files"], files.len(), "{name}");
    }
    let ticks: i32 = numbers(set.out(), "games", "n_ticks")
        .into_iter()
        .flatten()
        .sum();
    assert_eq!(report.ticks, u64::try_from(ticks).unwrap());
    assert_eq!(
        numbers(set.out(), "ticks", "tick").len() as u64,
        report.ticks
    );
    // No folder of a table has anything but data files.
    for path in all_below(set.out()) {
        let name = path.strip_prefix(set.out()).unwrap();
        let inside = name.components().count() > 1 && !name.starts_with(".state");
        assert!(
            !inside || path.is_dir() || name.ends_with("part-0.parquet"),
            "{name:?}"
        );
    }
    let game = GameFile::parse(
        &fs::read(all_below(&set.recordings().join("2025-12-16/games")).remove(0)).unwrap(),
    );
    assert_eq!(
        texts(set.out(), "games", "game_id")[3],
        Some(game.unwrap().meta.game_id.to_string())
    );
}

/// A single day, or days of a range, say nothing about the others.
#[test]
fn days_whose_folders_are_not_read_are_not_gone_and_outlast_a_rebuild() {
    let mut set = DataSet::of_days(&[("2025-12-15", 2), ("2025-12-16", 2)]);
    set.build();
    let before = set.files();
    let whole = set.options.folders.clone();
    set.options.folders = vec![whole[0].join("2025-12-16")];
    for rebuild in [false, true] {
        set.options.rebuild = rebuild;
        let report = set.build();
        assert_eq!((report.games, &report.gone[..]), (4, &[][..]), "{rebuild}");
        assert_eq!(data_files(&set.files()), data_files(&before));
    }
    set.options.folders = whole;
    set.options.range.from = parse_day("2025-12-16");
    let report = set.build();
    assert_eq!((report.games, &report.gone[..]), (4, &[][..]));
    assert_eq!(data_files(&set.files()), data_files(&before));
}
