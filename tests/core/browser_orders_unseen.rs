//! Orders of a browser whose request was not seen: which are recorded, and which are not.

use pianola::account::{Action, ActionKind, ActionSource, ActionStatus};
use pianola::trading::BrowserAccount;
use serde_json::{Value, json};

use crate::support::decimal::d;
use crate::support::scripted_player::{GAME, PLAYER, ScriptedPlayer, playing_in_browser};

type Short = (ActionKind, u32, [String; 4]);

/// Tick, price, tokens, SOL and wallet of a row; `-` where it has none.
fn short(row: &Action) -> Short {
    assert_eq!(row.status, ActionStatus::Confirmed, "{row:?}");
    let numbers = [row.executed_price, row.qty, row.amount, row.balance_after];
    let text = |value: Option<rust_decimal::Decimal>| value.map_or("-".into(), |v| v.to_string());
    (row.action, row.executed_tick.unwrap(), numbers.map(text))
}

fn row(kind: ActionKind, tick: u32, numbers: [&str; 4]) -> Short {
    (kind, tick, numbers.map(str::to_owned))
}

fn shorts(player: &ScriptedPlayer) -> Vec<Short> {
    player.rows().iter().map(short).collect()
}

fn running_bet(tick: u32, stake: f64) -> Value {
    json!({ "sideBet": { "startedAtTick": tick, "gameId": GAME, "end": tick + 40, "betAmount": stake, "xPayout": 5 } })
}

#[test]
fn a_trade_and_the_wallet_show_an_order_whose_request_was_not_seen() {
    let mut player = playing_in_browser();
    player.tick(GAME, 11, "1.6");
    player.trade("buy", "0.0625", "0.1", 11, "1.6");
    let actual = player.now;
    // A trade alone is not enough; the wallet decides.
    assert!(player.rows().is_empty());
    player.update("0.9", "0.0625", "1.6");
    let numbers = ["1.6", "0.0625", "0.1", "0.9"];
    assert_eq!(shorts(&player), [row(ActionKind::Buy, 11, numbers)]);
    let first = &player.rows()[0];
    assert_eq!(first.source, ActionSource::Browser);
    assert_eq!(
        (first.timestamp, first.confirmed_at),
        (actual, Some(player.now))
    );
    assert_eq!(
        (first.tick, first.price, first.acked_at),
        (11, Some(d("1.6")), None)
    );
    // The same trade again, and the same wallet.
    player.trade("buy", "0.0625", "0.1", 11, "1.6");
    player.update("0.9", "0.0625", "1.6");
    assert_eq!(player.rows().len(), 1);
    // A share: 25 % of it, then the rest.
    player.tick(GAME, 12, "2");
    player.trade("sell", "0.015625", "0.03125", 12, "2");
    player.update("0.93125", "0.046875", "1.6");
    player.trade("sell", "0.046875", "0.09375", 12, "2");
    player.update("1.025", "0", "0");
    let actual = shorts(&player);
    assert_eq!(
        actual[1],
        row(
            ActionKind::Sell,
            12,
            ["2", "0.015625", "0.03125", "0.93125"]
        )
    );
    assert_eq!(
        actual[2],
        row(ActionKind::Sell, 12, ["2", "0.046875", "0.09375", "1.025"])
    );
    let percents: Vec<_> = player.rows().iter().map(|row| row.sell_percent).collect();
    assert_eq!(percents, [None, Some(d("25")), Some(d("100"))]);
    assert_eq!(player.rows()[2].pnl, Some(d("0.01875")));
    assert_eq!(player.drifts(), 0);
    assert!(player.view().to_update.is_none(), "no press was seen");
}

#[test]
fn the_wallet_alone_is_explained_by_the_prices_of_the_board() {
    let mut player = playing_in_browser();
    for (tick, price) in [(11, "1.3"), (12, "1.21"), (13, "1.3")] {
        player.tick(GAME, tick, price);
    }
    // 0.1 / 1.21
    player.update("0.9", "0.082644628", "1.21");
    player.tick(GAME, 14, "1.4");
    // 50 %: 0.041322314 x 1.4
    player.update("0.957851239", "0.041322314", "1.21");
    player.update_with("0.947851239", "0.041322314", "1.21", &running_bet(14, 0.01));
    let actual = shorts(&player);
    let expected = [
        row(ActionKind::Buy, 12, ["1.21", "0.082644628", "0.1", "0.9"]),
        row(
            ActionKind::Sell,
            14,
            ["1.4", "0.041322314", "0.057851239", "0.957851239"],
        ),
        row(
            ActionKind::SidebetPlace,
            14,
            ["1.4", "-", "0.01", "0.947851239"],
        ),
    ];
    assert_eq!(actual, expected);
    assert_eq!(player.rows()[1].sell_percent, Some(d("50")));
    // Its own reports come later and add nothing.
    player.trade("buy", "0.082644628", "0.1", 12, "1.21");
    let placed = json!({
        "playerId": PLAYER, "gameId": GAME, "betAmount": 0.01, "startTick": 14, "endTick": 54, "type": "placed",
    });
    player.event("currentSidebet", &[placed]);
    player.update_with("0.947851239", "0.041322314", "1.21", &running_bet(14, 0.01));
    assert_eq!(player.rows().len(), 3);
    assert_eq!(player.drifts(), 0);
}

