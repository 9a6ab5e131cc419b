//! Scripts of `pianola play`.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::*;
use crate::strategy::{PracticeTable, Strategy};
use crate::trading::{GameContext, OrderLimits};

fn script(text: &str) -> StrategyRunner {
    StrategyRunner::new(Arc::new(Strategy::parse(text).expect("a script")))
}

fn text_of(
    runner: &mut StrategyRunner,
    game: &str,
    phase: Phase,
    tick: Tick,
    ready: bool,
) -> String {
    let game = GameContext {
        game_id: GameId::new(game).expect("an id"),
        phase,
        tick,
        price: Some(Decimal::ONE),
    };
    let ctx = StrategyContext {
        game: &game,
        account: None,
        limits: &OrderLimits::default(),
        ready,
    };
    match runner.next(&ctx) {
        Some(StrategyStep::Press(order)) => order.for_table(&table()).to_string(),
        Some(StrategyStep::TooLate(why)) => why,
        None => "-".to_owned(),
    }
}

fn table() -> PracticeTable {
    PracticeTable::announced(&crate::protocol::Announcement {
        pianola: String::new(),
        orders: true,
        paced: true,
        speed: None,
        seeded: true,
    })
}

#[test]
fn orders_are_placed_at_their_moment_one_at_a_time() {
    let text = "2 5 sell 50 # half\n\n# presale\n1 presale buy 0.01\n1 presale sidebet 0.002\n1 3 buy 0.5\n";
    let mut script = script(text);
    let mut at = |game, phase, tick, ready| text_of(&mut script, game, phase, tick, ready);
    assert_eq!(at("a", Phase::Cooldown, 0, true), "-");
    assert_eq!(at("a", Phase::Presale, 0, true), "buy 0.01 SOL");
    assert_eq!(at("a", Phase::Presale, 0, false), "-");
    assert_eq!(at("a", Phase::Presale, 0, true), "sidebet 0.002 SOL");
    assert_eq!(at("a", Phase::Active, 2, true), "-");
    assert_eq!(at("a", Phase::Active, 4, true), "buy 0.5 SOL");
    assert_eq!(at("b", Phase::Active, 5, true), "sell 50 %");
    assert_eq!(at("b", Phase::Active, 6, true), "-");
    assert_eq!(script.end(), None);
    assert_eq!(text_of(&mut script, "b", Phase::Rugged, 9, true), "-");
    assert_eq!(script.end(), Some(&RunEnd::Done));
}

#[test]
fn a_late_line_is_reported_and_never_played_in_another_game() {
    let mut script = script("1 presale buy 1\n1 9 buy 2\n1 50 buy 3\n2 1 buy 4");
    let mut at = |game, phase, tick| text_of(&mut script, game, phase, tick, true);
    // The game that ran at the start is not one of the script's.
    assert_eq!(at("z", Phase::Active, 9), "-");
    assert_eq!(
        at("a", Phase::Active, 0),
        "line 1, buy 1 SOL: the presale is over"
    );
    // At the rug it is still placed, and will be refused.
    assert_eq!(at("a", Phase::Rugged, 9), "buy 2 SOL");
    assert_eq!(
        at("a", Phase::Rugged, 9),
        "line 3, buy 3 SOL: the game rugged before"
    );
    assert_eq!(at("c", Phase::Cooldown, 0), "-");
    assert_eq!(
        at("d", Phase::Cooldown, 0),
        "line 4, buy 4 SOL: the game is over"
    );
    assert_eq!(script.end(), Some(&RunEnd::Done));
}

#[test]
fn a_stop_counts_for_script_lines_too() {
    let text = "1 presale buy 0.01\n9 presale buy 0.01\nstop when games >= 2";
    let strategy = Strategy::parse(text).expect("a strategy");
    assert!(!strategy.is_script());
    let mut runner = StrategyRunner::new(Arc::new(strategy));
    let account = Account::new(Decimal::ONE, []);
    let mut pressed = 0;
    for game in ["a", "b", "c"] {
        for (phase, tick) in [(Phase::Presale, 0), (Phase::Active, 1), (Phase::Rugged, 2)] {
            let game = GameContext {
                game_id: GameId::new(game).expect("an id"),
                phase,
                tick,
                price: Some(Decimal::ONE),
            };
            let ctx = StrategyContext {
                game: &game,
                account: Some(&account),
                limits: &OrderLimits::default(),
                ready: true,
            };
            pressed += usize::from(runner.next(&ctx).is_some());
        }
    }
    let end = runner.end().expect("an end").to_string();
    assert_eq!((pressed, end.as_str()), (1, "line 3: stop when games >= 2"));
}

#[test]
fn the_wallet_before_a_game_is_the_one_before_its_first_script_line() {
    let text = "1 presale buy 0.1\nstop when lost >= 0.1";
    let mut runner = script(text);
    let mut account = Account::new(Decimal::ONE, []);
    for (phase, tick) in [(Phase::Presale, 0), (Phase::Active, 1), (Phase::Rugged, 2)] {
        let game = GameContext {
            game_id: GameId::new("a").expect("an id"),
            phase,
            tick,
            price: Some(Decimal::ONE),
        };
        if phase == Phase::Rugged {
            let price = Decimal::ZERO;
            account.apply(&crate::account::AccountEvent::Liquidate { price });
        }
        let ctx = StrategyContext {
            game: &game,
            account: Some(&account),
            limits: &OrderLimits::default(),
            ready: true,
        };
        if let Some(StrategyStep::Press(order)) = runner.next(&ctx) {
            account.apply(&order.event(tick, Decimal::ONE));
        }
    }
    let end = runner.end().expect("an end").to_string();
    assert_eq!(end, "line 2: stop when lost >= 0.1");
    assert_eq!(runner.earned(), Decimal::new(-1, 1));
}
