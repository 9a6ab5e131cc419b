//! What the library shows of a session beside its entry in the index: the session file is read for it.

use rust_decimal::Decimal;

use crate::account::{Action, ActionKind, ActionStatus, Score, Statistics, ValueRange};
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
        let course = course(file);
        let mut range = ValueRange::default();
        for (place, earned) in course.iter().enumerate() {
            range.push(place, *earned);
        }
        Self {
            pnls: file.pnls(),
            trades: statistics.trades,
            sidebets: statistics.sidebets,
            order_drawdown: range.depth(),
            curve: curve(&course),
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

/// Returns what a session had earned after each row that took effect, in SOL, its start first: wallet, position at the
/// price of the row and running stake, less what it started with. Empty without a row.
fn course(file: &SessionFile) -> Vec<Decimal> {
    let start = file.meta.start_value();
    let mut stake = file
        .meta
        .start_sidebet
        .map_or(Decimal::ZERO, |bet| bet.stake);
    let is_done = |row: &&Action| row.status == ActionStatus::Confirmed;
    let mut course = Vec::new();
    for row in file.actions.iter().filter(is_done) {
        match row.action {
            ActionKind::SidebetPlace => stake = row.amount.unwrap_or_default(),
            ActionKind::SidebetWin | ActionKind::SidebetLose => stake = Decimal::ZERO,
            ActionKind::Buy | ActionKind::Sell | ActionKind::Liquidated => {}
        }
        let price = row.executed_price.or(row.price).unwrap_or_default();
        let held = row.position_qty_after.unwrap_or_default();
        let wallet = row.balance_after.unwrap_or_default();
        let parts = [held.saturating_mul(price), stake];
        let value = parts.into_iter().fold(wallet, Decimal::saturating_add);
        if course.is_empty() {
            course.push(Decimal::ZERO);
        }
        course.push(value.saturating_sub(start));
    }
    course
}

/// Returns few points of a course, in equal steps.
fn curve(course: &[Decimal]) -> Vec<f64> {
    let Some(last) = course.len().checked_sub(1) else {
        return Vec::new();
    };
    let points = last.clamp(1, CURVE_POINTS - 1);
    let places = (0..=points).map(|point| point * last / points);
    let values = places.map(|place| number::to_f64_lossy(course[place]));
    let mut curve: Vec<f64> = values.collect();
    curve.dedup_by(|_, _| last == 0);
    curve
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::ActionSource;

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

    /// The session began with 0.1 tokens bought at 2x and a stake of 0.04: 1.24 SOL.
    #[test]
    fn what_was_open_at_the_start_is_part_of_the_start() {
        let text = r#"{
          "meta": {
            "player_id": null, "username": null,
            "session_start": "2025-12-15T01:17:55.000Z", "session_end": "2025-12-15T01:18:01.900Z",
            "format": 1, "origin": "practice", "wallet": "server", "start_balance": "1",
            "start_lots": [{ "qty": "0.1", "price": "2" }],
            "start_sidebet": { "stake": "0.04", "start_tick": 1 },
            "end_balance": "1.1", "realised_pnl": "-0.14",
            "verifications": 0, "drift_count": 0, "app": "pianola 0.1.0"
          },
          "actions": [], "drifts": []
        }"#;
        let mut file = SessionFile::parse(text.as_bytes()).expect("a session");
        assert_eq!(SessionFacts::of(&file).curve, [0.0; 0]);
        let row = |action, balance: i64, qty: i64| Action {
            status: ActionStatus::Confirmed,
            balance_after: Some(Decimal::new(balance, 2)),
            position_qty_after: Some(Decimal::new(qty, 2)),
            executed_price: Some(Decimal::ONE),
            ..Action::new(
                action,
                ActionSource::Key,
                GameId::new("g").expect("an id"),
                file.meta.session_start,
            )
        };
        file.actions = vec![
            row(ActionKind::Sell, 105, 5),
            row(ActionKind::SidebetLose, 105, 5),
            row(ActionKind::Sell, 110, 0),
        ];
        let facts = SessionFacts::of(&file);
        assert_eq!(facts.curve, [0.0, -0.1, -0.14, -0.14]);
        assert_eq!(facts.order_drawdown, Decimal::new(14, 2));
    }

    #[test]
    fn a_curve_has_its_first_and_last_point_and_few_between() {
        let course: Vec<_> = (0..100).map(Decimal::from).collect();
        let few = curve(&course);
        assert_eq!(few.len(), CURVE_POINTS);
        let ends = [few.first().copied(), few.last().copied()];
        assert_eq!(ends, [Some(0.0), Some(99.0)]);
        assert_eq!(curve(&course[..2]), [0.0, 1.0]);
        assert_eq!(curve(&course[..1]), [0.0]);
        assert_eq!(curve(&[]), [0.0; 0]);
    }
}
