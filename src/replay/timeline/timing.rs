//! The duration of each position while a timeline plays.

use std::time::Duration;

use super::Timeline;
use super::playhead::Playhead;
use crate::game::{TICK_MILLIS, Time};
use crate::protocol::Tick;

/// The server's time for a tick.
const TICK: Duration = Duration::from_millis(TICK_MILLIS.unsigned_abs());
/// The duration of presale and rug if it was not recorded, or does not matter.
const BETWEEN: Duration = Duration::from_secs(1);
/// The shortest duration: every position is shown, even if many came at once.
const SHORTEST: Duration = Duration::from_millis(1);
/// The longest duration: recorded pauses are cut to it.
const LONGEST: Duration = Duration::from_secs(2);
/// The settlement is a third of the time between two games; the rest is the presale.
const SETTLEMENT_SHARE: u32 = 3;

/// The timing of a replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TickTiming {
    /// 250 ms a tick.
    #[default]
    Fixed,
    /// By the recorded arrivals of the ticks, with long pauses cut to two seconds. Ticks without an arrival are spread
    /// evenly between their neighbours, or between start and rug in a file without any.
    Recorded,
}

impl Timeline {
    /// Returns the duration of a position at speed 1.
    pub fn duration_of(&self, head: Playhead, timing: TickTiming) -> Duration {
        let head = self.clamp(head);
        let at_the_end = head.tick.is_some() && head.tick == self.spans[head.game].last;
        let ends = head.tick.is_none() || at_the_end;
        match timing {
            TickTiming::Fixed if ends => BETWEEN,
            TickTiming::Fixed => TICK,
            TickTiming::Recorded if head.tick.is_none() => {
                let pause = head
                    .game
                    .checked_sub(1)
                    .and_then(|game| self.pause_after(game));
                let presale = pause.map(|pause| pause.saturating_sub(pause / SETTLEMENT_SHARE));
                presale.unwrap_or(BETWEEN).clamp(SHORTEST, LONGEST)
            }
            TickTiming::Recorded if at_the_end => {
                let settlement = self
                    .pause_after(head.game)
                    .map(|pause| pause / SETTLEMENT_SHARE);
                settlement.unwrap_or(BETWEEN).clamp(SHORTEST, LONGEST)
            }
            TickTiming::Recorded => {
                let measured = head.tick.and_then(|tick| self.until_next(head.game, tick));
                let spread = || self.average_tick(head.game).unwrap_or(TICK);
                measured.unwrap_or_else(spread).clamp(SHORTEST, LONGEST)
            }
        }
    }

    /// Whether the recording of a game has no arrivals, so that [`TickTiming::Recorded`] spreads its ticks evenly.
    pub fn is_spread(&self, game: usize) -> bool {
        let file = self.game(game).and_then(|(_, file)| file.ok());
        file.is_some_and(|file| !file.has_arrivals())
    }

    /// Returns when a position came; spread evenly where its arrival is not known. Without the file of the game the times
    /// of the session's rows and drifts in it count.
    pub fn time_at(&self, game: usize, tick: Option<Tick>) -> Time {
        let file = self.games.at(game).1.ok();
        let (from, at) = self.spans[game].known_moment(tick).unwrap_or_default();
        let tick = tick.unwrap_or(0);
        let arrival = file.and_then(|file| file.arrivals.get(tick as usize).copied().flatten());
        match arrival {
            Some(arrival) => at + Duration::from_millis(arrival.into()),
            None if tick < from => at - TICK * (from - tick),
            None => at + TICK * (tick - from),
        }
    }

    /// Returns the time between the arrivals of a tick and the next one; for ticks without an arrival, their share of the
    /// time between the neighbours that have one. `None` if such a neighbour is missing.
    fn until_next(&self, game: usize, tick: Tick) -> Option<Duration> {
        let arrivals = &self.games.at(game).1.ok()?.arrivals;
        let (before, after) = arrivals.split_at_checked(tick as usize + 1)?;
        let back = before.iter().rev().position(Option::is_some)?;
        let on = after.iter().position(Option::is_some)?;
        let from = before[before.len() - 1 - back]?;
        let took = Duration::from_millis(after[on]?.saturating_sub(from).into());
        took.checked_div(u32::try_from(back + 1 + on).ok()?)
    }

    /// Returns the time between the rug of a game and the start of the next one.
    fn pause_after(&self, game: usize) -> Option<Duration> {
        let (_, end) = self.times(game)?;
        let (start, _) = self.times(game + 1)?;
        (start - end?).to_std().ok()
    }

    /// Returns the average duration of a tick of a game.
    fn average_tick(&self, game: usize) -> Option<Duration> {
        let (start, end) = self.times(game)?;
        let joined = self.games.at(game).1.ok()?.meta.joined_at_tick.unwrap_or(0);
        let ticks = self.spans[game].rug?.checked_sub(joined)?;
        (end? - start).to_std().ok()?.checked_div(ticks)
    }

    fn times(&self, game: usize) -> Option<(Time, Option<Time>)> {
        let file = self.game(game)?.1.ok()?;
        Some((file.meta.start_time?, file.meta.end_time))
    }
}
