//! Decides whether an order may be placed. Buttons, keys, scripts and the engine ask here and nowhere else.

use rust_decimal::Decimal;

use super::limits::OrderLimits;
use super::order::Order;
use super::refusal::Refusal;
use super::risk::RiskUsage;
use crate::account::{Account, lamports};
use crate::game::Phase;

/// Everything but the order that decides whether it may be placed.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderContext<'a> {
    /// Orders are placed in the player's browser.
    pub in_browser: bool,
    /// The account; `None` before the wallet is known.
    pub account: Option<&'a Account>,
    /// Phase of the current game and the price that an order would get, by [`order_price`]; `None` before the first
    /// update.
    pub game: Option<(Phase, Decimal)>,
    /// What is wrong with the feed ("stale", "offline"); `None` while it is live.
    pub feed_trouble: Option<&'static str>,
    /// Why this connection takes no order: its login is not complete.
    pub no_login: Option<Refusal>,
    /// An order is in flight whose outcome is still expected.
    pub order_pending: bool,
    /// The limits of orders.
    pub limits: OrderLimits,
    /// How far the limits of the day and the minute are used up.
    pub usage: RiskUsage,
    /// The price that the player had on the screen; `None` for a script.
    pub screen_price: Option<Decimal>,
}

impl OrderContext<'_> {
    /// Checks every condition that does not depend on the order.
    ///
    /// # Errors
    /// The first reason against every order.
    pub fn market_is_open(&self) -> Result<(), Refusal> {
        self.market().map(drop)
    }

    /// Whether an order could be placed now if nothing but its own limits decided. A script waits until then.
    pub fn is_ready(&self) -> bool {
        self.market().is_ok() && !self.order_pending
    }

    /// Returns account, phase and price, once every condition is met that does not depend on the order.
    fn market(&self) -> Result<(&Account, Phase, Decimal), Refusal> {
        if self.in_browser {
            return Err(Refusal::PlayInBrowser);
        }
        let account = self.account.ok_or(Refusal::NoPlayer)?;
        let (phase, price) = self.game.ok_or(Refusal::NoGame)?;
        if let Some(trouble) = self.feed_trouble {
            return Err(Refusal::Feed(trouble));
        }
        if let Some(refusal) = &self.no_login {
            return Err(refusal.clone());
        }
        Ok((account, phase, price))
    }
}

/// Decides whether an order may be placed.
///
/// # Errors
/// The first reason against it: no wallet, game, live feed or login; then the risk limits, an order in flight, the
/// phase of the game, and the amount.
pub fn check(order: &Order, context: &OrderContext<'_>) -> Result<(), Refusal> {
    let (account, phase, price) = context.market()?;
    let limits = &context.limits;
    let prices = (context.screen_price, price);
    limits.risk.check(order, account, &context.usage, prices)?;
    if context.order_pending {
        return Err(Refusal::Pending);
    }
    check_phase(order, phase)?;
    check_amount(order, account, price, limits)
}

/// Returns the price that an order would get: the newest one while the game runs, 1 before it.
pub fn order_price(phase: Phase, newest: Option<Decimal>) -> Decimal {
    match phase {
        Phase::Active | Phase::Rugged => newest.unwrap_or(Decimal::ONE),
        _ => Decimal::ONE,
    }
}

fn check_phase(order: &Order, phase: Phase) -> Result<(), Refusal> {
    let is_sell = matches!(order, Order::Sell { .. });
    Err(Refusal::Phase(match phase {
        Phase::Presale | Phase::Cooldown if is_sell => "Selling opens when the game starts",
        Phase::Active | Phase::Presale => return Ok(()),
        Phase::Rugged => "The game has rugged",
        Phase::Cooldown => "Between games: opens with the presale",
        Phase::Unknown => "No game yet: wait for the first data",
    }))
}

fn check_amount(
    order: &Order,
    account: &Account,
    price: Decimal,
    limits: &OrderLimits,
) -> Result<(), Refusal> {
    let book = account.book();
    match *order {
        Order::Buy { amount } => {
            check_within(amount, limits.min_buy, limits.max_buy, account)?;
            let bought = book.position.clone().buy(amount, price);
            bought.map(|_| ()).ok_or(Refusal::Dust)
        }
        Order::Sidebet { stake } => {
            if let Some(bet) = book.sidebet {
                return Err(Refusal::Running(bet.end_tick()));
            }
            check_within(stake, limits.min_sidebet, limits.max_sidebet, account)
        }
        Order::Sell { .. } if book.position.is_flat() => Err(Refusal::NoPosition),
        Order::Sell { percent } if percent <= Decimal::ZERO || percent > Decimal::ONE_HUNDRED => {
            Err(Refusal::Share)
        }
        Order::Sell { .. } => Ok(()),
    }
}

