//! The reducer: each `gameStateUpdate` with its arrival time, and what happened because of it.
//!
//! State is keyed by game id and tick, never by arrival: the large messages around a rug are overtaken by the small
//! ones behind them, so a message of the game before may come after the first one of the next.

use super::arrival::TickClock;
use super::past::PastGames;
use super::stage::{Draft, Stage};
use super::{Anomaly, Arrival, EndReason, Game, GameEvent, Phase, ServerInfo, Time, intake};
use crate::protocol::{GameId, GameStateUpdate, HistoryEntry};

/// What is on the table: the current game, its phase, and the games whose seed is not yet revealed.
#[derive(Debug, Clone, Default)]
pub struct Board {
    phase: Phase,
    pub(super) stage: Option<Stage>,
    /// Games with at least one message of active play, oldest first, not yet published.
    pub(super) open: Vec<Game>,
    /// Ids of open games that recovery brought and no message confirmed yet.
    pub(super) unconfirmed: Vec<GameId>,
    /// Games that are over and published, or only listed.
    pub(super) past: PastGames,
    /// No update came since the connection was made: any phase may follow.
    pub(super) fresh: bool,
    /// The server that games are played at from here on, once it is known.
    server: Option<ServerInfo>,
    /// When the ticks of the open games arrive; without those that no message of this run was of.
    clocks: Vec<(GameId, TickClock)>,
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

    /// Notes the server that the running game and those after it are played at. A speed that changes during a game is
    /// none.
    pub fn set_server(&mut self, server: ServerInfo, out: &mut Vec<GameEvent>) {
        self.server = Some(server);
        let unconfirmed = &self.unconfirmed;
        let runs = |game: &&mut Game| !game.ended() && !unconfirmed.contains(&game.id);
        for game in self.open.iter_mut().filter(runs) {
            game.played_at(server, out);
        }
    }

    /// Notes the server that a game was played at until its end.
    pub fn set_server_of(&mut self, id: &GameId, server: ServerInfo, out: &mut Vec<GameEvent>) {
        self.set_server(server, out);
        if let Some(game) = self.open.iter_mut().find(|game| game.id == *id) {
            game.played_at(server, out);
        }
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

    /// Takes one update with its arrival; appends what happened to `out`.
    pub fn update(
        &mut self,
        update: &GameStateUpdate,
        arrival: impl Into<Arrival>,
        out: &mut Vec<GameEvent>,
    ) {
        let arrival = arrival.into();
        let mut news = out.len();
        let said = Phase::said_by(update, self.running());
        if !self.is_of_an_earlier_game(update) {
            if self.is_reused(update, said) {
                self.reuse(&update.game_id, news, out);
                news = out.len();
            } else if self.takes_the_stage(update, said) {
                self.enter(&update.game_id, out);
            }
            self.confirm(&update.game_id, out);
            self.commit(update, said, out);
            self.advance_phase(&update.game_id, said, out);
            self.take_prices(update, said, arrival, out);
        }
        if let Some(history) = &update.history {
            // Newest first on the wire; what is older is told first.
            for entry in history.iter().rev() {
                self.take_reveal(entry, history, arrival.at, out);
            }
            self.close_unconfirmed(out);
        }
        self.give_up(out);
        self.fresh = false;
        self.tell_ends_once(news, out);
    }

    /// A game that went on after all ends again, but its end is told once.
    pub(super) fn tell_ends_once(&mut self, news: usize, out: &mut Vec<GameEvent>) {
        let told = out.extract_if(news.., |event| match event {
            GameEvent::GameEnded { game_id, .. } => !self.past.end(game_id),
            _ => false,
        });
        for _again in told {}
    }

    /// Counts texts of the server that were cut while its last message was read: for the current game.
    pub fn texts_cut(&mut self, count: u64, out: &mut Vec<GameEvent>) {
        let Some(id) = self.current_id().cloned() else {
            return;
        };
        for _text in 0..count {
            self.note(&id, Anomaly::FieldTooLong, out);
        }
    }

    /// Returns the current game's id while it runs, or has just rugged.
    fn running(&self) -> Option<&GameId> {
        let stage = self.stage.as_ref()?;
        (stage.phase >= Phase::Active).then_some(&stage.id)
    }

    /// Whether the update makes its game the current one.
    fn takes_the_stage(&self, update: &GameStateUpdate, said: Phase) -> bool {
        let id = &update.game_id;
        if self.current_id() == Some(id) || self.past.is_published(id) {
            return false;
        }
        match self.open.iter().find(|game| game.id == *id) {
            // Listed with its seed: a late message of a game that we did not watch, unless it only begins.
            None if self.past.listed(id).is_some() => match said {
                Phase::Cooldown | Phase::Presale => true,
                Phase::Active => self.fresh || update.tick_count == Some(0),
                Phase::Rugged | Phase::Unknown => false,
            },
            // A message that says nothing but a new id ends no other game.
            None => said != Phase::Unknown,
            Some(game) if self.unconfirmed.contains(id) => {
                game.end.is_none() || self.stage.is_none()
            }
            // A late message of the game before, unless that game really goes on.
            Some(game) => {
                let tick = update.tick_count.unwrap_or(0);
                let goes_on = said == Phase::Active && tick >= game.prices.len() as u64;
                game.end.is_none() && goes_on
            }
        }
    }

    /// Makes `id` the current game; the one before ends here if no rug was seen.
    pub(super) fn enter(&mut self, id: &GameId, out: &mut Vec<GameEvent>) {
        let before = self.current_id().cloned();
        let unrugged = |game: &&mut Game| Some(&game.id) == before.as_ref() && !game.ended();
        if let Some(game) = self.open.iter_mut().find(unrugged) {
            game.odd(Anomaly::RugMissed, out);
            game.over(EndReason::Missed, out);
        }
        let place = self.open.iter().position(|game| game.id == *id);
        if let Some(place) = place {
            // It goes on, so it is the newest again.
            let mut game = self.open.remove(place);
            if game.ended() && game.end.is_none() {
                game.tell(out, |game_id| GameEvent::WentOn { game_id });
            }
            self.open.push(game);
        }
        // The start is not known before the first tick.
        let mut draft = place.is_none().then(|| Draft {
            game: Game::new(id.clone(), Time::default()),
            facts: Vec::new(),
        });
        if let (Some(draft), Some(listed)) = (&mut draft, self.past.listed(id)) {
            draft.game.see_seed(listed, true, &mut draft.facts);
        }
        self.stage = Some(Stage {
            id: id.clone(),
            phase: Phase::Unknown,
            draft,
        });
    }

    pub(super) fn current_draft(&self, id: &GameId) -> Option<&Draft> {
        let stage = self.stage.as_ref().filter(|stage| stage.id == *id)?;
        stage.draft.as_ref()
    }

    /// Returns a game that is not published, also one that has not started yet.
    pub(super) fn game(&self, id: &GameId) -> Option<&Game> {
        let open = self.open.iter().find(|game| game.id == *id);
        open.or_else(|| self.current_draft(id).map(|draft| &draft.game))
    }

    /// Lets something happen to such a game. The facts of one that has not started wait for its start.
    pub(super) fn at_game(
        &mut self,
        id: &GameId,
        out: &mut Vec<GameEvent>,
        does: impl FnOnce(&mut Game, &mut Vec<GameEvent>),
    ) {
        if let Some(game) = self.open.iter_mut().find(|game| game.id == *id) {
            does(game, out);
        } else if let Some(stage) = self.stage.as_mut().filter(|stage| stage.id == *id)
            && let Some(draft) = &mut stage.draft
        {
            does(&mut draft.game, &mut draft.facts);
        }
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
            if let Some(server) = self.server {
                game.played_at(server, out);
            }
        }
    }

