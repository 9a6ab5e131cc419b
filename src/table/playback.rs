//! The playback of a capture file with its original timing.
//!
//! The file is read in `capture::read`; the snapshot for a client that connects later is made in `rejoin`.

use std::path::Path;

use super::message::{GameStep, Message, StepKind};
use super::rejoin::RejoinState;
use crate::capture::CaptureError;
use crate::capture::read::{CaptureLine, read_file};

/// The longest wait for a line, in microseconds: an hour. A line with a wrong time must not stop the playback for good.
const LONGEST_WAIT: u64 = 3_600_000_000;

/// A capture at some point of its playback.
#[derive(Debug, Clone)]
pub struct Playback {
    lines: Vec<CaptureLine>,
    next: usize,
    looped: bool,
    /// The latest time of the lines so far; an earlier line comes at once.
    clock_micros: Option<i64>,
    rejoin: RejoinState,
}

impl Playback {
    /// Reads and checks a capture; an incomplete last line is skipped.
    ///
    /// # Errors
    ///
    /// [`CaptureError`]; only regular files with lines of at most 64 MiB are read.
    pub fn open(path: &Path, looped: bool) -> Result<Self, CaptureError> {
        Ok(Self {
            lines: read_file(path)?,
            next: 0,
            looped,
            clock_micros: None,
            rejoin: RejoinState::default(),
        })
    }

    /// Returns the time between the last line and the next one, in microseconds of the original timing; `None` at the
    /// end.
    pub fn next_delay(&self) -> Option<u64> {
        let (line, clock) = match self.lines.get(self.next) {
            Some(line) => (line, self.clock_micros),
            None => (self.lines.first().filter(|_| self.looped)?, None),
        };
        let waited = line.ts_micros.zip(clock);
        let waited = waited.map(|(ts, clock)| ts.saturating_sub(clock));
        let waited = waited.and_then(|micros| u64::try_from(micros).ok());
        Some(waited.unwrap_or(0).min(LONGEST_WAIT))
    }

    /// Returns the next line, or `None` at the end.
    pub fn next_step(&mut self) -> Option<GameStep> {
        let delay_micros = self.next_delay()?;
        if self.next == self.lines.len() {
            self.next = 0;
            self.clock_micros = None;
            self.rejoin = RejoinState::default();
        }
        let line = self.lines.get(self.next)?;
        self.next += 1;
        let message = Message {
            event: line.event.clone(),
            args: line.args.clone(),
        };
        self.rejoin.record(&message);
        self.clock_micros = self.clock_micros.max(line.ts_micros);
        Some(GameStep {
            delay_micros,
            kind: StepKind::Line,
            messages: vec![message],
            cut: false,
        })
    }

    /// Returns the messages for a client that connects now: at the start none, later a snapshot of those that were sent.
    pub fn greeting(&self) -> Vec<Message> {
        self.rejoin.snapshot().into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::capture::LineReader;
    use crate::capture::read::parse_line;

    #[test]
    fn absurd_times_of_lines_do_not_overflow_and_stop_nothing() {
        let line = |ts_micros| CaptureLine {
            event: "gameStateUpdate".to_owned(),
            args: Vec::new(),
            ts_micros: Some(ts_micros),
        };
        let mut playback = Playback {
            lines: vec![line(i64::MIN), line(i64::MAX), line(i64::MIN)],
            next: 0,
            looped: false,
            clock_micros: None,
            rejoin: RejoinState::default(),
        };
        let delays: Vec<_> = std::iter::from_fn(|| playback.next_step())
            .map(|step| step.delay_micros)
            .collect();
        assert_eq!(delays, [0, LONGEST_WAIT, 0]);
    }

    proptest! {
        #[test]
        fn any_keys_are_read_or_refused_without_a_panic(
            ts in "(null|-?[0-9]{1,25}(e[0-9]{1,3})?|\"[-0-9T:.Z+]{0,30}\")",
            data in "(null|1e999|-0|\\{\\}|\\[1,\"x\"\\])",
        ) {
            let text = format!("{{\"ts\":{ts},\"event\":\"gameStateUpdate\",\"data\":{data}}}");
            if let Ok(Some(line)) = parse_line(text.as_bytes(), &mut LineReader::default()) {
                let mut rejoin = RejoinState::default();
                rejoin.record(&Message {
                    event: line.event,
                    args: line.args,
                });
            }
        }
    }
}
