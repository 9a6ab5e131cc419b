//! The strategies: what the piano presses and when, also between two steps of a table that waits for this program, and
//! the order that auto-sell places when one of its rules holds at a tick.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::SessionCore;
use super::piano::{PianoEnd, PianoPress, PianoStep, PianoView, TablePiano};
use crate::account::ActionSource;
use crate::game::Time;
use crate::protocol::Pace;
use crate::strategy::{
    AutoSell, AutoSellView, AutoSeller, Strategy, StrategyContext, StrategyRunner,
};
use crate::trading::{GameContext, Order, Trader};

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
    /// Sets how the table waits for this program. With [`Pace::Step`] the piano acts between two steps only, so that it
    /// sees the same at any speed.
    pub fn set_pace(&mut self, pace: Option<Pace>) {
        self.steps.pace = pace;
    }

    /// Takes the table's question whether the program is done with a step.
    pub fn step_is_over(&mut self, number: u64, at: Time) {
        self.steps.is_inside = false;
        self.steps.asked = Some(number);
        self.play_piano(at);
    }

    /// Whether more messages of a step may arrive.
    pub fn is_inside_step(&self) -> bool {
        self.steps.is_inside
    }

    /// Returns the number of the step that the program is done with, once. A strategy is done when none of its orders is
    /// in flight and none is due that could be sent; `is_recorded` says whether the recorder is done, too.
    pub fn take_ready_step(&mut self, is_recorded: bool) -> Option<u64> {
        if is_recorded && self.piano_has_acted() {
            self.steps.asked.take()
        } else {
            None
        }
    }

    /// Returns the strategy that ends the run.
    pub fn runner_of_run(&self) -> Option<&StrategyRunner> {
        self.piano.as_ref().and_then(TablePiano::runner_of_run)
    }

    /// Whether the last game of the strategy that ends the run is over, even if script lines are left.
    pub fn run_is_over(&self) -> bool {
        self.runner_of_run().is_some_and(StrategyRunner::is_over)
    }

    /// Returns why the strategy of the piano ended; `None` while one plays, and before the first one.
    pub fn piano_end(&self) -> Option<&PianoEnd> {
        self.piano.as_ref().and_then(TablePiano::end)
    }

    fn piano_has_acted(&self) -> bool {
        let runner = self.piano.as_ref().and_then(TablePiano::runner);
        let (Some(runner), Some(trader)) = (runner, &self.trader) else {
            return true;
        };
        if self.steps.pace != Some(Pace::Step) {
            return true;
        }
        // A login and an answer come without the table's next step; so does the end of a stale connection.
        let logged_in = trader.account().is_some() && self.no_login().is_none();
        let stale = runner.is_held_up() && self.feed_trouble.is_some();
        logged_in && !self.request.is_in_flight() && !stale
    }

    /// Presses everything that is due, one order at a time.
    pub(super) fn play_piano(&mut self, at: Time) {
        if self.steps.is_inside {
            return;
        }
        while let Some((step, game)) = self.next_step(at) {
            match step {
                PianoStep::Press {
                    order,
                    shown,
                    line,
                    source,
                } => {
                    let press = PianoPress {
                        number: 0,
                        order: shown,
                        line,
                        game_id: game.game_id,
                        tick: game.tick,
                        at,
                        refused: None,
                    };
                    if let Some(piano) = &mut self.piano {
                        piano.note_press(press);
                    }
                    // A refused order is a row of the session, and a message.
                    if let Err(refusal) = self.press(order, source, None, at) {
                        self.messages.push(format!("{order}: {refusal}"));
                        if let Some(piano) = &mut self.piano {
                            piano.note_refusal(&refusal);
                        }
                    }
                }
                PianoStep::TooLate(why) => self.skipped_lines.push(why),
            }
        }
    }

    fn next_step(&mut self, at: Time) -> Option<(PianoStep, GameContext)> {
        self.trader.as_ref()?;
        let game = GameContext::of(&self.board)?;
        // A strategy does not place an order twice, so it waits while every order would be refused.
        let ready = !self.request.is_in_flight() && self.order_context(None, at).is_ready();
        let limits = self.limits();
        let ctx = StrategyContext {
            game: &game,
            account: self.trader.as_ref().and_then(Trader::account),
            limits: &limits,
            ready,
        };
        let step = self.piano.as_mut()?.next(&ctx)?;
        Some((step, game))
    }

    /// Begins to play a strategy, as if the player had asked the piano.
    pub(super) fn start_piano(&mut self, strategy: Arc<Strategy>, skip_games: u64, at: Time) {
        let context = self.order_context(None, at);
        let account = context.account;
        let refusal = if self.piano.is_none() {
            Some("The piano plays at the practice table only".to_owned())
        } else if let Err(refusal) = context.market_is_open() {
            Some(format!("The piano cannot begin: {refusal}"))
        } else if context.usage.stopped {
            Some("The piano cannot begin: resume trading first".to_owned())
        } else if context.order_pending || account.is_some_and(|account| !account.is_idle()) {
            Some(
                "The piano cannot begin while a position, a sidebet or an order is open".to_owned(),
            )
        } else {
            None
        };
        if let Some(refusal) = refusal {
            return self.messages.push(refusal);
        }
        if let Some(seller) = &mut self.auto_sell {
            seller.set(None);
        }
        if let Some(piano) = &mut self.piano {
            piano.start(strategy, skip_games);
        }
        self.play_piano(at);
    }

    /// Gives the hand back to the player, if the piano plays.
    pub(super) fn interrupt_piano(&mut self, end: PianoEnd) {
        if let Some(piano) = &mut self.piano {
            piano.interrupt(end);
        }
    }

    /// Returns the piano as it is shown; `None` where it does not exist.
    pub(super) fn piano_view(&self, at: Time) -> Option<PianoView> {
        let piano = self.piano.as_ref()?;
        let limits = self.limits();
        let game = GameContext::of(&self.board);
        let ctx = game.as_ref().map(|game| StrategyContext {
            game,
            account: self.trader.as_ref().and_then(Trader::account),
            limits: &limits,
            ready: self.order_context(None, at).is_ready(),
        });
        Some(piano.view(ctx.as_ref()))
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
