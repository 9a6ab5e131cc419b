//! The price path of generator version `v3`: all prices of a game but the last, from its seed.

use sha2::{Digest as _, Sha256};

/// The chance of a rug at each tick from 1.
pub const RUG_CHANCE: f64 = 0.005;
/// The chance of a god candle at each tick that does not rug, while the price is at most [`GOD_CANDLE_MAX_PRICE`].
pub const GOD_CANDLE_CHANCE: f64 = 0.000_01;
/// The factor of a god candle.
pub const GOD_CANDLE_FACTOR: f64 = 10.0;
/// The highest price from which a god candle starts.
pub const GOD_CANDLE_MAX_PRICE: f64 = 100.0;
/// The chance of a big move at each tick without rug and god candle.
pub const BIG_MOVE_CHANCE: f64 = 0.125;
/// The smallest big move, relative to the price.
pub const BIG_MOVE_MIN: f64 = 0.15;
/// The largest big move, relative to the price.
pub const BIG_MOVE_MAX: f64 = 0.25;
/// The lowest drift of a tick without a big move, relative to the price.
pub const DRIFT_MIN: f64 = -0.02;
/// The highest one.
pub const DRIFT_MAX: f64 = 0.03;
/// The largest distance of a tick without a big move from its drift, relative to the price, at the price 1.
pub(super) const VOLATILITY: f64 = 0.005;
/// It grows with the root of the price, up to this factor.
pub(super) const MAX_VOLATILITY_GROWTH: f64 = 10.0;

/// The highest rug price ever seen: 918 of 918 games ended at or below it, 13 % exactly there.
/// The rug price is not drawn from the seed; only the server knows it.
pub const UNSEEDED_RUG_MAX: f64 = 0.020_000_000_000_000_018;

/// The prices that a seed determines: ticks 0 to the one before the rug.
#[derive(Debug, Clone, PartialEq)]
pub struct Path {
    pub(super) prices: Vec<f64>,
    pub(super) rugged: bool,
}

impl Path {
    /// Returns the place of a path that is not drawn yet.
    pub(super) fn empty() -> Self {
        Self {
            prices: Vec::new(),
            rugged: false,
        }
    }

    /// Returns the beginning of every path: tick 0.
    pub(super) fn begin() -> Self {
        let mut prices = Vec::with_capacity(256);
        prices.push(1.0);
        Self {
            prices,
            rugged: false,
        }
    }

    /// Returns the prices, by tick.
    pub fn prices(&self) -> &[f64] {
        &self.prices
    }

    /// Returns the tick of the rug; `None` for a path that reached the end of the generator.
    pub fn rug_tick(&self) -> Option<u32> {
        self.rugged
            .then(|| u32::try_from(self.prices.len()).unwrap_or(u32::MAX))
    }

    /// Returns tick and price of the (first) maximum.
    pub fn peak(&self) -> (usize, f64) {
        let first = (0, 1.0);
        let later =
            |best: (usize, f64), next: (usize, f64)| if next.1 > best.1 { next } else { best };
        self.prices.iter().copied().enumerate().fold(first, later)
    }
}

/// Returns the largest distance of a small move from its drift.
pub(super) fn volatility(price: f64) -> f64 {
    VOLATILITY * volatility_growth(price)
}

/// Returns the factor by which volatility is higher than at the price 1.
#[inline]
pub(super) fn volatility_growth(price: f64) -> f64 {
    // Not `f64::min`, which would take three instructions because of NaN.
    let root = price.sqrt();
    if root < MAX_VOLATILITY_GROWTH {
        root
    } else {
        MAX_VOLATILITY_GROWTH
    }
}

/// Returns the commitment to a seed: the lower-case hex SHA-256 of its text.
pub fn seed_hash(seed: &str) -> String {
    sha256_hex(seed.as_bytes())
}

/// Returns the SHA-256 of some bytes in lower-case hex.
pub fn sha256_hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut hex = String::with_capacity(64);
    for byte in Sha256::digest(bytes) {
        for half in [byte >> 4, byte & 15] {
            hex.push(char::from(DIGITS[usize::from(half)]));
        }
    }
    hex
}
