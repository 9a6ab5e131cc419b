//! The timing of a table: plays the steps of its source when they are due, and waits for clients that ask for it.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};

use super::hub::Hub;

/// The longest wait of a step for a client. Longer than the feed waits for an answer (4 s), so that a player whose
/// answer is lost does not miss a step; shorter than the silence that ends a connection (8 s), so that the other
/// clients stay.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(6);
/// How often a table that waits checks whether the client has closed its connection.
const CHECK_EVERY: Duration = Duration::from_millis(50);

/// Plays the source from the first client on; returns at its end.
pub(super) async fn play(hub: &Hub, max_wait: Duration) {
    hub.first_client().await;
    // Each deadline counts from the one before, not from the wake-up, so that a late step delays no other.
    let mut due = Instant::now();
    let mut speed_before = None;
    while let Some((delay_micros, speed)) = hub.next_delay() {
        if speed_before.replace(speed) != Some(speed) {
            // The delay that built up at the old speed is not made up at the new one.
            due = Instant::now();
        }
        due += speed.before(delay_micros);
        sleep_until(due).await;
        if wait_for_clients(hub, max_wait).await {
            // The game stopped meanwhile: there is no delay to make up.
            due = due.max(Instant::now());
        }
        let messages = hub.send_next_step();
        if !hub.is_paced_by_clients() {
            due += speed.after(messages);
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
