//! Judges the connection: the regularity of its updates, its health, and how much of the program should run. Pure: takes
//! events, the state of the feed and two clocks; returns alarms and a summary for the screen.
//!
//! The feed itself decides whether it is connected or stale ([`FeedState`]). Nothing here delays an event: board and
//! recorder get all of them.

mod change;
mod degradation;
mod interval;
mod last_minute;
mod limiter;
mod monitor;

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use change::{StateChange, StateChanges};
pub use degradation::{GracefulDegradationManager, OperatingMode};
pub use interval::{
    GapStatus, IntervalReport, IntervalStatistics, IntervalVerdict, LatencySpikeDetector, Severity,
};
pub use limiter::{LimiterCounts, Priority, PriorityRateLimiter, TokenBucketRateLimiter};
pub use monitor::{ConnectionHealthMonitor, HealthReason, HealthState, Rates};

use crate::feed::disconnect_reason::DisconnectReason;
use crate::feed::state::FeedState;
use crate::game::{Phase, Time};
use crate::protocol::GameId;

/// Limit of the kept names of unreadable events; the protocol has fewer.
const MAX_NAMES: usize = 32;
/// Notices per second, and how many may follow at once.
const NOTICES: (f64, f64) = (1.0, 10.0);
/// Interval of the updates of the summary; a change or an alarm updates it at once.
const FIGURES_EVERY: Duration = Duration::from_secs(1);

/// Largest difference of the wall clock and the monotonic clock between two checks that is not a jump.
const CLOCK_TOLERANCE: chrono::Duration = chrono::Duration::seconds(2);

/// One moment by two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockReading {
    /// Monotonic time since the watch began.
    pub elapsed: Duration,
    /// This computer's clock, for the screen.
    pub at: Time,
}

/// The queue between the network and the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct QueueLoad {
    /// Messages that wait.
    pub waiting: usize,
    /// Messages that may wait.
    pub room: usize,
    /// How often it was full: each time the connection ended and the game has a gap.
    pub overflows: u64,
}

/// A notice for the player, at the moment it happens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// No connection was made yet, for this reason.
    NotConnectedYet(DisconnectReason),
    /// The first connection was made after that.
    Connected,
    /// The connection was lost.
    Lost(DisconnectReason),
    /// The connection was made again after a loss.
    Reconnected,
    /// Events of this name are unreadable; price and account do not depend on them. Once for each name.
    Unreadable(String),
    /// This computer's clock jumped by this period, ahead or (negative) back. Recordings keep their order.
    Clock(chrono::Duration),
    /// A gap between two updates, or its end.
    Interval(IntervalReport),
    /// The health of the connection changed.
    Health(StateChange<HealthState>),
    /// The operating mode changed.
    Mode(StateChange<OperatingMode>),
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotConnectedYet(why) => write!(f, "Not connected yet: {why}"),
            Self::Connected => f.write_str("Connected"),
            Self::Lost(why) => write!(f, "Connection lost: {why}"),
            Self::Reconnected => f.write_str("Connected again"),
            Self::Unreadable(name) => write!(
                f,
                "The server's event {name} cannot be read: it is counted and passed over, price and account do not depend on it"
            ),
            Self::Clock(by) => {
                let way = if *by < chrono::Duration::zero() {
                    "back"
                } else {
                    "ahead"
                };
                let seconds = by.num_seconds().abs();
                write!(
                    f,
                    "This computer's clock jumped {seconds} s {way}: it was set, or the computer slept"
                )
            }
            Self::Interval(report) => report.fmt(f),
            Self::Health(change) => write!(f, "Connection {}: {}", change.to, change.reason),
            Self::Mode(change) => write!(f, "Mode {}: {}", change.to, change.reason),
        }
    }
}

impl Alarm {
    /// Returns the alarm as a text for the window: without the error of a library, which the log has.
    pub fn in_the_window(&self) -> String {
        match self {
            Self::NotConnectedYet(why) => format!("Not connected yet: {}", why.in_the_window()),
            Self::Lost(why) => format!("Connection lost: {}", why.in_the_window()),
            alarm => alarm.to_string(),
        }
    }

