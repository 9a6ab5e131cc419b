//! Rules for selling on new games: they are those of the recorded ticks, and their worth is the closed form of the odds.

use pianola::account::{ActionKind, ActionSource};
use pianola::fairness::{EARLIER_GAMES, GameGenerator};
use pianola::lab::LabProgress;
use pianola::protocol::{Tick, number};
use pianola::replay::Timeline;
use pianola::review::{
    Exit, FreshRun, SHIFTS, SessionReview, Trip, TripEnd, TripFill, fresh_games, what_if,
    what_if_total,
};
use rust_decimal::Decimal;

use crate::support::random::Random;
use crate::support::random_session::{among, evening};

fn fill(seq: u32, kind: ActionKind, tick: Option<Tick>) -> TripFill {
    TripFill {
        seq,
        kind,
        tick,
        at: "2026-01-01T00:00:00Z".parse().unwrap(),
        price: Decimal::ONE,
        qty: Decimal::ONE,
        amount: Decimal::new(1, 2),
        percent: None,
        delay: None,
        source: ActionSource::Key,
    }
}

fn trip(entries: Vec<TripFill>, exits: Vec<TripFill>) -> Trip {
    Trip {
        game: 0,
        cost: entries.iter().map(|fill| fill.amount).sum(),
        bought: entries.iter().map(|fill| fill.qty).sum(),
        entries,
        exits,
        end: TripEnd::Sold,
        proceeds: Decimal::ONE,
        pnl: Decimal::ZERO,
        worst: None,
        best: None,
        best_after: None,
        missing_ticks: 0,
    }
}

fn run(games: usize, seed: u64, progress: &LabProgress) -> FreshRun<'_> {
    FreshRun {
        games,
        seed,
        progress,
    }
}

#[test]
fn after_n_ticks_on_new_games_is_worth_what_the_closed_form_says() {
    let trips = [trip(
        vec![fill(1, ActionKind::Buy, None)],
        vec![fill(2, ActionKind::Sell, Some(9))],
    )];
    let exits: Vec<_> = [0, 1, 10, 40].map(Exit::AfterTicks).into();
    let progress = LabProgress::default();
    for delay in [0, 2] {
        let results = fresh_games(&trips, &exits, delay, run(20_000, 3, &progress));
        for (ticks, result) in [0, 1, 10, 40].into_iter().zip(results) {
            let held = i32::try_from(ticks + delay).unwrap();
            // The factor of a tick up to 100x, and the mean rug price of generated games.
            let q: f64 = 0.995 * (1e-5 * 10.0 + 0.99999 * (1.0 + 0.875 * 0.005));
            let rug = 0.13 * 0.02 + 0.87 * 0.012;
            let survives = 0.995_f64.powi(held);
            let expected = q.powi(held) + (1.0 - survives) * rug - 1.0;
            let found = result.per_staked.unwrap();
            let error = found.standard_error().unwrap();
            let off = (found.value - expected).abs();
            assert!(
                off <= 4.0 * error + 1e-12,
                "{ticks}: {found:?}, not {expected}"
            );
            assert!(error < 0.01, "{error}");
            assert_eq!(result.trips, 20_000);
            let rugged = result.rugged.unwrap();
            assert!(
                (rugged.share - (1.0 - survives)).abs() < 0.012,
                "{rugged:?}"
            );
        }
    }
    assert_eq!(progress.games(), 40_000);
}

#[test]
fn a_trip_with_tokens_that_no_row_bought_has_no_other_exit() {
    let sell = TripFill {
        percent: Some(Decimal::ONE_HUNDRED),
        ..fill(2, ActionKind::Sell, Some(3))
    };
    let own = trip(vec![fill(1, ActionKind::Buy, None)], vec![sell]);
    let prices = [Some(Decimal::ONE); 9];
    assert!(what_if(&own, &prices, Exit::Shift(0), 0).is_some());
    // A drift gave it another token.
    let corrected = Trip {
        bought: own.bought + Decimal::ONE,
        ..own
    };
    assert_eq!(what_if(&corrected, &prices, Exit::Shift(0), 0), None);
}

