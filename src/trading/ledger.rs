//! The account of a running session, the game it belongs to, and the numbering of the session's rows.

use rust_decimal::Decimal;

use super::context::Ctx;
use super::order::Order;
use super::session_rows::result_row;
use crate::account::{Account, AccountEvent, Action, ActionStatus, LocalWallet};
use crate::protocol::{GameId, Tick};

/// The account of a session. `settle.rs` has what the course of the game does to it.
#[derive(Debug, Clone)]
pub(super) struct SessionLedger {
    pub account: Account,
    /// The game this account state belongs to.
    pub game: Option<GameId>,
    /// Tick and price of the rug, if a won sidebet reported it before the board did.
    pub(super) reported_rug: Option<(Tick, Option<Decimal>)>,
    /// Completed rows of this session.
    pub seq: u32,
    /// The newest slot. Slots go on by one through all sessions of a run.
    pub slots: u32,
}

impl SessionLedger {
    pub fn new(account: Account, game: Option<GameId>, slots: u32) -> Self {
        Self {
            account,
            game,
            reported_rug: None,
            seq: 0,
            slots,
        }
    }

    /// Returns the wallet as the next session should continue it.
    pub fn local_wallet(&self) -> LocalWallet {
        LocalWallet {
            account: self.account.clone(),
            game: self.game.clone().filter(|_| !self.account.is_idle()),
        }
    }

    /// Returns the slot of a new row.
    pub fn next_slot(&mut self) -> u32 {
        self.slots += 1;
        self.slots
    }

    /// Whether this is the game of the account.
    pub fn is_of(&self, game_id: &GameId) -> bool {
        self.game.as_ref() == Some(game_id)
    }

    /// Begins the account of another game.
    pub fn begin(&mut self, game_id: &GameId) {
        self.account.new_game();
        self.game = Some(game_id.clone());
        self.reported_rug = None;
    }

    /// Writes the account into a row that took effect now, with its place in that order.
    pub fn complete(&mut self, row: &mut Action) {
        let held = self.account.holding();
        row.balance_after = Some(held.balance);
        row.position_qty_after = Some(held.position_qty);
        row.entry_price = held.entry_price;
        self.seq += 1;
        row.seq = self.seq;
    }

    /// Completes the row of an order that changed nothing.
    pub fn close(&mut self, row: &mut Action, status: ActionStatus, why: &str, order: &Order) {
        row.status = status;
        row.reason = Some(format!("{order}: {why}"));
        self.complete(row);
    }

    /// Applies a result and emits its row. `executed` is where it happened, as far as that is known.
    pub fn result(
        &mut self,
        event: &AccountEvent,
        executed: (Option<Tick>, Option<Decimal>),
        ctx: &mut Ctx<'_>,
    ) {
        let Some(game_id) = self.game.clone() else {
            return;
        };
        let Some(applied) = self.account.apply(event) else {
            return;
        };
        let mut row = result_row(event, &applied, game_id, executed, ctx);
        self.complete(&mut row);
        let slot = self.next_slot();
        ctx.emit_row(slot, &row);
    }
}
