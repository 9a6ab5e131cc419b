//! The index over many sessions gives what a plain loop over their trades gives.

use std::path::Path;
use std::sync::LazyLock;

use chrono::NaiveDate;
use pianola::recording::{NotePlace, Origin, PlacedNote, SessionNotes};
use pianola::replay::Timeline;
use pianola::review::{
    Figures, Luck, ReviewFilter, ReviewIndex, SessionReview, SliceKind, Trip, slices,
};
use rust_decimal::Decimal;

use crate::support::random_session::{among, evening};

struct Evening {
    timeline: Timeline,
    review: SessionReview,
    notes: SessionNotes,
    luck: Luck,
}

/// The evenings, played once.
static EVENINGS: LazyLock<Vec<Evening>> = LazyLock::new(evenings);

fn evenings() -> Vec<Evening> {
    let one = |number: u64| {
        let mut evening = evening(number * 7 + 1, 3, 5);
        let days = i64::try_from(number / 2).unwrap();
        let meta = &mut evening.session.meta;
        meta.session_start += chrono::TimeDelta::days(days);
        if number == 3 {
            meta.origin = Origin::Live;
        }
        let timeline =
            Timeline::of_session(evening.session.clone(), &mut among(&evening.games), [])?;
        let review = SessionReview::of(&timeline)?;
        let mut notes = SessionNotes {
            starred: number.is_multiple_of(3),
            tags: if number == 1 {
                vec!["calm".to_owned()]
            } else {
                Vec::new()
            },
            ..SessionNotes::default()
        };
        if let Some(trip) = review.trips.iter().find(|trip| trip.is_closed()) {
            notes.put(PlacedNote {
                place: NotePlace::Trip {
                    seq: trip.entries[0].seq,
                },
                starred: false,
                text: String::new(),
                tags: vec!["late".to_owned()],
            });
        }
        let luck = review.simulate_luck(99, number);
        Some(Evening {
            timeline,
            review,
            notes,
            luck,
        })
    };
    (0..6).filter_map(one).collect()
}

fn index_of(evenings: &[Evening]) -> ReviewIndex {
    let mut index = ReviewIndex::new(|at| at.naive_utc());
    for (number, evening) in evenings.iter().enumerate() {
        let games: Vec<_> = evening.timeline.games().map(|(id, _)| id).collect();
        index.push(
            Path::new(&format!("{number}.json")),
            evening.timeline.session().unwrap(),
            &evening.notes,
            (&evening.review, evening.luck.clone()),
            |game| games.get(game).copied(),
        );
    }
    index
}

#[test]
fn notes_that_are_written_later_are_as_if_they_had_been_there() {
    let evenings = evenings();
    let expected = index_of(&evenings);
    let bare: Vec<_> = evenings
        .iter()
        .map(|evening| Evening {
            timeline: evening.timeline.clone(),
            review: evening.review.clone(),
            notes: SessionNotes::default(),
            luck: evening.luck.clone(),
        })
        .collect();
    let mut index = index_of(&bare);
    let path = |number: usize| format!("{number}.json");
    for (number, evening) in evenings.iter().enumerate() {
        let path = path(number);
        assert!(index.set_notes(Path::new(&path), &evening.notes), "{path}");
        assert!(!index.set_notes(Path::new(&path), &evening.notes), "{path}");
    }
    assert!(!index.set_notes(Path::new("another.json"), &evenings[1].notes));
    let filters = [None, Some("calm"), Some("late"), Some("none")].into_iter();
    for filter in filters.flat_map(|tag| {
        [false, true].map(|starred| ReviewFilter {
            starred,
            tag: tag.map(str::to_owned),
            ..ReviewFilter::default()
        })
    }) {
        let (found, wanted) = (index.answer(&filter), expected.answer(&filter));
        assert_eq!(found.trips, wanted.trips, "{filter:?}");
        assert_eq!(found.sessions, wanted.sessions, "{filter:?}");
        assert_eq!(found.figures, wanted.figures, "{filter:?}");
    }
    // Without notes nothing is left of them.
    for number in 0..evenings.len() {
        index.set_notes(Path::new(&path(number)), &SessionNotes::default());
    }
    assert!(index.answer(&ReviewFilter::default()).tags.is_empty());
}

fn closed(evenings: &[Evening]) -> Vec<(usize, &Trip)> {
    let numbered = evenings.iter().enumerate();
    let trips = numbered
        .flat_map(|(number, evening)| evening.review.trips.iter().map(move |trip| (number, trip)));
    trips.filter(|(_, trip)| trip.is_closed()).collect()
}

