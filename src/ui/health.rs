//! How the connection is and how much of the program runs: the lamp in the top bar, and behind it the whole story.

use chrono::{DateTime, Local, Utc};

use super::format::{count, delay, escaped, seconds};
use super::theme::{GRID, Level, Theme, digits};
use super::top_bar::{Lamp, feed_lamp};
use crate::capture::CaptureState;
use crate::engine::View;
use crate::feed::health::{Health, HealthState, IntervalStatistics, OperatingMode, StateChange};

/// Width of the lamp: what it says when all is well and when it is not fits, and nothing beside it moves.
const LAMP: f32 = 136.0;
/// Width of the panel.
const PANEL: f32 = 460.0;
/// Height of the changes; what is older is scrolled.
const CHANGES: f32 = 140.0;
/// Changes that are told.
const TOLD: usize = 20;

/// Returns why the mode is what it is.
pub fn why_mode(health: &Health) -> String {
    let newest = health.mode_changes.newest();
    newest.map_or("nothing went wrong".to_owned(), |change| {
        escaped(&change.reason)
    })
}

/// Draws the lamp; a click on it opens the panel.
pub fn health_lamp_ui(ui: &mut egui::Ui, view: &View, now: DateTime<Utc>) {
    let theme = Theme::of(ui);
    let Lamp { text, tip, level } = feed_lamp(view, now);
    let text = egui::RichText::new(text).color(theme.level(level));
    let lamp = egui::Button::new(text)
        .right_text(egui::RichText::new("▾").color(theme.quiet))
        .frame_when_inactive(false)
        .min_size(egui::vec2(LAMP, 0.0));
    let lamp = ui.add(lamp);
    // A name of its own: what appears beside the lamp makes it no other panel.
    egui::Popup::from_toggle_button_response(&lamp)
        .id(egui::Id::unique("health panel"))
        .close_behavior(egui::PopupCloseBehavior::CloseOnClickOutside)
        .show(|ui| panel_ui(ui, view, now));
    lamp.on_hover_text(format!("{tip}\nClick for all of it"));
}

fn panel_ui(ui: &mut egui::Ui, view: &View, now: DateTime<Utc>) {
    let theme = Theme::of(ui);
    let health = &*view.health;
    ui.set_width(PANEL);
    state_ui(ui, theme, health);
    ui.separator();
    egui::Grid::new("health").num_columns(2).show(ui, |ui| {
        for (name, words) in figures(view, now) {
            ui.label(egui::RichText::new(name).color(theme.quiet));
            ui.add(egui::Label::new(digits(words, 12.0)).wrap());
            ui.end_row();
        }
    });
    ui.separator();
    changes_ui(ui, theme, health);
}

/// State and mode, each with its reasons.
fn state_ui(ui: &mut egui::Ui, theme: Theme, health: &Health) {
    let look = |bad: bool| theme.level(if bad { Level::Look } else { Level::Fine });
    let mut line = |word: String, bad: bool, why: String| {
        let sign = if bad { "⚠ " } else { "" };
        let word = egui::RichText::new(format!("{sign}{word}")).strong();
        ui.label(word.color(look(bad)));
        ui.add(egui::Label::new(why).wrap());
    };
    let reasons: Vec<_> = health.reasons.iter().map(ToString::to_string).collect();
    let why = match (reasons.is_empty(), health.state) {
        (false, _) => escaped(&reasons.join("; ")),
        (true, HealthState::Unknown) => "no update came yet".to_owned(),
        (true, _) => "all is well".to_owned(),
    };
    let bad = health.state >= HealthState::Degraded;
    line(format!("Connection {}", health.state), bad, why);
    let effect = match health.mode {
        OperatingMode::Normal => "everything runs",
        OperatingMode::Degraded => "fewer pictures a second, nothing that only decorates",
        OperatingMode::Minimal => "only price, phase, wallet, buttons and the recorder",
        OperatingMode::Offline => "nothing can be traded",
    };
    let why = format!("{effect}: {}", why_mode(health));
    let bad = health.mode != OperatingMode::Normal;
    line(format!("Mode {}", health.mode), bad, why);
    ui.label(egui::RichText::new("The recording is never reduced.").color(theme.quiet));
}

/// Everything that has a number, by name.
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
    let told = &health.notices;
    let mut figures = vec![
        ("Last message", age),
        ("Between updates", interval_words(&health.interval)),
        ("Spikes", spike_words(&health.interval)),
        ("Last of them", last_words(&health.interval)),
        ("Last minute", minute),
        (
            "Queue",
            format!("{} of {} wait, {full}", queue.waiting, queue.room),
        ),
        (
            "Notices",
            format!("{} told, {} held back", told.allowed, told.held),
        ),
    ];
    if !health.unreadable.is_empty() {
        let names: Vec<_> = health.unreadable.iter().map(|name| escaped(name)).collect();
        figures.push(("Cannot be read", names.join(", ")));
    }
    figures.extend(capture_words(&view.capture).map(|words| ("Raw capture", words)));
    figures
}

/// What the raw capture does; nothing while it is off and all is well.
pub fn capture_words(capture: &CaptureState) -> Option<String> {
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

fn interval_words(interval: &IntervalStatistics) -> String {
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

fn spike_words(interval: &IntervalStatistics) -> String {
    let IntervalStatistics {
        spikes,
        samples,
        total_spikes,
        ..
    } = interval;
    format!("{spikes} of {samples}; {total_spikes} with stalls since the start")
}

fn last_words(interval: &IntervalStatistics) -> String {
    interval
        .last
        .map_or("none since the start".to_owned(), |last| {
            format!("{} {last}", clock(last.at))
        })
}

/// The last changes of state and mode, newest first.
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
    // Those of one moment stay in their order.
    rows.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
    if rows.is_empty() {
        let text = "No change yet: each one is told here, with its time and its reason.";
        ui.label(egui::RichText::new(text).color(theme.quiet));
        return;
    }
    egui::ScrollArea::vertical()
        .id_salt("changes")
        .max_height(CHANGES)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = GRID / 2.0;
            for (_, words) in rows.into_iter().take(TOLD) {
                ui.add(egui::Label::new(egui::RichText::new(words).small()).wrap());
            }
        });
}

fn clock(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%H:%M:%S").to_string()
}
