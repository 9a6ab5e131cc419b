//! The figures of parts of the trades: by entry, by time held, by hour, by what came before.

use chrono::{Datelike as _, NaiveDateTime, Timelike as _};
use rust_decimal::Decimal;

use super::figures::Figures;
use super::trip::Trip;
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
        self.figures.trades.n() < FEW
    }
}

/// Returns the non-empty slices in their order. `local` is the player's clock.
pub fn slices(
    kind: SliceKind,
    trips: &[Trip],
    local: impl Fn(Time) -> NaiveDateTime,
) -> Vec<Slice> {
    let mut parts: Vec<(u32, String, Vec<&Trip>)> = Vec::new();
    let mut before: Option<bool> = None;
    for trip in trips.iter().filter(|trip| trip.is_closed()) {
        let began = trip.began().map(&local);
        let key = match kind {
            SliceKind::Entry => trip.average_cost().map(entry),
            SliceKind::Held => trip.ticks_held().map(held),
            SliceKind::Hour => began.map(|at| (at.hour(), format!("{:02}:00", at.hour()))),
            SliceKind::Weekday => began.map(|at| {
                (
                    at.weekday().num_days_from_monday(),
                    at.weekday().to_string(),
                )
            }),
            SliceKind::After => Some(match before {
                None => (0, "first trade".to_owned()),
                Some(true) => (1, "after a win".to_owned()),
                Some(false) => (2, "after a loss".to_owned()),
            }),
            SliceKind::Source => {
                let names: Vec<_> = trip
                    .sources()
                    .iter()
                    .map(|source| source.as_str())
                    .collect();
                Some((0, names.join(" + ")))
            }
        };
        before = Some(trip.pnl > Decimal::ZERO);
        let Some((order, name)) = key else { continue };
        match parts.iter_mut().find(|part| part.1 == name) {
            Some(part) => part.2.push(trip),
            None => parts.push((order, name, vec![trip])),
        }
    }
    parts.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.cmp(&b.1)));
    let slice = |(_, name, trips): (u32, String, Vec<&Trip>)| Slice {
        name,
        figures: Figures::of(trips, []),
    };
    parts.into_iter().map(slice).collect()
}

fn entry(price: Decimal) -> (u32, String) {
    range((0..).zip(ENTRIES.map(Decimal::from)), price, "x")
}

fn held(ticks: u32) -> (u32, String) {
    range((0..).zip(TICKS.map(Decimal::from)), ticks.into(), " ticks")
}

/// Returns place and name of the range of a value: below the first limit, between two, from the last one.
fn range(
    limits: impl Iterator<Item = (u32, Decimal)>,
    value: Decimal,
    unit: &str,
) -> (u32, String) {
    let mut low = None;
    let mut place = 0;
    for (at, limit) in limits {
        if value < limit {
            return match low {
                None => (at, format!("below {limit}{unit}")),
                Some(low) => (at, format!("{low} to {limit}{unit}")),
            };
        }
        (low, place) = (Some(limit), at + 1);
    }
    (place, format!("from {}{unit}", low.unwrap_or_default()))
}
