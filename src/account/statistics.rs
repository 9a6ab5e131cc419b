//! Statistics of a session: trades from flat to flat, sidebets, and the result of each game.

use rust_decimal::Decimal;

use super::action::{Action, ActionKind, ActionStatus};
use crate::game::Time;
use crate::protocol::GameId;

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

    /// Takes one more result.
    pub fn take(&mut self, pnl: Decimal) {
        if pnl > Decimal::ZERO {
            self.won += 1;
        } else {
            self.lost += 1;
        }
        self.pnl = self.pnl.saturating_add(pnl);
    }
}

/// The result of a game in which the player acted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GameResult {
    /// The game.
    pub game_id: GameId,
    /// When its first order was pressed.
    pub first: Time,
    /// Executed orders.
    pub orders: u32,
    /// What its rows realised, in SOL.
    pub pnl: Decimal,
}

/// Statistics of a session so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Statistics {
    /// Positions from flat to flat; an open one does not count yet.
    pub trades: Score,
    /// Decided sidebets.
    pub sidebets: Score,
    /// The games in which an order was executed, in order.
    pub games: Vec<GameResult>,
}

impl Statistics {
    /// Returns the statistics of rows in the order in which they took effect.
    pub fn of<'a>(rows: impl IntoIterator<Item = &'a Action>) -> Self {
        let mut statistics = Self::default();
        let mut trade = Decimal::ZERO;
        let confirmed = rows
            .into_iter()
            .filter(|row| row.status == ActionStatus::Confirmed);
        for row in confirmed {
            let pnl = row.pnl.unwrap_or_default();
            match row.action {
                ActionKind::Sell | ActionKind::Liquidated => {
                    trade = trade.saturating_add(pnl);
                    if row.position_qty_after == Some(Decimal::ZERO) {
                        statistics.trades.take(std::mem::take(&mut trade));
                    }
                }
                ActionKind::SidebetWin | ActionKind::SidebetLose => statistics.sidebets.take(pnl),
                ActionKind::Buy | ActionKind::SidebetPlace => {}
            }
            let game = statistics.game(row);
            game.orders += u32::from(row.action.is_order());
            game.pnl = game.pnl.saturating_add(pnl);
        }
        statistics
    }

    /// Returns the result of the row's game. A result may come after the next game began.
    fn game(&mut self, row: &Action) -> &mut GameResult {
        let known = self
            .games
            .iter()
            .rposition(|game| game.game_id == row.game_id);
        let index = known.unwrap_or_else(|| {
            self.games.push(GameResult {
                game_id: row.game_id.clone(),
                first: row.timestamp,
                orders: 0,
                pnl: Decimal::ZERO,
            });
            self.games.len() - 1
        });
        &mut self.games[index]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::ActionSource;
    use crate::game::Phase;
    use crate::protocol::number;

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
        let game = GameId::new("g").expect("an id");
        Action {
            tick: 1,
            amount: Some(d(amount)),
            price: Some(d(price)),
            balance_after: Some(d(balance)),
            position_qty_after: Some(d(qty)),
            pnl: number::parse(pnl),
            seq: 1,
            phase: Phase::Active,
            status: ActionStatus::Confirmed,
            executed_tick: Some(1),
            executed_price: Some(d(price)),
            ..Action::new(action, ActionSource::Key, game, Time::UNIX_EPOCH)
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
        let bets = statistics.sidebets;
        assert_eq!((bets.won, bets.lost, bets.pnl), (1, 1, d("0.36")));
        let games: Vec<_> = statistics
            .games
            .iter()
            .map(|game| (game.orders, game.pnl))
            .collect();
        assert_eq!(games, [(7, d("0.004"))]);
    }

    #[test]
    fn a_refused_order_does_not_count() {
        let mut refused = row(ActionKind::Buy, "0.1", "1", "1", "0", "");
        refused.status = ActionStatus::Refused;
        assert_eq!(Statistics::of(&[refused]), Statistics::default());
    }
}
