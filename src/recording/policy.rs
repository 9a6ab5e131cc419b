//! Which games are recorded: the record switch, auto-record, and the games in which the player acted.
//!
//! The one owner of "am I recording": the window's button shows this. Sessions are always journalled, and what is
//! recorded was never half of a game, unless the player acted in it.

use std::collections::BTreeSet;

use crate::game::{Board, Game, GameEvent};
use crate::protocol::GameId;

/// The switches, and what follows from them.
#[expect(
    clippy::struct_excessive_bools,
    reason = "two switches, and two facts about the running game"
)]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordingPolicy {
    everything: bool,
    record: bool,
    auto_record: bool,
    /// Auto-record has started the recording; the end of the game stops it.
    started: bool,
    /// Games whose facts go to the recorder.
    admitted: BTreeSet<GameId>,
    /// Games in which the player acted, before they started.
    wanted: BTreeSet<GameId>,
}

/// What is shown of it.
#[expect(clippy::struct_excessive_bools, reason = "each is a lamp of its own")]
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordingStatus {
    /// The record switch is on.
    pub record: bool,
    /// Auto-record is on.
    pub auto_record: bool,
    /// The next game would be recorded, or the running one is.
    pub active: bool,
    /// The running game is.
    pub this_game: bool,
    /// New games that came faster than any server plays and were not recorded.
    pub refused_games: u64,
}

impl RecordingPolicy {
    /// Returns a gate that lets every game pass, half ones too: `pianola record`.
    pub fn everything() -> Self {
        Self {
            everything: true,
            record: true,
            ..Self::default()
        }
    }

    /// Returns the gate with games that are in the journal already: they go on.
    #[must_use]
    pub fn resume(mut self, games: &[Game]) -> Self {
        self.admitted
            .extend(games.iter().map(|game| game.id.clone()));
        self
    }

    /// Turns the record switch. Turned off, the game that is being recorded is finished.
    pub fn set_record(&mut self, on: bool) {
        self.record = on;
    }

    /// Turns auto-record. Turned off, the game that is being recorded is finished.
    pub fn set_auto_record(&mut self, on: bool) {
        self.auto_record = on;
    }

    /// Whether a game that starts now is recorded.
    pub fn is_recording(&self) -> bool {
        self.record || self.started
    }

    /// Returns what is shown.
    pub fn shown(&self, board: &Board) -> RecordingStatus {
        let this_game = board
            .current_id()
            .is_some_and(|id| self.admitted.contains(id) || self.wanted.contains(id));
        RecordingStatus {
            record: self.record,
            auto_record: self.auto_record,
            active: self.is_recording() || this_game,
            this_game,
            refused_games: 0,
        }
    }

    /// A game started: auto-record starts the recording, unless it is on already.
    pub fn game_started(&mut self) {
        if self.auto_record && !self.is_recording() {
            self.started = true;
        }
    }

    /// A game ended: what auto-record started stops.
    pub fn game_ended(&mut self) {
        self.started = false;
    }

    /// The player acted in a game: it is recorded, whatever the switches say.
    pub fn acted(&mut self, game: &GameId) {
        if !self.everything && !self.admitted.contains(game) {
            self.wanted.insert(game.clone());
        }
    }

