//! Decides how much of the program runs: less after many errors. Each mode disables fixed parts, never the recording.

use std::fmt;
use std::time::Duration;

use crate::feed::health::last_minute::{LastMinute, MINUTE};
use crate::feed::health::{ClockReading, StateChange, StateChanges};

/// Errors within a minute that cause `Degraded`.
const DEGRADED_ERRORS: u64 = 10;
/// Spikes and stalls of the interval within a minute that cause `Degraded`.
const DEGRADED_SPIKES: u64 = 5;
/// Errors within a minute that cause `Minimal`.
const MINIMAL_ERRORS: u64 = 20;
/// Time without trouble before the next better mode.
const CALM: Duration = MINUTE;

/// How much of the program runs, from most to least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum OperatingMode {
    /// Everything.
    #[default]
    Normal,
    /// At most ten repaints a second, charts only where visible, no decoration.
    Degraded,
    /// Only price, phase, wallet, buttons and the recorder.
    Minimal,
    /// There is no connection, so no trading.
    Offline,
}

impl fmt::Display for OperatingMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Normal => "NORMAL",
            Self::Degraded => "DEGRADED",
            Self::Minimal => "MINIMAL",
            Self::Offline => "OFFLINE",
        })
    }
}

/// Decides the mode by the errors and spikes of the last minute. Each input returns its change of the mode.
#[derive(Debug, Clone, Default)]
pub struct GracefulDegradationManager {
    mode: OperatingMode,
    /// There was a connection before: the next one is a reconnect.
    was_connected: bool,
    errors: LastMinute,
    spikes: LastMinute,
    /// When the last trouble or change of the mode was.
    calm_since: Duration,
    changes: StateChanges<OperatingMode>,
}

impl GracefulDegradationManager {
    /// Takes an error: an event that price or account depends on is unreadable or contradictory.
    pub fn error(&mut self, now: ClockReading) -> Option<StateChange<OperatingMode>> {
        self.errors.add(1, now.elapsed);
        self.take_trouble(now)
    }

    /// Takes a spike or a stall of the interval between two updates.
    pub fn spike(&mut self, now: ClockReading) -> Option<StateChange<OperatingMode>> {
        self.spikes.add(1, now.elapsed);
        self.take_trouble(now)
    }

    /// Takes the loss of the connection.
    pub fn disconnected(
        &mut self,
        why: &str,
        now: ClockReading,
    ) -> Option<StateChange<OperatingMode>> {
        self.change(OperatingMode::Offline, why.to_owned(), now)
    }

    /// Takes a new connection. After an outage the mode is `Degraded` for a minute; the very first connection is no
    /// reconnect.
    pub fn connected(&mut self, now: ClockReading) -> Option<StateChange<OperatingMode>> {
        let again = std::mem::replace(&mut self.was_connected, true);
        if self.mode != OperatingMode::Offline {
            return None;
        }
        // Trouble in the minute before also counts.
        let (mode, why) = self.required_mode(now).unwrap_or_else(|| {
            let (mode, why) = if again {
                let why = "connected again; normal after a minute without trouble";
                (OperatingMode::Degraded, why)
            } else {
                (OperatingMode::Normal, "connected")
            };
            (mode, why.to_owned())
        });
        self.change(mode, why, now)
    }

    /// Takes the time: a minute without trouble is one step to a better mode.
    pub fn clock(&mut self, now: ClockReading) -> Option<StateChange<OperatingMode>> {
        let better = match self.mode {
            OperatingMode::Minimal => OperatingMode::Degraded,
            OperatingMode::Degraded => OperatingMode::Normal,
            OperatingMode::Normal | OperatingMode::Offline => return None,
        };
        if now.elapsed.saturating_sub(self.calm_since) < CALM {
            return None;
        }
        self.change(better, "a minute without trouble".to_owned(), now)
    }

    /// Returns the mode.
    pub fn mode(&self) -> OperatingMode {
        self.mode
    }

    /// Returns the last changes, oldest first.
    pub fn changes(&self) -> &StateChanges<OperatingMode> {
        &self.changes
    }

    fn take_trouble(&mut self, now: ClockReading) -> Option<StateChange<OperatingMode>> {
        self.calm_since = self.calm_since.max(now.elapsed);
        let (mode, why) = self.required_mode(now)?;
        // The mode improves only with time, and after an outage only with a connection.
        if mode <= self.mode {
            return None;
        }
        self.change(mode, why, now)
    }

    /// Returns the mode that the last minute requires, and why; `None` for no requirement.
    fn required_mode(&mut self, now: ClockReading) -> Option<(OperatingMode, String)> {
        let errors = self.errors.sum(now.elapsed);
        let spikes = self.spikes.sum(now.elapsed);
        let mode = if errors >= MINIMAL_ERRORS {
            OperatingMode::Minimal
        } else if errors >= DEGRADED_ERRORS || spikes >= DEGRADED_SPIKES {
            OperatingMode::Degraded
        } else {
            return None;
        };
        let why = if errors >= DEGRADED_ERRORS {
            format!("{errors} errors within a minute")
        } else {
            format!("updates came late {spikes} times within a minute")
        };
        Some((mode, why))
    }

