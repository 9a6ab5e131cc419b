//! The rows of a session: written when pressed, completed when it is known what became of it.

use rust_decimal::Decimal;

use crate::account::{
    AccountEvent, Action, ActionKind, ActionSource, ActionStatus, ReasonCode, SessionEvent,
};
use crate::game::{Board, Phase, Time};
use crate::protocol::Tick;
use crate::trading::fills::deed;
use crate::trading::in_flight::Waiting;
use crate::trading::session::Seat;
use crate::trading::{GameContext, Now, TraderEvent};
use crate::trading::{Order, ServerState};

impl Seat {
    /// Books what was pressed, at the tick and price at which the server did it.
    pub(super) fn execute(
        &mut self,
        tick: Tick,
        price: Decimal,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let Some(mut waiting) = self.waiting.take() else {
            return;
        };
        self.turn_to(&waiting.row.game_id.clone());
        let deed = deed(&waiting.order, tick, price);
        let row = &mut waiting.row;
        if let Some(effect) = self.account.apply(&deed) {
            row.amount = Some(effect.amount);
            (row.qty, row.pnl) = (effect.qty, effect.pnl);
            (row.executed_tick, row.executed_price) = (Some(tick), Some(price));
            row.status = ActionStatus::Confirmed;
            row.confirmed_at = Some(now.at);
            self.number(row);
            waiting.executed = true;
            tell_row(waiting.slot, row, out);
            self.waiting = Some(waiting);
        } else {
            // The server did what by our books could not be done: the comparison will tell.
            let why = "the server did it, but our account does not allow it";
            self.close(row, ActionStatus::Unknown, why, &waiting.order);
            tell_row(waiting.slot, &waiting.row, out);
        }
    }

    /// Books the sidebet that waits, if one does: its window begins at `tick`.
    pub(super) fn execute_sidebet(&mut self, tick: Tick, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        let pressed = |w: &Waiting| !w.executed && matches!(w.order, Order::Sidebet { .. });
        if self.waiting.as_ref().is_some_and(pressed) {
            let price = self.price_of_order(tick, now.board);
            self.execute(tick, price.unwrap_or(Decimal::ONE), now, out);
        }
    }

    /// Books what waits at the newest tick: the server says that it was done, and nothing says at which price.
    pub(super) fn execute_at_sight(
        &mut self,
        server: &ServerState,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let told = server.side_bet.clone().flatten();
        let started = told.and_then(|bet| bet.started_at_tick);
        let sidebet = self
            .waiting
            .as_ref()
            .map(|w| matches!(w.order, Order::Sidebet { .. }));
        if let (Some(true), Some(tick)) = (sidebet, started) {
            self.execute_sidebet(tick, now, out);
        } else if let Some(sight) = now.sight() {
            self.execute(sight.tick, sight.price.unwrap_or(Decimal::ONE), now, out);
        }
    }

    /// Writes the row of a result: something that happened to the player.
    pub(super) fn result(
        &mut self,
        deed: &AccountEvent,
        executed_tick: Option<Tick>,
        executed_price: Option<Decimal>,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let Some(game_id) = self.game.clone() else {
            return;
        };
        let Some(effect) = self.account.apply(deed) else {
            return;
        };
        let sight = now.sight().filter(|sight| sight.game_id == game_id);
        let mut row = Action {
            tick: sight
                .as_ref()
                .map_or(executed_tick.unwrap_or(0), |s| s.tick),
            price: sight.as_ref().map_or(executed_price, |s| s.price),
            phase: sight.map_or(Phase::Rugged, |s| s.phase),
            game_id,
            timestamp: now.at,
            action: match deed {
                AccountEvent::WinSidebet => ActionKind::SidebetWin,
                AccountEvent::LoseSidebet => ActionKind::SidebetLose,
                _ => ActionKind::Liquidated,
            },
            amount: Some(effect.amount),
            balance_after: None,
            position_qty_after: None,
            entry_price: None,
            pnl: effect.pnl,
            seq: 0,
            status: ActionStatus::Confirmed,
            qty: effect.qty,
            sell_percent: None,
            source: ActionSource::Server,
            confirmed_at: Some(now.at),
            executed_tick,
            executed_price,
            acked_at: None,
            reason_code: None,
            reason: None,
        };
        self.number(&mut row);
        self.slots += 1;
        tell_row(self.slots, &row, out);
    }

