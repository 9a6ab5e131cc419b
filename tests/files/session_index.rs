//! Sessions in the index of their day, in the library and in the events of the recorder.

use std::time::{Duration, Instant};

use pianola::account::{Action, ActionKind};
use pianola::disk::RealDisk;
use pianola::recording::{DayIndex, IndexSession, Origin, RecorderEvent, Writer};
use rust_decimal::Decimal;
use serde_json::Value;

use crate::support::files::overwrite;
use crate::support::process::{run, stdout};
use crate::support::worked_example::{
    action, bought, buy, ended, open, started, time, worked_example,
};

/// A real folder with the worked example and one more session.
fn recorded() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut recorder = open(RealDisk, folder.path(), Origin::Practice);
    let second = [
        started("2025-12-15T09:00:00Z", Some("\u{1b}[2JBob")),
        bought(),
        ended("2025-12-15T10:00:00Z"),
    ];
    for fact in worked_example().into_iter().chain(second) {
        recorder.take(fact);
    }
    recorder.finish();
    folder
}

#[test]
fn an_index_that_is_missing_damaged_or_wrong_is_rebuilt_from_the_files() {
    let folder = recorded();
    let day = folder.path().join("2025-12-15");
    let path = day.join("index.json");
    let good = std::fs::read(&path).unwrap();
    let text = String::from_utf8(good.clone()).unwrap();
    let name = "20251215T011755_dutch_session.json";
    for damage in [
        "garbage".to_owned(),
        text[..text.len() / 2].to_owned(),
        text.replace(name, "20251215T011755_nowhere_session.json"),
        text.replace("\"total_actions\": 1", "\"total_actions\": 2"),
        // As an older program left it.
        r#"{ "date": "2025-12-15", "games": [], "sessions": [{ "file": 7 }] }"#.to_owned(),
        r#"{ "date": "2025-12-15", "games": [], "sessions": [] }"#.to_owned(),
    ] {
        assert_ne!(damage, text);
        overwrite(&path, damage.as_bytes());
        open(RealDisk, folder.path(), Origin::Practice);
        assert_eq!(std::fs::read(&path).unwrap(), good, "after {damage}");
    }
    std::fs::remove_file(&path).unwrap();
    open(RealDisk, folder.path(), Origin::Practice);
    assert_eq!(std::fs::read(&path).unwrap(), good);
    // A removed session file leaves the index, too.
    std::fs::remove_file(day.join("sessions").join(name)).unwrap();
    open(RealDisk, folder.path(), Origin::Practice);
    let index = DayIndex::parse(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(index.sessions.len(), 1);
}

#[test]
fn the_earnings_of_a_day_are_known_to_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let sold = |slot, hundredths, at: &str| {
        let row = Action {
            action: ActionKind::Sell,
            pnl: Some(Decimal::new(hundredths, 2)),
            confirmed_at: Some(time(at)),
            ..buy()
        };
        action(slot, row)
    };
    let mut recorder = open(RealDisk, folder.path(), Origin::Practice);
    for fact in [
        started("2025-12-15T01:00:00Z", None),
        sold(1, -7, "2025-12-15T01:30:00Z"),
        ended("2025-12-15T02:00:00Z"),
        started("2025-12-15T09:00:00Z", None),
        sold(2, 2, "2025-12-15T09:30:00Z"),
        ended("2025-12-15T10:00:00Z"),
        // Over midnight: each row belongs to the day on which it was done.
        started("2025-12-15T23:50:00Z", None),
        sold(3, 1, "2025-12-15T23:55:00Z"),
        sold(4, -50, "2025-12-16T00:20:00Z"),
        ended("2025-12-16T00:30:00Z"),
        started("2025-12-16T09:00:00Z", None),
        sold(5, -1, "2025-12-16T09:30:00Z"),
    ] {
        recorder.take(fact);
    }
    recorder.write();
    // Killed in the last one.
    drop(recorder);
    // Days of a clock that was ahead: the two newest folders are not those of the day.
    for day in ["2027-01-01", "2027-01-02"] {
        std::fs::create_dir_all(folder.path().join(day)).unwrap();
    }
    let recorder = open(RealDisk, folder.path(), Origin::Practice);
    let earned = |day: &str| recorder.earned_on(time(&format!("{day}T12:00:00Z")));
    assert_eq!(earned("2025-12-15"), Some(Decimal::new(-4, 2)));
    assert_eq!(earned("2025-12-16"), Some(Decimal::new(-51, 2)));
    assert_eq!(earned("2025-12-17"), Some(Decimal::ZERO));
    assert_eq!(earned("2025-12-19"), Some(Decimal::ZERO));

    // A session that cannot be read may hold any loss.
    let sessions = folder.path().join("2025-12-16/sessions");
    let file = std::fs::read_dir(sessions).unwrap().next().unwrap();
    std::fs::write(file.unwrap().path(), "damaged").unwrap();
    assert_eq!(earned("2025-12-15"), Some(Decimal::new(-4, 2)));
    assert_eq!(earned("2025-12-16"), None);
    // The index says that it ended before.
    assert_eq!(earned("2025-12-17"), Some(Decimal::ZERO));
}

