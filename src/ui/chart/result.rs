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
    /// The P&L as a share of what was invested, in percent; `None` if nothing was.
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
            percent: (sum * Decimal::ONE_HUNDRED).checked_div(book.invested),
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
    /// The highest outlay, and all stakes.
    invested: Decimal,
}

impl<'a> Book<'a> {
    fn of(rows: &[&'a Action]) -> Self {
        let mut book = Self::default();
        let mut cost = None;
        let (mut outlay, mut highest, mut stakes) = (Decimal::ZERO, Decimal::ZERO, Decimal::ZERO);
        // Cost of what is held, and P&L of what was sold.
        let (mut held_cost, mut realised) = (Decimal::ZERO, Decimal::ZERO);
        for &row in rows {
            let amount = row.amount.unwrap_or_default();
            let pnl = row.pnl.unwrap_or_default();
            match row.action {
                ActionKind::Buy => {
                    book.buys.push(row);
                    book.sold_all = None;
                    outlay += amount;
                    held_cost += amount;
                    highest = highest.max(outlay);
                }
                ActionKind::Sell => {
                    let all = row.position_qty_after.unwrap_or_default();
                    let all = all + row.qty.unwrap_or_default();
                    let at = row.executed_price.or(row.price).unwrap_or_default();
                    book.sold_all = Some(realised + all.saturating_mul(at) - held_cost);
                    book.sales.push(row);
                    outlay -= amount;
                    held_cost -= amount - pnl;
                    realised += pnl;
                }
                ActionKind::Liquidated => book.held = Some((row, cost)),
                ActionKind::SidebetPlace => stakes += amount,
                ActionKind::SidebetWin => book.sidebets[0].push(pnl),
                ActionKind::SidebetLose => book.sidebets[1].push(pnl),
            }
            cost = row.entry_price.or(cost);
        }
        book.invested = highest + stakes;
        book
    }

    fn lines(&self, rug_tick: Tick) -> Vec<ResultLine> {
        let mut lines = Vec::new();
        lines.extend(self.sales_line());
        if let Some((row, cost)) = self.held {
            let held = row.qty.map_or("your position".to_owned(), |tokens| {
                format!("{} tokens", sol(tokens))
            });
            let bought = cost.map_or(String::new(), |cost| {
                format!(", bought at {}", exact_multiplier(cost))
            });
            let text = format!("Held {held} into the rug{bought}");
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

/// Returns the price at which a row took effect. A buy of the presale takes effect at the start.
fn price(row: &Action) -> String {
    let price = row.executed_price.or(row.price);
    exact_multiplier(price.unwrap_or(Decimal::ONE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::ActionSource;
    use crate::game::Time;
    use crate::protocol::number;

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    fn game() -> GameId {
        GameId::new("now").expect("an id")
    }

    fn row(seq: u32, action: ActionKind, tick: Tick, amount: &str, price: &str) -> Action {
        Action {
            seq,
            status: ActionStatus::Confirmed,
            amount: Some(d(amount)),
            executed_tick: Some(tick),
            executed_price: Some(d(price)),
            ..Action::new(action, ActionSource::Mouse, game(), Time::UNIX_EPOCH)
        }
    }

    fn buy(seq: u32, tick: Tick, amount: &str, price: &str) -> Action {
        Action {
            entry_price: Some(d(price)),
            ..row(seq, ActionKind::Buy, tick, amount, price)
        }
    }

    fn sale(seq: u32, tick: Tick, amount: &str, price: &str, pnl: &str) -> Action {
        Action {
            pnl: Some(d(pnl)),
            position_qty_after: Some(Decimal::ZERO),
            sell_percent: Some(d("100")),
            ..row(seq, ActionKind::Sell, tick, amount, price)
        }
    }

    fn result(rows: &[Action]) -> GameResult {
        GameResult::of(rows, &game(), 291).expect("the player acted")
    }

    fn lines(result: &GameResult) -> Vec<String> {
        let text = |line: &ResultLine| {
            let sum = line.sum.map_or("–".to_owned(), signed);
            format!("{} | {sum}", line.text)
        };
        result.lines.iter().map(text).collect()
    }

    /// The game of the mock-up: a quarter was sold, the rest was lost in the rug.
    #[test]
    fn a_loss_says_what_was_sold_and_what_was_held_into_the_rug() {
        let mut sold = sale(2, 260, "0.032817589", "4.03", "0.007817589");
        sold.sell_percent = Some(d("25"));
        sold.qty = Some(d("0.008143322"));
        sold.position_qty_after = Some(d("0.024429967"));
        sold.entry_price = Some(d("3.07"));
        let mut held = row(3, ActionKind::Liquidated, 291, "0.0003", "0.01");
        held.qty = Some(d("0.024429967"));
        held.pnl = Some(d("-0.0747"));
        let rows = [buy(1, 245, "0.1", "3.07"), sold, held];
        let result = result(&rows);
        assert_eq!(result.caption, "You lost");
        assert_eq!(result.headline, "You lost 0.0669 SOL");
        assert_eq!(result.percent.map(|p| p.round_dp(1)), Some(d("-66.9")));
        assert_eq!(
            lines(&result),
            [
                "Sold 25\u{2009}% before the rug at 4.03x | +0.0078",
                "Held 0.0244 tokens into the rug, bought at 3.07x | −0.0747",
                "If you had sold all at 4.03x | +0.0313",
            ]
        );
        // What was bought after the sale is not in that sum.
        let [bought, sold, held] = rows;
        let rows = [bought, sold, buy(3, 270, "0.1", "5"), held];
        let lines = GameResult::of(&rows, &game(), 291).expect("a result").lines;
        assert!(
            lines
                .iter()
                .all(|line| !line.text.starts_with("If you had"))
        );
    }

    #[test]
    fn a_player_who_got_out_reads_at_which_price_and_how_much_later_the_game_rugged() {
        let rows = [
            buy(1, 10, "0.01", "1.5"),
            sale(2, 250, "0.1642", "20", "0.1542"),
        ];
        let result = result(&rows);
        assert_eq!(result.caption, "You got out at 20.00x");
        assert_eq!(result.headline, "You got out at 20.00x: +0.1542");
        assert_eq!(
            lines(&result),
            [
                "Bought 0.0100 SOL at 1.50x | –",
                "Sold 100\u{2009}% at 20.00x | +0.1542",
                "The game rugged 41 ticks later | –",
            ]
        );
        let loss = [
            buy(1, 10, "0.01", "1.5"),
            sale(2, 290, "0.008", "1.2", "-0.002"),
        ];
        let result = GameResult::of(&loss, &game(), 291).expect("a result");
        assert_eq!(result.headline, "You got out at 1.20x: −0.0020");
        assert_eq!(result.lines[2].text, "The game rugged 1 tick later");
    }

    #[test]
    fn all_lost_without_a_sale() {
        let mut held = row(3, ActionKind::Liquidated, 291, "0.0003", "0.0041");
        held.qty = Some(d("0.5"));
        held.pnl = Some(d("-0.7451"));
        let mut second = buy(2, 20, "0.2454", "1.6");
        second.entry_price = Some(d("1.49"));
        let rows = [buy(1, 10, "0.5", "1.4"), second, held];
        let result = result(&rows);
        assert_eq!(result.headline, "You lost 0.7451 SOL");
        assert_eq!(
            lines(&result),
            [
                "Bought 0.7454 SOL in 2 buys | –",
                "Held 0.5000 tokens into the rug, bought at 1.49x | −0.7451",
            ]
        );
    }

    /// The rug's row of a table that does not say how much it took.
    #[test]
    fn an_unknown_position_is_not_a_dash() {
        let mut held = row(2, ActionKind::Liquidated, 291, "0.0003", "0.01");
        held.pnl = Some(d("-0.01"));
        assert_eq!(
            lines(&result(&[buy(1, 10, "0.01", "1.5"), held])),
            [
                "Bought 0.0100 SOL at 1.50x | –",
                "Held your position into the rug, bought at 1.50x | −0.0100",
            ]
        );
    }

    #[test]
    fn sidebets_alone_are_won_lost_or_even() {
        let settled = |seq, action, pnl: &str| Action {
            pnl: Some(d(pnl)),
            ..row(seq, action, 291, "0.01", "0.01")
        };
        let place = |seq, tick| row(seq, ActionKind::SidebetPlace, tick, "0.01", "1.5");
        let won = [place(1, 260), settled(2, ActionKind::SidebetWin, "0.04")];
        let result_of = |rows: &[Action]| result(rows);
        assert_eq!(result_of(&won).headline, "You won 0.0400 SOL");
        assert_eq!(result_of(&won).percent, Some(d("400")));
        assert_eq!(lines(&result_of(&won)), ["Sidebet won | +0.0400"]);
        let lost = [
            place(1, 60),
            settled(2, ActionKind::SidebetLose, "-0.01"),
            place(3, 160),
            settled(4, ActionKind::SidebetLose, "-0.01"),
        ];
        assert_eq!(result_of(&lost).headline, "You lost 0.0200 SOL");
        assert_eq!(lines(&result_of(&lost)), ["2 sidebets lost | −0.0200"]);
        let even = [place(1, 60), settled(2, ActionKind::SidebetLose, "0")];
        assert_eq!(result_of(&even).headline, "You broke even");
    }

    #[test]
    fn other_games_and_refused_orders_leave_no_card() {
        let mut refused = buy(1, 10, "0.01", "1.5");
        refused.status = ActionStatus::Refused;
        let mut other = buy(2, 10, "0.01", "1.5");
        other.game_id = GameId::new("before").expect("an id");
        assert_eq!(GameResult::of(&[refused, other], &game(), 291), None);
    }
}
