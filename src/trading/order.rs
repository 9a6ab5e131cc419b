//! Orders of the player, and the rules by which one is not even sent.

use std::fmt;

use rust_decimal::Decimal;

use crate::account::{Account, ActionKind, ReasonCode, lamports};
use crate::game::Phase;
use crate::protocol::{Request, SOL_ADDRESS};
use crate::trading::RiskLimits;

/// What the player asks for. Its text stands at the beginning of every refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Tokens for `amount` SOL.
    Buy {
        /// SOL.
        amount: Decimal,
    },
    /// SOL for a share of the position.
    Sell {
        /// 0 to 100.
        percent: Decimal,
    },
    /// A bet that the game rugs within 40 ticks.
    OpenSidebet {
        /// SOL.
        stake: Decimal,
    },
}

impl Order {
    /// Returns what a row says of it.
    pub fn kind(&self) -> ActionKind {
        match self {
            Self::Buy { .. } => ActionKind::Buy,
            Self::Sell { .. } => ActionKind::Sell,
            Self::Sidebet { .. } => ActionKind::SidebetPlace,
        }
    }

    /// Returns the SOL it takes from the wallet; `None` for a sell.
    pub fn amount(&self) -> Option<Decimal> {
        match *self {
            Self::Buy { amount } => Some(amount),
            Self::Sell { .. } => None,
            Self::Sidebet { stake } => Some(stake),
        }
    }

    /// Returns the request that asks the server for it.
    pub fn request(&self) -> Request {
        match *self {
            Self::Buy { amount } => Request::Buy { amount },
            Self::Sell { percent } => Request::Sell {
                percentage: percent,
            },
            Self::Sidebet { stake } => Request::Sidebet {
                amount: stake,
                coin_address: SOL_ADDRESS.to_owned(),
                x_payout: crate::account::SIDEBET_PAYOUT,
            },
        }
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buy { amount } => write!(f, "buy {} SOL", amount.normalize()),
            Self::Sell { percent } => write!(f, "sell {} %", percent.normalize()),
            Self::Sidebet { stake } => write!(f, "sidebet {} SOL", stake.normalize()),
        }
    }
}

/// The limits of a player's orders, in SOL. What they are is here, and that they fit one order; whether the order fits
/// the day is for [`RiskLimits`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderLimits {
    /// Smallest buy.
    pub min_buy: Decimal,
    /// Largest buy.
    pub max_buy: Decimal,
    /// Smallest sidebet.
    pub min_sidebet: Decimal,
    /// Largest sidebet.
    pub max_sidebet: Decimal,
    /// Limits beyond a single order.
    pub risk: RiskLimits,
}

impl Default for OrderLimits {
    fn default() -> Self {
        let thousandth = Decimal::new(1, 3);
        Self {
            min_buy: thousandth,
            max_buy: Decimal::ONE,
            min_sidebet: thousandth,
            max_sidebet: Decimal::from(5),
            risk: RiskLimits::default(),
        }
    }
}

/// Why an order is not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nobody is logged in, or the wallet was never told.
    #[error("nobody is logged in yet, so there is no wallet to pay from; wait for the login")]
    NoPlayer,
    /// No game is known.
    #[error("no game is known yet; wait for the first update")]
    NoGame,
    /// The connection says nothing.
    #[error(
        "the feed is {0}, so the price on the screen is not the price of the game; wait until it is back"
    )]
    Feed(&'static str),
    /// There is no login on this connection: its server did not say yet that it is a table of ours.
    #[error("not logged in on this connection yet; orders go only to a practice table of Pianola")]
    NotOurTable,
    /// The order before waits for its answer.
    #[error("the order before waits for its answer; one at a time")]
    Pending,
    /// The phase does not take it.
    #[error("{0}")]
    Phase(&'static str),
    /// An amount that is none.
    #[error("an amount has at most 9 decimals and is above zero")]
    Amount,
    /// Below the smallest.
    #[error("the smallest is {0} SOL")]
    TooSmall(Decimal),
    /// Above the largest.
    #[error("the largest is {0} SOL")]
    TooLarge(Decimal),
    /// More than there is.
    #[error("the wallet holds {0} SOL")]
    Wallet(Decimal),
    /// Nothing to sell.
    #[error("there is no position to sell")]
    NoPosition,
    /// A share that is none.
    #[error("a share is above 0 and at most 100 %")]
    Share,
    /// A sidebet runs.
    #[error("a sidebet runs until tick {0}; one at a time")]
    Running(crate::protocol::Tick),
    /// The emergency stop is pressed.
    #[error("stopped: no buys or sidebets until you resume")]
    Stopped,
    /// Too many buys and sidebets within a minute.
    #[error("wait {wait} s: limit {most} buys and sidebets a minute")]
    TooMany {
        /// The limit.
        most: u32,
        /// Seconds.
        wait: u32,
    },
    /// The price on the screen is not the price any more.
    #[error(
        "the price became {worse} % worse than it was on the screen; at most {most} % are allowed"
    )]
    Slippage {
        /// Percent.
        worse: Decimal,
        /// The limit, in percent.
        most: Decimal,
    },
    /// Too much could be lost today.
    #[error(
        "with what is open and this order, {could} SOL could be lost today; the most is {most} SOL"
    )]
    DayLoss {
        /// SOL.
        could: Decimal,
        /// The limit, in SOL.
        most: Decimal,
    },
    /// The player plays in his own browser, and nothing is ever sent from here.
    #[error("play in the browser")]
    PlayInBrowser,
    /// It would buy less than the smallest part of a token.
    #[error("that buys less than a billionth of a token at this price")]
    Dust,
}

