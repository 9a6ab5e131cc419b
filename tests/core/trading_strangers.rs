//! Messages of a hostile or hasty server: sidebets and wallets of other players, impossible numbers.

use pianola::account::ActionKind;
use pianola::game::Anomaly;
use pianola::trading::Order;
use serde_json::json;

use crate::support::decimal::d;
use crate::support::scripted_player::{self, GAME, PLAYER, ScriptedPlayer};

/// Sidebets of other players and their results are ignored; so is a result without an outcome.
#[test]
fn sidebets_of_other_players_are_ignored() {
    let mut scripted = ScriptedPlayer::at_server();
    scripted.presale(GAME);
    scripted.log_in("1", "0", "0");
    scripted.tick(GAME, 7, "1.1");
    scripted
        .press(Order::Sidebet { stake: d("0.01") })
        .expect("it is sent");
    let bet = |player: &str, stake: f64| {
        json!({
            "playerId": player, "gameId": GAME, "startTick": 7, "endTick": 47, "tickIndex": 7, "betAmount": stake,
            "type": "placed",
        })
    };
    scripted.event("currentSidebet", &[bet("did:privy:another", 0.01)]);
    scripted.event("currentSidebet", &[bet(PLAYER, 3.5)]);
    assert!(scripted.view().sidebet().is_none());
    scripted.event("currentSidebet", &[bet(PLAYER, 0.01)]);
    assert_eq!(scripted.view().sidebet().map(|bet| bet.start_tick), Some(7));

    let mut result = bet("did:privy:another", 0.01);
    result["type"] = json!("payout");
    result["payout"] = json!(0);
    scripted.event("currentSidebetResult", &[result.clone()]);
    result["playerId"] = json!(PLAYER);
    result["payout"] = json!("0.05");
    scripted.event("currentSidebetResult", &[result.clone()]);
    assert!(scripted.view().sidebet().is_some(), "it runs on");
    result["payout"] = json!(0.05);
    scripted.event("currentSidebetResult", &[result]);
    assert!(scripted.view().sidebet().is_none());
    assert_eq!(scripted.view().held().expect("a wallet").balance, d("1.04"));
}

/// The real server sends the wallet before the name: another player's wallet waits until that player is named.
#[test]
fn the_wallet_of_another_player_is_never_compared_with_ours() {
    let mut scripted = ScriptedPlayer::at_server();
    scripted.presale(GAME);
    scripted.log_in("1", "0", "0");
    scripted.event(
        "playerUpdate",
        &[json!({ "id": "did:privy:b", "cash": 7.5, "positionQty": 0, "avgCost": 0 })],
    );
    assert_eq!(scripted.view().held().expect("a wallet").balance, d("1"));
    scripted.name("did:privy:b");
    assert_eq!(scripted.sessions.len(), 2);
    assert_eq!(scripted.session().start_balance, d("7.5"));
    assert!(
        scripted
            .sessions
            .iter()
            .all(|session| session.drift_count == 0)
    );
}

/// An order pressed at the end of a game and executed in the next one is a row of the next one.
#[test]
fn an_order_follows_its_trade_into_the_next_game() {
    let next = "20251228-0000000000000001";
    let mut scripted = ScriptedPlayer::at_server();
    scripted.presale(GAME);
    scripted.log_in("1", "0", "0");
    scripted.tick(GAME, 9, "1.25");
    scripted
        .press(Order::Buy { amount: d("0.1") })
        .expect("it is sent");
    scripted.rug(GAME, 10, "0.01");
    scripted.presale(next);
    scripted.tick(next, 0, "1");
    scripted.tick(next, 3, "1.25");
    let trade = json!({
        "id": "t", "gameId": next, "playerId": PLAYER, "type": "buy", "qty": 0.08, "amount": 0.1, "price": 1.25,
        "tickIndex": 3,
    });
    scripted.event("standard/newTrade", &[trade]);
    scripted.update("0.9", "0.08", "1.25");
    scripted.ack(json!({ "success": true }));
    scripted.rug(next, 4, "0.01");
    let rows = scripted.rows();
    let games: Vec<_> = rows
        .iter()
        .map(|row| (row.game_id.as_str(), row.executed_tick))
        .collect();
    assert_eq!(games, [(next, Some(3)), (next, Some(4))]);
    assert_eq!(scripted.drifts(), 0);
}

