//! The game file: keys, their order and their meaning are the contract of `docs/formats.md`.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{APP, json};
use crate::fairness::{CommitmentSource, Proof, ProofStatus};
use crate::game::{Anomaly, EndReason, Game, PriceHistory, ServerInfo, SourceCounts, Time, millis};
use crate::protocol::{GameId, HistoryEntry, MAX_TICK, Tick, number};

/// Version of the file format.
const FORMAT: u32 = 1;
/// The beginning of the ids of a seeded table, on any day.
const SEEDED_IDS: &str = "20000101-";

/// The source of the games. By default each has a folder of its own, except that live and browser games share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// The real server.
    Live,
    /// The built-in practice table.
    Practice,
    /// The player's own browser.
    Browser,
    /// Any other address.
    Url,
}

impl Origin {
    /// Returns the word used in files.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Practice => "practice",
            Self::Browser => "browser",
            Self::Url => "url",
        }
    }

    /// Returns the default folder of games of this origin.
    pub fn folder(self) -> &'static str {
        match self {
            Self::Live | Self::Browser => "live",
            Self::Practice => "practice",
            Self::Url => "other",
        }
    }
}

/// The highest known price of a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Peak {
    /// The highest known price; `None` if no price is known.
    pub multiplier: Option<Decimal>,
    /// Every tick before the rug is known; otherwise this is a lower bound.
    pub exact: bool,
}

/// As a column of a line: `-`, `2.17`, or `>=2.17` for a lower bound. It is one word, so that a script can split the line.
impl fmt::Display for Peak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.multiplier {
            None => f.write_str("-"),
            Some(peak) if self.exact => write!(f, "{peak}"),
            Some(peak) => write!(f, ">={peak}"),
        }
    }
}

/// A game file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GameFile {
    /// The facts about the whole game.
    pub meta: GameMeta,
    /// Prices by tick, the rug price last; `null` if unknown.
    #[serde(with = "number::text::list")]
    pub prices: Vec<Option<Decimal>>,
    /// The arrival of each tick's own message, in milliseconds after `start_time`, one entry a price; `null` if the price
    /// has another source. Empty in a file from before this key existed.
    #[serde(default)]
    pub arrivals: Vec<Option<u32>>,
}

/// The part of a game file beside the prices.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GameMeta {
    /// The server's id.
    pub game_id: GameId,
    /// Arrival of tick 0 (after a late join: of the first message).
    #[serde(with = "millis")]
    pub start_time: Option<Time>,
    /// Arrival of the first rugged message.
    #[serde(with = "millis")]
    pub end_time: Option<Time>,
    /// Length of `prices`.
    pub duration_ticks: u32,
    /// The highest price.
    #[serde(with = "number::text")]
    pub peak_multiplier: Option<Decimal>,
    /// The commitment.
    pub server_seed_hash: Option<String>,
    /// The revealed seed.
    pub server_seed: Option<String>,
    /// Version of this format; a file of the Python original has none.
    #[serde(default)]
    pub format: u32,
    /// The source.
    pub origin: Origin,
    /// Version of the price generator.
    pub game_version: Option<String>,
    /// How the game ended.
    pub end_reason: Option<EndReason>,
    /// Every tick from 0 to the rug is known and the rug price was received.
    pub complete: bool,
    /// The first tick that arrived in its own message.
    pub joined_at_tick: Option<Tick>,
    /// The number of ticks by the source of their price.
    pub sources: SourceCounts,
    /// Ticks whose price was computed from the seed, ascending.
    pub repaired_ticks: Vec<Tick>,
    /// The proof.
    pub proof: Proof,
    /// Anomalies, with how often each was seen.
    pub anomalies: BTreeMap<Anomaly, u32>,
    /// How often the connection was lost during the game.
    pub reconnects: u32,
    /// Every tick before the rug is known; otherwise `peak_multiplier` is a lower bound.
    #[serde(default)]
    pub peak_exact: bool,
    /// How many times as fast as real time the server ran; `None` if it is unknown, changed during the game, or is no
    /// number.
    #[serde(default, with = "number::plain")]
    pub speed: Option<Decimal>,
    /// The games come from `--seed` and will be repeated: never training data.
    #[serde(default)]
    pub seeded: bool,
    /// The program that wrote the file.
    pub app: String,
}

