//! Node and the scripts of `tests/js`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::skipped;

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/js")
}

/// Whether node and its packages are there; if not, the test is reported as skipped, or fails where they are required.
pub fn node_is_there() -> bool {
    let packages = scripts().join("node_modules/socket.io-client");
    let node = Command::new("node").arg("--version").output();
    let there = node.is_ok_and(|output| output.status.success()) && packages.is_dir();
    if !there {
        skipped::skip("node", "no node, or no packages in tests/js (npm ci)");
    }
    there
}

/// Returns the command that runs a script of `tests/js`.
pub fn script(name: &str) -> Command {
    let mut command = Command::new("node");
    command.arg(scripts().join(name)).stdin(Stdio::null());
    command
}
