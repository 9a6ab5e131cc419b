//! What a trade button would do now, in figures, or why it cannot.

use chrono::Duration;
use rust_decimal::{Decimal, RoundingStrategy};

use super::chart::PRESALE_MILLIS;
use super::command::KeyCommand;
use super::format::{exact_multiplier, profit, seconds, sol};
use super::ticket::Ticket;
use crate::account::{Account, SIDEBET_PAYOUT, SIDEBET_WINDOW, Sale, lamports};
use crate::engine::View;
use crate::game::Phase;
use crate::trading::{Order, Refusal, TraderView, check};

/// What a trade button would do.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderPreview {
    /// The order it places; `None` if it cannot.
    pub order: Option<Order>,
    /// SOL that it takes or brings; empty where it is not known.
    pub amount: String,
    /// The effect in figures, or the reason why it cannot.
    pub text: String,
}

/// Returns what a trade button would do in this view. `screen_price` is the price that the player sees, which may be one
/// frame older than the view. `long`: the effect has room for the longer text.
pub fn preview_order(
    command: KeyCommand,
    ticket: &Ticket,
    view: &View,
    screen_price: Option<Decimal>,
    long: bool,
) -> OrderPreview {
    let account = view
        .trader
        .as_ref()
        .and_then(|trader| trader.account.as_ref());
    let amount = match (command, account) {
        (KeyCommand::Sell, Some(account)) if !account.book().position.is_flat() => {
            sol(sale(account, ticket.share, view.order_price()).proceeds)
        }
        (KeyCommand::Sell, _) => String::new(),
        _ => ticket.amount().map_or_else(|_| "?".to_owned(), sol),
    };
    let cannot = |text: String| OrderPreview {
        order: None,
        amount: amount.clone(),
        text,
    };
    let Some(trader) = &view.trader else {
        return cannot("Watch only".to_owned());
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
            text: effect(&order, account, view, long),
            order: Some(order),
            amount,
        },
        (Ok(()) | Err(Refusal::NoPlayer), None) => cannot("Waiting for your wallet".to_owned()),
        (Err(Refusal::Feed(trouble)), _) => cannot(format!("The feed is {trouble}")),
        (Err(Refusal::Phase(why)), _) => {
            let text = opening_text(command, (view.phase, view.countdown_millis), long);
            cannot(text.unwrap_or_else(|| why.to_owned()))
        }
        (Err(refusal), _) => cannot(refusal.to_string()),
    }
}

/// Returns when an order is possible, before its phase: with the time until then if the time to the game is known.
fn opening_text(
    command: KeyCommand,
    (phase, countdown_millis): (Phase, Option<i64>),
    long: bool,
) -> Option<String> {
    let (text, until) = match (phase, command) {
        (Phase::Presale | Phase::Cooldown, KeyCommand::Sell) if long => {
            ("Opens when the game starts", 0)
        }
        (Phase::Presale | Phase::Cooldown, KeyCommand::Sell) => ("Opens at the start", 0),
        (Phase::Cooldown, _) => ("Opens with the presale", PRESALE_MILLIS),
        _ => return None,
    };
    let left = countdown_millis.map(|millis| millis - until);
    Some(match left.filter(|millis| *millis > 0) {
        Some(millis) => format!("{text}, in {}", seconds(Duration::milliseconds(millis))),
        None => text.to_owned(),
    })
}

fn sale(account: &Account, percent: Decimal, price: Decimal) -> Sale {
    account.book().position.clone().sell_percent(percent, price)
}

/// Returns what an order will do, in figures.
fn effect(order: &Order, account: &Account, view: &View, long: bool) -> String {
    let price = view.order_price();
    match *order {
        Order::Buy { amount } => {
            let tokens = sol(lamports(amount.checked_div(price).unwrap_or_default()));
            let about = if price == Decimal::ONE { "" } else { "≈ " };
            let you = if long { "you get " } else { "" };
            format!("{you}{about}{tokens} tokens at {}", exact_multiplier(price))
        }
        Order::Sell { percent } => {
            let sale = sale(account, percent, price);
            let left = account.book().position.qty().saturating_sub(sale.qty);
            let keeps = match (left.is_zero(), long) {
                (true, _) => String::new(),
                (false, true) => format!(", keeps {} tokens", sol(left)),
                (false, false) => format!(", keeps {}", sol(left)),
            };
            format!("{}{keeps}", profit(sale.proceeds - sale.paid))
        }
        Order::Sidebet { stake } => {
            let pays = sol(stake.saturating_mul(SIDEBET_PAYOUT));
            let tick = view
                .tick
                .filter(|_| view.phase == Phase::Active)
                .unwrap_or(0);
            let end = tick.saturating_add(SIDEBET_WINDOW);
            let rugs = if long { "if it rugs " } else { "" };
            format!("pays {pays} {rugs}by tick {end}")
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_button_says_when_it_opens_in_each_phase() {
        let text = |command, phase, millis, long| opening_text(command, (phase, millis), long);
        let (buy, sell) = (KeyCommand::Buy, KeyCommand::Sell);
        for (command, phase, millis, long, words) in [
            (
                sell,
                Phase::Cooldown,
                Some(13_700),
                true,
                Some("Opens when the game starts, in 13.7 s"),
            ),
            (
                sell,
                Phase::Cooldown,
                Some(13_700),
                false,
                Some("Opens at the start, in 13.7 s"),
            ),
            (
                sell,
                Phase::Presale,
                Some(9_900),
                false,
                Some("Opens at the start, in 9.9 s"),
            ),
            (
                sell,
                Phase::Cooldown,
                None,
                false,
                Some("Opens at the start"),
            ),
            (
                buy,
                Phase::Cooldown,
                Some(13_700),
                false,
                Some("Opens with the presale, in 3.7 s"),
            ),
            (
                KeyCommand::Sidebet,
                Phase::Cooldown,
                Some(10_000),
                true,
                Some("Opens with the presale"),
            ),
            (sell, Phase::Rugged, Some(9_900), true, None),
            (sell, Phase::Unknown, None, true, None),
        ] {
            let shown = text(command, phase, millis, long);
            assert_eq!(shown.as_deref(), words, "{command:?} {phase:?} {millis:?}");
        }
    }
}
