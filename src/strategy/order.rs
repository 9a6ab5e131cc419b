//! The order of a strategy. It is not an order of the player's: only a practice table of ours takes it.

use std::fmt;

use rust_decimal::Decimal;

use super::ast::SourceLine;
use crate::account::{AccountEvent, ActionKind};
use crate::protocol::{Announcement, Tick};
use crate::trading::{Order, OrderContext, Refusal, check};

/// Evidence that orders go to a practice table of ours, or nowhere. Only an opened practice table has one:
/// [`OpenedSource::practice_table`](crate::engine::OpenedSource::practice_table).
///
/// ```compile_fail
/// let table = pianola::strategy::PracticeTable(());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PracticeTable(());

impl PracticeTable {
    /// Returns the evidence of a server that announces itself as a practice table.
    pub(crate) fn announced(_: &Announcement) -> Self {
        Self(())
    }
}

/// An order that a strategy decided on. It can be checked, simulated, shown, and given to a practice table:
///
/// ```
/// use pianola::strategy::{PracticeTable, StrategyOrder};
/// use pianola::trading::Order;
///
/// fn play(order: StrategyOrder, table: &PracticeTable) -> Order {
///     order.for_table(table)
/// }
/// ```
///
/// No other feed takes it: neither as the player's order,
///
/// ```compile_fail
/// use pianola::account::ActionSource;
/// use pianola::engine::Command;
/// use pianola::strategy::StrategyOrder;
///
/// fn play(order: StrategyOrder) -> Command {
///     Command::Press { order, source: ActionSource::Piano, seen: None }
/// }
/// ```
///
/// nor with its request taken out,
///
/// ```compile_fail
/// use pianola::protocol::Request;
/// use pianola::strategy::StrategyOrder;
///
/// fn play(order: StrategyOrder) -> Request {
///     order.order.request()
/// }
/// ```
///
/// nor at a source that is no practice table.
///
/// ```compile_fail
/// use pianola::engine::OpenedSource;
/// use pianola::strategy::StrategyOrder;
/// use pianola::trading::Order;
///
/// fn play(order: StrategyOrder, live: &OpenedSource) -> Order {
///     order.for_table(live)
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrategyOrder {
    order: Order,
    line: SourceLine,
}

impl StrategyOrder {
    pub(super) fn new(order: Order, line: SourceLine) -> Self {
        Self { order, line }
    }

    /// Returns the order for a practice table.
    pub fn for_table(self, _: &PracticeTable) -> Order {
        self.order
    }

    /// Returns the line of the strategy that decided on it.
    pub fn line(&self) -> &SourceLine {
        &self.line
    }

    /// Returns the order as it is shown.
    pub fn shown(&self) -> ShownOrder {
        ShownOrder::of(self.order)
    }

    /// Decides whether it may be placed, as for any other order.
    ///
    /// # Errors
    /// The first reason against it.
    pub fn check(&self, context: &OrderContext<'_>) -> Result<(), Refusal> {
        check(&self.order, context)
    }

    /// Returns what it does to an account when it is executed at this tick and price: for simulations.
    pub fn event(&self, tick: Tick, price: Decimal) -> AccountEvent {
        self.order.account_event(tick, price)
    }
}

/// An order as it is shown; it cannot be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShownOrder(Order);

impl ShownOrder {
    pub(super) fn of(order: Order) -> Self {
        Self(order)
    }

    /// Returns its kind, which is that of a button.
    pub fn kind(&self) -> ActionKind {
        self.0.kind()
    }

    /// Returns its SOL, or the share of a sale in percent.
    pub fn number(&self) -> Decimal {
        let (Order::Buy { amount: number }
        | Order::Sell { percent: number }
        | Order::Sidebet { stake: number }) = self.0;
        number.normalize()
    }
}

impl fmt::Display for ShownOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
