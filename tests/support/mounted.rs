//! The program on a small file system of its own, in a namespace of its own, so that nothing is left of it. Where the
//! system does not allow that, the tests are reported as skipped, unless `PIANOLA_REQUIRE` names `mount`.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::support::process::{pianola, until};
use crate::support::skipped;

/// The program with a file system of its own at `disk` in `folder`.
pub struct Mounted {
    pub child: Child,
    folder: tempfile::TempDir,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.child.kill().ok(); // It may have ended.
        self.child.wait().ok();
    }
}

/// Returns a line of the shell with a file system mounted so at `disk`, which is `$0` of the line and makes `$@` of the
/// further arguments; `None` (and a word about it) where that is not allowed.
pub fn mounted(options: &str, line: &str, disk: &Path) -> Option<Command> {
    fs::create_dir(disk).unwrap();
    let mount = |then: &str| {
        let mut command = Command::new("unshare");
        command.args(["--user", "--map-root-user", "--mount", "sh", "-c"]);
        let script = format!("mount -t tmpfs -o {options} none \"$0\" && {then}");
        command.arg(script).arg(disk).stdin(Stdio::null());
        command
    };
    let allowed = mount("true").stderr(Stdio::null()).status();
    if !allowed.is_ok_and(|status| status.success()) {
        skipped::skip("mount", "no file system can be mounted here");
        return None;
    }
    Some(mount(line))
}

impl Mounted {
    /// Starts `pianola` with these options on a file system that was mounted so; `None` (and a word about it) where
    /// that is not allowed.
    pub fn start(options: &str, args: &[&str]) -> Option<Self> {
        Self::with(options, "exec \"$@\"", args)
    }

    /// The same by a line of the shell, in which `$0` is the file system and `$@` the program.
    pub fn with(options: &str, line: &str, args: &[&str]) -> Option<Self> {
        let mut program = pianola();
        program.args(args);
        let line = if args.contains(&"--out") {
            line.to_owned()
        } else {
            format!("set -- \"$@\" --out \"$0/recordings\"; {line}")
        };
        Self::of(&program, options, &line, "info")
    }

    /// The same for any command, with its environment and a log of this level.
    pub fn of(program: &Command, options: &str, line: &str, log: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let disk = folder.path().join("disk");
        let mut command = mounted(options, line, &disk)?;
        command.arg(program.get_program()).args(program.get_args());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        command.env("PIANOLA_LOG", log);
        let result = |name: &str| File::create(folder.path().join(name)).unwrap();
        command.stdout(result("out")).stderr(result("log"));
        let child = command.spawn().unwrap();
        Some(Self { child, folder })
    }

    /// The file system as the program sees it.
    pub fn disk(&self) -> PathBuf {
        let root = PathBuf::from(format!("/proc/{}/root", self.child.id()));
        let disk = self.folder.path().join("disk");
        root.join(disk.strip_prefix("/").unwrap())
    }

    pub fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// Waits until the log says so, after what it said before.
    pub fn says(&mut self, words: &str) {
        let folder = self.folder.path().to_owned();
        until(words, || {
            let log = fs::read_to_string(folder.join("log")).unwrap();
            assert_eq!(self.child.try_wait().unwrap(), None, "it ended: {log}");
            log.contains(words).then_some(())
        });
    }
}

/// Writes until nothing fits any more.
pub fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    let mut piece = 64 << 10;
    while piece > 0 {
        if file.write_all(&vec![b'x'; piece]).is_err() {
            piece /= 2;
        }
    }
}
