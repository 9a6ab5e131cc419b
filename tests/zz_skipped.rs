//! The last test binary of a run (cargo takes them by name): says how many tests were skipped, and why.
#![allow(missing_docs)]

#[path = "support/skipped.rs"]
mod skipped;

use std::io::Write as _;

#[test]
fn skipped_tests_are_summed_up() {
    for line in skipped::summary(skipped::this_run()) {
        writeln!(std::io::stderr(), "{line}").ok();
    }
}

#[test]
#[ignore = "a part of a_skipped_test_is_visible"]
fn skips_itself() {
    skipped::skip("telescope", "there is no telescope");
}

#[cfg(unix)]
#[test]
fn a_skipped_test_is_visible() {
    let run = |require: &str| {
        let mut command = std::process::Command::new(std::env::current_exe().expect("this file"));
        command
            .args(["--ignored", "--exact", "skips_itself"])
            .env("PIANOLA_REQUIRE", require);
        command.output().expect("it runs")
    };
    let optional = run("node");
    assert!(optional.status.success());
    let stderr = String::from_utf8_lossy(&optional.stderr);
    assert_eq!(stderr, "skipped: skips_itself: there is no telescope\n");
    let summary = skipped::summary(std::process::id());
    assert_eq!(summary, ["1 test skipped: there is no telescope"]);
    assert!(!run("node,telescope").status.success());
}
