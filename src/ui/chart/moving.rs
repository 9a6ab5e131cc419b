//! What moves on the chart: ranges that ease to a new value, and the newest point on its way to a new tick. Plain state with
//! times in seconds; no drawing, no clock.

use crate::ui::motion::{POINT, RANGE, ease_out};

/// A range that eases out to its target.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct EasedRange {
    from: (f64, f64),
    to: (f64, f64),
    /// The start of the movement; `None` before the first range.
    since: Option<f64>,
}

impl EasedRange {
    /// Eases to a target from where the range is now. The first target is taken at once.
    pub fn ease_to(&mut self, target: (f64, f64), now: f64) {
        if self.since.is_none() {
            self.jump_to(target);
        } else if target != self.to {
            self.from = self.at(now);
            self.to = target;
            self.since = Some(now);
        }
    }

    /// Takes a target at once.
    pub fn jump_to(&mut self, target: (f64, f64)) {
        self.from = target;
        self.to = target;
        self.since = Some(f64::NEG_INFINITY);
    }

    /// Returns the range at a time.
    pub fn at(&self, now: f64) -> (f64, f64) {
        let Some(part) = self.part(now) else {
            return self.to;
        };
        let left = 1.0 - part;
        let between = |from: f64, to: f64| to + (from - to) * left;
        (
            between(self.from.0, self.to.0),
            between(self.from.1, self.to.1),
        )
    }

    /// Whether the range is on its way.
    pub fn is_moving(&self, now: f64) -> bool {
        self.part(now).is_some() && self.from != self.to
    }

    fn part(&self, now: f64) -> Option<f64> {
        ease_out(self.since?, now, RANGE)
    }
}

/// The newest point of a game, which moves from the tick before to a new tick.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct NewestPoint {
    ticks: usize,
    since: f64,
    moves: bool,
}

impl NewestPoint {
    /// Takes the number of ticks. The point moves if the game went on by a few of them; otherwise it jumps: after a seek,
    /// in another game, or without `motion`.
    pub fn update(&mut self, ticks: usize, same_game: bool, motion: bool, now: f64) {
        if ticks == self.ticks && same_game {
            self.moves &= motion;
            return;
        }
        let goes_on = ticks > self.ticks && ticks - self.ticks <= 4 && self.ticks > 0;
        self.moves = goes_on && same_game && motion;
        self.ticks = ticks;
        self.since = now;
    }

    /// Returns how far the point is on its way from the tick before, from 0 to 1.
    pub fn part(&self, now: f64) -> f64 {
        if self.moves {
            ((now - self.since) / POINT).clamp(0.0, 1.0)
        } else {
            1.0
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: (f64, f64), b: (f64, f64)) -> bool {
        (a.0 - b.0).abs() < 1e-9 && (a.1 - b.1).abs() < 1e-9
    }

    #[test]
    fn a_range_starts_at_once_and_then_eases_out() {
        let mut range = EasedRange::default();
        range.ease_to((0.0, 40.0), 5.0);
        assert_eq!(range.at(5.0), (0.0, 40.0));
        assert!(!range.is_moving(5.0));
        range.ease_to((0.0, 80.0), 6.0);
        assert!(near(range.at(6.0), (0.0, 40.0)) && range.is_moving(6.0));
        // More than half of the way in half of the time: it slows down.
        assert!(near(range.at(6.1), (0.0, 75.0)));
        assert!(range.is_moving(6.19) && !range.is_moving(6.2));
        assert_eq!(range.at(6.2), (0.0, 80.0));
    }

    #[test]
    fn a_new_target_on_the_way_continues_from_there_without_a_step() {
        let mut range = EasedRange::default();
        range.jump_to((0.0, 40.0));
        let mut last = range.at(0.0);
        let mut now = 0.0;
        for tick in 0..200 {
            // Four ticks a second, 60 frames a second.
            let target = (0.0, (40.0_f64).max(f64::from(tick) / 0.85));
            range.ease_to(target, now);
            for _ in 0..15 {
                now += 1.0 / 60.0;
                let shown = range.at(now);
                assert!((shown.1 - last.1).abs() < 0.4, "{last:?} {shown:?}");
                assert!(shown.1 + 1e-9 >= last.1 && shown.1 <= target.1 + 1e-9);
                last = shown;
            }
        }
        range.jump_to((7.0, 9.0));
        assert_eq!(range.at(now), (7.0, 9.0));
    }

    #[test]
    fn the_newest_point_moves_only_while_a_game_goes_on() {
        let mut point = NewestPoint::default();
        point.update(100, false, true, 1.0);
        assert!((point.part(1.0) - 1.0).abs() < 1e-9, "a game was opened");
        point.update(101, true, true, 2.0);
        assert!(point.part(2.0).abs() < 1e-9);
        assert!((point.part(2.04) - 0.5).abs() < 1e-6);
        assert!((point.part(2.08) - 1.0).abs() < 1e-6);
        point.update(400, true, true, 3.0);
        assert!((point.part(3.0) - 1.0).abs() < 1e-9, "a seek");
        point.update(399, true, true, 3.1);
        assert!((point.part(3.1) - 1.0).abs() < 1e-9, "a step back");
        point.update(400, true, false, 3.2);
        assert!((point.part(3.2) - 1.0).abs() < 1e-9, "no motion");
    }
}
