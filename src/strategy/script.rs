//! A scripted player: what is pressed, in which game and when. Pure; the engine asks it after every message.

use std::collections::VecDeque;

use rust_decimal::Decimal;

use crate::game::Phase;
use crate::protocol::{GameId, MAX_TICK, Tick, number};
use crate::trading::{GameContext, Order};

/// When a line is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum When {
    Presale,
    Tick(Tick),
}

#[derive(Debug, Clone, PartialEq)]
struct Line {
    /// Its place in the file, from 1.
    number: usize,
    /// From 1.
    game: u64,
    when: When,
    order: Order,
}

/// A script of `pianola play`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Script {
    lines: VecDeque<Line>,
    last_game: u64,
    /// The game on the table, and its number; 0 while it is one that we joined after its start.
    game: Option<(GameId, u64)>,
    ended: bool,
    /// Games that are played in all, with or without a press.
    games: u64,
    /// The last of them, once it has begun.
    last_id: Option<GameId>,
    over: bool,
    /// A line is due that cannot be pressed yet.
    held_up: bool,
}

/// What the script wants.
#[derive(Debug, Clone, PartialEq)]
pub enum ScriptStep {
    /// This is to be pressed now.
    Press(Order),
    /// This cannot be pressed any more: the line, and why.
    TooLate(String),
}

/// A line that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "line {line}: {why}; a line is `GAME WHEN ACTION VALUE`, for example `1 presale buy 0.01` or `2 15 sell 50`"
)]
pub struct ScriptError {
    /// Its number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub why: String,
}

impl Script {
    /// Reads a script: `GAME WHEN ACTION [VALUE]` a line, `#` begins a comment.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let mut lines = Vec::new();
        for (number, text) in (1..).zip(text.lines()) {
            let text = text.split('#').next().unwrap_or_default();
            let words: Vec<_> = text.split_whitespace().collect();
            if words.is_empty() {
                continue;
            }
            let bad = |why| ScriptError { line: number, why };
            lines.push(Line::parse(number, &words).map_err(bad)?);
        }
        // What is due at the same moment stays in the order of the file.
        lines.sort_by_key(|line| (line.game, line.when));
        let last_game = lines.last().map_or(0, |line| line.game);
        Ok(Self {
            lines: lines.into(),
            last_game,
            games: last_game,
            ..Self::default()
        })
    }

    /// Says how many games are played in all; without it as many as there are lines for.
    #[must_use]
    pub fn of_games(mut self, games: u64) -> Self {
        self.games = games;
        self
    }

    /// Returns the number of the last game in which something is to be pressed; 0 for an empty script.
    pub fn last_game(&self) -> u64 {
        self.last_game
    }

    /// Whether everything was pressed (or missed) and the last game is over.
    pub fn is_done(&self) -> bool {
        self.lines.is_empty() && self.ended
    }

    /// Whether the last of the games that are played is over.
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Returns the last of the games that are played, once it has begun.
    pub fn last_id(&self) -> Option<&GameId> {
        self.last_id.as_ref()
    }

    /// Whether a line was due at the last sight and could not be pressed yet.
    pub fn is_held_up(&self) -> bool {
        self.held_up
    }

    /// Returns what is due at this sight. `ready`: an order may be pressed now; one that is due waits until then.
    pub fn due(&mut self, sight: &GameContext, ready: bool) -> Option<ScriptStep> {
        let (id, game) = self.game.take().unwrap_or_else(|| {
            // A game that runs already is nobody's first: its presale is over.
            let joined_late = matches!(sight.phase, Phase::Active | Phase::Rugged);
            (sight.game_id.clone(), u64::from(!joined_late))
        });
        let game = game + u64::from(id != sight.game_id);
        self.game = Some((sight.game_id.clone(), game));
        let over = sight.phase == Phase::Rugged;
        self.ended = game > self.last_game || game == self.last_game && over;
        if game == self.games {
            self.last_id.get_or_insert_with(|| sight.game_id.clone());
        }
        self.over = game > self.games || game == self.games && over;
        self.held_up = false;
        let line = self.lines.front()?;
        let late = match line.when {
            _ if line.game < game => Some("the game is over"),
            _ if line.game > game => return None,
            When::Presale if sight.phase == Phase::Presale => None,
            When::Presale if sight.phase < Phase::Presale => return None,
            When::Presale => Some("the presale is over"),
            When::Tick(tick) if sight.phase >= Phase::Active && sight.tick >= tick => None,
            When::Tick(_) if over => Some("the game rugged before"),
            When::Tick(_) => return None,
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

impl Line {
    fn parse(number: usize, words: &[&str]) -> Result<Self, String> {
        let [game, when, action, value] = words else {
            return Err(format!("{} words instead of 4", words.len()));
        };
        let game = number::parse_whole(game).filter(|game| *game > 0);
        let game = game.ok_or("the number of a game is 1 or more")?;
        let when = match *when {
            "presale" => When::Presale,
            tick => {
                let tick = number::parse_whole(tick).and_then(|tick| Tick::try_from(tick).ok());
                let tick = tick.filter(|tick| *tick <= MAX_TICK);
                When::Tick(tick.ok_or("when is `presale` or a tick from 0 to 5000")?)
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

    fn sight(game: &str, phase: Phase, tick: Tick) -> GameContext {
        GameContext {
            game_id: GameId::new(game).expect("an id"),
            phase,
            tick,
            price: Some(Decimal::ONE),
        }
    }

    fn pressed(wish: Option<ScriptStep>) -> String {
        match wish {
            Some(ScriptStep::Press(order)) => order.to_string(),
            Some(ScriptStep::TooLate(why)) => why,
            None => "-".to_owned(),
        }
    }

    #[test]
    fn lines_are_pressed_at_their_moment_one_at_a_time() {
        let text = "2 5 sell 50 # half\n\n# presale\n1 presale buy 0.01\n1 presale sidebet 0.002\n1 3 buy 0.5\n";
        let mut script = Script::parse(text).expect("a script");
        assert_eq!(script.last_game(), 2);
        let mut at =
            |game, phase, tick, ready| pressed(script.due(&sight(game, phase, tick), ready));
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
            pressed(script.due(&sight("b", Phase::Rugged, 9), true)),
            "-"
        );
        assert!(script.is_done());
    }

    #[test]
    fn what_comes_too_late_is_said_and_never_pressed_elsewhere() {
        let text = "1 presale buy 1\n1 9 buy 2\n1 50 buy 3\n2 1 buy 4";
        let mut script = Script::parse(text).expect("a script");
        let mut at = |game, phase, tick| pressed(script.due(&sight(game, phase, tick), true));
        // The game that ran when we came is none of the script's.
        assert_eq!(at("z", Phase::Active, 9), "-");
        assert_eq!(
            at("a", Phase::Active, 0),
            "line 1, buy 1 SOL: the presale is over"
        );
        // At the rug it is pressed all the same, and will be refused.
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
    fn a_line_that_is_none_is_named() {
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
