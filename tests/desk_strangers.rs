//! What a hostile or hasty server tells: bets of others, wallets of others, numbers that cannot be.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/sitting.rs"]
mod sitting;

use pianola::account::ActionKind;
use pianola::game::Anomaly;
use pianola::trading::Order;
use serde_json::json;
use sitting::{GAME, PLAYER, Sitting, d};

/// What strangers bet, and how that ends, is not ours; neither is a result that does not say how it ended.
#[test]
fn the_sidebets_of_others_are_not_ours() {
    let mut sitting = Sitting::at_server();
    sitting.presale(GAME);
    sitting.log_in("1", "0", "0");
    sitting.tick(GAME, 7, "1.1");
    sitting
        .press(Order::Sidebet { stake: d("0.01") })
        .expect("it is sent");
    let bet = |player: &str, stake: f64| {
        json!({
            "playerId": player, "gameId": GAME, "startTick": 7, "endTick": 47, "tickIndex": 7, "betAmount": stake,
            "type": "placed",
        })
    };
    sitting.event("currentSidebet", &[bet("did:privy:somebody", 0.01)]);
    sitting.event("currentSidebet", &[bet(PLAYER, 3.5)]);
    assert!(sitting.view().sidebet().is_none());
    sitting.event("currentSidebet", &[bet(PLAYER, 0.01)]);
    assert_eq!(sitting.view().sidebet().map(|bet| bet.start_tick), Some(7));

    let mut result = bet("did:privy:somebody", 0.01);
    result["type"] = json!("payout");
    result["payout"] = json!(0);
    sitting.event("currentSidebetResult", &[result.clone()]);
    result["playerId"] = json!(PLAYER);
    result["payout"] = json!("0.05");
    sitting.event("currentSidebetResult", &[result.clone()]);
    assert!(sitting.view().sidebet().is_some(), "it runs on");
    result["payout"] = json!(0.05);
    sitting.event("currentSidebetResult", &[result]);
    assert!(sitting.view().sidebet().is_none());
    assert_eq!(sitting.view().held().expect("a wallet").balance, d("1.04"));
}

/// The real server tells the wallet before the name: that of another player is held until he is named.
#[test]
fn the_wallet_of_another_player_is_never_compared_with_ours() {
    let mut sitting = Sitting::at_server();
    sitting.presale(GAME);
    sitting.log_in("1", "0", "0");
    sitting.event(
        "playerUpdate",
        &[json!({ "id": "did:privy:b", "cash": 7.5, "positionQty": 0, "avgCost": 0 })],
    );
    assert_eq!(sitting.view().held().expect("a wallet").balance, d("1"));
    sitting.name("did:privy:b");
    assert_eq!(sitting.sessions.len(), 2);
    assert_eq!(sitting.session().start_balance, d("7.5"));
    assert!(
        sitting
            .sessions
            .iter()
            .all(|session| session.drift_count == 0)
    );
}

/// An order pressed at the end of a game and executed in the next one is a row of the next one.
#[test]
fn an_order_follows_its_trade_into_the_next_game() {
    let next = "20251228-0000000000000001";
    let mut sitting = Sitting::at_server();
    sitting.presale(GAME);
    sitting.log_in("1", "0", "0");
    sitting.tick(GAME, 9, "1.25");
    sitting
        .press(Order::Buy { amount: d("0.1") })
        .expect("it is sent");
    sitting.rug(GAME, 10, "0.01");
    sitting.presale(next);
    sitting.tick(next, 0, "1");
    sitting.tick(next, 3, "1.25");
    let trade = json!({
        "id": "t", "gameId": next, "playerId": PLAYER, "type": "buy", "qty": 0.08, "amount": 0.1, "price": 1.25,
        "tickIndex": 3,
    });
    sitting.event("standard/newTrade", &[trade]);
    sitting.update("0.9", "0.08", "1.25");
    sitting.ack(json!({ "success": true }));
    sitting.rug(next, 4, "0.01");
    let rows = sitting.rows();
    let games: Vec<_> = rows
        .iter()
        .map(|row| (row.game_id.as_str(), row.executed_tick))
        .collect();
    assert_eq!(games, [(next, Some(3)), (next, Some(4))]);
    assert_eq!(sitting.drifts(), 0);
}

