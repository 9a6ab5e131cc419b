//! A proxy in the environment: named, never used, its password never repeated.

use crate::support::process::{self, pianola, stderr, stdout};

#[test]
fn a_proxy_in_the_environment_is_named_and_its_password_is_not() {
    use std::io::Read as _;

    let folder = tempfile::tempdir().unwrap();
    let mut child = pianola()
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
    let mut play = pianola();
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
