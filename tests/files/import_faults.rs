//! Faults of the disk during an import, at every operation: each file is whole, the error says what to do, and the same
//! import again makes what an import without a fault makes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pianola::import::{ImportError, ImportTotals, Importer};
use pianola::recording::GameFile;

use crate::support::capture_text::capture;
use crate::support::files::overwrite;
use crate::support::sim_disk::{FLAVOURS, Failure, Plan, SimDisk};

const OUT: &str = "/recordings";

/// Imports a capture into a folder of a disk.
fn import(disk: &SimDisk, capture: &Path) -> Result<ImportTotals, ImportError> {
    let mut ignore = |_: pianola::import::ImportEvent<'_>| {};
    let mut importer = Importer::on_disk(disk.clone(), OUT.into(), None, &mut ignore);
    let taken = importer.file(capture);
    // As the command does: what was imported before an error is saved.
    let finished = importer.finish();
    taken.and(finished)
}

/// A capture, and what an import without a fault makes of it.
struct Example {
    _folder: tempfile::TempDir,
    capture: PathBuf,
    files: BTreeMap<PathBuf, Vec<u8>>,
    /// Operations of the import; whether each changes something.
    operations: Vec<bool>,
}

/// Returns the files that a reader sees.
fn visible(disk: &SimDisk) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut files = disk.files();
    files.retain(|path, _| !path.starts_with("/recordings/.journal"));
    files
}

impl Example {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("capture.jsonl");
        overwrite(&path, capture(3, 2).as_bytes());
        let disk = SimDisk::new();
        disk.plan(Plan::Once(u64::MAX, Failure::Full));
        let totals = import(&disk, &path).unwrap();
        assert!(totals.games.len() >= 2, "{totals:?}");
        Self {
            _folder: folder,
            capture: path,
            files: visible(&disk),
            operations: disk.changes(),
        }
    }

    /// Every file of a reader is whole, and what is there stays and is completed by the same import.
    fn assert_completed(&self, disk: &SimDisk, fault: &str) {
        for (path, text) in visible(disk) {
            let name = path.file_name().unwrap().to_str().unwrap();
            if name.ends_with(".game.json") && !name.starts_with('.') {
                let read = GameFile::parse(&text);
                assert!(read.is_ok(), "{fault}: {}: {read:?}", path.display());
            }
        }
        let totals = import(disk, &self.capture);
        let totals = totals.unwrap_or_else(|error| panic!("{fault}: {error}"));
        assert!(totals.games.len() >= 2, "{fault}");
        assert_eq!(visible(disk), self.files, "{fault}");
    }
}

#[test]
fn an_operation_that_fails_is_named_and_the_same_import_again_completes_the_recordings() {
    let example = Example::new();
    let mut failed = 0;
    for failure in [Failure::Full, Failure::Broken, Failure::Short] {
        for (operation, changes) in (0..).zip(&example.operations) {
            // Reading needs no room.
            if !changes && failure != Failure::Broken {
                continue;
            }
            let disk = SimDisk::new();
            disk.plan(Plan::Once(operation, failure));
            let imported = import(&disk, &example.capture);
            let fault = format!("{failure:?} at {:?}", disk.fired());
            if let Err(error) = imported {
                failed += 1;
                let text = error.to_string();
                assert!(text.contains(OUT), "{fault}: {text}");
            }
            disk.repair();
            example.assert_completed(&disk, &fault);
        }
    }
    assert!(failed > 20, "only {failed} imports failed");
}

#[test]
fn a_disk_that_is_full_from_some_operation_on_is_named_and_costs_nothing_that_is_there() {
    let example = Example::new();
    let mut failed = 0;
    for (operation, changes) in (0..).zip(&example.operations) {
        if !changes {
            continue;
        }
        let disk = SimDisk::new();
        disk.plan(Plan::From(operation, Failure::Full));
        if let Err(error) = import(&disk, &example.capture) {
            failed += 1;
            let text = error.to_string();
            assert!(text.contains("make room on the disk"), "{text}");
        }
        disk.repair();
        example.assert_completed(&disk, &format!("full from {operation} on"));
    }
    assert!(failed > 5, "only {failed} imports failed");
}

#[test]
fn a_power_cut_at_any_operation_leaves_whole_files_and_the_same_import_again_completes_them() {
    let example = Example::new();
    let mut cuts = 0;
    for (operation, changes) in example.operations.iter().enumerate() {
        if !changes {
            continue;
        }
        for flavour in [FLAVOURS[operation % 4], FLAVOURS[4 + operation % 4]] {
            let disk = SimDisk::new();
            disk.plan(Plan::PowerCut(operation as u64, flavour));
            import(&disk, &example.capture).ok(); // The power may go off after the last name.
            let fault = format!("{flavour:?} at {:?}", disk.fired());
            disk.reboot();
            example.assert_completed(&disk, &fault);
            cuts += 1;
        }
    }
    assert!(cuts > 20, "only {cuts} cuts");
}
