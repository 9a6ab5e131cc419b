//! Why an order is refused before it is sent.

use rust_decimal::Decimal;

use crate::account::ReasonCode;
use crate::protocol::Tick;
use crate::protocol::number::rounded;

/// Why an order is not sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No player is logged in, or the wallet is not known.
    #[error("Not logged in yet: wait for the login")]
    NoPlayer,
    /// No game is known.
    #[error("No game yet: wait for the first data")]
    NoGame,
    /// The connection is stale or down.
    #[error("The feed is {0}: the price on the screen is not the price of the game")]
    Feed(&'static str),
    /// There is no login on this connection: its server has not said yet that it is a practice table.
    #[error("Not logged in on this connection yet")]
    NotOurTable,
    /// The order before waits for its answer.
    #[error("Waiting for your last order")]
    Pending,
    /// The phase of the game takes no such order.
    #[error("{0}")]
    Phase(&'static str),
    /// The amount is not above zero, or has more than 9 decimals.
    #[error("Enter an amount above 0, with at most 9 decimals")]
    Amount,
    /// The amount is below the smallest.
    #[error("At least {0} SOL")]
    TooSmall(Decimal),
    /// The amount is above the largest.
    #[error("At most {0} SOL")]
    TooLarge(Decimal),
    /// The amount is more than the wallet holds.
    #[error("Not enough: balance {0:.4} SOL")]
    Wallet(Decimal),
    /// There is nothing to sell.
    #[error("Nothing to sell")]
    NoPosition,
    /// The share is not above 0 and at most 100 %.
    #[error("A share is above 0 and at most 100 %")]
    Share,
    /// A sidebet runs until this tick.
    #[error("Sidebet open until tick {0}")]
    Running(Tick),
    /// The emergency stop is pressed.
    #[error("Stopped: SELL still works")]
    Stopped,
    /// There were too many buys and sidebets within a minute.
    #[error("Wait {wait} s: at most {most} orders a minute")]
    TooMany {
        /// The limit.
        most: u32,
        /// Seconds until the next one is accepted.
        wait: u32,
    },
    /// The price is worse than it was on the screen.
    #[error("The price became {worse} % worse than on the screen; at most {most} %")]
    Slippage {
        /// Percent.
        worse: Decimal,
        /// The limit, in percent.
        most: Decimal,
    },
    /// Too much could be lost today.
    #[error("Daily limit {most} SOL: {} at risk", rounded(*.could, 4))]
    DayLoss {
        /// SOL.
        could: Decimal,
        /// The limit, in SOL.
        most: Decimal,
    },
    /// A session of today cannot be read, so the loss of today is not known.
    #[error("Daily limit: a session of today cannot be read, the log names it")]
    DayUnknown,
    /// Orders are placed in the player's browser; nothing is ever sent from here.
    #[error("Play in your browser")]
    PlayInBrowser,
    /// It would buy less than the smallest part of a token.
    #[error("Too little for the smallest part of a token")]
    Dust,
}

impl Refusal {
    /// Whether a limit beyond the single order refuses it, or the emergency stop.
    pub fn is_of_risk(&self) -> bool {
        matches!(
            self,
            Self::Stopped
                | Self::TooMany { .. }
                | Self::Slippage { .. }
                | Self::DayLoss { .. }
                | Self::DayUnknown
        )
    }

    /// Returns its word in files.
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
            Self::DayLoss { .. } | Self::DayUnknown => ReasonCode::DailyLoss,
            Self::PlayInBrowser => ReasonCode::PlayInBrowser,
            Self::Dust => ReasonCode::BelowTokenUnit,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every refusal, with its word.
    fn refusals() -> [(Refusal, &'static str); 20] {
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
            (Refusal::Phase("The game has rugged"), "wrong_phase"),
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
            (Refusal::DayUnknown, "daily_loss"),
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
    fn the_page_of_formats_names_every_word() {
        let page = include_str!("../../docs/formats.md");
        let words = refusals().map(|(_, word)| word);
        let others = ["game_over", "not_sent", "server_refused"];
        for word in words.into_iter().chain(others) {
            assert!(page.contains(&format!("`{word}`")), "{word}");
        }
    }
}
