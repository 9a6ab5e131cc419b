//! The keys that were added to files and journals: golden files old and new, and the files of an older version.

use std::path::Path;

use serde_json::Value;

use crate::disk::RealDisk;
use crate::game::{Game, GameEvent, ServerInfo};
use crate::protocol::{MAX_TICK, number};
use crate::recording::format::index::IndexGame;
use crate::recording::{GameFile, Origin, Peak, Recorder, RecorderEvent, SavedSession};

const NEW: &str = include_str!("../../tests/fixtures/example.game.json");
const OLD: &str = include_str!("../../tests/fixtures/old.game.json");
/// The journals of a process of version 0.1.0 that was killed: a game in the middle, and a session.
const OLD_JOURNAL: &str = "tests/fixtures/old_journal";

fn parsed(text: &str) -> GameFile {
    GameFile::parse(text.as_bytes()).expect("a game file")
}

fn text(file: &GameFile) -> String {
    String::from_utf8(file.to_text().expect("a text")).expect("UTF-8")
}

#[test]
fn the_golden_file_is_read_and_written_byte_for_byte() {
    let file = parsed(NEW);
    assert_eq!(text(&file), NEW);
    let mut again = GameFile::new(&file.clone().into_game(), Origin::Live);
    again.meta.app.clone_from(&file.meta.app);
    assert_eq!(text(&again), NEW);
}

#[test]
fn absurd_ticks_of_a_file_or_a_journal_take_no_memory() {
    let mut json: Value = serde_json::from_str(NEW).expect("JSON");
    json["meta"]["duration_ticks"] = u32::MAX.into();
    let file = parsed(&json.to_string());
    let stated = file.meta.duration_ticks;
    assert_eq!(stated, u32::MAX, "for a check of the file");
    let mut game = file.into_game();
    assert_eq!(game.rug_tick, Some(7), "the prices count");
    game.apply(&GameEvent::Rugged {
        game_id: game.id.clone(),
        tick: u32::MAX - 1,
        at: game.start,
    });
    assert_eq!(game.prices.len(), MAX_TICK as usize + 1);

    let repaired = &mut json["meta"]["repaired_ticks"];
    *repaired = serde_json::json!([5, 900, 3]);
    let file = parsed(&json.to_string());
    assert_eq!(file.meta.repaired_ticks, [3, 5, 900]);
    json["meta"]["repaired_ticks"] = vec![3; 9].into();
    let refused = GameFile::parse(json.to_string().as_bytes()).expect_err("too many");
    assert_eq!(refused, "9 repaired ticks, and 8 prices");
}

#[test]
fn an_old_reader_finds_everything_where_it_was() {
    let mut new: Value = serde_json::from_str(NEW).expect("JSON");
    let meta = new["meta"].as_object_mut().expect("an object");
    for key in ["peak_exact", "speed", "seeded"] {
        meta.shift_remove(key).expect(key);
    }
    new.as_object_mut()
        .expect("an object")
        .shift_remove("arrivals");
    let old: Value = serde_json::from_str(OLD).expect("JSON");
    assert_eq!(new.to_string(), old.to_string());
}

#[test]
fn an_old_file_without_the_new_keys_is_completed_from_the_rest_of_it() {
    let file = parsed(OLD);
    let (new, meta) = (parsed(NEW), &file.meta);
    assert_eq!(
        (meta.peak_exact, meta.speed, meta.seeded),
        (true, new.meta.speed, false)
    );
    assert!(!file.has_arrivals() && new.has_arrivals());
    let game = file.into_game();
    assert_eq!(game.prices.arrivals(), [None; 8]);
    assert_eq!(game.prices.counts(), new.meta.sources);

    let changed = |from: &str, to: &str| parsed(&OLD.replace(from, to)).meta;
    let practice = "\"origin\": \"practice\"";
    let meta = changed("\"origin\": \"live\"", practice);
    assert_eq!((meta.speed, meta.seeded), (None, false));
    let seeded = OLD.replace("\"origin\": \"live\"", practice);
    let seeded = seeded.replace("20251215-", "20000101-");
    assert!(
        parsed(&seeded).meta.seeded,
        "as the ids of a seeded table begin"
    );
    let hole = changed("\"0.9799510872982831\", ", "null, ");
    assert!(!hole.peak_exact);
    let no_rug_price = changed(", \"0.014782661565813707\"]", ", null]");
    assert!(no_rug_price.peak_exact, "the rug is no peak");
}

