//! What the screen shows of the games: the prices of the one on the table, the last ten, what the feed says of the
//! last hundred.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::game::{Board, GameEvent};
use crate::protocol::{GameId, GameStateUpdate, HistoryEntry, Last100, Tick, number};
use crate::recording::Peak;

/// Finished games that the strip shows.
pub const LAST_GAMES: usize = 10;

/// The prices of a game as a chart takes them. Here the exact numbers end: a pixel needs no decimals.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PriceSeries {
    /// The game; `None` before the first one.
    pub game_id: Option<GameId>,
    /// Multipliers by tick; `None` where nobody knows.
    pub prices: Vec<Option<f64>>,
    /// The last tick, once the game has rugged.
    pub rug_tick: Option<Tick>,
    /// The commitment to its seed.
    pub hash: Option<String>,
}

impl PriceSeries {
    /// Returns the newest tick with its price.
    pub fn newest(&self) -> Option<(Tick, f64)> {
        let prices = self.prices.iter().rev();
        let newest = (0..)
            .zip(prices)
            .find_map(|(back, price)| Some((back, (*price)?)));
        let (back, price) = newest?;
        let last = u32::try_from(self.prices.len()).ok()?.checked_sub(1)?;
        Some((last.checked_sub(back)?, price))
    }

    /// Returns the highest price with its tick.
    pub fn peak(&self) -> Option<(Tick, f64)> {
        let known = (0..)
            .zip(&self.prices)
            .filter_map(|(tick, p)| Some((tick, (*p)?)));
        known.max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// A finished game of the strip.
#[derive(Debug, Clone, PartialEq)]
pub struct PastGame {
    /// Its id.
    pub game_id: GameId,
    /// The highest price.
    pub peak: Peak,
    /// Ticks until the rug; unknown where the server lists no prices and we did not watch.
    pub ticks: Option<u32>,
}

/// What the feed says of the games before.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GameHistory {
    /// The last ten, oldest first.
    pub games: Vec<PastGame>,
    /// The last hundred.
    pub last_100: Last100,
    /// The highest multiplier of the day.
    pub highest_today: Option<Decimal>,
    /// Clients that are connected to the server.
    pub players: Option<u32>,
}

/// Both, kept up to date with each update. Shared with the views: copied only when one is still being looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct GameSeries {
    pub series: Arc<PriceSeries>,
    pub past: Arc<GameHistory>,
}

impl GameSeries {
    /// Takes what came of an update; `board` is the board after it.
    pub fn update(&mut self, update: &GameStateUpdate, events: &[GameEvent], board: &Board) {
        self.events(events);
        // A game that recovery brought starts no second time.
        if let Some(game) = board.current()
            && !self.shows(&game.id)
        {
            let lossy = |price: &Option<Decimal>| price.map(number::to_f64_lossy);
            self.series = Arc::new(PriceSeries {
                game_id: Some(game.id.clone()),
                prices: game.prices.as_slice().iter().map(lossy).collect(),
                rug_tick: game.rug_tick.filter(|_| game.end.is_some()),
                hash: game.hash().map(str::to_owned),
            });
        }
        let series = &self.series;
        if series.hash.is_none()
            && series.game_id.as_ref() == Some(&update.game_id)
            && let Some(commitment) = &update.commitment
        {
            Arc::make_mut(&mut self.series).hash = Some(commitment.hash.clone());
        }
        self.take_past(update);
        if let Some(history) = &update.history {
            self.take_history(history, board);
        }
    }

    /// Takes what happened without an update.
    pub fn events(&mut self, events: &[GameEvent]) {
        for event in events {
            match event {
                // Also of an id that another game had before.
                GameEvent::GameStarted { game_id, .. } => {
                    self.series = Arc::new(PriceSeries {
                        game_id: Some(game_id.clone()),
                        ..PriceSeries::default()
                    });
                }
                GameEvent::Committed { game_id, hash, .. } if self.shows(game_id) => {
                    let series = Arc::make_mut(&mut self.series);
                    series.hash = series.hash.take().or_else(|| hash.clone());
                }
                GameEvent::PriceTick {
                    game_id,
                    tick,
                    price,
                    ..
                } if self.shows(game_id) => {
                    let series = Arc::make_mut(&mut self.series);
                    let index = *tick as usize;
                    if index >= series.prices.len() {
                        series.prices.resize(index + 1, None);
                    }
                    series.prices[index] = Some(number::to_f64_lossy(*price));
                }
                GameEvent::Rugged { game_id, tick, .. } if self.shows(game_id) => {
                    Arc::make_mut(&mut self.series).rug_tick = Some(*tick);
                }
                _ => {}
            }
        }
    }

    fn shows(&self, game_id: &GameId) -> bool {
        self.series.game_id.as_ref() == Some(game_id)
    }

    fn take_past(&mut self, update: &GameStateUpdate) {
        let said = update.last_100 != Last100::default() && update.last_100 != self.past.last_100;
        let players = update.connected_players.or(self.past.players);
        let highest = update.highest_today.or(self.past.highest_today);
        let same = players == self.past.players && highest == self.past.highest_today;
        if said || !same {
            let past = Arc::make_mut(&mut self.past);
            if said {
                past.last_100 = update.last_100.clone();
            }
            (past.players, past.highest_today) = (players, highest);
        }
    }

    fn take_history(&mut self, history: &[HistoryEntry], board: &Board) {
        let length = |entry: &HistoryEntry| {
            let told = entry.prices.as_ref().map(Vec::len);
            let watched = self.shows(&entry.id).then_some(self.series.prices.len());
            let open = board.open_games().iter().find(|game| game.id == entry.id);
            let ticks = told.or(watched).or(open.map(|game| game.prices.len()))?;
            u32::try_from(ticks).ok()?.checked_sub(1)
        };
        let listed = history.iter().take(LAST_GAMES).rev();
        let games: Vec<_> = listed
            .map(|entry| PastGame {
                game_id: entry.id.clone(),
                // As the server states it.
                peak: Peak {
                    multiplier: entry.peak,
                    exact: true,
                },
                ticks: length(entry),
            })
            .collect();
        if games != self.past.games {
            Arc::make_mut(&mut self.past).games = games;
        }
    }
}
