//! Why an order was refused, as one word of a fixed list.

use serde::{Deserialize as _, Deserializer};

use crate::named_enum::named_enum;

named_enum! {
    /// The `reason_code` of a refused row. The list is part of the file format: words are added, never renamed.
    #[derive(Hash)]
    pub enum ReasonCode {
        /// `not_logged_in`: no player, or no wallet yet.
        NotLoggedIn = "not_logged_in",
        /// `no_game`: no game is known yet.
        NoGame = "no_game",
        /// `feed_not_live`: the connection is stale or down.
        FeedNotLive = "feed_not_live",
        /// `not_our_table`: the server has not confirmed that it is a practice table.
        NotOurTable = "not_our_table",
        /// `order_pending`: the order before waits for its answer.
        OrderPending = "order_pending",
        /// `wrong_phase`: the phase of the game takes no such order.
        WrongPhase = "wrong_phase",
        /// `bad_amount`: not above zero, or more than 9 decimals.
        BadAmount = "bad_amount",
        /// `below_minimum`: below the smallest amount.
        BelowMinimum = "below_minimum",
        /// `above_maximum`: above the largest amount.
        AboveMaximum = "above_maximum",
        /// `insufficient_balance`: more than the wallet holds.
        InsufficientBalance = "insufficient_balance",
        /// `no_position`: nothing to sell.
        NoPosition = "no_position",
        /// `bad_percentage`: a share that is not above 0 and at most 100 %.
        BadPercentage = "bad_percentage",
        /// `sidebet_running`: one sidebet at a time.
        SidebetRunning = "sidebet_running",
        /// `emergency_stop`: the stop is pressed.
        EmergencyStop = "emergency_stop",
        /// `order_rate`: too many orders within a minute.
        OrderRate = "order_rate",
        /// `slippage`: the price is worse than it was on the screen.
        Slippage = "slippage",
        /// `daily_loss`: too much could be lost today.
        DailyLoss = "daily_loss",
        /// `play_in_browser`: orders are placed in the player's browser.
        PlayInBrowser = "play_in_browser",
        /// `below_token_unit`: it would buy less than the smallest part of a token.
        BelowTokenUnit = "below_token_unit",
        /// `game_over`: the game ended before the local wallet could fill the order.
        GameOver = "game_over",
        /// `not_sent`: there was no connection, or another request was in flight.
        NotSent = "not_sent",
        /// `server_refused`: the server refused it; `reason` has its text.
        ServerRefused = "server_refused",
    }
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
