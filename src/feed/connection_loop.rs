//! Drives an open connection until the first reason to end.
//!
//! Owns the deadlines, the order in which ends are noticed, and the writes with their reply tickets. It runs on the
//! supervisor's thread, never as a task: the connection's runtime must hold nothing but the library's reader, so that "no
//! task is alive" means "the reader is gone".

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

use super::context::{ConnectionContext, stopped};
use super::disconnect_reason::DisconnectReason;
use super::inbox::Inbox;
use super::request_slot::{ReplyTicket, WriteCommand};
use super::state::{FeedState, update_stale};
use crate::capture::{LOGIN, text};
use crate::protocol::is_trace;

/// A check this late means that the whole process was paused, and that messages which arrived meanwhile are unread.
const PAUSED: Duration = Duration::from_secs(1);
/// Answer timeout for the library, which drops older answers. The connection loop's own timer decides.
const LIBRARY_ANSWER_TIMEOUT: Duration = Duration::from_hours(1);

type WriteFuture = Pin<Box<dyn Future<Output = Result<(), Error>> + Send>>;

/// The write in progress. There is one at a time, because the library's socket takes one at a time.
struct WriteInProgress {
    sending: WriteFuture,
    deadline: Instant,
    /// The caller that waits for the write; a request waits for its answer instead.
    ticket: Option<ReplyTicket>,
}

/// The request in flight.
struct PendingAnswer {
    ticket: ReplyTicket,
    /// The number of the request on this connection.
    number: u64,
    answer: oneshot::Receiver<Vec<Value>>,
    deadline: Instant,
}

/// An open connection.
pub(super) struct ConnectionLoop<'a> {
    context: &'a ConnectionContext<'a>,
    inbox: &'a Inbox,
    metrics: RuntimeMetrics,
    client: Client,
    write: Option<WriteInProgress>,
    awaiting: Option<PendingAnswer>,
    /// Requests so far.
    requests: u64,
    /// When the silence was last checked.
    checked: std::time::Instant,
    /// When the process resumed after a pause; before the first pause, the beginning.
    resumed: std::time::Instant,
}

/// The event that woke the loop.
enum Wake {
    Answer(Option<Vec<Value>>),
    Stop,
    InboxChanged,
    Written(Result<(), Error>),
    WriteOverdue,
    AnswerOverdue,
    HandshakeOverdue,
    WriteCommand(WriteCommand),
    Check,
}

impl<'a> ConnectionLoop<'a> {
    pub(super) fn new(
        context: &'a ConnectionContext<'a>,
        inbox: &'a Inbox,
        metrics: RuntimeMetrics,
        client: Client,
    ) -> Self {
        let now = std::time::Instant::now();
        Self {
            context,
            inbox,
            metrics,
            client,
            write: None,
            awaiting: None,
            requests: 0,
            checked: now,
            resumed: now,
        }
    }

    /// Runs until the connection ends; returns the reason. `finish` then resolves the open reply tickets.
    pub(super) async fn run(
        &mut self,
        stop: &mut watch::Receiver<bool>,
        mut commands: mpsc::Receiver<WriteCommand>,
    ) -> DisconnectReason {
        let limits = &self.context.config.limits;
        let mut checks = interval(limits.reader_check.max(Duration::from_millis(1)));
        checks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let agree_by = after(limits.handshake);
        let mut up = None;
        loop {
            let write_by = self.write.as_ref().map(|write| write.deadline);
            let answer_by = self.awaiting.as_ref().map(|awaiting| awaiting.deadline);
            let may_write = up.is_some() && self.write.is_none();
            // In this order: an answer that arrived counts whatever else happened; then a stop; then certain events
            // (callbacks, writes), then overdue ones; new work last.
            let woken = tokio::select! {
                biased;
                answer = answer_of(&mut self.awaiting) => Wake::Answer(answer),
                () = stopped(stop) => Wake::Stop,
                () = self.inbox.changed.notified() => Wake::InboxChanged,
                result = result_of(&mut self.write) => Wake::Written(result),
                () = due(write_by) => Wake::WriteOverdue,
                () = due(answer_by) => Wake::AnswerOverdue,
                () = due(up.is_none().then_some(agree_by)) => Wake::HandshakeOverdue,
                // Before new work, or a caller that never stops sending would hide the silence.
                _ = checks.tick() => Wake::Check,
                // `None` (the request slot is closed) disables the branch: an end is about to follow.
                Some(command) = commands.recv(), if may_write => Wake::WriteCommand(command),
            };
            let end = match woken {
                Wake::Answer(Some(args)) => {
                    if let Some(awaiting) = self.awaiting.take() {
                        self.answered(awaiting, args);
                    }
                    None
                }
                // The library dropped the callback without a usable answer.
                Wake::Answer(None) => Some(self.inbox.end_reason().unwrap_or_else(|| {
                    DisconnectReason::ServerError(
                        "the answer to a request was unreadable".to_owned(),
                    )
                })),
                Wake::Stop => Some(DisconnectReason::Stopped),
                Wake::InboxChanged => self.inbox.end_reason(),
                Wake::Written(result) => self.written(result),
                Wake::WriteOverdue => Some(DisconnectReason::EmitStuck),
                Wake::AnswerOverdue => Some(DisconnectReason::AnswerOverdue),
                Wake::HandshakeOverdue => Some(DisconnectReason::HandshakeTimeout),
                Wake::WriteCommand(command) => {
                    self.begin(command);
                    None
                }
                Wake::Check => self.check(up),
            };
            if let Some(why) = end {
                return why;
            }
            if up.is_none() {
                up = self.inbox.report().up_at().map(|time| time.at);
                if let Some(since) = up {
                    let generation = self.inbox.report().generation();
                    tracing::debug!(generation, "connected");
                    self.context.state.send_replace(FeedState::Up { since });
                }
            }
        }
    }

