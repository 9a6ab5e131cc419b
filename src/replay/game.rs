//! What a recorded game says of its prices and its end.

use rust_decimal::Decimal;

use crate::fairness::ProofStatus;
use crate::protocol::Tick;
use crate::recording::GameFile;

/// Returns the price of a tick; that of the first one is 1 in every game.
pub(super) fn price(game: &GameFile, tick: Tick) -> Option<Decimal> {
    let known = game.prices.get(tick as usize).copied().flatten();
    known.or((tick == 0).then_some(Decimal::ONE))
}

/// Whether nobody saw the price of the tick when it came: it was computed later.
pub(super) fn is_computed(game: &GameFile, tick: Tick) -> bool {
    game.meta.repaired_ticks.contains(&tick)
}

/// Returns the tick of the rug; `None` when the file does not know of one.
pub(super) fn rug_tick(game: &GameFile) -> Option<Tick> {
    let meta = &game.meta;
    let proven = matches!(
        meta.proof.status,
        ProofStatus::Proven | ProofStatus::Repaired
    );
    let known = meta.complete || meta.end_time.is_some() || proven;
    meta.duration_ticks.checked_sub(1).filter(|_| known)
}

/// Returns the price at the rug, if somebody told it.
pub(super) fn rug_price(game: &GameFile) -> Option<Decimal> {
    game.prices.get(rug_tick(game)? as usize).copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::{Game, GameEvent, PriceSource};
    use crate::protocol::GameId;
    use crate::recording::Origin;

    #[test]
    fn the_rug_is_the_last_tick_of_a_game_whose_end_was_seen_and_of_no_other() {
        let (id, at) = (
            GameId::new("g").expect("an id"),
            chrono::DateTime::UNIX_EPOCH,
        );
        let mut game = Game::new(id.clone(), at);
        game.prices.insert(1, Decimal::TWO, PriceSource::Live);
        let file = GameFile::new(&game, Origin::Practice);
        assert_eq!((rug_tick(&file), rug_price(&file)), (None, None));
        // Nobody saw tick 0, and everybody knows its price.
        assert_eq!(
            (price(&file, 0), price(&file, 1)),
            (Some(Decimal::ONE), Some(Decimal::TWO))
        );
        assert_eq!(price(&file, 2), None);
        let (game_id, tick) = (id, 2);
        game.apply(&GameEvent::Rugged { game_id, tick, at });
        let file = GameFile::new(&game, Origin::Practice);
        let known = file.meta.duration_ticks == 3;
        assert_eq!(rug_tick(&file), Some(file.meta.duration_ticks - 1));
        assert_eq!(rug_price(&file).is_none(), known);
    }
}
