//! What of the games goes to the recorder: what the record switch wants, without games that are too many.

use super::Core;
use crate::game::GameEvent;
use crate::recording::Recording;

impl Core {
    /// Returns what goes to the recorder of what happened on the board.
    pub fn to_record(&mut self, events: Vec<GameEvent>) -> Vec<GameEvent> {
        let mut passed = self.gate.pass(events, &self.board);
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

    /// Returns what is shown of the record switch.
    pub(super) fn recording(&self) -> RecordingStatus {
        RecordingStatus {
            refused_games: self.flood.count(),
            ..self.gate.shown(&self.board)
        }
    }
}
