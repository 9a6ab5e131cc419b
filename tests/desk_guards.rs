//! The guards of the orders, with a board, a trader and a day before them.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/sitting.rs"]
mod sitting;

use pianola::account::{ActionKind, ActionStatus, LocalWallet};
use pianola::engine::{Command, Core};
use pianola::feed;
use pianola::recording::{RecorderState, RecordingPolicy};
use pianola::strategy::Script;
use pianola::trading::{Order, OrderLimits, Refusal, RiskLimits, Trader, check};
use rust_decimal::Decimal;
use sitting::{GAME, Sitting, d, holding, playing};

const NEXT: &str = "20251228-0000000000000001";

fn guarded(mut sitting: Sitting, risk: RiskLimits) -> Sitting {
    let limits = OrderLimits {
        risk,
        ..OrderLimits::default()
    };
    sitting.core.command(Command::Limits(limits), sitting.now);
    sitting
}

fn refusal(sitting: &Sitting) -> String {
    let rows = sitting.rows();
    let last = rows.last().unwrap();
    assert_eq!(last.status, ActionStatus::Refused, "{last:?}");
    last.reason.clone().unwrap()
}

fn held(sitting: &Sitting) -> Decimal {
    sitting.view().held().unwrap().position_qty
}

#[test]
fn a_hand_that_presses_for_ever_is_held_after_thirty_orders() {
    let mut sitting = Sitting::local(LocalWallet::full());
    sitting.presale(GAME);
    for _ in 0..30 {
        sitting.buy("0.001");
    }
    assert_eq!(held(&sitting), d("0.03"));
    sitting.buy("0.001");
    assert!(refusal(&sitting).contains("30 buys and sidebets a minute"));
    // A refused one is none that was sent: a minute after the first there is room.
    for _ in 0..100 {
        sitting.buy("0.001");
    }
    sitting.later(60_000);
    sitting.buy("0.001");
    assert_eq!(held(&sitting), d("0.031"));
}

#[test]
fn after_the_loss_of_the_day_nothing_is_staked_and_what_is_held_is_sold() {
    let guards = RiskLimits {
        max_loss_a_day: Some(d("0.3")),
        ..RiskLimits::default()
    };
    let mut sitting = guarded(Sitting::local(LocalWallet::full()), guards);
    sitting.presale(GAME);
    sitting.buy("0.31");
    assert!(refusal(&sitting).contains("0.31 SOL could be lost"));
    sitting.buy("0.2");
    sitting.bet("0.2");
    assert!(refusal(&sitting).contains("0.4 SOL could be lost"));
    sitting.tick(GAME, 0, "1");
    sitting.rug(GAME, 1, "0.5");
    sitting.presale(NEXT);
    sitting.buy("0.21");
    assert!(
        refusal(&sitting).contains("0.31 SOL could be lost"),
        "0.1 is gone"
    );
    sitting.buy("0.2");
    assert_eq!(held(&sitting), d("0.2"));
    sitting.tick(NEXT, 0, "1");
    sitting.sell("100");
    sitting.tick(NEXT, 1, "1");
    assert_eq!(held(&sitting), Decimal::ZERO);
    let guarded = sitting.core.view(
        feed::FeedState::Stopped,
        RecorderState::default(),
        sitting.now,
    );
    assert_eq!(guarded.risk_usage.earned_today, d("-0.1"));
    assert_eq!(guarded.risk_usage.orders, 2, "a sale is none of them");
}

#[test]
fn a_price_that_is_gone_from_the_board_is_not_paid_and_a_bad_fill_is_told() {
    let guards = RiskLimits {
        slippage_percent: Some(d("4")),
        ..RiskLimits::default()
    };
    // The price is 1.25.
    let mut sitting = guarded(playing(), guards);
    let buy = Order::Buy { amount: d("0.1") };
    assert_eq!(sitting.press_at(Some("1.2"), buy), None);
    assert!(refusal(&sitting).contains("4.17 % worse"));
    assert!(sitting.press_at(Some("1.21"), buy).is_some());
    sitting.core.take_said();
    sitting.tick(GAME, 11, "1.5");
    sitting.trade("buy", "0.066666666", "0.1", 11, "1.5");
    assert_eq!(
        sitting.core.take_said(),
        ["BUY: filled 20 % worse than when it was pressed"]
    );
    // It is told once, whatever else comes of it.
    sitting.ack(sitting::ok());
    sitting.update("0.9", "0.066666666", "1.5");
    assert_eq!(sitting.core.take_said(), [""; 0]);
}

