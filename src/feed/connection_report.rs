//! The messages of one connection: `Up`, its events, and then exactly one `Down`. Both feeds report through it.
//!
//! The place of `Down` in the queue is reserved before the connection begins, so `Down` arrives even when the queue is
//! full. The raw capture gets the same messages.

use std::sync::{Mutex, OnceLock, PoisonError};

use super::disconnect_reason::DisconnectReason;
use super::message::{ArrivalTime, FeedEvent, FeedMessage};
use super::queue::{MessageSender, ReservedPlace};
use crate::capture::CaptureTap;

/// Reports one connection to the program.
#[derive(Debug)]
pub(super) struct ConnectionReport {
    generation: u64,
    queue: MessageSender,
    tap: CaptureTap,
    up: OnceLock<ArrivalTime>,
    /// The reserved place of `Down`; taken once it is sent.
    down: Mutex<Option<ReservedPlace>>,
}

impl ConnectionReport {
    /// Returns the report of connection number `generation`; `down` is a place reserved in `queue`.
    pub(super) fn new(
        generation: u64,
        queue: MessageSender,
        down: ReservedPlace,
        tap: CaptureTap,
    ) -> Self {
        Self {
            generation,
            queue,
            tap,
            up: OnceLock::new(),
            down: Mutex::new(Some(down)),
        }
    }

    /// Returns the number of the connection.
    pub(super) fn generation(&self) -> u64 {
        self.generation
    }

    /// Returns when the connection came up, if it did.
    pub(super) fn up_at(&self) -> Option<ArrivalTime> {
        self.up.get().copied()
    }

    /// Reports that the connection is up.
    ///
    /// # Errors
    /// The queue is full or closed: the connection is not up and has to end.
    pub(super) fn up(&self, time: ArrivalTime) -> Result<(), DisconnectReason> {
        self.put(time, FeedEvent::Up)?;
        self.up.set(time).ok();
        self.tap.up(time.at);
        Ok(())
    }

    /// Reports an event of a connection that is up.
    ///
    /// # Errors
    /// The queue is full or closed: the event is missing, so the connection has to end.
    pub(super) fn send(&self, time: ArrivalTime, event: FeedEvent) -> Result<(), DisconnectReason> {
        let copy = self.tap.is_on().then(|| event.clone());
        self.put(time, event)?;
        match copy {
            Some(FeedEvent::Event { name, args }) => self.tap.event(time.at, name, args),
            Some(FeedEvent::Sent { name, args, id }) => self.tap.sent(&name, &args, id),
            Some(FeedEvent::Acked { id, args }) => self.tap.answered(id, &args),
            Some(FeedEvent::Up | FeedEvent::Down { .. }) | None => {}
        }
        Ok(())
    }

    /// Reports the end of the connection, if it came up. Only the first call has an effect, and nothing may be sent after it.
    pub(super) fn down(&self, time: ArrivalTime, why: DisconnectReason) {
        let permit = self
            .down
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        // A connection that never came up gives its place back.
        if let Some(permit) = permit.filter(|_| self.up.get().is_some()) {
            self.tap.down(time.at, &why.to_string());
            permit.send(self.message(time, FeedEvent::Down { why }));
        }
    }

    fn put(&self, time: ArrivalTime, event: FeedEvent) -> Result<(), DisconnectReason> {
        self.queue.try_send(self.message(time, event))
    }

    fn message(&self, time: ArrivalTime, event: FeedEvent) -> FeedMessage {
        FeedMessage {
            generation: self.generation,
            at: time.at,
            arrived: time.arrived,
            event,
        }
    }
}

/// A report that is dropped early, as by a panic of its owner, still ends with `Down`.
impl Drop for ConnectionReport {
    fn drop(&mut self) {
        self.down(ArrivalTime::now(), DisconnectReason::ReaderGone);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::feed::queue::{MessageQueue, message_queue};

    fn report(places: usize) -> (ConnectionReport, MessageQueue) {
        let (queue, messages) = message_queue(places, usize::MAX);
        let permit = queue.try_reserve().unwrap();
        let report = ConnectionReport::new(3, queue, permit, CaptureTap::default());
        (report, messages)
    }

    fn events(messages: &mut MessageQueue) -> Vec<FeedEvent> {
        std::iter::from_fn(|| messages.try_recv().ok())
            .map(|message| message.event)
            .collect()
    }

    fn tick() -> FeedEvent {
        let (name, args) = ("tick".to_owned(), vec![]);
        FeedEvent::Event { name, args }
    }

    fn down(why: DisconnectReason) -> FeedEvent {
        FeedEvent::Down { why }
    }

    #[test]
    fn a_connection_reports_exactly_one_down_with_the_first_reason() {
        let (report, mut messages) = report(4);
        let now = ArrivalTime::now();
        report.up(now).unwrap();
        report.send(now, tick()).unwrap();
        report.down(now, DisconnectReason::Closed);
        report.down(now, DisconnectReason::ReaderGone);
        drop(report);
        let expected = [FeedEvent::Up, tick(), down(DisconnectReason::Closed)];
        assert_eq!(events(&mut messages), expected);
    }

    #[test]
    fn down_arrives_when_the_queue_is_full() {
        let (report, mut messages) = report(3);
        let now = ArrivalTime::now();
        report.up(now).unwrap();
        report.send(now, tick()).unwrap();
        assert_eq!(report.send(now, tick()), Err(DisconnectReason::QueueFull));
        report.down(now, DisconnectReason::QueueFull);
        let expected = [FeedEvent::Up, tick(), down(DisconnectReason::QueueFull)];
        assert_eq!(events(&mut messages), expected);
    }

    #[test]
    fn a_connection_that_never_came_up_reports_nothing() {
        let (never, mut messages) = report(4);
        never.down(ArrivalTime::now(), DisconnectReason::ConnectTimeout);
        drop(never);
        assert_eq!(events(&mut messages), []);
        let (full, mut messages) = report(1);
        assert_eq!(
            full.up(ArrivalTime::now()),
            Err(DisconnectReason::QueueFull)
        );
        full.down(ArrivalTime::now(), DisconnectReason::QueueFull);
        drop(full);
        assert_eq!(events(&mut messages), []);
    }

    #[test]
    fn a_report_that_is_dropped_still_ends_with_down() {
        let (report, mut messages) = report(4);
        report.up(ArrivalTime::now()).unwrap();
        drop(report);
        let expected = [FeedEvent::Up, down(DisconnectReason::ReaderGone)];
        assert_eq!(events(&mut messages), expected);
    }
}