    /// Takes the commitment: it counts only if it came before the seed, and not in the same message.
    fn commit(&mut self, update: &GameStateUpdate, said: Phase, out: &mut Vec<GameEvent>) {
        let is_own = |entry: &&HistoryEntry| entry.id == update.game_id && entry.seed.is_some();
        let own = update.history.iter().flatten().find(is_own);
        self.at_game(&update.game_id, out, |game, out| {
            if let Some(entry) = own {
                let running = !game.ended() && said != Phase::Rugged;
                game.see_seed(entry, running, out);
            }
            game.commit(update, out);
        });
    }

    fn advance_phase(&mut self, id: &GameId, said: Phase, out: &mut Vec<GameEvent>) {
        let Some(stage) = self.stage.as_mut().filter(|stage| stage.id == *id) else {
            return;
        };
        let before = stage.phase;
        stage.phase = before.max(said);
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
            self.note(id, Anomaly::IllegalTransition, out);
        }
        self.change_phase(to, Some(id.clone()), out);
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
    pub(super) fn note(&mut self, id: &GameId, anomaly: Anomaly, out: &mut Vec<GameEvent>) {
        self.at_game(id, out, |game, out| game.odd(anomaly, out));
    }

    fn take_prices(
        &mut self,
        update: &GameStateUpdate,
        said: Phase,
        arrival: Arrival,
        out: &mut Vec<GameEvent>,
    ) {
        // The countdown also says "tick 0, price 1": that is no tick of a game that runs.
        if said < Phase::Active {
            return;
        }
        if let Some(index) = self.open_index(&update.game_id, arrival, out) {
            let game = &mut self.open[index];
            if self.clocks.iter().all(|(id, _)| *id != game.id) {
                // A game that recovery brought.
                let clock = TickClock::resuming(game, arrival);
                self.clocks.push((game.id.clone(), clock));
            }
            let Some((_, clock)) = self.clocks.iter_mut().find(|(id, _)| *id == game.id) else {
                return;
            };
            let rugged = said == Phase::Rugged;
            intake::take_prices(game, update, rugged, (arrival, clock), self.fresh, out);
        }
    }

    /// Returns the index of the update's game among the open ones; starts it when it is on stage.
    fn open_index(
        &mut self,
        id: &GameId,
        arrival: Arrival,
        out: &mut Vec<GameEvent>,
    ) -> Option<usize> {
        if let Some(index) = self.open.iter().position(|game| game.id == *id) {
            return Some(index);
        }
        let stage = self.stage.as_mut().filter(|stage| stage.id == *id)?;
        let Draft { mut game, facts } = stage.draft.take()?;
        let at = arrival.at;
        game.start = at;
        out.push(GameEvent::GameStarted {
            game_id: id.clone(),
            at,
        });
        if let Some(server) = self.server {
            game.played_at(server, out);
        }
        let open = &self.open;
        self.clocks
            .retain(|(known, _)| open.iter().any(|game| game.id == *known));
        self.clocks.push((id.clone(), TickClock::starting(arrival)));
        out.extend(facts);
        self.open.push(game);
        Some(self.open.len() - 1)
    }
}
