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
pub struct Malice {
    /// The player's name; `None`: the name the table gives.
    pub username: Option<String>,
    /// Known secrets that are repeated; what a client logs in with is repeated, too.
    pub secrets: Vec<String>,
    /// Ways in which the first connections end.
    pub ends: Vec<Bad>,
    /// Orders are refused with words that repeat the secrets.
    pub refuses_orders: bool,
}

/// How a connection ends badly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bad {
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
    told: Arc<Told>,
}

#[derive(Default)]
struct Told {
    tokens: Mutex<Vec<String>>,
    sockets: AtomicUsize,
    refused_orders: AtomicUsize,
}

impl HostileTable {
    pub fn start(malice: Malice) -> Self {
        let told = Arc::new(Told::default());
        let ours = told.clone();
        let server = BadServer::start(move |guest| serve(guest, &malice, &ours));
        Self { server, told }
    }

    /// The tokens of the logins.
    pub fn tokens(&self) -> Vec<String> {
        self.told.tokens.lock().unwrap().clone()
    }

    pub fn refused_orders(&self) -> usize {
        self.told.refused_orders.load(Ordering::SeqCst)
    }
}

fn serve(guest: ServerConnection, malice: &Malice, told: &Told) {
    if guest.first_line().contains(" /pianola") {
        let text = r#"{"pianola":"0.1.0","orders":true}"#;
        let length = text.len();
        return guest.answer_http(&format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}"
        ));
    }
    let number = told.sockets.fetch_add(1, Ordering::SeqCst);
    let end = malice.ends.get(number).copied();
    let mut evil = Evil {
        malice,
        told,
        seat: number as u64 + 1,
        own_name: None,
        accounts: Accounts::new("evil", &[]),
    };
    let words = evil.secrets().join(" or ");
    match end {
        Some(Bad::Http) => guest.answer_http(&format!(
            "HTTP/1.1 403 {words}\r\nx-said: {words}\r\ncontent-length: {}\r\n\r\n{words}",
            words.len()
        )),
        Some(Bad::Refused) => {
            let Some(mut socket) = guest.websocket() else {
                return;
            };
            let refusal = json!({ "message": format!("no seat for {words}") });
            let ready = socket
                .say(bad_server::OPEN)
                .and_then(|()| socket.until(|text| text.starts_with("40")))
                .and_then(|_| socket.say(&format!("44{refusal}")));
            if ready.is_some() {
                socket.listen();
            }
        }
        _ => {
            if let Some(mut socket) = guest.welcome() {
                evil.play(&mut socket, end);
                if end == Some(Bad::Panic) {
                    // In place of the attachment.
                    socket.close_frame();
                }
            }
        }
    }
}

struct Evil<'a> {
    malice: &'a Malice,
    told: &'a Told,
    seat: u64,
    own_name: Option<String>,
    accounts: Accounts,
}

impl Evil<'_> {
    fn secrets(&self) -> Vec<String> {
        let tokens = self.told.tokens.lock().unwrap();
        self.malice
            .secrets
            .iter()
            .chain(&*tokens)
            .cloned()
            .collect()
    }

    /// Plays until the other side goes; a connection that ends badly does so in the first game.
    fn play(&mut self, socket: &mut Socket, end: Option<Bad>) -> Option<()> {
        let mut stream = FaultyStream::new(GameStream::seeded(SEED), &[]);
        self.say(socket, &stream.greeting())?;
        // A client logs in at once; what is repeated to it begins with that.
        for _ in 0..60 {
            self.hear(socket, &stream)?;
        }
        for number in 0.. {
            let step = stream.next_step();
            let scene = stream.market();
            let asides = self.accounts.apply_step(&step, &scene);
            let messages: Vec<Message> = match asides.get(&self.seat) {
                Some(aside) => aside.interleave(&step.messages).cloned().collect(),
                None => step.messages.clone(),
            };
            self.say(socket, &messages)?;
            if matches!(
                step.kind,
                StepKind::Tick { tick: 2 | 9, .. } | StepKind::Countdown(12_000)
            ) {
                self.repeat(socket, scene.game.as_str())?;
            }
            if number == 12 {
                let words = self.secrets().join(" or ");
                match end {
                    Some(Bad::Error) => {
                        socket.event(
                            &json!(["error", format!("Got an IO-Error: {words}")]).to_string(),
                        )?;
                        socket.listen();
                        return None;
                    }
                    Some(Bad::Panic) => {
                        socket.say(r#"451-["picture",{"_placeholder":true,"num":0}]"#)?;
                        return None;
                    }
                    _ => {}
                }
            }
            // Each look takes some milliseconds; this is slow enough for a client that sends something.
            if number % 3 == 0 {
                self.hear(socket, &stream)?;
            }
        }
        None
    }

    fn say(&self, socket: &mut Socket, messages: &[Message]) -> Option<()> {
        for message in messages {
            let mut frame = vec![Value::String(message.event.clone())];
            frame.extend(message.args.iter().cloned());
            if let (Some(own), Some(name)) = (&self.own_name, &self.malice.username) {
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
    fn hear(&mut self, socket: &mut Socket, stream: &FaultyStream) -> Option<()> {
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
                let mut all = self.told.tokens.lock().unwrap();
                all.extend(tokens.map(str::to_owned));
                all.sort();
                all.dedup();
            } else if self.malice.refuses_orders && !id.is_empty() {
                self.told.refused_orders.fetch_add(1, Ordering::SeqCst);
                let words = self.secrets().join(" or ");
                let answer = json!([{ "success": false, "message": format!("{words} is broke") }]);
                socket.say(&format!("43{id}{answer}"))?;
                continue;
            }
            let answer = self
                .accounts
                .handle(self.seat, &name, &args, &stream.market());
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
