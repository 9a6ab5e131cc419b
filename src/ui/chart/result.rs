//! How a game ended for the player, in words: the text of the card after a rug. A pure function of the game's rows.

use rust_decimal::Decimal;

use crate::account::{Action, ActionKind, ActionStatus};
use crate::protocol::{GameId, Tick};
use crate::ui::format::{count, exact_multiplier, signed, sol};

/// Lines that say how it came about.
const MAX_LINES: usize = 3;

/// The result of a game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GameResult {
    /// What happened, without the sum: `You got out at 20.00x`.
    pub caption: String,
    /// What happened in one sentence: `You got out at 20.00x: +0.1542`.
    pub headline: String,
    /// P&L of the game in SOL.
    pub sum: Decimal,
    /// The P&L as a share of everything that was spent in the game, in percent; `None` if nothing was.
    pub percent: Option<Decimal>,
    /// How it came about.
    pub lines: Vec<ResultLine>,
}

/// A line of the card: a text and its part of the P&L.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultLine {
    /// The text.
    pub text: String,
    /// The sum in SOL; `None` for a fact without one.
    pub sum: Option<Decimal>,
}

impl ResultLine {
    fn new(text: impl Into<String>, sum: impl Into<Option<Decimal>>) -> Self {
        let (text, sum) = (text.into(), sum.into());
        Self { text, sum }
    }
}

impl GameResult {
    /// Returns the result of a game that rugged at a tick; `None` if the player did not act in it.
    pub fn of(actions: &[Action], game_id: &GameId, rug_tick: Tick) -> Option<Self> {
        let of_game = actions.iter().filter(|row| row.game_id == *game_id);
        let is_done = |row: &&Action| row.status == ActionStatus::Confirmed;
        let mut rows: Vec<_> = of_game.filter(is_done).collect();
        rows.sort_by_key(|row| row.seq);
        if rows.is_empty() {
            return None;
        }
        let book = Book::of(&rows);
        let sum = rows.iter().filter_map(|row| row.pnl).sum();
        let (caption, headline) = match book.sales.last() {
            Some(last) if book.held.is_none() => {
                let caption = format!("You got out at {}", price(last));
                let headline = format!("{caption}: {}", signed(sum));
                (caption, headline)
            }
            _ => {
                let size = sol(sum.abs());
                let (words, headline) = match sum.cmp(&Decimal::ZERO) {
                    std::cmp::Ordering::Less => ("You lost", format!("You lost {size} SOL")),
                    std::cmp::Ordering::Greater => ("You won", format!("You won {size} SOL")),
                    std::cmp::Ordering::Equal => ("You broke even", "You broke even".to_owned()),
                };
                (words.to_owned(), headline)
            }
        };
        Some(Self {
            caption,
            headline,
            sum,
            percent: (sum * Decimal::ONE_HUNDRED).checked_div(book.spent),
            lines: book.lines(rug_tick),
        })
    }
}

/// The rows of a game, sorted by kind.
#[derive(Debug, Default)]
struct Book<'a> {
    buys: Vec<&'a Action>,
    sales: Vec<&'a Action>,
    /// The rug's row of the position, and its average cost.
    held: Option<(&'a Action, Option<Decimal>)>,
    /// Sidebets that were won and lost, with their P&L.
    sidebets: [Vec<Decimal>; 2],
    /// P&L of the trades, had the player sold everything with the last sale; `None` if they bought after it.
    sold_all: Option<Decimal>,
    /// All buys and stakes, and the cost of what the session started with.
    spent: Decimal,
}

