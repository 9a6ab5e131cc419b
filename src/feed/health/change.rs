//! What became of a state: the last changes with their reasons.

use std::collections::VecDeque;

use crate::game::Time;

/// Changes that are kept.
const KEPT: usize = 20;

/// Something became something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change<S> {
    /// When.
    pub at: Time,
    /// Before.
    pub from: S,
    /// Now.
    pub to: S,
    /// Why, for the player.
    pub reason: String,
}

/// The last twenty changes, oldest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes<S>(VecDeque<Change<S>>);

impl<S> Default for Changes<S> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<S: Copy> Changes<S> {
    /// Returns them, oldest first.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &Change<S>> {
        self.0.iter()
    }

    /// Returns the newest.
    pub fn newest(&self) -> Option<&Change<S>> {
        self.0.back()
    }

    pub(super) fn note(&mut self, change: Change<S>) -> Change<S> {
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(change.clone());
        change
    }
}
