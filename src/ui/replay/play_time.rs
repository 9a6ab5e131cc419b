//! How long a recording plays at normal speed. Pure.

use std::time::Duration;

use crate::replay::{Landmark, Playhead, TickTiming, Timeline};

/// The times at which the games of a recording begin, for both timings, and at the end of all.
#[derive(Debug, Clone, Default)]
pub struct PlayTime {
    fixed: Vec<Duration>,
    recorded: Vec<Duration>,
}

impl PlayTime {
    /// Returns the times of a recording.
    pub fn of(timeline: &Timeline) -> Self {
        let starts = |timing| {
            let mut at = Duration::ZERO;
            let games = 0..timeline.games().len();
            let mut starts: Vec<_> = games
                .map(|game| {
                    let start = at;
                    let end = timeline.end_of(game);
                    at += span(timeline, end, timing) + timeline.duration_of(end, timing);
                    start
                })
                .collect();
            starts.push(at);
            starts
        };
        Self {
            fixed: starts(TickTiming::Fixed),
            recorded: starts(TickTiming::Recorded),
        }
    }

    /// Returns the time of a position and the whole time, as `12:04`. The last position is the end: it is the whole time.
    pub fn at(&self, timeline: &Timeline, head: Playhead, timing: TickTiming) -> [String; 2] {
        let starts = match timing {
            TickTiming::Fixed => &self.fixed,
            TickTiming::Recorded => &self.recorded,
        };
        let all = starts.last().copied().unwrap_or_default();
        let now = if timeline.next(Landmark::Tick, head).is_none() {
            all
        } else {
            let start = starts.get(head.game).copied().unwrap_or_default();
            start + span(timeline, head, timing)
        };
        [text(now), text(all)]
    }
}

/// Returns the time from the presale of a game to a position in it.
fn span(timeline: &Timeline, head: Playhead, timing: TickTiming) -> Duration {
    let presale = Playhead { tick: None, ..head };
    let Some(tick) = head.tick else {
        return Duration::ZERO;
    };
    let ticks = (0..tick).map(|tick| Playhead {
        tick: Some(tick),
        ..head
    });
    let heads = std::iter::once(presale).chain(ticks);
    heads.map(|head| timeline.duration_of(head, timing)).sum()
}

/// Returns a time as `0:07`, `12:04` or `1:02:03`.
fn text(time: Duration) -> String {
    let seconds = time.as_secs();
    let (hours, minutes, seconds) = (seconds / 3_600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// Returns the time of the window since its start.
pub fn now(ctx: &egui::Context) -> Duration {
    let seconds = ctx.input(|input| input.time);
    Duration::try_from_secs_f64(seconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_minutes_and_seconds_and_hours_only_from_one_on() {
        let texts = [0, 7, 724, 3_723].map(|seconds| text(Duration::from_secs(seconds)));
        assert_eq!(texts, ["0:00", "0:07", "12:04", "1:02:03"]);
    }
}
