//! The player's commands, and orders: what decides whether one may leave, whatever pressed it, the request in flight, and
//! the orders that the page in the player's browser sends.

use rust_decimal::Decimal;
use serde_json::Value;

use super::SessionCore;
use super::piano::PianoEnd;
use crate::account::ActionSource;
use crate::engine::Command;
use crate::game::Time;
use crate::protocol::{Ack, Request};
use crate::trading::{
    Ctx, GameContext, Order, OrderAnswer, OrderContext, OrderLimits, Refusal, Trader, check,
    order_price,
};

/// The order request that leaves next or is in flight.
#[derive(Debug, Clone, Default)]
pub(super) struct RequestState {
    /// The request to send.
    next: Option<Request>,
    /// A request was sent, and its outcome is not known yet.
    is_sent: bool,
    /// The connection of that request was replaced: its outcome comes late.
    is_replaced: bool,
    /// A request got no answer: the feed is replacing its connection.
    is_lost: bool,
}

impl RequestState {
    /// A new connection is up.
    pub fn connected(&mut self) {
        self.is_lost = false;
        self.is_replaced = self.is_sent;
    }

    /// Takes the outcome of the request that was sent.
    fn answered(&mut self, answer: &OrderAnswer) {
        self.is_sent = false;
        let was_replaced = std::mem::take(&mut self.is_replaced);
        self.is_lost |= *answer == OrderAnswer::Lost && !was_replaced;
    }

    /// Whether a request has no outcome yet. A second one would hide it.
    pub fn awaits_outcome(&self) -> bool {
        self.next.is_some() || self.is_sent
    }

    /// Whether no further request may leave by itself.
    pub fn is_in_flight(&self) -> bool {
        self.awaits_outcome() || self.is_lost
    }
}

impl SessionCore {
    /// Carries out a command of the player.
    pub fn command(&mut self, command: Command, at: Time) {
        match command {
            Command::Press {
                order,
                source,
                seen,
            } => {
                self.interrupt_piano(PianoEnd::TakenBack);
                if let Err(refusal) = self.press(order, source, seen, at) {
                    self.messages.push(format!("{order}: {refusal}"));
                }
            }
            Command::EmergencyStop(stopped) => {
                let text = if stopped {
                    "Stopped: no new buys or sidebets. Selling stays possible."
                } else {
                    "Trading resumed: buys and sidebets are possible again"
                };
                // A repeated press changes nothing and gives no message.
                if self.day.set_stopped(stopped) {
                    self.messages.push(text.to_owned());
                }
                if stopped {
                    self.interrupt_piano(PianoEnd::Stopped);
                }
            }
            Command::Record(on) => self.record.policy.set_record(on),
            Command::AutoRecord(on) => self.record.policy.set_auto_record(on),
            // The engine's task handles these: it owns the connection.
            Command::RawCapture(_) | Command::TryNow => {}
            Command::ResetWallet(balance) => {
                self.interrupt_piano(PianoEnd::SessionChanged);
                self.with_trader(at, |trader, ctx| trader.reset_wallet(balance, ctx));
                if self
                    .trader
                    .as_ref()
                    .is_some_and(|trader| !trader.is_in_browser())
                {
                    let text = format!("Wallet refilled to {balance} SOL: a new session begins");
                    self.messages.push(text);
                }
            }
            Command::AutoSell(rules) => {
                if rules.is_some() {
                    self.interrupt_piano(PianoEnd::TakenBack);
                }
                self.set_auto_sell(rules);
            }
            Command::StartPiano {
                strategy,
                skip_games,
            } => self.start_piano(strategy, skip_games, at),
            Command::StopPiano => self.interrupt_piano(PianoEnd::TakenBack),
            Command::Limits(limits) => {
                if let Some(trader) = &mut self.trader {
                    trader.set_limits(limits);
                }
            }
        }
    }

    /// Places an order; `screen_price` is the price that the player had on the screen.
    pub(super) fn press(
        &mut self,
        order: Order,
        source: ActionSource,
        screen_price: Option<Decimal>,
        at: Time,
    ) -> Result<(), Refusal> {
        let checked = check(&order, &self.order_context(screen_price, at));
        let trader = self.trader.as_mut().ok_or(Refusal::NoPlayer)?;
        let first = self.trader_events.len();
        let mut ctx = Ctx {
            out: &mut self.trader_events,
            board: &self.board,
            at,
        };
        let pressed = trader.press(order, source, checked, &mut ctx);
        self.take_facts(first, at);
        self.request.next = pressed?;
        self.day.count_sent(&order, at);
        Ok(())
    }

    /// Returns the request to send now, once.
    pub fn take_request(&mut self) -> Option<Request> {
        self.request.is_sent |= self.request.next.is_some();
        self.request.next.take()
    }

    /// Takes the outcome of the request that was sent.
    pub fn answered(&mut self, answer: OrderAnswer, at: Time) {
        self.request.answered(&answer);
        self.with_trader(at, |trader, ctx| trader.answered(answer, ctx));
        self.play_piano(at);
    }

    /// Takes the arguments of the server's acknowledgement.
    pub fn acked(&mut self, args: &[Value], at: Time) {
        let ack = Ack::from_args(args, &mut self.counts);
        self.answered(OrderAnswer::Ack(Box::new(ack)), at);
    }

    /// Returns what decides about an order now. `screen_price` is the price that the player had on the screen, if any.
    pub fn order_context(&self, screen_price: Option<Decimal>, at: Time) -> OrderContext<'_> {
        let trader = self.trader.as_ref();
        let game = GameContext::of(&self.board);
        OrderContext {
            in_browser: trader.is_some_and(Trader::is_in_browser),
            account: trader.and_then(Trader::account),
            game: game.map(|game| (game.phase, order_price(game.phase, game.price))),
            feed_trouble: self.feed_trouble,
            no_login: self.no_login(),
            order_pending: trader.is_some_and(Trader::has_pending_order)
                || self.request.awaits_outcome(),
            limits: self.limits(),
            usage: self.day.usage(at),
            screen_price,
        }
    }

    pub(super) fn no_login(&self) -> Option<Refusal> {
        self.trader.as_ref().and_then(Trader::no_login)
    }

    pub(super) fn limits(&self) -> OrderLimits {
        let limits = self.trader.as_ref().map(Trader::limits);
        limits.copied().unwrap_or_default()
    }

    /// Takes a request that the page in the player's browser sent.
    pub(super) fn browser_request(
        &mut self,
        name: &str,
        args: &[Value],
        id: Option<u64>,
        at: Time,
    ) {
        if !self.trader.as_ref().is_some_and(Trader::is_in_browser) {
            return;
        }
        let request = match Request::from_page(name, args, &mut self.counts) {
            Ok(None) => return,
            Ok(Some(request)) => request,
            Err(why) => {
                self.messages
                    .push(format!("a {name} of the browser is not recorded: {why}"));
                return;
            }
        };
        let mut unrecorded = None;
        self.with_trader(at, |trader, ctx| {
            unrecorded = trader.page_order(&request, id, ctx).err();
        });
        if let Some(why) = unrecorded {
            self.messages.push(format!("{name}: {why}"));
        }
    }

    /// Takes the server's answer to a request of that page.
    pub(super) fn browser_answer(&mut self, id: u64, args: &[Value], at: Time) {
        // Most answers belong to pings, or to requests from before the browser was read.
        let trader = self.trader.as_ref();
        if trader.is_some_and(|trader| trader.awaits_page_answer(id)) {
            let ack = Ack::from_args(args, &mut self.counts);
            self.with_trader(at, |trader, ctx| trader.page_answer(id, ack, ctx));
        }
    }
}
