//! The status line of a running command, which other lines do not tear.

use std::sync::OnceLock;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// The status line of this process, once it is made.
static STATUS: OnceLock<ProgressBar> = OnceLock::new();

/// Returns the status line; the first call makes it.
pub(super) fn status_line() -> ProgressBar {
    let line = STATUS.get_or_init(|| {
        let line = ProgressBar::new_spinner();
        line.set_style(ProgressStyle::with_template("{spinner} {msg}").expect("a fixed template"));
        line.enable_steady_tick(Duration::from_millis(250));
        line
    });
    line.clone()
}

/// Runs a write to the terminal while the status line is hidden.
pub(super) fn above_status<T>(write: impl FnOnce() -> T) -> T {
    match STATUS.get() {
        Some(line) if !line.is_finished() => line.suspend(write),
        _ => write(),
    }
}
