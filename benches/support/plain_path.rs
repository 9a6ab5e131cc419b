//! A price path as plainly as possible: one stream, byte by byte. What the interleaved one is compared with.
#![allow(dead_code, reason = "each bench uses its part")]

/// The generator of the npm package `seedrandom` for a seed of at most 256 characters of ASCII.
struct PlainRandom {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl PlainRandom {
    fn new(seed: &str) -> Self {
        let mut state = [0u8; 256];
        for (slot, number) in state.iter_mut().zip(0..=255) {
            *slot = number;
        }
        let mut j = 0u8;
        for (i, key) in seed.bytes().cycle().take(256).enumerate() {
            j = j.wrapping_add(key).wrapping_add(state[i]);
            state.swap(i, usize::from(j));
        }
        let mut random = Self { state, i: 0, j: 0 };
        for _ in 0..256 {
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

    #[inline]
    #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
    fn next_f64(&mut self) -> f64 {
        let mut n = 0u64;
        for _ in 0..6 {
            n = n << 8 | u64::from(self.byte());
        }
        let (mut x, mut exponent) = (0u64, 48);
        while n < 1 << 52 {
            n = (n + x) << 8;
            exponent += 8;
            x = u64::from(self.byte());
        }
        let halvings = 11u32.saturating_sub(n.leading_zeros());
        let numerator = ((n >> halvings) + (x >> halvings)) as f64;
        numerator * f64::from_bits((1_023 + u64::from(halvings) - exponent) << 52)
    }
}

/// Returns the prices of a game before its rug.
pub fn plain_path(seed: &str, game_id: &str) -> Vec<f64> {
    let mut random = PlainRandom::new(&format!("{seed}-{game_id}"));
    let mut price = 1.0f64;
    let mut prices = Vec::with_capacity(256);
    prices.push(price);
    while prices.len() <= 5_000 && random.next_f64() >= 0.005 {
        price = if random.next_f64() < 0.000_01 && price <= 100.0 {
            price * 10.0
        } else if random.next_f64() < 0.125 {
            let size = 0.15 + random.next_f64() * (0.25 - 0.15);
            let change = if random.next_f64() > 0.5 { size } else { -size };
            f64::max(0.0, price * (1.0 + change))
        } else {
            let drift = -0.02 + random.next_f64() * (0.03 - -0.02);
            let volatility = 0.005 * f64::min(10.0, price.sqrt());
            let change = drift + volatility * (2.0 * random.next_f64() - 1.0);
            f64::max(0.0, price * (1.0 + change))
        };
        prices.push(price);
    }
    prices
}
