//! Why an order was refused, as one word of a fixed list.

use serde::{Deserialize, Deserializer, Serialize};

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
    /// `not_our_table`: the server has not confirmed that it is a practice table.
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
    /// `not_sent`: there was no connection, or another request was in flight.
    NotSent,
    /// `server_refused`: the server refused it; `reason` has its text.
    ServerRefused,
}

/// Reads a code. A word that this version does not know reads as no code, so that the session stays readable.
pub(super) fn known<'de, D: Deserializer<'de>>(source: D) -> Result<Option<ReasonCode>, D::Error> {
    let word = serde_json::Value::deserialize(source)?;
    Ok(serde_json::from_value(word).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_word_reads_as_no_code() {
        for word in ["\"margin_call\"", "null", "7", "{}"] {
            let word: serde_json::Value = serde_json::from_str(word).expect("JSON");
            assert_eq!(known(word).expect("readable"), None);
        }
        let word = serde_json::json!("slippage");
        assert_eq!(known(word).expect("readable"), Some(ReasonCode::Slippage));
    }
}
