//! The panel of the feed chip: health of the connection, operating mode, and the figures behind both.

use chrono::{DateTime, Utc};

use crate::capture::CaptureState;
use crate::engine::View;
use crate::feed::FeedState;
use crate::feed::health::{Health, HealthState, IntervalStatistics, OperatingMode, StateChange};
use crate::ui::degraded::mode_reason;
use crate::ui::format::{clock, count, delay, escaped, seconds};
use crate::ui::next_try::next_try_text;
use crate::ui::theme::role::{BODY, STRONG};
use crate::ui::theme::{GRID, Theme, digits, small};
use crate::ui::widgets::{Lamp, lamp_ui, link_ui, wrapped_ui};

/// Height of the list of changes; older ones scroll.
const CHANGES_HEIGHT: f32 = 140.0;
/// Changes listed.
const MAX_CHANGES: usize = 20;

/// Draws the panel. Returns whether the player wants to connect now.
pub fn feed_panel_ui(ui: &mut egui::Ui, view: &View, now: DateTime<Utc>) -> bool {
    let theme = Theme::of(ui);
    state_ui(ui, theme, &view.health);
    let mut tries_now = false;
    if matches!(view.feed, FeedState::Down { .. })
        && let Some(next_try) = next_try_text(&view.feed, now)
    {
        ui.horizontal(|ui| {
            ui.label(BODY.text(next_try));
            tries_now = link_ui(ui, "Try now").clicked();
        });
    }
    ui.separator();
    egui::Grid::new("health").num_columns(2).show(ui, |ui| {
        for (name, words) in figures(view, now) {
            ui.colored_label(theme.quiet, name);
            ui.add(egui::Label::new(digits(words, 12.0)).wrap());
            ui.end_row();
        }
    });
    ui.separator();
    changes_ui(ui, theme, &view.health);
    tries_now
}

/// Draws state and mode, each with its reasons.
fn state_ui(ui: &mut egui::Ui, theme: Theme, health: &Health) {
    let mut line = |word: String, bad: bool, reason: String| {
        ui.horizontal(|ui| {
            let (lamp, colour) = if bad {
                (Lamp::Look, theme.amber)
            } else {
                (Lamp::Checked, theme.text)
            };
            lamp_ui(ui, lamp);
            ui.label(STRONG.text(word).color(colour));
        });
        wrapped_ui(ui, theme.quiet, reason);
    };
    let reasons: Vec<_> = health.reasons.iter().map(ToString::to_string).collect();
    let reason = match (reasons.is_empty(), health.state) {
        (false, _) => escaped(&reasons.join("; ")),
        (true, HealthState::Unknown) => "No update received yet".to_owned(),
        (true, _) => "Connected, no problems".to_owned(),
    };
    let bad = health.state >= HealthState::Degraded;
    line(format!("Connection {}", health.state), bad, reason);
    let effect = match health.mode {
        OperatingMode::Normal => "Everything is drawn",
        OperatingMode::Degraded => "Drawing less to stay responsive",
        OperatingMode::Minimal => "Drawing only price, phase, wallet and buttons",
        OperatingMode::Offline => "No order can be sent",
    };
    let reason = format!("{effect}: {}", mode_reason(health));
    let bad = health.mode != OperatingMode::Normal;
    line(format!("Mode {}", health.mode), bad, reason);
    ui.colored_label(theme.quiet, "Recording always keeps full detail.");
}

/// Returns all figures of the connection by name.
fn figures(view: &View, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let health = &*view.health;
    let age = view
        .last_event
        .map_or("nothing received yet".to_owned(), |at| {
            format!("{} ago", seconds(now - at))
        });
    let rates = &health.rates;
    let minute = format!(
        "{}, {}, {} of {} missed",
        count(rates.events, "message"),
        count(rates.errors, "error"),
        rates.drops,
        count(rates.ticks.saturating_add(rates.drops), "tick"),
    );
    let queue = &health.queue;
    let full = match queue.overflows {
        0 => "never full".to_owned(),
        times => format!("{} full: a gap each", count(times, "time")),
    };
    let queue = format!("{} of {} wait, {full}", queue.waiting, queue.room);
    let interval = &health.interval;
    let spikes = format!(
        "{} of {}; {} with stalls since the start",
        interval.spikes, interval.samples, interval.total_spikes
    );
    let last_spike = interval
        .last
        .map_or("none since the start".to_owned(), |last| {
            format!("{} {last}", clock(last.at))
        });
    let mut figures = vec![
        ("Last message", age),
        ("Between updates", interval_text(interval)),
        ("Delays", spikes),
        ("Last delay", last_spike),
        ("Last minute", minute),
        ("Queue", queue),
    ];
    if !health.unreadable.is_empty() {
        let names: Vec<_> = health.unreadable.iter().map(|name| escaped(name)).collect();
        figures.push(("Cannot be read", names.join(", ")));
    }
    figures.extend(capture_text(&view.capture).map(|words| ("Raw capture", words)));
    figures
}

/// Returns the state of the raw capture; `None` while it is off and has no problem.
pub fn capture_text(capture: &CaptureState) -> Option<String> {
    if let Some(trouble) = &capture.trouble {
        return Some(escaped(trouble));
    }
    if !capture.on {
        return None;
    }
    let Some(file) = &capture.file else {
        return Some("on, nothing received yet".to_owned());
    };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let size = capture.bytes.div_ceil(1_024);
    let lost = match capture.lost {
        0 => String::new(),
        lost => format!(", {} not in it", count(lost, "message")),
    };
    Some(format!("{}, {size} KiB{lost}", escaped(&name)))
}

fn interval_text(interval: &IntervalStatistics) -> String {
    if interval.samples == 0 {
        return "not measured yet".to_owned();
    }
    let short = |time| delay(chrono::Duration::from_std(time).unwrap_or_default());
    format!(
        "median {}, longest {}, of {}",
        short(interval.median),
        short(interval.max),
        interval.samples
    )
}

/// Draws the last changes of state and mode, newest first.
fn changes_ui(ui: &mut egui::Ui, theme: Theme, health: &Health) {
    fn row<S: std::fmt::Display>(name: &str, change: &StateChange<S>) -> (DateTime<Utc>, String) {
        let StateChange {
            at,
            from,
            to,
            reason,
        } = change;
        let words = format!("{} {name} {from} → {to}: {}", clock(*at), escaped(reason));
        (*at, words)
    }
    let modes = health.mode_changes.iter().rev();
    let states = health.state_changes.iter().rev();
    let mut rows: Vec<_> = modes
        .map(|change| row("mode", change))
        .chain(states.map(|change| row("connection", change)))
        .collect();
    // A stable sort: changes of the same moment keep their order.
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    if rows.is_empty() {
        let text = "No changes yet. Each one appears here with its time and reason.";
        ui.colored_label(theme.quiet, text);
        return;
    }
    egui::ScrollArea::vertical()
        .id_salt("changes")
        .max_height(CHANGES_HEIGHT)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID / 2.0;
            for (_, words) in rows.into_iter().take(MAX_CHANGES) {
                ui.add(egui::Label::new(small(words)).wrap());
            }
        });
}
