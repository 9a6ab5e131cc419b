//! What a filter of the review takes: the trades of a part, of a source, of a tag, as a plain loop takes them.

use chrono::NaiveDate;
use pianola::recording::Origin;
use pianola::review::{Figures, Luck, ReviewFilter, SliceKind, Trip, slices};
use rust_decimal::Decimal;

use crate::review_index::{EVENINGS, closed, deepest_fall, index_of};

/// Whether a filter takes a session.
type Takes<'a> = &'a dyn Fn(usize) -> bool;

#[test]
fn a_part_has_as_many_trades_as_its_filter_takes() {
    let evenings = &*EVENINGS;
    let index = index_of(evenings);
    let filter = |slices: Vec<(SliceKind, String)>| ReviewFilter {
        slices,
        ..ReviewFilter::default()
    };
    let all = index.answer(&ReviewFilter::default());
    let mut checked = 0;
    for (kind, parts) in &all.slices {
        for part in parts {
            let chosen = (*kind, part.name.clone());
            let answer = index.answer(&filter(vec![chosen.clone()]));
            // The parts of its own kind are still all there.
            let own = answer.slices.iter().find(|(of, _)| of == kind).unwrap();
            assert_eq!(&own.1, parts);
            for (other_kind, others) in &answer.slices {
                let is_own = other_kind == kind;
                for other in others {
                    let mut both = vec![(*other_kind, other.name.clone())];
                    both.extend((!is_own).then(|| chosen.clone()));
                    let found = index.answer(&filter(both)).figures.trades;
                    let expected = (other.n, other.won, other.pnl);
                    assert_eq!((found.n(), found.won, found.pnl), expected, "{other:?}");
                    checked += 1;
                }
            }
        }
    }
    assert!(checked > 40, "{checked}");
}

#[test]
fn the_course_of_chosen_trades_is_their_sum_and_its_drawdown_is_that_of_a_search() {
    let evenings = &*EVENINGS;
    let index = index_of(evenings);
    let all = index.answer(&ReviewFilter::default());
    assert_eq!(all.course.len(), all.curve.len());
    let mut falls = 0;
    for part in &all.slices[0].1 {
        let answer = index.answer(&ReviewFilter {
            slices: vec![(all.slices[0].0, part.name.clone())],
            ..ReviewFilter::default()
        });
        let mut sums: Vec<Decimal> = Vec::new();
        for place in &answer.trips {
            let before = sums.last().copied().unwrap_or_default();
            sums.push(before + index.trip(*place).unwrap().pnl);
        }
        assert_eq!(Some(&answer.result), sums.last());
        let depth = answer.fall.map_or(Decimal::ZERO, |fall| fall.depth);
        assert_eq!(depth, deepest_fall(&sums));
        falls += u32::from(answer.fall.is_some());
        // So few points are all there.
        assert_eq!(answer.course.len(), sums.len());
        for (point, sum) in answer.course.iter().zip(&sums) {
            let off = point.earned - pianola::protocol::number::to_f64_lossy(*sum);
            assert!(off.abs() < 1e-12, "{point:?} {sum}");
        }
        let row = index.trip(*answer.trips.last().unwrap()).unwrap();
        assert_eq!(Some(answer.course.last().unwrap().at), row.ended);
    }
    assert!(falls > 0);
}

#[test]
fn a_filter_takes_what_a_plain_loop_takes() {
    let evenings = &*EVENINGS;
    let index = index_of(evenings);
    let all: Vec<Trip> = closed(evenings)
        .into_iter()
        .map(|(_, trip)| trip.clone())
        .collect();
    // Each slice alone, and each pair with the source.
    for kind in SliceKind::ALL {
        for slice in slices(*kind, &all, |at| at.naive_utc()) {
            let filter = ReviewFilter {
                slices: vec![(*kind, slice.name.clone())],
                ..ReviewFilter::default()
            };
            let answer = index.answer(&filter);
            assert_eq!(answer.figures, slice.figures, "{kind:?} {}", slice.name);
            assert_eq!((answer.luck, answer.curve.len()), (None, 0));
            let again = index.answer(&ReviewFilter {
                slices: vec![(*kind, slice.name), (SliceKind::Source, "key".to_owned())],
                ..ReviewFilter::default()
            });
            assert_eq!(again.figures, slice.figures, "all trades are of the keys");
        }
    }
    let day = |day| NaiveDate::from_ymd_opt(2026, 1, day).unwrap();
    let plain = |takes: &dyn Fn(usize) -> bool| {
        let taken = evenings
            .iter()
            .enumerate()
            .filter(|(number, _)| takes(*number));
        let (mut trips, mut bets, mut lucks) = (Vec::new(), Vec::new(), Vec::new());
        for (_, evening) in taken {
            trips.extend(evening.review.trips.clone());
            bets.extend(evening.review.sidebets.clone());
            lucks.push(&evening.luck);
        }
        (Figures::of(&trips, &bets), Luck::sum(lucks))
    };
    let from = ReviewFilter {
        from: Some(day(2)),
        ..ReviewFilter::default()
    };
    let until = ReviewFilter {
        until: Some(day(2)),
        ..from.clone()
    };
    let live = ReviewFilter {
        origin: Some(Origin::Live),
        ..ReviewFilter::default()
    };
    let starred = ReviewFilter {
        starred: true,
        ..ReviewFilter::default()
    };
    let is_starred = |number: usize| evenings[number].notes.starred;
    let cases: [(ReviewFilter, Takes<'_>); 4] = [
        (from, &|number| number >= 2),
        (until, &|number| (2..4).contains(&number)),
        (live, &|number| number == 3),
        (starred, &is_starred),
    ];
    for (filter, takes) in cases {
        let answer = index.answer(&filter);
        let (figures, luck) = plain(takes);
        assert_eq!(
            (answer.figures, answer.luck),
            (figures, Some(luck)),
            "{filter:?}"
        );
    }
}

#[test]
fn tags_are_those_of_the_session_and_of_the_trade() {
    let evenings = &*EVENINGS;
    let index = index_of(evenings);
    let tagged = |tag: &str| {
        let tag = Some(tag.to_owned());
        index.answer(&ReviewFilter {
            tag,
            ..ReviewFilter::default()
        })
    };
    let with_trades = evenings
        .iter()
        .filter(|evening| evening.review.trips.iter().any(Trip::is_closed));
    assert_eq!(tagged("late").trips.len(), with_trades.count());
    let calm = evenings[1]
        .review
        .trips
        .iter()
        .filter(|trip| trip.is_closed())
        .count();
    assert_eq!(tagged("calm").trips.len(), calm);
    assert_eq!(tagged("none").trips.len(), 0);
    assert_eq!(tagged("late").luck, None);
    let names: Vec<_> = index
        .answer(&ReviewFilter::default())
        .tags
        .into_iter()
        .map(|tag| (tag.name, tag.n))
        .collect();
    assert_eq!(names[1], ("calm".to_owned(), u32::try_from(calm).unwrap()));
    assert_eq!(names[0].0, "late");
    let impossible = ReviewFilter {
        slices: vec![
            (SliceKind::Weekday, "Mon".to_owned()),
            (SliceKind::Weekday, "Tue".to_owned()),
        ],
        ..ReviewFilter::default()
    };
    assert!(index.answer(&impossible).trips.is_empty());
    let unknown = ReviewFilter {
        slices: vec![(SliceKind::Entry, "cheap".to_owned())],
        ..ReviewFilter::default()
    };
    assert!(index.answer(&unknown).trips.is_empty());
}
