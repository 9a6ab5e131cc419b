//! A terminal that is closed while the program runs in it. Needs `script` (util-linux).

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::process::until;
use crate::support::skipped;

/// What the program does about a terminal that is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HangUp {
    /// As it is started from a shell.
    Default,
    /// Ignored, as `nohup` does.
    Ignored,
}

/// A program in a terminal of its own.
pub struct Terminal {
    script: Child,
    folder: PathBuf,
}

impl Terminal {
    /// Starts `program` in a terminal; `None`, with a report, where there is no `script`. `folder` is for the notes of the
    /// test.
    pub fn start(program: &Command, hang_up: HangUp, folder: &Path) -> Option<Self> {
        let there = Command::new("script").arg("--version").output();
        if !there.is_ok_and(|output| output.status.success()) {
            skipped::skip(
                "script",
                "there is no `script` (util-linux) on this machine",
            );
            return None;
        }
        let quoted = |text: &std::ffi::OsStr| format!("'{}'", text.to_str().unwrap());
        let words: Vec<_> = [program.get_program()]
            .into_iter()
            .chain(program.get_args())
            .map(quoted)
            .collect();
        // The kernel tells the terminal's first process, a shell, of its end; when that one dies, it tells the program.
        // The shell in between outlives both, to note how the program ended.
        let trap = match hang_up {
            HangUp::Default => "trap : HUP",
            HangUp::Ignored => "trap '' HUP",
        };
        let inner = folder.join("inner.sh");
        let text = format!(
            "echo $$ > pid.new; mv pid.new pid; exec {}\n",
            words.join(" ")
        );
        fs::write(&inner, text).unwrap();
        let between = format!("{trap}; sh inner.sh; echo $? > code.new; mv code.new code\n");
        fs::write(folder.join("between.sh"), between).unwrap();
        // The test run itself may ignore the signal (nohup), and a shell cannot take that back.
        let mut command = Command::new("env");
        command.args(["--default-signal=HUP", "script"]);
        command.args(["-qfec", "sh between.sh; true", "typescript"]);
        command.current_dir(folder).env("SHELL", "/bin/sh");
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let nowhere = File::create(folder.join("screen")).unwrap();
        command.stdin(Stdio::null()).stdout(nowhere);
        Some(Self {
            script: command.spawn().unwrap(),
            folder: folder.to_owned(),
        })
    }

    fn note(&self, name: &str) -> Option<String> {
        fs::read_to_string(self.folder.join(name)).ok()
    }

    /// Returns what the terminal showed so far.
    pub fn shown(&self) -> String {
        let bytes = fs::read(self.folder.join("typescript")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Closes the terminal, as a click on its window does.
    pub fn close(&mut self) {
        self.script.kill().unwrap();
        self.script.wait().unwrap();
    }

    /// Sends a signal to the program.
    pub fn send(&self, signal: &str) {
        let id = until("the program's id", || self.note("pid"));
        let sent = Command::new("kill").args([signal, id.trim()]).status();
        assert!(sent.unwrap().success());
    }

    /// Whether the program has ended.
    pub fn has_ended(&self) -> bool {
        self.note("code").is_some()
    }

    /// Waits for its end; returns its exit code (128 and the signal, if one ended it).
    pub fn ended(&self) -> i32 {
        let code = until("the end of the program", || self.note("code"));
        code.trim().parse().unwrap()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        if let Some(id) = self.note("pid")
            && !self.has_ended()
        {
            Command::new("kill")
                .args(["-KILL", id.trim()])
                .status()
                .ok();
        }
        self.script.kill().ok(); // It may have ended.
        self.script.wait().ok();
    }
}
