//! The books of one player in one game: position, money in and out, sidebets, P&L.

use rust_decimal::Decimal;

use super::{Position, Sale};
use crate::protocol::Tick;

/// Ticks of a sidebet's window; the last one still wins.
pub const SIDEBET_WINDOW: Tick = 40;

/// Total return per staked SOL of a won sidebet, the stake included.
pub const SIDEBET_PAYOUT: Decimal = Decimal::from_parts(5, 0, 0, false, 0);

/// A running sidebet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sidebet {
    /// Stake in SOL.
    pub stake: Decimal,
    /// First tick of the window.
    pub start_tick: Tick,
}

impl Sidebet {
    /// Returns the last tick at which a rug wins.
    pub fn end_tick(&self) -> Tick {
        self.start_tick + SIDEBET_WINDOW
    }
}

/// What one player did in one game.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct GameBook {
    /// The lots held.
    pub position: Position,
    /// The running sidebet.
    pub sidebet: Option<Sidebet>,
    bought: Decimal,
    received: Decimal,
    staked: Decimal,
    sidebet_pnl: Decimal,
    highest_outlay: Decimal,
}

impl GameBook {
    /// Buys for `amount` SOL; returns the tokens, `None` if that is no trade.
    pub fn buy(&mut self, amount: Decimal, price: Decimal) -> Option<Decimal> {
        let qty = self.position.buy(amount, price)?;
        self.bought = self.bought.saturating_add(amount);
        self.highest_outlay = self
            .highest_outlay
            .max(self.bought.saturating_sub(self.received));
        Some(qty)
    }

    /// Sells `percent` of the position.
    pub fn sell_percent(&mut self, percent: Decimal, price: Decimal) -> Sale {
        let sale = self.position.sell_percent(percent, price);
        self.received = self.received.saturating_add(sale.proceeds);
        sale
    }

    /// Places a sidebet; false if one is running.
    pub fn place_sidebet(&mut self, stake: Decimal, tick: Tick) -> bool {
        if self.sidebet.is_some() {
            return false;
        }
        self.sidebet = Some(Sidebet {
            stake,
            start_tick: tick,
        });
        self.staked += stake;
        true
    }

    /// Decides the sidebet at a tick that is over; returns the payout (0 when lost), `None` while it runs.
    pub fn settle_sidebet(&mut self, tick: Tick, rugged: bool) -> Option<Decimal> {
        let bet = self.sidebet?;
        let payout = match (rugged, tick >= bet.end_tick()) {
            (true, _) if tick <= bet.end_tick() => bet.stake * SIDEBET_PAYOUT,
            (_, true) => Decimal::ZERO,
            _ => return None,
        };
        self.sidebet = None;
        self.sidebet_pnl += payout - bet.stake;
        Some(payout)
    }

    /// Returns proceeds of all sells + quantity x price - all buys.
    pub fn regular_pnl(&self, price: Decimal) -> Decimal {
        self.received
            .saturating_add(self.position.qty().saturating_mul(price))
            .saturating_sub(self.bought)
    }

    /// Returns the profit of the finished sidebets; a running one counts 0.
    pub fn sidebet_pnl(&self) -> Decimal {
        self.sidebet_pnl
    }

    /// Returns the highest (all buys - all sells) so far + all stakes; not the sum of buys.
    pub fn total_invested(&self) -> Decimal {
        self.highest_outlay + self.staked
    }
}
