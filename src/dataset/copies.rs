//! Which recording of a game becomes its row: a game id is in the data set once, over all days, origins and folders.

use std::cmp::Reverse;
use std::collections::HashMap;

use super::catalog::Rank;
use super::digest::ShortDigest;

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
        /// The place of that recording; `None` if its file is gone and only its row is left.
        of: Option<usize>,
    },
}

/// The row of a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GameSource {
    /// The recording at this place among all files.
    Recording(u32),
    /// The row of a partition that is not built again.
    Kept {
        /// It may be used to train.
        trainable: bool,
    },
}

/// The games of the data set, by the names of their ids. A year has half a million: only places are kept.
#[derive(Debug, Default)]
pub struct Copies(HashMap<ShortDigest, Best>);

#[derive(Debug)]
struct Best {
    row: GameSource,
    copies: u32,
}

impl Copies {
    /// Returns no games, with room for so many.
    pub fn with_capacity(games: usize) -> Self {
        Self(HashMap::with_capacity(games))
    }

    /// Adds a game whose row stays as it is, because its partition is not built again.
    pub fn add_kept(&mut self, id: ShortDigest, trainable: bool) {
        let row = GameSource::Kept { trainable };
        self.0.insert(id, Best { row, copies: 1 });
    }

    /// Adds the recording at a place. `rank` returns how good a recording is; of two that are equally good the one with the
    /// lower place is better.
    pub fn add(&mut self, id: ShortDigest, place: usize, rank: impl Fn(usize) -> Option<Rank>) {
        let place = u32::try_from(place).unwrap_or(u32::MAX);
        let best = self.0.entry(id).or_insert(Best {
            row: GameSource::Recording(place),
            copies: 0,
        });
        best.copies += 1;
        if let GameSource::Recording(old) = &mut best.row {
            let key = |place: u32| (rank(place as usize), Reverse(place));
            if key(place) > key(*old) {
                *old = place;
            }
        }
    }

    /// Returns what becomes of a recording that was added.
    pub fn role(&self, place: usize, id: ShortDigest) -> CopyRole {
        let Some(best) = self.0.get(&id) else {
            return CopyRole::Row { copies: 1 };
        };
        match best.row {
            GameSource::Recording(row) if row as usize == place => CopyRole::Row {
                copies: best.copies,
            },
            GameSource::Recording(row) => CopyRole::Duplicate {
                of: Some(row as usize),
            },
            GameSource::Kept { .. } => CopyRole::Duplicate { of: None },
        }
    }

    /// Returns the row of a game; `None` if there is no such game.
    pub fn get(&self, id: ShortDigest) -> Option<GameSource> {
        self.0.get(&id).map(|best| best.row)
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

    /// Adds recordings in this order; each has the rank at its place.
    fn copies(order: &[usize], ranks: &[Rank]) -> (Copies, ShortDigest) {
        let (mut copies, id) = (Copies::default(), ShortDigest::of(b"id"));
        for place in order {
            copies.add(id, *place, |place| ranks.get(place).copied());
        }
        (copies, id)
    }

    #[test]
    fn the_better_proof_is_the_row_whatever_the_order() {
        let ranks = [rank(1, 9), rank(3, 5)];
        for order in [[0, 1], [1, 0]] {
            let (copies, id) = copies(&order, &ranks);
            assert_eq!(copies.role(1, id), CopyRole::Row { copies: 2 });
            assert_eq!(copies.role(0, id), CopyRole::Duplicate { of: Some(1) });
            assert_eq!(copies.get(id), Some(GameSource::Recording(1)));
        }
    }

    #[test]
    fn of_equal_recordings_the_first_is_the_row_and_all_are_counted() {
        let (copies, id) = copies(&[2, 0, 1], &[rank(3, 5); 3]);
        assert_eq!(copies.role(0, id), CopyRole::Row { copies: 3 });
        assert_eq!(copies.get(id), Some(GameSource::Recording(0)));
        assert_eq!(copies.get(ShortDigest::of(b"other")), None);
    }

    #[test]
    fn a_row_that_is_kept_is_never_replaced() {
        let id = ShortDigest::of(b"id");
        let mut copies = Copies::with_capacity(1);
        copies.add_kept(id, false);
        copies.add(id, 0, |_| Some(rank(3, 5)));
        assert_eq!(copies.role(0, id), CopyRole::Duplicate { of: None });
        assert_eq!(copies.get(id), Some(GameSource::Kept { trainable: false }));
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
