//! The price paths of several games, drawn side by side: each in a lane with a stream of bytes of its own.

use super::arc4::{ByteStream, Generator, SHORT, StreamKey, USUALLY_LEFT};
use super::path::Path;
use super::seedrandom::key;
use super::tick::{Draw, any_tick, short_tick};
use crate::protocol::{GameId, MAX_TICK};

/// Games that are drawn side by side.
const LANES: usize = 4;

/// The most ticks that are drawn between two blocks.
const ROUNDS: usize = 8;

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
        let mut next = |paths: &mut Vec<Self>| {
            if waiting.is_empty() {
                waiting = set_up(&mut games);
            }
            let generator = waiting.pop()?;
            paths.push(Self::empty());
            Some((generator, paths.len() - 1))
        };
        let mut lanes: Vec<Lane> = Vec::with_capacity(LANES);
        while lanes.len() < LANES
            && let Some((generator, game)) = next(&mut paths)
        {
            lanes.push(Lane {
                stream: ByteStream::new(generator),
                path: Self::begin(),
                game,
            });
        }
        while !lanes.is_empty() {
            draw_on(&mut lanes);
            for place in (0..lanes.len()).rev() {
                let lane = &mut lanes[place];
                if !lane.path.is_over() {
                    continue;
                }
                paths[lane.game] = std::mem::replace(&mut lane.path, Self::begin());
                if let Some((generator, game)) = next(&mut paths) {
                    lane.stream.restart(generator);
                    lane.game = game;
                } else {
                    lanes.swap_remove(place);
                }
            }
        }
        paths
    }

    fn is_over(&self) -> bool {
        self.rugged || self.prices.len() > MAX_TICK as usize
    }

    fn newest(&self) -> f64 {
        self.prices.last().copied().unwrap_or(1.0)
    }
}

/// Sets up the generators of the next games, as many as there are lanes, side by side; the first game is the last one.
fn set_up<'a>(games: &mut impl Iterator<Item = (&'a str, &'a GameId)>) -> Vec<Generator> {
    let keys: Vec<StreamKey> = games
        .take(LANES)
        .map(|(seed, id)| {
            let id = id.as_str().encode_utf16();
            key(seed.encode_utf16().chain([u16::from(b'-')]).chain(id))
        })
        .collect();
    let mut generators: Vec<_> = match keys.first_chunk::<LANES>() {
        Some(keys) => Generator::keyed(keys).into(),
        None => keys
            .iter()
            .flat_map(|key| Generator::keyed(&[*key]))
            .collect(),
    };
    generators.reverse();
    generators
}

/// Draws the next bytes of every lane, and the ticks for which they suffice.
fn draw_on(lanes: &mut [Lane]) {
    fn draw<const N: usize>(lanes: &mut [Lane]) {
        if let Some(lanes) = lanes.first_chunk_mut::<N>() {
            ByteStream::draw_blocks(lanes, |lane| &mut lane.stream);
            draw_ticks(lanes);
        }
    }
    match lanes.len() {
        LANES => draw::<LANES>(lanes),
        3 => draw::<3>(lanes),
        2 => draw::<2>(lanes),
        _ => draw::<1>(lanes),
    }
    // Rounds end when one lane is short of bytes.
    for lane in lanes {
        while !lane.path.is_over() && lane.stream.left() > USUALLY_LEFT {
            draw_ticks(std::array::from_mut(lane));
        }
    }
}

/// Draws ticks in rounds, one of each lane in turn: a price waits for the price before it, but not for those of other
/// lanes.
fn draw_ticks<const N: usize>(lanes: &mut [Lane; N]) {
    let mut at: [usize; N] = std::array::from_fn(|n| lanes[n].stream.reader().at);
    let mut price: [f64; N] = std::array::from_fn(|n| lanes[n].path.newest());
    let mut prices = [[0.0; ROUNDS]; N];
    // The round in which the game of a lane rugged. The lane goes on with the bytes behind it, for nothing.
    let mut rugged_in = [ROUNDS; N];
    let mut round = 0;
    while round < ROUNDS && at.iter().all(|at| *at <= ByteStream::LAST_TICK) {
        for (n, Lane { stream, .. }) in lanes.iter_mut().enumerate() {
            if let Some((next, used)) = short_tick(price[n], stream.tick_bytes(at[n])) {
                price[n] = next;
                at[n] += used;
            } else if rugged_in[n] < round {
                at[n] += SHORT;
            } else {
                stream.use_up_to(at[n]);
                match draw_any(stream, price[n]) {
                    Draw::Price(next) => price[n] = next,
                    Draw::Rug => rugged_in[n] = round,
                }
                at[n] = stream.reader().at;
            }
            prices[n][round] = price[n];
        }
        round += 1;
    }
    for (n, Lane { stream, path, .. }) in lanes.iter_mut().enumerate() {
        stream.use_up_to(at[n]);
        let length = path.prices.len();
        let space = MAX_TICK as usize + 1 - length;
        let added = round.min(rugged_in[n]);
        path.rugged = added < round && added < space;
        path.prices.extend_from_slice(&prices[n]);
        path.prices.truncate(length + added.min(space));
    }
}

/// Draws a tick of any numbers, and more bytes if it needs them.
#[cold]
#[inline(never)]
fn draw_any(stream: &mut ByteStream, price: f64) -> Draw {
    loop {
        let mut draws = stream.reader();
        if let Some(draw) = any_tick(price, &mut draws) {
            let used = draws.at;
            stream.use_up_to(used);
            return draw;
        }
        ByteStream::draw_blocks(std::array::from_mut(stream), |stream| stream);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_ends_at_the_last_tick_of_the_generator() {
        let path_behind = |length: usize| {
            let key = key("end".encode_utf16());
            let mut lanes = Generator::keyed(&[key]).map(|generator| Lane {
                stream: ByteStream::new(generator),
                path: Path {
                    prices: vec![1.0; length],
                    rugged: false,
                },
                game: 0,
            });
            while !lanes[0].path.is_over() {
                draw_on(&mut lanes);
            }
            let [Lane { path, .. }] = lanes;
            path
        };
        let whole = path_behind(1);
        let drawn = &whole.prices[1..];
        assert!(whole.rugged && drawn.len() > 2 * ROUNDS, "{}", drawn.len());
        for space in 1..drawn.len() + ROUNDS {
            let before = MAX_TICK as usize + 1 - space;
            let path = path_behind(before);
            let added = space.min(drawn.len());
            assert_eq!(path.prices[before..], drawn[..added], "{space}");
            assert_eq!(path.rugged, drawn.len() < space, "{space}");
        }
    }
}
