//! One line of a capture: what `table --capture` reads. All arguments of an event are in it, in their order and with
//! the digits of the wire.
//!
//! `ts`, `event` and `data` are in every line; `trace`, `dir` and `ack_id` where there is something to say. Events whose
//! arguments are not just a payload, with or without a trace before it, have them in `args`. Lines that tell of the
//! capture itself have names in round brackets; a server's event with such a name (or none) has `"dir":"received"`.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

/// Something that happened on the connection.
#[derive(Debug)]
pub(super) struct Piece {
    pub at: DateTime<Utc>,
    /// About how much memory it takes while it waits.
    pub weight: usize,
    /// Pieces that are missing before this one.
    pub lost_before: u64,
    pub what: What,
}

#[derive(Debug)]
pub(super) enum What {
    /// The server has agreed.
    Up,
    /// The server sent an event.
    Event { name: String, args: Vec<Value> },
    /// The server sent an event with binary content.
    Binary { name: String },
    /// We sent an event. The number of its answer is our own: the library keeps that of the wire to itself.
    Sent {
        name: String,
        args: Vec<Value>,
        ack: Option<u64>,
    },
    /// The server answered.
    Answer { ack: u64, args: Vec<Value> },
    /// The connection is over: what follows is a gap.
    Down { why: String },
}

/// Returns the first line of a file. A file may begin in the middle of a connection.
pub(super) fn header(at: DateTime<Utc>, part: u32, connected: bool) -> Vec<u8> {
    let app = concat!("pianola/", env!("CARGO_PKG_VERSION"));
    let data = json!({ "app": app, "file": part, "connected": connected });
    text(at, "(capture)", [("data", data)])
}

/// Returns the line that stands for pieces that are missing.
pub(super) fn lost(at: DateTime<Utc>, pieces: u64) -> Vec<u8> {
    text(at, "(lost)", [("data", json!({ "events": pieces }))])
}

/// Returns the line of a piece.
pub(super) fn line(at: DateTime<Utc>, what: What) -> Vec<u8> {
    match what {
        What::Up => text(at, "connect", [("data", Value::Null)]),
        What::Down { why } => text(at, "(down)", [("data", json!({ "why": why }))]),
        What::Binary { name } => text(at, "(binary)", [("data", json!({ "event": name }))]),
        What::Event { name, args } => {
            let mut more = Map::new();
            if name.is_empty() || is_note(&name) {
                more.insert("dir".to_owned(), json!("received"));
            }
            with_args(at, &name, more, args)
        }
        What::Sent { name, args, ack } => {
            let mut more = Map::new();
            more.insert("dir".to_owned(), json!("sent"));
            if let Some(ack) = ack {
                more.insert("ack_id".to_owned(), ack.into());
            }
            with_args(at, &name, more, args)
        }
        What::Answer { ack, args } => {
            let mut more = Map::new();
            more.insert("ack_id".to_owned(), ack.into());
            // An answer without arguments is `null`; one whose argument is `null` has to say so.
            let args = if args.is_empty() {
                vec![Value::Null]
            } else if args == [Value::Null] {
                return listed(at, "(ack)", more, args);
            } else {
                args
            };
            with_args(at, "(ack)", more, args)
        }
    }
}

/// Whether a reader takes a line of this name for no event of the server, unless it says so.
fn is_note(name: &str) -> bool {
    name == "connect" || name.starts_with('(') && name.ends_with(')')
}

/// Whether an argument is the tracing object that the server and its page put before a payload.
pub(crate) fn is_trace(arg: &Value) -> bool {
    arg.get("__trace").is_some()
}

fn with_args(
    at: DateTime<Utc>,
    name: &str,
    mut more: Map<String, Value>,
    mut args: Vec<Value>,
) -> Vec<u8> {
    let fits = match args.as_slice() {
        [_] => true,
        [trace, _] => is_trace(trace),
        _ => false,
    };
    if !fits {
        return listed(at, name, more, args);
    }
    let data = args.pop().unwrap_or_default();
    if let Some(trace) = args.pop() {
        more.insert("trace".to_owned(), trace);
    }
    more.insert("data".to_owned(), data);
    text(at, name, more)
}

