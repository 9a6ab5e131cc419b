//! Stdout for results, stderr for the rest; nothing hidden reaches the terminal.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use indicatif::ProgressBar;

use super::stderr;
use crate::paths::is_hidden;

/// Whether stdout was a terminal when the program started: a closed terminal no longer looks like one.
static WAS_TERMINAL: OnceLock<bool> = OnceLock::new();
/// A line of the results could not be written, for another reason than a reader who left.
static LOST: AtomicBool = AtomicBool::new(false);
/// The system's error number for a terminal that was closed.
const EIO: i32 = 5;

/// Notes whether stdout is a terminal, at the start of the program.
pub(super) fn start() {
    WAS_TERMINAL.get_or_init(|| io::stdout().is_terminal());
}

/// Writes a line to stderr.
pub(super) fn say(line: &str) {
    let line = sanitized(line, |c| c == '\n');
    stderr::write(format!("{line}\n"));
}

/// Writes a line to stdout; returns whether it was written. It is not when the reader left, which is no failure, or when
/// stdout fails, which is reported here and fails the command.
pub(super) fn print(line: &str) -> bool {
    let mut out = io::stdout().lock();
    let line = sanitized(line, |_| false);
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    written.inspect_err(report_write_error).is_ok()
}

/// Reports once why the results cannot be written, unless the reader left.
pub(super) fn report_write_error(why: &io::Error) {
    let was_terminal = WAS_TERMINAL.get().is_some_and(|was| *was);
    if !has_left(why, was_terminal) && !LOST.swap(true, Ordering::Relaxed) {
        say(&format!(
            "error: cannot write to stdout: {why}; the rest of this command's output is lost"
        ));
    }
}

/// Whether a line of the results could not be written: the command has failed.
pub(super) fn lost_results() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Whether an error of stdout means that its reader left: the pipe was closed (`| head -1`), or the terminal.
fn has_left(why: &io::Error, was_terminal: bool) -> bool {
    why.kind() == io::ErrorKind::BrokenPipe || was_terminal && why.raw_os_error() == Some(EIO)
}

/// Returns the text with control characters escaped: no text from a file or the wire can move the cursor.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            safe.extend(c.escape_default());
        } else {
            safe.push(c);
        }
    }
    safe
}

/// Returns a line with every control character escaped except the allowed ones, as JSON escapes them: the line may be
/// JSON. The last check before the terminal.
pub(super) fn sanitized(line: &str, allowed: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !line.chars().any(|c| is_hidden(c) && !allowed(c)) {
        return Cow::Borrowed(line);
    }
    let mut safe = String::with_capacity(line.len() + 8);
    let mut units = [0; 2];
    for c in line.chars() {
        if is_hidden(c) && !allowed(c) {
            for unit in c.encode_utf16(&mut units) {
                write!(safe, "\\u{unit:04x}").expect("writing to a String does not fail");
            }
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// Whether stdout and stderr are terminals.
pub(super) fn is_interactive() -> bool {
    io::stdout().is_terminal() && io::stderr().is_terminal()
}

/// Prints a line above a status line, if there is one; returns as [`print()`] does.
pub(super) fn print_above(status: Option<&ProgressBar>, line: &str) -> bool {
    match status {
        Some(status) => status.suspend(|| print(line)),
        None => print(line),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reader_who_left_is_no_failure_and_a_full_disk_is_one() {
        let broken = io::Error::from(io::ErrorKind::BrokenPipe);
        let input_output = io::Error::from_raw_os_error(EIO);
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(has_left(&broken, false) && has_left(&broken, true));
        assert!(!has_left(&full, false) && !has_left(&full, true));
        // A closed terminal, and a broken disk.
        assert!(has_left(&input_output, true) && !has_left(&input_output, false));
    }

    #[test]
    fn a_line_of_json_stays_one() {
        let line = serde_json::json!({ "name": "a\u{202e}b\u{7f}\u{e0041}\n" }).to_string();
        let safe = sanitized(&line, |_| false);
        assert!(!safe.chars().any(is_hidden), "{safe}");
        let read: serde_json::Value = serde_json::from_str(&safe).expect("JSON");
        assert_eq!(read["name"], "a\u{202e}b\u{7f}\u{e0041}\n");
    }

    proptest! {
        #[test]
        fn nothing_hidden_reaches_the_terminal(text in "(\\PC|\\p{C}){0,60}") {
            prop_assert!(!sanitized(&text, |_| false).chars().any(is_hidden));
            prop_assert!(!escaped(&text).chars().any(is_hidden));
            let said = sanitized(&text, |c| c == '\n');
            prop_assert!(said.chars().all(|c| c == '\n' || !is_hidden(c)));
        }

        #[test]
        fn visible_text_is_unchanged(text in "[ -~äöé漢字🎹]{0,60}") {
            prop_assert_eq!(escaped(&text), text.clone());
            prop_assert_eq!(sanitized(&text, |_| false), text.as_str());
        }
    }
}
