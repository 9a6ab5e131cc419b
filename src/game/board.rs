//! The reducer: takes each `gameStateUpdate` with its arrival and emits events.
//!
//! State is keyed by game id and tick, never by arrival: small messages overtake the large ones around a rug, so a
//! message of the game before may arrive after the first one of the next game.

use super::anomaly::Anomaly;
use super::arrival::{Arrival, TickClock};
use super::current::{CurrentGame, UnstartedGame};
use super::event::GameEvent;
use super::one_game::{EndReason, Game};
use super::past::PastGames;
use super::phase::Phase;
use super::server::ServerInfo;
use super::tick_intake::take_prices;
use super::time::Time;
use crate::protocol::{GameId, GameStateUpdate, HistoryEntry};

/// The current game, its phase, and the games whose seed is not yet revealed.
#[derive(Debug, Clone, Default)]
pub struct Board {
    phase: Phase,
    pub(super) current: Option<CurrentGame>,
    /// Unpublished games with at least one message of active play, oldest first.
    pub(super) open: Vec<Game>,
    /// Ids of recovered open games that no message has confirmed yet.
    pub(super) unconfirmed: Vec<GameId>,
    /// Games that are published, or only listed.
    pub(super) past: PastGames,
    /// No update arrived since the connection began: any phase may follow.
    pub(super) fresh: bool,
    /// The server of all games from here on, once known.
    server: Option<ServerInfo>,
    /// The clocks of the open games that had a message in this run.
    clocks: Vec<(GameId, TickClock)>,
}

