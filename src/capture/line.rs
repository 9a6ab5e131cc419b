//! Formats the lines of a capture. A line holds all arguments of an event, in order and with the digits of the wire.
//!
//! Every line has `ts`, `event` and `data`; `trace`, `dir` and `ack_id` where they apply. Arguments other than a payload,
//! with or without a trace before it, are in `args`. Lines about the capture itself have names in round brackets; a
//! server's event with such a name (or with none) has `"dir":"received"`.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};

use crate::protocol::is_trace;

/// One event of the connection on its way to the disk.
#[derive(Debug)]
pub(super) struct CaptureRecord {
    pub at: DateTime<Utc>,
    /// Approximate memory while it waits, in bytes.
    pub bytes: usize,
    /// Records that are missing before this one.
    pub lost_before: u64,
    pub event: CaptureEvent,
}

/// An event of the connection.
#[derive(Debug)]
pub(super) enum CaptureEvent {
    /// The server has accepted the connection.
    Up,
    /// The server sent an event.
    Event { name: String, args: Vec<Value> },
    /// The server sent an event with binary content.
    Binary { name: String },
    /// We sent an event. The number of its answer is our own, because the library hides that of the wire.
    Sent {
        name: String,
        args: Vec<Value>,
        ack: Option<u64>,
    },
    /// The server answered.
    Answer { ack: u64, args: Vec<Value> },
    /// The connection ended; a gap follows.
    Down { why: String },
}

/// Returns the first line of a file. A file may begin in the middle of a connection. `origin` is the source, as game files
/// state it.
pub(super) fn header(at: DateTime<Utc>, part: u32, connected: bool, origin: &str) -> Vec<u8> {
    let app = concat!("pianola/", env!("CARGO_PKG_VERSION"));
    let data = json!({ "app": app, "file": part, "connected": connected, "origin": origin });
    text(at, "(capture)", [("data", data)])
}

/// Returns the line for missing records.
pub(super) fn lost(at: DateTime<Utc>, records: u64) -> Vec<u8> {
    text(at, "(lost)", [("data", json!({ "events": records }))])
}

/// Returns the line of an event.
pub(super) fn line(at: DateTime<Utc>, event: CaptureEvent) -> Vec<u8> {
    match event {
        CaptureEvent::Up => text(at, "connect", [("data", Value::Null)]),
        CaptureEvent::Down { why } => text(at, "(down)", [("data", json!({ "why": why }))]),
        CaptureEvent::Binary { name } => text(at, "(binary)", [("data", json!({ "event": name }))]),
        CaptureEvent::Event { name, args } => {
            let mut more = Map::new();
            if name.is_empty() || is_note(&name) {
                more.insert("dir".to_owned(), json!("received"));
            }
            with_args(at, &name, more, args)
        }
        CaptureEvent::Sent { name, args, ack } => {
            let mut more = Map::new();
            more.insert("dir".to_owned(), json!("sent"));
            if let Some(ack) = ack {
                more.insert("ack_id".to_owned(), ack.into());
            }
            with_args(at, &name, more, args)
        }
        CaptureEvent::Answer { ack, args } => {
            let mut more = Map::new();
            more.insert("ack_id".to_owned(), ack.into());
            // `null` means an answer without arguments; an answer with the argument `null` needs `args`.
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

/// Whether a line of this name is about the capture or the connection, unless it has `dir`.
pub(super) fn is_note(name: &str) -> bool {
    name == "connect" || name.starts_with('(') && name.ends_with(')')
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
    // Nested so deeply that the parser rejects one more level: write them as a text.
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

    fn of(event: CaptureEvent) -> String {
        let at = "2026-11-22T15:00:00.1234567Z".parse().expect("a time");
        String::from_utf8(line(at, event)).expect("text")
    }

    fn event(name: &str, args: &str) -> String {
        let args = serde_json::from_str(args).expect("arguments");
        let name = name.to_owned();
        let line = of(CaptureEvent::Event { name, args });
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
    fn requests_and_answers_share_their_number() {
        let sent = of(CaptureEvent::Sent {
            name: "buyOrder".to_owned(),
            args: vec![json!({"__trace": true}), json!({"amount": 1})],
            ack: Some(3),
        });
        assert!(sent.contains(r#""event":"buyOrder","dir":"sent","ack_id":3,"trace":{"#));
        let answer = |args: Vec<Value>| of(CaptureEvent::Answer { ack: 3, args });
        assert!(
            answer(vec![json!({"success": true})])
                .contains(r#""event":"(ack)","ack_id":3,"data":{"success":true}}"#)
        );
        assert!(answer(Vec::new()).ends_with("\"data\":null}\n"));
        assert!(answer(vec![Value::Null]).ends_with("\"args\":[null]}\n"));
    }

    #[test]
    fn deeply_nested_arguments_are_kept_as_text() {
        // As deep as the parser of the wire accepts: the list of name and arguments is the first level.
        let deep = format!("[\"x\",1,{}{}]", "[".repeat(126), "]".repeat(126));
        let mut all: Vec<Value> = serde_json::from_str(&deep).expect("read from the wire");
        all.remove(0);
        let (name, args) = ("x".to_owned(), all.clone());
        let line: Value =
            serde_json::from_str(&of(CaptureEvent::Event { name, args })).expect("read");
        let text = line["args"].as_str().expect("a text");
        assert_eq!(serde_json::from_str::<Vec<Value>>(text).expect("read"), all);
    }
}
