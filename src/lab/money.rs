//! Money in whole lamports, and the account of the quick way: the arithmetic of [`crate::account`] with doubles.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::account::{SIDEBET_MULTIPLE, SIDEBET_WINDOW, lamports};
use crate::protocol::Tick;

/// SOL in billionths, and tokens in billionths.
pub(super) type Lamports = i64;

/// Lamports of a SOL.
const PER_SOL: f64 = 1e9;

/// Returns an amount of SOL in lamports; `None` if it is finer than a lamport or too large.
pub(super) fn exact_lamports(sol: Decimal) -> Option<Lamports> {
    (lamports(sol) == sol).then(|| cut_lamports(sol))?
}

/// Returns an amount of SOL in lamports, cut; `None` if it is too large.
pub(super) fn cut_lamports(sol: Decimal) -> Option<Lamports> {
    sol.checked_mul(Decimal::from(1_000_000_000))?.to_i64()
}

/// Returns lamports in SOL.
#[allow(
    clippy::cast_precision_loss,
    reason = "amounts are below 2^53 lamports"
)]
pub(super) fn in_sol(amount: Lamports) -> f64 {
    amount as f64 / PER_SOL
}

/// Returns the whole part of a number that is not negative.
#[allow(
    clippy::cast_possible_truncation,
    reason = "`as` saturates, and a game's amounts are far from the limits"
)]
fn whole(number: f64) -> i64 {
    number as i64
}

/// Tokens bought at one price.
#[derive(Debug, Clone, Copy, PartialEq)]
struct QuickLot {
    tokens: Lamports,
    price: f64,
}

/// A running sidebet.
#[derive(Debug, Clone, Copy, PartialEq)]
struct QuickBet {
    stake: Lamports,
    last_tick: Tick,
}

/// An account in lamports. One product or quotient in a million is a lamport off: a double has 53 bits.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct QuickAccount {
    /// The wallet.
    pub balance: Lamports,
    /// Everything that was paid for tokens and sidebets in this game.
    pub staked: Lamports,
    lots: Vec<QuickLot>,
    bet: Option<QuickBet>,
}

#[allow(
    clippy::cast_precision_loss,
    reason = "amounts are below 2^53 lamports"
)]
impl QuickAccount {
    /// Returns an account with this wallet.
    pub fn new(balance: Lamports) -> Self {
        Self {
            balance,
            ..Self::default()
        }
    }

    /// Whether tokens are held.
    #[inline]
    pub fn is_holding(&self) -> bool {
        !self.lots.is_empty()
    }

    /// Whether a sidebet is running.
    #[inline]
    pub fn has_bet(&self) -> bool {
        self.bet.is_some()
    }

    /// Returns the average cost of the tokens held, cut to 9 decimals.
    pub fn average_cost(&self) -> f64 {
        let cost = if let [lot] = self.lots[..] {
            lot.price
        } else {
            let lots = self.lots.iter();
            let (cost, tokens) = lots.fold((0.0, 0), |(cost, tokens), lot| {
                let tokens = lot.tokens.saturating_add(tokens);
                (cost + lot.tokens as f64 * lot.price, tokens)
            });
            cost / tokens as f64
        };
        (cost * PER_SOL).floor() / PER_SOL
    }

    /// Buys for an amount that the wallet holds; false if that is less than the smallest part of a token.
    pub fn buy(&mut self, amount: Lamports, price: f64) -> bool {
        let tokens = whole(amount as f64 / price);
        if tokens == 0 || price <= 0.0 {
            return false;
        }
        self.lots.push(QuickLot { tokens, price });
        self.balance -= amount;
        self.staked += amount;
        true
    }

    /// Sells `share` parts of `whole_share` of the tokens, the oldest first; false if that is less than the smallest part
    /// of a token.
    pub fn sell(&mut self, (share, whole_share): (i128, i128), price: f64) -> bool {
        let held: i128 = self.lots.iter().map(|lot| i128::from(lot.tokens)).sum();
        let sold = held * share / whole_share;
        let mut left = Lamports::try_from(sold).unwrap_or(Lamports::MAX);
        if left == 0 {
            return false;
        }
        let mut emptied = 0;
        for lot in &mut self.lots {
            let part = lot.tokens.min(left);
            self.balance = self.balance.saturating_add(whole(part as f64 * price));
            lot.tokens -= part;
            left -= part;
            emptied += usize::from(lot.tokens == 0);
            if left == 0 {
                break;
            }
        }
        self.lots.drain(..emptied);
        true
    }

