//! The connection lamp and its panel: health of the connection, operating mode, and the figures behind both.

use chrono::{DateTime, Utc};

use super::format::{clock, count, delay, escaped, seconds};
use super::lamp::{Lamp, feed_lamp, mode_reason};
use super::theme::{GRID, StatusLevel, Theme, digits, small};
use crate::capture::CaptureState;
use crate::engine::View;
use crate::feed::health::{Health, HealthState, IntervalStatistics, OperatingMode, StateChange};

/// Width of the lamp. All its texts fit, so that nothing beside it moves.
const LAMP: f32 = 136.0;
/// Width of the panel.
const PANEL: f32 = 460.0;
/// Height of the list of changes; older ones scroll.
const CHANGES_HEIGHT: f32 = 140.0;
/// Changes listed.
const MAX_CHANGES: usize = 20;

/// Draws the lamp. A click opens the panel.
pub fn health_lamp_ui(ui: &mut egui::Ui, view: &View, now: DateTime<Utc>) {
    let theme = Theme::of(ui);
    let Lamp { text, tip, level } = feed_lamp(view, now);
    let text = egui::RichText::new(text).color(theme.level(level));
    let lamp = egui::Button::new(text)
        .right_text(egui::RichText::new("▾").color(theme.quiet))
        .frame_when_inactive(false)
        .min_size(egui::vec2(LAMP, 0.0));
    let lamp = ui.add(lamp);
    // A fixed id: widgets that appear beside the lamp must not change the popup's id.
    egui::Popup::from_toggle_button_response(&lamp)
        .id(egui::Id::unique("health panel"))
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| panel_ui(ui, view, now));
    lamp.on_hover_text(format!("{tip}\nClick for all of it"));
}

fn panel_ui(ui: &mut egui::Ui, view: &View, now: DateTime<Utc>) {
    let theme = Theme::of(ui);
    ui.set_width(PANEL);
    state_ui(ui, theme, &view.health);
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
}

/// Draws state and mode, each with its reasons.
fn state_ui(ui: &mut egui::Ui, theme: Theme, health: &Health) {
    let mut line = |word: String, bad: bool, reason: String| {
        let (sign, level) = if bad {
            ("⚠ ", StatusLevel::Warning)
        } else {
            ("", StatusLevel::Ok)
        };
        let word = egui::RichText::new(format!("{sign}{word}")).strong();
        ui.colored_label(theme.level(level), word);
        ui.add(egui::Label::new(reason).wrap());
    };
    let reasons: Vec<_> = health.reasons.iter().map(ToString::to_string).collect();
    let reason = match (reasons.is_empty(), health.state) {
        (false, _) => escaped(&reasons.join("; ")),
        (true, HealthState::Unknown) => "no update came yet".to_owned(),
        (true, _) => "all is well".to_owned(),
    };
    let bad = health.state >= HealthState::Degraded;
    line(format!("Connection {}", health.state), bad, reason);
    let effect = match health.mode {
        OperatingMode::Normal => "everything runs",
        OperatingMode::Degraded => "fewer pictures a second, nothing that only decorates",
        OperatingMode::Minimal => "only price, phase, wallet, buttons and the recorder",
        OperatingMode::Offline => "nothing can be traded",
    };
    let reason = format!("{effect}: {}", mode_reason(health));
    let bad = health.mode != OperatingMode::Normal;
    line(format!("Mode {}", health.mode), bad, reason);
    ui.colored_label(theme.quiet, "The recording is never reduced.");
}

/// Returns all figures of the connection by name.
fn figures(view: &View, now: DateTime<Utc>) -> Vec<(&'static str, String)> {
    let health = &*view.health;
    let age = view.last_event.map_or("nothing came yet".to_owned(), |at| {
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
    let notices = &health.notices;
    let notices = format!("{} told, {} held back", notices.allowed, notices.held);
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
        ("Spikes", spikes),
        ("Last of them", last_spike),
        ("Last minute", minute),
        ("Queue", queue),
        ("Notices", notices),
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
        return Some("on, nothing came yet".to_owned());
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
        let text = "No change yet: each one is told here, with its time and its reason.";
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
