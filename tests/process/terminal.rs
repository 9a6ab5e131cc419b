//! The program outlives its terminal: a stderr that fails or blocks costs lines of the log and nothing else; a closed
//! terminal and Ctrl-C save what is open. `tests/window/real_start.rs` tests the same for the window, `full_disk.rs` a
//! full disk below the log.
#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{PipeReader, PipeWriter, Read as _, Write as _, pipe};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use pianola::game::EndReason;
use pianola::recording::GameFile;
use pianola::table::{Speed, Table, TableConfig};

use crate::support::bad_server::BadServer;
use crate::support::clean_end::{assert_saved, journals};
use crate::support::files::game_files;
use crate::support::process::{self, pianola, signal, stdout, until};
use crate::support::seeds::seed_of;
use crate::support::terminal::{HangUp, Terminal};

/// How long Ctrl-C may take.
const CTRL_C: Duration = Duration::from_secs(10);
/// Longer than two signals that are one are apart.
const APART: Duration = Duration::from_millis(700);
/// What a pipe holds, and so what fills it.
const PIPE: usize = 64 << 10;

/// A table whose games take a second or so.
fn table(speed: f64) -> Table {
    let config = TableConfig {
        speed: Speed::Times(speed),
        ..TableConfig::default()
    };
    Table::start(config).unwrap()
}

/// A table whose first game is short and whose second one takes many seconds.
fn table_of_a_long_game() -> Table {
    let config = TableConfig {
        seed: Some(seed_of(1, &[5..20, 400..900])),
        speed: Speed::Times(30.0),
        ..TableConfig::default()
    };
    Table::start(config).unwrap()
}

/// The commands that record, at this table, and how each comes to its games; with the most detailed log.
fn recorders(table: &Table, folder: &Path) -> [Command; 2] {
    let script = folder.join("script");
    // The first game may be joined in its middle.
    fs::write(&script, "2 presale buy 0.01\n900 presale buy 0.01\n").unwrap();
    let of = |args: &[&str]| {
        let mut command = pianola();
        command.args(args).args(["--url", &table.url()]);
        command.env("PIANOLA_LOG", "trace");
        command
    };
    [of(&["record"]), of(&["play", script.to_str().unwrap()])]
}

/// Whether there is a session file below the folder.
fn has_session(folder: &Path) -> bool {
    let days = fs::read_dir(folder).unwrap().map(|day| day.unwrap().path());
    let sessions = days.map(|day| day.join("sessions"));
    let mut files = sessions.flat_map(|folder| fs::read_dir(folder).into_iter().flatten());
    files.next().is_some()
}

/// Waits for the end; returns the exit code, and how long it took.
fn ended(child: &mut Child) -> (Option<i32>, Duration) {
    let start = Instant::now();
    let status = process::ended(child);
    (status.code(), start.elapsed())
}

/// A pipe that is full: the next one who writes to it waits.
fn full_pipe() -> (PipeReader, PipeWriter) {
    let (reader, mut writer) = pipe().unwrap();
    writer.write_all(&vec![b'\n'; PIPE]).unwrap();
    (reader, writer)
}

fn dev_full() -> Stdio {
    File::options()
        .write(true)
        .open("/dev/full")
        .unwrap()
        .into()
}

#[test]
fn a_stderr_that_fails_or_blocks_costs_the_log_and_no_game() {
    let (closed_reader, closed) = pipe().unwrap();
    drop(closed_reader);
    let (_unread, blocked) = full_pipe();
    let dead: [(&str, Stdio); 3] = [
        ("full", dev_full()),
        ("closed", closed.into()),
        ("blocked", blocked.into()),
    ];
    let table = table(50.0);
    for (name, stderr) in dead {
        let folder = tempfile::tempdir().unwrap();
        let mut commands = recorders(&table, folder.path());
        // One of them for each kind of death, to be quick; all kinds for the one that is used for weeks.
        let out = folder.path().join("out");
        let record = commands[0].args(["--games", "2", "--out"]).arg(&out);
        let output = record
            .stderr(stderr)
            .stdout(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(0), "{name}");
        assert!(stdout(&output).lines().count() >= 2, "{name}");
        assert!(assert_saved(&out).len() >= 2, "{name}");
    }
    let (_unread, blocked) = full_pipe();
    for (name, stderr) in [("full", dev_full()), ("blocked", blocked.into())] {
        let folder = tempfile::tempdir().unwrap();
        // A table of its own, whose second game is a long one.
        let table = table_of_a_long_game();
        let mut commands = recorders(&table, folder.path());
        let out = folder.path().join("out");
        let play = commands[1].args(["--games", "2", "--out"]).arg(&out);
        let output = play.stderr(stderr).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{name}");
        assert_saved(&out);
        assert!(has_session(&out), "{name}");
    }
}

