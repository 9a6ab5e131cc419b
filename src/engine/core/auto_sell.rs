//! Auto-sell: its command, and the order that it places when one of its rules holds at a tick.

use rust_decimal::Decimal;

use super::SessionCore;
use crate::account::ActionSource;
use crate::game::Time;
use crate::strategy::{AutoSell, AutoSellView, AutoSeller};
use crate::trading::{GameContext, Order};

impl SessionCore {
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
