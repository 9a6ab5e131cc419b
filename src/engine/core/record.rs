//! What of the games goes to the recorder: what the record switch wants, without games that are too many.

use super::SessionCore;
use crate::game::GameEvent;
use crate::recording::RecordingStatus;

impl SessionCore {
    /// Returns what goes to the recorder of what happened on the board.
    pub fn to_record(&mut self, events: Vec<GameEvent>) -> Vec<GameEvent> {
        let mut passed = self.policy.filter(events, &self.board);
        passed.retain(|event| self.flood.is_credible(event));
        passed
    }

    /// Whether this is of a game that is recorded and told, and not of one of too many.
    pub fn is_credible(&self, event: &GameEvent) -> bool {
        self.flood.is_credible(event)
    }

    /// Returns how many new games came faster than any server plays; they are not recorded.
    pub fn refused_games(&self) -> u64 {
        self.flood.count()
    }

    /// Returns the state of the record switch and of auto-record.
    pub(super) fn recording(&self) -> RecordingStatus {
        self.policy.status(&self.board, self.flood.count())
    }
}
