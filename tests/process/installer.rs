//! The script of the `.tar.gz`: it installs the files of its folder and removes them again, whatever became of the
//! recordings, which are below the same `~/.local`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::process::stderr;

fn repository(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// Makes the folder that the `.tar.gz` unpacks to, with a program that does nothing.
fn unpack(package: &Path) {
    let put = |name: &str, text: &[u8]| {
        let path = package.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    put("bin/pianola", b"#!/bin/sh\n");
    put("share/doc/pianola/docs/install.md", b"# Install\n");
    for name in ["pianola.desktop", "pianola-open.desktop"] {
        let entry = fs::read(repository("packaging/linux").join(name)).unwrap();
        put(&format!("share/applications/{name}"), &entry);
    }
}

/// Runs the script for an installation below `prefix`.
fn install(package: &Path, prefix: &Path, options: &[&str]) {
    let script = package.join("install");
    fs::copy(repository("packaging/linux/install"), &script).unwrap();
    let mut command = Command::new("sh");
    command
        .arg(&script)
        .args(options)
        .arg("--prefix")
        .arg(prefix);
    let output = command.env("HOME", package).output().unwrap();
    assert!(output.status.success(), "{options:?}: {}", stderr(&output));
}

/// Returns the files below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[test]
fn an_installation_is_removed_whether_or_not_the_recordings_were_deleted_before() {
    let folder = tempfile::tempdir().unwrap();
    let (package, prefix) = (folder.path().join("package"), folder.path().join(".local"));
    unpack(&package);
    let recordings = prefix.join("share/pianola");
    for is_deleted in [false, true] {
        install(&package, &prefix, &[]);
        assert!(prefix.join("bin/pianola").is_file());
        fs::create_dir_all(recordings.join("live")).unwrap();
        let recording = recordings.join("live/a.game.json");
        fs::write(&recording, "{}").unwrap();
        if is_deleted {
            fs::remove_dir_all(&recordings).unwrap();
        }
        install(&package, &prefix, &["--remove"]);
        // The indexes of the desktop are none of the package's files.
        let is_index = |path: &PathBuf| {
            let names = ["mimeinfo.cache", "icon-theme.cache"];
            path.starts_with(prefix.join("share/mime"))
                || names.iter().any(|name| path.ends_with(name))
        };
        let mut left = files_below(&prefix);
        left.retain(|path| !is_index(path));
        let kept = if is_deleted { vec![] } else { vec![recording] };
        assert_eq!(left, kept);
        assert!(!prefix.join("share/doc/pianola").exists());
    }
}
