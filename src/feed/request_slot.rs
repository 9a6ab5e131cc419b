//! Outgoing traffic: requests with an answer (one at a time) and plain writes.
//!
//! Owns the rule "at most one request in flight per connection" and the promise that every caller gets exactly one
//! outcome, also when a connection ends or a thread panics: a dropped reply ticket resolves itself. `connection_loop`
//! writes.
//!
//! One at a time, because the library draws answer ids from 0..999 and does not check them: with ten at once orders got
//! each other's answers, one at a time 30,000 of 30,000 were right.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::oneshot;

use super::disconnect_reason::DisconnectReason;

/// Limit of waiting writes; the channel itself panics at absurd lengths.
const MAX_WRITES: usize = 1 << 16;

/// The outcome of a write.
#[derive(Debug, Clone, PartialEq)]
pub enum WriteOutcome<T> {
    /// Written; a request has the server's answer: its arguments, `[{"success":true}]` or empty.
    Done(T),
    /// Not sent: there is no connection. Safe to send again.
    NotConnected,
    /// Not sent: another request waits for its answer, or too many writes wait. Safe to send again.
    Busy,
    /// Sent and perhaps processed: the answer is overdue or the connection ended. The feed never sends it again; the
    /// account's events show the result.
    Unknown(DisconnectReason),
}

/// The outcome of a request, with the arguments of the server's answer.
pub type RequestOutcome = WriteOutcome<Vec<Value>>;

/// One outcome that a caller waits for. It resolves itself when dropped.
pub(super) struct PendingReply<T> {
    reply: Option<oneshot::Sender<WriteOutcome<T>>>,
    sent: bool,
    in_flight: Option<InFlightGuard>,
}

impl<T> PendingReply<T> {
    fn resolve(&mut self, outcome: WriteOutcome<T>) {
        // The slot is free before the caller gets the outcome, so that its next request is not `Busy`.
        self.in_flight = None;
        if let Some(reply) = self.reply.take() {
            // The caller need not wait any more.
            reply.send(outcome).ok();
        }
    }

    /// Resolves a write that the end of the connection cut off: unknown if sent, else not connected.
    fn lose(&mut self, why: DisconnectReason) {
        self.resolve(if self.sent {
            WriteOutcome::Unknown(why)
        } else {
            WriteOutcome::NotConnected
        });
    }
}

impl<T> Drop for PendingReply<T> {
    fn drop(&mut self) {
        self.lose(DisconnectReason::ReaderGone);
    }
}

/// The right to be the one request in flight; returned when dropped.
struct InFlightGuard(Arc<AtomicBool>);

impl InFlightGuard {
    fn take(flag: &Arc<AtomicBool>) -> Option<Self> {
        let is_taken = flag.swap(true, Ordering::SeqCst);
        (!is_taken).then(|| Self(Arc::clone(flag)))
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

/// The reply owed to the caller of one write.
pub(super) enum ReplyTicket {
    Request(PendingReply<Vec<Value>>),
    Emit(PendingReply<()>),
}

impl ReplyTicket {
    /// From now on the message may have reached the server.
    pub(super) fn mark_sent(&mut self) {
        match self {
            Self::Request(pending) => pending.sent = true,
            Self::Emit(pending) => pending.sent = true,
        }
    }

    /// Resolves a request with the server's answer.
    pub(super) fn answer(self, args: Vec<Value>) {
        if let Self::Request(mut pending) = self {
            pending.resolve(WriteOutcome::Done(args));
        }
    }

    /// Resolves a plain write as done.
    pub(super) fn written(self) {
        if let Self::Emit(mut pending) = self {
            pending.resolve(WriteOutcome::Done(()));
        }
    }

    /// Resolves the reply at the end of the connection.
    pub(super) fn lose(self, why: DisconnectReason) {
        match self {
            Self::Request(mut pending) => pending.lose(why),
            Self::Emit(mut pending) => pending.lose(why),
        }
    }

    /// Resolves a write that did not fit into the queue.
    fn refuse(self) {
        match self {
            Self::Request(mut pending) => pending.resolve(WriteOutcome::Busy),
            Self::Emit(mut pending) => pending.resolve(WriteOutcome::Busy),
        }
    }
}

/// A message to write, with the reply owed to its caller.
pub(super) struct WriteCommand {
    pub(super) name: String,
    pub(super) args: Vec<Value>,
    pub(super) ticket: ReplyTicket,
}

/// The write queue of one connection. It stays closed until the server accepts the connection.
struct WriteQueue {
    /// The number of the connection.
    generation: u64,
    open: Arc<AtomicBool>,
    in_flight: Arc<AtomicBool>,
    commands: mpsc::Sender<WriteCommand>,
}

/// Passes requests and writes from the program to the current connection. After the stop of the feed it refuses all of
/// them.
///
/// The caller names the connection for which it decided to write ([`super::FeedMessage::generation`]). It learns of a
/// new connection later than the feed; a write that was meant for an earlier one, perhaps to another server, is refused.
#[derive(Clone, Default)]
pub struct RequestSlot(Arc<Mutex<Option<WriteQueue>>>);

impl fmt::Debug for RequestSlot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestSlot").finish_non_exhaustive()
    }
}

