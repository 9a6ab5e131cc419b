//! A capture file: real traffic as JSON lines, checked as a whole before anything is played.
//!
//! Owns the reading and the timing of the lines. What a client gets that comes back is `comeback`'s.

use std::io::BufReader;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use serde_json::{Map, Value};

use super::comeback::Comeback;
use super::step::{Mark, Message, Step};
use crate::open_file::{MAX_BYTES, OpenError, open_regular, read_line};

/// Unix milliseconds up to the year 2286; beyond, it is no time in milliseconds.
const MAX_TS_MILLIS: f64 = 1e13;

/// Why a capture cannot be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CaptureError {
    /// The file cannot be read.
    #[error("cannot read the capture {}: {why}; {}", path.display(), why.advice())]
    Read {
        /// Which file.
        path: PathBuf,
        /// Why.
        why: OpenError,
    },
    /// A line is damaged.
    #[error("{}, line {line}: {problem}", path.display())]
    Line {
        /// Which file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// No line is an event of the server.
    #[error("{} holds no event that a server sends", path.display())]
    Empty {
        /// Which file.
        path: PathBuf,
    },
}

/// A line that is played.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    ts_micros: Option<i64>,
    message: Message,
}

/// A capture at some point of its playback.
#[derive(Debug, Clone)]
pub struct Playback {
    lines: Vec<Line>,
    next: usize,
    looped: bool,
    /// The latest time of the lines so far; lines before it come at once.
    clock_micros: Option<i64>,
    comeback: Comeback,
    /// The number of a last line that is not whole.
    unfinished: Option<usize>,
}

impl Playback {
    /// Reads and checks a whole file, of any length, line by line. A last line that ends in its middle is passed over:
    /// the program that wrote it was ended.
    ///
    /// # Errors
    ///
    /// [`CaptureError`]; only regular files with lines of at most 64 MiB are read.
    pub fn open(path: &Path, looped: bool) -> Result<Self, CaptureError> {
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
                    let file = path.display();
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
        Ok(Self {
            lines,
            next: 0,
            looped,
            clock_micros: None,
            comeback: Comeback::default(),
            unfinished,
        })
    }

    /// Returns the number of a last line that is not whole and not played.
    pub fn unfinished_line(&self) -> Option<usize> {
        self.unfinished
    }

    /// Returns how long after the line before the next one comes, in microseconds of the original timing; `None`
    /// at the end.
    pub fn next_delay(&self) -> Option<u64> {
        let (line, clock) = match self.lines.get(self.next) {
            Some(line) => (line, self.clock_micros),
            None => (self.lines.first().filter(|_| self.looped)?, None),
        };
        let waited = line.ts_micros.zip(clock).map(|(ts, clock)| ts - clock);
        Some(
            waited
                .and_then(|micros| u64::try_from(micros).ok())
                .unwrap_or(0),
        )
    }

    /// Returns the next line, or `None` at the end.
    pub fn next_step(&mut self) -> Option<Step> {
        let delay_micros = self.next_delay()?;
        if self.next == self.lines.len() {
            self.next = 0;
            self.clock_micros = None;
            self.comeback = Comeback::default();
        }
        let line = self.lines.get(self.next)?;
        self.next += 1;
        self.comeback.note(&line.message);
        self.clock_micros = self.clock_micros.max(line.ts_micros);
        Some(Step {
            delay_micros,
            mark: Mark::Line,
            messages: vec![line.message.clone()],
            cut: false,
        })
    }

    /// Returns what a client gets that connects now: nothing at the start, later a snapshot of what was sent.
    pub fn greeting(&self) -> Vec<Message> {
        self.comeback.snapshot().into_iter().collect()
    }
}

/// Reads one line; `Ok(None)` is a good line that a server does not send.
fn parse_line(bytes: &[u8]) -> Result<Option<Line>, String> {
    let line: Value = serde_json::from_slice(bytes).map_err(|error| not_json(&error))?;
    let Value::Object(mut line) = line else {
        return Err("not a JSON object".to_owned());
    };
    let Some(Value::String(event)) = line.remove("event") else {
        return Err("`event` is missing or not a text".to_owned());
    };
    let ts_micros = read_ts(line.get("ts").unwrap_or(&Value::Null))?;
    let dir = match line.get("dir") {
        None | Some(Value::Null) => None,
        Some(Value::String(dir)) if dir == "sent" => Some(Dir::Sent),
        Some(Value::String(dir)) if dir == "received" => Some(Dir::Received),
        Some(other) => {
            return Err(format!(
                "`dir` is neither \"sent\" nor \"received\": {other}"
            ));
        }
    };
    let args = read_args(&mut line)?;
    let plays = match dir {
        Some(Dir::Sent) => false,
        // Said by the server, whatever it is called.
        Some(Dir::Received) => true,
        None if event.is_empty() => return Err("`event` is empty".to_owned()),
        None => !is_note(&event),
    };
    if !plays {
        return Ok(None);
    }
    Ok(Some(Line {
        ts_micros,
        message: Message { event, args },
    }))
}

/// Whether a line of this name tells of the capture or of the connection, unless it says that the server sent it.
fn is_note(name: &str) -> bool {
    name == "connect" || name.starts_with('(') && name.ends_with(')')
}

/// Whose event a line is, where it says so.
enum Dir {
    Sent,
    Received,
}

/// Reads the arguments: `args` if there are such, else the trace and the payload.
fn read_args(line: &mut Map<String, Value>) -> Result<Vec<Value>, String> {
    let lost = match line.get("payload_lost") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(lost)) => *lost,
        Some(other) => return Err(format!("`payload_lost` is neither true nor false: {other}")),
    };
    match line.remove("args") {
        None | Some(Value::Null) => {}
        Some(Value::Array(args)) => return Ok(args),
        // Nested so deep that they would not be read inside a line.
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

/// The parser counts lines of its own; a line of a JSONL file has only a column.
fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("not JSON: {what} at column {}", error.column())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(text: &str) -> Result<Option<Line>, String> {
        parse_line(text.as_bytes())
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
    fn what_the_server_does_not_send_is_passed_over() {
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
    fn what_says_that_the_server_sent_it_is_played_with_exactly_its_arguments() {
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
            let played = serde_json::to_string(&line.message.args).expect("JSON");
            assert_eq!(
                (line.message.event.as_str(), played.as_str()),
                (event, args)
            );
        }
    }

    #[test]
    fn damaged_lines_are_refused_with_words() {
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

        #[test]
        fn any_keys_are_read_or_refused_without_a_panic(
            ts in "(null|-?[0-9]{1,25}(e[0-9]{1,3})?|\"[-0-9T:.Z+]{0,30}\")",
            data in "(null|1e999|-0|\\{\\}|\\[1,\"x\"\\])",
        ) {
            let text = format!("{{\"ts\":{ts},\"event\":\"gameStateUpdate\",\"data\":{data}}}");
            if let Ok(Some(line)) = parse_line(text.as_bytes()) {
                let mut comeback = Comeback::default();
                comeback.note(&line.message);
            }
        }
    }
}
