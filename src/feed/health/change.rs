//! The last changes of a state, with their reasons.

use std::collections::VecDeque;

use crate::game::Time;

/// Number of kept changes.
const MAX_CHANGES: usize = 20;

/// A change of a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChange<S> {
    /// When it changed.
    pub at: Time,
    /// The state before.
    pub from: S,
    /// The state after.
    pub to: S,
    /// The reason, for the player.
    pub reason: String,
}

/// The last twenty changes, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StateChanges<S>(VecDeque<StateChange<S>>);

impl<S> Default for StateChanges<S> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<S: Copy> StateChanges<S> {
    /// Returns the changes, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &StateChange<S>> {
        self.0.iter()
    }

    /// Returns the newest change.
    pub fn newest(&self) -> Option<&StateChange<S>> {
        self.0.back()
    }

    pub(super) fn note(&mut self, change: StateChange<S>) -> StateChange<S> {
        if self.0.len() == MAX_CHANGES {
            self.0.pop_front();
        }
        self.0.push_back(change.clone());
        change
    }
}
