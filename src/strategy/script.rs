//! A scripted player: which order is placed in which game and when. Pure; the engine asks after every message.

use std::collections::VecDeque;

use rust_decimal::Decimal;

use crate::game::Phase;
use crate::protocol::{GameId, MAX_TICK, Tick, number};
use crate::trading::{GameContext, Order};

/// The moment of a game at which a line is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum ScriptTime {
    Presale,
    Tick(Tick),
}

#[derive(Debug, Clone, PartialEq)]
struct ScriptLine {
    /// Line number in the file, from 1.
    number: usize,
    /// Number of the game, from 1.
    game: u64,
    when: ScriptTime,
    order: Order,
}

/// A script of `pianola play`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Script {
    lines: VecDeque<ScriptLine>,
    last_game: u64,
    /// The current game and its number; 0 for one that was joined after its start.
    game: Option<(GameId, u64)>,
    ended: bool,
    /// Number of games to play, with or without an order.
    games: u64,
    /// The id of the last of them, once it has begun.
    last_id: Option<GameId>,
    over: bool,
    /// A line is due, and its order cannot be placed yet.
    held_up: bool,
}

/// The next step of a script.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptStep {
    /// Place this order now.
    Press(Order),
    /// A line can no longer be played; the text names it and the reason.
    TooLate(String),
}

/// A line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line}: {why}; a line is `GAME WHEN ACTION VALUE`, for example `1 presale buy 0.01` or `2 15 sell 50`"
)]
pub struct ScriptError {
    /// Line number, from 1.
    pub line: usize,
    /// The reason.
    pub why: String,
}

impl Script {
    /// Reads a script: one `GAME WHEN ACTION VALUE` a line, `#` begins a comment.
    ///
    /// # Errors
    /// The first line that cannot be read.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut lines = Vec::new();
        for (number, text) in (1..).zip(text.lines()) {
            let text = text.split('#').next().unwrap_or_default();
            let words: Vec<_> = text.split_whitespace().collect();
            if words.is_empty() {
                continue;
            }
            let bad = |why| ScriptError { line: number, why };
            lines.push(ScriptLine::parse(number, &words).map_err(bad)?);
        }
        // Lines that are due at the same moment stay in the order of the file.
        lines.sort_by_key(|line| (line.game, line.when));
        let last_game = lines.last().map_or(0, |line| line.game);
        Ok(Self {
            lines: lines.into(),
            last_game,
            games: last_game,
            ..Self::default()
        })
    }

    /// Sets the number of games to play; without it, up to the last game of the script.
    #[must_use]
    pub fn of_games(mut self, games: u64) -> Self {
        self.games = games;
        self
    }

    /// Returns the number of the last game with an order; 0 for an empty script.
    pub fn last_game(&self) -> u64 {
        self.last_game
    }

    /// Whether every order was placed or missed, and the last game is over.
    pub fn is_done(&self) -> bool {
        self.lines.is_empty() && self.ended
    }

    /// Whether the last of the games to play is over.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Returns the last of the games to play, once it has begun.
    pub fn last_id(&self) -> Option<&GameId> {
        self.last_id.as_ref()
    }

    /// Whether an order was due at the last call of [`Self::due`] and could not be placed yet.
    pub fn is_held_up(&self) -> bool {
        self.held_up
    }

    /// Returns the step that is due now. `ready`: an order could be placed; one that is due waits until then.
    pub fn due(&mut self, current: &GameContext, ready: bool) -> Option<ScriptStep> {
        let (id, game) = self.game.take().unwrap_or_else(|| {
            // A game that runs already is not the first one: its presale is over.
            let joined_late = matches!(current.phase, Phase::Active | Phase::Rugged);
            (current.game_id.clone(), u64::from(!joined_late))
        });
        let game = game + u64::from(id != current.game_id);
        self.game = Some((current.game_id.clone(), game));
        let over = current.phase == Phase::Rugged;
        self.ended = game > self.last_game || game == self.last_game && over;
        if game == self.games {
            self.last_id.get_or_insert_with(|| current.game_id.clone());
        }
        self.over = game > self.games || game == self.games && over;
        self.held_up = false;
        let line = self.lines.front()?;
        let late = match line.when {
            _ if line.game < game => Some("the game is over"),
            _ if line.game > game => return None,
            ScriptTime::Presale if current.phase == Phase::Presale => None,
            ScriptTime::Presale if current.phase < Phase::Presale => return None,
            ScriptTime::Presale => Some("the presale is over"),
            ScriptTime::Tick(tick) if current.phase >= Phase::Active && current.tick >= tick => {
                None
            }
            ScriptTime::Tick(_) if over => Some("the game rugged before"),
            ScriptTime::Tick(_) => return None,
        };
        if late.is_none() && !ready {
            self.held_up = true;
            return None;
        }
        let line = self.lines.pop_front()?;
        Some(match late {
            None => ScriptStep::Press(line.order),
            Some(why) => {
                ScriptStep::TooLate(format!("line {}, {}: {why}", line.number, line.order))
            }
        })
    }
}

