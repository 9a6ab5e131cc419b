//! What the player requested on the page of the live game from the owner of the other pages. Each request is taken once.

use super::command::KeyCommand;
use super::guide::GuideAction;
use crate::protocol::GameId;

/// The requests since they were taken last.
#[derive(Debug, Default)]
pub struct PageRequests {
    /// The key of another page.
    pub command: Option<KeyCommand>,
    /// The game to replay; `None` inside: the running session.
    #[expect(
        clippy::option_option,
        reason = "a request, and within it one game or the session"
    )]
    pub replay: Option<Option<GameId>>,
    /// The game whose proof is to be shown.
    pub proof: Option<GameId>,
    /// What was chosen in a guide.
    pub guide: Option<GuideAction>,
}
