//! Places an order, whatever pressed it.

use rust_decimal::Decimal;

use super::SessionCore;
use crate::account::ActionSource;
use crate::game::Time;
use crate::trading::{Ctx, Order, Refusal, check};

impl SessionCore {
    pub(super) fn press(
        &mut self,
        order: Order,
        source: ActionSource,
        screen_price: Option<Decimal>,
        at: Time,
    ) -> Result<(), Refusal> {
        let checked = check(&order, &self.order_context(screen_price, at));
        let trader = self.trader.as_mut().ok_or(Refusal::NoPlayer)?;
        let first = self.told.len();
        let mut ctx = Ctx {
            board: &self.board,
            at,
            out: &mut self.told,
        };
        let pressed = trader.press(order, source, checked, &mut ctx);
        self.note_facts(first);
        self.request = pressed?;
        self.day.count_sent(&order, at);
        Ok(())
    }
}
