//! The options of a build: origins, days, ticks, pseudonyms, the version of the tables, and one builder at a time.

use std::collections::BTreeSet;
use std::fs;
use std::ops::ControlFlow;

use pianola::dataset::columns::SCHEMA_VERSION;
use pianola::dataset::lock::BuildLock;
use pianola::dataset::{BuildError, DataOrigin, DayRange, Salt, build, parse_day};
use pianola::recording::{Origin, SessionFile};

use crate::support::data_set::{
    DataSet, build_with, data_files, games_on, of_version, put_game, put_session,
};
use crate::support::files::{is_anywhere, overwrite};
use crate::support::parquet_rows::{table, texts};
use crate::support::recorded_session;
use crate::support::session_facts::{a_long_and_another_game, a_session};

#[test]
fn only_the_chosen_origins_are_built_and_the_others_are_named() {
    let mut set = DataSet::empty();
    for (seed, origin) in [
        (1, Origin::Live),
        (2, Origin::Practice),
        (3, Origin::Url),
        (4, Origin::Browser),
    ] {
        put_game(
            set.recordings(),
            &games_on("2025-12-15", seed, 1)[0],
            origin,
        );
    }
    let report = set.build();
    assert_eq!(report.games, 2);
    assert_eq!(
        report.notes,
        [
            "1 file of origin practice is left out; --origin practice takes it",
            "1 file of origin url is left out; --origin url takes it"
        ]
    );
    let before = set.files();
    set.options.origins = BTreeSet::from([DataOrigin::Practice]);
    let report = set.build();
    // The others were not asked for: they stay, and are not gone.
    assert_eq!((report.games, report.new, report.gone.len()), (3, 1, 0));
    let kept = "earlier builds also put live 2025-12-15 and 1 other day into this data set: they stay; another folder (--out) leaves them out";
    assert_eq!(report.notes.last().map(String::as_str), Some(kept));
    let after = set.files();
    for (path, text) in data_files(&before) {
        assert_eq!(after.get(path).map(Vec::as_slice), Some(text));
    }
    set.options.origins = DataOrigin::ALL.iter().copied().collect();
    assert_eq!((set.build().games, set.fresh()), (4, set.files()));
}

#[test]
fn a_data_set_without_a_game_names_the_origin_that_has_some() {
    let set = DataSet::empty();
    for game in games_on("2025-12-15", 1, 2) {
        put_game(set.recordings(), &game, Origin::Practice);
    }
    let report = set.build();
    let note = "the data set has no game: 2 files of origin practice are left out; --origin practice takes them";
    assert_eq!(
        (report.games, &report.notes[..]),
        (0, &[note.to_owned()][..])
    );
    // The same when nothing has changed since.
    assert_eq!(set.build().notes, [note]);
}

#[test]
fn only_the_days_of_the_range_are_looked_at() {
    let days = ["2025-12-15", "2025-12-16", "2025-12-17"];
    let mut set = DataSet::of_days(&days.map(|day| (day, 1)));
    set.options.range = DayRange {
        from: parse_day(days[1]),
        to: parse_day(days[1]),
    };
    assert_eq!(set.build().games, 1);
    assert!(
        table(set.out(), "games")[0]
            .to_string_lossy()
            .contains("date=2025-12-16")
    );
    set.options.range = DayRange {
        from: parse_day(days[2]),
        to: None,
    };
    let report = set.build();
    assert_eq!((report.games, report.new, report.gone.len()), (2, 1, 0));
    // What is outside of the range stays also when its recordings are gone.
    fs::remove_dir_all(set.recordings().join(days[1])).unwrap();
    assert_eq!(set.build().gone, []);
    set.options.range = DayRange::default();
    assert_eq!((set.build().games, set.build().gone.len()), (3, 1));
}