impl GameMeta {
    /// Returns the peak with its exactness.
    pub fn peak(&self) -> Peak {
        Peak {
            multiplier: self.peak_multiplier,
            exact: self.peak_exact,
        }
    }
}

impl GameFile {
    /// Returns the file of a game.
    pub fn new(game: &Game, origin: Origin) -> Self {
        let meta = GameMeta {
            game_id: game.id.clone(),
            start_time: Some(game.start),
            end_time: game.end,
            duration_ticks: u32::try_from(game.prices.len()).unwrap_or(u32::MAX),
            peak_multiplier: game.peak(),
            server_seed_hash: game.hash().map(str::to_owned),
            server_seed: game.seed.clone(),
            format: FORMAT,
            origin,
            game_version: game.version.clone(),
            end_reason: game.end_reason,
            complete: game.complete(),
            joined_at_tick: game.joined_at_tick,
            sources: game.prices.counts(),
            repaired_ticks: game.prices.repaired(),
            proof: game.proof.clone(),
            anomalies: game.anomalies.clone(),
            reconnects: game.reconnects,
            peak_exact: game.peak_exact(),
            speed: speed_of(game.server, origin),
            seeded: is_seeded(&game.id, game.server, origin),
            app: APP.to_owned(),
        };
        Self {
            meta,
            prices: game.prices.as_slice().to_vec(),
            arrivals: game.prices.arrivals().to_vec(),
        }
    }