    /// The order that waits was not done.
    pub(super) fn refuse(&mut self, code: ReasonCode, why: &str, out: &mut Vec<TraderEvent>) {
        if let Some(waiting) = &mut self.waiting {
            waiting.row.reason_code = Some(code);
        }
        self.end_waiting(ActionStatus::Refused, why, out);
    }

    /// Nobody will tell what became of the order that waits.
    pub(super) fn give_up(&mut self, why: &str, out: &mut Vec<TraderEvent>) {
        if self.waiting.as_ref().is_some_and(|w| !w.executed) {
            self.end_waiting(ActionStatus::Unknown, why, out);
        }
    }

    fn end_waiting(&mut self, status: ActionStatus, why: &str, out: &mut Vec<TraderEvent>) {
        if let Some(mut waiting) = self.waiting.take() {
            self.close(&mut waiting.row, status, why, &waiting.order);
            tell_row(waiting.slot, &waiting.row, out);
        }
    }

    /// Completes a row that changed nothing.
    pub(super) fn close(
        &mut self,
        row: &mut Action,
        status: ActionStatus,
        why: &str,
        order: &Order,
    ) {
        row.status = status;
        row.reason = Some(format!("{order}: {why}"));
        self.number(row);
    }

    /// Forgets the order that waits if everything about it is known.
    pub(super) fn finish(&mut self) -> Option<Waiting> {
        self.waiting.take_if(|waiting| waiting.executed)
    }

    /// The same at a server, where the answer and the news of the account come after the execution; its row is told
    /// with both times.
    pub(super) fn finish_told(&mut self, out: &mut Vec<TraderEvent>) {
        let whole = |w: &Waiting| w.lost || w.row.acked_at.is_some() && w.updated;
        if self.waiting.as_ref().is_some_and(whole)
            && let Some(waiting) = self.finish()
        {
            tell_row(waiting.slot, &waiting.row, out);
        }
    }

    fn number(&mut self, row: &mut Action) {
        let held = self.account.holding();
        row.balance_after = Some(held.balance);
        row.position_qty_after = Some(held.position_qty);
        row.entry_price = held.entry_price;
        self.seq += 1;
        row.seq = self.seq;
    }

    /// Returns the price of a tick of the game that the books are of.
    pub(super) fn price_of(&self, tick: Tick, board: &Board) -> Option<Decimal> {
        let game = board
            .open_games()
            .iter()
            .find(|g| Some(&g.id) == self.game.as_ref());
        game.and_then(|game| game.prices.get(tick))
    }

    /// Returns the price of a tick of the game in which the order was pressed; before the start it is 1.
    fn price_of_order(&self, tick: Tick, board: &Board) -> Option<Decimal> {
        let row = &self.waiting.as_ref()?.row;
        let game = board.open_games().iter().find(|g| g.id == row.game_id);
        let known = game.and_then(|game| game.prices.get(tick));
        known.or(row.price.filter(|_| row.tick == tick))
    }
}

/// Returns the row of a press, before anything is known of it.
pub(super) fn pressed_row(
    order: &Order,
    source: ActionSource,
    sight: &GameContext,
    at: Time,
) -> Action {
    let sell_percent = match *order {
        Order::Sell { percent } => Some(percent.normalize()),
        _ => None,
    };
    Action {
        game_id: sight.game_id.clone(),
        tick: sight.tick,
        timestamp: at,
        action: order.kind(),
        amount: order.amount().map(|amount| amount.normalize()),
        price: sight.price,
        balance_after: None,
        position_qty_after: None,
        entry_price: None,
        pnl: None,
        seq: 0,
        phase: sight.phase,
        status: ActionStatus::Pending,
        qty: None,
        sell_percent,
        source,
        confirmed_at: None,
        executed_tick: None,
        executed_price: None,
        acked_at: None,
        reason_code: None,
        reason: None,
    }
}

pub(super) fn tell_row(slot: u32, row: &Action, out: &mut Vec<TraderEvent>) {
    out.push(TraderEvent::Session(SessionEvent::Action {
        slot,
        action: Box::new(row.clone()),
    }));
}
