//! How long a place lasts while a timeline plays.

use std::time::Duration;

use super::{Playhead, Timeline};
use crate::game::Time;
use crate::protocol::Tick;

/// What the server takes for a tick.
const TICK: Duration = Duration::from_millis(250);
/// How long presale and rug are shown when nobody recorded how long they lasted, or they do not matter.
const BETWEEN: Duration = Duration::from_secs(1);
/// Every tick is shown, however many came at once.
const SHORTEST: Duration = Duration::from_millis(1);
/// Nothing that is played lasts longer than this, however long it lasted then.
const LONGEST: Duration = Duration::from_secs(2);
/// The settlement is a third of the time between two games; the rest is the presale.
const SETTLEMENT_SHARE: u32 = 3;

/// By which clock a timeline plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TickTiming {
    /// 250 ms a tick.
    #[default]
    Fixed,
    /// As it was recorded, with long pauses cut to two seconds: by the arrivals of the ticks. Ticks without one are
    /// spread evenly between their neighbours, and in a file without any between the start and the rug.
    Recorded,
}

impl Timeline {
    /// Returns how long a place lasts at the speed 1.
    pub fn lasts(&self, head: Playhead, pace: TickTiming) -> Duration {
        let head = self.clamp(head);
        let at_the_end = head.tick.is_some() && head.tick == self.spans[head.game].last;
        let ends = head.tick.is_none() || at_the_end;
        match pace {
            TickTiming::Fixed if ends => BETWEEN,
            TickTiming::Fixed => TICK,
            TickTiming::Recorded if head.tick.is_none() => {
                let pause = head
                    .game
                    .checked_sub(1)
                    .and_then(|game| self.pause_after(game));
                let presale = pause.map(|pause| pause.saturating_sub(pause / SETTLEMENT_SHARE));
                presale.unwrap_or(BETWEEN).min(LONGEST)
            }
            TickTiming::Recorded if at_the_end => {
                let settlement = self
                    .pause_after(head.game)
                    .map(|pause| pause / SETTLEMENT_SHARE);
                settlement.unwrap_or(BETWEEN).min(LONGEST)
            }
            TickTiming::Recorded => {
                let measured = head.tick.and_then(|tick| self.until_next(head.game, tick));
                let spread = || self.tick_of(head.game).unwrap_or(TICK);
                measured.unwrap_or_else(spread).clamp(SHORTEST, LONGEST)
            }
        }
    }

    /// Whether the recording of a game tells nothing of when its ticks arrived, so that [`TickTiming::Recorded`] spreads them
    /// evenly.
    pub fn spreads(&self, game: usize) -> bool {
        let file = (game < self.spans.len()).then(|| self.games.at(game).1.ok());
        file.flatten().is_some_and(|file| !file.has_arrivals())
    }

    /// Returns the time from the arrival of a tick to that of the next one; for ticks without arrivals their share of the
    /// time between the neighbours that have one. `None` where one of these is missing.
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

    /// Returns how long the ticks of a game took, on average.
    fn tick_of(&self, game: usize) -> Option<Duration> {
        let (start, end) = self.times(game)?;
        let joined = self.games.at(game).1.ok()?.meta.joined_at_tick.unwrap_or(0);
        let ticks = self.spans[game].rug?.checked_sub(joined)?;
        (end? - start).to_std().ok()?.checked_div(ticks)
    }

    fn times(&self, game: usize) -> Option<(Time, Option<Time>)> {
        let known = game < self.spans.len();
        let file = known.then(|| self.games.at(game).1.ok())??;
        Some((file.meta.start_time?, file.meta.end_time))
    }
}
