//! The findings of a replay.

use std::collections::BTreeSet;
use std::fmt;

use crate::account::{ActionKind, DriftField};
use crate::protocol::GameId;

/// A part of a session file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionPart {
    /// A row.
    Action {
        /// The place in the list, from 1.
        row: usize,
        /// The recorded number of the row.
        seq: u32,
        /// The kind of the row.
        kind: ActionKind,
    },
    /// A drift.
    Drift {
        /// The place in the list, from 1.
        number: usize,
        /// The field.
        field: DriftField,
    },
    /// The facts about the whole session.
    Meta,
}

impl fmt::Display for SessionPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Action { seq, kind, .. } => write!(f, "action {seq} {}", kind.as_str()),
            Self::Drift { number, field } => write!(f, "drift {number} {}", field.as_str()),
            Self::Meta => f.write_str("meta"),
        }
    }
}

/// A recorded value that the replay contradicts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The part of the file.
    pub place: SessionPart,
    /// Its key.
    pub key: &'static str,
    /// The recorded value; `null` for none.
    pub recorded: String,
    /// The computed value.
    pub computed: String,
    /// The file of the row's game is missing: its numbers cannot be computed again, and none of them is known to be wrong.
    pub is_unchecked: bool,
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            place,
            key,
            recorded,
            computed,
            is_unchecked: _,
        } = self;
        write!(f, "{place} {key}: recorded {recorded}, computed {computed}")
    }
}

/// The result for a session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReplayReport {
    /// The number of rows.
    pub actions: usize,
    /// The number of rows whose numbers are all right.
    pub agree: usize,
    /// The wrong values and the rows without their game, in the order of the rows.
    pub disagreements: Vec<Disagreement>,
}

impl ReplayReport {
    /// Whether every value is right.
    pub fn is_right(&self) -> bool {
        self.disagreements.is_empty()
    }

    /// Returns the number of wrong values.
    pub fn wrong(&self) -> usize {
        self.disagreements.len() - self.unchecked()
    }

    /// Returns the number of rows that cannot be computed again, since the files of their games are missing.
    pub fn unchecked(&self) -> usize {
        let found = self.disagreements.iter();
        found.filter(|found| found.is_unchecked).count()
    }

    /// Returns the result for the first rows and drifts of the session, without what is said of the whole session.
    #[must_use]
    pub fn up_to(&self, rows: usize, drifts: usize) -> Self {
        let disagreements = self.disagreements.iter().filter(|found| match found.place {
            SessionPart::Action { row, .. } => row <= rows,
            SessionPart::Drift { number, .. } => number <= drifts,
            SessionPart::Meta => false,
        });
        let disagreements: Vec<_> = disagreements.cloned().collect();
        let wrong = disagreements.iter().filter_map(|found| match found.place {
            SessionPart::Action { row, .. } => Some(row),
            SessionPart::Drift { .. } | SessionPart::Meta => None,
        });
        Self {
            actions: rows,
            agree: rows.saturating_sub(wrong.collect::<BTreeSet<_>>().len()),
            disagreements,
        }
    }

    pub(super) fn note(
        &mut self,
        place: SessionPart,
        key: &'static str,
        recorded: impl fmt::Display,
        computed: impl fmt::Display,
    ) {
        self.disagreements.push(Disagreement {
            place,
            key,
            recorded: recorded.to_string(),
            computed: computed.to_string(),
            is_unchecked: false,
        });
    }

    /// Notes a row whose game has no file, for this reason.
    pub(super) fn note_missing_game(&mut self, place: SessionPart, game: &GameId, why: &str) {
        self.disagreements.push(Disagreement {
            place,
            key: "game_id",
            recorded: game.to_string(),
            computed: format!("no such game: {why}"),
            is_unchecked: true,
        });
    }

    /// Compares a recorded value with the computed one.
    pub(super) fn expect<T: PartialEq + fmt::Display>(
        &mut self,
        place: SessionPart,
        key: &'static str,
        recorded: Option<T>,
        computed: Option<T>,
    ) {
        if recorded != computed {
            let text = |value: Option<T>| value.map_or("null".to_owned(), |v| v.to_string());
            self.note(place, key, text(recorded), text(computed));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_result_up_to_a_row_says_nothing_of_later_ones() {
        let row = |row| SessionPart::Action {
            row,
            // Whatever the file says.
            seq: 1,
            kind: ActionKind::Buy,
        };
        let drift = SessionPart::Drift {
            number: 2,
            field: DriftField::Balance,
        };
        let mut report = ReplayReport {
            actions: 9,
            agree: 7,
            ..ReplayReport::default()
        };
        for place in [row(2), row(2), row(5), drift, SessionPart::Meta] {
            report.note(place, "pnl", 1, 2);
        }
        let places = |rows, drifts| {
            let shown = report.up_to(rows, drifts);
            let places: Vec<_> = shown
                .disagreements
                .iter()
                .map(|found| found.place)
                .collect();
            (shown.agree, shown.actions, places)
        };
        assert_eq!(places(1, 1), (1, 1, vec![]));
        assert_eq!(places(4, 1), (3, 4, vec![row(2), row(2)]));
        assert_eq!(places(5, 2), (3, 5, vec![row(2), row(2), row(5), drift]));
    }
}
