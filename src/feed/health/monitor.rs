//! How the connection is, in one word, and why. What it is made of is the feed's to know (connected, stale) and the
//! last minute's (errors, drops, slowness); here is only the judgement.

use std::fmt;
use std::time::Duration;

use crate::feed::State;
use crate::feed::health::last_minute::LastMinute;
use crate::feed::health::{Change, Changes, Moment};

/// Updates that are slower than this on the average are slow.
const SLOW: Duration = Duration::from_secs(1);
/// Share of errors that is too much, in percent.
const ERRORS_PERCENT: u64 = 5;
/// Share of ticks without a message that is too much, in percent.
const DROPS_PERCENT: u64 = 10;
/// Below this number a share says nothing: five seconds of the live game.
const ENOUGH: u64 = 20;
/// Intervals from which an average says something.
const ENOUGH_INTERVALS: u64 = 10;
/// So long it has to be better before it is said to be.
const SETTLING: Duration = Duration::from_secs(3);

/// The connection in one word, from the best to the worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum HealthState {
    /// Nothing was heard yet.
    #[default]
    Unknown,
    /// All is well.
    Healthy,
    /// It works, but not as it should.
    Degraded,
    /// Connected, and nothing is said.
    Stale,
    /// Not connected.
    Disconnected,
}

impl fmt::Display for HealthState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Unknown => "UNKNOWN",
            Self::Healthy => "HEALTHY",
            Self::Degraded => "DEGRADED",
            Self::Stale => "STALE",
            Self::Disconnected => "DISCONNECTED",
        })
    }
}

/// Why the connection is not said to be well. Its text is for the player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HealthReason {
    /// No update came yet.
    NothingYet,
    /// There is no connection, for this reason.
    NotConnected(String),
    /// A connection is being made.
    Connecting,
    /// Nothing at all is said.
    Silent,
    /// Updates come slowly: their mean interval.
    Slow(Duration),
    /// Messages of price or account that could not be read or cannot be, in percent of all.
    Errors(u64),
    /// Ticks of which no message came, in percent of all.
    Drops(u64),
    /// It has become as good as this, but only just.
    Settling(HealthState),
}

impl fmt::Display for HealthReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingYet => f.write_str("no update came yet"),
            Self::NotConnected(why) => f.write_str(why),
            Self::Connecting => f.write_str("a connection is being made"),
            Self::Silent => f.write_str("the server says nothing"),
            Self::Slow(mean) => {
                write!(
                    f,
                    "an update takes {:.1} s on the average",
                    mean.as_secs_f64()
                )
            }
            Self::Errors(percent) => write!(f, "{percent} % of the messages cannot be right"),
            Self::Drops(percent) => write!(f, "{percent} % of the ticks had no message"),
            Self::Settling(better) => write!(f, "{better} since a moment, not long enough yet"),
        }
    }
}

/// What came in the last sixty seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rates {
    /// Messages of the server.
    pub events: u64,
    /// Of these, those of price or account that could not be read or cannot be right.
    pub errors: u64,
    /// Ticks that came in a message of their own.
    pub ticks: u64,
    /// Ticks that did not.
    pub drops: u64,
    /// Mean time between two updates; `None` while there are too few.
    pub interval: Option<Duration>,
}

impl Rates {
    /// Returns the share of errors in percent; `None` while too little came.
    pub fn errors_percent(&self) -> Option<u64> {
        percent(self.errors, self.events)
    }

    /// Returns the share of drops in percent; `None` while too little came.
    pub fn drops_percent(&self) -> Option<u64> {
        percent(self.drops, self.ticks.saturating_add(self.drops))
    }
}

/// Rounded up: a little more than a bound is more than it.
fn percent(part: u64, whole: u64) -> Option<u64> {
    (whole >= ENOUGH).then(|| part.saturating_mul(100).div_ceil(whole))
}

/// Judges the connection. It is asked by a clock: a feed that says nothing would never ask by itself.
#[derive(Debug, Clone, Default)]
pub struct ConnectionHealthMonitor {
    state: HealthState,
    reasons: Vec<HealthReason>,
    /// An update came on this connection.
    updated: bool,
    events: LastMinute,
    errors: LastMinute,
    ticks: LastMinute,
    drops: LastMinute,
    intervals: LastMinute,
    interval_millis: LastMinute,
    /// Since when it is better than `state`, and the worst it was since.
    better: Option<(Duration, HealthState)>,
    changes: Changes<HealthState>,
}

impl ConnectionHealthMonitor {
    /// Another connection began: nothing was heard on it.
    pub fn connected(&mut self) {
        self.updated = false;
    }

    /// Takes a message of the server, and whether it is a harmful error.
    pub fn event(&mut self, error: bool, now: Moment) {
        self.events.add(1, now.elapsed);
        self.errors.add(u64::from(error), now.elapsed);
    }

