//! Games made up for a test.

use pianola::game::{EndReason, Game, GameEvent, PriceSource};
use pianola::protocol::GameId;

pub fn id(text: &str) -> GameId {
    GameId::new(text).unwrap()
}

/// The facts of a game of some ticks, without its end.
pub fn facts(id: &GameId, start: &str, ticks: u32) -> Vec<GameEvent> {
    let at = start.parse().unwrap();
    let game_id = id.clone();
    let mut facts = vec![GameEvent::GameStarted { game_id, at }];
    facts.extend((0..ticks).map(|number| tick(id, number)));
    facts
}

pub fn tick(id: &GameId, tick: u32) -> GameEvent {
    GameEvent::PriceTick {
        game_id: id.clone(),
        tick,
        price: (tick + 1).into(),
        source: PriceSource::Live,
        arrival: Some(tick * 250),
    }
}

/// The game of these facts, ended as `reason` says (by a rug at its last tick, if that is it).
pub fn complete(facts: &[GameEvent], reason: EndReason) -> GameEvent {
    let GameEvent::GameStarted { game_id, at } = &facts[0] else {
        panic!("the first fact is the start");
    };
    let mut game = Game::new(game_id.clone(), *at);
    for fact in facts {
        game.apply(fact);
    }
    if reason == EndReason::Rug {
        let tick = u32::try_from(game.prices.len()).unwrap() - 1;
        let (game_id, at) = (game_id.clone(), *at);
        game.apply(&GameEvent::Rugged { game_id, tick, at });
    }
    let game_id = game_id.clone();
    game.apply(&GameEvent::GameEnded { game_id, reason });
    GameEvent::GameComplete(Box::new(game))
}
