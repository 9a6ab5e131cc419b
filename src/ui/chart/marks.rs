//! The player's marks on the chart of one game, computed from the rows of the session.

use rust_decimal::Decimal;

use crate::account::{Action, ActionKind, ActionStatus, SIDEBET_WINDOW};
use crate::game::Phase;
use crate::protocol::{GameId, Tick, number};
use crate::ui::format::{multiplier, signed, sol};

/// The kind of a trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TradeMarkKind {
    /// A buy.
    Entry,
    /// A sale by the player.
    Exit,
    /// The position was lost in the rug.
    Liquidated,
}

/// A trade on the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct TradeMark {
    /// The tick of the trade.
    pub tick: Tick,
    /// The price of the trade.
    pub price: f64,
    /// The kind of the trade.
    pub kind: TradeMarkKind,
    /// The P&L in SOL; zero for an entry.
    pub pnl: Decimal,
    /// Whether it is confirmed; false while it is pending or has no answer.
    pub confirmed: bool,
    /// The label beside it: the amount of a buy, the share of a sale.
    pub label: String,
    /// The description.
    pub words: String,
}

/// The outcome of a sidebet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SidebetOutcome {
    /// Not decided yet.
    Running,
    /// The game rugged within the window.
    Won,
    /// The game outlived the window.
    Lost,
}

/// The window of a sidebet.
#[derive(Debug, Clone, PartialEq)]
pub struct SidebetMark {
    /// The first tick.
    pub start: Tick,
    /// The last tick at which a rug wins.
    pub end: Tick,
    /// The outcome.
    pub outcome: SidebetOutcome,
    /// The stake in SOL, formatted.
    pub stake: String,
}

/// All marks of a game.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ChartMarks {
    /// Entries and exits in the order in which they took effect.
    pub trades: Vec<TradeMark>,
    /// Sidebets in the same order.
    pub sidebets: Vec<SidebetMark>,
    /// The average cost from each of these ticks on; `None` without a position.
    pub cost: Vec<(Tick, Option<f64>)>,
}

impl ChartMarks {
    /// Returns the marks of a game. Refused orders leave none.
    pub fn of(actions: &[Action], game_id: &GameId) -> Self {
        let of_game = actions.iter().filter(|row| row.game_id == *game_id);
        let mut rows: Vec<_> = of_game
            .filter(|row| row.status != ActionStatus::Refused)
            .collect();
        // A pending row has no number yet and comes last. Rows of one number keep their order.
        rows.sort_by_key(|row| if row.seq == 0 { u32::MAX } else { row.seq });
        let mut marks = Self::default();
        for row in rows {
            marks.push(row);
        }
        marks
    }

    /// Returns the number of confirmed trades of a kind.
    pub fn count(&self, kind: TradeMarkKind) -> usize {
        let fits = |trade: &&TradeMark| trade.kind == kind && trade.confirmed;
        self.trades.iter().filter(fits).count()
    }

    fn push(&mut self, row: &Action) {
        let confirmed = row.status == ActionStatus::Confirmed;
        match row.action {
            ActionKind::Buy => self.push_trade(row, TradeMarkKind::Entry, confirmed),
            ActionKind::Sell => self.push_trade(row, TradeMarkKind::Exit, confirmed),
            ActionKind::Liquidated => self.push_trade(row, TradeMarkKind::Liquidated, confirmed),
            ActionKind::SidebetPlace if confirmed => {
                let start = tick_of(row);
                self.sidebets.push(SidebetMark {
                    start,
                    end: start.saturating_add(SIDEBET_WINDOW),
                    outcome: SidebetOutcome::Running,
                    stake: row.amount.map_or("–".to_owned(), sol),
                });
            }
            ActionKind::SidebetPlace => {}
            ActionKind::SidebetWin => self.settle_sidebet(SidebetOutcome::Won),
            ActionKind::SidebetLose => self.settle_sidebet(SidebetOutcome::Lost),
        }
        if confirmed {
            let cost = row.entry_price.map(number::to_f64_lossy);
            let last = self.cost.last().and_then(|(_, cost)| *cost);
            if last != cost {
                self.cost.push((tick_of(row), cost));
            }
        }
    }

