//! What the draws of one tick give: a rug, or the next price.

use super::arc4::{Draws, SHORT, TICK_BYTES, fraction, length, short_bits};
use super::path::{
    BIG_MOVE_CHANCE, BIG_MOVE_MAX, BIG_MOVE_MIN, DRIFT_MAX, DRIFT_MIN, GOD_CANDLE_CHANCE,
    GOD_CANDLE_FACTOR, GOD_CANDLE_MAX_PRICE, MAX_VOLATILITY_GROWTH, RUG_CHANCE, VOLATILITY,
    volatility_growth,
};

/// What the draws of a tick give.
#[derive(Debug, PartialEq)]
pub(super) enum Draw {
    Price(f64),
    Rug,
}

/// A number with a lower first byte may be a rug.
const NO_RUG_BYTE: u8 = 2;
const _: () = assert!(RUG_CHANCE <= NO_RUG_BYTE as f64 / 256.0);
/// No short number is low enough for a god candle.
const _: () = assert!(GOD_CANDLE_CHANCE <= 1.0 / 256.0);
/// The number of a big move has a lower first byte.
const NO_BIG_MOVE_BYTE: u8 = 32;
const _: () = assert!(BIG_MOVE_CHANCE * 256.0 - NO_BIG_MOVE_BYTE as f64 == 0.0);

/// Returns the price after a tick of short numbers, and their bytes; `None` if one of them is longer, or if they may be
/// a rug. That is 1 of 43 ticks.
///
/// Free of other branches, so that the ticks of several games are computed side by side.
#[inline]
pub(super) fn short_tick(price: f64, bytes: &[u8; TICK_BYTES]) -> Option<(f64, usize)> {
    let eight = |at: usize| *bytes[at..].first_chunk().expect("eight bytes");
    // A number of eight bytes moves those behind it. Their first bytes are shifted out of bytes that were read meanwhile,
    // which takes less time than to wait for their places.
    let mut moved_by = 0;
    let mut starts = [0; 5];
    let [rug, god_candle, big_move, first, second] = std::array::from_fn(|n| {
        starts[n] = SHORT * n + moved_by;
        let [byte, ..] = (u64::from_le_bytes(eight(SHORT * n)) >> (8 * moved_by)).to_le_bytes();
        moved_by += length(byte) - SHORT;
        byte
    });
    if rug < NO_RUG_BYTE || god_candle == 0 || big_move == 0 || first == 0 || second == 0 {
        return None;
    }
    let [.., first, second] = starts.map(|start| short_bits(eight(start)));
    let kind = kind(big_move < NO_BIG_MOVE_BYTE, second <= 1 << 63);
    let next = moved(price, kind, fraction(first), fraction(second));
    Some((next, 5 * SHORT + moved_by))
}

/// Draws the tick after a price; `None` if the bytes do not suffice: then all of its draws are repeated with more.
pub(super) fn any_tick(price: f64, draws: &mut Draws<'_>) -> Option<Draw> {
    if draws.next_f64()? < RUG_CHANCE {
        return Some(Draw::Rug);
    }
    // The generator draws this number also above the price limit.
    if draws.next_f64()? < GOD_CANDLE_CHANCE && price <= GOD_CANDLE_MAX_PRICE {
        return Some(Draw::Price(price * GOD_CANDLE_FACTOR));
    }
    let is_big = draws.next_f64()? < BIG_MOVE_CHANCE;
    let (first, second) = (draws.next_f64()?, draws.next_f64()?);
    let next = moved(price, kind(is_big, second <= 0.5), first, second);
    Some(Draw::Price(next))
}

/// The lowest change of a move, the range of its first draw, and the volatility by which its second one counts.
type Move = [f64; 3];

