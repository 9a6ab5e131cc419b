//! The script lines of a strategy: which one is due when. Each is one order in one game.

use std::collections::VecDeque;

use super::ast::{ScriptLine, ScriptTime, Strategy};
use crate::game::Phase;
use crate::trading::GameContext;

/// The script lines that are left.
#[derive(Debug, Clone, Default)]
pub(super) struct ScriptLines {
    left: VecDeque<ScriptLine>,
}

/// What becomes of a script line now.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum DueLine {
    /// Its order is placed.
    Press(ScriptLine),
    /// It is due, and its order cannot be placed yet.
    Waits,
    /// It can no longer be played; the text names it and the reason.
    TooLate(String),
}

impl ScriptLines {
    pub fn of(strategy: &Strategy) -> Self {
        Self {
            left: strategy.script.iter().cloned().collect(),
        }
    }

    /// Whether every line was played or missed.
    pub fn is_empty(&self) -> bool {
        self.left.is_empty()
    }

    /// Returns the next line.
    pub fn next(&self) -> Option<&ScriptLine> {
        self.left.front()
    }

    /// Returns what becomes of the next line in this game, which has this number. `ready`: an order could be placed.
    pub fn due(&mut self, current: &GameContext, game: u64, ready: bool) -> Option<DueLine> {
        let line = self.left.front()?;
        let late = match line.when {
            _ if line.game < game => Some("the game is over"),
            _ if line.game > game => return None,
            ScriptTime::Presale if current.phase == Phase::Presale => None,
            ScriptTime::Presale if current.phase < Phase::Presale => return None,
            ScriptTime::Presale => Some("the presale is over"),
            ScriptTime::Tick(tick) if current.phase >= Phase::Active && current.tick >= tick => {
                None
            }
            ScriptTime::Tick(_) if current.phase == Phase::Rugged => Some("the game rugged before"),
            ScriptTime::Tick(_) => return None,
        };
        if late.is_none() && !ready {
            return Some(DueLine::Waits);
        }
        let line = self.left.pop_front()?;
        Some(match late {
            None => DueLine::Press(line),
            Some(why) => {
                DueLine::TooLate(format!("line {}, {}: {why}", line.line.number, line.order))
            }
        })
    }
}
