//! What a step of the game does to the accounts, and what the players are told around its messages. Pure.

use rust_decimal::Decimal;

use super::fault::Fault;
use super::guest::Guest;
use super::house::{House, Seat, exact};
use super::scene::Scene;
use super::slips::{self, Place, Side, uuid};
use super::step::{Mark, Message, Step};
use crate::account::AccountEvent;

/// What one connection is told beside the messages of a step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Aside {
    before: Vec<Message>,
    /// Behind every `gameStateUpdate`.
    beside: Option<Message>,
    after: Vec<Message>,
}

impl Aside {
    /// Returns the messages of the step among those of this connection, in order.
    pub fn around<'a>(&'a self, messages: &'a [Message]) -> impl Iterator<Item = &'a Message> {
        let among = messages.iter().flat_map(|message| {
            let update = message.event == "gameStateUpdate";
            let beside = self.beside.as_ref().filter(|_| update);
            [Some(message), beside].into_iter().flatten()
        });
        self.before.iter().chain(among).chain(&self.after)
    }
}

impl House {
    /// Takes the accounts through a step; returns what each logged-in connection is told beside its messages.
    pub fn step(&mut self, step: &Step, scene: &Scene) -> Vec<(Seat, Aside)> {
        if step.mark == Mark::Genesis {
            for guest in self.guests.values_mut() {
                guest.new_game();
            }
        }
        let numbers: Vec<u32> = self.guests.keys().copied().collect();
        let mut asides: Vec<(u32, Aside)> = Vec::with_capacity(numbers.len());
        for number in &numbers {
            let aside = Aside {
                before: self.before(*number, step.mark, scene),
                beside: None,
                after: Vec::new(),
            };
            asides.push((*number, aside));
        }
        let price = exact(scene.price_before);
        let ranks = self.ranks(scene, price);
        for (number, aside) in &mut asides {
            let seated = self.seats.values().any(|of| of == number);
            let guest = self.guests.get(number).filter(|_| seated);
            aside.beside = guest.map(|guest| guest.game_state_update(scene, price, &ranks));
        }
        let presale = matches!(step.mark, Mark::Genesis | Mark::Countdown(_));
        for guest in self.guests.values_mut() {
            guest.note_told(presale);
        }
        for (number, aside) in &mut asides {
            aside.after = self.after(*number, step.mark, scene);
        }
        let mut told = Vec::new();
        for (seat, number) in self.seats.clone() {
            let aside = asides.iter().find(|(of, _)| *of == number);
            let mut aside = aside.map(|(_, aside)| aside.clone()).unwrap_or_default();
            if is_middle(step.mark) && self.has(Fault::OtherPlayer) {
                aside.after.extend(self.become_another(seat, scene));
            }
            told.push((seat, aside));
        }
        told
    }

    fn before(&mut self, number: u32, mark: Mark, scene: &Scene) -> Vec<Message> {
        let price = exact(scene.price_before);
        let closed = |house: &Self| house.guests.get(&number).is_some_and(|g| g.closed);
        match mark {
            Mark::Start => self.player_update(number, scene, price),
            // The final state; at the rug the P&L was still that of the tick before.
            Mark::Settled if closed(self) => self.player_update(number, scene, price),
            Mark::Rug => return self.close(number, scene),
            _ => None,
        }
        .into_iter()
        .collect()
    }

    fn after(&mut self, number: u32, mark: Mark, scene: &Scene) -> Vec<Message> {
        let price = exact(scene.price);
        let mut messages = Vec::new();
        match mark {
            Mark::Start => messages.extend(self.player_update(number, scene, price)),
            Mark::Tick { .. } => messages.extend(self.settle_bet(number, scene, false)),
            _ => {}
        }
        let due = self.guests.get_mut(&number);
        for _ in 0..due.map_or(0, Guest::late_updates) {
            messages.extend(self.player_update(number, scene, price));
        }
        messages
    }

    /// Decides the bet and sells the position at the rug price, before the rug is told.
    fn close(&mut self, number: u32, scene: &Scene) -> Vec<Message> {
        let before = exact(scene.price_before);
        let mut messages = self.settle_bet(number, scene, true);
        let price = exact(scene.price);
        if let Some(sale) = self.apply(number, AccountEvent::Liquidate { price }) {
            let sold = (sale.amount, sale.qty.unwrap_or_default());
            messages.extend(self.own_trade(number, scene, Side::Sell, sold, None));
            messages.extend(self.player_update(number, scene, before));
        }
        if !messages.is_empty() {
            messages.extend(self.game_state_update(number, scene, before));
            if let Some(guest) = self.guests.get_mut(&number) {
                guest.closed = true;
            }
        }
        messages
    }

    /// Decides the bet if its window is over with this tick, or by the rug.
    fn settle_bet(&mut self, number: u32, scene: &Scene, rugged: bool) -> Vec<Message> {
        let Some(guest) = self.guests.get(&number) else {
            return Vec::new();
        };
        let Some(bet) = guest.account().book().sidebet else {
            return Vec::new();
        };
        let Some(x_payout) = bet.decided(scene.tick, rugged) else {
            return Vec::new();
        };
        let payout = bet.stake * x_payout;
        let at = place(scene);
        let result = slips::payout(guest.who(), at, bet, payout, scene.now);
        let deed = if x_payout.is_zero() {
            AccountEvent::LoseSidebet
        } else {
            AccountEvent::WinSidebet
        };
        self.apply(number, deed);
        let trace = self.trace(None);
        let mut messages = vec![Message::traced("currentSidebetResult", trace, result)];
        let price = exact(if rugged {
            scene.price_before
        } else {
            scene.price
        });
        messages.extend(self.player_update(number, scene, price));
        messages
    }

    /// Returns the own `standard/newTrade`, which is told at once and not left to the sample.
    pub(super) fn own_trade(
        &mut self,
        number: u32,
        scene: &Scene,
        side: Side,
        (amount, qty): (Decimal, Decimal),
        of_request: Option<String>,
    ) -> Option<Message> {
        if self.has(Fault::NoOwnTrade) {
            return None;
        }
        let id = uuid(&mut self.random);
        let trace = self.trace(of_request);
        let who = self.guests.get(&number)?.who();
        let payload = slips::trade(&id, who, place(scene), side, (amount, qty));
        Some(Message::traced("standard/newTrade", trace, payload))
    }

    /// Puts a new player on a connection; the one before keeps what he has.
    fn become_another(&mut self, seat: Seat, scene: &Scene) -> Vec<Message> {
        let number = self.new_guest();
        self.seats.insert(seat, number);
        self.use_guest(number);
        self.forget_unused();
        let trace = self.trace(None);
        let status = self.username_status(number, Some(trace));
        let update = self.player_update(number, scene, exact(scene.price));
        status.into_iter().chain(update).collect()
    }
}

/// Returns where something happens now.
pub(super) fn place(scene: &Scene) -> Place<'_> {
    Place {
        game: &scene.game,
        tick: scene.tick,
        price: scene.price,
    }
}

/// Whether a fault that happens about the middle of a game happens now.
fn is_middle(mark: Mark) -> bool {
    matches!(mark, Mark::Tick { tick, rug_tick } if tick == (rug_tick / 2).max(1))
}
