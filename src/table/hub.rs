//! PublicProfile is connected, and what they are told: one lock for the source and the clients.
//!
//! Owns the sending. The clock that says when, and the connections themselves, are `server`'s and `wire`'s.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::connect_info::ConnectInfo;
use serde_json::{Value, json};
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::{SendError, SocketError};
use tokio::sync::Notify;

use super::account_steps::PrivateMessages;
use super::accounts::{Accounts, ConnectionId, Reply};
use super::client::Client;
use super::event_args::EventArgs;
use super::faulty_stream::FaultyStream;
use super::listener::ConnectionHandle;
use super::message::{GameStep, Message};
use super::playback::Playback;
use super::player::LedgerRow;
use super::progress::ClientProgress;
use super::speed::Speed;
use crate::protocol::pace::{PACE_HEADER, READY_EVENT};
use crate::protocol::{Announcement, Pace};

/// Names of incoming events that are kept; a client that talks without end fills no memory.
const MAX_RECEIVED: usize = 10_000;
/// What a table without accounts refuses, and answers nothing else.
const ORDERS: [&str; 3] = ["buyOrder", "sellOrder", "requestSidebet"];

/// The source, as far as it was played.
#[derive(Debug)]
pub(super) enum ActiveSource {
    Practice(Box<Practice>),
    Capture(Box<Playback>),
}

/// Games of the table's own, and who plays them.
#[derive(Debug)]
pub(super) struct Practice {
    pub stream: FaultyStream,
    pub accounts: Accounts,
}

impl ActiveSource {
    /// Returns the microseconds of game time before the next step; `None` at the end.
    fn next_delay(&mut self) -> Option<u64> {
        match self {
            Self::Practice(own) => Some(u64::from(own.stream.next_delay()) * 1_000),
            Self::Capture(playback) => playback.next_delay(),
        }
    }

    fn next_step(&mut self) -> Option<GameStep> {
        match self {
            Self::Practice(own) => Some(own.stream.next_step()),
            Self::Capture(playback) => playback.next_step(),
        }
    }

    fn greeting(&self) -> Vec<Message> {
        match self {
            Self::Practice(own) => own.stream.greeting(),
            Self::Capture(playback) => playback.greeting(),
        }
    }

    /// Takes the accounts through a step.
    fn private_messages(&mut self, step: &GameStep) -> BTreeMap<ConnectionId, PrivateMessages> {
        match self {
            Self::Practice(own) => own
                .accounts
                .apply_step(step, &own.stream.market())
                .into_iter()
                .collect(),
            Self::Capture(_) => BTreeMap::new(),
        }
    }

    /// Whether there are accounts.
    fn takes_orders(&self) -> bool {
        matches!(self, Self::Practice(_))
    }

    fn answer(&mut self, seat: ConnectionId, event: &str, args: &[Value]) -> Reply {
        match self {
            Self::Practice(own) => own.accounts.handle(seat, event, args, &own.stream.market()),
            Self::Capture(_) if ORDERS.contains(&event) => Reply {
                messages: Vec::new(),
                acks: vec![json!({
                    "success": false, "message": "this table plays a capture and takes no orders",
                })],
            },
            Self::Capture(_) => Reply::default(),
        }
    }
}

/// What the thread and the handle share.
#[derive(Debug)]
pub(super) struct Hub {
    /// One lock for the source and the list of clients: who gets a greeting gets exactly the messages after it.
    stage: Mutex<HubState>,
    first_client: Notify,
    /// A client answered that the table may have been waiting for.
    ready: Notify,
    overrun: AtomicU64,
    over: Mutex<bool>,
    ended: Condvar,
}

#[derive(Debug)]
struct HubState {
    show: ActiveSource,
    /// The speed of the next step, and of those after it.
    speed: Speed,
    /// What the clients were told last.
    announcement: Announcement,
    clients: Vec<Client>,
    last_seat: ConnectionId,
    received: Vec<String>,
}

impl Hub {
    pub fn new(show: ActiveSource, speed: Speed, seeded: bool) -> Self {
        let announcement = Announcement {
            pianola: env!("CARGO_PKG_VERSION").to_owned(),
            orders: show.takes_orders(),
            paced: true,
            speed: speed.factor(),
            seeded,
        };
        Self {
            stage: Mutex::new(HubState {
                show,
                speed,
                announcement,
                clients: Vec::new(),
                last_seat: 0,
                received: Vec::new(),
            }),
            first_client: Notify::new(),
            ready: Notify::new(),
            overrun: AtomicU64::new(0),
            over: Mutex::new(false),
            ended: Condvar::new(),
        }
    }