impl RequestSlot {
    /// Sends a request; the returned receiver gets exactly one outcome.
    ///
    /// One request at a time: while one is in flight, another is refused as `Busy`. Without this connection the request
    /// is refused at once. No request waits for the next connection, and none is sent twice.
    pub fn request(
        &self,
        generation: u64,
        name: &str,
        args: Vec<Value>,
    ) -> oneshot::Receiver<RequestOutcome> {
        self.submit(generation, (name, args), true, ReplyTicket::Request)
    }

    /// Sends an event without an answer, also while a request waits for its answer.
    pub fn emit(
        &self,
        generation: u64,
        name: &str,
        args: Vec<Value>,
    ) -> oneshot::Receiver<WriteOutcome<()>> {
        self.submit(generation, (name, args), false, ReplyTicket::Emit)
    }

    /// Prepares the write queue of a new connection. Nothing is accepted until `open` is set.
    pub(super) fn prepare(
        &self,
        generation: u64,
        open: Arc<AtomicBool>,
        writes: usize,
    ) -> mpsc::Receiver<WriteCommand> {
        let (commands, receiver) = mpsc::channel(writes.clamp(1, MAX_WRITES));
        *self.lock() = Some(WriteQueue {
            generation,
            open,
            in_flight: Arc::default(),
            commands,
        });
        receiver
    }

    /// Closes the connection's queue; dropped commands resolve as "not connected".
    pub(super) fn close(&self) {
        *self.lock() = None;
    }

    fn submit<T>(
        &self,
        generation: u64,
        (name, args): (&str, Vec<Value>),
        is_exclusive: bool,
        ticket: fn(PendingReply<T>) -> ReplyTicket,
    ) -> oneshot::Receiver<WriteOutcome<T>> {
        let (reply, receiver) = oneshot::channel();
        let mut pending = PendingReply {
            reply: Some(reply),
            sent: false,
            in_flight: None,
        };
        let connection = self.lock();
        let is_open = |queue: &&WriteQueue| {
            queue.generation == generation && queue.open.load(Ordering::SeqCst)
        };
        let Some(queue) = connection.as_ref().filter(is_open) else {
            // The dropped reply resolves as "not connected", as it does if the connection ends below.
            return receiver;
        };
        if is_exclusive {
            pending.in_flight = InFlightGuard::take(&queue.in_flight);
            if pending.in_flight.is_none() {
                pending.resolve(WriteOutcome::Busy);
                return receiver;
            }
        }
        let (name, ticket) = (name.to_owned(), ticket(pending));
        let command = WriteCommand { name, args, ticket };
        if let Err(TrySendError::Full(command)) = queue.commands.try_send(command) {
            command.ticket.refuse();
        }
        receiver
    }

    fn lock(&self) -> MutexGuard<'_, Option<WriteQueue>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const GENERATION: u64 = 2;

    fn opened(writes: usize) -> (RequestSlot, mpsc::Receiver<WriteCommand>) {
        let slot = RequestSlot::default();
        let commands = slot.prepare(GENERATION, Arc::new(AtomicBool::new(true)), writes);
        (slot, commands)
    }

    fn outcome(mut receiver: oneshot::Receiver<RequestOutcome>) -> RequestOutcome {
        receiver.try_recv().unwrap()
    }

