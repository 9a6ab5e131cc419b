//! When the next connection attempt is, in words that count down.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::feed::FeedState;

/// A frame may come a little early, and would show the same number.
const LATE: TimeDelta = TimeDelta::milliseconds(20);

/// Returns when the next connection attempt is, as `Retrying in 6 s`; during an attempt `Trying…`. `None`: connected, or
/// no attempt follows.
pub fn next_try_text(feed: &FeedState, now: DateTime<Utc>) -> Option<String> {
    match feed {
        FeedState::Down { next_try_at, .. } => Some(match seconds_left((*next_try_at)?, now) {
            0 => "Trying…".to_owned(),
            seconds => format!("Retrying in {seconds} s"),
        }),
        FeedState::Connecting { .. } => Some("Trying…".to_owned()),
        FeedState::Up { .. } | FeedState::Stale { .. } | FeedState::Stopped => None,
    }
}

/// Returns after what time [`next_try_text`] shows the next number. `None`: it waits for another state.
pub fn next_change(feed: &FeedState, now: DateTime<Utc>) -> Option<Duration> {
    let FeedState::Down { next_try_at, .. } = feed else {
        return None;
    };
    let at = (*next_try_at)?;
    let left = seconds_left(at, now);
    let change = at - now - TimeDelta::seconds(left - 1) + LATE;
    change.to_std().ok().filter(|_| left > 0)
}

/// Returns the seconds until `at`; one that has begun counts.
fn seconds_left(at: DateTime<Utc>, now: DateTime<Utc>) -> i64 {
    let millis = (at - now).num_milliseconds().max(0);
    millis / 1_000 + i64::from(millis % 1_000 > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::DisconnectReason;

    #[test]
    fn the_seconds_until_the_next_try_count_down() {
        let now = DateTime::UNIX_EPOCH;
        let millis = Duration::from_millis;
        for (left, words, change) in [
            (-5_000, "Trying…", None),
            (0, "Trying…", None),
            (1, "Retrying in 1 s", Some(21)),
            (1_000, "Retrying in 1 s", Some(1_020)),
            (1_400, "Retrying in 2 s", Some(420)),
            (6_000, "Retrying in 6 s", Some(1_020)),
        ] {
            let feed = FeedState::Down {
                why: DisconnectReason::Closed,
                next_try_at: Some(now + TimeDelta::milliseconds(left)),
            };
            let text = next_try_text(&feed, now);
            assert_eq!(text.as_deref(), Some(words), "{left} ms");
            assert_eq!(next_change(&feed, now), change.map(millis), "{left} ms");
        }
    }

    #[test]
    fn a_feed_that_waits_for_a_page_has_no_next_try() {
        let feed = FeedState::Down {
            why: DisconnectReason::PageClosed,
            next_try_at: None,
        };
        let now = DateTime::UNIX_EPOCH;
        assert_eq!(next_try_text(&feed, now), None);
        assert_eq!(next_change(&feed, now), None);
    }
}
