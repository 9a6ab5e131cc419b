//! A player's account: the wallet, and the positions of the running game. Every change of it is an [`AccountEvent`]:
//! live play, the practice table and the replay of a session all go through [`Account::apply`].

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::game_book::{GameBook, OpenSidebet, SIDEBET_PAYOUT};
use super::position::Lot;
use crate::protocol::Tick;

/// Something that changes an account, with everything that is decided elsewhere: price, tick, outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AccountEvent {
    /// Buys tokens for `amount` SOL.
    Buy {
        /// SOL paid.
        amount: Decimal,
        /// Multiplier.
        price: Decimal,
    },
    /// Sells a share of the position.
    Sell {
        /// 0 to 100.
        percent: Decimal,
        /// Multiplier.
        price: Decimal,
    },
    /// Places a bet that the game rugs within 40 ticks.
    PlaceSidebet {
        /// SOL.
        stake: Decimal,
        /// First tick of the window.
        tick: Tick,
    },
    /// The running sidebet is won.
    WinSidebet,
    /// The running sidebet is lost.
    LoseSidebet,
    /// The rug sold everything.
    Liquidate {
        /// The rug price.
        price: Decimal,
    },
    /// Replaces our numbers by the server's; `None` keeps ours.
    Correct {
        /// Wallet.
        balance: Option<Decimal>,
        /// Tokens held.
        qty: Option<Decimal>,
        /// Average cost.
        cost: Option<Decimal>,
    },
}

/// The effect of an event on an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Applied {
    /// SOL paid, received, staked, paid out or lost; never negative.
    pub amount: Decimal,
    /// Tokens bought or sold.
    pub qty: Option<Decimal>,
    /// Profit realised: what came in less what had been paid for it.
    pub pnl: Option<Decimal>,
}

/// The numbers of an account that rows and comparisons use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    /// Wallet in SOL.
    pub balance: Decimal,
    /// Tokens held.
    pub position_qty: Decimal,
    /// Average cost of the lots held; `None` without a position.
    pub entry_price: Option<Decimal>,
    /// Lots held.
    pub lots: usize,
}

/// A player's account.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Account {
    balance: Decimal,
    book: GameBook,
}

impl Account {
    /// Returns an account with this wallet and these lots.
    pub fn new(balance: Decimal, lots: impl IntoIterator<Item = Lot>) -> Self {
        Self {
            balance,
            book: GameBook::holding(lots),
        }
    }

    /// Returns an account with a running sidebet, whose stake was taken from the wallet before.
    pub fn with_sidebet(
        balance: Decimal,
        lots: impl IntoIterator<Item = Lot>,
        sidebet: Option<OpenSidebet>,
    ) -> Self {
        let mut account = Self::new(balance, lots);
        account.book.sidebet = sidebet;
        account
    }

    /// Returns the wallet in SOL.
    pub fn balance(&self) -> Decimal {
        self.balance
    }

    /// Returns the books of the running game.
    pub fn book(&self) -> &GameBook {
        &self.book
    }

    /// Returns wallet, position and average cost.
    pub fn holding(&self) -> Holding {
        let position = &self.book.position;
        Holding {
            balance: self.balance,
            position_qty: position.qty().normalize(),
            entry_price: position.average_cost().map(|cost| cost.normalize()),
            lots: position.lots().len(),
        }
    }

    /// Returns wallet, position at this price, and the stake of a running sidebet, in SOL.
    pub fn value(&self, price: Decimal) -> Decimal {
        let position = self.book.position.qty().saturating_mul(price);
        let stake = self.book.sidebet.map_or(Decimal::ZERO, |bet| bet.stake);
        self.balance.saturating_add(position).saturating_add(stake)
    }

    /// Whether neither a position nor a sidebet is open.
    pub fn is_idle(&self) -> bool {
        self.book.position.is_flat() && self.book.sidebet.is_none()
    }

