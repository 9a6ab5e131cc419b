//! The words of columns that have a fixed list of them.

use super::field::Word;
use crate::account::{ActionKind, ActionSource, ActionStatus, DriftField, ReasonCode, WalletKind};
use crate::fairness::{CommitmentSource, ProofStatus};
use crate::game::{EndReason, Phase};
pub use crate::library::Tier;
use crate::named_enum::named_enum;

named_enum! {
    /// What the start of a game is.
    pub enum StartKind {
        /// The arrival of tick 0.
        Arrival = "arrival",
        /// The arrival of the first message of a game that ran already.
        LateJoin = "late_join",
        /// The server's closing time less 250 ms a tick: the game is known from the history alone.
        Estimate = "estimate",
        /// The first line of a recording of the Python original.
        Converted = "converted",
    }
}

named_enum! {
    /// Where the price of a tick comes from.
    #[derive(PartialOrd, Ord)]
    pub enum TickSource {
        /// The message of its own tick.
        Live = "live",
        /// The window of a later message.
        Partial = "partial",
        /// The list of a connect snapshot.
        Snapshot = "snapshot",
        /// The server's history.
        History = "history",
        /// The path of the revealed seed.
        Seed = "seed",
        /// There is no price.
        Missing = "missing",
        /// The file counts several sources and does not say which one it was.
        Unknown = "unknown",
    }
}

named_enum! {
    /// The condition of a day.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Condition {
        /// Nothing is missing.
        Complete = "complete",
        /// Something is missing or wrong.
        Degraded = "degraded",
        /// The day was not over when the data set was built.
        Open = "open",
        /// Nothing was recorded.
        Missing = "missing",
    }
}

macro_rules! words {
    ($($type:ty),* $(,)?) => {$(
        impl Word for $type {
            fn word(self) -> &'static str {
                self.as_str()
            }
        }
    )*};
}

words! {
    ActionKind,
    ActionSource,
    ActionStatus,
    CommitmentSource,
    Condition,
    DriftField,
    EndReason,
    Phase,
    ProofStatus,
    ReasonCode,
    StartKind,
    TickSource,
    Tier,
    WalletKind,
}
