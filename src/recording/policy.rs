//! Which games are recorded: the record switch, auto-record, and the games in which the player acted.
//!
//! It owns the switches while a source runs; the window reads them from the view, and the settings hold only the value
//! for the next start. Sessions are always recorded. A game is recorded whole or not at all, unless the player acted in
//! it.

use std::collections::BTreeSet;

use crate::game::{Board, Game, GameEvent};
use crate::protocol::GameId;

/// The switches, and the games that they admit.
#[expect(
    clippy::struct_excessive_bools,
    reason = "two switches, and two facts about the running game"
)]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordingPolicy {
    everything: bool,
    record: bool,
    auto_record: bool,
    /// Auto-record started the recording of the running game.
    started: bool,
    /// Games that go to the recorder.
    admitted: BTreeSet<GameId>,
    /// Games in which the player acted and that are not admitted yet.
    acted_in: BTreeSet<GameId>,
}

/// The switches and their effect, for the view.
#[expect(clippy::struct_excessive_bools, reason = "each is a lamp of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordingStatus {
    /// The record switch is on.
    pub record: bool,
    /// Auto-record is on.
    pub auto_record: bool,
    /// The running game is recorded, or the next one would be.
    pub active: bool,
    /// The running game is recorded.
    pub this_game: bool,
    /// The number of new games that came faster than any server plays and were not recorded.
    pub refused_games: u64,
}

impl RecordingPolicy {
    /// Returns the policy of `pianola record`: every game, also one that was joined late.
    pub fn everything() -> Self {
        Self {
            everything: true,
            record: true,
            ..Self::default()
        }
    }

    /// Returns the policy with the games of the journal admitted: their recording goes on.
    #[must_use]
    pub fn resume(mut self, games: &[Game]) -> Self {
        self.admitted
            .extend(games.iter().map(|game| game.id.clone()));
        self
    }

    /// Sets the record switch. A game that is being recorded when it is switched off is recorded to its end.
    pub fn set_record(&mut self, on: bool) {
        self.record = on;
    }

    /// Sets auto-record. A game that is being recorded when it is switched off is recorded to its end.
    pub fn set_auto_record(&mut self, on: bool) {
        self.auto_record = on;
    }

    /// Whether a game that started now would be recorded by the record switch or the running auto-record.
    pub fn is_recording(&self) -> bool {
        self.record || self.started
    }

    /// Returns the status for the view; `refused_games` is the number of games that the flood filter refused.
    pub fn status(&self, board: &Board, refused_games: u64) -> RecordingStatus {
        let this_game = board
            .current_id()
            .is_some_and(|id| self.admitted.contains(id) || self.acted_in.contains(id));
        RecordingStatus {
            record: self.record,
            auto_record: self.auto_record,
            active: self.is_recording() || this_game,
            this_game,
            refused_games,
        }
    }

    /// Starts the recording at the start of a game if auto-record is on.
    pub fn game_started(&mut self) {
        if self.auto_record && !self.is_recording() {
            self.started = true;
        }
    }

    /// Stops what auto-record started at the end of a game.
    pub fn game_ended(&mut self) {
        self.started = false;
    }

    /// Admits a game in which the player acted, independent of the switches.
    pub fn acted(&mut self, game: &GameId) {
        if !self.everything && !self.admitted.contains(game) {
            self.acted_in.insert(game.clone());
        }
    }

    /// Returns the events that go to the recorder; `board` is the board after them. A game that is admitted after its
    /// start comes with all of its facts.
    pub fn filter(&mut self, events: Vec<GameEvent>, board: &Board) -> Vec<GameEvent> {
        if self.everything {
            return events;
        }
        let mut before = self.admitted.clone();
        let mut passed = Vec::new();
        let mut complete = Vec::new();
        for event in events {
            match &event {
                GameEvent::GameStarted { .. } => self.game_started(),
                GameEvent::GameEnded { .. } => {
                    // Auto-record decides by the state before the end.
                    self.admit(board, &mut passed);
                    self.game_ended();
                }
                _ => {}
            }
            match event {
                // Later events may be of another game with the same id.
                GameEvent::GameComplete(game) if before.remove(&game.id) => {
                    self.admitted.remove(&game.id);
                    self.acted_in.remove(&game.id);
                    passed.push(GameEvent::GameComplete(game));
                }
                GameEvent::GameComplete(game) => complete.push(game),
                GameEvent::Revealed { .. } => passed.push(event),
                event => match event.fact_of() {
                    Some(id) if !before.contains(id) => {}
                    _ => passed.push(event),
                },
            }
        }
        self.admit(board, &mut passed);
        for game in complete {
            let acted = self.acted_in.remove(&game.id);
            if self.admitted.remove(&game.id) || acted {
                passed.push(GameEvent::GameComplete(game));
            }
        }
        passed
    }