fn stop(sitting: &mut Sitting, stopped: bool) {
    let command = Command::EmergencyStop(stopped);
    sitting.core.command(command, sitting.now);
}

#[test]
fn the_emergency_stop_stops_buys_and_sidebets_and_lets_a_sale_pass() {
    let mut sitting = holding();
    sitting.core.take_said();
    // Pressed again it stays pressed, and says so once.
    for _ in 0..3 {
        stop(&mut sitting, true);
    }
    let stopped = "Stopped: no new buys or sidebets. Selling stays possible.";
    assert_eq!(sitting.core.take_said(), [stopped]);
    assert_eq!(sitting.buy("0.1"), None);
    let why = "buy 0.1 SOL: stopped: no buys or sidebets until you resume";
    assert_eq!(refusal(&sitting), why);
    assert_eq!(sitting.bet("0.1"), None);
    sitting.later(3_600_000);
    assert_eq!(sitting.buy("0.1"), None);
    assert!(sitting.sell("50").is_some());
    let waits = sitting.view().pending.unwrap();
    assert_eq!(waits.order.kind(), ActionKind::Sell);
    assert_eq!(
        refused_kinds(&sitting),
        [ActionKind::Buy, ActionKind::SidebetPlace, ActionKind::Buy]
    );
    sitting.core.take_said();
    for _ in 0..2 {
        stop(&mut sitting, false);
    }
    let resumed = "Trading resumed: buys and sidebets are possible again";
    assert_eq!(sitting.core.take_said(), [resumed]);
    sitting.ack(sitting::ok());
    sitting.trade("sell", "0.04", "0.05", 10, "1.25");
    sitting.update("0.95", "0.04", "1.25");
    assert_eq!(sitting.view().pending, None);
    assert!(sitting.buy("0.1").is_some());
}

fn refused_kinds(sitting: &Sitting) -> Vec<ActionKind> {
    let rows = sitting.rows();
    let refused = rows
        .iter()
        .filter(|row| row.status == ActionStatus::Refused);
    refused.map(|row| row.action).collect()
}

#[test]
fn what_is_held_is_sold_whatever_the_guards_say() {
    let guards = RiskLimits {
        max_loss_a_day: Some(d("0.2")),
        max_orders_a_minute: Some(3),
        slippage_percent: Some(d("1")),
    };
    let mut sitting = guarded(Sitting::local(LocalWallet::full()), guards);
    sitting.presale(GAME);
    for _ in 0..3 {
        sitting.buy("0.05");
    }
    sitting.tick(GAME, 0, "1");
    sitting.buy("0.01");
    assert!(refusal(&sitting).contains("3 buys and sidebets a minute"));
    stop(&mut sitting, true);
    // The price halves while the player presses: it is sold at what is left of it.
    sitting.tick(GAME, 1, "0.5");
    for (tick, percent) in (2..).zip(["50", "50", "50", "50", "100"]) {
        sitting.press_at(
            Some("1"),
            Order::Sell {
                percent: d(percent),
            },
        );
        sitting.tick(GAME, tick, "0.4");
    }
    assert_eq!(held(&sitting), Decimal::ZERO);
    let sold = sitting.rows();
    let sold = sold.iter().filter(|row| row.action == ActionKind::Sell);
    let status: Vec<_> = sold.map(|row| row.status).collect();
    assert_eq!(status, [ActionStatus::Confirmed; 5]);
}

