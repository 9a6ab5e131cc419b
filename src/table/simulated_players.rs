//! Everything around a game that people cause: trades, sidebets, samples of both, and head counts. Pure.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::generator::GeneratedGame;
use super::leaderboard_row::{PublicProfile, sol};
use super::message::Message;
use super::simulated_player::{Players, SimulatedAction, SimulatedActionKind};
use super::trade_payloads::{self, TickPrice, TradeSide, trace, uuid};
use crate::account::OpenSidebet;
use crate::fairness::SeedRandom;
use crate::protocol::SOL_ADDRESS;
use crate::protocol::number::shortest;

/// The server samples trades on a grid of two seconds.
const SAMPLE_MILLIS: i64 = 2_000;
/// One of so many placed sidebets is told to everybody.
const SIDEBET_SAMPLE: u32 = 4;
/// A game that rugs before this tick counts for the rug pool.
const INSTARUG_TICKS: u32 = 6;
/// The rug pool is drawn at this count.
const RUGPOOL_THRESHOLD: u32 = 10;
/// Players seen at the real server at any time.
const CONNECTED: std::ops::RangeInclusive<u32> = 182..=292;

#[derive(Debug, Clone)]
pub(super) struct SimulatedPlayers {
    random: SeedRandom,
    players: Players,
    connected: u32,
    /// Trades of this game, those of players without a row included.
    trades: u32,
    sidebets: Vec<Value>,
    unsampled: Vec<SimulatedAction>,
    sampled_at: i64,
    instarugs: u32,
    /// In thousandths of a SOL.
    rugpool: u32,
}

impl SimulatedPlayers {
    pub fn new(entropy: &str) -> Self {
        Self {
            random: SeedRandom::new(&format!("table players {entropy}")),
            players: Players::new(),
            connected: 240,
            trades: 0,
            sidebets: Vec::new(),
            unsampled: Vec::new(),
            sampled_at: i64::MIN / 2,
            instarugs: 0,
            rugpool: 1_000,
        }
    }

    /// Returns a number of milliseconds from a range.
    pub fn millis(&mut self, range: std::ops::RangeInclusive<u32>) -> u32 {
        range.start() + self.random.below(range.end() - range.start() + 1)
    }

    pub fn trades(&self) -> u32 {
        self.trades
    }

    pub fn connected(&self) -> u32 {
        self.connected
    }

    pub fn rugpool(&self) -> Value {
        json!({
            "instarugCount": self.instarugs,
            "threshold": RUGPOOL_THRESHOLD,
            "rugpoolAmount": sol(Decimal::new(i64::from(self.rugpool), 3)),
        })
    }

    /// Returns the leaderboard at a price; `None` is the presale.
    pub fn rows(&self, game: &GeneratedGame, price: Option<f64>) -> Value {
        let exact = price.map(|price| shortest(price).unwrap_or_default());
        self.players.rows(&game.id, exact)
    }

    /// Returns what those rows are sorted by, in no order.
    pub fn ranks(&self, price: Option<f64>) -> Vec<Decimal> {
        let exact = price.map(|price| shortest(price).unwrap_or_default());
        self.players.ranks(exact)
    }

    /// Returns the rug pool as a logged-in player is told it; nobody holds entries at this table.
    pub fn own_rugpool(&self) -> Value {
        json!({
            "instarugCount": self.instarugs,
            "rugpoolAmount": sol(Decimal::new(i64::from(self.rugpool), 3)),
            "totalEntries": 0,
            "threshold": RUGPOOL_THRESHOLD,
            "playersWithEntries": 0,
            "solPerEntry": sol(Decimal::new(1, 3)),
            "maxEntriesPerPlayer": 5_000,
            "playerEntries": [],
            "lastDrawing": Value::Null,
            "config": {
                "threshold": RUGPOOL_THRESHOLD,
                "instarugThreshold": INSTARUG_TICKS,
                "rugpoolPercentage": sol(Decimal::new(5, 1)),
            },
        })
    }

    /// Lets some people come and go.
    pub fn come_and_go(&mut self) {
        let change = self.random.below(5);
        self.connected =
            (self.connected + change).clamp(CONNECTED.start() + 2, CONNECTED.end() + 2) - 2;
    }

    /// Opens the presale: the books of the game before are closed (its trade count stays until the start).
    pub fn open_presale(&mut self) {
        self.unsampled.clear();
        self.players.new_game();
    }

    pub fn presale(&mut self, game: &GeneratedGame, now: i64) -> Vec<Message> {
        let deeds = self.players.presale(&mut self.random);
        self.note(game, &deeds, now)
    }

    /// Tick 0: the count starts with the presale's trades.
    pub fn start(&mut self, game: &GeneratedGame, now: i64) -> Vec<Message> {
        self.trades = 20 + self.random.below(50);
        self.after_tick(game, 0, now)
    }

