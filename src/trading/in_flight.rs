//! Orders in flight: pressed, and not everything about them is known yet.

use rust_decimal::Decimal;

use super::order::Order;
use crate::account::{Action, lamports};
use crate::protocol::{NewTrade, TradeKind};

/// Orders that a browser page may have in flight at once; beyond that the oldest is given up.
pub(super) const MAX_IN_FLIGHT: usize = 16;

/// An order that was pressed, until everything about it is known.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four facts that arrive in any order"
)]
#[derive(Debug, Clone)]
pub(super) struct PendingOrder {
    pub slot: u32,
    pub order: Order,
    pub row: Action,
    /// Its effect is known and booked.
    pub executed: bool,
    /// No answer will come any more.
    pub lost: bool,
    /// A `playerUpdate` came since the press.
    pub updated: bool,
    /// A `playerUpdate` came that shows its effect.
    pub shown: bool,
    /// The number under which a browser page expects its answer.
    pub ack_id: Option<u64>,
}

impl PendingOrder {
    pub fn new(slot: u32, order: Order, row: Action) -> Self {
        Self {
            slot,
            order,
            row,
            executed: false,
            lost: false,
            updated: false,
            shown: false,
            ack_id: None,
        }
    }

    /// Whether its outcome is unknown and no answer is expected; the next `playerUpdate` may still show it.
    pub fn is_given_up(&self) -> bool {
        !self.executed && self.lost
    }

    /// Whether everything about it is known: its effect, the server's answer, and the wallet after it.
    pub fn is_complete(&self) -> bool {
        self.executed && (self.lost || self.row.acked_at.is_some() && self.updated)
    }

    /// Whether a trade may be its execution; `exactly`: the numbers agree, too. `held` are the tokens before it.
    fn fits(&self, trade: &NewTrade, held: Decimal, exactly: bool) -> bool {
        if self.executed {
            return false;
        }
        match (self.order, trade.kind) {
            (Order::Buy { amount }, TradeKind::Buy) => trade.amount == Some(amount),
            (Order::Sell { percent }, TradeKind::Sell) => {
                let sold = held.saturating_mul(percent) / Decimal::ONE_HUNDRED;
                !exactly || trade.qty == Some(lamports(sold))
            }
            _ => false,
        }
    }
}

/// The orders in flight, oldest first. A trader that sends has one at a time; one that follows a browser has as many
/// as were pressed there.
#[derive(Debug, Clone, Default)]
pub(super) struct OrdersInFlight {
    pub orders: Vec<PendingOrder>,
}

impl OrdersInFlight {
    /// Returns the orders whose effect is not known.
    pub fn unexecuted(&self) -> impl Iterator<Item = &PendingOrder> {
        self.orders.iter().filter(|order| !order.executed)
    }

    /// Returns the slots of all orders, oldest first.
    pub fn slots(&self) -> Vec<u32> {
        self.orders.iter().map(|order| order.slot).collect()
    }

    /// Returns the slot of the oldest order that meets a condition.
    pub fn find(&self, condition: impl Fn(&PendingOrder) -> bool) -> Option<u32> {
        let found = self.orders.iter().find(|order| condition(order));
        found.map(|order| order.slot)
    }

    /// Returns the slot of the order that a trade executed; one with the trade's numbers goes first. `held` are the
    /// tokens before the trade.
    pub fn find_for_trade(&self, trade: &NewTrade, held: Decimal) -> Option<u32> {
        let exact = self.find(|order| order.fits(trade, held, true));
        exact.or_else(|| self.find(|order| order.fits(trade, held, false)))
    }

    pub fn get(&self, slot: u32) -> Option<&PendingOrder> {
        self.orders.iter().find(|order| order.slot == slot)
    }

    pub fn get_mut(&mut self, slot: u32) -> Option<&mut PendingOrder> {
        self.orders.iter_mut().find(|order| order.slot == slot)
    }

    /// Removes an order if it meets a condition.
    pub fn remove_if(
        &mut self,
        slot: u32,
        condition: impl FnOnce(&PendingOrder) -> bool,
    ) -> Option<PendingOrder> {
        let index = self.orders.iter().position(|order| order.slot == slot)?;
        condition(&self.orders[index]).then(|| self.orders.remove(index))
    }
}
