//! Arrival times of messages, by two clocks, and the search for late ticks.

use std::time::Duration;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use super::one_game::Game;
use super::time::Time;
use crate::protocol::Tick;

/// A tick that arrives later than this has the anomaly `late_arrival`.
const LATE_MICROS: i64 = 2_000_000;
/// The server's timer never fires early, but two clocks differ slightly: a tick counts as one percent shorter, so that
/// the difference does not add up over a long game.
const SHORTEST_TICK: Decimal = Decimal::from_parts(247_500, 0, 0, false, 0);

/// The arrival of a message at this machine, by two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arrival {
    /// By the wall clock, which may be set; for times in files.
    pub at: Time,
    /// By a monotonic clock, since a moment common to all messages of a run; for intervals between messages. `None` if
    /// it is unknown: a line of a capture without a time, whose `at` is an estimate.
    pub monotonic: Option<Duration>,
}

/// Uses one time for both clocks, for example the time of a line in a capture.
impl From<Time> for Arrival {
    fn from(at: Time) -> Self {
        let since = at.signed_duration_since(Time::UNIX_EPOCH);
        Self {
            at,
            monotonic: Some(since.to_std().unwrap_or_default()),
        }
    }
}

/// The clock of one game: measures the arrival of its ticks and finds late ones.
///
/// A tick is late when it arrives long after the server made it, not when the server made it late. The server makes at
/// most one tick every 250 ms (a faster table proportionally more), so ticks that arrive faster were held up before: by
/// a pause of this process, of the network or of the browser. A server that stalls for 20 s and then continues at its
/// pace has no late tick, and neither has one that is slightly slow for a whole game.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct TickClock {
    /// The monotonic time of the game's `start_time`, in microseconds; `None` if it is unknown.
    zero: Option<i64>,
    /// The newest tick with its own message, and its arrival in microseconds after the start.
    newest: Option<(Tick, i64)>,
    /// How much faster than the server makes them the last ticks arrived, in microseconds: the lateness of the first of
    /// them.
    lateness: i64,
}

impl TickClock {
    /// Returns the clock of a game that starts with this message.
    pub fn starting(arrival: Arrival) -> Self {
        Self {
            zero: arrival.monotonic.map(micros),
            newest: None,
            lateness: 0,
        }
    }

    /// Returns the clock of a game that another run of the program began: the two runs share only the wall clock. It
    /// never goes back behind the newest arrival, even if the wall clock was set.
    pub fn resuming(game: &Game, arrival: Arrival) -> Self {
        let newest = game.prices.arrivals().iter().flatten().max();
        let newest = newest.map_or(0, |millis| i64::from(*millis) * 1_000);
        let since = arrival.at.signed_duration_since(game.start);
        let since = since.num_microseconds().unwrap_or(0).max(newest);
        let zero = |monotonic| micros(monotonic).saturating_sub(since);
        Self {
            zero: arrival.monotonic.map(zero),
            newest: None,
            lateness: 0,
        }
    }

    /// Returns the arrival of a message, in whole milliseconds after the start; `None` if one of the two is unknown.
    pub fn millis(&self, arrival: Arrival) -> Option<u32> {
        let millis = self.after_start(arrival)? / 1_000;
        Some(u32::try_from(millis).unwrap_or(u32::MAX))
    }

    /// Takes a tick with its own message from a server of this speed; returns whether a tick so far arrived more than two
    /// seconds late. Without a speed or a time, lateness is unknown.
    pub fn is_late(&mut self, tick: Tick, arrival: Arrival, speed: Option<Decimal>) -> bool {
        let known = self.after_start(arrival).zip(speed.and_then(shortest_tick));
        let Some((at, shortest)) = known else {
            self.newest = None;
            self.lateness = 0;
            return false;
        };
        if let Some((newest, newest_at)) = self.newest {
            // A tick that was overtaken gives no interval.
            let Some(ticks) = tick.checked_sub(newest).filter(|ticks| *ticks > 0) else {
                return false;
            };
            let least = shortest.saturating_mul(i64::from(ticks));
            let took = at.saturating_sub(newest_at);
            self.lateness = self
                .lateness
                .saturating_add(least.saturating_sub(took))
                .max(0);
        }
        self.newest = Some((tick, at));
        self.lateness > LATE_MICROS
    }

    fn after_start(&self, arrival: Arrival) -> Option<i64> {
        let (at, zero) = arrival.monotonic.map(micros).zip(self.zero)?;
        Some(at.saturating_sub(zero).max(0))
    }
}

