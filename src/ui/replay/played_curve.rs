//! The curve of a recorded session up to the playhead. A step back begins at a checkpoint: the curve keeps what its newest
//! points need, so no point can be taken off.

use std::sync::Arc;

use crate::account::{EquityCurve, EquityPoint};
use crate::replay::Playhead;

/// Points between two checkpoints: few enough to be added within a frame.
const CHECKPOINT: usize = 4_096;

/// The curve up to a position.
#[derive(Debug, Clone, Default)]
pub struct PlayedCurve {
    /// The points of the whole session.
    points: Arc<[(Playhead, EquityPoint)]>,
    /// The curve with so many of them.
    shown: (usize, Arc<EquityCurve>),
    /// The curves with 1, 2, 3 … times [`CHECKPOINT`] points, as far as they were shown.
    checkpoints: Vec<Arc<EquityCurve>>,
}

impl PlayedCurve {
    /// Returns the curve of these points, before the first one.
    pub fn new(points: Arc<[(Playhead, EquityPoint)]>) -> Self {
        Self {
            points,
            ..Self::default()
        }
    }

    /// Returns the curve up to a position.
    pub fn at(&mut self, head: Playhead) -> Arc<EquityCurve> {
        let count = self.points.partition_point(|(at, _)| *at <= head);
        if count < self.shown.0 {
            let full = count / CHECKPOINT;
            let before = full.checked_sub(1).map(|last| &self.checkpoints[last]);
            self.shown = (full * CHECKPOINT, before.cloned().unwrap_or_default());
        }
        let (shown, curve) = &mut self.shown;
        for (_, point) in &self.points[*shown..count] {
            Arc::make_mut(curve).push(point.clone());
            *shown += 1;
            if *shown == (self.checkpoints.len() + 1) * CHECKPOINT {
                self.checkpoints.push(Arc::clone(curve));
            }
        }
        Arc::clone(curve)
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::game::Time;

    #[test]
    fn any_position_has_the_curve_of_the_points_before_it() {
        let point = |tick: u32| EquityPoint {
            at: Time::UNIX_EPOCH,
            game: None,
            tick: Some(tick),
            earned: Decimal::new(i64::from(tick * 7_919 % 1_000), 3),
            drift: false,
        };
        let head = |tick| Playhead {
            game: 0,
            tick: Some(tick),
        };
        let points: Vec<_> = (0..10_000).map(|tick| (head(tick), point(tick))).collect();
        let mut played = PlayedCurve::new(points.clone().into());
        for tick in [0, 9_999, 9_998, 8_192, 8_191, 8_190, 4_095, 3, 5_000, 4_096] {
            let mut expected = EquityCurve::default();
            for (_, point) in points.iter().take(tick as usize + 1) {
                expected.push(point.clone());
            }
            assert_eq!(*played.at(head(tick)), expected, "{tick}");
            let [shown, least] = [played.shown.0, played.checkpoints.len()];
            assert_eq!(
                (shown, least),
                (tick as usize + 1, if tick == 0 { 0 } else { 2 })
            );
        }
        assert_eq!(*PlayedCurve::default().at(head(9)), EquityCurve::default());
    }
}
