//! The course of a session's total value, thinned for a plot.

use rust_decimal::prelude::ToPrimitive as _;

use crate::account::EquityPoint;
use crate::game::Time;
use crate::replay::Playhead;

/// The most parts of a course; each keeps its lowest, its highest and its last point.
const PARTS: usize = 600;

/// A point of a course.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CoursePoint {
    /// Its place among all changes of the total value, from 1.
    pub place: usize,
    /// When.
    pub at: Time,
    /// The place of its game in the session's timeline, from 0.
    pub game: usize,
    /// What the session has earned, everything open at the newest price, in SOL.
    pub earned: f64,
}

/// The course of a session's total value. It starts at zero, at place 0, which is no point of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Course {
    /// The points that are kept.
    pub points: Vec<CoursePoint>,
    /// The number of all changes.
    pub len: usize,
    /// The games with a change, each with the place of its last one.
    pub games: Vec<(usize, usize)>,
}

impl Course {
    /// Returns the course of a curve.
    pub fn of(curve: &[(Playhead, EquityPoint)]) -> Self {
        let point = |(place, (head, point)): (usize, &(Playhead, EquityPoint))| CoursePoint {
            place,
            at: point.at,
            game: head.game,
            earned: point.earned.to_f64().unwrap_or_default(),
        };
        let all: Vec<CoursePoint> = (1..).zip(curve).map(point).collect();
        let mut games: Vec<(usize, usize)> = Vec::new();
        for point in &all {
            match games.last_mut().filter(|(game, _)| *game == point.game) {
                Some((_, last)) => *last = point.place,
                None => games.push((point.game, point.place)),
            }
        }
        let values: Vec<f64> = all.iter().map(|point| point.earned).collect();
        Self {
            points: thinned(&values).map(|place| all[place]).collect(),
            len: all.len(),
            games,
        }
    }
}

/// Returns the places of the values that a plot needs: of each part the lowest, the highest and the last one, in order.
pub(super) fn thinned(values: &[f64]) -> impl Iterator<Item = usize> {
    let length = values.len().div_ceil(PARTS).max(1);
    let parts = (0..).step_by(length).zip(values.chunks(length));
    parts.flat_map(move |(first, part)| {
        let mut kept = [0, 0, part.len() - 1];
        for (place, value) in part.iter().enumerate() {
            if *value < part[kept[0]] {
                kept[0] = place;
            }
            if *value > part[kept[1]] {
                kept[1] = place;
            }
        }
        kept.sort_unstable();
        let is_first = move |place: &usize| *place == 0 || kept[*place - 1] != kept[*place];
        (0..3)
            .filter(is_first)
            .map(move |place| first + kept[place])
    })
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;

    #[test]
    fn a_long_course_keeps_its_extremes_and_its_end_and_is_short() {
        let value = |place: usize| match place {
            7_777 => 500,
            8_888 => -400,
            place => i64::try_from(place % 13).expect("small"),
        };
        let curve: Vec<_> = (0..10_000)
            .map(|place| {
                let head = Playhead {
                    game: place / 4_000,
                    tick: None,
                };
                let point = EquityPoint {
                    at: Time::UNIX_EPOCH,
                    game: None,
                    tick: None,
                    earned: Decimal::from(value(place)),
                    drift: false,
                };
                (head, point)
            })
            .collect();
        let course = Course::of(&curve);
        assert!(course.points.len() <= 3 * PARTS);
        assert_eq!(course.len, 10_000);
        assert_eq!(course.games, [(0, 4_000), (1, 8_000), (2, 10_000)]);
        let earned = || course.points.iter().map(|point| point.earned);
        assert!((earned().fold(0.0, f64::max) - 500.0).abs() < 1e-9);
        assert!((earned().fold(0.0, f64::min) + 400.0).abs() < 1e-9);
        assert_eq!(course.points.last().map(|point| point.place), Some(10_000));
        assert!(course.points.is_sorted_by_key(|point| point.place));
        assert_eq!(Course::of(&[]), Course::default());
    }
}