/// Returns the least time between two ticks of a server, in microseconds; `None` for an invalid speed.
fn shortest_tick(speed: Decimal) -> Option<i64> {
    SHORTEST_TICK.checked_div(speed)?.to_i64()
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::{GameId, number};

    /// Whether ticks with these arrivals, in milliseconds, are late at a speed; the first is tick 0.
    fn late(arrivals: impl IntoIterator<Item = i64>, speed: &str) -> bool {
        let arrival =
            |millis: i64| Arrival::from(Time::UNIX_EPOCH + chrono::Duration::milliseconds(millis));
        let mut clock = TickClock::starting(arrival(0));
        let speed = number::parse(speed);
        let ticks = (0..).zip(arrivals);
        ticks.fold(false, |late, (tick, millis)| {
            clock.is_late(tick, arrival(millis), speed) || late
        })
    }

    /// Ticks at an interval, held up from `from` until `until` (milliseconds) as by a pause of the process.
    fn held_up(interval: i64, from: i64, until: i64) -> impl Iterator<Item = i64> {
        let came = move |made: i64| {
            if (from..until).contains(&made) {
                until
            } else {
                made
            }
        };
        (0..400).map(move |tick| came(tick * interval))
    }

    #[test]
    fn a_pause_of_two_seconds_is_late_and_a_shorter_one_is_not() {
        assert!(late(held_up(250, 10_000, 50_000), "1"));
        assert!(late(held_up(250, 10_000, 12_251), "1"));
        assert!(!late(held_up(250, 10_000, 12_000), "1"));
        assert!(!late(held_up(250, 0, 0), "1"));
    }

    #[test]
    fn ticks_of_a_faster_table_are_expected_at_its_speed() {
        assert!(!late((0..400).map(|tick| tick * 25), "10"));
        assert!(late(held_up(25, 1_000, 3_500), "10"));
        assert!(!late(held_up(25, 1_000, 2_900), "10"));
        assert!(!late((0..400).map(|tick| tick * 500), "0.5"));
        // The same ticks are far too fast for a server that runs in real time.
        assert!(late((0..400).map(|tick| tick * 25), "1"));
    }

    #[test]
    fn a_stall_of_the_server_and_a_slow_server_are_not_late() {
        // The longest gap seen on the real feed, 20.5 s: the server made no ticks meanwhile.
        let stall = (0..400).map(|tick| tick * 250 + if tick > 100 { 20_500 } else { 0 });
        assert!(!late(stall, "1"));
        assert!(!late((0..5_000).map(|tick| tick * 257), "1"));
        // Two clocks that differ by half a percent, for the longest game there is.
        assert!(!late((0..5_000).map(|tick| tick * 995 * 250 / 1_000), "1"));
        // Jitter of the network: each second tick comes with the one after it.
        assert!(!late((0..5_000).map(|tick| (tick + 1) / 2 * 500), "1"));
    }

    #[test]
    fn absurd_times_and_speeds_do_not_overflow() {
        let at = |monotonic| Arrival {
            at: Time::UNIX_EPOCH,
            monotonic: Some(monotonic),
        };
        let mut clock = TickClock::starting(at(Duration::ZERO));
        let slowest = number::parse("0.0000000001");
        assert!(!clock.is_late(0, at(Duration::MAX), slowest));
        assert!(clock.is_late(u32::MAX, at(Duration::ZERO), slowest));
    }

    #[test]
    fn ticks_lost_in_the_pause_count_by_their_numbers() {
        let arrival =
            |millis| Arrival::from(Time::UNIX_EPOCH + chrono::Duration::milliseconds(millis));
        let mut clock = TickClock::starting(arrival(0));
        let one = Some(Decimal::ONE);
        assert!(!clock.is_late(0, arrival(0), one));
        assert!(!clock.is_late(1, arrival(10_000), one));
        assert!(!clock.is_late(40, arrival(19_750), one));
        assert!(clock.is_late(60, arrival(19_760), one));
    }

    #[test]
    fn without_a_speed_no_tick_is_late_and_a_known_speed_starts_again() {
        let arrival =
            |millis| Arrival::from(Time::UNIX_EPOCH + chrono::Duration::milliseconds(millis));
        let mut clock = TickClock::starting(arrival(0));
        assert!(!clock.is_late(0, arrival(0), None));
        assert!(!clock.is_late(400, arrival(1), None));
        assert!(!clock.is_late(401, arrival(2), Some(Decimal::ONE)));
        assert!(!clock.is_late(402, arrival(3), Some(Decimal::ZERO)));
        assert!(!clock.is_late(403, arrival(4), Some(Decimal::MAX)));
    }

    #[test]
    fn a_message_without_a_time_has_no_arrival_and_is_not_late() {
        let at = |seconds, monotonic: Option<u64>| Arrival {
            at: Time::UNIX_EPOCH + chrono::Duration::seconds(seconds),
            monotonic: monotonic.map(Duration::from_secs),
        };
        let one = Some(Decimal::ONE);
        let mut clock = TickClock::starting(at(0, Some(100)));
        assert!(!clock.is_late(0, at(0, Some(100)), one));
        assert!(!clock.is_late(40, at(0, None), one));
        assert_eq!(clock.millis(at(5, None)), None);
        assert_eq!(clock.millis(at(5, Some(101))), Some(1_000));
        // A game that begins without a time has no beginning to count from.
        let mut clock = TickClock::starting(at(0, None));
        assert!(!clock.is_late(40, at(0, Some(1)), one));
        assert_eq!(clock.millis(at(0, Some(1))), None);
    }

    #[test]
    fn a_game_of_another_run_continues_by_the_wall_clock_and_never_goes_back() {
        let start: Time = "2025-12-15T01:18:00.218Z".parse().expect("a time");
        let mut game = Game::new(GameId::new("g-1").expect("an id"), start);
        game.prices
            .insert(0, Decimal::ONE, crate::game::PriceSource::Live);
        game.prices.set_arrival(0, 0);
        let at = |millis: i64| Arrival {
            at: start + chrono::Duration::milliseconds(millis),
            monotonic: Some(Duration::from_millis(7)),
        };
        let clock = TickClock::resuming(&game, at(30_000));
        assert_eq!(clock.millis(at(30_000)), Some(30_000));
        let later = Arrival {
            monotonic: Some(Duration::from_millis(257)),
            ..at(0)
        };
        assert_eq!(clock.millis(later), Some(30_250));
        // The wall clock was set back while the program did not run.
        game.prices
            .insert(1, Decimal::ONE, crate::game::PriceSource::Live);
        game.prices.set_arrival(1, 4_000);
        let clock = TickClock::resuming(&game, at(-3_600_000));
        assert_eq!(clock.millis(at(0)), Some(4_000));
    }
}
