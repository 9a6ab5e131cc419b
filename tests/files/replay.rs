//! A session is replayed: every number of it is computed again, and every changed one is found.

use pianola::protocol::GameId;
use pianola::recording::{GameFile, Origin, SessionFile, order_words};
use pianola::replay::{Disagreement, ReplayReport, SessionPart, check, games_needed};
use serde_json::{Value, json};

use crate::support::digits::digits_changed;
use crate::support::process::{run, stderr, stdout};
use crate::support::recorded_session::{RecordedSession, check_value, names, rows};

#[test]
fn a_session_with_everything_that_can_happen_agrees_to_the_last_digit() {
    let recorded = RecordedSession::new();
    let session = recorded.json();
    let kinds: Vec<_> = rows(&session)
        .iter()
        .map(|row| row["action"].as_str().unwrap())
        .collect();
    for kind in [
        "BUY",
        "SELL",
        "SIDEBET_PLACE",
        "SIDEBET_WIN",
        "SIDEBET_LOSE",
        "LIQUIDATED",
    ] {
        assert!(kinds.contains(&kind), "{kind}");
    }
    let count = kinds.len();
    assert_eq!(
        recorded.check(&session),
        ReplayReport {
            actions: count,
            agree: count,
            disagreements: Vec::new()
        }
    );
    let output = run(&["replay", recorded.path_text()]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output), format!("{count} actions: {count} agree\n"));
    let output = run(&["replay", recorded.path_text(), "--json"]);
    let printed: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let expected = json!({ "actions": count, "agree": count, "disagreements": 0 });
    assert_eq!(printed, expected);
}

#[test]
fn any_changed_digit_of_a_row_is_found_and_named() {
    let recorded = RecordedSession::new();
    let session = recorded.json();
    let keys = [
        "balance_after",
        "position_qty_after",
        "entry_price",
        "qty",
        "price",
        "executed_price",
        "pnl",
        "amount",
        "sell_percent",
    ];
    let mut tried = 0;
    for (number, row) in rows(&session).iter().enumerate() {
        let seq = row["seq"].as_u64().unwrap();
        for key in keys {
            let Some(text) = row[key].as_str() else {
                continue;
            };
            for other in digits_changed(text) {
                let mut changed = session.clone();
                changed["actions"][number][key] = json!(other);
                let replayed = recorded.check(&changed);
                assert!(names(&replayed, seq), "{seq} {key}: {text} -> {other}");
                assert!(replayed.agree < replayed.actions);
                tried += 1;
            }
        }
        for key in ["tick", "executed_tick"] {
            let Some(tick) = row[key].as_u64() else {
                continue;
            };
            for other in [tick + 1, tick.saturating_sub(1)] {
                let mut changed = session.clone();
                changed["actions"][number][key] = json!(other);
                let right = other == tick;
                assert!(
                    right || names(&recorded.check(&changed), seq),
                    "{seq} {key}"
                );
            }
        }
    }
    assert!(tried > 1_000, "only {tried} changes");
}

#[test]
fn a_number_that_is_missing_or_too_much_is_found() {
    let recorded = RecordedSession::new();
    let session = recorded.json();
    for (number, row) in rows(&session).iter().enumerate() {
        let seq = row["seq"].as_u64().unwrap();
        for key in [
            "balance_after",
            "position_qty_after",
            "entry_price",
            "qty",
            "price",
            "executed_price",
            "executed_tick",
            "pnl",
            "amount",
            "sell_percent",
        ] {
            // The price of a result may be unknown at its time.
            let lost = row["action"] == "SIDEBET_LOSE" && key == "executed_price";
            if row["source"] == "server" && key == "price" || lost {
                continue;
            }
            let mut changed = session.clone();
            let other = if !row[key].is_null() {
                Value::Null
            } else if key == "executed_tick" {
                json!(7)
            } else {
                json!("0.5")
            };
            changed["actions"][number][key] = other;
            assert!(names(&recorded.check(&changed), seq), "{seq} {key}");
        }
    }
}

#[test]
fn absurd_numbers_disagree_and_nothing_panics() {
    let recorded = RecordedSession::new();
    let session = recorded.json();
    let absurd = [
        json!("79228162514264337593543950335"),
        json!("-79228162514264337593543950335"),
        json!("0.0000000000000000000000000001"),
        json!("0"),
    ];
    let keys = [
        "amount",
        "sell_percent",
        "price",
        "executed_price",
        "qty",
        "pnl",
    ];
    for (number, row) in rows(&session).iter().enumerate() {
        let seq = row["seq"].as_u64().unwrap();
        for key in keys.iter().filter(|key| row[**key].is_string()) {
            for value in absurd.iter().filter(|value| **value != row[*key]) {
                let mut changed = session.clone();
                changed["actions"][number][key] = value.clone();
                assert!(names(&recorded.check(&changed), seq), "{seq} {key} {value}");
            }
        }
        for key in ["tick", "executed_tick"] {
            let mut changed = session.clone();
            changed["actions"][number][key] = json!(u32::MAX);
            assert!(names(&recorded.check(&changed), seq), "{seq} {key}");
        }
    }
    for value in &absurd {
        for key in ["start_balance", "end_balance", "realised_pnl"] {
            let mut changed = session.clone();
            changed["meta"][key] = value.clone();
            assert!(!recorded.check(&changed).is_right(), "{key} {value}");
        }
        for key in ["local", "server", "diff"] {
            let mut changed = session.clone();
            changed["drifts"][0][key] = value.clone();
            assert!(!recorded.check(&changed).is_right(), "{key} {value}");
        }
        let mut changed = session.clone();
        changed["meta"]["start_lots"] = json!([{ "qty": value, "price": value }]);
        let right = value == "0" || value.as_str().unwrap().starts_with('-');
        // Lots of nothing are none.
        assert_eq!(recorded.check(&changed).is_right(), right, "{value}");
    }
}