impl ScriptLine {
    fn parse(number: usize, words: &[&str]) -> Result<Self, String> {
        let [game, when, action, value] = words else {
            return Err(format!("{} words instead of 4", words.len()));
        };
        let game = number::parse_whole(game).filter(|game| *game > 0);
        let game = game.ok_or("the number of a game is 1 or more")?;
        let when = match *when {
            "presale" => ScriptTime::Presale,
            tick => {
                let tick = number::parse_whole(tick).and_then(|tick| Tick::try_from(tick).ok());
                let tick = tick.filter(|tick| *tick <= MAX_TICK);
                ScriptTime::Tick(tick.ok_or("when is `presale` or a tick from 0 to 5000")?)
            }
        };
        let value = number::parse(value).filter(|value| *value > Decimal::ZERO);
        let value = value.ok_or("the value is not a number above 0, such as 0.05")?;
        let order = match *action {
            "buy" => Order::Buy { amount: value },
            "sell" => Order::Sell { percent: value },
            "sidebet" => Order::Sidebet { stake: value },
            _ => return Err("the action is none of buy, sell, sidebet".to_owned()),
        };
        Ok(Self {
            number,
            game,
            when,
            order,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn game_at(game: &str, phase: Phase, tick: Tick) -> GameContext {
        GameContext {
            game_id: GameId::new(game).expect("an id"),
            phase,
            tick,
            price: Some(Decimal::ONE),
        }
    }

    fn text_of(step: Option<ScriptStep>) -> String {
        match step {
            Some(ScriptStep::Press(order)) => order.to_string(),
            Some(ScriptStep::TooLate(why)) => why,
            None => "-".to_owned(),
        }
    }

    #[test]
    fn orders_are_placed_at_their_moment_one_at_a_time() {
        let text = "2 5 sell 50 # half\n\n# presale\n1 presale buy 0.01\n1 presale sidebet 0.002\n1 3 buy 0.5\n";
        let mut script = Script::parse(text).expect("a script");
        assert_eq!(script.last_game(), 2);
        let mut at =
            |game, phase, tick, ready| text_of(script.due(&game_at(game, phase, tick), ready));
        assert_eq!(at("a", Phase::Cooldown, 0, true), "-");
        assert_eq!(at("a", Phase::Presale, 0, true), "buy 0.01 SOL");
        assert_eq!(at("a", Phase::Presale, 0, false), "-");
        assert_eq!(at("a", Phase::Presale, 0, true), "sidebet 0.002 SOL");
        assert_eq!(at("a", Phase::Active, 2, true), "-");
        assert_eq!(at("a", Phase::Active, 4, true), "buy 0.5 SOL");
        assert_eq!(at("b", Phase::Active, 5, true), "sell 50 %");
        assert_eq!(at("b", Phase::Active, 6, true), "-");
        assert!(!script.is_done());
        assert_eq!(
            text_of(script.due(&game_at("b", Phase::Rugged, 9), true)),
            "-"
        );
        assert!(script.is_done());
    }

    #[test]
    fn a_late_line_is_reported_and_never_played_in_another_game() {
        let text = "1 presale buy 1\n1 9 buy 2\n1 50 buy 3\n2 1 buy 4";
        let mut script = Script::parse(text).expect("a script");
        let mut at = |game, phase, tick| text_of(script.due(&game_at(game, phase, tick), true));
        // The game that ran at the start is not one of the script's.
        assert_eq!(at("z", Phase::Active, 9), "-");
        assert_eq!(
            at("a", Phase::Active, 0),
            "line 1, buy 1 SOL: the presale is over"
        );
        // At the rug it is still placed, and will be refused.
        assert_eq!(at("a", Phase::Rugged, 9), "buy 2 SOL");
        assert_eq!(
            at("a", Phase::Rugged, 9),
            "line 3, buy 3 SOL: the game rugged before"
        );
        assert_eq!(at("c", Phase::Cooldown, 0), "-");
        assert_eq!(
            at("d", Phase::Cooldown, 0),
            "line 4, buy 4 SOL: the game is over"
        );
        assert!(script.is_done());
    }

    #[test]
    fn an_unreadable_line_is_named() {
        for (text, why) in [
            ("1 presale buy", "3 words"),
            ("0 presale buy 1", "1 or more"),
            ("\n1 later buy 1", "presale"),
            ("1 5001 buy 1", "5000"),
            ("1 1 hold 1", "buy, sell, sidebet"),
            ("1 1 buy -1", "above 0"),
            ("1 1 buy 1e99", "above 0"),
            ("1 1 buy 1_0", "above 0"),
            ("1 1 buy +1", "above 0"),
            ("1 1 buy .5", "above 0"),
            ("1 1 buy 1.", "above 0"),
            ("1 1 buy 0,5", "above 0"),
            ("1 1 buy ١", "above 0"),
            ("+1 1 buy 1", "1 or more"),
            ("1 +1 buy 1", "5000"),
        ] {
            let error = Script::parse(text).expect_err(text).to_string();
            assert!(error.contains(why) && error.starts_with("line "), "{error}");
        }
    }
}
