//! The strategies: what the script presses and when, also between two steps of a table that waits for this program, and
//! the order that auto-sell places when one of its rules holds at a tick.

use rust_decimal::Decimal;

use super::SessionCore;
use crate::account::ActionSource;
use crate::game::Time;
use crate::protocol::Pace;
use crate::strategy::{AutoSell, AutoSellView, AutoSeller, Script, ScriptStep};
use crate::trading::{GameContext, Order};

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

    /// Permits auto-sell. Only for a practice table of ours, and for a paper balance that is not played at live prices.
    pub fn allow_auto_sell(&mut self) {
        self.auto_sell.get_or_insert_default();
    }

    /// Returns auto-sell as it is shown; `None` where it does not exist.
    pub(super) fn auto_sell_view(&self) -> Option<AutoSellView> {
        self.auto_sell.as_ref().map(AutoSeller::view)
    }

    pub(super) fn set_auto_sell(&mut self, rules: Option<AutoSell>) {
        let Some(seller) = &mut self.auto_sell else {
            let text = "Auto-sell works at the practice table and with play money only";
            self.messages.push(text.to_owned());
            return;
        };
        if rules.is_some_and(|rules| !rules.is_possible()) {
            let text =
                "Auto-sell not set: prices are above 0, a loss is below 100 %, ticks are 1 to 5000";
            self.messages.push(text.to_owned());
            return;
        }
        seller.set(rules);
    }

    /// Sells the position if a rule says so at this tick, like any other order.
    pub(super) fn auto_sell(&mut self, at: Time) {
        let ready = !self.request.is_in_flight() && self.order_context(None, at).is_ready();
        let account = self.trader.as_ref().and_then(|trader| trader.account());
        let Some(rule) = self.auto_sell.as_mut().and_then(|seller| {
            let game = GameContext::of(&self.board)?;
            seller.due(&game, account?, ready)
        }) else {
            return;
        };
        let order = Order::Sell {
            percent: Decimal::ONE_HUNDRED,
        };
        let text = match self.press(order, ActionSource::Auto, None, at) {
            Ok(()) => format!("Auto-sell: {rule}"),
            Err(refusal) => format!("Auto-sell: {rule}, but {order}: {refusal}"),
        };
        self.messages.push(text);
    }
}
