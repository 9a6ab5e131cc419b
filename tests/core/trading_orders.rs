//! Orders at a scripted server: when their outcome becomes known, and when it stays unknown.

use pianola::account::{ActionKind, ActionStatus, ReasonCode};
use pianola::trading::{Agreement, OrderAnswer};
use serde_json::json;

use crate::support::decimal::d;
use crate::support::scripted_player::{GAME, PLAYER, holding, ok, playing};

#[test]
fn an_order_is_pending_until_trade_wallet_and_answer_have_come() {
    let mut player = playing();
    player.buy("0.1").unwrap();
    assert!(
        player
            .view()
            .pending
            .is_some_and(|pending| !pending.unknown)
    );
    let row = &player.rows()[0];
    assert_eq!(
        (row.status, row.balance_after),
        (ActionStatus::Unknown, Some(d("1")))
    );
    player.trade("buy", "0.08", "0.1", 10, "1.25");
    // Its effect is known and shown at once.
    assert_eq!(player.view().held().unwrap().balance, d("0.9"));
    player.update("0.9", "0.08", "1.25");
    assert!(player.view().pending.is_some());
    player.ack(ok());
    let view = player.view();
    assert!(view.pending.is_none());
    let row = &player.rows()[0];
    assert_eq!(row.status, ActionStatus::Confirmed);
    assert_eq!(row.qty, Some(d("0.08")));
    assert!(row.timestamp < row.confirmed_at.unwrap() && row.confirmed_at < row.acked_at);
    assert_eq!(view.to_update.map(|p| (p.p50, p.n)), Some((20, 1)));
    assert_eq!(view.to_ack.map(|p| (p.p50, p.n)), Some((30, 1)));
    assert_eq!(player.drifts(), 0);
}

#[test]
fn one_order_at_a_time() {
    let mut player = playing();
    player.buy("0.1").unwrap();
    assert_eq!(player.buy("0.1"), None);
    assert_eq!(player.bet("0.1"), None);
    let refused: Vec<_> = player
        .rows()
        .into_iter()
        .filter_map(|row| row.reason)
        .collect();
    assert!(
        refused[0].starts_with("buy 0.1 SOL: Waiting for"),
        "{refused:?}"
    );
    assert_eq!(player.requests.len(), 1);
}

/// Without the own trade, the server's wallet shows the tick of the execution.
#[test]
fn the_wallet_alone_shows_the_fill() {
    let mut player = playing();
    player.buy("0.1").unwrap();
    player.tick(GAME, 11, "1.3");
    player.tick(GAME, 12, "1.21");
    // 0.1 / 1.3, cut: it was executed one tick after the press.
    player.update("0.9", "0.076923076", "1.3");
    let row = &player.rows()[0];
    assert_eq!(
        (row.executed_tick, row.executed_price),
        (Some(11), Some(d("1.3")))
    );
    player.ack(ok());

    player.sell("50").unwrap();
    player.tick(GAME, 13, "1.1");
    // 0.038461538 x 1.21, cut.
    player.update("0.94653846", "0.038461538", "1.3");
    player.ack(ok());
    let row = &player.rows()[1];
    assert_eq!(
        (row.action, row.executed_tick),
        (ActionKind::Sell, Some(12))
    );
    assert_eq!(row.amount, Some(d("0.04653846")));

    player.bet("0.01").unwrap();
    let bet = json!({ "sideBet": { "startedAtTick": 13, "betAmount": 0.01 } });
    player.update_with("0.93653846", "0.038461538", "1.3", &bet);
    player.ack(ok());
    assert_eq!(player.view().sidebet().map(|bet| bet.start_tick), Some(13));
    assert_eq!(player.drifts(), 0);
}

/// A wallet from before the execution says nothing about the order.
#[test]
fn an_update_without_the_order_leaves_it_pending() {
    let mut player = playing();
    player.buy("0.1").unwrap();
    player.update("1", "0", "0");
    assert_eq!(
        player.view().verification.unwrap().agreement,
        Agreement::Pending
    );
    player.trade("buy", "0.08", "0.1", 10, "1.25");
    player.update("0.9", "0.08", "1.25");
    assert_eq!(player.view().verification.unwrap().agreement, Agreement::Ok);
    assert_eq!(player.drifts(), 0);
}

