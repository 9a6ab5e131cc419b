//! What the window shows of the games: the prices of the current one, the last twelve, and the feed's figures of the last
//! hundred.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::fairness::ProofStatus;
use crate::game::{Board, Game, GameEvent, Time};
use crate::protocol::{GameId, GameStateUpdate, HistoryEntry, Last100, Tick, number};
use crate::recording::Peak;

/// Finished games that the window shows.
pub const LAST_GAMES: usize = 12;
/// Games that are remembered with their start: some twelve hours.
const SEEN_GAMES: usize = 1_000;

/// The prices of a game for a chart, as `f64`: a pixel needs no exact decimals.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PriceSeries {
    /// The game; `None` before the first one.
    pub game_id: Option<GameId>,
    /// Multipliers by tick; `None` where unknown.
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

/// A finished game.
#[derive(Debug, Clone, PartialEq)]
pub struct PastGame {
    /// Its id.
    pub game_id: GameId,
    /// The highest price.
    pub peak: Peak,
    /// Ticks until the rug; unknown if the server lists no prices and this program did not watch.
    pub ticks: Option<u32>,
    /// When the server closed it.
    pub ended: Option<Time>,
}

/// A game that started while the program watched.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenGame {
    /// The game.
    pub game_id: GameId,
    /// When it started: arrival of tick 0, or of its first message if joined late.
    pub start: Time,
    /// Whether it is over.
    pub ended: bool,
    /// The highest price, once it is over.
    pub peak: Option<Decimal>,
    /// Tick and price of the rug, as far as they are known.
    pub rug: Option<(Tick, Option<Decimal>)>,
    /// The result of its proof, once it is complete.
    pub proof: Option<ProofStatus>,
    /// Whether it was recorded, once it is complete.
    pub recorded: bool,
}

impl SeenGame {
    /// Returns a running game.
    pub fn new(game_id: GameId, start: Time) -> Self {
        Self {
            game_id,
            start,
            ended: false,
            peak: None,
            rug: None,
            proof: None,
            recorded: false,
        }
    }

    fn take(&mut self, game: &Game) {
        self.ended = game.ended();
        self.peak = game.peak();
        self.rug = game.rug_tick.map(|tick| (tick, game.prices.get(tick)));
    }
}

/// The finished games, and the feed's figures of the day.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct GameHistory {
    /// The last twelve, oldest first. The server lists ten; older ones are kept.
    pub games: Vec<PastGame>,
    /// The feed's figures of the last hundred games.
    pub last_100: Last100,
    /// The highest multiplier of the day.
    pub highest_today: Option<Decimal>,
    /// Clients connected to the server.
    pub players: Option<u32>,
}

/// The current prices and the finished games, updated with the feed. Views share them: they are copied only while a view
/// is in use.
#[derive(Debug, Clone, Default)]
pub(super) struct GameSeries {
    pub current: Arc<PriceSeries>,
    pub past: Arc<GameHistory>,
    pub games: Arc<Vec<SeenGame>>,
}

impl GameSeries {
    /// Takes an update with the events it caused; `board` is the board after it.
    pub fn update(&mut self, update: &GameStateUpdate, events: &[GameEvent], board: &Board) {
        self.events(events);
        self.take_games(events, board);
        // A game from recovery has no start event.
        if let Some(game) = board.current()
            && !self.is_current(&game.id)
        {
            let lossy = |price: &Option<Decimal>| price.map(number::to_f64_lossy);
            self.current = Arc::new(PriceSeries {
                game_id: Some(game.id.clone()),
                prices: game.prices.as_slice().iter().map(lossy).collect(),
                rug_tick: game.rug_tick.filter(|_| game.end.is_some()),
                hash: game.hash().map(str::to_owned),
            });
        }
        let series = &self.current;
        if series.hash.is_none()
            && series.game_id.as_ref() == Some(&update.game_id)
            && let Some(commitment) = &update.commitment
        {
            Arc::make_mut(&mut self.current).hash = Some(commitment.hash.clone());
        }
        self.take_past(update);
        if let Some(history) = &update.history {
            self.take_history(history, board);
        }
    }

    fn take_games(&mut self, events: &[GameEvent], board: &Board) {
        // A game from recovery has no start event.
        if let Some(game) = board.current().filter(|game| !game.prices.is_empty())
            && self.games.last().is_none_or(|last| last.game_id != game.id)
        {
            let games = Arc::make_mut(&mut self.games);
            games.push(SeenGame::new(game.id.clone(), game.start));
            if games.len() > SEEN_GAMES {
                games.remove(0);
            }
        }
        for event in events {
            match event {
                GameEvent::GameEnded { game_id, .. } => {
                    let mut open = board.open_games().iter();
                    if let Some(game) = open.find(|game| game.id == *game_id) {
                        self.take_game(game);
                    }
                }
                GameEvent::GameComplete(game) => {
                    self.take_game(game);
                    let proof = Some(game.proof.status);
                    self.change(&game.id, |seen| seen.proof = proof);
                }
                _ => {}
            }
        }
    }

    fn take_game(&mut self, game: &Game) {
        self.change(&game.id, |seen| seen.take(game));
    }

    /// Takes the events that go to the recorder: a game that is complete among them is recorded.
    pub fn note_recorded(&mut self, events: &[GameEvent]) {
        for event in events {
            if let GameEvent::GameComplete(game) = event {
                self.change(&game.id, |seen| seen.recorded = true);
            }
        }
    }

