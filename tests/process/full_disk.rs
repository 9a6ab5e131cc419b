//! A real disk that fills up, and a real read-only one: a small file system of the test's own.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use pianola::recording::{DayIndex, GameFile};
use pianola::settings::Saver;
use pianola::settings::file::load;
use pianola::table::{Speed, Table, TableConfig};

use crate::support::files::game_files;
use crate::support::mounted::{Mounted, fill, mounted};
use crate::support::process::{self, signal, until};

#[test]
fn a_full_disk_is_said_with_the_reason_and_what_came_meanwhile_is_written_once_there_is_room() {
    let table = Table::start(TableConfig {
        speed: Speed::Times(30.0),
        ..TableConfig::default()
    });
    let table = table.unwrap();
    let Some(mut run) = Mounted::start("size=4m", &["record", "--url", &table.url()]) else {
        return;
    };
    // A disk of four megabytes has little room from the beginning.
    run.says("MB are left on the disk");
    run.says("game started");
    let disk = run.disk();
    fill(&disk.join("other data"));
    run.says("NOT RECORDING: cannot write");
    let log = run.text("log");
    assert!(log.contains("make room on the disk"), "{log}");
    // A whole game that never reached the disk.
    let ended = |log: &str| log.matches("game ended").count();
    let before = ended(&log);
    until("a game on the full disk", || {
        (ended(&run.text("log")) > before + 1).then_some(())
    });
    let printed = run.text("out").lines().count();
    assert!(!run.text("log").contains("recording again"));
    fs::remove_file(disk.join("other data")).unwrap();
    run.says("recording again");
    until("the games of the full disk", || {
        (run.text("out").lines().count() >= printed + 2).then_some(())
    });
    let files = game_files(&disk.join("recordings"));
    let file = |path: &PathBuf| GameFile::parse(&fs::read(path).unwrap()).unwrap();
    let whole = files.iter().filter(|path| file(path).meta.complete);
    // The first one may have been joined in its middle.
    assert!(whole.count() + 1 >= files.len(), "{}", run.text("out"));
    let days = fs::read_dir(disk.join("recordings")).unwrap();
    let day = days.map(|day| day.unwrap().path().join("index.json"));
    let index = day.filter(|index| index.exists()).last().unwrap();
    assert!(DayIndex::parse(&fs::read(index).unwrap()).is_ok());
    signal(&run.child, "-INT");
    let ended = until("the end", || run.child.try_wait().unwrap());
    assert!(ended.success(), "{}", run.text("log"));
}

/// A log that fills its disk: lines of it are lost, the recording, on another disk, is not.
#[test]
fn a_disk_that_the_log_fills_costs_no_game() {
    let table = Table::start(TableConfig {
        speed: Speed::Times(50.0),
        ..TableConfig::default()
    });
    let (table, folder) = (table.unwrap(), tempfile::tempdir().unwrap());
    let out = folder.path().join("recordings");
    let script = folder.path().join("script");
    fs::write(&script, "1 presale buy 0.01\n2 presale buy 0.01\n").unwrap();
    for command in [&["record"] as &[&str], &["play", script.to_str().unwrap()]] {
        let url = table.url();
        let rest = [
            "--url",
            &url,
            "--games",
            "2",
            "--out",
            out.to_str().unwrap(),
        ];
        let args = [command, &rest].concat();
        // Two pages, which the most detailed log fills at once.
        let line = "PIANOLA_LOG=trace exec \"$@\" 2>\"$0/log\"";
        let Some(mut run) = Mounted::with("size=8k", line, &args) else {
            return;
        };
        let disk = run.disk();
        let mut longest = 0;
        let ended = until("the end", || {
            let log = fs::metadata(disk.join("log"));
            longest = log.map_or(longest, |log| log.len().max(longest));
            run.child.try_wait().unwrap()
        });
        assert!(ended.success(), "{command:?}: {ended}");
        assert_eq!(longest, 8 << 10, "{command:?}");
    }
    assert!(game_files(&out).len() >= 4);
    let verified = process::run(&["verify", out.to_str().unwrap()]);
    assert!(verified.status.success(), "{}", process::stdout(&verified));
}

