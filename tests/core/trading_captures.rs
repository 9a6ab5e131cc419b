//! Own orders that were copied from a real player's browser, played through the trader.

use pianola::account::{ActionKind, ActionStatus};
use pianola::protocol::Request;
use pianola::trading::Agreement;
use serde_json::{Value, json};

use crate::support::captures;
use crate::support::decimal::d;
use crate::support::scripted_player::{self, GAME, ScriptedPlayer};

/// Returns the lines of a capture as written.
fn lines(name: &str) -> Option<Vec<Value>> {
    let text = std::fs::read_to_string(captures::path(name)?).unwrap();
    Some(
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

/// Plays a line: a server event arrives, an ack answers, a request of the player is pressed.
fn play(player: &mut ScriptedPlayer, line: &Value) {
    let name = line["event"].as_str().unwrap();
    let mut args: Vec<Value> = line.get("trace").cloned().into_iter().collect();
    args.push(line["data"].clone());
    match (name, line["dir"] == "sent") {
        ("(ack)", _) if line["data"].is_null() => {}
        ("(ack)", _) => player.ack(line["data"].clone()),
        ("ping", true) => {}
        (name, true) => {
            let wanted = Request::from_args(name, &args).unwrap();
            let amount = line["data"]["amount"].to_string();
            let sent = match wanted {
                Request::Buy { .. } => player.buy(&amount),
                Request::Sidebet { .. } => player.bet(&amount),
                other => panic!("{other:?}"),
            };
            // The request is the one that the real page sent.
            let sent = sent.expect("it is sent");
            assert_eq!(sent.to_args(None), [line["data"].clone()]);
            assert_eq!(sent.name(), name);
        }
        (name, false) => player.event(name, &args),
    }
}

/// T28: 0.002 in the presale, 0.002 at 1.4444769765026393, with the stale row in between.
#[test]
fn a_presale_buy_and_an_add_give_the_tokens_and_the_wallet_of_the_real_server() {
    let Some(lines) = lines("own-orders-transcribed.jsonl") else {
        return;
    };
    let bought =
        |line: &Value| line["data"]["gameId"] == GAME && line["event"] == "gameStatePlayerUpdate";
    let first = lines.iter().position(bought).unwrap();
    let scene = &lines[first..first + 6];
    assert_eq!(scene[1]["event"], "buyOrder");
    assert_eq!(scene[5]["event"], "(ack)");

    let mut player = ScriptedPlayer::at_server();
    player.presale(GAME);
    player.log_in("0.09903525", "0", "0");
    // The capture lacks the first of the two; it is pressed here like the second one.
    player.buy("0.002").expect("it is sent");
    player.update("0.09703525", "0.002", "1");
    player.ack(json!({ "success": true }));
    player.tick(GAME, 0, "1");
    player.tick(GAME, 16, "1.4444769765026393");
    for line in scene {
        play(&mut player, line);
    }

    let rows = player.rows();
    assert_eq!(rows.len(), 2);
    assert!(rows.iter().all(|row| row.status == ActionStatus::Confirmed));
    assert_eq!(
        (rows[0].executed_tick, rows[0].executed_price),
        (Some(0), Some(d("1")))
    );
    let add = &rows[1];
    assert_eq!(add.qty, Some(d("0.001384584")));
    assert_eq!(add.executed_tick, Some(16));
    assert_eq!(add.executed_price, Some(d("1.4444769765026393")));
    assert_eq!(add.balance_after, Some(d("0.09503525")));
    assert_eq!(add.position_qty_after, Some(d("0.003384584")));
    // docs/protocol.md rounds it to …055; the server has …845.
    assert_eq!(add.entry_price, Some(d("1.181829054")));
    assert!(add.acked_at > add.confirmed_at, "the answer came last");
    // A difference of 2.1e-7 in the average cost of 0.0034 tokens is no drift.
    let view = player.view();
    assert_eq!(view.verification.unwrap().agreement, Agreement::Ok);
    assert_eq!(player.drifts(), 0);
    assert!(view.pending.is_none());
}

/// T10: staked 0.001 at tick 7, won; the answer repeats the bet.
#[test]
fn a_sidebet_is_placed_and_won() {
    let Some(lines) = lines("own-orders-transcribed.jsonl") else {
        return;
    };
    let first = lines
        .iter()
        .position(|line| line["event"] == "requestSidebet")
        .unwrap();
    let scene = &lines[first..first + 4];
    let game = scene[1]["data"]["gameId"].as_str().unwrap();

    let mut player = ScriptedPlayer::at_server();
    player.tick(game, 7, "1.1");
    player.name("did:privy:player-0003");
    player.event(
        "playerUpdate",
        &[json!({ "cash": 0.5, "positionQty": 0, "avgCost": 0 })],
    );
    for line in scene {
        play(&mut player, line);
    }
    let actual: Vec<_> = player.short_rows();
    let confirmed = |kind, balance: &str| (kind, ActionStatus::Confirmed, balance.to_owned());
    let expected = [
        confirmed(ActionKind::SidebetPlace, "0.499"),
        confirmed(ActionKind::SidebetWin, "0.504"),
    ];
    assert_eq!(actual, expected);
    let rows = player.rows();
    assert_eq!(rows[0].executed_tick, Some(7));
    assert_eq!(
        (rows[1].amount, rows[1].pnl),
        (Some(d("0.005")), Some(d("0.004")))
    );
}

/// December 2025: placed in the presale, won at tick 28.
#[test]
fn a_sidebet_of_the_presale_counts_from_tick_0() {
    let Some(lines) = lines("own-orders-transcribed.jsonl") else {
        return;
    };
    let note = |line: &&Value| {
        line["event"] == "currentSidebet" && line["note"] == "placed in the presale"
    };
    let placed = lines.iter().find(note).unwrap();
    let game = placed["data"]["gameId"].as_str().unwrap();
    let won =
        |line: &&Value| line["event"] == "currentSidebetResult" && line["data"]["gameId"] == game;
    let won = lines.iter().find(won).unwrap();

    let mut player = ScriptedPlayer::at_server();
    player.presale(game);
    let wallet = json!({ "cash": 0.1, "positionQty": 0, "avgCost": 0 });
    player.event("playerUpdate", &[wallet]);
    player.name(placed["data"]["playerId"].as_str().unwrap());
    player.bet("0.001").expect("it is sent");
    play(&mut player, placed);
    player.ack(json!({ "success": true }));
    player.tick(game, 27, "1.5");
    play(&mut player, won);
    let rows = player.rows();
    assert_eq!(rows[0].executed_tick, Some(0));
    assert_eq!(rows[1].action, ActionKind::SidebetWin);
    assert_eq!(rows[1].executed_tick, Some(28));
    assert_eq!(rows[1].executed_price, Some(d("0.0196566440891481")));
    assert_eq!(rows[1].balance_after, Some(d("0.104")));
}

/// T28: rugged at tick 273 with 0.002273142 tokens and a running sidebet. The capture lacks the tick of the rug itself:
/// the won sidebet reports it.
#[test]
fn a_rug_pays_the_sidebet_and_sells_the_position() {
    let Some(lines) = lines("own-rug-transcribed.jsonl") else {
        return;
    };
    let game = lines[0]["data"]["gameId"].as_str().unwrap().to_owned();
    let mut player = ScriptedPlayer::at_server();
    player.tick(&game, 271, "0.73");
    let bet = json!({ "sideBet": {
        "startedAtTick": 264, "gameId": game, "end": 304, "betAmount": 0.001, "xPayout": 5,
    }});
    player.update_with("0.1", "0.002273142", "0.879838878", &bet);
    player.name(scripted_player::PLAYER);
    assert_eq!(player.view().sidebet().map(|bet| bet.end_tick()), Some(304));
    for line in &lines {
        play(&mut player, line);
    }
    let rows = player.rows();
    let kinds: Vec<_> = rows.iter().map(|row| row.action).collect();
    assert_eq!(kinds, [ActionKind::SidebetWin, ActionKind::Liquidated]);
    assert_eq!(rows[0].balance_after, Some(d("0.105")));
    let sold = &rows[1];
    assert_eq!(
        (sold.executed_tick, sold.qty),
        (Some(273), Some(d("0.002273142")))
    );
    assert_eq!(sold.amount, Some(d("0.000021027")));
    assert_eq!(sold.balance_after, Some(d("0.105021027")));
    assert_eq!(
        (sold.position_qty_after, sold.entry_price),
        (Some(d("0")), None)
    );
    // The server's row at the end: -0.001978972 of the trades (0.002 were paid), +0.003 of the bets.
    let earned = sold.amount.unwrap() - d("0.002");
    assert!(
        (earned - d("-0.001978972")).abs() <= d("0.000000002"),
        "{earned}"
    );
}