    fn written(&mut self, result: Result<(), Error>) -> Option<DisconnectReason> {
        let write = self.write.take()?;
        match result {
            Ok(()) => {
                if let Some(ticket) = write.ticket {
                    ticket.written();
                }
                None
            }
            Err(error) => {
                let why =
                    DisconnectReason::EmitFailed(self.context.secrets.clean(&text::chain(&error)));
                if let Some(ticket) = write.ticket {
                    ticket.lose(why.clone());
                }
                // The inbox may know the cause: the failed write is its consequence.
                Some(self.inbox.end_reason().unwrap_or(why))
            }
        }
    }

    fn answered(&self, awaiting: PendingAnswer, mut args: Vec<Value>) {
        self.context.secrets.known().remove_from_args(&mut args);
        self.context.tap.answered(awaiting.number, &args);
        awaiting.ticket.answer(args);
    }

    /// Starts to write. From now on the message counts as sent.
    fn begin(&mut self, command: WriteCommand) {
        let WriteCommand {
            name,
            args,
            mut ticket,
        } = command;
        ticket.mark_sent();
        if name == LOGIN {
            // The server may quote the login from now on.
            let payload = args.iter().filter(|arg| !is_trace(arg));
            payload.for_each(|arg| self.context.secrets.learn(arg));
        }
        let is_request = matches!(ticket, ReplyTicket::Request(..));
        self.requests += u64::from(is_request);
        let number = is_request.then_some(self.requests);
        self.context.tap.sent(&name, &args, number);
        let limits = &self.context.config.limits;
        let deadline = after(limits.emit);
        // As custom event: by text, the library would turn "open" into "connect" and "Error" into "error".
        let event = Event::Custom(name);
        let client = self.client.clone();
        if let ReplyTicket::Emit(_) = ticket {
            self.write = Some(WriteInProgress {
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
                // One value: the array of the server's arguments. Anything else (an attachment, a broken frame) is no
                // answer for an order, whose outcome stays unknown.
                if let Payload::Text(values) = payload
                    && let Ok([Value::Array(args)]) = <[Value; 1]>::try_from(values)
                    && let Some(reply) = reply.take()
                {
                    // Without a receiver the deadline has passed, and the connection is ending.
                    reply.send(args).ok();
                }
                Box::pin(std::future::ready(()))
            };
        self.awaiting = Some(PendingAnswer {
            ticket,
            number: self.requests,
            answer,
            deadline: after(limits.answer),
        });
        self.write = Some(WriteInProgress {
            sending: Box::pin(async move {
                client
                    .emit_with_ack(event, args, LIBRARY_ANSWER_TIMEOUT, on_answer)
                    .await
            }),
            deadline,
            ticket: None,
        });
    }

    /// Checks for ends without a callback: a dead reader and silence.
    fn check(&mut self, up: Option<DateTime<Utc>>) -> Option<DisconnectReason> {
        if self.metrics.num_alive_tasks() == 0 {
            // An error reported at the last moment is the better reason.
            return Some(
                self.inbox
                    .end_reason()
                    .unwrap_or(DisconnectReason::ReaderGone),
            );
        }
        let now = std::time::Instant::now();
        let late = now.saturating_duration_since(std::mem::replace(&mut self.checked, now));
        if late
            >= self
                .context
                .config
                .limits
                .reader_check
                .saturating_add(PAUSED)
        {
            tracing::debug!(
                ?late,
                "the process was paused; messages that arrived meanwhile are read first"
            );
            self.resumed = now;
        }
        let up_since = up?;
        let silence = now.saturating_duration_since(self.inbox.last_event().max(self.resumed));
        if silence >= self.context.silence {
            return Some(DisconnectReason::Silent(silence));
        }
        let limits = &self.context.config.limits;
        update_stale(self.context.state, silence, limits.stale, up_since);
        None
    }

    /// Resolves the open reply tickets, and disconnects politely if that can still succeed.
    pub(super) async fn finish(mut self, why: DisconnectReason) -> DisconnectReason {
        if let Some(mut awaiting) = self.awaiting.take() {
            // The answer may have arrived at the same time as the end.
            match awaiting.answer.try_recv() {
                Ok(args) => self.answered(awaiting, args),
                Err(_) => awaiting.ticket.lose(why.clone()),
            }
        }
        let stuck = self.write.is_some();
        let was_up = self.inbox.report().up_at().is_some();
        if let Some(ticket) = self.write.and_then(|write| write.ticket) {
            ticket.lose(why.clone());
        }
        let reader_gone = self.metrics.num_alive_tasks() == 0;
        if was_up && !stuck && !reader_gone {
            // The socket closes with the runtime in any case; this informs the server.
            let parting = timeout(
                self.context.config.limits.disconnect,
                self.client.disconnect(),
            );
            match parting.await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    let error = self.context.secrets.clean(&text::chain(&error));
                    tracing::debug!(error, "the disconnect failed");
                }
                Err(_elapsed) => tracing::debug!("the disconnect took too long"),
            }
        }
        why
    }
}

async fn answer_of(awaiting: &mut Option<PendingAnswer>) -> Option<Vec<Value>> {
    match awaiting {
        Some(awaiting) => (&mut awaiting.answer).await.ok(),
        None => pending().await,
    }
}

async fn result_of(write: &mut Option<WriteInProgress>) -> Result<(), Error> {
    match write {
        Some(write) => write.sending.as_mut().await,
        None => pending().await,
    }
}

/// Returns the end of a period from now. A period too long for the clock becomes an hour instead of a panic.
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
