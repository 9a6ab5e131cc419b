//! What leaves: requests with an answer (one at a time) and plain writes.
//!
//! Owns the rule "at most one request in flight per connection" and the promise that every caller
//! gets exactly one outcome, also when a connection ends or a thread panics: a ticket that is
//! dropped answers by itself. Does not write; `connection` does.
//!
//! One at a time, because the library draws answer ids from 0..999 and does not check them: with
//! ten at once orders got each other's answers, one at a time 30,000 of 30,000 were right.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

use super::why::Why;

/// More waiting writes than anybody could mean; the channel itself panics at absurd lengths.
const LONGEST_LINE: usize = 1 << 16;

/// What became of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// The server's answer: its arguments, `[{"success":true}]` or empty.
    Answer(Vec<Value>),
    /// Not sent: there is no connection. Safe to ask again.
    NotConnected,
    /// Not sent: another request waits for its answer, or too many writes wait. Safe to ask again.
    Busy,
    /// Sent, perhaps processed: the answer is overdue or the connection ended. Never sent again by
    /// the feed; what happened must be read from the account's events.
    Unknown(Why),
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
    Unknown(Why),
}

/// The caller's end of one write. Answers by itself when dropped.
pub(super) enum Ticket {
    Request(Pending<Outcome>, InFlight),
    Emit(Pending<Result<(), EmitError>>),
}

/// One outcome that is owed.
pub(super) struct Pending<T> {
    reply: Option<oneshot::Sender<T>>,
    sent: bool,
    lost: fn(Option<Why>) -> T,
}

impl<T> Pending<T> {
    fn new(lost: fn(Option<Why>) -> T) -> (Self, oneshot::Receiver<T>) {
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
            // A caller that no longer waits is fine.
            reply.send(outcome).ok();
        }
    }

    /// Gives the outcome of something the connection's end cut off.
    fn lose(&mut self, why: Why) {
        let outcome = (self.lost)(self.sent.then_some(why));
        self.resolve(outcome);
    }
}

impl<T> Drop for Pending<T> {
    fn drop(&mut self) {
        self.lose(Why::ReaderGone);
    }
}

/// The right to be the one request in flight; given back when dropped.
pub(super) struct InFlight(Arc<AtomicBool>);

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Ticket {
    /// From here on the message may have reached the server.
    pub(super) fn mark_sent(&mut self) {
        match self {
            Self::Request(pending, _) => pending.sent = true,
            Self::Emit(pending) => pending.sent = true,
        }
    }

    /// The server's answer to a request.
    pub(super) fn answer(self, args: Vec<Value>) {
        if let Self::Request(mut pending, in_flight) = self {
            // The place is free before the caller learns of it, so that its next request is not Busy.
            drop(in_flight);
            pending.resolve(Outcome::Answer(args));
        }
    }

    /// A plain write is done.
    pub(super) fn written(self) {
        if let Self::Emit(mut pending) = self {
            pending.resolve(Ok(()));
        }
    }

    /// The connection ends: unknown if it was sent, else not connected.
    pub(super) fn lose(self, why: Why) {
        match self {
            Self::Request(mut pending, in_flight) => {
                drop(in_flight);
                pending.lose(why);
            }
            Self::Emit(mut pending) => pending.lose(why),
        }
    }
}

/// One thing to be written.
pub(super) struct Command {
    pub(super) name: String,
    pub(super) args: Vec<Value>,
    pub(super) ticket: Ticket,
}

/// The way into one connection. Closed from the start; the server's agreement opens it.
struct Line {
    open: Arc<AtomicBool>,
    in_flight: Arc<AtomicBool>,
    commands: mpsc::Sender<Command>,
}

/// The door between the program and whichever connection there is.
#[derive(Default)]
pub(super) struct Gate {
    line: Mutex<Option<Line>>,
}

impl Gate {
    /// Prepares the way into a new connection. It stays shut until `open` is set.
    pub(super) fn prepare(&self, open: Arc<AtomicBool>, writes: usize) -> mpsc::Receiver<Command> {
        let (commands, receiver) = mpsc::channel(writes.clamp(1, LONGEST_LINE));
        let line = Line {
            open,
            in_flight: Arc::default(),
            commands,
        };
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = Some(line);
        receiver
    }

