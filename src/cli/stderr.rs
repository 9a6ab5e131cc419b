//! Writes to stderr on a thread of its own, so that a stderr that fails or blocks does not stop the program. A line that
//! cannot be written is dropped.
//!
//! A closed terminal, a full disk under the log and a closed pipe fail; a pipe that is not read blocks.

use std::io::{self, Write};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::status_line::above_status;
use crate::background;

/// Texts that may wait while stderr is not read: some megabytes, seconds of the most detailed log. Later ones are dropped
/// and counted.
const WAITING: usize = 16_384;
/// How long the end of the program waits for unwritten lines.
const FLUSH_LIMIT: Duration = Duration::from_secs(1);
/// Pause between two attempts to write to a full queue.
const RETRY_EVERY: Duration = Duration::from_millis(5);

/// The writer of this process.
static STDERR: OnceLock<Option<StderrWriter>> = OnceLock::new();

/// Writes a text, which ends its own line, to stderr. Never waits.
pub(super) fn write(text: String) {
    let writer = STDERR.get_or_init(|| StderrWriter::start(AboveStatus).ok());
    match writer {
        Some(writer) => writer.write(text),
        // Without a thread the caller waits.
        None => AboveStatus.write_all(text.as_bytes()).unwrap_or_default(),
    }
}

/// Waits until everything is written, at most a second; the rest is lost.
pub(super) fn flush() {
    if let Some(Some(writer)) = STDERR.get() {
        writer.flush(FLUSH_LIMIT);
    }
}

/// Flushes stderr when dropped: at the end of the program, also after a panic.
#[derive(Debug)]
pub(super) struct FlushOnDrop;

impl Drop for FlushOnDrop {
    fn drop(&mut self) {
        flush();
    }
}

/// Stderr, above the status line.
struct AboveStatus;

impl Write for AboveStatus {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        above_status(|| io::stderr().write_all(bytes))?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// An item of the thread's queue.
enum StderrItem {
    Text(String),
    /// Reports when everything before it is written.
    Flush(SyncSender<()>),
}

/// A writer behind a queue.
struct StderrWriter {
    queue: SyncSender<StderrItem>,
    dropped: Arc<AtomicU64>,
}

impl StderrWriter {
    /// Starts the thread that writes.
    fn start(writer: impl Write + Send + 'static) -> io::Result<Self> {
        let (queue, items) = sync_channel(WAITING);
        let dropped = Arc::new(AtomicU64::new(0));
        let theirs = Arc::clone(&dropped);
        // The thread is not joined: the process must not wait for a writer that blocks.
        background::spawn("stderr", move || write_items(writer, &items, &theirs))?;
        Ok(Self { queue, dropped })
    }

    fn write(&self, text: String) {
        // The dropped lines are older than this one, and newer than all that wait.
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        let text = match notice(dropped) {
            Some(notice) => notice + &text,
            None => text,
        };
        if self.queue.try_send(StderrItem::Text(text)).is_err() {
            self.dropped.fetch_add(dropped + 1, Ordering::Relaxed);
        }
    }

    /// Waits until everything so far was written or failed; returns false after the limit.
    fn flush(&self, limit: Duration) -> bool {
        let start = Instant::now();
        let (done, written) = sync_channel(1);
        let mut item = StderrItem::Flush(done);
        loop {
            match self.queue.try_send(item) {
                Ok(()) => break,
                Err(TrySendError::Full(back)) if start.elapsed() < limit => item = back,
                Err(_) => return false,
            }
            std::thread::park_timeout(RETRY_EVERY);
        }
        let left = limit.saturating_sub(start.elapsed());
        written.recv_timeout(left).is_ok()
    }
}

/// Returns the line that replaces dropped lines.
fn notice(dropped: u64) -> Option<String> {
    let line = format!("({dropped} lines are missing here: stderr was not read)\n");
    (dropped > 0).then_some(line)
}

fn write_items(mut writer: impl Write, items: &Receiver<StderrItem>, dropped: &AtomicU64) {
    for item in items {
        match item {
            StderrItem::Text(text) => {
                // The reader, the terminal or the disk is gone: the line is lost.
                writer.write_all(text.as_bytes()).ok();
            }
            StderrItem::Flush(done) => {
                if let Some(notice) = notice(dropped.swap(0, Ordering::Relaxed)) {
                    writer.write_all(notice.as_bytes()).ok(); // As above.
                }
                done.try_send(()).ok(); // There is room for one.
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    const LIMIT: Duration = Duration::from_mins(1);

    /// A writer that fails as a closed terminal does.
    struct Dead;

    impl Write for Dead {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(io::ErrorKind::BrokenPipe.into())
        }
    }

    /// A writer that waits for a signal before each text.
    struct Slow {
        go: Receiver<()>,
        texts: Arc<Mutex<Vec<String>>>,
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.go.recv().map_err(io::Error::other)?;
            let text = String::from_utf8_lossy(bytes).into_owned();
            self.texts.lock().expect("no panic").push(text);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_failing_writer_loses_its_lines_and_nothing_else() {
        let stderr = StderrWriter::start(Dead).expect("a thread");
        for number in 0..3 * WAITING {
            stderr.write(format!("line {number}\n"));
        }
        assert!(stderr.flush(LIMIT));
    }

    #[test]
    fn a_blocking_writer_is_not_waited_for_and_the_lost_lines_are_counted() {
        let (go, wait) = sync_channel(4 * WAITING);
        let texts = Arc::default();
        let slow = Slow {
            go: wait,
            texts: Arc::clone(&texts),
        };
        let stderr = StderrWriter::start(slow).expect("a thread");
        let sent = 2 * WAITING;
        for number in 0..sent {
            stderr.write(format!("{number}\n"));
        }
        assert!(!stderr.flush(Duration::ZERO));
        for _ in 0..3 * WAITING {
            go.send(()).expect("the writer waits");
        }
        assert!(stderr.flush(LIMIT));
        stderr.write("the last\n".to_owned());
        assert!(stderr.flush(LIMIT));
        let texts = texts.lock().expect("no panic");
        let lines: Vec<_> = texts.iter().flat_map(|text| text.lines()).collect();
        let missing: usize = lines
            .iter()
            .filter_map(|line| line.strip_prefix('('))
            .map(|line| line.split(' ').next().expect("a word"))
            .map(|number| number.parse::<usize>().expect("a number"))
            .sum();
        let written = lines.iter().filter(|line| !line.starts_with('('));
        assert_eq!(written.count() + missing, sent + 1);
        assert!(missing >= sent - WAITING - 2, "{missing}");
        assert_eq!(lines[0], "0");
        assert_eq!(lines.last(), Some(&"the last"));
    }
}
