//! The figures of parts of the trades: by entry, by time held, by hour, by what came before.

use std::collections::BTreeMap;
use std::fmt::Display;

use chrono::{Datelike as _, NaiveDateTime, Timelike as _, Weekday};
use rust_decimal::Decimal;

use super::figures::Figures;
use super::trip::Trip;
use crate::account::ActionSource;
use crate::game::Time;
use crate::named_enum::named_enum;

named_enum! {
    /// How trades are divided.
    pub enum SliceKind {
        /// By the average price of the buys.
        Entry = "entry",
        /// By the ticks held.
        Held = "ticks held",
        /// By the local hour of the first buy.
        Hour = "hour",
        /// By the local day of the week.
        Weekday = "weekday",
        /// By the result of the trade before.
        After = "after",
        /// By what caused the fills.
        Source = "source",
    }
}

/// Below this number of trades a slice says little.
const FEW: u32 = 30;
/// The upper limits of the entry slices.
const ENTRIES: [i64; 6] = [1, 2, 5, 10, 25, 50];
/// The upper limits of the slices by ticks held.
const TICKS: [u32; 6] = [5, 10, 20, 40, 80, 160];

/// The trades of a part.
#[derive(Debug, Clone, PartialEq)]
pub struct Slice {
    /// Its name.
    pub name: String,
    /// Its figures; the sidebets are in none.
    pub figures: Figures,
}

impl Slice {
    /// Whether it has too few trades to say something.
    pub fn is_small(&self) -> bool {
        is_few(self.figures.trades.n())
    }
}

/// Returns the non-empty slices in their order. `local` is the player's clock.
pub fn slices(
    kind: SliceKind,
    trips: &[Trip],
    local: impl Fn(Time) -> NaiveDateTime,
) -> Vec<Slice> {
    let mut parts: BTreeMap<u8, Vec<&Trip>> = BTreeMap::new();
    let mut before = None;
    for trip in trips.iter().filter(|trip| trip.is_closed()) {
        if let Some(part) = kind.part(trip, before, &local) {
            parts.entry(part).or_default().push(trip);
        }
        before = Some(trip.pnl > Decimal::ZERO);
    }
    let slice = |(part, trips): (u8, Vec<&Trip>)| Slice {
        name: kind.part_name(part),
        figures: Figures::of(trips, []),
    };
    parts.into_iter().map(slice).collect()
}

/// Whether a part with so many trades says little.
pub(super) fn is_few(trades: u32) -> bool {
    trades < FEW
}

impl SliceKind {
    /// Returns the part of a trade, in the order of the parts; `before` is whether the trade before was won.
    pub(super) fn part(
        self,
        trip: &Trip,
        before: Option<bool>,
        local: impl Fn(Time) -> NaiveDateTime,
    ) -> Option<u8> {
        let began = || trip.began().map(&local);
        let part = match self {
            Self::Entry => {
                let price = trip.average_cost()?;
                ENTRIES.partition_point(|limit| Decimal::from(*limit) <= price)
            }
            Self::Held => {
                let ticks = trip.ticks_held()?;
                TICKS.partition_point(|limit| *limit <= ticks)
            }
            Self::Hour => began()?.hour() as usize,
            Self::Weekday => began()?.weekday().num_days_from_monday() as usize,
            Self::After => match before {
                None => 0,
                Some(true) => 1,
                Some(false) => 2,
            },
            Self::Source => {
                let sources = trip.sources();
                let bit = |(bit, source): (usize, &ActionSource)| {
                    usize::from(sources.contains(source)) << bit
                };
                ActionSource::ALL.iter().enumerate().map(bit).sum()
            }
        };
        u8::try_from(part).ok()
    }

    /// Returns the name of a part.
    pub(super) fn part_name(self, part: u8) -> String {
        match self {
            Self::Entry => range(ENTRIES, part, "x"),
            Self::Held => range(TICKS, part, " ticks"),
            Self::Hour => format!("{part:02}:00"),
            Self::Weekday => Weekday::try_from(part).map_or(String::new(), |day| day.to_string()),
            Self::After => ["first trade", "after a win", "after a loss"]
                .get(usize::from(part))
                .map_or(String::new(), |name| (*name).to_owned()),
            Self::Source => {
                let sources = (0..).zip(ActionSource::ALL);
                let names = sources.filter(|(bit, _)| part >> bit & 1 == 1);
                let names: Vec<_> = names.map(|(_, source)| source.as_str()).collect();
                names.join(" + ")
            }
        }
    }
}

/// Returns the name of a range: below the first limit, between two, from the last one.
fn range<T: Display>(limits: impl AsRef<[T]>, part: u8, unit: &str) -> String {
    let (limits, part) = (limits.as_ref(), usize::from(part));
    let low = part.checked_sub(1).and_then(|below| limits.get(below));
    match (low, limits.get(part)) {
        (None, Some(high)) => format!("below {high}{unit}"),
        (Some(low), Some(high)) => format!("{low} to {high}{unit}"),
        (Some(low), None) => format!("from {low}{unit}"),
        (None, None) => String::new(),
    }
}
