//! The view of a source that runs behind the window.

use std::time::{Duration, Instant};

use pianola::engine::View;
use pianola::host::RunningSource;

use crate::support::process::LIMIT;

/// Waits until the view is as wanted, and returns it.
pub fn until_view(running: &mut RunningSource, what: &str, wanted: impl Fn(&View) -> bool) -> View {
    let start = Instant::now();
    loop {
        let view = running.view.borrow_and_update().clone();
        if wanted(&view) {
            return view;
        }
        assert!(start.elapsed() < LIMIT, "{what}: {view:?}");
        std::thread::park_timeout(Duration::from_millis(2));
    }
}