#[test]
fn a_table_of_ticks_comes_and_goes_with_its_option() {
    let mut set = DataSet::of_days(&[("2025-12-15", 2)]);
    set.options.ticks = false;
    let without = set.build();
    assert!(without.ticks > 0);
    assert!(!set.out().join("ticks").exists());
    let before = set.files();
    set.options.ticks = true;
    let with = set.build();
    assert_eq!(with.ticks, without.ticks);
    assert_eq!(table(set.out(), "ticks").len(), 1);
    assert_eq!(set.fresh(), set.files());
    set.options.ticks = false;
    set.build();
    assert_eq!(set.files(), before);
    // A day that cannot be built again keeps the option.
    fs::remove_dir_all(set.recordings().join("2025-12-15")).unwrap();
    set.add_day("2025-12-16", 2, 1);
    set.build();
    set.options.ticks = true;
    let error = build_with(&set.options).unwrap_err();
    assert!(matches!(error, BuildError::OtherShape { .. }), "{error}");
    let text = error.to_string();
    assert!(
        text.contains("with --no-ticks") && text.contains("live 2025-12-15"),
        "{text}"
    );
    set.options.rebuild = true;
    assert_eq!(set.build().games, 1);
    // No rebuild drops a day that is not chosen, so the error does not say so.
    set.add_day("2025-12-17", 3, 1);
    set.build();
    set.options.ticks = false;
    set.options.range = DayRange {
        from: parse_day("2025-12-17"),
        to: None,
    };
    let before = set.files();
    let error = build_with(&set.options).unwrap_err().to_string();
    assert!(
        error.contains("leaves out live 2025-12-16") && !error.contains("--rebuild"),
        "{error}"
    );
    assert_eq!(set.files(), before);
}

#[test]
fn with_pseudonyms_no_name_is_in_the_data_set() {
    let mut set = DataSet::empty();
    let games = a_long_and_another_game();
    let recorded = recorded_session::record(
        &set.folder.path().join("practice"),
        &games,
        a_session(&games),
    );
    let file = SessionFile::parse(&fs::read(recorded).unwrap()).unwrap();
    set.options.folders = vec![set.folder.path().join("practice")];
    set.options.origins = BTreeSet::from([DataOrigin::Practice]);
    // A damaged session, whose error names the player.
    let damaged = SessionFile::to_text(&file).unwrap();
    let damaged = String::from_utf8(damaged)
        .unwrap()
        .replace("\"server\"", "\"Dutch\"");
    let day = file.meta.session_start.format("%Y-%m-%d").to_string();
    let path = set.options.folders[0]
        .join(day)
        .join("sessions/20251215T110000_dutch_session.json");
    overwrite(&path, damaged.as_bytes());

    set.build();
    assert_eq!(
        texts(set.out(), "sessions", "player"),
        [Some("did:privy:Dutch".to_owned())]
    );
    set.options.salt = Some(Salt::new([7; 32]));
    let report = set.build();
    assert_eq!((report.sessions, report.findings.len()), (1, 1));
    let player = texts(set.out(), "sessions", "player");
    assert_ne!(player, [Some("did:privy:Dutch".to_owned())]);
    for (name, column) in [
        ("sessions", "file"),
        ("actions", "reason"),
        ("sessions", "player"),
    ] {
        for text in texts(set.out(), name, column).into_iter().flatten() {
            assert!(
                !text.to_lowercase().contains("dutch"),
                "{name} {column}: {text}"
            );
        }
    }
    for name in ["Dutch", "dutch", set.folder.path().to_str().unwrap()] {
        assert!(!is_anywhere(set.out(), name), "{name}");
    }
    assert!(!format!("{report:?}").to_lowercase().contains("dutch"));
    let before = set.files();
    assert_eq!(set.build().written, []);
    assert_eq!((set.fresh(), set.files()), (before.clone(), before));
    // Another salt, another pseudonym; both are never in one data set.
    set.options.salt = Some(Salt::new([8; 32]));
    set.build();
    assert_ne!(texts(set.out(), "sessions", "player"), player);
    for salt in [Some(Salt::new([7; 32])), None] {
        let mut options = set.options.clone();
        (options.salt, options.origins) = (salt, BTreeSet::from([DataOrigin::Live]));
        let error = build_with(&options).unwrap_err();
        assert!(
            matches!(error, BuildError::OtherShapeElsewhere { .. }),
            "{error}"
        );
    }
}

