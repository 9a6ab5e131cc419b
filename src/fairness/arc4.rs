//! The bytes of ARC4 as the JavaScript package `seedrandom` draws them, of several streams in one loop.
//!
//! Each byte of a stream waits for the swap before it, so that one stream alone leaves most of a core idle. Streams do
//! not wait for each other: three or four in one loop take little longer than one.

use std::hint::cold_path;

/// Bytes of one block, a whole turn of the index `i`; also the bytes that are discarded after the key set-up
/// (RC4-drop\[256\]).
const BLOCK: usize = 256;
/// The most bytes of one draw: six, and one more until 1,024 bits are read.
const MAX_DRAW: usize = 128;
/// The most bytes that may be left over when the next block is drawn: those of the five draws of a tick.
const MAX_LEFT: usize = 5 * MAX_DRAW;
/// The most bytes that are left over but after a long number.
pub(super) const USUALLY_LEFT: usize = 128;
const END: usize = MAX_LEFT + BLOCK;

/// The bytes of most short numbers, those whose first byte is not zero. 15 of 255 have one more.
pub(super) const SHORT: usize = 7;
/// The most bytes of a tick whose five numbers are short.
pub(super) const TICK_BYTES: usize = 5 * (SHORT + 1);

/// A key, repeated up to the length of the state.
pub(super) type StreamKey = [u8; 256];

/// The generator of a stream: all that decides its next bytes, at the beginning of a block.
#[derive(Debug, Clone)]
pub(super) struct Generator {
    state: [u8; 256],
    j: u8,
}

/// A stream of bytes, with those that were drawn and not used yet.
#[derive(Debug, Clone)]
pub(super) struct ByteStream {
    generator: Generator,
    /// The place of the first unused byte in `bytes`.
    unused: usize,
    /// The newest block is at its end, what was left of the one before is in front of it.
    bytes: [u8; END],
}

impl Generator {
    /// Returns the generators of some keys, each behind its discarded bytes.
    pub fn keyed<const N: usize>(keys: &[StreamKey; N]) -> [Self; N] {
        let mut state = [0; 256];
        for (slot, number) in state.iter_mut().zip(0..=255) {
            *slot = number;
        }
        let mut states = [state; N];
        let mut j = [0; N];
        for i in (0..256).step_by(2) {
            for ((state, key), j) in states.iter_mut().zip(keys).zip(&mut j) {
                swap_twice(state, j, [i, i + 1], [key[i], key[i + 1]], |_, _| {});
            }
        }
        // The JavaScript code draws from i = j = 0, not from the j of the key set-up.
        j = [0; N];
        for k in (0..BLOCK).step_by(2) {
            for (state, j) in states.iter_mut().zip(&mut j) {
                swap_twice(state, j, places(k), [0; 2], |_, _| {});
            }
        }
        std::array::from_fn(|n| Self {
            state: states[n],
            j: j[n],
        })
    }
}

impl ByteStream {
    /// The last place at which [`Self::tick_bytes`] begin.
    pub const LAST_TICK: usize = END - TICK_BYTES;

    /// Returns a stream of which no byte is drawn yet.
    pub fn new(generator: Generator) -> Self {
        Self {
            generator,
            unused: END,
            bytes: [0; END],
        }
    }

    /// Begins another stream in the place of this one, without a copy of its unused bytes.
    pub fn restart(&mut self, generator: Generator) {
        self.generator = generator;
        self.unused = END;
    }

    /// Draws the next block of each stream. What is left of the block before must be less than a tick takes.
    #[inline]
    pub fn draw_blocks<T, const N: usize>(
        owners: &mut [T; N],
        stream: impl Fn(&mut T) -> &mut Self,
    ) {
        for owner in owners.iter_mut() {
            stream(owner).keep_unused();
        }
        // In locals: a store into `bytes` would make the compiler read it again.
        let mut j: [u8; N] = std::array::from_fn(|n| stream(&mut owners[n]).generator.j);
        for k in (0..BLOCK).step_by(2) {
            for (owner, j) in owners.iter_mut().zip(&mut j) {
                let Self {
                    generator, bytes, ..
                } = stream(owner);
                swap_twice(&mut generator.state, j, places(k), [0; 2], |n, byte| {
                    bytes[MAX_LEFT + k + n] = byte;
                });
            }
        }
        for (owner, j) in owners.iter_mut().zip(j) {
            stream(owner).generator.j = j;
        }
    }

    /// Makes room for a block behind the unused bytes.
    fn keep_unused(&mut self) {
        let left = self.left();
        debug_assert!(left <= MAX_LEFT, "{left} bytes are left");
        if left <= USUALLY_LEFT {
            // A copy whose length is known takes less time than a call.
            let from = END - USUALLY_LEFT;
            self.bytes.copy_within(from.., MAX_LEFT - USUALLY_LEFT);
        } else {
            self.bytes.copy_within(self.unused.., MAX_LEFT - left);
        }
        self.unused = MAX_LEFT - left;
    }

