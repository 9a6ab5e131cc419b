//! The book of one player in one game: position, money in and out, sidebets, P&L.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::position::{Lot, Position, Sale};
use crate::protocol::{Tick, number};

/// Ticks of a sidebet's window; the last one still wins.
pub const SIDEBET_WINDOW: Tick = 40;

/// Total return per staked SOL of a won sidebet, the stake included.
pub const SIDEBET_PAYOUT: Decimal = Decimal::from_parts(SIDEBET_MULTIPLE, 0, 0, false, 0);
/// The same as a whole number.
pub const SIDEBET_MULTIPLE: u32 = 5;

/// A running sidebet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSidebet {
    /// Stake in SOL.
    #[serde(with = "number::text::always")]
    pub stake: Decimal,
    /// First tick of the window.
    pub start_tick: Tick,
}

impl OpenSidebet {
    /// Returns the last tick at which a rug wins.
    pub fn end_tick(&self) -> Tick {
        self.start_tick.saturating_add(SIDEBET_WINDOW)
    }

    /// Decides the bet at a tick that is over. Returns the total return per staked SOL, `None` while it runs.
    pub fn decided(&self, tick: Tick, rugged: bool) -> Option<Decimal> {
        if rugged && tick <= self.end_tick() {
            return Some(SIDEBET_PAYOUT);
        }
        (rugged || tick >= self.end_tick()).then_some(Decimal::ZERO)
    }
}

/// The book of one player in one game.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GameBook {
    /// The lots held.
    pub position: Position,
    /// The running sidebet.
    pub sidebet: Option<OpenSidebet>,
    bought: Decimal,
    received: Decimal,
    /// Mean cost minus first-in-first-out cost of everything sold.
    mean_over_fifo: Decimal,
    staked: Decimal,
    sidebet_pnl: Decimal,
    highest_outlay: Decimal,
}

impl GameBook {
    /// Returns the book of a player with lots whose buys were not seen.
    pub fn holding(lots: impl IntoIterator<Item = Lot>) -> Self {
        let position = Position::of(lots);
        let bought = position.paid();
        Self {
            position,
            bought,
            highest_outlay: bought,
            ..Self::default()
        }
    }

    /// Replaces the lots held by the server's. What was earned so far stays earned.
    pub fn correct(&mut self, lots: impl IntoIterator<Item = Lot>) {
        let before = self.position.paid();
        self.position = Position::of(lots);
        let change = self.position.paid().saturating_sub(before);
        self.bought = self.bought.saturating_add(change);
    }

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
        let mean = self.position.average_cost().unwrap_or_default();
        let sale = self.position.sell_percent(percent, price);
        self.received = self.received.saturating_add(sale.proceeds);
        let over = sale.qty.saturating_mul(mean).saturating_sub(sale.cost);
        self.mean_over_fifo = self.mean_over_fifo.saturating_add(over);
        sale
    }

    /// Places a sidebet; false if one is running.
    pub fn place_sidebet(&mut self, stake: Decimal, tick: Tick) -> bool {
        if self.sidebet.is_some() {
            return false;
        }
        self.sidebet = Some(OpenSidebet {
            stake,
            start_tick: tick,
        });
        self.staked = self.staked.saturating_add(stake);
        true
    }

    /// Decides the sidebet at a tick that is over; returns the payout (0 when lost), `None` while it runs.
    pub fn settle_sidebet(&mut self, tick: Tick, rugged: bool) -> Option<Decimal> {
        let bet = self.sidebet?;
        let x_payout = bet.decided(tick, rugged)?;
        self.take_sidebet(x_payout);
        Some(bet.stake * x_payout)
    }

    /// Ends the sidebet with a total return of `x_payout` per staked SOL.
    pub fn take_sidebet(&mut self, x_payout: Decimal) -> Option<OpenSidebet> {
        let bet = self.sidebet.take()?;
        let profit = bet.stake.saturating_mul(x_payout - Decimal::ONE);
        self.sidebet_pnl = self.sidebet_pnl.saturating_add(profit);
        Some(bet)
    }

    /// Returns the profit of the trades as the server computes it: a sold token earns price - average cost before the
    /// sell, a token held earns price - average cost now.
    ///
    /// That is not the money when a part of several lots was sold: the average then moves to the younger lots, and
    /// the server never takes the difference back. [`Self::money_pnl`] is the money.
    pub fn regular_pnl(&self, price: Decimal) -> Decimal {
        self.money_pnl(price).saturating_sub(self.mean_over_fifo)
    }

    /// Returns proceeds of all sells + quantity x price - all buys: the change of the wallet when all is sold now.
    pub fn money_pnl(&self, price: Decimal) -> Decimal {
        let held = self.position.qty().saturating_mul(price);
        self.received
            .saturating_add(held)
            .saturating_sub(self.bought)
    }

    /// Returns the profit of the finished sidebets; a running one counts 0.
    pub fn sidebet_pnl(&self) -> Decimal {
        self.sidebet_pnl
    }

    /// Returns the profit of the game so far, trades and finished sidebets: the one that the player sees.
    pub fn pnl(&self, price: Decimal) -> Decimal {
        self.money_pnl(price).saturating_add(self.sidebet_pnl)
    }

    /// Returns the highest (all buys - all sells) so far + all stakes; not the sum of buys.
    pub fn total_invested(&self) -> Decimal {
        self.highest_outlay + self.staked
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::number::parse;

    fn d(text: &str) -> Decimal {
        parse(text).expect("a decimal")
    }

    /// Another player of capture B at tick 107 (player-0071): three lots, half of them sold.
    #[test]
    fn half_of_several_lots_earns_what_the_leaderboard_says() {
        let mut book = GameBook::default();
        book.buy(d("0.05"), d("1"));
        book.buy(d("0.025"), d("0.634383122699539"));
        book.buy(d("0.025"), d("0.6315327437704776"));
        book.sell_percent(d("50"), d("0.8652318074551064"));
        let price = d("0.877918841121777");
        let off = book.regular_pnl(price) - d("0.021625343");
        assert!(off.abs() <= d("0.00000001"), "{off}");
        let percent = book.regular_pnl(price) * Decimal::ONE_HUNDRED / book.total_invested();
        assert!(
            (percent - d("21.625343")).abs() <= d("0.00001"),
            "{percent}"
        );
        // The money is less, and stays so: the oldest lot cost more than the mean.
        assert_eq!(book.money_pnl(price).round_dp(6), d("0.012429"));
    }

    #[test]
    fn of_one_lot_the_profit_is_the_money() {
        let mut book = GameBook::default();
        book.buy(d("0.129"), d("1"));
        book.sell_percent(d("50"), d("1.4652380458738994"));
        let price = d("1.4644286454618647");
        assert_eq!(book.regular_pnl(price), book.money_pnl(price));
        assert_eq!(GameBook::default().total_invested(), Decimal::ZERO);
    }
}
