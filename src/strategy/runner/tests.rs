//! Strategies over scripted games, with the account of a simulation.

use rust_decimal::Decimal;

use super::*;
use crate::account::AccountEvent;
use crate::protocol::number;
use crate::strategy::Strategy;
use crate::trading::{GameContext, OrderLimits};

fn d(text: &str) -> Decimal {
    number::parse(text).expect("a decimal")
}

/// A strategy, the account it plays with, and what it did.
struct Simulation {
    runner: StrategyRunner,
    account: Account,
    limits: OrderLimits,
    games: u32,
    log: Vec<String>,
}

impl Simulation {
    fn of(text: &str) -> Self {
        Self::with(text, "1")
    }

    fn with(text: &str, balance: &str) -> Self {
        let strategy = Strategy::parse(text).unwrap_or_else(|why| panic!("{why}"));
        Self {
            runner: StrategyRunner::new(Arc::new(strategy)),
            account: Account::new(d(balance), []),
            limits: OrderLimits::default(),
            games: 0,
            log: Vec::new(),
        }
    }

    /// Plays what is due at a moment: orders are executed at once.
    fn at(&mut self, phase: Phase, tick: Tick, price: &str) {
        let price = d(price);
        let game = GameContext {
            game_id: GameId::new(&format!("g{}", self.games)).expect("an id"),
            phase,
            tick,
            price: Some(price),
        };
        loop {
            let ctx = StrategyContext {
                game: &game,
                account: Some(&self.account),
                limits: &self.limits,
                ready: true,
            };
            let Some(step) = self.runner.next(&ctx) else {
                return;
            };
            let StrategyStep::Press(order) = step else {
                panic!("no script line is late here");
            };
            let line = order.line().number;
            let event = order.event(tick, price);
            let done = self.account.apply(&event).is_some();
            let refused = if done { "" } else { ", refused" };
            if !done {
                self.runner.note_refused();
            }
            self.log
                .push(format!("{tick} {} by {line}{refused}", order.shown()));
        }
    }

    /// Plays a game: its prices from tick 0, then the rug. Returns what was pressed in it.
    fn game(&mut self, prices: &[&str]) -> Vec<String> {
        self.games += 1;
        self.account.new_game();
        self.at(Phase::Cooldown, 0, "1");
        self.at(Phase::Presale, 0, "1");
        for (tick, price) in (0..).zip(prices) {
            self.decide_sidebet(tick, false);
            self.at(Phase::Active, tick, price);
        }
        let rug = u32::try_from(prices.len()).expect("a short game");
        self.decide_sidebet(rug, true);
        self.account
            .apply(&AccountEvent::Liquidate { price: d("0.02") });
        self.at(Phase::Rugged, rug, "0.02");
        std::mem::take(&mut self.log)
    }

    fn decide_sidebet(&mut self, tick: Tick, rugged: bool) {
        let bet = self.account.book().sidebet;
        let Some(payout) = bet.and_then(|bet| bet.decided(tick, rugged)) else {
            return;
        };
        self.account.apply(&if payout.is_zero() {
            AccountEvent::LoseSidebet
        } else {
            AccountEvent::WinSidebet
        });
    }
}

#[test]
fn the_first_rule_that_matches_acts_once_a_moment_and_side() {
    let mut played = Simulation::of(
        "stake 0.1\nin presale buy stake\nwhen price >= 1.5 sell 50%\nwhen price >= 1.2 sell all\nat tick 0 sidebet 0.01\nat tick 0 sidebet 0.02",
    );
    // At 1.6 both sales match: the first of them acts, the second one at the next tick.
    let found = played.game(&["1", "1.1", "1.6", "1.6", "1.6"]);
    assert_eq!(
        found,
        [
            "0 buy 0.1 SOL by 2",
            "0 sidebet 0.01 SOL by 5",
            "2 sell 50 % by 3",
            "3 sell 100 % by 4",
        ]
    );
    // In the next game every rule acts again.
    let found = played.game(&["1"]);
    assert_eq!(found, ["0 buy 0.1 SOL by 2", "0 sidebet 0.01 SOL by 5"]);
}

#[test]
fn a_rule_acts_once_a_game_a_sale_once_a_position_and_whenever_again() {
    let mut played = Simulation::of(
        "when price >= 2 buy 0.01\nwhen price >= 2.5 buy 0.02\nwhen profit >= 10% sell all\nwhenever tick >= 0 sidebet 0.001",
    );
    let found = played.game(&["1", "2", "2.1", "2.3", "2.5", "2.6", "2.8", "3"]);
    assert_eq!(
        found,
        [
            "0 sidebet 0.001 SOL by 4",
            "1 buy 0.01 SOL by 1",
            "3 sell 100 % by 3",
            "4 buy 0.02 SOL by 2",
            "6 sell 100 % by 3",
        ]
    );
    // A sidebet's last tick is its 40th; the next one begins there.
    let long: Vec<_> = std::iter::repeat_n("1", 90).collect();
    let mut bets = Simulation::of("whenever tick >= 0 sidebet 0.001");
    assert_eq!(
        bets.game(&long),
        [
            "0 sidebet 0.001 SOL by 1",
            "40 sidebet 0.001 SOL by 1",
            "80 sidebet 0.001 SOL by 1",
        ]
    );
}