#[test]
fn a_disk_that_may_only_be_read_is_refused_at_the_start_with_the_reason() {
    let Some(mut run) = Mounted::start("ro", &["record", "--practice", "--games", "1"]) else {
        return;
    };
    let ended = until("the refusal", || run.child.try_wait().unwrap());
    let said = run.text("log");
    assert_eq!(ended.code(), Some(1), "{said}");
    for words in ["cannot record to", "Read-only file system", "--out"] {
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(run.text("out"), "");
}

/// The folder is removed under the running program: it says so, makes it again, and goes on.
#[test]
fn a_folder_that_is_removed_under_the_program_is_said_and_made_again() {
    let table = Table::start(TableConfig {
        speed: Speed::Times(30.0),
        ..TableConfig::default()
    });
    let (table, folder) = (table.unwrap(), tempfile::tempdir().unwrap());
    let out = folder.path().join("recordings");
    let (results, log) = (folder.path().join("out"), folder.path().join("log"));
    let mut program = process::pianola();
    program.args(["record", "--url", &table.url(), "--out"]);
    program.arg(&out).env("PIANOLA_LOG", "info");
    program.stdout(File::create(&results).unwrap());
    program.stderr(File::create(&log).unwrap());
    let mut child = program.spawn().unwrap();
    let text = |path: &Path| fs::read_to_string(path).unwrap();
    let mut says = |words: &str| {
        until(words, || {
            assert_eq!(child.try_wait().unwrap(), None, "{}", text(&log));
            text(&log).contains(words).then_some(())
        });
    };
    says("game started");
    fs::remove_dir_all(&out).unwrap();
    says("NOT RECORDING: the folder");
    says("recording again");
    let printed = text(&results).lines().count();
    until("a game in the new folder", || {
        (text(&results).lines().count() > printed + 1).then_some(())
    });
    let id = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.unwrap().success());
    let ended = until("the end", || child.try_wait().unwrap());
    assert!(ended.success(), "{}", text(&log));
    let last = text(&results).lines().last().unwrap().to_owned();
    let path = last.splitn(5, ' ').last().unwrap();
    assert!(GameFile::parse(&fs::read(path).unwrap()).is_ok(), "{last}");
}

/// Names the full disk to the child process of the next test.
const FULL_DISK: &str = "PIANOLA_TEST_FULL_DISK";

/// The test runs itself again on a disk of its own.
#[test]
fn settings_that_find_no_room_leave_the_old_ones_whole_and_this_is_said() {
    if let Some(disk) = std::env::var_os(FULL_DISK) {
        settings_on_a_full_disk(Path::new(&disk));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let disk = folder.path().join("disk");
    let Some(mut command) = mounted("size=64k", "exec \"$@\"", &disk) else {
        return;
    };
    let test = "full_disk::settings_that_find_no_room_leave_the_old_ones_whole_and_this_is_said";
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]);
    let output = command.env(FULL_DISK, &disk).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    assert!(said.contains("1 passed"), "{said}");
}

fn settings_on_a_full_disk(disk: &Path) {
    let path = disk.join("settings.json");
    let mut settings = load(&path).settings;
    let mut saver = Saver::start(path.clone(), &settings).unwrap();
    let mut save = |candles: bool| {
        settings.candles = candles;
        saver.save(&settings);
        until("the settings", || (!saver.is_saving()).then_some(()));
        saver.new_trouble()
    };
    assert_eq!(save(true), None);
    let before = fs::read(&path).unwrap();
    fill(&disk.join("other data"));
    let said = save(false).unwrap();
    assert!(said.contains("not saved"), "{said}");
    assert!(said.contains("No space left"), "{said}");
    assert_eq!(fs::read(&path).unwrap(), before);
    let names = fs::read_dir(disk).unwrap();
    assert_eq!(names.count(), 2, "no piece of a file is left");
    fs::remove_file(disk.join("other data")).unwrap();
    assert_eq!(save(true), None);
}
