//! Reads capture files. A whole file is checked before anything is played.

use std::io::BufReader;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use serde_json::{Map, Value};

use super::line::is_note;
use crate::open_file::{MAX_BYTES, OpenError, open_regular, read_line};
use crate::paths;
use crate::protocol::pace::is_control_event;

/// The highest Unix time in milliseconds, in the year 2286.
const MAX_TS_MILLIS: f64 = 1e13;

/// Why a capture cannot be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// The file cannot be read.
    #[error("cannot read the capture {}: {why}; {}", paths::text(path), why.advice())]
    Read {
        /// The file.
        path: PathBuf,
        /// The reason.
        why: OpenError,
    },
    /// A line is damaged.
    #[error("{}, line {line}: {problem}", paths::text(path))]
    Line {
        /// The file.
        path: PathBuf,
        /// The line number, from 1.
        line: usize,
        /// The problem.
        problem: String,
    },
    /// No line is an event of the server.
    #[error("{} holds no event that a server sends", paths::text(path))]
    Empty {
        /// The file.
        path: PathBuf,
    },
}

/// An event of the server in a capture.
#[derive(Debug, Clone, PartialEq)]
pub struct CaptureLine {
    /// Its time in Unix microseconds, if the line has one.
    pub ts_micros: Option<i64>,
    /// The event's name.
    pub event: String,
    /// Its arguments, with the digits of the wire.
    pub args: Vec<Value>,
}

/// The events of the server in a capture.
#[derive(Debug, Clone)]
pub struct CaptureLines {
    /// The events, in order; at least one.
    pub lines: Vec<CaptureLine>,
    /// The number of an incomplete last line, from 1.
    pub unfinished: Option<usize>,
}

/// Reads and checks a whole file of any length, line by line. An incomplete last line is skipped: the program that wrote
/// it was killed.
///
/// # Errors
/// [`CaptureError`]; only regular files with lines of at most 64 MiB are read.
pub fn read_file(path: &Path) -> Result<CaptureLines, CaptureError> {
    let cannot_read = |why| CaptureError::Read {
        path: path.to_owned(),
        why,
    };
    let mut source = BufReader::new(open_regular(path).map_err(cannot_read)?);
    let (mut lines, mut line) = (Vec::new(), Vec::new());
    let mut unfinished = None;
    for number in 1.. {
        if !read_line(&mut source, MAX_BYTES, &mut line).map_err(cannot_read)? {
            break;
        }
        let is_whole = line.last() == Some(&b'\n');
        if line.trim_ascii().is_empty() {
            continue;
        }
        match parse_line(line.trim_ascii()) {
            Ok(line) => lines.extend(line),
            Err(problem) if !is_whole && !lines.is_empty() => {
                unfinished = Some(number);
                let file = paths::text(path);
                tracing::warn!(
                    "{file}, line {number}: the last line is not whole, everything before it is played ({problem})"
                );
            }
            Err(problem) => {
                return Err(CaptureError::Line {
                    path: path.to_owned(),
                    line: number,
                    problem,
                });
            }
        }
    }
    if lines.is_empty() {
        return Err(CaptureError::Empty {
            path: path.to_owned(),
        });
    }
    Ok(CaptureLines { lines, unfinished })
}

/// Reads one line; `Ok(None)` is a valid line that is no event of the server.
pub(crate) fn parse_line(bytes: &[u8]) -> Result<Option<CaptureLine>, String> {
    let line: Value = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
    let Value::Object(mut line) = line else {
        return Err("not a JSON object".to_owned());
    };
    let Some(Value::String(event)) = line.remove("event") else {
        return Err("`event` is missing or not a text".to_owned());
    };
    let ts_micros = read_ts(line.get("ts").unwrap_or(&Value::Null))?;
    let is_received = match line.get("dir") {
        None | Some(Value::Null) => None,
        Some(Value::String(dir)) if dir == "sent" => Some(false),
        Some(Value::String(dir)) if dir == "received" => Some(true),
        Some(other) => {
            return Err(format!(
                "`dir` is neither \"sent\" nor \"received\": {other}"
            ));
        }
    };
    let args = read_args(&mut line)?;
    let is_event = match is_received {
        Some(is_received) => is_received,
        None if event.is_empty() => return Err("`event` is empty".to_owned()),
        None => !is_note(&event),
    };
    // A table sends control events about itself. From a capture, which another table plays, they would be false.
    if !is_event || is_control_event(&event) {
        return Ok(None);
    }
    Ok(Some(CaptureLine {
        ts_micros,
        event,
        args,
    }))
}

/// Reads the arguments: `args` if present, else the trace and the payload.
fn read_args(line: &mut Map<String, Value>) -> Result<Vec<Value>, String> {
    let lost = match line.get("payload_lost") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(lost)) => *lost,
        Some(other) => return Err(format!("`payload_lost` is neither true nor false: {other}")),
    };
    match line.remove("args") {
        None | Some(Value::Null) => {}
        Some(Value::Array(args)) => return Ok(args),
        // Nested too deeply to be parsed inside a line.
        Some(Value::String(text)) => {
            return serde_json::from_str(&text)
                .map_err(|error| format!("`args` is not the text of a list: {error}"));
        }
        Some(_) => return Err("`args` is not a list".to_owned()),
    }
    let mut args = Vec::new();
    match line.remove("trace") {
        None | Some(Value::Null) => {}
        Some(trace @ Value::Object(_)) => args.push(trace),
        Some(_) => return Err("`trace` is not an object".to_owned()),
    }
    if !lost {
        let Some(data) = line.remove("data") else {
            return Err("`data` is missing".to_owned());
        };
        args.push(data);
    }
    Ok(args)
}

