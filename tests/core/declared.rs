//! Every file of the tests is part of a test program: a file that no `mod` names would never run.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const PROGRAMS: [&str; 5] = ["core", "files", "network", "process", "window"];

/// Adds a file and the files of the modules that it declares. `folder` is where these are.
fn declared(file: PathBuf, folder: &Path, found: &mut BTreeSet<PathBuf>) {
    let text = std::fs::read_to_string(&file)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let lines = text.lines().map(str::trim);
    let names = lines.filter_map(|line| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    for name in names.filter(|name| *name != "support") {
        let flat = folder.join(format!("{name}.rs"));
        let deep = folder.join(name).join("mod.rs");
        let path = if flat.is_file() { flat } else { deep };
        declared(path, &folder.join(name), found);
    }
    found.insert(file);
}

fn files(folder: &Path, found: &mut BTreeSet<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.insert(path);
        }
    }
}

#[test]
fn every_file_of_the_tests_is_declared_as_a_module() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut in_programs = BTreeSet::new();
    let support = tests.join("support");
    declared(support.join("mod.rs"), &support, &mut in_programs);
    for program in PROGRAMS {
        let folder = tests.join(program);
        declared(folder.join("main.rs"), &folder, &mut in_programs);
    }
    let mut all = BTreeSet::new();
    for entry in std::fs::read_dir(&tests).unwrap() {
        let path = entry.unwrap().path();
        // The fuzzed readers are a package of their own.
        if path.is_dir() && !path.ends_with("fuzz") {
            files(&path, &mut all);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            all.insert(path);
        }
    }
    let forgotten: Vec<_> = all.difference(&in_programs).collect();
    assert!(forgotten.is_empty(), "no `mod` names {forgotten:?}");
}
