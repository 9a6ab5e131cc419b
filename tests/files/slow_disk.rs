//! A disk that does not answer: the queue before the recorder fills, this is reported at once, and nothing else waits.

use std::io;
use std::path::Path;
use std::sync::{Arc, RwLock};

use pianola::disk::{DirEntry, Disk};
use pianola::game::EndReason;
use pianola::recording::{Origin, Recorder, Writer};

use crate::support::made_games::{complete, facts, id, tick};
use crate::support::sim_disk::SimDisk;

/// A disk whose operations wait while a test holds the gate.
struct GatedDisk {
    disk: SimDisk,
    gate: Arc<RwLock<()>>,
}

impl GatedDisk {
    fn wait(&self) -> &SimDisk {
        drop(self.gate.read().unwrap());
        &self.disk
    }
}

impl Disk for GatedDisk {
    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        self.wait().create_dir_all(path)
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.wait().read(path)
    }
    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        self.wait().list(path)
    }
    fn append(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.wait().append(path, offset, bytes)
    }
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.wait().write(path, bytes)
    }
    fn sync(&self, path: &Path) -> io::Result<()> {
        self.wait().sync(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.wait().rename(from, to)
    }
    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        self.wait().sync_dir(path)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.wait().remove(path)
    }
    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        self.wait().remove_dir(path)
    }
    fn exists(&self, path: &Path) -> bool {
        self.wait().exists(path)
    }
    fn free_space(&self, folder: &Path) -> io::Result<u64> {
        self.wait().free_space(folder)
    }
}

#[test]
fn a_panic_of_the_recorder_is_reported_at_once() {
    let (disk, gate) = (SimDisk::new(), Arc::new(RwLock::new(())));
    let gated = GatedDisk {
        disk,
        gate: Arc::clone(&gate),
    };
    let (recorder, _) = Recorder::open(gated, "/r".into(), Origin::Live).unwrap();
    let (saved, _news) = tokio::sync::mpsc::channel(8);
    let mut writer = Writer::start(recorder, saved).unwrap();
    // A panic of the lock holder poisons the gate: the recorder panics at its next disk operation.
    let panicked = std::thread::scope(|scope| {
        let holder = scope.spawn(|| {
            let _held = gate.write().unwrap();
            panic!("on purpose");
        });
        holder.join().is_err()
    });
    assert!(panicked);
    let state = writer.state();
    let began = std::time::Instant::now();
    while state.borrow().trouble.is_none() {
        assert!(began.elapsed().as_secs() < 60, "the panic is not reported");
        std::thread::yield_now();
    }
    let trouble = state.borrow().trouble.clone().unwrap();
    assert!(trouble.starts_with("the recorder panicked"), "{trouble}");
    // What comes now is refused and counted, and the reason stays.
    while writer.send(tick(&id("a"), 1)) {
        assert!(began.elapsed().as_secs() < 60, "it takes events still");
    }
    let ended = writer.stop();
    assert!(ended.refused_events > 0);
    assert_eq!(ended.trouble.unwrap(), trouble);
}

#[test]
fn a_full_queue_is_reported_while_the_disk_hangs_and_its_content_is_written_later() {
    let (disk, gate) = (SimDisk::new(), Arc::new(RwLock::new(())));
    let gated = GatedDisk {
        disk: disk.clone(),
        gate: Arc::clone(&gate),
    };
    let (recorder, _) = Recorder::open(gated, "/r".into(), Origin::Live).unwrap();
    let (saved, _news) = tokio::sync::mpsc::channel(8);
    let hanging = gate.write().unwrap();
    let mut writer = Writer::start(recorder, saved).unwrap();
    let finished = facts(&id("20251215-1a211bfc7caf41d6"), "2025-12-15T01:18:00Z", 9);
    assert!(writer.send(complete(&finished, EndReason::Rug)));
    let state = writer.state();
    let event = tick(&id("another"), 1);
    let mut taken = 0;
    while writer.send(event.clone()) {
        taken += 1;
        assert!(taken < 10_000_000, "the queue has no end");
        assert_eq!(state.borrow().trouble, None);
    }
    assert!(taken > 100_000, "only {taken} events were taken");
    let state = state.borrow().clone();
    assert_eq!(state.refused_events, 1);
    assert!(
        state
            .trouble
            .unwrap()
            .contains("the queue before it is full")
    );
    drop(hanging);
    let ended = writer.stop();
    assert_eq!((ended.trouble, ended.saved_games), (None, 1));
    assert_eq!(ended.refused_events, 1, "what was lost stays said");
    let journal = disk
        .files()
        .into_iter()
        .find(|(path, _)| path.to_string_lossy().contains("another-"));
    let lines = journal.map(|(_, bytes)| bytes.split(|byte| *byte == b'\n').count() - 1);
    // The first line is the source of the game.
    assert_eq!(lines, Some(taken + 1));
}
