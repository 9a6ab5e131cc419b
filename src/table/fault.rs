//! The faults of a practice table by name: first those of the stream, then those of logged-in players only.

use std::fmt;
use std::str::FromStr;

/// A named misbehaviour of the practice table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The full message that opens a game is missing.
    NoGenesis,
    /// The full message after the rug is overtaken by the next game's first countdowns.
    LateFull,
    /// Two countdowns come before the full message that opens the game.
    CountdownFirst,
    /// Every seventh tick is lost.
    Drop,
    /// Eight ticks in a row are lost in each game.
    Hole,
    /// Each message comes twice.
    Double,
    /// Neighbouring ticks change places now and then.
    Swap,
    /// Finished games come without prices.
    NoHistoryPrices,
    /// Finished games come without seeds.
    NoReveal,
    /// The commitment is the hash of another seed.
    BadHash,
    /// One price of each game is not the one of its seed.
    BadPrice,
    /// Malformed fields and unknown events now and then.
    Garbage,
    /// All connections are dropped in the middle of each game.
    Cut,
    /// Ten silent seconds in each game.
    Silence,
    /// SOL vanishes from the player's wallet after their first order of each game.
    Drift,
    /// Tokens vanish from the player's position after their first buy of each game.
    DriftQty,
    /// The average cost of the position rises after the first buy of each game.
    DriftCost,
    /// The first order of each game gets no ack.
    LostAck,
    /// Every ack comes twice.
    DoubleAck,
    /// The `playerUpdate` of an order comes three steps later.
    LatePlayerUpdate,
    /// The player's own `newTrade` never comes.
    NoOwnTrade,
    /// Every buy is refused.
    RefuseBuy,
    /// The connection becomes another player's in the middle of each game.
    OtherPlayer,
    /// One field is missing in each `playerUpdate`.
    AbsentFields,
}

/// An unknown fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no fault {0:?}; known are {list}", list = names())]
pub struct UnknownFault(pub String);

impl Fault {
    /// Every fault, in the order of the help text.
    pub const ALL: [Self; 24] = [
        Self::NoGenesis,
        Self::LateFull,
        Self::CountdownFirst,
        Self::Drop,
        Self::Hole,
        Self::Double,
        Self::Swap,
        Self::NoHistoryPrices,
        Self::NoReveal,
        Self::BadHash,
        Self::BadPrice,
        Self::Garbage,
        Self::Cut,
        Self::Silence,
        Self::Drift,
        Self::DriftQty,
        Self::DriftCost,
        Self::LostAck,
        Self::DoubleAck,
        Self::LatePlayerUpdate,
        Self::NoOwnTrade,
        Self::RefuseBuy,
        Self::OtherPlayer,
        Self::AbsentFields,
    ];

    /// Returns the name on the command line.
    pub fn name(self) -> &'static str {
        self.help().0
    }

    /// Returns the line of the help text.
    pub fn description(self) -> &'static str {
        self.help().1
    }

    fn help(self) -> (&'static str, &'static str) {
        match self {
            Self::NoGenesis => (
                "no-genesis",
                "the 15000 message is missing: the seed is revealed one game later",
            ),
            Self::LateFull => (
                "late-full",
                "the full message after the rug comes behind the next countdown",
            ),
            Self::CountdownFirst => (
                "countdown-first",
                "14900 and 14800 come before the 15000 message",
            ),
            Self::Drop => ("drop", "every seventh tick message is lost"),
            Self::Hole => (
                "hole",
                "eight tick messages in a row are lost in each game of at least twelve ticks",
            ),
            Self::Double => ("double", "each message comes twice"),
            Self::Swap => ("swap", "every tenth tick message comes behind the next one"),
            Self::NoHistoryPrices => (
                "no-history-prices",
                "finished games come without prices, as since February 2026",
            ),
            Self::NoReveal => ("no-reveal", "finished games come without their seeds"),
            Self::BadHash => ("bad-hash", "the commitment is the hash of another seed"),
            Self::BadPrice => (
                "bad-price",
                "one price of each game is not the one of its seed, in every message",
            ),
            Self::Garbage => (
                "garbage",
                "malformed fields and unknown events now and then",
            ),
            Self::Cut => (
                "cut",
                "all connections are dropped once in each game, about the middle",
            ),
            Self::Silence => (
                "silence",
                "the server says nothing for ten seconds, once in each game",
            ),
            Self::Drift => (
                "drift",
                "after the first order of each game 0.01 SOL vanishes from the player's wallet (half of it if it holds less)",
            ),
            Self::DriftQty => (
                "drift-qty",
                "after the first buy of each game 0.000001 tokens vanish from the player's position",
            ),
            Self::DriftCost => (
                "drift-cost",
                "after the first buy of each game the average cost of the player's position is 1 % higher",
            ),
            Self::LostAck => (
                "lost-ack",
                "the first order of a player in each game gets no ack",
            ),
            Self::DoubleAck => ("double-ack", "every ack comes twice"),
            Self::LatePlayerUpdate => (
                "late-player-update",
                "the playerUpdate of an order comes three steps later, behind its ack",
            ),
            Self::NoOwnTrade => (
                "no-own-trade",
                "the server never sends the player's own trades as newTrade",
            ),
            Self::RefuseBuy => ("refuse-buy", "every buy is refused"),
            Self::OtherPlayer => (
                "other-player",
                "about the middle of each game the server names another player on the connection, who acts from then on",
            ),
            Self::AbsentFields => (
                "absent-fields",
                "playerUpdates lack cash, positionQty, avgCost in turn",
            ),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Fault {
    type Err = UnknownFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let named = Self::ALL.into_iter().find(|fault| fault.name() == text);
        named.ok_or_else(|| UnknownFault(text.to_owned()))
    }
}

fn names() -> String {
    Fault::ALL.map(Fault::name).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_is_found_by_its_name_and_described() {
        for fault in Fault::ALL {
            assert_eq!(fault.to_string().parse(), Ok(fault));
            assert!(!fault.description().is_empty());
        }
        let error = "dorp".parse::<Fault>().expect_err("no such fault");
        assert!(error.to_string().contains("drop"), "{error}");
    }
}