    /// Returns its priority: an alarm that stops or permits trading is critical.
    pub fn priority(&self) -> Priority {
        let critical = match self {
            Self::NotConnectedYet(_) | Self::Connected | Self::Lost(_) | Self::Reconnected => true,
            Self::Unreadable(_) | Self::Clock(_) => false,
            Self::Interval(report) => report.severity == Severity::Critical,
            Self::Health(change) => [change.from, change.to]
                .iter()
                .any(|s| *s >= HealthState::Stale),
            Self::Mode(change) => [change.from, change.to].contains(&OperatingMode::Offline),
        };
        if critical {
            Priority::Critical
        } else {
            Priority::Ordinary
        }
    }
}

/// The fault of an event of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EventFault<'a> {
    /// No fault.
    #[default]
    None,
    /// The event of this name is unreadable, and neither price nor account depends on it. It is shown once for each name
    /// and does not change the operating mode.
    Harmless(&'a str),
    /// An event that price or account depends on is unreadable or contradictory.
    Harmful,
}

/// An event of the server, as the watch judges it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ObservedEvent<'a> {
    /// Phase and game after an update; `None` for any other event.
    pub update: Option<(Phase, &'a GameId)>,
    /// Its fault.
    pub fault: EventFault<'a>,
    /// Ticks with their own message: one or none.
    pub ticks: u64,
    /// Ticks that it skipped: they had no message of their own.
    pub drops: u64,
}

/// The health of a feed at one moment, for the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// The health of the connection.
    pub state: HealthState,
    /// Why it is not healthy; empty when it is.
    pub reasons: Vec<HealthReason>,
    /// The last twenty changes of `state`.
    pub state_changes: StateChanges<HealthState>,
    /// How much of the program runs.
    pub mode: OperatingMode,
    /// The last twenty changes of `mode`; the newest explains the current mode.
    pub mode_changes: StateChanges<OperatingMode>,
    /// The time between two updates.
    pub interval: IntervalStatistics,
    /// The traffic of the last sixty seconds.
    pub rates: Rates,
    /// Names of unreadable events that nothing depends on, each once.
    pub unreadable: Arc<BTreeSet<String>>,
    /// The queue between the network and the board.
    pub queue: QueueLoad,
    /// Counts of the notices, shown and suppressed.
    pub notices: LimiterCounts,
}

/// Watches one feed.
#[derive(Debug, Clone)]
pub struct FeedWatch {
    interval: LatencySpikeDetector,
    monitor: ConnectionHealthMonitor,
    manager: GracefulDegradationManager,
    notices: PriorityRateLimiter,
    /// The loss of the connection was reported.
    lost: bool,
    /// There was a connection before.
    was_connected: bool,
    /// See [`Health::unreadable`].
    unreadable: Arc<BTreeSet<String>>,
    /// Start of the watch by the computer's current clock.
    began: Option<Time>,
    queue: QueueLoad,
    alarms: Vec<Alarm>,
    health: Arc<Health>,
    figures_at: Duration,
}

impl Default for FeedWatch {
    /// Returns a watch without events.
    ///
    /// # Panics
    /// Never: the rate of the notices is above zero.
    fn default() -> Self {
        let notices = TokenBucketRateLimiter::new(NOTICES.0, NOTICES.1);
        let notices = notices.expect("the rate of the notices is above zero");
        Self {
            interval: LatencySpikeDetector::default(),
            monitor: ConnectionHealthMonitor::default(),
            manager: GracefulDegradationManager::default(),
            notices: PriorityRateLimiter::new(notices),
            lost: false,
            was_connected: false,
            unreadable: Arc::default(),
            began: None,
            queue: QueueLoad::default(),
            alarms: Vec::new(),
            health: Arc::default(),
            figures_at: Duration::ZERO,
        }
    }
}

impl FeedWatch {
    /// Takes a new connection.
    pub fn connected(&mut self, now: ClockReading) {
        let again = std::mem::replace(&mut self.was_connected, true);
        if std::mem::take(&mut self.lost) {
            self.alarms.push(if again {
                Alarm::Reconnected
            } else {
                Alarm::Connected
            });
        }
        self.interval.interrupted();
        self.monitor.connected();
        let change = self.manager.connected(now);
        self.alarms.extend(change.map(Alarm::Mode));
    }

    /// Takes another speed of a practice table.
    pub fn speed_changed(&mut self) {
        self.interval.speed_changed();
    }

