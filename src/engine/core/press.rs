//! The press path: what is checked before an order leaves, whatever pressed it.

use rust_decimal::Decimal;

use super::Core;
use crate::account::{ActionSource, WalletKind};
use crate::game::Time;
use crate::trading::{Now, Order, Refusal};

impl Core {
    pub(super) fn press(
        &mut self,
        order: Order,
        source: ActionSource,
        seen: Option<Decimal>,
        at: Time,
    ) -> Result<(), Refusal> {
        let door = self.door(&order, seen, at);
        let trader = self.trader.as_mut().ok_or(Refusal::NoPlayer)?;
        let now = Now {
            board: &self.board,
            at,
        };
        let first = self.told.len();
        let pressed = trader.press(order, source, door, now, &mut self.told);
        self.note_facts(first);
        self.request = pressed?;
        self.course.sent(&order, at);
        Ok(())
    }

    /// Says why an order may not leave now, whatever the account and the game say to it.
    fn door(&self, order: &Order, seen: Option<Decimal>, at: Time) -> Result<(), Refusal> {
        let trader = self.trader.as_ref().ok_or(Refusal::NoPlayer)?;
        let now = Now {
            board: &self.board,
            at,
        };
        if let Some(state) = self.feed {
            return Err(Refusal::Feed(state));
        }
        if let Some(refusal) = self.no_login() {
            return Err(refusal);
        }
        let (Some(account), Some(sight)) = (trader.account(), now.sight()) else {
            return Ok(()); // The trader says what is missing.
        };
        let price = sight.price.unwrap_or(Decimal::ONE);
        let guarded = self.course.guarded(at);
        let guards = &trader.limits().risk;
        guards.check(order, account, &guarded, (seen, price))
    }

    /// Says why no order of any kind may leave on this connection, whose login is not done: after a reconnect the
    /// account is known and the server does not know us yet.
    pub(super) fn no_login(&self) -> Option<Refusal> {
        let trader = self.trader.as_ref()?;
        if trader.wallet() == WalletKind::Local || trader.is_in_browser() {
            None
        } else if !self.at_our_table {
            Some(Refusal::NotOurTable)
        } else if !trader.is_logged_in() {
            Some(Refusal::NoPlayer)
        } else {
            None
        }
    }
}
