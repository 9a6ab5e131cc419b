//! The games of a session, each once, with its file or why there is none; and what a file says of prices and rug.

use std::collections::HashMap;

use rust_decimal::Decimal;

use crate::fairness::ProofStatus;
use crate::protocol::{GameId, Tick};
use crate::recording::{GameFile, SessionFile};

/// The games in their order.
#[derive(Debug, Clone, Default)]
pub(super) struct Games {
    list: Vec<(GameId, Result<GameFile, String>)>,
    places: HashMap<GameId, usize>,
}

impl Games {
    /// Finds every game of the rows and drifts, in the order in which they name them.
    pub(super) fn of(
        file: &SessionFile,
        find: &mut dyn FnMut(&GameId) -> Result<GameFile, String>,
    ) -> Self {
        let mut games = Self::default();
        let of_rows = file.actions.iter().map(|row| &row.game_id);
        let of_drifts = file.drifts.iter().filter_map(|d| d.game_id.as_ref());
        for id in of_rows.chain(of_drifts) {
            if !games.places.contains_key(id) {
                let found = find(id).and_then(|file| {
                    let found = file.meta.game_id.clone();
                    let is_right = found == *id;
                    is_right
                        .then_some(file)
                        .ok_or(format!("the file of {found}"))
                });
                games.push(id.clone(), found);
            }
        }
        games
    }

    /// Adds a game at the end, unless it is known already.
    pub(super) fn push(&mut self, id: GameId, file: Result<GameFile, String>) {
        if !self.places.contains_key(&id) {
            self.places.insert(id.clone(), self.list.len());
            self.list.push((id, file));
        }
    }

    /// Inserts other games, each before the first one that began later. The order of the session's own games stays: it is
    /// the order of the rows, even if the clock was set.
    pub(super) fn with(self, others: impl IntoIterator<Item = GameFile>) -> Self {
        let mut others: Vec<_> = others.into_iter().collect();
        others.sort_by_key(|file| file.meta.start_time);
        others.retain(|file| !self.places.contains_key(&file.meta.game_id));
        let mut others = others.into_iter().peekable();
        let mut games = Self::default();
        for (id, file) in self.list {
            let start = file.as_ref().ok().and_then(|file| file.meta.start_time);
            while let Some(earlier) =
                others.next_if(|o| start.is_some() && o.meta.start_time < start)
            {
                games.push(earlier.meta.game_id.clone(), Ok(earlier));
            }
            games.push(id, file);
        }
        for later in others {
            games.push(later.meta.game_id.clone(), Ok(later));
        }
        games
    }

    /// Returns the file of a game, or why there is none.
    pub(super) fn get(&self, id: &GameId) -> Result<&GameFile, &str> {
        let place = self.place(id).ok_or("no file")?;
        self.at(place).1
    }

    /// Returns the place of a game.
    pub(super) fn place(&self, id: &GameId) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// Returns the game at a place, which must exist.
    pub(super) fn at(&self, place: usize) -> (&GameId, Result<&GameFile, &str>) {
        let (id, file) = &self.list[place];
        (id, file.as_ref().map_err(String::as_str))
    }

    /// Returns the number of games.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }
}

/// Returns the price of a tick; that of tick 0 is 1 in every game.
pub(super) fn price(game: &GameFile, tick: Tick) -> Option<Decimal> {
    let known = game.prices.get(tick as usize).copied().flatten();
    known.or((tick == 0).then_some(Decimal::ONE))
}

/// Whether the price of the tick was computed later from the seed.
pub(super) fn is_computed(game: &GameFile, tick: Tick) -> bool {
    game.meta.repaired_ticks.binary_search(&tick).is_ok()
}

/// Returns the tick of the rug; `None` if the file does not have one.
pub(super) fn rug_tick(game: &GameFile) -> Option<Tick> {
    let meta = &game.meta;
    let proven = matches!(
        meta.proof.status,
        ProofStatus::Proven | ProofStatus::Repaired
    );
    let known = meta.complete || meta.end_time.is_some() || proven;
    game.last_tick().filter(|_| known)
}

/// Returns the price at the rug, if it is known.
pub(super) fn rug_price(game: &GameFile) -> Option<Decimal> {
    game.prices.get(rug_tick(game)? as usize).copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::{Game, GameEvent, PriceSource};
    use crate::protocol::GameId;
    use crate::recording::Origin;

    #[test]
    fn the_rug_is_the_last_tick_of_a_game_whose_end_was_seen_and_of_no_other() {
        let (id, at) = (
            GameId::new("g").expect("an id"),
            chrono::DateTime::UNIX_EPOCH,
        );
        let mut game = Game::new(id.clone(), at);
        game.prices.insert(1, Decimal::TWO, PriceSource::Live);
        let file = GameFile::new(&game, Origin::Practice);
        assert_eq!((rug_tick(&file), rug_price(&file)), (None, None));
        // Tick 0 was not received, but its price is always 1.
        assert_eq!(
            (price(&file, 0), price(&file, 1)),
            (Some(Decimal::ONE), Some(Decimal::TWO))
        );
        assert_eq!(price(&file, 2), None);
        let (game_id, tick) = (id, 2);
        game.apply(&GameEvent::Rugged { game_id, tick, at });
        let file = GameFile::new(&game, Origin::Practice);
        assert_eq!(file.meta.duration_ticks, 3);
        assert_eq!((rug_tick(&file), rug_price(&file)), (Some(2), None));
    }
}
