//! What the buttons of a ticket would do now, in figures, or why they cannot.

use rust_decimal::{Decimal, RoundingStrategy};

use super::command::KeyCommand;
use super::format::sol;
use super::ticket::Ticket;
use crate::account::{Account, SIDEBET_PAYOUT, SIDEBET_WINDOW, lamports};
use crate::engine::View;
use crate::trading::{Order, Refusal, TraderView, check};

/// What a button can do now.
#[derive(Debug, Clone, PartialEq)]
pub struct Ability {
    /// The order it places; `None` when it cannot.
    pub order: Option<Order>,
    /// What that will do in figures, or why it cannot.
    pub text: String,
}

/// Returns what a button would do with this view. `screen_price` is the price that the player sees, which may be of an
/// older frame.
pub fn ability(
    command: KeyCommand,
    ticket: &Ticket,
    view: &View,
    screen_price: Option<Decimal>,
) -> Ability {
    let cannot = |text: String| Ability { order: None, text };
    let Some(trader) = &view.trader else {
        return cannot("nobody plays here: games are only watched".to_owned());
    };
    let context = view.order_context(screen_price);
    let Some(order) = ticket.order(command) else {
        let why = ticket.amount().err();
        return cannot(match why {
            _ if context.in_browser => Refusal::PlayInBrowser.to_string(),
            Some(why) => format!("Amount: {why}"),
            None => String::new(),
        });
    };
    match (check(&order, &context), &trader.account) {
        (Ok(()), Some(account)) => Ability {
            text: effect(&order, account, view.order_price()),
            order: Some(order),
        },
        (Ok(()) | Err(Refusal::NoPlayer), None) => cannot("there is no wallet yet".to_owned()),
        (Err(Refusal::Feed(trouble)), _) => cannot(format!("the feed is {trouble}")),
        (Err(refusal), _) => cannot(refusal.to_string()),
    }
}

/// What an order will do, in figures.
fn effect(order: &Order, account: &Account, price: Decimal) -> String {
    match *order {
        Order::Buy { amount } => {
            let tokens = lamports(amount.checked_div(price).unwrap_or_default());
            format!("≈ {} tokens at {}x", sol(tokens), price.round_dp(4))
        }
        Order::Sell { percent } => {
            let mut after = account.book().position.clone();
            let sale = after.sell_percent(percent, price);
            let profit = sale.proceeds - sale.paid;
            format!(
                "≈ {} SOL, {} of it profit",
                sol(sale.proceeds),
                super::format::signed(profit)
            )
        }
        Order::Sidebet { stake } => {
            let pays = stake.saturating_mul(SIDEBET_PAYOUT);
            format!(
                "pays {} SOL if it rugs within {SIDEBET_WINDOW} ticks",
                sol(pays)
            )
        }
    }
}

/// Returns the largest amount that can be spent: the wallet, within the limit.
pub fn most(view: &View) -> Decimal {
    let held = view.trader.as_ref().and_then(TraderView::held);
    let largest = view.limits.max_buy;
    held.map_or(largest, |held| held.balance.min(largest))
        .round_dp_with_strategy(9, RoundingStrategy::ToZero)
}
