//! Outgoing traffic: requests with an answer (one at a time) and plain writes.
//!
//! Owns the rule "at most one request in flight per connection" and the promise that every caller gets exactly one
//! outcome, also when a connection ends or a thread panics: a dropped reply ticket resolves itself. `connection_loop`
//! writes.
//!
//! One at a time, because the library draws answer ids from 0..999 and does not check them: with ten at once orders got
//! each other's answers, one at a time 30,000 of 30,000 were right.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::disconnect_reason::DisconnectReason;

/// Limit of waiting writes; the channel itself panics at absurd lengths.
const MAX_WRITES: usize = 1 << 16;

/// The outcome of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum RequestOutcome {
    /// The server's answer: its arguments, `[{"success":true}]` or empty.
    Answer(Vec<Value>),
    /// Not sent: there is no connection. Safe to send again.
    NotConnected,
    /// Not sent: another request waits for its answer, or too many writes wait. Safe to send again.
    Busy,
    /// Sent and perhaps processed: the answer is overdue or the connection ended. The feed never sends it again; the
    /// account's events show the result.
    Unknown(DisconnectReason),
}

/// Why a plain write did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EmitError {
    /// Not sent: there is no connection.
    #[error("There is no connection, nothing was sent.")]
    NotConnected,
    /// Not sent: too many writes wait already.
    #[error("Too much is waiting to be sent, nothing was sent.")]
    Busy,
    /// Perhaps sent: the connection ended during the write.
    #[error("It is unknown whether this was sent: {0}")]
    Unknown(DisconnectReason),
}

/// The reply owed to the caller of one write. It resolves itself when dropped.
pub(super) enum ReplyTicket {
    Request(PendingReply<RequestOutcome>, InFlightGuard),
    Emit(PendingReply<Result<(), EmitError>>),
}

/// One outcome that a caller waits for.
pub(super) struct PendingReply<T> {
    reply: Option<oneshot::Sender<T>>,
    sent: bool,
    lost: fn(Option<DisconnectReason>) -> T,
}

impl<T> PendingReply<T> {
    fn new(lost: fn(Option<DisconnectReason>) -> T) -> (Self, oneshot::Receiver<T>) {
        let (reply, receiver) = oneshot::channel();
        let pending = Self {
            reply: Some(reply),
            sent: false,
            lost,
        };
        (pending, receiver)
    }

    fn resolve(&mut self, outcome: T) {
        if let Some(reply) = self.reply.take() {
            // The caller need not wait any more.
            reply.send(outcome).ok();
        }
    }

    /// Resolves a write that the end of the connection cut off.
    fn lose(&mut self, why: DisconnectReason) {
        let outcome = (self.lost)(self.sent.then_some(why));
        self.resolve(outcome);
    }
}

impl<T> Drop for PendingReply<T> {
    fn drop(&mut self) {
        self.lose(DisconnectReason::ReaderGone);
    }
}

