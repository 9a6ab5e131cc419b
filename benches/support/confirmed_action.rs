//! A confirmed order of a scripted player.

use pianola::account::{Account, AccountEvent, Action, ActionKind, ActionSource, ActionStatus};
use pianola::game::{Phase, Time};
use pianola::protocol::{GameId, Tick};
use rust_decimal::Decimal;

/// Applies a buy or a sell to the account and returns its row, confirmed in the tick of the order.
pub fn confirmed_action(
    account: &mut Account,
    event: &AccountEvent,
    game_id: &GameId,
    (tick, price): (Tick, Decimal),
    game_start: Time,
    seq: u32,
) -> Action {
    let sell_percent = match event {
        AccountEvent::Sell { percent, .. } => Some(*percent),
        _ => None,
    };
    let applied = account.apply(event).expect("it can be done");
    let held = account.holding();
    let timestamp = game_start + chrono::Duration::milliseconds(i64::from(tick) * 250);
    Action {
        game_id: game_id.clone(),
        tick,
        timestamp,
        action: match sell_percent {
            Some(_) => ActionKind::Sell,
            None => ActionKind::Buy,
        },
        amount: Some(applied.amount),
        price: Some(price),
        balance_after: Some(held.balance),
        position_qty_after: Some(held.position_qty),
        entry_price: held.entry_price,
        pnl: applied.pnl,
        seq,
        phase: Phase::Active,
        status: ActionStatus::Confirmed,
        qty: applied.qty,
        sell_percent,
        source: ActionSource::Script,
        confirmed_at: Some(timestamp),
        executed_tick: Some(tick),
        executed_price: Some(price),
        acked_at: Some(timestamp),
        reason_code: None,
        reason: None,
    }
}
