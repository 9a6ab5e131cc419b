//! A server that passes for a practice table, plays true games, and repeats whatever it was sent wherever it can: in
//! names, keys, texts, answers, refusals and errors. It also gives its player any name.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use pianola::table::{Accounts, FaultyStream, GameStream, Message, StepKind};
use serde_json::{Value, json};

use crate::support::bad_server::{self, BadServer, ServerConnection, Socket};

const SEED: u64 = 21;

/// What it does to its clients.
#[derive(Clone, Default)]
pub struct Behaviour {
    /// The player's name; `None`: the name the table gives.
    pub username: Option<String>,
    /// Known secrets that are repeated; what a client logs in with is repeated, too.
    pub secrets: Vec<String>,
    /// Ways in which the first connections end.
    pub ends: Vec<BadEnd>,
    /// Orders are refused with words that repeat the secrets.
    pub refuses_orders: bool,
}

/// How a connection ends badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadEnd {
    /// The namespace is refused, with words.
    Refused,
    /// An HTTP answer instead of a WebSocket.
    Http,
    /// An error of the library's own, some messages after the login.
    Error,
    /// A frame that makes the library panic.
    Panic,
}

pub struct HostileTable {
    pub server: BadServer,
    observed: Arc<Observed>,
}

#[derive(Default)]
struct Observed {
    tokens: Mutex<Vec<String>>,
    sockets: AtomicUsize,
    refused_orders: AtomicUsize,
}

impl HostileTable {
    pub fn start(behaviour: Behaviour) -> Self {
        let observed = Arc::new(Observed::default());
        let for_server = observed.clone();
        let server = BadServer::start(move |connection| serve(connection, &behaviour, &for_server));
        Self { server, observed }
    }

    /// The tokens of the logins.
    pub fn tokens(&self) -> Vec<String> {
        self.observed.tokens.lock().unwrap().clone()
    }

    pub fn refused_orders(&self) -> usize {
        self.observed.refused_orders.load(Ordering::SeqCst)
    }
}

fn serve(connection: ServerConnection, behaviour: &Behaviour, observed: &Observed) {
    if connection.first_line().contains(" /pianola") {
        let text = r#"{"pianola":"0.1.0","orders":true}"#;
        let length = text.len();
        return connection.answer_http(&format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
        ));
    }
    let number = observed.sockets.fetch_add(1, Ordering::SeqCst);
    let end = behaviour.ends.get(number).copied();
    let mut hostile = HostileConnection {
        behaviour,
        observed,
        connection: number as u64 + 1,
        own_name: None,
        accounts: Accounts::new("evil", &[]),
    };
    let words = hostile.secrets().join(" or ");
    match end {
        Some(BadEnd::Http) => connection.answer_http(&format!(
            "HTTP/1.1 403 {words}\r\nx-said: {words}\r\ncontent-length: {}\r\n\r\n{words}",
            words.len()
        )),
        Some(BadEnd::Refused) => {
            let Some(mut socket) = connection.websocket() else {
                return;
            };
            let refusal = json!({ "message": format!("no room for {words}") });
            let ready = socket
                .say(bad_server::OPEN)
                .and_then(|()| socket.until(|text| text.starts_with("40")))
                .and_then(|_| socket.say(&format!("44{refusal}")));
            if ready.is_some() {
                socket.listen();
            }
        }
        _ => {
            if let Some(mut socket) = connection.welcome() {
                hostile.play(&mut socket, end);
                if end == Some(BadEnd::Panic) {
                    // In place of the attachment.
                    socket.close_frame();
                }
            }
        }
    }
}

struct HostileConnection<'a> {
    behaviour: &'a Behaviour,
    observed: &'a Observed,
    connection: u64,
    own_name: Option<String>,
    accounts: Accounts,
}

