//! The practice table without its socket: the stream, the accounts, and what one connection gets of both.

use pianola::protocol::{Counts, Trace, decode};
use pianola::table::{
    Accounts, ConnectionId, Fault, FaultyStream, GameStep, GameStream, Message, Reply, StepKind,
};
use serde_json::{Value, json};

/// The connection of the player under test.
pub const CONNECTION: ConnectionId = 1;
pub const TRACE_ID: &str = "0123456789abcdef0123456789abcdef";

pub struct OfflineTable {
    pub stream: FaultyStream,
    pub accounts: Accounts,
    /// What could not be read of everything that was sent.
    pub counts: Counts,
}

impl OfflineTable {
    pub fn new(seed: u64, faults: &[Fault]) -> Self {
        Self {
            stream: FaultyStream::new(GameStream::seeded(seed), faults),
            accounts: Accounts::new(&seed.to_string(), faults),
            counts: Counts::default(),
        }
    }

    /// A table whose first game rugs at a tick as wanted, with a player on [`CONNECTION`].
    pub fn with_game(wanted: impl Fn(u32) -> bool, faults: &[Fault]) -> Self {
        let seed = (1..500)
            .find(|seed| first_rug(*seed).is_some_and(&wanted))
            .unwrap();
        let mut table = Self::new(seed, faults);
        table.login(CONNECTION, "one");
        table
    }

    pub fn login(&mut self, connection: ConnectionId, token: &str) -> Reply {
        self.handle(
            connection,
            "authenticate",
            &[trace(), json!({ "token": token })],
        )
    }

    pub fn handle(&mut self, connection: ConnectionId, event: &str, args: &[Value]) -> Reply {
        let market = self.stream.market();
        let answer = self.accounts.handle(connection, event, args, &market);
        self.read(answer.messages.iter().map(|(_, message)| message));
        answer
    }

    /// An order of [`CONNECTION`], with a trace.
    pub fn order(&mut self, event: &str, payload: Value) -> Reply {
        self.handle(CONNECTION, event, &[trace(), payload])
    }

    pub fn buy(&mut self, amount: f64) -> Reply {
        self.order("buyOrder", json!({ "amount": amount }))
    }

    pub fn sell(&mut self, percentage: f64) -> Reply {
        self.order("sellOrder", json!({ "percentage": percentage }))
    }

    pub fn bet(&mut self, amount: f64) -> Reply {
        self.order(
            "requestSidebet",
            json!({ "amount": amount, "coinAddress": pianola::protocol::SOL_ADDRESS, "xPayout": 5 }),
        )
    }

    /// Plays one step; returns it, and what [`CONNECTION`] gets.
    pub fn step(&mut self) -> (GameStep, Vec<Message>) {
        let step = self.stream.next_step();
        let private = self.accounts.apply_step(&step, &self.stream.market());
        let private = private
            .into_iter()
            .find(|(connection, _)| *connection == CONNECTION);
        let private = private.map(|(_, private)| private).unwrap_or_default();
        let received: Vec<_> = private.interleave(&step.messages).cloned().collect();
        self.read(&received);
        (step, received)
    }

    /// Plays up to a step, and returns what [`CONNECTION`] gets with it.
    pub fn until(&mut self, wanted: impl Fn(StepKind) -> bool) -> Vec<Message> {
        for _ in 0..50_000 {
            let (step, received) = self.step();
            if wanted(step.kind) {
                return received;
            }
        }
        panic!("no such step in 50,000");
    }

    pub fn until_tick(&mut self, wanted: u32) -> Vec<Message> {
        self.until(|mark| matches!(mark, StepKind::Tick { tick, .. } if tick == wanted))
    }

    /// Decodes messages, and counts what cannot be read.
    pub fn read<'a>(&mut self, messages: impl IntoIterator<Item = &'a Message>) {
        for message in messages {
            decode(&message.event, &message.args, &mut self.counts);
        }
    }

    pub fn player(&self) -> String {
        self.accounts.player_id(CONNECTION).unwrap().to_owned()
    }
}

/// The rug tick of the first game; `None` if it has no tick before.
fn first_rug(seed: u64) -> Option<u32> {
    let mut stream = FaultyStream::new(GameStream::seeded(seed), &[]);
    loop {
        match stream.next_step().kind {
            StepKind::Tick { rug_tick, .. } => return Some(rug_tick),
            StepKind::Rug => return None,
            _ => {}
        }
    }
}

pub fn trace() -> Value {
    Trace {
        trace_id: TRACE_ID.to_owned(),
        span_id: "1".repeat(16),
    }
    .to_json()
}

/// Whether a message was sent in the trace of [`trace`], with a span of its own.
pub fn is_in_the_trace(message: &Message) -> bool {
    let parent = message.args[0]["traceparent"].as_str().unwrap_or_default();
    message.args.len() == 2
        && parent.starts_with(&format!("00-{TRACE_ID}-"))
        && parent != trace()["traceparent"].as_str().unwrap()
}

/// The payload of a message.
pub fn payload(message: &Message) -> &Value {
    message.args.last().unwrap()
}

/// The names of the messages, without the samples of other players.
pub fn names(messages: &[Message]) -> Vec<&str> {
    let own = messages.iter().filter(|message| {
        message.event != "newSideBet"
            && (message.event != "standard/newTrade" || is_ours(payload(message)))
    });
    own.map(|message| message.event.as_str()).collect()
}

fn is_ours(payload: &Value) -> bool {
    let player = payload["playerId"].as_str().unwrap_or_default();
    player.starts_with("did:privy:practice-")
}

/// The payload of the first own message of a name.
pub fn first<'a>(messages: &'a [Message], event: &str) -> &'a Value {
    let mut own = messages.iter().filter(|message| message.event == event);
    let found = own.find(|message| event != "standard/newTrade" || is_ours(payload(message)));
    payload(found.unwrap_or_else(|| panic!("no {event}")))
}

/// The payload of the last message of a name.
pub fn last<'a>(messages: &'a [Message], event: &str) -> &'a Value {
    let found = messages.iter().rev().find(|message| message.event == event);
    payload(found.unwrap_or_else(|| panic!("no {event}")))
}

/// The messages of an answer, all of them for [`CONNECTION`].
pub fn messages_of(answer: &Reply) -> Vec<Message> {
    assert!(
        answer
            .messages
            .iter()
            .all(|(connection, _)| *connection == CONNECTION)
    );
    answer
        .messages
        .iter()
        .map(|(_, message)| message.clone())
        .collect()
}

pub fn keys(value: &Value) -> Vec<&str> {
    value
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect()
}

/// Fails if a message was unknown or malformed.
pub fn assert_all_read(table: &OfflineTable) {
    assert_eq!(table.counts, Counts::default());
}

pub fn f(value: &Value) -> f64 {
    value.as_f64().unwrap()
}
