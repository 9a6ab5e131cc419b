//! Recordings that are damaged, hostile, missing or still being written.

use std::fs;

use pianola::dataset::{BuildError, FindingKind, Salt};
use pianola::game::Game;
use pianola::protocol::GameId;
use pianola::recording::{FolderLock, GameFile, Origin, SessionFile};

use crate::support::data_set::{
    DataSet, before_reveal, build_with, games_on, kinds, put_file, put_game, put_session,
};
use crate::support::files::all_below;
use crate::support::parquet_rows::{flags, numbers, table, texts};
use crate::support::recorded_session;
use crate::support::session_facts::{a_long_and_another_game, a_session};

/// The name of the session's file.
const SESSION: &str = "20251215T110000_dutch_session.json";

/// A recorded session of the real server, with its games on a day.
fn session(set: &DataSet) -> (Vec<Game>, SessionFile) {
    let games = a_long_and_another_game();
    let folder = tempfile::tempdir().unwrap();
    let path = recorded_session::record(folder.path(), &games, a_session(&games));
    let mut file = SessionFile::parse(&fs::read(path).unwrap()).unwrap();
    file.meta.origin = Origin::Live;
    for game in &games {
        put_game(set.recordings(), game, Origin::Live);
    }
    (games, file)
}

#[test]
fn no_recordings_make_a_data_set_without_tables() {
    let set = DataSet::empty();
    let report = set.build();
    assert_eq!((report.games, report.findings.len()), (0, 0));
    assert!(
        report.notes[0].starts_with("there are no days in "),
        "{:?}",
        report.notes
    );
    assert!(!set.out().join("games").exists());
    let manifest = set.manifest();
    assert_eq!(manifest["days"], serde_json::json!([]));
    assert_eq!(manifest["tables"].as_array().unwrap().len(), 8);
    // The first games come later.
    set.add_day("2025-12-15", 1, 1);
    assert_eq!(set.build().new, 1);
    assert_eq!(set.fresh(), set.files());
}

#[test]
fn a_damaged_file_is_a_finding_and_costs_no_other_game() {
    let set = DataSet::of_days(&[("2025-12-15", 2)]);
    let day = set.recordings().join("2025-12-15");
    for (name, text) in [
        ("games/20251215T110000_a.game.json", "{ \"meta\": "),
        ("games/20251215T110000_b.game.json", ""),
        ("games/20251215T110000_c.game.json", "[1, 2]"),
        ("games/20251215T110000_d.game.json", "\u{0}\u{0}\u{0}"),
        ("sessions/20251215T110000_x_session.json", "{}"),
    ] {
        put_file(&day.join(name), text.as_bytes());
    }
    fs::create_dir(day.join("games/20251215T110000_e.game.json")).unwrap();
    for _ in 0..2 {
        let report = set.build();
        assert_eq!((report.games, report.sessions), (2, 0));
        assert_eq!(kinds(&report.findings), [FindingKind::Unreadable; 6]);
        assert!(
            report
                .findings
                .iter()
                .all(|found| found.file.starts_with("2025-12-15/"))
        );
        assert!(report.findings.iter().all(|found| !found.text.is_empty()));
    }
    assert_eq!(numbers(set.out(), "quality", "unreadable"), [Some(6)]);
    assert_eq!(set.fresh(), set.files());
}

#[test]
fn a_day_of_only_damaged_files_has_a_row_of_quality_and_nothing_else() {
    let set = DataSet::empty();
    let path = set
        .recordings()
        .join("2025-12-15/games/20251215T110000_a.game.json");
    put_file(&path, b"{");
    let report = set.build();
    assert_eq!((report.games, report.findings.len()), (0, 1));
    assert_eq!(table(set.out(), "quality").len(), 1);
    assert!(!set.out().join("games").exists());
}

#[test]
fn a_game_that_contradicts_its_seed_is_a_finding_and_not_trainable() {
    let set = DataSet::of_days(&[("2025-12-15", 2)]);
    let path = all_below(&set.recordings().join("2025-12-15/games")).remove(0);
    let mut file = GameFile::parse(&fs::read(&path).unwrap()).unwrap();
    file.prices[1] = "1.0001".parse().ok();
    put_file(&path, &file.to_text().unwrap());
    let report = set.build();
    assert_eq!(report.games, 2);
    assert!(
        kinds(&report.findings).contains(&FindingKind::Mismatch),
        "{:?}",
        report.findings
    );
    let trainable = flags(set.out(), "games", "trainable");
    assert_eq!(
        trainable.iter().filter(|flag| **flag == Some(true)).count(),
        1
    );
}

