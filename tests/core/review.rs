//! The review of random evenings at the practice table: its sums are the wallet, its extremes are those of a search through
//! all ticks, and the same exits give the same result.

use pianola::account::{ActionKind, Drift, DriftField, Lot};
use pianola::replay::Timeline;
use pianola::review::{
    Exit, Extreme, Figures, Interval, SessionReview, SidebetTrip, SliceKind, Trip, slices, what_if,
};
use proptest::prelude::*;
use rust_decimal::Decimal;

use crate::support::random_session::{RandomSession, among, evening};

fn timeline(evening: &RandomSession) -> Option<Timeline> {
    Timeline::of_session(evening.session.clone(), &mut among(&evening.games), [])
}

fn prices_of(timeline: &Timeline, game: usize) -> &[Option<Decimal>] {
    &timeline.game(game).unwrap().1.unwrap().prices
}

/// The P&L of a trip with the fills before a moment, at a price.
fn pnl(
    trip: &Trip,
    price: Decimal,
    is_before: impl Fn(Option<u32>, u32) -> bool,
) -> Option<Decimal> {
    let sum = |fills: &[pianola::review::TripFill]| {
        let fills = fills.iter().filter(|fill| is_before(fill.tick, fill.seq));
        fills.fold((Decimal::ZERO, Decimal::ZERO), |(qty, sol), fill| {
            (qty + fill.qty, sol + fill.amount)
        })
    };
    let ((bought, paid), (sold, got)) = (sum(&trip.entries), sum(&trip.exits));
    let held = bought - sold;
    (held > Decimal::ZERO).then(|| got - paid + held * price)
}

/// Searches all moments: before and after each fill, and each tick between them.
fn extremes(trip: &Trip, prices: &[Option<Decimal>]) -> (Decimal, Decimal) {
    let mut all = Vec::new();
    for fill in trip.entries.iter().chain(&trip.exits) {
        all.extend(pnl(trip, fill.price, |_, seq| seq < fill.seq));
        all.extend(pnl(trip, fill.price, |_, seq| seq <= fill.seq));
    }
    let first = trip.entry_tick().unwrap_or(0);
    let last = trip.exits.last().and_then(|fill| fill.tick).unwrap_or(0);
    for tick in first..last {
        let price = prices[tick as usize].unwrap();
        all.extend(pnl(trip, price, |at, _| at.is_none_or(|at| at <= tick)));
    }
    (
        all.iter().min().copied().unwrap(),
        all.into_iter().max().unwrap(),
    )
}

/// The figures by a plain loop over decimals.
fn plain_figures(review: &SessionReview) -> Figures {
    let mut figures = Figures::default();
    let (mut won, mut lost) = (0, 0);
    for trip in review.trips.iter().filter(|trip| trip.is_closed()) {
        let (pnl, ticks) = (trip.pnl, u64::from(trip.ticks_held().unwrap()));
        figures.trades.take(pnl);
        if pnl > Decimal::ZERO {
            (won, lost) = (won + 1, 0);
            figures.gained += pnl;
            figures.ticks_of_winners += ticks;
            figures.largest_win = figures.largest_win.max(Some(pnl));
        } else {
            (won, lost) = (0, lost + 1);
            figures.lost += pnl;
            figures.ticks_of_losers += ticks;
            figures.largest_loss = Some(figures.largest_loss.map_or(pnl, |loss| loss.min(pnl)));
        }
        figures.streaks.won = figures.streaks.won.max(won);
        figures.streaks.lost = figures.streaks.lost.max(lost);
    }
    let bets = review.sidebets.iter().filter_map(SidebetTrip::pnl);
    bets.for_each(|pnl| figures.sidebets.take(pnl));
    figures.win_rate = Interval::of(figures.trades.won, figures.trades.n());
    figures
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_parts_of_a_session_are_the_change_of_its_wallet(seed in any::<u64>(), games in 1usize..6, pause in 4u64..40) {
        let evening = evening(seed, games, pause);
        let Some(timeline) = timeline(&evening) else { return Ok(()) };
        let review = SessionReview::of(&timeline).unwrap();
        prop_assert_eq!(review.unexplained, Decimal::ZERO);
        let realised = review.trip_pnl() + review.sidebet_pnl();
        prop_assert_eq!(realised - review.opened, review.change);
        prop_assert_eq!(realised, evening.session.meta.realised_pnl);
        let figures = Figures::of(&review.trips, &review.sidebets);
        prop_assert_eq!(&figures, &plain_figures(&review));
        for kind in SliceKind::ALL {
            let parts = slices(*kind, &review.trips, |at| at.naive_utc());
            let n: u32 = parts.iter().map(|slice| slice.figures.trades.n()).sum();
            prop_assert_eq!(n, figures.trades.n(), "{:?}", kind);
        }
    }

    #[test]
    fn the_extremes_are_those_of_a_search_through_all_moments(seed in any::<u64>(), games in 1usize..6, pause in 4u64..40) {
        let evening = evening(seed, games, pause);
        let Some(timeline) = timeline(&evening) else { return Ok(()) };
        let review = SessionReview::of(&timeline).unwrap();
        for trip in review.trips.iter().filter(|trip| trip.is_closed()) {
            let found = extremes(trip, prices_of(&timeline, trip.game));
            let value = |extreme: Option<Extreme>| extreme.unwrap().value;
            prop_assert_eq!((value(trip.worst), value(trip.best)), found, "{:?}", trip);
            prop_assert_eq!(trip.missing_ticks, 0);
            prop_assert_eq!(trip.pnl, trip.proceeds - trip.cost);
        }
    }

    #[test]
    fn exits_that_are_not_shifted_give_every_trip_digit_for_digit(seed in any::<u64>(), games in 1usize..6, pause in 4u64..40) {
        let evening = evening(seed, games, pause);
        let Some(timeline) = timeline(&evening) else { return Ok(()) };
        let review = SessionReview::of(&timeline).unwrap();
        for trip in review.trips.iter().filter(|trip| trip.is_closed()) {
            let prices = prices_of(&timeline, trip.game);
            let same = what_if(trip, prices, Exit::Shift(0), 0).map(|other| other.pnl);
            prop_assert_eq!(same, Some(trip.pnl), "{:?}", trip);
            // No game reaches this price: the rug takes everything that was bought.
            let held = what_if(trip, prices, Exit::AtPrice(Decimal::from(1_000_000)), 0).unwrap();
            prop_assert!(held.rugged && held.pnl <= Decimal::ZERO);
        }
    }
}

