//! `pianola replay`: what it prints, how it ends, where it looks for games.

use std::path::{Path, PathBuf};

use pianola::recording::game_file_name;
use serde_json::{Value, json};

use crate::support::files::overwrite;
use crate::support::process::{run, stderr, stdout};
use crate::support::recorded_session::{RecordedSession, rows};

#[test]
fn the_command_ends_with_1_names_the_differences_and_writes_nothing() {
    let recorded = RecordedSession::new();
    let session = recorded.json();
    let mut changed = session.clone();
    changed["actions"][4]["balance_after"] = json!("0.5");
    recorded.put(&changed);
    let before = tree(recorded.folder.path());
    let output = run(&["replay", recorded.path_text()]);
    assert_eq!(output.status.code(), Some(1));
    let output_text = stdout(&output);
    let lines: Vec<_> = output_text.lines().collect();
    let count = rows(&session).len();
    assert_eq!(lines.len(), 2, "{output_text}");
    let real = session["actions"][4]["balance_after"].as_str().unwrap();
    let line = format!("action 5 SELL balance_after: recorded 0.5, computed {real}");
    assert_eq!(lines[0], line);
    assert_eq!(lines[1], format!("{count} actions: {} agree", count - 1));

    let output = run(&["replay", recorded.path_text(), "--json"]);
    assert_eq!(output.status.code(), Some(1));
    let found: Value = serde_json::from_str(stdout(&output).lines().next().unwrap()).unwrap();
    let expected = json!({ "seq": 5, "action": "SELL", "key": "balance_after", "recorded": "0.5", "computed": real });
    assert_eq!(found, expected);
    assert_eq!(tree(recorded.folder.path()), before);
}

/// Every file with its content.
fn tree(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(tree(&path));
        } else {
            files.push((path.clone(), std::fs::read(path).unwrap()));
        }
    }
    files.sort();
    files
}

#[test]
fn games_are_looked_for_beside_it_in_other_days_and_where_out_says() {
    let recorded = RecordedSession::new();
    let game = &recorded.games[1];
    let name = game_file_name(&game.id, game.start, 1);
    let day = recorded.path.parent().unwrap().parent().unwrap();
    let beside = day.join("games").join(&name);
    assert!(beside.is_file());
    let session = recorded.path_text();
    let agrees = |args: &[&str]| {
        let mut all = vec!["replay", session];
        all.extend_from_slice(args);
        run(&all).status.code() == Some(0)
    };
    assert!(agrees(&[]));
    let elsewhere = recorded.folder.path().join("2020-02-03/games");
    std::fs::create_dir_all(&elsewhere).unwrap();
    std::fs::rename(&beside, elsewhere.join(&name)).unwrap();
    assert!(agrees(&[]), "in another day");
    let outer = tempfile::tempdir().unwrap();
    let out = outer.path().join("2020-02-03/games");
    std::fs::create_dir_all(&out).unwrap();
    std::fs::copy(elsewhere.join(&name), out.join(&name)).unwrap();
    std::fs::remove_file(elsewhere.join(&name)).unwrap();
    assert!(!agrees(&[]));
    assert!(
        agrees(&["--out", outer.path().to_str().unwrap()]),
        "a folder of recordings"
    );
    assert!(
        agrees(&["--out", out.to_str().unwrap()]),
        "a folder of games"
    );
    // A damaged file beside it is reported; an intact one elsewhere still counts.
    overwrite(&beside, b"{");
    assert!(agrees(&["--out", out.to_str().unwrap()]));
    let output_text = stdout(&run(&["replay", recorded.path_text()]));
    assert!(output_text.contains("EOF while parsing"), "{output_text}");
}

#[test]
fn a_file_that_is_no_session_ends_with_1_and_moves_no_cursor() {
    let recorded = RecordedSession::new();
    let good = recorded.json();
    let mut newer = good.clone();
    newer["meta"]["format"] = json!(2);
    let mut strange = good.clone();
    strange["meta"]["origin"] = json!("\u{1b}[2Jnowhere");
    for (content, hint) in [
        (b"".to_vec(), "it is empty"),
        (b"{\"meta\": 1}".to_vec(), "invalid type"),
        (serde_json::to_vec(&newer).unwrap(), "format 2 is newer"),
        (serde_json::to_vec(&strange).unwrap(), "nowhere"),
    ] {
        overwrite(&recorded.path, &content);
        let output = run(&["replay", recorded.path_text()]);
        assert_eq!(output.status.code(), Some(1));
        assert!(output.stdout.is_empty());
        let said = stderr(&output);
        assert!(said.contains(hint) && !said.contains('\u{1b}'), "{said}");
        assert!(said.contains("_session.json"), "{said}");
    }
    let mut evil = good;
    evil["actions"][3]["reason"] = json!("\u{1b}[2J");
    recorded.put(&evil);
    let output = run(&["replay", recorded.path_text()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(!stdout(&output).contains('\u{1b}'), "{}", stdout(&output));
    let nowhere = run(&["replay", "/nowhere/session.json"]);
    assert_eq!(nowhere.status.code(), Some(1));
    assert_eq!(run(&["replay"]).status.code(), Some(2));
}
