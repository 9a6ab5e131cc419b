//! The arguments of `pianola` without a command.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PathBufValueParser, TypedValueParser as _};

use super::source::SourceArgs;

#[derive(Debug, Clone, Default, Args)]
pub(super) struct WindowArgs {
    /// Play this recording: a session, a game, or a shared file, which is checked first.
    #[arg(value_name = "FILE", value_parser = PathBufValueParser::new().try_map(recording_path), conflicts_with = "replay")]
    file: Option<PathBuf>,
    #[command(flatten)]
    pub source: SourceArgs,
    /// Folder of the recordings, used as it is; by default as the settings say.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Record every game from its start.
    #[arg(long)]
    pub auto_record: bool,
    /// Write everything that goes over the connection to `.captures` in the folder of the recordings.
    #[arg(long)]
    pub raw_capture: bool,
    /// The same as FILE.
    #[arg(long, value_name = "FILE")]
    replay: Option<PathBuf>,
}

impl WindowArgs {
    /// Returns the recording to play.
    pub fn recording(&self) -> Option<&PathBuf> {
        self.file.as_ref().or(self.replay.as_ref())
    }
}

/// Refuses what can only be a mistyped command: a recording has an ending or a folder.
fn recording_path(path: PathBuf) -> Result<PathBuf, &'static str> {
    let is_path = path.extension().is_some() || path.components().nth(1).is_some();
    is_path.then_some(path).ok_or(
        "no command has this name; a recording is named by its path, such as ./evening.pianola",
    )
}
