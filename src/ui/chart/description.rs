//! The chart in words: the line under the plot, and a description of the whole chart for screen readers.

use super::downsample::{CANDLE, Candle};
use super::marks::{ChartMarks, SidebetMark, SidebetOutcome, TradeMarkKind};
use crate::engine::{PriceSeries, View};
use crate::game::Phase;
use crate::protocol::Tick;
use crate::ui::format::multiplier;

/// Marks described at one tick.
const MAX_MARKS: usize = 3;

/// Returns what is at a tick, with the marks up to `near` ticks away.
pub fn at_tick(
    series: &PriceSeries,
    marks: &ChartMarks,
    candles: bool,
    tick: Tick,
    near: Tick,
) -> String {
    let known = |price: Option<f64>| price.map_or("–".to_owned(), multiplier);
    let index = tick as usize;
    let mut parts = Vec::new();
    parts.push(if candles {
        let first = index / CANDLE * CANDLE;
        let candle = Candle::at(&series.prices, first);
        let part = |of: fn(&Candle) -> f64| known(candle.as_ref().map(of));
        format!(
            "ticks {first}–{}  open {}  high {}  low {}  close {}",
            first + CANDLE - 1,
            part(|candle| candle.open),
            part(|candle| candle.high),
            part(|candle| candle.low),
            part(|candle| candle.close)
        )
    } else {
        let price = series.prices.get(index).copied().flatten();
        format!("tick {tick:>4}  {:>8}", known(price))
    });
    let trades = marks.trades.iter();
    let trades = trades.filter(|trade| trade.tick.abs_diff(tick) <= near);
    parts.extend(trades.take(MAX_MARKS).map(|trade| trade.words.clone()));
    let inside = |bet: &&SidebetMark| (bet.start..=bet.end).contains(&tick);
    let sidebet = marks.sidebets.iter().rev().find(inside);
    parts.extend(sidebet.map(|bet| format!("sidebet {} SOL until tick {}", bet.stake, bet.end)));
    parts.join("   ")
}

/// Returns what will appear on an empty chart.
pub fn empty_chart(view: &View) -> &'static str {
    match view.phase {
        Phase::Unknown => {
            "Waiting for the first update.\nThe price appears here as soon as a game is seen, from 1.00x at its start to the rug."
        }
        _ => {
            "The price of the next game appears here, from 1.00x at its start to the rug.\nYour entries, exits and sidebets are marked on it."
        }
    }
}

/// Returns the chart as a text: game, phase, price, peak, trades, position and sidebets.
pub fn chart(view: &View, marks: &ChartMarks) -> String {
    let series = &view.series;
    let Some((tick, price)) = series.newest() else {
        let words = empty_chart(view).replace('\n', " ");
        return format!("Price chart, empty. {words}");
    };
    let game = series.game_id.as_ref();
    let game = game.map_or(String::new(), |id| format!(" of game {id}"));
    let state = match series.rug_tick {
        Some(rug) => format!("Rugged at tick {rug}"),
        None => format!("Tick {tick}"),
    };
    let mut parts = vec![format!(
        "Price chart{game}. {state}, price {}.",
        multiplier(price)
    )];
    if let Some((tick, peak)) = series.peak() {
        parts.push(format!("Peak {} at tick {tick}.", multiplier(peak)));
    }
    let count = |n: usize, one: &str, more: &str| match n {
        0 => None,
        1 => Some(format!("1 {one}.")),
        n => Some(format!("{n} {more}.")),
    };
    let sidebets = |outcome| {
        let sidebets = marks.sidebets.iter();
        sidebets.filter(move |bet| bet.outcome == outcome)
    };
    let won = sidebets(SidebetOutcome::Won).count();
    let lost = sidebets(SidebetOutcome::Lost).count();
    parts.extend(count(marks.count(TradeMarkKind::Entry), "entry", "entries"));
    parts.extend(count(marks.count(TradeMarkKind::Exit), "exit", "exits"));
    if let Some((_, Some(cost))) = marks.cost.last() {
        let cost = multiplier(*cost);
        parts.push(format!("Position held, average cost {cost}."));
    }
    parts.extend(count(won, "sidebet won", "sidebets won"));
    parts.extend(count(lost, "sidebet lost", "sidebets lost"));
    let running = sidebets(SidebetOutcome::Running).next();
    parts.extend(running.map(|bet| format!("Sidebet runs until tick {}.", bet.end)));
    parts.join(" ")
}
