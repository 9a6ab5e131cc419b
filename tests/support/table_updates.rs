//! The practice table's stream without its socket: decoded updates with invented arrival times.

use std::collections::BTreeMap;

use chrono::{DateTime, Duration, Utc};
use pianola::game::Game;
use pianola::protocol::{Counts, Event, GameStateUpdate, decode};
use pianola::table::{Fault, FaultyStream, GameStream, Message};
use rust_decimal::Decimal;

pub type Timed = (DateTime<Utc>, GameStateUpdate);

/// Returns the updates of a client that connects at the start, up to the genesis after `games` games.
pub fn updates(seed: u64, games: usize, faults: &[Fault]) -> Vec<Timed> {
    let mut stream = FaultyStream::new(GameStream::seeded(seed), faults);
    let mut at: DateTime<Utc> = "2026-01-01T00:00:00Z".parse().expect("a time");
    let mut counts = Counts::default();
    let mut updates: Vec<Timed> = Vec::new();
    let mut ids = std::collections::BTreeSet::new();
    let mut take = |messages: &[Message], at| {
        for message in messages {
            if let Some(Event::GameState(update)) =
                decode(&message.event, &message.args, &mut counts)
            {
                ids.insert(update.game_id.clone());
                updates.push((at, *update));
            }
        }
        ids.len() > games && updates.last().is_some_and(|(_, u)| u.history.is_some())
    };
    take(&stream.greeting(), at);
    loop {
        let step = stream.next_step();
        at += Duration::microseconds(step.delay_micros.cast_signed());
        if take(&step.messages, at) {
            return updates;
        }
    }
}

/// What really happened in a game.
#[derive(Debug, Clone, PartialEq)]
pub struct Truth {
    pub seed: Option<String>,
    pub prices: Vec<Decimal>,
}

/// Reads the truth from an undamaged stream: live prices, and the seeds that its histories reveal.
pub fn truth(updates: &[Timed]) -> BTreeMap<String, Truth> {
    let mut all: BTreeMap<String, Truth> = BTreeMap::new();
    for (_, update) in updates {
        let id = update.game_id.as_str().to_owned();
        if update.active == Some(true) {
            let game = all.entry(id).or_insert(Truth {
                seed: None,
                prices: Vec::new(),
            });
            if let Some(list) = &update.prices {
                game.prices = list.iter().map(|p| p.expect("a price")).collect();
            }
            let window = update
                .partial_prices
                .iter()
                .flat_map(|window| &window.values);
            for (tick, price) in window {
                let tick = usize::try_from(*tick).expect("a tick");
                if tick == game.prices.len() {
                    game.prices.push(price.expect("a price"));
                }
            }
        }
        for entry in update.history.iter().flatten() {
            if let Some(game) = all.get_mut(entry.id.as_str()) {
                game.seed.clone_from(&entry.seed);
            }
        }
    }
    all
}

/// Fails unless the game says nothing but the truth, and says what it does not know.
pub fn assert_true(game: &Game, truth: &Truth, what: &str) {
    use pianola::fairness::ProofStatus;
    let prices = game.prices.as_slice();
    assert!(prices.len() <= truth.prices.len(), "{what}: too long");
    for (tick, (seen, real)) in prices.iter().zip(&truth.prices).enumerate() {
        assert!(
            seen.is_none_or(|seen| seen == *real),
            "{what}: tick {tick}: {seen:?}, really {real}"
        );
    }
    let whole = prices.len() == truth.prices.len() && prices.iter().all(Option::is_some);
    assert_eq!(
        game.complete(),
        whole && game.rug_tick.is_some(),
        "{what}: completeness"
    );
    assert_ne!(
        game.proof.status,
        ProofStatus::Mismatch,
        "{what}: {:?}",
        game.proof
    );
    if matches!(
        game.proof.status,
        ProofStatus::Proven | ProofStatus::Repaired
    ) {
        assert_eq!(game.seed, truth.seed, "{what}: seed");
        assert_eq!(
            prices.len(),
            truth.prices.len(),
            "{what}: proven, so the length is known"
        );
        let holes = prices[..prices.len() - 1]
            .iter()
            .filter(|p| p.is_none())
            .count();
        assert_eq!(
            holes, 0,
            "{what}: proven, so every hole but the rug is healed"
        );
    } else {
        assert!(game.proof.reason.is_some(), "{what}: no reason");
    }
    let counts = game.prices.counts();
    let counted = counts.live + counts.partial + counts.snapshot + counts.history + counts.seed;
    assert_eq!(
        counted as usize,
        prices.iter().flatten().count(),
        "{what}: sources"
    );
    assert_eq!(
        counts.seed as usize,
        game.prices.repaired().len(),
        "{what}: repaired"
    );
}
