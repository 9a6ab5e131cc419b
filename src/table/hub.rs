//! The connected clients and the source, behind one lock: sends each message to the clients it is for.
//!
//! The clock that says when is in `timing`, the TCP connections are in `listener`.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::connect_info::ConnectInfo;
use serde_json::Value;
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::{SendError, SocketError};
use tokio::sync::Notify;

use super::account_steps::PrivateMessages;
use super::accounts::{Accounts, ConnectionId};
use super::client::Client;
use super::event_args::IncomingArgs;
use super::listener::ConnectionHandle;
use super::player::LedgerRow;
use super::progress::ClientProgress;
use super::source::SourcePlayback;
use super::speed::Speed;
use crate::protocol::pace::{PACE_HEADER, READY_EVENT};
use crate::protocol::{Announcement, Pace};

/// Names of incoming events that are kept, so that a client that never stops sending does not fill the memory.
const MAX_RECEIVED: usize = 10_000;

/// The part of a table that its thread and its handle share.
#[derive(Debug)]
pub(super) struct Hub {
    /// One lock for the source and the clients: after its greeting a client gets exactly the messages that follow it.
    state: Mutex<HubState>,
    first_client: Notify,
    /// A client answered that the table may have been waiting for.
    client_ready: Notify,
    overrun: AtomicU64,
    ended: Mutex<bool>,
    end: Condvar,
}

#[derive(Debug)]
struct HubState {
    source: SourcePlayback,
    /// The speed from the next step on.
    speed: Speed,
    /// What the clients know of the table.
    announcement: Announcement,
    clients: Vec<Client>,
    last_connection: ConnectionId,
    received: Vec<String>,
}

