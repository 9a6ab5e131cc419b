//! The chart in words: what stands under the crosshair, and all of it for those who do not see it.

use super::look::Style;
use super::marks::{Deed, Marks, Outcome};
use super::thin::{CANDLE, Candle};
use crate::engine::{PriceSeries, View};
use crate::protocol::Tick;
use crate::ui::format::multiplier;

/// Marks that are told at one tick.
const TOLD: usize = 3;

/// Says what stands at a tick. `near` ticks on both sides, its marks are told as well.
pub fn at_tick(
    series: &PriceSeries,
    marks: &Marks,
    style: Style,
    tick: Tick,
    near: Tick,
) -> String {
    let known = |price: Option<f64>| price.map_or("–".to_owned(), multiplier);
    let index = tick as usize;
    let mut text = match style {
        Style::Line => {
            let price = series.prices.get(index).copied().flatten();
            format!("tick {tick:>4}  {:>8}", known(price))
        }
        Style::Candles => {
            let first = index / CANDLE * CANDLE;
            let candle = Candle::at(&series.prices, first);
            let part = |of: fn(&Candle) -> f64| known(candle.as_ref().map(of));
            format!(
                "ticks {first}–{}  open {}  high {}  low {}  close {}",
                first + CANDLE - 1,
                part(|c| c.open),
                part(|c| c.high),
                part(|c| c.low),
                part(|c| c.close)
            )
        }
    };
    let here = marks
        .trades
        .iter()
        .filter(|t| t.tick.abs_diff(tick) <= near);
    for trade in here.take(TOLD) {
        text.push_str("   ");
        text.push_str(&trade.words);
    }
    let inside = |bet: &&super::marks::Bet| (bet.start..=bet.end).contains(&tick);
    if let Some(bet) = marks.bets.iter().rev().find(inside) {
        let words = format!("   sidebet {} SOL until tick {}", bet.stake, bet.end);
        text.push_str(&words);
    }
    text
}

/// Says what will appear on an empty chart.
pub fn nothing_yet(view: &View) -> &'static str {
    use crate::game::Phase;
    match view.phase {
        Phase::Unknown => {
            "Waiting for the first update.\nThe price appears here as soon as a game is seen, from 1.00x at its start to the rug."
        }
        _ => {
            "The price of the next game appears here, from 1.00x at its start to the rug.\nYour entries, exits and sidebets are marked on it."
        }
    }
}

/// Returns the chart as a text: game, phase, price, peak, what the player did and holds.
pub fn summary(view: &View, marks: &Marks) -> String {
    let series = &view.series;
    let Some((tick, price)) = series.newest() else {
        return format!(
            "Price chart, empty. {}",
            nothing_yet(view).replace('\n', " ")
        );
    };
    let game = series
        .game_id
        .as_ref()
        .map_or(String::new(), |id| format!(" of game {id}"));
    let mut text = match series.rug_tick {
        Some(rug) => format!(
            "Price chart{game}. Rugged at tick {rug}, price {}.",
            multiplier(price)
        ),
        None => format!(
            "Price chart{game}. Tick {tick}, price {}.",
            multiplier(price)
        ),
    };
    let mut add = |words: String| text.push_str(&words);
    if let Some((tick, peak)) = series.peak() {
        add(format!(" Peak {} at tick {tick}.", multiplier(peak)));
    }
    let count = |n: usize, one: &str, more: &str| match n {
        0 => String::new(),
        1 => format!(" 1 {one}."),
        n => format!(" {n} {more}."),
    };
    add(count(marks.count(Deed::Entry), "entry", "entries"));
    add(count(marks.count(Deed::Exit), "exit", "exits"));
    if let Some((_, Some(cost))) = marks.cost.last() {
        add(format!(
            " Position held, average cost {}.",
            multiplier(*cost)
        ));
    }
    let decided = |outcome| {
        marks
            .bets
            .iter()
            .filter(|bet| bet.outcome == outcome)
            .count()
    };
    add(count(decided(Outcome::Won), "sidebet won", "sidebets won"));
    add(count(
        decided(Outcome::Lost),
        "sidebet lost",
        "sidebets lost",
    ));
    if let Some(bet) = marks
        .bets
        .iter()
        .find(|bet| bet.outcome == Outcome::Running)
    {
        add(format!(" Sidebet runs until tick {}.", bet.end));
    }
    text
}
