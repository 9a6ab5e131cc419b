//! A disk that is full or hangs costs only lines.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, OnceLock, PoisonError};

use super::*;
use crate::disk::{DirEntry, Disk, RealDisk};

/// Waits until the state satisfies a test.
fn until(tap: &CaptureTap, wanted: impl Fn(&CaptureState) -> bool) -> CaptureState {
    let start = Instant::now();
    loop {
        let state = tap.state();
        if wanted(&state) {
            return state;
        }
        assert!(start.elapsed() < Duration::from_mins(1), "{state:?}");
        std::thread::yield_now();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A disk whose writes end in the middle while it is full, and wait while it hangs.
struct BadDisk;

/// 0: well, 1: full, 2: hangs.
static DISK: AtomicU8 = AtomicU8::new(0);
static HANGS: (Mutex<()>, Condvar) = (Mutex::new(()), Condvar::new());
/// The writer waits for the disk.
static WAITS: AtomicBool = AtomicBool::new(false);
/// The disk is one for all tests of this file.
static ALONE: OnceLock<Mutex<()>> = OnceLock::new();

fn disk_is(state: u8) {
    // Under the lock, so that no thread starts to wait in between.
    let _guard = lock(&HANGS.0);
    DISK.store(state, Ordering::SeqCst);
    HANGS.1.notify_all();
}

impl Disk for BadDisk {
    fn create_dir_all(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_dir_all(path)
    }
    fn create_private_dir_all(&self, path: &Path) -> io::Result<()> {
        RealDisk.create_private_dir_all(path)
    }
    fn create_private(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        if DISK.load(Ordering::SeqCst) == 1 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        RealDisk.create_private(path, bytes)
    }
    fn append(&self, path: &Path, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut waiting = lock(&HANGS.0);
        while DISK.load(Ordering::SeqCst) == 2 {
            WAITS.store(true, Ordering::SeqCst);
            waiting = HANGS.1.wait(waiting).unwrap();
        }
        drop(waiting);
        if DISK.load(Ordering::SeqCst) == 1 {
            RealDisk.append(path, offset, &bytes[..bytes.len() / 2])?;
            return Err(io::ErrorKind::StorageFull.into());
        }
        RealDisk.append(path, offset, bytes)
    }
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        RealDisk.read(path)
    }
    fn list(&self, path: &Path) -> io::Result<Vec<DirEntry>> {
        RealDisk.list(path)
    }
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        RealDisk.write(path, bytes)
    }
    fn sync(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync(path)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealDisk.rename(from, to)
    }
    fn sync_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.sync_dir(path)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove(path)
    }
    fn remove_dir(&self, path: &Path) -> io::Result<()> {
        RealDisk.remove_dir(path)
    }
    fn exists(&self, path: &Path) -> bool {
        RealDisk.exists(path)
    }
    fn free_space(&self, folder: &Path) -> io::Result<u64> {
        RealDisk.free_space(folder)
    }
}

fn with_bad_disk(plan: &CaptureConfig) -> CaptureTap {
    let tap = CaptureTap::with_disk(Some(plan.clone()), Secrets::default(), || Box::new(BadDisk));
    tap.switch(true);
    tap
}

#[test]
fn a_full_disk_is_reported_and_retried_and_missing_records_are_counted() {
    let _alone = lock(ALONE.get_or_init(Mutex::default));
    disk_is(0);
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(folder.path());
    let tap = with_bad_disk(&plan);
    event(&tap, "before", vec![json!(1)]);
    until(&tap, |state| state.bytes > 0);
    disk_is(1);
    event(&tap, "lost", vec![json!(1)]);
    let state = until(&tap, |state| state.trouble.is_some());
    assert!(state.on && state.lost == 1, "{state:?}");
    let text = state.trouble.unwrap();
    assert!(text.contains("recording goes on"), "{text}");
    event(&tap, "lost, too", vec![json!(1)]);
    until(&tap, |state| state.lost == 2);
    disk_is(0);
    event(&tap, "after", vec![json!(1)]);
    until(&tap, |state| state.trouble.is_none() && state.bytes > 0);
    tap.finish();
    let files = captures(&plan);
    assert_eq!(files.len(), 2);
    assert_eq!(played(&files[0]), [("before".to_owned(), vec![json!(1)])]);
    assert_eq!(played(&files[1]), [("after".to_owned(), vec![json!(1)])]);
    let lost = &lines(&files[1])[1];
    assert_eq!(
        (&lost["event"], &lost["data"]),
        (&json!("(lost)"), &json!({"events": 2}))
    );
}

#[test]
fn a_disk_that_hangs_costs_lines_and_no_waiting() {
    let _alone = lock(ALONE.get_or_init(Mutex::default));
    disk_is(2);
    let folder = tempfile::tempdir().unwrap();
    let plan = CaptureConfig {
        queue: 5,
        queue_bytes: 10_000,
        ..plan(folder.path())
    };
    let tap = with_bad_disk(&plan);
    event(&tap, "n", vec![json!(0)]);
    until(&tap, |_| WAITS.load(Ordering::SeqCst));
    for number in 1..50 {
        event(&tap, "n", vec![json!(number)]);
    }
    let lost = tap.state().lost;
    assert_eq!(lost, 44, "one is being written, five wait");
    event(&tap, "large", vec![json!("x".repeat(20_000))]);
    assert_eq!(tap.state().lost, lost + 1);
    tap.switch(false);
    tap.switch(true);
    let state = tap.state();
    assert!(!state.on, "the one before still writes");
    assert!(state.trouble.unwrap().contains("still being written"));
    disk_is(0);
    tap.finish();
    assert_eq!(tap.state().lost, lost + 1);
    let [file] = &captures(&plan)[..] else {
        panic!("one file")
    };
    let end = lines(file).pop().unwrap();
    assert_eq!(
        (&end["event"], &end["data"]["events"]),
        (&json!("(lost)"), &json!(lost + 1))
    );
    assert_eq!(played(file).len() as u64, 50 - lost);
}
