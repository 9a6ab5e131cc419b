//! Results of a session: the game decides them, whichever program wrote them down.

use pianola::account::{ActionKind, ActionStatus, DriftField, SessionEvent};
use pianola::protocol::GameId;
use pianola::recording::{GameFile, Origin, SessionFile};
use pianola::replay::{SessionPart, check};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::decimal::d;
use crate::support::recorded_session::{check_value, names, record};
use crate::support::session_facts::{SessionBuilder, a_long_and_another_game};

#[test]
fn a_result_that_is_not_the_games_is_found() {
    let games = a_long_and_another_game();
    let long = &games[0];
    let rug = long.rug_tick.unwrap();
    for (tick, right) in [
        (2, ActionKind::SidebetLose),
        (rug - 9, ActionKind::SidebetWin),
    ] {
        let mut player = SessionBuilder::begin(long.start, "x", "1");
        player.sidebet(long, tick, "0.01");
        player.sidebet_ends(long);
        let folder = tempfile::tempdir().unwrap();
        let path = record(folder.path(), &games, player.end());
        let mut session: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
        assert!(check_value(&session, &games).is_right());
        let row = &mut session["actions"][1];
        assert_eq!(row["action"], right.as_str());
        // The other outcome with all its own numbers.
        let (wrong, amount, balance, pnl) = if right == ActionKind::SidebetLose {
            ("SIDEBET_WIN", "0.05", "1.04", "0.04")
        } else {
            ("SIDEBET_LOSE", "0.01", "0.99", "-0.01")
        };
        row["action"] = json!(wrong);
        row["amount"] = json!(amount);
        row["balance_after"] = json!(balance);
        row["pnl"] = json!(pnl);
        session["meta"]["end_balance"] = json!(balance);
        session["meta"]["realised_pnl"] = json!(pnl);
        let found = check_value(&session, &games).disagreements;
        assert!(found.iter().any(|found| found.key == "action"), "{found:?}");
        assert!(
            found
                .iter()
                .all(|found| matches!(found.place, SessionPart::Action { seq: 2, .. }))
        );
    }
}

/// A session that was made to end with an open position although the game rugged.
#[test]
fn a_position_that_the_rug_must_have_sold_is_missed() {
    let games = a_long_and_another_game();
    let mut player = SessionBuilder::begin(games[0].start, "x", "1");
    player.buy(&games[0], 3, "0.01");
    player.now = games[0].end.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = record(folder.path(), &games, player.end());
    let mut session: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let found = check_value(&session, &games).disagreements;
    assert_eq!((found.len(), found[0].place), (1, SessionPart::Meta));
    assert!(found[0].computed.contains("a position"), "{found:?}");
    // A session that ended before the rug still had the position.
    session["meta"]["session_end"] = json!(games[0].start);
    assert!(check_value(&session, &games).is_right());
    // And the next game begins without it.
    let mut player = SessionBuilder::begin(games[0].start, "x", "1");
    player.buy(&games[0], 3, "0.01");
    player.buy(&games[1], 3, "0.01");
    let folder = tempfile::tempdir().unwrap();
    let path = record(folder.path(), &games, player.end());
    let session = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let replayed = check_value(&session, &games);
    let found = &replayed.disagreements[0];
    assert!(matches!(
        found.place,
        SessionPart::Action {
            seq: 2,
            kind: ActionKind::Buy,
            ..
        }
    ));
    assert!(found.computed.contains(games[0].id.as_str()), "{found}");
}

#[test]
fn a_rug_without_a_price_sells_for_nothing() {
    let mut games = a_long_and_another_game();
    let mut player = SessionBuilder::begin(games[1].start, "x", "1");
    player.buy(&games[1], 3, "0.01");
    player.rugged(&games[1]);
    let folder = tempfile::tempdir().unwrap();
    let path = record(folder.path(), &games, player.end());
    let mut session: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert!(check_value(&session, &games).is_right());

    let game = games.remove(1);
    let lose = |file: &mut GameFile| {
        *file.prices.last_mut().unwrap() = None;
        file.meta.complete = false;
    };
    let check_unknown = |session: &Value| {
        let text = serde_json::to_vec(session).unwrap();
        check(&SessionFile::parse(&text).unwrap(), &mut |_: &GameId| {
            let mut file = GameFile::new(&game, Origin::Practice);
            lose(&mut file);
            Ok(file)
        })
    };
    assert!(names(&check_unknown(&session), 2));
    let row = &mut session["actions"][1];
    row["price"] = Value::Null;
    row["executed_price"] = Value::Null;
    row["amount"] = json!("0");
    row["balance_after"] = json!("0.99");
    row["pnl"] = json!("-0.01");
    session["meta"]["end_balance"] = json!("0.99");
    session["meta"]["realised_pnl"] = json!("-0.01");
    assert_eq!(check_unknown(&session).disagreements, []);
    assert!(!check_value(&session, std::slice::from_ref(&game)).is_right());
}

/// The server takes the whole position away, and the program ends while a sell of it has no answer yet.
#[test]
fn an_order_without_an_answer_after_a_drift_to_nothing_holds_nothing() {
    let games = a_long_and_another_game();
    let mut player = SessionBuilder::begin(games[0].start, "x", "1");
    player.buy(&games[0], 3, "0.01");
    player.drift(&games[0], 5, &[(DriftField::Position, "0")]);
    player.verified(1, 1);
    player.unanswered_sell(&games[0], 8, "50");
    let mut facts = player.end();
    for fact in &mut facts {
        if let SessionEvent::Action { action, .. } = fact
            && action.status == ActionStatus::Unknown
        {
            (action.seq, action.status) = (0, ActionStatus::Pending);
            (action.balance_after, action.position_qty_after) = (None, None);
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = record(folder.path(), &games, facts);
    let session = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(check_value(&session, &games).disagreements, []);
    assert_eq!(session["actions"][1]["entry_price"], Value::Null);
}

/// A position held at the start and corrected by the server is sold with its corrected size.
#[test]
fn the_position_at_the_start_is_replayed_too() {
    let games = a_long_and_another_game();
    let mut player = SessionBuilder::begin(games[0].start, "x", "1");
    let server_values = [
        (DriftField::Position, "0.02"),
        (DriftField::EntryPrice, "0.5"),
    ];
    player.drift(&games[0], 1, &server_values);
    player.verified(1, 1);
    player.sell(&games[0], 4, "50");
    let folder = tempfile::tempdir().unwrap();
    let path = record(folder.path(), &games, player.end());
    let session = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    assert_eq!(check_value(&session, &games).disagreements, []);
    let file = SessionFile::parse(&serde_json::to_vec(&session).unwrap()).unwrap();
    assert_eq!(file.actions[0].entry_price, Some(d("0.5")));
    assert_ne!(file.meta.realised_pnl, Decimal::ZERO);
}