#[test]
fn a_closed_terminal_saves_what_is_open_and_ends_the_program() {
    let folder = tempfile::tempdir().unwrap();
    for number in 0..2 {
        let table = table_of_a_long_game();
        let [record, play] = recorders(&table, folder.path());
        let mut command = if number == 0 { record } else { play };
        let notes = tempfile::tempdir().unwrap();
        let out = folder.path().join(format!("out{number}"));
        command.arg("--out").arg(&out);
        let Some(mut terminal) = Terminal::start(&command, HangUp::Default, notes.path()) else {
            return;
        };
        until("a game and one that is open", || long_game_is_open(&out));
        terminal.close();
        assert_eq!(terminal.ended(), 0);
        assert_stopped(&assert_saved(&out));
        assert_eq!(has_session(&out), number == 1);
    }
}

/// Whether the first game is published and the second one, which is longer, is in the journal.
fn long_game_is_open(out: &Path) -> Option<()> {
    let is_long = |path: &PathBuf| fs::metadata(path).is_ok_and(|file| file.len() > 6_000);
    (!game_files(out).is_empty() && journals(out).iter().any(is_long)).then_some(())
}

/// Asserts that one game was stopped in its middle.
fn assert_stopped(games: &[GameFile]) {
    let stopped = |game: &&GameFile| game.meta.end_reason == Some(EndReason::Stopped);
    assert_eq!(games.iter().filter(stopped).count(), 1);
}

#[test]
fn a_program_that_ignores_the_closing_of_its_terminal_goes_on_recording_until_it_is_asked_to_end() {
    let table = table(30.0);
    let folder = tempfile::tempdir().unwrap();
    for (number, mut command) in recorders(&table, folder.path()).into_iter().enumerate() {
        let notes = tempfile::tempdir().unwrap();
        let out = folder.path().join(format!("out{number}"));
        command.arg("--out").arg(&out);
        let Some(mut terminal) = Terminal::start(&command, HangUp::Ignored, notes.path()) else {
            return;
        };
        until("a game", || (!game_files(&out).is_empty()).then_some(()));
        terminal.close();
        let before = game_files(&out).len();
        until("two more games", || {
            assert!(!terminal.has_ended(), "it died with its terminal");
            (game_files(&out).len() >= before + 2).then_some(())
        });
        terminal.send("-INT");
        assert_eq!(terminal.ended(), 0);
        assert_saved(&out);
        assert_eq!(has_session(&out), number == 1);
    }
}

