//! Numbers that look random.

use std::time::SystemTime;

/// A generator (xorshift).
pub struct Random(u64);

impl Random {
    /// Begins with a seed: the same one gives the same numbers.
    pub fn new(seed: u64) -> Self {
        Self(seed | 1)
    }

    /// Begins with the time, and prints the seed for a test that fails.
    pub fn by_time(name: &str) -> Self {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let nanos = u64::try_from(now.unwrap().as_nanos()).unwrap_or(1);
        let letters = name.bytes().fold(0, |sum: u64, letter| {
            sum.wrapping_mul(31).wrapping_add(u64::from(letter))
        });
        let random = Self::new(nanos ^ (letters << 40));
        eprintln!("{name}: seed {}", random.0);
        random
    }

    /// Returns a number below the limit.
    pub fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}
