//! The state of one game. `facts` applies its facts, `reveal` its commitment and seed.

use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;

use super::anomaly::Anomaly;
use super::prices::PriceHistory;
use super::server::ServerInfo;
use super::time::{TICK_MILLIS, Time};
use crate::fairness::{CommitmentSource, Proof, ProofStatus};
use crate::named_enum::named_enum;
use crate::protocol::{GameId, HistoryEntry, Tick};

named_enum! {
    /// How the end of a game is known.
    #[derive(Hash)]
    pub enum EndReason {
        /// A rugged message arrived.
        Rug = "rug",
        /// The next game began without a rug, and nothing says at which tick the rug was.
        Missed = "missed",
        /// The program stopped.
        Stopped = "stopped",
        /// The program crashed, and recovery closed the game.
        Crash = "crash",
        /// Known from `gameHistory` alone: no message of the game, or none of its rug, arrived.
        History = "history",
    }
}

/// Everything known of one game.
#[derive(Debug, Clone, PartialEq)]
pub struct Game {
    /// The server's id.
    pub id: GameId,
    /// Arrival of tick 0; after a late join, of the first message of this game.
    pub start: Time,
    /// Arrival of the first rugged message.
    pub end: Option<Time>,
    /// Prices by tick.
    pub prices: PriceHistory,
    /// The last tick; known from the rugged message, from the game's history entry or from the seed.
    pub rug_tick: Option<Tick>,
    /// The first tick that arrived in its own message.
    pub joined_at_tick: Option<Tick>,
    /// The last tick that arrived in its own message.
    pub last_live: Option<Tick>,
    /// The hash stated during the game, before the reveal.
    pub commitment: Option<String>,
    /// The hash sent together with the seed.
    pub revealed_hash: Option<String>,
    /// The revealed seed.
    pub seed: Option<String>,
    /// The entry that revealed the seed before the game was known to be over.
    pub(super) early_reveal: Option<Box<HistoryEntry>>,
    /// Hash and version of the last message that stated them.
    pub(super) last_stated: (Option<String>, Option<String>),
    /// Version of the price generator.
    pub version: Option<String>,
    /// How the end is known; `None` while the game runs.
    pub end_reason: Option<EndReason>,
    /// Anomalies and their counts.
    pub anomalies: BTreeMap<Anomaly, u32>,
    /// Messages that repeated a tick with the same price. This is no anomaly.
    pub duplicates: u32,
    /// Ticks for which the server also sent another price; each is counted once.
    pub(super) contradicted: BTreeSet<Tick>,
    /// How often the connection was lost during the game.
    pub reconnects: u32,
    /// The server of the game; `None` while unknown.
    pub server: Option<ServerInfo>,
    /// The proof so far.
    pub proof: Proof,
}

impl Game {
    /// Returns a game with a start and no prices.
    pub fn new(id: GameId, start: Time) -> Self {
        Self {
            id,
            start,
            end: None,
            prices: PriceHistory::default(),
            rug_tick: None,
            joined_at_tick: None,
            last_live: None,
            commitment: None,
            revealed_hash: None,
            seed: None,
            early_reveal: None,
            last_stated: (None, None),
            version: None,
            end_reason: None,
            anomalies: BTreeMap::new(),
            duplicates: 0,
            contradicted: BTreeSet::new(),
            reconnects: 0,
            server: None,
            proof: Proof {
                status: ProofStatus::Unverifiable,
                commitment: CommitmentSource::None,
                checked_ticks: 0,
                reason: Some("no seed yet".to_owned()),
                mismatch: None,
            },
        }
    }

    /// Returns a game known from `gameHistory` alone.
    ///
    /// Its start is an estimate: the server's closing time less 250 ms a tick. `None` without a closing time.
    pub fn from_history(entry: &HistoryEntry) -> Option<Self> {
        let closed = Time::from_timestamp_millis(entry.timestamp?)?;
        let mut game = Self::new(entry.id.clone(), closed);
        game.end_reason = Some(EndReason::History);
        game.reveal(entry);
        let ticks = i64::try_from(game.prices.len()).unwrap_or(0);
        game.start =
            closed.checked_sub_signed(chrono::Duration::milliseconds(ticks * TICK_MILLIS))?;
        Some(game)
    }

    /// Whether the game is over, by any source.
    pub fn ended(&self) -> bool {
        self.end_reason.is_some()
    }

    /// Whether every tick from 0 to the rug is known and the rug price was received.
    pub fn complete(&self) -> bool {
        let rug = self.rug_tick.map(|tick| tick as usize + 1);
        rug == Some(self.prices.len()) && self.prices.missing() == 0
    }

    /// Whether [`Self::peak`] is exact: every price before the rug is known. The rug itself is no peak.
    pub fn peak_exact(&self) -> bool {
        let before_rug = match self.rug_tick {
            Some(rug) => rug as usize,
            // Without a rug, more ticks may have followed.
            None => return false,
        };
        let known = self.prices.as_slice().iter().take(before_rug);
        self.prices.len() >= before_rug && known.flatten().count() == before_rug
    }

    /// Returns the highest known price.
    pub fn peak(&self) -> Option<Decimal> {
        self.prices.peak()
    }

    /// Returns the hash for the file: the one stated before the reveal, else the one sent with the seed.
    pub fn hash(&self) -> Option<&str> {
        self.commitment.as_deref().or(self.revealed_hash.as_deref())
    }
}
