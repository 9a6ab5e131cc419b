use super::*;
use crate::account::{AccountEvent, ActionSource, ActionStatus, Lot};
use crate::game::Phase;
use crate::protocol::{GameId, number};

fn d(text: &str) -> Decimal {
    number::parse(text).expect("a decimal")
}

fn at(second: i64) -> Time {
    let noon: Time = "2025-12-15T12:00:00Z".parse().expect("a time");
    noon + chrono::Duration::seconds(second)
}

fn buy(amount: &str) -> Order {
    Order::Buy { amount: d(amount) }
}

fn sell() -> Order {
    Order::Sell { percent: d("100") }
}

fn row(kind: ActionKind, pnl: Option<&str>, done: Time) -> Action {
    let game = GameId::new("a").expect("an id");
    Action {
        tick: 7,
        amount: Some(d("0.1")),
        price: Some(d("2")),
        pnl: pnl.map(d),
        seq: 1,
        phase: Phase::Active,
        status: ActionStatus::Confirmed,
        confirmed_at: Some(done),
        executed_tick: Some(8),
        executed_price: Some(d("2")),
        ..Action::new(kind, ActionSource::Key, game, done)
    }
}

fn check(limits: RiskLimits, order: Order, day: &DayRisk, now: Time) -> Result<(), Refusal> {
    let account = Account::new(d("1"), []);
    limits.check(&order, &account, &day.usage(now), (None, d("2")))
}

#[test]
fn thirty_orders_a_minute_and_the_next_one_when_the_first_is_a_minute_old() {
    let limits = RiskLimits::default();
    let mut day = DayRisk::default();
    let bet = Order::Sidebet { stake: d("0.1") };
    for second in 0..30 {
        let order = if second % 2 == 0 { buy("0.1") } else { bet };
        assert_eq!(check(limits, order, &day, at(second)), Ok(()));
        day.count_sent(&order, at(second));
        // A sell is not limited.
        day.count_sent(&sell(), at(second));
    }
    let refused = check(limits, bet, &day, at(30)).expect_err("the limit");
    assert_eq!(refused, Refusal::TooMany { most: 30, wait: 30 });
    assert_eq!(refused.to_string(), "Wait 30 s: at most 30 orders a minute");
    assert!(check(limits, buy("0.1"), &day, at(59)).is_err());
    assert_eq!(check(limits, buy("0.1"), &day, at(60)), Ok(()));
    day.count_sent(&buy("0.1"), at(60));
    assert!(check(limits, buy("0.1"), &day, at(60)).is_err());
    assert_eq!(day.usage(at(60)).orders, 30);
    assert_eq!(check(RiskLimits::OFF, buy("0.1"), &day, at(60)), Ok(()));
    // A clock that was set back does not block orders for an hour.
    assert_eq!(check(limits, buy("0.1"), &day, at(-3_600)), Ok(()));
    day.count_sent(&buy("0.1"), at(-3_600));
    assert_eq!(day.usage(at(-3_599)).orders, 1);
}

#[test]
fn no_limit_and_no_stop_blocks_a_sell() {
    let strictest = RiskLimits {
        max_loss_a_day: Some(d("0.000000001")),
        max_orders_a_minute: Some(1),
        slippage_percent: Some(d("0.01")),
    };
    let lot = Lot {
        qty: d("0.1"),
        price: d("3"),
    };
    let account = Account::new(d("1"), [lot]);
    let mut day = DayRisk::resume(Some(d("-9")), SentOrders::default(), at(0));
    day.count_sent(&buy("0.1"), at(0));
    day.set_stopped(true);
    let usage = day.usage(at(1));
    // The price has halved since it was drawn.
    let may = |limits: RiskLimits, order: Order, usage: &RiskUsage| {
        limits.check(&order, &account, usage, (Some(d("2")), d("1")))
    };
    for percent in ["0.000000001", "10", "100"] {
        let sell = Order::Sell {
            percent: d(percent),
        };
        assert_eq!(may(strictest, sell, &usage), Ok(()), "{percent}");
    }
    // Each of them alone blocks an order that opens risk.
    let bet = Order::Sidebet { stake: d("0.1") };
    for order in [buy("0.1"), bet] {
        let refused = may(RiskLimits::OFF, order, &usage).expect_err("stopped");
        assert_eq!(refused, Refusal::Stopped);
        day.set_stopped(false);
        let usage = day.usage(at(1));
        let only_orders = RiskLimits {
            max_orders_a_minute: Some(1),
            ..RiskLimits::OFF
        };
        assert!(matches!(
            may(only_orders, order, &usage),
            Err(Refusal::TooMany { .. })
        ));
        let only_loss = RiskLimits {
            max_loss_a_day: strictest.max_loss_a_day,
            ..RiskLimits::OFF
        };
        assert!(matches!(
            may(only_loss, order, &usage),
            Err(Refusal::DayLost(_))
        ));
        day.set_stopped(true);
    }
}

