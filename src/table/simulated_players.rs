//! The simulated players of a practice table together: leaderboard, trade count, head count, rug pool, and the sample
//! of their trades and sidebets that is sent. Pure.

use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::leaderboard_row::{leaderboard_row, sol};
use super::market::{TickPrice, exact};
use super::message::Message;
use super::simulated_player::{SimulatedAction, SimulatedPlayer};
use super::trade_payloads::{self, TradeSide, trace, uuid};
use crate::account::{OpenSidebet, SIDEBET_PAYOUT};
use crate::fairness::{GeneratedGame, SeedRandom};
use crate::protocol::number::shortest;
use crate::protocol::{SOL_ADDRESS, Tick};

/// The server samples trades on a grid of two seconds.
const SAMPLE_MILLIS: i64 = 2_000;
/// One of so many placed sidebets is sent to all clients.
const SIDEBET_SAMPLE: u32 = 4;
/// A game that rugs before this tick counts for the rug pool.
const INSTARUG_TICKS: u32 = 6;
/// The rug pool is drawn at this count.
const RUGPOOL_THRESHOLD: u32 = 10;
/// Range of `connectedPlayers` at the real server.
const CONNECTED: std::ops::RangeInclusive<u32> = 182..=292;
/// Rows of the real leaderboard.
const MAX_ROWS: usize = 10;

#[derive(Debug, Clone)]
pub(super) struct SimulatedPlayers {
    random: SeedRandom,
    players: Vec<SimulatedPlayer>,
    connected: u32,
    /// Trades of this game, including those of players without a row.
    trades: u32,
    /// Sidebets of this game, as its history entry lists them.
    sidebets: Vec<Value>,
    unsampled: Vec<SimulatedTrade>,
    sampled_at: i64,
    instarugs: u32,
    /// In thousandths of a SOL.
    rugpool: u32,
}

/// A trade that the next sample may show.
#[derive(Debug, Clone, Copy)]
struct SimulatedTrade {
    player: usize,
    side: TradeSide,
    amount: Decimal,
    qty: Decimal,
    tick: Tick,
    price: f64,
}

impl SimulatedPlayers {
    pub fn new(entropy: &str) -> Self {
        Self {
            random: SeedRandom::new(&format!("table players {entropy}")),
            players: SimulatedPlayer::all(),
            connected: 240,
            trades: 0,
            sidebets: Vec::new(),
            unsampled: Vec::new(),
            sampled_at: i64::MIN / 2,
            instarugs: 0,
            rugpool: 1_000,
        }
    }

    /// Returns a random number of milliseconds from a range.
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

    /// Returns the rug pool as a logged-in player sees it; no player has entries at this table.
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

    /// Returns the leaderboard with every position valued at `price`; `None` is the presale.
    pub fn leaderboard(&self, game: &GeneratedGame, price: Option<f64>) -> Value {
        let price = price.map(exact);
        let players = self.players.iter();
        let ranked = players.filter_map(|player| Some((player.rank(price)?, player)));
        let mut rows: Vec<_> = ranked.collect();
        rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
        let rows = rows.iter().take(MAX_ROWS).zip(1u32..);
        rows.map(|((_, player), position)| {
            leaderboard_row(player.profile(), player.book(), &game.id, price, position)
        })
        .collect()
    }

    /// Returns the sort keys of those rows, in no order.
    pub fn ranks(&self, price: Option<f64>) -> Vec<Decimal> {
        let price = price.map(exact);
        let players = self.players.iter();
        players.filter_map(|player| player.rank(price)).collect()
    }

    /// Changes the head count a little.
    pub fn change_connected(&mut self) {
        let change = self.random.below(5);
        self.connected =
            (self.connected + change).clamp(CONNECTED.start() + 2, CONNECTED.end() + 2) - 2;
    }

    /// Opens the presale: closes the books of the game before. Its trade count stays until the start.
    pub fn open_presale(&mut self) {
        self.unsampled.clear();
        for player in &mut self.players {
            player.begin_game();
        }
    }

    /// Lets all players act once in the presale; returns the messages about it.
    pub fn presale(&mut self, game: &GeneratedGame, now: i64) -> Vec<Message> {
        let actions = self.each(SimulatedPlayer::act_in_presale);
        self.record(game, actions, (0, 1.0), now)
    }

    /// Starts the game: the trade count begins with the presale's trades.
    pub fn start(&mut self, game: &GeneratedGame, now: i64) -> Vec<Message> {
        self.trades = 20 + self.random.below(50);
        self.after_tick(game, 0, now)
    }

