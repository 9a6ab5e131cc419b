//! The script at a table that waits for it: what it presses between two steps of the game, and when it is done.

use super::SessionCore;
use crate::account::ActionSource;
use crate::game::Time;
use crate::protocol::{GameId, Pace};
use crate::strategy::{Script, ScriptStep};
use crate::trading::GameContext;

/// Where the program is in the steps of a table that waits for it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StepProgress {
    pace: Option<Pace>,
    /// Messages of a step have come, and more of it may.
    inside: bool,
    /// The question that is to be answered.
    asked: Option<u64>,
}

impl StepProgress {
    /// A connection begins or ends.
    pub fn begin(&mut self) {
        self.inside = false;
        self.asked = None;
    }

    /// A message of the game has come.
    pub fn message(&mut self) {
        self.inside = self.pace == Some(Pace::Step);
    }
}

impl SessionCore {
    /// Says that the table waits for this program, and how. With [`Pace::Step`] the script acts between two steps only,
    /// so that it sees the same at any speed.
    pub fn set_pace(&mut self, pace: Option<Pace>) {
        self.steps.pace = pace;
    }

    /// Takes the table's question whether everything before it is done.
    pub fn step_is_over(&mut self, number: u64, at: Time) {
        self.steps.inside = false;
        self.steps.asked = Some(number);
        self.play_script(at);
    }

    /// Whether more messages of a step may come before anything else is done.
    pub fn is_inside_step(&self) -> bool {
        self.steps.inside
    }

    /// Returns the number of the step with which the program is done, once. With a script that is when no order of it is
    /// on its way and none is due that could be sent; `false` from `recorded` says that the recorder is not done.
    pub fn take_ready_step(&mut self, recorded: bool) -> Option<u64> {
        if recorded && self.script_has_acted() {
            self.steps.asked.take()
        } else {
            None
        }
    }

    /// Whether the last game that is played has ended, whatever the script still holds.
    pub fn script_is_over(&self) -> bool {
        self.script.as_ref().is_some_and(Script::is_over)
    }

    /// Returns the last game that is played, once it is known.
    pub fn last_game_of_script(&self) -> Option<&GameId> {
        self.script.as_ref()?.last_id()
    }

    fn script_has_acted(&self) -> bool {
        let (Some(script), Some(trader)) = (&self.script, &self.trader) else {
            return true;
        };
        if self.steps.pace != Some(Pace::Step) {
            return true;
        }
        // A login and an answer come without the table's next step; so does the end of a stale connection.
        let logged_in = trader.account().is_some() && self.no_login().is_none();
        let stale = script.is_held_up() && self.feed.is_some();
        logged_in && !self.is_on_its_way() && !stale
    }

    fn is_on_its_way(&self) -> bool {
        self.request.is_some() || self.asked || self.lost
    }

    pub(super) fn play_script(&mut self, at: Time) {
        if self.steps.inside {
            return;
        }
        // Everything that is due, but one order at a time.
        while let Some(step) = self.next_step(at) {
            match step {
                ScriptStep::Press(order) => {
                    // A refused order is a row of the session; here it is told in words as well.
                    if let Err(refusal) = self.press(order, ActionSource::Script, None, at) {
                        self.said.push(format!("{order}: {refusal}"));
                    }
                }
                ScriptStep::TooLate(why) => self.skipped.push(why),
            }
        }
    }

    fn next_step(&mut self, at: Time) -> Option<ScriptStep> {
        self.trader.as_ref()?;
        let game = GameContext::of(&self.board)?;
        // A script does not place an order twice, so it waits while every order would be refused.
        let ready = !self.is_on_its_way() && self.order_context(None, at).is_ready();
        self.script.as_mut()?.due(&game, ready)
    }
}
