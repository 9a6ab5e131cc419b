//! A game that was recorded several times is one row.

use std::fs;
use std::path::PathBuf;

use pianola::dataset::FindingKind;
use pianola::recording::{GameFile, Origin};

use crate::support::data_set::{
    DataSet, before_reveal, build_with, differences, games_on, kinds, put_file, put_game,
};
use crate::support::files::{all_below, overwrite};
use crate::support::parquet_rows::{flags, numbers, texts};

/// A second folder of recordings.
fn second_folder(set: &mut DataSet) -> PathBuf {
    let other = set.folder.path().join("other recordings");
    fs::create_dir(&other).unwrap();
    set.options.folders.push(other.clone());
    other
}

fn ids(set: &DataSet) -> Vec<String> {
    texts(set.out(), "games", "game_id")
        .into_iter()
        .flatten()
        .collect()
}

#[test]
fn two_folders_with_the_same_seeded_games_make_each_game_one_row() {
    let mut set = DataSet::empty();
    let other = second_folder(&mut set);
    let games = games_on("2025-12-15", 7, 3);
    for game in &games {
        put_game(set.recordings(), game, Origin::Practice);
        put_game(&other, game, Origin::Practice);
    }
    set.options.origins = "practice".parse().into_iter().collect();
    let report = set.build();
    assert_eq!((report.games, report.duplicates), (3, 3));
    assert_eq!(report.findings, []);
    assert_eq!(
        ids(&set),
        games
            .iter()
            .map(|game| game.id.to_string())
            .collect::<Vec<_>>()
    );
    assert_eq!(numbers(set.out(), "games", "source_files_n"), [Some(2); 3]);
    // They will come again.
    assert_eq!(flags(set.out(), "games", "trainable"), [Some(false); 3]);
    let before = set.files();
    // Neither the order of the folders nor a second build matters.
    set.options.folders.reverse();
    let report = set.build();
    assert_eq!((report.duplicates, report.written.len()), (3, 0));
    assert_eq!(set.files(), before);
    assert_eq!(set.fresh(), before);
    // Also over days: the same games of the same seed a day later.
    for game in games_on("2025-12-16", 7, 3) {
        put_game(&other, &game, Origin::Practice);
    }
    let report = set.build();
    assert_eq!((report.games, report.duplicates, report.new), (3, 6, 0));
    assert_eq!(numbers(set.out(), "games", "source_files_n"), [Some(3); 3]);
    assert_eq!(set.fresh(), set.files());
}

#[test]
fn the_recording_with_the_better_proof_is_the_row() {
    let mut set = DataSet::empty();
    let other = second_folder(&mut set);
    let game = games_on("2025-12-15", 1, 1).remove(0);
    // The poor one is of an earlier day and of the first folder.
    let mut poor = before_reveal(&game);
    crate::support::data_set::move_to(&mut poor, "2025-12-14T10:00:00Z".parse().unwrap());
    put_game(set.recordings(), &poor, Origin::Live);
    set.build();
    assert_eq!(
        texts(set.out(), "games", "proof_now"),
        [Some("unverifiable".to_owned())]
    );
    put_game(&other, &game, Origin::Browser);
    let report = set.build();
    assert_eq!((report.games, report.duplicates), (1, 1));
    assert_eq!(report.findings, []);
    assert_eq!(
        texts(set.out(), "games", "proof_now"),
        [Some("proven".to_owned())]
    );
    assert_eq!(
        texts(set.out(), "games", "source_origin"),
        [Some("browser".to_owned())]
    );
    assert_eq!(set.fresh(), set.files());
    // The day of the other one has no row of a game any more, and says why.
    assert!(!set.out().join("games/origin=live").exists());
    assert_eq!(
        numbers(set.out(), "quality", "duplicates"),
        [Some(0), Some(1)]
    );
    // Without the better one the other is back.
    fs::remove_dir_all(&other).unwrap();
    set.options.folders.pop();
    set.options.rebuild = true;
    let report = set.build();
    assert_eq!((report.games, report.duplicates), (1, 0));
    assert_eq!(
        texts(set.out(), "games", "source_origin"),
        [Some("live".to_owned())]
    );
}

