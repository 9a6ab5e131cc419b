//! What the player requested on the page of the live game from the owner of the other pages. Each request is taken once.

use super::command::KeyCommand;
use super::guide::GuideAction;
use super::page_part::NoteSubject;
use crate::protocol::{GameId, Tick};

/// What the player wants to see again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplayRequest {
    /// The running session.
    Session,
    /// A game of it, from its start.
    Game(GameId),
    /// A game of it, from a tick.
    Tick(GameId, Tick),
}

/// The requests since they were taken last.
#[derive(Debug, Default)]
pub struct PageRequests {
    /// The key of another page.
    pub command: Option<KeyCommand>,
    /// The page of the live game.
    pub game: bool,
    /// What to replay.
    pub replay: Option<ReplayRequest>,
    /// What a note is to be written on.
    pub note: Option<NoteSubject>,
    /// What was chosen in a guide.
    pub guide: Option<GuideAction>,
}
