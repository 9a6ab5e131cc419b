//! The player's marks on a chart: what he did in one game, taken from the rows of the session.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::account::{Action, ActionKind, ActionStatus, SIDEBET_WINDOW};
use crate::game::Phase;
use crate::protocol::{GameId, Tick, number};
use crate::ui::format::{multiplier, signed, sol};

/// What happened to the position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Tokens were bought.
    Entry,
    /// Tokens were sold.
    Exit,
    /// The rug sold them.
    Liquidated,
}

/// A trade on the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Trade {
    /// Where.
    pub tick: Tick,
    /// At which price.
    pub price: f64,
    /// What.
    pub deed: Deed,
    /// What it earned: more or less than nothing; equal for an entry.
    pub earned: Ordering,
    /// It was done; false while it is on its way, or nobody knows.
    pub sure: bool,
    /// The whole of it in words.
    pub words: String,
}

/// What became of a sidebet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It runs.
    Running,
    /// The rug came in time.
    Won,
    /// It did not.
    Lost,
}

/// The window of a sidebet.
#[derive(Debug, Clone, PartialEq)]
pub struct Bet {
    /// Its first tick.
    pub start: Tick,
    /// The last tick at which a rug wins.
    pub end: Tick,
    /// What became of it.
    pub outcome: Outcome,
    /// The stake in SOL, as a person reads it.
    pub stake: String,
}

/// All marks of a game.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Marks {
    /// Entries and exits in the order in which they took effect.
    pub trades: Vec<Trade>,
    /// Sidebets, in the same order.
    pub bets: Vec<Bet>,
    /// The average cost of what is held, from each of these ticks on; `None`: nothing is held.
    pub cost: Vec<(Tick, Option<f64>)>,
}

/// Returns the marks of a game. What was refused leaves none.
pub fn marks(actions: &[Action], game_id: &GameId) -> Marks {
    let of_game = actions.iter().filter(|row| row.game_id == *game_id);
    let mut rows: Vec<_> = of_game
        .filter(|row| row.status != ActionStatus::Refused)
        .collect();
    // What is still on its way has no number yet: it comes last. Rows of one number keep their order.
    rows.sort_by_key(|row| if row.seq == 0 { u32::MAX } else { row.seq });
    let mut marks = Marks::default();
    for row in rows {
        marks.take(row);
    }
    marks
}

impl Marks {
    /// Returns how many trades of a kind there are that were done.
    pub fn count(&self, deed: Deed) -> usize {
        let fits = |trade: &&Trade| trade.deed == deed && trade.sure;
        self.trades.iter().filter(fits).count()
    }

    fn take(&mut self, row: &Action) {
        let sure = row.status == ActionStatus::Confirmed;
        match row.action {
            ActionKind::Buy => self.trade(row, Deed::Entry, sure),
            ActionKind::Sell => self.trade(row, Deed::Exit, sure),
            ActionKind::Liquidated => self.trade(row, Deed::Liquidated, sure),
            ActionKind::SidebetPlace if sure => {
                let start = place(row);
                self.bets.push(Bet {
                    start,
                    end: start.saturating_add(SIDEBET_WINDOW),
                    outcome: Outcome::Running,
                    stake: row.amount.map_or("–".to_owned(), sol),
                });
            }
            ActionKind::SidebetPlace => {}
            ActionKind::SidebetWin => self.decide(Outcome::Won),
            ActionKind::SidebetLose => self.decide(Outcome::Lost),
        }
        if sure {
            let cost = row.entry_price.map(number::to_f64_lossy);
            let last = self.cost.last().and_then(|(_, cost)| *cost);
            if last != cost {
                self.cost.push((place(row), cost));
            }
        }
    }

