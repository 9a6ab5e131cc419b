//! Why an order was refused, in one word of a fixed list.

use serde::{Deserialize, Deserializer, Serialize};

use super::Refusal;

/// The `reason_code` of a refused row. The list is part of the file format: words are added, never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// `not_logged_in`: no player, or no wallet yet.
    NotLoggedIn,
    /// `no_game`: no game is known yet.
    NoGame,
    /// `feed_not_live`: the connection is stale or down.
    FeedNotLive,
    /// `not_our_table`: the server has not said that it is a practice table.
    NotOurTable,
    /// `order_pending`: the order before waits for its answer.
    OrderPending,
    /// `wrong_phase`: the phase of the game takes no such order.
    WrongPhase,
    /// `bad_amount`: not above zero, or more than 9 decimals.
    BadAmount,
    /// `below_minimum`: below the smallest amount.
    BelowMinimum,
    /// `above_maximum`: above the largest amount.
    AboveMaximum,
    /// `insufficient_balance`: more than the wallet holds.
    InsufficientBalance,
    /// `no_position`: nothing to sell.
    NoPosition,
    /// `bad_percentage`: a share that is not above 0 and at most 100 %.
    BadPercentage,
    /// `sidebet_running`: one sidebet at a time.
    SidebetRunning,
    /// `emergency_stop`: the stop is pressed.
    EmergencyStop,
    /// `order_rate`: too many orders within a minute.
    OrderRate,
    /// `slippage`: the price is worse than it was on the screen.
    Slippage,
    /// `daily_loss`: too much could be lost today.
    DailyLoss,
    /// `play_in_browser`: orders are placed in the player's browser.
    PlayInBrowser,
    /// `below_token_unit`: it would buy less than the smallest part of a token.
    BelowTokenUnit,
    /// `game_over`: the game ended before the local wallet could fill the order.
    GameOver,
    /// `not_sent`: there was no connection, or another request was on its way.
    NotSent,
    /// `server_refused`: the server's answer; `reason` has its words.
    ServerRefused,
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

/// Reads a code. A word that this version does not know reads as no code, so the session stays readable.
pub(super) fn known<'de, D: Deserializer<'de>>(source: D) -> Result<Option<ReasonCode>, D::Error> {
    let word = serde_json::Value::deserialize(source)?;
    Ok(serde_json::from_value(word).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

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
            assert_eq!(known(code).expect("readable"), Some(refusal.code()));
        }
    }

    #[test]
    fn a_word_of_a_later_version_is_none() {
        for word in ["\"margin_call\"", "null", "7", "{}"] {
            let word: serde_json::Value = serde_json::from_str(word).expect("JSON");
            assert_eq!(known(word).expect("readable"), None);
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
