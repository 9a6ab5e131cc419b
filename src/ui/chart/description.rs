//! The chart in words: what will appear on an empty one, and a description of the whole chart for screen readers.

use super::axes::Crosshair;
use super::marks::{ChartMarks, SidebetOutcome, TradeMarkKind};
use super::player_marks;
use crate::engine::View;
use crate::game::Phase;
use crate::ui::format::multiplier;
use crate::ui::notes::ShownNote;

/// Returns what will appear on an empty chart.
pub fn empty_chart(view: &View) -> &'static str {
    match view.phase {
        Phase::Unknown => {
            "Waiting for the first data.\nThe price appears here as soon as a game runs, from 1.00x at its start to the rug."
        }
        _ => {
            "The price of the next game appears here, from 1.00x at its start to the rug.\nYour entries, exits and sidebets are marked on it."
        }
    }
}

/// Returns the chart as a text: game, phase, price, peak, trades, position, sidebets, notes, and what is at the pointer.
pub fn chart(
    view: &View,
    marks: &ChartMarks,
    notes: &[ShownNote],
    crosshair: Option<Crosshair>,
) -> String {
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
    let flags = player_marks::flagged(notes, series).count();
    parts.extend(count(flags, "note", "notes"));
    parts.extend(crosshair.map(|hair| {
        let level = multiplier(hair.price);
        format!("Pointer at tick {}, {level}.", hair.tick)
    }));
    parts.join(" ")
}