/// A file may name any tick and any amount.
#[test]
fn absurd_ticks_and_lots_of_a_file_take_no_memory_and_do_not_panic() {
    let mut sidebets = 0;
    for seed in 0..6 {
        let mut evening = evening(seed, 4, 6);
        let lot = Lot {
            qty: Decimal::MAX,
            price: Decimal::MAX,
        };
        evening.session.meta.start_lots = vec![lot, lot];
        for row in &mut evening.session.actions {
            row.executed_tick = Some(u32::MAX);
            row.tick = u32::MAX;
            sidebets += u32::from(row.action == ActionKind::SidebetPlace);
        }
        let Some(timeline) = timeline(&evening) else {
            continue;
        };
        let review = SessionReview::of(&timeline).unwrap();
        assert!(review.luck().is_finite());
    }
    assert!(sidebets > 3, "{sidebets}");
}

/// A file may name lots without tokens: they are no position, and no trip begins with them.
#[test]
fn lots_without_tokens_at_the_start_change_nothing() {
    let mut tried = 0;
    for seed in 0..6 {
        let mut evening = evening(seed, 4, 6);
        let Some(before) = timeline(&evening) else {
            continue;
        };
        let lot = |qty: i64| Lot {
            qty: Decimal::from(qty),
            price: Decimal::TWO,
        };
        for lots in [vec![lot(0)], vec![lot(-1), lot(0)]] {
            evening.session.meta.start_lots = lots;
            let after = SessionReview::of(&timeline(&evening).unwrap()).unwrap();
            assert_eq!(after.unexplained, Decimal::ZERO, "{seed}");
            // All of it is compared, and not printed.
            assert!(after == SessionReview::of(&before).unwrap(), "{seed}");
        }
        tried += 1;
    }
    assert!(tried > 3, "{tried}");
}

/// Luck compares what the odds know: what happened in another game is no part of it.
#[test]
fn a_drift_in_a_game_without_known_odds_is_no_luck() {
    let mut tried = 0;
    for seed in 0..12 {
        let mut evening = evening(seed, 4, 6);
        let Some(last) = evening.session.actions.last().cloned() else {
            continue;
        };
        let played = evening
            .games
            .iter()
            .position(|game| game.id == last.game_id);
        evening.games[played.unwrap()].version = Some("v4".to_owned());
        let before = SessionReview::of(&timeline(&evening).unwrap()).unwrap();
        let wallet = last.balance_after.unwrap();
        let server = wallet - Decimal::new(5, 1);
        evening.session.drifts.push(Drift {
            at: last.timestamp,
            game_id: Some(last.game_id.clone()),
            tick: Some(last.tick),
            field: DriftField::Balance,
            local: Some(wallet),
            server: Some(server),
            diff: Decimal::new(5, 1),
            after_seq: last.seq,
            cleared_at: None,
        });
        evening.session.meta.end_balance = server;
        let after = SessionReview::of(&timeline(&evening).unwrap()).unwrap();
        assert_eq!(after.unexplained, Decimal::new(-5, 1), "the drift counts");
        assert!((after.luck() - before.luck()).abs() < 1e-9, "{seed}");
        tried += 1;
    }
    assert!(tried > 5, "{tried}");
}