/// A trip with buys before its sells, at random ticks.
fn random_trip(random: &mut Random) -> Trip {
    let below = |random: &mut Random, limit| u32::try_from(random.below(limit)).unwrap();
    let first = below(random, 30);
    let mut entries = vec![fill(1, ActionKind::Buy, (first > 0).then_some(first))];
    let mut tick = first;
    for seq in 0..below(random, 3) {
        tick += below(random, 15);
        entries.push(TripFill {
            amount: Decimal::new(i64::from(below(random, 40)) + 1, 3),
            ..fill(seq + 2, ActionKind::Buy, Some(tick))
        });
    }
    let mut exits = Vec::new();
    for (seq, percent) in (10..).zip([50, 25, 100]) {
        tick += below(random, 25);
        exits.push(TripFill {
            percent: Some(Decimal::from(percent)),
            ..fill(seq, ActionKind::Sell, Some(tick))
        });
    }
    trip(entries, exits)
}

#[test]
fn a_rule_on_a_new_game_does_what_it_does_on_the_same_game_when_it_is_recorded() {
    let progress = LabProgress::default();
    let mut random = Random::new(8);
    let (mut played, mut rugged) = (0, 0);
    for seed in 0..150 {
        let mut generator = GameGenerator::seeded(seed);
        for _ in 0..EARLIER_GAMES {
            generator.next_seed(0);
        }
        let game = generator.next_game(0);
        let prices: Vec<_> = game
            .prices
            .iter()
            .map(|price| number::shortest(*price))
            .collect();
        let mut trip = random_trip(&mut random);
        for entry in &mut trip.entries {
            let price = prices
                .get(entry.tick.unwrap_or(0) as usize)
                .copied()
                .flatten();
            entry.price = price.unwrap_or(Decimal::ONE);
        }
        for exit in &mut trip.exits {
            let price = prices
                .get(exit.tick.unwrap_or(0) as usize)
                .copied()
                .flatten();
            exit.price = price.unwrap_or(Decimal::ONE);
        }
        let exits = [
            Exit::Shift(0),
            Exit::Shift(-7),
            Exit::Shift(12),
            Exit::AfterTicks(20),
            Exit::AtPrice(Decimal::new(13, 1)),
            Exit::Falls(Decimal::from(20)),
        ];
        let delay = u32::try_from(random.below(3)).unwrap();
        let found = fresh_games(
            std::slice::from_ref(&trip),
            &exits,
            delay,
            run(1, seed, &progress),
        );
        for (exit, found) in exits.into_iter().zip(found) {
            let recorded = what_if(&trip, &prices, exit, delay);
            let first = trip.entries[0].tick.unwrap_or(0);
            if first >= game.rug_tick() {
                assert_eq!(found.trips, 0, "{seed} {exit:?}");
                continue;
            }
            let recorded = recorded.unwrap();
            let pnl = found.per_trip.unwrap().value;
            let off = (pnl - number::to_f64_lossy(recorded.pnl)).abs();
            // The account counts in lamports.
            assert!(off < 1e-7, "{seed} {exit:?}: {pnl}, not {}", recorded.pnl);
            let share = found.rugged.unwrap().share;
            assert_eq!(share > 0.5, recorded.rugged, "{seed} {exit:?}");
            played += 1;
            rugged += u32::from(recorded.rugged);
        }
    }
    assert!(played > 500 && rugged > 50, "{played}, {rugged}");
}

#[test]
fn new_games_do_not_depend_on_threads_and_a_run_can_be_cancelled() {
    let trips = [
        random_trip(&mut Random::new(4)),
        random_trip(&mut Random::new(5)),
    ];
    let exits = [Exit::Shift(3), Exit::AtPrice(Decimal::TWO)];
    let progress = LabProgress::default();
    let play = |threads| {
        let run = run(3_000, 5, &progress);
        pianola::lab::in_pool(threads, || fresh_games(&trips, &exits, 1, run)).unwrap()
    };
    assert_eq!(play(1), play(3));
    let cancelled = LabProgress::default();
    cancelled.cancel();
    let none = fresh_games(&trips, &exits, 1, run(3_000, 5, &cancelled));
    assert_eq!((none[0].trips, none[0].per_staked), (0, None));
    let nothing = fresh_games(&[], &exits, 1, run(3_000, 5, &progress));
    assert_eq!((nothing.len(), nothing[0].trips), (2, 0));
}

#[test]
fn no_shift_changes_nothing_and_the_others_change_the_total() {
    let evening = evening(11, 4, 6);
    let timeline =
        Timeline::of_session(evening.session.clone(), &mut among(&evening.games), []).unwrap();
    let review = SessionReview::of(&timeline).unwrap();
    let total = |by: i64| what_if_total(&timeline, &review, Exit::Shift(by));
    let now = total(0);
    assert!(now.trips > 3 && now.mine == now.other, "{now:?}");
    assert_eq!(SHIFTS, -40..=200);
    assert!(SHIFTS.step_by(40).any(|by| total(by).other != now.mine));
}
