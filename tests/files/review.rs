//! `pianola review`: what it prints and how it ends; an independent script computes the same from the files.

use std::fs;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;

use pianola::disk::RealDisk;
use pianola::game::Time;
use pianola::library::{
    ReviewTask, ReviewedEvent, SessionReviewer, review_session, session_files, whole_games,
};
use pianola::protocol::{GameId, number};
use pianola::recording::{game_file_name, session_file_name};
use pianola::replay::Timeline;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::json_keys::assert_keys_are_in;
use crate::support::process::{run, stderr, stdout, until};
use crate::support::python::{python, python_has, script};
use crate::support::random_session::{evening, file_of};
use crate::support::recorded_session::RecordedSession;
use crate::support::sim_disk::SimDisk;

/// Writes random evenings as recordings.
fn write_evenings(root: &Path, count: u64) {
    for number in 0..count {
        let evening = evening(number * 31 + 7, 4, 12);
        let start: Time = evening.session.meta.session_start;
        let day = root.join(format!("2026-01-{:02}", number + 1));
        let (games, sessions) = (day.join("games"), day.join("sessions"));
        fs::create_dir_all(&games).unwrap();
        fs::create_dir_all(&sessions).unwrap();
        for game in &evening.games {
            let path = games.join(game_file_name(&game.id, game.start, 1));
            crate::support::files::overwrite(&path, &file_of(game).to_text().unwrap());
        }
        let path = sessions.join(session_file_name(None, start, 1));
        crate::support::files::overwrite(&path, &evening.session.to_text().unwrap());
    }
}

