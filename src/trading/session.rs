//! One player's session while it runs: its account, its orders in flight, and its comparison with the server.
//! `fills.rs` has what becomes of the orders.

use std::collections::VecDeque;

use rust_decimal::Decimal;
use uuid::Uuid;

use super::context::{Ctx, GameContext};
use super::drift::{ANSWER_LIMIT, DriftMonitor};
use super::in_flight::{MAX_IN_FLIGHT, OrdersInFlight, PendingOrder};
use super::infer_fill::Fill;
use super::ledger::SessionLedger;
use super::order::Order;
use super::refusal::Refusal;
use super::server_state::{Identity, ServerState};
use super::session_rows::pressed_row;
use super::unseen_orders::{UnseenOrders, may_be_order};
use super::verifier::{Agreement, CompareMode, agrees};
use crate::account::{
    Account, ActionSource, ActionStatus, Durations, ReasonCode, SessionEvent, WalletKind,
};
use crate::game::{GameEvent, Phase, ServerInfo};
use crate::protocol::GameId;

/// The reason in the row of an order about which nothing was ever heard.
const NO_NEWS: &str = "no answer and no update came";

/// How long orders took from the press.
#[derive(Debug, Clone, Default)]
pub(super) struct OrderLatency {
    /// To the server's answer.
    pub to_ack: Durations,
    /// To the update of the account.
    pub to_update: Durations,
}

/// A running session.
#[derive(Debug, Clone)]
pub(super) struct ActiveSession {
    pub(super) identity: Option<Identity>,
    pub(super) ledger: SessionLedger,
    pub(super) in_flight: OrdersInFlight,
    /// Orders that were not seen being sent; `None` where orders are pressed here.
    pub(super) unseen: Option<UnseenOrders>,
    pub(super) drift: DriftMonitor,
    pub(super) latency: OrderLatency,
    /// Ids of the newest own trades: the same one may be sent twice.
    pub(super) recent_trades: VecDeque<String>,
}

/// What a session starts with besides the account.
pub(super) struct SessionStart {
    pub id: Uuid,
    pub identity: Option<Identity>,
    pub wallet: WalletKind,
    pub server: Option<ServerInfo>,
    /// Orders are pressed in a browser.
    pub in_browser: bool,
    /// The newest slot of the sessions before.
    pub slots: u32,
    pub latency: OrderLatency,
}

impl ActiveSession {
    /// Starts a session with this account in this game.
    pub fn start(
        start: SessionStart,
        account: &Account,
        game: Option<GameId>,
        ctx: &mut Ctx<'_>,
    ) -> Self {
        // The file does not have what a wallet paid for its lots: from here on it is quantity by price.
        let book = account.book();
        let lots: Vec<_> = book.position.lots().copied().collect();
        let account = Account::with_sidebet(account.balance(), lots.clone(), book.sidebet);
        let identity = start.identity;
        ctx.emit(SessionEvent::Started {
            at: ctx.at,
            player_id: identity.as_ref().map(|i| i.player_id.clone()),
            username: identity.as_ref().and_then(|i| i.username.clone()),
            wallet: start.wallet,
            balance: account.balance(),
            lots,
            sidebet: account.book().sidebet,
            session_id: Some(start.id),
            server: start.server,
        });
        Self {
            identity,
            ledger: SessionLedger::new(account, game, start.slots),
            in_flight: OrdersInFlight::default(),
            unseen: start.in_browser.then(UnseenOrders::default),
            drift: DriftMonitor::default(),
            latency: start.latency,
            recent_trades: VecDeque::new(),
        }
    }

    pub fn player_id(&self) -> Option<&str> {
        self.identity.as_ref().map(|i| i.player_id.as_str())
    }

    /// Takes the name of the player, if it was not known before.
    pub fn set_username(&mut self, username: &str, ctx: &mut Ctx<'_>) {
        if let Some(identity) = self.identity.as_mut().filter(|i| i.username.is_none()) {
            let username = username.to_owned();
            identity.username = Some(username.clone());
            ctx.emit(SessionEvent::Named { username });
        }
    }

    /// Whether an order is in flight whose outcome is still expected.
    pub fn has_pending_order(&self) -> bool {
        !self.in_flight.orders.iter().all(PendingOrder::is_given_up)
    }