    fn change(
        &mut self,
        to: OperatingMode,
        reason: String,
        now: ClockReading,
    ) -> Option<StateChange<OperatingMode>> {
        if to == self.mode {
            return None;
        }
        let from = std::mem::replace(&mut self.mode, to);
        self.calm_since = self.calm_since.max(now.elapsed);
        let at = now.at;
        Some(self.changes.note(StateChange {
            at,
            from,
            to,
            reason,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::health::tests::second;
    use OperatingMode::{Degraded, Minimal, Normal, Offline};

    fn to(change: Option<StateChange<OperatingMode>>) -> Option<OperatingMode> {
        change.map(|change| change.to)
    }

    #[test]
    fn ten_errors_degrade_twenty_are_minimal_and_calm_improves_step_by_step() {
        let mut manager = GracefulDegradationManager::default();
        for error in 1..10 {
            assert_eq!(manager.error(second(error)), None);
        }
        assert_eq!(to(manager.error(second(10))), Some(Degraded));
        for error in 11..20 {
            assert_eq!(manager.error(second(error)), None);
        }
        let change = manager.error(second(20)).expect("the least");
        assert_eq!((change.from, change.to), (Degraded, Minimal));
        assert_eq!(change.reason, "20 errors within a minute");
        assert_eq!(manager.clock(second(79)), None);
        assert_eq!(to(manager.clock(second(80))), Some(Degraded));
        assert_eq!(manager.clock(second(139)), None);
        assert_eq!(to(manager.clock(second(140))), Some(Normal));
        assert_eq!(manager.clock(second(1_000)), None);
    }

    #[test]
    fn five_spikes_in_a_minute_degrade_and_five_in_five_hours_do_not() {
        let mut manager = GracefulDegradationManager::default();
        for spike in 0..5 {
            assert_eq!(manager.spike(second(3_600 * spike)), None);
        }
        for spike in 0..3 {
            assert_eq!(manager.spike(second(14_410 + 10 * spike)), None);
        }
        let change = manager.spike(second(14_440)).expect("it degrades");
        assert_eq!(change.reason, "updates came late 5 times within a minute");
        // Another one within that minute postpones the improvement.
        assert_eq!(manager.spike(second(14_480)), None);
        assert_eq!(manager.clock(second(14_539)), None);
        assert_eq!(to(manager.clock(second(14_540))), Some(Normal));
    }

    #[test]
    fn only_a_connection_ends_an_outage_and_a_minute_later_the_mode_is_normal() {
        let mut manager = GracefulDegradationManager::default();
        // The very first connection is no reconnect.
        assert_eq!(manager.connected(second(1)), None);
        let lost = manager.disconnected("The connection was lost.", second(100));
        assert_eq!(
            lost.map(|change| change.reason).as_deref(),
            Some("The connection was lost.")
        );
        assert_eq!(manager.disconnected("again", second(101)), None);
        for error in 0..30 {
            assert_eq!(manager.error(second(110 + error / 10)), None);
        }
        assert_eq!(manager.clock(second(1_000)), None);
        assert_eq!(to(manager.connected(second(2_000))), Some(Degraded));
        assert_eq!(manager.clock(second(2_059)), None);
        assert_eq!(to(manager.clock(second(2_060))), Some(Normal));
        assert_eq!(manager.mode(), Normal);
    }

    #[test]
    fn the_first_connection_is_normal_after_any_wait() {
        let mut manager = GracefulDegradationManager::default();
        manager.disconnected("No page of the game is open.", second(1));
        let change = manager.connected(second(40)).expect("it is there");
        assert_eq!((change.from, change.to), (Offline, Normal));
        assert_eq!(change.reason, "connected");
        manager.disconnected("gone", second(50));
        assert_eq!(to(manager.connected(second(51))), Some(Degraded));
    }

    #[test]
    fn errors_of_the_last_minute_count_after_a_reconnect() {
        let mut manager = GracefulDegradationManager::default();
        for _ in 0..20 {
            manager.error(second(10));
        }
        manager.disconnected("gone", second(11));
        assert_eq!(to(manager.connected(second(12))), Some(Minimal));
        let modes: Vec<_> = manager.changes().iter().map(|change| change.to).collect();
        assert_eq!(modes, [Degraded, Minimal, Offline, Minimal]);
    }

    #[test]
    fn the_last_twenty_changes_are_kept() {
        let mut manager = GracefulDegradationManager::default();
        for minute in 0..50 {
            manager.disconnected(&format!("outage {minute}"), second(200 * minute));
            manager.connected(second(200 * minute + 1));
            manager.clock(second(200 * minute + 100));
        }
        assert_eq!(manager.changes().iter().count(), 20);
        let outages: Vec<_> = manager
            .changes()
            .iter()
            .filter(|c| c.to == Offline)
            .collect();
        assert_eq!(
            outages.last().map(|change| change.reason.as_str()),
            Some("outage 49")
        );
    }
}