#[test]
fn hostile_names_stay_texts() {
    let set = DataSet::empty();
    let mut expected = Vec::new();
    let games = games_on("2025-12-15", 1, 4);
    let names = [
        "../../../evil",
        "a\"b'c,\n=\u{1b}[2J",
        "games/origin=x",
        "\u{202e}漢字 🎹",
    ];
    for (mut game, name) in games.into_iter().zip(names) {
        game.id = GameId::new(name).unwrap();
        expected.push(game.id.as_str().to_owned());
        put_game(set.recordings(), &game, Origin::Live);
    }
    let (_, mut file) = session(&set);
    file.meta.username = Some("../../evil\n\u{1b}[2J".to_owned());
    file.meta.player_id = None;
    put_session(
        set.recordings(),
        &file,
        "20251215T110000_a b'c\"_session.json",
    );
    let report = set.build();
    assert_eq!(report.sessions, 1);
    let ids: Vec<_> = texts(set.out(), "games", "game_id")
        .into_iter()
        .flatten()
        .collect();
    for id in &expected {
        assert!(ids.contains(id), "{id}");
    }
    assert_eq!(texts(set.out(), "sessions", "player"), [file.meta.username]);
    let inside = ["set", "live"].map(|name| set.folder.path().join(name));
    let found = fs::read_dir(set.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path());
    assert!(found.into_iter().all(|path| inside.contains(&path)));
    for path in all_below(set.out()) {
        let path = path
            .strip_prefix(set.out())
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned();
        let plain = |c: char| c.is_ascii_alphanumeric() || "./=-_".contains(c);
        assert!(path.chars().all(plain), "{path}");
    }
    assert_eq!(set.fresh(), set.files());
}

#[test]
fn a_session_has_its_rows_and_follows_the_proof_of_its_games() {
    let set = DataSet::empty();
    let (games, file) = session(&set);
    put_session(set.recordings(), &file, SESSION);
    let report = set.build();
    assert_eq!((report.sessions, report.findings.len()), (1, 0));
    let actions = i32::try_from(file.actions.len()).unwrap();
    assert_eq!(
        numbers(set.out(), "sessions", "replay_agree"),
        [Some(actions)]
    );
    assert!(
        flags(set.out(), "actions", "game_trainable")
            .iter()
            .all(|flag| *flag == Some(true))
    );
    // A later day: the second game is of another partition, and loses its proof.
    let mut late = games[1].clone();
    let path = put_game(set.recordings(), &late, Origin::Live);
    fs::remove_file(path).unwrap();
    crate::support::data_set::move_to(&mut late, games[1].start + chrono::Duration::days(1));
    put_game(set.recordings(), &late, Origin::Live);
    assert_eq!(set.build().written.len(), 2);
    assert!(
        flags(set.out(), "actions", "join_ok")
            .iter()
            .all(|flag| *flag == Some(true))
    );
    put_game(set.recordings(), &before_reveal(&late), Origin::Live);
    set.build();
    let trainable = flags(set.out(), "actions", "game_trainable");
    let of_first = file
        .actions
        .iter()
        .filter(|row| row.game_id == games[0].id)
        .count();
    assert_eq!(
        trainable.iter().filter(|flag| **flag == Some(true)).count(),
        of_first
    );
    assert!(of_first < file.actions.len());
    assert_eq!(set.fresh(), set.files());
    // Without its file the session's tables are gone, and nothing empty is left.
    let day = set
        .recordings()
        .join(file.meta.session_start.format("%Y-%m-%d").to_string());
    fs::remove_dir_all(day.join("sessions")).unwrap();
    assert_eq!(set.build().sessions, 0);
    for name in ["actions", "sessions", "drifts"] {
        assert!(!set.out().join(name).exists(), "{name}");
    }
    assert_eq!(set.fresh(), set.files());
}

#[test]
fn it_builds_beside_a_recorder_and_reads_nothing_unpublished() {
    let set = DataSet::of_days(&[("2025-12-15", 2)]);
    let _recorder = FolderLock::acquire(set.recordings()).unwrap();
    let day = set.recordings().join("2025-12-15/games");
    let journal = set
        .recordings()
        .join(".journal/20251215-1a211bfc7caf41d6-0000.journal");
    put_file(&journal, b"in progress");
    put_file(&day.join(".tmp-20251215T110000_a.game.json"), b"{ half");
    let before = all_below(set.recordings());
    let report = set.build();
    assert_eq!((report.games, report.findings.len()), (2, 0));
    assert_eq!(all_below(set.recordings()), before);
}

