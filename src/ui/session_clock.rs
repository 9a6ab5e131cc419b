//! The session clock: how long the player has played, what they have won or lost, and what the odds take on average for
//! the risks so far; and the reminder of it.

use chrono::{DateTime, Duration, Utc};
use rust_decimal::Decimal;

use super::format::{signed, sol};
use crate::engine::View;

/// The running session.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SessionClock {
    start: DateTime<Utc>,
    played: Duration,
    /// SOL, everything open at the newest price.
    earned: Decimal,
    /// SOL.
    house_cost: Decimal,
}

impl SessionClock {
    /// Returns the clock of the running session; `None` before the first one, and in a replay.
    pub fn of(view: &View, now: DateTime<Utc>) -> Option<Self> {
        let session = &view.session;
        let start = session.start?;
        Some(Self {
            start,
            played: (now - start).max(Duration::zero()),
            earned: session.curve.earned(),
            house_cost: Decimal::from_f64_retain(session.house_cost?).unwrap_or_default(),
        })
    }

    /// Returns the line beside the session: `26 min · house 0.0012`.
    pub fn line(&self) -> String {
        let cost = sol(self.house_cost.max(Decimal::ZERO));
        format!("{} · house {cost}", self.time())
    }

    /// Returns the explanation of the line.
    pub fn tip(&self) -> String {
        format!(
            "Played for {}, result {} SOL. House cost: what the odds take on average for the positions and sidebets so \
             far; the rest of the result is luck",
            self.time(),
            signed(self.earned)
        )
    }

    /// Returns the text of the reminder.
    fn reminder(&self) -> String {
        format!(
            "You have played for {}: result {} SOL, house cost {}. Time for a break?",
            self.time(),
            signed(self.earned),
            sol(self.house_cost.max(Decimal::ZERO))
        )
    }

    fn time(&self) -> String {
        let minutes = self.played.num_minutes();
        match (minutes / 60, minutes % 60) {
            (0, minutes) => format!("{minutes} min"),
            (hours, minutes) => format!("{hours} h {minutes:02} min"),
        }
    }
}

/// Reminds the player of the time, every so many minutes of a session.
#[derive(Debug, Default)]
pub struct PlayReminder {
    /// The session and the interval, and how many reminders were due so far.
    last: Option<(DateTime<Utc>, u32, i64)>,
}

impl PlayReminder {
    /// Returns the text of a reminder, once when it is due. `every`: minutes; `None`: never.
    pub fn due(&mut self, every: Option<u32>, clock: Option<&SessionClock>) -> Option<String> {
        let (every, clock) = every.filter(|every| *every > 0).zip(clock)?;
        let count = clock.played.num_minutes() / i64::from(every);
        let last = self.last.replace((clock.start, every, count));
        // A new session or another interval begins to count.
        let (_, _, before) =
            last.filter(|(start, interval, _)| (*start, *interval) == (clock.start, every))?;
        (count > before).then(|| clock.reminder())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clock(minutes: i64) -> SessionClock {
        SessionClock {
            start: DateTime::UNIX_EPOCH,
            played: Duration::minutes(minutes),
            earned: Decimal::new(-12, 3),
            house_cost: Decimal::new(31, 4),
        }
    }

    #[test]
    fn the_line_has_the_time_and_the_house_cost() {
        assert_eq!(clock(26).line(), "26 min · house 0.0031");
        assert_eq!(clock(125).line(), "2 h 05 min · house 0.0031");
        assert!(
            clock(0)
                .tip()
                .starts_with("Played for 0 min, result −0.0120 SOL.")
        );
    }

    #[test]
    fn a_reminder_comes_once_in_each_interval_and_never_when_off() {
        let mut reminder = PlayReminder::default();
        let mut due = |every, minutes| reminder.due(every, Some(&clock(minutes)));
        assert_eq!(due(None, 0), None);
        assert_eq!(due(None, 600), None);
        assert_eq!(due(Some(30), 29), None);
        let text = due(Some(30), 30).expect("it is due");
        assert!(text.contains("played for 30 min: result −0.0120 SOL, house cost 0.0031"));
        assert_eq!(due(Some(30), 31), None);
        assert_eq!(due(Some(30), 59), None);
        // A computer that slept through two intervals is reminded once.
        assert!(due(Some(30), 121).is_some());
        assert_eq!(due(Some(30), 122), None);
        // Another interval counts from when it is set.
        assert_eq!(due(Some(10), 122), None);
        assert!(due(Some(10), 130).is_some());
        let later = SessionClock {
            start: DateTime::UNIX_EPOCH + Duration::days(1),
            ..clock(59)
        };
        assert_eq!(reminder.due(Some(10), Some(&later)), None, "a new session");
        assert_eq!(reminder.due(Some(10), None), None);
    }
}