    #[test]
    fn without_a_connection_everything_is_refused_at_once() {
        let slot = RequestSlot::default();
        assert_eq!(
            outcome(slot.request(GENERATION, "a", vec![])),
            RequestOutcome::NotConnected
        );
        let shut = slot.prepare(GENERATION, Arc::new(AtomicBool::new(false)), 4);
        assert_eq!(
            outcome(slot.request(GENERATION, "a", vec![])),
            RequestOutcome::NotConnected
        );
        assert_eq!(
            slot.emit(GENERATION, "a", vec![]).try_recv().unwrap(),
            WriteOutcome::NotConnected
        );
        drop(shut);
    }

    #[test]
    fn what_was_meant_for_an_earlier_connection_is_refused_on_the_next_one() {
        let (slot, mut commands) = opened(4);
        let order = slot.request(GENERATION - 1, "order", vec![]);
        assert_eq!(outcome(order), RequestOutcome::NotConnected);
        let mut login = slot.emit(GENERATION - 1, "login", vec![]);
        assert_eq!(login.try_recv().unwrap(), WriteOutcome::NotConnected);
        assert!(commands.try_recv().is_err(), "something was to be written");
        // It does not occupy the one place for a request either.
        drop(slot.request(GENERATION, "order", vec![]));
        assert_eq!(commands.try_recv().unwrap().name, "order");
    }

    #[test]
    fn a_second_request_is_busy_until_the_first_has_its_outcome() {
        let (slot, mut commands) = opened(4);
        let first = slot.request(GENERATION, "a", vec![]);
        assert_eq!(
            outcome(slot.request(GENERATION, "b", vec![])),
            RequestOutcome::Busy
        );
        let command = commands.try_recv().unwrap();
        assert_eq!(command.name, "a");
        command.ticket.answer(vec![Value::Bool(true)]);
        assert_eq!(
            outcome(first),
            RequestOutcome::Done(vec![Value::Bool(true)])
        );
        let third = slot.request(GENERATION, "c", vec![]);
        assert_eq!(commands.try_recv().unwrap().name, "c");
        // Dropped before it was sent: a safe refusal.
        assert_eq!(outcome(third), RequestOutcome::NotConnected);
    }

    #[test]
    fn a_sent_write_is_unknown_and_an_unsent_one_is_not_connected() {
        let (slot, mut commands) = opened(4);
        let sent = slot.request(GENERATION, "a", vec![]);
        let queued = slot.emit(GENERATION, "b", vec![]);
        let mut command = commands.try_recv().unwrap();
        command.ticket.mark_sent();
        slot.close();
        command.ticket.lose(DisconnectReason::Closed);
        drop(commands);
        assert_eq!(
            outcome(sent),
            RequestOutcome::Unknown(DisconnectReason::Closed)
        );
        assert_eq!({ queued }.try_recv().unwrap(), WriteOutcome::NotConnected);
    }

    #[test]
    fn a_dropped_ticket_that_was_sent_is_unknown() {
        let (slot, mut commands) = opened(4);
        let sent = slot.request(GENERATION, "a", vec![]);
        let mut command = commands.try_recv().unwrap();
        command.ticket.mark_sent();
        drop(command);
        assert_eq!(
            outcome(sent),
            RequestOutcome::Unknown(DisconnectReason::ReaderGone)
        );
        // The slot is free again.
        drop(slot.request(GENERATION, "b", vec![]));
        assert!(commands.try_recv().is_ok());
    }

    #[test]
    fn more_writes_than_the_queue_holds_are_busy() {
        let (slot, mut commands) = opened(1);
        let first = slot.emit(GENERATION, "a", vec![]);
        assert_eq!(
            slot.emit(GENERATION, "b", vec![]).try_recv().unwrap(),
            WriteOutcome::Busy
        );
        assert_eq!(
            outcome(slot.request(GENERATION, "c", vec![])),
            RequestOutcome::Busy
        );
        commands.try_recv().unwrap().ticket.written();
        assert_eq!({ first }.try_recv().unwrap(), WriteOutcome::Done(()));
        let later = slot.request(GENERATION, "d", vec![]);
        assert_eq!(commands.try_recv().unwrap().name, "d");
        drop(later);
    }
}