impl HostileConnection<'_> {
    fn secrets(&self) -> Vec<String> {
        let tokens = self.observed.tokens.lock().unwrap();
        self.behaviour
            .secrets
            .iter()
            .chain(&*tokens)
            .cloned()
            .collect()
    }

    /// Plays until the other side goes; a connection that ends badly does so in the first game.
    fn play(&mut self, socket: &mut Socket, end: Option<BadEnd>) -> Option<()> {
        let mut stream = FaultyStream::new(GameStream::seeded(SEED), &[]);
        self.say(socket, &stream.greeting())?;
        // A client logs in at once; what is repeated to it begins with that.
        for _ in 0..60 {
            self.read_requests(socket, &stream)?;
        }
        for number in 0.. {
            let step = stream.next_step();
            let market = stream.market();
            let private = self.accounts.apply_step(&step, &market);
            let messages: Vec<Message> = match private.get(&self.connection) {
                Some(private) => private.interleave(&step.messages).cloned().collect(),
                None => step.messages.clone(),
            };
            self.say(socket, &messages)?;
            if matches!(
                step.kind,
                StepKind::Tick { tick: 2 | 9, .. } | StepKind::Countdown(12_000)
            ) {
                self.repeat(socket, market.game.as_str())?;
            }
            if number == 12 {
                let words = self.secrets().join(" or ");
                match end {
                    Some(BadEnd::Error) => {
                        socket.event(
                            &json!(["error", format!("Got an IO-Error: {words}")]).to_string(),
                        )?;
                        socket.listen();
                        return None;
                    }
                    Some(BadEnd::Panic) => {
                        socket.say(r#"451-["picture",{"_placeholder":true,"num":0}]"#)?;
                        return None;
                    }
                    _ => {}
                }
            }
            // Each look takes some milliseconds; this is slow enough for a client that sends something.
            if number % 3 == 0 {
                self.read_requests(socket, &stream)?;
            }
        }
        None
    }

    fn say(&self, socket: &mut Socket, messages: &[Message]) -> Option<()> {
        for message in messages {
            let mut frame = vec![Value::String(message.event.clone())];
            frame.extend(message.args.iter().cloned());
            if let (Some(own), Some(name)) = (&self.own_name, &self.behaviour.username) {
                for value in &mut frame {
                    rename(value, own, name);
                }
            }
            socket.event(&serde_json::to_string(&frame).unwrap())?;
        }
        Some(())
    }

    /// Sends the secrets in every possible place.
    fn repeat(&self, socket: &mut Socket, game: &str) -> Option<()> {
        for secret in self.secrets() {
            for event in [
                json!([&secret, 1]),
                json!(["newChatMessage", {"text": &secret, &secret: &secret, "in": [[&secret]]}]),
                json!(["gameStateUpdate", {"gameId": game, &secret: 1}]),
                json!(["gameStateUpdate", {"gameId": format!("20260101-{secret}"), "active": true, "rugged": false,
                    "price": 1.01, "tickCount": 3}]),
                json!(["gameStateUpdate", {"gameId": [&secret]}]),
                json!(["usernameStatus", {"id": &secret, "hasUsername": true, "username": &secret}]),
                json!(["error", {"message": &secret}]),
                json!([&secret]),
            ] {
                // Another player's name ends a session, so only clients without a login get it.
                if event[0] != "usernameStatus" || self.own_name.is_none() {
                    socket.event(&event.to_string())?;
                }
            }
        }
        Some(())
    }

    /// Reads what the client sends for a moment.
    fn read_requests(&mut self, socket: &mut Socket, stream: &FaultyStream) -> Option<()> {
        while let Some(text) = socket.look().ok()? {
            let Some(rest) = text.strip_prefix("42") else {
                continue;
            };
            let list = rest.find('[')?;
            let id = &rest[..list];
            let mut args: Vec<Value> = serde_json::from_str(&rest[list..]).ok()?;
            let name = args.remove(0).as_str()?.to_owned();
            if name == "authenticate" {
                let tokens = args.iter().filter_map(|arg| arg["token"].as_str());
                let mut all = self.observed.tokens.lock().unwrap();
                all.extend(tokens.map(str::to_owned));
                all.sort();
                all.dedup();
            } else if self.behaviour.refuses_orders && !id.is_empty() {
                self.observed.refused_orders.fetch_add(1, Ordering::SeqCst);
                let words = self.secrets().join(" or ");
                let answer = json!([{ "success": false, "message": format!("{words} is broke") }]);
                socket.say(&format!("43{id}{answer}"))?;
                continue;
            }
            let answer = self
                .accounts
                .handle(self.connection, &name, &args, &stream.market());
            let messages: Vec<_> = answer
                .messages
                .into_iter()
                .map(|(_, message)| message)
                .collect();
            if let Some(status) = messages.iter().find(|m| m.event == "usernameStatus") {
                let own = status.args.last()?["username"].as_str()?;
                self.own_name = Some(own.to_owned());
            }
            self.say(socket, &messages)?;
            for ack in answer.acks.iter().filter(|_| !id.is_empty()) {
                socket.say(&format!("43{id}[{ack}]"))?;
            }
        }
        Some(())
    }
}

fn rename(value: &mut Value, own: &str, name: &str) {
    match value {
        Value::String(text) if text == own => name.clone_into(text),
        Value::Array(items) => {
            for item in items {
                rename(item, own, name);
            }
        }
        Value::Object(fields) => {
            for value in fields.values_mut() {
                rename(value, own, name);
            }
        }
        _ => {}
    }
}
