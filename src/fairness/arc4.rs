//! The bytes of ARC4 as the JavaScript package `seedrandom` draws them, of several streams in one loop.
//!
//! Each byte of a stream waits for the swap before it, so that one stream alone leaves most of a core idle. Streams do
//! not wait for each other: three or four in one loop take little longer than one.

/// Bytes of one block, a whole turn of the index `i`; also the bytes that are discarded after the key set-up
/// (RC4-drop\[256\]).
const BLOCK: usize = 256;
/// The most bytes of one draw: six, and one more until 1,024 bits are read.
const MAX_DRAW: usize = 128;
/// The most bytes that may be left over when the next block is drawn: those of the five draws of a tick.
const MAX_LEFT: usize = 5 * MAX_DRAW;
const END: usize = MAX_LEFT + BLOCK;

/// The lowest numerator that has enough bits.
const SIGNIFICANCE: u64 = 1 << 52;
/// The most bytes of a short number: seven, and one more for 1 of 16 numbers. Of 4,096 numbers, one is longer.
const MAX_SHORT: usize = 8;

/// A key, repeated up to the length of the state.
pub(super) type StreamKey = [u8; 256];

/// A stream of bytes, with those that were drawn and not used yet.
#[derive(Debug, Clone)]
pub(super) struct ByteStream {
    state: [u8; 256],
    j: u8,
    /// The place of the first unused byte in `bytes`.
    unused: usize,
    /// The newest block is at its end, what was left of the one before is in front of it. The last byte is never used:
    /// eight can be read where seven are left.
    bytes: [u8; END + 1],
}

impl ByteStream {
    /// Returns the streams of some keys, each behind its discarded bytes.
    pub fn keyed<const N: usize>(keys: &[StreamKey; N]) -> [Self; N] {
        let mut state = [0; 256];
        for (slot, number) in state.iter_mut().zip(0..=255) {
            *slot = number;
        }
        let mut streams = std::array::from_fn(|_| Self {
            state,
            j: 0,
            unused: END,
            bytes: [0; END + 1],
        });
        let mut j = [0u8; N];
        for i in 0..=255u8 {
            for ((stream, key), j) in streams.iter_mut().zip(keys).zip(&mut j) {
                let t = stream.state[usize::from(i)];
                *j = j.wrapping_add(key[usize::from(i)]).wrapping_add(t);
                stream.state[usize::from(i)] = stream.state[usize::from(*j)];
                stream.state[usize::from(*j)] = t;
            }
        }
        // The JavaScript code draws from i = j = 0, not from the j of the key set-up.
        Self::draw_blocks(&mut streams, |stream| stream);
        for stream in &mut streams {
            stream.unused = END;
        }
        streams
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
        let mut j: [u8; N] = std::array::from_fn(|n| stream(&mut owners[n]).j);
        for k in 0..BLOCK {
            let i = (k + 1) & 255;
            for (owner, j) in owners.iter_mut().zip(&mut j) {
                let stream = stream(owner);
                let t = stream.state[i];
                *j = j.wrapping_add(t);
                let s = stream.state[usize::from(*j)];
                stream.state[i] = s;
                stream.state[usize::from(*j)] = t;
                stream.bytes[MAX_LEFT + k] = stream.state[usize::from(s.wrapping_add(t))];
            }
        }
        for (owner, j) in owners.iter_mut().zip(j) {
            stream(owner).j = j;
        }
    }

    /// Makes room for a block behind the unused bytes.
    fn keep_unused(&mut self) {
        let left = END - self.unused;
        debug_assert!(left <= MAX_LEFT, "{left} bytes are left");
        self.bytes.copy_within(self.unused..END, MAX_LEFT - left);
        self.unused = MAX_LEFT - left;
    }

    /// Returns a reader of the unused bytes.
    #[inline]
    pub fn reader(&self) -> Draws<'_> {
        Draws {
            bytes: &self.bytes,
            at: self.unused,
        }
    }

    /// Marks the bytes that a reader read as used.
    #[inline]
    pub fn use_up_to(&mut self, at: usize) {
        self.unused = at;
    }
}

/// Reads doubles from the unused bytes of a stream.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draws<'a> {
    bytes: &'a [u8; END + 1],
    /// The place of the next byte.
    pub at: usize,
}

