//! Finds the games in the text of a file: a game file, rows line by line or in an array, captured traffic with histories.

use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::de::{Deserializer as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::library::original::PythonRecording;
use crate::library::verify::game_file::{check_file, check_original};
use crate::library::verify::row::check_row;
use crate::library::verify::verdict::{NotVerified, Verdict, VerifiedGame};
use crate::recording::GameFile;
use crate::recording::format::kind::{FileKind, kind_of, without_mark};

const HISTORY: [&str; 2] = ["gameHistory", "game_history"];
const IS_SESSION: &str = "it is a session; `pianola replay` checks it";
const IS_INDEX: &str = "it is the index of a day; name its folder";
const NO_GAME: &str = "no game is in it";
const NO_HISTORY: &str =
    "it is captured traffic without a gameHistory; `pianola table --capture` plays it";

/// Verifies every game in the text of a file.
pub(in crate::library) fn verify_text(place: &str, text: &[u8], take: &mut dyn FnMut(Verdict)) {
    let text = without_mark(text);
    let mut reader = TextVerifier {
        place,
        known: HashSet::new(),
        verdicts: 0,
        captured: false,
        take,
    };
    let first = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    let Some(first) = first.into_iter().find(|line| !line.is_empty()) else {
        return reader.unreadable("", "it is empty");
    };
    if is_json(first) {
        reader.lines(text);
    } else {
        reader.whole(text, first);
    }
    if reader.verdicts == 0 {
        let why = if reader.captured { NO_HISTORY } else { NO_GAME };
        reader.unreadable("", why);
    }
}

fn is_game_file(object: &Map<String, Value>) -> bool {
    object.contains_key("meta") && object.contains_key("prices")
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}

/// Finds the games of one file.
struct TextVerifier<'a> {
    place: &'a str,
    /// Hashes of verified history entries: captured traffic repeats them.
    known: HashSet<u64>,
    verdicts: usize,
    /// The file has lines of captured traffic.
    captured: bool,
    take: &'a mut dyn FnMut(Verdict),
}

impl TextVerifier<'_> {
    fn verdict(&mut self, part: &str, result: Result<VerifiedGame, String>) {
        self.verdicts += 1;
        (self.take)(Verdict {
            place: format!("{}{part}", self.place),
            result: result.map_err(NotVerified::Unreadable),
        });
    }

    fn unreadable(&mut self, part: &str, why: &str) {
        self.verdict(part, Err(why.to_owned()));
    }

    /// Verifies a value for each line. A damaged line costs only itself.
    fn lines(&mut self, text: &[u8]) {
        if kind_of(text) == FileKind::PythonRecording {
            return self.original(text);
        }
        for (line, number) in text.split(|byte| *byte == b'\n').zip(1..) {
            let line = line.trim_ascii();
            if line.is_empty() {
                continue;
            }
            // A text of one line is a whole file.
            let is_only = text.trim_ascii().len() == line.len();
            let part = if is_only {
                String::new()
            } else {
                format!(":{number}")
            };
            match serde_json::from_slice(line) {
                Ok(value) => self.value(&part, &value, line),
                Err(why) => self.unreadable(&part, &without_line(&why)),
            }
        }
    }

    /// Verifies one value that spans several lines.
    fn whole(&mut self, text: &[u8], first: &[u8]) {
        if first.first() == Some(&b'[') {
            let mut parser = serde_json::Deserializer::from_slice(text);
            let read = parser.deserialize_seq(Elements(self));
            if let Err(why) = read.and_then(|()| parser.end()) {
                self.unreadable("", &why.to_string());
            }
            return;
        }
        let why = match GameFile::parse(text) {
            Ok(file) => return self.verdict("", Ok(check_file(&file).0)),
            Err(why) => why,
        };
        match serde_json::from_slice::<Value>(text) {
            Ok(value) => self.value("", &value, text),
            // The first line of a list of lines may be damaged.
            Err(_) if first.len() > 1 && has_whole_lines(text) => self.lines(text),
            Err(_) => self.unreadable("", &why),
        }
    }

    fn original(&mut self, text: &[u8]) {
        let read = PythonRecording::parse(text);
        self.verdict("", read.map(|original| check_original(&original)));
    }

    /// Verifies the games of a value; `text` is its text.
    fn value(&mut self, part: &str, value: &Value, text: &[u8]) {
        match value {
            Value::Array(list) => {
                for (place, value) in list.iter().enumerate() {
                    self.element(&format!("{part}[{place}]"), value);
                }
            }
            Value::Object(object) if is_game_file(object) => {
                let read = GameFile::parse(text);
                self.verdict(part, read.map(|file| check_file(&file).0));
            }
            Value::Object(object) => self.object(part, object),
            _ => self.unreadable(part, "it is no JSON object"),
        }
    }

    /// Verifies an element of a list.
    fn element(&mut self, part: &str, value: &Value) {
        match value {
            Value::Object(object) if is_game_file(object) => {
                let text = value.to_string();
                self.value(part, value, text.as_bytes());
            }
            other => self.value(part, other, b""),
        }
    }

    fn object(&mut self, part: &str, object: &Map<String, Value>) {
        if object.contains_key("event") {
            let args = object.get("args").and_then(Value::as_array);
            let payloads = object
                .get("data")
                .into_iter()
                .chain(args.into_iter().flatten());
            for payload in payloads.filter_map(Value::as_object) {
                self.history(part, payload);
            }
            self.captured = true;
        } else if object.contains_key("actions") && object.contains_key("meta") {
            self.unreadable(part, IS_SESSION);
        } else if object.contains_key("games") && object.contains_key("sessions") {
            self.unreadable(part, IS_INDEX);
        } else if !self.history(part, object) {
            self.verdict(part, check_row(object));
        }
    }

    /// Verifies the entries of an object's history, each once; returns whether it has one.
    fn history(&mut self, part: &str, object: &Map<String, Value>) -> bool {
        let list = HISTORY.iter().find_map(|key| object.get(*key)?.as_array());
        let Some(list) = list else { return false };
        for (place, entry) in list.iter().enumerate() {
            let mut hasher = DefaultHasher::new();
            entry.to_string().hash(&mut hasher);
            if self.known.insert(hasher.finish()) {
                self.element(&format!("{part}[{place}]"), entry);
            }
        }
        true
    }
}

/// Whether a line is an object by itself.
fn has_whole_lines(text: &[u8]) -> bool {
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
    lines.any(|line| line.first() == Some(&b'{') && is_json(line))
}

/// Returns an error without its line number: the parser saw one line only, so its number is always 1.
fn without_line(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or(&text);
    format!("{what} at column {}", error.column())
}

/// Reads the elements of an array one after the other, so that only one is in memory.
struct Elements<'a, 'b>(&'a mut TextVerifier<'b>);

impl<'de> Visitor<'de> for Elements<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of revealed games")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<(), A::Error> {
        let mut place = 0_usize;
        while let Some(value) = source.next_element::<Value>()? {
            self.0.element(&format!("[{place}]"), &value);
            place += 1;
        }
        Ok(())
    }
}
