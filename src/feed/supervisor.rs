//! The thread of a direct feed: one connection after another, with pauses.
//!
//! Owns the generations, the pauses and the patience with silent servers. `connection` owns a single connection.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::time::sleep;

use super::backoff;
use super::config::FeedConfig;
use super::connection;
use super::connection_report::ConnectionReport;
use super::context::{ConnectionContext, stopped};
use super::disconnect_reason::DisconnectReason;
use super::inbox::Inbox;
use super::limits::FeedLimits;
use super::message::ArrivalTime;
use super::queue::{MessageSender, ReservedPlace};
use super::request_slot::RequestSlot;
use super::retry_now::RetryNow;
use super::state::FeedState;
use crate::capture::CaptureTap;
use crate::capture::secrets::Secrets;

/// The state of the thread "feed-supervisor" of a direct feed.
pub(super) struct DirectSupervisor {
    pub(super) config: FeedConfig,
    pub(super) requests: RequestSlot,
    /// Everything that must not appear in a message.
    pub(super) secrets: Secrets,
    pub(super) tap: CaptureTap,
    pub(super) queue: MessageSender,
    pub(super) state: watch::Sender<FeedState>,
    pub(super) stop: watch::Receiver<bool>,
    /// Ends a pause early.
    pub(super) retry_now: RetryNow,
    /// For interruptible waiting only. Connections have their own runtimes.
    pub(super) waiting: Runtime,
}

/// Sets the state `Stopped` when the thread ends, also by a panic.
struct StopNotice(watch::Sender<FeedState>, RequestSlot);

impl Drop for StopNotice {
    fn drop(&mut self) {
        self.1.close();
        self.0.send_replace(FeedState::Stopped);
    }
}

impl DirectSupervisor {
    /// Runs until the feed is stopped or the receiver of the messages is dropped.
    pub(super) fn run(self) {
        let _stop_notice = StopNotice(self.state.clone(), self.requests.clone());
        let mut retry = RetryPolicy::new(&self.config.limits);
        let mut generation = 0;
        let mut attempt: u32 = 0;
        let mut after = None;
        loop {
            let Some(down) = self.reserve_down() else {
                return;
            };
            generation += 1;
            attempt = attempt.saturating_add(1);
            self.state
                .send_replace(FeedState::Connecting { attempt, after });
            let report =
                ConnectionReport::new(generation, self.queue.clone(), down, self.tap.clone());
            let (why, summary) = self.run_connection(report, retry.silence);
            if summary.was_up {
                attempt = 0;
            }
            if why == DisconnectReason::Stopped || *self.stop.borrow() {
                return;
            }
            let pause = retry.after(&why, summary, backoff::random());
            tracing::info!(generation, %why, next_try_in = ?pause, "no connection");
            after = Some(why.clone());
            let next_try_at = Some(crate::clock::after(pause));
            self.state
                .send_replace(FeedState::Down { why, next_try_at });
            if !self.pause(pause) {
                return;
            }
        }
    }

    /// Waits for a place in the queue. `None`: the feed is stopped, or the receiver is dropped.
    fn reserve_down(&self) -> Option<ReservedPlace> {
        let mut stop = self.stop.clone();
        self.waiting.block_on(async {
            tokio::select! {
                biased;
                () = stopped(&mut stop) => None,
                place = self.queue.reserve() => place,
            }
        })
    }

    /// Makes one connection and reports its end.
    fn run_connection(
        &self,
        report: ConnectionReport,
        silence: Duration,
    ) -> (DisconnectReason, ConnectionSummary) {
        let secrets = self.secrets.clone();
        let generation = report.generation();
        let inbox = Arc::new(Inbox::new(report, secrets, self.tap.clone()));
        let commands =
            self.requests
                .prepare(generation, inbox.open_flag(), self.config.limits.writes);
        let context = ConnectionContext {
            config: &self.config,
            secrets: &self.secrets,
            tap: &self.tap,
            silence,
            state: &self.state,
            stop: self.stop.clone(),
        };
        let why = connection::run(&context, &inbox, commands);
        let up_at = inbox.report().up_at();
        let summary = ConnectionSummary {
            was_up: up_at.is_some(),
            events: inbox.events(),
            lasted: up_at.map_or(Duration::ZERO, |up| up.arrived.elapsed()),
        };
        self.requests.close();
        inbox.report().down(ArrivalTime::now(), why.clone());
        (why, summary)
    }

    /// Waits; returns `false` when the feed must end.
    fn pause(&self, length: Duration) -> bool {
        let mut stop = self.stop.clone();
        self.waiting.block_on(async {
            tokio::select! {
                biased;
                () = stopped(&mut stop) => false,
                () = self.queue.closed() => false,
                () = self.retry_now.requested() => true,
                () = sleep(length) => true,
            }
        })
    }
}

/// The facts of an ended connection that decide the next attempt.
#[derive(Debug, Clone, Copy)]
struct ConnectionSummary {
    was_up: bool,
    events: u64,
    /// Time since the server accepted the connection.
    lasted: Duration,
}

/// Decides the pause before the next attempt, and the patience with its silence. Pure.
struct RetryPolicy<'a> {
    limits: &'a FeedLimits,
    /// Ended attempts since the last good connection.
    attempt: u32,
    /// Consecutive refusals.
    refusals: u32,
    /// Time the next connection may be silent.
    silence: Duration,
}