#[test]
fn after_a_reconnect_the_view_says_what_the_engine_says_until_the_login_is_done() {
    let mut sitting = holding();
    let no_login = |sitting: &Sitting| {
        let up = feed::FeedState::Up { since: sitting.now };
        let view = sitting.core.view(up, RecorderState::default(), sitting.now);
        view.no_login
    };
    assert_eq!(no_login(&sitting), None);
    sitting.down();
    sitting.message(feed::FeedEvent::Up);
    sitting.tick(GAME, 12, "1.3");
    // The account is known from before; the new connection has no login yet.
    assert!(!held(&sitting).is_zero());
    assert_eq!(no_login(&sitting), Some(Refusal::NotOurTable));
    assert_eq!(sitting.sell("100"), None);
    assert!(refusal(&sitting).ends_with(&Refusal::NotOurTable.to_string()));
    sitting.core.login_written();
    assert_eq!(no_login(&sitting), Some(Refusal::NoPlayer));
    assert_eq!(sitting.sell("100"), None);
    assert!(refusal(&sitting).ends_with(&Refusal::NoPlayer.to_string()));
    sitting.name(sitting::PLAYER);
    assert_eq!(no_login(&sitting), None);
    assert!(sitting.sell("100").is_some());
}

const SELL: Order = Order::Sell {
    percent: Decimal::ONE_HUNDRED,
};

/// What the check says of a sale, from the engine and from the view that buttons and keys read: it must be the same.
fn checked(sitting: &mut Sitting, state: &feed::FeedState) -> Result<(), Refusal> {
    sitting.core.feed_is(state);
    let view = sitting
        .core
        .view(state.clone(), RecorderState::default(), sitting.now);
    for screen_price in [None, Some(d("1.25"))] {
        let shown = view.order_context(screen_price);
        assert_eq!(shown, sitting.core.order_context(screen_price, sitting.now));
    }
    check(&SELL, &view.order_context(Some(d("1.25"))))
}

#[test]
fn button_key_script_and_engine_agree_after_a_reconnect() {
    let script = Script::parse("1 11 sell 100").unwrap();
    let mut sitting = Sitting::at_server();
    let trader = Trader::at_server(OrderLimits::default());
    sitting.core = Core::new(
        RecordingPolicy::everything(),
        Some(trader),
        Some(script),
        Vec::new(),
    );
    let up = feed::FeedState::Up { since: sitting.now };
    let stale = feed::FeedState::Stale { since: sitting.now };
    assert_eq!(checked(&mut sitting, &up), Err(Refusal::NoPlayer));
    sitting.core.login_written();
    sitting.presale(GAME);
    sitting.log_in("1", "0", "0");
    sitting.tick(GAME, 0, "1");
    sitting.tick(GAME, 10, "1.25");
    sitting.buy("0.1").expect("it is sent");
    assert_eq!(checked(&mut sitting, &up), Err(Refusal::Pending));
    sitting.trade("buy", "0.08", "0.1", 10, "1.25");
    sitting.update("0.9", "0.08", "1.25");
    sitting.ack(sitting::ok());
    assert_eq!(checked(&mut sitting, &up), Ok(()));
    assert_eq!(checked(&mut sitting, &stale), Err(Refusal::Feed("stale")));

    // The connection ends and comes back: the account is known, the login is not done. The script's order is due.
    sitting.down();
    let offline = feed::FeedState::Connecting { attempt: 1 };
    assert_eq!(
        checked(&mut sitting, &offline),
        Err(Refusal::Feed("offline"))
    );
    sitting.message(feed::FeedEvent::Up);
    let sent = sitting.requests.len();
    for (tick, refused) in [(12, Refusal::NotOurTable), (13, Refusal::NoPlayer)] {
        assert_eq!(checked(&mut sitting, &up), Err(refused.clone()));
        // The script waits, and the engine refuses a key with the same text.
        sitting.tick(GAME, tick, "1.3");
        assert_eq!(sitting.requests.len(), sent);
        assert_eq!(sitting.press_at(Some("1.3"), SELL), None);
        assert!(refusal(&sitting).ends_with(&refused.to_string()));
        sitting.core.login_written();
    }
    // With the player's identity the login is complete: the script's order is sent, and any other one has to wait.
    sitting.name(sitting::PLAYER);
    assert_eq!(sitting.requests[sent..], [SELL.request()]);
    assert_eq!(checked(&mut sitting, &up), Err(Refusal::Pending));
    let refused = refused_kinds(&sitting).len();
    assert_eq!(sitting.sell("50"), None);
    assert_eq!(refused_kinds(&sitting).len(), refused + 1);
}
