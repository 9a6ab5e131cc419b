//! The price paths of several games, drawn side by side: each in a lane with a stream of bytes of its own.

use super::arc4::{ByteStream, Draws, StreamKey, bits_of, fraction, short};
use super::path::{
    BIG_MOVE_CHANCE, BIG_MOVE_MAX, BIG_MOVE_MIN, DRIFT_MAX, DRIFT_MIN, GOD_CANDLE_CHANCE,
    GOD_CANDLE_FACTOR, GOD_CANDLE_MAX_PRICE, Path, RUG_CHANCE, volatility,
};
use super::seedrandom::key;
use crate::protocol::{GameId, MAX_TICK};

/// Games that are drawn side by side.
const LANES: usize = 4;

const RUG_BITS: u64 = bits_of(RUG_CHANCE);
const BIG_MOVE_BITS: u64 = bits_of(BIG_MOVE_CHANCE);
/// No short number is low enough for a god candle.
const _: () = assert!(short(bits_of(GOD_CANDLE_CHANCE)).is_none());

/// A game whose path is being drawn.
struct Lane {
    stream: ByteStream,
    path: Path,
    /// The place of the game.
    game: usize,
}

impl Path {
    /// Computes the path of a game of version `v3`.
    pub fn draw(seed: &str, game_id: &GameId) -> Self {
        let mut paths = Self::draw_all([(seed, game_id)]);
        paths.pop().unwrap_or_else(Self::begin)
    }

    /// Computes the paths of games of version `v3`, in their order, from their seeds and ids. Four games together take
    /// half the time that they take one after the other.
    pub fn draw_all<'a>(games: impl IntoIterator<Item = (&'a str, &'a GameId)>) -> Vec<Self> {
        let mut games = games.into_iter();
        let mut paths = Vec::with_capacity(games.size_hint().0);
        let mut waiting = Vec::new();
        let mut lanes: Vec<Lane> = Vec::with_capacity(LANES);
        loop {
            while lanes.len() < LANES {
                if waiting.is_empty() {
                    waiting = set_up(&mut games, paths.len());
                    paths.resize_with(paths.len() + waiting.len(), Self::empty);
                }
                let Some(lane) = waiting.pop() else { break };
                lanes.push(lane);
            }
            if lanes.is_empty() {
                return paths;
            }
            draw_blocks(&mut lanes);
            draw_ticks(&mut lanes);
            for place in (0..lanes.len()).rev() {
                if lanes[place].path.is_over() {
                    let Lane { path, game, .. } = lanes.swap_remove(place);
                    paths[game] = path;
                }
            }
        }
    }

    fn is_over(&self) -> bool {
        self.rugged || self.prices.len() > MAX_TICK as usize
    }

    /// Adds the tick that `draw` draws after the newest one; returns whether it did.
    #[inline]
    fn add_tick(
        &mut self,
        stream: &mut ByteStream,
        draw: impl Fn(f64, &mut Draws<'_>) -> Option<Draw>,
    ) -> bool {
        if self.is_over() {
            return false;
        }
        let price = self.prices.last().copied().unwrap_or(1.0);
        let mut draws = stream.reader();
        let Some(tick) = draw(price, &mut draws) else {
            return false;
        };
        let used = draws.at;
        stream.use_up_to(used);
        match tick {
            Draw::Rug => self.rugged = true,
            Draw::Price(next) => self.prices.push(next),
        }
        true
    }
}

/// Sets up the streams of the next games, as many as there are lanes, side by side; the first game is the last lane.
fn set_up<'a>(games: &mut impl Iterator<Item = (&'a str, &'a GameId)>, first: usize) -> Vec<Lane> {
    let keys: Vec<StreamKey> = games
        .take(LANES)
        .map(|(seed, id)| {
            let id = id.as_str().encode_utf16();
            key(seed.encode_utf16().chain([u16::from(b'-')]).chain(id))
        })
        .collect();
    let mut streams = Vec::with_capacity(LANES);
    match keys.len() {
        0 => {}
        LANES => streams.extend(
            keys.first_chunk::<LANES>()
                .map(ByteStream::keyed)
                .into_iter()
                .flatten(),
        ),
        _ => streams.extend(keys.iter().flat_map(|key| ByteStream::keyed(&[*key]))),
    }
    let lanes = (first..).zip(streams);
    let lane = |(game, stream)| Lane {
        stream,
        path: Path::begin(),
        game,
    };
    let mut lanes: Vec<Lane> = lanes.map(lane).collect();
    lanes.reverse();
    lanes
}

