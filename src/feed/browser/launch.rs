//! Starts the player's browser with a debugging port and a profile for the game alone. The player logs in there; nothing
//! is ever pressed in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::BrowserAddress;

/// Programs that can be read, and their names for the player; the first that is installed is started.
const BROWSERS: [(&str, &str); 7] = [
    ("chromium", "Chromium"),
    ("chromium-browser", "Chromium"),
    ("google-chrome", "Chrome"),
    ("google-chrome-stable", "Chrome"),
    ("brave-browser", "Brave"),
    ("vivaldi", "Vivaldi"),
    ("microsoft-edge", "Edge"),
];
/// The page of the game.
const GAME: &str = "https://rugs.fun";

/// A browser of this computer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledBrowser {
    /// Its name for the player.
    pub name: &'static str,
    program: PathBuf,
}

impl InstalledBrowser {
    /// Returns the first browser on the search path of programs. Reads folders.
    pub fn find() -> Option<Self> {
        let path = std::env::var_os("PATH")?;
        BROWSERS.into_iter().find_map(|(file, name)| {
            let mut programs = std::env::split_paths(&path).map(|folder| folder.join(file));
            let program = programs.find(|program| program.is_file())?;
            Some(Self { name, program })
        })
    }

    /// Starts the browser and waits until the player closes it.
    ///
    /// # Errors
    /// It cannot be started, or it has ended with an error.
    pub fn run(&self, address: &BrowserAddress) -> std::io::Result<()> {
        let mut command = Command::new(&self.program);
        let address = address.to_string();
        command.arg(port_argument(&address));
        if let Some(profile) = profile() {
            command.arg(format!("--user-data-dir={}", profile.display()));
        }
        command.arg(GAME);
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let status = command.status()?;
        if status.success() {
            Ok(())
        } else {
            Err(std::io::Error::other(format!(
                "{} ended with {status}",
                self.name
            )))
        }
    }
}

/// Returns the command for a terminal that starts a browser as [`InstalledBrowser::run`] does.
pub fn browser_command(address: &str) -> String {
    let (program, _) = BROWSERS[0];
    let port = port_argument(address);
    let profile = profile().map(|path| format!("--user-data-dir=\"{}\" ", in_home(&path)));
    let profile = profile.unwrap_or_default();
    format!("{program} {port} {profile}{GAME}")
}

/// Returns the argument for a debugging port at this address.
fn port_argument(address: &str) -> String {
    let port = address.rsplit_once(':').map_or(address, |(_, port)| port);
    format!("--remote-debugging-port={port}")
}

/// Returns the folder of the profile for the game alone.
fn profile() -> Option<PathBuf> {
    let dirs = directories::BaseDirs::new()?;
    Some(dirs.config_dir().join("pianola-browser"))
}

/// Returns a path as a shell reads it in quotes, without the name of the player where the shell knows the home folder.
fn in_home(path: &Path) -> String {
    let dirs = directories::BaseDirs::new().filter(|_| cfg!(unix));
    let inside = dirs.and_then(|dirs| Some(path.strip_prefix(dirs.home_dir()).ok()?.to_owned()));
    match inside {
        Some(inside) => format!("$HOME/{}", inside.display()),
        None => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shown_command_has_the_port_and_the_profile_of_the_started_browser() {
        let command = browser_command("127.0.0.1:9333");
        assert!(command.starts_with("chromium --remote-debugging-port=9333 "));
        assert!(command.ends_with(" https://rugs.fun"));
        if let Some(profile) = profile() {
            let home = std::env::var("HOME").unwrap_or_default();
            let read_by_a_shell = command.replace("$HOME", &home);
            let argument = format!("--user-data-dir=\"{}\"", profile.display());
            assert!(read_by_a_shell.contains(&argument), "{command}");
        }
    }
}