#[test]
fn a_data_set_among_the_recordings_is_refused() {
    let set = DataSet::of_days(&[("2025-12-15", 1)]);
    let before = all_below(set.recordings());
    for out in [
        set.recordings().to_owned(),
        set.recordings().join("2025-12-15/set"),
    ] {
        let mut options = set.options.clone();
        options.out = out;
        let error = build_with(&options).unwrap_err();
        assert!(matches!(error, BuildError::InsideRecordings(_)), "{error}");
    }
    assert_eq!(all_below(set.recordings()), before);
}

#[test]
fn a_foreign_file_in_a_table_is_a_finding_and_is_left_alone() {
    let set = DataSet::of_days(&[("2025-12-15", 1)]);
    set.build();
    let foreign = set.out().join("games/origin=live/notes.txt");
    put_file(&foreign, b"mine");
    let report = set.build();
    assert_eq!(kinds(&report.findings), [FindingKind::DataDiffers]);
    assert_eq!(report.findings[0].file, "games/origin=live/notes.txt");
    assert!(foreign.exists());
}

/// The copy that goes on longest has the rows, wherever it lies.
#[test]
fn of_two_copies_of_a_session_the_whole_one_is_used() {
    let mut set = DataSet::empty();
    let (_, file) = session(&set);
    let other = set.folder.path().join("a folder before");
    fs::create_dir(&other).unwrap();
    set.options.folders.push(other.clone());
    put_session(set.recordings(), &file, SESSION);
    let mut cut = file.clone();
    cut.actions.truncate(1);
    put_session(&other, &cut, SESSION);
    let report = set.build();
    assert_eq!(report.sessions, 1);
    assert_eq!(
        numbers(set.out(), "actions", "seq").len(),
        file.actions.len()
    );
    assert_eq!(kinds(&report.findings), [FindingKind::DuplicateDiffers]);
    // An equal copy is nothing to report.
    put_session(&other, &file, SESSION);
    assert_eq!(set.build().findings, []);
    // The id is the key of the tables, also where a copy begins at another time, behind another session.
    let later = |minutes| file.meta.session_start + chrono::TimeDelta::minutes(minutes);
    let mut stranger = file.clone();
    stranger.meta.session_id = "00000000-0000-0000-0000-000000000007".parse().ok();
    stranger.meta.session_start = later(1);
    put_session(&other, &stranger, "20251215T110100_dutch_session.json");
    cut.meta.session_start = later(2);
    put_session(&other, &cut, "20251215T110200_dutch_session.json");
    let report = set.build();
    assert_eq!(report.sessions, 2);
    let findings = report.findings.iter().filter(|finding| {
        finding.kind == FindingKind::DuplicateDiffers && finding.text.contains(SESSION)
    });
    assert_eq!(findings.count(), 1, "{:?}", report.findings);
}

/// The ids and names of players are public: nothing that is made of them alone may be in an anonymous data set.
#[test]
fn the_id_of_an_old_session_shows_no_player_of_an_anonymous_data_set() {
    let mut set = DataSet::empty();
    let (_, mut file) = session(&set);
    file.meta.session_id = None;
    put_session(set.recordings(), &file, SESSION);
    let id = |set: &DataSet| {
        set.build();
        texts(set.out(), "sessions", "session_id")
            .remove(0)
            .unwrap()
    };
    let open = id(&set);
    let mut ids = vec![open];
    for salt in [[7; 32], [8; 32]] {
        set.options.salt = Some(Salt::new(salt));
        ids.push(id(&set));
    }
    ids.dedup();
    assert_eq!(ids.len(), 3, "{ids:?}");
}

#[test]
fn only_what_was_pressed_has_a_latency() {
    let set = DataSet::empty();
    let (_, file) = session(&set);
    put_session(set.recordings(), &file, SESSION);
    set.build();
    let latencies = numbers(set.out(), "actions", "latency_ms");
    let sources = texts(set.out(), "actions", "source");
    let of_server = sources
        .iter()
        .map(|source| source.as_deref() == Some("server"));
    let rows: Vec<_> = of_server.zip(&latencies).collect();
    assert!(rows.iter().any(|(of_server, _)| *of_server), "{rows:?}");
    for (of_server, latency) in rows {
        assert!(!of_server || latency.is_none(), "{latency:?}");
    }
    assert!(latencies.iter().any(Option::is_some), "{latencies:?}");
}