#[test]
fn an_independent_script_agrees_on_ten_sessions() {
    if !python_has(&["decimal"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    write_evenings(folder.path(), 10);
    let output = run(&["review", folder.path().to_str().unwrap(), "--json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let printed = folder.path().join("review.jsonl");
    crate::support::files::overwrite(&printed, &output.stdout);
    let checked = python()
        .arg(script("review.py"))
        .args([folder.path(), &printed])
        .output()
        .unwrap();
    let text = stdout(&checked);
    assert!(checked.status.success(), "{text}{}", stderr(&checked));
    assert_eq!(text.lines().count(), 10, "{text}");
}

#[test]
fn the_window_and_the_command_draw_the_same_luck() {
    let recorded = RecordedSession::new();
    // What was watched meanwhile was not risked: it is in neither.
    crate::library_open::watched(&recorded);
    let reviewer = SessionReviewer::start(Arc::new(|| {})).unwrap();
    assert!(reviewer.request(ReviewTask::Read {
        path: recorded.path.clone(),
        out: None,
    }));
    let window = until("the review", || match reviewer.next_event().unwrap()? {
        ReviewedEvent::Reviewed(session) => Some(session),
        other => panic!("{other:?}"),
    });
    let command = review_session(&RealDisk, &recorded.path, None)
        .unwrap()
        .unwrap();
    let ids = |timeline: &Timeline| -> Vec<GameId> {
        let games = timeline.games().map(|(id, _)| id.clone());
        games.collect()
    };
    assert_eq!(ids(&window.timeline), ids(&command.timeline));
    let luck = command.luck();
    assert!(luck.spread().is_some(), "something was risked");
    // All samples are compared, and not printed.
    assert!(
        window.luck == luck,
        "{} and {}",
        window.luck.luck(),
        luck.luck()
    );
}

/// The text has the result and the extremes of the trips that the JSON object of the session has, rounded half to even.
fn the_text_has_the_figures_of(session: &Value, text: &str) {
    let decimal = |value: &Value| number::parse(value.as_str().unwrap()).unwrap();
    let result = number::with_sign(decimal(&session["earned"]), 4);
    assert!(
        text.contains(&format!("  result        {result} SOL: ")),
        "{result}: {text}"
    );
    let depth = number::with_sign(-decimal(&session["fall"]), 4);
    assert!(
        text.contains(&format!("  max drawdown  {depth} from ")),
        "{depth}: {text}"
    );
    for trip in session["trips"].as_array().unwrap() {
        let percent = |extreme: &Value| {
            let share = decimal(&extreme["value"]) / decimal(&trip["cost"]);
            number::with_sign(share * Decimal::ONE_HUNDRED, 0) + " %"
        };
        let [worst, best] = [&trip["mae"], &trip["mfe"]].map(percent);
        let row = format!(" {worst:<8} {best:<8} ");
        assert!(text.contains(&row), "{row}: {text}");
    }
    assert!(
        !text.contains("-0 %") && !text.contains("-0.0000"),
        "{text}"
    );
}

#[test]
fn a_session_is_printed_as_text_and_as_json() {
    let recorded = RecordedSession::new();
    let what_if = ["--sell-later", "0", "--new-games", "300"];
    let output = run(&[&["review", recorded.path_text()][..], &what_if].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    for part in [
        "per trade",
        "trades won",
        "max drawdown",
        "by the odds",
        "what if: each sell 0 ticks later",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    assert!(
        text.lines().skip(1).all(|line| line.chars().count() <= 80),
        "{text}"
    );
    let output = run(&[&["review", recorded.path_text(), "--json"][..], &what_if].concat());
    let printed = stdout(&output);
    let first: Value = serde_json::from_str(printed.lines().next().unwrap()).unwrap();
    let trips = first["trips"].as_array().unwrap();
    assert!(!trips.is_empty());
    the_text_has_the_figures_of(&first, &text);
    for trip in trips.iter().filter(|trip| !trip["what_if_pnl"].is_null()) {
        assert_eq!(trip["what_if_pnl"], trip["pnl"]);
    }
    assert!(trips.iter().any(|trip| !trip["what_if_pnl"].is_null()));
    // The same exit on the new games: one trip of each game that had not rugged before the entry.
    let last: Value = serde_json::from_str(printed.lines().last().unwrap()).unwrap();
    let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/review.md"));
    assert!(!first["sidebets"].as_array().unwrap().is_empty());
    assert_keys_are_in(page, &first);
    assert_keys_are_in(page, &last);
    let fresh = &last["fresh_games"];
    let played = fresh["trips"].as_u64().unwrap();
    assert!((100..=300).contains(&played), "{fresh:#}");
    assert!(fresh["per_staked"]["value"].is_number(), "{fresh:#}");
    assert!(
        text.contains(&format!("on new games, {played} trips:")),
        "{text}"
    );
}

#[test]
fn a_session_whose_numbers_are_wrong_is_a_finding_and_wrong_use_ends_with_an_error() {
    let recorded = RecordedSession::new();
    let mut changed = recorded.json();
    changed["actions"][4]["balance_after"] = json!("0.5");
    recorded.put(&changed);
    let output = run(&["review", recorded.path_text()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).contains("`pianola replay` lists them"));
    // In a folder, a session that cannot be read is not left out in silence.
    let torn = recorded
        .path
        .with_file_name("20260101T000000_torn_session.json");
    crate::support::files::overwrite(&torn, b"{\"meta\":");
    let folder = recorded.path.ancestors().nth(3).unwrap();
    let output = run(&["review", folder.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    let text = stdout(&output) + &stderr(&output);
    assert!(text.contains("20260101T000000_torn_session.json"), "{text}");
    let empty = tempfile::tempdir().unwrap();
    let output = run(&["review", empty.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("there is no session in"),
        "{}",
        stderr(&output)
    );
    let game = recorded.path.parent().unwrap().join("../games");
    let game = fs::read_dir(game).unwrap().next().unwrap().unwrap().path();
    let output = run(&["review", game.to_str().unwrap()]);
    assert!(
        stderr(&output).contains("is a game, and no session"),
        "{}",
        stderr(&output)
    );
    let output = run(&["review", "x", "--sell-at", "2", "--sell-after", "3"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_day_that_cannot_be_listed_is_reported_and_the_others_are_reviewed() {
    let home = tempfile::tempdir().unwrap();
    write_evenings(home.path(), 1);
    let day = home.path().join("2025-12-31");
    fs::create_dir(&day).unwrap();
    fs::write(day.join("sessions"), "no folder").unwrap();
    let output = run(&["review", "--json", home.path().to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("2025-12-31"),
        "{}",
        stderr(&output)
    );
    assert!(stdout(&output).contains("\"trips\""), "{}", stdout(&output));
}

/// Without the files of the games nothing is wrong: they are named, what depends on them is a bound, and times are those of
/// the rows.
#[test]
fn a_session_without_its_games_names_them_and_no_wrong_number() {
    let recorded = RecordedSession::new();
    let games = recorded.path.parent().unwrap().parent().unwrap();
    fs::remove_dir_all(games.join("games")).unwrap();
    let output = run(&["review", recorded.path_text()]);
    let text = stdout(&output);
    assert_eq!(output.status.code(), Some(1), "{text}");
    for game in &recorded.games {
        let line = format!("  game missing  {}: no file of it was found", game.id);
        assert!(text.contains(&line), "{line}: {text}");
    }
    for (part, is_there) in [
        ("cannot be computed again", true),
        ("left out: 2 games whose file is missing", true),
        ("max drawdown  ≥-", true),
        ("wrong number", false),
        ("no odds known", false),
    ] {
        assert_eq!(text.contains(part), is_there, "{part}: {text}");
    }
    let json = stdout(&run(&["review", recorded.path_text(), "--json"]));
    let session: Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    let ids: Vec<_> = recorded.games.iter().map(|game| game.id.as_str()).collect();
    assert_eq!(session["missing_games"], json!(ids));
    assert_eq!(session["disagreements"], 0);
    assert_eq!(session["expected"]["unknown_versions"], json!([]));
    assert!(session["unchecked"].as_u64() > Some(0));
    let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/review.md"));
    assert_keys_are_in(page, &session);

    let reviewed = review_session(&RealDisk, &recorded.path, None).unwrap();
    let reviewed = reviewed.unwrap();
    let meta = &reviewed.timeline.session().unwrap().meta;
    let during = meta.session_start..=meta.session_end;
    for point in &reviewed.review.course.points {
        assert!(during.contains(&point.at), "{point:?} of {during:?}");
    }
}

#[test]
fn numbers_of_29_digits_are_shown_and_one_new_game_has_no_interval() {
    let recorded = RecordedSession::new();
    let mut session = recorded.json();
    session["meta"]["start_balance"] = json!("10000000000000000000000000000");
    recorded.put(&session);
    let root = recorded.folder.path().to_str().unwrap();
    for path in [recorded.path_text(), root] {
        let output = run(&["review", path]);
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        assert!(
            stdout(&output).contains("-9999999999999999999999999999.0000"),
            "{}",
            stdout(&output)
        );
    }
    let other = ["review", recorded.path_text(), "--sell-at", "2"];
    let text = stdout(&run(&[&other[..], &["--new-games", "1"]].concat()));
    assert!(text.contains("on new games, 1 trip:"), "{text}");
    assert!(text.contains("(likely – to –)"), "{text}");
    let many = [&other[..], &["--new-games", "1000000001"]].concat();
    let output = run(&many);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("at most 1,000,000,000 games"),
        "{}",
        stderr(&output)
    );
}

/// A closed day closes the folders in it: the day is what the player must open.
#[test]
fn a_day_that_cannot_be_read_is_named_and_not_the_folder_around_it() {
    let (root, disk) = (Path::new("/recordings"), SimDisk::new());
    let day = root.join("2026-12-01");
    disk.put(&day.join("games/20261201T000000_00000000.game.json"), b"{}");
    disk.put(&day.join("sessions/20261201T000000_x_session.json"), b"{}");
    for closed in [day.clone(), day.join("games"), day.join("sessions")] {
        disk.forbid(&closed);
    }
    let words = "cannot read /recordings/2026-12-01: ";
    let lab = whole_games(&disk, root, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(lab.to_string().starts_with(words), "{lab}");
    let review = session_files(&disk, root).unwrap();
    let [(_, why)] = &review.unlisted[..] else {
        panic!("{review:?}");
    };
    assert!(why.starts_with(words), "{why}");
    assert!(why.contains("make it readable"), "{why}");
}
