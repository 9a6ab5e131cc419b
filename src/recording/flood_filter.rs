//! Protects the disk from invented games: a server that sends another id with each message would fill it with files of
//! one tick.
//!
//! The real server leaves at least fifteen seconds between two games. A practice table plays faster, but reveals each
//! seed. So proven games are always recorded, and games without a proof only at a limited rate. Refused games are
//! counted and reported; a refused game that is proven later is recorded after all. Pure.

use std::collections::BTreeSet;

use crate::fairness::ProofStatus;
use crate::game::{Game, GameEvent, Time};
use crate::protocol::GameId;

/// Games without proof that are recorded at any rate: an hour of the real server.
const BURST: u32 = 240;
/// The time for one more, in milliseconds: five times the rate at which the real server starts games.
const EACH_MILLIS: i64 = 3_000;

/// Decides which games are recorded; see the module text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FloodFilter {
    /// The number of games that may still be recorded without a proof.
    left: u32,
    /// The time up to which `left` was refilled.
    grown: Option<Time>,
    /// Games whose facts are not recorded.
    refused: BTreeSet<GameId>,
    /// Refused games that are finished: forgotten at the next call.
    over: Vec<GameId>,
    /// The number of refused games so far.
    count: u64,
}

impl Default for FloodFilter {
    fn default() -> Self {
        Self {
            left: BURST,
            grown: None,
            refused: BTreeSet::new(),
            over: Vec::new(),
            count: 0,
        }
    }
}

impl FloodFilter {
    /// Takes the events of the board. [`Self::is_credible`] answers for them until the next call.
    pub fn note(&mut self, events: &[GameEvent]) {
        for id in self.over.drain(..) {
            self.refused.remove(&id);
        }
        for event in events {
            match event {
                GameEvent::GameStarted { game_id, at } if !self.take(*at) => self.refuse(game_id),
                GameEvent::Revealed { entry, at, .. } if !self.take(*at) => {
                    self.refuse(&entry.id);
                    self.over.push(entry.id.clone());
                }
                GameEvent::GameComplete(game) => {
                    if is_proven(game) {
                        self.left = self.left.saturating_add(1).min(BURST);
                        // Its facts were not recorded, but the whole game is.
                        self.count -= u64::from(self.refused.contains(&game.id));
                    }
                    self.over.push(game.id.clone());
                }
                _ => {}
            }
        }
    }

    /// Records a game in which the player acted, at any rate.
    pub fn acted(&mut self, game: &GameId) {
        self.count -= u64::from(self.refused.remove(game));
    }

    /// Whether an event belongs to a game that is recorded.
    pub fn is_credible(&self, event: &GameEvent) -> bool {
        match event {
            GameEvent::GameComplete(game) => is_proven(game) || !self.refused.contains(&game.id),
            GameEvent::Revealed { entry, .. } => !self.refused.contains(&entry.id),
            GameEvent::GapFilled { game_id, .. } | GameEvent::PricesComplete { game_id, .. } => {
                !self.refused.contains(game_id)
            }
            event => event
                .fact_of()
                .is_none_or(|game_id| !self.refused.contains(game_id)),
        }
    }

    /// Returns the number of games that were refused so far.
    pub fn count(&self) -> u64 {
        self.count
    }

    fn refuse(&mut self, id: &GameId) {
        self.refused.insert(id.clone());
        self.count += 1;
    }

    /// Counts a new game; false if it is one too many.
    fn take(&mut self, at: Time) -> bool {
        let grown = *self.grown.get_or_insert(at);
        let millis = at.signed_duration_since(grown).num_milliseconds();
        if millis < 0 {
            self.grown = Some(at); // The clock was set back.
        } else if millis >= EACH_MILLIS {
            let more = u32::try_from(millis / EACH_MILLIS).unwrap_or(u32::MAX);
            self.left = self.left.saturating_add(more).min(BURST);
            self.grown = Some(at);
        }
        let room = self.left > 0;
        self.left = self.left.saturating_sub(1);
        room
    }
}