#[test]
fn the_library_lists_sessions_and_counts_the_damaged_ones() {
    let folder = recorded();
    let root = folder.path().to_str().unwrap();
    let output = run(&["library", "--out", root]);
    assert_eq!(output.status.code(), Some(0));
    let output_text = stdout(&output);
    let lines: Vec<_> = output_text.lines().collect();
    assert_eq!(lines.len(), 3, "{output_text}");
    let line = "2025-12-15T01:17:55Z session Dutch 1 action in 1 game, 0 SOL, 1 drift, until 2025-12-15T01:18:10Z ";
    assert!(lines[0].starts_with(line), "{output_text}");
    assert!(lines[0].ends_with("20251215T011755_dutch_session.json"));
    assert!(!output_text.contains('\u{1b}'), "{output_text}");
    assert_eq!(
        lines[2],
        format!("0 games in {root}: 0 complete, 2 sessions")
    );

    let json = stdout(&run(&["library", "--json", "--out", root]));
    let first: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    let session: IndexSession = serde_json::from_value(first.clone()).unwrap();
    assert_eq!((session.total_actions, session.games_played), (1, 1));
    assert!(first["path"].as_str().unwrap().ends_with(&session.file));
    let last: Value = serde_json::from_str(json.lines().last().unwrap()).unwrap();
    assert_eq!(
        (&last["sessions"], &last["unreadable"]),
        (&2.into(), &0.into())
    );

    let damaged = folder
        .path()
        .join("2025-12-15/sessions/20251215T120000_torn_session.json");
    overwrite(&damaged, b"{\"meta\": {");
    for rebuild in [&[][..], &["--rebuild"]] {
        let mut args = vec!["library", "--out", root];
        args.extend(rebuild);
        let output = run(&args);
        assert_eq!(output.status.code(), Some(1));
        let output_text = stdout(&output);
        let line = format!("unreadable {} [EOF while", damaged.display());
        assert!(output_text.contains(&line), "{output_text}");
        assert!(
            output_text.ends_with("2 sessions, 1 unreadable\n"),
            "{output_text}"
        );
    }
    assert_eq!(std::fs::read(damaged).unwrap(), b"{\"meta\": {");
}

#[test]
fn the_thread_tells_an_action_once_it_is_on_the_disk_and_counts_the_sessions() {
    let folder = tempfile::tempdir().unwrap();
    let recorder = open(RealDisk, folder.path(), Origin::Practice);
    let (news_in, mut news) = tokio::sync::mpsc::channel(8);
    let mut writer = Writer::start(recorder, news_in).unwrap();
    assert!(writer.send(started("2025-12-15T01:17:55Z", Some("Dutch"))));
    assert!(writer.send(bought()));
    let event = news.blocking_recv().unwrap();
    let RecorderEvent::Action { slot: 0, action } = event else {
        panic!("{event:?}");
    };
    assert_eq!(*action, buy());
    let journals = std::fs::read_dir(folder.path().join(".journal")).unwrap();
    let mut paths = journals.map(|entry| entry.unwrap().path());
    let is_session = |path: &std::path::PathBuf| path.extension().is_some_and(|e| e == "session");
    let journal = paths.find(is_session).unwrap();
    let text = std::fs::read_to_string(journal).unwrap();
    assert!(text.contains("\"BUY\""), "{text}");

    assert!(writer.send(ended("2025-12-15T01:19:00Z")));
    let state = writer.state();
    let start = Instant::now();
    while state.borrow().saved_sessions == 0 {
        assert!(start.elapsed() < Duration::from_secs(10));
        std::thread::yield_now();
    }
    assert!(matches!(
        news.blocking_recv(),
        Some(RecorderEvent::Session(_))
    ));
    let ended = writer.stop();
    assert_eq!((ended.saved_sessions, ended.saved_games), (1, 0));
    assert_eq!((ended.trouble, ended.lost_actions), (None, 0));
}