    /// Whether an account can have these numbers: none is negative, and no lot is empty.
    pub fn is_possible(&self) -> bool {
        let lots = self.book.position.lots();
        let stake = self.book.sidebet.map_or(Decimal::ZERO, |bet| bet.stake);
        let mut lots = lots.map(|lot| lot.qty > Decimal::ZERO && lot.price >= Decimal::ZERO);
        let paid = self.book.position.paid();
        let none_negative = [self.balance, stake, paid]
            .iter()
            .all(|n| !n.is_sign_negative() || n.is_zero());
        none_negative && lots.all(|possible| possible)
    }

    /// Begins the book of another game. What the game before left open stays; settle it first.
    pub fn new_game(&mut self) {
        let sidebet = self.book.sidebet;
        self.book = GameBook::holding(self.book.position.lots().copied().collect::<Vec<_>>());
        self.book.sidebet = sidebet;
    }

    /// Applies an event. `None`: it is impossible (nothing to sell, no bet to decide, more than the wallet holds), and
    /// nothing changed.
    pub fn apply(&mut self, event: &AccountEvent) -> Option<Applied> {
        let applied = match *event {
            AccountEvent::Buy { amount, .. } if amount > self.balance => return None,
            AccountEvent::Buy { amount, price } => {
                let qty = self.book.buy(amount, price)?;
                self.move_cash(-amount);
                Applied {
                    amount,
                    qty: Some(qty),
                    pnl: None,
                }
            }
            AccountEvent::Sell { percent, price } => self.sell(percent, price)?,
            AccountEvent::Liquidate { price } => self.sell(Decimal::ONE_HUNDRED, price)?,
            AccountEvent::PlaceSidebet { stake, .. } if stake > self.balance => return None,
            AccountEvent::PlaceSidebet { stake, tick } => {
                if stake <= Decimal::ZERO || !self.book.place_sidebet(stake, tick) {
                    return None;
                }
                self.move_cash(-stake);
                Applied {
                    amount: stake,
                    ..Applied::default()
                }
            }
            AccountEvent::WinSidebet => {
                let bet = self.book.take_sidebet(SIDEBET_PAYOUT)?;
                let payout = bet.stake.saturating_mul(SIDEBET_PAYOUT);
                self.move_cash(payout);
                Applied {
                    amount: payout,
                    qty: None,
                    pnl: Some(payout.saturating_sub(bet.stake)),
                }
            }
            AccountEvent::LoseSidebet => {
                let bet = self.book.take_sidebet(Decimal::ZERO)?;
                Applied {
                    amount: bet.stake,
                    qty: None,
                    pnl: Some(-bet.stake),
                }
            }
            AccountEvent::Correct { balance, qty, cost } => {
                self.correct(balance, qty, cost);
                Applied::default()
            }
        };
        Some(Applied {
            amount: applied.amount.normalize(),
            qty: applied.qty.map(|qty| qty.normalize()),
            pnl: applied.pnl.map(|pnl| pnl.normalize()),
        })
    }

    fn sell(&mut self, percent: Decimal, price: Decimal) -> Option<Applied> {
        let sale = self.book.sell_percent(percent, price);
        if sale.qty.is_zero() {
            return None;
        }
        self.move_cash(sale.proceeds);
        Some(Applied {
            amount: sale.proceeds,
            qty: Some(sale.qty),
            pnl: Some(sale.proceeds.saturating_sub(sale.paid)),
        })
    }

    fn correct(&mut self, balance: Option<Decimal>, qty: Option<Decimal>, cost: Option<Decimal>) {
        if let Some(balance) = balance {
            self.balance = balance.normalize();
        }
        if qty.is_some() || cost.is_some() {
            let held = self.holding();
            let lot = Lot {
                qty: qty.unwrap_or(held.position_qty),
                price: cost.or(held.entry_price).unwrap_or_default(),
            };
            // The server never sends which lots are held: one with the average cost is the nearest.
            self.book.correct([lot]);
        }
    }

