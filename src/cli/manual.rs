//! `pianola manual`, a hidden command: writes the shell completions and the manual pages, from the commands themselves.
//! The packages are made with it, so that what they ship is what the program does.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{Cli, CommandOutcome};
use crate::paths;

#[derive(Debug, Args)]
pub(super) struct ManualArgs {
    /// Folder for `completions` and `man`; it is made.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Returns the program's commands and options.
pub fn command() -> clap::Command {
    Cli::command()
}

pub(super) fn manual(args: &ManualArgs) -> anyhow::Result<CommandOutcome> {
    let completions = folder(&args.out.join("completions"))?;
    let mut commands = command();
    for shell in [
        Shell::Bash,
        Shell::Elvish,
        Shell::Fish,
        Shell::PowerShell,
        Shell::Zsh,
    ] {
        clap_complete::generate_to(shell, &mut commands, "pianola", &completions)
            .with_context(|| format!("cannot write to {}", paths::text(&completions)))?;
    }
    let pages = folder(&args.out.join("man"))?;
    // A page for the program, and one for each command (`pianola-record.1`).
    clap_mangen::generate_to(command(), &pages)
        .with_context(|| format!("cannot write to {}", paths::text(&pages)))?;
    Ok(CommandOutcome::Done)
}

/// Makes a folder, and returns it.
fn folder(path: &Path) -> anyhow::Result<PathBuf> {
    std::fs::create_dir_all(path).with_context(|| format!("cannot make {}", paths::text(path)))?;
    Ok(path.to_owned())
}
