//! The games of a run: new ones of the published algorithm, or recorded ones.

use std::sync::Arc;

use rayon::prelude::*;

use super::progress::LabProgress;
use crate::fairness::{EARLIER_GAMES, GameGenerator, GameSeed, Path};
use crate::protocol::GameId;

/// Games whose paths are drawn together.
const DRAWN_TOGETHER: usize = 64;
/// The highest price of a recorded game. The published algorithm stays far below it, and above it amounts in lamports have
/// no room.
const MAX_PRICE: f64 = 1e9;

/// Where the games of a run come from.
#[derive(Debug, Clone, PartialEq)]
pub enum LabGames {
    /// New games of the published algorithm: those of a practice table with this seed, from its first one.
    New {
        /// The seed.
        seed: u64,
    },
    /// Recorded games, in their order; after the last one the first one again.
    Recorded(Arc<[RecordedGame]>),
}

/// A recorded game of which each tick is known.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordedGame {
    /// Its id.
    pub id: GameId,
    prices: Vec<f64>,
    rug_price: f64,
}

impl RecordedGame {
    /// Returns the game with these prices by tick, of which the last one is the rug's. `None` if a price is missing or
    /// not a number from 0 to 1e9, or if there are fewer than two.
    pub fn new(id: GameId, prices: &[Option<f64>]) -> Option<Self> {
        let mut prices: Vec<f64> = prices.iter().copied().collect::<Option<_>>()?;
        let is_price = |price: &f64| (0.0..=MAX_PRICE).contains(price);
        let rug_price = prices.pop().filter(|_| prices.iter().all(is_price))?;
        (!prices.is_empty() && is_price(&rug_price)).then_some(Self {
            id,
            prices,
            rug_price,
        })
    }
}

/// A game as strategies play it.
#[derive(Debug, Clone, Copy)]
pub(super) struct LabGame<'a> {
    pub id: &'a GameId,
    /// The prices by tick before the rug.
    pub prices: &'a [f64],
    pub rug_price: f64,
}

/// What decides the games of one session, or of a part of it.
#[derive(Debug, Clone)]
pub(super) enum GameBatch {
    New(Vec<GameSeed>),
    Recorded {
        games: Arc<[RecordedGame]>,
        first: usize,
        count: usize,
    },
}

impl GameBatch {
    pub fn len(&self) -> usize {
        match self {
            Self::New(seeds) => seeds.len(),
            Self::Recorded { count, .. } => *count,
        }
    }

    /// Shows the games to `play` one after the other, some drawn together, until it returns false.
    pub fn play(&self, play: impl FnMut(LabGame<'_>) -> bool) {
        self.show(play, |seeds| seeds.chunks(DRAWN_TOGETHER).map(draw));
    }

    /// Does what [`Self::play`] does, and draws the paths on all worker threads.
    pub fn play_on_all_threads(&self, play: impl FnMut(LabGame<'_>) -> bool) {
        self.show(play, |seeds| {
            let drawn: Vec<_> = seeds.par_chunks(DRAWN_TOGETHER).map(draw).collect();
            drawn.into_iter()
        });
    }

    fn show<'a, P: Iterator<Item = Vec<Path>>>(
        &'a self,
        mut play: impl FnMut(LabGame<'_>) -> bool,
        paths: impl FnOnce(&'a [GameSeed]) -> P,
    ) {
        match self {
            Self::New(seeds) => {
                for (paths, seeds) in paths(seeds).zip(seeds.chunks(DRAWN_TOGETHER)) {
                    for (path, seed) in paths.iter().zip(seeds) {
                        // One without a rug within 5,000 ticks, which will never be seen, rugs at the next tick.
                        let game = LabGame {
                            id: &seed.id,
                            prices: path.prices(),
                            rug_price: seed.rug_price,
                        };
                        if !play(game) {
                            return;
                        }
                    }
                }
            }
            Self::Recorded {
                games,
                first,
                count,
            } => {
                for game in games.iter().cycle().skip(*first).take(*count) {
                    let game = LabGame {
                        id: &game.id,
                        prices: &game.prices,
                        rug_price: game.rug_price,
                    };
                    if !play(game) {
                        return;
                    }
                }
            }
        }
    }
}

/// Games that [`fold_new_games`] deals at once.
const FOLDED: usize = 4_096;

/// Passes each of so many new games, those of a practice table with this seed, to `take`: its number, its prices by tick
/// before the rug, and the rug price. Neighbouring games share a value of `begin`; these values are returned in the order of the games, so
/// that the number of worker threads of the current pool changes nothing. A run that is cancelled returns those so far.
pub fn fold_new_games<T: Send>(
    seed: u64,
    count: usize,
    progress: &LabProgress,
    begin: impl Fn() -> T + Sync,
    take: impl Fn(&mut T, usize, &[f64], f64) + Sync,
) -> Vec<T> {
    let mut dealer = GameDealer::new(&LabGames::New { seed });
    let mut parts = Vec::new();
    let mut first = 0;
    while first < count && !progress.is_cancelled() {
        let batch = dealer.deal(FOLDED.min(count - first));
        let GameBatch::New(seeds) = &batch else { break };
        let chunks = seeds.par_chunks(DRAWN_TOGETHER).enumerate();
        parts.par_extend(chunks.map(|(chunk, seeds)| {
            let mut part = begin();
            let numbers = first + chunk * DRAWN_TOGETHER..;
            for ((number, seed), path) in numbers.zip(seeds).zip(draw(seeds)) {
                take(&mut part, number, path.prices(), seed.rug_price);
            }
            part
        }));
        first += batch.len();
        progress.add(batch.len());
    }
    parts
}

fn draw(seeds: &[GameSeed]) -> Vec<Path> {
    Path::draw_all(seeds.iter().map(|game| (game.seed.as_str(), &game.id)))
}

/// Deals the games of a source, batch after batch.
pub(super) enum GameDealer {
    New(Box<GameGenerator>),
    Recorded {
        games: Arc<[RecordedGame]>,
        next: usize,
    },
}

impl GameDealer {
    pub fn new(source: &LabGames) -> Self {
        match source {
            LabGames::New { seed } => {
                let mut generator = GameGenerator::seeded(*seed);
                for _ in 0..EARLIER_GAMES {
                    generator.next_seed(0);
                }
                Self::New(Box::new(generator))
            }
            LabGames::Recorded(games) => Self::Recorded {
                games: Arc::clone(games),
                next: 0,
            },
        }
    }

    /// Deals the next games.
    pub fn deal(&mut self, count: usize) -> GameBatch {
        match self {
            Self::New(generator) => {
                GameBatch::New((0..count).map(|_| generator.next_seed(0)).collect())
            }
            Self::Recorded { games, next } => {
                let first = *next;
                *next = (first + count) % games.len().max(1);
                GameBatch::Recorded {
                    games: Arc::clone(games),
                    first,
                    count,
                }
            }
        }
    }
}
