//! The health of the connection and its reasons, from the state of the feed (connected, stale) and the last minute
//! (errors, drops, slow updates).

use std::fmt;
use std::time::Duration;

use crate::feed::health::last_minute::LastMinute;
use crate::feed::health::{ClockReading, StateChange, StateChanges};
use crate::feed::state::FeedState;

/// A mean interval above this is slow.
const SLOW: Duration = Duration::from_secs(1);
/// Tolerated share of errors, in percent.
const ERRORS_PERCENT: u64 = 5;
/// Tolerated share of ticks without a message, in percent.
const DROPS_PERCENT: u64 = 10;
/// Least number of events for a share: five seconds of the live game.
const ENOUGH: u64 = 20;
/// Least number of intervals for a mean.
const ENOUGH_INTERVALS: u64 = 10;
/// Time of better health before the state improves.
const SETTLING: Duration = Duration::from_secs(3);

/// The health of the connection, from best to worst.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum HealthState {
    /// No update arrived yet.
    #[default]
    Unknown,
    /// No complaint.
    Healthy,
    /// Connected, with complaints.
    Degraded,
    /// Connected, but silent.
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

/// A reason why the connection is not healthy, with its text for the player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HealthReason {
    /// No update arrived yet.
    NothingYet,
    /// There is no connection, for this reason.
    NotConnected(String),
    /// A connection attempt is in progress.
    Connecting,
    /// The server is silent.
    Silent,
    /// Updates are slow: their mean interval.
    Slow(Duration),
    /// Unreadable or contradictory messages of price or account, in percent of all.
    Errors(u64),
    /// Ticks without a message, in percent of all.
    Drops(u64),
    /// The health has improved to this, but only recently.
    Settling(HealthState),
}

impl fmt::Display for HealthReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NothingYet => f.write_str("no update yet"),
            Self::NotConnected(why) => f.write_str(why),
            Self::Connecting => f.write_str("a connection is being made"),
            Self::Silent => f.write_str("the server is silent"),
            Self::Slow(mean) => {
                write!(f, "an update takes {:.1} s on average", mean.as_secs_f64())
            }
            Self::Errors(percent) => write!(f, "{percent} % of the messages cannot be right"),
            Self::Drops(percent) => write!(f, "{percent} % of the ticks had no message"),
            Self::Settling(better) => write!(f, "{better}, but only for a short time"),
        }
    }
}

/// The traffic of the last sixty seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rates {
    /// Messages of the server.
    pub events: u64,
    /// Unreadable or contradictory messages of price or account among them.
    pub errors: u64,
    /// Ticks with their own message.
    pub ticks: u64,
    /// Ticks without their own message.
    pub drops: u64,
    /// Mean interval between two updates; `None` with too few.
    pub interval: Option<Duration>,
}

impl Rates {
    /// Returns the share of errors in percent; `None` with too few events.
    pub fn errors_percent(&self) -> Option<u64> {
        percent(self.errors, self.events)
    }

    /// Returns the share of drops in percent; `None` with too few ticks.
    pub fn drops_percent(&self) -> Option<u64> {
        percent(self.drops, self.ticks.saturating_add(self.drops))
    }
}

/// Returns a share in percent, rounded up so that anything above a limit exceeds it.
fn percent(part: u64, whole: u64) -> Option<u64> {
    (whole >= ENOUGH).then(|| part.saturating_mul(100).div_ceil(whole))
}

/// Judges the connection at regular times: a silent feed sends no event that could trigger a judgement.
#[derive(Debug, Clone, Default)]
pub struct ConnectionHealthMonitor {
    state: HealthState,
    reasons: Vec<HealthReason>,
    /// An update arrived on this connection.
    updated: bool,
    events: LastMinute,
    errors: LastMinute,
    ticks: LastMinute,
    drops: LastMinute,
    intervals: LastMinute,
    interval_millis: LastMinute,
    /// Since when the health is better than `state`, and its worst since then.
    better: Option<(Duration, HealthState)>,
    changes: StateChanges<HealthState>,
}

impl ConnectionHealthMonitor {
    /// Takes a new connection.
    pub fn connected(&mut self) {
        self.updated = false;
    }

    /// Takes a message of the server, and whether it is a harmful error.
    pub fn event(&mut self, error: bool, now: ClockReading) {
        self.events.add(1, now.elapsed);
        self.errors.add(u64::from(error), now.elapsed);
    }

    /// Takes an update of the game: its interval, if it is a sample, and the numbers of ticks with and without their own
    /// message.
    pub fn update(
        &mut self,
        interval: Option<Duration>,
        ticks: u64,
        drops: u64,
        now: ClockReading,
    ) {
        self.updated = true;
        self.ticks.add(ticks, now.elapsed);
        self.drops.add(drops, now.elapsed);
        if let Some(interval) = interval {
            let millis = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
            self.intervals.add(1, now.elapsed);
            self.interval_millis.add(millis, now.elapsed);
        }
    }

    /// Takes the time and the state of the feed; returns the change, if any. Call it at least once a second.
    pub fn clock(
        &mut self,
        feed: &FeedState,
        now: ClockReading,
    ) -> Option<StateChange<HealthState>> {
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
            "no problems".to_owned()
        } else {
            reasons.join("; ")
        };
        Some(self.changes.note(StateChange {
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

    /// Returns why it is not healthy; empty when it is.
    pub fn reasons(&self) -> &[HealthReason] {
        &self.reasons
    }

    /// Returns the last changes, oldest first.
    pub fn changes(&self) -> &StateChanges<HealthState> {
        &self.changes
    }

    /// Returns the traffic of the last sixty seconds.
    pub fn rates(&mut self, now: ClockReading) -> Rates {
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

    /// Returns the health at this moment, and its reasons.
    fn judge(&mut self, feed: &FeedState, now: ClockReading) -> (HealthState, Vec<HealthReason>) {
        match feed {
            FeedState::Down { why, .. } => {
                let why = HealthReason::NotConnected(why.in_the_window());
                (HealthState::Disconnected, vec![why])
            }
            FeedState::Stopped => {
                let why = HealthReason::NotConnected("the feed has ended".to_owned());
                (HealthState::Disconnected, vec![why])
            }
            // The very first attempt is no verdict; a later one means disconnected.
            FeedState::Connecting { .. } if self.state == HealthState::Unknown => {
                (HealthState::Unknown, vec![HealthReason::Connecting])
            }
            FeedState::Connecting { .. } => {
                (HealthState::Disconnected, vec![HealthReason::Connecting])
            }
            FeedState::Stale { .. } => (HealthState::Stale, vec![HealthReason::Silent]),
            // A mere connection does not change the health.
            FeedState::Up { .. } if !self.updated => (self.state, vec![HealthReason::NothingYet]),
            FeedState::Up { .. } => {
                let reasons = self.complaints(now);
                if reasons.is_empty() {
                    (HealthState::Healthy, reasons)
                } else {
                    (HealthState::Degraded, reasons)
                }
            }
        }
    }

    /// Returns the complaints about the last minute.
    fn complaints(&mut self, now: ClockReading) -> Vec<HealthReason> {
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

    /// The health worsens at once. It improves only after some time of better health, to the worst of that time.
    fn settled(&mut self, found: HealthState, now: ClockReading) -> HealthState {
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
