//! The program as a process: started, read line by line, ended.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// How long a test waits for something that should be there at once.
pub const LIMIT: Duration = Duration::from_mins(1);

/// Returns the command that runs the program under test.
pub fn pianola() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pianola"));
    command.stdin(Stdio::null()).env("PIANOLA_LOG", "error");
    command
}

/// Runs the program to its end.
pub fn run(args: &[&str]) -> Output {
    pianola().args(args).output().expect("the program starts")
}

/// Returns stdout as text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Returns stderr as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A running program, killed when dropped.
pub struct Running {
    pub child: Child,
    out: BufReader<ChildStdout>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let out = BufReader::new(child.stdout.take().expect("stdout is piped"));
        Self { child, out }
    }

    /// Returns the next line of stdout; `None` at its end.
    pub fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.out.read_line(&mut line).expect("stdout is text");
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// Asks it to end as Ctrl-C does.
    pub fn interrupt(&self) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill")
            .args(["-INT", &id])
            .status()
            .expect("kill runs");
        assert!(sent.success());
    }

    /// Waits for its end; returns the exit code and the rest of stdout.
    pub fn end(mut self) -> (Option<i32>, Vec<String>) {
        let mut rest = Vec::new();
        while let Some(line) = self.line() {
            rest.push(line);
        }
        let status = self.child.wait().expect("the program ends");
        (status.code(), rest)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok(); // It may have ended already.
        self.child.wait().ok();
    }
}

/// Starts a table in a process of its own and returns it with its URL.
pub fn table(args: &[&str]) -> (Running, String) {
    let mut table = Running::start(pianola().arg("table").args(args));
    let url = table.line().expect("the table prints its URL");
    (table, url)
}

/// Polls until `ready` returns something.
pub fn until<T>(what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = ready() {
            return value;
        }
        assert!(
            start.elapsed() < LIMIT,
            "{what} did not happen within {LIMIT:?}"
        );
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

/// Returns the game files below a folder, by name.
pub fn game_files(root: &Path) -> Vec<std::path::PathBuf> {
    let days = std::fs::read_dir(root)
        .into_iter()
        .flatten()
        .filter_map(Result::ok);
    let games = days.flat_map(|day| {
        std::fs::read_dir(day.path().join("games"))
            .into_iter()
            .flatten()
    });
    let mut paths: Vec<_> = games
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .collect();
    // A file that is being written has a name of its own, which is gone in a moment.
    paths.retain(|path| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        name.ends_with(".game.json") && !name.starts_with('.')
    });
    paths.sort();
    paths
}
