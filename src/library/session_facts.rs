//! What the library shows of a session beside its entry in the index: the session file is read for it.

use rust_decimal::Decimal;

use crate::account::{Score, Statistics};
use crate::protocol::{GameId, number};
use crate::recording::SessionFile;

/// Points of the small curve of a session.
const CURVE_POINTS: usize = 24;

/// What the rows of a session amount to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SessionFacts {
    /// The realised P&L of each game in which a row realised one, in SOL, in the order of these rows.
    pub pnls: Vec<(GameId, Decimal)>,
    /// Trades from flat to flat.
    pub trades: Score,
    /// Decided sidebets.
    pub sidebets: Score,
    /// The deepest fall of the total value, after each order, below its highest value, in SOL. The max drawdown, at every
    /// tick, is the review's.
    pub order_drawdown: Decimal,
    /// The course of the total value from its start, in SOL, with the first and the last point.
    pub curve: Vec<f64>,
}

impl SessionFacts {
    /// Returns the facts of a session file.
    pub fn of(file: &SessionFile) -> Self {
        let statistics = Statistics::of(&file.actions);
        Self {
            pnls: file.pnls(),
            trades: statistics.trades,
            sidebets: statistics.sidebets,
            order_drawdown: statistics.drawdown,
            curve: curve(&statistics.equity),
        }
    }

    /// Returns how many games ended with a profit, and how many had a result.
    pub fn games_won(&self) -> (usize, usize) {
        let won = self.pnls.iter().filter(|(_, pnl)| *pnl > Decimal::ZERO);
        (won.count(), self.pnls.len())
    }

    /// Returns the best and the worst game with their realised P&L; `None` without any.
    pub fn extremes(&self) -> Option<[&(GameId, Decimal); 2]> {
        let best = self.pnls.iter().max_by_key(|(_, pnl)| *pnl)?;
        let worst = self.pnls.iter().min_by_key(|(_, pnl)| *pnl)?;
        Some([best, worst])
    }
}

/// Returns few points of a course, in equal steps, relative to its start.
fn curve(course: &[Decimal]) -> Vec<f64> {
    let (Some(start), Some(last)) = (course.first(), course.len().checked_sub(1)) else {
        return Vec::new();
    };
    let points = last.clamp(1, CURVE_POINTS - 1);
    let places = (0..=points).map(|point| point * last / points);
    let mut values = places.map(|place| course[place].saturating_sub(*start));
    let mut curve: Vec<f64> = values.by_ref().map(number::to_f64_lossy).collect();
    curve.dedup_by(|_, _| last == 0);
    curve
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_game_is_won_with_a_profit() {
        let game = |name: &str, pnl: i64| (GameId::new(name).expect("an id"), Decimal::from(pnl));
        let facts = SessionFacts {
            pnls: vec![game("a", 2), game("b", 0), game("c", -1), game("d", 1)],
            ..SessionFacts::default()
        };
        assert_eq!(facts.games_won(), (2, 4));
        assert_eq!(SessionFacts::default().games_won(), (0, 0));
    }

    #[test]
    fn a_curve_has_its_first_and_last_point_and_few_between() {
        let course: Vec<_> = (100..200).map(Decimal::from).collect();
        let few = curve(&course);
        assert_eq!(few.len(), CURVE_POINTS);
        let ends = [few.first().copied(), few.last().copied()];
        assert_eq!(ends, [Some(0.0), Some(99.0)]);
        assert_eq!(curve(&course[..2]), [0.0, 1.0]);
        assert_eq!(curve(&course[..1]), [0.0]);
        assert_eq!(curve(&[]), [0.0; 0]);
    }
}
