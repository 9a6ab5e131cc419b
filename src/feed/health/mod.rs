//! Watches the connection: how regular its updates are, how well it is, how much of the program should run. Pure: what
//! came, how the feed says it is, and two clocks go in; alarms, and a picture of all of it, come out.
//!
//! Whether there is a connection and whether it is stale is the feed's to know ([`State`]); here it is only judged.
//! Nothing in here stands in the way of an event: board and recorder get everything.

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

pub use change::{Change, Changes};
pub use degradation::{GracefulDegradationManager, OperatingMode};
pub use interval::{
    Gap, IntervalReport, IntervalStatistics, Judged, LatencySpikeDetector, Severity,
};
pub use limiter::{BadRate, Passed, Priority, PriorityRateLimiter, TokenBucketRateLimiter};
pub use monitor::{ConnectionHealthMonitor, HealthReason, HealthState, Rates};

use crate::feed::{State, Why};
use crate::game::{Phase, Time};
use crate::protocol::GameId;

/// Names of unreadable events that are kept; the protocol knows fewer.
const MOST_NAMES: usize = 32;
/// Notices a second, and how many may come at once.
const NOTICES: (f64, f64) = (1.0, 10.0);
/// The figures are told anew this often; a change or an alarm at once.
const FIGURES_EVERY: Duration = Duration::from_secs(1);

/// The computer's clock may be this far from the one that nobody sets, between two looks.
const SAME_TIME: chrono::Duration = chrono::Duration::seconds(2);

/// One moment by two clocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Since the watch began, by a clock that nobody sets.
    pub elapsed: Duration,
    /// By this computer's clock, to be shown.
    pub at: Time,
}

/// The queue between the network and the board.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queue {
    /// Messages that wait.
    pub waiting: usize,
    /// Messages that may.
    pub room: usize,
    /// How often it was full: each time the connection ended, and the game has a gap.
    pub overflows: u64,
}

/// What is told when it happens; its text is for the player.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Alarm {
    /// No connection was made yet, for this reason.
    NotYet(Why),
    /// After that the first connection is there.
    Connected,
    /// The connection was lost.
    Lost(Why),
    /// After that it is there again.
    Back,
    /// Events of this name cannot be read. Price and account do not depend on them. Told once for each name.
    Unreadable(String),
    /// This computer's clock jumped by so much, ahead or (negative) back. What is recorded keeps its order.
    Clock(chrono::Duration),
    /// A gap between two updates, or its end.
    Interval(IntervalReport),
    /// The connection is judged otherwise.
    Health(Change<HealthState>),
    /// More or less of the program runs.
    Mode(Change<OperatingMode>),
}

impl fmt::Display for Alarm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotYet(why) => write!(f, "Not connected yet: {why}"),
            Self::Connected => f.write_str("Connected"),
            Self::Lost(why) => write!(f, "Connection lost: {why}"),
            Self::Back => f.write_str("Connected again"),
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
    /// Returns how much it wants to be seen: what shuts or opens the trade passes at once.
    pub fn priority(&self) -> Priority {
        let critical = match self {
            Self::NotYet(_) | Self::Connected | Self::Lost(_) | Self::Back => true,
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

/// What was wrong with an event of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Fault<'a> {
    /// Nothing.
    #[default]
    None,
    /// The event of this name could not be read, and neither price nor account depend on it: shown once for each
    /// name, and no reason to run less.
    Harmless(&'a str),
    /// An event that price or account depend on could not be read, or says what cannot be.
    Harmful,
}

/// What an event of the server was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard<'a> {
    /// The game on the table after an update, and its phase; `None` for any other event.
    pub update: Option<(Phase, &'a GameId)>,
    /// What was wrong with it.
    pub fault: Fault<'a>,
    /// Ticks that came with it in their own message: one or none.
    pub ticks: u64,
    /// Ticks that it passed over: no message of theirs came before.
    pub drops: u64,
}

/// All of it at one moment, for the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Health {
    /// The connection in one word.
    pub state: HealthState,
    /// Why it is not well; empty when it is.
    pub reasons: Vec<HealthReason>,
    /// The last twenty changes of `state`.
    pub state_changes: Changes<HealthState>,
    /// How much of the program runs.
    pub mode: OperatingMode,
    /// The last twenty changes of `mode`; the newest says why it is what it is.
    pub mode_changes: Changes<OperatingMode>,
    /// The time between two updates.
    pub interval: IntervalStatistics,
    /// What came in the last sixty seconds.
    pub rates: Rates,
    /// Names of events that could not be read though nothing here depends on them, each once.
    pub unreadable: Arc<BTreeSet<String>>,
    /// Between the network and the board.
    pub queue: Queue,
    /// The notices of all this, and those that would have been too many.
    pub notices: Passed,
}

/// Everything that watches one feed.
#[derive(Debug, Clone)]
pub struct Watch {
    interval: LatencySpikeDetector,
    monitor: ConnectionHealthMonitor,
    manager: GracefulDegradationManager,
    notices: PriorityRateLimiter,
    /// There is no connection, and that was told.
    lost: bool,
    /// There was one.
    was_connected: bool,
    /// See [`Health::unreadable`].
    unreadable: Arc<BTreeSet<String>>,
    /// When the watch began, as the computer's clock now says.
    began: Option<Time>,
    queue: Queue,
    alarms: Vec<Alarm>,
    health: Arc<Health>,
    figures_at: Duration,
}

impl Default for Watch {
    /// Returns one that has seen nothing.
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
            queue: Queue::default(),
            alarms: Vec::new(),
            health: Arc::default(),
            figures_at: Duration::ZERO,
        }
    }
}

