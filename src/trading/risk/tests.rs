use super::*;
use crate::account::{AccountEvent, ActionSource, Lot};
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
    Action {
        game_id: GameId::new("a").expect("an id"),
        tick: 7,
        timestamp: done,
        action: kind,
        amount: Some(d("0.1")),
        price: Some(d("2")),
        balance_after: None,
        position_qty_after: None,
        entry_price: None,
        pnl: pnl.map(d),
        seq: 1,
        phase: Phase::Active,
        status: ActionStatus::Confirmed,
        qty: None,
        sell_percent: None,
        source: ActionSource::Key,
        confirmed_at: Some(done),
        executed_tick: Some(8),
        executed_price: Some(d("2")),
        acked_at: None,
        reason_code: None,
        reason: None,
    }
}

fn check(risk: RiskLimits, order: Order, course: &DayRisk, now: Time) -> Result<(), Refusal> {
    let account = Account::new(d("1"), []);
    guards.check(&order, &account, &course.guarded(now), (None, d("2")))
}

#[test]
fn thirty_orders_a_minute_and_the_next_one_when_the_first_is_a_minute_old() {
    let guards = RiskLimits::default();
    let mut course = DayRisk::default();
    let bet = Order::Sidebet { stake: d("0.1") };
    for second in 0..30 {
        let order = if second % 2 == 0 { buy("0.1") } else { bet };
        assert_eq!(check(guards, order, &course, at(second)), Ok(()));
        course.sent(&order, at(second));
        // A sale is no part of what is limited.
        course.sent(&sell(), at(second));
    }
    let refused = check(guards, bet, &course, at(30)).expect_err("the limit");
    assert_eq!(refused, Refusal::TooMany { most: 30, wait: 30 });
    assert_eq!(
        refused.to_string(),
        "wait 30 s: limit 30 buys and sidebets a minute"
    );
    assert!(check(guards, buy("0.1"), &course, at(59)).is_err());
    assert_eq!(check(guards, buy("0.1"), &course, at(60)), Ok(()));
    course.sent(&buy("0.1"), at(60));
    assert!(check(guards, buy("0.1"), &course, at(60)).is_err());
    assert_eq!(course.guarded(at(60)).orders, 30);
    assert_eq!(check(RiskLimits::OFF, buy("0.1"), &course, at(60)), Ok(()));
    // A clock that was set back shuts nobody out for an hour.
    assert_eq!(check(guards, buy("0.1"), &course, at(-3_600)), Ok(()));
    course.sent(&buy("0.1"), at(-3_600));
    assert_eq!(course.guarded(at(-3_599)).orders, 1);
}

#[test]
fn no_guard_and_no_stop_blocks_a_sale_of_what_is_held() {
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
    let mut course = DayRisk::going_on(d("-9"), at(0));
    course.sent(&buy("0.1"), at(0));
    course.stop(true);
    let guarded = course.guarded(at(1));
    // The price fell by half since it was drawn.
    let may = |risk: RiskLimits, order: Order, guarded: &RiskUsage| {
        guards.check(&order, &account, guarded, (Some(d("2")), d("1")))
    };
    for percent in ["0.000000001", "10", "100"] {
        let sell = Order::Sell {
            percent: d(percent),
        };
        assert_eq!(may(strictest, sell, &guarded), Ok(()), "{percent}");
    }
    // What opens risk is blocked by each of them alone.
    let bet = Order::Sidebet { stake: d("0.1") };
    for order in [buy("0.1"), bet] {
        let refused = may(RiskLimits::OFF, order, &guarded).expect_err("stopped");
        assert_eq!(refused, Refusal::Stopped);
        course.stop(false);
        let guarded = course.guarded(at(1));
        let only_orders = RiskLimits {
            max_orders_a_minute: Some(1),
            ..RiskLimits::OFF
        };
        assert!(matches!(
            may(only_orders, order, &guarded),
            Err(Refusal::TooMany { .. })
        ));
        let only_loss = RiskLimits {
            max_loss_a_day: strictest.max_loss_a_day,
            ..RiskLimits::OFF
        };
        assert!(matches!(
            may(only_loss, order, &guarded),
            Err(Refusal::DayLoss { .. })
        ));
        course.stop(true);
    }
}

