//! Tests that cannot run on this machine: each says so on the real stderr, and the last test of the run sums them up
//! (`tests/window/zz_skipped.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::PathBuf;

/// Whether `PIANOLA_REQUIRE` names something, so that its absence is a failure.
pub fn required(what: &str) -> bool {
    std::env::var("PIANOLA_REQUIRE")
        .is_ok_and(|list| list.split([',', ' ']).any(|word| word == what))
}

/// Reports that the running test is skipped because this machine has no `what`.
///
/// # Panics
/// `PIANOLA_REQUIRE` names `what`.
pub fn skip(what: &str, reason: &str) {
    assert!(
        !required(what),
        "PIANOLA_REQUIRE names {what}, but: {reason}"
    );
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    // Written to the handle itself: the test runner captures the output of `eprintln!`.
    writeln!(std::io::stderr(), "skipped: {test}: {reason}").ok();
    let line = format!("{}\t{test}\t{reason}\n", env!("CARGO_CRATE_NAME"));
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .open(list(this_run()));
    file.and_then(|mut file| file.write_all(line.as_bytes()))
        .expect("the list of skipped tests can be written");
}

/// Returns the lines "N tests skipped: reason" of a run, and forgets them.
pub fn summary(run: u32) -> Vec<String> {
    let text = std::fs::read_to_string(list(run)).unwrap_or_default();
    std::fs::remove_file(list(run)).ok(); // Absent when nothing was skipped.
    let mut by_reason: BTreeMap<&str, BTreeSet<(&str, &str)>> = BTreeMap::new();
    for line in text.lines() {
        let mut parts = line.splitn(3, '\t');
        if let (Some(binary), Some(test), Some(reason)) = (parts.next(), parts.next(), parts.next())
        {
            by_reason.entry(reason).or_default().insert((binary, test));
        }
    }
    let line = |(reason, tests): (&str, BTreeSet<_>)| match tests.len() {
        1 => format!("1 test skipped: {reason}"),
        count => format!("{count} tests skipped: {reason}"),
    };
    by_reason.into_iter().map(line).collect()
}

/// Writes the summary of this run to the real stderr.
pub fn report_summary() {
    for line in summary(this_run()) {
        writeln!(std::io::stderr(), "{line}").ok(); // Without stderr there is no reader.
    }
}

/// Returns the id of this run of `cargo test`: all its test binaries are children of the same process.
pub fn this_run() -> u32 {
    #[cfg(unix)]
    return std::os::unix::process::parent_id();
    #[cfg(not(unix))]
    return 0;
}

fn list(run: u32) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("skipped-{run}.txt"))
}