impl<'a> RetryPolicy<'a> {
    fn new(limits: &'a FeedLimits) -> Self {
        Self {
            limits,
            attempt: 0,
            refusals: 0,
            silence: limits.silence,
        }
    }

    /// Takes the end of a connection; returns the pause before the next attempt.
    fn after(
        &mut self,
        why: &DisconnectReason,
        summary: ConnectionSummary,
        random: f64,
    ) -> Duration {
        let limits = self.limits;
        let had_events = summary.was_up && summary.events > 0;
        if had_events {
            self.silence = limits.silence;
        } else if let DisconnectReason::Silent(_) = why {
            // A server that accepts and stays silent may be paused: reconnect less often.
            self.silence = self
                .silence
                .saturating_mul(2)
                .min(limits.silence_max.max(limits.silence));
        }
        if let DisconnectReason::Refused(_) = why {
            let pause = backoff::delay(
                self.refusals,
                random,
                limits.refused_first,
                limits.refused_max,
            );
            self.refusals = self.refusals.saturating_add(1);
            self.attempt = self.attempt.saturating_add(1);
            return pause;
        }
        if summary.was_up {
            self.refusals = 0;
        }
        // Pianola itself ended a working connection after an unanswered request: reconnect at once.
        let is_own_end = *why == DisconnectReason::AnswerOverdue && had_events;
        if is_own_end || (had_events && summary.lasted >= limits.backoff_reset) {
            self.attempt = 0;
        }
        let pause = backoff::delay(
            self.attempt,
            random,
            limits.backoff_first,
            limits.backoff_max,
        );
        self.attempt = self.attempt.saturating_add(1);
        pause
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER_UP: ConnectionSummary = ConnectionSummary {
        was_up: false,
        events: 0,
        lasted: Duration::ZERO,
    };
    const GOOD: ConnectionSummary = ConnectionSummary {
        was_up: true,
        events: 9,
        lasted: Duration::from_secs(20),
    };
    const SHORT: ConnectionSummary = ConnectionSummary {
        was_up: true,
        events: 9,
        lasted: Duration::from_millis(19_999),
    };
    const MUTE: ConnectionSummary = ConnectionSummary {
        was_up: true,
        events: 0,
        lasted: Duration::from_mins(1),
    };

    fn pauses(
        retry: &mut RetryPolicy<'_>,
        ends: &[(DisconnectReason, ConnectionSummary)],
    ) -> Vec<u128> {
        ends.iter()
            .map(|(why, summary)| retry.after(why, *summary, 0.5).as_millis())
            .collect()
    }

    #[test]
    fn pauses_double_until_a_connection_with_events_lasted_twenty_seconds() {
        let limits = FeedLimits::default();
        let mut retry = RetryPolicy::new(&limits);
        let ends = [
            (DisconnectReason::ConnectTimeout, NEVER_UP),
            (DisconnectReason::ReaderGone, SHORT),
            (DisconnectReason::ReaderGone, MUTE),
            (DisconnectReason::ReaderGone, GOOD),
            (DisconnectReason::ConnectTimeout, NEVER_UP),
        ];
        assert_eq!(pauses(&mut retry, &ends), [500, 1000, 2000, 500, 1000]);
    }

    #[test]
    fn an_unanswered_request_on_a_living_connection_starts_again_at_once() {
        let limits = FeedLimits::default();
        let mut retry = RetryPolicy::new(&limits);
        let ends = [
            (DisconnectReason::ConnectTimeout, NEVER_UP),
            (DisconnectReason::ConnectTimeout, NEVER_UP),
            (DisconnectReason::AnswerOverdue, SHORT),
            (DisconnectReason::AnswerOverdue, MUTE),
        ];
        assert_eq!(pauses(&mut retry, &ends), [500, 1000, 500, 1000]);
    }

    #[test]
    fn refusals_wait_longer_and_have_their_own_curve() {
        let limits = FeedLimits::default();
        let mut retry = RetryPolicy::new(&limits);
        let refused = (DisconnectReason::Refused(String::new()), NEVER_UP);
        let ends = [
            refused.clone(),
            refused.clone(),
            (DisconnectReason::ReaderGone, GOOD),
            refused,
        ];
        assert_eq!(pauses(&mut retry, &ends), [5000, 10_000, 500, 5000]);
    }

    #[test]
    fn patience_with_silence_doubles_to_its_bound_and_resets_with_an_event() {
        let limits = FeedLimits::default();
        let mut retry = RetryPolicy::new(&limits);
        let silent = DisconnectReason::Silent(Duration::from_secs(8));
        let mut seen = vec![retry.silence.as_secs()];
        for summary in [GOOD, MUTE, MUTE, MUTE, MUTE, GOOD] {
            retry.after(&silent, summary, 0.5);
            seen.push(retry.silence.as_secs());
        }
        assert_eq!(seen, [8, 8, 16, 32, 45, 45, 8]);
    }

    #[test]
    fn other_ends_do_not_change_the_patience() {
        let limits = FeedLimits::default();
        let mut retry = RetryPolicy::new(&limits);
        retry.after(&DisconnectReason::Silent(Duration::ZERO), MUTE, 0.5);
        retry.after(&DisconnectReason::ConnectTimeout, NEVER_UP, 0.5);
        retry.after(&DisconnectReason::ReaderGone, MUTE, 0.5);
        assert_eq!(retry.silence, Duration::from_secs(16));
    }
}