/// The wallet may come before the tick of the execution, or before its trade.
#[test]
fn the_explanation_of_a_wallet_may_come_after_it() {
    let mut player = playing_in_browser();
    player.update("0.9", "0.05", "2");
    assert!(player.rows().is_empty());
    player.tick(GAME, 11, "2");
    assert_eq!(
        shorts(&player),
        [row(ActionKind::Buy, 11, ["2", "0.05", "0.1", "0.9"])]
    );
    // The board has a hole there; the trade has the price.
    player.update("0.8", "0.09", "2.222222222");
    player.trade("buy", "0.04", "0.1", 13, "2.5");
    assert_eq!(
        shorts(&player)[1],
        row(ActionKind::Buy, 13, ["2.5", "0.04", "0.1", "0.8"])
    );
    assert_eq!(player.drifts(), 0);
}

#[test]
fn presale_orders_are_at_one() {
    let mut player = ScriptedPlayer::in_browser();
    player.presale(GAME);
    player.log_in("1", "0", "0");
    for (cash, qty) in [("0.998", "0.002"), ("0.995", "0.005")] {
        player.update(cash, qty, "1");
    }
    player.update_with("0.994", "0.005", "1", &running_bet(0, 0.001));
    let actual = shorts(&player);
    let expected = [
        row(ActionKind::Buy, 0, ["1", "0.002", "0.002", "0.998"]),
        row(ActionKind::Buy, 0, ["1", "0.003", "0.003", "0.995"]),
        row(ActionKind::SidebetPlace, 0, ["1", "-", "0.001", "0.994"]),
    ];
    assert_eq!(actual, expected);
    let phases = player
        .rows()
        .iter()
        .all(|row| row.phase.to_string() == "Presale");
    assert!(phases && player.drifts() == 0);
}

/// A gift, a deposit, a rakeback: the wallet changes without an order.
#[test]
fn money_that_comes_or_goes_is_no_order() {
    let mut player = playing_in_browser();
    for cash in ["1.02", "0.7"] {
        player.update(cash, "0", "0");
        player.clock(5_000);
        assert_eq!(player.view().held().unwrap().balance, d(cash));
    }
    assert!(player.rows().is_empty());
    let drifts = player.session().drifts();
    let actual: Vec<_> = drifts
        .iter()
        .map(|drift| (drift.local, drift.server))
        .collect();
    let expected = [("1", "1.02"), ("1.02", "0.7")].map(|(a, b)| (Some(d(a)), Some(d(b))));
    assert_eq!(actual, expected);
}

/// Tokens that no price explains are a drift once every possible explanation is overdue, and never an order.
#[test]
fn an_unexplained_change_is_a_drift_and_no_action() {
    let mut player = playing_in_browser();
    player.update("0.9", "0.0812345", "1.231");
    player.clock(3_900);
    assert_eq!((player.drifts(), player.rows().len()), (0, 0));
    player.clock(200);
    assert_eq!((player.drifts(), player.rows().len()), (1, 0));
    assert_eq!(player.view().held().unwrap().position_qty, d("0.0812345"));
    // Its trade comes late: our account has followed already.
    player.trade("buy", "0.0812345", "0.1", 10, "1.231");
    player.update("0.9", "0.0812345", "1.231");
    assert_eq!((player.drifts(), player.rows().len()), (1, 0));
    assert!(player.session().drifts()[0].cleared_at.is_some());
}

/// The numbers must fit exactly: with a tolerance some price explains anything.
#[test]
fn numbers_that_fit_no_price_exactly_are_no_order() {
    let mut player = playing_in_browser();
    // 0.001 / 1.25 are 0.0008 tokens.
    player.update("0.999", "0.000800005", "1.249996");
    player.clock(4_100);
    assert_eq!((player.drifts(), player.rows().len()), (1, 0));
    let mut player = playing_in_browser();
    player.update("0.999", "0.0008", "1.25");
    assert_eq!((player.drifts(), player.rows().len()), (0, 1));
}

/// A trade that comes after its wallet explains no later wallet.
#[test]
fn a_trade_explains_one_wallet() {
    let mut player = playing_in_browser();
    player.update("0.9", "0.08", "1.25");
    player.trade("buy", "0.08", "0.1", 10, "1.25");
    player.update("0.9", "0.08", "1.25");
    for tick in 11..=40 {
        player.tick(GAME, tick, "2");
    }
    player.update("0.8", "0.16", "1.25");
    player.clock(4_100);
    assert_eq!((player.drifts(), player.rows().len()), (1, 1));
}