    /// Lets all players act at a tick that was sent; returns the messages about it.
    pub fn after_tick(&mut self, game: &GeneratedGame, tick: Tick, now: i64) -> Vec<Message> {
        self.trades += self.random.below(4);
        let price = game.price(tick);
        // At a price below 28 decimals the players do not trade.
        let Some(exact) = shortest(price) else {
            return Vec::new();
        };
        let actions = self.each(|player, random| player.act_at_tick(tick, exact, random));
        let mut messages = self.record(game, actions, (tick, price), now);
        messages.extend(self.sample(game, now));
        messages
    }

    /// Closes all positions and sidebets at the rug tick, before it is sent.
    pub fn rug(&mut self, game: &GeneratedGame, now: i64) {
        let (tick, price) = (game.rug_tick(), game.price(game.rug_tick()));
        let actions = self.each(|player, _| player.close_at_rug(tick, exact(price)));
        // No sidebet is placed at a rug, so there are no messages.
        self.record(game, actions, (tick, price), now);
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

    /// Returns at most one trade of the last two seconds. A forced sell may come after the rug.
    pub fn sample(&mut self, game: &GeneratedGame, now: i64) -> Option<Message> {
        if self.unsampled.is_empty() || now - self.sampled_at < SAMPLE_MILLIS {
            return None;
        }
        self.sampled_at = now;
        let number = u32::try_from(self.unsampled.len()).unwrap_or(u32::MAX);
        let trade = self.unsampled[self.random.below(number) as usize];
        self.unsampled.clear();
        let id = uuid(&mut self.random);
        let at = TickPrice {
            game: &game.id,
            tick: trade.tick,
            price: trade.price,
        };
        let profile = self.players[trade.player].profile();
        let amount_and_qty = (trade.amount, trade.qty);
        let payload = trade_payloads::trade(&id, profile, at, trade.side, amount_and_qty);
        let event = "standard/newTrade";
        Some(Message::traced(event, trace(&mut self.random), payload))
    }

    /// Lets each player act; returns the actions with the index of their player.
    fn each(
        &mut self,
        mut act: impl FnMut(&mut SimulatedPlayer, &mut SeedRandom) -> Vec<SimulatedAction>,
    ) -> Vec<(usize, SimulatedAction)> {
        let random = &mut self.random;
        let players = self.players.iter_mut().enumerate();
        players
            .flat_map(|(index, player)| {
                let actions = act(player, random);
                actions.into_iter().map(move |action| (index, action))
            })
            .collect()
    }

    /// Records actions in the trade count, the samples and the list of sidebets; returns the sidebets that are sent.
    fn record(
        &mut self,
        game: &GeneratedGame,
        actions: Vec<(usize, SimulatedAction)>,
        (tick, price): (Tick, f64),
        now: i64,
    ) -> Vec<Message> {
        let at = TickPrice {
            game: &game.id,
            tick,
            price,
        };
        let mut messages = Vec::new();
        for (player, action) in actions {
            let profile = self.players[player].profile();
            let (side, amount, qty) = match action {
                SimulatedAction::Buy { amount, qty } => (TradeSide::Buy, amount, qty),
                SimulatedAction::Sell { amount, qty } => (TradeSide::Sell, amount, qty),
                SimulatedAction::PlaceSidebet { stake } => {
                    let id = uuid(&mut self.random);
                    // Sidebets of the presale have an entry for their payout only.
                    if tick > 0 {
                        let bet = OpenSidebet {
                            stake,
                            start_tick: tick,
                        };
                        self.sidebets.push(json!({
                            "playerId": profile.id, "username": profile.username, "gameId": game.id.as_str(),
                            "betAmount": sol(stake), "xPayout": sol(SIDEBET_PAYOUT), "coinAddress": SOL_ADDRESS, "bonusPortion": 0,
                            "realPortion": sol(stake), "timestamp": now, "type": "placed", "startedAtTick": tick,
                            "end": bet.end_tick(), "id": id,
                        }));
                    }
                    if self.random.below(SIDEBET_SAMPLE) == 0 {
                        let payload = trade_payloads::sidebet_placed(profile, at, stake, now);
                        let trace = trace(&mut self.random);
                        messages.push(Message::traced("newSideBet", trace, payload));
                    }
                    continue;
                }
                SimulatedAction::SettleSidebet { bet, payout } => {
                    let id = uuid(&mut self.random);
                    let mut entry = trade_payloads::sidebet_result(profile, at, bet, payout, now);
                    entry["id"] = json!(id);
                    self.sidebets.push(entry);
                    continue;
                }
            };
            self.trades += 1;
            self.unsampled.push(SimulatedTrade {
                player,
                side,
                amount,
                qty,
                tick,
                price,
            });
        }
        messages
    }
}
