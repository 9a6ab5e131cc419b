//! An invisible display for the real window.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::support::process::pianola;
use crate::support::skipped;

/// One real window at a time: it is drawn in software, by all processors.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// An invisible display, ended when dropped.
pub struct Display {
    server: Child,
    pub name: String,
    _alone: MutexGuard<'static, ()>,
}

impl Display {
    /// Returns a display; `None`, with a report, where there is none to be had.
    pub fn new() -> Option<Self> {
        Self::with(&[], &[])
    }

    /// The same for a test that needs more programs, with more arguments for the server.
    pub fn with(programs: &[&str], args: &[&str]) -> Option<Self> {
        Self::sized("1600x1000x24", programs, args)
    }

    /// The same with a screen of this size, as `1366x768x24`.
    pub fn sized(screen: &str, programs: &[&str], args: &[&str]) -> Option<Self> {
        let needed = ["Xvfb", "xwininfo"];
        let missing = needed.iter().chain(programs).find(|name| {
            let path = std::env::var_os("PATH").unwrap_or_default();
            !std::env::split_paths(&path).any(|folder| folder.join(name).exists())
        });
        if let Some(missing) = missing {
            let reason = format!("there is no {missing} on this machine");
            skipped::skip("graphics", &reason);
            return None;
        }
        // A test that failed leaves the lock poisoned, and nothing else.
        let alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
        // It picks a free number and says it.
        let mut server = Command::new("Xvfb")
            .args([
                "-displayfd",
                "1",
                "-screen",
                "0",
                screen,
                "-nolisten",
                "tcp",
                // Without this it restarts when its last client leaves, and refuses a client at that moment.
                "-noreset",
            ])
            .args(args)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut number = String::new();
        let mut out = BufReader::new(server.stdout.take().unwrap());
        out.read_line(&mut number).unwrap();
        let name = format!(":{}", number.trim());
        Some(Self {
            server,
            name,
            _alone: alone,
        })
    }

    /// Whether a window is there whose title ends so.
    pub fn shows(&self, title: &str) -> bool {
        properties(&self.name, title).is_some_and(|text| text.contains("IsViewable"))
    }
}

/// Returns what `xwininfo` says of the window whose title ends so; `None` before there is one.
fn properties(display: &str, title: &str) -> Option<String> {
    let say = |args: &[&str]| {
        let found = Command::new("xwininfo")
            .args(["-display", display])
            .args(args)
            .output();
        String::from_utf8_lossy(&found.unwrap().stdout).into_owned()
    };
    let tree = say(&["-root", "-tree"]);
    let end = format!("{title}\": (");
    let line = tree.lines().find(|line| line.contains(&end))?;
    Some(say(&["-id", line.split_whitespace().next()?]))
}

/// Returns where a window is on its display; `None` before it is there.
pub fn geometry(display: &str, title: &str) -> Option<egui::Rect> {
    let text = properties(display, title)?;
    let number = |key: &str| {
        let rest = text.split(key).nth(1)?;
        rest.split_whitespace().next()?.parse::<f32>().ok()
    };
    let corner = [
        number("Absolute upper-left X:")?,
        number("Absolute upper-left Y:")?,
    ];
    let size = [number("Width:")?, number("Height:")?];
    Some(egui::Rect::from_min_size(corner.into(), size.into()))
}

impl Drop for Display {
    fn drop(&mut self) {
        self.server.kill().ok();
        self.server.wait().ok();
    }
}

/// Runs `xdotool` on a display.
pub fn xdotool(display: &str, args: &[&str]) {
    let mut command = Command::new("xdotool");
    let done = command.args(args).env("DISPLAY", display).output().unwrap();
    let stderr = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(done.status.success(), "{args:?}: {stderr}");
}

/// Returns the program with a home of its own, and no display.
pub fn window(home: &Path) -> Command {
    at_home(pianola(), home)
}

/// Returns a program with a home of its own, and no display.
pub fn at_home(mut command: Command, home: &Path) -> Command {
    command
        .env("HOME", home)
        .env("XDG_CONFIG_HOME", home.join("config"))
        .env("XDG_DATA_HOME", home.join("data"))
        .env_remove("WAYLAND_DISPLAY")
        .env_remove("WAYLAND_SOCKET")
        .env_remove("DISPLAY")
        .env("LIBGL_ALWAYS_SOFTWARE", "1");
    command
}