    fn change(&mut self, id: &GameId, change: impl FnOnce(&mut SeenGame)) {
        if let Some(index) = self.games.iter().rposition(|seen| seen.game_id == *id) {
            change(&mut Arc::make_mut(&mut self.games)[index]);
        }
    }

    /// Takes board events.
    fn events(&mut self, events: &[GameEvent]) {
        for event in events {
            match event {
                // Also for an id that an earlier game had.
                GameEvent::GameStarted { game_id, .. } => {
                    self.current = Arc::new(PriceSeries {
                        game_id: Some(game_id.clone()),
                        ..PriceSeries::default()
                    });
                }
                GameEvent::Committed { game_id, hash, .. } if self.is_current(game_id) => {
                    let series = Arc::make_mut(&mut self.current);
                    series.hash = series.hash.take().or_else(|| hash.clone());
                }
                GameEvent::PriceTick {
                    game_id,
                    tick,
                    price,
                    ..
                } if self.is_current(game_id) => {
                    let series = Arc::make_mut(&mut self.current);
                    let index = *tick as usize;
                    if index >= series.prices.len() {
                        series.prices.resize(index + 1, None);
                    }
                    series.prices[index] = Some(number::to_f64_lossy(*price));
                }
                GameEvent::Rugged { game_id, tick, .. } if self.is_current(game_id) => {
                    Arc::make_mut(&mut self.current).rug_tick = Some(*tick);
                }
                _ => {}
            }
        }
    }

    fn is_current(&self, game_id: &GameId) -> bool {
        self.current.game_id.as_ref() == Some(game_id)
    }

    fn take_past(&mut self, update: &GameStateUpdate) {
        let is_new = update.last_100 != Last100::default() && update.last_100 != self.past.last_100;
        let players = update.connected_players.or(self.past.players);
        let highest = update.highest_today.or(self.past.highest_today);
        let same = players == self.past.players && highest == self.past.highest_today;
        if is_new || !same {
            let past = Arc::make_mut(&mut self.past);
            if is_new {
                past.last_100 = update.last_100.clone();
            }
            (past.players, past.highest_today) = (players, highest);
        }
    }

    fn take_history(&mut self, history: &[HistoryEntry], board: &Board) {
        let length = |entry: &HistoryEntry| {
            let listed = entry.prices.as_ref().map(Vec::len);
            let watched = self
                .is_current(&entry.id)
                .then_some(self.current.prices.len());
            let open = board.open_games().iter().find(|game| game.id == entry.id);
            let ticks = listed.or(watched).or(open.map(|game| game.prices.len()))?;
            u32::try_from(ticks).ok()?.checked_sub(1)
        };
        let listed = |game: &&PastGame| history.iter().any(|entry| entry.id == game.game_id);
        // Without a common game there is a gap between the two lists.
        let continues = self.past.games.iter().any(|game| listed(&game));
        let older = self.past.games.iter().filter(|_| continues);
        let older = older.filter(|game| !listed(game));
        let mut games: Vec<_> = older.cloned().collect();
        games.extend(history.iter().rev().map(|entry| {
            let mut before = self.past.games.iter();
            let before = before.find(|game| game.game_id == entry.id);
            PastGame {
                game_id: entry.id.clone(),
                // As the server states it.
                peak: Peak {
                    multiplier: entry.peak,
                    exact: true,
                },
                ticks: length(entry).or(before.and_then(|game| game.ticks)),
                ended: entry.timestamp.and_then(Time::from_timestamp_millis),
            }
        }));
        games.drain(..games.len().saturating_sub(LAST_GAMES));
        if games != self.past.games {
            Arc::make_mut(&mut self.past).games = games;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(number: u32) -> HistoryEntry {
        HistoryEntry {
            id: GameId::new(&number.to_string()).expect("an id"),
            timestamp: Some(1_764_000_000_000),
            prices: None,
            peak: Some(Decimal::TWO),
            seed: None,
            hash: None,
            version: None,
        }
    }

    /// Takes the server's list of ten games up to `last`, the newest first. Returns the games shown, oldest first.
    fn shown(series: &mut GameSeries, last: u32) -> Vec<String> {
        let entries: Vec<_> = (last - 9..=last).rev().map(entry).collect();
        series.take_history(&entries, &Board::default());
        let games = series.past.games.iter();
        games.map(|game| game.game_id.to_string()).collect()
    }

    fn numbers(from: u32, to: u32) -> Vec<String> {
        (from..=to).map(|number| number.to_string()).collect()
    }

    #[test]
    fn older_games_than_the_list_are_kept_as_long_as_the_lists_meet() {
        let mut series = GameSeries::default();
        assert_eq!(shown(&mut series, 110), numbers(101, 110));
        assert_eq!(shown(&mut series, 111), numbers(101, 111));
        assert_eq!(shown(&mut series, 114), numbers(103, 114));
        // After a long silence the lists have no game in common.
        assert_eq!(shown(&mut series, 150), numbers(141, 150));
    }

    #[test]
    fn a_complete_game_that_goes_to_the_recorder_is_recorded() {
        let mut series = GameSeries::default();
        let id = entry(1).id;
        let game = Game::new(id.clone(), Time::UNIX_EPOCH);
        series.games = Arc::new(vec![SeenGame::new(id, Time::UNIX_EPOCH)]);
        series.note_recorded(&[GameEvent::GameComplete(Box::new(game))]);
        assert!(series.games[0].recorded);
    }
}
