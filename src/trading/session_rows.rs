//! The rows of a session as they begin: the row of a press, and the row of a result.

use rust_decimal::Decimal;

use super::context::{Ctx, GameContext};
use super::order::Order;
use crate::account::{AccountEvent, Action, ActionKind, ActionSource, ActionStatus, Applied};
use crate::game::{Phase, Time};
use crate::protocol::{GameId, Tick};

/// Returns the row of a press, before its outcome is known.
pub(super) fn pressed_row(
    order: &Order,
    source: ActionSource,
    game: &GameContext,
    at: Time,
) -> Action {
    Action {
        tick: game.tick,
        amount: order.amount().map(|amount| amount.normalize()),
        price: game.price,
        phase: game.phase,
        sell_percent: match *order {
            Order::Sell { percent } => Some(percent.normalize()),
            _ => None,
        },
        ..Action::new(order.kind(), source, game.game_id.clone(), at)
    }
}

/// Returns the row of a result: a decided sidebet, or what the rug sold. `tick` and `price` are where it happened.
pub(super) fn result_row(
    event: &AccountEvent,
    applied: &Applied,
    game_id: GameId,
    (tick, price): (Option<Tick>, Option<Decimal>),
    ctx: &Ctx<'_>,
) -> Action {
    let game = ctx.game().filter(|game| game.game_id == game_id);
    let kind = match event {
        AccountEvent::WinSidebet => ActionKind::SidebetWin,
        AccountEvent::LoseSidebet => ActionKind::SidebetLose,
        _ => ActionKind::Liquidated,
    };
    Action {
        tick: game.as_ref().map_or(tick.unwrap_or(0), |game| game.tick),
        price: game.as_ref().map_or(price, |game| game.price),
        phase: game.map_or(Phase::Rugged, |game| game.phase),
        amount: Some(applied.amount),
        pnl: applied.pnl,
        status: ActionStatus::Confirmed,
        qty: applied.qty,
        confirmed_at: Some(ctx.at),
        executed_tick: tick,
        executed_price: price,
        ..Action::new(kind, ActionSource::Server, game_id, ctx.at)
    }
}
