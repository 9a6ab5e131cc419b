//! Wrong use of the commands: exit code 2, a hint, and nothing secret repeated.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/process.rs"]
mod process;

use process::{run, stderr, stdout};

#[test]
fn wrong_use_ends_with_2_and_says_what_to_do() {
    for (args, hint) in [
        (&["record"] as &[&str], "--practice"),
        (&["record", "--live", "--speed", "2"], "--practice"),
        (
            &["record", "--url", "https://example.invalid", "--speed", "2"],
            "--practice",
        ),
        (&["record", "--live", "--seed", "1"], "--practice"),
        (&["record", "--practice", "--live"], "cannot be used with"),
        (&["record", "--practice", "--speed", "0"], "0.1 to 1000"),
        (
            &["record", "--browser", "192.168.0.2:9222"],
            "not this computer",
        ),
        (&["record", "--browser", "rugs.fun"], "127.0.0.1:9222"),
        (&["--browser", "0"], "no port"),
        (
            &["record", "--browser", "9222", "--seed", "1"],
            "--practice",
        ),
        (
            &["record", "--browser", "9222", "--speed", "2"],
            "--practice",
        ),
        (&["--browser", "9222", "--live"], "cannot be used with"),
        (
            &["--browser", "9222", "--url", "https://x.example"],
            "cannot be used with",
        ),
        (&["record", "--practice", "--games", "0"], "1.."),
        (&["record", "--url", "http://example.invalid"], "https://"),
        (&["record", "--url", "ftp://example.invalid"], "https://"),
        (&["table", "--fault", "nonsense"], "no-genesis"),
        (&["table", "--loop"], "--capture"),
        (&["verify"], "PATH"),
        (&["dance"], "--help"),
    ] {
        let output = run(args);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
        assert!(said.contains(hint), "{args:?}: {said}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn an_address_with_a_secret_in_it_is_not_repeated() {
    for address in [
        "https://me:hunter2@example.invalid",
        "http://example.invalid/?token=hunter2",
    ] {
        let output = run(&["record", "--url", address]);
        assert_eq!(output.status.code(), Some(2));
        assert!(!stderr(&output).contains("hunter2"), "{}", stderr(&output));
    }
}

#[test]
fn help_lists_what_there_is() {
    let output = run(&["--help"]);
    assert_eq!(output.status.code(), Some(0));
    for word in ["record", "table", "verify", "library", "Exit codes"] {
        assert!(stdout(&output).contains(word), "{word}");
    }
    let faults = stdout(&run(&["table", "--help"]));
    for fault in pianola::table::Fault::ALL {
        assert!(faults.contains(fault.name()), "{}", fault.name());
    }
}

#[test]
fn a_capture_that_is_none_is_refused_with_its_line() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("not-a-capture.jsonl");
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"), &path).unwrap();
    let output = run(&["table", "--capture", path.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("line 1"), "{}", stderr(&output));
}

#[test]
fn a_proxy_in_the_environment_is_named_and_its_password_is_not() {
    use std::io::Read as _;

    let folder = tempfile::tempdir().unwrap();
    let mut child = process::pianola()
        .env("PIANOLA_LOG", "info")
        .env("HTTPS_PROXY", "http://me:hunter2@127.0.0.1:1")
        .env_remove("https_proxy")
        .env_remove("no_proxy")
        .env_remove("NO_PROXY")
        .args(["record", "--url", "https://pianola.invalid", "--out"])
        .arg(folder.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut stderr = child.stderr.take().unwrap();
    let mut bytes = [0; 1_024];
    while !said.contains("HTTPS_PROXY is set, but Pianola uses no proxy") {
        let read = stderr.read(&mut bytes).unwrap();
        assert!(read > 0, "it ended: {said}");
        said += &String::from_utf8_lossy(&bytes[..read]);
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!said.contains("hunter2"), "{said}");
}

#[test]
fn to_this_computer_leads_no_proxy() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    std::fs::File::create(&script)
        .and_then(|mut file| std::io::Write::write_all(&mut file, b"1 presale buy 0.01\n"))
        .unwrap();
    let (_table, url) = process::table(&["--seed", "7", "--speed", "100"]);
    let mut play = process::pianola();
    for variable in [
        "http_proxy",
        "HTTP_PROXY",
        "https_proxy",
        "all_proxy",
        "ALL_PROXY",
    ] {
        play.env(variable, "http://127.0.0.1:1");
    }
    play.arg("play")
        .arg(&script)
        .args(["--url", &url, "--games", "1", "--out"]);
    let output = play.arg(folder.path().join("recordings")).output().unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(stdout(&output).contains("BUY"), "{said}");
}
