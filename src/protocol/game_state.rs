//! `gameStateUpdate`: the running game, in five shapes (`docs/protocol.md` 2).

use rust_decimal::Decimal;

use super::fields::{
    self, FromObject, Key, Notes, decimal, flag, game_id, hash, integer, object, objects, prices,
    version, wire_object,
};
use super::id::GameId;
use super::json::Json;
use super::leaderboard::LeaderboardRow;

wire_object! {
    /// One `gameStateUpdate`. Only `game_id` is always present; an absent field means "unchanged".
    #[derive(Debug, Clone, PartialEq)]
    pub struct GameStateUpdate {
        required {
            /// The game this message belongs to.
            game_id: GameId = "gameId" as game_id,
        }
        optional {
            /// True from tick 0 to the genesis of the next game.
            active: bool = "active" as flag,
            /// The game is over, but only together with `active`: see [`is_rug`].
            rugged: bool = "rugged" as flag,
            /// True in the presale.
            allow_pre_round_buys: bool = "allowPreRoundBuys" as flag,
            /// Milliseconds until the start; 0 while active and rugged.
            cooldown_timer: i64 = "cooldownTimer" as integer,
            /// The countdown is paused.
            cooldown_paused: bool = "cooldownPaused" as flag,
            /// The tick of `price`; counts on after the rug, so it is not the number of ticks.
            tick_count: u64 = "tickCount" as integer,
            /// Multiplier of the start price.
            price: Decimal = "price" as decimal,
            /// Every price so far, by tick (connect snapshot only); an unreadable one is `None`.
            prices: Vec<Option<Decimal>> = "prices" as prices,
            /// The last five ticks.
            partial_prices: PartialPrices = "partialPrices" as object,
            /// The hash that commits to the seed before the game.
            commitment: Commitment = "provablyFair" as object,
            /// Version of the price generator, `v3`.
            game_version: String = "gameVersion" as version,
            /// The last finished games, at most ten, newest first, with their seeds.
            history: Vec<HistoryEntry> = "gameHistory" as history,
            /// The ten best players.
            leaderboard: Vec<LeaderboardRow> = "leaderboard" as objects,
            /// Clients connected to the server.
            connected_players: u32 = "connectedPlayers" as integer,
            /// Trades of the game so far, forced sells included.
            trade_count: u32 = "tradeCount" as integer,
            /// Today's highest multiplier.
            highest_today: Decimal = "highestToday" as decimal,
        }
        /// Statistics of the last 100 games.
        group last_100: Last100 {
            average = "averageMultiplier" as decimal,
            reached_2x = "count2x" as integer,
            reached_10x = "count10x" as integer,
            reached_50x = "count50x" as integer,
            reached_100x = "count100x" as integer,
        }
        computed {
            /// Keys that were present and unreadable, by their wire name.
            unreadable: Vec<&'static str> = Notes::take_unreadable,
        }
        ignored [
            "availableShitcoins", "godCandle10x", "godCandle10xGameId", "godCandle10xMassiveJump",
            "godCandle10xPrices", "godCandle10xServerSeed", "godCandle10xTimestamp", "godCandle2x",
            "godCandle2xGameId", "godCandle2xMassiveJump", "godCandle2xPrices",
            "godCandle2xServerSeed", "godCandle2xTimestamp", "godCandle50x", "godCandle50xGameId",
            "godCandle50xMassiveJump", "godCandle50xPrices", "godCandle50xServerSeed",
            "godCandle50xTimestamp", "highestTodayGameId", "highestTodayPrices",
            "highestTodayServerSeed", "highestTodayTimestamp", "pauseMessage", "rugRoyale", "rugpool",
            "trades"
        ]
    }
}

/// The window of the last ticks that comes with every tick.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PartialPrices {
    /// The last tick of the window; never beyond the rug.
    pub end_tick: Option<u64>,
    /// Tick and price, as sent.
    pub values: Vec<(u64, Option<Decimal>)>,
}

wire_object! {
    /// The commitment to the seed of a game.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Commitment under "provablyFair" {
        required {
            /// Lower-case hex SHA-256 of the seed's text.
            hash: String = "serverSeedHash" as hash,
        }
        optional {
            /// Version of the generator, if the message states it.
            version: String = "version" as version,
        }
        ignored []
    }
}

/// Statistics of the last 100 games; a field absent from the message is `None`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Last100 {
    /// Mean peak.
    pub average: Option<Decimal>,
    /// Games that reached 2x.
    pub reached_2x: Option<u32>,
    /// Games that reached 10x.
    pub reached_10x: Option<u32>,
    /// Games that reached 50x.
    pub reached_50x: Option<u32>,
    /// Games that reached 100x.
    pub reached_100x: Option<u32>,
}

