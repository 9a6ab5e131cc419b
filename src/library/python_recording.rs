//! What the Python original recorded: tick lines between a start and an end line, one game per file, without seeds.
//! Read only: nothing writes such a file.
//!
//! A line tells `type` (`game_start`, `tick`, `game_end`), `timestamp` (local, without a zone), `game_id`, and of a tick
//! `tick`, `price`, `phase`, `active`, `rugged`, `cooldown_timer` in milliseconds. The original wrote a line for every
//! message: those of the countdown have tick 0 and are no ticks, and the message after the rug has a number that no
//! price belongs to.

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, NaiveDateTime};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Number, Value};

use crate::game::{Anomaly, EndReason, Game, PriceSource, Time};
use crate::protocol::{GameId, MAX_TICK, Tick, is_rug, number};
use crate::recording::{GameFile, Origin};

/// What stands for the program that wrote the file.
const APP: &str = "Python original";
/// Beginning of the phase of the message after the rug.
const AFTER_THE_RUG: &str = "RUG_EVENT";

/// A recording of the Python original.
#[derive(Debug, Clone, PartialEq)]
pub struct PythonRecording {
    /// The game without phantom ticks: none of the countdown, none after the rug, holes stay holes. Tick 0 is there
    /// only when the start was seen.
    pub file: GameFile,
    /// What the lines held.
    pub counts: LineCounts,
}

/// The lines of a recording, counted over all that tell a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LineCounts {
    /// The lowest tick.
    pub first: Option<Tick>,
    /// The highest one.
    pub last: Option<Tick>,
    /// Different ticks.
    pub ticks: u32,
    /// Ticks between the first and the last that no line tells.
    pub holes: u32,
    /// Lines that tell a tick again.
    pub repeated: u32,
    /// Those of them with another price; the first one counts.
    pub other_price: u32,
    /// Lines that are no JSON object.
    pub broken: u32,
    /// Objects that are none of the known kinds or lack what such a line tells.
    pub strange: u32,
    /// The tick of the first line that says rugged.
    pub rug: Option<Tick>,
    /// Different games.
    pub ids: u32,
    /// Lines of the countdown, all of them of tick 0.
    pub countdown: u32,
    /// Ticks that lines tell after the rug.
    pub after_rug: u32,
    /// There is an end line.
    pub ended: bool,
}

/// A line as it stands in the file.
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

/// A line that tells a tick.
struct TickLine {
    tick: Tick,
    price: Option<Decimal>,
    at: Option<Time>,
    rugged: bool,
    /// It belongs to the countdown before the game.
    countdown: bool,
    /// It came after the rug.
    after_rug: bool,
}

/// What is gathered line by line.
#[derive(Default)]
struct LineReader {
    counts: LineCounts,
    /// The first price of every tick that a line told.
    told: BTreeMap<Tick, Option<Decimal>>,
    ids: HashSet<GameId>,
    game: Option<Game>,
    /// When the first line and the first tick of the game came.
    first_line: Option<Time>,
    first_tick: Option<Time>,
}

impl PythonRecording {
    /// Reads a file's text; a line that is broken costs that line. The error says what is wrong, not where the file is.
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
                // What is no object or no JSON at all tells the writer's fault, the rest somebody else's.
                Err(_) => match serde_json::from_slice(line) {
                    Ok(Value::Object(_)) => reader.counts.strange += 1,
                    Ok(_) | Err(_) => reader.counts.broken += 1,
                },
            }
        }
        reader.finish()
    }

    /// Returns what is wrong with it, in words; there is always something.
    pub fn faults(&self) -> Vec<String> {
        let (meta, counts) = (&self.file.meta, &self.counts);
        let mut faults = Vec::new();
        let mut say = |number: u32, one: &str, more: &str| match number {
            0 => {}
            1 => faults.push(format!("1 {one}")),
            n => faults.push(format!("{n} {more}")),
        };
        // Whoever saw the countdown did not join late: what is missing then was lost.
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
                self.is_of_the_game(&id, line.timestamp.as_deref().and_then(time));
            }
            (Some("game_end"), Some(_)) => self.counts.ended = true,
            (Some("tick"), Some(id)) => match tick {
                Some(tick) => self.tick(id, &tick),
                None => self.counts.strange += 1,
            },
            _ => self.counts.strange += 1,
        }
    }

    /// Whether a line is of the file's game, which is that of the first line.
    fn is_of_the_game(&mut self, id: &GameId, at: Option<Time>) -> bool {
        let game = self.game.get_or_insert_with(|| {
            let mut game = Game::new(id.clone(), Time::UNIX_EPOCH);
            game.proof.reason = Some("the Python original recorded no seed".to_owned());
            game
        });
        let is_one = game.id == *id;
        if is_one {
            self.first_line = self.first_line.or(at);
        }
        is_one
    }

    fn tick(&mut self, id: GameId, line: &TickLine) {
        let is_own = self.is_of_the_game(&id, line.at);
        self.ids.insert(id);
        let counts = &mut self.counts;
        match self.told.get(&line.tick) {
            Some(first) => {
                counts.repeated += 1;
                counts.other_price += u32::from(*first != line.price);
            }
            None => {
                self.told.insert(line.tick, line.price);
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
            // The line after the rug alone does not tell which tick it was.
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
        counts.first = self.told.keys().next().copied();
        counts.last = self.told.keys().next_back().copied();
        counts.ticks = u32::try_from(self.told.len()).unwrap_or(u32::MAX);
        counts.ids = u32::try_from(self.ids.len()).unwrap_or(u32::MAX);
        if let (Some(first), Some(last)) = (counts.first, counts.last) {
            counts.holes = last - first + 1 - counts.ticks;
        }
        if let Some(rug) = counts.rug {
            let after = self.told.keys().filter(|tick| **tick > rug).count();
            counts.after_rug = u32::try_from(after).unwrap_or(u32::MAX);
        }
        if let Some(rug) = game.rug_tick {
            game.prices.set_length(rug as usize + 1);
            game.joined_at_tick = game.joined_at_tick.filter(|joined| *joined <= rug);
        } else {
            // A rug of which nobody knows the tick: the game ends with the last one that is known.
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
    /// Returns what a line tells; `None` when its tick is no number, or one that no game has.
    fn read(line: &OriginalLine) -> Option<Self> {
        let tick = Tick::try_from(line.tick?).ok();
        let price = line.price.as_ref().map(Number::as_str);
        let price = price.and_then(number::parse);
        // A recording is of one game, so a line without `active` is one of the running game.
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

/// Reads a time; the original wrote the local one and did not say where it was.
fn time(text: &str) -> Option<Time> {
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.to_utc());
    }
    let time = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f");
    time.ok().map(|time| time.and_utc())
}
