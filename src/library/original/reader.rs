//! Reads the lines of a recording of the Python original, one after the other.

use std::collections::{BTreeMap, HashSet};

use rust_decimal::Decimal;
use serde_json::Value;

use super::line::{LineTime, OriginalLine, TickLine};
use super::tier::{holes_before_end, impossible_steps};
use super::{APP, LineCounts, PythonRecording, TimeRule};
use crate::game::{Anomaly, EndReason, Game, PriceSource, Time};
use crate::protocol::{GameId, Tick};
use crate::recording::{GameFile, Origin};

/// Why its games are not proven.
const NO_SEED: &str = "no seed";

/// Collects a recording line by line.
#[derive(Default)]
pub(super) struct LineReader {
    counts: LineCounts,
    /// The first price of every tick.
    prices: BTreeMap<Tick, Option<Decimal>>,
    ids: HashSet<GameId>,
    game: Option<Game>,
    /// The times of the first line and of the first tick of the game.
    first_line: Option<Time>,
    first_tick: Option<Time>,
    /// The time of the last line.
    last_line: Option<Time>,
    /// Lines with a time without a zone, and with one.
    local_times: u32,
    stated_times: u32,
}

impl LineReader {
    /// Takes a line that is not empty.
    pub(super) fn line(&mut self, text: &[u8]) {
        match serde_json::from_slice::<OriginalLine>(text) {
            Ok(line) => self.read_line(line),
            // A line that is no object is broken; an object with other types is strange.
            Err(_) => match serde_json::from_slice(text) {
                Ok(Value::Object(_)) => self.counts.strange += 1,
                Ok(_) | Err(_) => self.counts.broken += 1,
            },
        }
    }

    fn read_line(&mut self, line: OriginalLine) {
        let at = line.timestamp.as_deref();
        let at = at.and_then(|text| LineTime::read(text, self.last_line));
        if let Some(time) = at {
            self.last_line = Some(time.at);
            self.stated_times += u32::from(time.is_stated);
            self.local_times += u32::from(!time.is_stated);
        }
        let at = at.map(|time| time.at);
        let tick = TickLine::read(&line, at);
        match (line.kind.as_deref(), line.game_id) {
            (Some("game_start"), Some(id)) => {
                self.is_own_game(&id, at);
            }
            (Some("game_end"), Some(_)) => self.counts.ended = true,
            (Some("tick"), Some(id)) => match tick {
                Some(tick) => self.tick(id, &tick),
                None => self.counts.strange += 1,
            },
            _ => self.counts.strange += 1,
        }
    }

    /// Whether a line is of the file's game, which is the game of the first line.
    fn is_own_game(&mut self, id: &GameId, at: Option<Time>) -> bool {
        let game = self.game.get_or_insert_with(|| {
            let mut game = Game::new(id.clone(), Time::UNIX_EPOCH);
            game.proof.reason = Some(NO_SEED.to_owned());
            game
        });
        let is_own = game.id == *id;
        if is_own {
            self.first_line = self.first_line.or(at);
        }
        is_own
    }

    fn tick(&mut self, id: GameId, line: &TickLine) {
        let is_own = self.is_own_game(&id, line.at);
        self.ids.insert(id);
        let counts = &mut self.counts;
        match self.prices.get(&line.tick) {
            Some(first) => {
                counts.repeated += 1;
                counts.other_price += u32::from(*first != line.price);
            }
            None => {
                self.prices.insert(line.tick, line.price);
            }
        }
        counts.countdown += u32::from(line.countdown);
        if line.rugged {
            counts.rug = counts.rug.or(Some(line.tick));
        }
        let Some(game) = self.game.as_mut().filter(|_| is_own && !line.countdown) else {
            return;
        };
        // What comes after the rug is no part of the game.
        if game.end_reason.is_some() {
            return;
        }
        if line.rugged {
            game.end = line.at;
            game.end_reason = Some(EndReason::Rug);
            // The line after the rug does not have the tick of the rug.
            game.rug_tick = Some(line.tick).filter(|_| !line.after_rug);
        }
        if let Some(price) = line.price
            && !line.after_rug
        {
            let joined = game.joined_at_tick.unwrap_or(line.tick);
            game.joined_at_tick = Some(joined.min(line.tick));
            game.prices.insert(line.tick, price, PriceSource::Live);
            self.first_tick = self.first_tick.or(line.at);
        }
    }

    /// Returns the recording.
    ///
    /// # Errors
    ///
    /// No line is one of a game.
    pub(super) fn finish(mut self) -> Result<PythonRecording, String> {
        let Some(mut game) = self.game.take() else {
            return Err("no line in it is one of a game".to_owned());
        };
        let counts = &mut self.counts;
        counts.first = self.prices.keys().next().copied();
        counts.last = self.prices.keys().next_back().copied();
        counts.ticks = u32::try_from(self.prices.len()).unwrap_or(u32::MAX);
        counts.ids = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        if let (Some(first), Some(last)) = (counts.first, counts.last) {
            counts.holes = last - first + 1 - counts.ticks;
        }
        if let Some(rug) = counts.rug {
            let after = self.prices.keys().filter(|tick| **tick > rug).count();
            counts.after_rug = u32::try_from(after).unwrap_or(u32::MAX);
        }
        if let Some(rug) = game.rug_tick {
            game.prices.set_length(rug as usize + 1);
            game.joined_at_tick = game.joined_at_tick.filter(|joined| *joined <= rug);
        } else {
            // The tick of the rug is unknown: the game ends with the last known tick.
            (game.end, game.end_reason) = (None, None);
        }
        if game.end_reason.is_none() && counts.ended {
            game.end_reason = Some(EndReason::Stopped);
        }
        counts.holes_before_end = holes_before_end(&game, counts.countdown > 0);
        counts.impossible_steps = impossible_steps(&game);
        if counts.other_price > 0 {
            game.anomalies
                .insert(Anomaly::PriceChanged, counts.other_price);
        }
        let mut file = GameFile::new(&game, Origin::Live);
        file.meta.start_time = self.first_tick.or(self.first_line);
        file.meta.format = 0;
        APP.clone_into(&mut file.meta.app);
        let time_rule = match (self.local_times, self.stated_times) {
            (0, 0) => TimeRule::NoTime,
            (0, _) => TimeRule::Stated,
            _ => TimeRule::NewYork,
        };
        Ok(PythonRecording {
            file,
            counts: self.counts,
            time_rule,
        })
    }
}