    /// Writes the row of a press; `refused` says why it is not sent.
    pub fn press(
        &mut self,
        order: Order,
        source: ActionSource,
        refused: Option<&Refusal>,
        game: &GameContext,
        ctx: &mut Ctx<'_>,
    ) {
        let mut row = pressed_row(&order, source, game, ctx.at);
        if let Some(refusal) = refused {
            let slot = self.ledger.next_slot();
            row.reason_code = Some(refusal.code());
            let why = refusal.to_string();
            self.ledger
                .close(&mut row, ActionStatus::Refused, &why, &order);
            ctx.emit_row(slot, &row);
            return;
        }
        self.give_up_all(ctx);
        self.enter_game(&game.game_id, ctx);
        // After the rows of the game before: rows come in the order of their slots.
        let slot = self.ledger.next_slot();
        ctx.emit_row(slot, &row);
        self.in_flight
            .orders
            .push(PendingOrder::new(slot, order, row));
    }

    /// Writes the row of an order that was pressed in the browser, with the game as the player saw it then.
    pub fn press_in_browser(
        &mut self,
        order: Order,
        ack_id: Option<u64>,
        game: &GameContext,
        ctx: &mut Ctx<'_>,
    ) {
        if !self.ledger.is_of(&game.game_id) {
            self.give_up_all(ctx);
        }
        self.enter_game(&game.game_id, ctx);
        if self.in_flight.orders.len() >= MAX_IN_FLIGHT
            && let Some(oldest) = self.in_flight.orders.first().map(|order| order.slot)
        {
            self.give_up(oldest, NO_NEWS, ctx);
            self.in_flight.remove_if(oldest, |order| order.executed);
        }
        let slot = self.ledger.next_slot();
        let row = pressed_row(&order, ActionSource::Browser, game, ctx.at);
        ctx.emit_row(slot, &row);
        let mut pending = PendingOrder::new(slot, order, row);
        pending.ack_id = ack_id;
        self.in_flight.orders.push(pending);
    }

    /// Nothing more will be known about the orders in flight.
    fn give_up_all(&mut self, ctx: &mut Ctx<'_>) {
        for slot in self.in_flight.slots() {
            self.give_up(slot, NO_NEWS, ctx);
        }
    }

    /// Begins the account of the game in which an order was pressed. What is open in another game will not be
    /// reported any more.
    fn enter_game(&mut self, game_id: &GameId, ctx: &mut Ctx<'_>) {
        if !self.ledger.is_of(game_id) {
            self.ledger.write_off(ctx);
            self.ledger.begin(game_id);
        }
    }

    /// Turns to another game, unless something of the one before is still open. `but` is an order that may be in
    /// flight.
    pub(super) fn turn_to(&mut self, game_id: &GameId, but: Option<u32>) {
        let mut unexecuted = self.in_flight.unexecuted();
        let waits = unexecuted.any(|order| Some(order.slot) != but);
        if !self.ledger.is_of(game_id) && self.ledger.account.is_idle() && !waits {
            self.ledger.begin(game_id);
        }
    }

    /// Takes the events of the board. They also fill the order of a `local` wallet.
    pub fn board(&mut self, events: &[GameEvent], local: bool, ctx: &mut Ctx<'_>) {
        if local {
            self.fill_local(events, ctx);
        }
        self.ledger.settle(events, ctx);
        if let Some(current) = ctx.board.current_id() {
            let begun = ctx.board.phase() >= Phase::Presale;
            if local && begun && !self.ledger.is_of(current) {
                self.ledger.write_off(ctx);
            }
            self.turn_to(current, None);
        }
    }

    /// Fills the order of a local wallet that was pressed in the presale, where the price is 1.
    pub fn fill_presale(&mut self, game: &GameContext, ctx: &mut Ctx<'_>) {
        if game.phase == Phase::Presale
            && let Some(slot) = self.in_flight.orders.first().map(|order| order.slot)
        {
            self.execute_local(slot, (0, Decimal::ONE), ctx);
        }
    }

    /// Fills the order of a local wallet at the first tick after the press.
    fn fill_local(&mut self, events: &[GameEvent], ctx: &mut Ctx<'_>) {
        let Some(order) = self.in_flight.unexecuted().next() else {
            return;
        };
        let (slot, game, seen) = (order.slot, order.row.game_id.clone(), order.row.tick);
        let rug = events.iter().find_map(|event| match event {
            GameEvent::Rugged { game_id, tick, .. } if *game_id == game => Some(*tick),
            _ => None,
        });
        let next = events.iter().filter_map(|event| match event {
            GameEvent::PriceTick {
                game_id,
                tick,
                price,
                ..
            } if *game_id == game && *tick > seen => Some((*tick, *price)),
            _ => None,
        });
        let over = events
            .iter()
            .any(|event| matches!(event, GameEvent::GameEnded { game_id, .. } if *game_id == game));
        let mut refuse = |why| self.refuse(slot, ReasonCode::GameOver, why, ctx);
        match next.min_by_key(|(tick, _)| *tick) {
            Some(fill) if rug != Some(fill.0) => self.execute_local(slot, fill, ctx),
            Some(_) => refuse("the game rugged before the next tick"),
            None if over => refuse("the game ended before the next tick"),
            None => {}
        }
    }