#[test]
fn without_a_filter_the_index_has_the_figures_slices_and_luck_of_all_sessions() {
    let evenings = &*EVENINGS;
    let index = index_of(evenings);
    let answer = index.answer(&ReviewFilter::default());
    let trips: Vec<Trip> = closed(evenings)
        .into_iter()
        .map(|(_, trip)| trip.clone())
        .collect();
    let bets: Vec<_> = evenings
        .iter()
        .flat_map(|evening| &evening.review.sidebets)
        .collect();
    assert!(trips.len() > 10 && !bets.is_empty());
    assert_eq!(answer.figures, Figures::of(&trips, bets));
    assert_eq!(answer.trips.len(), trips.len());
    for (kind, sums) in &answer.slices {
        let plain = slices(*kind, &trips, |at| at.naive_utc());
        let plain: Vec<_> = plain
            .iter()
            .map(|slice| (slice.name.clone(), slice.figures.trades))
            .collect();
        let found: Vec<_> = sums
            .iter()
            .map(|sum| (sum.name.clone(), sum.n, sum.won, sum.pnl))
            .collect();
        let plain: Vec<_> = plain
            .into_iter()
            .map(|(name, score)| (name, score.n(), score.won, score.pnl))
            .collect();
        assert_eq!(found, plain, "{kind:?}");
    }
    let luck = answer.luck.unwrap();
    assert_eq!(
        luck,
        Luck::sum(evenings.iter().map(|evening| &evening.luck))
    );
    let last = answer.curve.last().unwrap();
    assert!(
        (last.actual - luck.actual).abs() < 1e-9 && (last.expected - luck.expected).abs() < 1e-9
    );
    assert_eq!(answer.curve.len(), evenings.len());
    // The days of the calendar are all there is.
    let sum: Decimal = answer.days.iter().map(|day| day.pnl).sum();
    assert_eq!(sum, answer.figures.trades.pnl + answer.figures.sidebets.pnl);
    assert_eq!(answer.days.len(), 3);
    // Each trade leads to its session, its game and its row.
    for (place, (number, trip)) in answer.trips.iter().zip(closed(evenings)) {
        let row = index.trip(*place).unwrap();
        assert_eq!(
            (row.session as usize, row.pnl, row.cost),
            (number, trip.pnl, trip.cost)
        );
        assert_eq!(
            (row.worst, row.best, row.missing_ticks),
            (trip.worst, trip.best, trip.missing_ticks)
        );
        assert!(row.worst.is_some() && row.ended.is_some());
        let game = evenings[number].timeline.games().nth(trip.game).unwrap().0;
        assert_eq!(row.game_id.as_ref(), Some(game));
    }
}

/// The deepest fall of values after zero, by a search through all pairs.
fn deepest_fall(values: &[Decimal]) -> Decimal {
    let all: Vec<_> = std::iter::once(Decimal::ZERO)
        .chain(values.iter().copied())
        .collect();
    let pairs = all
        .iter()
        .enumerate()
        .flat_map(|(place, high)| all[place..].iter().map(move |low| *high - *low));
    pairs.max().unwrap()
}

#[test]
fn the_drawdown_of_sessions_is_that_of_their_curves_one_after_the_other() {
    let evenings = &*EVENINGS;
    let index = index_of(evenings);
    let mut curve = Vec::new();
    for evening in evenings {
        let start = curve.last().copied().unwrap_or_default();
        let points = evening.timeline.equity().into_iter();
        curve.extend(points.map(|(_, point)| start + point.earned));
        let own: Vec<_> = evening.timeline.equity();
        let own: Vec<_> = own.iter().map(|(_, point)| point.earned).collect();
        assert_eq!(evening.review.value.depth(), deepest_fall(&own));
    }
    let answer = index.answer(&ReviewFilter::default());
    assert!(curve.len() > 100 && deepest_fall(&curve) > Decimal::ZERO);
    assert_eq!(answer.fall.unwrap().depth, deepest_fall(&curve));
    assert_eq!(Some(&answer.result), curve.last());
    let last = answer.course.last().unwrap();
    let off = last.earned - pianola::protocol::number::to_f64_lossy(answer.result);
    assert!(
        off.abs() < 1e-12 && last.place == evenings.len(),
        "{last:?}"
    );
    let alone = |evening: &Evening| evening.review.value.depth();
    let most = evenings.iter().map(alone).max().unwrap();
    assert!(answer.fall.unwrap().depth >= most);
}

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

/// Whether a filter takes a session.
type Takes<'a> = &'a dyn Fn(usize) -> bool;

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