    fn push_trade(&mut self, row: &Action, kind: TradeMarkKind, confirmed: bool) {
        let price = row.executed_price.or(row.price);
        let start_price = (row.phase == Phase::Presale).then_some(Decimal::ONE);
        let Some(price) = price.or(start_price) else {
            return;
        };
        let price = number::to_f64_lossy(price);
        let word = match kind {
            TradeMarkKind::Entry => "bought",
            TradeMarkKind::Exit => "sold",
            TradeMarkKind::Liquidated => "rugged",
        };
        let amount = row.amount;
        let amount = amount.map_or(String::new(), |amount| format!(" {} SOL", sol(amount)));
        let pnl = row.pnl.filter(|_| kind != TradeMarkKind::Entry);
        let result = pnl.map_or(String::new(), |pnl| format!(", P&L {}", signed(pnl)));
        let status = match row.status {
            ActionStatus::Pending => " (sent…)",
            ActionStatus::Unknown => " (not known whether)",
            _ => "",
        };
        let share = row.sell_percent.filter(|_| kind == TradeMarkKind::Exit);
        let label = share.map(|share| format!("{}\u{2009}%", share.normalize()));
        let label = label.or_else(|| row.amount.map(short_sol));
        self.trades.push(TradeMark {
            tick: tick_of(row),
            price,
            kind,
            pnl: pnl.unwrap_or_default(),
            confirmed,
            label: label.unwrap_or_default(),
            words: format!("{word}{amount} @ {}{result}{status}", multiplier(price)),
        });
    }

    fn settle_sidebet(&mut self, outcome: SidebetOutcome) {
        let mut sidebets = self.sidebets.iter_mut();
        if let Some(bet) = sidebets.find(|bet| bet.outcome == SidebetOutcome::Running) {
            bet.outcome = outcome;
        }
    }
}

/// Returns an amount of SOL with two to four decimals.
fn short_sol(amount: Decimal) -> String {
    let short = amount.round_dp(4).normalize();
    number::rounded(short, short.scale().max(2))
}