#[test]
fn what_is_lost_open_and_asked_for_stays_within_the_loss_of_a_day() {
    let guards = RiskLimits {
        max_loss_a_day: Some(d("0.5")),
        ..RiskLimits::default()
    };
    let mut course = DayRisk::going_on(d("-0.1"), at(0));
    assert_eq!(check(guards, buy("0.4"), &course, at(0)), Ok(()));
    let (could, most) = (d("0.500000001"), d("0.5"));
    let refused = check(guards, buy("0.400000001"), &course, at(0));
    assert_eq!(refused, Err(Refusal::DayLoss { could, most }));

    assert!(course.row(1, &row(ActionKind::Buy, None, at(1))));
    assert!(course.row(2, &row(ActionKind::Sell, Some("-0.2"), at(2))));
    // The same row is told again when its answer comes.
    assert!(!course.row(2, &row(ActionKind::Sell, Some("-0.2"), at(2))));
    assert_eq!(course.guarded(at(3)).earned_today, d("-0.3"));
    let mut refused = row(ActionKind::Sell, Some("-9"), at(2));
    refused.status = ActionStatus::Refused;
    assert!(!course.row(3, &refused));

    // What is open could be lost, too: 0.15 for the lot, 0.04 for the sidebet.
    let lot = Lot {
        qty: d("0.1"),
        price: d("1.5"),
    };
    let mut account = Account::new(d("1"), [lot]);
    account.apply(&AccountEvent::PlaceSidebet {
        stake: d("0.04"),
        tick: 3,
    });
    let guarded = course.guarded(at(3));
    let may = |order| guards.check(&order, &account, &guarded, (None, d("1")));
    assert_eq!(may(buy("0.01")), Ok(()));
    let refused = may(Order::Sidebet { stake: d("0.02") }).expect_err("too much");
    assert_eq!(
        refused.to_string(),
        "with what is open and this order, 0.51 SOL could be lost today; the most is 0.5 SOL"
    );
    assert_eq!(may(sell()), Ok(()), "out of a position one always may");

    // A gain makes room again, and so does midnight (UTC).
    assert!(course.row(4, &row(ActionKind::SidebetWin, Some("0.25"), at(4))));
    assert_eq!(check(guards, buy("0.45"), &course, at(4)), Ok(()));
    let tomorrow = at(12 * 3_600);
    assert_eq!(course.guarded(tomorrow).earned_today, Decimal::ZERO);
    assert!(course.row(5, &row(ActionKind::Liquidated, Some("-0.3"), tomorrow)));
    assert!(!course.row(2, &row(ActionKind::Sell, Some("-0.2"), at(2))));
    assert_eq!(course.guarded(tomorrow).earned_today, d("-0.3"));
}

#[test]
fn a_price_that_ran_away_from_the_screen_is_refused_where_it_is_worse() {
    let guards = RiskLimits {
        slippage_percent: Some(d("5")),
        ..RiskLimits::default()
    };
    let account = Account::new(d("1"), []);
    let may = |order: Order, seen: &str, price: &str| {
        let prices = (Some(d(seen)), d(price));
        guards.check(&order, &account, &RiskUsage::default(), prices)
    };
    assert_eq!(may(buy("0.1"), "2", "2.1"), Ok(()));
    let refused = may(buy("0.1"), "2", "2.2").expect_err("ten percent");
    assert_eq!(
        refused.to_string(),
        "the price became 10 % worse than it was on the screen; at most 5 % are allowed"
    );
    assert_eq!(may(buy("0.1"), "2", "0.1"), Ok(()));
    assert_eq!(may(sell(), "2", "0.1"), Ok(()), "a sale is not held back");
    assert_eq!(may(Order::Sidebet { stake: d("1") }, "2", "9"), Ok(()));
    assert_eq!(may(buy("0.1"), "0", "9"), Ok(()));
    // A fill that is worse than the press is reported, also for a sale.
    let mut sold = row(ActionKind::Sell, None, at(0));
    sold.executed_price = Some(d("1.8"));
    assert_eq!(guards.slipped(&sold), Some(d("10")));
    let mut filled = row(ActionKind::Buy, None, at(0));
    assert_eq!(guards.slipped(&filled), None);
    filled.executed_price = Some(d("2.2"));
    assert_eq!(guards.slipped(&filled), Some(d("10")));
    assert_eq!(RiskLimits::default().slipped(&filled), None);
}

#[test]
fn the_emergency_stop_blocks_buys_and_sidebets_until_it_is_released() {
    let mut course = DayRisk::default();
    let blocked = |course: &DayRisk| {
        [buy("0.1"), Order::Sidebet { stake: d("0.1") }]
            .map(|order| check(RiskLimits::OFF, order, course, at(0)))
    };
    assert!(course.stop(true));
    assert_eq!(
        blocked(&course),
        [Err(Refusal::Stopped), Err(Refusal::Stopped)]
    );
    assert!(!course.stop(true), "pressed again it stays pressed");
    assert_eq!(
        blocked(&course),
        [Err(Refusal::Stopped), Err(Refusal::Stopped)]
    );
    assert!(course.guarded(at(1_000_000)).stopped);
    assert!(course.stop(false));
    assert!(!course.stop(false));
    assert_eq!(blocked(&course), [Ok(()), Ok(())]);
}
