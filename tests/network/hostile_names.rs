//! The name a server gives its player reaches no path and no terminal as it is: the real program, at a table that uses
//! every bad name, and then every command that lists or plays what was recorded.

use std::process::Output;

use pianola::recording::{SessionFile, session_file_name};
use proptest::prelude::*;

use crate::support::files::all_below;
use crate::support::hostile_table::{Behaviour, HostileTable};
use crate::support::process::{pianola, run, stderr, stdout};

/// Names are kept up to this length, in characters.
const LONGEST: usize = 64;

/// Not seen, or moves what is: written down here once more, so that it is not the program's own list.
fn is_hidden(c: char) -> bool {
    let wide = matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    c != '\n' && (c.is_control() || wide)
}

fn assert_clean(what: &str, output: &Output) {
    for text in [stdout(output), stderr(output)] {
        let line = text.lines().find(|line| line.chars().any(is_hidden));
        assert!(line.is_none(), "{what}: {line:?}");
    }
}

#[test]
fn no_name_leaves_the_folder_or_moves_the_cursor() {
    let long = "N".repeat(300);
    let names = [
        "../../evil",
        "\u{1b}[2J\u{1b}]0;title\u{7}",
        &long,
        "",
        "a\u{202e}b\u{200b}c\u{2028}d\u{feff}",
        "one\nINFO two\r\u{8}\u{9b}31m\0",
    ];
    std::thread::scope(|scope| {
        for name in names {
            scope.spawn(move || one_name(name));
        }
    });
}

fn one_name(name: &str) {
    let hostile = HostileTable::start(Behaviour {
        username: Some(name.to_owned()),
        // It is also the name of events, of fields and of games.
        secrets: vec![name.to_owned()],
        ..Behaviour::default()
    });
    let home = tempfile::tempdir().unwrap();
    let out = home.path().join("in").join("out");
    let script = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/fixtures/sixty_lines.txt"
    );
    let url = format!("http://127.0.0.1:{}", hostile.server.port());
    let output = pianola()
        .env("PIANOLA_LOG", "trace")
        .args([
            "play",
            script,
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
    assert!(
        output.status.code().is_some_and(|code| code < 2),
        "{}",
        stderr(&output)
    );
    assert_clean(&format!("play at {name:?}"), &output);
    assert!(stderr(&output).contains("logged in"));
    // Nothing outside the folder, nothing odd in it.
    let outside = all_below(home.path())
        .into_iter()
        .filter(|path| !path.starts_with(&out));
    assert_eq!(
        outside.collect::<Vec<_>>(),
        [home.path().join("in")],
        "{name:?}"
    );
    for path in all_below(&out) {
        let file = path.file_name().unwrap().to_str().unwrap();
        let safe = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        assert!(
            file.chars().all(safe) && file.len() < 100,
            "{name:?}: {file}"
        );
    }
    let sessions = all_below(&out);
    let session = sessions
        .iter()
        .find(|path| path.to_string_lossy().ends_with("_session.json"))
        .unwrap_or_else(|| panic!("{name:?}: {}", stderr(&output)));
    // The file says who it was, to the letter; the longest names are cut.
    let file = SessionFile::parse(&std::fs::read(session).unwrap()).unwrap();
    let saved_name = file.meta.username.unwrap_or_default();
    assert!(name.starts_with(&saved_name), "{name:?}: {saved_name:?}");
    assert_eq!(
        saved_name.chars().count(),
        name.chars().count().min(LONGEST),
        "{name:?}: {saved_name:?}"
    );
    let (out, session) = (out.to_str().unwrap(), session.to_str().unwrap());
    for args in [
        &["library", "--out", out] as &[&str],
        &["library", "--out", out, "--json"],
        &["library", "--out", out, "--rebuild"],
        &["verify", out],
        &["verify", out, "--json"],
        &["replay", session],
        &["replay", session, "--json"],
    ] {
        let output = run(args);
        assert!(
            !output.stdout.is_empty() || args.contains(&"--rebuild"),
            "{args:?}"
        );
        assert_clean(&format!("{args:?} with {name:?}"), &output);
        if args.contains(&"--json") {
            for line in stdout(&output).lines() {
                serde_json::from_str::<serde_json::Value>(line).unwrap();
            }
        }
    }
}

proptest! {
    #[test]
    fn any_name_makes_a_name_of_a_file(name in any::<String>(), copy in 1_u32..4) {
        let start = "2026-11-22T15:00:00Z".parse().unwrap();
        let file = session_file_name(Some(&name), start, copy);
        let safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-T".contains(c);
        prop_assert!(file.chars().all(safe) && file.len() < 100, "{file}");
        prop_assert!(file.starts_with("20261122T150000_") && file.ends_with("_session.json"));
    }
}
