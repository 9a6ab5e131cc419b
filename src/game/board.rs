//! The reducer: each `gameStateUpdate` with its arrival time, and what happened because of it.
//!
//! State is keyed by game id and tick, never by arrival: the large messages around a rug are overtaken by the small
//! ones behind them, so a message of the game before may come after the first one of the next.

use std::collections::VecDeque;

use super::{Anomaly, EndReason, Game, GameEvent, Phase, Time, intake};
use crate::protocol::{GameId, GameStateUpdate};

/// Ids of finished games that are remembered: more than the ten of a `gameHistory`, far less than a day.
const REMEMBERED: usize = 64;

/// The game that the phase belongs to.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    id: GameId,
    /// The highest phase that any message of this game spoke of.
    phase: Phase,
    hash: Option<String>,
    version: Option<String>,
    /// Seen before the first tick; they go to the game when it starts.
    pending: Vec<Anomaly>,
}

/// What is on the table: the current game, its phase, and the games whose seed is not yet revealed.
#[derive(Debug, Clone, Default)]
pub struct Board {
    phase: Phase,
    pub(super) stage: Option<Stage>,
    /// Games with at least one message of active play, oldest first, not yet published.
    pub(super) open: Vec<Game>,
    /// Ids of open games that recovery brought and no message confirmed yet.
    pub(super) unconfirmed: Vec<GameId>,
    /// Games that are over and published: no late message brings them back.
    pub(super) finished: VecDeque<GameId>,
    /// Games whose end was told: it is told once, whatever becomes of them.
    ended: VecDeque<GameId>,
    /// Games whose reveal was told.
    pub(super) revealed: VecDeque<GameId>,
    /// No update came since the connection was made: any phase may follow.
    fresh: bool,
}

impl Board {
    /// Returns a board on which `games`, left open by a crash or a stop, wait for the first snapshot:
    /// the same id goes on, any other is closed from history and seed.
    pub fn resume(games: Vec<Game>) -> Self {
        let unconfirmed = games.iter().map(|game| game.id.clone()).collect();
        Self {
            open: games,
            unconfirmed,
            fresh: true,
            ..Self::default()
        }
    }

    /// Returns the phase of the current game.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// Returns the id of the current game.
    pub fn current_id(&self) -> Option<&GameId> {
        self.stage.as_ref().map(|stage| &stage.id)
    }

    /// Returns the current game once its first tick came.
    pub fn current(&self) -> Option<&Game> {
        self.current_id()
            .and_then(|id| self.open.iter().find(|game| game.id == *id))
    }

    /// Returns the games that are not yet published, oldest first.
    pub fn open_games(&self) -> &[Game] {
        &self.open
    }

    /// The connection was lost: games that are over are published as they are, a running one stays open.
    pub fn disconnected(&mut self, out: &mut Vec<GameEvent>) {
        self.fresh = true;
        let id = self.current_id().cloned();
        self.change_phase(Phase::Unknown, id, out);
        // What recovery brought was not seen on this connection: it waits on.
        let unconfirmed = self.unconfirmed.clone();
        let seen = |game: &Game| !unconfirmed.contains(&game.id);
        for game in self
            .open
            .iter_mut()
            .filter(|game| seen(game) && !game.ended())
        {
            game.connection_lost(out);
        }
        // A reveal that comes later is told as `Revealed` and completes the file.
        self.publish_where(|game| seen(game) && game.ended(), out);
    }

    /// We stop: every open game is published.
    pub fn stopped(&mut self, out: &mut Vec<GameEvent>) {
        let news = out.len();
        for game in self.open.iter_mut().filter(|game| !game.ended()) {
            let crashed = self.unconfirmed.contains(&game.id);
            let reason = if crashed {
                EndReason::Crash
            } else {
                EndReason::Stopped
            };
            game.tell(out, |game_id| GameEvent::GameEnded { game_id, reason });
        }
        self.tell_ends_once(news, out);
        self.publish_where(|_| true, out);
    }