fn listed(
    at: DateTime<Utc>,
    name: &str,
    mut more: Map<String, Value>,
    args: Vec<Value>,
) -> Vec<u8> {
    more.insert("data".to_owned(), Value::Null);
    more.insert("args".to_owned(), Value::Array(args));
    let line = text(at, name, more.clone());
    if serde_json::from_slice::<Value>(&line).is_ok() {
        return line;
    }
    // They are nested so deep that one level more is not read any more: then as the text that they were.
    let args = json_text(more.get("args"));
    more.insert("args".to_owned(), Value::String(args));
    text(at, name, more)
}

fn json_text(value: Option<&Value>) -> String {
    value.map_or_else(String::new, ToString::to_string)
}

fn text<K: Into<String>>(
    at: DateTime<Utc>,
    name: &str,
    more: impl IntoIterator<Item = (K, Value)>,
) -> Vec<u8> {
    let mut line = Map::new();
    let ts = at.to_rfc3339_opts(SecondsFormat::Micros, true);
    line.insert("ts".to_owned(), ts.into());
    line.insert("event".to_owned(), name.into());
    line.extend(more.into_iter().map(|(key, value)| (key.into(), value)));
    let mut line = Value::Object(line).to_string().into_bytes();
    line.push(b'\n');
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(what: What) -> String {
        let at = "2026-11-22T15:00:00.1234567Z".parse().expect("a time");
        String::from_utf8(line(at, what)).expect("text")
    }

    fn event(name: &str, args: &str) -> String {
        let args = serde_json::from_str(args).expect("arguments");
        let name = name.to_owned();
        let line = of(What::Event { name, args });
        let front = r#"{"ts":"2026-11-22T15:00:00.123456Z","event":"#;
        line.strip_prefix(front).expect("time and name").to_owned()
    }

    #[test]
    fn an_event_keeps_its_arguments_and_their_digits() {
        for (name, args, expected) in [
            ("a", r#"[{"p":1.50}]"#, r#""a","data":{"p":1.50}}"#),
            (
                "a",
                r#"[{"__trace":true},1e-7]"#,
                r#""a","trace":{"__trace":true},"data":1e-7}"#,
            ),
            ("a", "[]", r#""a","data":null,"args":[]}"#),
            ("a", "[{},1]", r#""a","data":null,"args":[{},1]}"#),
            ("connect", "[1]", r#""connect","dir":"received","data":1}"#),
            ("(x)", "[1]", r#""(x)","dir":"received","data":1}"#),
            ("", "[1]", r#""","dir":"received","data":1}"#),
        ] {
            assert_eq!(event(name, args).trim_end(), expected);
        }
    }

    #[test]
    fn requests_and_answers_stand_together() {
        let sent = of(What::Sent {
            name: "buyOrder".to_owned(),
            args: vec![json!({"__trace": true}), json!({"amount": 1})],
            ack: Some(3),
        });
        assert!(sent.contains(r#""event":"buyOrder","dir":"sent","ack_id":3,"trace":{"#));
        let answer = |args: Vec<Value>| of(What::Answer { ack: 3, args });
        assert!(
            answer(vec![json!({"success": true})])
                .contains(r#""event":"(ack)","ack_id":3,"data":{"success":true}}"#)
        );
        assert!(answer(Vec::new()).ends_with("\"data\":null}\n"));
        assert!(answer(vec![Value::Null]).ends_with("\"args\":[null]}\n"));
    }

    #[test]
    fn arguments_that_are_nested_too_deep_are_kept_as_text() {
        // As deep as the wire's own parser reads them: the list of name and arguments is the first level.
        let deep = format!("[\"x\",1,{}{}]", "[".repeat(126), "]".repeat(126));
        let mut all: Vec<Value> = serde_json::from_str(&deep).expect("read from the wire");
        all.remove(0);
        let (name, args) = ("x".to_owned(), all.clone());
        let line: Value = serde_json::from_str(&of(What::Event { name, args })).expect("read");
        let text = line["args"].as_str().expect("a text");
        assert_eq!(serde_json::from_str::<Vec<Value>>(text).expect("read"), all);
    }
}
