//! A list of rows with the order they were put in and what of them is shown. Nothing is sorted or filtered before
//! somebody looks.

use crate::library::catalog::Column;
use crate::library::catalog::entry::{Entry, Mine, Wanted};

#[derive(Debug, Clone)]
pub(super) struct List<T> {
    pub rows: Vec<T>,
    /// Places of rows, ascending by the column; those that came since are not in it yet.
    order: Vec<u32>,
    column: Column,
    order_is_stale: bool,
    /// Places of the rows that are wanted, in the same order.
    shown: Vec<u32>,
    shown_is_stale: bool,
}

impl<T> Default for List<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            order: Vec::new(),
            column: Column::default(),
            order_is_stale: false,
            shown: Vec::new(),
            shown_is_stale: false,
        }
    }
}

impl<T: Entry> List<T> {
    /// Other rows are wanted now.
    pub fn filter_anew(&mut self) {
        self.shown_is_stale = true;
    }

    /// What the player had to do with games has changed.
    pub fn mine_changed(&mut self) {
        self.shown_is_stale = true;
        self.order_is_stale |= matches!(self.column, Column::Pnl | Column::Played);
    }

    /// Returns the places of the rows that were wanted last, ascending by the column.
    pub fn shown(&self) -> &[u32] {
        &self.shown
    }

    /// Brings up to date what is shown.
    pub fn refresh(&mut self, wanted: &Wanted<'_>, column: Column, mine: &[Mine]) {
        let new = self.order.len()..self.rows.len();
        if self.order_is_stale || self.column != column {
            self.order = self.sorted(0..self.rows.len(), column, mine);
        } else if !new.is_empty() {
            let new = self.sorted(new, column, mine);
            self.order = self.merged(&new, column, mine);
        } else if !self.shown_is_stale {
            return;
        }
        (self.column, self.order_is_stale) = (column, false);
        self.shown.clear();
        let rows = &self.rows;
        let is_wanted = |place: &u32| rows[*place as usize].is_wanted(wanted, mine);
        let places = self.order.iter().copied();
        self.shown.extend(places.filter(is_wanted));
        self.shown_is_stale = false;
    }

    fn sorted(&self, places: std::ops::Range<usize>, column: Column, mine: &[Mine]) -> Vec<u32> {
        let mut places: Vec<_> = places
            .filter_map(|place| u32::try_from(place).ok())
            .collect();
        places.sort_by(|a, b| self.row(*a).compare(self.row(*b), column, mine));
        places
    }

    /// Returns the order with other rows in it, both ascending: nothing is sorted twice, however many days come.
    fn merged(&self, new: &[u32], column: Column, mine: &[Mine]) -> Vec<u32> {
        let mut merged = Vec::with_capacity(self.rows.len());
        let mut old = self.order.iter().copied().peekable();
        for place in new {
            let row = self.row(*place);
            while let Some(earlier) =
                old.next_if(|old| self.row(*old).compare(row, column, mine).is_le())
            {
                merged.push(earlier);
            }
            merged.push(*place);
        }
        merged.extend(old);
        merged
    }

    fn row(&self, place: u32) -> &T {
        &self.rows[place as usize]
    }
}
