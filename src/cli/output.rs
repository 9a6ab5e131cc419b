//! Stdout for results, stderr for the rest, and a status line that log lines do not tear.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use crate::feed::is_hidden;

/// The status line of this process, once there is one; log lines are written above it.
static STATUS: OnceLock<ProgressBar> = OnceLock::new();

/// Starts logging to stderr.
pub(super) fn start_log() {
    let wanted = std::env::var("PIANOLA_LOG").unwrap_or_default();
    let filter = filter_of(&wanted);
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(AboveStatus)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .try_init();
    started.ok(); // Already started, by a test.
}

/// Libraries that write whole requests and frames when they are asked for more, on our side and on the table's: what is
/// sent to log in, and what is in an address, must never get there.
const QUIET: [&str; 10] = [
    "tungstenite=warn",
    "tokio_tungstenite=warn",
    "rust_socketio=warn",
    "rust_engineio=warn",
    "reqwest=warn",
    "hyper=warn",
    "hyper_util=warn",
    "h2=warn",
    "socketioxide=info",
    "engineioxide=info",
];

/// Returns what is logged. Nobody can ask for more of the quiet ones, not even for a part of them.
fn filter_of(wanted: &str) -> EnvFilter {
    let names = QUIET.map(|quiet| quiet.split('=').next().unwrap_or(quiet));
    let is_quiet = |directive: &&str| {
        let target = directive
            .trim()
            .split(['=', '['])
            .next()
            .unwrap_or_default();
        names.contains(&target.split("::").next().unwrap_or_default())
    };
    let asked: Vec<_> = wanted
        .split(',')
        .filter(|directive| !is_quiet(directive))
        .collect();
    let asked = asked.join(",");
    let filter = if asked.trim().is_empty() {
        EnvFilter::new("info")
    } else {
        EnvFilter::try_new(asked).unwrap_or_else(|_| EnvFilter::new("info"))
    };
    let quiet = QUIET.map(|directive| directive.parse().expect("a fixed directive"));
    quiet.into_iter().fold(filter, EnvFilter::add_directive)
}

/// Writes a line to stderr.
pub(super) fn say(line: &str) {
    let line = harmless(line, |c| c == '\n');
    above_status(|| writeln!(io::stderr(), "{line}").ok()); // Nowhere left to complain.
}

/// Writes a line to stdout. False when nobody reads it any more.
pub(super) fn print(line: &str) -> bool {
    let mut out = io::stdout().lock();
    let line = harmless(line, |_| false);
    writeln!(out, "{line}").and_then(|()| out.flush()).is_ok()
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
fn harmless(line: &str, may: impl Fn(char) -> bool) -> Cow<'_, str> {
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

fn above_status<T>(write: impl FnOnce() -> T) -> T {
    match STATUS.get() {
        Some(line) if !line.is_finished() => line.suspend(write),
        _ => write(),
    }
}

struct AboveStatus;

impl<'a> MakeWriter<'a> for AboveStatus {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        Self
    }
}

impl io::Write for AboveStatus {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // One record at a time arrives here. Its colours are ours, and only where there is a terminal.
        let colours = io::stderr().is_terminal();
        let text = String::from_utf8_lossy(bytes);
        let safe = harmless(&text, |c| c == '\n' || colours && c == '\u{1b}');
        above_status(|| io::stderr().write_all(safe.as_bytes()))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn nobody_makes_the_libraries_talk() {
        for wanted in [
            "trace",
            "tungstenite=trace",
            "tungstenite::protocol=trace,rust_engineio=debug",
            "debug, hyper_util::client=trace",
            "",
            "no such [filter",
        ] {
            let filter = filter_of(wanted).to_string();
            for quiet in QUIET {
                let name = quiet.split('=').next().expect("a name");
                let of_it = |directive: &&str| {
                    directive
                        .strip_prefix(name)
                        .is_some_and(|rest| rest.starts_with(['=', ':', '[']))
                };
                let said: Vec<_> = filter.split(',').filter(of_it).collect();
                assert_eq!(said, [quiet], "{wanted}: {filter}");
            }
        }
        assert!(
            filter_of("pianola=trace")
                .to_string()
                .contains("pianola=trace")
        );
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
