//! The messages of the browser feed: one [`ConnectionReport`] for each connection that is read.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use tokio::sync::watch;

use super::selector::PageOutput;
use crate::capture::CaptureTap;
use crate::feed::connection_report::ConnectionReport;
use crate::feed::disconnect_reason::DisconnectReason;
use crate::feed::message::ArrivalTime;
use crate::feed::queue::MessageSender;
use crate::feed::state::FeedState;

/// Sends messages to the program.
#[derive(Debug)]
pub(super) struct FeedOutput {
    queue: MessageSender,
    tap: CaptureTap,
    generation: u64,
    /// The report of the connection that is read, or of the next one.
    report: Option<ConnectionReport>,
    /// When the newest connection came up.
    since: DateTime<Utc>,
    /// The pause after the program fell behind.
    pause: Duration,
    not_before: Option<Instant>,
}

impl FeedOutput {
    /// Returns an output into `queue`; after a gap it stays closed for `pause`.
    pub(super) fn new(queue: MessageSender, tap: CaptureTap, pause: Duration) -> Self {
        Self {
            queue,
            tap,
            generation: 0,
            report: None,
            since: DateTime::UNIX_EPOCH,
            pause,
            not_before: None,
        }
    }

    /// Returns when the connection that is read came up.
    pub(super) fn since(&self) -> DateTime<Utc> {
        self.since
    }

    /// Whether the program still has to catch up after a gap.
    pub(super) fn is_behind(&self) -> bool {
        self.not_before.is_some()
    }

    /// Whether a connection may begin: the queue has room.
    pub(super) fn is_ready(&mut self, now: Instant) -> bool {
        if self.not_before.is_some_and(|at| now < at) {
            return false;
        }
        if self.report.is_none()
            && let Some(down) = self.queue.try_reserve()
        {
            let (queue, tap) = (self.queue.clone(), self.tap.clone());
            self.report = Some(ConnectionReport::new(self.generation + 1, queue, down, tap));
        }
        let behind = self.not_before.is_some() && !self.queue.is_half_empty();
        self.report.is_some() && self.queue.has_room() && !behind
    }

    /// Sends one output; false when the queue is full, which ends the connection.
    pub(super) fn put(
        &mut self,
        time: ArrivalTime,
        output: PageOutput,
        state: &watch::Sender<FeedState>,
    ) -> bool {
        let fits = match output {
            PageOutput::Up => {
                self.generation += 1;
                // Before the message: its receiver must not find the state of the connection before.
                let before = state.send_replace(FeedState::Up { since: time.at });
                let is_up = self.report.as_ref().is_some_and(|r| r.up(time).is_ok());
                if is_up {
                    self.not_before = None;
                    self.since = time.at;
                    let generation = self.generation;
                    tracing::info!(generation, "reading the game in the browser");
                } else {
                    state.send_replace(before);
                }
                is_up
            }
            // Events after a gap are dropped.
            PageOutput::Event(event) => match &self.report {
                Some(report) if report.up_at().is_some() => report.send(time, event).is_ok(),
                _ => true,
            },
            PageOutput::Down(why) => {
                self.end(time, why, state);
                true
            }
        };
        if !fits {
            self.end(time, DisconnectReason::QueueFull, state);
        }
        fits
    }

    fn end(&mut self, time: ArrivalTime, why: DisconnectReason, state: &watch::Sender<FeedState>) {
        if why == DisconnectReason::QueueFull {
            self.not_before = time.arrived.checked_add(self.pause);
        }
        let Some(report) = self.report.take_if(|report| report.up_at().is_some()) else {
            // A connection that did not come up has used its number.
            self.report = None;
            return;
        };
        tracing::info!(generation = self.generation, %why, "no game from the browser");
        report.down(time, why.clone());
        let next_try_at = None;
        state.send_replace(FeedState::Down { why, next_try_at });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feed::message::FeedEvent;
    use crate::feed::queue::message_queue;

    fn event() -> PageOutput {
        let (name, args) = ("tick".to_owned(), vec![]);
        PageOutput::Event(FeedEvent::Event { name, args })
    }

    #[test]
    fn a_connection_that_found_the_queue_full_changes_no_state() {
        let (queue, _messages) = message_queue(2, usize::MAX);
        let attempt = FeedState::Connecting {
            attempt: 1,
            after: None,
        };
        let (state, _) = watch::channel(attempt.clone());
        let mut output = FeedOutput::new(queue.clone(), CaptureTap::default(), Duration::ZERO);
        let now = ArrivalTime::now();
        assert!(output.is_ready(now.arrived));
        let _taken = queue.try_reserve().expect("the last place");
        assert!(!output.put(now, PageOutput::Up, &state));
        assert_eq!(*state.borrow(), attempt);
    }

    #[test]
    fn each_connection_that_came_up_ends_with_one_down_also_when_the_queue_is_full() {
        let (queue, mut messages) = message_queue(4, usize::MAX);
        let (state, _) = watch::channel(FeedState::Connecting {
            attempt: 1,
            after: None,
        });
        let mut output = FeedOutput::new(queue, CaptureTap::default(), Duration::ZERO);
        let now = ArrivalTime::now();
        for _ in 0..2 {
            assert!(output.is_ready(now.arrived));
            assert!(output.put(now, PageOutput::Up, &state));
            assert!(output.put(now, event(), &state));
            assert!(output.put(now, event(), &state));
            // The last place belongs to `Down`.
            assert!(!output.put(now, event(), &state));
            let closed = PageOutput::Down(DisconnectReason::PageClosed);
            assert!(output.put(now, closed, &state));
            assert!(output.put(now, event(), &state));
            let seen: Vec<_> = std::iter::from_fn(|| messages.try_recv().ok()).collect();
            let is_down = |event: &FeedEvent| matches!(event, FeedEvent::Down { .. });
            assert_eq!(seen[0].event, FeedEvent::Up);
            assert_eq!(seen.iter().filter(|m| is_down(&m.event)).count(), 1);
            let why = DisconnectReason::QueueFull;
            assert_eq!(seen[3].event, FeedEvent::Down { why });
            assert_eq!(seen.len(), 4);
        }
    }
}
