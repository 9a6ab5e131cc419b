//! The price paths of several games, drawn side by side: each in a lane with a stream of bytes of its own.

use super::arc4::{ByteStream, Draws, StreamKey};
use super::path::{
    BIG_MOVE_CHANCE, BIG_MOVE_MAX, BIG_MOVE_MIN, DRIFT_MAX, DRIFT_MIN, GOD_CANDLE_CHANCE,
    GOD_CANDLE_FACTOR, GOD_CANDLE_MAX_PRICE, Path, RUG_CHANCE, volatility,
};
use super::seedrandom::key;
use crate::protocol::{GameId, MAX_TICK};

/// Games that are drawn side by side.
const LANES: usize = 4;

/// The stream of a game whose path is being drawn.
struct Lane {
    stream: ByteStream,
    /// The place of its game.
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
                    paths.resize_with(paths.len() + waiting.len(), Self::begin);
                }
                let Some(lane) = waiting.pop() else { break };
                lanes.push(lane);
            }
            if lanes.is_empty() {
                return paths;
            }
            draw_blocks(&mut lanes);
            for place in (0..lanes.len()).rev() {
                let Lane { stream, game } = &mut lanes[place];
                if paths[*game].draw_on(stream) {
                    lanes.swap_remove(place);
                }
            }
        }
    }

    /// Adds the ticks for which the unused bytes suffice; returns whether the path is at its end.
    fn draw_on(&mut self, stream: &mut ByteStream) -> bool {
        let mut price = self.prices.last().copied().unwrap_or(1.0);
        let mut draws = stream.reader();
        let mut used = draws.at;
        let mut is_over = false;
        while !is_over && let Some(tick) = next_tick(price, &mut draws) {
            used = draws.at;
            match tick {
                Draw::Rug => self.rugged = true,
                Draw::Price(next) => {
                    price = next;
                    self.prices.push(price);
                }
            }
            is_over = self.rugged || self.prices.len() > MAX_TICK as usize;
        }
        stream.use_up_to(used);
        is_over
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
    let mut lanes: Vec<Lane> = lanes.map(|(game, stream)| Lane { stream, game }).collect();
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

/// What the draws of a tick give.
enum Draw {
    Price(f64),
    Rug,
}

/// Draws the tick after a price; `None` if the bytes do not suffice: then all of its draws are repeated with more.
///
/// The order of draws and operations is the server's: `mul_add` or a rearranged product would change the last bit.
#[inline]
fn next_tick(price: f64, draws: &mut Draws<'_>) -> Option<Draw> {
    if draws.next_f64()? < RUG_CHANCE {
        return Some(Draw::Rug);
    }
    // The generator draws this number also above the price limit.
    if draws.next_f64()? < GOD_CANDLE_CHANCE && price <= GOD_CANDLE_MAX_PRICE {
        return Some(Draw::Price(price * GOD_CANDLE_FACTOR));
    }
    let change = if draws.next_f64()? < BIG_MOVE_CHANCE {
        let size = BIG_MOVE_MIN + draws.next_f64()? * (BIG_MOVE_MAX - BIG_MOVE_MIN);
        if draws.next_f64()? > 0.5 { size } else { -size }
    } else {
        let drift = DRIFT_MIN + draws.next_f64()? * (DRIFT_MAX - DRIFT_MIN);
        drift + volatility(price) * (2.0 * draws.next_f64()? - 1.0)
    };
    Some(Draw::Price(f64::max(0.0, price * (1.0 + change))))
}