    /// Shuts for good; what is still in the channel answers "not connected" when it is dropped.
    pub(super) fn shut(&self) {
        *self.line.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    pub(super) fn request(&self, name: &str, args: Vec<Value>) -> oneshot::Receiver<Outcome> {
        let (mut pending, receiver) = Pending::new(|why| match why {
            Some(why) => Outcome::Unknown(why),
            None => Outcome::NotConnected,
        });
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(line) = line.as_ref().filter(|line| line.is_open()) else {
            pending.resolve(Outcome::NotConnected);
            return receiver;
        };
        if line.in_flight.swap(true, Ordering::SeqCst) {
            pending.resolve(Outcome::Busy);
            return receiver;
        }
        let ticket = Ticket::Request(pending, InFlight(Arc::clone(&line.in_flight)));
        if let Err(Ticket::Request(mut pending, _)) = line.put(name, args, ticket) {
            pending.resolve(Outcome::Busy);
        }
        receiver
    }

    pub(super) fn emit(
        &self,
        name: &str,
        args: Vec<Value>,
    ) -> oneshot::Receiver<Result<(), EmitError>> {
        let (mut pending, receiver) = Pending::new(|why| {
            Err(match why {
                Some(why) => EmitError::Unknown(why),
                None => EmitError::NotConnected,
            })
        });
        let line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(line) = line.as_ref().filter(|line| line.is_open()) else {
            pending.resolve(Err(EmitError::NotConnected));
            return receiver;
        };
        if let Err(Ticket::Emit(mut pending)) = line.put(name, args, Ticket::Emit(pending)) {
            pending.resolve(Err(EmitError::Busy));
        }
        receiver
    }
}

impl Line {
    fn is_open(&self) -> bool {
        self.open.load(Ordering::SeqCst)
    }

    /// Hands over a command; gives the ticket back when too many wait. When the connection ended
    /// in this moment the ticket answers "not connected" by itself.
    fn put(&self, name: &str, args: Vec<Value>, ticket: Ticket) -> Result<(), Ticket> {
        let command = Command {
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

    fn opened(writes: usize) -> (Gate, mpsc::Receiver<Command>) {
        let gate = Gate::default();
        let commands = gate.prepare(Arc::new(AtomicBool::new(true)), writes);
        (gate, commands)
    }

    fn outcome(mut receiver: oneshot::Receiver<Outcome>) -> Outcome {
        receiver.try_recv().unwrap()
    }

    #[test]
    fn without_a_connection_everything_is_refused_at_once() {
        let gate = Gate::default();
        assert_eq!(outcome(gate.request("a", vec![])), Outcome::NotConnected);
        let shut = gate.prepare(Arc::new(AtomicBool::new(false)), 4);
        assert_eq!(outcome(gate.request("a", vec![])), Outcome::NotConnected);
        assert_eq!(
            gate.emit("a", vec![]).try_recv().unwrap(),
            Err(EmitError::NotConnected)
        );
        drop(shut);
    }

    #[test]
    fn a_second_request_is_busy_until_the_first_has_its_outcome() {
        let (gate, mut commands) = opened(4);
        let first = gate.request("a", vec![]);
        assert_eq!(outcome(gate.request("b", vec![])), Outcome::Busy);
        let command = commands.try_recv().unwrap();
        assert_eq!(command.name, "a");
        command.ticket.answer(vec![Value::Bool(true)]);
        assert_eq!(outcome(first), Outcome::Answer(vec![Value::Bool(true)]));
        let third = gate.request("c", vec![]);
        assert_eq!(commands.try_recv().unwrap().name, "c");
        // Dropped before it was sent: a safe refusal.
        assert_eq!(outcome(third), Outcome::NotConnected);
    }

    #[test]
    fn what_was_sent_is_unknown_and_what_was_not_is_not_connected() {
        let (gate, mut commands) = opened(4);
        let sent = gate.request("a", vec![]);
        let queued = gate.emit("b", vec![]);
        let mut command = commands.try_recv().unwrap();
        command.ticket.mark_sent();
        gate.shut();
        command.ticket.lose(Why::Closed);
        drop(commands);
        assert_eq!(outcome(sent), Outcome::Unknown(Why::Closed));
        assert_eq!({ queued }.try_recv().unwrap(), Err(EmitError::NotConnected));
    }

    #[test]
    fn a_dropped_ticket_that_was_sent_is_unknown() {
        let (gate, mut commands) = opened(4);
        let sent = gate.request("a", vec![]);
        let mut command = commands.try_recv().unwrap();
        command.ticket.mark_sent();
        drop(command);
        assert_eq!(outcome(sent), Outcome::Unknown(Why::ReaderGone));
        // And the place is free again.
        drop(gate.request("b", vec![]));
        assert!(commands.try_recv().is_ok());
    }

    #[test]
    fn more_writes_than_the_line_holds_are_busy() {
        let (gate, mut commands) = opened(1);
        let first = gate.emit("a", vec![]);
        assert_eq!(
            gate.emit("b", vec![]).try_recv().unwrap(),
            Err(EmitError::Busy)
        );
        assert_eq!(outcome(gate.request("c", vec![])), Outcome::Busy);
        commands.try_recv().unwrap().ticket.written();
        assert_eq!({ first }.try_recv().unwrap(), Ok(()));
        let later = gate.request("d", vec![]);
        assert_eq!(commands.try_recv().unwrap().name, "d");
        drop(later);
    }
}