fn check_within(
    amount: Decimal,
    smallest: Decimal,
    largest: Decimal,
    account: &Account,
) -> Result<(), Refusal> {
    let balance = account.balance();
    if amount <= Decimal::ZERO {
        Err(Refusal::Amount)
    } else if lamports(amount) != amount {
        Err(Refusal::Decimals)
    } else if smallest > balance && smallest > OrderLimits::default().min_buy {
        Err(Refusal::Minimum(smallest.normalize()))
    } else if amount < smallest {
        Err(Refusal::TooSmall(smallest.normalize()))
    } else if amount > largest {
        Err(Refusal::TooLarge(largest.normalize()))
    } else if amount > balance {
        Err(Refusal::Wallet(balance))
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{AccountEvent, Lot};
    use crate::protocol::number;

    fn d(text: &str) -> Decimal {
        number::parse(text).expect("a decimal")
    }

    fn buy(amount: &str) -> Order {
        Order::Buy { amount: d(amount) }
    }

    fn account() -> Account {
        let lot = Lot {
            qty: d("0.01"),
            price: d("1"),
        };
        Account::new(d("0.5"), [lot])
    }

    /// A context that allows every order of this account.
    fn context(account: &Account, phase: Phase) -> OrderContext<'_> {
        OrderContext {
            in_browser: false,
            account: Some(account),
            game: Some((phase, d("2"))),
            feed_trouble: None,
            no_login: None,
            order_pending: false,
            limits: OrderLimits::default(),
            usage: RiskUsage::default(),
            screen_price: None,
        }
    }

    fn checked(order: Order, phase: Phase) -> Result<(), Refusal> {
        check(&order, &context(&account(), phase))
    }

    #[test]
    fn every_phase_takes_what_the_server_takes() {
        let sell = Order::Sell { percent: d("25") };
        let bet = Order::Sidebet { stake: d("0.01") };
        let taken = |phase| [buy("0.01"), sell, bet].map(|order| checked(order, phase).is_ok());
        assert_eq!(taken(Phase::Presale), [true, false, true]);
        assert_eq!(taken(Phase::Active), [true, true, true]);
        for phase in [Phase::Rugged, Phase::Cooldown, Phase::Unknown] {
            assert_eq!(taken(phase), [false, false, false], "{phase}");
        }
    }

    #[test]
    fn amounts_outside_the_limits_are_refused_with_the_limit() {
        let refused = |order| checked(order, Phase::Active).expect_err("refused");
        assert_eq!(refused(buy("0")), Refusal::Amount);
        assert_eq!(refused(buy("-1")), Refusal::Amount);
        assert_eq!(refused(buy("0.0010000001")), Refusal::Decimals);
        assert_eq!(refused(buy("0.000999999")), Refusal::TooSmall(d("0.001")));
        assert_eq!(refused(buy("1.1")), Refusal::TooLarge(d("1")));
        assert_eq!(refused(buy("0.6")), Refusal::Wallet(d("0.5")));
        assert_eq!(
            refused(Order::Sidebet { stake: d("6") }),
            Refusal::TooLarge(d("5"))
        );
        for percent in ["0", "-1", "100.1"] {
            assert_eq!(
                refused(Order::Sell {
                    percent: d(percent)
                }),
                Refusal::Share
            );
        }
        assert_eq!(checked(buy("0.5"), Phase::Active), Ok(()));
    }

    #[test]
    fn one_sidebet_at_a_time_and_nothing_is_sold_that_is_not_held() {
        let mut account = account();
        account.apply(&AccountEvent::PlaceSidebet {
            stake: d("0.01"),
            tick: 7,
        });
        let bet = Order::Sidebet { stake: d("0.01") };
        let refused = check(&bet, &context(&account, Phase::Active));
        assert_eq!(refused, Err(Refusal::Running(47)));
        let sell = Order::Sell { percent: d("100") };
        let flat = Account::new(d("1"), []);
        let refused = check(&sell, &context(&flat, Phase::Active));
        assert_eq!(refused, Err(Refusal::NoPosition));
    }

    #[test]
    fn a_sale_is_refused_with_the_same_words_until_the_game_starts() {
        let account = account();
        let sell = Order::Sell { percent: d("100") };
        for phase in [Phase::Cooldown, Phase::Presale] {
            let refused = check(&sell, &context(&account, phase));
            let words = "Selling opens when the game starts";
            assert_eq!(refused, Err(Refusal::Phase(words)), "{phase:?}");
        }
        let refused = check(&buy("0.01"), &context(&account, Phase::Cooldown));
        let words = "Between games: opens with the presale";
        assert_eq!(refused, Err(Refusal::Phase(words)));
    }

    #[test]
    fn what_concerns_every_order_is_said_before_what_concerns_this_one() {
        let account = account();
        let mut context = context(&account, Phase::Rugged);
        let said = |context: &OrderContext<'_>| check(&buy("9"), context).expect_err("refused");
        assert_eq!(said(&context), Refusal::Phase("The game has rugged"));
        assert!(context.is_ready(), "the phase is for the order to wait for");
        context.order_pending = true;
        assert_eq!(said(&context), Refusal::Pending);
        context.usage.stopped = true;
        assert_eq!(said(&context), Refusal::Stopped);
        context.no_login = Some(Refusal::NotOurTable);
        assert_eq!(said(&context), Refusal::NotOurTable);
        context.feed_trouble = Some("stale");
        assert_eq!(said(&context), Refusal::Feed("stale"));
        context.game = None;
        assert_eq!(said(&context), Refusal::NoGame);
        context.account = None;
        assert_eq!(said(&context), Refusal::NoPlayer);
        context.in_browser = true;
        assert_eq!(said(&context), Refusal::PlayInBrowser);
        assert!(!context.is_ready());
    }
}