/// Draws the next bytes of every lane.
fn draw_blocks(lanes: &mut [Lane]) {
    fn draw<const N: usize>(lanes: &mut [Lane]) {
        if let Some(lanes) = lanes.first_chunk_mut::<N>() {
            ByteStream::draw_blocks(lanes, |lane| &mut lane.stream);
        }
    }
    match lanes.len() {
        LANES => draw::<LANES>(lanes),
        3 => draw::<3>(lanes),
        2 => draw::<2>(lanes),
        _ => draw::<1>(lanes),
    }
}

/// Adds the ticks for which the unused bytes suffice. Quick ones are drawn one of each lane in turn: a price waits for
/// the price before it, but not for those of other lanes.
fn draw_ticks(lanes: &mut [Lane]) {
    let mut is_drawn = true;
    while is_drawn {
        is_drawn = false;
        for Lane { stream, path, .. } in &mut *lanes {
            is_drawn |= path.add_tick(stream, quick_tick);
        }
    }
    let any_tick =
        |price, draws: &mut Draws<'_>| quick_tick(price, draws).or_else(|| next_tick(price, draws));
    for Lane { stream, path, .. } in lanes {
        while path.add_tick(stream, any_tick) {}
    }
}

/// What the draws of a tick give.
enum Draw {
    Price(f64),
    Rug,
}

/// Draws the tick after a price from short numbers; `None`, and nothing is read, if one of them is none, if they may be a
/// rug, or if the bytes do not suffice. That is 1 of 170 ticks.
#[inline]
fn quick_tick(price: f64, draws: &mut Draws<'_>) -> Option<Draw> {
    if !draws.has_short(5) {
        return None;
    }
    let mut ahead = *draws;
    let rug = ahead.next_bits();
    let others: [u64; 4] = std::array::from_fn(|_| ahead.next_bits());
    let [_god_candle, big_move, first, second] = others;
    let lowest = others.into_iter().fold(u64::MAX, u64::min);
    if rug < RUG_BITS || short(lowest).is_none() {
        return None;
    }
    *draws = ahead;
    let is_big = big_move < BIG_MOVE_BITS;
    let next = moved(price, is_big, fraction(first), fraction(second));
    Some(Draw::Price(next))
}

/// Draws the tick after a price; `None` if the bytes do not suffice: then all of its draws are repeated with more.
#[cold]
fn next_tick(price: f64, draws: &mut Draws<'_>) -> Option<Draw> {
    if draws.next_f64()? < RUG_CHANCE {
        return Some(Draw::Rug);
    }
    // The generator draws this number also above the price limit.
    if draws.next_f64()? < GOD_CANDLE_CHANCE && price <= GOD_CANDLE_MAX_PRICE {
        return Some(Draw::Price(price * GOD_CANDLE_FACTOR));
    }
    let is_big = draws.next_f64()? < BIG_MOVE_CHANCE;
    let next = moved(price, is_big, draws.next_f64()?, draws.next_f64()?);
    Some(Draw::Price(next))
}

/// Returns the price after a move from its two draws: size and direction of a big one, drift and noise of another.
///
/// The order of operations is the server's: `mul_add` or a rearranged product would change the last bit.
#[inline]
fn moved(price: f64, is_big: bool, first: f64, second: f64) -> f64 {
    let change = if is_big {
        let size = BIG_MOVE_MIN + first * (BIG_MOVE_MAX - BIG_MOVE_MIN);
        if second > 0.5 { size } else { -size }
    } else {
        let drift = DRIFT_MIN + first * (DRIFT_MAX - DRIFT_MIN);
        drift + volatility(price) * (2.0 * second - 1.0)
    };
    f64::max(0.0, price * (1.0 + change))
}
