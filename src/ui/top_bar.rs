//! The top bar: what is on (source, feed, drift, recorder), always visible.

use std::path::Path;

use chrono::{DateTime, Local, Utc};

use super::browser::{is_mirrored, tap_of};
use super::command::{KEYS, KeyCommand};
use super::format::{count, seconds};
use super::health::{health_lamp_ui, why_mode};
use super::theme::{Level, NARROW, Theme};
use crate::account::WalletKind;
use crate::engine::{Command, View};
use crate::feed::FeedState;
use crate::feed::health::OperatingMode;
use crate::trading::{Agreement, DriftBadge, FieldComparison};

/// A lamp: a sign, a word and a colour, with the whole story on hover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lamp {
    /// The sign and the word; readable without the colour.
    pub text: String,
    /// More about it.
    pub tip: String,
    /// How much it wants to be looked at.
    pub level: Level,
}

impl Lamp {
    fn new(level: Level, text: impl Into<String>, tip: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tip: tip.into(),
            level,
        }
    }
}

/// Says how the feed is, and how old its last word; where not everything runs, the mode.
pub fn feed_lamp(view: &View, now: DateTime<Utc>) -> Lamp {
    let age = view.last_event.map(|at| seconds(now - at));
    let age = age.as_deref().unwrap_or("–");
    let mode = view.health.mode;
    let less = matches!(mode, OperatingMode::Degraded | OperatingMode::Minimal);
    match &view.feed {
        FeedState::Up { .. } if less => Lamp::new(
            Level::Look,
            format!("⚠ {mode} {age}"),
            format!("The server is heard; {}", why_mode(&view.health)),
        ),
        FeedState::Up { .. } => match is_mirrored(view).then(|| tap_of(view)) {
            Some(tap) if tap.needs_attention() => {
                Lamp::new(Level::Look, format!("⚠ browser {age}"), tap.to_string())
            }
            Some(tap) => Lamp::new(Level::Fine, format!("● browser {age}"), tap.to_string()),
            None => Lamp::new(Level::Fine, format!("● fresh {age}"), "The server is heard"),
        },
        FeedState::Stale { .. } => {
            let word = if less {
                mode.to_string()
            } else {
                "stale".to_owned()
            };
            Lamp::new(
                Level::Look,
                format!("◌ {word} {age}"),
                "The server says nothing; no order is sent until it does",
            )
        }
        FeedState::Connecting { attempt } => Lamp::new(
            Level::Look,
            format!("… connecting ({attempt})"),
            "The connection is being made",
        ),
        FeedState::Down { why, next_try_in } => {
            let wait = seconds(chrono::Duration::from_std(*next_try_in).unwrap_or_default());
            let tip = if next_try_in.is_zero() {
                why.to_string()
            } else {
                format!("{why}\nNext try in {wait}")
            };
            Lamp::new(Level::Wrong, format!("✖ offline {age}"), tip)
        }
        FeedState::Stopped => Lamp::new(Level::Quiet, "✖ stopped", "The feed has ended"),
    }
}

/// Says whether our account and the server's agree.
pub fn drift_lamp(view: &View) -> Lamp {
    let Some(trader) = &view.trader else {
        return Lamp::new(
            Level::Quiet,
            "drift –",
            "Nobody plays: there is nothing to compare",
        );
    };
    if trader.wallet == WalletKind::Local {
        return Lamp::new(
            Level::Quiet,
            "drift –",
            "The wallet is local: there is no server's account to compare with",
        );
    }
    if let Some(badge) = &trader.drift {
        return drifted(badge);
    }
    if !matches!(view.feed, FeedState::Up { .. }) {
        return Lamp::new(
            Level::Quiet,
            "drift –",
            "Nothing is heard of the server: there is nothing to compare with",
        );
    }
    let Some(last) = &trader.verification else {
        return Lamp::new(Level::Quiet, "drift –", "Not compared yet");
    };
    let n = last.total_verifications;
    match last.agreement {
        Agreement::Ok | Agreement::Drift => Lamp::new(
            Level::Fine,
            "drift ✔",
            format!(
                "Our account agrees with the server's; compared {n} times, {}",
                count(last.drift_count, "drift")
            ),
        ),
        Agreement::Pending => Lamp::new(
            Level::Look,
            "drift …",
            "An own order is on its way; its answer decides",
        ),
        Agreement::NotComparable => Lamp::new(
            Level::Quiet,
            "drift –",
            "The server does not tell all of the account",
        ),
    }
}

fn drifted(badge: &DriftBadge) -> Lamp {
    let n = count(badge.last.drift_count, "drift");
    Lamp::new(
        Level::Wrong,
        "⚠ DRIFT",
        format!(
            "{}\n{n} so far; our account follows the server",
            drift_words(badge)
        ),
    )
}

/// Says what drifted: both values, the difference and since when.
pub fn drift_words(badge: &DriftBadge) -> String {
    let line = |name: &str, compared: &FieldComparison| {
        let shown = |value: Option<rust_decimal::Decimal>| {
            value.map_or("none".to_owned(), |v| v.normalize().to_string())
        };
        let (here, there) = (shown(compared.local), shown(compared.server));
        let apart = compared.diff.normalize();
        (!compared.ok).then(|| format!("{name} {here} here, {there} at the server, {apart} apart"))
    };
    let last = &badge.last;
    let lines = [
        line("balance", &last.balance),
        line("position", &last.position),
        line("entry price", &last.entry_price),
    ];
    let lines: Vec<_> = lines.into_iter().flatten().collect();
    let clock = |at: DateTime<Utc>| at.with_timezone(&Local).format("%H:%M:%S").to_string();
    let over = badge
        .cleared_at
        .map_or(String::new(), |at| format!(", over at {}", clock(at)));
    let since = clock(badge.since);
    format!("drift since {since}{over}: {}", lines.join("; "))
}

