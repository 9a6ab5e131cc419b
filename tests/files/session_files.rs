//! Session files as the contract shows them: layout, names, days.

use std::path::Path;
use std::time::Duration;

use pianola::account::{ActionKind, ActionStatus, Lot, SessionEvent};
use pianola::game::ServerInfo;
use pianola::recording::{DayIndex, Origin, RecorderEvent, SessionFile};
use serde_json::Value;

use crate::support::decimal::d;
use crate::support::sim_disk::SimDisk;
use crate::support::worked_example::{
    ID, ROOT, action, bought, buy, ended, open, started, time, worked_example,
};

const LAYOUT: &str = r#"{
  "meta": {
    "player_id": "did:privy:cm3xxx",
    "username": "Dutch",
    "session_start": "2025-12-15T01:17:55.000Z",
    "session_end": "2025-12-15T01:18:10.120Z",
    "format": 1,
    "origin": "practice",
    "wallet": "server",
    "start_balance": "1",
    "start_lots": [],
    "end_balance": "0.98",
    "realised_pnl": "0",
    "session_id": "0199e2c4-7c1e-7d2a-9d0c-3f5f3c1f2b11",
    "speed": 1,
    "seeded": false,
    "verifications": 12,
    "drift_count": 1,
    "app": "APP"
  },
  "actions": [
    { "game_id": "20251215-1a211bfc7caf41d6", "tick": 2, "timestamp": "2025-12-15T01:18:00.950Z", "action": "BUY", "amount": "0.01", "price": "0.9777456387635755", "balance_after": "0.99", "position_qty_after": "0.010227609", "entry_price": "0.977745638", "pnl": null, "seq": 1, "phase": "Active", "status": "confirmed", "qty": "0.010227609", "sell_percent": null, "source": "key", "confirmed_at": "2025-12-15T01:18:01.169Z", "executed_tick": 2, "executed_price": "0.9777456387635755", "acked_at": null, "reason_code": null, "reason": null }
  ],
  "drifts": [
    { "at": "2025-12-15T01:18:01.400Z", "game_id": "20251215-1a211bfc7caf41d6", "tick": 4, "field": "balance", "local": "0.99", "server": "0.98", "diff": "0.01", "cleared_at": "2025-12-15T01:18:01.650Z", "after_seq": 1 }
  ]
}
"#;

const INDEX: &str = r#"{
  "date": "2025-12-15",
  "games": [],
  "sessions": [
    { "file": "20251215T011755_dutch_session.json", "player_id": "did:privy:cm3xxx", "username": "Dutch", "games_played": 1, "total_actions": 1, "session_start": "2025-12-15T01:17:55.000Z", "session_end": "2025-12-15T01:18:10.120Z", "origin": "practice", "realised_pnl": "0", "drift_count": 1, "game_ids": ["20251215-1a211bfc7caf41d6"] }
  ]
}
"#;

/// Records facts, each in a write of its own; returns the paths of the published sessions.
fn record(disk: &SimDisk, facts: impl IntoIterator<Item = SessionEvent>) -> Vec<String> {
    let mut recorder = open(disk.clone(), Path::new(ROOT), Origin::Practice);
    for fact in facts {
        recorder.take(fact);
        recorder.write();
    }
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
    let news = recorder.take_events().into_iter();
    let paths = news.filter_map(|news| match news {
        RecorderEvent::Session(saved) => Some(saved.path.display().to_string()),
        _ => None,
    });
    paths.collect()
}

/// Every file below the root, without the root.
fn files(disk: &SimDisk) -> Vec<String> {
    let below = |path: &Path| path.strip_prefix(ROOT).unwrap().display().to_string();
    disk.files().keys().map(|path| below(path)).collect()
}

fn text(disk: &SimDisk, path: &str) -> String {
    let files = disk.files();
    String::from_utf8(files[&Path::new(ROOT).join(path)].clone()).unwrap()
}

