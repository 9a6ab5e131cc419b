//! Everything around a game that people cause: trades, sidebets, samples of both, and head counts. Pure.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::game::Game;
use super::players::{Deed, DeedKind, Players, bet_end, sol};
use super::step::Message;
use crate::fairness::SeedRandom;
use crate::protocol::number::{double_to_json, shortest};
use crate::protocol::{SOL_ADDRESS, Trace};

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
pub(super) struct Crowd {
    random: SeedRandom,
    players: Players,
    connected: u32,
    /// Trades of this game, those of players without a row included.
    trades: u32,
    sidebets: Vec<Value>,
    unsampled: Vec<Deed>,
    sampled_at: i64,
    instarugs: u32,
    /// In thousandths of a SOL.
    rugpool: u32,
}

impl Crowd {
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
    pub fn rows(&self, game: &Game, price: Option<f64>) -> Value {
        let exact = price.map(|price| shortest(price).unwrap_or_default());
        self.players.rows(&game.id, exact)
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

    pub fn presale(&mut self, game: &Game, now: i64) -> Vec<Message> {
        let deeds = self.players.presale(&mut self.random);
        self.note(game, &deeds, now)
    }

    /// Tick 0: the count starts with the presale's trades.
    pub fn start(&mut self, game: &Game, now: i64) -> Vec<Message> {
        self.trades = 20 + self.random.below(50);
        self.after_tick(game, 0, now)
    }

    /// Lets everybody act at a tick that was shown; returns what is told about it.
    pub fn after_tick(&mut self, game: &Game, tick: u32, now: i64) -> Vec<Message> {
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
    pub fn rug(&mut self, game: &Game, now: i64) {
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
    pub fn sample(&mut self, game: &Game, now: i64) -> Option<Message> {
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
    fn note(&mut self, game: &Game, deeds: &[Deed], now: i64) -> Vec<Message> {
        let mut messages = Vec::new();
        for deed in deeds {
            match deed.kind {
                DeedKind::Buy { .. } | DeedKind::Sell { .. } => {
                    self.trades += 1;
                    self.unsampled.push(*deed);
                }
                DeedKind::Bet { stake } => {
                    // Bets of the presale have a payout entry, but no entry of their placing.
                    let id = uuid(&mut self.random);
                    if deed.tick > 0 {
                        let entry = self.placed_entry(game, deed, stake, now, &id);
                        self.sidebets.push(entry);
                    }
                    if self.random.below(SIDEBET_SAMPLE) == 0 {
                        let payload = self.placed_event(game, deed, stake, now);
                        messages.push(Message::traced(
                            "newSideBet",
                            trace(&mut self.random),
                            payload,
                        ));
                    }
                }
                DeedKind::BetOver { .. } => {
                    let id = uuid(&mut self.random);
                    let entry = self.payout_entry(game, deed, now, &id);
                    self.sidebets.push(entry);
                }
            }
        }
        messages
    }

    fn trade(&mut self, game: &Game, deed: &Deed) -> Option<Value> {
        let id = uuid(&mut self.random);
        let player = &self.players.list[deed.player];
        let price = double_to_json(deed.price);
        // Buys and sells have their keys in different orders on the real wire, too.
        match deed.kind {
            DeedKind::Buy { amount, qty } => Some(json!({
                "id": id, "gameId": game.id.as_str(), "playerId": player.id, "price": price, "type": "buy",
                "qty": sol(qty), "tickIndex": deed.tick, "coin": "solana", "amount": sol(amount), "leverage": 1,
                "bonusPortion": 0, "realPortion": sol(amount), "username": player.username, "level": player.level,
            })),
            DeedKind::Sell { amount, qty } => Some(json!({
                "id": id, "gameId": game.id.as_str(), "playerId": player.id, "type": "sell", "price": price,
                "tickIndex": deed.tick, "coin": "solana", "amount": sol(amount), "qty": sol(qty),
                "bonusPortion": 0, "realPortion": sol(amount), "username": player.username, "level": player.level,
            })),
            DeedKind::Bet { .. } | DeedKind::BetOver { .. } => None,
        }
    }

    fn placed_event(&self, game: &Game, deed: &Deed, stake: Decimal, now: i64) -> Value {
        let player = &self.players.list[deed.player];
        json!({
            "playerId": player.id, "gameId": game.id.as_str(), "username": player.username, "level": player.level,
            "price": double_to_json(deed.price), "betAmount": sol(stake), "xPayout": 5, "coinAddress": SOL_ADDRESS,
            "endTick": bet_end(deed.tick), "startTick": deed.tick, "tickIndex": deed.tick, "timestamp": now,
            "type": "placed",
        })
    }

    fn placed_entry(&self, game: &Game, deed: &Deed, stake: Decimal, now: i64, id: &str) -> Value {
        let player = &self.players.list[deed.player];
        json!({
            "playerId": player.id, "username": player.username, "gameId": game.id.as_str(),
            "betAmount": sol(stake), "xPayout": 5, "coinAddress": SOL_ADDRESS, "bonusPortion": 0,
            "realPortion": sol(stake), "timestamp": now, "type": "placed", "startedAtTick": deed.tick,
            "end": bet_end(deed.tick), "id": id,
        })
    }

    fn payout_entry(&self, game: &Game, deed: &Deed, now: i64, id: &str) -> Value {
        let player = &self.players.list[deed.player];
        let DeedKind::BetOver {
            stake,
            start_tick,
            payout,
        } = deed.kind
        else {
            return Value::Null;
        };
        let won = !payout.is_zero();
        let mut entry = json!({ "playerId": player.id, "gameId": game.id.as_str(), "username": player.username });
        if won {
            entry["level"] = json!(player.level);
        }
        entry["betAmount"] = sol(stake);
        entry["payout"] = sol(payout);
        entry["profit"] = sol(payout - stake);
        entry["xPayout"] = json!(5);
        entry["coinAddress"] = json!(SOL_ADDRESS);
        entry["endTick"] = json!(bet_end(start_tick));
        entry["startTick"] = json!(start_tick);
        // The rug tick if won, the start tick if lost.
        entry["tickIndex"] = json!(if won { deed.tick } else { start_tick });
        if won {
            entry["price"] = double_to_json(deed.price);
        }
        entry["timestamp"] = json!(now);
        entry["type"] = json!("payout");
        entry["id"] = json!(id);
        entry
    }
}

/// Returns a fresh trace object.
pub(super) fn trace(random: &mut SeedRandom) -> Value {
    let trace = Trace {
        trace_id: random.hex(32),
        span_id: random.hex(16),
    };
    trace.to_json()
}

fn uuid(random: &mut SeedRandom) -> String {
    let hex = random.hex(32);
    format!(
        "{}-{}-4{}-a{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[13..16],
        &hex[17..20],
        &hex[20..]
    )
}