/// The same of a sidebet, whether the server's news or its answer tells it: its window is one of the next game.
#[test]
fn a_sidebet_follows_its_placement_into_the_next_game() {
    let next = "20251228-0000000000000001";
    let bet = json!({
        "playerId": PLAYER, "gameId": next, "startTick": 33, "endTick": 73, "tickIndex": 33, "betAmount": 0.01,
        "price": 1.25, "type": "placed",
    });
    for by_answer in [false, true] {
        let mut sitting = Sitting::at_server();
        sitting.presale(GAME);
        sitting.log_in("1", "0", "0");
        sitting.bet("0.01").expect("it is sent");
        sitting.tick(GAME, 0, "1");
        sitting.rug(GAME, 5, "0.01");
        sitting.presale(next);
        for tick in 0..=33 {
            sitting.tick(next, tick, if tick == 0 { "1" } else { "1.25" });
        }
        if !by_answer {
            sitting.event("currentSidebet", std::slice::from_ref(&bet));
        }
        sitting.ack(json!({ "success": true, "sidebet": bet.clone() }));
        sitting.update("0.99", "0", "0");
        sitting.rug(next, 40, "0.01");
        let rows = sitting.rows();
        let told: Vec<_> = rows
            .iter()
            .map(|row| (row.game_id.as_str(), row.action, row.executed_tick))
            .collect();
        let (placed, won) = (ActionKind::SidebetPlace, ActionKind::SidebetWin);
        let expected = [(next, placed, Some(33)), (next, won, Some(40))];
        assert_eq!(told, expected, "by its answer: {by_answer}");
        assert_eq!(rows[0].executed_price, Some(d("1.25")));
        assert_eq!(sitting.drifts(), 0);
    }
}

/// A stale update that shows the unchanged wallet is no news of the order: its answer alone books nothing.
#[test]
fn an_answer_and_a_stale_wallet_do_not_book_an_order() {
    let mut sitting = Sitting::at_server();
    sitting.presale(GAME);
    sitting.log_in("1", "0", "0");
    sitting.tick(GAME, 7, "1.25");
    sitting
        .press(Order::Buy { amount: d("0.1") })
        .expect("it is sent");
    sitting.update("1", "0", "0");
    sitting.tick(GAME, 8, "1.3");
    sitting.ack(json!({ "success": true }));
    assert!(sitting.view().pending.is_some());
    sitting.update("0.9", "0.08", "1.25");
    let row = &sitting.rows()[0];
    assert_eq!((row.executed_tick, row.qty), (Some(7), Some(d("0.08"))));
    assert_eq!(sitting.drifts(), 0);
}

/// Numbers and texts that cannot be are passed over or cut.
#[test]
fn absurd_numbers_and_endless_texts_do_no_harm() {
    let mut sitting = Sitting::at_server();
    sitting.presale(GAME);
    sitting.log_in("1", "0", "0");
    sitting.tick(GAME, 7, "1.25");
    for _ in 0..50 {
        sitting.update("1", "1e20", "1e15");
    }
    assert!(sitting.session().drifts().is_empty());
    sitting
        .press(Order::Sidebet { stake: d("0.01") })
        .expect("it is sent");
    let absurd = json!({ "playerId": PLAYER, "gameId": GAME, "startTick": 4_294_967_295_u32, "type": "placed" });
    sitting.event("currentSidebet", &[absurd]);
    assert!(sitting.view().sidebet().is_none());
    sitting.ack(json!({ "success": false, "message": "no ".repeat(1_000_000) }));
    let reason = sitting.rows()[0].reason.clone().expect("a reason");
    assert!(reason.len() < 400, "{}", reason.len());
}

/// On a connection that was not found to be a table of ours nothing is sent.
#[test]
fn an_order_leaves_only_at_a_table_of_ours() {
    let mut sitting = Sitting::at_server();
    sitting.presale(GAME);
    sitting.log_in("1", "0", "0");
    sitting.tick(GAME, 7, "1.25");
    let up = |generation| pianola::feed::FeedMessage {
        generation,
        at: sitting::start(),
        arrived: std::time::Instant::now(),
        event: pianola::feed::FeedEvent::Up,
    };
    sitting.core.message(up(2));
    let order = Order::Buy { amount: d("0.1") };
    assert_eq!(sitting.press(order), None);
    let reason = sitting.rows()[0].reason.clone().expect("a reason");
    assert!(reason.contains("practice table"), "{reason}");
    sitting.core.login_written();
    assert!(sitting.press(order).is_some());
}

/// Whatever message a text came in, its cut is counted with the game on the table.
#[test]
fn a_long_name_is_cut_and_counted_with_the_game() {
    let mut sitting = Sitting::at_server();
    sitting.presale(GAME);
    let name = json!({ "id": PLAYER, "hasUsername": true, "username": "é".repeat(65) });
    sitting.event("usernameStatus", std::slice::from_ref(&name));
    sitting.tick(GAME, 0, "1");
    sitting.event("usernameStatus", std::slice::from_ref(&name));
    let game = sitting.core.board().current().expect("a game");
    assert_eq!(game.anomalies, [(Anomaly::FieldTooLong, 2)].into());
}
