//! Stdout for results, stderr for the rest, and a status line that log lines do not tear.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::outlet;
use crate::capture::is_hidden;

/// The status line of this process, once there is one; log lines are written above it.
static STATUS: OnceLock<ProgressBar> = OnceLock::new();
/// Whether stdout was a terminal when the program started: one that was closed is none any more.
static WAS_TERMINAL: OnceLock<bool> = OnceLock::new();
/// A line of the results could not be written, and not because its reader left.
static LOST: AtomicBool = AtomicBool::new(false);
/// The system's error number for a terminal that was closed.
const EIO: i32 = 5;

/// Notes what stdout is, before anything happens to it.
pub(super) fn start() {
    WAS_TERMINAL.get_or_init(|| io::stdout().is_terminal());
}

/// Writes a line to stderr.
pub(super) fn say(line: &str) {
    let line = harmless(line, |c| c == '\n');
    outlet::write(format!("{line}\n"));
}

/// Writes a line to stdout. False when it was not: nobody reads the results any more (which is their right), or they
/// cannot be written, which is said here and is a failure of the command.
pub(super) fn print(line: &str) -> bool {
    let mut out = io::stdout().lock();
    let line = harmless(line, |_| false);
    let written = writeln!(out, "{line}").and_then(|()| out.flush());
    written.inspect_err(note_unwritten).is_ok()
}

/// Says why the results cannot be written, once; a reader who left needs no word.
pub(super) fn note_unwritten(why: &io::Error) {
    let was_terminal = WAS_TERMINAL.get().is_some_and(|was| *was);
    if !has_left(why, was_terminal) && !LOST.swap(true, Ordering::Relaxed) {
        say(&format!(
            "error: cannot write to stdout: {why}; the rest of this command's output is lost"
        ));
    }
}

/// Whether a line of the results could not be written: then the command has failed.
pub(super) fn lost_results() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Whether an error of stdout means that its reader left: the pipe was closed (`| head -1`), or the terminal.
fn has_left(why: &io::Error, was_terminal: bool) -> bool {
    why.kind() == io::ErrorKind::BrokenPipe || was_terminal && why.raw_os_error() == Some(EIO)
}

/// Returns the text with control characters escaped: nothing from a file or the wire moves the cursor.
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

/// The last door before the terminal: what was not escaped before is now, as JSON does it, since a line may be JSON.
pub(super) fn harmless(line: &str, may: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !line.chars().any(|c| is_hidden(c) && !may(c)) {
        return Cow::Borrowed(line);
    }
    let mut safe = String::with_capacity(line.len() + 8);
    let mut units = [0; 2];
    for c in line.chars() {
        if is_hidden(c) && !may(c) {
            for unit in c.encode_utf16(&mut units) {
                write!(safe, "\\u{unit:04x}").expect("writing to a String does not fail");
            }
        } else {
            safe.push(c);
        }
    }
    Cow::Owned(safe)
}

/// Whether a person reads stdout.
pub(super) fn to_a_person() -> bool {
    io::stdout().is_terminal() && io::stderr().is_terminal()
}

/// Returns the status line, made at the first call.
pub(super) fn status_line() -> ProgressBar {
    let line = STATUS.get_or_init(|| {
        let line = ProgressBar::new_spinner();
        line.set_style(ProgressStyle::with_template("{spinner} {msg}").expect("a fixed template"));
        line.enable_steady_tick(Duration::from_millis(250));
        line
    });
    line.clone()
}

pub(super) fn above_status<T>(write: impl FnOnce() -> T) -> T {
    match STATUS.get() {
        Some(line) if !line.is_finished() => line.suspend(write),
        _ => write(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_reader_who_left_is_none_of_our_failures_and_a_full_disk_is_one() {
        let broken = io::Error::from(io::ErrorKind::BrokenPipe);
        let input_output = io::Error::from_raw_os_error(EIO);
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(has_left(&broken, false) && has_left(&broken, true));
        assert!(!has_left(&full, false) && !has_left(&full, true));
        // A terminal was closed; a disk is broken.
        assert!(has_left(&input_output, true) && !has_left(&input_output, false));
    }

    #[test]
    fn a_line_of_json_stays_one() {
        let line = serde_json::json!({ "name": "a\u{202e}b\u{7f}\u{e0041}\n" }).to_string();
        let safe = harmless(&line, |_| false);
        assert!(!safe.chars().any(is_hidden), "{safe}");
        let read: serde_json::Value = serde_json::from_str(&safe).expect("JSON");
        assert_eq!(read["name"], "a\u{202e}b\u{7f}\u{e0041}\n");
    }

    proptest! {
        #[test]
        fn nothing_hidden_reaches_the_terminal(text in "(\\PC|\\p{C}){0,60}") {
            prop_assert!(!harmless(&text, |_| false).chars().any(is_hidden));
            prop_assert!(!escaped(&text).chars().any(is_hidden));
            let said = harmless(&text, |c| c == '\n');
            prop_assert!(said.chars().all(|c| c == '\n' || !is_hidden(c)));
        }

        #[test]
        fn what_can_be_seen_is_shown_as_it_is(text in "[ -~äöé漢字🎹]{0,60}") {
            prop_assert_eq!(escaped(&text), text.clone());
            prop_assert_eq!(harmless(&text, |_| false), text.as_str());
        }
    }
}
