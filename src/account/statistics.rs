//! Statistics of a session: trades from flat to flat, sidebets, the equity and its drawdown.

use rust_decimal::Decimal;

use super::action::{Action, ActionKind, ActionStatus};

/// Wins and losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Score {
    /// With a profit.
    pub won: u32,
    /// Without a profit.
    pub lost: u32,
    /// Profit of all of them.
    pub pnl: Decimal,
}

impl Score {
    /// Returns how many there were.
    pub fn n(&self) -> u32 {
        self.won + self.lost
    }

    /// Returns the share that was won, in percent; `None` without any.
    pub fn win_rate(&self) -> Option<Decimal> {
        let won = Decimal::from(self.won) * Decimal::ONE_HUNDRED;
        won.checked_div(Decimal::from(self.n()))
    }

    fn take(&mut self, pnl: Decimal) {
        if pnl > Decimal::ZERO {
            self.won += 1;
        } else {
            self.lost += 1;
        }
        self.pnl = self.pnl.saturating_add(pnl);
    }
}

/// Statistics of a session so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Positions from flat to flat; an open one does not count yet.
    pub trades: Score,
    /// Decided sidebets.
    pub sidebets: Score,
    /// Wallet, position and running stake after each row, the start first.
    pub equity: Vec<Decimal>,
    /// The deepest fall of the equity below its highest value.
    pub drawdown: Decimal,
    highest: Decimal,
}

impl Statistics {
    /// Returns the statistics of rows in the order in which they took effect.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Action>) -> Self {
        let mut statistics = Self::default();
        let (mut trade, mut staked) = (Decimal::ZERO, Decimal::ZERO);
        let confirmed = rows
            .into_iter()
            .filter(|row| row.status == ActionStatus::Confirmed);
        for row in confirmed {
            let pnl = row.pnl.unwrap_or_default();
            let amount = row.amount.unwrap_or_default();
            if statistics.equity.is_empty() {
                // Before the first row nothing was open.
                let before = match row.action {
                    ActionKind::Buy | ActionKind::SidebetPlace => amount,
                    _ => -amount,
                };
                let after = row.balance_after.unwrap_or_default();
                statistics.highest = after.saturating_add(before);
                statistics.equity.push(statistics.highest);
            }
            match row.action {
                ActionKind::Sell | ActionKind::Liquidated => {
                    trade = trade.saturating_add(pnl);
                    if row.position_qty_after == Some(Decimal::ZERO) {
                        statistics.trades.take(std::mem::take(&mut trade));
                    }
                }
                ActionKind::SidebetPlace => staked = amount,
                ActionKind::SidebetWin | ActionKind::SidebetLose => {
                    staked = Decimal::ZERO;
                    statistics.sidebets.take(pnl);
                }
                ActionKind::Buy => {}
            }
            statistics.take_equity(row, staked);
        }
        statistics
    }

    fn take_equity(&mut self, row: &Action, staked: Decimal) {
        let price = row.executed_price.or(row.price).unwrap_or_default();
        let held = row
            .position_qty_after
            .unwrap_or_default()
            .saturating_mul(price);
        let wallet = row.balance_after.unwrap_or_default();
        self.equity
            .push(wallet.saturating_add(held).saturating_add(staked));
        let newest = self.equity.last().copied().unwrap_or_default();
        self.highest = self.highest.max(newest);
        self.drawdown = self.drawdown.max(self.highest.saturating_sub(newest));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::ActionSource;
    use crate::game::{Phase, Time};
    use crate::protocol::{GameId, number};

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    fn row(
        action: ActionKind,
        amount: &str,
        price: &str,
        balance: &str,
        qty: &str,
        pnl: &str,
    ) -> Action {
        Action {
            game_id: GameId::new("g").expect("an id"),
            tick: 1,
            timestamp: Time::UNIX_EPOCH,
            action,
            amount: Some(d(amount)),
            price: Some(d(price)),
            balance_after: Some(d(balance)),
            position_qty_after: Some(d(qty)),
            entry_price: None,
            pnl: number::parse(pnl),
            seq: 1,
            phase: Phase::Active,
            status: ActionStatus::Confirmed,
            qty: None,
            sell_percent: None,
            source: ActionSource::Key,
            confirmed_at: None,
            executed_tick: Some(1),
            executed_price: Some(d(price)),
            acked_at: None,
            reason_code: None,
            reason: None,
        }
    }

    #[test]
    fn a_trade_is_from_flat_to_flat_and_a_partial_sell_is_none() {
        use ActionKind::{Buy, Liquidated, Sell, SidebetLose, SidebetPlace, SidebetWin};
        let rows = [
            row(Buy, "0.1", "1", "0.9", "0.1", ""),
            row(Sell, "0.1", "2", "1", "0.05", "0.05"),
            row(Sell, "0.04", "0.8", "1.04", "0", "-0.01"),
            row(SidebetPlace, "0.04", "0.8", "1", "0", ""),
            row(SidebetLose, "0.04", "0.8", "1", "0", "-0.04"),
            row(SidebetPlace, "0.1", "1", "0.9", "0", ""),
            row(SidebetWin, "0.5", "0.01", "1.4", "0", "0.4"),
            row(Buy, "0.4", "1", "1", "0.4", ""),
            row(Liquidated, "0.004", "0.01", "1.004", "0", "-0.396"),
            row(Buy, "0.1", "1", "0.904", "0.1", ""),
        ];
        let statistics = Statistics::of(&rows);
        let trades = statistics.trades;
        assert_eq!((trades.won, trades.lost, trades.pnl), (1, 1, d("-0.356")));
        assert_eq!(trades.win_rate(), Some(d("50")));
        let bets = statistics.sidebets;
        assert_eq!((bets.won, bets.lost, bets.pnl), (1, 1, d("0.36")));
        assert_eq!(statistics.equity.first(), Some(&d("1")));
        assert_eq!(statistics.equity[2], d("1.1"));
        assert_eq!(statistics.equity.len(), rows.len() + 1);
        assert_eq!(statistics.drawdown, d("0.396"));
        assert_eq!(Score::default().win_rate(), None);
    }

    #[test]
    fn a_refused_order_does_not_count() {
        let mut refused = row(ActionKind::Buy, "0.1", "1", "1", "0", "");
        refused.status = ActionStatus::Refused;
        assert_eq!(Statistics::of(&[refused]), Statistics::default());
    }
}