/// The same for a sidebet, reported by an event or by the answer: its window is in the next game.
#[test]
fn a_sidebet_follows_its_placement_into_the_next_game() {
    let next = "20251228-0000000000000001";
    let bet = json!({
        "playerId": PLAYER, "gameId": next, "startTick": 33, "endTick": 73, "tickIndex": 33, "betAmount": 0.01,
        "price": 1.25, "type": "placed",
    });
    for by_answer in [false, true] {
        let mut scripted = ScriptedPlayer::at_server();
        scripted.presale(GAME);
        scripted.log_in("1", "0", "0");
        scripted.bet("0.01").expect("it is sent");
        scripted.tick(GAME, 0, "1");
        scripted.rug(GAME, 5, "0.01");
        scripted.presale(next);
        for tick in 0..=33 {
            scripted.tick(next, tick, if tick == 0 { "1" } else { "1.25" });
        }
        if !by_answer {
            scripted.event("currentSidebet", std::slice::from_ref(&bet));
        }
        scripted.ack(json!({ "success": true, "sidebet": bet.clone() }));
        scripted.update("0.99", "0", "0");
        scripted.rug(next, 40, "0.01");
        let rows = scripted.rows();
        let actual: Vec<_> = rows
            .iter()
            .map(|row| (row.game_id.as_str(), row.action, row.executed_tick))
            .collect();
        let (placed, won) = (ActionKind::SidebetPlace, ActionKind::SidebetWin);
        let expected = [(next, placed, Some(33)), (next, won, Some(40))];
        assert_eq!(actual, expected, "by its answer: {by_answer}");
        assert_eq!(rows[0].executed_price, Some(d("1.25")));
        assert_eq!(scripted.drifts(), 0);
    }
}

/// A stale update with the unchanged wallet says nothing about the order: its answer alone books nothing.
#[test]
fn an_answer_and_a_stale_wallet_do_not_book_an_order() {
    let mut scripted = ScriptedPlayer::at_server();
    scripted.presale(GAME);
    scripted.log_in("1", "0", "0");
    scripted.tick(GAME, 7, "1.25");
    scripted
        .press(Order::Buy { amount: d("0.1") })
        .expect("it is sent");
    scripted.update("1", "0", "0");
    scripted.tick(GAME, 8, "1.3");
    scripted.ack(json!({ "success": true }));
    assert!(scripted.view().pending.is_some());
    scripted.update("0.9", "0.08", "1.25");
    let row = &scripted.rows()[0];
    assert_eq!((row.executed_tick, row.qty), (Some(7), Some(d("0.08"))));
    assert_eq!(scripted.drifts(), 0);
}

/// Impossible numbers are ignored, and long texts are cut.
#[test]
fn absurd_numbers_and_endless_texts_do_no_harm() {
    let mut scripted = ScriptedPlayer::at_server();
    scripted.presale(GAME);
    scripted.log_in("1", "0", "0");
    scripted.tick(GAME, 7, "1.25");
    for _ in 0..50 {
        scripted.update("1", "1e20", "1e15");
    }
    assert!(scripted.session().drifts().is_empty());
    scripted
        .press(Order::Sidebet { stake: d("0.01") })
        .expect("it is sent");
    let absurd = json!({ "playerId": PLAYER, "gameId": GAME, "startTick": 4_294_967_295_u32, "type": "placed" });
    scripted.event("currentSidebet", &[absurd]);
    assert!(scripted.view().sidebet().is_none());
    scripted.ack(json!({ "success": false, "message": "no ".repeat(1_000_000) }));
    let reason = scripted.rows()[0].reason.clone().expect("a reason");
    assert!(reason.len() < 400, "{}", reason.len());
}

/// Nothing is sent on a connection that is not confirmed to be a practice table.
#[test]
fn an_order_is_sent_only_to_a_practice_table() {
    let mut scripted = ScriptedPlayer::at_server();
    scripted.presale(GAME);
    scripted.log_in("1", "0", "0");
    scripted.tick(GAME, 7, "1.25");
    let up = |generation| pianola::feed::FeedMessage {
        generation,
        at: scripted_player::start(),
        arrived: std::time::Instant::now(),
        event: pianola::feed::FeedEvent::Up,
    };
    scripted.core.message(&up(2));
    let order = Order::Buy { amount: d("0.1") };
    assert_eq!(scripted.press(order), None);
    let reason = scripted.rows()[0].reason.clone().expect("a reason");
    assert!(
        reason.contains("Not logged in on this connection"),
        "{reason}"
    );
    scripted.core.login_written();
    assert!(scripted.press(order).is_some());
}

/// A cut text of any message is counted with the current game.
#[test]
fn a_long_name_is_cut_and_counted_with_the_game() {
    let mut scripted = ScriptedPlayer::at_server();
    scripted.presale(GAME);
    let name = json!({ "id": PLAYER, "hasUsername": true, "username": "é".repeat(65) });
    scripted.event("usernameStatus", std::slice::from_ref(&name));
    scripted.tick(GAME, 0, "1");
    scripted.event("usernameStatus", std::slice::from_ref(&name));
    let game = scripted.core.board().current().expect("a game");
    assert_eq!(game.anomalies, [(Anomaly::FieldTooLong, 2)].into());
}
