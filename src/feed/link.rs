//! The life of a made connection: from the server's agreement to the first reason to end.
//!
//! Owns the deadlines, the order in which ends are noticed, and the writes with their tickets.
//! Runs on the supervisor's thread, never as a task: on the connection's runtime there must be
//! nothing but the library's reader, so that "no task is alive" means "the reader is gone".

use std::future::{Future, pending};
use std::pin::Pin;
use std::time::Duration;

use chrono::{DateTime, Utc};
use rust_socketio::asynchronous::Client;
use rust_socketio::{Error, Event, Payload};
use serde_json::Value;
use tokio::runtime::RuntimeMetrics;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::State;
use super::connection::{Plan, stopped};
use super::gate::{Command, Ticket};
use super::mailbox::Mailbox;
use super::why::Why;
use crate::capture::text;
use crate::capture::{LOGIN, is_trace};
use crate::protocol::pace::READY_EVENT;

/// A look that comes so much later than it should: the whole process was paused, and what arrived meanwhile is yet to be
/// read.
const PAUSED: Duration = Duration::from_secs(1);
/// The library drops an answer that is older than the time given to it; our own timer decides.
const LIBRARY_ANSWER_TIMEOUT: Duration = Duration::from_hours(1);

type Sending = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// The write in progress. There is one at a time: the library's socket takes one anyway.
struct Write {
    sending: Sending,
    deadline: Instant,
    /// Who waits for the write; a request waits for its answer instead.
    ticket: Option<Ticket>,
}

/// The request in flight.
struct Awaiting {
    ticket: Ticket,
    /// The number of the request on this connection.
    number: u64,
    answer: oneshot::Receiver<Vec<Value>>,
    deadline: Instant,
}

/// A made connection.
pub(super) struct Link<'a> {
    plan: &'a Plan<'a>,
    mailbox: &'a Mailbox,
    metrics: RuntimeMetrics,
    client: Client,
    write: Option<Write>,
    awaiting: Option<Awaiting>,
    /// Requests so far.
    requests: u64,
    /// When the silence was looked at last.
    looked: std::time::Instant,
    /// When the process went on after a pause; before the first one, the beginning.
    resumed: std::time::Instant,
}

/// What woke the connection.
enum Woken {
    Answer(Option<Vec<Value>>),
    Stop,
    News,
    Written(Result<(), Error>),
    WriteOverdue,
    AnswerOverdue,
    HandshakeOverdue,
    Command(Command),
    Look,
}

impl<'a> Link<'a> {
    pub(super) fn new(
        plan: &'a Plan<'a>,
        mailbox: &'a Mailbox,
        metrics: RuntimeMetrics,
        client: Client,
    ) -> Self {
        let now = std::time::Instant::now();
        Self {
            plan,
            mailbox,
            metrics,
            client,
            write: None,
            awaiting: None,
            requests: 0,
            looked: now,
            resumed: now,
        }
    }