impl Draws<'_> {
    /// Returns the next double in [0, 1), with 52 or 53 significant bits; `None` if the bytes do not suffice.
    #[inline]
    pub fn next_f64(&mut self) -> Option<f64> {
        if self.has_short(1) {
            let start = self.at;
            if let Some(bits) = short(self.next_bits()) {
                return Some(fraction(bits));
            }
            self.at = start;
        }
        self.long_f64()
    }

    /// Returns whether the bytes suffice for this many short numbers.
    #[inline]
    pub fn has_short(&self, numbers: usize) -> bool {
        self.at + numbers * MAX_SHORT <= END
    }

    /// Returns the next number as the 64 bits behind its binary point, of which only those of a [`short`] one are all that
    /// it has. Free of branches, so that five numbers of a tick are read while the price before it is computed.
    ///
    /// # Panics
    /// Fewer than eight bytes are left: ask [`Self::has_short`] first.
    #[inline]
    pub fn next_bits(&mut self) -> u64 {
        let (bytes, _) = self.bytes[self.at..]
            .split_first_chunk()
            .expect("eight bytes are left");
        let bits = u64::from_be_bytes(*bytes);
        let has_eight = bits >> 60 == 0;
        self.at += MAX_SHORT - 1 + usize::from(has_eight);
        if has_eight { bits } else { bits & !255 }
    }

    /// Draws a number of any length, as the loop of the original does.
    #[cold]
    fn long_f64(&mut self) -> Option<f64> {
        let mut bytes = self.bytes[..END].get(self.at..)?.iter();
        let mut next = || bytes.next().map(|byte| u64::from(*byte));
        let mut n = 0;
        for _ in 0..6 {
            n = n << 8 | next()?;
        }
        let mut exponent = 48;
        let mut x = 0;
        while n < SIGNIFICANCE && exponent < 1_024 {
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

/// Returns the bits of a number if it is short.
#[inline]
pub(super) const fn short(bits: u64) -> Option<u64> {
    if bits >= SIGNIFICANCE {
        Some(bits)
    } else {
        None
    }
}

/// Returns a short number from the 64 bits behind its binary point: the first 53 of them that are not leading zeros.
#[inline]
pub(super) fn fraction(bits: u64) -> f64 {
    let zeros = bits.leading_zeros();
    #[allow(clippy::cast_precision_loss, reason = "53 bits")]
    let numerator = ((bits << zeros) >> 11) as f64;
    numerator * f64::from_bits((1_023 - 53 - u64::from(zeros)) << 52)
}

/// Returns the 64 bits behind the binary point of a probability. A short number is below it exactly when its bits are.
pub(super) const fn bits_of(probability: f64) -> u64 {
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole and below 2^64: the double has 53 bits, of which none is behind the 64th"
    )]
    let bits = (probability * 18_446_744_073_709_551_616.0) as u64;
    bits
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a stream with these unused bytes.
    fn stream_of(unused: &[u8]) -> ByteStream {
        let [mut stream] = ByteStream::keyed(&[[7; 256]]);
        let start = END - unused.len();
        stream.bytes[start..END].copy_from_slice(unused);
        stream.unused = start;
        stream
    }

    #[test]
    fn streams_side_by_side_are_the_streams_alone() {
        let byte = |n: usize| u8::try_from(n & 255).expect("a byte");
        let keys: [StreamKey; 4] =
            std::array::from_fn(|n| std::array::from_fn(|k| byte(k * (n + 3))));
        let mut together = ByteStream::keyed(&keys);
        let mut alone = keys.map(|key| ByteStream::keyed(&[key]));
        for _ in 0..5 {
            ByteStream::draw_blocks(&mut together, |stream| stream);
            for (stream, [alone]) in together.iter_mut().zip(&mut alone) {
                ByteStream::draw_blocks(
                    std::slice::from_mut(alone)
                        .first_chunk_mut::<1>()
                        .expect("one"),
                    |stream| stream,
                );
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
            let whole = stream_of(bytes);
            let mut draws = whole.reader();
            let number = draws.next_f64().expect("enough bytes");
            assert_eq!(draws.at - whole.unused, length);
            for cut in 0..length {
                let mut stream = stream_of(&bytes[..cut]);
                let mut draws = stream.reader();
                assert_eq!(draws.next_f64(), None, "{cut} of {length} bytes");
                ByteStream::draw_blocks(
                    std::slice::from_mut(&mut stream)
                        .first_chunk_mut::<1>()
                        .expect("one"),
                    |stream| stream,
                );
                // The rest of the number is at the beginning of the block.
                stream.bytes[MAX_LEFT..][..bytes.len() - cut].copy_from_slice(&bytes[cut..]);
                let mut draws = stream.reader();
                assert_eq!(draws.next_f64(), Some(number), "{cut} of {length} bytes");
            }
        }
    }

    #[test]
    fn short_numbers_are_those_of_the_loop_and_compare_as_their_bits() {
        let mut bits: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut shorts = 0;
        for n in 0..100_000u32 {
            bits = bits.wrapping_mul(0xd129_8a5b_86b7_2d05).wrapping_add(1);
            let number = bits >> (n % 14);
            let stream = stream_of(&[number.to_be_bytes(), bits.to_be_bytes()].concat());
            let mut by_loop = stream.reader();
            let expected = by_loop.long_f64().expect("enough bytes");
            let mut draws = stream.reader();
            let Some(bits) = short(draws.next_bits()) else {
                continue;
            };
            shorts += 1;
            assert_eq!(
                fraction(bits).to_bits(),
                expected.to_bits(),
                "{number:016x}"
            );
            assert_eq!(draws.at, by_loop.at, "{number:016x}");
            for limit in [0.005, 0.125, 0.5, expected, expected.next_up()] {
                assert_eq!(bits < bits_of(limit), expected < limit, "{number:016x}");
            }
        }
        assert!(shorts > 70_000, "{shorts}");
    }

    #[test]
    fn zeros_are_the_number_zero() {
        let zeros = stream_of(&[0; MAX_DRAW]);
        assert_eq!(zeros.reader().next_f64(), Some(0.0));
        let smallest = [[0; 6].as_slice(), &[1; 20]].concat();
        let number = stream_of(&smallest).reader().next_f64().expect("enough");
        assert!(number > 0.0 && number < 1e-14, "{number:e}");
    }
}