impl OrderLimits {
    /// Says whether the account may place this order now, at `price`.
    pub fn check(
        &self,
        order: &Order,
        account: &Account,
        phase: Phase,
        price: Decimal,
    ) -> Result<(), Refusal> {
        let is_sell = matches!(order, Order::Sell { .. });
        match phase {
            Phase::Active => {}
            Phase::Presale if !is_sell => {}
            Phase::Presale => {
                return Err(Refusal::Phase("nothing can be sold before the game starts"));
            }
            Phase::Rugged => return Err(Refusal::Phase("the game has rugged")),
            Phase::Cooldown => {
                return Err(Refusal::Phase("between the games; the presale opens soon"));
            }
            Phase::Unknown => return Err(Refusal::Phase("the phase of the game is not known")),
        }
        match *order {
            Order::Buy { amount } => {
                amount_within(amount, self.min_buy, self.max_buy, account)?;
                let mut after = account.book().position.clone();
                after.buy(amount, price).ok_or(Refusal::Dust).map(|_| ())
            }
            Order::Sidebet { stake } => {
                if let Some(bet) = account.book().sidebet {
                    return Err(Refusal::Running(bet.end_tick()));
                }
                amount_within(stake, self.min_sidebet, self.max_sidebet, account)
            }
            Order::Sell { percent } => {
                if account.book().position.is_flat() {
                    return Err(Refusal::NoPosition);
                }
                if percent <= Decimal::ZERO || percent > Decimal::ONE_HUNDRED {
                    return Err(Refusal::Share);
                }
                Ok(())
            }
        }
    }
}

fn amount_within(
    amount: Decimal,
    least: Decimal,
    most: Decimal,
    account: &Account,
) -> Result<(), Refusal> {
    if amount <= Decimal::ZERO || lamports(amount) != amount {
        Err(Refusal::Amount)
    } else if amount < least {
        Err(Refusal::TooSmall(least.normalize()))
    } else if amount > most {
        Err(Refusal::TooLarge(most.normalize()))
    } else if amount > account.balance() {
        Err(Refusal::Wallet(account.balance()))
    } else {
        Ok(())
    }
}

