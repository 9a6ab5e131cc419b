//! Random strategies: what they decide depends on nothing that a player does not see, stays within the limits, and is the
//! same at the practice table and in a simulation.

use pianola::account::{ActionKind, ActionSource, ActionStatus};
use pianola::engine::TablePiano;
use pianola::protocol::{GameId, Request, Tick};
use pianola::strategy::StrategyRunner;
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::support::strategy_games::{
    Decision, OfflinePiano, limits, practice_table, prices, read, simulate, strategy_text,
};

/// A position of which 99 % are sold again and again: the table refuses to sell less than the smallest part of a token.
#[test]
fn a_sale_of_dust_is_refused_once_and_the_simulation_knows() {
    let strategy = read("at tick 1 buy 0.001\nwhenever price > 0.001 sell 99%");
    let piano = TablePiano::playing(practice_table(), StrategyRunner::new(strategy.clone()));
    let mut played = OfflinePiano::new(11, piano, limits());
    played.play(1);
    let rows = played.rows();
    let sales: Vec<_> = rows
        .iter()
        .filter(|row| row.action == ActionKind::Sell && row.game_id == played.games[0].id)
        .map(|row| (row.tick, row.status))
        .collect();
    let (last, sold) = sales.split_last().unwrap();
    assert_eq!(last.1, ActionStatus::Refused);
    assert!(
        sold.iter()
            .all(|(_, status)| *status == ActionStatus::Confirmed)
    );
    let (simulated, _) = simulate(&strategy, &[prices(&played.games[0])]);
    let simulated: Vec<_> = simulated[1..]
        .iter()
        .map(|decision| (decision.1.unwrap(), decision.3))
        .collect();
    let sales: Vec<_> = sales
        .iter()
        .map(|(tick, status)| (*tick, *status == ActionStatus::Refused))
        .collect();
    assert_eq!(sales, simulated);
}

/// Random games: prices by tick, the last one is the rug's.
fn games() -> impl Strategy<Value = Vec<Vec<Decimal>>> {
    let price = (10i64..600).prop_map(|hundredths| Decimal::new(hundredths, 2));
    let game = prop::collection::vec(price, 2..90).prop_map(|mut prices| {
        prices[0] = Decimal::ONE;
        *prices.last_mut().unwrap() = Decimal::new(2, 2);
        prices
    });
    prop::collection::vec(game, 1..5)
}

/// Returns the decisions before a tick of a game; the presale comes before tick 0.
fn before(decisions: &[Decision], game: usize, tick: Tick) -> Vec<&Decision> {
    let is_before = |decision: &&Decision| (decision.0, decision.1) < (game, Some(tick));
    decisions.iter().filter(is_before).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// What is decided up to a tick stays the same when every later price changes, and every later game.
    #[test]
    fn no_decision_looks_at_the_future(text in strategy_text(), all in games(), others in games(), at in any::<prop::sample::Index>()) {
        let strategy = read(&text);
        let game = at.index(all.len());
        let tick = at.index(all[game].len());
        let mut changed = all[..=game].to_vec();
        let other = others[0].iter().cycle();
        changed[game].truncate(tick);
        changed[game].extend(other.take(all[game].len()).copied());
        changed.extend(others.iter().cloned());
        let tick = Tick::try_from(tick).unwrap();
        let (seen, unseen) = (simulate(&strategy, &all).0, simulate(&strategy, &changed).0);
        prop_assert_eq!(before(&seen, game, tick), before(&unseen, game, tick));
    }
}

proptest! {
    // A table begins with a hundred games before the first one.
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn the_piano_at_the_table_decides_as_a_simulation_and_never_leaves_the_limits(text in strategy_text(), seed in 0u64..1_000_000) {
        let strategy = read(&text);
        let piano = TablePiano::playing(practice_table(), StrategyRunner::new(strategy.clone()));
        let mut played = OfflinePiano::new(seed, piano, limits());
        played.play(3);

        let most = limits();
        for request in &played.requests {
            match request {
                Request::Buy { amount } => prop_assert!((most.min_buy..=most.max_buy).contains(amount)),
                Request::Sell { percentage } => prop_assert!(*percentage > Decimal::ZERO && *percentage <= Decimal::ONE_HUNDRED),
                Request::Sidebet { amount, .. } => prop_assert!((most.min_sidebet..=most.max_sidebet).contains(amount)),
                Request::Authenticate(_) => prop_assert!(false, "the piano does not log in"),
            }
        }
        // The next game may have begun.
        let whole: Vec<_> = played.games[..3].to_vec();
        let number = |id: &GameId| whole.iter().position(|game| game.id == *id);
        let rows = played.rows();
        let orders = rows.iter().filter(|row| row.action.is_order());
        let decided: Vec<Decision> = orders.filter_map(|row| {
            let refused = row.status == ActionStatus::Refused;
            assert!(refused || row.executed_tick == Some(row.tick), "{row:?}");
            assert_eq!(row.source, ActionSource::Piano);
            let tick = (row.phase == pianola::game::Phase::Active).then_some(row.tick);
            let number_of_order = match row.action {
                ActionKind::Sell => format!("sell {} %", row.sell_percent.unwrap().normalize()),
                ActionKind::Buy => format!("buy {} SOL", row.amount.unwrap().normalize()),
                _ => format!("sidebet {} SOL", row.amount.unwrap().normalize()),
            };
            Some((number(&row.game_id)?, tick, number_of_order, refused))
        }).collect();
        let games: Vec<_> = whole.iter().map(prices).collect();
        let (simulated, _) = simulate(&strategy, &games);
        prop_assert_eq!(decided, simulated);

        // And every row is what the table booked, to the last digit.
        let confirmed: Vec<_> = rows.iter().filter(|row| row.status == ActionStatus::Confirmed).collect();
        let ledger = played.ledger();
        prop_assert_eq!(confirmed.len(), ledger.len());
        for (row, booked) in confirmed.iter().zip(&ledger) {
            prop_assert_eq!(row.balance_after, Some(booked.after.balance));
            prop_assert_eq!(row.position_qty_after, Some(booked.after.position_qty));
        }
    }
}
