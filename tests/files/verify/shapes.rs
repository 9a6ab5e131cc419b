//! The shapes in which other programs write revealed games: keys, lists, damaged lines, tick-line recordings.

use pianola::fairness::ProofStatus;
use serde_json::{Value, json};

use super::rows::{ID, assert_outcome, entry, outcome, row};
use super::{lines_of, verdicts_of};

#[test]
fn the_keys_of_other_programs_are_understood() {
    let fair = |row: &mut Value, outer: &str, seed: &str, hash: &str| {
        let (s, h) = (row["serverSeed"].take(), row["serverSeedHash"].take());
        row[outer] = json!({ seed: s, hash: h });
    };
    let mut rows = vec![row(), entry()];
    for (outer, seed, hash) in [
        ("provablyFair", "serverSeed", "serverSeedHash"),
        ("provablyFair", "server_seed", "server_seed_hash"),
        ("provably_fair", "serverSeed", "serverSeedHash"),
        ("provably_fair", "server_seed", "server_seed_hash"),
    ] {
        let mut row = row();
        fair(&mut row, outer, seed, hash);
        rows.push(row);
    }
    for (old, new) in [
        ("id", "gameId"),
        ("id", "game_id"),
        ("serverSeed", "server_seed"),
        ("serverSeedHash", "server_seed_hash"),
        ("peakMultiplier", "peak_multiplier"),
        ("gameVersion", "game_version"),
        ("gameVersion", "version"),
    ] {
        let mut row = row();
        row[new] = row[old].take();
        rows.push(row);
    }
    // The number of a table's row beside the id of the game.
    let mut numbered = row();
    numbered["gameId"] = numbered["id"].take();
    numbered["id"] = json!(17);
    rows.push(numbered);
    for row in &rows {
        assert_outcome(row, ProofStatus::Proven, "");
    }
    // Two places that contradict each other.
    let mut two = entry();
    two["serverSeedHash"] = json!("00");
    let (status, words) = outcome(&two);
    assert_eq!(status, ProofStatus::Mismatch);
    assert!(words.starts_with("the seed has the hash a021bb"), "{words}");
    let mut two = entry();
    two["serverSeed"] = json!("abc");
    let verdicts = verdicts_of("a.jsonl", two.to_string().as_bytes());
    assert!(format!("{verdicts:?}").contains("two different seeds"));
}

#[test]
fn lists_are_lines_or_an_array_on_one_line_or_on_many() {
    let (a, b) = (row(), entry());
    let list = json!([a, b]);
    let history = json!({ "gameId": "x", "active": true, "gameHistory": list });
    let event = json!({ "ts": null, "event": "gameStateUpdate", "trace": {}, "data": history });
    let args = json!({ "ts": null, "event": "x", "args": [{}, { "game_history": list }] });
    let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
    for text in [
        format!("{a}\n{b}\n"),
        format!("\u{feff}{a}\r\n\r\n{b}"),
        list.to_string(),
        pretty(&list),
        format!("\n\n{}\n", pretty(&list)),
        format!("[{a}]\n[{b}]\n"),
        history.to_string(),
        pretty(&history),
        format!(
            "{}\n{event}\n{event}\n",
            json!({ "event": "connect", "data": null })
        ),
        args.to_string(),
    ] {
        for name in ["a.jsonl", "a.json", "a", "a.game.json", "a.txt"] {
            let verdicts = verdicts_of(name, text.as_bytes());
            let proven = verdicts.iter().filter(|verdict| {
                let checked = verdict.result.as_ref();
                checked.is_ok_and(|checked| checked.proof.status == ProofStatus::Proven)
            });
            assert_eq!(
                (proven.count(), verdicts.len()),
                (2, 2),
                "{name}: {text}\n{verdicts:?}"
            );
        }
    }
    let one = verdicts_of("a.json", pretty(&a).as_bytes());
    assert!(one[0].place.ends_with("a.json"), "{}", one[0].place);
    let second = verdicts_of("a.json", list.to_string().as_bytes());
    assert!(
        second[1].place.ends_with("a.json[1]"),
        "{}",
        second[1].place
    );
    let third = verdicts_of("a.jsonl", format!("{a}\n\n{b}\n").as_bytes());
    assert!(third[1].place.ends_with("a.jsonl:3"), "{}", third[1].place);
}

