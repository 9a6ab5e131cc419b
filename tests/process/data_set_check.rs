//! `pianola dataset check` and `pianola dataset report` as processes: what they print, and their exit codes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use pianola::recording::Origin;
use serde_json::Value;
use tempfile::TempDir;

use crate::support::data_set::{games_on, put_file, put_game};
use crate::support::files::overwrite;
use crate::support::json_keys::assert_keys_are_in;
use crate::support::original_text::original;
use crate::support::process::{run, stderr, stdout};
use crate::support::recorded_session;
use crate::support::session_facts::{a_long_and_another_game, a_session};

/// The folders of a data set that the program built: of a session with its games, of two days of the real server, and of a
/// recording of the Python original.
struct Built {
    folder: TempDir,
}

impl Built {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let built = Self { folder };
        let games = a_long_and_another_game();
        recorded_session::record(&built.path("practice"), &games, a_session(&games));
        for (day, seed) in [("2025-12-15", 2), ("2025-12-16", 3)] {
            put_game(
                &built.path("live"),
                &games_on(day, seed, 1)[0],
                Origin::Live,
            );
        }
        let text = original("20251029-0123456789abcdef", 4);
        put_file(&built.path("original/a.jsonl"), text.as_bytes());
        let output = run(&[
            "dataset",
            "build",
            &built.text("live"),
            &built.text("practice"),
            "--origin",
            "live,practice",
            "--import",
            &built.text("original"),
            "--out",
            &built.text("set"),
        ]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        built
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    fn check(&self, more: &[&str]) -> Output {
        run(&[&["dataset", "check", &self.text("set")], more].concat())
    }

    /// Checks a data set that is wrong: the file is named.
    fn assert_named(&self, file: &str, words: &str) {
        let output = self.check(&[]);
        let text = stdout(&output);
        assert_eq!(output.status.code(), Some(1), "{text}{}", stderr(&output));
        let mut lines = text.lines();
        let is_named = |line: &str| line.contains(file) && line.contains(words);
        assert!(lines.any(is_named), "{file} {words}: {text}");
        assert!(text.lines().last().unwrap().contains(" finding"), "{text}");
    }
}

/// Returns the files of a data set that belong to it.
fn files(set: &Path) -> Vec<String> {
    let all = crate::support::data_set::files_of(set).into_keys();
    all.filter(|path| !path.starts_with(".state")).collect()
}

#[test]
fn a_right_data_set_ends_with_its_totals_and_exit_code_0() {
    let built = Built::new();
    let output = built.check(&[]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}{}",
        stdout(&output),
        stderr(&output)
    );
    let text = stdout(&output);
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.starts_with("5 games, "), "{text}");
    assert!(
        text.contains(" 1 session, ") && text.ends_with(" actions checked: 0 findings\n"),
        "{text}"
    );
    // Nothing of a terminal's progress is in a pipe.
    assert_eq!(stderr(&output), "");
    let output = built.check(&["--json"]);
    let totals: Value = serde_json::from_str(&stdout(&output)).unwrap();
    assert_eq!(
        (&totals["games"], &totals["findings"]),
        (&5.into(), &0.into())
    );
    // The recordings were moved: their folders are named.
    fs::rename(built.path("live"), built.path("moved")).unwrap();
    assert_eq!(built.check(&[]).status.code(), Some(1));
    let named = [built.text("moved"), built.text("practice")];
    let output = built.check(&[&named[0], &named[1], "--import", &built.text("original")]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
}

#[test]
fn one_damaged_byte_in_each_file_is_found() {
    let built = Built::new();
    let set = built.path("set");
    let files = files(&set);
    assert!(files.len() > 20, "{files:?}");
    for file in files {
        let path = set.join(&file);
        let whole = fs::read(&path).unwrap();
        let mut damaged = whole.clone();
        damaged[whole.len() / 2] ^= 0x15;
        overwrite(&path, &damaged);
        if file == "dataset.json" {
            let output = built.check(&[]);
            assert_eq!(output.status.code(), Some(1));
            let all = stdout(&output) + &stderr(&output);
            assert!(all.contains("dataset.json"), "{all}");
        } else {
            built.assert_named(&file, "");
        }
        overwrite(&path, &whole);
    }
    assert_eq!(built.check(&[]).status.code(), Some(0));
}