    /// Executes the order of a local wallet, about which everything is then known.
    fn execute_local(&mut self, slot: u32, fill: Fill, ctx: &mut Ctx<'_>) {
        self.execute(slot, fill, ctx);
        self.in_flight.remove_if(slot, |order| order.executed);
    }

    /// Takes the time: no answer is expected any more of an order that is overdue.
    pub fn clock(&mut self, ctx: &mut Ctx<'_>) {
        for slot in self.in_flight.slots() {
            if let Some(order) = self.in_flight.get_mut(slot)
                && ctx.at - order.row.timestamp >= ANSWER_LIMIT
            {
                order.lost = true;
                self.finish(slot, ctx);
            }
        }
    }

    /// Takes the server's account: it may show what became of an order. Then the two accounts are compared.
    pub fn update(&mut self, server: &ServerState, ctx: &mut Ctx<'_>) {
        for slot in self.in_flight.slots() {
            self.note_shown(slot, ctx);
        }
        self.explain(server, ctx);
        let unchanged = agrees(&self.ledger.account, server);
        for slot in self.in_flight.slots() {
            if let Some(order) = self.in_flight.get_mut(slot)
                && !order.executed
                && server.has_wallet()
            {
                order.updated |= !unchanged;
                if order.is_given_up() {
                    let why = if unchanged {
                        "no answer came, and the wallet shows that it was not done"
                    } else {
                        "no answer came, and the wallet does not tell what became of it"
                    };
                    self.give_up(slot, why, ctx);
                }
            }
            self.finish(slot, ctx);
        }
        self.compare(server, ctx);
    }

    /// Books the orders that explain the server's account.
    fn explain(&mut self, server: &ServerState, ctx: &mut Ctx<'_>) {
        self.book_inferred_fills(server, ctx);
        let in_flight = self.in_flight.unexecuted().next().is_some();
        let unseen = self.unseen.as_mut();
        let orders = unseen.map(|unseen| unseen.explain(&self.ledger, server, in_flight, ctx));
        for order in orders.into_iter().flatten() {
            self.book_unseen(&order, ctx);
        }
    }

    /// Compares our account with the server's.
    fn compare(&mut self, server: &ServerState, ctx: &mut Ctx<'_>) {
        let comparison = self.comparison(server, ctx);
        let agreement = self
            .drift
            .compare(&mut self.ledger, server, comparison, ctx);
        if matches!(agreement, Agreement::Ok | Agreement::Drift)
            && let Some(unseen) = &mut self.unseen
        {
            // After a drift, too: our account follows the server's.
            unseen.note_agreement(server, self.ledger.account.balance());
        }
    }

    /// Compares again if the last comparison had to wait and need not any more.
    pub fn compare_waiting(&mut self, server: &ServerState, ctx: &mut Ctx<'_>) {
        if !self.drift.is_waiting() {
            return;
        }
        if self.unseen.is_some() {
            // The trade or sidebet that explains it may have come since.
            self.explain(server, ctx);
        }
        if self.comparison(server, ctx) == CompareMode::Settled {
            self.compare(server, ctx);
        }
    }

    fn comparison(&self, server: &ServerState, ctx: &Ctx<'_>) -> CompareMode {
        let mut unexecuted = self.in_flight.unexecuted();
        let orders_pending = unexecuted.any(|order| ctx.at - order.row.timestamp < ANSWER_LIMIT);
        let unseen = self.unseen.is_some() && may_be_order(&self.ledger.account, server);
        self.drift
            .comparison(&self.ledger, server, orders_pending, unseen, ctx)
    }

    /// The connection ended. A browser page's answers are lost with it.
    pub fn disconnected(&mut self) {
        self.drift.disconnected();
        if self.unseen.is_some() {
            for order in &mut self.in_flight.orders {
                (order.lost, order.ack_id) = (true, None);
            }
        }
    }

    /// Ends the session.
    pub fn end(&mut self, ctx: &mut Ctx<'_>) {
        for slot in self.in_flight.slots() {
            self.finish(slot, ctx);
            self.give_up(slot, "the session ended before an answer came", ctx);
        }
        ctx.emit(SessionEvent::Ended { at: ctx.at });
    }
}
