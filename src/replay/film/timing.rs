//! How long a place lasts while a film plays.

use std::time::Duration;

use super::{Film, Head};
use crate::game::Time;

/// What the server takes for a tick.
const TICK: Duration = Duration::from_millis(250);
/// How long presale and rug are shown when nobody recorded how long they lasted, or they do not matter.
const BETWEEN: Duration = Duration::from_secs(1);
/// Nothing that is played lasts longer than this, however long it lasted then.
const LONGEST: Duration = Duration::from_secs(2);
/// The settlement is a third of the time between two games; the rest is the presale.
const SETTLEMENT_SHARE: u32 = 3;

/// By which clock a film plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// 250 ms a tick.
    #[default]
    Fixed,
    /// As it was recorded, with long pauses cut to two seconds. Files tell when a game began and when it rugged, not
    /// when each tick came: its ticks are spread evenly between.
    Recorded,
}

impl Film {
    /// Returns how long a place lasts at the speed 1.
    pub fn lasts(&self, head: Head, pace: Pace) -> Duration {
        let head = self.clamp(head);
        let at_the_end = head.tick.is_some() && head.tick == self.reels[head.game].last;
        let ends = head.tick.is_none() || at_the_end;
        match pace {
            Pace::Fixed if ends => BETWEEN,
            Pace::Fixed => TICK,
            Pace::Recorded if head.tick.is_none() => {
                let pause = head
                    .game
                    .checked_sub(1)
                    .and_then(|game| self.pause_after(game));
                let presale = pause.map(|pause| pause.saturating_sub(pause / SETTLEMENT_SHARE));
                presale.unwrap_or(BETWEEN).min(LONGEST)
            }
            Pace::Recorded if at_the_end => {
                let settlement = self
                    .pause_after(head.game)
                    .map(|pause| pause / SETTLEMENT_SHARE);
                settlement.unwrap_or(BETWEEN).min(LONGEST)
            }
            Pace::Recorded => self.tick_of(head.game).unwrap_or(TICK).min(LONGEST),
        }
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
        let ticks = self.reels[game].rug?.checked_sub(joined)?;
        (end? - start).to_std().ok()?.checked_div(ticks)
    }

    fn times(&self, game: usize) -> Option<(Time, Option<Time>)> {
        let known = game < self.reels.len();
        let file = known.then(|| self.games.at(game).1.ok())??;
        Some((file.meta.start_time?, file.meta.end_time))
    }
}