impl Board {
    /// Returns a board with `games` that a crash or a stop left open. After the first snapshot, the game with the same
    /// id continues; every other one is closed from history and seed.
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
        self.current.as_ref().map(|current| &current.id)
    }

    /// Returns the current game once its first tick arrived.
    pub fn current(&self) -> Option<&Game> {
        self.current_id()
            .and_then(|id| self.open.iter().find(|game| game.id == *id))
    }

    /// Returns the unpublished games, oldest first.
    pub fn open_games(&self) -> &[Game] {
        &self.open
    }

    /// Sets the server of the running game and of those after it. A speed that changes during a game becomes unknown.
    pub fn set_server(&mut self, server: ServerInfo, out: &mut Vec<GameEvent>) {
        self.server = Some(server);
        let unconfirmed = &self.unconfirmed;
        let runs = |game: &&mut Game| !game.ended() && !unconfirmed.contains(&game.id);
        for game in self.open.iter_mut().filter(runs) {
            game.set_server(server, out);
        }
    }

    /// Handles a lost connection: ended games are published as they are, a running one stays open.
    pub fn disconnect(&mut self, out: &mut Vec<GameEvent>) {
        self.fresh = true;
        let id = self.current_id().cloned();
        self.change_phase(Phase::Unknown, id, out);
        // Recovered games without a message on this connection continue to wait.
        let unconfirmed = self.unconfirmed.clone();
        let confirmed = |game: &Game| !unconfirmed.contains(&game.id);
        for game in self
            .open
            .iter_mut()
            .filter(|game| confirmed(game) && !game.ended())
        {
            game.connection_lost(out);
        }
        // A later reveal is emitted as `Revealed` and completes the file.
        self.publish_where(|game| confirmed(game) && game.ended(), out);
    }

    /// Handles the stop of the program: every open game is published.
    pub fn stop(&mut self, out: &mut Vec<GameEvent>) {
        let first_new = out.len();
        for game in &mut self.open {
            if self.unconfirmed.contains(&game.id) {
                game.end_if_open(EndReason::Crash, out);
            }
            game.end_if_open(EndReason::Stopped, out);
        }
        self.drop_repeated_ends(first_new, out);
        self.publish_where(|_| true, out);
    }

    /// Takes one update with its arrival; appends the events to `out`.
    pub fn update(
        &mut self,
        update: &GameStateUpdate,
        arrival: impl Into<Arrival>,
        out: &mut Vec<GameEvent>,
    ) {
        let arrival = arrival.into();
        let mut first_new = out.len();
        let stated = Phase::stated_by(update, self.running());
        if !self.is_of_earlier_game(update) {
            if self.is_reused(update, stated) {
                self.reuse(&update.game_id, first_new, out);
                first_new = out.len();
            } else if self.becomes_current(update, stated) {
                self.make_current(&update.game_id, out);
            }
            self.confirm(&update.game_id, out);
            self.commit(update, stated, out);
            self.advance_phase(&update.game_id, stated, out);
            self.take_prices(update, stated, arrival, out);
        }
        if let Some(history) = &update.history {
            // Newest first on the wire; the oldest is emitted first.
            for entry in history.iter().rev() {
                self.take_reveal(entry, history, arrival.at, out);
            }
            self.close_unconfirmed(out);
        }
        self.publish_overdue(out);
        self.fresh = false;
        self.drop_repeated_ends(first_new, out);
    }

    /// Removes the second end of a game that resumed: its end is reported once.
    pub(super) fn drop_repeated_ends(&mut self, first_new: usize, out: &mut Vec<GameEvent>) {
        let repeated = out.extract_if(first_new.., |event| match event {
            GameEvent::GameEnded { game_id, .. } => !self.past.end(game_id),
            _ => false,
        });
        for _ in repeated {}
    }

    /// Counts, as anomalies of the current game, the texts that were cut in the last message.
    pub fn note_cut_texts(&mut self, count: u64, out: &mut Vec<GameEvent>) {
        let Some(id) = self.current_id().cloned() else {
            return;
        };
        for _text in 0..count {
            self.note_anomaly(&id, Anomaly::FieldTooLong, out);
        }
    }

    /// Returns the current game's id while it runs or has just rugged.
    fn running(&self) -> Option<&GameId> {
        let current = self.current.as_ref()?;
        (current.phase >= Phase::Active).then_some(&current.id)
    }

    /// Whether the update makes its game the current one.
    fn becomes_current(&self, update: &GameStateUpdate, stated: Phase) -> bool {
        let id = &update.game_id;
        if self.current_id() == Some(id) || self.past.is_published(id) {
            return false;
        }
        match self.open.iter().find(|game| game.id == *id) {
            // Listed with its seed: a late message of an unwatched game, unless the game only begins.
            None if self.past.listed(id).is_some() => match stated {
                Phase::Cooldown | Phase::Presale => true,
                Phase::Active => self.fresh || update.tick_count == Some(0),
                Phase::Rugged | Phase::Unknown => false,
            },
            // A message with nothing but a new id ends no other game.
            None => stated != Phase::Unknown,
            Some(game) if self.unconfirmed.contains(id) => {
                game.end.is_none() || self.current.is_none()
            }
            // A late message of the game before, unless that game really goes on.
            Some(game) => {
                let tick = update.tick_count.unwrap_or(0);
                let goes_on = stated == Phase::Active && tick >= game.prices.len() as u64;
                game.end.is_none() && goes_on
            }
        }
    }

    /// Makes `id` the current game; the one before ends here if no rug arrived.
    pub(super) fn make_current(&mut self, id: &GameId, out: &mut Vec<GameEvent>) {
        let before = self.current_id().cloned();
        let unrugged = |game: &&mut Game| Some(&game.id) == before.as_ref() && !game.ended();
        if let Some(game) = self.open.iter_mut().find(unrugged) {
            game.note_anomaly(Anomaly::RugMissed, out);
            game.end_with(EndReason::Missed, out);
        }
        let index = self.open.iter().position(|game| game.id == *id);
        if let Some(index) = index {
            // It continues, so it is the newest again.
            let mut game = self.open.remove(index);
            if game.ended() && game.end.is_none() {
                game.emit(out, |game_id| GameEvent::Resumed { game_id });
            }
            self.open.push(game);
        }
        // The start is unknown before the first tick.
        let mut unstarted = index.is_none().then(|| UnstartedGame {
            game: Game::new(id.clone(), Time::default()),
            facts: Vec::new(),
        });
        if let (Some(unstarted), Some(listed)) = (&mut unstarted, self.past.listed(id)) {
            unstarted.game.note_seed(listed, true, &mut unstarted.facts);
        }
        self.current = Some(CurrentGame {
            id: id.clone(),
            phase: Phase::Unknown,
            unstarted,
        });
    }

    pub(super) fn unstarted(&self, id: &GameId) -> Option<&UnstartedGame> {
        let current = self.current.as_ref().filter(|current| current.id == *id)?;
        current.unstarted.as_ref()
    }

    /// Returns an unpublished game, also one that has not started.
    pub(super) fn game(&self, id: &GameId) -> Option<&Game> {
        let open = self.open.iter().find(|game| game.id == *id);
        open.or_else(|| self.unstarted(id).map(|unstarted| &unstarted.game))
    }

    /// Calls `action` with an unpublished game. The facts of a game that has not started wait for its start.
    pub(super) fn with_game(
        &mut self,
        id: &GameId,
        out: &mut Vec<GameEvent>,
        action: impl FnOnce(&mut Game, &mut Vec<GameEvent>),
    ) {
        if let Some(game) = self.open.iter_mut().find(|game| game.id == *id) {
            action(game, out);
        } else if let Some(current) = self.current.as_mut().filter(|current| current.id == *id)
            && let Some(unstarted) = &mut current.unstarted
        {
            action(&mut unstarted.game, &mut unstarted.facts);
        }
    }

    /// Confirms a recovered game: it continues after an absence of the program.
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
                game.set_server(server, out);
            }
        }
    }

    /// Takes the commitment. It counts only if it arrives before the seed, in an earlier message.
    fn commit(&mut self, update: &GameStateUpdate, stated: Phase, out: &mut Vec<GameEvent>) {
        let is_own = |entry: &&HistoryEntry| entry.id == update.game_id && entry.seed.is_some();
        let own = update.history.iter().flatten().find(is_own);
        self.with_game(&update.game_id, out, |game, out| {
            if let Some(entry) = own {
                let running = !game.ended() && stated != Phase::Rugged;
                game.note_seed(entry, running, out);
            }
            game.commit(update, out);
        });
    }

    fn advance_phase(&mut self, id: &GameId, stated: Phase, out: &mut Vec<GameEvent>) {
        let Some(current) = self.current.as_mut().filter(|current| current.id == *id) else {
            return;
        };
        let before = current.phase;
        current.phase = before.max(stated);
        let to = current.phase;
        if to == Phase::Unknown {
            return;
        }
        let legal = match (before, self.phase) {
            _ if self.fresh => true,
            // The first message of another game: only the settlement follows a rug. A missed rug has its own anomaly.
            (Phase::Unknown, Phase::Unknown | Phase::Active) => true,
            (Phase::Unknown, Phase::Rugged) => to == Phase::Cooldown,
            (Phase::Unknown, Phase::Cooldown | Phase::Presale) => false,
            (before, _) => before.may_lead_to(to),
        };
        if !legal {
            self.note_anomaly(id, Anomaly::IllegalTransition, out);
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

    /// Counts an anomaly of an unpublished game.
    pub(super) fn note_anomaly(&mut self, id: &GameId, anomaly: Anomaly, out: &mut Vec<GameEvent>) {
        self.with_game(id, out, |game, out| game.note_anomaly(anomaly, out));
    }

    fn take_prices(
        &mut self,
        update: &GameStateUpdate,
        stated: Phase,
        arrival: Arrival,
        out: &mut Vec<GameEvent>,
    ) {
        // The countdown also states "tick 0, price 1": this is no tick of a running game.
        if stated < Phase::Active {
            return;
        }
        if let Some(index) = self.open_index(&update.game_id, arrival, out) {
            let game = &mut self.open[index];
            if self.clocks.iter().all(|(id, _)| *id != game.id) {
                // A recovered game.
                let clock = TickClock::resuming(game, arrival);
                self.clocks.push((game.id.clone(), clock));
            }
            let Some((_, clock)) = self.clocks.iter_mut().find(|(id, _)| *id == game.id) else {
                return;
            };
            let rugged = stated == Phase::Rugged;
            take_prices(game, update, rugged, (arrival, clock), self.fresh, out);
        }
    }

    /// Returns the index of a game among the open ones; starts the current game at its first tick.
    fn open_index(
        &mut self,
        id: &GameId,
        arrival: Arrival,
        out: &mut Vec<GameEvent>,
    ) -> Option<usize> {
        if let Some(index) = self.open.iter().position(|game| game.id == *id) {
            return Some(index);
        }
        let current = self.current.as_mut().filter(|current| current.id == *id)?;
        let UnstartedGame { mut game, facts } = current.unstarted.take()?;
        let at = arrival.at;
        game.start = at;
        out.push(GameEvent::GameStarted {
            game_id: id.clone(),
            at,
        });
        if let Some(server) = self.server {
            game.set_server(server, out);
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
