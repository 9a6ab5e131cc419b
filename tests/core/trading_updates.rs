//! Updates of the account that come at an awkward moment or are incomplete: what is compared with them, and what they
//! show of an order.

use std::collections::BTreeSet;

use pianola::account::{ReasonCode, SessionEvent};
use pianola::trading::{OrderAnswer, PlayerEvent};
use rust_decimal::Decimal;
use serde_json::json;

use crate::support::decimal::d;
use crate::support::scripted_player::{GAME, holding, playing};

/// The update of a game start or of a sidebet may come between an order and its own trade.
#[test]
fn an_update_from_before_the_order_is_no_drift_when_the_trade_comes_first() {
    let mut player = playing();
    player.buy("0.1");
    player.update("1", "0", "0");
    player.trade("buy", "0.08", "0.1", 10, "1.25");
    assert_eq!(player.drifts(), 0, "{:?}", player.session().drifts());
    player.update("0.9", "0.08", "1.25");
    player.ack(json!({ "success": true }));
    assert_eq!(player.drifts(), 0);
    let verified = player.session().verifications;
    player.update("0.9", "0.08", "1.25");
    assert_eq!(player.session().verifications, verified + 1);
    // The comparison that had to wait is made now.
    player.sell("50");
    player.update("0.8", "0.08", "1.25");
    assert_eq!(player.drifts(), 0);
    player.trade("sell", "0.04", "0.05", 10, "1.25");
    assert_eq!(player.drifts(), 1);
}

/// A field that an update leaves out was sent before the order: it is older than our account.
#[test]
fn a_field_that_is_left_out_is_not_compared_with_its_old_value() {
    let left_out = [
        ("", "0.08", "1.25"),
        ("0.9", "", "1.25"),
        ("0.9", "0.08", ""),
    ];
    for (cash, qty, cost) in left_out {
        let mut player = playing();
        player.buy("0.1");
        player.trade("buy", "0.08", "0.1", 10, "1.25");
        player.update(cash, qty, cost);
        player.ack(json!({ "success": true }));
        assert_eq!(player.drifts(), 0, "{:?}", player.session().drifts());
        // Fields that are sent are compared.
        player.update("0.8", qty, cost);
        assert_eq!(player.drifts(), 1);
    }
}

#[test]
fn an_update_without_the_wallet_does_not_settle_an_order() {
    let mut player = playing();
    player.buy("0.1");
    player.update("", "0", "0");
    player.ack(json!({ "success": true }));
    player.tick(GAME, 11, "2");
    assert_eq!(player.rows()[0].executed_price, None);
    player.update("0.9", "0.08", "1.25");
    let row = &player.rows()[0];
    assert_eq!(
        (row.executed_tick, row.executed_price),
        (Some(10), Some(d("1.25")))
    );
    assert_eq!(player.drifts(), 0);
}

/// While the answer is missing, later updates add nothing to the order.
#[test]
fn the_first_update_that_shows_an_order_confirms_it() {
    let mut player = playing();
    player.buy("0.1");
    player.trade("buy", "0.08", "0.1", 10, "1.25");
    player.update("0.9", "0.08", "1.25");
    let seen = player.now;
    player.later(1_000);
    player.update("0.9", "0.08", "1.25");
    player.later(1_000);
    player.answered(OrderAnswer::Lost);
    let row = &player.rows()[0];
    assert_eq!((row.confirmed_at, row.acked_at), (Some(seen), None));
    assert_eq!(player.view().to_update.unwrap().n, 1);
}

#[test]
fn rows_of_two_players_of_a_run_have_different_slots() {
    let mut player = playing();
    player.buy("0.1");
    player.trade("buy", "0.08", "0.1", 10, "1.25");
    player.name("did:privy:player-0003");
    player.event(
        "playerUpdate",
        &[json!({ "id": "did:privy:player-0003", "cash": 1, "positionQty": 0, "avgCost": 0 })],
    );
    player.answered(OrderAnswer::Lost);
    player.buy("0.2");
    assert_eq!(player.sessions.len(), 2);
    let slots: BTreeSet<_> = player
        .facts
        .iter()
        .filter_map(|fact| match fact {
            SessionEvent::Action { slot, .. } => Some(*slot),
            _ => None,
        })
        .collect();
    assert_eq!(slots, BTreeSet::from([1, 2]));
}