impl<'a> Book<'a> {
    fn of(rows: &[&'a Action]) -> Self {
        let mut book = Self::default();
        let mut cost = None;
        // What the session started with has no buy.
        book.spent = rows.first().map_or(Decimal::ZERO, |row| cost_before(row));
        let mut realised = Decimal::ZERO;
        for &row in rows {
            let amount = row.amount.unwrap_or_default();
            let pnl = row.pnl.unwrap_or_default();
            match row.action {
                ActionKind::Buy => {
                    book.buys.push(row);
                    book.sold_all = None;
                    book.spent += amount;
                }
                ActionKind::Sell => {
                    let all = row.position_qty_after.unwrap_or_default();
                    let all = all + row.qty.unwrap_or_default();
                    let at = row.executed_price.or(row.price).unwrap_or_default();
                    let paid = cost_before(row);
                    book.sold_all = Some(realised + all.saturating_mul(at) - paid);
                    book.sales.push(row);
                    realised += pnl;
                }
                ActionKind::Liquidated => book.held = Some((row, cost)),
                ActionKind::SidebetPlace => book.spent += amount,
                ActionKind::SidebetWin => book.sidebets[0].push(pnl),
                ActionKind::SidebetLose => book.sidebets[1].push(pnl),
            }
            cost = row.entry_price.or(cost);
        }
        book
    }

    fn lines(&self, rug_tick: Tick) -> Vec<ResultLine> {
        let mut lines = Vec::new();
        lines.extend(self.sales_line());
        if let Some((row, cost)) = self.held {
            let held = row.qty.map_or("your position".to_owned(), |tokens| {
                format!("{} tokens", sol(tokens))
            });
            // Short enough for the card of a small window.
            let from = cost.map_or(String::new(), |cost| {
                format!(" from {}", exact_multiplier(cost))
            });
            let text = format!("Held {held}{from} to the rug");
            lines.push(ResultLine::new(text, row.pnl));
        }
        for (results, word) in self.sidebets.iter().zip(["won", "lost"]) {
            if !results.is_empty() {
                let n = results.len();
                let sidebets = if n == 1 {
                    "Sidebet".to_owned()
                } else {
                    count(n, "sidebet")
                };
                let sum: Decimal = results.iter().sum();
                lines.push(ResultLine::new(format!("{sidebets} {word}"), sum));
            }
        }
        match self.sales.last() {
            Some(last) if self.held.is_some() => lines.extend(self.sold_all.map(|sum| {
                let text = format!("If you had sold all at {}", price(last));
                ResultLine::new(text, sum)
            })),
            Some(last) => {
                let at = last.executed_tick.unwrap_or(last.tick);
                let ticks = count(rug_tick.saturating_sub(at), "tick");
                let text = format!("The game rugged {ticks} later");
                lines.push(ResultLine::new(text, None));
            }
            None => {}
        }
        lines.truncate(MAX_LINES);
        if lines.len() < MAX_LINES {
            lines.splice(0..0, self.buys_line());
        }
        lines
    }

    fn buys_line(&self) -> Option<ResultLine> {
        let sum: Decimal = self.buys.iter().filter_map(|row| row.amount).sum();
        let text = match self.buys[..] {
            [] => return None,
            [only] => format!("Bought {} SOL at {}", sol(sum), price(only)),
            _ => format!("Bought {} SOL in {} buys", sol(sum), self.buys.len()),
        };
        Some(ResultLine::new(text, None))
    }

    fn sales_line(&self) -> Option<ResultLine> {
        let when = if self.held.is_some() {
            " before the rug"
        } else {
            ""
        };
        let sum: Decimal = self.sales.iter().filter_map(|row| row.pnl).sum();
        let text = match self.sales[..] {
            [] => return None,
            [only] => {
                let share = only.sell_percent.map_or(String::new(), |share| {
                    format!(" {}\u{2009}%", share.normalize())
                });
                format!("Sold{share}{when} at {}", price(only))
            }
            [.., last] => {
                let n = self.sales.len();
                format!("Sold {n} times{when}, last at {}", price(last))
            }
        };
        Some(ResultLine::new(text, sum))
    }
}

/// Returns the cost of what was held before a row, in SOL.
fn cost_before(row: &Action) -> Decimal {
    let (qty, after) = (row.qty, row.position_qty_after.unwrap_or_default());
    let cost = row.entry_price.unwrap_or_default();
    let cost_after = after.saturating_mul(cost);
    let amount = row.amount.unwrap_or_default();
    match row.action {
        // The average cost is rounded: the whole position is this buy.
        ActionKind::Buy if qty.is_none_or(|qty| qty >= after) => Decimal::ZERO,
        ActionKind::Buy => cost_after - amount,
        ActionKind::Sell | ActionKind::Liquidated => {
            cost_after + amount - row.pnl.unwrap_or_default()
        }
        ActionKind::SidebetPlace | ActionKind::SidebetWin | ActionKind::SidebetLose => cost_after,
    }
}

/// Returns the price at which a row took effect. A buy of the presale takes effect at the start.
fn price(row: &Action) -> String {
    let price = row.executed_price.or(row.price);
    exact_multiplier(price.unwrap_or(Decimal::ONE))
}

#[cfg(test)]
mod tests;
