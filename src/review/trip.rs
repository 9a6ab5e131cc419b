//! A round trip: a position from flat to flat within one game.

use rust_decimal::Decimal;

use crate::account::{ActionKind, ActionSource};
use crate::game::Time;
use crate::named_enum::named_enum;
use crate::protocol::Tick;

/// A buy or sell of a trip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TripFill {
    /// Its row: the place in the order in which things took effect.
    pub seq: u32,
    /// What it was: a buy, a sell, or the rug's sale.
    pub kind: ActionKind,
    /// The tick at which it took effect; `None` in the presale.
    pub tick: Option<Tick>,
    /// When it was pressed, or when the result came.
    pub at: Time,
    /// The multiplier.
    pub price: Decimal,
    /// Tokens bought or sold.
    pub qty: Decimal,
    /// SOL paid or received.
    pub amount: Decimal,
    /// The share that a sell asked for, in percent.
    pub percent: Option<Decimal>,
    /// Ticks from the press to the execution; `None` for what was not pressed.
    pub delay: Option<Tick>,
    /// What caused it.
    pub source: ActionSource,
}

/// A P&L or price at a tick.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Extreme {
    /// The tick; `None` in the presale.
    pub tick: Option<Tick>,
    /// The value: SOL, or a multiplier.
    pub value: Decimal,
}

named_enum! {
    /// How a trip ended.
    pub enum TripEnd {
        /// The last tokens were sold.
        Sold = "sold",
        /// The rug sold the rest.
        Rugged = "rugged",
        /// The session ended first.
        Open = "open",
        /// A drift changed the position, or the recording does not say how it ended.
        Corrected = "corrected",
    }
}

/// A round trip. Money in SOL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    /// The place of its game in the session's timeline, from 0.
    pub game: usize,
    /// The buys, oldest first; none if the position was there before the session.
    pub entries: Vec<TripFill>,
    /// The sells, oldest first, each a part.
    pub exits: Vec<TripFill>,
    /// How it ended.
    pub end: TripEnd,
    /// What the wallet paid for the tokens.
    pub cost: Decimal,
    /// Tokens bought.
    pub bought: Decimal,
    /// What the exits paid.
    pub proceeds: Decimal,
    /// The profit that the exits realised.
    pub pnl: Decimal,
    /// MAE: the lowest P&L while it was open, if all that was held then had been sold: parts sold before it included.
    pub worst: Option<Extreme>,
    /// MFE: the highest one.
    pub best: Option<Extreme>,
    /// The highest price after the last exit and before the rug.
    pub best_after: Option<Extreme>,
    /// Ticks while it was open whose price is not known: with any, `worst` and `best` are "at least".
    pub missing_ticks: u32,
}

impl Trip {
    /// Returns the average price of the buys; `None` without tokens.
    pub fn average_cost(&self) -> Option<Decimal> {
        self.cost.checked_div(self.bought)
    }

    /// Returns the number of the row of its first fill, which its notes refer to.
    pub fn first_row(&self) -> u32 {
        let first = self.entries.first().or(self.exits.first());
        first.map_or(0, |fill| fill.seq)
    }

    /// Returns the tick of the first buy; `None` in the presale.
    pub fn entry_tick(&self) -> Option<Tick> {
        self.entries.first().and_then(|entry| entry.tick)
    }

    /// Returns when it began: the first buy, or else the first exit.
    pub fn began(&self) -> Option<Time> {
        self.entries
            .iter()
            .chain(&self.exits)
            .map(|fill| fill.at)
            .next()
    }

    /// Returns the ticks from the first buy to the last exit; the presale counts as tick 0. `None` while it is open.
    pub fn ticks_held(&self) -> Option<Tick> {
        let last = self.exits.last().filter(|_| self.is_closed())?;
        let first = self.entry_tick().unwrap_or(0);
        Some(last.tick.unwrap_or(0).saturating_sub(first))
    }

    /// Whether it ended by sells or the rug, so that it counts as a trade.
    pub fn is_closed(&self) -> bool {
        matches!(self.end, TripEnd::Sold | TripEnd::Rugged)
    }

    /// Whether its buys are all that it held: a session before it, or a drift, may have left tokens that no row bought.
    pub fn has_all_buys(&self) -> bool {
        let bought = self.entries.iter().map(|fill| fill.qty);
        let bought = bought.fold(Decimal::ZERO, Decimal::saturating_add);
        !self.entries.is_empty() && bought == self.bought
    }

    /// Returns the P&L as a share of the cost; `None` without a cost.
    pub fn of_cost(&self, pnl: Decimal) -> Option<Decimal> {
        pnl.checked_div(self.cost)
    }

    /// Returns P&L / MFE; `None` if the trip was never above its cost.
    pub fn efficiency(&self) -> Option<Decimal> {
        let best = self.best.filter(|best| best.value > Decimal::ZERO)?;
        self.pnl.checked_div(best.value)
    }

    /// Returns what caused the fills, each once, in order; the server's own are left out.
    pub fn sources(&self) -> Vec<ActionSource> {
        let mut sources = Vec::new();
        for fill in self.entries.iter().chain(&self.exits) {
            if fill.source != ActionSource::Server && !sources.contains(&fill.source) {
                sources.push(fill.source);
            }
        }
        sources
    }
}