#[test]
fn ticks_since_the_buy_and_the_fall_from_the_high_belong_to_the_position() {
    let mut played = Simulation::of(
        "when price >= 2 buy 0.01\nafter 3 ticks sell 10%\nwhen price falls 30% from high sell all",
    );
    // The high of 4 was before the buy: 2.4 is no fall of 30 % from 2.5, but 1.7 is.
    let found = played.game(&["1", "1.9", "2", "2.5", "2.4", "2.3", "1.7"]);
    assert_eq!(
        found,
        [
            "2 buy 0.01 SOL by 1",
            "5 sell 10 % by 2",
            "6 sell 100 % by 3"
        ]
    );
    let mut dip = Simulation::of("when price falls 50% from high buy 0.01");
    assert_eq!(dip.game(&["1", "4", "2.1", "2"]), ["3 buy 0.01 SOL by 1"]);
    // A buy in the presale counts from tick 0.
    let mut early = Simulation::of("in presale buy 0.01\nafter 2 ticks sell all");
    let found = early.game(&["1", "1", "1", "1"]);
    assert_eq!(found, ["0 buy 0.01 SOL by 1", "2 sell 100 % by 2"]);
}

#[test]
fn the_stake_follows_losses_and_wins_of_games() {
    let text = "stake 0.01\nat tick 0 sidebet stake\nafter loss stake x 1.25, at most 0.02\nafter win stake 0.01";
    let mut played = Simulation::of(text);
    let long: Vec<_> = std::iter::repeat_n("1", 50).collect();
    let mut stakes = Vec::new();
    for _ in 0..5 {
        stakes.extend(played.game(&long));
    }
    // Lost four times, then won, then not traded at all.
    stakes.extend(played.game(&["1"]));
    stakes.extend(played.game(&["1"]));
    let amounts: Vec<_> = stakes
        .iter()
        .map(|line| line.split(' ').nth(2).unwrap_or_default())
        .collect();
    assert_eq!(
        amounts,
        [
            "0.01",
            "0.0125",
            "0.015625",
            "0.01953125",
            "0.02",
            "0.02",
            "0.01"
        ]
    );
    assert_eq!(played.runner.games(), 7);
    // A product is cut to 9 decimals.
    let mut cut =
        Simulation::of("stake 0.001\nat tick 0 sidebet stake\nafter loss stake x 1.3333333");
    cut.game(&long);
    assert_eq!(cut.runner.stake(), Some(d("0.001333333")));
}

#[test]
fn a_break_even_game_and_one_without_a_trade_change_nothing() {
    let mut played = Simulation::of(
        "stake 0.01\nwhen price >= 2 buy stake\nafter 1 ticks sell all\nafter loss stake x 2\nafter win stake x 3",
    );
    played.game(&["1", "1.5"]);
    assert_eq!(played.runner.stake(), Some(d("0.01")));
    played.game(&["1", "2", "2"]);
    assert_eq!(
        (played.runner.stake(), played.runner.earned()),
        (Some(d("0.01")), d("0"))
    );
    played.game(&["1", "2", "3"]);
    assert_eq!(
        (played.runner.stake(), played.runner.earned()),
        (Some(d("0.03")), d("0.005"))
    );
}

#[test]
fn a_stop_is_decided_between_games_and_says_its_line() {
    let mut played = Simulation::of("in presale buy 0.1\nstop when lost >= 0.15 and games >= 2");
    // The first game loses 0.098, the second one as much; the position is held until the rug.
    assert_eq!(played.game(&["1", "1"]).len(), 1);
    assert_eq!(played.runner.end(), None);
    assert_eq!(played.game(&["1", "1"]).len(), 1);
    let end = played.runner.end().expect("an end").to_string();
    assert_eq!(end, "line 2: stop when lost >= 0.15 and games >= 2");
    assert!(played.runner.is_over());
    assert_eq!(
        played.runner.last_id(),
        Some(&GameId::new("g2").expect("an id"))
    );
    assert!(played.game(&["1", "1"]).is_empty());
}

#[test]
fn a_wallet_below_the_smallest_order_ends_it_and_a_stake_above_the_wallet_is_refused() {
    let mut played = Simulation::with("in presale buy 0.02", "0.0205");
    assert_eq!(played.game(&["1"]), ["0 buy 0.02 SOL by 1"]);
    // 0.0004 of the position is left, and 0.0005 were never used.
    let end = played.runner.end().expect("an end").to_string();
    assert_eq!(
        end,
        "the wallet holds 0.0009 SOL, less than the smallest order"
    );
    let mut poor = Simulation::with("whenever tick >= 0 buy 2\nwhen tick >= 1 buy 0.5", "1");
    let found = poor.game(&["1", "1", "1"]);
    // A refused rule does not act again in this game.
    assert_eq!(found, ["0 buy 2 SOL by 1, refused", "1 buy 0.5 SOL by 2"]);
    assert_eq!(poor.game(&["1"]), ["0 buy 2 SOL by 1, refused"]);
}

