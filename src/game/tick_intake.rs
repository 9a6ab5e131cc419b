//! Takes the prices of one message into one game: live tick, window, snapshot, rug, and their anomalies.

use rust_decimal::Decimal;

use super::anomaly::Anomaly;
use super::arrival::{Arrival, TickClock};
use super::event::GameEvent;
use super::hole_filling::emit_gaps;
use super::one_game::{EndReason, Game};
use super::prices::PriceSource;
use crate::protocol::{GameStateUpdate, MAX_TICK, Tick};

/// A live tick further ahead than this is an anomaly, even after a stall (`docs/protocol.md`).
const MAX_JUMP: u32 = 20;

/// The ticks of one message, checked.
struct TickReading {
    tick: Option<Tick>,
    price: Option<Decimal>,
    window_end: Option<Tick>,
    anomalies: Vec<Anomaly>,
}

/// Takes every price of an active message into its game. `rugged`: the message is a rug; `fresh`: it is the first one of
/// a connection.
pub(super) fn take_prices(
    game: &mut Game,
    update: &GameStateUpdate,
    rugged: bool,
    (arrival, clock): (Arrival, &mut TickClock),
    fresh: bool,
    out: &mut Vec<GameEvent>,
) {
    let mut reading = read(update);
    // After the rug `tickCount` counts on; the window (or the list of a snapshot) ends at the rug. The first rugged
    // message decides.
    let rug_tick = game.rug_tick.or_else(|| {
        let counted = rugged.then_some(reading.tick)?;
        counted.map(|tick| reading.window_end.map_or(tick, |end| end.min(tick)))
    });
    let live_tick = if rugged { rug_tick } else { reading.tick };
    let large = update.prices.is_some() || update.history.is_some();
    if !rugged && !large {
        reading.anomalies.extend(odd_tick(game, live_tick, fresh));
    }
    for anomaly in std::mem::take(&mut reading.anomalies) {
        game.note_anomaly(anomaly, out);
    }

    let repeated = |tick| {
        game.prices.source(tick) == Some(PriceSource::Live)
            && game.prices.get(tick) == reading.price
    };
    if !large && live_tick.is_some_and(repeated) {
        game.duplicates = game.duplicates.saturating_add(1);
    }

    let mut offers: Vec<(Tick, Decimal, PriceSource)> = Vec::new();
    if let (Some(tick), Some(price)) = (live_tick, reading.price) {
        offers.push((tick, price, PriceSource::Live));
    }
    let last = rug_tick
        .or(reading.window_end)
        .or(reading.tick)
        .unwrap_or(0);
    for (tick, price) in update
        .partial_prices
        .iter()
        .flat_map(|window| &window.values)
    {
        if let (Ok(tick), Some(price)) = (Tick::try_from(*tick), *price)
            && tick <= last
        {
            offers.push((tick, price, PriceSource::Partial));
        }
    }
    for (price, tick) in update.prices.iter().flatten().zip(0..) {
        if let Some(price) = price.filter(|_| reading.tick.is_some_and(|end| tick <= end)) {
            offers.push((tick, price, PriceSource::Snapshot));
        }
    }
    insert(game, &offers, (rug_tick, clock.millis(arrival)), out);
    if let Some(tick) = live_tick {
        let speed = game.server.and_then(|server| server.speed);
        if clock.is_late(tick, arrival, speed)
            && !game.anomalies.contains_key(&Anomaly::LateArrival)
        {
            game.note_anomaly(Anomaly::LateArrival, out);
        }
    }

    let at = arrival.at;
    if let (true, None, Some(tick)) = (rugged, game.rug_tick, rug_tick) {
        game.emit(out, |game_id| GameEvent::Rugged { game_id, tick, at });
        game.end_with(EndReason::Rug, out);
    }
}

/// Reads tick, price and window of a message; missing and absurd values become anomalies.
fn read(update: &GameStateUpdate) -> TickReading {
    let unreadable = |key| update.unreadable.contains(&key);
    let as_tick = |tick: u64| Tick::try_from(tick).ok().filter(|tick| *tick <= MAX_TICK);
    let mut anomalies = Vec::new();
    let window = update.partial_prices.as_ref();

    let tick = update.tick_count.and_then(as_tick);
    let list_end = update
        .prices
        .as_ref()
        .and_then(|list| (list.len() as u64).checked_sub(1));
    let window_end = window.and_then(|w| w.end_tick).or(list_end);
    let bad_tick = update.tick_count.is_some() && tick.is_none()
        || window_end.is_some_and(|end| as_tick(end).is_none())
        || unreadable("tickCount")
        || window.is_some_and(|w| w.values.iter().any(|(tick, _)| as_tick(*tick).is_none()));
    if bad_tick {
        anomalies.push(Anomaly::BadTick);
    }

    let price = update.price.filter(|price| *price > Decimal::ZERO);
    let not_a_price = |price: &Option<Decimal>| price.is_none_or(|price| price <= Decimal::ZERO);
    let bad_price = update.price.is_some() && price.is_none()
        || unreadable("price")
        || window.is_some_and(|w| w.values.iter().any(|(_, price)| not_a_price(price)))
        || update
            .prices
            .as_ref()
            .is_some_and(|list| list.iter().any(not_a_price));
    if bad_price {
        anomalies.push(Anomaly::BadPrice);
    }

    let no_tick = update.tick_count.is_none() && !unreadable("tickCount");
    let no_price = update.price.is_none() && !unreadable("price");
    if no_tick || no_price {
        anomalies.push(Anomaly::FieldMissing);
    }
    TickReading {
        tick,
        price,
        window_end: window_end.and_then(as_tick),
        anomalies,
    }
}

/// Returns the anomaly of a live tick that goes back or jumps. Large messages are exempt: small ones overtake them.
fn odd_tick(game: &Game, tick: Option<Tick>, fresh: bool) -> Option<Anomaly> {
    let (tick, last) = (tick?, game.last_live?);
    if game.rug_tick.is_some() {
        return None;
    }
    match tick {
        _ if tick < last => Some(Anomaly::TickBackwards),
        _ if !fresh && tick - last > MAX_JUMP => Some(Anomaly::TickJump),
        _ => None,
    }
}

/// Inserts the offered prices, best source first; emits each new price and the filled gaps. `arrived` is in milliseconds
/// after the game's start, if it is known.
fn insert(
    game: &mut Game,
    offers: &[(Tick, Decimal, PriceSource)],
    (rug_tick, arrived): (Option<Tick>, Option<u32>),
    out: &mut Vec<GameEvent>,
) {
    let mut changed = Vec::new();
    let mut filled = Vec::new();
    for &(tick, price, source) in offers {
        let in_game = tick <= rug_tick.unwrap_or(MAX_TICK) && price > Decimal::ZERO;
        if !in_game {
            continue;
        }
        if let Some(known) = game.prices.get(tick) {
            if known != price && game.contradicted.insert(tick) {
                changed.push(tick);
            }
            continue;
        }
        game.emit(out, |game_id| GameEvent::PriceTick {
            game_id,
            tick,
            price,
            source,
            arrival: arrived.filter(|_| source == PriceSource::Live),
        });
        if source != PriceSource::Live {
            filled.push((tick, source));
        }
    }
    for _tick in changed {
        game.note_anomaly(Anomaly::PriceChanged, out);
    }
    emit_gaps(&game.id, &filled, out);
}
