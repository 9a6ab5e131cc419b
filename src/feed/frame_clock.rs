//! The arrival time of a frame, as early as `rust_socketio` allows.
//!
//! The library reads and parses a frame on its own thread and then calls the callback: for a frame of 350 kB several
//! milliseconds later. That thread sleeps while there is nothing to read, and it reads frames one after the other. So a
//! frame was received when the thread woke, or, for several frames in a row, when the one before it was done.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The clock of one connection's reader. All of its methods are called on the reader's thread.
#[derive(Debug)]
pub(super) struct FrameClock {
    born: Instant,
    /// When the reader began the next frame, in microseconds after `born`.
    reading_since: AtomicU64,
}

impl FrameClock {
    pub(super) fn new(now: Instant) -> Self {
        Self {
            born: now,
            reading_since: AtomicU64::new(0),
        }
    }

    /// Notes that the reader's thread woke, or has finished the frame before.
    pub(super) fn begins(&self, now: Instant) {
        let since = now.saturating_duration_since(self.born);
        let micros = u64::try_from(since.as_micros()).unwrap_or(u64::MAX);
        self.reading_since.store(micros, Ordering::Relaxed);
    }

    /// Returns when the current frame was received.
    pub(super) fn received(&self, now: Instant) -> Instant {
        let micros = self.reading_since.load(Ordering::Relaxed);
        let since = self.born.checked_add(Duration::from_micros(micros));
        since.map_or(now, |since| since.min(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_was_received_when_the_reader_woke_however_long_it_was_parsed() {
        let born = Instant::now();
        let at = |millis| born + Duration::from_millis(millis);
        let clock = FrameClock::new(born);
        clock.begins(at(10));
        assert_eq!(clock.received(at(35)), at(10));
        // The next frame had already arrived, but was not read before.
        clock.begins(at(36));
        assert_eq!(clock.received(at(40)), at(36));
        clock.begins(at(41));
        // The reader slept; then a frame without an event arrived, and then one with an event.
        clock.begins(at(250));
        clock.begins(at(260));
        assert_eq!(clock.received(at(261)), at(260));
        // A frame is never received after it is processed.
        assert_eq!(clock.received(at(255)), at(255));
    }
}
