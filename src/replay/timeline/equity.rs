//! The curve of a session: what it had earned at each position at which something was open, and after each change.

use rust_decimal::Decimal;

use super::playhead::Playhead;
use super::{AccountReplay, PlayedSession, Timeline};
use crate::account::EquityPoint;
use crate::replay::account_replay::ReplayStep;
use crate::replay::report::ReplayReport;

impl PlayedSession {
    /// Returns the curve of the session, each point with its position.
    pub(super) fn equity(&self, timeline: &Timeline) -> Vec<(Playhead, EquityPoint)> {
        let mut points = Vec::new();
        let start = self.file.meta.start_value();
        let mut replay = AccountReplay::begin(&self.file);
        let (mut taken, mut earned) = (0, Decimal::ZERO);
        for game in 0..timeline.spans.len() {
            let acts = self.steps.get(taken).is_some_and(|s| s.head.game <= game);
            if !acts && replay.account.is_idle() {
                continue;
            }
            let (game_id, file) = timeline.games.at(game);
            let mut price = Decimal::ONE;
            let ticks = timeline.spans[game].last.map_or(0, |last| last + 1);
            for tick in [None].into_iter().chain((0..ticks).map(Some)) {
                let head = Playhead { game, tick };
                let drift = self.advance(&mut replay, &mut taken, head, timeline);
                let newest = file
                    .ok()
                    .zip(tick)
                    .and_then(|(file, tick)| file.prices.get(tick as usize).copied().flatten());
                price = newest.unwrap_or(price);
                let now = replay.account_in(game_id).value(price);
                let now = now.saturating_sub(start).normalize();
                if drift || now != earned {
                    earned = now;
                    let point = EquityPoint {
                        at: timeline.time_at(game, tick),
                        game: Some(game_id.clone()),
                        tick,
                        earned,
                        drift,
                    };
                    points.push((head, point));
                }
            }
        }
        points
    }

    /// Applies the steps up to a position; returns whether a drift was among them.
    fn advance(
        &self,
        replay: &mut AccountReplay,
        taken: &mut usize,
        head: Playhead,
        timeline: &Timeline,
    ) -> bool {
        // The comparisons were made when the timeline was built.
        let mut again = ReplayReport::default();
        let mut drift = false;
        while self.steps.get(*taken).is_some_and(|step| step.head <= head) {
            let step = replay.step(&self.file, &timeline.games, &mut again);
            drift |= matches!(step, Some(ReplayStep::Drifts(_)));
            *taken += 1;
        }
        drift
    }
}