    fn move_cash(&mut self, change: Decimal) {
        self.balance = self.balance.saturating_add(change).normalize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Amounts of usual orders: thousandths of a SOL up to 2.
    fn amount() -> impl Strategy<Value = Decimal> {
        (1i64..2_000).prop_map(|thousandths| Decimal::new(thousandths, 3))
    }

    /// Prices with as many digits as the protocol has.
    fn price() -> impl Strategy<Value = Decimal> {
        (1i64..2_000_000_000_000).prop_map(|digits| Decimal::new(digits, 11))
    }

    fn event() -> impl Strategy<Value = AccountEvent> {
        prop_oneof![
            3 => (amount(), price()).prop_map(|(amount, price)| AccountEvent::Buy { amount, price }),
            3 => (1i64..=100, price()).prop_map(|(percent, price)| AccountEvent::Sell { percent: percent.into(), price }),
            1 => (amount(), 0u32..500).prop_map(|(stake, tick)| AccountEvent::PlaceSidebet { stake, tick }),
            1 => Just(AccountEvent::WinSidebet),
            1 => Just(AccountEvent::LoseSidebet),
            1 => price().prop_map(|price| AccountEvent::Liquidate { price }),
        ]
    }

    proptest! {
        /// The shown P&L is the change of the wallet: of the rows, of the game, of the session.
        #[test]
        fn pnl_is_the_change_of_the_wallet(events in prop::collection::vec(event(), 1..60), last in price()) {
            let start = Decimal::from(5);
            let mut account = Account::new(start, []);
            let mut realised = Decimal::ZERO;
            for event in &events {
                let before = account.holding();
                if let Some(applied) = account.apply(event) {
                    realised += applied.pnl.unwrap_or_default();
                } else {
                    prop_assert_eq!(account.holding(), before);
                }
                prop_assert!(account.balance() >= Decimal::ZERO);
                prop_assert!(account.balance().scale() <= 9);
                let open = account.book().sidebet.map_or(Decimal::ZERO, |bet| bet.stake);
                let paid = account.book().position.paid();
                prop_assert_eq!(start + realised, account.balance() + open + paid);
            }
            let open = account.book().sidebet.map_or(Decimal::ZERO, |bet| bet.stake);
            let shown = account.book().pnl(last);
            let rest = account.clone().apply(&AccountEvent::Liquidate { price: last });
            let sold = rest.map_or(Decimal::ZERO, |applied| applied.amount);
            let change = account.balance() + open + sold - start;
            // Sold now, each lot loses less than a lamport to the rounding.
            let cut = Decimal::new(i64::try_from(events.len()).unwrap_or(i64::MAX), 9);
            prop_assert!((shown - change).abs() <= cut, "{} shown, {} changed", shown, change);
        }

        #[test]
        fn no_number_panics(digits in any::<i128>(), scale in 0u32..=28, tick in any::<u32>()) {
            let number = Decimal::try_from_i128_with_scale(digits >> 32, scale).unwrap_or(Decimal::MAX);
            let mut account = Account::new(Decimal::ONE, []);
            for event in [
                AccountEvent::Buy { amount: number, price: Decimal::ONE },
                AccountEvent::Buy { amount: Decimal::new(1, 1), price: number },
                AccountEvent::Sell { percent: number, price: number },
                AccountEvent::PlaceSidebet { stake: number, tick },
                AccountEvent::WinSidebet,
                AccountEvent::Correct { balance: Some(number), qty: Some(number), cost: Some(number) },
                AccountEvent::Liquidate { price: number },
                AccountEvent::Liquidate { price: Decimal::MAX },
            ] {
                account.apply(&event);
                let holding = account.holding();
                let _shown = (holding, account.book().pnl(number), account.book().regular_pnl(number), account.book().total_invested());
            }
        }
    }
}
