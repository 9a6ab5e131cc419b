//! What a step of the game does to the accounts, and what the players are told around its messages. Pure.

use rust_decimal::Decimal;

use super::accounts::{Accounts, ConnectionId, exact};
use super::fault::Fault;
use super::market::Market;
use super::message::{GameStep, Message, StepKind};
use super::player::TablePlayer;
use super::trade_payloads::{self, TickPrice, TradeSide, uuid};
use crate::account::AccountEvent;

/// What one connection is told beside the messages of a step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PrivateMessages {
    before: Vec<Message>,
    /// Behind every `gameStateUpdate`.
    beside: Option<Message>,
    after: Vec<Message>,
}

impl PrivateMessages {
    /// Returns the messages of the step among those of this connection, in order.
    pub fn interleave<'a>(&'a self, messages: &'a [Message]) -> impl Iterator<Item = &'a Message> {
        let among = messages.iter().flat_map(|message| {
            let update = message.event == "gameStateUpdate";
            let beside = self.beside.as_ref().filter(|_| update);
            [Some(message), beside].into_iter().flatten()
        });
        self.before.iter().chain(among).chain(&self.after)
    }
}

impl Accounts {
    /// Takes the accounts through a step; returns what each logged-in connection is told beside its messages.
    pub fn apply_step(
        &mut self,
        step: &GameStep,
        market: &Market,
    ) -> Vec<(ConnectionId, PrivateMessages)> {
        if step.kind == StepKind::Genesis {
            for guest in self.guests.values_mut() {
                guest.new_game();
            }
        }
        let numbers: Vec<u32> = self.guests.keys().copied().collect();
        let mut private_messages: Vec<(u32, PrivateMessages)> = Vec::with_capacity(numbers.len());
        for number in &numbers {
            let aside = PrivateMessages {
                before: self.before(*number, step.kind, market),
                beside: None,
                after: Vec::new(),
            };
            private_messages.push((*number, aside));
        }
        let price = exact(market.price_before);
        let ranks = self.ranks(market, price);
        for (number, aside) in &mut private_messages {
            let seated = self.seats.values().any(|of| of == number);
            let guest = self.guests.get(number).filter(|_| seated);
            aside.beside = guest.map(|guest| guest.game_state_update(market, price, &ranks));
        }
        let presale = matches!(step.kind, StepKind::Genesis | StepKind::Countdown(_));
        for guest in self.guests.values_mut() {
            guest.note_told(presale);
        }
        for (number, aside) in &mut private_messages {
            aside.after = self.after(*number, step.kind, market);
        }
        let mut told = Vec::new();
        for (seat, number) in self.seats.clone() {
            let aside = private_messages.iter().find(|(of, _)| *of == number);
            let mut aside = aside.map(|(_, aside)| aside.clone()).unwrap_or_default();
            if is_middle(step.kind) && self.has(Fault::OtherPlayer) {
                aside.after.extend(self.become_another(seat, market));
            }
            told.push((seat, aside));
        }
        told
    }

    fn before(&mut self, number: u32, kind: StepKind, market: &Market) -> Vec<Message> {
        let price = exact(market.price_before);
        let closed = |accounts: &Self| accounts.guests.get(&number).is_some_and(|g| g.closed);
        match kind {
            StepKind::Start => self.player_update(number, market, price),
            // The final state; at the rug the P&L was still that of the tick before.
            StepKind::Settled if closed(self) => self.player_update(number, market, price),
            StepKind::Rug => return self.close(number, market),
            _ => None,
        }
        .into_iter()
        .collect()
    }

    fn after(&mut self, number: u32, kind: StepKind, market: &Market) -> Vec<Message> {
        let price = exact(market.price);
        let mut messages = Vec::new();
        match kind {
            StepKind::Start => messages.extend(self.player_update(number, market, price)),
            StepKind::Tick { .. } => messages.extend(self.settle_bet(number, market, false)),
            _ => {}
        }
        let due = self.guests.get_mut(&number);
        for _ in 0..due.map_or(0, TablePlayer::late_updates) {
            messages.extend(self.player_update(number, market, price));
        }
        messages
    }

    /// Decides the bet and sells the position at the rug price, before the rug is told.
    fn close(&mut self, number: u32, market: &Market) -> Vec<Message> {
        let before = exact(market.price_before);
        let mut messages = self.settle_bet(number, market, true);
        let price = exact(market.price);
        if let Some(sale) = self.apply(number, AccountEvent::Liquidate { price }) {
            let sold = (sale.amount, sale.qty.unwrap_or_default());
            messages.extend(self.own_trade(number, market, TradeSide::Sell, sold, None));
            messages.extend(self.player_update(number, market, before));
        }
        if !messages.is_empty() {
            messages.extend(self.game_state_update(number, market, before));
            if let Some(guest) = self.guests.get_mut(&number) {
                guest.closed = true;
            }
        }
        messages
    }

    /// Decides the bet if its window is over with this tick, or by the rug.
    fn settle_bet(&mut self, number: u32, market: &Market, rugged: bool) -> Vec<Message> {
        let Some(guest) = self.guests.get(&number) else {
            return Vec::new();
        };
        let Some(bet) = guest.account().book().sidebet else {
            return Vec::new();
        };
        let Some(x_payout) = bet.decided(market.tick, rugged) else {
            return Vec::new();
        };
        let payout = bet.stake * x_payout;
        let at = place(market);
        let result = trade_payloads::payout(guest.who(), at, bet, payout, market.now);
        let deed = if x_payout.is_zero() {
            AccountEvent::LoseSidebet
        } else {
            AccountEvent::WinSidebet
        };
        self.apply(number, deed);
        let trace = self.trace(None);
        let mut messages = vec![Message::traced("currentSidebetResult", trace, result)];
        let price = exact(if rugged {
            market.price_before
        } else {
            market.price
        });
        messages.extend(self.player_update(number, market, price));
        messages
    }

    /// Returns the own `standard/newTrade`, which is told at once and not left to the sample.
    pub(super) fn own_trade(
        &mut self,
        number: u32,
        market: &Market,
        side: TradeSide,
        (amount, qty): (Decimal, Decimal),
        of_request: Option<String>,
    ) -> Option<Message> {
        if self.has(Fault::NoOwnTrade) {
            return None;
        }
        let id = uuid(&mut self.random);
        let trace = self.trace(of_request);
        let who = self.guests.get(&number)?.who();
        let payload = trade_payloads::trade(&id, who, place(market), side, (amount, qty));
        Some(Message::traced("standard/newTrade", trace, payload))
    }

    /// Puts a new player on a connection; the one before keeps what he has.
    fn become_another(&mut self, seat: ConnectionId, market: &Market) -> Vec<Message> {
        let number = self.new_guest();
        self.seats.insert(seat, number);
        self.use_guest(number);
        self.forget_unused();
        let trace = self.trace(None);
        let status = self.username_status(number, Some(trace));
        let update = self.player_update(number, market, exact(market.price));
        status.into_iter().chain(update).collect()
    }
}

/// Returns where something happens now.
pub(super) fn place(market: &Market) -> TickPrice<'_> {
    TickPrice {
        game: &market.game,
        tick: market.tick,
        price: market.price,
    }
}

/// Whether a fault that happens about the middle of a game happens now.
fn is_middle(kind: StepKind) -> bool {
    matches!(kind, StepKind::Tick { tick, rug_tick } if tick == (rug_tick / 2).max(1))
}
