//! A planted secret: the real program at a server that repeats whatever it was sent, with everything logged and the raw
//! capture on. It is in no file, in no line, in no panic.

use std::path::Path;
use std::process::{Command, Output};

use crate::support::files::all_below;
use crate::support::hostile_table::{BadEnd, Behaviour, HostileTable};
use crate::support::process::{pianola, stderr, stdout};

/// The most detailed log.
const LOG: &str = "trace,tungstenite=trace,tungstenite::protocol=trace,tokio_tungstenite=trace,rust_engineio=trace,\
                   rust_socketio=trace,hyper_util=trace,reqwest=trace";

/// The program with a home of its own.
fn at_home(home: &Path) -> Command {
    let mut command = pianola();
    command
        .env("PIANOLA_LOG", LOG)
        .env("RUST_LOG", "trace")
        .env("RUST_BACKTRACE", "1");
    for (name, folder) in [
        ("HOME", "home"),
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
    ] {
        command.env(name, home.join(folder));
    }
    command
}

/// Fails if one of the secrets is anywhere.
fn assert_nowhere(secrets: &[String], home: &Path, output: &Output) {
    let lower = |bytes: &[u8]| String::from_utf8_lossy(bytes).to_lowercase();
    let files: Vec<_> = all_below(home)
        .into_iter()
        .map(|path| {
            let text = if path.is_file() {
                std::fs::read(&path).unwrap()
            } else {
                Vec::new()
            };
            (lower(path.to_string_lossy().as_bytes()), lower(&text))
        })
        .collect();
    let said = [
        ("stdout", lower(&output.stdout)),
        ("stderr", lower(&output.stderr)),
    ];
    for secret in secrets {
        let secret = secret.to_lowercase();
        for (place, text) in &said {
            let line = text.lines().find(|line| line.contains(&secret));
            assert!(line.is_none(), "{secret} is in {place}: {line:?}");
        }
        for (name, text) in &files {
            assert!(!name.contains(&secret), "{secret} names {name}");
            assert!(!text.contains(&secret), "{secret} is in {name}");
        }
    }
}

fn captured(out: &Path) -> String {
    let files = all_below(&out.join(".captures"));
    let texts = files
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap());
    texts.collect()
}

#[test]
fn a_credential_in_the_address_is_found_nowhere() {
    let secrets = [
        "pl4nted-s3cret-Q7x",
        "second s3cret/ü",
        "second%20s3cret%2F%C3%BC",
    ];
    let secrets = secrets.map(str::to_owned).to_vec();
    let hostile = HostileTable::start(Behaviour {
        secrets: secrets.clone(),
        ends: vec![BadEnd::Error, BadEnd::Http, BadEnd::Panic, BadEnd::Refused],
        ..Behaviour::default()
    });
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("out");
    let port = hostile.server.port();
    let url = format!(
        "http://127.0.0.1:{port}/?token={}&more={}",
        secrets[0], secrets[2]
    );
    let output = at_home(home.path())
        .args([
            "record",
            "--url",
            &url,
            "--games",
            "1",
            "--raw-capture",
            "--out",
        ])
        .arg(&out)
        .output()
        .unwrap();
    let said = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{said}");
    // The test tests something: the server got it, and all of its failures were reported.
    assert!(hostile.server.requests()[0].contains(&secrets[0]));
    for notice in [
        "Got an IO-Error",
        "HTTP error: 403",
        "no room for …",
        "library failed",
    ] {
        assert!(said.contains(notice), "{notice} is not in {said}");
    }
    let capture = captured(&out);
    assert!(capture.matches("[removed]").count() > 10, "{capture}");
    assert!(capture.contains("serverSeed") && capture.contains("(down)"));
    assert!(!stdout(&output).is_empty());
    assert_nowhere(&secrets, home.path(), &output);
}

#[test]
fn what_a_player_logs_in_with_is_found_nowhere() {
    let hostile = HostileTable::start(Behaviour {
        ends: vec![BadEnd::Error],
        refuses_orders: true,
        ..Behaviour::default()
    });
    let home = tempfile::tempdir().unwrap();
    let script = home.path().join("script.txt");
    std::fs::copy(
        concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/tests/fixtures/sixty_lines.txt"
        ),
        &script,
    )
    .unwrap();
    let out = home.path().join("out");
    let port = hostile.server.port();
    let output = at_home(home.path())
        .arg("play")
        .arg(&script)
        .args([
            "--url",
            &format!("http://127.0.0.1:{port}"),
            "--games",
            "2",
            "--raw-capture",
            "--out",
        ])
        .arg(&out)
        .output()
        .unwrap();
    let said = stderr(&output);
    let tokens = hostile.tokens();
    assert_eq!(tokens.len(), 1, "{said}");
    assert!(hostile.refused_orders() > 0, "{said}");
    let capture = captured(&out);
    assert!(
        capture.contains(r#""event":"authenticate","dir":"sent""#),
        "{said}"
    );
    assert!(capture.contains(r#""data":"[removed]""#));
    assert!(
        stdout(&output).contains("[removed] is broke"),
        "{}",
        stdout(&output)
    );
    assert_nowhere(&tokens, home.path(), &output);
}
