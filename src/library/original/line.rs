//! One line of a recording of the Python original.

use chrono::{DateTime, NaiveDateTime};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::Number;

use crate::game::Time;
use crate::protocol::{GameId, MAX_TICK, Tick, is_rug, number};
use crate::zone::{Zone, is_common_era};

/// Beginning of the phase of the message after the rug.
const AFTER_THE_RUG: &str = "RUG_EVENT";

/// A line of the file.
#[derive(Deserialize)]
pub(super) struct OriginalLine {
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) timestamp: Option<String>,
    pub(super) game_id: Option<GameId>,
    tick: Option<u64>,
    price: Option<Number>,
    phase: Option<String>,
    active: Option<bool>,
    rugged: Option<bool>,
    cooldown_timer: Option<u64>,
}

/// A line with a tick.
pub(super) struct TickLine {
    pub(super) tick: Tick,
    pub(super) price: Option<Decimal>,
    pub(super) at: Option<Time>,
    pub(super) rugged: bool,
    /// It belongs to the countdown before the game.
    pub(super) countdown: bool,
    /// It is of the message after the rug.
    pub(super) after_rug: bool,
}

impl TickLine {
    /// Reads the tick of a line; `None` if it is missing or higher than any game has.
    pub(super) fn read(line: &OriginalLine, at: Option<Time>) -> Option<Self> {
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
            at,
            rugged,
            countdown: !rugged && line.active.map_or(before, |active| !active),
            after_rug: rugged && phase.is_some_and(|phase| phase.starts_with(AFTER_THE_RUG)),
        })
    }
}

/// The time of a line.
#[derive(Clone, Copy)]
pub(super) struct LineTime {
    pub(super) at: Time,
    /// The line states its offset from UTC.
    pub(super) is_stated: bool,
}

impl LineTime {
    /// Reads a time. The original wrote local times without a zone; `after` is the time of the line before.
    pub(super) fn read(text: &str, after: Option<Time>) -> Option<Self> {
        let stated = DateTime::parse_from_rfc3339(text).ok();
        let at = if let Some(time) = stated {
            time.to_utc()
        } else {
            let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").ok()?;
            Zone::ORIGINAL.to_utc(local, after)?
        };
        is_common_era(at.date_naive()).then_some(Self {
            at,
            is_stated: stated.is_some(),
        })
    }
}
