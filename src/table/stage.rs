//! Who is connected, and what they are told: one lock for the source and the clients.
//!
//! Owns the sending. The clock that says when, and the connections themselves, are `server`'s and `wire`'s.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::connect_info::ConnectInfo;
use serde::ser::{Serialize, SerializeTuple as _, Serializer};
use serde_json::{Value, json};
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::{SendError, SocketError};
use tokio::sync::Notify;

use super::args::Args;
use super::capture::Playback;
use super::guest::LedgerRow;
use super::house::{Answer, House, Seat};
use super::rounds::Aside;
use super::step::{Message, Step};
use super::stream::Stream;
use super::wire::Wire;

/// Names of incoming events that are kept; a client that talks without end fills no memory.
const MAX_RECEIVED: usize = 10_000;
/// What a table without accounts refuses, and answers nothing else.
const ORDERS: [&str; 3] = ["buyOrder", "sellOrder", "requestSidebet"];

/// The source, as far as it was played.
#[derive(Debug)]
pub(super) enum Show {
    Practice(Box<Practice>),
    Capture(Box<Playback>),
}

/// Games of the table's own, and who plays them.
#[derive(Debug)]
pub(super) struct Practice {
    pub stream: Stream,
    pub house: House,
}

impl Show {
    /// Returns the microseconds of game time before the next step; `None` at the end.
    fn next_delay(&mut self) -> Option<u64> {
        match self {
            Self::Practice(own) => Some(u64::from(own.stream.next_delay()) * 1_000),
            Self::Capture(playback) => playback.next_delay(),
        }
    }

    fn next_step(&mut self) -> Option<Step> {
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
    fn asides(&mut self, step: &Step) -> BTreeMap<Seat, Aside> {
        match self {
            Self::Practice(own) => own
                .house
                .step(step, &own.stream.scene())
                .into_iter()
                .collect(),
            Self::Capture(_) => BTreeMap::new(),
        }
    }

    fn answer(&mut self, seat: Seat, event: &str, args: &[Value]) -> Answer {
        match self {
            Self::Practice(own) => own.house.hear(seat, event, args, &own.stream.scene()),
            Self::Capture(_) if ORDERS.contains(&event) => Answer {
                told: Vec::new(),
                acks: vec![json!({
                    "success": false, "message": "this table plays a capture and takes no orders",
                })],
            },
            Self::Capture(_) => Answer::default(),
        }
    }
}

/// What the thread and the handle share.
#[derive(Debug)]
pub(super) struct Shared {
    /// One lock for the source and the list of clients: who gets a greeting gets exactly the messages after it.
    stage: Mutex<Stage>,
    first_client: Notify,
    overrun: AtomicU64,
    over: Mutex<bool>,
    ended: Condvar,
}

#[derive(Debug)]
struct Stage {
    show: Show,
    clients: Vec<Client>,
    last_seat: Seat,
    received: Vec<String>,
}

#[derive(Debug)]
struct Client {
    seat: Seat,
    socket: SocketRef,
    wire: Option<Wire>,
}

impl Shared {
    pub fn new(show: Show) -> Self {
        Self {
            stage: Mutex::new(Stage {
                show,
                clients: Vec::new(),
                last_seat: 0,
                received: Vec::new(),
            }),
            first_client: Notify::new(),
            overrun: AtomicU64::new(0),
            over: Mutex::new(false),
            ended: Condvar::new(),
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
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

    /// Whether there are accounts.
    pub fn takes_orders(&self) -> bool {
        matches!(self.stage().show, Show::Practice(_))
    }

    pub fn ledger(&self, player_id: &str) -> Vec<LedgerRow> {
        match &self.stage().show {
            Show::Practice(own) => own.house.ledger(player_id),
            Show::Capture(_) => Vec::new(),
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
        let wire = socket.req_parts().extensions.get::<ConnectInfo<Wire>>();
        let wire = wire.map(|ConnectInfo(wire)| wire.clone());
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
                        TryData(args): TryData<Args>| {
                if let Some(host) = host.upgrade() {
                    let Args(args) = args.unwrap_or_default();
                    host.hear(seat, event, &args, [ack, again]);
                }
            },
        );
        let client = Client { seat, socket, wire };
        let greeting = stage.show.greeting();
        if greeting.iter().all(|message| client.send(message).is_ok()) {
            stage.clients.push(client);
        }
        self.first_client.notify_one();
    }

    fn hear(&self, seat: Seat, event: String, args: &[Value], acks: [AckSender; 2]) {
        let mut stage = self.stage();
        // Nobody logs in on a connection that was dropped.
        let there = stage.clients.iter().any(|client| client.seat == seat);
        let answer = there.then(|| stage.show.answer(seat, &event, args));
        if stage.received.len() < MAX_RECEIVED {
            stage.received.push(event);
        }
        let Some(answer) = answer else {
            return;
        };
        stage.clients.retain(|client| {
            let own = answer.told.iter().filter(|(to, _)| *to == client.seat);
            self.still_keeps_up(client, own.map(|(_, message)| message))
        });
        for (ack, sender) in answer.acks.iter().zip(acks) {
            if let Err(error) = sender.send(ack) {
                tracing::debug!(%error, "an answer of the table does not go out");
            }
        }
        stage.forget_gone();
    }

    /// Sends messages to a client; false if it is to be forgotten, since it is gone or does not keep up.
    fn still_keeps_up<'a>(
        &self,
        client: &Client,
        mut messages: impl Iterator<Item = &'a Message>,
    ) -> bool {
        let sent = messages.try_for_each(|message| client.send(message));
        if let Err(SendError::Socket(SocketError::InternalChannelFull)) = sent {
            self.overrun.fetch_add(1, Ordering::Relaxed);
            tracing::warn!(client = %client.socket.id, "a client of the table does not keep up and is dropped");
        }
        if sent.is_err() {
            client.cut();
        }
        sent.is_ok()
    }

    pub fn next_delay(&self) -> Option<u64> {
        self.stage().show.next_delay()
    }

    /// Sends the next step to everybody and returns its number of messages; who does not keep up is dropped and
    /// hinders nobody.
    pub fn next_step(&self) -> usize {
        let mut stage = self.stage();
        let Some(step) = stage.show.next_step() else {
            return 0;
        };
        stage.forget_gone();
        let asides = stage.show.asides(&step);
        let no_aside = Aside::default();
        stage.clients.retain(|client| {
            let aside = asides.get(&client.seat).unwrap_or(&no_aside);
            self.still_keeps_up(client, aside.around(&step.messages))
        });
        if step.cut {
            stage.cut();
        }
        step.messages.len()
    }
}

impl Stage {
    fn forget_gone(&mut self) {
        self.clients.retain(|client| client.socket.connected());
        if let Show::Practice(own) = &mut self.show {
            let there = |seat| self.clients.iter().any(|client| client.seat == seat);
            own.house.keep_seats(there);
        }
    }

    fn cut(&mut self) {
        for client in self.clients.drain(..) {
            client.cut();
        }
        self.forget_gone();
    }
}

impl Client {
    fn send(&self, message: &Message) -> Result<(), SendError> {
        self.socket.emit(&message.event, &Arguments(&message.args))
    }

    fn cut(&self) {
        if let Some(wire) = &self.wire {
            wire.cut();
        }
        // A polling client has other connections, too; its queue may be full, which does not matter any more.
        self.socket.clone().disconnect().ok();
    }
}

/// Several arguments of one event; as a sequence they would arrive as one array.
struct Arguments<'a>(&'a [Value]);

impl Serialize for Arguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        for argument in self.0 {
            tuple.serialize_element(argument)?;
        }
        tuple.end()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