#[test]
fn a_damaged_row_costs_itself_only() {
    let row = row();
    for (text, good, bad) in [
        (format!("{row}\n{{\"id\":\n{row}"), 2, 1),
        (format!("{{\"id\":\n{row}\n{row}"), 2, 1),
        (format!("{row}\n7\n\"x\"\nnull\n{{}}\n{row}\n"), 2, 4),
        // The rows after the damage in an array cannot be separated.
        (format!("[\n{row},\n{row},\n{{oops}},\n{row}]"), 2, 1),
        (format!("[\n{row}\n] and more"), 1, 1),
        (format!("[\n{row},\n[{row}], {{}}, 7]"), 2, 2),
    ] {
        let verdicts = verdicts_of("a.jsonl", text.as_bytes());
        let proven = verdicts
            .iter()
            .filter(|verdict| verdict.result.is_ok())
            .count();
        assert_eq!(
            (proven, verdicts.len() - proven),
            (good, bad),
            "{text}\n{verdicts:?}"
        );
    }
}

#[test]
fn a_tick_line_recording_of_the_python_original_has_no_seed() {
    let line = |kind: &str, more: &str| {
        format!(r#"{{"type":"{kind}","timestamp":"2025-11-20T10:00:00","game_id":"{ID}"{more}}}"#)
    };
    let tick = |tick: u32, price: &str, rugged: bool| {
        line(
            "tick",
            &format!(
                r#","tick":{tick},"price":{price},"phase":"ACTIVE","active":true,"rugged":{rugged}"#
            ),
        )
    };
    let text = [
        line("game_start", ""),
        tick(0, "1.0", false),
        tick(1, "1.0078471564216662", false),
        tick(2, "0.02", true),
        line("game_end", ""),
    ]
    .join("\n");
    for name in ["a.jsonl", "a.txt"] {
        let (lines, code) = lines_of(name, text.as_bytes());
        assert_eq!(code, Some(0));
        assert_eq!(
            lines,
            [
                format!("unverifiable {ID} 3 1.0078471564216662 [nothing] [no seed]"),
                "1 game: 0 proven, 0 repaired, 0 mismatch, 1 unverifiable".to_owned()
            ]
        );
    }
}

#[test]
fn what_holds_no_game_says_what_it_is() {
    for (text, words) in [
        ("", "it is empty"),
        (" \n\n", "it is empty"),
        ("[]", "no game is in it"),
        ("{\"gameHistory\": []}", "no game is in it"),
        ("{}", "it names no game"),
        ("null", "it is no JSON object"),
        (
            "{\"id\": \"a\", \"serverSeed\": 7}",
            "serverSeed is no text",
        ),
        ("{\"id\": \"\"}", "it names no game"),
        ("{\"id\": \"a\", \"prices\": {}}", "prices is no list"),
        (
            "{\"meta\": {}, \"actions\": []}",
            "it is a session; `pianola replay` checks it",
        ),
        (
            "{\"date\": \"x\", \"games\": [], \"sessions\": []}",
            "it is the index of a day",
        ),
        (
            "{\"event\": \"connect\", \"data\": null}",
            "captured traffic without a gameHistory",
        ),
    ] {
        for name in ["a.jsonl", "a.game.json"] {
            let (lines, code) = lines_of(name, text.as_bytes());
            assert_eq!(code, Some(1), "{text}");
            assert!(
                lines[0].starts_with(&format!("unreadable {name} [")),
                "{lines:?}"
            );
            assert!(lines[0].contains(words), "{text}: {lines:?}");
            assert_eq!(
                lines[1],
                "0 games: 0 proven, 0 repaired, 0 mismatch, 0 unverifiable, 1 unreadable"
            );
        }
    }
}
