//! What goes into a recorder, what it reports, and its state.

use std::path::PathBuf;

use super::format::game_file::GameMeta;
use super::format::session_file::SessionMeta;
use crate::account::{Action, SessionEvent};
use crate::game::GameEvent;
use crate::plural::count;

/// What a recorder takes.
#[derive(Debug, Clone, PartialEq)]
pub enum RecorderInput {
    /// An event of the board.
    Game(GameEvent),
    /// A fact of the player's session.
    Session(SessionEvent),
    /// Whether games that are known from the server's list alone are stored from now on: the record switch.
    Collect(bool),
}

impl From<GameEvent> for RecorderInput {
    fn from(event: GameEvent) -> Self {
        Self::Game(event)
    }
}

impl From<SessionEvent> for RecorderInput {
    fn from(event: SessionEvent) -> Self {
        Self::Session(event)
    }
}

/// Something is durable on the disk.
#[derive(Debug, Clone, PartialEq)]
pub enum RecorderEvent {
    /// A game file was published.
    Game(Box<SavedGame>),
    /// A session file was published.
    Session(Box<SavedSession>),
    /// An action is in the session's journal, in its newest state: it will be in the file.
    Action {
        /// Its number, in the order of the presses.
        slot: u32,
        /// The row.
        action: Box<Action>,
    },
}

/// A published game.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedGame {
    /// The file.
    pub path: PathBuf,
    /// Its contents without the prices.
    pub meta: GameMeta,
    /// What this did to the file.
    pub change: FileChange,
}

/// What saving did to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileChange {
    /// It was made.
    Created,
    /// It existed and was completed, with its seed for example.
    Completed,
    /// It existed and had everything: a game that an earlier run left in its middle, for example.
    Unchanged,
}

/// A published session.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedSession {
    /// The file.
    pub path: PathBuf,
    /// Its contents without the rows.
    pub meta: SessionMeta,
    /// The number of its actions.
    pub actions: usize,
}

/// The state of the recorder, for the screen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecorderState {
    /// The number of games published since the start, each counted once.
    pub saved_games: u64,
    /// The number of sessions published since the start.
    pub saved_sessions: u64,
    /// What failed, where, and what to do about it, while nothing reaches the disk; `None` while recording.
    pub trouble: Option<String>,
    /// The number of events that the queue refused: something is missing in the recordings.
    pub refused_events: u64,
    /// The number of games that were lost because the disk took nothing and memory was full.
    pub lost_games: u64,
    /// The number of actions that were lost for the same reason.
    pub lost_actions: u64,
    /// The free megabytes of the disk if they are few: below 500, until there are 600 again.
    pub low_space: Option<u64>,
}

impl RecorderState {
    /// Returns what is missing in the recordings, in words; `None` if nothing is.
    pub fn lost(&self) -> Option<String> {
        let lost = [
            (self.lost_games, "game"),
            (self.lost_actions, "action"),
            (self.refused_events, "event"),
        ];
        let words = lost.iter().filter(|(n, _)| *n > 0);
        let words = words.map(|(n, what)| count(n, what));
        let words: Vec<_> = words.collect();
        (!words.is_empty()).then(|| words.join(", "))
    }
}