#[test]
fn a_data_set_of_a_newer_version_is_refused_and_left_alone() {
    let set = DataSet::of_days(&[("2025-12-15", 1)]);
    set.build();
    let manifest = set.out().join("dataset.json");
    let text = fs::read_to_string(&manifest).unwrap();
    overwrite(&manifest, of_version(&text, SCHEMA_VERSION + 1).as_bytes());
    let before = set.files();
    let error = build_with(&set.options).unwrap_err().to_string();
    let words = [
        format!("version {}", SCHEMA_VERSION + 1),
        format!("versions up to {SCHEMA_VERSION}"),
    ];
    assert!(words.iter().all(|words| error.contains(words)), "{error}");
    assert_eq!(set.files(), before);
    // One of an older version is written again as a whole.
    overwrite(&manifest, of_version(&text, SCHEMA_VERSION - 1).as_bytes());
    set.build();
    assert_eq!(set.fresh(), set.files());
    overwrite(&manifest, b"{ damaged");
    let error = build_with(&set.options).unwrap_err().to_string();
    assert!(error.contains("dataset.json cannot be read"), "{error}");
}

#[test]
fn a_second_builder_is_refused() {
    let set = DataSet::of_days(&[("2025-12-15", 1)]);
    let other = BuildLock::acquire(set.out()).unwrap();
    let error = build_with(&set.options).unwrap_err().to_string();
    assert!(
        error.contains("is being built by another program"),
        "{error}"
    );
    assert!(set.files().is_empty());
    drop(other);
    set.build();
}

#[test]
fn a_cancelled_build_changes_nothing() {
    let set = DataSet::of_days(&[("2025-12-15", 2), ("2025-12-16", 2), ("2025-12-17", 2)]);
    let mut steps = 0;
    set.build();
    let before = set.files();
    put_game(
        set.recordings(),
        &games_on("2025-12-15", 8, 1)[0],
        Origin::Live,
    );
    let count = &mut |_progress| {
        steps += 1;
        ControlFlow::Continue(())
    };
    let fresh = tempfile::tempdir().unwrap();
    let mut options = set.options.clone();
    options.out = fresh.path().join("set");
    build(&options, count).unwrap();
    assert!(steps > 8, "{steps} steps");
    // The first one in a folder leaves no folder, not even the one above it.
    options.out = fresh.path().join("above/set");
    for cancelled_at in 0..steps {
        let mut step = 0;
        let built = build(&options, &mut |_progress| {
            step += 1;
            if step > cancelled_at {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        assert!(matches!(built, Err(BuildError::Cancelled)));
        assert!(!fresh.path().join("above").exists(), "step {cancelled_at}");
    }
    for cancelled_at in 0..steps {
        let mut step = 0;
        let built = build(&set.options, &mut |_progress| {
            step += 1;
            if step > cancelled_at {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        });
        match built {
            Err(BuildError::Cancelled) => {
                assert_eq!(set.files(), before, "step {cancelled_at}");
                assert!(!set.out().join(".staging").exists(), "step {cancelled_at}");
            }
            // An incremental build has fewer steps.
            built => assert_eq!(built.unwrap().games, 7),
        }
    }
    assert_eq!(set.fresh(), set.files());
}

#[test]
fn a_session_without_its_games_is_a_finding() {
    let set = DataSet::empty();
    let games = a_long_and_another_game();
    let folder = tempfile::tempdir().unwrap();
    let path = recorded_session::record(folder.path(), &games, a_session(&games));
    let mut file = SessionFile::parse(&fs::read(path).unwrap()).unwrap();
    file.meta.origin = Origin::Live;
    put_session(
        set.recordings(),
        &file,
        "20251215T110000_dutch_session.json",
    );
    let report = set.build();
    assert_eq!((report.sessions, report.findings.len()), (1, 1));
    // The games come, of a folder that is given beside.
    let other = set.folder.path().join("more");
    for game in &games {
        put_game(&other, game, Origin::Live);
    }
    let mut options = set.options.clone();
    options.folders.push(other);
    let report = build_with(&options).unwrap();
    assert_eq!((report.games, report.findings.len()), (2, 0));
}
