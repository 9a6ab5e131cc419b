//! The books that the tests keep for another player, and how far they may be from the server's row (the tolerances of
//! `protocol.md` 4.4).

use pianola::account::{GameBook, Position};
use pianola::protocol::Tick;
use rust_decimal::Decimal;

use super::rows::{GamePrices, RowSighting};

/// 1e-9 SOL.
pub const LAMPORT: Decimal = Decimal::from_parts(1, 0, 0, false, 9);

/// What a player did.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Move {
    Buy { tick: Tick, amount: Decimal },
    Sell { tick: Tick, percent: u32 },
    Bet { tick: Tick, stake: Decimal },
    Settle { tick: Tick, rugged: bool },
}

/// The arithmetic under test, or a wrong one as a control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Rule {
    #[default]
    Ours,
    /// A sell takes the newest lots first.
    NewestFirst,
    /// All lots are one at their mean cost.
    MeanCost,
    /// `regularPnl` is the money.
    Money,
    /// The P&L uses the price of the row's own tick only.
    NoLag,
}

/// Books and what is not in them.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    pub books: GameBook,
    pub rule: Rule,
    /// P&L of the trades before the books were opened.
    pub regular_before: Decimal,
    /// The same of the sidebets.
    pub sidebets_before: Decimal,
    /// The books know everything since the presale, so `totalInvested` can be compared.
    pub whole: bool,
    pub trades: u32,
}

impl Ledger {
    /// Applies a move; false if the books refuse it.
    pub fn apply(&mut self, what: Move, prices: &GamePrices) -> bool {
        match what {
            Move::Buy { tick, amount } => {
                self.trades += 1;
                let bought = self.books.buy(amount, prices.price(tick).unwrap());
                if self.rule == Rule::MeanCost {
                    let (qty, cost) = self
                        .lots()
                        .iter()
                        .fold((Decimal::ZERO, Decimal::ZERO), |(qty, cost), (q, p)| {
                            (qty + q, cost + q * p)
                        });
                    self.books.position = position([(qty, cost / qty)]);
                }
                bought.is_some()
            }
            Move::Sell { tick, percent } => {
                self.trades += 1;
                self.turn_if_newest_first();
                let price = prices.price(tick).unwrap();
                self.books.sell_percent(percent.into(), price);
                self.turn_if_newest_first();
                true
            }
            Move::Bet { tick, stake } => self.books.place_sidebet(stake, tick),
            Move::Settle { tick, rugged } => self.books.settle_sidebet(tick, rugged).is_some(),
        }
    }

    fn lots(&self) -> Vec<(Decimal, Decimal)> {
        let lots = self.books.position.lots();
        lots.map(|lot| (lot.qty, lot.price)).collect()
    }

    fn turn_if_newest_first(&mut self) {
        if self.rule == Rule::NewestFirst {
            self.books.position = position(self.lots().into_iter().rev());
        }
    }

    fn regular_pnl(&self, price: Decimal) -> Decimal {
        match self.rule {
            Rule::Money => self.books.money_pnl(price),
            _ => self.books.regular_pnl(price),
        }
    }

    /// Returns the distance to the row and what 4.4 allows, field by field.
    pub fn residuals(&self, sighting: &RowSighting, prices: &GamePrices) -> Vec<Residual> {
        let (row, books) = (&sighting.row, &self.books);
        let (micro, nano) = (LAMPORT * Decimal::from(1000), LAMPORT);
        let qty = books.position.qty();
        let mut all = Vec::new();
        let mut add = |field, ours: Decimal, server: Decimal, allowed| {
            all.push(Residual {
                field,
                distance: (ours - server).abs(),
                allowed,
            });
        };
        add("positionQty", qty, sighting.qty(), nano * Decimal::TEN);
        let lots = Decimal::from(4 * books.position.lots().count());
        let average = books.position.average_cost().unwrap_or_default();
        let allowed = (nano * lots).checked_div(qty).unwrap_or_default();
        add(
            "avgCost",
            average,
            row.avg_cost.unwrap(),
            micro.max(allowed),
        );
        let invested = row.total_invested.unwrap();
        let comparable = self.whole && !sighting.practice();
        if comparable {
            add("totalInvested", books.total_invested(), invested, micro);
        }
        // The presale has no parts.
        let (Some(regular), Some(sidebets)) = (row.regular_pnl, row.sidebet_pnl) else {
            return all;
        };
        let money = micro.min(nano * Decimal::TEN * Decimal::from(1 + self.trades));
        // One tick of lag: the nearer of the two prices counts.
        let back = sighting
            .tick
            .checked_sub(1)
            .filter(|_| self.rule != Rule::NoLag);
        let ticks = [Some(sighting.tick), back].into_iter().flatten();
        let ours = |price: Decimal| self.regular_pnl(price) + self.regular_before;
        let price = ticks
            .filter_map(|tick| prices.price(tick))
            .min_by_key(|price| (ours(*price) - regular).abs())
            .unwrap();
        add("regularPnl", ours(price), regular, money);
        let ours = books.sidebet_pnl() + self.sidebets_before;
        add("sidebetPnl", ours, sidebets, nano);
        let before = self.regular_before + self.sidebets_before;
        add(
            "pnl",
            books.regular_pnl(price) + books.sidebet_pnl() + before,
            row.pnl.unwrap(),
            money,
        );
        // The quotient is exact but for the double's last digits, whatever our books say.
        let quotient = (row.pnl.unwrap() * Decimal::ONE_HUNDRED).checked_div(invested);
        if let Some(quotient) = quotient {
            let (percent, allowed) = (row.pnl_percent.unwrap(), nano / Decimal::ONE_THOUSAND);
            add("pnl / totalInvested", quotient, percent, allowed);
        }
        let pnl = (books.regular_pnl(price) + books.sidebet_pnl()) * Decimal::ONE_HUNDRED;
        if comparable && let Some(percent) = pnl.checked_div(books.total_invested()) {
            // What the allowances of the two parts of the quotient leave.
            let share = (row.pnl.unwrap() / invested).abs();
            let allowed = Decimal::ONE_HUNDRED / invested * (money + micro * share);
            add("pnlPercent", percent, row.pnl_percent.unwrap(), allowed);
        }
        all
    }
}

/// Returns the position that holds the lots (quantity, price), oldest first.
pub fn position(lots: impl IntoIterator<Item = (Decimal, Decimal)>) -> Position {
    let mut position = Position::default();
    for (qty, price) in lots {
        // A thousandth of a lamport more than it costs: the cut gives the quantity itself.
        let bought = position.buy(qty * price + LAMPORT / Decimal::ONE_THOUSAND, price);
        assert_eq!(bought, Some(qty));
    }
    position
}

/// The distance of one field.
#[derive(Debug, Clone, Copy)]
pub struct Residual {
    pub field: &'static str,
    pub distance: Decimal,
    pub allowed: Decimal,
}

impl Residual {
    pub fn ok(&self) -> bool {
        self.distance <= self.allowed
    }
}
