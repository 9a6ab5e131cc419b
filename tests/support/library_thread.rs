//! A client of the library's thread, and a folder of many days.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use pianola::disk::RealDisk;
use pianola::game::EndReason;
use pianola::library::LibraryEvent;
use pianola::library::OpenedReplay;
use pianola::library::worker::LibraryWorker;
use pianola::recording::{Origin, Recorder};

use crate::support::made_games::{complete, facts, id};

/// Nothing takes longer.
pub const LIMIT: Duration = Duration::from_mins(1);

/// The library's thread and the receiver of its events.
pub struct LibraryClient {
    pub library_worker: LibraryWorker,
    woken: Arc<AtomicU64>,
}

impl LibraryClient {
    pub fn new() -> Self {
        let woken = Arc::new(AtomicU64::new(0));
        let count = woken.clone();
        let waker = Arc::new(move || {
            count.fetch_add(1, Ordering::Relaxed);
        });
        let library_worker = LibraryWorker::start(waker).unwrap();
        Self {
            library_worker,
            woken,
        }
    }

    pub fn next(&self) -> LibraryEvent {
        let start = Instant::now();
        loop {
            if let Some(event) = self.library_worker.next_event().unwrap() {
                return event;
            }
            assert!(start.elapsed() < LIMIT, "no event came");
            std::thread::yield_now();
        }
    }

    /// Returns all events up to the wanted one.
    pub fn until(&self, wanted: impl Fn(&LibraryEvent) -> bool) -> Vec<LibraryEvent> {
        let mut all = Vec::new();
        loop {
            all.push(self.next());
            if all.last().is_some_and(&wanted) {
                return all;
            }
        }
    }

    pub fn open(&self, path: &Path) -> Result<OpenedReplay, String> {
        assert!(
            self.library_worker
                .open(path.to_owned(), None, None, Arc::default())
        );
        match self.next() {
            LibraryEvent::Opened(opened) => Ok(*opened),
            LibraryEvent::NotOpened { why, .. } => Err(why),
            other => panic!("{other:?}"),
        }
    }

    pub fn woken(&self) -> u64 {
        self.woken.load(Ordering::Relaxed)
    }
}

/// A folder of so many days with a game each.
pub fn many_days(days: u32) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let (mut recorder, _) =
        Recorder::open(RealDisk, folder.path().to_owned(), Origin::Live).unwrap();
    for day in 0..days {
        let date = format!("2025-{:02}-{:02}", day / 28 + 1, day % 28 + 1);
        let game = id(&format!("{}-{day:016x}", date.replace('-', "")));
        let facts = facts(&game, &format!("{date}T01:18:00.218Z"), 3);
        recorder.take(complete(&facts, EndReason::Rug));
    }
    recorder.finish();
    assert_eq!(recorder.trouble(), None);
    folder
}

/// The date of a text.
pub fn date(event: &LibraryEvent) -> Option<&str> {
    match event {
        LibraryEvent::Day(day) => Some(&day.date),
        _ => None,
    }
}