    /// Returns the number of unused bytes.
    #[inline]
    pub fn left(&self) -> usize {
        END - self.unused
    }

    /// Returns a reader of the unused bytes.
    #[inline]
    pub fn reader(&self) -> Draws<'_> {
        Draws {
            bytes: &self.bytes,
            at: self.unused,
        }
    }

    /// Returns the bytes of a tick of short numbers.
    ///
    /// # Panics
    /// There are fewer: [`Self::LAST_TICK`] is the last place with enough.
    #[inline]
    pub fn tick_bytes(&self, at: usize) -> &[u8; TICK_BYTES] {
        let bytes = self.bytes[at..].first_chunk();
        bytes.expect("the bytes of a tick are left")
    }

    /// Marks the bytes that a reader read as used.
    #[inline]
    pub fn use_up_to(&mut self, at: usize) {
        self.unused = at;
    }
}

/// Returns the indices `i` of two bytes of a block.
#[inline]
fn places(k: usize) -> [usize; 2] {
    [k + 1, (k + 2) & 255]
}

/// Does the swaps of two bytes, and passes each byte with its number, 0 or 1.
///
/// The entry at the second `i` is read before the first swap: behind it, the processor would wait for the swap in case that
/// it changes this entry, as one of 256 does.
#[inline]
fn swap_twice(
    state: &mut [u8; 256],
    j: &mut u8,
    [i, next_i]: [usize; 2],
    key: [u8; 2],
    mut take: impl FnMut(usize, u8),
) {
    let t = state[i];
    *j = j.wrapping_add(t).wrapping_add(key[0]);
    let s = state[usize::from(*j)];
    let mut next_t = state[next_i];
    state[i] = s;
    state[usize::from(*j)] = t;
    if usize::from(*j) == next_i {
        cold_path();
        next_t = t;
    }
    take(0, state[usize::from(s.wrapping_add(t))]);
    let t = next_t;
    *j = j.wrapping_add(t).wrapping_add(key[1]);
    let s = state[usize::from(*j)];
    state[next_i] = s;
    state[usize::from(*j)] = t;
    take(1, state[usize::from(s.wrapping_add(t))]);
}

/// Reads doubles from the unused bytes of a stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draws<'a> {
    bytes: &'a [u8; END],
    /// The place of the next byte.
    pub at: usize,
}

impl Draws<'_> {
    /// Returns the next double in [0, 1), with 52 or 53 significant bits; `None` if the bytes do not suffice.
    #[inline]
    pub fn next_f64(&mut self) -> Option<f64> {
        match self.bytes[self.at..].first_chunk() {
            Some(bytes) if bytes[0] > 0 => {
                self.at += length(bytes[0]);
                Some(fraction(short_bits(*bytes)))
            }
            _ => self.long_f64(),
        }
    }

    /// Draws a number of any length, as the loop of the original does.
    #[cold]
    fn long_f64(&mut self) -> Option<f64> {
        let mut bytes = self.bytes.get(self.at..)?.iter();
        let mut next = || bytes.next().map(|byte| u64::from(*byte));
        let mut n = 0;
        for _ in 0..6 {
            n = n << 8 | next()?;
        }
        let mut exponent = 48;
        let mut x = 0;
        while n < 1 << 52 && exponent < 1_024 {
            n = (n + x) << 8;
            exponent += 8;
            x = next()?;
        }
        self.at = END - bytes.len();
        // A stream of zero bytes: JavaScript would continue until its divisor is infinite; the result is 0.
        Some(if exponent < 1_024 {
            double(n, x, exponent)
        } else {
            0.0
        })
    }
}

/// Returns the bytes of a short number: eight if the first four bits are zeros.
#[inline]
pub(super) fn length(first: u8) -> usize {
    SHORT + usize::from(first < 16)
}

/// Returns the 64 bits behind the binary point of a short number. Only the first 53 that are not leading zeros count.
#[inline]
pub(super) fn short_bits(bytes: [u8; SHORT + 1]) -> u64 {
    /// The bits that do not count, by the first byte. They are those of the eighth byte, too, when there are seven.
    static REST: [u16; 256] = {
        let mut rest = [0; 256];
        let mut first = 1u8;
        while first > 0 {
            rest[first as usize] = (1 << (11 - first.leading_zeros())) - 1;
            first = first.wrapping_add(1);
        }
        rest
    };
    u64::from_be_bytes(bytes) & !u64::from(REST[usize::from(bytes[0])])
}

/// Returns a short number from its bits.
#[inline]
pub(super) fn fraction(bits: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "53 bits")]
    let numerator = (bits >> 1) as f64;
    numerator * f64::from_bits((1_023 - 63) << 52)
}

