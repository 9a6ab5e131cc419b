//! The accumulator of the self-checks: what a game adds to it, and how two of them merge. Small, whole numbers only.

use serde::{Deserialize, Serialize};

use super::lifetimes::Lifetimes;
use super::moves::{Moves, RugPrices};
use crate::fairness::KNOWN_VERSION;
use crate::protocol::Tick;

/// What the self-checks use of a game.
#[derive(Debug, Clone, Copy)]
pub struct ObservedGame<'a> {
    /// The game is complete, proven or repaired, no duplicate and not of `--seed`.
    pub trainable: bool,
    /// It comes from `--seed` and will come again: it is not counted.
    pub seeded: bool,
    /// The stated version of the generator.
    pub version: Option<&'a str>,
    /// The first tick under observation.
    pub entry_tick: Tick,
    /// The last tick under observation; the tick of the rug if it was seen.
    pub exit_tick: Tick,
    /// The rug was seen.
    pub event: bool,
    /// The tick of the rug, if known.
    pub rug_tick: Option<Tick>,
    /// The price at the rug, if known.
    pub rug_price: Option<f64>,
    /// The prices by tick, the price at the rug included or not; `None` where a tick is missing.
    pub prices: &'a [Option<f64>],
}

/// Counts of games, for the comparison with the published algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct SelfCheck {
    /// Trainable games, each from tick 0 to its rug.
    pub(super) trainable: Lifetimes,
    pub(super) trainable_moves: Moves,
    pub(super) trainable_rugs: RugPrices,
    /// All games as they were observed: late entries, and games without a rug.
    pub(super) observed: Lifetimes,
    /// Moves of the games that are not trainable.
    pub(super) other_moves: Moves,
    pub(super) other_rugs: RugPrices,
    /// Games of `--seed`, which are not counted.
    pub(super) seeded: u64,
    /// Games of a version whose algorithm is not known, which are not counted.
    pub(super) other_version: u64,
    /// Games of which not one step was observed: they say nothing about the chance of a rug.
    pub(super) unobserved: u64,
}

impl SelfCheck {
    /// Counts a game. Duplicates must not be added.
    pub fn add(&mut self, game: &ObservedGame<'_>) {
        if game.seeded {
            self.seeded += 1;
            return;
        }
        if game.version.is_some_and(|version| version != KNOWN_VERSION) {
            self.other_version += 1;
            return;
        }
        if !self
            .observed
            .add(game.entry_tick, game.exit_tick, game.event)
        {
            self.unobserved += 1;
        }
        let (moves, rugs) = if game.trainable {
            if let Some(rug) = game.rug_tick {
                self.trainable.add(0, rug, true);
            }
            (&mut self.trainable_moves, &mut self.trainable_rugs)
        } else {
            (&mut self.other_moves, &mut self.other_rugs)
        };
        let drawn = game.rug_tick.map_or(usize::MAX, |rug| rug as usize);
        let drawn = &game.prices[..drawn.min(game.prices.len())];
        for pair in drawn.windows(2) {
            if let [Some(before), Some(after)] = pair {
                moves.add(*before, *after);
            }
        }
        if let Some(price) = game.rug_price {
            rugs.add(price);
        }
    }

    /// Adds the games of `other`. The order of merging does not matter.
    pub fn merge(&mut self, other: &Self) {
        self.trainable.merge(&other.trainable);
        self.trainable_moves.merge(&other.trainable_moves);
        self.trainable_rugs.merge(&other.trainable_rugs);
        self.observed.merge(&other.observed);
        self.other_moves.merge(&other.other_moves);
        self.other_rugs.merge(&other.other_rugs);
        self.seeded += other.seeded;
        self.other_version += other.other_version;
        self.unobserved += other.unobserved;
    }

    /// Returns the moves of all games.
    pub(super) fn all_moves(&self) -> Moves {
        let mut moves = self.trainable_moves.clone();
        moves.merge(&self.other_moves);
        moves
    }

    /// Returns the rug prices of all games.
    pub(super) fn all_rugs(&self) -> RugPrices {
        let mut rugs = self.trainable_rugs.clone();
        rugs.merge(&self.other_rugs);
        rugs
    }
}
