//! The generator of the JavaScript package `seedrandom` (ARC4 by D. Bau), bit for bit.

/// Bytes discarded after the key schedule (RC4-drop\[256\]).
const DISCARDED: usize = 256;

/// The lowest numerator that has enough bits.
const SIGNIFICANCE: u64 = 1 << 52;

/// A generator of doubles in [0, 1), seeded by a text.
///
/// It is also the only source of randomness of the practice table: the same seed always gives the same games.
#[derive(Debug, Clone)]
pub struct SeedRandom {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl SeedRandom {
    /// Returns the generator that `seedrandom(seed)` returns in JavaScript.
    pub fn new(seed: &str) -> Self {
        let (key, length) = mix_key(seed);
        let key = &key[..length];
        let mut state = [0u8; 256];
        for (slot, number) in state.iter_mut().zip(0..=255) {
            *slot = number;
        }
        let mut j = 0u8;
        let mut key_bytes = key.iter().cycle();
        for i in 0..=255u8 {
            let t = state[usize::from(i)];
            let k = key_bytes.next().copied().unwrap_or(0);
            j = j.wrapping_add(k).wrapping_add(t);
            state[usize::from(i)] = state[usize::from(j)];
            state[usize::from(j)] = t;
        }
        // The JavaScript code starts its drawing loop at i = j = 0, not at the j of the key schedule.
        let mut random = Self { state, i: 0, j: 0 };
        for _ in 0..DISCARDED {
            random.byte();
        }
        random
    }

    #[inline]
    fn byte(&mut self) -> u8 {
        self.i = self.i.wrapping_add(1);
        let t = self.state[usize::from(self.i)];
        self.j = self.j.wrapping_add(t);
        let s = self.state[usize::from(self.j)];
        self.state[usize::from(self.i)] = s;
        self.state[usize::from(self.j)] = t;
        self.state[usize::from(s.wrapping_add(t))]
    }

    /// Returns the next double in [0, 1), with 52 or 53 significant bits.
    #[inline]
    pub fn next_f64(&mut self) -> f64 {
        let mut n = 0u64;
        for _ in 0..6 {
            n = n << 8 | u64::from(self.byte());
        }
        // 15 of 16 numbers take exactly one byte more.
        if n << 8 >= SIGNIFICANCE {
            let x = u64::from(self.byte());
            return double(n << 8, x, 56);
        }
        self.long_f64(n)
    }

    /// Continues after six bytes with leading zeros, as the loop of the original does.
    #[cold]
    fn long_f64(&mut self, mut n: u64) -> f64 {
        let mut exponent = 48;
        let mut x = 0u64;
        while n < SIGNIFICANCE {
            n = (n + x) << 8;
            exponent += 8;
            x = u64::from(self.byte());
            // A stream of zero bytes: JavaScript would continue until its divisor is infinite; the result is 0.
            if exponent >= 1_024 {
                return 0.0;
            }
        }
        double(n, x, exponent)
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

/// Returns `(n + x) / 2^exponent`, halved together until `n` is below 2^53.
///
/// The original halves in a loop with an unpredictable count; one shift halves the time of a path.
#[inline]
fn double(n: u64, x: u64, exponent: u64) -> f64 {
    let halvings = 11u32.saturating_sub(n.leading_zeros());
    // `n` ends with a zero byte: its sum with `x` is below 2^53, and its bits are all kept.
    #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
    let numerator = ((n >> halvings) + (x >> halvings)) as f64;
    numerator * f64::from_bits((1_023 + u64::from(halvings) - exponent) << 52)
}

/// Folds the seed's UTF-16 units into at most 256 key bytes; returns them and their number.
fn mix_key(seed: &str) -> ([u8; 256], usize) {
    let mut key = [0u8; 256];
    let mut smear = 0u32;
    let mut length = 0usize;
    for (j, unit) in seed.encode_utf16().enumerate() {
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
    (key, length.max(1))
}
