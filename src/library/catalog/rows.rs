//! Rows of one kind with their order and those that match the query. Nothing is sorted or filtered before it is shown.

use crate::library::query::{Column, PreparedQuery};
use crate::library::row::LibraryRow;
use crate::library::session_facts::SessionFacts;
use crate::recording::SessionNotes;

#[derive(Debug, Clone, Default)]
pub(super) struct SortedRows {
    pub rows: Vec<LibraryRow>,
    /// Places of rows, ascending by the column. Rows that were added since are missing.
    order: Vec<u32>,
    column: Column,
    is_order_stale: bool,
    /// Places of the rows that match, in the same order.
    visible: Vec<u32>,
    is_visible_stale: bool,
}

impl SortedRows {
    /// Notes that the query has changed.
    pub fn query_changed(&mut self) {
        self.is_visible_stale = true;
    }

    /// Sets what the rows of a session amount to.
    pub fn set_facts(&mut self, place: usize, facts: SessionFacts) {
        if let Some(row) = self.rows.get_mut(place) {
            row.set_facts(facts);
        }
        self.is_order_stale |= matches!(self.column, Column::Won | Column::OrderDrawdown);
    }

    /// Replaces a row.
    pub fn replace(&mut self, place: usize, row: LibraryRow) {
        self.rows[place] = row;
        (self.is_order_stale, self.is_visible_stale) = (true, true);
    }

    /// Sets the notes of a session.
    pub fn set_notes(&mut self, place: usize, notes: SessionNotes) {
        if let Some(row) = self.rows.get_mut(place) {
            row.set_notes(notes);
        }
        self.is_order_stale |= self.column == Column::Notes;
        self.is_visible_stale = true;
    }

    /// Notes that the player's part in games has changed.
    pub fn player_changed(&mut self) {
        self.is_visible_stale = true;
        self.is_order_stale |= matches!(self.column, Column::Pnl | Column::Played);
    }

    /// Returns the places of the rows that matched last, ascending by the column.
    pub fn visible(&self) -> &[u32] {
        &self.visible
    }

    /// Updates the order and the matching rows.
    pub fn refresh(&mut self, query: &PreparedQuery<'_>, column: Column) {
        let new = self.order.len()..self.rows.len();
        if self.is_order_stale || self.column != column {
            self.order = self.sorted(0..self.rows.len(), column);
        } else if !new.is_empty() {
            let new = self.sorted(new, column);
            self.order = self.merged(&new, column);
        } else if !self.is_visible_stale {
            return;
        }
        (self.column, self.is_order_stale) = (column, false);
        self.visible.clear();
        let rows = &self.rows;
        let matches = |place: &u32| rows[*place as usize].matches(query);
        let places = self.order.iter().copied();
        self.visible.extend(places.filter(matches));
        self.is_visible_stale = false;
    }

    fn sorted(&self, places: std::ops::Range<usize>, column: Column) -> Vec<u32> {
        let mut places: Vec<_> = places
            .filter_map(|place| u32::try_from(place).ok())
            .collect();
        places.sort_by(|a, b| self.row(*a).compare(self.row(*b), column));
        places
    }

    /// Returns the order merged with other places, both ascending: sorted rows are not sorted again with each new day.
    fn merged(&self, new: &[u32], column: Column) -> Vec<u32> {
        let mut merged = Vec::with_capacity(self.rows.len());
        let mut old = self.order.iter().copied().peekable();
        for place in new {
            let row = self.row(*place);
            while let Some(earlier) = old.next_if(|old| self.row(*old).compare(row, column).is_le())
            {
                merged.push(earlier);
            }
            merged.push(*place);
        }
        merged.extend(old);
        merged
    }

    fn row(&self, place: u32) -> &LibraryRow {
        &self.rows[place as usize]
    }
}