#[test]
fn the_game_before_is_known_once_it_was_seen_whole() {
    let text =
        "in presale and last ticks <= 2 buy 0.01\nat tick 0 and last peak >= 3x sidebet 0.01";
    let mut played = Simulation::of(text);
    assert!(played.game(&["1", "1"]).is_empty());
    assert_eq!(played.game(&["1", "3", "2"]), ["0 buy 0.01 SOL by 1"]);
    assert_eq!(played.game(&["1"]), ["0 sidebet 0.01 SOL by 2"]);
    // A game that was joined late is none of the strategy's, and not known as the one before.
    let mut late = Simulation::of(text);
    late.games = 7;
    late.at(Phase::Active, 1, "1");
    late.at(Phase::Rugged, 2, "0.02");
    assert!(late.game(&["1", "1"]).is_empty());
    assert_eq!(late.runner.game_number(), 1);
    assert_eq!(late.game(&["1"]), ["0 buy 0.01 SOL by 1"]);
}

#[test]
fn games_can_be_left_out_and_counted() {
    let mut played = Simulation::of("in presale buy 0.01");
    played.runner = played.runner.skipping(2).of_games(1);
    let counts = [1, 2, 3, 4].map(|_| played.game(&["1"]).len());
    assert_eq!(counts, [0, 0, 1, 0]);
    assert_eq!(played.runner.games(), 1);
    assert_eq!(
        played.runner.last_id(),
        Some(&GameId::new("g3").expect("an id"))
    );
    assert!(played.runner.is_over());
}

#[test]
fn an_order_waits_while_none_can_be_placed_and_is_decided_again_then() {
    let strategy = Strategy::parse("when price >= 2 buy 0.01").expect("a strategy");
    let mut runner = StrategyRunner::new(Arc::new(strategy));
    let (account, limits) = (Account::new(d("1"), []), OrderLimits::default());
    let mut next = |phase, price: &str, ready| {
        let game = GameContext {
            game_id: GameId::new("g").expect("an id"),
            phase,
            tick: 5,
            price: Some(d(price)),
        };
        let ctx = StrategyContext {
            game: &game,
            account: Some(&account),
            limits: &limits,
            ready,
        };
        let step = runner.next(&ctx);
        (step.is_some(), runner.is_held_up())
    };
    assert_eq!(next(Phase::Presale, "1", true), (false, false));
    assert_eq!(next(Phase::Active, "2", false), (false, true));
    // The price has fallen since: nothing is due any more.
    assert_eq!(next(Phase::Active, "1.9", true), (false, false));
    assert_eq!(next(Phase::Active, "2", true), (true, false));
    assert_eq!(next(Phase::Active, "2", true), (false, false));
}

#[test]
fn the_plan_is_the_order_that_comes_next() {
    let strategy = "in presale buy 0.01\nwhen price >= 2 sell 50%\nat tick 3 sidebet 0.002\nafter 9 ticks sell all";
    let mut played = Simulation::of(strategy);
    let plan = |played: &Simulation, phase, tick| {
        let game = GameContext {
            game_id: GameId::new(&format!("g{}", played.games)).expect("an id"),
            phase,
            tick,
            price: Some(Decimal::ONE),
        };
        let planned = played.runner.planned(&StrategyContext {
            game: &game,
            account: Some(&played.account),
            limits: &played.limits,
            ready: true,
        });
        planned.map_or_else(String::new, |plan| {
            format!("{} by {}", plan.order, plan.line.number)
        })
    };
    played.games = 1;
    played.at(Phase::Cooldown, 0, "1");
    assert_eq!(plan(&played, Phase::Cooldown, 0), "buy 0.01 SOL by 1");
    played.at(Phase::Presale, 0, "1");
    assert_eq!(plan(&played, Phase::Presale, 0), "sidebet 0.002 SOL by 3");
    played.at(Phase::Active, 3, "1");
    assert_eq!(plan(&played, Phase::Active, 3), "sell 50 % by 2");
    played.at(Phase::Active, 4, "2");
    assert_eq!(plan(&played, Phase::Active, 4), "sell 100 % by 4");
    played
        .account
        .apply(&AccountEvent::Liquidate { price: d("0.02") });
    assert_eq!(plan(&played, Phase::Rugged, 5), "buy 0.01 SOL by 1");
}

/// A game may rug at once, and be settled only after the presale of the next one.
#[test]
fn a_rule_acts_at_the_same_tick_of_the_next_game() {
    let mut played = Simulation::of("at tick 0 sidebet 0.01");
    assert_eq!(played.game(&["1"]), ["0 sidebet 0.01 SOL by 1"]);
    played.games += 1;
    played.account.new_game();
    played.at(Phase::Active, 0, "1");
    assert_eq!(played.log, ["0 sidebet 0.01 SOL by 1"]);
}
