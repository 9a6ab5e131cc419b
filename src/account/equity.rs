//! The curve of a session: what it has earned at each tick at which something was open, and after each change.

use rust_decimal::Decimal;

use super::fall::ValueRange;
use crate::game::Time;
use crate::protocol::{GameId, Tick};

/// Points that are kept. A longer curve keeps the lowest and the highest of neighbours.
const MAX_POINTS: usize = 2_000;

/// A point of the curve.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EquityPoint {
    /// When.
    pub at: Time,
    /// The game; `None` before the first one.
    pub game: Option<GameId>,
    /// Its tick; `None` before its start.
    pub tick: Option<Tick>,
    /// What the session has earned, everything open at the newest price, in SOL.
    pub earned: Decimal,
    /// A drift changed the account here.
    pub drift: bool,
}

/// The curve of a session. It starts at zero, which is no point of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct EquityCurve {
    points: Vec<EquityPoint>,
    range: ValueRange,
}

impl EquityCurve {
    /// Returns the points, oldest first.
    pub fn points(&self) -> &[EquityPoint] {
        &self.points
    }

    /// Returns the newest value; zero before the first point.
    pub fn earned(&self) -> Decimal {
        self.range.end()
    }

    /// Returns the highest value, at least zero.
    pub fn highest(&self) -> Decimal {
        self.range.highest()
    }

    /// Returns the lowest value, at most zero.
    pub fn lowest(&self) -> Decimal {
        self.range.lowest()
    }

    /// Returns the largest fall below an earlier value, not negative.
    pub fn drawdown(&self) -> Decimal {
        self.range.depth()
    }

    /// Whether a point with this value adds something.
    pub fn is_new(&self, earned: Decimal) -> bool {
        self.earned() != earned
    }

    /// Adds a point.
    pub fn push(&mut self, point: EquityPoint) {
        self.range.push(point.at, point.earned);
        self.points.push(point);
        if self.points.len() > MAX_POINTS {
            self.thin();
        }
    }

    /// Keeps the lowest and the highest of each four neighbours, the drifts unless they are most of the points, and the
    /// ends.
    fn thin(&mut self) {
        let last = self.points.len() - 1;
        let drifts = self.points.iter().filter(|point| point.drift).count();
        let keeps_drifts = drifts <= MAX_POINTS / 2;
        let mut kept = Vec::with_capacity(MAX_POINTS);
        for (chunk, four) in self.points.chunks(4).enumerate() {
            let by_value = |index: &usize| four[*index].earned;
            let low = (0..four.len()).min_by_key(by_value);
            let high = (0..four.len()).max_by_key(by_value);
            for (index, point) in four.iter().enumerate() {
                let is_end = chunk * 4 + index == last;
                if is_end || point.drift && keeps_drifts || [low, high].contains(&Some(index)) {
                    kept.push(point.clone());
                }
            }
        }
        self.points = kept;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(earned: i64) -> EquityPoint {
        EquityPoint {
            at: Time::UNIX_EPOCH,
            game: None,
            tick: None,
            earned: Decimal::new(earned, 3),
            drift: false,
        }
    }

    #[test]
    fn the_drawdown_is_the_largest_fall_below_an_earlier_value() {
        let mut curve = EquityCurve::default();
        for earned in [-20, 50, 10, 60, 30, -5] {
            curve.push(point(earned));
        }
        assert_eq!(curve.highest(), Decimal::new(60, 3));
        assert_eq!(curve.lowest(), Decimal::new(-20, 3));
        assert_eq!(curve.drawdown(), Decimal::new(65, 3));
        assert_eq!(curve.earned(), Decimal::new(-5, 3));
        assert!(curve.is_new(Decimal::ZERO) && !curve.is_new(Decimal::new(-5, 3)));
    }

    #[test]
    fn a_curve_of_drifts_stays_short() {
        let mut curve = EquityCurve::default();
        for number in 0..10_000i64 {
            let mut point = point(number % 17 - 8);
            point.drift = true;
            curve.push(point);
        }
        assert!(curve.points().len() <= MAX_POINTS);
    }

    #[test]
    fn a_long_curve_keeps_its_extremes_its_end_and_its_drifts() {
        let mut curve = EquityCurve::default();
        for number in 0..10_000i64 {
            let mut point = point(number % 17 - 8);
            if number == 4_321 {
                point.earned = Decimal::new(900, 3);
            }
            point.drift = number == 77;
            curve.push(point);
        }
        assert!(curve.points().len() <= MAX_POINTS);
        let highest = curve.points().iter().map(|point| point.earned).max();
        assert_eq!(highest, Some(Decimal::new(900, 3)));
        assert_eq!(curve.points().iter().filter(|point| point.drift).count(), 1);
        assert_eq!(curve.earned(), Decimal::new(9_999 % 17 - 8, 3));
    }
}