/// A background job of a script has SIGINT ignored; one that is sent by hand is obeyed.
#[test]
fn a_command_in_the_background_of_a_script_obeys_an_interrupt() {
    let table = table(30.0);
    let folder = tempfile::tempdir().unwrap();
    let (out, log) = (folder.path().join("out"), folder.path().join("log"));
    let [mut record, mut play] = recorders(&table, folder.path());
    // No order is on its way when the interrupt comes.
    fs::write(folder.path().join("script"), "900 presale buy 0.01\n").unwrap();
    record.arg("--out").arg(&out);
    // With a limit of its own: a script that ends the run before anything was played has failed.
    play.args(["--games", "900", "--out"]).arg(&out);
    let mut alone = pianola();
    alone.arg("table");
    for command in [alone, record, play] {
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' INT; exec \"$0\" \"$@\""]);
        shell.arg(command.get_program()).args(command.get_args());
        let mut child = shell
            .stdout(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .env("PIANOLA_LOG", "debug")
            .spawn()
            .unwrap();
        let mut line = [0; 1];
        child
            .stdout
            .as_mut()
            .unwrap()
            .read_exact(&mut line)
            .unwrap();
        signal(&child, "-INT");
        let code = ended(&mut child).0;
        let said = fs::read_to_string(&log).unwrap();
        assert_eq!(code, Some(0), "{command:?}: {said}");
    }
    assert_saved(&out);
}

/// A recording whose output is not read: its main thread blocks forever, and signals must still work.
struct Unread {
    child: Child,
    out: tempfile::TempDir,
    _reader: PipeReader,
}

impl Unread {
    fn start(table: &Table) -> Self {
        let out = tempfile::tempdir().unwrap();
        let (unread, stdout) = full_pipe();
        let mut command = pianola();
        command
            .args(["record", "--url", &table.url(), "--out"])
            .arg(out.path());
        command.stdout(stdout).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        until("an open game", || long_game_is_open(out.path()));
        Self {
            child,
            out,
            _reader: unread,
        }
    }

    fn said(&mut self) -> String {
        let mut said = String::new();
        let stderr = self.child.stderr.as_mut().unwrap();
        stderr.read_to_string(&mut said).unwrap();
        said
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        self.child.kill().ok(); // It may have ended.
        self.child.wait().ok();
    }
}

#[test]
fn ctrl_c_saves_everything_and_ends_in_time_though_the_list_is_not_read() {
    let table = table_of_a_long_game();
    let mut unread = Unread::start(&table);
    signal(&unread.child, "-INT");
    // The same one, delivered twice by the terminal and a program around us.
    signal(&unread.child, "-INT");
    let (code, took) = ended(&mut unread.child);
    let said = unread.said();
    assert_eq!(code, Some(0), "{said}");
    assert!(took < CTRL_C, "{took:?}");
    assert!(said.contains("saving 1 game…"), "{said}");
    assert_stopped(&assert_saved(unread.out.path()));
}

#[test]
fn a_second_ctrl_c_ends_at_once_and_says_where_the_rest_is() {
    let table = table_of_a_long_game();
    let mut unread = Unread::start(&table);
    signal(&unread.child, "-INT");
    let first = Instant::now();
    until("a second one", || (first.elapsed() > APART).then_some(()));
    signal(&unread.child, "-INT");
    let (code, _) = ended(&mut unread.child);
    let said = unread.said();
    assert_eq!(code, Some(1), "{said}");
    assert!(first.elapsed() < CTRL_C, "{said}");
    for words in [
        "stopped at once",
        "the next start saves what is in the journal",
    ] {
        assert!(said.contains(words), "{said}");
    }
}

/// Games that a server of bad will begins one after the other, with one tick each.
const FLOOD: usize = 5_000;

#[test]
fn ctrl_c_ends_in_time_with_progress_though_thousands_of_games_wait_for_their_files() {
    let server = BadServer::welcoming(|mut socket| {
        for number in 0..FLOOD {
            let update = format!(
                r#"["gameStateUpdate",{{"gameId":"20251215-{number:016x}","active":true,"rugged":false,"tickCount":0,"price":1}}]"#
            );
            if socket.event(&update).is_none() {
                return;
            }
        }
        socket.listen();
    });
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    let url = format!("http://127.0.0.1:{}", server.port());
    let mut command = pianola();
    command.args(["record", "--url", &url, "--out"]).arg(&out);
    let log = folder.path().join("log");
    let stdout = File::create(folder.path().join("list")).unwrap();
    command.stdout(stdout).stderr(File::create(&log).unwrap());
    let mut child = command.spawn().unwrap();
    until("the first file", || {
        (!game_files(&out).is_empty()).then_some(())
    });
    signal(&child, "-INT");
    let (code, took) = ended(&mut child);
    let said = fs::read_to_string(&log).unwrap();
    assert!(took < CTRL_C, "{took:?}: {said}");
    assert!(said.contains("saving "), "{said}");
    // What has no file yet is in the journal.
    let journals = journals(&out).len();
    // Games that come so fast are a finding, too.
    assert_eq!(code, Some(1), "{said}");
    let last = said.lines().last().unwrap();
    if last.contains("new games were not recorded") {
        assert_eq!(journals, 0, "{said}");
        return;
    }
    assert!(
        last.contains("the next start saves what is in the journal"),
        "{said}"
    );
    let unsaved = last.strip_prefix("stopped with ").unwrap();
    let unsaved: usize = unsaved.split(' ').next().unwrap().parse().unwrap();
    assert!(journals >= unsaved, "{journals} journals: {said}");
}
