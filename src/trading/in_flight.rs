//! Orders on their way. A trader that sends has one at a time; one that mirrors a browser has as many as were pressed
//! there. Whoever has news of one brings it forward: the rest of the seat knows only the one in front.

use rust_decimal::Decimal;

use crate::account::{Action, lamports};
use crate::protocol::{NewTrade, TradeKind};
use crate::trading::Order;
use crate::trading::session::Seat;

/// More orders than a hand has on their way at once; of the oldest nothing is waited for any more.
pub(super) const MOST_WAITING: usize = 16;

/// An order that was pressed, until everything about it is known.
#[expect(
    clippy::struct_excessive_bools,
    reason = "four pieces of news that come in any order"
)]
#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub slot: u32,
    pub order: Order,
    pub row: Action,
    /// What it did is known and booked.
    pub executed: bool,
    /// No answer will come any more.
    pub lost: bool,
    /// A `playerUpdate` came since the press.
    pub updated: bool,
    /// One came that shows what it did.
    pub shown: bool,
    /// The number under which a page asked for its answer.
    pub ack_id: Option<u64>,
}

impl Waiting {
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

    /// Nobody is expected to say anything of it any more, but the next `playerUpdate` may.
    pub fn given_up(&self) -> bool {
        !self.executed && self.lost
    }

    /// Whether a trade may be what became of it; `exactly`: the numbers say so, too. `held` are the tokens before it.
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

impl Seat {
    /// Returns the orders on their way, oldest first (unless one is in front).
    pub(super) fn in_flight(&self) -> impl Iterator<Item = &Waiting> {
        self.waiting.iter().chain(&self.behind)
    }

    /// Whether an order waits of which it is not known what it did.
    pub(super) fn waits(&self) -> bool {
        self.in_flight().any(|waiting| !waiting.executed)
    }

    /// Brings the oldest order that fits to the front; false when none does.
    pub(super) fn bring_forward(&mut self, fits: impl Fn(&Waiting) -> bool) -> bool {
        if self.waiting.as_ref().is_some_and(&fits) {
            return true;
        }
        let Some(place) = self.behind.iter().position(fits) else {
            return false;
        };
        let found = self.behind.remove(place);
        if let Some(before) = self.waiting.replace(found) {
            self.behind.push(before);
        }
        true
    }

    /// Brings the order forward that a trade tells of; the one whose numbers are the trade's goes first.
    pub(super) fn bring_forward_of(&mut self, trade: &NewTrade) {
        let held = self.account.book().position.qty();
        let _found = self.bring_forward(|waiting| waiting.fits(trade, held, true))
            || self.bring_forward(|waiting| waiting.fits(trade, held, false));
    }

    /// Puts the order in front back into its place.
    pub(super) fn line_up(&mut self) {
        if self.behind.is_empty() {
            return;
        }
        self.behind.extend(self.waiting.take());
        self.behind.sort_by_key(|waiting| waiting.slot);
        self.waiting = Some(self.behind.remove(0));
    }

    /// Does something with each order on its way, oldest first, while it is in front.
    pub(super) fn each_waiting(&mut self, mut does: impl FnMut(&mut Self)) {
        let slots: Vec<_> = self.in_flight().map(|waiting| waiting.slot).collect();
        for slot in slots {
            if self.bring_forward(|waiting| waiting.slot == slot) {
                does(self);
            }
            self.line_up();
        }
    }

    /// Adds an order and brings it forward.
    pub(super) fn add_waiting(&mut self, waiting: Waiting) {
        self.behind.extend(self.waiting.replace(waiting));
    }
}
