//! The index over many sessions gives what a plain loop over their trades gives.

use std::path::Path;
use std::sync::LazyLock;

use pianola::recording::{NotePlace, Origin, PlacedNote, SessionNotes};
use pianola::replay::Timeline;
use pianola::review::{Figures, Luck, ReviewFilter, ReviewIndex, SessionReview, Trip, slices};
use rust_decimal::Decimal;

use crate::support::random_session::{among, evening};

/// An evening of a random player.
pub struct Evening {
    pub timeline: Timeline,
    pub review: SessionReview,
    pub notes: SessionNotes,
    pub luck: Luck,
}

/// The evenings, played once.
pub static EVENINGS: LazyLock<Vec<Evening>> = LazyLock::new(evenings);

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

pub fn index_of(evenings: &[Evening]) -> ReviewIndex {
    let mut index = ReviewIndex::new(|at| at.naive_utc());
    for (number, evening) in evenings.iter().enumerate() {
        push(&mut index, &format!("{number}.json"), evening);
    }
    index
}

fn push(index: &mut ReviewIndex, file: &str, evening: &Evening) {
    let games: Vec<_> = evening.timeline.games().map(|(id, _)| id).collect();
    index.push(
        Path::new(file),
        evening.timeline.session().unwrap(),
        &evening.notes,
        (&evening.review, evening.luck.clone()),
        |game| games.get(game).copied(),
    );
}

#[test]
fn the_session_that_was_added_last_is_added_again_when_it_has_grown() {
    let (last, others) = EVENINGS.split_last().unwrap();
    let all = index_of(&EVENINGS).answer(&ReviewFilter::default());
    let mut index = index_of(others);
    let without = index.answer(&ReviewFilter::default());
    // An earlier state of it, here another evening.
    push(&mut index, "5.json", &others[0]);
    assert!(!index.remove_last(Path::new("4.json")), "another one");
    assert!(index.remove_last(Path::new("5.json")));
    assert_eq!(index.answer(&ReviewFilter::default()), without);
    push(&mut index, "5.json", last);
    assert_eq!(index.answer(&ReviewFilter::default()), all);
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

pub fn closed(evenings: &[Evening]) -> Vec<(usize, &Trip)> {
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
    assert!((last.expected - luck.expected).abs() < 1e-9);
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
        let game = evenings[number].timeline.game(trip.game).unwrap().0;
        assert_eq!(row.game_id.as_ref(), Some(game));
    }
}

/// The deepest fall of values after zero, by a search through all pairs.
pub fn deepest_fall(values: &[Decimal]) -> Decimal {
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