#[test]
fn loss_open_positions_and_the_order_stay_within_the_loss_of_a_day() {
    let limits = RiskLimits {
        max_loss_a_day: Some(d("0.5")),
        ..RiskLimits::default()
    };
    let mut day = DayRisk::resume(Some(d("-0.1")), SentOrders::default(), at(0));
    assert_eq!(check(limits, buy("0.4"), &day, at(0)), Ok(()));
    let (could, most) = (d("0.500000001"), d("0.5"));
    let refused = check(limits, buy("0.400000001"), &day, at(0));
    assert_eq!(refused, Err(Refusal::DayLoss { could, most }));

    assert!(day.take_row(1, &row(ActionKind::Buy, None, at(1))));
    assert!(day.take_row(2, &row(ActionKind::Sell, Some("-0.2"), at(2))));
    // The same row comes again with its answer.
    assert!(!day.take_row(2, &row(ActionKind::Sell, Some("-0.2"), at(2))));
    assert_eq!(day.usage(at(3)).earned_today, d("-0.3"));
    let mut refused = row(ActionKind::Sell, Some("-9"), at(2));
    refused.status = ActionStatus::Refused;
    assert!(!day.take_row(3, &refused));

    // Open positions could be lost, too: 0.15 for the lot, 0.04 for the sidebet.
    let lot = Lot {
        qty: d("0.1"),
        price: d("1.5"),
    };
    let mut account = Account::new(d("1"), [lot]);
    account.apply(&AccountEvent::PlaceSidebet {
        stake: d("0.04"),
        tick: 3,
    });
    let usage = day.usage(at(3));
    let may = |order| limits.check(&order, &account, &usage, (None, d("1")));
    assert_eq!(may(buy("0.01")), Ok(()));
    let refused = may(Order::Sidebet { stake: d("0.02") }).expect_err("too much");
    assert_eq!(refused.to_string(), "Daily limit 0.5 SOL: 0.5100 at risk");
    assert_eq!(may(sell()), Ok(()), "a sell always passes");

    // A gain makes room again, and so does midnight (UTC).
    assert!(day.take_row(4, &row(ActionKind::SidebetWin, Some("0.25"), at(4))));
    assert_eq!(check(limits, buy("0.45"), &day, at(4)), Ok(()));
    let tomorrow = at(12 * 3_600);
    assert_eq!(day.usage(tomorrow).earned_today, Decimal::ZERO);
    assert!(day.take_row(5, &row(ActionKind::Liquidated, Some("-0.3"), tomorrow)));
    assert!(!day.take_row(2, &row(ActionKind::Sell, Some("-0.2"), at(2))));
    assert_eq!(day.usage(tomorrow).earned_today, d("-0.3"));
}

#[test]
fn a_loss_counts_also_when_the_clock_was_a_day_ahead() {
    let limits = RiskLimits {
        max_loss_a_day: Some(d("0.5")),
        ..RiskLimits::default()
    };
    let ahead = at(86_400);
    let mut day = DayRisk::resume(Some(d("0")), SentOrders::default(), ahead);
    assert!(day.take_row(1, &row(ActionKind::Sell, Some("-0.1"), ahead)));
    // The clock is right now.
    assert!(day.take_row(2, &row(ActionKind::Sell, Some("-0.4"), at(0))));
    assert_eq!(day.usage(at(1)).earned_today, d("-0.5"));
    let refused = check(limits, buy("0.01"), &day, at(1));
    assert_eq!(refused, Err(Refusal::DayLost(d("0.5"))));
}

