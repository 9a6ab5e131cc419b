//! Random numbers for simulations: many streams, each from a seed and a number.

/// `SplitMix64` (Steele, Lea, Flood 2014): the stream of a number is the same on every machine and thread.
#[derive(Debug, Clone)]
pub(super) struct SplitMix(u64);

impl SplitMix {
    /// Returns the stream of a number under a seed.
    pub fn stream(seed: u64, number: u64) -> Self {
        // Streams start at places that are mixed themselves, so that neighbours do not overlap.
        let mut seeds = Self(seed);
        let start = seeds.next();
        Self(start ^ Self(number ^ seeds.next()).next())
    }

    #[inline]
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from 0 up to 1.
    #[inline]
    pub fn next_f64(&mut self) -> f64 {
        unit(self.next())
    }

    /// Returns two numbers from 0 up to 1, of 32 bits each.
    #[inline]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the lower and the upper half"
    )]
    pub fn next_pair(&mut self) -> (f64, f64) {
        const PART: f64 = 1.0 / 4_294_967_296.0;
        let bits = self.next();
        (
            f64::from(bits as u32) * PART,
            f64::from((bits >> 32) as u32) * PART,
        )
    }
}

/// Returns the upper 53 bits as a number from 0 up to 1.
#[inline]
#[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_published_generator_and_spread_evenly() {
        // The first outputs for the seed 1234567, as in the reference implementation's tests.
        let mut random = SplitMix(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
        let mut random = SplitMix::stream(1, 2);
        let n = 20_000;
        let sum: f64 = (0..n).map(|_| random.next_f64()).sum();
        assert!((sum / f64::from(n) - 0.5).abs() < 0.01, "{sum}");
        let (low, high) = SplitMix::stream(3, 4).next_pair();
        assert!((0.0..1.0).contains(&low) && (0.0..1.0).contains(&high));
        assert_ne!(
            SplitMix::stream(1, 2).next(),
            SplitMix::stream(2, 1).next(),
            "seed and number are not exchangeable"
        );
    }
}
