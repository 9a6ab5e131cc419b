//! The state of the connection.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::disconnect_reason::DisconnectReason;

/// The current state of the connection. The latest value counts; the messages carry the history.
#[derive(Debug, Clone, PartialEq)]
pub enum FeedState {
    /// A connection attempt is in progress.
    Connecting {
        /// Counts from 1 since the last connection.
        attempt: u32,
        /// Why the connection or attempt before this one ended; `None` at the first one.
        after: Option<DisconnectReason>,
    },
    /// Connected, with fresh events.
    Up {
        /// When the server accepted the connection.
        since: DateTime<Utc>,
    },
    /// Connected, but without events for some time.
    Stale {
        /// When the last event arrived.
        since: DateTime<Utc>,
    },
    /// Not connected.
    Down {
        /// Why the last connection or attempt ended.
        why: DisconnectReason,
        /// When the next attempt begins; it has passed during one. `None`: the feed waits for a page of the browser.
        next_try_at: Option<DateTime<Utc>>,
    },
    /// The feed has stopped for good.
    Stopped,
}

/// Switches a connected feed between `Up` and `Stale`. `up_since`: when the connection came up.
pub(super) fn update_stale(
    state: &watch::Sender<FeedState>,
    silence: Duration,
    limit: Duration,
    up_since: DateTime<Utc>,
) {
    let is_stale = silence >= limit;
    state.send_if_modified(|state| {
        *state = match (&*state, is_stale) {
            (FeedState::Up { .. }, true) => FeedState::Stale {
                since: crate::clock::now() - silence,
            },
            (FeedState::Stale { .. }, false) => FeedState::Up { since: up_since },
            _ => return false,
        };
        true
    });
}
