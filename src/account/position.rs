//! A position: lots bought at a price, sold oldest first.
//!
//! Prices come from outside: an absurd one saturates, it does not panic.

use std::collections::VecDeque;

use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::protocol::number;

/// Decimals of SOL and of tokens; the last one is a lamport.
const DECIMALS: u32 = 9;

/// Returns the value cut (not rounded) to whole lamports, as the server does.
pub fn lamports(value: Decimal) -> Decimal {
    value.round_dp_with_strategy(DECIMALS, RoundingStrategy::ToZero)
}

/// Tokens bought at one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lot {
    /// Tokens.
    #[serde(with = "number::text::always")]
    pub qty: Decimal,
    /// Multiplier at which they were bought.
    #[serde(with = "number::text::always")]
    pub price: Decimal,
}

/// A lot with the money that left the wallet for it: up to a lamport's worth of a token more than quantity x price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct PaidLot {
    lot: Lot,
    paid: Decimal,
}

/// The effect of a sell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sale {
    /// Tokens sold.
    pub qty: Decimal,
    /// SOL received.
    pub proceeds: Decimal,
    /// Cost of the sold tokens, quantity x price.
    pub cost: Decimal,
    /// SOL that the wallet had paid for them, in whole lamports.
    pub paid: Decimal,
}

/// The lots a player holds in one game, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Position {
    lots: VecDeque<PaidLot>,
}

impl Position {
    /// Returns a position of lots whose buys were not seen, oldest first.
    pub fn of(lots: impl IntoIterator<Item = Lot>) -> Self {
        let lots = lots.into_iter().filter(|lot| lot.qty > Decimal::ZERO);
        let paid = |lot: Lot| PaidLot {
            lot,
            paid: lamports(lot.qty.saturating_mul(lot.price)),
        };
        Self {
            lots: lots.map(paid).collect(),
        }
    }

    /// Buys for `amount` SOL at `price`. Returns the tokens bought; `None` if amount or price is not above zero, or if
    /// that is less than one lamport of tokens.
    pub fn buy(&mut self, amount: Decimal, price: Decimal) -> Option<Decimal> {
        if amount <= Decimal::ZERO || price <= Decimal::ZERO {
            return None;
        }
        let qty = lamports(amount.checked_div(price)?);
        if qty.is_zero() {
            return None;
        }
        self.lots.push_back(PaidLot {
            lot: Lot { qty, price },
            paid: amount,
        });
        Some(qty)
    }

    /// Sells `percent` (0 to 100) of the tokens at `price`, oldest lots first, each lot paid by itself.
    pub fn sell_percent(&mut self, percent: Decimal, price: Decimal) -> Sale {
        let qty = self.qty();
        let share = percent.clamp(Decimal::ZERO, Decimal::ONE_HUNDRED) / Decimal::ONE_HUNDRED;
        self.sell(
            if share == Decimal::ONE {
                qty
            } else {
                lamports(qty * share)
            },
            price,
        )
    }

    /// Sells at most `qty` tokens at `price`, oldest lots first, each lot paid by itself.
    pub fn sell(&mut self, qty: Decimal, price: Decimal) -> Sale {
        let mut sale = Sale::default();
        while sale.qty < qty
            && let Some(PaidLot { lot, paid }) = self.lots.front_mut()
        {
            let part = lot.qty.min(qty - sale.qty);
            let share = if lot.qty == part {
                *paid
            } else {
                lamports(paid.saturating_mul(part / lot.qty))
            };
            *paid -= share;
            sale.paid = sale.paid.saturating_add(share);
            sale.qty += part;
            sale.proceeds = sale
                .proceeds
                .saturating_add(lamports(part.saturating_mul(price)));
            sale.cost = sale.cost.saturating_add(part.saturating_mul(lot.price));
            lot.qty -= part;
            if lot.qty.is_zero() {
                self.lots.pop_front();
            }
        }
        sale
    }

    /// Returns the tokens held.
    pub fn qty(&self) -> Decimal {
        self.lots()
            .map(|lot| lot.qty)
            .fold(Decimal::ZERO, Decimal::saturating_add)
    }

    /// Returns the average cost of the lots held, cut to 9 decimals; `None` without a position.
    pub fn average_cost(&self) -> Option<Decimal> {
        let costs = self.lots().map(|lot| lot.qty.saturating_mul(lot.price));
        let cost = costs.fold(Decimal::ZERO, Decimal::saturating_add);
        cost.checked_div(self.qty()).map(lamports)
    }