#[test]
fn changed_digits_beside_the_rows_are_found() {
    let recorded = RecordedSession::new();
    let session = recorded.json();
    for key in ["start_balance", "end_balance", "realised_pnl"] {
        for other in digits_changed(session["meta"][key].as_str().unwrap()) {
            let mut changed = session.clone();
            changed["meta"][key] = json!(other);
            let found = recorded.check(&changed).disagreements;
            assert!(!found.is_empty(), "{key} {other}");
            if key != "start_balance" {
                assert_eq!((found[0].place, found[0].key), (SessionPart::Meta, key));
                assert_eq!(found.len(), 1);
            }
        }
    }
    let drifts = session["drifts"].as_array().unwrap();
    assert_eq!(drifts.len(), 3);
    for (number, drift) in drifts.iter().enumerate() {
        for key in ["local", "server", "diff"] {
            for other in digits_changed(drift[key].as_str().unwrap()) {
                let mut changed = session.clone();
                changed["drifts"][number][key] = json!(other);
                let found = recorded.check(&changed).disagreements;
                let named = |found: &Disagreement| matches!(found.place, SessionPart::Drift { number: n, .. } if n == number + 1);
                assert!(found.iter().any(named), "{number} {key} {other}");
            }
        }
        let mut removed = session.clone();
        removed["drifts"].as_array_mut().unwrap().remove(number);
        assert!(!recorded.check(&removed).is_right());
        for moved in [-1, 1] {
            let after = drift["after_seq"].as_i64().unwrap() + moved;
            let mut changed = session.clone();
            changed["drifts"][number]["after_seq"] = json!(after);
            assert!(!recorded.check(&changed).is_right(), "{number} {moved}");
        }
    }
    let mut changed = session;
    changed["meta"]["drift_count"] = json!(1);
    let found = recorded.check(&changed).disagreements;
    assert_eq!(
        (found[0].place, found[0].key),
        (SessionPart::Meta, "drift_count")
    );
}

#[test]
fn removed_doubled_and_swapped_rows_are_found() {
    let recorded = RecordedSession::new();
    let session = recorded.json();
    let count = rows(&session).len();
    for number in 0..count {
        let mut removed = session.clone();
        removed["actions"].as_array_mut().unwrap().remove(number);
        assert!(!recorded.check(&removed).is_right(), "without {number}");
        // It is found with new numbers, too, unless the row had no effect.
        for (row, seq) in removed["actions"]
            .as_array_mut()
            .unwrap()
            .iter_mut()
            .zip(1..)
        {
            row["seq"] = json!(seq);
        }
        for drift in removed["drifts"].as_array_mut().unwrap() {
            let after = drift["after_seq"].as_u64().unwrap();
            drift["after_seq"] = json!(after - u64::from(after > number as u64));
        }
        let done = rows(&session)[number]["status"] == "confirmed";
        assert_eq!(
            recorded.check(&removed).is_right(),
            !done,
            "without {number}"
        );

        let mut doubled = session.clone();
        let row = doubled["actions"][number].clone();
        let list = doubled["actions"].as_array_mut().unwrap();
        list.insert(number, row);
        assert!(!recorded.check(&doubled).is_right(), "{number} twice");
        if number + 1 < count {
            let mut swapped = session.clone();
            let list = swapped["actions"].as_array_mut().unwrap();
            list.swap(number, number + 1);
            assert!(!recorded.check(&swapped).is_right(), "{number} swapped");
        }
    }
}

#[test]
fn an_action_without_its_game_does_not_agree() {
    let recorded = RecordedSession::new();
    let session = recorded.json();
    let text = serde_json::to_vec(&session).unwrap();
    let file = SessionFile::parse(&text).unwrap();
    let away = &recorded.games[0].id;
    let there = &recorded.games[1..];
    let replayed = check_value(&session, there);
    let of_it = games_needed(&file)[away];
    assert_eq!(replayed.actions - replayed.agree, of_it);
    assert_eq!((replayed.wrong(), replayed.unchecked()), (0, of_it));
    assert!(
        replayed
            .disagreements
            .iter()
            .all(|found| found.key == "game_id")
    );

    // Another game's file under its name is none of it either.
    let other = GameFile::new(&recorded.games[1], Origin::Practice);
    let replayed = check(&file, &mut |_: &GameId| Ok(other.clone()));
    assert_eq!(replayed.actions - replayed.agree, of_it);
}

#[test]
fn the_words_of_an_order_say_its_number_again() {
    let recorded = RecordedSession::new();
    let text = std::fs::read(&recorded.path).unwrap();
    let file = SessionFile::parse(&text).unwrap();
    let words: Vec<_> = file.actions.iter().filter_map(order_words).collect();
    assert!(words.contains(&"buy 12.5 SOL".to_owned()), "{words:?}");
    assert!(words.contains(&"sell 10 %".to_owned()), "{words:?}");
    assert!(words.contains(&"sidebet 0.001 SOL".to_owned()), "{words:?}");
}
