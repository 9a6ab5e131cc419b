//! Python and the scripts of `tests/python`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::support::skipped;

/// Returns a file of `tests/python`.
pub fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/python")
        .join(name)
}

/// Returns the command that runs Python: that of `tests/python/.venv`, if it is there.
pub fn python() -> Command {
    let own = script(".venv/bin/python");
    let program = if own.is_file() { own } else { "python3".into() };
    let mut command = Command::new(program);
    // Spark looks for an address of this machine otherwise, and warns that it found one.
    command
        .env("SPARK_LOCAL_IP", "127.0.0.1")
        .stdin(Stdio::null());
    command
}

/// Whether Python has these packages; if not, the test is reported as skipped, or fails where `python` is required.
pub fn python_has(packages: &[&str]) -> bool {
    let import = format!("import {}", packages.join(", "));
    let there = succeeds(python().args(["-c", &import]));
    if !there {
        let list = packages.join(", ");
        skipped::skip(
            "python",
            &format!("no Python with {list} (tests/python/requirements.txt)"),
        );
    }
    there
}

/// Whether `PySpark` and its Java are there; if not, the test is reported as skipped, or fails where `spark` is required.
pub fn spark_is_there() -> bool {
    let has_package = succeeds(python().args(["-c", "import pyspark"]));
    let there = has_package && succeeds(Command::new("java").arg("-version"));
    if !there {
        let reason = "no Python with pyspark, or no Java (tests/python/requirements-spark.txt)";
        skipped::skip("spark", reason);
    }
    there
}

fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
