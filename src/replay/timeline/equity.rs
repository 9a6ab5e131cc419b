//! The curve of a session: what it had earned at each position at which something was open, and after each change.

use std::time::Duration;

use rust_decimal::Decimal;

use super::playhead::Playhead;
use super::{AccountReplay, PlayedSession, Timeline};
use crate::account::{EquityPoint, start_value};
use crate::game::Time;
use crate::protocol::Tick;
use crate::replay::account_replay::ReplayStep;
use crate::replay::report::ReplayReport;

/// The server's time for a tick.
const TICK: Duration = Duration::from_millis(250);

impl Timeline {
    /// Returns what the session starts with: wallet, lots at their cost and stake, in SOL; zero for a single game.
    pub fn start_value(&self) -> Decimal {
        let meta = self.session().map(|session| &session.meta);
        meta.map_or(Decimal::ZERO, |meta| {
            start_value(
                meta.start_balance,
                &meta.start_lots,
                meta.start_sidebet.as_ref(),
            )
        })
    }

    /// Returns the curve of the session, each point with its position; empty for a single game.
    pub fn equity(&self) -> Vec<(Playhead, EquityPoint)> {
        let mut points = Vec::new();
        let Some(session) = &self.session else {
            return points;
        };
        let start = self.start_value();
        let mut replay = AccountReplay::begin(&session.file);
        let (mut taken, mut earned) = (0, Decimal::ZERO);
        for game in 0..self.spans.len() {
            let acts = session
                .steps
                .get(taken)
                .is_some_and(|s| s.head.game <= game);
            if !acts && replay.account.is_idle() {
                continue;
            }
            let (game_id, file) = self.games.at(game);
            let mut price = Decimal::ONE;
            let ticks = self.spans[game].last.map_or(0, |last| last + 1);
            for tick in [None].into_iter().chain((0..ticks).map(Some)) {
                let head = Playhead { game, tick };
                let drift = session.advance(&mut replay, &mut taken, head, self);
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
                        at: self.time_at(game, tick),
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

    /// Returns when a position came; spread evenly where its arrival is not known.
    fn time_at(&self, game: usize, tick: Option<Tick>) -> Time {
        let file = self.games.at(game).1.ok();
        let start = file.and_then(|file| file.meta.start_time);
        let tick = tick.unwrap_or(0);
        let arrival = file.and_then(|file| file.arrivals.get(tick as usize).copied().flatten());
        let millis = arrival.map(|arrival| Duration::from_millis(arrival.into()));
        start.unwrap_or_default() + millis.unwrap_or(TICK * tick)
    }
}

impl PlayedSession {
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