#[test]
fn removed_added_and_swapped_files_are_named() {
    let built = Built::new();
    let set = built.path("set");
    let file = |table: &str, day: &str| format!("{table}/origin=live/date={day}/part-0.parquet");
    let ticks = file("ticks", "2025-12-15");
    fs::rename(set.join(&ticks), built.path("aside")).unwrap();
    built.assert_named(&ticks, "it is missing");
    fs::rename(built.path("aside"), set.join(&ticks)).unwrap();

    let added = "games/origin=live/date=2025-12-15/part-1.parquet";
    fs::copy(set.join(file("games", "2025-12-16")), set.join(added)).unwrap();
    built.assert_named(added, "no recording makes its rows");
    fs::remove_file(set.join(added)).unwrap();

    let days =
        ["2025-12-15", "2025-12-16"].map(|day| set.join(format!("games/origin=live/date={day}")));
    fs::rename(&days[0], built.path("aside")).unwrap();
    fs::rename(&days[1], &days[0]).unwrap();
    fs::rename(built.path("aside"), &days[1]).unwrap();
    built.assert_named(
        &file("games", "2025-12-15"),
        "the recordings have it, and the data set does not",
    );
    built.assert_named(
        &file("games", "2025-12-16"),
        "the data set has it, and the recordings do not",
    );
    let rows = stdout(&built.check(&["--json"]));
    let rows: Vec<Value> = rows
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(rows.last().unwrap()["findings"], rows.len() - 1);
    assert!(
        rows.iter()
            .any(|row| row["file"] == file("games", "2025-12-15") && row["kind"] == "data_differs")
    );
}

#[test]
fn what_is_no_data_set_is_refused_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    for command in ["check", "report"] {
        let output = run(&["dataset", command, path]);
        assert_eq!(output.status.code(), Some(1), "{command}");
        assert!(
            stderr(&output).contains("`pianola dataset build` makes"),
            "{}",
            stderr(&output)
        );
        assert_eq!(
            run(&["dataset", command]).status.code(),
            Some(2),
            "{command}"
        );
    }
    let both = run(&["dataset", "report", path, "--json", "--html", "report.html"]);
    assert_eq!(both.status.code(), Some(2));
}

#[test]
fn the_report_is_printed_as_text_and_json_and_written_as_one_page() {
    let built = Built::new();
    let set = built.text("set");
    let read = |name: &str| fs::read_to_string(built.path("set").join(name)).unwrap();
    let output = run(&["dataset", "report", &set]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output).trim_end(), read("quality.txt").trim_end());
    assert!(stdout(&output).contains("5 games"), "{}", stdout(&output));
    let output = run(&["dataset", "report", &set, "--json"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(stdout(&output).lines().count(), 1);
    let printed: Value = serde_json::from_str(&stdout(&output)).unwrap();
    let written: Value = serde_json::from_str(&read("quality.json")).unwrap();
    assert_eq!(printed, written);
    // The columns of `quality` are in the data card.
    let mut explained = printed;
    for day in explained["days"].as_array_mut().unwrap() {
        day.as_object_mut().unwrap().remove("row").unwrap();
    }
    let formats = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/formats.md"));
    assert_keys_are_in(formats, &explained);
    let page = built.text("report.html");
    let output = run(&["dataset", "report", &set, "--html", &page]);
    assert_eq!(
        (output.status.code(), stdout(&output).as_str()),
        (Some(0), "")
    );
    assert_eq!(fs::read_to_string(&page).unwrap(), read("quality.html"));
    // Its folder is made; a file is none.
    let html = |page: &str| run(&["dataset", "report", &set, "--html", &built.text(page)]);
    assert_eq!(html("new/folder/report.html").status.code(), Some(0));
    let page = built.path("new/folder/report.html");
    assert_eq!(fs::read_to_string(page).unwrap(), read("quality.html"));
    let made = fs::read_dir(built.path("new/folder")).unwrap();
    assert_eq!(made.count(), 1, "nothing half-written is left");
    let output = html("report.html/report.html");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("cannot write"),
        "{}",
        stderr(&output)
    );
    // An earlier report is replaced, and nothing else: no other file, no link, nothing inside the data set.
    assert_eq!(html("report.html").status.code(), Some(0));
    fs::write(built.path("other.html"), "<!doctype html>").unwrap();
    std::os::unix::fs::symlink("report.html", built.path("link.html")).unwrap();
    let manifest = read("dataset.json");
    for (page, why) in [
        ("other.html", "something else is there"),
        ("link.html", "something else is there"),
        ("set/dataset.json", "inside the data set"),
        ("set/games/new/report.html", "inside the data set"),
    ] {
        let output = html(page);
        assert_eq!(output.status.code(), Some(1), "{page}");
        assert!(stderr(&output).contains(why), "{}", stderr(&output));
    }
    let other = fs::read_to_string(built.path("other.html")).unwrap();
    assert_eq!(other, "<!doctype html>");
    assert_eq!(read("dataset.json"), manifest);
    assert!(!built.path("set/games/new").exists());
    overwrite(&built.path("set/quality.json"), b"{");
    let output = run(&["dataset", "report", &set, "--json"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        stderr(&output).contains("build the data set again"),
        "{}",
        stderr(&output)
    );
}
