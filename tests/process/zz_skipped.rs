//! What is said of skipped tests. Without the window this is the last test program of a run, otherwise `window` is.

use crate::support::skipped;

#[cfg(not(feature = "window"))]
#[test]
fn skipped_tests_are_summed_up() {
    skipped::report_summary();
}

#[test]
#[ignore = "a part of a_skipped_test_is_visible"]
fn skips_itself() {
    skipped::skip("telescope", "there is no telescope");
}

#[cfg(unix)]
#[test]
fn a_skipped_test_is_visible() {
    let test = "zz_skipped::skips_itself";
    let run = |require: &str| {
        let mut command = std::process::Command::new(std::env::current_exe().expect("this file"));
        command
            .args(["--ignored", "--exact", test])
            .env("PIANOLA_REQUIRE", require);
        command.output().expect("it runs")
    };
    let optional = run("node");
    assert!(optional.status.success());
    let stderr = String::from_utf8_lossy(&optional.stderr);
    assert_eq!(stderr, format!("skipped: {test}: there is no telescope\n"));
    let summary = skipped::summary(std::process::id());
    assert_eq!(summary, ["1 test skipped: there is no telescope"]);
    assert!(!run("node,telescope").status.success());
}