#[test]
fn a_refusal_of_the_server_changes_nothing_and_has_a_reason() {
    let mut player = playing();
    player.buy("0.1").unwrap();
    player.ack(json!({ "success": false, "message": "Insufficient balance" }));
    let row = &player.rows()[0];
    assert_eq!(row.status, ActionStatus::Refused);
    assert!(row.acked_at.is_some() && row.confirmed_at.is_none());
    assert_eq!(
        row.reason.as_deref(),
        Some("buy 0.1 SOL: Insufficient balance")
    );
    assert_eq!((row.balance_after, row.qty), (Some(d("1")), None));
    assert_eq!(row.reason_code, Some(ReasonCode::ServerRefused));
    // Anything but `success: true` is a refusal, with or without a text.
    player.sell("50");
    player.buy("0.2").unwrap();
    player.ack(json!({}));
    assert_eq!(player.rows()[2].status, ActionStatus::Refused);
    assert!(player.view().pending.is_none());
    // Nothing was sent: it is refused, too.
    player.buy("0.2").unwrap();
    player.answered(OrderAnswer::NotSent(
        "there is no connection, nothing was sent",
    ));
    assert_eq!(player.rows()[3].status, ActionStatus::Refused);
    let codes: Vec<_> = player.rows().iter().map(|row| row.reason_code).collect();
    let expected = [
        ReasonCode::ServerRefused,
        ReasonCode::NoPosition,
        ReasonCode::ServerRefused,
        ReasonCode::NotSent,
    ];
    assert_eq!(codes, expected.map(Some));
}

/// Without news for 4 s its outcome is unknown, it is never sent again, and the next wallet shows its outcome.
#[test]
fn an_order_without_an_answer_is_reconciled_by_the_next_wallet() {
    let mut done = playing();
    done.buy("0.1").unwrap();
    done.clock(3_900);
    assert!(!done.view().pending.unwrap().unknown);
    done.clock(200);
    assert!(done.view().pending.unwrap().unknown);
    done.answered(OrderAnswer::Lost);
    done.update("0.9", "0.08", "1.25");
    assert_eq!(
        done.short_rows(),
        [(ActionKind::Buy, ActionStatus::Confirmed, "0.9".to_owned())]
    );
    assert!(done.view().pending.is_none());

    let mut not_done = playing();
    not_done.buy("0.1").unwrap();
    not_done.answered(OrderAnswer::Lost);
    not_done.update("1", "0", "0");
    assert_eq!(
        not_done.short_rows(),
        [(ActionKind::Buy, ActionStatus::Unknown, "1".to_owned())]
    );
    assert!(
        not_done.rows()[0]
            .reason
            .as_deref()
            .unwrap()
            .contains("not done")
    );

    for player in [done, not_done] {
        assert_eq!((player.requests.len(), player.drifts()), (1, 0));
    }
}

/// The server answers that it executed the order, and its wallet is not the expected one: a drift, at once.
#[test]
fn an_unexpected_execution_is_a_drift_and_our_account_follows() {
    let mut player = playing();
    player.buy("0.1").unwrap();
    player.update("0.89", "0.08", "1.25");
    assert_eq!(
        player.view().verification.unwrap().agreement,
        Agreement::Pending
    );
    player.ack(ok());
    let drifts = player.session().drifts();
    assert_eq!(drifts.len(), 1);
    assert_eq!(
        (drifts[0].local, drifts[0].server),
        (Some(d("0.9")), Some(d("0.89")))
    );
    assert_eq!((drifts[0].diff, drifts[0].after_seq), (d("0.01"), 1));
    assert_eq!(player.drifts(), 1);
    let view = player.view();
    assert_eq!(view.held().unwrap().balance, d("0.89"));
    assert!(view.drift.is_some_and(|badge| badge.cleared_at.is_none()));
    // The next wallet agrees with the account that followed.
    player.update("0.89", "0.08", "1.25");
    assert!(player.session().drifts()[0].cleared_at.is_some());
    // It is over, and stays readable for five seconds.
    assert!(player.view().drift.is_some());
    player.clock(4_900);
    assert!(player.view().drift.is_some());
    player.clock(200);
    assert!(player.view().drift.is_none());
    assert_eq!(player.drifts(), 1);
}