    /// Returns the reason of the end. Tickets that are still open are left to `part`.
    pub(super) async fn live(
        &mut self,
        stop: &mut watch::Receiver<bool>,
        mut commands: mpsc::Receiver<Command>,
    ) -> Why {
        let limits = &self.plan.config.limits;
        let mut look = interval(limits.reader_check.max(Duration::from_millis(1)));
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let agree_by = after(limits.handshake);
        let mut up = None;
        loop {
            let write_by = self.write.as_ref().map(|write| write.deadline);
            let answer_by = self.awaiting.as_ref().map(|awaiting| awaiting.deadline);
            let may_write = up.is_some() && self.write.is_none();
            // In this order: an answer that is there is an answer, whatever else happened; then the
            // player's will; then what is certain (callbacks, writes), then what is only overdue;
            // new work last.
            let woken = tokio::select! {
                biased;
                answer = answer_of(&mut self.awaiting) => Woken::Answer(answer),
                () = stopped(stop) => Woken::Stop,
                () = self.mailbox.news.notified() => Woken::News,
                result = result_of(&mut self.write) => Woken::Written(result),
                () = due(write_by) => Woken::WriteOverdue,
                () = due(answer_by) => Woken::AnswerOverdue,
                () = due(up.is_none().then_some(agree_by)) => Woken::HandshakeOverdue,
                // Before new work, or a caller who never stops sending would hide the silence.
                _ = look.tick() => Woken::Look,
                // `None` (the door is shut) disables the branch: then an end is on its way.
                Some(command) = commands.recv(), if may_write => Woken::Command(command),
            };
            let end = match woken {
                Woken::Answer(Some(args)) => {
                    if let Some(awaiting) = self.awaiting.take() {
                        self.answered(awaiting, args);
                    }
                    None
                }
                // The library called and dropped the callback, and it got nothing it could use.
                Woken::Answer(None) => Some(self.mailbox.end().unwrap_or_else(|| {
                    Why::ServerError("the answer to a request was unreadable".to_owned())
                })),
                Woken::Stop => Some(Why::Stopped),
                Woken::News => self.mailbox.end(),
                Woken::Written(result) => self.written(result),
                Woken::WriteOverdue => Some(Why::EmitStuck),
                Woken::AnswerOverdue => Some(Why::AnswerOverdue),
                Woken::HandshakeOverdue => Some(Why::HandshakeTimeout),
                Woken::Command(command) => {
                    self.begin(command);
                    None
                }
                Woken::Look => self.look(up),
            };
            if let Some(why) = end {
                return why;
            }
            if up.is_none() {
                up = self.mailbox.up_at();
                if let Some(since) = up {
                    tracing::debug!(generation = self.mailbox.generation(), "connected");
                    self.plan.state.send_replace(State::Up { since });
                }
            }
        }
    }

    fn written(&mut self, result: Result<(), Error>) -> Option<Why> {
        let write = self.write.take()?;
        match result {
            Ok(()) => {
                if let Some(ticket) = write.ticket {
                    ticket.written();
                }
                None
            }
            Err(error) => {
                let why = Why::EmitFailed(self.plan.secrets.clean(&text::chain(&error)));
                if let Some(ticket) = write.ticket {
                    ticket.lose(why.clone());
                }
                // The reason of the end may be known better: the failed write is its consequence.
                Some(self.mailbox.end().unwrap_or(why))
            }
        }
    }

    fn answered(&self, awaiting: Awaiting, mut args: Vec<Value>) {
        self.plan.secrets.known().scrub(&mut args);
        self.plan.tap.answered(awaiting.number, &args);
        awaiting.ticket.answer(args);
    }

    /// Starts to write. From here on the message counts as sent.
    fn begin(&mut self, command: Command) {
        let Command {
            name,
            args,
            mut ticket,
        } = command;
        ticket.mark_sent();
        if name == LOGIN {
            // The server may quote it from now on.
            let payload = args.iter().filter(|arg| !is_trace(arg));
            payload.for_each(|arg| self.plan.secrets.learn(arg));
        }
        let is_request = matches!(ticket, Ticket::Request(..));
        self.requests += u64::from(is_request);
        let number = is_request.then_some(self.requests);
        if name != READY_EVENT {
            self.plan.tap.sent(&name, &args, number);
        }
        let limits = &self.plan.config.limits;
        let deadline = after(limits.emit);
        // As custom event: by text, the library would turn "open" into "connect" and "Error" into "error".
        let event = Event::Custom(name);
        let client = self.client.clone();
        if let Ticket::Emit(_) = ticket {
            self.write = Some(Write {
                sending: Box::pin(async move { client.emit(event, args).await }),
                deadline,
                ticket: Some(ticket),
            });
            return;
        }
        let (reply, answer) = oneshot::channel();
        let mut reply = Some(reply);
        let on_answer =
            move |payload: Payload, _: Client| -> Pin<Box<dyn Future<Output = ()> + Send>> {
                // One value: the array of the server's arguments. Anything else (an attachment, a broken
                // frame) is no answer that an order may be booked on: it stays unknown.
                if let Payload::Text(values) = payload
                    && let Ok([Value::Array(args)]) = <[Value; 1]>::try_from(values)
                    && let Some(reply) = reply.take()
                {
                    // If nobody waits any more the deadline has passed, and the connection is ending.
                    reply.send(args).ok();
                }
                Box::pin(std::future::ready(()))
            };
        self.awaiting = Some(Awaiting {
            ticket,
            number: self.requests,
            answer,
            deadline: after(limits.answer),
        });
        self.write = Some(Write {
            sending: Box::pin(async move {
                client
                    .emit_with_ack(event, args, LIBRARY_ANSWER_TIMEOUT, on_answer)
                    .await
            }),
            deadline,
            ticket: None,
        });
    }

