//! The edges of the commands: wrong use (exit code 2, a hint, no secret repeated), an output that cannot be written, a
//! path that is no text, a link to nothing, and the content of the log.

mod manual;
mod proxy;

use std::path::Path;
use std::process::Output;

use crate::support::files::game_files;
use crate::support::process::{pianola, run, stderr, stdout};

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
        (&["record", "--practice", "--games", "0"], "from 1"),
        (&["record", "--practice", "--games", "+1"], "from 1"),
        (&["record", "--practice", "--seed", "+1"], "whole number"),
        (&["table", "--seed", "1_0"], "whole number"),
        (
            &["table", "--seed", "18446744073709551616"],
            "to 18446744073709551615",
        ),
        (&["table", "--port", "+1"], "from 0 to 65535"),
        (&["table", "--port", "65536"], "from 0 to 65535"),
        (&["table", "--speed", "+5"], "0.1 to 1000"),
        (&["record", "--practice", "--speed", "5."], "0.1 to 1000"),
        (&["record", "--practice", "--speed", "1_0"], "0.1 to 1000"),
        (&["record", "--url", "http://example.invalid"], "https://"),
        (&["record", "--url", "ftp://example.invalid"], "https://"),
        (&["table", "--fault", "nonsense"], "no-genesis"),
        (&["table", "--loop"], "--capture"),
        (&["verify"], "PATH"),
        (&["play", "nosuch.txt"], "examples: early-bird"),
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

/// Records two games to a folder.
fn recorded(folder: &Path) {
    let mut record = pianola();
    record.args(["record", "--practice", "--seed", "3", "--speed", "max"]);
    record.args(["--games", "2", "--out"]).arg(folder);
    let output = record.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
}

/// Asserts that every game of a folder is there and proven.
fn assert_proven(folder: &Path) {
    assert!(!game_files(folder).is_empty());
    let output = pianola().arg("verify").arg(folder).output().unwrap();
    assert!(output.status.success(), "{}", stdout(&output));
    let words = stdout(&output);
    assert!(!words.contains("0 proven"), "{words}");
}

/// The keys of `--json` are those that docs/formats.md lists for the command: the first words in code are the command's
/// own, the last column has the sums.
#[test]
fn the_keys_of_json_lines_are_the_documented_ones() {
    let folder = tempfile::tempdir().unwrap();
    recorded(folder.path());
    let out = folder.path().to_str().unwrap();
    let page = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/formats.md"));
    for args in [
        &["verify", "--json", out] as &[&str],
        &["library", "--json", "--out", out],
    ] {
        let row = format!("| `{}` |", args[0]);
        let row = page.lines().find(|line| line.starts_with(&row)).unwrap();
        let columns: Vec<Vec<&str>> = row
            .split(" | ")
            .map(|column| column.split('`').skip(1).step_by(2).collect())
            .collect();
        let output = run(args);
        assert!(output.status.success(), "{}", stderr(&output));
        let text = stdout(&output);
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        let (last, rows) = lines.split_last().unwrap();
        let keys = |line: &serde_json::Value| {
            line.as_object()
                .unwrap()
                .keys()
                .cloned()
                .collect::<Vec<_>>()
        };
        let mut sums = columns[2].clone();
        sums.sort_unstable();
        let mut found = keys(last);
        found.sort_unstable();
        assert_eq!(found, sums, "{args:?}");
        assert!(rows.len() >= 2, "{text}");
        // A line of `library` has the keys of the index, which the golden files hold, and these.
        for line in rows {
            let (own, all) = (keys(line), &columns[1]);
            match args[0] {
                "verify" => assert!(own.iter().all(|key| all.contains(&&**key)), "{own:?}"),
                _ => assert!(line["path"].is_string() && line["peak_exact"].is_boolean()),
            }
        }
    }
}

