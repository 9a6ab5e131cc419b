//! What a trade button would do now, in figures, or why it cannot.

use rust_decimal::{Decimal, RoundingStrategy};

use super::command::KeyCommand;
use super::format::{signed, sol};
use super::ticket::Ticket;
use crate::account::{Account, SIDEBET_PAYOUT, SIDEBET_WINDOW, lamports};
use crate::engine::View;
use crate::trading::{Order, Refusal, TraderView, check};

/// What a trade button would do.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderPreview {
    /// The order it places; `None` if it cannot.
    pub order: Option<Order>,
    /// The effect in figures, or the reason why it cannot.
    pub text: String,
}

/// Returns what a trade button would do in this view. `screen_price` is the price that the player sees, which may be one
/// frame older than the view.
pub fn preview_order(
    command: KeyCommand,
    ticket: &Ticket,
    view: &View,
    screen_price: Option<Decimal>,
) -> OrderPreview {
    let cannot = |text: String| OrderPreview { order: None, text };
    let Some(trader) = &view.trader else {
        return cannot("nobody plays here: games are only watched".to_owned());
    };
    let context = view.order_context(screen_price);
    let Some(order) = ticket.order(command) else {
        return cannot(match ticket.amount().err() {
            _ if context.in_browser => Refusal::PlayInBrowser.to_string(),
            Some(error) => format!("Amount: {error}"),
            None => String::new(),
        });
    };
    match (check(&order, &context), &trader.account) {
        (Ok(()), Some(account)) => OrderPreview {
            text: effect(&order, account, view.order_price()),
            order: Some(order),
        },
        (Ok(()) | Err(Refusal::NoPlayer), None) => cannot("there is no wallet yet".to_owned()),
        (Err(Refusal::Feed(trouble)), _) => cannot(format!("the feed is {trouble}")),
        (Err(refusal), _) => cannot(refusal.to_string()),
    }
}

/// Returns what an order will do, in figures.
fn effect(order: &Order, account: &Account, price: Decimal) -> String {
    match *order {
        Order::Buy { amount } => {
            let tokens = lamports(amount.checked_div(price).unwrap_or_default());
            format!("≈ {} tokens at {}x", sol(tokens), price.round_dp(4))
        }
        Order::Sell { percent } => {
            let mut after = account.book().position.clone();
            let sale = after.sell_percent(percent, price);
            let profit = signed(sale.proceeds - sale.paid);
            format!("≈ {} SOL, {profit} of it profit", sol(sale.proceeds))
        }
        Order::Sidebet { stake } => {
            let pays = sol(stake.saturating_mul(SIDEBET_PAYOUT));
            format!("pays {pays} SOL if it rugs within {SIDEBET_WINDOW} ticks")
        }
    }
}

/// Returns the largest possible buy: the balance, within the limit.
pub fn max_amount(view: &View) -> Decimal {
    let held = view.trader.as_ref().and_then(TraderView::held);
    let limit = view.limits.max_buy;
    held.map_or(limit, |held| held.balance.min(limit))
        .round_dp_with_strategy(9, RoundingStrategy::ToZero)
}