#[test]
fn the_worked_example_lies_where_and_looks_as_the_contract_shows() {
    let disk = SimDisk::new();
    record(&disk, worked_example());
    let path = "2025-12-15/sessions/20251215T011755_dutch_session.json";
    assert_eq!(files(&disk), ["2025-12-15/index.json", path]);
    let layout = LAYOUT.replace("APP", pianola::recording::APP);
    assert_eq!(text(&disk, path), layout);
    assert_eq!(text(&disk, "2025-12-15/index.json"), INDEX);
    let read = SessionFile::parse(layout.as_bytes()).unwrap();
    assert_eq!(read.to_text().unwrap(), layout.as_bytes());
}

#[test]
fn keys_that_older_files_lack_may_be_missing_and_others_are_named() {
    let mut file: Value = serde_json::from_str(LAYOUT).unwrap();
    let whole = SessionFile::parse(LAYOUT.as_bytes()).unwrap();
    for key in ["acked_at", "reason_code", "reason"] {
        file["actions"][0].as_object_mut().unwrap().remove(key);
    }
    let parse = |file: &Value| SessionFile::parse(file.to_string().as_bytes());
    assert_eq!(parse(&file).unwrap(), whole);
    file["drifts"][0]
        .as_object_mut()
        .unwrap()
        .remove("after_seq");
    assert_eq!(parse(&file).unwrap().drifts[0].after_seq, 0);
    for key in ["session_id", "speed", "seeded"] {
        file["meta"].as_object_mut().unwrap().remove(key);
    }
    let old = parse(&file).unwrap().meta;
    assert_eq!((old.session_id, old.speed, old.seeded), (None, None, false));
    // What a later program adds is passed over.
    file["meta"]["mood"] = "good".into();
    assert!(parse(&file).is_ok());
    for key in ["session_start", "start_balance", "wallet", "realised_pnl"] {
        let mut without = file.clone();
        without["meta"].as_object_mut().unwrap().remove(key);
        let why = parse(&without).unwrap_err();
        assert!(why.contains(key), "{why}");
    }
    let mut newer = file;
    newer["meta"] = serde_json::json!({ "format": 7 });
    let why = parse(&newer).unwrap_err();
    assert_eq!(why, "format 7 is newer than this program knows");
}

#[test]
fn a_session_whose_server_changed_its_speed_has_none_and_once_seeded_it_stays_so() {
    let disk = SimDisk::new();
    let known = |speed, seeded| SessionEvent::ServerKnown {
        server: ServerInfo {
            speed: Some(d(speed)),
            seeded,
        },
    };
    let facts = [
        started("2025-12-15T01:17:55Z", None),
        known("20", true),
        bought(),
        known("1", false),
        ended("2025-12-15T02:00:00Z"),
    ];
    let paths = record(&disk, facts);
    let file = disk.files()[Path::new(&paths[0])].clone();
    let meta = SessionFile::parse(&file).unwrap().meta;
    assert_eq!((meta.speed, meta.seeded), (None, true));
    assert_eq!(meta.session_id.unwrap().to_string(), ID);
}

#[test]
fn a_session_over_midnight_lies_in_the_day_of_its_start() {
    let disk = SimDisk::new();
    let facts = [
        started("2025-12-14T23:59:59.999Z", None),
        bought(),
        ended("2025-12-15T02:00:00Z"),
    ];
    let paths = record(&disk, facts);
    let path = "2025-12-14/sessions/20251214T235959_anonymous_session.json";
    assert_eq!(paths, [format!("{ROOT}/{path}")]);
    assert_eq!(files(&disk), ["2025-12-14/index.json", path]);
    let file = SessionFile::parse(text(&disk, path).as_bytes()).unwrap();
    assert_eq!((file.meta.player_id, file.meta.username), (None, None));
}

