//! Searches the trades between two rows of a player: whole percents, thousandths of SOL, prices of known ticks.

use pianola::protocol::Tick;
use rust_decimal::Decimal;

use super::ledger::{LAMPORT, Ledger, Move};
use super::rows::{GamePrices, RowSighting};

/// Players use this many decimals of SOL.
const AMOUNT_DECIMALS: u32 = 3;

/// The shortest explanation of a row.
pub enum Found {
    None,
    One(Vec<Move>),
    Several,
}

/// The search for the trades between two rows.
pub struct Search<'a> {
    pub now: &'a Ledger,
    pub sighting: &'a RowSighting,
    /// The next rows, as long as the quantity stays.
    pub later: &'a [RowSighting],
    pub prices: &'a GamePrices,
    pub first: Tick,
}

impl Search<'_> {
    /// Whether the row is what the ledger says after the moves, closer than the tolerances ask.
    fn fits(&self, moves: &[Move]) -> bool {
        self.after(moves)
            .is_some_and(|then| self.agrees(&then, self.sighting, |_| true))
    }

    /// Whether the position goes on as the next rows say; it tells a sell of half at t from one at t + 1.
    pub fn lasts(&self, moves: &[Move]) -> bool {
        let trades = |field: &str| ["positionQty", "avgCost", "regularPnl"].contains(&field);
        let then = self.after(moves);
        then.is_some_and(|then| self.later.iter().all(|row| self.agrees(&then, row, trades)))
    }

    fn after(&self, moves: &[Move]) -> Option<Ledger> {
        let mut then = self.now.clone();
        moves
            .iter()
            .all(|m| then.apply(*m, self.prices))
            .then_some(then)
    }

    fn agrees(&self, then: &Ledger, row: &RowSighting, asked: impl Fn(&str) -> bool) -> bool {
        let residuals = then.residuals(row, self.prices);
        residuals.iter().filter(|r| asked(r.field)).all(|r| {
            let bound = match r.field {
                "positionQty" => LAMPORT * Decimal::from(3),
                "regularPnl" | "pnl" => LAMPORT * Decimal::from(4 * (2 + then.trades)),
                _ => r.allowed,
            };
            r.distance <= bound.min(r.allowed)
        })
    }

    fn ticks(&self) -> impl Iterator<Item = (Tick, Decimal)> + Clone {
        let last = if self.sighting.presale {
            0
        } else {
            self.sighting.tick
        };
        self.prices.between(self.first, last)
    }

    /// Returns the shortest explanation.
    pub fn moves(&self) -> Found {
        if self.fits(&[]) {
            return Found::One(Vec::new());
        }
        match self.choose(self.singles()) {
            Found::None => self.choose(self.pairs()),
            found => found,
        }
    }

    fn choose(&self, hypotheses: Vec<Vec<Move>>) -> Found {
        let mut fitting: Vec<_> = hypotheses.into_iter().filter(|h| self.fits(h)).collect();
        fitting.dedup();
        if fitting.len() > 1 {
            fitting.retain(|h| self.lasts(h));
        }
        match fitting.len() {
            0 => Found::None,
            1 => Found::One(fitting.remove(0)),
            _ => Found::Several,
        }
    }

    fn singles(&self) -> Vec<Vec<Move>> {
        let (before, after) = (self.now.books.position.qty(), self.sighting.qty());
        let mut all = Vec::new();
        for (tick, price) in self.ticks() {
            if after > before {
                all.extend(buy(tick, price, after - before).map(|b| vec![b]));
            } else if !before.is_zero() {
                let percent = percent(Decimal::ONE - after / before);
                all.extend(percent.map(|percent| vec![Move::Sell { tick, percent }]));
            }
        }
        all
    }

    fn pairs(&self) -> Vec<Vec<Move>> {
        let (before, after) = (self.now.books.position.qty(), self.sighting.qty());
        let mut all = Vec::new();
        // Sell, then buy; or two sells.
        for part in (1..=100).filter(|_| !before.is_zero()) {
            let left = before * (Decimal::ONE_HUNDRED - Decimal::from(part)) / Decimal::ONE_HUNDRED;
            for (second, price) in self.ticks() {
                let then = if after > left {
                    buy(second, price, after - left)
                } else if left.is_zero() {
                    None
                } else {
                    percent(Decimal::ONE - after / left).map(|percent| Move::Sell {
                        tick: second,
                        percent,
                    })
                };
                let Some(then) = then else { continue };
                for (tick, _) in self.ticks().take_while(|(t, _)| *t <= second) {
                    all.push(vec![
                        Move::Sell {
                            tick,
                            percent: part,
                        },
                        then,
                    ]);
                }
            }
        }
        // Buy, then sell a part.
        for part in (1..100).filter(|_| !after.is_zero()) {
            let top = after * Decimal::ONE_HUNDRED / Decimal::from(100 - part);
            for (first, price) in self.ticks().filter(|_| top > before) {
                let Some(then) = buy(first, price, top - before) else {
                    continue;
                };
                for (tick, _) in self.ticks().filter(|(t, _)| *t >= first) {
                    all.push(vec![
                        then,
                        Move::Sell {
                            tick,
                            percent: part,
                        },
                    ]);
                }
            }
        }
        // Two buys: the money gives the sum, the quantity gives the shares.
        let Some(regular) = self.sighting.row.regular_pnl else {
            return all;
        };
        let mut sums = Vec::new();
        for back in [0, 1] {
            if let Some(price) = self.prices.price(self.sighting.tick.saturating_sub(back)) {
                let cash = self.now.books.regular_pnl(price) - before * price;
                sums.push(
                    (cash + after * price + self.now.regular_before - regular)
                        .round_dp(AMOUNT_DECIMALS),
                );
            }
        }
        sums.dedup();
        for ((first, p1), sum) in self.ticks().flat_map(|t| sums.iter().map(move |s| (t, *s))) {
            for (second, p2) in self.ticks().filter(|(t, p2)| *t >= first && *p2 != p1) {
                let slope = Decimal::ONE / p1 - Decimal::ONE / p2;
                let amount = ((after - before - sum / p2) / slope).round_dp(AMOUNT_DECIMALS);
                if amount > Decimal::ZERO && amount < sum {
                    let rest = sum - amount;
                    all.push(vec![
                        Move::Buy {
                            tick: first,
                            amount,
                        },
                        Move::Buy {
                            tick: second,
                            amount: rest,
                        },
                    ]);
                }
            }
        }
        all
    }
}

/// Returns the buy that gives the tokens at the price, if its amount is one that players use.
fn buy(tick: Tick, price: Decimal, qty: Decimal) -> Option<Move> {
    let amount = (qty * price).round_dp(AMOUNT_DECIMALS);
    if amount > Decimal::ZERO && (amount / price - qty).abs() <= LAMPORT * Decimal::from(4) {
        return Some(Move::Buy { tick, amount });
    }
    // At 1 the tokens are the amount, whatever its digits: leftovers are traded as well.
    (price == Decimal::ONE).then_some(Move::Buy { tick, amount: qty })
}

/// Returns the whole percents that a share is, as far as a lamport can tell.
fn percent(share: Decimal) -> Option<u32> {
    let whole = (share * Decimal::ONE_HUNDRED).round();
    u32::try_from(whole).ok().filter(|p| (1..=100).contains(p))
}