impl Hub {
    pub fn new(source: SourcePlayback, speed: Speed, seeded: bool) -> Self {
        let announcement = Announcement {
            pianola: env!("CARGO_PKG_VERSION").to_owned(),
            orders: source.accounts().is_some(),
            paced: true,
            speed: speed.factor(),
            seeded,
        };
        Self {
            state: Mutex::new(HubState {
                source,
                speed,
                announcement,
                clients: Vec::new(),
                last_connection: 0,
                received: Vec::new(),
            }),
            first_client: Notify::new(),
            client_ready: Notify::new(),
            overrun: AtomicU64::new(0),
            ended: Mutex::new(false),
            end: Condvar::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, HubState> {
        lock(&self.state)
    }

    pub fn clients(&self) -> usize {
        let mut state = self.state();
        state.forget_closed();
        state.clients.len()
    }

    pub fn overrun(&self) -> u64 {
        self.overrun.load(Ordering::Relaxed)
    }

    pub fn received(&self) -> Vec<String> {
        self.state().received.clone()
    }

    /// Returns the description of the table as its clients have it.
    pub fn announcement(&self) -> Announcement {
        self.state().announcement.clone()
    }

    /// Sets the speed from the next step on.
    pub fn set_speed(&self, speed: Speed) {
        self.state().speed = speed;
    }

    pub fn ledger(&self, player_id: &str) -> Vec<LedgerRow> {
        let state = self.state();
        let ledger = |accounts: &Accounts| accounts.ledger(player_id);
        state.source.accounts().map(ledger).unwrap_or_default()
    }

    pub fn cut(&self) {
        self.state().cut();
    }

    /// Returns when the first client connects.
    pub async fn first_client(&self) {
        self.first_client.notified().await;
    }

    /// Waits for the end of the table, at most `limit`; returns whether it came.
    pub fn wait_for(&self, limit: Duration) -> bool {
        let (ended, _) = self
            .end
            .wait_timeout_while(lock(&self.ended), limit, |ended| !*ended)
            .unwrap_or_else(PoisonError::into_inner);
        *ended
    }

    /// Ends the table: wakes every [`Self::wait_for`].
    pub fn finish(&self) {
        // The library's handlers keep the sockets beyond the end of its server.
        self.state().clients.clear();
        *lock(&self.ended) = true;
        self.end.notify_all();
    }

    /// Takes a client in: sends the greeting now and every step from here on.
    pub fn welcome(self: &Arc<Self>, socket: SocketRef) {
        let request = socket.req_parts();
        let tcp = request.extensions.get::<ConnectInfo<ConnectionHandle>>();
        let tcp = tcp.map(|ConnectInfo(handle)| handle.clone());
        let pace = request.headers.get(PACE_HEADER);
        let pace = pace.and_then(|value| Pace::parse(value.to_str().ok()?));
        let mut state = self.state();
        state.last_connection += 1;
        let connection = state.last_connection;
        let hub = Arc::downgrade(self);
        // Every event of the client arrives here. One ack may be sent twice, which takes two senders; without an ack
        // id they send nothing.
        socket.on_fallback(
            async move |Event(event): Event,
                        ack: AckSender,
                        second_ack: AckSender,
                        TryData(args): TryData<IncomingArgs>| {
                if let Some(hub) = hub.upgrade() {
                    let IncomingArgs(args) = args.unwrap_or_default();
                    hub.handle(connection, event, &args, [ack, second_ack]);
                }
            },
        );
        let mut client = Client::new(connection, socket, tcp, pace);
        tracing::debug!(connection, ?pace, "a client comes");
        let announced = client.announce(&state.announcement);
        let greeting = state.source.greeting();
        if announced
            .and_then(|()| client.send_all(greeting.iter()))
            .is_ok()
        {
            state.clients.push(client);
        }
        self.first_client.notify_one();
    }

    /// Executes an event of a client and sends what follows from it.
    fn handle(
        &self,
        connection: ConnectionId,
        event: String,
        args: &[Value],
        senders: [AckSender; 2],
    ) {
        let mut state = self.state();
        if event == READY_EVENT {
            state.client_is_ready(connection, args);
            self.client_ready.notify_one();
            return;
        }
        // A connection that was dropped can no longer log in or order.
        let is_open = state.client(connection).is_some();
        let reply = is_open.then(|| state.source.handle(connection, &event, args));
        if state.received.len() < MAX_RECEIVED {
            state.received.push(event);
        }
        let Some(reply) = reply else {
            return;
        };
        state.clients.retain_mut(|client| {
            let connection = client.connection;
            let own = reply.messages.iter().filter(|(to, _)| *to == connection);
            let sent = client.send_all(own.map(|(_, message)| message));
            self.keeps_up(client, &sent)
        });
        for (ack, sender) in reply.acks.iter().zip(senders) {
            if let Err(error) = sender.send(ack) {
                tracing::debug!(%error, "an ack of the table was not sent");
            }
        }
        state.forget_closed();
    }

    /// Takes the outcome of sending to a client; drops the client and returns false if it is gone or too slow.
    fn keeps_up(&self, client: &Client, sent: &Result<(), SendError>) -> bool {
        if let Err(SendError::Socket(SocketError::InternalChannelFull)) = sent {
            self.overrun.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(client = %client.socket.id, "a client of the table does not keep up and is dropped");
        }
        if sent.is_err() {
            client.cut();
        }
        sent.is_ok()
    }

    /// Whether the next step has to wait for a client.
    pub fn is_held(&self) -> bool {
        let mut state = self.state();
        state.forget_closed();
        let mut progress = state.clients.iter().filter_map(|c| c.progress.as_ref());
        progress.any(ClientProgress::holds)
    }

    /// Returns when a client answers.
    pub async fn client_ready(&self) {
        self.client_ready.notified().await;
    }

    /// Goes on without the clients that hold the table, until they have caught up.
    pub fn give_up_waiting(&self) {
        for client in &mut self.state().clients {
            let progress = client.progress.as_mut();
            if progress.is_some_and(ClientProgress::give_up) {
                tracing::warn!(client = %client.socket.id, "the table waited too long for a client and goes on without it");
            }
        }
    }

    /// Whether the games may run as fast as the clients take them: the table waits for each of them, and can.
    pub fn is_paced_by_clients(&self) -> bool {
        let state = self.state();
        let is_waited_for = |client: &Client| {
            let progress = client.progress.as_ref();
            progress.is_some_and(ClientProgress::keeps_pace)
        };
        state.source.accounts().is_some()
            && !state.clients.is_empty()
            && state.clients.iter().all(is_waited_for)
    }

    /// Returns the microseconds of game time before the next step and the speed at which they pass; `None` at the end.
    /// A new speed is announced here, between the last message at the old speed and the first one at the new.
    pub fn next_delay(&self) -> Option<(u64, Speed)> {
        let mut state = self.state();
        let delay = state.source.next_delay()?;
        let HubState {
            speed,
            announcement,
            clients,
            ..
        } = &mut *state;
        if announcement.speed != speed.factor() {
            announcement.speed = speed.factor();
            clients.retain(|client| self.keeps_up(client, &client.announce(announcement)));
        }
        Some((delay, *speed))
    }

    /// Sends the next step to all clients and returns its number of messages. A client that does not keep up is dropped
    /// and delays no other.
    pub fn send_next_step(&self) -> usize {
        let mut state = self.state();
        state.forget_closed();
        let Some((step, private)) = state.source.next_step() else {
            return 0;
        };
        let none = PrivateMessages::default();
        state.clients.retain_mut(|client| {
            let private = private.get(&client.connection).unwrap_or(&none);
            let sent = client.send_all(private.interleave(&step.messages));
            self.keeps_up(client, &sent)
        });
        if step.cut {
            state.cut();
        }
        step.messages.len()
    }
}

impl HubState {
    fn client(&mut self, connection: ConnectionId) -> Option<&mut Client> {
        let mut clients = self.clients.iter_mut();
        clients.find(|client| client.connection == connection)
    }

    fn client_is_ready(&mut self, connection: ConnectionId, args: &[Value]) {
        let client = self.client(connection);
        let progress = client.and_then(|client| client.progress.as_mut());
        if let (Some(progress), Some(number)) = (progress, args.first().and_then(Value::as_u64)) {
            progress.answer(number);
        }
    }

    fn forget_closed(&mut self) {
        self.clients.retain(|client| client.socket.connected());
        let clients = &self.clients;
        self.source
            .retain_connections(|id| clients.iter().any(|client| client.connection == id));
    }

    fn cut(&mut self) {
        for client in self.clients.drain(..) {
            client.cut();
        }
        self.forget_closed();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