#[test]
fn each_field_drifts_alone_and_an_absent_one_does_not() {
    let mut player = holding();
    player.update("", "", "");
    player.update("0.9", "", "");
    player.update("", "0.08", "");
    player.update("0.9", "0.08", "1.25");
    assert_eq!(player.drifts(), 0);
    player.update("0.9", "0.07", "1.25");
    player.update("0.9", "0.07", "1.26");
    player.update("0.8", "", "");
    let fields: Vec<_> = player
        .session()
        .drifts()
        .iter()
        .map(|drift| drift.field.as_str())
        .collect();
    assert_eq!(fields, ["position", "entry_price", "balance"]);
    assert_eq!(player.drifts(), 3);
    // An impossible number is ignored, and our account does not follow it.
    player.update("-1", "0.07", "1.26");
    assert_eq!(player.drifts(), 3);
    assert_eq!(player.view().held().unwrap().balance, d("0.8"));
}

/// The own row that the server sends beside each update is one message behind: our account is not compared with it.
#[test]
fn the_stale_row_is_no_drift() {
    let mut player = holding();
    let row = json!({ "id": PLAYER, "pnl": 0, "positionQty": 0, "avgCost": 0, "totalInvested": 0 });
    let update = json!({ "gameId": GAME, "leaderboardEntry": row });
    player.event("gameStatePlayerUpdate", &[update]);
    assert_eq!(player.drifts(), 0);
    assert_eq!(player.view().held().unwrap().position_qty, d("0.08"));
}

/// The player's own messages come before the tick of the rug: a position that is gone is no drift then.
#[test]
fn the_rug_sells_before_the_board_knows_of_it() {
    let with_trade = |trade: bool| {
        let mut player = holding();
        player.tick(GAME, 11, "1.3");
        if trade {
            // 0.08 x 0.01
            player.trade("sell", "0.08", "0.0008", 12, "0.01");
        }
        player.update("0.9008", "0", "0");
        player.rug(GAME, 12, "0.01");
        player
    };
    for player in [with_trade(true), with_trade(false)] {
        let sold = &player.rows()[1];
        assert_eq!(
            (sold.action, sold.executed_tick),
            (ActionKind::Liquidated, Some(12))
        );
        assert_eq!(
            (sold.amount, sold.pnl),
            (Some(d("0.0008")), Some(d("-0.0992")))
        );
        assert_eq!(sold.balance_after, Some(d("0.9008")));
        assert_eq!(player.rows().len(), 2);
        assert_eq!(player.drifts(), 0);
        assert_eq!(player.view().verification.unwrap().agreement, Agreement::Ok);
    }
    // A position that is gone without a rug is a drift once the time limit is over.
    let mut gone = holding();
    gone.update("0.9", "0", "0");
    assert_eq!(gone.drifts(), 0);
    gone.clock(4_100);
    assert_eq!(gone.drifts(), 1);
}

#[test]
fn a_sidebet_is_decided_by_the_board_when_its_result_does_not_come() {
    let bet = || {
        let mut player = playing();
        player.bet("0.01").unwrap();
        let placed = json!({ "sideBet": { "startedAtTick": 10, "betAmount": 0.01 } });
        player.update_with("0.99", "0", "0", &placed);
        player.ack(ok());
        player
    };
    // The rug in the last tick of the window wins.
    let mut won = bet();
    won.tick(GAME, 49, "1.2");
    won.rug(GAME, 50, "0.01");
    let row = &won.rows()[1];
    assert_eq!(
        (row.action, row.executed_tick),
        (ActionKind::SidebetWin, Some(50))
    );
    assert_eq!(
        (row.amount, row.balance_after),
        (Some(d("0.05")), Some(d("1.04")))
    );

    let mut lost = bet();
    lost.tick(GAME, 50, "1.2");
    let row = &lost.rows()[1];
    assert_eq!(
        (row.action, row.executed_tick),
        (ActionKind::SidebetLose, Some(50))
    );
    assert_eq!((row.amount, row.pnl), (Some(d("0.01")), Some(d("-0.01"))));
    // Its result, which comes after the tick, adds no second row.
    let result = json!({ "gameId": GAME, "startTick": 10, "endTick": 50, "tickIndex": 10, "payout": 0, "type": "payout" });
    lost.event("currentSidebetResult", &[result]);
    assert_eq!(lost.rows().len(), 2);
}