impl Watch {
    /// A connection is there.
    pub fn connected(&mut self, now: Moment) {
        let again = std::mem::replace(&mut self.was_connected, true);
        if std::mem::take(&mut self.lost) {
            self.alarms
                .push(if again { Alarm::Back } else { Alarm::Connected });
        }
        self.interval.interrupted();
        self.monitor.connected();
        let change = self.manager.connected(now);
        self.alarms.extend(change.map(Alarm::Mode));
    }

    /// There is none, for this reason: it was lost, or could not be made. It is told once until there is one again.
    pub fn disconnected(&mut self, why: &Why, now: Moment) {
        self.interval.interrupted();
        if std::mem::replace(&mut self.lost, true) {
            return;
        }
        self.alarms.push(if self.was_connected {
            Alarm::Lost(why.clone())
        } else {
            Alarm::NotYet(why.clone())
        });
        self.queue.overflows += u64::from(*why == Why::QueueFull);
        let change = self.manager.disconnected(&why.to_string(), now);
        self.alarms.extend(change.map(Alarm::Mode));
    }

    /// Takes an event of the server, by the time of its arrival.
    pub fn heard(&mut self, heard: Heard<'_>, now: Moment) {
        self.monitor.event(heard.fault == Fault::Harmful, now);
        match heard.fault {
            Fault::None => {}
            Fault::Harmless(name) => self.unreadable(name),
            Fault::Harmful => {
                let change = self.manager.error(now);
                self.alarms.extend(change.map(Alarm::Mode));
            }
        }
        if let Some((phase, game)) = heard.update {
            let judged = self.interval.update(phase, game, now);
            self.monitor
                .update(judged.sample, heard.ticks, heard.drops, now);
            self.judged(judged, now);
        }
    }

    fn unreadable(&mut self, name: &str) {
        if self.unreadable.len() < MOST_NAMES && !self.unreadable.contains(name) {
            Arc::make_mut(&mut self.unreadable).insert(name.to_owned());
            self.alarms.push(Alarm::Unreadable(name.to_owned()));
        }
    }

    /// Looks at the clock, at the feed and at the queue. To be called at least once a second.
    pub fn clock(&mut self, feed: &State, (waiting, room): (usize, usize), now: Moment) {
        (self.queue.waiting, self.queue.room) = (waiting, room);
        self.compare_clocks(now);
        let judged = self.interval.clock(now);
        self.judged(judged, now);
        let change = self.monitor.clock(feed, now);
        self.alarms.extend(change.map(Alarm::Health));
        let change = self.manager.clock(now);
        self.alarms.extend(change.map(Alarm::Mode));
        let due = now.elapsed.saturating_sub(self.figures_at) >= FIGURES_EVERY;
        if due || !self.alarms.is_empty() {
            self.figures_at = now.elapsed;
            self.tell(now);
        }
    }

    /// Returns what happened since the last call, in order.
    pub fn take_alarms(&mut self) -> Vec<Alarm> {
        std::mem::take(&mut self.alarms)
    }

    /// Whether a notice may be told now. Only what is told to a person is asked for here.
    pub fn may_tell(&mut self, priority: Priority, now: Moment) -> bool {
        self.notices.ask(priority, now.elapsed).is_ok()
    }

    /// Returns the newest picture: the same one as long as nothing in it changes.
    pub fn health(&self) -> Arc<Health> {
        Arc::clone(&self.health)
    }

    /// Both clocks go at the same pace; a jump is told, and from then on the new time is the time.
    fn compare_clocks(&mut self, now: Moment) {
        let elapsed = chrono::Duration::from_std(now.elapsed).unwrap_or_default();
        let Some(began) = now.at.checked_sub_signed(elapsed) else {
            return;
        };
        if let Some(by) = self.began.replace(began).map(|before| began - before)
            && by.abs() >= SAME_TIME
        {
            self.alarms.push(Alarm::Clock(by));
        }
    }

    fn judged(&mut self, judged: Judged, now: Moment) {
        self.alarms.extend(judged.report.map(Alarm::Interval));
        // Told or not: the pause is the report's.
        if judged.spike {
            let change = self.manager.spike(now);
            self.alarms.extend(change.map(Alarm::Mode));
        }
    }

    fn tell(&mut self, now: Moment) {
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
            notices: self.notices.passed(),
        };
        if *self.health != health {
            self.health = Arc::new(health);
        }
    }
}

#[cfg(test)]
mod tests;
