//! Anomalies in the messages of a game, by name.

use crate::named_enum::named_enum;

named_enum! {
    /// An anomaly in the messages of a game.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Anomaly {
        /// A phase that cannot follow the one before.
        IllegalTransition = "illegal_transition",
        /// A tick older than one already seen, in its own message.
        TickBackwards = "tick_backwards",
        /// Another price for a known tick; the first one is kept.
        PriceChanged = "price_changed",
        /// The next game came without a rug.
        RugMissed = "rug_missed",
        /// More than 20 ticks were skipped.
        TickJump = "tick_jump",
        /// An active message without tick or price.
        FieldMissing = "field_missing",
        /// A price that is not a number, zero or negative.
        BadPrice = "bad_price",
        /// A tick outside 0..=5000.
        BadTick = "bad_tick",
        /// Another hash or version during the game; the first one counts.
        CommitmentChanged = "commitment_changed",
        /// The seed came before the rug.
        EarlyReveal = "early_reveal",
        /// The price list of the game's history entry has another length than the game.
        HistoryLength = "history_length",
        /// The id of a known game returned with another hash. This is the later game; it gets its own file.
        IdReused = "id_reused",
        /// A text of the server was cut because it is too long.
        FieldTooLong = "field_too_long",
        /// Ticks arrived more than two seconds after the server made them; once per game.
        LateArrival = "late_arrival",
    }
}