#[test]
fn a_name_that_exists_gets_a_number_and_the_index_is_sorted_by_start() {
    let disk = SimDisk::new();
    let mut facts = Vec::new();
    // Backwards, so that the order of the index is not that of the writing. The last two are the same to the letter
    // but for what was done.
    for at in [".900Z", ".500Z", ".100Z", ".100Z"] {
        let at = format!("2025-12-15T01:17:55{at}");
        facts.push(started(&at, Some("Dutch")));
        facts.push(bought());
        let mut second = buy();
        second.seq = 2;
        second.tick = u32::try_from(facts.len()).unwrap();
        facts.push(action(1, second));
        facts.push(ended("2025-12-15T01:20:00Z"));
    }
    let paths = record(&disk, facts);
    let name = |number: &str| format!("20251215T011755_dutch{number}_session.json");
    let names = ["", "-2", "-3", "-4"].map(name);
    let sessions = format!("{ROOT}/2025-12-15/sessions");
    assert_eq!(
        paths,
        names.clone().map(|name| format!("{sessions}/{name}"))
    );
    let index = DayIndex::parse(text(&disk, "2025-12-15/index.json").as_bytes()).unwrap();
    let listed: Vec<_> = index.sessions.iter().map(|session| &session.file).collect();
    assert_eq!(listed, [&names[2], &names[3], &names[1], &names[0]]);
    // A start finds nothing to do.
    let before = disk.files();
    open(disk.clone(), Path::new(ROOT), Origin::Practice);
    assert_eq!(disk.files(), before);
}

#[test]
fn names_from_outside_stay_in_their_folder() {
    let long = "A".repeat(300);
    for (username, part) in [
        ("../../evil", "evil"),
        ("\u{1b}[2J", "2j"),
        ("", "anonymous"),
        ("..", "anonymous"),
        ("a/b\\c:d", "abcd"),
        (&long, &"a".repeat(50)),
    ] {
        let disk = SimDisk::new();
        let facts = [
            started("2025-12-15T01:17:55Z", Some(username)),
            bought(),
            ended("2025-12-15T02:00:00Z"),
        ];
        record(&disk, facts);
        let path = format!("2025-12-15/sessions/20251215T011755_{part}_session.json");
        assert_eq!(files(&disk), ["2025-12-15/index.json", &path]);
        let file = SessionFile::parse(text(&disk, &path).as_bytes()).unwrap();
        assert_eq!(file.meta.username.as_deref(), Some(username));
    }
}

#[test]
fn a_session_without_an_action_leaves_nothing() {
    let disk = SimDisk::new();
    let at = time("2025-12-15T01:20:00Z");
    let facts = [
        started("2025-12-15T01:17:55Z", Some("Dutch")),
        SessionEvent::Verified {
            at,
            total: 5,
            drifts: 0,
        },
        ended("2025-12-15T02:00:00Z"),
    ];
    assert!(record(&disk, facts.clone()).is_empty());
    assert_eq!(files(&disk), Vec::<String>::new());
    // Nor after a crash.
    record(&disk, facts[..2].to_vec());
    assert_eq!(files(&disk).len(), 1, "the journal");
    open(disk.clone(), Path::new(ROOT), Origin::Practice);
    assert_eq!(files(&disk), Vec::<String>::new());
}

#[test]
fn another_player_begins_another_session_and_facts_without_a_player_are_none() {
    let disk = SimDisk::new();
    let facts = [
        bought(),
        started("2025-12-15T01:17:55Z", None),
        bought(),
        started("2025-12-15T01:18:30Z", Some("Dutch")),
        bought(),
        ended("2025-12-15T01:19:00Z"),
        bought(),
        ended("2025-12-15T01:19:01Z"),
    ];
    let paths = record(&disk, facts);
    let sessions = format!("{ROOT}/2025-12-15/sessions");
    assert_eq!(
        paths,
        [
            format!("{sessions}/20251215T011755_anonymous_session.json"),
            format!("{sessions}/20251215T011830_dutch_session.json"),
        ]
    );
    let first = "2025-12-15/sessions/20251215T011755_anonymous_session.json";
    let first = SessionFile::parse(text(&disk, first).as_bytes()).unwrap();
    assert_eq!(first.meta.session_end, time("2025-12-15T01:18:30Z"));
    assert_eq!(first.actions.len(), 1);
}