    /// Takes the loss or the failure of a connection. It is reported once until the next connection.
    pub fn disconnected(&mut self, why: &DisconnectReason, now: ClockReading) {
        self.interval.interrupted();
        if std::mem::replace(&mut self.lost, true) {
            return;
        }
        self.alarms.push(if self.was_connected {
            Alarm::Lost(why.clone())
        } else {
            Alarm::NotConnectedYet(why.clone())
        });
        self.queue.overflows += u64::from(*why == DisconnectReason::QueueFull);
        let change = self.manager.disconnected(&why.in_the_window(), now);
        self.alarms.extend(change.map(Alarm::Mode));
    }

    /// Takes an event of the server at the time of its arrival.
    pub fn event(&mut self, event: ObservedEvent<'_>, now: ClockReading) {
        self.monitor.event(event.fault == EventFault::Harmful, now);
        match event.fault {
            EventFault::None => {}
            EventFault::Harmless(name) => self.unreadable(name),
            EventFault::Harmful => {
                let change = self.manager.error(now);
                self.alarms.extend(change.map(Alarm::Mode));
            }
        }
        if let Some((phase, game)) = event.update {
            let judged = self.interval.update(phase, game, now);
            self.monitor
                .update(judged.sample, event.ticks, event.drops, now);
            self.take_verdict(judged, now);
        }
    }

    fn unreadable(&mut self, name: &str) {
        if self.unreadable.len() < MAX_NAMES && !self.unreadable.contains(name) {
            Arc::make_mut(&mut self.unreadable).insert(name.to_owned());
            self.alarms.push(Alarm::Unreadable(name.to_owned()));
        }
    }

    /// Takes the time, the state of the feed and the queue. Call it at least once a second.
    pub fn clock(&mut self, feed: &FeedState, (waiting, room): (usize, usize), now: ClockReading) {
        (self.queue.waiting, self.queue.room) = (waiting, room);
        self.compare_clocks(now);
        let judged = self.interval.clock(now);
        self.take_verdict(judged, now);
        let change = self.monitor.clock(feed, now);
        self.alarms.extend(change.map(Alarm::Health));
        let change = self.manager.clock(now);
        self.alarms.extend(change.map(Alarm::Mode));
        let due = now.elapsed.saturating_sub(self.figures_at) >= FIGURES_EVERY;
        if due || !self.alarms.is_empty() {
            self.figures_at = now.elapsed;
            self.update_summary(now);
        }
    }

    /// Returns the alarms since the last call, in order.
    pub fn take_alarms(&mut self) -> Vec<Alarm> {
        std::mem::take(&mut self.alarms)
    }

    /// Whether a notice may be shown to the player now.
    pub fn may_notify(&mut self, priority: Priority, now: ClockReading) -> bool {
        self.notices.request(priority, now.elapsed).is_ok()
    }

    /// Returns the newest summary: the same one as long as nothing in it changes.
    pub fn health(&self) -> Arc<Health> {
        Arc::clone(&self.health)
    }

    /// Reports a jump of the computer's clock against the monotonic clock.
    fn compare_clocks(&mut self, now: ClockReading) {
        let elapsed = chrono::Duration::from_std(now.elapsed).unwrap_or_default();
        let Some(began) = now.at.checked_sub_signed(elapsed) else {
            return;
        };
        if let Some(by) = self.began.replace(began).map(|before| began - before)
            && by.abs() >= CLOCK_TOLERANCE
        {
            self.alarms.push(Alarm::Clock(by));
        }
    }

    fn take_verdict(&mut self, judged: IntervalVerdict, now: ClockReading) {
        self.alarms.extend(judged.report.map(Alarm::Interval));
        // Also without a report, whose pause is for the player only.
        if judged.spike {
            let change = self.manager.spike(now);
            self.alarms.extend(change.map(Alarm::Mode));
        }
    }

    fn update_summary(&mut self, now: ClockReading) {
        let health = Health {
            state: self.monitor.state(),
            reasons: self.monitor.reasons().to_vec(),
            state_changes: self.monitor.changes().clone(),
            mode: self.manager.mode(),
            mode_changes: self.manager.changes().clone(),
            interval: self.interval.statistics(),
            rates: self.monitor.rates(now),
            unreadable: Arc::clone(&self.unreadable),
            queue: self.queue,
            notices: self.notices.counts(),
        };
        if *self.health != health {
            self.health = Arc::new(health);
        }
    }
}

#[cfg(test)]
mod tests;
