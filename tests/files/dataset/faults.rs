//! Faults during a build, at every operation of the disk: each file is old or new, and the next build makes what a fresh
//! one makes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pianola::dataset::BuildOptions;
use pianola::recording::Origin;

use crate::support::data_set::{DataSet, build_on, games_on, put_game};
use crate::support::sim_disk::{FLAVOURS, Failure, Plan, SimDisk};

const OUT: &str = "/set";

/// A data set on a simulated disk, before and after a second build that adds, changes and removes files.
struct Rebuild {
    _set: DataSet,
    options: BuildOptions,
    before: SimDisk,
    old: BTreeMap<PathBuf, Vec<u8>>,
    new: BTreeMap<PathBuf, Vec<u8>>,
    /// Operations of the second build; whether each changes something.
    operations: Vec<bool>,
}

/// Returns the files that a reader sees.
fn visible(disk: &SimDisk) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = disk.files();
    files.retain(|path, _| !path.starts_with("/set/.staging"));
    files
}

impl Rebuild {
    fn new() -> Self {
        let mut set = DataSet::of_days(&[("2025-12-15", 2), ("2025-12-16", 1), ("2025-12-17", 1)]);
        let mut options = set.options.clone();
        options.out = OUT.into();
        let disk = SimDisk::new();
        build_on(&disk, &options).unwrap();
        let before = disk.fork();
        // A new day, a game more, a day gone, and no ticks any more.
        set.add_day("2025-12-18", 8, 1);
        put_game(
            set.recordings(),
            &games_on("2025-12-16", 9, 1)[0],
            Origin::Live,
        );
        std::fs::remove_dir_all(set.recordings().join("2025-12-17")).unwrap();
        options.rebuild = true;
        options.ticks = false;
        set.options.ticks = false;
        let old = visible(&disk);
        disk.repair();
        let counted = disk.fork();
        counted.plan(Plan::Once(u64::MAX, Failure::Full));
        build_on(&counted, &options).unwrap();
        let fresh = SimDisk::new();
        build_on(&fresh, &options).unwrap();
        let new = visible(&counted);
        assert_eq!(new, visible(&fresh));
        assert_ne!(new, old);
        Self {
            _set: set,
            options,
            before,
            old,
            new,
            operations: counted.changes(),
        }
    }

    /// Each file is old or new, and every file that the manifest names is there.
    fn assert_readable(&self, disk: &SimDisk, fault: &str) {
        let files = visible(disk);
        for (path, text) in &files {
            let is_old = self.old.get(path) == Some(text);
            let is_new = self.new.get(path) == Some(text);
            assert!(
                is_old || is_new,
                "{fault}: {} is neither old nor new",
                path.display()
            );
        }
        for path in self.old.keys().filter(|path| self.new.contains_key(*path)) {
            assert!(
                files.contains_key(path),
                "{fault}: {} is missing",
                path.display()
            );
        }
        let manifest = files.get(Path::new("/set/dataset.json"));
        if manifest == self.new.get(Path::new("/set/dataset.json")) {
            for path in self.new.keys() {
                assert_eq!(
                    files.get(path),
                    self.new.get(path),
                    "{fault}: {}",
                    path.display()
                );
            }
        }
    }

    /// The next build makes what a fresh one makes.
    fn assert_completed(&self, disk: &SimDisk, fault: &str) {
        build_on(disk, &self.options).unwrap_or_else(|error| panic!("{fault}: {error}"));
        let files = disk.files();
        for (path, text) in &self.new {
            assert_eq!(files.get(path), Some(text), "{fault}: {}", path.display());
        }
        assert_eq!(files.len(), self.new.len(), "{fault}: {:?}", files.keys());
    }
}

#[test]
fn a_power_cut_at_any_operation_leaves_old_or_new_files_and_the_next_build_completes_them() {
    let rebuild = Rebuild::new();
    let mut cuts = 0;
    for (operation, changes) in rebuild.operations.iter().enumerate() {
        if !changes {
            continue;
        }
        // Names lost and names kept, with another fate of the contents at each operation.
        for flavour in [FLAVOURS[operation % 4], FLAVOURS[4 + operation % 4]] {
            let disk = rebuild.before.fork();
            disk.plan(Plan::PowerCut(operation as u64, flavour));
            let built = build_on(&disk, &rebuild.options);
            let fault = format!("{flavour:?} at {:?}", disk.fired());
            disk.reboot();
            rebuild.assert_readable(&disk, &fault);
            if built.is_ok() {
                // Only the removal of empty folders was left.
                assert_eq!(visible(&disk), rebuild.new, "{fault}");
            }
            rebuild.assert_completed(&disk, &fault);
            cuts += 1;
        }
    }
    assert!(cuts >= 100, "only {cuts} cuts");
}

#[test]
fn an_operation_that_fails_is_named_and_the_next_build_completes_the_data_set() {
    let rebuild = Rebuild::new();
    for failure in [Failure::Full, Failure::Broken, Failure::Short] {
        for (operation, changes) in (0..).zip(&rebuild.operations) {
            // Reading needs no room.
            if !changes && failure != Failure::Broken {
                continue;
            }
            let disk = rebuild.before.fork();
            disk.plan(Plan::Once(operation, failure));
            let built = build_on(&disk, &rebuild.options);
            let fault = format!("{failure:?} at {:?}", disk.fired());
            if let Err(error) = &built {
                let text = error.to_string();
                assert!(text.contains("/set"), "{fault}: {text}");
            }
            disk.repair();
            rebuild.assert_readable(&disk, &fault);
            rebuild.assert_completed(&disk, &fault);
        }
    }
}

#[test]
fn a_disk_that_is_full_from_some_operation_on_costs_nothing_that_is_there() {
    let rebuild = Rebuild::new();
    for (operation, changes) in (0..).zip(&rebuild.operations) {
        if !changes {
            continue;
        }
        let disk = rebuild.before.fork();
        disk.plan(Plan::From(operation, Failure::Full));
        if let Err(error) = build_on(&disk, &rebuild.options) {
            let text = error.to_string();
            assert!(
                text.contains("make room on the disk and build again"),
                "{text}"
            );
        }
        let fault = format!("full from {operation} on");
        rebuild.assert_readable(&disk, &fault);
        disk.repair();
        rebuild.assert_completed(&disk, &fault);
    }
}