    /// Returns the lots, oldest first.
    pub fn lots(&self) -> impl ExactSizeIterator<Item = &Lot> {
        self.lots.iter().map(|lot| &lot.lot)
    }

    /// Returns the SOL that the wallet paid for the lots held.
    pub fn paid(&self) -> Decimal {
        let paid = self.lots.iter().map(|lot| lot.paid);
        paid.fold(Decimal::ZERO, Decimal::saturating_add)
    }

    /// Whether nothing is held.
    pub fn is_flat(&self) -> bool {
        self.lots.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::protocol::number::parse;

    fn d(text: &str) -> Decimal {
        parse(text).expect("a decimal")
    }

    /// The worked examples 1, 2 and 5 of `docs/protocol.md` 4.4.
    #[test]
    fn a_buy_gives_amount_by_price_cut_to_lamports() {
        let mut position = Position::default();
        assert_eq!(
            position.buy(d("0.728"), d("0.9777456387635755")),
            Some(d("0.744569928"))
        );
        let mut position = Position::default();
        position.buy(d("0.002"), d("1"));
        assert_eq!(
            position.buy(d("0.002"), d("1.4444769765026393")),
            Some(d("0.001384584"))
        );
        assert_eq!(position.qty(), d("0.003384584"));
    }

    /// Example 3.
    #[test]
    fn a_sell_pays_quantity_by_price_cut_to_lamports() {
        let mut position = Position::of([Lot {
            qty: d("0.214836938"),
            price: d("1"),
        }]);
        let sale = position.sell_percent(d("100"), d("1.0312804267337432"));
        assert_eq!(sale.proceeds, d("0.221557129"));
        assert!(position.is_flat());
    }

    /// Examples 7 to 9: a chain of two half sells, lot by lot.
    #[test]
    fn a_partial_sell_takes_the_oldest_lots_first() {
        let lots = [
            ("0.039354939", "1.270488554"),
            ("0.03862615", "1.294459819"),
            ("0.038032376", "1.314669345"),
            ("0.048550326", "1.029859182"),
        ];
        let mut position = Position::of(lots.map(|(q, p)| Lot {
            qty: d(q),
            price: d(p),
        }));
        assert_eq!(position.average_cost(), Some(d("1.215334159")));
        position.sell_percent(d("50"), d("1"));
        // Residual of the example: 2e-9 rounded, up to 3e-9 with the cut.
        let server = d("1.14661748");
        assert!(
            (position.average_cost().expect("half is left") - server).abs() <= d("0.000000003")
        );
        position.sell_percent(d("50"), d("1"));
        assert_eq!(position.average_cost(), Some(d("1.029859182")));
    }

    /// The cost leaves with the tokens: when all are sold, none of it is left and none was added.
    #[test]
    fn the_cost_leaves_with_the_tokens() {
        let mut position = Position::default();
        position.buy(d("0.01"), d("0.9777456387635755"));
        position.buy(d("0.003"), d("1.4444769765026393"));
        let mut paid = Decimal::ZERO;
        for percent in ["33", "50", "10", "100"] {
            paid += position.sell_percent(d(percent), d("1")).paid;
            assert_eq!(paid + position.paid(), d("0.013"));
        }
        assert!(position.is_flat());
    }

    #[test]
    fn absurd_prices_do_not_panic() {
        let mut position = Position::default();
        position.buy(d("1"), d("0.000001"));
        position.buy(Decimal::MAX, d("1"));
        assert!(position.average_cost().is_some());
        assert_eq!(
            position.sell_percent(d("100"), Decimal::MAX).proceeds,
            Decimal::MAX
        );
    }

    #[test]
    fn an_impossible_trade_changes_nothing() {
        let mut position = Position::default();
        for (amount, price) in [
            ("0", "1"),
            ("-1", "1"),
            ("1", "0"),
            ("1", "-1"),
            ("0.000000001", "100"),
        ] {
            assert_eq!(
                position.buy(d(amount), d(price)),
                None,
                "{amount} at {price}"
            );
        }
        assert_eq!(position.sell_percent(d("100"), d("1")), Sale::default());
        assert_eq!(position.average_cost(), None);
    }
}