#[test]
fn what_is_logged_names_the_updates_of_the_account_and_the_games_that_are_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("script");
    std::fs::write(&script, "1 presale buy 0.01\n1 2 sell 100\n").unwrap();
    let mut play = pianola();
    play.args(["play", script.to_str().unwrap(), "--seed", "3"]);
    play.args(["--speed", "20", "--out"])
        .arg(folder.path().join("out"));
    let output = play.env("PIANOLA_LOG", "debug").output().unwrap();
    let log = stderr(&output);
    assert!(output.status.success(), "{log}");
    for words in [
        "playerUpdate received",
        "recording started",
        "recording stopped",
        "verification not possible",
    ] {
        let line = log.lines().find(|line| line.contains(words));
        assert!(
            line.is_some_and(|line| line.contains("DEBUG")),
            "{words}: {log}"
        );
    }
    let started = log.matches("recording started").count();
    assert_eq!(started, log.matches("recording stopped").count(), "{log}");
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::fs::File;
    use std::io::pipe;
    use std::os::unix::ffi::OsStrExt as _;
    use std::process::Stdio;

    use super::*;

    /// A stdout whose reader has left, as after `| head -1`.
    fn without_reader() -> Stdio {
        let (_, writer) = pipe().unwrap();
        writer.into()
    }

    #[cfg(target_os = "linux")]
    fn full() -> Stdio {
        File::options()
            .write(true)
            .open("/dev/full")
            .unwrap()
            .into()
    }

    #[cfg(target_os = "linux")]
    fn assert_lost(output: &Output) {
        let said = stderr(output);
        assert_eq!(output.status.code(), Some(1), "{said}");
        let error = said.matches("error: cannot write to stdout").count();
        assert_eq!(error, 1, "{said}");
        assert!(said.contains("No space left on device"), "{said}");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn results_that_cannot_be_written_are_a_failure_that_is_said() {
        let folder = tempfile::tempdir().unwrap();
        recorded(folder.path());
        let out = folder.path().to_str().unwrap();
        for args in [
            &["--help"] as &[&str],
            &["--version"],
            &["table", "--help"],
            &["table"],
            &["verify", out],
            &["verify", "--json", out],
            &["library", "--out", out],
        ] {
            let output = pianola().args(args).stdout(full()).output().unwrap();
            assert_lost(&output);
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_recording_whose_list_cannot_be_written_goes_on_and_is_a_failure_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let mut record = pianola();
        record.args(["record", "--practice", "--seed", "3", "--speed", "max"]);
        record.args(["--games", "3", "--out"]).arg(folder.path());
        assert_lost(&record.stdout(full()).output().unwrap());
        assert!(game_files(folder.path()).len() >= 3);
        assert_proven(folder.path());
    }

    #[test]
    fn a_reader_that_leaves_ends_a_list_and_not_a_recording() {
        let folder = tempfile::tempdir().unwrap();
        let mut record = pianola();
        record.args(["record", "--practice", "--seed", "3", "--speed", "max"]);
        record.args(["--games", "3", "--out"]).arg(folder.path());
        let output = record.stdout(without_reader()).output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        assert!(game_files(folder.path()).len() >= 3);
        let out = folder.path().to_str().unwrap();
        for args in [
            &["--help"] as &[&str],
            &["verify", out],
            &["library", "--json", "--out", out],
        ] {
            let mut command = pianola();
            let output = command.args(args).stdout(without_reader()).output();
            let output = output.unwrap();
            assert!(output.status.success(), "{args:?}: {}", stderr(&output));
            assert_eq!(stderr(&output), "", "{args:?}");
        }
    }

    /// Reads a path back as the help of the program says.
    fn path_of(text: &str) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            match (first, after) {
                (b'\\', [b'\\', after @ ..]) => {
                    bytes.push(b'\\');
                    rest = after;
                }
                (b'\\', [b'x', high, low, after @ ..]) => {
                    let digits = String::from_utf8(vec![*high, *low]).unwrap();
                    bytes.push(u8::from_str_radix(&digits, 16).unwrap());
                    rest = after;
                }
                (byte, _) => bytes.push(*byte),
            }
        }
        bytes
    }

    // Other systems refuse such a name.
    #[cfg(target_os = "linux")]
    #[test]
    fn a_path_that_is_no_text_is_exact_in_every_list() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join(OsStr::from_bytes(b"j\xf6rg \\x66"));
        recorded(&out);
        let files = game_files(&out);
        let list = |args: &[&str]| {
            let output = pianola().args(args).arg(&out).output().unwrap();
            assert!(output.status.success(), "{}", stderr(&output));
            stdout(&output)
        };
        let named = |json: &str, key: &str| -> Vec<Vec<u8>> {
            let rows = json.lines();
            let rows = rows.map(|row| serde_json::from_str::<serde_json::Value>(row).unwrap());
            let mut paths: Vec<_> = rows
                .filter_map(|row| Some(path_of(row.get(key)?.as_str()?)))
                .collect();
            paths.sort();
            paths
        };
        let exact: Vec<_> = files
            .iter()
            .map(|path| path.as_os_str().as_bytes().to_vec())
            .collect();
        assert_eq!(named(&list(&["verify", "--json"]), "file"), exact);
        let library = list(&["library", "--json", "--out"]);
        assert_eq!(named(&library, "path"), exact);
        assert_eq!(named(&library, "folder"), [out.as_os_str().as_bytes()]);
        let lines = list(&["library", "--out"]);
        let line = lines.lines().next().unwrap();
        let path = line.split_once("complete ").unwrap().1;
        assert!(exact.contains(&path_of(path)), "{path}");
    }

    #[test]
    fn a_link_to_nothing_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let link = folder.path().join("disk");
        std::os::unix::fs::symlink("/nowhere/at/all", &link).unwrap();
        let deep = link.join("evening");
        for command in [
            &["record", "--practice", "--games", "1"] as &[&str],
            &["library"],
        ] {
            for out in [&link, &deep] {
                let output = pianola().args(command).arg("--out").arg(out).output();
                let output = output.unwrap();
                let said = stderr(&output);
                assert_eq!(output.status.code(), Some(1), "{said}");
                let words = format!("{} is a link to /nowhere/at/all", link.display());
                assert!(said.contains(&words), "{said}");
                assert!(
                    said.contains("remove the link") && said.contains("--out"),
                    "{said}"
                );
            }
        }
        // The same for the folder of the user, and for the one of the settings.
        if cfg!(not(target_os = "linux")) {
            return;
        }
        let config = folder.path().join("config");
        std::fs::create_dir_all(config.join("pianola")).unwrap();
        let settings = serde_json::json!({ "recordings": link }).to_string();
        std::fs::write(config.join("pianola/settings.json"), settings).unwrap();
        let nothing = folder.path().join("nothing");
        for (config, data) in [(&nothing, &link), (&config, &nothing)] {
            for command in [
                &["library"] as &[&str],
                &["record", "--practice", "--games", "1"],
            ] {
                let mut program = pianola();
                program.args(command).env("XDG_CONFIG_HOME", config);
                program.env("XDG_DATA_HOME", data).env("HOME", &nothing);
                let output = program.output().unwrap();
                let said = stderr(&output);
                assert_eq!(output.status.code(), Some(1), "{said}");
                assert!(said.contains("is a link to /nowhere/at/all"), "{said}");
            }
        }
    }
}
