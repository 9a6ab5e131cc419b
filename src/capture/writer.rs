//! The thread that writes a capture: removes secrets, formats lines, and passes them to the files.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::mpsc::Receiver;

use tokio::sync::watch;

use super::config::CaptureState;
use super::files::CaptureFiles;
use super::line::{CaptureEvent, CaptureRecord, line};
use super::redact::Redactor;

/// Limit of the bytes that are written at once.
const MAX_BATCH: usize = 1 << 20;

/// Usage of the queue between the tap and the thread that writes.
#[derive(Debug, Default)]
pub(super) struct QueueUsage {
    /// Approximate bytes of the waiting records.
    pub bytes: AtomicUsize,
    /// Records lost since the last one that fitted.
    pub gap: AtomicU64,
    /// All lost records.
    pub lost: AtomicU64,
}

/// Writes until the queue is closed. Records that arrive together are written together.
pub(super) fn write_all(
    records: &Receiver<CaptureRecord>,
    usage: &QueueUsage,
    redactor: &Redactor,
    mut files: CaptureFiles,
    state: &watch::Sender<CaptureState>,
) {
    while let Ok(record) = records.recv() {
        take(record, usage, redactor, &mut files);
        while let Ok(record) = records.try_recv() {
            take(record, usage, redactor, &mut files);
            if files.gathered() > MAX_BATCH {
                break;
            }
        }
        files.flush();
        state.send_replace(files.state(true));
    }
    files.note_gap(usage.gap.swap(0, Ordering::SeqCst));
    files.end(crate::clock::now());
    let mut last = files.state(false);
    last.lost += usage.lost.load(Ordering::SeqCst);
    state.send_replace(last);
}

fn take(
    mut record: CaptureRecord,
    usage: &QueueUsage,
    redactor: &Redactor,
    files: &mut CaptureFiles,
) {
    files.note_gap(record.lost_before);
    let connected = match &record.event {
        CaptureEvent::Up => Some(true),
        CaptureEvent::Down { .. } => Some(false),
        _ => None,
    };
    redactor.clean(&mut record.event);
    files.take(record.at, &line(record.at, record.event));
    if let Some(connected) = connected {
        files.note_connected(connected);
    }
    usage.bytes.fetch_sub(record.bytes, Ordering::SeqCst);
}