    /// Places a sidebet that the wallet can pay, at this tick.
    pub fn place_bet(&mut self, stake: Lamports, tick: Tick) {
        let last_tick = tick + SIDEBET_WINDOW;
        self.bet = Some(QuickBet { stake, last_tick });
        self.balance -= stake;
        self.staked += stake;
    }

    /// Ends a sidebet whose window is over with this tick.
    #[inline]
    pub fn end_bet(&mut self, tick: Tick) {
        if self.bet.is_some_and(|bet| tick >= bet.last_tick) {
            self.bet = None;
        }
    }

    /// Decides the sidebet and sells everything at the rug.
    pub fn rug(&mut self, tick: Tick, price: f64) {
        if let Some(bet) = self.bet.take().filter(|bet| tick <= bet.last_tick) {
            let paid = bet.stake.saturating_mul(SIDEBET_MULTIPLE.into());
            self.balance = self.balance.saturating_add(paid);
        }
        if self.is_holding() {
            self.sell((1, 1), price);
            self.lots.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Account, AccountEvent};
    use crate::protocol::number;
    use proptest::prelude::*;

    #[derive(Debug, Clone)]
    enum Trade {
        Buy(i64),
        Sell(i64),
        Bet(i64),
    }

    fn trade() -> impl Strategy<Value = Trade> {
        prop_oneof![
            (1i64..500).prop_map(Trade::Buy),
            (1i64..=1_000).prop_map(Trade::Sell),
            (1i64..20).prop_map(Trade::Bet),
        ]
    }

    proptest! {
        /// Each trade of the quick account is the one of the exact account, to a lamport.
        #[test]
        fn the_quick_account_is_the_exact_one_to_a_lamport(
            orders in prop::collection::vec((trade(), 0.01f64..30.0), 1..40),
            rug in 0.001f64..0.02,
        ) {
            let mut quick = QuickAccount::new(5_000_000_000);
            let mut exact = Account::new(Decimal::from(5), []);
            let mut trades = 0;
            for (tick, (trade, price)) in (0..).zip(&orders) {
                let exact_price = number::shortest(*price).expect("a price");
                let (event, done) = match trade {
                    Trade::Buy(thousandths) => {
                        let amount = Decimal::new(*thousandths, 3);
                        let affordable = exact.balance() >= amount && quick.balance >= thousandths * 1_000_000;
                        let done = affordable && quick.buy(thousandths * 1_000_000, *price);
                        (AccountEvent::Buy { amount, price: exact_price }, done)
                    }
                    Trade::Sell(thousandths) => {
                        let percent = Decimal::new(*thousandths, 1);
                        let done = quick.is_holding() && quick.sell((i128::from(*thousandths), 1_000), *price);
                        (AccountEvent::Sell { percent, price: exact_price }, done)
                    }
                    Trade::Bet(thousandths) => {
                        let stake = Decimal::new(*thousandths, 3);
                        let possible = !quick.has_bet() && exact.balance() >= stake;
                        if possible {
                            quick.place_bet(thousandths * 1_000_000, tick);
                        }
                        (AccountEvent::PlaceSidebet { stake, tick }, possible)
                    }
                };
                prop_assert_eq!(exact.apply(&event).is_some(), done);
                trades += 1;
                let off = quick.balance - cut_lamports(exact.balance()).expect("an amount");
                prop_assert!(off.abs() <= trades, "{off} lamports after {trades} trades");
                if let Some(cost) = exact.holding().entry_price {
                    let off = quick.average_cost() - number::to_f64_lossy(cost);
                    prop_assert!(off.abs() < 1e-6, "{off}");
                }
            }
            let tick = Tick::try_from(orders.len()).expect("few");
            if let Some(bet) = exact.book().sidebet {
                let won = bet.decided(tick, true).expect("decided").is_sign_positive();
                let event = if won { AccountEvent::WinSidebet } else { AccountEvent::LoseSidebet };
                exact.apply(&event);
            }
            exact.apply(&AccountEvent::Liquidate { price: number::shortest(rug).expect("a price") });
            quick.rug(tick, rug);
            let off = quick.balance - cut_lamports(exact.balance()).expect("an amount");
            prop_assert!(off.abs() <= trades + 40, "{off} lamports");
            prop_assert!(!quick.is_holding() && !quick.has_bet());
        }
    }
}