#[test]
fn a_session_left_by_a_crash_is_published_with_its_own_origin_and_unknown_orders() {
    let disk = SimDisk::new();
    let mut pending = buy();
    pending.action = ActionKind::Sell;
    pending.sell_percent = Some(d("25"));
    (pending.amount, pending.qty) = (None, None);
    (pending.balance_after, pending.position_qty_after) = (None, None);
    (pending.entry_price, pending.confirmed_at) = (None, None);
    (pending.executed_tick, pending.executed_price) = (None, None);
    (pending.seq, pending.status) = (0, ActionStatus::Pending);
    let mut facts = worked_example();
    facts.pop();
    facts.insert(2, action(1, pending));
    assert!(record(&disk, facts).is_empty());
    let mut recorder = open(disk.clone(), Path::new(ROOT), Origin::Live);
    let news = recorder.take_events();
    let [RecorderEvent::Session(saved)] = &news[..] else {
        panic!("{news:?}");
    };
    assert_eq!((saved.meta.origin, saved.actions), (Origin::Practice, 2));
    // The newest time of a fact in the journal; the counts would have come with the stop.
    assert_eq!(saved.meta.session_end, time("2025-12-15T01:18:01.650Z"));
    let path = saved.path.strip_prefix(ROOT).unwrap().display().to_string();
    let file = SessionFile::parse(text(&disk, &path).as_bytes()).unwrap();
    let row = &file.actions[1];
    assert_eq!((row.seq, row.status), (2, ActionStatus::Unknown));
    let reason = row.reason.as_deref().unwrap();
    assert!(reason.starts_with("sell 25 %: "), "{reason}");
    assert_eq!(row.balance_after, Some(d("0.98")));
    assert_eq!(row.entry_price, Some(d("0.977745638")));
    assert!(!files(&disk).iter().any(|path| path.contains(".journal")));
}

/// The counts come with every update of the account: not each of them is worth a line, but a crash may cost no more
/// than a minute of them.
#[test]
fn the_counts_of_comparisons_reach_the_journal_within_a_minute() {
    let disk = SimDisk::new();
    let mut recorder = open(disk.clone(), Path::new(ROOT), Origin::Practice);
    recorder.take(started("2025-12-15T01:17:55Z", Some("Dutch")));
    recorder.take(bought());
    let lines = |disk: &SimDisk| {
        let files = disk.files();
        let (_, bytes) = files.first_key_value().unwrap();
        bytes.split(|byte| *byte == b'\n').count()
    };
    let mut before = 0;
    for second in 1..=70 {
        recorder.take(SessionEvent::Verified {
            at: time("2025-12-15T01:18:30Z") + chrono::Duration::seconds(second),
            total: second.unsigned_abs(),
            drifts: 0,
        });
        recorder.write();
        recorder.clock(Duration::from_secs(second.unsigned_abs()));
        if second == 1 {
            before = lines(&disk);
        }
    }
    assert_eq!(lines(&disk), before + 1);
    drop(recorder);
    let mut recorder = open(disk.clone(), Path::new(ROOT), Origin::Practice);
    let RecorderEvent::Session(saved) = recorder.take_events().remove(0) else {
        panic!("it is a session");
    };
    assert_eq!(saved.meta.verifications, 60);
    assert_eq!(saved.meta.session_end, time("2025-12-15T01:19:30Z"));
}

#[test]
fn lots_that_were_held_at_the_start_stand_in_the_file() {
    let disk = SimDisk::new();
    let mut start = started("2025-12-15T01:17:55Z", Some("Dutch"));
    if let SessionEvent::Started { lots, .. } = &mut start {
        lots.push(Lot {
            qty: d("0.5"),
            price: d("1.25"),
        });
    }
    let paths = record(&disk, [start, bought(), ended("2025-12-15T01:19:00Z")]);
    let path = Path::new(&paths[0]).strip_prefix(ROOT).unwrap();
    let text = text(&disk, path.to_str().unwrap());
    let line = r#"    "start_lots": [{ "qty": "0.5", "price": "1.25" }],"#;
    assert!(text.lines().any(|printed| printed == line), "{text}");
}