    /// Takes one update that arrived at `at`; appends what happened to `out`.
    pub fn update(&mut self, update: &GameStateUpdate, at: Time, out: &mut Vec<GameEvent>) {
        let news = out.len();
        if self.takes_the_stage(update) {
            self.enter(&update.game_id, out);
        }
        self.confirm(&update.game_id, out);
        self.commit(update, out);
        self.advance_phase(update, out);
        self.take_prices(update, at, out);
        if let Some(history) = &update.history {
            // Newest first on the wire; what is older is told first.
            for entry in history.iter().rev() {
                self.take_reveal(entry, at, out);
            }
            self.close_unconfirmed(out);
        }
        self.give_up(out);
        self.fresh = false;
        self.tell_ends_once(news, out);
    }

    /// A game that went on after all ends again, but its end is told once.
    fn tell_ends_once(&mut self, news: usize, out: &mut Vec<GameEvent>) {
        let told = out.extract_if(news.., |event| match event {
            GameEvent::GameEnded { game_id, .. } if self.ended.contains(game_id) => true,
            GameEvent::GameEnded { game_id, .. } => {
                remember(&mut self.ended, game_id.clone());
                false
            }
            _ => false,
        });
        for _again in told {}
    }

    /// Whether the update makes its game the current one.
    fn takes_the_stage(&self, update: &GameStateUpdate) -> bool {
        let id = &update.game_id;
        if self.current_id() == Some(id) || self.finished.contains(id) || self.revealed.contains(id)
        {
            return false;
        }
        match self.open.iter().find(|game| game.id == *id) {
            None => true,
            Some(game) if self.unconfirmed.contains(id) => {
                game.end.is_none() || self.stage.is_none()
            }
            // A late message of the game before, unless that game really goes on.
            Some(game) => {
                let goes_on = update.active == Some(true) && update.rugged != Some(true);
                let tick = update.tick_count.unwrap_or(0);
                game.end.is_none() && goes_on && tick >= game.prices.len() as u64
            }
        }
    }

    /// Makes `id` the current game; the one before ends here if no rug was seen.
    fn enter(&mut self, id: &GameId, out: &mut Vec<GameEvent>) {
        let before = self.current_id().cloned();
        let unrugged = |game: &&mut Game| Some(&game.id) == before.as_ref() && !game.ended();
        if let Some(game) = self.open.iter_mut().find(unrugged) {
            game.odd(Anomaly::RugMissed, out);
            game.over(EndReason::Missed, out);
        }
        if let Some(place) = self.open.iter().position(|game| game.id == *id) {
            // It goes on, so it is the newest again.
            let mut game = self.open.remove(place);
            if game.ended() && game.end.is_none() {
                game.tell(out, |game_id| GameEvent::WentOn { game_id });
            }
            self.open.push(game);
        }
        self.stage = Some(Stage {
            id: id.clone(),
            phase: Phase::Unknown,
            hash: None,
            version: None,
            pending: Vec::new(),
        });
    }

    /// A game that recovery brought goes on: we were not there for a while.
    fn confirm(&mut self, id: &GameId, out: &mut Vec<GameEvent>) {
        if !self.unconfirmed.contains(id) {
            return;
        }
        self.unconfirmed.retain(|unconfirmed| unconfirmed != id);
        if let Some(game) = self
            .open
            .iter_mut()
            .find(|game| game.id == *id && game.end.is_none())
        {
            game.connection_lost(out);
        }
    }

