//! The program as a process: started, read line by line, ended.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdout, Command, ExitStatus, Output, Stdio};
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

/// Returns a count of actions as commands print it: `1 action` or `2 actions`.
pub fn actions(n: usize) -> String {
    format!("{n} action{}", if n == 1 { "" } else { "s" })
}

/// Returns stdout as text.
pub fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Returns stderr as text.
pub fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Sends a signal (`-INT`) to a process.
pub fn signal(process: &Child, signal: &str) {
    let id = process.id().to_string();
    let sent = Command::new("kill").args([signal, &id]).status();
    assert!(sent.expect("kill runs").success());
}

/// Waits for the end of a process.
pub fn ended(process: &mut Child) -> ExitStatus {
    until("the end of the process", || {
        process.try_wait().expect("a child")
    })
}

/// A process, killed when dropped.
pub struct Program(pub Child);

impl Drop for Program {
    fn drop(&mut self) {
        self.0.kill().ok(); // It may have ended already.
        self.0.wait().ok();
    }
}

/// A running program whose results are read, killed when dropped.
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
        signal(&self.child, "-INT");
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
