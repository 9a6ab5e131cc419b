//! Reads one line of a capture, of ours or of another program, without copying its content.
//!
//! Four kinds of lines are known: ours (`ts`, `event`, `data` and further keys), the same of other programs with times of
//! their own, `event_type`, `timestamp` and `data`, and the plain text frames of the connection (`42["name",{…}]`).

use std::borrow::Cow;

use serde_json::Value;

use super::line::is_note;
use super::line_time::LineTime;
use crate::protocol::frame::{Frame, read_frame, without_halves};
use crate::protocol::pace::is_control_event;
use crate::protocol::{JsonSpans, JsonText};

/// Reads lines. One is used for a whole file, so that its memory is reused.
#[derive(Debug, Default)]
pub struct LineReader {
    spans: JsonSpans,
    /// A frame without its halves of characters.
    repaired: String,
}

/// One line of a capture.
#[derive(Debug)]
pub struct CapturedLine<'a> {
    /// When it was written down.
    pub time: LineTime,
    /// What it says.
    pub content: LineContent<'a>,
}

/// What a line says.
#[derive(Debug)]
pub enum LineContent<'a> {
    /// The server sent an event.
    Event {
        /// Its name.
        name: Cow<'a, str>,
        /// Its arguments.
        args: CapturedArgs<'a>,
    },
    /// A practice table described itself or asked for an answer; this is no traffic of a game.
    Control {
        /// The event's name.
        name: Cow<'a, str>,
        /// Its arguments.
        args: CapturedArgs<'a>,
    },
    /// The first line of a capture of ours; its `data`.
    Header(JsonText<'a>),
    /// The server accepted the connection.
    Connected,
    /// The connection ended.
    Disconnected,
    /// Records that are missing here: the disk was too slow, or failed.
    Lost(u64),
    /// A request of the client, or its answer.
    Request,
    /// Anything else that is no event.
    Note,
}

/// The arguments of an event, still as text.
#[derive(Debug)]
pub enum CapturedArgs<'a> {
    /// A list, and how many of its first elements are no arguments.
    List(JsonText<'a>, usize),
    /// The text of a list that is nested too deeply to stand in a line.
    NestedText(Cow<'a, str>),
    /// A trace and a payload; `None` if it was not written down.
    Parts {
        /// The trace.
        trace: Option<JsonText<'a>>,
        /// The payload.
        data: Option<JsonText<'a>>,
    },
}

impl LineReader {
    /// Reads a line that is not empty.
    ///
    /// # Errors
    /// The line is damaged or of no known kind; the text says why.
    pub fn read<'a>(&'a mut self, line: &'a [u8]) -> Result<CapturedLine<'a>, String> {
        if line.first().is_some_and(u8::is_ascii_digit) {
            return self.frame(line);
        }
        let line = self.spans.read(line);
        let line = line.map_err(|why| format!("not JSON: {why}"))?;
        if !line.is_object() {
            return Err("not a JSON object".to_owned());
        }
        Keys::of(line).read()
    }

    fn frame<'a>(&'a mut self, line: &'a [u8]) -> Result<CapturedLine<'a>, String> {
        let mut text = std::str::from_utf8(line).map_err(|why| format!("not a frame: {why}"))?;
        if let Some(repaired) = without_halves(text) {
            self.repaired = repaired;
            text = &self.repaired;
        }
        let frame = read_frame(text).map_err(|why| format!("not a frame: {why}"))?;
        let content = match frame {
            Frame::Event { list, .. } => {
                let list = self.spans.read(list.as_bytes());
                let list = list.map_err(|why| format!("not a frame: {why} of its list"))?;
                let name = list.elements().next().and_then(JsonText::as_text);
                let name = name.ok_or("not a frame: an event whose name is no text")?;
                event_content(name, CapturedArgs::List(list, 1))
            }
            Frame::Ack { .. } => LineContent::Request,
            Frame::Connect => LineContent::Connected,
            Frame::Disconnect | Frame::Close | Frame::Refuse => LineContent::Disconnected,
            Frame::Open | Frame::Engine | Frame::Binary | Frame::Elsewhere => LineContent::Note,
        };
        let time = LineTime::Missing;
        Ok(CapturedLine { time, content })
    }
}

/// The values of a line by their keys.
#[derive(Default)]
struct Keys<'a> {
    name: Option<JsonText<'a>>,
    /// The key of the time, and the time.
    time: Option<(&'static str, JsonText<'a>)>,
    direction: Option<JsonText<'a>>,
    is_lost: Option<JsonText<'a>>,
    args: Option<JsonText<'a>>,
    trace: Option<JsonText<'a>>,
    data: Option<JsonText<'a>>,
}

