//! What a recorded game says of its prices and its end.

use rust_decimal::Decimal;

use crate::fairness::Status;
use crate::protocol::Tick;
use crate::recording::GameFile;

/// Returns the price of a tick; that of the first one is 1 in every game.
pub(super) fn price(game: &GameFile, tick: Tick) -> Option<Decimal> {
    let known = game.prices.get(tick as usize).copied().flatten();
    known.or((tick == 0).then_some(Decimal::ONE))
}

/// Whether nobody saw the price of the tick when it came: it was computed later.
pub(super) fn was_unseen(game: &GameFile, tick: Tick) -> bool {
    game.meta.repaired_ticks.contains(&tick)
}

/// Returns the tick of the rug; `None` when the file does not know of one.
pub(super) fn rug_tick(game: &GameFile) -> Option<Tick> {
    let meta = &game.meta;
    let proven = matches!(meta.proof.status, Status::Proven | Status::Repaired);
    let known = meta.complete || meta.end_time.is_some() || proven;
    meta.duration_ticks.checked_sub(1).filter(|_| known)
}

/// Returns the price at the rug, if somebody told it.
pub(super) fn rug_price(game: &GameFile) -> Option<Decimal> {
    game.prices.get(rug_tick(game)? as usize).copied().flatten()
}
