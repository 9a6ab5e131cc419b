//! Gives the program the commit that it is built from. Without git it is unknown, which is no error.
#![allow(clippy::print_stdout, reason = "Cargo reads it")]

use std::path::Path;
use std::process::Command;

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=PIANOLA_COMMIT");
    println!("cargo::rustc-env=PIANOLA_PROFILE={}", variable("PROFILE"));
    println!("cargo::rustc-env=PIANOLA_TARGET={}", variable("TARGET"));
    println!("cargo::rustc-env=PIANOLA_COMMIT={}", commit());
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

/// Returns the commit: of the variable that a package is built with, or else of git.
fn commit() -> String {
    let named = variable("PIANOLA_COMMIT");
    if !named.is_empty() {
        return named;
    }
    // A development build would be compiled again after each commit, only for this text.
    if variable("PROFILE") == "debug" {
        return "development build".to_owned();
    }
    // Sources below another repository, such as a package's, have no commit of their own.
    let folder = variable("CARGO_MANIFEST_DIR");
    let top = git(&["rev-parse", "--show-toplevel"]);
    let is_ours = top.is_some_and(|top| {
        Path::new(&top).canonicalize().ok() == Path::new(&folder).canonicalize().ok()
    });
    let found = is_ours
        .then(|| {
            git(&[
                "describe",
                "--always",
                "--dirty=, changed",
                "--abbrev=12",
                "--exclude=*",
            ])
        })
        .flatten();
    if found.is_some() {
        // Each commit is a line of this log; a changed source makes the commit "changed".
        if let Some(log) = git(&["rev-parse", "--git-path", "logs/HEAD"]) {
            println!("cargo::rerun-if-changed={log}");
        }
        for sources in ["src", "assets", "Cargo.toml", "Cargo.lock"] {
            println!("cargo::rerun-if-changed={sources}");
        }
    }
    found.unwrap_or_else(|| "unknown".to_owned())
}

fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let text = text.trim();
    (output.status.success() && !text.is_empty()).then(|| text.to_owned())
}
