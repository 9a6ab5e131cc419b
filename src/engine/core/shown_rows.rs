//! The rows of the running session, or of the last one.

use std::sync::Arc;

use crate::account::Action;

/// The rows of one session in press order. Views share them.
#[derive(Debug, Clone, Default)]
pub(super) struct ShownRows {
    rows: Arc<Vec<Action>>,
    /// The slot of the first row: slots count on through all sessions of a run.
    first_slot: u32,
}

impl ShownRows {
    /// Adds a row, or replaces the row in its slot.
    pub fn take(&mut self, slot: u32, action: &Action) {
        if self.rows.is_empty() {
            self.first_slot = slot;
        }
        let rows = Arc::make_mut(&mut self.rows);
        let index = slot.saturating_sub(self.first_slot) as usize;
        match rows.get_mut(index) {
            Some(row) => row.clone_from(action),
            None => rows.push(action.clone()),
        }
    }

    /// Returns the rows for a view.
    pub fn shared(&self) -> Arc<Vec<Action>> {
        Arc::clone(&self.rows)
    }
}
