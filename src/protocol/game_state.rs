//! `gameStateUpdate`: the running game, in five shapes (`protocol.md` 2).

use rust_decimal::Decimal;
use serde_json::Value;

use super::reader::{Notes, Object};
use super::{GameId, LeaderboardRow, number};

/// One `gameStateUpdate`. Only `game_id` is always there; an absent field means "unchanged".
#[derive(Debug, Clone, PartialEq)]
pub struct GameStateUpdate {
    /// The game this message speaks of.
    pub game_id: GameId,
    /// True from tick 0 to the genesis of the next game.
    pub active: Option<bool>,
    /// The game is over, but only together with `active`: a settlement row may still tell it of the game before.
    pub rugged: Option<bool>,
    /// True in the presale.
    pub allow_pre_round_buys: Option<bool>,
    /// Milliseconds until the start; 0 while active and rugged.
    pub cooldown_timer: Option<i64>,
    /// The countdown stands still.
    pub cooldown_paused: Option<bool>,
    /// The tick of `price`; runs on after the rug, so it is not the number of ticks.
    pub tick_count: Option<u64>,
    /// Multiplier of the start price.
    pub price: Option<Decimal>,
    /// Every price so far, by tick (connect snapshot only); an unreadable one is `None`.
    pub prices: Option<Vec<Option<Decimal>>>,
    /// The last five ticks.
    pub partial_prices: Option<PartialPrices>,
    /// The hash that commits to the seed before the game.
    pub commitment: Option<Commitment>,
    /// Version of the price generator, `v3`.
    pub game_version: Option<String>,
    /// The last finished games, at most ten, newest first, with their seeds.
    pub history: Option<Vec<HistoryEntry>>,
    /// The ten best players.
    pub leaderboard: Option<Vec<LeaderboardRow>>,
    /// Clients connected to the server.
    pub connected_players: Option<u32>,
    /// Trades of the game so far, forced sells included.
    pub trade_count: Option<u32>,
    /// What the feed knows of the last 100 games.
    pub last_100: Last100,
    /// Today's best game.
    pub highest_today: Option<HighestToday>,
    /// Keys that were there and could not be read, by their wire name.
    pub unreadable: Vec<&'static str>,
}

/// The window of the last ticks that comes with every tick.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PartialPrices {
    /// The last tick of the window; never beyond the rug.
    pub end_tick: Option<u64>,
    /// Tick and price, as sent.
    pub values: Vec<(u64, Option<Decimal>)>,
}

/// The commitment to the seed of a game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// Lower-case hex SHA-256 of the seed's text.
    pub hash: String,
    /// Version of the generator, where the message says it.
    pub version: Option<String>,
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

/// The highest multiplier of the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HighestToday(
    /// The multiplier.
    pub Decimal,
);

/// A finished game as `gameHistory` tells it: the only place where a seed is revealed.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The finished game.
    pub id: GameId,
    /// When the server closed it, in Unix milliseconds of the server's clock.
    pub timestamp: Option<i64>,
    /// Every price with the rug as the last one; absent since February 2026.
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

/// Keys that are known and not used.
const UNUSED: &[&str] = &[
    "availableShitcoins",
    "godCandle10x",
    "godCandle10xGameId",
    "godCandle10xMassiveJump",
    "godCandle10xPrices",
    "godCandle10xServerSeed",
    "godCandle10xTimestamp",
    "godCandle2x",
    "godCandle2xGameId",
    "godCandle2xMassiveJump",
    "godCandle2xPrices",
    "godCandle2xServerSeed",
    "godCandle2xTimestamp",
    "godCandle50x",
    "godCandle50xGameId",
    "godCandle50xMassiveJump",
    "godCandle50xPrices",
    "godCandle50xServerSeed",
    "godCandle50xTimestamp",
    "highestTodayGameId",
    "highestTodayPrices",
    "highestTodayServerSeed",
    "highestTodayTimestamp",
    "pauseMessage",
    "rugRoyale",
    "rugpool",
    "trades",
];

/// Whether the flags of a message say that its game has rugged. This is the one place that decides it.
///
/// `rugged` counts only together with `active: true`, or without `active` in a message of the running game: the first
/// settlement rows of a game may still carry the flag of the game before, with `active: false` (`protocol.md` 3.1).
pub fn is_rug(rugged: Option<bool>, active: Option<bool>, of_running_game: bool) -> bool {
    rugged == Some(true) && active.unwrap_or(of_running_game)
}

impl GameStateUpdate {
    /// Returns an update in which nothing is said but the game's id.
    pub fn new(game_id: GameId) -> Self {
        Self {
            game_id,
            active: None,
            rugged: None,
            allow_pre_round_buys: None,
            cooldown_timer: None,
            cooldown_paused: None,
            tick_count: None,
            price: None,
            prices: None,
            partial_prices: None,
            commitment: None,
            game_version: None,
            history: None,
            leaderboard: None,
            connected_players: None,
            trade_count: None,
            last_100: Last100::default(),
            highest_today: None,
            unreadable: Vec::new(),
        }
    }