impl Refusal {
    /// Returns the word that files have for it.
    pub fn code(&self) -> ReasonCode {
        match self {
            Self::NoPlayer => ReasonCode::NotLoggedIn,
            Self::NoGame => ReasonCode::NoGame,
            Self::Feed(_) => ReasonCode::FeedNotLive,
            Self::NotOurTable => ReasonCode::NotOurTable,
            Self::Pending => ReasonCode::OrderPending,
            Self::Phase(_) => ReasonCode::WrongPhase,
            Self::Amount => ReasonCode::BadAmount,
            Self::TooSmall(_) => ReasonCode::BelowMinimum,
            Self::TooLarge(_) => ReasonCode::AboveMaximum,
            Self::Wallet(_) => ReasonCode::InsufficientBalance,
            Self::NoPosition => ReasonCode::NoPosition,
            Self::Share => ReasonCode::BadPercentage,
            Self::Running(_) => ReasonCode::SidebetRunning,
            Self::Stopped => ReasonCode::EmergencyStop,
            Self::TooMany { .. } => ReasonCode::OrderRate,
            Self::Slippage { .. } => ReasonCode::Slippage,
            Self::DayLoss { .. } => ReasonCode::DailyLoss,
            Self::PlayInBrowser => ReasonCode::PlayInBrowser,
            Self::Dust => ReasonCode::BelowTokenUnit,
        }
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

    fn check(order: Order, phase: Phase) -> Result<(), Refusal> {
        OrderLimits::default().check(&order, &account(), phase, d("2"))
    }

    #[test]
    fn every_phase_takes_what_the_server_takes() {
        let sell = Order::Sell { percent: d("25") };
        let bet = Order::Sidebet { stake: d("0.01") };
        let taken = |phase| [buy("0.01"), sell, bet].map(|order| check(order, phase).is_ok());
        assert_eq!(taken(Phase::Presale), [true, false, true]);
        assert_eq!(taken(Phase::Active), [true, true, true]);
        for phase in [Phase::Rugged, Phase::Cooldown, Phase::Unknown] {
            assert_eq!(taken(phase), [false, false, false], "{phase}");
        }
    }

    #[test]
    fn amounts_outside_the_limits_are_refused_with_the_limit() {
        let refused = |order| check(order, Phase::Active).expect_err("refused");
        assert_eq!(refused(buy("0")), Refusal::Amount);
        assert_eq!(refused(buy("-1")), Refusal::Amount);
        assert_eq!(refused(buy("0.0010000001")), Refusal::Amount);
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
        assert_eq!(check(buy("0.5"), Phase::Active), Ok(()));
    }

    #[test]
    fn one_sidebet_at_a_time_and_nothing_is_sold_that_is_not_held() {
        let mut account = account();
        account.apply(&AccountEvent::PlaceSidebet {
            stake: d("0.01"),
            tick: 7,
        });
        let rules = OrderLimits::default();
        let bet = Order::Sidebet { stake: d("0.01") };
        let refused = rules.check(&bet, &account, Phase::Active, d("1"));
        assert_eq!(refused, Err(Refusal::Running(47)));
        let sell = Order::Sell { percent: d("100") };
        let flat = Account::new(d("1"), []);
        assert_eq!(
            rules.check(&sell, &flat, Phase::Active, d("1")),
            Err(Refusal::NoPosition)
        );
    }

    #[test]
    fn an_order_is_told_in_its_own_words() {
        assert_eq!(buy("0.010").to_string(), "buy 0.01 SOL");
        assert_eq!(Order::Sell { percent: d("25") }.to_string(), "sell 25 %");
        assert_eq!(
            Order::Sidebet { stake: d("5") }.to_string(),
            "sidebet 5 SOL"
        );
    }

    /// Every refusal, with its word.
    fn refusals() -> [(Refusal, &'static str); 19] {
        let one = Decimal::ONE;
        let slipped = Refusal::Slippage {
            worse: one,
            most: one,
        };
        let day = Refusal::DayLoss {
            could: one,
            most: one,
        };
        [
            (Refusal::NoPlayer, "not_logged_in"),
            (Refusal::NoGame, "no_game"),
            (Refusal::Feed("stale"), "feed_not_live"),
            (Refusal::NotOurTable, "not_our_table"),
            (Refusal::Pending, "order_pending"),
            (Refusal::Phase("the game has rugged"), "wrong_phase"),
            (Refusal::Amount, "bad_amount"),
            (Refusal::TooSmall(one), "below_minimum"),
            (Refusal::TooLarge(one), "above_maximum"),
            (Refusal::Wallet(one), "insufficient_balance"),
            (Refusal::NoPosition, "no_position"),
            (Refusal::Share, "bad_percentage"),
            (Refusal::Running(7), "sidebet_running"),
            (Refusal::Stopped, "emergency_stop"),
            (Refusal::TooMany { most: 30, wait: 1 }, "order_rate"),
            (slipped, "slippage"),
            (day, "daily_loss"),
            (Refusal::PlayInBrowser, "play_in_browser"),
            (Refusal::Dust, "below_token_unit"),
        ]
    }

    #[test]
    fn every_refusal_has_its_word() {
        for (refusal, word) in refusals() {
            let code = serde_json::to_value(refusal.code()).expect("JSON");
            assert_eq!(code, word, "{refusal}");
            let read: ReasonCode = serde_json::from_value(code).expect("readable");
            assert_eq!(read, refusal.code());
        }
    }

    #[test]
    fn the_readme_names_every_word() {
        let readme = include_str!("../../README.md");
        let words = refusals().map(|(_, word)| word);
        let others = ["game_over", "not_sent", "server_refused"];
        for word in words.into_iter().chain(others) {
            assert!(readme.contains(&format!("`{word}`")), "{word}");
        }
    }
}
