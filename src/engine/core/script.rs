//! The script: what it presses and when, also between two steps of a table that waits for this program.

use super::SessionCore;
use crate::account::ActionSource;
use crate::game::Time;
use crate::protocol::Pace;
use crate::strategy::{Script, ScriptStep};
use crate::trading::GameContext;

/// Progress within the steps of a table that waits for this program.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StepProgress {
    pace: Option<Pace>,
    /// Messages of a step have arrived, and more may follow.
    is_inside: bool,
    /// The number of the step that the table asks about.
    asked: Option<u64>,
}

impl StepProgress {
    /// Starts over: a connection begins or ends.
    pub fn reset(&mut self) {
        self.is_inside = false;
        self.asked = None;
    }

    /// Notes a message of the game.
    pub fn message_arrived(&mut self) {
        self.is_inside = self.pace == Some(Pace::Step);
    }
}

impl SessionCore {
    /// Sets how the table waits for this program. With [`Pace::Step`] the script acts between two steps only, so that it
    /// sees the same at any speed.
    pub fn set_pace(&mut self, pace: Option<Pace>) {
        self.steps.pace = pace;
    }

    /// Takes the table's question whether the program is done with a step.
    pub fn step_is_over(&mut self, number: u64, at: Time) {
        self.steps.is_inside = false;
        self.steps.asked = Some(number);
        self.play_script(at);
    }

    /// Whether more messages of a step may arrive.
    pub fn is_inside_step(&self) -> bool {
        self.steps.is_inside
    }

    /// Returns the number of the step that the program is done with, once. A script is done when none of its orders is
    /// in flight and none is due that could be sent; `is_recorded` says whether the recorder is done, too.
    pub fn take_ready_step(&mut self, is_recorded: bool) -> Option<u64> {
        if is_recorded && self.script_has_acted() {
            self.steps.asked.take()
        } else {
            None
        }
    }

    /// Returns the script.
    pub fn script(&self) -> Option<&Script> {
        self.script.as_ref()
    }

    /// Whether the last game of the script has ended, even if lines are left.
    pub fn script_is_over(&self) -> bool {
        self.script.as_ref().is_some_and(Script::is_over)
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
        let stale = script.is_held_up() && self.feed_trouble.is_some();
        logged_in && !self.request.is_in_flight() && !stale
    }

    /// Presses everything that is due, one order at a time.
    pub(super) fn play_script(&mut self, at: Time) {
        if self.steps.is_inside {
            return;
        }
        while let Some(step) = self.next_step(at) {
            match step {
                ScriptStep::Press(order) => {
                    // A refused order is a row of the session, and a message.
                    if let Err(refusal) = self.press(order, ActionSource::Script, None, at) {
                        self.messages.push(format!("{order}: {refusal}"));
                    }
                }
                ScriptStep::TooLate(why) => self.skipped_lines.push(why),
            }
        }
    }

    fn next_step(&mut self, at: Time) -> Option<ScriptStep> {
        self.trader.as_ref()?;
        let game = GameContext::of(&self.board)?;
        // A script does not place an order twice, so it waits while every order would be refused.
        let ready = !self.request.is_in_flight() && self.order_context(None, at).is_ready();
        self.script.as_mut()?.due(&game, ready)
    }
}
