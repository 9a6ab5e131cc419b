//! The timing of a table: plays the steps of its source when they are due, and waits for clients that ask for it.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::hub::Hub;
use super::speed::Speed;

/// The longest wait of a step for a client. Longer than the feed waits for an answer (4 s), so that a player whose
/// answer is lost does not miss a step; shorter than the silence that ends a connection (8 s), so that the other
/// clients stay.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(6);
/// How often a table that waits checks whether the client has closed its connection.
const CHECK_EVERY: Duration = Duration::from_millis(50);

/// When the steps are due. Each deadline counts from the one before, not from the wake-up, so that a late step delays no
/// other.
struct Schedule {
    due: Instant,
    speed: Option<Speed>,
}

impl Schedule {
    /// Returns when the next step is due.
    fn next(&mut self, now: Instant, delay_micros: u64, speed: Speed) -> Instant {
        if self.speed.replace(speed) != Some(speed) {
            // The delay that built up at the old speed is not made up at the new one.
            self.due = now;
        }
        self.due += speed.before(delay_micros);
        self.due
    }
}

/// Plays the source from the first client on; returns at its end.
pub(super) async fn play(hub: &Hub, max_wait: Duration) {
    hub.first_client().await;
    let mut schedule = Schedule {
        due: Instant::now(),
        speed: None,
    };
    while let Some((delay_micros, speed)) = hub.next_delay() {
        sleep_until(schedule.next(Instant::now(), delay_micros, speed)).await;
        if wait_for_clients(hub, max_wait).await {
            // The game stopped meanwhile: there is no delay to make up.
            schedule.due = schedule.due.max(Instant::now());
        }
        let messages = hub.send_next_step();
        if !hub.is_paced_by_clients() {
            schedule.due += speed.after(messages);
        }
        // A row of overdue steps must not keep the connections from writing.
        tokio::task::yield_now().await;
    }
}

/// Waits until no client holds the table, at most `max_wait`; returns whether it had to wait.
async fn wait_for_clients(hub: &Hub, max_wait: Duration) -> bool {
    if !hub.is_held() {
        return false;
    }
    let deadline = Instant::now() + max_wait;
    while hub.is_held() {
        // A closed connection wakes nothing: the time-out checks for it.
        timeout(CHECK_EVERY, hub.client_ready()).await.ok();
        if Instant::now() >= deadline {
            hub.give_up_waiting();
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_that_all_come_late_are_due_when_they_were_due() {
        let start = Instant::now();
        let mut schedule = Schedule {
            due: start,
            speed: None,
        };
        let speed = Speed::Times(100.0);
        let mut now = start;
        for step in 1..=1_500u32 {
            let due = schedule.next(now, 250_000, speed);
            assert_eq!(due - start, step * Duration::from_micros(2_500));
            now = due + Duration::from_millis(7);
        }
        // A new speed does not make up for the lateness at the old one.
        let due = schedule.next(now, 1_000_000, Speed::Times(10.0));
        assert_eq!(due - now, Duration::from_millis(100));
    }
}
