//! The table's stream: its steps, its updates and their shapes.

use std::collections::BTreeSet;

use pianola::protocol::number::from_json;
use pianola::table::{GameStep, GameStream, StepKind};
use rust_decimal::Decimal;
use serde_json::Value;

/// The steps of the first games of a seed, up to the genesis of the one after.
pub fn steps(seed: u64, games: usize) -> Vec<GameStep> {
    let mut stream = GameStream::seeded(seed);
    let mut steps = Vec::new();
    let mut opened = 0;
    loop {
        let step = stream.next_step();
        opened += usize::from(step.kind == StepKind::Genesis);
        let done = opened > games;
        steps.push(step);
        if done {
            return steps;
        }
    }
}

/// The `gameStateUpdate`s of some steps, with their marks.
pub fn updates(steps: &[GameStep]) -> impl Iterator<Item = (StepKind, &Value)> {
    steps.iter().flat_map(|step| {
        let updates = step
            .messages
            .iter()
            .filter(|m| m.event == "gameStateUpdate");
        updates.map(|m| (step.kind, &m.args[0]))
    })
}

pub fn d(value: &Value) -> Decimal {
    from_json(value).unwrap_or_else(|| panic!("{value} is no number"))
}

pub fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

pub fn shape(update: &Value) -> &'static str {
    let has = |key| update.get(key).is_some();
    match (
        has("gameHistory"),
        has("prices"),
        has("tradeCount"),
        has("active"),
    ) {
        (true, true, ..) => "SNAPSHOT",
        (true, ..) => "FULL",
        (_, _, true, _) => "TICK",
        (_, _, _, true) => "START",
        _ => "COUNTDOWN",
    }
}