    pub(super) fn read(object: Object<'_>, notes: &mut Notes<'_>) -> Option<Self> {
        let mut update = Self::new(notes.game_id("gameId", object.get("gameId")?)?);
        for (key, value) in object {
            match key.as_str() {
                "gameId" => {}
                "active" => update.active = notes.flag("active", value),
                "rugged" => update.rugged = notes.flag("rugged", value),
                "allowPreRoundBuys" => {
                    update.allow_pre_round_buys = notes.flag("allowPreRoundBuys", value);
                }
                "cooldownTimer" => update.cooldown_timer = notes.integer("cooldownTimer", value),
                "cooldownPaused" => update.cooldown_paused = notes.flag("cooldownPaused", value),
                "tickCount" => update.tick_count = notes.integer("tickCount", value),
                "price" => update.price = notes.decimal("price", value),
                "prices" => update.prices = read_prices(value, notes),
                "partialPrices" => {
                    update.partial_prices = notes
                        .object("partialPrices", value)
                        .map(|o| PartialPrices::read(o, notes));
                }
                "provablyFair" => {
                    update.commitment = notes
                        .object("provablyFair", value)
                        .and_then(|o| Commitment::read(o, notes));
                }
                "gameVersion" => update.game_version = notes.version("gameVersion", value),
                "gameHistory" => {
                    update.history = notes.list("gameHistory", value).map(|list| {
                        list.iter()
                            .take(MAX_HISTORY)
                            .filter_map(|v| HistoryEntry::read(v, notes))
                            .collect()
                    });
                }
                "leaderboard" => update.leaderboard = LeaderboardRow::read_list(value, notes),
                "connectedPlayers" => {
                    update.connected_players = notes.integer("connectedPlayers", value);
                }
                "tradeCount" => update.trade_count = notes.integer("tradeCount", value),
                "averageMultiplier" => {
                    update.last_100.average = notes.decimal("averageMultiplier", value);
                }
                "count2x" => update.last_100.reached_2x = notes.integer("count2x", value),
                "count10x" => update.last_100.reached_10x = notes.integer("count10x", value),
                "count50x" => update.last_100.reached_50x = notes.integer("count50x", value),
                "count100x" => update.last_100.reached_100x = notes.integer("count100x", value),
                "highestToday" => {
                    update.highest_today = notes.decimal("highestToday", value).map(HighestToday);
                }
                other if UNUSED.contains(&other) => {}
                other => notes.unknown(other),
            }
        }
        update.unreadable = std::mem::take(&mut notes.unreadable);
        Some(update)
    }
}

impl PartialPrices {
    fn read(object: Object<'_>, notes: &mut Notes<'_>) -> Self {
        let mut window = Self::default();
        for (key, value) in object {
            match key.as_str() {
                "startTick" => {}
                "endTick" => window.end_tick = notes.integer("partialPrices", value),
                "values" => {
                    for (tick, price) in notes.object("partialPrices", value).into_iter().flatten()
                    {
                        match tick.parse() {
                            Ok(tick) => window.values.push((tick, number::from_json(price))),
                            Err(_) => notes.bad("partialPrices"),
                        }
                    }
                }
                other => notes.unknown(other),
            }
        }
        window
    }
}

impl Commitment {
    fn read(object: Object<'_>, notes: &mut Notes<'_>) -> Option<Self> {
        let (mut hash, mut version) = (None, None);
        for (key, value) in object {
            match key.as_str() {
                "serverSeedHash" => hash = notes.hash("provablyFair", value),
                "version" => version = notes.version("provablyFair", value),
                other => notes.unknown(other),
            }
        }
        Some(Self {
            hash: hash?,
            version,
        })
    }
}

impl HistoryEntry {
    /// Returns an entry that tells a seed and nothing else.
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

    /// Reads one entry; an entry without a usable id costs itself only.
    fn read(value: &Value, notes: &mut Notes<'_>) -> Option<Self> {
        let object = notes.object("gameHistory", value)?;
        let mut id = None;
        let (mut timestamp, mut prices, mut peak) = (None, None, None);
        let (mut seed, mut hash) = (None, None);
        // Each year had its own place for the version; the first one that is there counts.
        let mut versions = [None, None, None];
        for (key, value) in object {
            match key.as_str() {
                "id" => id = notes.game_id("gameHistory", value),
                "timestamp" => timestamp = notes.integer("gameHistory", value),
                "prices" => prices = read_prices(value, notes),
                "peakMultiplier" => peak = notes.decimal("gameHistory", value),
                "gameVersion" => versions[0] = notes.version("gameHistory", value),
                "version" => versions[1] = notes.version("gameHistory", value),
                "provablyFair" => {
                    for (key, value) in notes.object("gameHistory", value).into_iter().flatten() {
                        match key.as_str() {
                            "serverSeed" => seed = notes.seed("gameHistory", value),
                            "serverSeedHash" => hash = notes.hash("gameHistory", value),
                            "version" => versions[2] = notes.version("gameHistory", value),
                            other => notes.unknown(other),
                        }
                    }
                }
                "rugged" | "globalTrades" | "globalSidebets" => {}
                other => notes.unknown(other),
            }
        }
        if id.is_none() && object.get("id").is_none() {
            notes.bad("gameHistory");
        }
        Some(Self {
            id: id?,
            timestamp,
            prices,
            peak,
            seed,
            hash,
            version: versions.into_iter().flatten().next(),
        })
    }
}

fn read_prices(value: &Value, notes: &mut Notes<'_>) -> Option<Vec<Option<Decimal>>> {
    notes
        .list("prices", value)
        .map(|list| list.iter().map(number::from_json).collect())
}