/// A finished game of `gameHistory`, the only place where a seed is revealed.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The finished game.
    pub id: GameId,
    /// When the server closed it, in Unix milliseconds of the server's clock.
    pub timestamp: Option<i64>,
    /// Every price, the rug as the last one; absent since February 2026.
    pub prices: Option<Vec<Option<Decimal>>>,
    /// The highest price.
    pub peak: Option<Decimal>,
    /// The revealed seed, 64 hex characters.
    pub seed: Option<String>,
    /// Its hash.
    pub hash: Option<String>,
    /// Version of the generator.
    pub version: Option<String>,
}

/// Entries of a `gameHistory` that are read, the newest ones: the server lists ten.
const MAX_HISTORY: usize = 10;

/// Whether the flags of a message say that its game has rugged. Every caller decides it here.
///
/// `rugged` counts only together with `active: true`, or without `active` in a message of the running game: the first
/// settlement rows of a game may still carry the flag of the game before, with `active: false` (`docs/protocol.md` 3.1).
pub fn is_rug(rugged: Option<bool>, active: Option<bool>, of_running_game: bool) -> bool {
    rugged == Some(true) && active.unwrap_or(of_running_game)
}

impl GameStateUpdate {
    /// Returns an update with a game id and no other field.
    pub fn new(game_id: GameId) -> Self {
        Self::only(game_id)
    }

    /// Reads a message. One without a usable game id is malformed as a whole: its other keys are not counted.
    pub(super) fn read_message<'a>(object: impl Json<'a>, notes: &mut Notes<'_>) -> Option<Self> {
        let id = object.get("gameId")?;
        if id.text().and_then(|id| GameId::from_wire(&id)).is_none() {
            return game_id(notes, "gameId", id).and(None);
        }
        Self::read(object, notes)
    }
}

impl FromObject for PartialPrices {
    fn read<'a, J: Json<'a>>(object: J, notes: &mut Notes<'_>) -> Option<Self> {
        const KEY: &str = "partialPrices";
        let mut window = Self::default();
        for (key, value) in object.entries() {
            match &*key {
                "startTick" => {}
                "endTick" => window.end_tick = integer(notes, KEY, value),
                "values" => {
                    let values = fields::map(notes, KEY, value);
                    for (tick, price) in values.into_iter().flat_map(Json::entries) {
                        match tick.parse() {
                            Ok(tick) => window.values.push((tick, fields::price(price))),
                            Err(_) => notes.malformed(KEY),
                        }
                    }
                }
                other => notes.unknown(other),
            }
        }
        Some(window)
    }
}

fn history<'a>(notes: &mut Notes<'_>, key: Key, value: impl Json<'a>) -> Option<Vec<HistoryEntry>> {
    let newest = fields::list(notes, key, value)?
        .elements()
        .take(MAX_HISTORY);
    Some(
        newest
            .filter_map(|entry| object(notes, key, entry))
            .collect(),
    )
}

impl HistoryEntry {
    /// Returns an entry with a seed and no other field.
    pub fn of_seed(id: GameId, seed: String) -> Self {
        Self {
            id,
            timestamp: None,
            prices: None,
            peak: None,
            seed: Some(seed),
            hash: None,
            version: None,
        }
    }
}

/// An entry without a usable id costs itself only.
impl FromObject for HistoryEntry {
    fn read<'a, J: Json<'a>>(object: J, notes: &mut Notes<'_>) -> Option<Self> {
        const KEY: &str = "gameHistory";
        let mut id = None;
        let (mut timestamp, mut listed_prices, mut peak) = (None, None, None);
        let (mut seed, mut seed_hash) = (None, None);
        // Each year had its own place for the version; the first one present counts.
        let mut versions = [None, None, None];
        for (key, value) in object.entries() {
            match &*key {
                "id" => id = game_id(notes, KEY, value),
                "timestamp" => timestamp = integer(notes, KEY, value),
                "prices" => listed_prices = prices(notes, "prices", value),
                "peakMultiplier" => peak = decimal(notes, KEY, value),
                "gameVersion" => versions[0] = version(notes, KEY, value),
                "version" => versions[1] = version(notes, KEY, value),
                "provablyFair" => {
                    let fair = fields::map(notes, KEY, value);
                    for (key, value) in fair.into_iter().flat_map(Json::entries) {
                        match &*key {
                            "serverSeed" => seed = fields::seed(notes, KEY, value),
                            "serverSeedHash" => seed_hash = hash(notes, KEY, value),
                            "version" => versions[2] = version(notes, KEY, value),
                            other => notes.unknown(other),
                        }
                    }
                }
                "rugged" | "globalTrades" | "globalSidebets" => {}
                other => notes.unknown(other),
            }
        }
        if object.get("id").is_none() {
            notes.malformed(KEY);
        }
        Some(Self {
            id: id?,
            timestamp,
            prices: listed_prices,
            peak,
            seed,
            hash: seed_hash,
            version: versions.into_iter().flatten().next(),
        })
    }
}