/// Returns the tick of a row on the chart. An order of the presale takes effect at tick 0.
fn tick_of(row: &Action) -> Tick {
    match row.executed_tick {
        Some(tick) => tick,
        None if row.phase == Phase::Presale => 0,
        None => row.tick,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::ActionSource;
    use crate::game::Time;

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    fn row(seq: u32, action: ActionKind, tick: Tick, price: &str) -> Action {
        Action {
            game_id: GameId::new("now").expect("an id"),
            tick: tick.saturating_sub(1),
            timestamp: Time::UNIX_EPOCH,
            action,
            amount: Some(d("0.010")),
            price: Some(d("1.1")),
            balance_after: None,
            position_qty_after: None,
            entry_price: None,
            pnl: None,
            seq,
            phase: Phase::Active,
            status: ActionStatus::Confirmed,
            qty: None,
            sell_percent: None,
            source: ActionSource::Mouse,
            confirmed_at: None,
            executed_tick: Some(tick),
            executed_price: Some(d(price)),
            acked_at: None,
            reason_code: None,
            reason: None,
        }
    }

    fn of(rows: &[Action]) -> ChartMarks {
        ChartMarks::of(rows, &GameId::new("now").expect("an id"))
    }

    #[test]
    fn entries_exits_and_the_cost_between_them() {
        let mut buy = row(1, ActionKind::Buy, 10, "1.2");
        buy.entry_price = Some(d("1.2"));
        let mut add = row(2, ActionKind::Buy, 20, "1.4");
        add.entry_price = Some(d("1.3"));
        let mut half = row(3, ActionKind::Sell, 30, "2");
        half.entry_price = Some(d("1.3"));
        half.pnl = Some(d("0.005"));
        let mut rest = row(4, ActionKind::Liquidated, 40, "0.02");
        rest.pnl = Some(d("-0.009"));
        // The rows arrive out of order: their numbers decide.
        let marks = of(&[add, buy, rest, half]);
        let seen: Vec<_> = marks
            .trades
            .iter()
            .map(|t| (t.tick, t.kind, t.pnl))
            .collect();
        assert_eq!(
            seen,
            [
                (10, TradeMarkKind::Entry, Decimal::ZERO),
                (20, TradeMarkKind::Entry, Decimal::ZERO),
                (30, TradeMarkKind::Exit, d("0.005")),
                (40, TradeMarkKind::Liquidated, d("-0.009")),
            ]
        );
        assert!((marks.trades[2].price - 2.0).abs() < 1e-12);
        assert_eq!(
            marks.trades[2].words,
            "sold 0.0100 SOL @ 2.00x, P&L +0.0050"
        );
        assert_eq!(marks.cost, [(10, Some(1.2)), (20, Some(1.3)), (40, None)]);
        assert_eq!(
            (
                marks.count(TradeMarkKind::Entry),
                marks.count(TradeMarkKind::Exit)
            ),
            (2, 1)
        );
        assert_eq!(marks.trades[0].label, "0.01");
    }

    #[test]
    fn a_label_is_the_amount_of_a_buy_or_the_share_of_a_sale() {
        let label = |row: &Action| of(std::slice::from_ref(row)).trades[0].label.clone();
        let mut buy = row(1, ActionKind::Buy, 10, "1.2");
        for (amount, short) in [("0.1", "0.10"), ("0.0517", "0.0517"), ("2", "2.00")] {
            buy.amount = Some(d(amount));
            assert_eq!(label(&buy), short);
        }
        let mut sale = row(1, ActionKind::Sell, 10, "1.2");
        sale.sell_percent = Some(d("25.0"));
        assert_eq!(label(&sale), "25\u{2009}%");
    }

    #[test]
    fn refused_orders_and_other_games_leave_no_mark() {
        let mut refused = row(1, ActionKind::Buy, 10, "1.2");
        refused.status = ActionStatus::Refused;
        let mut other = row(2, ActionKind::Buy, 10, "1.2");
        other.game_id = GameId::new("before").expect("an id");
        assert_eq!(of(&[refused, other]), ChartMarks::default());
    }

    #[test]
    fn a_pending_order_is_marked_at_the_tick_of_its_press() {
        let mut sent = row(0, ActionKind::Buy, 0, "1");
        (sent.executed_tick, sent.executed_price) = (None, None);
        (sent.tick, sent.status) = (55, ActionStatus::Pending);
        let mut early = sent.clone();
        (early.phase, early.price) = (Phase::Presale, None);
        let marks = of(&[sent, early]);
        let at = |i: usize| {
            (
                marks.trades[i].tick,
                marks.trades[i].price,
                marks.trades[i].confirmed,
            )
        };
        assert_eq!(at(0), (55, 1.1, false));
        assert_eq!(at(1), (0, 1.0, false));
        assert_eq!(marks.count(TradeMarkKind::Entry), 0);
        assert!(marks.cost.is_empty());
    }

    #[test]
    fn a_result_settles_the_running_sidebet() {
        let place = |seq, tick| row(seq, ActionKind::SidebetPlace, tick, "1.5");
        let marks = of(&[
            place(1, 0),
            row(2, ActionKind::SidebetLose, 40, "1.5"),
            place(3, 60),
            row(4, ActionKind::SidebetWin, 90, "0.02"),
            place(5, 95),
        ]);
        let seen: Vec<_> = marks
            .sidebets
            .iter()
            .map(|b| (b.start, b.end, b.outcome))
            .collect();
        let bets = [
            (0, 40, SidebetOutcome::Lost),
            (60, 100, SidebetOutcome::Won),
            (95, 135, SidebetOutcome::Running),
        ];
        assert_eq!(seen, bets);
    }
}
