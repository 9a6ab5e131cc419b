//! Recordings of the Python original, the earlier program: tick lines between a start and an end line, one game per
//! file, without seeds. They are only read, never written.
//!
//! A line has `type` (`game_start`, `tick`, `game_end`), `timestamp` (local, without a zone), `game_id`, and for a tick
//! `tick`, `price`, `phase`, `active`, `rugged`, `cooldown_timer` in milliseconds. The original wrote a line for every
//! message: lines of the countdown have tick 0 and are no ticks, and the message after the rug has a tick number without
//! a price. Its computer's clock was that of New York: the UTC day in the ids agrees with no other zone.

mod line;
mod reader;
mod tier;

use std::path::Path;

use crate::game::EndReason;
use crate::named_enum::named_enum;
use crate::protocol::Tick;
use crate::recording::GameFile;
pub use tier::Tier;

use reader::LineReader;

/// The name of the program that wrote the files.
pub(crate) const APP: &str = "Python original";

named_enum! {
    /// How the times of a recording were read.
    pub enum TimeRule {
        /// Without a zone: that of the original's computer.
        NewYork = "America/New_York",
        /// Every line states its offset from UTC.
        Stated = "stated",
        /// No line has a time.
        NoTime = "none",
    }
}

/// A recording of the Python original.
#[derive(Debug, Clone, PartialEq)]
pub struct PythonRecording {
    /// The game without the ticks of the countdown and after the rug; holes stay holes. It has tick 0 only if the start
    /// was recorded.
    pub file: GameFile,
    /// Counts of the lines.
    pub counts: LineCounts,
    /// How its times were read.
    pub time_rule: TimeRule,
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
    /// The number of missing ticks before the end of the game; those before a late join are not missing.
    pub holes_before_end: u32,
    /// The number of steps that version v3 cannot make.
    pub impossible_steps: u32,
    /// The end line exists.
    pub ended: bool,
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
            reader.line(line);
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
        say(counts.holes_before_end, "hole", "holes");
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
        say(
            counts.impossible_steps,
            "step that version v3 cannot make",
            "steps that version v3 cannot make",
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
        match self.time_rule {
            TimeRule::NewYork => {
                faults.push("times without a zone, taken as those of New York".to_owned());
            }
            TimeRule::NoTime => faults.push("no times".to_owned()),
            TimeRule::Stated => {}
        }
        faults
    }
}

/// Whether a file name may be one of a recording of the Python original.
pub(crate) fn is_original_name(name: &str) -> bool {
    let ending = Path::new(name).extension();
    ending.is_some_and(|ending| ending == "jsonl") && !name.starts_with('.')
}