#[test]
fn recordings_with_different_prices_are_a_finding_in_every_build() {
    let mut set = DataSet::empty();
    let other = second_folder(&mut set);
    let games = games_on("2025-12-15", 1, 2);
    for game in &games {
        put_game(set.recordings(), game, Origin::Live);
    }
    let path = put_game(&other, &before_reveal(&games[0]), Origin::Live);
    let mut file = GameFile::parse(&fs::read(&path).unwrap()).unwrap();
    file.prices[2] = "1.25".parse().ok();
    overwrite(&path, &file.to_text().unwrap());
    for _ in 0..2 {
        let report = set.build();
        assert_eq!((report.games, report.duplicates), (2, 1));
        assert_eq!(kinds(&report.findings), [FindingKind::DuplicateDiffers]);
        let finding = &report.findings[0];
        assert!(
            finding.text.starts_with("tick 2 is 1.25 here and "),
            "{finding:?}"
        );
        assert_eq!(finding.id.as_deref(), Some(games[0].id.as_str()));
    }
    // Fewer ticks are no difference.
    file.prices.truncate(2);
    file.arrivals.truncate(2);
    file.meta.duration_ticks = 2;
    (file.meta.end_time, file.meta.complete) = (None, false);
    overwrite(&path, &file.to_text().unwrap());
    let report = set.build();
    assert_eq!(report.duplicates, 1);
    assert!(
        !kinds(&report.findings).contains(&FindingKind::DuplicateDiffers),
        "{report:?}"
    );
}

#[test]
fn a_row_whose_recording_is_gone_is_not_replaced_by_a_copy() {
    let mut set = DataSet::of_days(&[("2025-12-15", 2)]);
    set.build();
    let before = set.files();
    fs::remove_dir_all(set.recordings().join("2025-12-15")).unwrap();
    let other = second_folder(&mut set);
    let game = games_on("2025-12-17", 1, 1).remove(0);
    put_game(&other, &game, Origin::Live);
    let report = set.build();
    assert_eq!((report.games, report.duplicates), (2, 1));
    assert_eq!(ids(&set).len(), 2);
    let changed = differences(&before, &set.files());
    assert!(
        !changed.iter().any(|path| path.starts_with("games/")),
        "{changed:?}"
    );
}

#[test]
fn a_copy_of_a_game_file_in_its_own_day_is_a_duplicate() {
    let set = DataSet::of_days(&[("2025-12-15", 1)]);
    let path = all_below(&set.recordings().join("2025-12-15/games")).remove(0);
    let name = path
        .file_name()
        .unwrap()
        .to_str()
        .unwrap()
        .replace(".game", "-2.game");
    put_file(&path.with_file_name(name), &fs::read(&path).unwrap());
    let report = build_with(&set.options).unwrap();
    assert_eq!((report.games, report.duplicates), (1, 1));
    assert_eq!(set.fresh(), set.files());
}

/// What is wrong with a file is found, whether or not its rows are used.
#[test]
fn a_copy_with_a_false_statement_is_a_finding() {
    let mut set = DataSet::of_days(&[("2025-12-15", 1)]);
    let other = second_folder(&mut set);
    let game = games_on("2025-12-15", 1, 1).remove(0);
    let path = put_game(&other, &game, Origin::Live);
    let mut file = GameFile::parse(&fs::read(&path).unwrap()).unwrap();
    file.meta.server_seed_hash = Some("0".repeat(64));
    overwrite(&path, &file.to_text().unwrap());
    for _ in 0..2 {
        let report = set.build();
        assert_eq!((report.games, report.duplicates), (1, 1));
        let found = &report.findings;
        assert!(!found.is_empty(), "{report:?}");
        let all_name_it = found.iter().all(|finding| path.ends_with(&finding.file));
        assert!(all_name_it, "{found:?}");
    }
}
