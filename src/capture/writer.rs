//! The thread that writes a capture: removes secrets, makes lines, and hands them to the files.

use std::sync::atomic::Ordering;
use std::sync::mpsc::Receiver;

use tokio::sync::watch;

use crate::capture::files::Files;
use crate::capture::line::{Piece, What, line};
use crate::capture::redact::Redactor;
use crate::capture::{CaptureState, Room};

/// So much is written at once.
const GATHER: usize = 1 << 20;

/// Writes until nobody can send any more. What came together is written together.
pub(super) fn write_all(
    pieces: &Receiver<Piece>,
    room: &Room,
    redactor: &Redactor,
    mut files: Files,
    state: &watch::Sender<CaptureState>,
) {
    while let Ok(piece) = pieces.recv() {
        take(piece, room, redactor, &mut files);
        while let Ok(piece) = pieces.try_recv() {
            take(piece, room, redactor, &mut files);
            if files.gathered() > GATHER {
                break;
            }
        }
        files.flush();
        state.send_replace(files.state(true));
    }
    files.note_gap(room.gap.swap(0, Ordering::SeqCst));
    files.end(crate::clock::now());
    let mut last = files.state(false);
    last.lost += room.lost.load(Ordering::SeqCst);
    state.send_replace(last);
}

fn take(piece: Piece, room: &Room, redactor: &Redactor, files: &mut Files) {
    let Piece {
        at,
        weight,
        lost_before,
        what,
    } = piece;
    files.note_gap(lost_before);
    let connected = match &what {
        What::Up => Some(true),
        What::Down { .. } => Some(false),
        _ => None,
    };
    files.take(at, &line(at, redactor.clean(what)));
    if let Some(connected) = connected {
        files.note_connected(connected);
    }
    room.bytes.fetch_sub(weight, Ordering::SeqCst);
}
