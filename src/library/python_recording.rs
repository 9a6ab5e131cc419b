//! Recordings of the Python original, the earlier program: tick lines between a start and an end line, one game per
//! file, without seeds. They are only read, never written.
//!
//! A line has `type` (`game_start`, `tick`, `game_end`), `timestamp` (local, without a zone), `game_id`, and for a tick
//! `tick`, `price`, `phase`, `active`, `rugged`, `cooldown_timer` in milliseconds. The original wrote a line for every
//! message: lines of the countdown have tick 0 and are no ticks, and the message after the rug has a tick number without
//! a price.

use std::collections::{BTreeMap, HashSet};
use std::path::Path;

use chrono::{DateTime, NaiveDateTime};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Number, Value};

use crate::game::{Anomaly, EndReason, Game, PriceSource, Time};
use crate::protocol::{GameId, MAX_TICK, Tick, is_rug, number};
use crate::recording::{GameFile, Origin};

/// The name of the program that wrote the file.
const APP: &str = "Python original";
/// Beginning of the phase of the message after the rug.
const AFTER_THE_RUG: &str = "RUG_EVENT";

/// A recording of the Python original.
#[derive(Debug, Clone, PartialEq)]
pub struct PythonRecording {
    /// The game without the ticks of the countdown and after the rug; holes stay holes. It has tick 0 only if the start
    /// was recorded.
    pub file: GameFile,
    /// Counts of the lines.
    pub counts: LineCounts,
}

/// Counts of the lines of a recording, over all lines with a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineCounts {
    /// The lowest tick.
    pub first: Option<Tick>,
    /// The highest tick.
    pub last: Option<Tick>,
    /// The number of different ticks.
    pub ticks: u32,
    /// The number of ticks between the first and the last that no line has.
    pub holes: u32,
    /// The number of lines that repeat a tick.
    pub repeated: u32,
    /// The number of repetitions with another price; the first one counts.
    pub other_price: u32,
    /// The number of lines that are no JSON object.
    pub broken: u32,
    /// The number of objects of an unknown kind or without the required keys.
    pub strange: u32,
    /// The tick of the first rugged line.
    pub rug: Option<Tick>,
    /// The number of different games.
    pub ids: u32,
    /// The number of lines of the countdown, all of tick 0.
    pub countdown: u32,
    /// The number of ticks after the rug.
    pub after_rug: u32,
    /// The end line exists.
    pub ended: bool,
}

/// A line of the file.
#[derive(Deserialize)]
struct OriginalLine {
    #[serde(rename = "type")]
    kind: Option<String>,
    timestamp: Option<String>,
    game_id: Option<GameId>,
    tick: Option<u64>,
    price: Option<Number>,
    phase: Option<String>,
    active: Option<bool>,
    rugged: Option<bool>,
    cooldown_timer: Option<u64>,
}

/// A line with a tick.
struct TickLine {
    tick: Tick,
    price: Option<Decimal>,
    at: Option<Time>,
    rugged: bool,
    /// It belongs to the countdown before the game.
    countdown: bool,
    /// It is of the message after the rug.
    after_rug: bool,
}

/// Collects a recording line by line.
#[derive(Default)]
struct LineReader {
    counts: LineCounts,
    /// The first price of every tick.
    prices: BTreeMap<Tick, Option<Decimal>>,
    ids: HashSet<GameId>,
    game: Option<Game>,
    /// The times of the first line and of the first tick of the game.
    first_line: Option<Time>,
    first_tick: Option<Time>,
}

