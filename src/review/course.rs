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
        let mut points = Vec::new();
        for part in all.chunks(all.len().div_ceil(PARTS).max(1)) {
            let by = |a: &&CoursePoint, b: &&CoursePoint| a.earned.total_cmp(&b.earned);
            let kept = [part.iter().min_by(by), part.iter().max_by(by), part.last()];
            let kept = kept.map(|point| point.map(|point| point.place));
            points.extend(
                part.iter()
                    .filter(|point| kept.contains(&Some(point.place))),
            );
        }
        Self {
            points,
            len: all.len(),
            games,
        }
    }
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