const BIG_MOVE_RANGE: f64 = BIG_MOVE_MAX - BIG_MOVE_MIN;
/// A small move, a big one up, and a big one down.
static MOVES: [Move; 3] = [
    [DRIFT_MIN, DRIFT_MAX - DRIFT_MIN, VOLATILITY],
    [BIG_MOVE_MIN, BIG_MOVE_RANGE, 0.0],
    [-BIG_MOVE_MIN, -BIG_MOVE_RANGE, 0.0],
];
/// No move takes all, so that "not below 0" needs no instruction.
const _: () = assert!(DRIFT_MIN - VOLATILITY * MAX_VOLATILITY_GROWTH > -1.0 && BIG_MOVE_MAX < 1.0);

/// Returns the place of a move in [`MOVES`].
#[inline]
fn kind(is_big: bool, is_down: bool) -> usize {
    usize::from(is_big) << usize::from(is_down)
}

/// Returns the price after a move from its two draws: size and direction of a big one, drift and noise of another.
///
/// The order of operations is the server's: `mul_add` or a rearranged product would change the last bit.
#[inline]
fn moved(price: f64, kind: usize, first: f64, second: f64) -> f64 {
    let [lowest, range, volatility] = MOVES[kind];
    let volatility = volatility * volatility_growth(price);
    let change = lowest + first * range + volatility * (2.0 * second - 1.0);
    price * (1.0 + change)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fairness::arc4::ByteStream;

    #[test]
    fn a_tick_of_short_numbers_is_the_tick_of_any_numbers() {
        let mut stream = ByteStream::of(&[]);
        let (mut price, mut shorts, mut others) = (1.0, 0, 0);
        for _ in 0..20_000 {
            let mut draws = stream.reader();
            if draws.at > ByteStream::LAST_TICK {
                ByteStream::draw_blocks(std::array::from_mut(&mut stream), |stream| stream);
                continue;
            }
            let before = draws.at;
            let short = short_tick(price, stream.tick_bytes(before));
            let any = any_tick(price, &mut draws).expect("enough bytes");
            let used = draws.at;
            stream.use_up_to(used);
            if let Some((next, bytes)) = short {
                assert_eq!((Draw::Price(next), before + bytes), (any, used));
                price = next;
                shorts += 1;
            } else {
                others += 1;
            }
            // A path that neither vanishes nor grows without end: it passes all volatilities.
            price = if (0.01..1_000.0).contains(&price) {
                price
            } else {
                1.0
            };
        }
        assert!(shorts > 40 * others && others > 300, "{shorts}, {others}");
    }

    #[test]
    fn a_short_tick_at_every_limit_is_that_of_any_numbers() {
        // First bytes around every limit, and the halves of the direction.
        let firsts = [0, 1, 2, 15, 16, 31, 32, 127, 128, 255];
        let rests = [[0; 6], [255; 6], [0, 0, 0, 0, 0, 1], [0, 0, 0, 0, 8, 0]];
        let mut compared = 0;
        for pattern in 0..100_000usize {
            let mut rest_of_pattern = pattern;
            let digits: [usize; 5] = std::array::from_fn(|_| {
                let digit = rest_of_pattern % 10;
                rest_of_pattern /= 10;
                digit
            });
            let rest = rests[pattern % 7 % 4];
            let bytes: Vec<u8> = digits
                .iter()
                .flat_map(|digit| {
                    let first = firsts[*digit];
                    let last = (first < 16).then_some(77);
                    std::iter::once(first).chain(rest).chain(last)
                })
                .chain([170; 8])
                .collect();
            let stream = ByteStream::of(&bytes[..TICK_BYTES]);
            let mut draws = stream.reader();
            let before = draws.at;
            let Some((next, used)) = short_tick(4.0, stream.tick_bytes(before)) else {
                continue;
            };
            compared += 1;
            assert_eq!(
                any_tick(4.0, &mut draws),
                Some(Draw::Price(next)),
                "{digits:?}"
            );
            assert_eq!(draws.at - before, used, "{digits:?}");
        }
        assert!(compared > 40_000, "{compared}");
    }
}
