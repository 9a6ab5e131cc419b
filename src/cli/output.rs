//! Stdout for results, stderr for the rest, and a status line that log lines do not tear.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// The status line of this process, once there is one; log lines are written above it.
static STATUS: OnceLock<ProgressBar> = OnceLock::new();

/// Starts logging to stderr.
pub(super) fn start_log() {
    let filter = EnvFilter::try_from_env("PIANOLA_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    // At `debug` and `trace` these libraries write whole requests and frames, on our side and on the table's: what is
    // sent to log in must never get there.
    let quiet = ["tungstenite=warn", "socketioxide=info", "engineioxide=info"];
    let quiet = quiet.map(|directive| directive.parse().expect("a fixed directive"));
    let filter = quiet.into_iter().fold(filter, EnvFilter::add_directive);
    let started = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(AboveStatus)
        .with_ansi(io::stderr().is_terminal())
        .with_target(false)
        .try_init();
    started.ok(); // Already started, by a test.
}

/// Writes a line to stderr.
pub(super) fn say(line: &str) {
    above_status(|| writeln!(io::stderr(), "{line}").ok()); // Nowhere left to complain.
}

/// Writes a line to stdout. False when nobody reads it any more.
pub(super) fn print(line: &str) -> bool {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).is_ok()
}

/// Returns the text with control characters escaped: nothing from a file or the wire moves the cursor.
pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() {
            safe.extend(c.escape_debug());
        } else {
            safe.push(c);
        }
    }
    safe
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
        above_status(|| io::stderr().write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}