    /// Reads a file's text.
    ///
    /// # Errors
    ///
    /// The text says what is wrong, without the path.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let mut file: Self = serde_json::from_slice(text).map_err(|error| error.to_string())?;
        if file.meta.format > FORMAT {
            return Err(format!(
                "format {} is newer than this program knows",
                file.meta.format
            ));
        }
        if file.meta.start_time.is_none() {
            return Err("start_time is missing".to_owned());
        }
        let length = file.prices.len();
        if length > MAX_TICK as usize + 1 {
            return Err(format!(
                "{length} prices, and a game has at most {}",
                MAX_TICK + 1
            ));
        }
        let repaired = &mut file.meta.repaired_ticks;
        if repaired.len() > length {
            let repaired = repaired.len();
            return Err(format!("{repaired} repaired ticks, and {length} prices"));
        }
        repaired.sort_unstable();
        if file.arrivals.is_empty() {
            // The file is from before these keys existed: the rest of it decides.
            file.meta.peak_exact = file.knows_all_before_the_rug();
            file.meta.speed = speed_of(None, file.meta.origin);
            file.meta.seeded = is_seeded(&file.meta.game_id, None, file.meta.origin);
        }
        Ok(file)
    }

    fn knows_all_before_the_rug(&self) -> bool {
        let meta = &self.meta;
        let by_seed = matches!(
            meta.proof.status,
            ProofStatus::Proven | ProofStatus::Repaired
        );
        let rug_is_known = meta.complete || meta.end_time.is_some() || by_seed;
        let before = self
            .prices
            .split_last()
            .map_or(&[][..], |(_, before)| before);
        rug_is_known && before.iter().all(Option::is_some)
    }

    /// Whether the file has arrivals of ticks. A reader of a file without any spreads the ticks evenly.
    pub fn has_arrivals(&self) -> bool {
        self.arrivals.iter().any(Option::is_some)
    }

    /// Returns the text of the file.
    pub fn to_text(&self) -> serde_json::Result<Vec<u8>> {
        json::to_text(self)
    }

    /// Whether the file is of this game: the same id, and no other hash.
    pub(crate) fn is_of(&self, game: &Game) -> bool {
        let same = |hash: &String| game.hash().is_none_or(|other| other == hash);
        self.meta.game_id == game.id && self.meta.server_seed_hash.iter().all(same)
    }

    /// Returns the file to write if this one exists and the game is published again, as `newer`.
    ///
    /// A file with its seed never changes, even if a table repeats its ids. A game that went on (it has the file's start)
    /// replaces its beginning. A game that was watched again adds what the file lacks. A game that was listed before it
    /// was watched is written as it was watched: the listed file has no more.
    pub(crate) fn with(self, game: &Game, newer: Self) -> Self {
        if self.is_unwatched() && !newer.is_unwatched() {
            let origin = self.meta.origin;
            let mut watched = game.clone();
            watched.reveal_without_commitment(&self.into_entry());
            return Self::new(&watched, origin);
        }
        if self.meta.server_seed.is_some() {
            return self;
        }
        let millis = |file: &Self| file.meta.start_time.map(|time| time.timestamp_millis());
        if millis(&self) == millis(&newer) && !newer.lacks_some_of(&self) {
            return newer;
        }
        if !self.lacks_some_of(&newer) {
            return self;
        }
        let origin = self.meta.origin;
        let mut whole = self.into_game();
        whole.merge(game);
        Self::new(&whole, origin)
    }

    /// Whether the other file of this game has something that this one lacks.
    pub(crate) fn lacks_some_of(&self, other: &Self) -> bool {
        let mut ticks = (0..).zip(&other.prices);
        let has = |tick: usize| self.prices.get(tick).is_some_and(Option::is_some);
        ticks.any(|(tick, price)| price.is_some() && !has(tick))
            || self.meta.server_seed.is_none() && other.meta.server_seed.is_some()
            || self.meta.end_time.is_none() && other.meta.end_time.is_some()
            || !self.meta.complete && other.meta.complete
    }

    /// Whether the game is known from the server's list alone, without any message of its own.
    pub(crate) fn is_unwatched(&self) -> bool {
        let sources = &self.meta.sources;
        self.meta.end_reason == Some(EndReason::History)
            && sources.live + sources.partial + sources.snapshot == 0
    }

    /// Returns the entry of the server's list from which an unwatched file was made.
    fn into_entry(self) -> HistoryEntry {
        HistoryEntry {
            id: self.meta.game_id,
            timestamp: None,
            prices: Some(self.prices).filter(|_| self.meta.complete),
            peak: self.meta.peak_multiplier,
            seed: self.meta.server_seed,
            hash: self.meta.server_seed_hash,
            version: self.meta.game_version,
        }
    }

    /// Returns the last tick; `None` without any. The prices count, not the length that the file states.
    pub(crate) fn last_tick(&self) -> Option<Tick> {
        let last = self.prices.len().checked_sub(1)?;
        Tick::try_from(last).ok()
    }

    /// Returns the recorded game.
    pub fn into_game(self) -> Game {
        let last_tick = self.last_tick();
        let meta = self.meta;
        let mut game = Game::new(meta.game_id, meta.start_time.unwrap_or_default());
        let seen = meta.proof.commitment == CommitmentSource::Seen;
        game.commitment = meta.server_seed_hash.clone().filter(|_| seen);
        game.revealed_hash = meta.server_seed_hash.filter(|_| !seen);
        game.end = meta.end_time;
        // Without a rug the last tick is only the last one received.
        let rug_is_known = meta.end_time.is_some() || meta.end_reason == Some(EndReason::History);
        game.rug_tick = last_tick.filter(|_| rug_is_known);
        game.joined_at_tick = meta.joined_at_tick;
        game.seed = meta.server_seed;
        game.version = meta.game_version;
        game.end_reason = meta.end_reason;
        game.anomalies = meta.anomalies;
        game.reconnects = meta.reconnects;
        game.server = Some(ServerInfo {
            speed: meta.speed,
            seeded: meta.seeded,
        });
        game.proof = meta.proof;
        let joined = meta.joined_at_tick;
        let (prices, repaired) = (self.prices, &meta.repaired_ticks);
        game.prices =
            PriceHistory::from_file(prices, self.arrivals, meta.sources, repaired, joined);
        game
    }
}

/// Returns how fast the server ran. The real server runs in real time, also if its speed was not recorded: for a game
/// known from the server's list alone, and in a file or journal of an old version.
pub(crate) fn speed_of(server: Option<ServerInfo>, origin: Origin) -> Option<Decimal> {
    let unknown = || (origin == Origin::Live).then_some(Decimal::ONE);
    server.map_or_else(unknown, |server| server.speed)
}

/// Whether a game comes from `--seed`, by its server or its id.
fn is_seeded(id: &GameId, server: Option<ServerInfo>, origin: Origin) -> bool {
    let at_a_table = matches!(origin, Origin::Practice | Origin::Url);
    server.is_some_and(|server| server.seeded) || at_a_table && id.as_str().starts_with(SEEDED_IDS)
}