/// A sidebet is lost while the connection is down: the game that was closed meanwhile has the price.
#[test]
fn a_sidebet_lost_unseen_has_the_price_of_its_last_tick() {
    let mut player = playing();
    player.bet("0.01");
    let placed = json!({ "sideBet": { "startedAtTick": 10, "betAmount": 0.01 } });
    player.update_with("0.99", "0", "0", &placed);
    assert_eq!(player.rows()[0].executed_tick, Some(10));
    player.down();
    let prices: Vec<_> = (0..=60)
        .map(|tick| match tick {
            10 => json!(1.25),
            50 => json!(1.5),
            60 => json!(0.01),
            _ => json!(1),
        })
        .collect();
    let history = json!([{
        "id": GAME, "timestamp": 1_766_887_215_000_i64, "prices": prices, "rugged": true, "peakMultiplier": 1.5,
        "provablyFair": { "serverSeed": "5eed", "serverSeedHash": "of a test" },
    }]);
    let next = json!({
        "gameId": "20251228-00000000000000ff", "cooldownTimer": 15000, "active": false, "rugged": false,
        "gameHistory": history,
    });
    player.event("gameStateUpdate", &[next]);
    let rows = player.rows();
    assert_eq!(rows.len(), 2, "{rows:?}");
    assert_eq!(
        (rows[1].executed_tick, rows[1].executed_price),
        (Some(50), Some(d("1.5")))
    );
}

/// The rug comes while the connection is down, and no list has its price: the wallet shows it, as a drift at once.
#[test]
fn a_rug_without_a_price_is_a_drift_before_the_next_order() {
    let mut player = playing();
    player.buy("0.1");
    player.trade("buy", "0.08", "0.1", 10, "1.25");
    player.update("0.9", "0.08", "1.25");
    player.ack(json!({ "success": true }));
    player.down();
    let next = json!({
        "gameId": "20251228-00000000000000ff", "cooldownTimer": 9000, "allowPreRoundBuys": true,
        "active": false, "rugged": false,
        "gameHistory": [{
            "id": GAME, "timestamp": 1_766_887_215_000_i64, "rugged": true, "peakMultiplier": 1.5,
            "provablyFair": { "serverSeed": "5eed", "serverSeedHash": "of a test" },
        }],
    });
    player.event("gameStateUpdate", &[next]);
    player.log_in("0.9008", "0", "0");
    assert_eq!(player.drifts(), 1, "{:?}", player.rows());
    let held = player.view().held().unwrap();
    assert_eq!((held.balance, held.position_qty), (d("0.9008"), d("0")));
}

/// Behaviour 8: no number of the server is trusted.
#[test]
fn a_trade_with_impossible_numbers_earns_and_costs_nothing() {
    for percent in [Some("50"), None] {
        let mut player = holding();
        if let Some(percent) = percent {
            player.sell(percent).unwrap();
        }
        player.trade("sell", "0.08", "-0.4", 11, "-5");
        let absurd: Vec<_> = player
            .player_events
            .iter()
            .filter_map(|event| match event {
                PlayerEvent::AbsurdNumber { field, .. } => Some(*field),
                _ => None,
            })
            .collect();
        assert_eq!(absurd, ["amount", "price"]);
        let view = player.view();
        let held = view.held().unwrap();
        assert_eq!((held.balance, held.position_qty), (d("0.9"), d("0.08")));
        let rows = player.rows();
        assert_eq!(rows.len(), 1 + usize::from(percent.is_some()));
        assert!(
            rows.iter()
                .all(|row| row.amount >= Some(Decimal::ZERO) || row.amount.is_none())
        );
    }
}

/// The outcome of a given-up order must not be taken for that of the next one.
#[test]
fn no_order_leaves_before_the_one_before_has_its_outcome() {
    let mut player = holding();
    player.buy("0.1").unwrap();
    player.clock(4_500);
    assert!(player.view().pending.is_none_or(|pending| pending.unknown));
    assert_eq!(player.sell("100"), None);
    let codes: Vec<_> = player.rows().iter().map(|row| row.reason_code).collect();
    assert!(codes.contains(&Some(ReasonCode::OrderPending)), "{codes:?}");
    player.answered(OrderAnswer::Lost);
    assert!(player.sell("100").is_some());
}

#[test]
fn rows_come_in_the_order_of_their_slots() {
    let mut player = holding();
    // The game of the tokens is lost: the next press writes it off.
    player.presale("20251228-next");
    player.buy("0.1").unwrap();
    let slots: Vec<_> = player
        .facts
        .iter()
        .filter_map(|fact| match fact {
            SessionEvent::Action { slot, .. } => Some(*slot),
            _ => None,
        })
        .collect();
    assert!(slots.is_sorted(), "{slots:?}");
    assert_eq!(slots.iter().max(), slots.last());
}

#[test]
fn a_drift_stays_readable_for_five_seconds_after_its_end() {
    let mut player = holding();
    player.update("0.5", "0.08", "1.25");
    player.later(30_000);
    player.update("0.5", "0.08", "1.25");
    player.later(4_900);
    assert!(
        player
            .view()
            .drift
            .is_some_and(|badge| badge.cleared_at.is_some())
    );
    player.later(200);
    assert_eq!(player.view().drift, None);
}

#[test]
fn a_server_that_changes_the_account_each_time_fills_no_session() {
    let mut player = holding();
    for number in 0..1_100 {
        player.update(&format!("1.{number:04}1"), "0.08", "1.25");
    }
    assert_eq!(player.drifts(), 1_100);
    assert_eq!(player.session().drifts().len(), 1_000);
}
