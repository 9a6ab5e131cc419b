//! New games of the published algorithm: ids, seeds, price paths and rug prices. The practice table plays them, the lab
//! plays strategies on them.

use chrono::DateTime;

use super::{Path, SeedRandom, UNSEEDED_RUG_MAX, seed_hash};
use crate::protocol::GameId;

/// The lowest rug price of a generated game; real ones go down to 0.00006, most are above this.
const RUG_MIN: f64 = 0.004;
/// Share of the games that rug at exactly the highest rug price.
const RUG_AT_MAX: f64 = 0.13;
/// The day in the ids of seeded games: never today, so that a seed gives the same ids on every day.
const SEEDED_DAY: &str = "20000101";

/// Games of a seed that are over when its table opens: they are in the statistics that it shows. The first game that
/// can be played is the next one.
pub const EARLIER_GAMES: u32 = 100;

/// One game with all its prices.
#[derive(Debug, Clone, PartialEq)]
pub struct GeneratedGame {
    /// Its id.
    pub id: GameId,
    /// The seed of its path.
    pub seed: String,
    /// The commitment to the seed.
    pub hash: String,
    /// Every price by tick; the last one is the rug price.
    pub prices: Vec<f64>,
}

impl GeneratedGame {
    /// Returns the tick of the rug.
    pub fn rug_tick(&self) -> u32 {
        u32::try_from(self.prices.len())
            .unwrap_or(u32::MAX)
            .saturating_sub(1)
    }

    /// Returns the price of a tick; 1 for a tick that the game does not have.
    pub fn price(&self, tick: u32) -> f64 {
        self.prices.get(tick as usize).copied().unwrap_or(1.0)
    }

    /// Returns the highest price.
    pub fn peak(&self) -> f64 {
        self.prices.iter().copied().fold(1.0, f64::max)
    }
}

/// What decides a game: its prices are computed from it.
#[derive(Debug, Clone, PartialEq)]
pub struct GameSeed {
    /// The game's id.
    pub id: GameId,
    /// The seed of its path.
    pub seed: String,
    /// The price at the rug, which is not drawn from the seed.
    pub rug_price: f64,
}

/// Generates one game after the other.
#[derive(Debug, Clone)]
pub struct GameGenerator {
    random: SeedRandom,
    seeded: bool,
}

impl GameGenerator {
    /// Returns the generator of a seed: the same games on every day.
    pub fn seeded(seed: u64) -> Self {
        Self::new(&seed.to_string(), true)
    }

    /// Returns a generator of unpredictable games; `entropy` is from the operating system.
    pub fn unseeded(entropy: &str) -> Self {
        Self::new(entropy, false)
    }

    fn new(entropy: &str, seeded: bool) -> Self {
        Self {
            random: SeedRandom::new(&format!("table games {entropy}")),
            seeded,
        }
    }

    /// Generates a game that opens at `now`, Unix milliseconds of the table's clock.
    pub fn next_game(&mut self, now: i64) -> GeneratedGame {
        loop {
            let GameSeed {
                id,
                seed,
                rug_price,
            } = self.next_seed(now);
            let path = Path::draw(&seed, &id);
            // The real server cuts a game without a rug at 5,000 ticks; too rare to play.
            if path.rug_tick().is_none() {
                continue;
            }
            let mut prices = path.prices().to_vec();
            prices.push(rug_price);
            let hash = seed_hash(&seed);
            return GeneratedGame {
                id,
                seed,
                hash,
                prices,
            };
        }
    }

    /// Draws what decides the next game, which opens at `now`. Many of them are drawn first and their paths together.
    ///
    /// # Panics
    /// Never: an id of 25 characters is one.
    pub fn next_seed(&mut self, now: i64) -> GameSeed {
        let day = if self.seeded {
            SEEDED_DAY.to_owned()
        } else {
            DateTime::from_timestamp_millis(now).map_or_else(
                || SEEDED_DAY.to_owned(),
                |at| at.format("%Y%m%d").to_string(),
            )
        };
        GameSeed {
            id: GameId::new(&format!("{day}-{}", self.random.hex(16)))
                .expect("an id of 25 characters is one"),
            seed: self.random.hex(64),
            rug_price: self.rug_price(),
        }
    }

    fn rug_price(&mut self) -> f64 {
        if self.random.next_f64() < RUG_AT_MAX {
            return UNSEEDED_RUG_MAX;
        }
        UNSEEDED_RUG_MAX - self.random.next_f64() * (UNSEEDED_RUG_MAX - RUG_MIN)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rug_prices_keep_to_the_bounds_and_hit_the_highest_often() {
        let mut generator = GameGenerator::seeded(7);
        let prices: Vec<f64> = (0..2_000).map(|_| generator.rug_price()).collect();
        assert!(
            prices
                .iter()
                .all(|p| (RUG_MIN..=UNSEEDED_RUG_MAX).contains(p))
        );
        let highest = prices.iter().filter(|p| **p == UNSEEDED_RUG_MAX).count();
        assert!((200..330).contains(&highest), "{highest} of 2000");
    }

    #[test]
    fn an_unseeded_game_carries_the_day_it_opens() {
        let game = GameGenerator::unseeded("x").next_game(1_765_761_431_000);
        assert!(game.id.as_str().starts_with("20251215-"), "{}", game.id);
        let game = GameGenerator::seeded(8).next_game(1_765_761_431_000);
        assert!(game.id.as_str().starts_with("20000101-"), "{}", game.id);
    }
}
