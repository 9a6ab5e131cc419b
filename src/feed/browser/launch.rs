//! Starts the player's browser with a debugging port and a profile for the game alone. The player logs in there; nothing
//! is ever pressed in it.

use std::path::PathBuf;
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
        command.args(arguments(address)).arg(GAME);
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

/// Returns the arguments for a debugging port at this address and a profile of its own.
fn arguments(address: &BrowserAddress) -> Vec<String> {
    let address = address.to_string();
    let port = address.rsplit_once(':').map_or("", |(_, port)| port);
    let mut arguments = vec![format!("--remote-debugging-port={port}")];
    if let Some(dirs) = directories::BaseDirs::new() {
        let profile = dirs.config_dir().join("pianola-browser");
        arguments.push(format!("--user-data-dir={}", profile.display()));
    }
    arguments
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_port_and_a_profile_are_passed() {
        let address = "127.0.0.1:9333".parse().expect("an address");
        let arguments = arguments(&address);
        assert_eq!(arguments[0], "--remote-debugging-port=9333");
        assert!(
            arguments
                .iter()
                .skip(1)
                .all(|it| it.starts_with("--user-data-dir="))
        );
    }
}