    /// Returns what goes to the recorder of what happened; `board` is the board after it. A game that is admitted
    /// after its start comes with all of its facts.
    pub fn pass(&mut self, events: Vec<GameEvent>, board: &Board) -> Vec<GameEvent> {
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
                    // Whether this game is recorded is decided by how it began.
                    self.admit(board, &mut passed);
                    self.game_ended();
                }
                _ => {}
            }
            match event {
                // What follows may be of another game with the same id.
                GameEvent::GameComplete(game) if before.remove(&game.id) => {
                    self.admitted.remove(&game.id);
                    self.wanted.remove(&game.id);
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
            let wanted = self.wanted.remove(&game.id);
            if self.admitted.remove(&game.id) || wanted {
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
            let wanted = self.wanted.remove(&game.id);
            let switched_on = self.is_recording() && is_whole(game) && !game.ended();
            if wanted || switched_on {
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

    /// A board that plays, and the gate behind it.
    #[derive(Default)]
    struct Evening {
        board: Board,
        gate: RecordingPolicy,
        passed: Vec<GameEvent>,
    }

    impl Evening {
        fn update(&mut self, update: serde_json::Value) {
            let event = decode("gameStateUpdate", &[update], &mut Counts::default());
            let Some(Event::GameState(update)) = event else {
                panic!("no update");
            };
            let mut events = Vec::new();
            self.board.update(&update, Time::UNIX_EPOCH, &mut events);
            self.passed.extend(self.gate.pass(events, &self.board));
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
            self.passed.extend(self.gate.pass(events, &self.board));
            let complete = self.passed.iter().filter_map(|event| match event {
                GameEvent::GameComplete(game) => Some(game.id.to_string()),
                _ => None,
            });
            complete.collect()
        }
    }

    #[test]
    fn test_auto_start_on_game_started() {
        let mut gate = RecordingPolicy::default();
        gate.set_auto_record(true);
        assert!(!gate.is_recording());
        gate.game_started();
        assert!(gate.is_recording());
    }

    #[test]
    fn test_auto_stop_on_game_ended() {
        let mut gate = RecordingPolicy::default();
        gate.set_auto_record(true);
        gate.game_started();
        gate.game_ended();
        assert!(!gate.is_recording());
    }

    #[test]
    fn test_auto_record_disabled_by_default() {
        let gate = RecordingPolicy::default();
        assert!(!gate.shown(&Board::default()).auto_record);
        assert!(!gate.is_recording());
    }

    #[test]
    fn test_no_auto_start_when_disabled() {
        let mut gate = RecordingPolicy::default();
        gate.game_started();
        assert!(!gate.is_recording());
    }

    #[test]
    fn test_no_double_start() {
        let mut gate = RecordingPolicy::default();
        gate.set_record(true);
        gate.set_auto_record(true);
        gate.game_started();
        // What was switched on by hand was not started again, so the end of the game does not stop it.
        gate.game_ended();
        assert!(gate.is_recording());
        assert!(!gate.started);
    }

    #[test]
    fn switched_off_in_mid_game_the_game_is_finished() {
        let mut evening = Evening::default();
        evening.gate.set_auto_record(true);
        evening.start("g-1");
        evening.tick("g-1", 1, false);
        evening.gate.set_auto_record(false);
        evening.tick("g-1", 2, false);
        evening.tick("g-1", 3, true);
        evening.start("g-2");
        evening.tick("g-2", 1, true);
        assert_eq!(evening.ticks("g-1"), [0, 1, 2, 3]);
        assert_eq!(evening.ticks("g-2"), [] as [u32; 0]);
        assert_eq!(evening.complete(), ["g-1"]);
    }

    #[test]
    fn switched_on_in_mid_game_a_whole_game_is_recorded_from_its_beginning() {
        let mut evening = Evening::default();
        evening.start("g-1");
        evening.tick("g-1", 1, false);
        evening.gate.set_record(true);
        evening.tick("g-1", 2, false);
        assert_eq!(evening.ticks("g-1"), [0, 1, 2]);
        let started = |e: &&GameEvent| matches!(e, GameEvent::GameStarted { .. });
        assert_eq!(evening.passed.iter().filter(started).count(), 1);
        assert_eq!(evening.complete(), ["g-1"]);
    }

    #[test]
    fn of_two_games_with_one_id_the_first_is_complete_before_the_second_starts() {
        let mut evening = Evening::default();
        evening.gate.set_record(true);
        for hash in ["h1", "h2"] {
            for tick in 0..3 {
                // The second one begins in the middle of the first one, without a countdown.
                evening.update(json!({
                    "gameId": "g-1", "active": true, "rugged": false, "tickCount": tick, "price": 1,
                    "provablyFair": { "serverSeedHash": hash }
                }));
            }
        }
        assert_eq!(evening.complete(), ["g-1", "g-1"]);
        let place = |which: fn(&GameEvent) -> bool| {
            let mut events = evening.passed.iter();
            let first = events.position(which).expect("the first one");
            (
                first,
                first + 1 + events.position(which).expect("the second one"),
            )
        };
        let started = place(|event| matches!(event, GameEvent::GameStarted { .. }));
        let complete = place(|event| matches!(event, GameEvent::GameComplete(_)));
        assert!(started.0 < complete.0 && complete.0 < started.1 && started.1 < complete.1);
        assert_eq!(evening.ticks("g-1"), [0, 1, 2, 0, 1, 2]);
    }

    #[test]
    fn a_half_game_is_recorded_only_if_the_snapshot_completes_it() {
        let half = |prices: serde_json::Value| {
            let mut evening = Evening::default();
            evening.gate.set_auto_record(true);
            evening.update(json!({
                "gameId": "g-1", "active": true, "rugged": false, "tickCount": 2, "price": 1.2, "prices": prices
            }));
            evening.tick("g-1", 3, false);
            evening.complete()
        };
        assert_eq!(half(json!([1, 1.1, 1.2])), ["g-1"]);
        assert!(half(serde_json::Value::Null).is_empty());
    }

    #[test]
    fn a_game_with_an_own_action_is_recorded_with_every_switch_off() {
        let mut evening = Evening::default();
        evening.start("g-1");
        evening.gate.acted(&GameId::new("g-1").expect("an id"));
        evening.tick("g-1", 1, false);
        evening.tick("g-1", 2, true);
        assert_eq!(evening.ticks("g-1"), [0, 1, 2]);
        let ended = |event: &GameEvent| {
            matches!(
                event,
                GameEvent::GameEnded {
                    reason: EndReason::Rug,
                    ..
                }
            )
        };
        assert!(evening.passed.iter().any(ended));
        assert_eq!(evening.complete(), ["g-1"]);
        evening.start("g-2");
        assert!(evening.ticks("g-2").is_empty());
    }
}