    /// Looks at what calls no callback: the reader's death and silence.
    fn look(&mut self, up: Option<DateTime<Utc>>) -> Option<Why> {
        if self.metrics.num_alive_tasks() == 0 {
            // An error reported in the last moment is the better reason.
            return Some(self.mailbox.end().unwrap_or(Why::ReaderGone));
        }
        let now = std::time::Instant::now();
        let late = now.saturating_duration_since(std::mem::replace(&mut self.looked, now));
        if late >= self.plan.config.limits.reader_check.saturating_add(PAUSED) {
            tracing::debug!(
                ?late,
                "the process was paused; what arrived meanwhile is read first"
            );
            self.resumed = now;
        }
        let since = up?;
        let silence = now.saturating_duration_since(self.mailbox.last_event().max(self.resumed));
        if silence >= self.plan.silence {
            return Some(Why::Silent(silence));
        }
        let stale = silence >= self.plan.config.limits.stale;
        self.plan
            .state
            .send_if_modified(|state| match (&*state, stale) {
                (State::Up { .. }, true) => {
                    let since = crate::clock::now() - silence;
                    *state = State::Stale { since };
                    true
                }
                (State::Stale { .. }, false) => {
                    *state = State::Up { since };
                    true
                }
                _ => false,
            });
        None
    }

    /// Tells everyone who waits, and says goodbye if that makes sense.
    pub(super) async fn part(mut self, why: Why) -> Why {
        if let Some(mut awaiting) = self.awaiting.take() {
            // It may have come while the end was noticed.
            match awaiting.answer.try_recv() {
                Ok(args) => self.answered(awaiting, args),
                Err(_) => awaiting.ticket.lose(why.clone()),
            }
        }
        let stuck = self.write.is_some();
        let agreed = self.mailbox.up_at().is_some();
        if let Some(ticket) = self.write.and_then(|write| write.ticket) {
            ticket.lose(why.clone());
        }
        let reader_gone = self.metrics.num_alive_tasks() == 0;
        if agreed && !stuck && !reader_gone {
            // The socket is closed with the runtime in any case; this is for the server's sake.
            let goodbye = timeout(self.plan.config.limits.disconnect, self.client.disconnect());
            match goodbye.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    let error = self.plan.secrets.clean(&text::chain(&error));
                    tracing::debug!(error, "the goodbye failed");
                }
                Err(_elapsed) => tracing::debug!("the goodbye took too long"),
            }
        }
        why
    }
}

async fn answer_of(awaiting: &mut Option<Awaiting>) -> Option<Vec<Value>> {
    match awaiting {
        Some(awaiting) => (&mut awaiting.answer).await.ok(),
        None => pending().await,
    }
}

async fn result_of(write: &mut Option<Write>) -> Result<(), Error> {
    match write {
        Some(write) => write.sending.as_mut().await,
        None => pending().await,
    }
}

/// The moment after this time; an absurdly long setting is a long one, not a panic.
fn after(time: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(time)
        .unwrap_or_else(|| now + LIBRARY_ANSWER_TIMEOUT)
}

async fn due(at: Option<Instant>) {
    match at {
        Some(at) => sleep_until(at).await,
        None => pending().await,
    }
}