fn is_proven(game: &Game) -> bool {
    matches!(
        game.proof.status,
        ProofStatus::Proven | ProofStatus::Repaired
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn id(number: u32) -> GameId {
        GameId::new(&format!("20261129-{number:016x}")).expect("an id")
    }

    fn at(millis: i64) -> Time {
        Time::from_timestamp_millis(millis).expect("a time")
    }

    /// One game of one tick; returns how many of its events are credible.
    fn play(flood: &mut FloodFilter, number: u32, millis: i64, status: ProofStatus) -> usize {
        let mut game = Game::new(id(number), at(millis));
        game.proof.status = status;
        let game_id = id(number);
        let started = GameEvent::GameStarted {
            game_id,
            at: at(millis),
        };
        let mut credible = 0;
        for event in [started, GameEvent::GameComplete(Box::new(game))] {
            flood.note(std::slice::from_ref(&event));
            credible += usize::from(flood.is_credible(&event));
        }
        credible
    }

    #[test]
    fn nine_thousand_invented_games_are_two_hundred_and_forty() {
        let mut flood = FloodFilter::default();
        let credible =
            (0..9_000).filter(|n| play(&mut flood, *n, 7, ProofStatus::Unverifiable) > 0);
        assert_eq!(credible.count(), 240);
        assert_eq!(flood.count(), 8_760);
        assert!(flood.refused.len() <= 1, "what is over is forgotten");
        // An honest one is recorded again after three seconds, and all of an hour of them after an hour.
        assert_eq!(play(&mut flood, 9_001, 3_007, ProofStatus::Unverifiable), 2);
        for number in 0..240 {
            let millis = 3_600_000 + i64::from(number) * 15_000;
            let played = play(
                &mut flood,
                10_000 + number,
                millis,
                ProofStatus::Unverifiable,
            );
            assert_eq!(played, 2);
        }
        assert_eq!(flood.count(), 8_760);
    }

    #[test]
    fn the_real_server_and_a_fast_table_never_reach_the_limit() {
        let mut real = FloodFilter::default();
        for number in 0..100_000 {
            let millis = i64::from(number) * 15_250;
            assert_eq!(
                play(&mut real, number, millis, ProofStatus::Unverifiable),
                2
            );
        }
        let mut table = FloodFilter::default();
        for number in 0..100_000 {
            assert_eq!(
                play(&mut table, number, i64::from(number), ProofStatus::Proven),
                2
            );
        }
        assert_eq!((real.count(), table.count()), (0, 0));
    }

    #[test]
    fn a_refused_game_that_is_proven_is_recorded_all_the_same() {
        let mut flood = FloodFilter::default();
        for number in 0..300 {
            play(&mut flood, number, 0, ProofStatus::Unverifiable);
        }
        assert_eq!(flood.count(), 60);
        assert_eq!(
            play(&mut flood, 300, 0, ProofStatus::Proven),
            1,
            "complete in the end"
        );
        assert_eq!(flood.count(), 60);
    }

    #[test]
    fn a_game_in_which_the_player_acted_is_recorded() {
        let mut flood = FloodFilter::default();
        for number in 0..240 {
            play(&mut flood, number, 0, ProofStatus::Unverifiable);
        }
        let started = GameEvent::GameStarted {
            game_id: id(240),
            at: at(0),
        };
        flood.note(std::slice::from_ref(&started));
        assert!(!flood.is_credible(&started));
        flood.acted(&id(240));
        assert!(flood.is_credible(&started));
        assert_eq!(flood.count(), 0);
    }

    proptest! {
        /// Any clock, set to and fro: no panic, and never more than the budget at one time.
        #[test]
        fn no_clock_makes_more_room_than_there_is(times in prop::collection::vec(-8_000_000_000_000_000_i64..8_000_000_000_000_000, 1..400)) {
            let mut flood = FloodFilter::default();
            for (number, millis) in (0..).zip(times) {
                play(&mut flood, number, millis, ProofStatus::Unverifiable);
                prop_assert!(flood.left <= BURST);
            }
        }
    }
}