    fn stage(&self) -> MutexGuard<'_, HubState> {
        lock(&self.stage)
    }

    pub fn clients(&self) -> usize {
        let mut stage = self.stage();
        stage.forget_gone();
        stage.clients.len()
    }

    pub fn overrun(&self) -> u64 {
        self.overrun.load(Ordering::Relaxed)
    }

    pub fn received(&self) -> Vec<String> {
        self.stage().received.clone()
    }

    /// Returns what the table says of itself.
    pub fn announcement(&self) -> Announcement {
        self.stage().announcement.clone()
    }

    /// Plays at another speed from the next step on.
    pub fn set_speed(&self, speed: Speed) {
        self.stage().speed = speed;
    }

    pub fn ledger(&self, player_id: &str) -> Vec<LedgerRow> {
        match &self.stage().show {
            ActiveSource::Practice(own) => own.accounts.ledger(player_id),
            ActiveSource::Capture(_) => Vec::new(),
        }
    }

    pub fn cut(&self) {
        self.stage().cut();
    }

    pub async fn first_client(&self) {
        self.first_client.notified().await;
    }

    /// Waits for the end of the table, at most `limit`; whether it came.
    pub fn wait_for(&self, limit: Duration) -> bool {
        let over = lock(&self.over);
        let (over, _) = self
            .ended
            .wait_timeout_while(over, limit, |over| !*over)
            .unwrap_or_else(PoisonError::into_inner);
        *over
    }

    /// The end: wakes who waits for it.
    pub fn finish(&self) {
        // The sockets outlive their server as long as somebody holds them.
        self.stage().clients.clear();
        *lock(&self.over) = true;
        self.ended.notify_all();
    }

    /// Takes a client in: the greeting now, from here on every step.
    pub fn welcome(self: &Arc<Self>, socket: SocketRef) {
        let opening = socket.req_parts();
        let wire = opening.extensions.get::<ConnectInfo<ConnectionHandle>>();
        let wire = wire.map(|ConnectInfo(wire)| wire.clone());
        let pace = opening.headers.get(PACE_HEADER);
        let pace = pace.and_then(|value| Pace::parse(value.to_str().ok()?));
        let mut stage = self.stage();
        stage.last_seat += 1;
        let seat = stage.last_seat;
        let host = Arc::downgrade(self);
        // The door for the account: whatever a client sends arrives here, and nowhere else. One ack may be sent
        // twice, which takes two senders; without an ack id they send nothing.
        socket.on_fallback(
            async move |Event(event): Event,
                        ack: AckSender,
                        again: AckSender,
                        TryData(args): TryData<EventArgs>| {
                if let Some(host) = host.upgrade() {
                    let EventArgs(args) = args.unwrap_or_default();
                    host.hear(seat, event, &args, [ack, again]);
                }
            },
        );
        let mut client = Client {
            seat,
            socket,
            wire,
            hears_announcements: pace.is_some(),
            progress: pace
                .filter(|pace| *pace != Pace::Free)
                .map(ClientProgress::new),
        };
        tracing::debug!(seat, ?pace, "a client comes");
        let announced = client.announce(&stage.announcement);
        let greeting = stage.show.greeting();
        if announced
            .and_then(|()| client.send_all(greeting.iter()))
            .is_ok()
        {
            stage.clients.push(client);
        }
        self.first_client.notify_one();
    }

    fn hear(&self, seat: ConnectionId, event: String, args: &[Value], acks: [AckSender; 2]) {
        let mut stage = self.stage();
        if event == READY_EVENT {
            stage.is_ready(seat, args);
            self.ready.notify_one();
            return;
        }
        // Nobody logs in on a connection that was dropped.
        let there = stage.clients.iter().any(|client| client.seat == seat);
        let answer = there.then(|| stage.show.answer(seat, &event, args));
        if stage.received.len() < MAX_RECEIVED {
            stage.received.push(event);
        }
        let Some(answer) = answer else {
            return;
        };
        stage.clients.retain_mut(|client| {
            let seat = client.seat;
            let own = answer.messages.iter().filter(|(to, _)| *to == seat);
            let sent = client.send_all(own.map(|(_, message)| message));
            self.still_keeps_up(client, sent)
        });
        for (ack, sender) in answer.acks.iter().zip(acks) {
            if let Err(error) = sender.send(ack) {
                tracing::debug!(%error, "an answer of the table does not go out");
            }
        }
        stage.forget_gone();
    }

    /// Takes the outcome of sending to a client; false if it is to be forgotten, since it is gone or does not keep up.
    fn still_keeps_up(&self, client: &Client, sent: Result<(), SendError>) -> bool {
        if let Err(SendError::Socket(SocketError::InternalChannelFull)) = sent {
            self.overrun.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(client = %client.socket.id, "a client of the table does not keep up and is dropped");
        }
        if sent.is_err() {
            client.cut();
        }
        sent.is_ok()
    }

    /// Whether a client is not yet done with what it was sent, and is to be waited for.
    pub fn is_held(&self) -> bool {
        let mut stage = self.stage();
        stage.forget_gone();
        let mut waits = stage.clients.iter().filter_map(|c| c.progress.as_ref());
        waits.any(ClientProgress::holds)
    }

    /// Returns when a client answers.
    pub async fn client_is_ready(&self) {
        self.ready.notified().await;
    }

    /// Goes on without the clients that hold the table, until they have caught up.
    pub fn give_up_waiting(&self) {
        for client in &mut self.stage().clients {
            if client
                .progress
                .as_mut()
                .is_some_and(ClientProgress::give_up)
            {
                tracing::warn!(client = %client.socket.id, "the table waited too long for a client and goes on without it");
            }
        }
    }

    /// Whether games of the table's own may run as fast as its clients take them: it waits for every one.
    pub fn is_paced_by_clients(&self) -> bool {
        let stage = self.stage();
        let waits = |client: &Client| {
            client
                .progress
                .as_ref()
                .is_some_and(ClientProgress::keeps_pace)
        };
        let practice = matches!(stage.show, ActiveSource::Practice(_));
        practice && !stage.clients.is_empty() && stage.clients.iter().all(waits)
    }

    /// Returns the microseconds of game time before the next step and the speed at which they pass; `None` at the end.
    /// Announces that speed if it is a new one: no message that was sent before is measured by it.
    pub fn next_delay(&self) -> Option<(u64, Speed)> {
        let mut stage = self.stage();
        let delay = stage.show.next_delay()?;
        let HubState {
            speed,
            announcement,
            clients,
            ..
        } = &mut *stage;
        if std::mem::replace(&mut announcement.speed, speed.factor()) != speed.factor() {
            clients.retain(|client| self.still_keeps_up(client, client.announce(announcement)));
        }
        Some((delay, *speed))
    }

    /// Sends the next step to everybody and returns its number of messages; who does not keep up is dropped and
    /// hinders nobody.
    pub fn next_step(&self) -> usize {
        let mut stage = self.stage();
        let Some(step) = stage.show.next_step() else {
            return 0;
        };
        stage.forget_gone();
        let private_messages = stage.show.private_messages(&step);
        let no_aside = PrivateMessages::default();
        stage.clients.retain_mut(|client| {
            let aside = private_messages.get(&client.seat).unwrap_or(&no_aside);
            let sent = client.send_all(aside.interleave(&step.messages));
            self.still_keeps_up(client, sent)
        });
        if step.cut {
            stage.cut();
        }
        step.messages.len()
    }
}

impl HubState {
    fn is_ready(&mut self, seat: ConnectionId, args: &[Value]) {
        let client = self.clients.iter_mut().find(|client| client.seat == seat);
        let progress = client.and_then(|client| client.progress.as_mut());
        if let (Some(progress), Some(number)) = (progress, args.first().and_then(Value::as_u64)) {
            progress.answered(number);
        }
    }

    fn forget_gone(&mut self) {
        self.clients.retain(|client| client.socket.connected());
        if let ActiveSource::Practice(own) = &mut self.show {
            let there = |seat| self.clients.iter().any(|client| client.seat == seat);
            own.accounts.retain_connections(there);
        }
    }

    fn cut(&mut self) {
        for client in self.clients.drain(..) {
            client.cut();
        }
        self.forget_gone();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
