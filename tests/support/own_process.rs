//! A test in a process of its own: it counts the descriptors, threads or memory of its process, or sets what all tests
//! of a process share.

use std::process::Command;

/// Set in the process of the one test.
const ALONE: &str = "PIANOLA_TEST_ALONE";

/// Runs the body of a test in a process of its own: the test program is started again for this one test.
///
/// # Panics
/// The test failed there, or `body` is no closure of a test.
pub fn in_own_process<F: FnOnce()>(body: F) {
    in_own_process_with(&[], body);
}

/// The same with these environment variables.
///
/// # Panics
/// As [`in_own_process`].
pub fn in_own_process_with<F: FnOnce()>(variables: &[(&str, &str)], body: F) {
    if std::env::var_os(ALONE).is_some() {
        return body();
    }
    // "process::soak::name_of_the_test::{{closure}}"
    let path = std::any::type_name::<F>();
    let test = path
        .split_once("::")
        .and_then(|(_, path)| path.strip_suffix("::{{closure}}"))
        .expect("the body is a closure of the test");
    let output = Command::new(std::env::current_exe().expect("this program"))
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(ALONE, "1")
        .envs(variables.iter().copied())
        .output()
        .expect("this program starts once more");
    let stdout = String::from_utf8_lossy(&output.stdout);
    let stderr = String::from_utf8_lossy(&output.stderr);
    print!("{stdout}");
    eprint!("{stderr}");
    assert!(output.status.success(), "{test} failed in its own process");
    assert!(stdout.contains("1 passed"), "no test is called {test}");
}
