//! A recording that was opened to be played.

use std::path::PathBuf;
use std::sync::Arc;

use super::bundle::OpenedBundle;
use crate::account::EquityPoint;
use crate::protocol::GameId;
use crate::replay::{Playhead, Timeline};

/// An opened recording.
#[derive(Debug, Clone)]
pub struct OpenedReplay {
    /// The file.
    pub path: PathBuf,
    /// The timeline to play.
    pub timeline: Arc<Timeline>,
    /// The curve of the session; empty for a single game.
    pub curve: Arc<[(Playhead, EquityPoint)]>,
    /// The file's name.
    pub name: String,
    /// What is wrong with the recording, in words.
    pub faults: Vec<String>,
    /// The game to begin with.
    pub game: Option<GameId>,
    /// It is the session that is being recorded.
    pub is_running: bool,
    /// What the check found, if it is a bundle.
    pub bundle: Option<Arc<OpenedBundle>>,
}