#[test]
fn damaged_arrivals_are_none_and_a_damaged_key_is_named() {
    let short = NEW.replace("[0, 257, 512, 768, 1018, 1269, 1522, 1801]", "[0, null]");
    let game = parsed(&short).into_game();
    assert_eq!(game.prices.arrivals()[..3], [Some(0), None, None]);
    assert_eq!(game.prices.counts().live, 8);
    let why = GameFile::parse(NEW.replace("1018", "-1018").as_bytes()).expect_err("damaged");
    assert!(why.contains("-1018"), "{why}");
}

#[test]
fn a_lower_bound_of_a_peak_is_one_word() {
    let multiplier = number::parse("2.170");
    let peak = |exact| Peak { multiplier, exact }.to_string();
    assert_eq!(
        (peak(true), peak(false)),
        ("2.170".into(), ">=2.170".into())
    );
    assert_eq!(Peak::default().to_string(), "-");
}

#[test]
fn unwatched_games_are_seeded_by_their_ids_and_real_ones_in_real_time() {
    let game = |id: &str| {
        Game::new(
            crate::protocol::GameId::new(id).expect("an id"),
            crate::game::Time::UNIX_EPOCH,
        )
    };
    let meta = |game: &Game, origin| GameFile::new(game, origin).meta;
    let seeded = game("20000101-7c2a8be3eb9379fe");
    assert!(meta(&seeded, Origin::Practice).seeded && meta(&seeded, Origin::Url).seeded);
    assert!(!meta(&seeded, Origin::Live).seeded);
    let real = game("20251215-1a211bfc7caf41d6");
    assert_eq!(meta(&real, Origin::Live).speed, ServerInfo::REAL.speed);
    assert_eq!(meta(&real, Origin::Practice).speed, None);
}

/// Recovers copies of the old journals in a fresh folder.
fn recover() -> (tempfile::TempDir, Vec<Game>, SavedSession) {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join(".journal");
    std::fs::create_dir(&journal).expect("a folder");
    let old = Path::new(env!("CARGO_MANIFEST_DIR")).join(OLD_JOURNAL);
    for entry in std::fs::read_dir(old).expect("the fixtures") {
        let entry = entry.expect("a file");
        std::fs::copy(entry.path(), journal.join(entry.file_name())).expect("a copy");
    }
    let root = folder.path().to_owned();
    let opened = Recorder::open(RealDisk, root, Origin::Practice);
    let (mut recorder, open) = opened.expect("a recorder");
    assert_eq!(recorder.trouble(), None);
    let news = recorder
        .take_events()
        .into_iter()
        .find_map(|news| match news {
            RecorderEvent::Session(saved) => Some(*saved),
            RecorderEvent::Game(_) | RecorderEvent::Action { .. } => None,
        });
    (folder, open, news.expect("the session"))
}

#[test]
fn the_journals_of_an_older_version_are_recovered() {
    let (_folder, open, session) = recover();
    assert_eq!(open.len(), 1);
    assert_eq!(open[0].prices.len(), 39);
    assert_eq!(open[0].prices.counts().live, 39);
    assert_eq!(open[0].prices.arrivals(), [None; 39]);
    assert_eq!(open[0].server, None);
    assert_eq!((session.actions, session.meta.speed), (3, None));
    let id = session.meta.session_id.expect("an id");
    assert_eq!(id.get_version_num(), 7);
    let (_folder, _open, again) = recover();
    assert_eq!(
        again.meta.session_id,
        Some(id),
        "the same however often it is recovered"
    );
}

#[test]
fn the_index_has_peak_exact_only_for_incomplete_games() {
    let mut file = parsed(NEW);
    let entry = |file: &GameFile| {
        let entry = IndexGame::new("x.game.json", file);
        let json = serde_json::to_value(&entry).expect("JSON");
        (json.get("peak_exact").cloned(), entry.peak().exact)
    };
    assert_eq!(entry(&file), (None, true));
    file.meta.complete = false;
    assert_eq!(entry(&file), (Some(true.into()), true));
    file.meta.peak_exact = false;
    assert_eq!(entry(&file), (Some(false.into()), false));
    // Written by an older version.
    let mut old = IndexGame::new("x.game.json", &file);
    old.peak_exact = None;
    assert!(!old.peak().exact);
}