    /// Takes an update of the game with its interval, if that says something, and how many ticks came in their own
    /// message and how many did not.
    pub fn update(&mut self, interval: Option<Duration>, ticks: u64, drops: u64, now: Moment) {
        self.updated = true;
        self.ticks.add(ticks, now.elapsed);
        self.drops.add(drops, now.elapsed);
        if let Some(interval) = interval {
            let millis = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
            self.intervals.add(1, now.elapsed);
            self.interval_millis.add(millis, now.elapsed);
        }
    }

    /// Looks at the clock and at the feed; returns the change, if there is one. To be called at least once a second.
    pub fn clock(&mut self, feed: &State, now: Moment) -> Option<Change<HealthState>> {
        let (found, mut reasons) = self.judge(feed, now);
        let state = self.settled(found, now);
        if found != state {
            reasons.insert(0, HealthReason::Settling(found));
        }
        self.reasons = reasons;
        if state == self.state {
            return None;
        }
        let from = std::mem::replace(&mut self.state, state);
        let (at, to) = (now.at, state);
        let reasons: Vec<_> = self.reasons.iter().map(ToString::to_string).collect();
        let reason = if reasons.is_empty() {
            "all is well".to_owned()
        } else {
            reasons.join("; ")
        };
        Some(self.changes.note(Change {
            at,
            from,
            to,
            reason,
        }))
    }

    /// Returns the state.
    pub fn state(&self) -> HealthState {
        self.state
    }

    /// Returns why it is not well; empty when it is.
    pub fn reasons(&self) -> &[HealthReason] {
        &self.reasons
    }

    /// Returns the last changes, oldest first.
    pub fn changes(&self) -> &Changes<HealthState> {
        &self.changes
    }

    /// Returns what came in the last sixty seconds.
    pub fn rates(&mut self, now: Moment) -> Rates {
        let now = now.elapsed;
        let intervals = self.intervals.sum(now);
        let millis = self.interval_millis.sum(now);
        let mean = millis.checked_div(intervals).map(Duration::from_millis);
        Rates {
            events: self.events.sum(now),
            errors: self.errors.sum(now),
            ticks: self.ticks.sum(now),
            drops: self.drops.sum(now),
            interval: mean.filter(|_| intervals >= ENOUGH_INTERVALS),
        }
    }

    /// Returns how it is at this moment, and why it is not well.
    fn judge(&mut self, feed: &State, now: Moment) -> (HealthState, Vec<HealthReason>) {
        match feed {
            State::Down { why, .. } => {
                let why = HealthReason::NotConnected(why.to_string());
                (HealthState::Disconnected, vec![why])
            }
            State::Stopped => {
                let why = HealthReason::NotConnected("the feed has ended".to_owned());
                (HealthState::Disconnected, vec![why])
            }
            // The first of all says nothing; a later one is still no connection.
            State::Connecting { .. } if self.state == HealthState::Unknown => {
                (HealthState::Unknown, vec![HealthReason::Connecting])
            }
            State::Connecting { .. } => (HealthState::Disconnected, vec![HealthReason::Connecting]),
            State::Stale { .. } => (HealthState::Stale, vec![HealthReason::Silent]),
            // That it is connected says nothing: it stays what it was.
            State::Up { .. } if !self.updated => (self.state, vec![HealthReason::NothingYet]),
            State::Up { .. } => {
                let reasons = self.complaints(now);
                if reasons.is_empty() {
                    (HealthState::Healthy, reasons)
                } else {
                    (HealthState::Degraded, reasons)
                }
            }
        }
    }

    /// Returns what is wrong with what came in the last minute.
    fn complaints(&mut self, now: Moment) -> Vec<HealthReason> {
        let rates = self.rates(now);
        let slow = rates.interval.filter(|interval| *interval > SLOW);
        let errors = rates.errors_percent().filter(|p| *p > ERRORS_PERCENT);
        let drops = rates.drops_percent().filter(|p| *p > DROPS_PERCENT);
        let reasons = [
            slow.map(HealthReason::Slow),
            errors.map(HealthReason::Errors),
            drops.map(HealthReason::Drops),
        ];
        reasons.into_iter().flatten().collect()
    }

    /// Worse it becomes at once; better only after it was better for a while, and then as bad as it was in that time.
    fn settled(&mut self, found: HealthState, now: Moment) -> HealthState {
        if found >= self.state {
            self.better = None;
            return found;
        }
        let (since, worst) = self.better.unwrap_or((now.elapsed, found));
        let worst = worst.max(found);
        if now.elapsed.saturating_sub(since) < SETTLING {
            self.better = Some((since, worst));
            return self.state;
        }
        self.better = None;
        worst
    }
}

#[cfg(test)]
mod tests;
