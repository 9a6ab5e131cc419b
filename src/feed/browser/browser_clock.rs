//! Converts the browser's frame times to our clocks. Pure.
//!
//! The browser stamps each frame with its own monotonic clock, which has another zero than ours but the same pace. The
//! frame with the shortest delay shows the offset of the two clocks.

use std::time::{Duration, Instant};

use crate::feed::message::ArrivalTime;

/// If the wall clock and the monotonic clock differ this much between two frames, the computer slept or its clock was
/// set, and the offset of the browser's clock may have changed.
const SLEPT_MILLIS: i64 = 1_000;
/// The browser's clock never goes back, but frames of different pages may overtake each other by less than this.
const OVERTAKEN_SECS: f64 = 1.0;

/// The clock of one browser.
#[derive(Debug, Default)]
pub(super) struct BrowserClock {
    pair: Option<ClockPair>,
}

/// The readings of both clocks at one frame.
#[derive(Debug, Clone, Copy)]
struct ClockPair {
    /// Our clock when the browser's clock showed `base` seconds.
    ours: Instant,
    base: f64,
    /// The newest frame, by both clocks.
    newest: f64,
    newest_arrival: ArrivalTime,
}

impl BrowserClock {
    /// Returns when the browser received a frame: at `seconds` of its clock, read `now`. Without a usable time of the
    /// browser the result is `now`.
    pub(super) fn frame(&mut self, seconds: Option<f64>, now: ArrivalTime) -> ArrivalTime {
        let Some(seconds) = seconds.filter(|seconds| seconds.is_finite() && *seconds >= 0.0) else {
            return now;
        };
        let paired = self.pair.filter(|pair| pair.holds(seconds, now));
        let pair = self.pair.insert(match paired {
            Some(pair) => pair,
            None => ClockPair {
                ours: now.arrived,
                base: seconds,
                newest: seconds,
                newest_arrival: now,
            },
        });
        pair.newest = pair.newest.max(seconds);
        pair.newest_arrival = now;
        let got = offset(pair.ours, seconds - pair.base);
        // This frame had a shorter delay than any before it.
        let Some(got) = got.filter(|got| *got <= now.arrived) else {
            (pair.ours, pair.base) = (now.arrived, seconds);
            return now;
        };
        let delay = now.arrived.saturating_duration_since(got);
        ArrivalTime {
            at: chrono::Duration::from_std(delay)
                .ok()
                .and_then(|delay| now.at.checked_sub_signed(delay))
                .unwrap_or(now.at),
            arrived: got,
        }
    }
}

impl ClockPair {
    /// Whether the two clocks still have the same offset.
    fn holds(&self, seconds: f64, now: ArrivalTime) -> bool {
        let wall = now.at.signed_duration_since(self.newest_arrival.at);
        let ours = now
            .arrived
            .saturating_duration_since(self.newest_arrival.arrived);
        let ours = i64::try_from(ours.as_millis()).unwrap_or(i64::MAX);
        let apart = wall.num_milliseconds().saturating_sub(ours);
        apart.abs() <= SLEPT_MILLIS && seconds >= self.newest - OVERTAKEN_SECS
    }
}

fn offset(from: Instant, seconds: f64) -> Option<Instant> {
    let size = Duration::try_from_secs_f64(seconds.abs()).ok()?;
    if seconds < 0.0 {
        from.checked_sub(size)
    } else {
        from.checked_add(size)
    }
}

#[cfg(test)]
mod tests {
    use chrono::Utc;

    use super::*;

    struct Clocks {
        zero: ArrivalTime,
        time: BrowserClock,
    }

    impl Clocks {
        fn new() -> Self {
            let zero = ArrivalTime {
                at: Utc::now(),
                arrived: Instant::now(),
            };
            let time = BrowserClock::default();
            Self { zero, time }
        }

        fn at(&self, millis: i64) -> ArrivalTime {
            ArrivalTime {
                at: self.zero.at + chrono::Duration::milliseconds(millis),
                arrived: self.zero.arrived + Duration::from_millis(millis.unsigned_abs()),
            }
        }

        /// Returns the arrival of a frame in milliseconds; both of our clocks must agree.
        fn frame(&mut self, browser_millis: f64, read_millis: i64) -> i64 {
            let now = self.at(read_millis);
            let stamp = self.time.frame(Some(browser_millis / 1_000.0), now);
            let arrived = stamp.arrived.duration_since(self.zero.arrived).as_micros();
            let at = (stamp.at - self.zero.at).num_microseconds().expect("short");
            assert_eq!(i64::try_from(arrived).expect("short"), at);
            (at + 500) / 1_000
        }
    }

    #[test]
    fn intervals_are_those_of_the_browser_however_late_frames_are_read() {
        let mut clocks = Clocks::new();
        assert_eq!(clocks.frame(9_000_250.0, 1_000), 1_000);
        assert_eq!(clocks.frame(9_000_500.0, 1_255), 1_250);
        // The process was paused for 40 s: the frames of that time are read in one burst.
        assert_eq!(clocks.frame(9_000_750.0, 41_500), 1_500);
        assert_eq!(clocks.frame(9_001_000.0, 41_501), 1_750);
        // This frame had a shorter delay than any before it.
        assert_eq!(clocks.frame(9_041_000.0, 41_748), 41_748);
        assert_eq!(clocks.frame(9_041_250.0, 42_010), 41_998);
    }

    #[test]
    fn a_frame_without_a_usable_time_has_our_time() {
        let mut clocks = Clocks::new();
        let now = clocks.at(77);
        for seconds in [
            None,
            Some(f64::NAN),
            Some(f64::INFINITY),
            Some(-1.0),
            Some(1e300),
        ] {
            assert_eq!(clocks.time.frame(seconds, now), now, "{seconds:?}");
        }
    }

    #[test]
    fn after_a_sleep_or_another_browser_the_clocks_are_paired_again() {
        let mut clocks = Clocks::new();
        assert_eq!(clocks.frame(5_000.0, 1_000), 1_000);
        // Another browser, whose clock began later.
        assert_eq!(clocks.frame(100.0, 2_000), 2_000);
        assert_eq!(clocks.frame(350.0, 2_260), 2_250);
        // The computer slept for an hour: the browser's clock continued, ours did not.
        let mut now = clocks.at(3_000);
        now.at += chrono::Duration::hours(1);
        assert_eq!(clocks.time.frame(Some(3_601.1), now), now);
        // The wall clock was set back by a minute; nothing else happened.
        let mut now = clocks.at(4_000);
        now.at -= chrono::Duration::minutes(1);
        assert_eq!(clocks.time.frame(Some(3_602.1), now), now);
    }
}