/// Reads a time as Unix microseconds.
fn read_ts(ts: &Value) -> Result<Option<i64>, String> {
    let bad = || {
        format!(
            "`ts` is neither a time (ISO 8601 with offset, or Unix milliseconds) nor null: {ts}"
        )
    };
    match ts {
        Value::Null => Ok(None),
        Value::String(text) => DateTime::parse_from_rfc3339(text)
            .map(|at| Some(at.timestamp_micros()))
            .map_err(|error| format!("{} ({error})", bad())),
        Value::Number(number) => {
            let millis = number
                .as_f64()
                .filter(|ms| (0.0..=MAX_TS_MILLIS).contains(ms));
            #[allow(
                clippy::cast_possible_truncation,
                reason = "within 0..=1e16 by the filter"
            )]
            millis.map(|ms| Some((ms * 1_000.0) as i64)).ok_or_else(bad)
        }
        _ => Err(bad()),
    }
}

/// Returns the parser's message with the column only: its line number is that of the JSON text, not of the file.
fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("not JSON: {what} at column {}", error.column())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(text: &str) -> Result<Option<CaptureLine>, String> {
        parse_line(text.as_bytes())
    }

    #[test]
    fn what_a_table_says_of_itself_is_not_played() {
        let announcement = r#"{"event": "pianola/table", "ts": 1, "data": {"speed": 1000}}"#;
        assert_eq!(line(announcement), Ok(None));
        let received = announcement.replace(r#""ts""#, r#""dir": "received", "ts""#);
        assert_eq!(line(&received), Ok(None));
    }

    #[test]
    fn times_are_read_in_each_form() {
        for (ts, micros) in [
            ("null", None),
            ("1000", Some(1_000_000)),
            ("1.5", Some(1_500)),
            (r#""1970-01-01T01:00:00.000002+01:00""#, Some(2)),
        ] {
            assert_eq!(
                read_ts(&serde_json::from_str(ts).expect("JSON")),
                Ok(micros),
                "{ts}"
            );
        }
    }

    #[test]
    fn lines_that_are_no_event_of_the_server_are_skipped() {
        for text in [
            r#"{"event":"connect","data":null}"#,
            r#"{"event":"(ack)","data":null,"ack_id":3}"#,
            r#"{"event":"ping","data":{},"dir":"sent"}"#,
            r#"{"event":"(down)","data":{"why":"x"}}"#,
            r#"{"event":"(ack)","data":null,"args":[null],"ack_id":3}"#,
        ] {
            assert_eq!(line(text), Ok(None), "{text}");
        }
    }

    #[test]
    fn an_event_of_the_server_keeps_exactly_its_arguments() {
        for (text, event, args) in [
            (
                r#"{"event":"connect","dir":"received","data":1}"#,
                "connect",
                "[1]",
            ),
            (r#"{"event":"","dir":"received","data":1}"#, "", "[1]"),
            (r#"{"event":"x","data":null,"args":[]}"#, "x", "[]"),
            (r#"{"event":"x","args":[{},1.50]}"#, "x", "[{},1.50]"),
            (r#"{"event":"x","args":"[[1]]"}"#, "x", "[[1]]"),
        ] {
            let line = line(text).expect(text).expect(text);
            let args_text = serde_json::to_string(&line.args).expect("JSON");
            assert_eq!((line.event.as_str(), args_text.as_str()), (event, args));
        }
    }

    #[test]
    fn damaged_lines_are_refused_with_a_reason() {
        for (text, words) in [
            ("{\"event\":\"x\",\"da", "not JSON"),
            ("[1]", "not a JSON object"),
            (r#"{"data":1}"#, "`event` is missing"),
            (r#"{"event":"","data":1}"#, "`event` is empty"),
            (r#"{"event":"x"}"#, "`data` is missing"),
            (r#"{"event":"x","data":1,"ts":"yesterday"}"#, "`ts`"),
            (r#"{"event":"x","data":1,"ts":1e300}"#, "`ts`"),
            (r#"{"event":"x","data":1,"ts":[]}"#, "`ts`"),
            (r#"{"event":"x","data":1,"trace":"t"}"#, "`trace`"),
            (r#"{"event":"x","data":1,"dir":"up"}"#, "`dir`"),
            (r#"{"event":"x","data":1,"args":1}"#, "`args`"),
            (r#"{"event":"x","data":1,"args":"{}"}"#, "`args`"),
            (
                r#"{"event":"x","data":1,"payload_lost":"yes"}"#,
                "`payload_lost`",
            ),
            ("{\"event\":\"x\",\"data\":\"\\ud800\"}", "not JSON"),
        ] {
            let problem = line(text).expect_err(text);
            assert!(problem.contains(words), "{text}: {problem}");
        }
        assert!(parse_line(b"{\"event\":\"\xff\"}").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _line = parse_line(&bytes);
        }
    }
}
