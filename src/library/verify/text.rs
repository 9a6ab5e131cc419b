//! Finds the games in the text of a file: a game file, rows line by line or in an array, captured traffic with histories.

use std::collections::HashSet;
use std::fmt;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde::de::{Deserializer as _, IgnoredAny, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::library::original::PythonRecording;
use crate::library::verify::game_file::check_original;
use crate::library::verify::queue::{FoundGame, VerifyQueue};
use crate::library::verify::verdict::NotVerified;
use crate::recording::GameFile;
use crate::recording::format::kind::{FileKind, kind_of, without_mark};

const HISTORY: [&str; 2] = ["gameHistory", "game_history"];
const IS_SESSION: &str = "it is a session; `pianola replay` checks it";
const IS_INDEX: &str = "it is the index of a day; name its folder";
const NO_GAME: &str = "no game is in it";
const NO_HISTORY: &str =
    "it is captured traffic without a gameHistory; `pianola table --capture` plays it";

/// Adds every game in the text of a file to a queue.
pub(super) fn verify_games_of(place: &str, text: &[u8], queue: &mut VerifyQueue<'_>) {
    queue.count_text(text.len());
    let text = without_mark(text);
    let mut reader = TextVerifier {
        place,
        known: HashSet::new(),
        verdicts: 0,
        captured: false,
        queue,
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
struct TextVerifier<'a, 'b> {
    place: &'a str,
    /// Hashes of verified history entries: captured traffic repeats them.
    known: HashSet<u64>,
    verdicts: usize,
    /// The file has lines of captured traffic.
    captured: bool,
    queue: &'a mut VerifyQueue<'b>,
}

impl TextVerifier<'_, '_> {
    fn verdict(&mut self, part: &str, found: Result<FoundGame, String>) {
        self.verdicts += 1;
        let place = format!("{}{part}", self.place);
        self.queue
            .push(place, found.map_err(NotVerified::Unreadable));
    }

    /// Verifies the text of a game file.
    fn file(&mut self, part: &str, text: &[u8]) {
        let file = GameFile::parse(text).map(Box::new);
        self.verdict(part, file.map(FoundGame::File));
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
                Ok(value) => self.value(&part, value, line),
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
            Ok(file) => return self.verdict("", Ok(FoundGame::File(Box::new(file)))),
            Err(why) => why,
        };
        match serde_json::from_slice::<Value>(text) {
            Ok(value) => self.value("", value, text),
            // The first line of a list of lines may be damaged.
            Err(_) if first.len() > 1 && has_whole_lines(text) => self.lines(text),
            Err(_) => self.unreadable("", &why),
        }
    }

    fn original(&mut self, text: &[u8]) {
        let read = PythonRecording::parse(text);
        let verified = read.map(|original| Box::new(check_original(&original)));
        self.verdict("", verified.map(FoundGame::Verified));
    }

    /// Verifies the games of a value; `text` is its text.
    fn value(&mut self, part: &str, value: Value, text: &[u8]) {
        match value {
            Value::Array(list) => {
                for (place, value) in list.into_iter().enumerate() {
                    self.element(&format!("{part}[{place}]"), value);
                }
            }
            Value::Object(object) if is_game_file(&object) => self.file(part, text),
            Value::Object(object) => self.object(part, object),
            _ => self.unreadable(part, "it is no JSON object"),
        }
    }

    /// Verifies an element of a list.
    fn element(&mut self, part: &str, value: Value) {
        match value {
            Value::Object(object) if is_game_file(&object) => {
                self.file(part, Value::Object(object).to_string().as_bytes());
            }
            other => self.value(part, other, b""),
        }
    }

    fn object(&mut self, part: &str, mut object: Map<String, Value>) {
        if object.contains_key("event") {
            let args = match object.remove("args") {
                Some(Value::Array(args)) => args,
                _ => Vec::new(),
            };
            for payload in object.remove("data").into_iter().chain(args) {
                if let Value::Object(mut payload) = payload {
                    self.history(part, &mut payload);
                }
            }
            self.captured = true;
        } else if object.contains_key("actions") && object.contains_key("meta") {
            self.unreadable(part, IS_SESSION);
        } else if object.contains_key("games") && object.contains_key("sessions") {
            self.unreadable(part, IS_INDEX);
        } else if !self.history(part, &mut object) {
            self.verdict(part, Ok(FoundGame::Row(object)));
        }
    }

    /// Verifies the entries of an object's history, each once; returns whether it has one.
    fn history(&mut self, part: &str, object: &mut Map<String, Value>) -> bool {
        let is_list = |key: &&&str| object.get(**key).is_some_and(Value::is_array);
        let list = HISTORY
            .iter()
            .find(is_list)
            .and_then(|key| object.remove(*key));
        let Some(Value::Array(list)) = list else {
            return false;
        };
        for (place, entry) in list.into_iter().enumerate() {
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
struct Elements<'a, 'b, 'c>(&'a mut TextVerifier<'b, 'c>);

impl<'de> Visitor<'de> for Elements<'_, '_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of revealed games")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut source: A) -> Result<(), A::Error> {
        let mut place = 0_usize;
        while let Some(value) = source.next_element::<Value>()? {
            self.0.element(&format!("[{place}]"), value);
            place += 1;
        }
        Ok(())
    }
}
