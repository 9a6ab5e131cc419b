//! The games of a session, each once, with its file or why there is none; and what a file says of prices and rug.

use std::collections::HashMap;

use chrono::TimeDelta;
use rust_decimal::Decimal;

use crate::fairness::ProofStatus;
use crate::game::{Phase, TICK_MILLIS};
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
        session: &SessionFile,
        find: &mut dyn FnMut(&GameId) -> Result<GameFile, String>,
    ) -> Self {
        let mut games = Self::default();
        let of_rows = session.actions.iter().map(|row| &row.game_id);
        let of_drifts = session.drifts.iter().filter_map(|d| d.game_id.as_ref());
        for id in of_rows.chain(of_drifts) {
            if !games.places.contains_key(id) {
                let found = find(id).and_then(|file| {
                    let found = file.meta.game_id.clone();
                    let is_right = found == *id;
                    is_right
                        .then(|| with_times_of(session, file))
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

/// Returns a game of a session with the times of that session. A game that comes again, by the same seed of a practice table,
/// is one file, which has the times at which it was recorded first: they are moved to those of the session's rows.
pub fn with_times_of(session: &SessionFile, mut game: GameFile) -> GameFile {
    let Some(start) = game.meta.start_time else {
        return game;
    };
    let elapsed = |tick: usize| {
        let arrival = game.arrivals.get(tick).copied().flatten();
        arrival.map_or(
            TimeDelta::milliseconds(TICK_MILLIS) * i32::try_from(tick).unwrap_or(i32::MAX),
            |millis| TimeDelta::milliseconds(millis.into()),
        )
    };
    let end = game.meta.end_time;
    if end.unwrap_or_else(|| start + elapsed(game.prices.len())) >= session.meta.session_start {
        return game;
    }
    let rows = || {
        let rows = session.actions.iter();
        rows.filter(|row| row.game_id == game.meta.game_id)
    };
    // A row of the presale comes before the start.
    let running = rows().find(|row| row.phase >= Phase::Active);
    if let Some(row) = running.or_else(|| rows().next()) {
        let moved = row.timestamp - elapsed(row.tick as usize) - start;
        game.meta.start_time = Some(start + moved);
        game.meta.end_time = end.map(|end| end + moved);
    }
    game
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
    use crate::account::{Action, ActionKind, ActionSource};
    use crate::game::{Game, GameEvent, PriceSource, Time};
    use crate::protocol::GameId;
    use crate::recording::Origin;

    /// Two sessions of one seed: the file of the game has the times of the first one.
    #[test]
    fn a_game_that_came_again_has_the_times_of_its_session() {
        let at = |text: &str| text.parse::<Time>().expect("a time");
        let (id, first) = (GameId::new("g").expect("an id"), at("2026-12-01T04:20:18Z"));
        let mut game = Game::new(id.clone(), first);
        game.prices.insert(9, Decimal::TWO, PriceSource::Live);
        game.apply(&GameEvent::Rugged {
            game_id: id.clone(),
            tick: 9,
            at: at("2026-12-01T04:20:21Z"),
        });
        let file = GameFile::new(&game, Origin::Practice);
        let text = r#"{
          "meta": {
            "player_id": null, "username": null,
            "session_start": "2026-12-01T04:34:00.000Z", "session_end": "2026-12-01T04:36:00.000Z",
            "format": 1, "origin": "practice", "wallet": "server", "start_balance": "1", "start_lots": [],
            "end_balance": "1", "realised_pnl": "0", "verifications": 0, "drift_count": 0, "app": "pianola 0.1.0"
          },
          "actions": [], "drifts": []
        }"#;
        let mut session = SessionFile::parse(text.as_bytes()).expect("a session");
        let times = |session: &SessionFile| {
            let meta = with_times_of(session, file.clone()).meta;
            [meta.start_time, meta.end_time].map(|time| time.expect("a time"))
        };
        assert_eq!(times(&session)[0], first, "nothing says when");
        let row = |phase, tick, time: &str| Action {
            tick,
            phase,
            ..Action::new(ActionKind::Buy, ActionSource::Key, id.clone(), at(time))
        };
        let presale = row(Phase::Presale, 0, "2026-12-01T04:34:31Z");
        session.actions = vec![presale];
        assert_eq!(times(&session)[0], at("2026-12-01T04:34:31Z"));
        session
            .actions
            .push(row(Phase::Active, 4, "2026-12-01T04:34:36Z"));
        let moved = ["2026-12-01T04:34:35Z", "2026-12-01T04:34:38Z"].map(at);
        assert_eq!(times(&session), moved);
        // The session in which it was recorded first.
        session.meta.session_start = at("2026-12-01T04:20:00Z");
        assert_eq!(times(&session)[0], first);
    }

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
