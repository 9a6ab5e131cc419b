//! Reads capture files. A whole file is checked before anything is played.

use std::io::BufReader;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::captured_line::{CapturedLine, LineContent, LineReader};
use crate::open_file::{MAX_BYTES, OpenError, open_regular, read_line};
use crate::paths;

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

/// Reads and checks a whole file of any length, line by line; returns the events of the server in order, at least one. An
/// incomplete last line is skipped: the program that wrote it was killed.
///
/// # Errors
/// [`CaptureError`]; only regular files with lines of at most 64 MiB are read.
pub fn read_file(path: &Path) -> Result<Vec<CaptureLine>, CaptureError> {
    let cannot_read = |why| CaptureError::Read {
        path: path.to_owned(),
        why,
    };
    let mut source = BufReader::new(open_regular(path).map_err(cannot_read)?);
    let (mut lines, mut line) = (Vec::new(), Vec::new());
    let mut reader = LineReader::default();
    for number in 1.. {
        if !read_line(&mut source, MAX_BYTES, &mut line).map_err(cannot_read)? {
            break;
        }
        let is_whole = line.last() == Some(&b'\n');
        if line.trim_ascii().is_empty() {
            continue;
        }
        match parse_line(line.trim_ascii(), &mut reader) {
            Ok(line) => lines.extend(line),
            Err(problem) if !is_whole && !lines.is_empty() => {
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
    Ok(lines)
}

/// Reads one line; `Ok(None)` is a valid line that is no event of the server.
pub(crate) fn parse_line(
    bytes: &[u8],
    reader: &mut LineReader,
) -> Result<Option<CaptureLine>, String> {
    let CapturedLine { time, content } = reader.read(bytes)?;
    // A table sends control events about itself. From a capture, which another table plays, they would be false.
    let LineContent::Event { name, args } = content else {
        return Ok(None);
    };
    Ok(Some(CaptureLine {
        ts_micros: time.micros(),
        args: args.to_values()?,
        event: name.into_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(text: &str) -> Result<Option<CaptureLine>, String> {
        parse_line(text.as_bytes(), &mut LineReader::default())
    }

    #[test]
    fn what_a_table_says_of_itself_is_not_played() {
        let announcement = r#"{"event": "pianola/table", "ts": 1, "data": {"speed": 1000}}"#;
        assert_eq!(line(announcement), Ok(None));
        let received = announcement.replace(r#""ts""#, r#""dir": "received", "ts""#);
        assert_eq!(line(&received), Ok(None));
    }

    #[test]
    fn lines_that_are_no_event_of_the_server_are_skipped() {
        for text in [
            r#"{"event":"connect","data":null}"#,
            r#"{"event":"(ack)","data":null,"ack_id":3}"#,
            r#"{"event":"ping","data":{},"dir":"sent"}"#,
            r#"{"event":"(down)","data":{"why":"x"}}"#,
            r#"{"event":"(ack)","data":null,"args":[null],"ack_id":3}"#,
            r#"{"event_type":"connect","timestamp":"2025-12-15T01:17:11","data":null}"#,
            r#"{"event":"disconnect","data":null}"#,
            "40",
            "2",
            r#"431[{"success":true}]"#,
            r#"451-["x",{"_placeholder":true,"num":0}]"#,
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
            (
                r#"{"event_type":"x","timestamp":1765761431,"data":{"p":1.50}}"#,
                "x",
                r#"[{"p":1.50}]"#,
            ),
            (r#"42["x",{"p":1.50}]"#, "x", r#"[{"p":1.50}]"#),
            (r#"4217["x"]"#, "x", "[]"),
            (r#"42["x","\ud83d!"]"#, "x", "[\"\u{fffd}!\"]"),
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
            (r#"{"event_type":1,"data":1}"#, "`event` is missing"),
            (
                r#"{"event_type":"x","timestamp":"y","data":1}"#,
                "`timestamp`",
            ),
            ("42[1]", "not a frame"),
            ("42[\"a\"", "not a frame"),
            ("9", "not a frame"),
        ] {
            let problem = line(text).expect_err(text);
            assert!(problem.contains(words), "{text}: {problem}");
        }
        assert!(parse_line(b"{\"event\":\"\xff\"}", &mut LineReader::default()).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _line = parse_line(&bytes, &mut LineReader::default());
        }
    }
}
