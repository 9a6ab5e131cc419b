//! Which games go to the recorder: those the record switches ask for, without games that come too fast to be real.

use crate::game::{Board, GameEvent};
use crate::protocol::GameId;
use crate::recording::{FloodFilter, RecordingPolicy, RecordingStatus};

/// Selects the events that go to the recorder.
#[derive(Debug, Clone, Default)]
pub struct RecordFilter {
    /// The record switches.
    pub(super) policy: RecordingPolicy,
    flood: FloodFilter,
}

impl RecordFilter {
    pub(super) fn new(policy: RecordingPolicy) -> Self {
        Self {
            policy,
            flood: FloodFilter::default(),
        }
    }

    /// Takes what happened on the board; decides which games come too fast.
    pub(super) fn note(&mut self, events: &[GameEvent]) {
        self.flood.note(events);
    }

    /// Records a game in which the player acted, whatever the switches and the limit say.
    pub(super) fn acted(&mut self, game: &GameId) {
        self.policy.acted(game);
        self.flood.acted(game);
    }

    /// Returns the events that go to the recorder.
    pub(super) fn select(&mut self, events: Vec<GameEvent>, board: &Board) -> Vec<GameEvent> {
        let mut selected = self.policy.filter(events, board);
        selected.retain(|event| self.flood.is_credible(event));
        selected
    }

    /// Whether a game that starts now is recorded.
    pub fn is_recording(&self) -> bool {
        self.policy.is_recording()
    }

    /// Whether an event belongs to a game that is recorded and announced: not to one of too many.
    pub fn is_credible(&self, event: &GameEvent) -> bool {
        self.flood.is_credible(event)
    }

    /// Returns how many new games came faster than any server plays; they are not recorded.
    pub fn refused_games(&self) -> u64 {
        self.flood.count()
    }

    /// Returns the state of the record switches for a view.
    pub(super) fn view(&self, board: &Board) -> RecordingStatus {
        self.policy.status(board, self.flood.count())
    }
}
