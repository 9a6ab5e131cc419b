//! The lamps of the top bar: the connection, the comparison with the server, the recorder.

use std::path::Path;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::browser::{browser_status, trades_in_browser};
use super::format::{clock, count, escaped, seconds, std_seconds};
use super::theme::{StatusLevel, Theme};
use crate::account::WalletKind;
use crate::engine::View;
use crate::feed::FeedState;
use crate::feed::health::{Health, OperatingMode};
use crate::trading::{Agreement, DriftBadge, FieldComparison};

/// A lamp: a sign and a word, with details on hover.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lamp {
    /// The sign and the word; readable without the colour.
    pub text: String,
    /// The details.
    pub tip: String,
    /// How much attention it needs.
    pub level: StatusLevel,
}

impl Lamp {
    fn new(level: StatusLevel, text: impl Into<String>, tip: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            tip: tip.into(),
            level,
        }
    }
}

/// Draws a lamp.
pub fn lamp_ui(ui: &mut egui::Ui, lamp: &Lamp) {
    let colour = Theme::of(ui).level(lamp.level);
    ui.colored_label(colour, &lamp.text)
        .on_hover_text(&lamp.tip);
}

/// Returns the state of the connection and the age of the last message, in a reduced mode also the mode.
pub fn feed_lamp(view: &View, now: DateTime<Utc>) -> Lamp {
    let age = view.last_event.map(|at| seconds(now - at));
    let age = age.as_deref().unwrap_or("–");
    let mode = view.health.mode;
    let reduced = matches!(mode, OperatingMode::Degraded | OperatingMode::Minimal);
    match &view.feed {
        FeedState::Up { .. } if reduced => {
            let tip = format!("The server is heard; {}", mode_reason(&view.health));
            Lamp::new(StatusLevel::Warning, format!("⚠ {mode} {age}"), tip)
        }
        FeedState::Up { .. } if trades_in_browser(view) => {
            let status = browser_status(view);
            let (level, sign) = if status.needs_attention() {
                (StatusLevel::Warning, "⚠")
            } else {
                (StatusLevel::Ok, "●")
            };
            Lamp::new(level, format!("{sign} browser {age}"), status.to_string())
        }
        FeedState::Up { .. } => Lamp::new(
            StatusLevel::Ok,
            format!("● fresh {age}"),
            "The server is heard",
        ),
        FeedState::Stale { .. } => {
            let mode = mode.to_string();
            let word = if reduced { &mode } else { "stale" };
            Lamp::new(
                StatusLevel::Warning,
                format!("◌ {word} {age}"),
                "The server says nothing; no order is sent until it does",
            )
        }
        FeedState::Connecting { attempt } => Lamp::new(
            StatusLevel::Warning,
            format!("… connecting ({attempt})"),
            "The connection is being made",
        ),
        FeedState::Down { why, next_try_in } => {
            let tip = if next_try_in.is_zero() {
                why.to_string()
            } else {
                format!("{why}\nNext try in {}", std_seconds(*next_try_in))
            };
            Lamp::new(StatusLevel::Error, format!("✖ offline {age}"), tip)
        }
        FeedState::Stopped => Lamp::new(StatusLevel::Muted, "✖ stopped", "The feed has ended"),
    }
}

/// Returns the reason for the operating mode.
pub fn mode_reason(health: &Health) -> String {
    let newest = health.mode_changes.newest();
    newest.map_or("nothing went wrong".to_owned(), |change| {
        escaped(&change.reason)
    })
}

/// Returns whether our account agrees with the server's.
pub fn drift_lamp(view: &View) -> Lamp {
    let not_compared = |tip: &str| Lamp::new(StatusLevel::Muted, "drift –", tip);
    let Some(trader) = &view.trader else {
        return not_compared("Nobody plays: there is nothing to compare");
    };
    if trader.wallet == WalletKind::Local {
        return not_compared("The wallet is local: there is no server's account to compare with");
    }
    if let Some(badge) = &trader.drift {
        let drifts = count(badge.last.drift_count, "drift");
        let words = drift_text(badge);
        let tip = format!("{words}\n{drifts} so far; our account follows the server");
        return Lamp::new(StatusLevel::Error, "⚠ DRIFT", tip);
    }
    if !matches!(view.feed, FeedState::Up { .. }) {
        return not_compared("Nothing is heard of the server: there is nothing to compare with");
    }
    let Some(last) = &trader.verification else {
        return not_compared("Not compared yet");
    };
    match last.agreement {
        Agreement::Ok | Agreement::Drift => {
            let n = last.total_verifications;
            let drifts = count(last.drift_count, "drift");
            let tip = format!("Our account agrees with the server's; compared {n} times, {drifts}");
            Lamp::new(StatusLevel::Ok, "drift ✔", tip)
        }
        Agreement::Pending => Lamp::new(
            StatusLevel::Warning,
            "drift …",
            "An own order is on its way; its answer decides",
        ),
        Agreement::NotComparable => not_compared("The server does not send the whole account"),
    }
}

/// Returns what drifted: both values, the difference and the time.
pub fn drift_text(badge: &DriftBadge) -> String {
    let line = |name: &str, compared: &FieldComparison| {
        let text = |value: Option<Decimal>| {
            value.map_or("none".to_owned(), |value| value.normalize().to_string())
        };
        let (here, there) = (text(compared.local), text(compared.server));
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
    let over = badge
        .cleared_at
        .map_or(String::new(), |at| format!(", over at {}", clock(at)));
    let since = clock(badge.since);
    format!("drift since {since}{over}: {}", lines.join("; "))
}

/// Returns the state of the recorder.
pub fn recorder_lamp(view: &View, folder: &Path) -> Lamp {
    let recorder = &view.recorder;
    let lost = recorder.lost().map_or(String::new(), |lost| {
        format!("Lost while the disk took nothing: {lost}.\n")
    });
    if let Some(trouble) = &recorder.trouble {
        let tip = format!("{lost}{trouble}");
        return Lamp::new(StatusLevel::Error, "NOT RECORDING", tip);
    }
    let games = count(recorder.saved_games, "game");
    let recording = &view.recording;
    let (level, short, text) = match (recording.active, recording.this_game) {
        (true, true) => (StatusLevel::Ok, "● REC", format!("● REC {games}")),
        (true, false) => {
            let text = format!("◍ REC from the next game, {games}");
            (StatusLevel::Ok, "◍ REC", text)
        }
        (false, _) if recording.auto_record => {
            let text = format!("◍ REC at the next start, {games}");
            (StatusLevel::Ok, "◍ REC", text)
        }
        (false, _) => {
            let text = format!("○ not recording, {games}");
            (StatusLevel::Muted, "○ not recording", text)
        }
    };
    // A problem outlasts its notice. The number of games is in the tip.
    let (level, text) = match (recorder.low_space, lost.is_empty()) {
        (Some(left), _) => (StatusLevel::Warning, format!("{short} ⚠ {left} MB left")),
        (None, false) => (StatusLevel::Warning, format!("{short} ⚠ incomplete")),
        (None, true) => (level, text),
    };
    let current = view.tick.map_or(String::new(), |tick| {
        let ticks = tick + 1;
        format!(
            "Game on the table: {ticks} ticks, {} missing.\n",
            view.holes
        )
    });
    let left = recorder.low_space.map_or(String::new(), |left| {
        format!("The disk has {left} MB left: make room, recording ends when it is full.\n")
    });
    let folder = folder.display();
    let tip = format!(
        "{left}{lost}{current}{games} recorded to {folder}.\nGames in which you act are always recorded; your moves, too."
    );
    Lamp::new(level, text, tip)
}
