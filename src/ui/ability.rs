//! What the buttons of a ticket would do now, in figures, or why they cannot.

use rust_decimal::{Decimal, RoundingStrategy};

use super::command::KeyCommand;
use super::format::sol;
use super::ticket::Ticket;
use crate::account::{Account, SIDEBET_PAYOUT, SIDEBET_WINDOW, lamports};
use crate::engine::View;
use crate::game::Phase;
use crate::trading::{Order, OrderLimits, Refusal};

/// What a button can do now.
#[derive(Debug, Clone, PartialEq)]
pub struct Ability {
    /// The order it places; `None` when it cannot.
    pub order: Option<Order>,
    /// What that will do in figures, or why it cannot.
    pub text: String,
}

/// Says what a button would do at this view. `seen` is the price that the player has before him: between that and the
/// view there may be a frame.
pub fn ability(
    command: KeyCommand,
    ticket: &Ticket,
    rules: &OrderLimits,
    view: &View,
    seen: Option<Decimal>,
) -> Ability {
    let cannot = |text: String| Ability { order: None, text };
    let Some(trader) = &view.trader else {
        return cannot("nobody plays here: games are only watched".to_owned());
    };
    if trader.page.is_some() {
        return cannot(Refusal::PlayInBrowser.to_string());
    }
    let Some(order) = ticket.order(command) else {
        let why = ticket.amount().err();
        return cannot(why.map_or_else(String::new, |why| format!("Amount: {why}")));
    };
    let Some(account) = &trader.account else {
        return cannot("there is no wallet yet".to_owned());
    };
    match &view.feed {
        crate::feed::FeedState::Up { .. } => {}
        crate::feed::FeedState::Stale { .. } => return cannot("the feed is stale".to_owned()),
        _ => return cannot("the feed is offline".to_owned()),
    }
    if let Some(refusal) = &view.no_login {
        return cannot(refusal.to_string());
    }
    let price = price_now(view);
    let guards = &rules.risk;
    if let Err(refusal) = guards.check(&order, account, &view.risk_usage, (seen, price)) {
        return cannot(refusal.to_string());
    }
    if trader.pending.is_some_and(|pending| !pending.unknown) {
        return cannot(Refusal::Pending.to_string());
    }
    if let Err(refusal) = rules.check(&order, account, view.phase, price) {
        return cannot(refusal.to_string());
    }
    Ability {
        text: effect(&order, account, price),
        order: Some(order),
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

/// Returns the most that can be bought for: the wallet, within the limit.
pub fn most(rules: &OrderLimits, view: &View) -> Decimal {
    let held = view
        .trader
        .as_ref()
        .and_then(crate::trading::TraderView::held);
    let wallet = held.map_or(rules.max_buy, |held| held.balance);
    wallet
        .min(rules.max_buy)
        .round_dp_with_strategy(9, RoundingStrategy::ToZero)
}

/// Returns the price at which an order would be placed now.
pub fn price_now(view: &View) -> Decimal {
    match view.phase {
        Phase::Active | Phase::Rugged => view.price.unwrap_or(Decimal::ONE),
        _ => Decimal::ONE,
    }
}
