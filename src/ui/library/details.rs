//! What the details show, and what is to be read for them.

use std::path::PathBuf;

use crate::library::{Preview, ProvenGame};
use crate::protocol::GameId;

/// What the details show.
#[derive(Debug, Default)]
pub struct Details {
    /// The recording that was read last.
    pub(super) preview: Option<Preview>,
    /// Why it cannot be read.
    pub(super) error: Option<(PathBuf, String)>,
    /// The recording and the game that are being read.
    pub(super) requested: Option<(PathBuf, Option<GameId>)>,
    /// The game that the player chose.
    pub(super) game: Option<GameId>,
    /// Whether the recording has grown since it was read.
    pub(super) is_stale: bool,
    /// Whether the details have the page to themselves, in a narrow window.
    pub is_page: bool,
}

impl Details {
    /// Takes a recording that was read.
    pub fn take(&mut self, read: Result<Preview, (PathBuf, String)>) {
        self.requested = None;
        self.is_stale = false;
        match read {
            Ok(preview) => (self.preview, self.error) = (Some(preview), None),
            Err(error) => (self.preview, self.error) = (None, Some(error)),
        }
    }

    /// Returns what is to be read for a row: nothing while something is being read.
    pub fn next_read(&mut self, path: &PathBuf) -> Option<(PathBuf, Option<GameId>)> {
        let preview = self
            .preview
            .as_ref()
            .filter(|preview| preview.path == *path);
        if preview.is_none() && self.error.as_ref().is_none_or(|(of, _)| of != path) {
            self.game = None;
        } else if preview.is_none() {
            return None;
        }
        let shown = preview.map(|preview| preview.game.as_ref().ok().map(game_id));
        let is_shown = match (&self.game, shown) {
            (None, shown) => shown.is_some(),
            (Some(game), shown) => shown == Some(Some(game.clone())),
        };
        // A game without a file is not asked for again and again.
        let failed = preview.is_some_and(|preview| preview.game.is_err());
        let wanted = (path.clone(), self.game.clone());
        let is_done = (is_shown || failed) && !self.is_stale;
        let is_asked = self.requested.is_some();
        (!is_done && !is_asked).then_some(wanted)
    }

    /// Notes that a recording is being read.
    pub fn set_requested(&mut self, request: (PathBuf, Option<GameId>)) {
        self.requested = Some(request);
    }

    /// Notes that a session has grown.
    pub fn set_stale(&mut self, path: &std::path::Path) {
        let preview = self.preview.as_ref();
        self.is_stale |= preview.is_some_and(|preview| preview.path == path);
    }

    /// Returns the game that is shown.
    pub fn proven(&self) -> Option<&ProvenGame> {
        self.preview.as_ref()?.game.as_ref().ok()
    }
}

/// Returns the id of a proven game.
pub fn game_id(game: &ProvenGame) -> GameId {
    game.file.meta.game_id.clone()
}