#[test]
fn an_unknown_loss_is_at_the_limit_of_its_day_if_there_is_a_limit() {
    let limits = RiskLimits {
        max_loss_a_day: Some(d("0.5")),
        ..RiskLimits::default()
    };
    let mut day = DayRisk::resume(None, SentOrders::default(), at(0));
    let refused = Err(Refusal::DayUnknown);
    assert_eq!(check(limits, buy("0.01"), &day, at(0)), refused);
    assert_eq!(check(limits, sell(), &day, at(0)), Ok(()));
    assert_eq!(
        check(RiskLimits::default(), buy("0.01"), &day, at(0)),
        Ok(())
    );
    assert!(day.take_row(1, &row(ActionKind::Sell, Some("0.2"), at(1))));
    assert_eq!(check(limits, buy("0.01"), &day, at(1)), refused);
    let tomorrow = at(86_400);
    assert_eq!(check(limits, buy("0.01"), &day, tomorrow), Ok(()));
    assert!(day.take_row(2, &row(ActionKind::Sell, Some("0.2"), tomorrow)));
    assert_eq!(check(limits, buy("0.01"), &day, tomorrow), Ok(()));
}

#[test]
fn the_orders_of_the_last_minute_count_also_with_another_source() {
    let sent = SentOrders::default();
    let mut first = DayRisk::resume(Some(d("0")), sent.clone(), at(0));
    first.count_sent(&buy("0.1"), at(0));
    first.count_sent(&buy("0.1"), at(10));
    drop(first);
    let second = DayRisk::resume(Some(d("0")), sent, at(20));
    let usage = second.usage(at(20));
    assert_eq!((usage.orders, usage.next_order_in), (2, 40));
    assert_eq!(second.usage(at(60)).orders, 1);
}

#[test]
fn a_price_worse_than_the_one_on_the_screen_is_refused() {
    let limits = RiskLimits {
        slippage_percent: Some(d("5")),
        ..RiskLimits::default()
    };
    let account = Account::new(d("1"), []);
    let may = |order: Order, seen: &str, price: &str| {
        let prices = (Some(d(seen)), d(price));
        limits.check(&order, &account, &RiskUsage::default(), prices)
    };
    assert_eq!(may(buy("0.1"), "2", "2.1"), Ok(()));
    let refused = may(buy("0.1"), "2", "2.2").expect_err("ten percent");
    assert_eq!(
        refused.to_string(),
        "The price became 10 % worse than on the screen; at most 5 %"
    );
    assert_eq!(may(buy("0.1"), "2", "0.1"), Ok(()));
    assert_eq!(may(sell(), "2", "0.1"), Ok(()), "a sell passes");
    assert_eq!(may(Order::Sidebet { stake: d("1") }, "2", "9"), Ok(()));
    assert_eq!(may(buy("0.1"), "0", "9"), Ok(()));
    // A fill that is worse than the press is reported, for a sell, too.
    let mut sold = row(ActionKind::Sell, None, at(0));
    sold.executed_price = Some(d("1.8"));
    assert_eq!(limits.slipped(&sold), Some(d("10")));
    let mut filled = row(ActionKind::Buy, None, at(0));
    assert_eq!(limits.slipped(&filled), None);
    filled.executed_price = Some(d("2.2"));
    assert_eq!(limits.slipped(&filled), Some(d("10")));
    assert_eq!(RiskLimits::default().slipped(&filled), None);
}

#[test]
fn the_emergency_stop_blocks_buys_and_sidebets_until_it_is_released() {
    let mut day = DayRisk::default();
    let blocked = |day: &DayRisk| {
        [buy("0.1"), Order::Sidebet { stake: d("0.1") }]
            .map(|order| check(RiskLimits::OFF, order, day, at(0)))
    };
    assert!(day.set_stopped(true));
    assert_eq!(
        blocked(&day),
        [Err(Refusal::Stopped), Err(Refusal::Stopped)]
    );
    assert!(!day.set_stopped(true), "pressed again it stays pressed");
    assert_eq!(
        blocked(&day),
        [Err(Refusal::Stopped), Err(Refusal::Stopped)]
    );
    assert!(day.usage(at(1_000_000)).stopped);
    assert!(day.set_stopped(false));
    assert!(!day.set_stopped(false));
    assert_eq!(blocked(&day), [Ok(()), Ok(())]);
}
