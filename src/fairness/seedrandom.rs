//! The generator of the JavaScript package `seedrandom` (ARC4 by D. Bau), bit for bit.

use super::arc4::{ByteStream, Generator, StreamKey};

/// A generator of doubles in [0, 1), seeded by a text.
///
/// It is also the only source of randomness of the practice table: the same seed always gives the same games.
#[derive(Debug, Clone)]
pub struct SeedRandom([ByteStream; 1]);

impl SeedRandom {
    /// Returns the generator that `seedrandom(seed)` returns in JavaScript.
    pub fn new(seed: &str) -> Self {
        Self(Generator::keyed(&[key(seed.encode_utf16())]).map(ByteStream::new))
    }

    /// Returns the next double in [0, 1), with 52 or 53 significant bits.
    #[inline]
    pub fn next_f64(&mut self) -> f64 {
        loop {
            let [stream] = &mut self.0;
            let mut draws = stream.reader();
            if let Some(number) = draws.next_f64() {
                let used = draws.at;
                stream.use_up_to(used);
                return number;
            }
            ByteStream::draw_blocks(&mut self.0, |stream| stream);
        }
    }

    /// Returns a whole number below `limit` (0 when `limit` is 0).
    pub fn below(&mut self, limit: u32) -> u32 {
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "in 0..limit"
        )]
        let number = (self.next_f64() * f64::from(limit)) as u32;
        number.min(limit.saturating_sub(1))
    }

    /// Returns `digits` lower-case hex digits.
    pub fn hex(&mut self, digits: usize) -> String {
        (0..digits)
            .filter_map(|_| char::from_digit(self.below(16), 16))
            .collect()
    }
}

/// Folds the UTF-16 units of a seed into at most 256 bytes, repeated up to 256.
pub(super) fn key(units: impl Iterator<Item = u16>) -> StreamKey {
    let mut key = [0u8; 256];
    let mut smear = 0u32;
    let mut length = 0usize;
    for (j, unit) in units.enumerate() {
        let slot = &mut key[j & 255];
        smear ^= u32::from(*slot) * 19;
        #[allow(
            clippy::cast_possible_truncation,
            reason = "the mask 255 of the original"
        )]
        {
            *slot = smear.wrapping_add(u32::from(unit)) as u8;
        }
        length = length.max((j & 255) + 1);
    }
    // An empty key counts as one zero byte.
    let length = length.max(1);
    for place in length..key.len() {
        key[place] = key[place - length];
    }
    key
}
