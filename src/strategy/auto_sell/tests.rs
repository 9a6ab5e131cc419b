//! Auto-sell over scripted ticks of one position.

use super::*;
use crate::account::{ActionSource, Lot};
use crate::game::{EndReason, Time};
use crate::protocol::number;

fn d(text: &str) -> Decimal {
    number::parse(text).expect("a decimal")
}

fn id(text: &str) -> GameId {
    GameId::new(text).expect("an id")
}

fn at(tick: Tick, price: &str) -> GameContext {
    GameContext {
        game_id: id("g"),
        phase: Phase::Active,
        tick,
        price: Some(d(price)),
    }
}

/// A position of 0.1 tokens at 2x.
fn holding() -> Account {
    let lot = Lot {
        qty: d("0.1"),
        price: d("2"),
    };
    Account::new(d("1"), [lot])
}

fn row(action: ActionKind, tick: Tick, held: &str) -> Action {
    Action {
        status: ActionStatus::Confirmed,
        executed_tick: Some(tick),
        position_qty_after: Some(d(held)),
        ..Action::new(action, ActionSource::Key, id("g"), Time::UNIX_EPOCH)
    }
}

fn ended(game: &str) -> GameEvent {
    GameEvent::GameEnded {
        game_id: id(game),
        reason: EndReason::Rug,
    }
}

/// An auto-sell with these rules, and a position bought at tick 10.
fn seller(rules: AutoSell) -> AutoSeller {
    let mut seller = AutoSeller::default();
    seller.set(Some(rules));
    seller.take_row(&row(ActionKind::Buy, 10, "0.1"));
    seller
}

const TAKE_PROFIT: AutoSell = AutoSell {
    take_profit: Some(Decimal::from_parts(3, 0, 0, false, 0)),
    stop_loss: None,
    after_ticks: None,
    pinned: false,
};

#[test]
fn each_rule_sells_at_its_own_tick() {
    use AutoSellRule::{AfterTicks, StopLoss as Stop, TakeProfit};
    let profit = TAKE_PROFIT;
    let loss = AutoSell {
        stop_loss: Some(StopLoss::LossPercent(d("25"))),
        ..AutoSell::default()
    };
    let price = AutoSell {
        stop_loss: Some(StopLoss::Price(d("1.9"))),
        ..AutoSell::default()
    };
    let time = AutoSell {
        after_ticks: Some(40),
        ..AutoSell::default()
    };
    for (rules, (tick, held), (sell_tick, sold), rule) in [
        (profit, (20, "2.999"), (21, "3"), TakeProfit(d("3"))),
        (loss, (20, "1.5001"), (21, "1.5"), Stop(d("1.50"))),
        (price, (20, "1.91"), (21, "1.7"), Stop(d("1.9"))),
        (time, (49, "2"), (50, "2"), AfterTicks(40)),
    ] {
        let mut seller = seller(rules);
        assert_eq!(seller.due(&at(tick, held), &holding(), true), None);
        let due = seller.due(&at(sell_tick, sold), &holding(), true);
        assert_eq!(due, Some(rule));
    }
}

#[test]
fn nothing_is_sold_without_a_position_outside_the_game_or_while_off() {
    let flat = Account::new(d("1"), []);
    let mut auto = seller(TAKE_PROFIT);
    assert_eq!(auto.due(&at(20, "9"), &flat, true), None);
    for phase in [Phase::Presale, Phase::Rugged, Phase::Cooldown] {
        let game = GameContext {
            phase,
            ..at(20, "9")
        };
        assert_eq!(auto.due(&game, &holding(), true), None);
    }
    auto.set(Some(AutoSell {
        pinned: true,
        ..AutoSell::default()
    }));
    assert_eq!(auto.view().set, None, "without a rule it is off");
    assert_eq!(auto.due(&at(20, "9"), &holding(), true), None);
}

#[test]
fn an_order_waits_until_one_may_be_placed_and_is_given_up_after_three() {
    let mut auto = seller(TAKE_PROFIT);
    assert_eq!(auto.due(&at(20, "3"), &holding(), false), None);
    for tick in 21..24 {
        assert!(auto.due(&at(tick, "3"), &holding(), true).is_some());
    }
    assert_eq!(auto.due(&at(24, "3"), &holding(), true), None);
    // Another position has orders of its own.
    auto.take_row(&row(ActionKind::Sell, 25, "0"));
    auto.take_row(&row(ActionKind::Buy, 30, "0.1"));
    assert!(auto.due(&at(31, "3"), &holding(), true).is_some());
}

#[test]
fn the_time_counts_from_the_first_buy_of_the_position() {
    let mut auto = seller(AutoSell {
        after_ticks: Some(40),
        ..AutoSell::default()
    });
    auto.take_row(&row(ActionKind::Buy, 30, "0.2"));
    auto.take_row(&row(ActionKind::Sell, 40, "0.1"));
    assert_eq!(auto.view().opened_tick, Some(10));
    auto.take_row(&row(ActionKind::Sell, 45, "0"));
    assert_eq!(auto.view().opened_tick, None);
    // One that was there before the program saw a buy counts from its first tick here.
    assert_eq!(auto.due(&at(60, "2"), &holding(), true), None);
    assert_eq!(auto.view().opened_tick, Some(60));
}

#[test]
fn a_refused_row_opens_no_position() {
    let mut auto = AutoSeller::default();
    auto.take_row(&Action {
        status: ActionStatus::Refused,
        ..row(ActionKind::Buy, 10, "0.1")
    });
    assert_eq!(auto.view().opened_tick, None);
}

#[test]
fn it_is_off_after_the_game_unless_pinned() {
    let mut auto = seller(TAKE_PROFIT);
    auto.take_events(&[ended("g")]);
    assert_eq!(auto.view(), AutoSellView::default());
    let pinned = AutoSell {
        pinned: true,
        ..TAKE_PROFIT
    };
    let mut auto = seller(pinned);
    auto.take_events(&[ended("g")]);
    assert_eq!(auto.view().set, Some(pinned));
    assert_eq!(auto.view().opened_tick, None);
}

#[test]
fn impossible_numbers_are_known() {
    let stop = |stop| AutoSell {
        stop_loss: Some(stop),
        ..AutoSell::default()
    };
    let profit = |price: &str| AutoSell {
        take_profit: Some(d(price)),
        ..AutoSell::default()
    };
    let time = |ticks| AutoSell {
        after_ticks: Some(ticks),
        ..AutoSell::default()
    };
    for rules in [
        profit("0"),
        profit("-1"),
        stop(StopLoss::Price(d("0"))),
        stop(StopLoss::LossPercent(d("0"))),
        stop(StopLoss::LossPercent(d("100"))),
        time(0),
        time(5_001),
    ] {
        assert!(!rules.is_possible(), "{rules:?}");
    }
    for rules in [
        profit("0.5"),
        stop(StopLoss::LossPercent(d("99.9"))),
        time(5_000),
        AutoSell::default(),
    ] {
        assert!(rules.is_possible(), "{rules:?}");
    }
}