    fn admit(&mut self, board: &Board, passed: &mut Vec<GameEvent>) {
        for game in board.open_games() {
            if self.admitted.contains(&game.id) {
                continue;
            }
            let acted = self.acted_in.remove(&game.id);
            let switched_on = self.is_recording() && is_whole(game) && !game.ended();
            if acted || switched_on {
                self.admitted.insert(game.id.clone());
                passed.extend(game.facts());
            }
        }
    }
}

/// Whether every tick so far is known.
fn is_whole(game: &Game) -> bool {
    game.prices.missing() == 0 && !game.prices.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::{EndReason, Time};
    use crate::protocol::{Counts, Event, decode};
    use serde_json::json;

    /// A board that plays, and the policy behind it.
    #[derive(Default)]
    struct PolicyRun {
        board: Board,
        policy: RecordingPolicy,
        passed: Vec<GameEvent>,
    }

    impl PolicyRun {
        fn update(&mut self, update: serde_json::Value) {
            let event = decode("gameStateUpdate", &[update], &mut Counts::default());
            let Some(Event::GameState(update)) = event else {
                panic!("no update");
            };
            let mut events = Vec::new();
            self.board.update(&update, Time::UNIX_EPOCH, &mut events);
            self.passed.extend(self.policy.filter(events, &self.board));
        }

        fn tick(&mut self, game: &str, tick: u32, rugged: bool) {
            let price = if rugged { 0.01 } else { 1.0 };
            self.update(json!({ "gameId": game, "active": true, "rugged": rugged, "tickCount": tick, "price": price }));
        }

        fn start(&mut self, game: &str) {
            self.update(json!({ "gameId": game, "cooldownTimer": 15000 }));
            self.update(
                json!({ "gameId": game, "cooldownTimer": 10000, "allowPreRoundBuys": true }),
            );
            self.tick(game, 0, false);
        }

        /// Returns the ticks that went to the recorder.
        fn ticks(&self, game: &str) -> Vec<u32> {
            let ticks = self.passed.iter().filter_map(|event| match event {
                GameEvent::PriceTick { game_id, tick, .. } if game_id.as_str() == game => {
                    Some(*tick)
                }
                _ => None,
            });
            ticks.collect()
        }

        fn complete(&mut self) -> Vec<String> {
            let mut events = Vec::new();
            self.board.stop(&mut events);
            self.passed.extend(self.policy.filter(events, &self.board));
            let complete = self.passed.iter().filter_map(|event| match event {
                GameEvent::GameComplete(game) => Some(game.id.to_string()),
                _ => None,
            });
            complete.collect()
        }
    }

    #[test]
    fn test_auto_start_on_game_started() {
        let mut policy = RecordingPolicy::default();
        policy.set_auto_record(true);
        assert!(!policy.is_recording());
        policy.game_started();
        assert!(policy.is_recording());
    }

    #[test]
    fn test_auto_stop_on_game_ended() {
        let mut policy = RecordingPolicy::default();
        policy.set_auto_record(true);
        policy.game_started();
        policy.game_ended();
        assert!(!policy.is_recording());
    }

    #[test]
    fn test_auto_record_disabled_by_default() {
        let policy = RecordingPolicy::default();
        assert!(!policy.status(&Board::default(), 0).auto_record);
        assert!(!policy.is_recording());
    }

    #[test]
    fn test_no_auto_start_when_disabled() {
        let mut policy = RecordingPolicy::default();
        policy.game_started();
        assert!(!policy.is_recording());
    }

    #[test]
    fn test_no_double_start() {
        let mut policy = RecordingPolicy::default();
        policy.set_record(true);
        policy.set_auto_record(true);
        policy.game_started();
        // What was switched on by hand was not started again, so the end of the game does not stop it.
        policy.game_ended();
        assert!(policy.is_recording());
        assert!(!policy.started);
    }

    #[test]
    fn switched_off_in_mid_game_the_game_is_finished() {
        let mut run = PolicyRun::default();
        run.policy.set_auto_record(true);
        run.start("g-1");
        run.tick("g-1", 1, false);
        run.policy.set_auto_record(false);
        run.tick("g-1", 2, false);
        run.tick("g-1", 3, true);
        run.start("g-2");
        run.tick("g-2", 1, true);
        assert_eq!(run.ticks("g-1"), [0, 1, 2, 3]);
        assert_eq!(run.ticks("g-2"), [] as [u32; 0]);
        assert_eq!(run.complete(), ["g-1"]);
    }

    #[test]
    fn switched_on_in_mid_game_a_whole_game_is_recorded_from_its_beginning() {
        let mut run = PolicyRun::default();
        run.start("g-1");
        run.tick("g-1", 1, false);
        run.policy.set_record(true);
        run.tick("g-1", 2, false);
        assert_eq!(run.ticks("g-1"), [0, 1, 2]);
        let started = |e: &&GameEvent| matches!(e, GameEvent::GameStarted { .. });
        assert_eq!(run.passed.iter().filter(started).count(), 1);
        assert_eq!(run.complete(), ["g-1"]);
    }

    #[test]
    fn of_two_games_with_one_id_the_first_is_complete_before_the_second_starts() {
        let mut run = PolicyRun::default();
        run.policy.set_record(true);
        for hash in ["h1", "h2"] {
            for tick in 0..3 {
                // The second one begins in the middle of the first one, without a countdown.
                run.update(json!({
                    "gameId": "g-1", "active": true, "rugged": false, "tickCount": tick, "price": 1,
                    "provablyFair": { "serverSeedHash": hash }
                }));
            }
        }
        assert_eq!(run.complete(), ["g-1", "g-1"]);
        let place = |which: fn(&GameEvent) -> bool| {
            let mut events = run.passed.iter();
            let first = events.position(which).expect("the first one");
            (
                first,
                first + 1 + events.position(which).expect("the second one"),
            )
        };
        let started = place(|event| matches!(event, GameEvent::GameStarted { .. }));
        let complete = place(|event| matches!(event, GameEvent::GameComplete(_)));
        assert!(started.0 < complete.0 && complete.0 < started.1 && started.1 < complete.1);
        assert_eq!(run.ticks("g-1"), [0, 1, 2, 0, 1, 2]);
    }

    #[test]
    fn a_half_game_is_recorded_only_if_the_snapshot_completes_it() {
        let half = |prices: serde_json::Value| {
            let mut run = PolicyRun::default();
            run.policy.set_auto_record(true);
            run.update(json!({
                "gameId": "g-1", "active": true, "rugged": false, "tickCount": 2, "price": 1.2, "prices": prices
            }));
            run.tick("g-1", 3, false);
            run.complete()
        };
        assert_eq!(half(json!([1, 1.1, 1.2])), ["g-1"]);
        assert!(half(serde_json::Value::Null).is_empty());
    }

    #[test]
    fn a_game_with_an_own_action_is_recorded_with_every_switch_off() {
        let mut run = PolicyRun::default();
        run.start("g-1");
        run.policy.acted(&GameId::new("g-1").expect("an id"));
        run.tick("g-1", 1, false);
        run.tick("g-1", 2, true);
        assert_eq!(run.ticks("g-1"), [0, 1, 2]);
        let ended = |event: &GameEvent| {
            matches!(
                event,
                GameEvent::GameEnded {
                    reason: EndReason::Rug,
                    ..
                }
            )
        };
        assert!(run.passed.iter().any(ended));
        assert_eq!(run.complete(), ["g-1"]);
        run.start("g-2");
        assert!(run.ticks("g-2").is_empty());
    }
}