/// The right to be the one request in flight; returned when dropped.
pub(super) struct InFlightGuard(Arc<AtomicBool>);

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl ReplyTicket {
    /// From now on the message may have reached the server.
    pub(super) fn mark_sent(&mut self) {
        match self {
            Self::Request(pending, _) => pending.sent = true,
            Self::Emit(pending) => pending.sent = true,
        }
    }

    /// Resolves a request with the server's answer.
    pub(super) fn answer(self, args: Vec<Value>) {
        if let Self::Request(mut pending, in_flight) = self {
            // The slot is free before the caller gets the answer, so that its next request is not `Busy`.
            drop(in_flight);
            pending.resolve(RequestOutcome::Answer(args));
        }
    }

    /// Resolves a plain write as done.
    pub(super) fn written(self) {
        if let Self::Emit(mut pending) = self {
            pending.resolve(Ok(()));
        }
    }

    /// Resolves the reply at the end of the connection: unknown if sent, else not connected.
    pub(super) fn lose(self, why: DisconnectReason) {
        match self {
            Self::Request(mut pending, in_flight) => {
                drop(in_flight);
                pending.lose(why);
            }
            Self::Emit(mut pending) => pending.lose(why),
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
    open: Arc<AtomicBool>,
    in_flight: Arc<AtomicBool>,
    commands: mpsc::Sender<WriteCommand>,
}

/// Passes requests and writes from the program to the current connection.
#[derive(Default)]
pub(super) struct RequestSlot {
    connection: Mutex<Option<WriteQueue>>,
}

impl RequestSlot {
    /// Prepares the write queue of a new connection. Nothing is accepted until `open` is set.
    pub(super) fn prepare(
        &self,
        open: Arc<AtomicBool>,
        writes: usize,
    ) -> mpsc::Receiver<WriteCommand> {
        let (commands, receiver) = mpsc::channel(writes.clamp(1, MAX_WRITES));
        let queue = WriteQueue {
            open,
            in_flight: Arc::default(),
            commands,
        };
        *self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(queue);
        receiver
    }

    /// Closes the connection's queue; dropped commands resolve as "not connected".
    pub(super) fn close(&self) {
        *self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn request(
        &self,
        name: &str,
        args: Vec<Value>,
    ) -> oneshot::Receiver<RequestOutcome> {
        let (mut pending, receiver) = PendingReply::new(|why| match why {
            Some(why) => RequestOutcome::Unknown(why),
            None => RequestOutcome::NotConnected,
        });
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(writes) = connection.as_ref().filter(|writes| writes.is_open()) else {
            pending.resolve(RequestOutcome::NotConnected);
            return receiver;
        };
        if writes.in_flight.swap(true, Ordering::SeqCst) {
            pending.resolve(RequestOutcome::Busy);
            return receiver;
        }
        let ticket = ReplyTicket::Request(pending, InFlightGuard(Arc::clone(&writes.in_flight)));
        if let Err(ReplyTicket::Request(mut pending, _)) = writes.put(name, args, ticket) {
            pending.resolve(RequestOutcome::Busy);
        }
        receiver
    }

    pub(super) fn emit(
        &self,
        name: &str,
        args: Vec<Value>,
    ) -> oneshot::Receiver<Result<(), EmitError>> {
        let (mut pending, receiver) = PendingReply::new(|why| {
            Err(match why {
                Some(why) => EmitError::Unknown(why),
                None => EmitError::NotConnected,
            })
        });
        let connection = self
            .connection
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let Some(writes) = connection.as_ref().filter(|writes| writes.is_open()) else {
            pending.resolve(Err(EmitError::NotConnected));
            return receiver;
        };
        if let Err(ReplyTicket::Emit(mut pending)) =
            writes.put(name, args, ReplyTicket::Emit(pending))
        {
            pending.resolve(Err(EmitError::Busy));
        }
        receiver
    }
}

impl WriteQueue {
    fn is_open(&self) -> bool {
        self.open.load(Ordering::SeqCst)
    }

    /// Queues a command; returns the reply ticket when too many wait. If the connection ends at this moment, the ticket
    /// resolves itself as "not connected".
    fn put(&self, name: &str, args: Vec<Value>, ticket: ReplyTicket) -> Result<(), ReplyTicket> {
        let command = WriteCommand {
            name: name.to_owned(),
            args,
            ticket,
        };
        match self.commands.try_send(command) {
            Err(mpsc::error::TrySendError::Full(command)) => Err(command.ticket),
            Ok(()) | Err(mpsc::error::TrySendError::Closed(_)) => Ok(()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn opened(writes: usize) -> (RequestSlot, mpsc::Receiver<WriteCommand>) {
        let slot = RequestSlot::default();
        let commands = slot.prepare(Arc::new(AtomicBool::new(true)), writes);
        (slot, commands)
    }

    fn outcome(mut receiver: oneshot::Receiver<RequestOutcome>) -> RequestOutcome {
        receiver.try_recv().unwrap()
    }

    #[test]
    fn without_a_connection_everything_is_refused_at_once() {
        let slot = RequestSlot::default();
        assert_eq!(
            outcome(slot.request("a", vec![])),
            RequestOutcome::NotConnected
        );
        let shut = slot.prepare(Arc::new(AtomicBool::new(false)), 4);
        assert_eq!(
            outcome(slot.request("a", vec![])),
            RequestOutcome::NotConnected
        );
        assert_eq!(
            slot.emit("a", vec![]).try_recv().unwrap(),
            Err(EmitError::NotConnected)
        );
        drop(shut);
    }

    #[test]
    fn a_second_request_is_busy_until_the_first_has_its_outcome() {
        let (slot, mut commands) = opened(4);
        let first = slot.request("a", vec![]);
        assert_eq!(outcome(slot.request("b", vec![])), RequestOutcome::Busy);
        let command = commands.try_recv().unwrap();
        assert_eq!(command.name, "a");
        command.ticket.answer(vec![Value::Bool(true)]);
        assert_eq!(
            outcome(first),
            RequestOutcome::Answer(vec![Value::Bool(true)])
        );
        let third = slot.request("c", vec![]);
        assert_eq!(commands.try_recv().unwrap().name, "c");
        // Dropped before it was sent: a safe refusal.
        assert_eq!(outcome(third), RequestOutcome::NotConnected);
    }

    #[test]
    fn a_sent_write_is_unknown_and_an_unsent_one_is_not_connected() {
        let (slot, mut commands) = opened(4);
        let sent = slot.request("a", vec![]);
        let queued = slot.emit("b", vec![]);
        let mut command = commands.try_recv().unwrap();
        command.ticket.mark_sent();
        slot.close();
        command.ticket.lose(DisconnectReason::Closed);
        drop(commands);
        assert_eq!(
            outcome(sent),
            RequestOutcome::Unknown(DisconnectReason::Closed)
        );
        assert_eq!({ queued }.try_recv().unwrap(), Err(EmitError::NotConnected));
    }

    #[test]
    fn a_dropped_ticket_that_was_sent_is_unknown() {
        let (slot, mut commands) = opened(4);
        let sent = slot.request("a", vec![]);
        let mut command = commands.try_recv().unwrap();
        command.ticket.mark_sent();
        drop(command);
        assert_eq!(
            outcome(sent),
            RequestOutcome::Unknown(DisconnectReason::ReaderGone)
        );
        // The slot is free again.
        drop(slot.request("b", vec![]));
        assert!(commands.try_recv().is_ok());
    }

    #[test]
    fn more_writes_than_the_queue_holds_are_busy() {
        let (slot, mut commands) = opened(1);
        let first = slot.emit("a", vec![]);
        assert_eq!(
            slot.emit("b", vec![]).try_recv().unwrap(),
            Err(EmitError::Busy)
        );
        assert_eq!(outcome(slot.request("c", vec![])), RequestOutcome::Busy);
        commands.try_recv().unwrap().ticket.written();
        assert_eq!({ first }.try_recv().unwrap(), Ok(()));
        let later = slot.request("d", vec![]);
        assert_eq!(commands.try_recv().unwrap().name, "d");
        drop(later);
    }
}