    /// Remembers the commitment: it counts only if it was seen before the reveal.
    fn commit(&mut self, update: &GameStateUpdate, out: &mut Vec<GameEvent>) {
        let hash = update.commitment.as_ref().map(|c| c.hash.clone());
        let stated = update.commitment.as_ref().and_then(|c| c.version.clone());
        let version = update.game_version.clone().or(stated);
        if let Some(game) = self.open.iter_mut().find(|game| game.id == update.game_id) {
            let new_hash = game.commitment.is_none() && hash.is_some();
            let new_version = game.version.is_none() && version.is_some();
            if new_hash || new_version {
                game.tell(out, |game_id| GameEvent::Committed {
                    game_id,
                    hash,
                    version,
                });
            }
        } else if let Some(stage) = self
            .stage
            .as_mut()
            .filter(|stage| stage.id == update.game_id)
        {
            stage.hash = stage.hash.take().or(hash);
            stage.version = stage.version.take().or(version);
        }
    }

    fn advance_phase(&mut self, update: &GameStateUpdate, out: &mut Vec<GameEvent>) {
        let Some(stage) = self
            .stage
            .as_mut()
            .filter(|stage| stage.id == update.game_id)
        else {
            return;
        };
        let before = stage.phase;
        stage.phase = before.max(Phase::said_by(update));
        let to = stage.phase;
        if to == Phase::Unknown {
            return;
        }
        let legal = match (before, self.phase) {
            _ if self.fresh => true,
            // The first message of another game: only the settlement follows a rug. A game whose rug was missed
            // has its own anomaly.
            (Phase::Unknown, Phase::Unknown | Phase::Active) => true,
            (Phase::Unknown, Phase::Rugged) => to == Phase::Cooldown,
            (Phase::Unknown, Phase::Cooldown | Phase::Presale) => false,
            (before, _) => before.may_lead_to(to),
        };
        if !legal {
            self.note(&update.game_id, Anomaly::IllegalTransition, out);
        }
        self.change_phase(to, Some(update.game_id.clone()), out);
    }

    fn change_phase(&mut self, to: Phase, game_id: Option<GameId>, out: &mut Vec<GameEvent>) {
        if self.phase != to {
            out.push(GameEvent::PhaseChanged {
                game_id,
                from: self.phase,
                to,
            });
            self.phase = to;
        }
    }

    /// Counts an anomaly for a game, also for one that has not started yet.
    fn note(&mut self, id: &GameId, anomaly: Anomaly, out: &mut Vec<GameEvent>) {
        if let Some(game) = self.open.iter_mut().find(|game| game.id == *id) {
            game.odd(anomaly, out);
        } else if let Some(stage) = self.stage.as_mut().filter(|stage| stage.id == *id) {
            stage.pending.push(anomaly);
        }
    }

    fn take_prices(&mut self, update: &GameStateUpdate, at: Time, out: &mut Vec<GameEvent>) {
        // The countdown also says "tick 0, price 1": that is no tick of a game that runs.
        if update.active != Some(true) && update.rugged != Some(true) {
            return;
        }
        if let Some(index) = self.open_index(&update.game_id, at, out) {
            intake::take_prices(&mut self.open[index], update, at, self.fresh, out);
        }
    }

    /// Returns the index of the update's game among the open ones; starts it when it is on stage.
    fn open_index(&mut self, id: &GameId, at: Time, out: &mut Vec<GameEvent>) -> Option<usize> {
        if let Some(index) = self.open.iter().position(|game| game.id == *id) {
            return Some(index);
        }
        let stage = self.stage.as_mut().filter(|stage| stage.id == *id)?;
        if self.finished.contains(id) {
            return None;
        }
        let mut game = Game::new(id.clone(), at);
        out.push(GameEvent::GameStarted {
            game_id: id.clone(),
            at,
        });
        let (hash, version) = (stage.hash.take(), stage.version.take());
        if hash.is_some() || version.is_some() {
            game.tell(out, |game_id| GameEvent::Committed {
                game_id,
                hash,
                version,
            });
        }
        for anomaly in stage.pending.drain(..) {
            game.odd(anomaly, out);
        }
        self.open.push(game);
        Some(self.open.len() - 1)
    }
}

pub(super) fn remember(list: &mut VecDeque<GameId>, id: GameId) {
    if list.len() == REMEMBERED {
        list.pop_front();
    }
    list.push_back(id);
}