impl PythonRecording {
    /// Reads a file's text. A broken line costs only itself.
    ///
    /// # Errors
    ///
    /// The text says what is wrong, without the path.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        if text.trim_ascii().is_empty() {
            return Err("it is empty".to_owned());
        }
        let mut reader = LineReader::default();
        let lines = text.split(|byte| *byte == b'\n');
        for line in lines
            .map(<[u8]>::trim_ascii)
            .filter(|line| !line.is_empty())
        {
            match serde_json::from_slice::<OriginalLine>(line) {
                Ok(line) => reader.line(line),
                // A line that is no object is broken; an object with other types is strange.
                Err(_) => match serde_json::from_slice(line) {
                    Ok(Value::Object(_)) => reader.counts.strange += 1,
                    Ok(_) | Err(_) => reader.counts.broken += 1,
                },
            }
        }
        reader.finish()
    }

    /// Returns what is wrong with the recording, in words. There is always something.
    pub fn faults(&self) -> Vec<String> {
        let (meta, counts) = (&self.file.meta, &self.counts);
        let mut faults = Vec::new();
        let mut say = |number: u32, one: &str, more: &str| match number {
            0 => {}
            1 => faults.push(format!("1 {one}")),
            n => faults.push(format!("{n} {more}")),
        };
        // A recording with the countdown did not join late: missing ticks were lost.
        let late = meta.joined_at_tick.filter(|_| counts.countdown == 0);
        let late = late.unwrap_or_default();
        let missing = self.file.prices.iter().filter(|price| price.is_none());
        let missing = u32::try_from(missing.count()).unwrap_or(u32::MAX);
        say(missing.saturating_sub(late), "hole", "holes");
        say(counts.repeated, "repeated tick", "repeated ticks");
        say(
            counts.other_price,
            "of them with another price, the first one counts",
            "of them with another price, the first one counts",
        );
        say(
            counts.broken,
            "line that is no JSON",
            "lines that are no JSON",
        );
        say(
            counts.strange,
            "line that is not understood",
            "lines that are not understood",
        );
        say(
            counts.after_rug,
            "tick after the rug left out",
            "ticks after the rug left out",
        );
        if counts.ids > 1 {
            let id = &meta.game_id;
            faults.push(format!("{} games in it, only {id} is read", counts.ids));
        }
        if meta.joined_at_tick.is_none() {
            faults.push("only the countdown was recorded, no tick of the game".to_owned());
        } else if late > 0 {
            faults.push(format!("joined at tick {late}"));
        }
        if meta.end_reason != Some(EndReason::Rug) {
            faults.push("the rug was not recorded".to_owned());
        }
        if !counts.ended {
            faults.push("the end line is missing".to_owned());
        }
        faults.push("no seed, nothing can be proven".to_owned());
        faults.push("times without a zone, taken as UTC".to_owned());
        faults
    }
}

impl LineReader {
    fn line(&mut self, line: OriginalLine) {
        let tick = TickLine::read(&line);
        match (line.kind.as_deref(), line.game_id) {
            (Some("game_start"), Some(id)) => {
                self.is_own_game(&id, line.timestamp.as_deref().and_then(time));
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
            game.proof.reason = Some("the Python original recorded no seed".to_owned());
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
        if line.rugged && game.end_reason.is_none() {
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

    fn finish(mut self) -> Result<PythonRecording, String> {
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
        if counts.other_price > 0 {
            game.anomalies
                .insert(Anomaly::PriceChanged, counts.other_price);
        }
        let mut file = GameFile::new(&game, Origin::Live);
        file.meta.start_time = self.first_tick.or(self.first_line);
        file.meta.format = 0;
        APP.clone_into(&mut file.meta.app);
        Ok(PythonRecording {
            file,
            counts: self.counts,
        })
    }
}

impl TickLine {
    /// Reads the tick of a line; `None` if it is missing or higher than any game has.
    fn read(line: &OriginalLine) -> Option<Self> {
        let tick = Tick::try_from(line.tick?).ok();
        let price = line.price.as_ref().map(Number::as_str);
        let price = price.and_then(number::parse);
        // A recording is of one game, so a line without `active` belongs to the running game.
        let (rugged, phase) = (
            is_rug(line.rugged, line.active, true),
            line.phase.as_deref(),
        );
        let before =
            line.cooldown_timer.is_some_and(|millis| millis > 0) || phase == Some("PRESALE");
        Some(Self {
            tick: tick.filter(|tick| *tick <= MAX_TICK)?,
            price: price.filter(|price| *price > Decimal::ZERO),
            at: line.timestamp.as_deref().and_then(time),
            rugged,
            countdown: !rugged && line.active.map_or(before, |active| !active),
            after_rug: rugged && phase.is_some_and(|phase| phase.starts_with(AFTER_THE_RUG)),
        })
    }
}

/// Reads a time. The original wrote local times without a zone; they are taken as UTC.
fn time(text: &str) -> Option<Time> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f");
    time.ok().map(|time| time.and_utc())
}

/// Whether a file name may be one of a recording of the Python original.
pub(super) fn is_original_name(name: &str) -> bool {
    let ending = Path::new(name).extension();
    ending.is_some_and(|ending| ending == "jsonl") && !name.starts_with('.')
}