#[test]
fn a_late_join_starts_with_the_held_position() {
    let mut player = ScriptedPlayer::in_browser();
    player.tick(GAME, 30, "1.5");
    let row_of_game =
        json!({ "gameId": GAME, "leaderboardEntry": { "id": PLAYER, "username": "player" } });
    player.event("gameStatePlayerUpdate", std::slice::from_ref(&row_of_game));
    assert_eq!(player.view().page, Some(BrowserAccount::NoWallet));
    // An order before the wallet is known cannot be booked, which is reported.
    player.sent("chatHistory", Value::Null, None);
    player.sent("buyOrder", json!({ "amount": 0.1 }), Some(3));
    assert_eq!(player.said.len(), 1);
    assert!(
        player.said[0].contains("wallet is not known yet"),
        "{:?}",
        player.said
    );
    player.trade("buy", "0.066666666", "0.1", 30, "1.5");
    player.update("0.8", "0.146666666", "1.363636366");
    player.page_acked(3, &[json!({ "success": true })]);
    // No name was sent: the account's id is enough to start.
    assert_eq!(player.session().player_id.as_deref(), Some(PLAYER));
    assert_eq!(player.session().username, None);
    assert_eq!(player.view().page, Some(BrowserAccount::Known));
    assert_eq!(player.session().start_lots[0].qty, d("0.146666666"));
    assert!(player.rows().is_empty());
    // The name is added when it comes.
    player.event("gameStatePlayerUpdate", &[row_of_game]);
    assert_eq!(player.session().username.as_deref(), Some("player"));
    assert_eq!(
        player.view().identity.unwrap().username.as_deref(),
        Some("player")
    );
    assert_eq!(player.sessions.len(), 1);
    // The position can be sold.
    player.tick(GAME, 31, "2");
    player.sent("sellOrder", json!({ "percentage": 100 }), Some(4));
    player.trade("sell", "0.146666666", "0.293333332", 31, "2");
    player.update("1.093333332", "0", "0");
    player.page_acked(4, &[json!({ "success": true })]);
    let numbers = ["2", "0.146666666", "0.293333332", "1.093333332"];
    assert_eq!(shorts(&player), [row(ActionKind::Sell, 31, numbers)]);
    assert_eq!(player.drifts(), 0);
}

/// The first wallet comes after the first order: the account before it is computed, if nothing was held.
#[test]
fn a_first_order_may_come_before_the_first_wallet() {
    let late = || {
        let mut player = ScriptedPlayer::in_browser();
        player.tick(GAME, 30, "1.5");
        player
    };
    let mut bought = late();
    bought.sent("buyOrder", json!({ "amount": 0.1 }), Some(3));
    let pressed = bought.now;
    bought.tick(GAME, 31, "1.6");
    bought.page_acked(3, &[json!({ "success": true })]);
    bought.update("0.9", "0.0625", "1.6");
    let numbers = ["1.6", "0.0625", "0.1", "0.9"];
    assert_eq!(shorts(&bought), [row(ActionKind::Buy, 31, numbers)]);
    assert_eq!(
        (bought.session().start_balance, bought.session().start),
        (d("1"), pressed)
    );
    assert_eq!(bought.rows()[0].timestamp, pressed);
    bought.clock(4_000);
    assert!(bought.view().pending.is_none());

    let mut staked = late();
    staked.sent(
        "requestSidebet",
        json!({ "amount": 0.01, "coinAddress": pianola::protocol::SOL_ADDRESS, "xPayout": 5 }),
        Some(4),
    );
    staked.update_with("0.99", "0.5", "1.2", &running_bet(30, 0.01));
    assert_eq!(
        shorts(&staked),
        [row(
            ActionKind::SidebetPlace,
            30,
            ["1.5", "-", "0.01", "0.99"]
        )]
    );
    assert_eq!(staked.session().start_balance, d("1"));

    // A refused order changed nothing; an order that the wallet does not show is not recorded.
    let mut refused = late();
    refused.sent("buyOrder", json!({ "amount": 0.1 }), Some(3));
    refused.page_acked(3, &[json!({ "success": false })]);
    refused.update("0.9", "0.066666666", "1.5");
    let mut sold = late();
    sold.sent("sellOrder", json!({ "percentage": 100 }), Some(3));
    sold.update("0.9", "0", "0");
    let mut two = late();
    two.sent("buyOrder", json!({ "amount": 0.1 }), Some(3));
    two.sent("buyOrder", json!({ "amount": 0.2 }), Some(4));
    two.update("0.9", "0.066666666", "1.5");
    for player in [&bought, &staked, &refused, &sold, &two] {
        assert_eq!(player.drifts(), 0);
        assert!(player.said[0].contains("wallet is not known yet"));
    }
    for player in [refused, sold, two] {
        assert!(player.rows().is_empty());
        assert_eq!(player.session().start_balance, d("0.9"));
    }
}