impl<'a> Keys<'a> {
    fn of(line: JsonText<'a>) -> Self {
        let mut keys = Self::default();
        for (key, value) in line.entries() {
            let given = (!value.is_null()).then_some(value);
            match &*key {
                "event" => keys.name = Some(value),
                "event_type" => keys.name = keys.name.or(Some(value)),
                "ts" => keys.time = given.map(|value| ("ts", value)),
                "timestamp" => keys.time = keys.time.or(given.map(|value| ("timestamp", value))),
                "dir" => keys.direction = given,
                "payload_lost" => keys.is_lost = given,
                "args" => keys.args = given,
                "trace" => keys.trace = given,
                "data" => keys.data = Some(value),
                _ => {}
            }
        }
        keys
    }

    fn read(self) -> Result<CapturedLine<'a>, String> {
        let name = self.name.and_then(JsonText::as_text);
        let name = name.ok_or("`event` is missing or not a text")?;
        let time = match self.time {
            None => LineTime::Missing,
            Some((key, value)) => LineTime::read(key, value)?,
        };
        let is_received = match self.direction {
            None => None,
            Some(direction) => match direction.as_text().as_deref() {
                Some("sent") => Some(false),
                Some("received") => Some(true),
                _ => {
                    let written = direction.written();
                    return Err(format!(
                        "`dir` is neither \"sent\" nor \"received\": {written}"
                    ));
                }
            },
        };
        let args = self.args()?;
        let content = match is_received {
            Some(false) => LineContent::Request,
            Some(true) => event_content(name, args),
            None if name.is_empty() => return Err("`event` is empty".to_owned()),
            None => match &*name {
                "connect" => LineContent::Connected,
                "disconnect" | "(down)" => LineContent::Disconnected,
                "(capture)" => self.data.map_or(LineContent::Note, LineContent::Header),
                "(lost)" => LineContent::Lost(self.lost_records()),
                "(ack)" => LineContent::Request,
                note if is_note(note) => LineContent::Note,
                _ => event_content(name, args),
            },
        };
        Ok(CapturedLine { time, content })
    }

    /// Returns the arguments: `args` if present, else the trace and the payload.
    fn args(&self) -> Result<CapturedArgs<'a>, String> {
        let is_lost = match self.is_lost {
            None => false,
            Some(lost) => lost.as_flag().ok_or_else(|| {
                let written = lost.written();
                format!("`payload_lost` is neither true nor false: {written}")
            })?,
        };
        if let Some(args) = self.args {
            return match args.as_text() {
                Some(text) => Ok(CapturedArgs::NestedText(text)),
                None if args.is_list() => Ok(CapturedArgs::List(args, 0)),
                None => Err("`args` is not a list".to_owned()),
            };
        }
        if self.trace.is_some_and(|trace| !trace.is_object()) {
            return Err("`trace` is not an object".to_owned());
        }
        if !is_lost && self.data.is_none() {
            return Err("`data` is missing".to_owned());
        }
        Ok(CapturedArgs::Parts {
            trace: self.trace,
            data: self.data.filter(|_| !is_lost),
        })
    }

    fn lost_records(&self) -> u64 {
        let events = self.data.and_then(|data| data.get("events"));
        let events = events.and_then(JsonText::as_number);
        events.and_then(|n| n.parse().ok()).unwrap_or(1)
    }
}

fn event_content<'a>(name: Cow<'a, str>, args: CapturedArgs<'a>) -> LineContent<'a> {
    if is_control_event(&name) {
        LineContent::Control { name, args }
    } else {
        LineContent::Event { name, args }
    }
}

impl<'a> CapturedArgs<'a> {
    /// Returns the payload, which may follow a trace; `None` if there is none, or if it is nested in a text.
    pub fn payload(&self) -> Option<JsonText<'a>> {
        let (first, second) = match self {
            Self::List(list, skipped) => {
                let mut args = list.elements().skip(*skipped);
                (args.next(), args.next())
            }
            Self::NestedText(_) => return None,
            Self::Parts { trace: None, data } => (*data, None),
            Self::Parts { trace, data } => (*trace, *data),
        };
        if first.is_some_and(|first| first.get("__trace").is_some()) {
            second
        } else {
            first
        }
    }

    /// Returns the arguments as values.
    ///
    /// # Errors
    /// They are nested too deeply, or a nested text is no list.
    pub fn to_values(&self) -> Result<Vec<Value>, String> {
        let value = |text: JsonText<'_>| {
            let value = serde_json::from_str(text.written());
            value.map_err(|error| format!("not JSON: {error}"))
        };
        match self {
            Self::List(list, skipped) => list.elements().skip(*skipped).map(value).collect(),
            Self::NestedText(text) => serde_json::from_str(text)
                .map_err(|error| format!("`args` is not the text of a list: {error}")),
            Self::Parts { trace, data } => {
                let parts = [*trace, *data].into_iter().flatten();
                parts.map(value).collect()
            }
        }
    }
}
