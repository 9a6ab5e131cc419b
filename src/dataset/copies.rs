//! Which recording of a game becomes its row: a game id is in the data set once, over all days, origins and folders.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::catalog::Rank;
use super::digest::{ContentDigest, ShortDigest};

/// What becomes of a recording of a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CopyRole {
    /// It is the game's row.
    Row {
        /// The number of recordings of this game, this one included.
        copies: u32,
    },
    /// Another recording of the game is its row.
    Duplicate {
        /// The place and the content of that recording; `None` if its file is gone and only its row is left.
        of: Option<(usize, ContentDigest)>,
    },
}

/// A recording of a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recording {
    /// Its place among all files.
    pub place: usize,
    /// How good it is.
    pub rank: Rank,
    /// Its content.
    pub sha256: ContentDigest,
    /// It may be used to train, if it is the row.
    pub trainable: bool,
}

impl Recording {
    /// Of two that are equally good the one with the lower place is better.
    fn is_better_than(&self, other: &Self) -> bool {
        (self.rank, Reverse(self.place)) > (other.rank, Reverse(other.place))
    }
}

/// The games of the data set, by the names of their ids.
#[derive(Debug, Default)]
pub struct Copies(HashMap<ShortDigest, Best>);

#[derive(Debug)]
struct Best {
    row: BestRow,
    copies: u32,
}

#[derive(Debug)]
enum BestRow {
    Recording(Recording),
    /// The row of a partition that is not built again.
    Kept {
        trainable: bool,
    },
}

impl Copies {
    /// Adds a game whose row stays as it is, because its partition is not built again.
    pub fn add_kept(&mut self, id: ShortDigest, trainable: bool) {
        let row = BestRow::Kept { trainable };
        self.0.insert(id, Best { row, copies: 1 });
    }

    /// Adds a recording.
    pub fn add(&mut self, id: ShortDigest, recording: Recording) {
        let best = self.0.entry(id).or_insert(Best {
            row: BestRow::Recording(recording),
            copies: 0,
        });
        best.copies += 1;
        if let BestRow::Recording(old) = &mut best.row
            && recording.is_better_than(old)
        {
            *old = recording;
        }
    }

    /// Returns what becomes of a recording that was added.
    pub fn role(&self, place: usize, id: ShortDigest) -> CopyRole {
        let Some(best) = self.0.get(&id) else {
            return CopyRole::Row { copies: 1 };
        };
        match &best.row {
            BestRow::Recording(row) if row.place == place => CopyRole::Row {
                copies: best.copies,
            },
            BestRow::Recording(row) => CopyRole::Duplicate {
                of: Some((row.place, row.sha256)),
            },
            BestRow::Kept { .. } => CopyRole::Duplicate { of: None },
        }
    }

    /// Returns the place of the recording that is a game's row; `None` if there is no such game, or only its row is left.
    pub fn place_of(&self, id: ShortDigest) -> Option<usize> {
        match self.0.get(&id)?.row {
            BestRow::Recording(row) => Some(row.place),
            BestRow::Kept { .. } => None,
        }
    }

    /// Whether a game may be used to train; `None` if it has no row.
    pub fn trainable(&self, id: ShortDigest) -> Option<bool> {
        self.0.get(&id).map(|best| match best.row {
            BestRow::Recording(row) => row.trainable,
            BestRow::Kept { trainable } => trainable,
        })
    }

    /// Whether a game has a row.
    pub fn has(&self, id: ShortDigest) -> bool {
        self.0.contains_key(&id)
    }

    /// Returns a text that changes with the row of a game, for the digest of the sessions that played it.
    pub fn state_of(&self, id: ShortDigest) -> String {
        match self.0.get(&id).map(|best| &best.row) {
            None => "absent".to_owned(),
            Some(BestRow::Kept { trainable }) => format!("kept {trainable}"),
            Some(BestRow::Recording(row)) => row.sha256.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rank(proof: u8, prices: u32) -> Rank {
        Rank {
            proof,
            complete: true,
            committed: true,
            prices,
            arrivals: prices,
        }
    }

    fn recording(place: usize, rank: Rank, content: &str) -> Recording {
        Recording {
            place,
            rank,
            sha256: ContentDigest::of(content.as_bytes()),
            trainable: rank.proof > 1,
        }
    }

    #[test]
    fn the_better_proof_is_the_row_whatever_the_order() {
        let id = ShortDigest::of(b"id");
        let (poor, good) = (recording(0, rank(1, 9), "1"), recording(1, rank(3, 5), "2"));
        for order in [[poor, good], [good, poor]] {
            let mut copies = Copies::default();
            for recording in order {
                copies.add(id, recording);
            }
            assert_eq!(copies.role(1, id), CopyRole::Row { copies: 2 });
            let of = Some((1, good.sha256));
            assert_eq!(copies.role(0, id), CopyRole::Duplicate { of });
            assert_eq!(copies.state_of(id), good.sha256.to_string());
            assert_eq!(copies.trainable(id), Some(true));
        }
    }

    #[test]
    fn of_equal_recordings_the_first_is_the_row_and_all_are_counted() {
        let id = ShortDigest::of(b"id");
        let mut copies = Copies::default();
        for place in [2, 0, 1] {
            copies.add(id, recording(place, rank(3, 5), "1"));
        }
        assert_eq!(copies.role(0, id), CopyRole::Row { copies: 3 });
        assert_eq!(copies.place_of(id), Some(0));
        let other = ShortDigest::of(b"other");
        assert_eq!(copies.state_of(other), "absent");
        assert_eq!(copies.place_of(other), None);
        assert_eq!(copies.trainable(other), None);
        assert!(copies.has(id) && !copies.has(other));
    }

    #[test]
    fn a_row_that_is_kept_is_never_replaced() {
        let id = ShortDigest::of(b"id");
        let mut copies = Copies::default();
        copies.add_kept(id, false);
        copies.add(id, recording(0, rank(3, 5), "1"));
        assert_eq!(copies.role(0, id), CopyRole::Duplicate { of: None });
        assert_eq!(copies.state_of(id), "kept false");
        assert_eq!(copies.trainable(id), Some(false));
    }

    #[test]
    fn a_complete_recording_is_better_than_a_longer_one_and_proof_is_better_than_both() {
        let part = Rank {
            complete: false,
            ..rank(1, 400)
        };
        assert!(rank(1, 100) > part);
        assert!(rank(3, 1) > rank(1, 400));
        assert!(rank(3, 101) > rank(3, 100));
    }
}