/// Returns `(n + x) / 2^exponent`, halved together until `n` is below 2^53.
#[inline]
fn double(n: u64, x: u64, exponent: u64) -> f64 {
    let halvings = 11u32.saturating_sub(n.leading_zeros());
    // `n` ends with a zero byte: its sum with `x` is below 2^53, and its bits are all kept.
    #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
    let numerator = ((n >> halvings) + (x >> halvings)) as f64;
    numerator * f64::from_bits((1_023 + u64::from(halvings) - exponent) << 52)
}

#[cfg(test)]
impl ByteStream {
    /// Returns a stream with these unused bytes.
    pub fn of(unused: &[u8]) -> Self {
        let [generator] = Generator::keyed(&[[7; 256]]);
        let mut stream = Self::new(generator);
        let start = END - unused.len();
        stream.bytes[start..].copy_from_slice(unused);
        stream.unused = start;
        stream
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_side_by_side_are_the_streams_alone() {
        let byte = |n: usize| u8::try_from(n & 255).expect("a byte");
        let keys: [StreamKey; 4] =
            std::array::from_fn(|n| std::array::from_fn(|k| byte(k * (n + 3))));
        let mut together = Generator::keyed(&keys).map(ByteStream::new);
        let mut alone = keys.map(|key| Generator::keyed(&[key]).map(ByteStream::new));
        for _ in 0..5 {
            ByteStream::draw_blocks(&mut together, |stream| stream);
            for (stream, [alone]) in together.iter_mut().zip(&mut alone) {
                ByteStream::draw_blocks(std::array::from_mut(alone), |stream| stream);
                assert_eq!(stream.bytes[MAX_LEFT..END], alone.bytes[MAX_LEFT..END]);
                stream.use_up_to(END - 9);
                alone.use_up_to(END);
            }
        }
    }

    #[test]
    fn a_draw_that_ends_behind_the_block_is_drawn_after_the_next_block() {
        // Seven bytes; eight and nine, because the first six begin with zeros; 128 of a stream of zeros.
        let seven = [0x80, 1, 2, 3, 4, 5, 6];
        let eight = [0x0f, 1, 2, 3, 4, 5, 6, 7];
        let nine = [0, 0, 0x30, 1, 2, 3, 4, 5, 6];
        let all = [(&seven[..], 7), (&eight, 8), (&nine, 9), (&[0; 130], 128)];
        for (bytes, length) in all {
            let whole = ByteStream::of(bytes);
            let mut draws = whole.reader();
            let number = draws.next_f64().expect("enough bytes");
            assert_eq!(draws.at - whole.unused, length);
            for cut in 0..length {
                let mut stream = ByteStream::of(&bytes[..cut]);
                let mut draws = stream.reader();
                assert_eq!(draws.next_f64(), None, "{cut} of {length} bytes");
                ByteStream::draw_blocks(std::array::from_mut(&mut stream), |stream| stream);
                // The rest of the number is at the beginning of the block.
                stream.bytes[MAX_LEFT..][..bytes.len() - cut].copy_from_slice(&bytes[cut..]);
                let mut draws = stream.reader();
                assert_eq!(draws.next_f64(), Some(number), "{cut} of {length} bytes");
            }
        }
    }

    #[test]
    fn short_numbers_are_those_of_the_loop() {
        let mut bits: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut shorts = 0;
        for n in 0..100_000u32 {
            bits = bits.wrapping_mul(0xd129_8a5b_86b7_2d05).wrapping_add(1);
            let number = bits >> (n % 10);
            let stream = ByteStream::of(&[number.to_be_bytes(), bits.to_be_bytes()].concat());
            let mut by_loop = stream.reader();
            let expected = by_loop.long_f64().expect("enough bytes");
            let bytes = number.to_be_bytes();
            if bytes[0] > 0 {
                shorts += 1;
                let short = fraction(short_bits(bytes));
                assert_eq!(short.to_bits(), expected.to_bits(), "{number:016x}");
                let end = stream.unused + length(bytes[0]);
                assert_eq!(end, by_loop.at, "{number:016x}");
            }
            let mut draws = stream.reader();
            assert_eq!(draws.next_f64(), Some(expected), "{number:016x}");
            assert_eq!(draws.at, by_loop.at, "{number:016x}");
        }
        assert!((60_000..100_000).contains(&shorts), "{shorts}");
    }

    #[test]
    fn zeros_are_the_number_zero() {
        let zeros = ByteStream::of(&[0; MAX_DRAW]);
        assert_eq!(zeros.reader().next_f64(), Some(0.0));
        let smallest = [[0; 6].as_slice(), &[1; 20]].concat();
        let number = ByteStream::of(&smallest)
            .reader()
            .next_f64()
            .expect("enough");
        assert!(number > 0.0 && number < 1e-14, "{number:e}");
    }
}
