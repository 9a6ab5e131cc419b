//! What a step of the game does to the accounts, and the messages of logged-in players around it. Pure.

use std::collections::BTreeMap;

use rust_decimal::Decimal;

use super::accounts::{Accounts, ConnectionId, START_BALANCE};
use super::fault::Fault;
use super::market::Market;
use super::message::{GameStep, Message, StepKind};
use super::player::TablePlayer;
use super::trade_payloads::{self, TradeSide, uuid};
use crate::account::AccountEvent;

/// The messages of one connection around those of a step.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PrivateMessages {
    before: Vec<Message>,
    /// Follows every `gameStateUpdate`.
    own_row: Option<Message>,
    after: Vec<Message>,
}

impl PrivateMessages {
    /// Returns the messages of the step among those of this connection, in order.
    pub fn interleave<'a>(&'a self, messages: &'a [Message]) -> impl Iterator<Item = &'a Message> {
        let step = messages.iter().flat_map(|message| {
            let is_update = message.event == "gameStateUpdate";
            let own_row = self.own_row.as_ref().filter(|_| is_update);
            [Some(message), own_row].into_iter().flatten()
        });
        self.before.iter().chain(step).chain(&self.after)
    }
}

impl Accounts {
    /// Applies a step to the accounts; returns the private messages of each connection that is logged in.
    pub fn apply_step(
        &mut self,
        step: &GameStep,
        market: &Market,
    ) -> BTreeMap<ConnectionId, PrivateMessages> {
        if step.kind == StepKind::Genesis {
            self.players.values_mut().for_each(TablePlayer::begin_game);
        }
        let numbers: Vec<u32> = self.players.keys().copied().collect();
        let mut private = BTreeMap::<u32, PrivateMessages>::new();
        for number in &numbers {
            private.entry(*number).or_default().before = self.before(*number, step.kind, market);
        }
        let price = market.exact_price_before();
        let ranks = self.ranks(market, price);
        let presale = matches!(step.kind, StepKind::Genesis | StepKind::Countdown(_));
        for (number, player) in &mut self.players {
            if self.logins.values().any(|login| login == number) {
                let row = player.game_state_update(market, price, &ranks);
                private.entry(*number).or_default().own_row = Some(row);
            }
            player.publish_row(presale);
        }
        for number in numbers {
            private.entry(number).or_default().after = self.after(number, step.kind, market);
        }
        let mut by_connection = BTreeMap::new();
        for (connection, number) in self.logins.clone() {
            let mut messages = private.get(&number).cloned().unwrap_or_default();
            if step.kind.is_middle() && self.has(Fault::OtherPlayer) {
                messages
                    .after
                    .extend(self.change_player(connection, market));
            }
            by_connection.insert(connection, messages);
        }
        by_connection
    }

    fn before(&mut self, number: u32, kind: StepKind, market: &Market) -> Vec<Message> {
        let rug_closed = |accounts: &Self| {
            let player = accounts.players.get(&number);
            player.is_some_and(|player| player.rug_closed)
        };
        let tells_update = match kind {
            StepKind::Start => true,
            // The final state; at the rug the P&L was still that of the tick before.
            StepKind::Settled => rug_closed(self),
            StepKind::Rug => return self.close_at_rug(number, market),
            _ => false,
        };
        let price = market.exact_price_before();
        let update = tells_update.then(|| self.player_update(number, market, price));
        update.flatten().into_iter().collect()
    }

    fn after(&mut self, number: u32, kind: StepKind, market: &Market) -> Vec<Message> {
        let price = market.exact_price();
        let mut messages = Vec::new();
        match kind {
            StepKind::Start => messages.extend(self.player_update(number, market, price)),
            StepKind::Tick { .. } => messages.extend(self.settle_sidebet(number, market, false)),
            _ => {}
        }
        let player = self.players.get_mut(&number);
        for _ in 0..player.map_or(0, TablePlayer::late_updates) {
            messages.extend(self.player_update(number, market, price));
        }
        messages
    }

    /// Decides the sidebet and sells the position at the rug price; the messages come before the rug tick.
    fn close_at_rug(&mut self, number: u32, market: &Market) -> Vec<Message> {
        let before = market.exact_price_before();
        let mut messages = self.settle_sidebet(number, market, true);
        let price = market.exact_price();
        if let Some(sale) = self.apply(number, AccountEvent::Liquidate { price }) {
            let sold = (sale.amount, sale.qty.unwrap_or_default());
            messages.extend(self.own_trade(number, market, TradeSide::Sell, sold, None));
            messages.extend(self.player_update(number, market, before));
        }
        if !messages.is_empty() {
            messages.extend(self.game_state_update(number, market, before));
            if let Some(player) = self.players.get_mut(&number) {
                player.rug_closed = true;
            }
        }
        messages
    }

    /// Decides the sidebet if its window ends with this tick, or by the rug.
    fn settle_sidebet(&mut self, number: u32, market: &Market, rugged: bool) -> Vec<Message> {
        let Some(player) = self.players.get(&number) else {
            return Vec::new();
        };
        let Some(bet) = player.account().book().sidebet else {
            return Vec::new();
        };
        let Some(x_payout) = bet.decided(market.tick, rugged) else {
            return Vec::new();
        };
        let payout = bet.stake * x_payout;
        let (profile, at) = (player.profile(), market.tick_price());
        let result = trade_payloads::sidebet_result(profile, at, bet, payout, market.now);
        let event = if x_payout.is_zero() {
            AccountEvent::LoseSidebet
        } else {
            AccountEvent::WinSidebet
        };
        self.apply(number, event);
        let trace = self.trace(None);
        let mut messages = vec![Message::traced("currentSidebetResult", trace, result)];
        let price = if rugged {
            market.exact_price_before()
        } else {
            market.exact_price()
        };
        messages.extend(self.player_update(number, market, price));
        messages
    }

    /// Returns the player's own `standard/newTrade`, which is sent at once and not left to the sample.
    pub(super) fn own_trade(
        &mut self,
        number: u32,
        market: &Market,
        side: TradeSide,
        amount_and_qty: (Decimal, Decimal),
        of_request: Option<String>,
    ) -> Option<Message> {
        if self.has(Fault::NoOwnTrade) {
            return None;
        }
        let id = uuid(&mut self.random);
        let trace = self.trace(of_request);
        let profile = self.players.get(&number)?.profile();
        let at = market.tick_price();
        let payload = trade_payloads::trade(&id, profile, at, side, amount_and_qty);
        Some(Message::traced("standard/newTrade", trace, payload))
    }

    /// Logs a connection in as a new player; the player before keeps their account.
    fn change_player(&mut self, connection: ConnectionId, market: &Market) -> Vec<Message> {
        let number = self.open_account(START_BALANCE);
        self.set_login(connection, number);
        let trace = self.trace(None);
        let status = self.username_status(number, Some(trace));
        let update = self.player_update(number, market, market.exact_price());
        status.into_iter().chain(update).collect()
    }
}
