//! The leaderboard rows of other players in a capture, by game and player, in the order of the game.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use pianola::protocol::{GameId, GameStateUpdate, LeaderboardRow, Tick};
use rust_decimal::Decimal;

use crate::support::captures;

/// Countdown above which the leaderboard still shows the game before.
const SETTLEMENT_MILLIS: i64 = 10_000;

/// The prices of one game, from the capture.
#[derive(Debug, Default)]
pub struct GamePrices {
    prices: BTreeMap<Tick, Decimal>,
    rug: Option<Tick>,
}

impl GamePrices {
    pub fn price(&self, tick: Tick) -> Option<Decimal> {
        self.prices.get(&tick).copied()
    }

    /// Returns the known prices of the ticks from `first` to `last`.
    pub fn between(
        &self,
        first: Tick,
        last: Tick,
    ) -> impl Iterator<Item = (Tick, Decimal)> + Clone {
        self.prices.range(first..=last).map(|(t, p)| (*t, *p))
    }
}

/// One row of one player.
#[derive(Debug, Clone)]
pub struct RowSighting {
    /// Tick of the message, the rug tick at most; 0 in the presale.
    pub tick: Tick,
    /// Before tick 0.
    pub presale: bool,
    /// The game is over: forced sells are in.
    pub over: bool,
    /// Number of the message among those of the game.
    message: usize,
    pub row: LeaderboardRow,
}

impl RowSighting {
    /// Whether messages without this player lie between the sightings.
    pub fn follows(&self, earlier: &Self) -> bool {
        self.message <= earlier.message + 1
    }

    pub fn qty(&self) -> Decimal {
        self.row.position_qty.unwrap()
    }

    pub fn practice(&self) -> bool {
        self.row.selected_coin.is_some()
    }
}

/// All rows of one player in one game.
#[derive(Debug)]
pub struct PlayerRows {
    pub game: GameId,
    pub player: String,
    pub prices: Rc<GamePrices>,
    /// Zero when the player was listed in the settlement of the previous game, under the id of this one.
    pub flat_before: Option<Decimal>,
    pub sightings: Vec<RowSighting>,
}

impl PlayerRows {
    /// Returns the name under which it is reported: capture, last digits of the game, player.
    pub fn name(&self) -> String {
        let game = self.game.as_str();
        let player = self.player.rsplit(':').next().unwrap_or_default();
        format!("{}… {player}", &game[..13.min(game.len())])
    }
}

/// Returns the rows of the players in a capture; `None` when it is not here.
pub fn player_rows(name: &str) -> Option<Vec<PlayerRows>> {
    let (updates, _) = captures::updates(name)?;
    let mut prices_by_game = BTreeMap::<GameId, GamePrices>::new();
    for (_, update) in &updates {
        learn(
            prices_by_game.entry(update.game_id.clone()).or_default(),
            update,
        );
    }
    let prices_by_game: BTreeMap<_, _> = prices_by_game
        .into_iter()
        .map(|(g, c)| (g, Rc::new(c)))
        .collect();

    let mut last_active = None;
    let mut messages = BTreeMap::<GameId, usize>::new();
    let mut settled = BTreeSet::new();
    let mut sightings = BTreeMap::<(GameId, String), Vec<RowSighting>>::new();
    for (_, update) in updates {
        if update.active == Some(true) {
            last_active = Some(update.game_id.clone());
        }
        let settlement = update
            .cooldown_timer
            .is_some_and(|millis| millis > SETTLEMENT_MILLIS);
        let game = match (settlement, &last_active) {
            (false, _) => update.game_id.clone(),
            (true, Some(game)) => game.clone(),
            (true, None) => continue,
        };
        let presale = !settlement && update.active != Some(true);
        let over = settlement || update.rugged == Some(true);
        let tick = match (over, presale) {
            (true, _) => prices_by_game[&game].rug.unwrap(),
            (_, true) => 0,
            _ => Tick::try_from(update.tick_count.unwrap()).unwrap(),
        };
        let message = messages.entry(game.clone()).or_default();
        *message += 1;
        for row in update.leaderboard.into_iter().flatten() {
            let key = (game.clone(), row.id.clone().unwrap());
            if settlement {
                settled.insert((update.game_id.clone(), key.1.clone()));
            }
            sightings.entry(key).or_default().push(RowSighting {
                tick,
                presale,
                over,
                message: *message,
                row,
            });
        }
    }
    let rows = sightings
        .into_iter()
        .map(|((game, player), mut sightings)| {
            // The recorders of A and B let small messages overtake large ones (`protocol.md` 3.1).
            sightings.sort_by_key(|s| (s.over, s.tick, !s.presale));
            let key = (game, player);
            let flat_before = settled.contains(&key).then_some(Decimal::ZERO);
            let (game, player) = key;
            PlayerRows {
                flat_before,
                prices: prices_by_game[&game].clone(),
                game,
                player,
                sightings,
            }
        });
    Some(rows.collect())
}

fn learn(prices: &mut GamePrices, update: &GameStateUpdate) {
    let window = update.partial_prices.iter().flat_map(|w| w.values.clone());
    let snapshot = update.prices.iter().flatten().copied();
    for (tick, price) in window.chain((0..).zip(snapshot)) {
        prices
            .prices
            .insert(Tick::try_from(tick).unwrap(), price.unwrap());
    }
    if update.rugged == Some(true) {
        let end = update.partial_prices.as_ref().and_then(|w| w.end_tick);
        prices.rug = Some(Tick::try_from(end.unwrap()).unwrap());
    }
}