    fn trade(&mut self, row: &Action, deed: Deed, sure: bool) {
        let price = row.executed_price.or(row.price);
        let before_start = (row.phase == Phase::Presale).then_some(Decimal::ONE);
        let Some(price) = price.or(before_start) else {
            return;
        };
        let price = number::to_f64_lossy(price);
        let word = match deed {
            Deed::Entry => "bought",
            Deed::Exit => "sold",
            Deed::Liquidated => "rugged",
        };
        let amount = row
            .amount
            .map_or(String::new(), |a| format!(" {} SOL", sol(a)));
        let pnl = row.pnl.filter(|_| deed != Deed::Entry);
        let earned = pnl.map_or(String::new(), |pnl| format!(", P&L {}", signed(pnl)));
        let doubt = match row.status {
            ActionStatus::Pending => " (sent…)",
            ActionStatus::Unknown => " (not known whether)",
            _ => "",
        };
        self.trades.push(Trade {
            tick: place(row),
            price,
            deed,
            earned: pnl.map_or(Ordering::Equal, |pnl| pnl.cmp(&Decimal::ZERO)),
            sure,
            words: format!("{word}{amount} @ {}{earned}{doubt}", multiplier(price)),
        });
    }

    fn decide(&mut self, outcome: Outcome) {
        let mut bets = self.bets.iter_mut();
        if let Some(bet) = bets.find(|bet| bet.outcome == Outcome::Running) {
            bet.outcome = outcome;
        }
    }
}

/// The tick of a row on the chart; what is placed before the start counts from tick 0.
fn place(row: &Action) -> Tick {
    match row.executed_tick {
        Some(tick) => tick,
        None if row.phase == Phase::Presale => 0,
        None => row.tick,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::account::ActionSource;
    use crate::game::Time;

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    fn row(seq: u32, action: ActionKind, tick: Tick, price: &str) -> Action {
        Action {
            game_id: GameId::new("now").unwrap(),
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

    fn of(rows: &[Action]) -> Marks {
        marks(rows, &GameId::new("now").unwrap())
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
        // Told late, and out of order: the numbers decide.
        let marks = of(&[add, buy, rest, half]);
        let seen: Vec<_> = marks
            .trades
            .iter()
            .map(|t| (t.tick, t.deed, t.earned))
            .collect();
        assert_eq!(
            seen,
            [
                (10, Deed::Entry, Ordering::Equal),
                (20, Deed::Entry, Ordering::Equal),
                (30, Deed::Exit, Ordering::Greater),
                (40, Deed::Liquidated, Ordering::Less),
            ]
        );
        assert!((marks.trades[2].price - 2.0).abs() < 1e-12);
        assert_eq!(
            marks.trades[2].words,
            "sold 0.0100 SOL @ 2.00x, P&L +0.005000"
        );
        assert_eq!(marks.cost, [(10, Some(1.2)), (20, Some(1.3)), (40, None)]);
        assert_eq!((marks.count(Deed::Entry), marks.count(Deed::Exit)), (2, 1));
    }

    #[test]
    fn what_was_refused_or_belongs_to_another_game_leaves_no_mark() {
        let mut refused = row(1, ActionKind::Buy, 10, "1.2");
        refused.status = ActionStatus::Refused;
        let mut other = row(2, ActionKind::Buy, 10, "1.2");
        other.game_id = GameId::new("before").unwrap();
        assert_eq!(of(&[refused, other]), Marks::default());
    }

    #[test]
    fn what_is_on_its_way_is_marked_as_such_where_it_was_pressed() {
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
                marks.trades[i].sure,
            )
        };
        assert_eq!(at(0), (55, 1.1, false));
        assert_eq!(at(1), (0, 1.0, false));
        assert_eq!(marks.count(Deed::Entry), 0);
        assert!(marks.cost.is_empty());
    }

    #[test]
    fn a_result_decides_the_sidebet_that_runs() {
        let place = |seq, tick| row(seq, ActionKind::SidebetPlace, tick, "1.5");
        let marks = of(&[
            place(1, 0),
            row(2, ActionKind::SidebetLose, 40, "1.5"),
            place(3, 60),
            row(4, ActionKind::SidebetWin, 90, "0.02"),
            place(5, 95),
        ]);
        let seen: Vec<_> = marks
            .bets
            .iter()
            .map(|b| (b.start, b.end, b.outcome))
            .collect();
        let bets = [
            (0, 40, Outcome::Lost),
            (60, 100, Outcome::Won),
            (95, 135, Outcome::Running),
        ];
        assert_eq!(seen, bets);
    }
}