    /// Lets everybody act at a tick that was shown; returns what is told about it.
    pub fn after_tick(&mut self, game: &GeneratedGame, tick: u32, now: i64) -> Vec<Message> {
        self.trades += self.random.below(4);
        let price = game.price(tick);
        // Below 28 decimals nobody trades; such a price is worth nothing.
        let Some(exact) = shortest(price) else {
            return Vec::new();
        };
        let deeds = self.players.tick(tick, price, exact, &mut self.random);
        let mut messages = self.note(game, &deeds, now);
        messages.extend(self.sample(game, now));
        messages
    }

    /// Closes everything at the rug tick, before it is told.
    pub fn rug(&mut self, game: &GeneratedGame, now: i64) {
        let (tick, price) = (game.rug_tick(), game.price(game.rug_tick()));
        let deeds = self
            .players
            .rug(tick, price, shortest(price).unwrap_or_default());
        // No sidebet is placed at a rug, so there is nothing to tell.
        self.note(game, &deeds, now);
        self.trades += 10 + self.random.below(60);
        self.instarugs += u32::from(tick < INSTARUG_TICKS);
        self.rugpool += self.random.below(40);
        if self.instarugs >= RUGPOOL_THRESHOLD {
            (self.instarugs, self.rugpool) = (0, 1_000);
        }
    }

    /// Returns the finished game's sidebets, for its history entry.
    pub fn take_sidebets(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.sidebets)
    }

    /// Returns at most one trade of the last two seconds; a forced sell may be told after the rug.
    pub fn sample(&mut self, game: &GeneratedGame, now: i64) -> Option<Message> {
        if self.unsampled.is_empty() || now - self.sampled_at < SAMPLE_MILLIS {
            return None;
        }
        self.sampled_at = now;
        let number = u32::try_from(self.unsampled.len()).unwrap_or(u32::MAX);
        let deed = self.unsampled[self.random.below(number) as usize];
        self.unsampled.clear();
        let payload = self.trade(game, &deed)?;
        Some(Message::traced(
            "standard/newTrade",
            trace(&mut self.random),
            payload,
        ))
    }

    /// Books deeds: the count, the samples, the list of sidebets. Returns the sidebets that are told.
    fn note(&mut self, game: &GeneratedGame, deeds: &[SimulatedAction], now: i64) -> Vec<Message> {
        let mut messages = Vec::new();
        for deed in deeds {
            match deed.kind {
                SimulatedActionKind::Buy { .. } | SimulatedActionKind::Sell { .. } => {
                    self.trades += 1;
                    self.unsampled.push(*deed);
                }
                SimulatedActionKind::Bet { stake } => {
                    // Bets of the presale have a payout entry, but no entry of their placing.
                    let id = uuid(&mut self.random);
                    if deed.tick > 0 {
                        let bet = OpenSidebet {
                            stake,
                            start_tick: deed.tick,
                        };
                        let entry = self.placed_entry(game, deed, bet, now, &id);
                        self.sidebets.push(entry);
                    }
                    if self.random.below(SIDEBET_SAMPLE) == 0 {
                        let payload =
                            trade_payloads::placed(self.who(deed), place(game, deed), stake, now);
                        messages.push(Message::traced(
                            "newSideBet",
                            trace(&mut self.random),
                            payload,
                        ));
                    }
                }
                SimulatedActionKind::BetOver { bet, payout } => {
                    let id = uuid(&mut self.random);
                    let (who, at) = (self.who(deed), place(game, deed));
                    let mut entry = trade_payloads::payout(who, at, bet, payout, now);
                    entry["id"] = json!(id);
                    self.sidebets.push(entry);
                }
            }
        }
        messages
    }

    fn trade(&mut self, game: &GeneratedGame, deed: &SimulatedAction) -> Option<Value> {
        let id = uuid(&mut self.random);
        let (side, amount, qty) = match deed.kind {
            SimulatedActionKind::Buy { amount, qty } => (TradeSide::Buy, amount, qty),
            SimulatedActionKind::Sell { amount, qty } => (TradeSide::Sell, amount, qty),
            SimulatedActionKind::Bet { .. } | SimulatedActionKind::BetOver { .. } => return None,
        };
        let (who, at) = (self.who(deed), place(game, deed));
        Some(trade_payloads::trade(&id, who, at, side, (amount, qty)))
    }

    fn who(&self, deed: &SimulatedAction) -> PublicProfile<'_> {
        self.players.list[deed.player].who()
    }

    fn placed_entry(
        &self,
        game: &GeneratedGame,
        deed: &SimulatedAction,
        bet: OpenSidebet,
        now: i64,
        id: &str,
    ) -> Value {
        let who = self.who(deed);
        json!({
            "playerId": who.id, "username": who.username, "gameId": game.id.as_str(),
            "betAmount": sol(bet.stake), "xPayout": 5, "coinAddress": SOL_ADDRESS, "bonusPortion": 0,
            "realPortion": sol(bet.stake), "timestamp": now, "type": "placed", "startedAtTick": bet.start_tick,
            "end": bet.end_tick(), "id": id,
        })
    }
}

fn place<'a>(game: &'a GeneratedGame, deed: &SimulatedAction) -> TickPrice<'a> {
    TickPrice {
        game: &game.id,
        tick: deed.tick,
        price: deed.price,
    }
}