/// Says what the recorder does.
pub fn recorder_lamp(view: &View, folder: &Path) -> Lamp {
    let recorder = &view.recorder;
    let lost = recorder.lost().map_or(String::new(), |lost| {
        format!("Lost while the disk took nothing: {lost}.\n")
    });
    if let Some(trouble) = &recorder.trouble {
        let tip = format!("{lost}{}", trouble);
        return Lamp::new(Level::Wrong, "NOT RECORDING", tip);
    }
    let games = count(recorder.saved_games, "game");
    let recording = &view.recording;
    let (level, short, text) = match (recording.active, recording.this_game) {
        (true, true) => (Level::Fine, "● REC", format!("● REC {games}")),
        (true, false) => {
            let text = format!("◍ REC from the next game, {games}");
            (Level::Fine, "◍ REC", text)
        }
        (false, _) if recording.auto_record => {
            let text = format!("◍ REC at the next start, {games}");
            (Level::Fine, "◍ REC", text)
        }
        (false, _) => {
            let text = format!("○ not recording, {games}");
            (Level::Quiet, "○ not recording", text)
        }
    };
    let now = view.tick.map_or(String::new(), |tick| {
        format!(
            "Game on the table: {} ticks, {} missing.\n",
            tick + 1,
            view.holes
        )
    });
    let left = recorder.low_space.map_or(String::new(), |left| {
        format!("The disk has {left} MB left: make room, recording ends when it is full.\n")
    });
    // What is wrong outlasts its notice; the number of games is in the tip.
    let (level, text) = match (recorder.low_space, lost.is_empty()) {
        (Some(left), _) => (Level::Look, format!("{short} ⚠ {left} MB left")),
        (None, false) => (Level::Look, format!("{short} ⚠ incomplete")),
        (None, true) => (level, text),
    };
    let tip = format!(
        "{left}{lost}{now}{games} recorded to {}.\nGames in which you act are always recorded; your moves, too.",
        folder.display()
    );
    Lamp::new(level, text, tip)
}

/// What the bar shows beside the view.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The trade keys are armed.
    pub armed: bool,
    /// Where is recorded.
    pub folder: &'a Path,
    /// The time.
    pub now: DateTime<Utc>,
}

/// Draws the bar, `lead` first (name, tabs, source); returns what was pressed.
pub fn top_bar_ui(
    ui: &mut egui::Ui,
    view: &View,
    lead: &mut dyn FnMut(&mut egui::Ui),
    facts: Facts<'_>,
) -> Vec<Pressed> {
    let theme = Theme::of(ui);
    let narrow = ui.available_width() < NARROW;
    let mut pressed = Vec::new();
    ui.horizontal_wrapped(|ui| {
        lead(ui);
        health_lamp_ui(ui, view, facts.now);
        lamp_ui(ui, theme, &drift_lamp(view));
        if let Some(identity) = view
            .trader
            .as_ref()
            .and_then(|trader| trader.identity.as_ref())
        {
            let name = identity.username.as_deref().unwrap_or("no name");
            // A name from the wire: escaped and cut, whatever is in it.
            let name: String = name.escape_debug().take(24).collect();
            ui.label(egui::RichText::new(name).color(theme.quiet));
        }
        if !narrow {
            switches_ui(ui, view, facts, theme, &mut pressed);
        }
    });
    if narrow {
        // Beside the rest there is no room for them.
        ui.horizontal(|ui| switches_ui(ui, view, facts, theme, &mut pressed));
    }
    pressed
}

fn switches_ui(
    ui: &mut egui::Ui,
    view: &View,
    facts: Facts<'_>,
    theme: Theme,
    pressed: &mut Vec<Pressed>,
) {
    // A name of its own: else a lamp that appears to its left would make it another menu, and close it.
    let layout = egui::Layout::right_to_left(egui::Align::Center);
    let own = egui::UiBuilder::new().scope_id(egui::Id::unique("switches"));
    ui.scope_builder(own.layout(layout), |ui| {
        ui.menu_button("Menu ▾", |ui| {
            for row in KEYS.iter().filter(|row| row.in_menu()) {
                let entry = egui::Button::new(row.text).shortcut_text(row.shown);
                if ui.add(entry).clicked() {
                    pressed.push(Pressed::Key(row.command));
                }
            }
        });
        let arm = if facts.armed {
            "keys armed"
        } else {
            "keys safe"
        };
        let arm = ui.selectable_label(facts.armed, arm);
        if arm.on_hover_text(KeyCommand::Arm.tip()).clicked() {
            pressed.push(Pressed::Key(KeyCommand::Arm));
        }
        let mut auto = view.recording.auto_record;
        if ui
            .checkbox(&mut auto, "Auto")
            .on_hover_text(KeyCommand::AutoRecord.tip())
            .changed()
        {
            pressed.push(Pressed::Engine(Command::AutoRecord(auto)));
        }
        let mut record = view.recording.record;
        if ui
            .checkbox(&mut record, "Record")
            .on_hover_text(KeyCommand::Record.tip())
            .changed()
        {
            pressed.push(Pressed::Engine(Command::Record(record)));
        }
        lamp_ui(ui, theme, &recorder_lamp(view, facts.folder));
    });
}

/// What was pressed in the bar.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Pressed {
    /// The same as a key.
    Key(KeyCommand),
    /// For the engine.
    Engine(Command),
}

fn lamp_ui(ui: &mut egui::Ui, theme: Theme, lamp: &Lamp) {
    let text = egui::RichText::new(&lamp.text).color(theme.level(lamp.level));
    ui.label(text).on_hover_text(&lamp.tip);
}
