//! The chips of the top bar: the connection, the comparison with the server, the recorder.

use chrono::{DateTime, Utc};

use super::browser::{browser_status, trades_in_browser};
use super::degraded::mode_reason;
use super::drift_text::NamedDifference;
use super::format::{count, seconds, signed_difference};
use super::layout::Breakpoint;
use super::next_try::next_try_text;
use super::widgets::{Chip, Lamp};
use crate::account::{DriftField, WalletKind};
use crate::engine::View;
use crate::feed::FeedState;
use crate::feed::health::OperatingMode;
use crate::trading::Agreement;

/// The chip of the connection, and the same where the player trades in a browser.
const FEED: &str = "Feed";
const BROWSER: &str = "Browser";

/// A chip before it is fitted to the width of the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The form of the lamp.
    pub lamp: Lamp,
    /// What the chip is about.
    pub label: &'static str,
    /// The value.
    pub value: String,
    /// The details on hover.
    pub tip: String,
}

impl Status {
    fn new(
        lamp: Lamp,
        label: &'static str,
        value: impl Into<String>,
        tip: impl Into<String>,
    ) -> Self {
        Self {
            lamp,
            label,
            value: value.into(),
            tip: tip.into(),
        }
    }

    /// Returns the accessible name: the same at every width, and with the warning that the lamp shows.
    pub fn name(&self) -> String {
        let warning = if self.lamp == Lamp::Look {
            ", warning"
        } else {
            ""
        };
        format!("{} {}{warning}", self.label, self.value)
    }

    fn is_feed(&self) -> bool {
        matches!(self.label, FEED | BROWSER)
    }
}

/// Returns the state of the connection and the age of the last message.
pub fn feed_status(view: &View, now: DateTime<Utc>) -> Status {
    let age = view.last_event.map(|at| seconds(now - at));
    let age = age.unwrap_or_else(|| "–".to_owned());
    let mode = view.health.mode;
    let reduced = matches!(mode, OperatingMode::Degraded | OperatingMode::Minimal);
    let new = |lamp, value: String, tip: String| Status::new(lamp, FEED, value, tip);
    match &view.feed {
        FeedState::Up { .. } if reduced => {
            let reason = mode_reason(&view.health);
            new(
                Lamp::Look,
                age,
                format!("Receiving data, mode {mode}: {reason}. Click for details"),
            )
        }
        FeedState::Up { .. } if trades_in_browser(view) => {
            let status = browser_status(view);
            let lamp = if status.needs_attention() {
                Lamp::Look
            } else {
                Lamp::Running
            };
            Status::new(lamp, BROWSER, age, format!("{status}. Click for details"))
        }
        FeedState::Up { .. } => {
            let tip = "Receiving data. Click for details";
            new(Lamp::Running, age, tip.to_owned())
        }
        FeedState::Stale { .. } => {
            let tip = "No data from the server: no order is sent until it comes. Click for details";
            new(Lamp::Look, age, tip.to_owned())
        }
        FeedState::Connecting { attempt, .. } => {
            let tip = format!("Connecting, attempt {attempt}. Click for details");
            new(Lamp::Off, "connecting".to_owned(), tip)
        }
        down @ FeedState::Down { why, .. } => {
            let next = next_try_text(down, now);
            let why = why.in_the_window();
            let tip = next.map_or(why.clone(), |next| format!("{why}\n{next}"));
            new(Lamp::Off, "offline".to_owned(), tip)
        }
        FeedState::Stopped => new(
            Lamp::Off,
            "stopped".to_owned(),
            "The feed has ended".to_owned(),
        ),
    }
}

/// Returns whether our account agrees with the server's.
pub fn drift_status(view: &View) -> Status {
    let new = |lamp, value: String, tip: &str| Status::new(lamp, "Drift", value, tip);
    let not_compared = |tip: &str| new(Lamp::Off, "–".to_owned(), tip);
    let Some(trader) = &view.trader else {
        return not_compared("Nothing to compare: you watch only");
    };
    if trader.wallet == WalletKind::Local {
        return not_compared("Nothing to compare: your paper balance is kept by Pianola alone");
    }
    if let Some(badge) = &trader.drift {
        let drift = NamedDifference::of(&badge.last);
        let value = match drift.field {
            DriftField::Balance => signed_difference(drift.amount()),
            DriftField::Position => "tokens".to_owned(),
            DriftField::EntryPrice => "average cost".to_owned(),
        };
        let tip = "The server and your orders differ. Click for what it means";
        return new(Lamp::Look, value, tip);
    }
    if !matches!(view.feed, FeedState::Up { .. }) {
        return not_compared("Nothing to compare: no data from the server");
    }
    let Some(last) = &trader.verification else {
        return not_compared("Not compared yet");
    };
    match last.agreement {
        Agreement::Ok | Agreement::Drift => {
            let times = last.total_verifications;
            let tip = format!(
                "Your orders explain the server's balance; compared {}",
                count(times, "time")
            );
            new(Lamp::Checked, "none".to_owned(), &tip)
        }
        Agreement::Pending => {
            let tip = "An order is on its way; the two are compared after its answer";
            new(Lamp::Off, "…".to_owned(), tip)
        }
        Agreement::NotComparable => not_compared("The server does not send the whole account"),
    }
}

/// Whether the running game is being recorded now.
pub fn is_recording(view: &View) -> bool {
    let recording = &view.recording;
    recording.active && recording.this_game && view.recorder.trouble.is_none()
}

/// Returns the state of the recorder.
pub fn recorder_status(view: &View) -> Status {
    let recorder = &view.recorder;
    let new = |lamp, value: String, tip: String| Status::new(lamp, "REC", value, tip);
    if let Some(trouble) = &recorder.trouble {
        return new(Lamp::Look, "not recording".to_owned(), trouble.clone());
    }
    let recording = &view.recording;
    let (lamp, value, tip) = if is_recording(view) {
        let reason = match (recording.record, recording.auto_record) {
            (true, _) => "until you stop it",
            (false, true) => "every game automatically",
            (false, false) => "you traded in this game",
        };
        let saved = format!("{} saved", recorder.saved_games);
        (
            Lamp::Recording,
            saved,
            format!("Recording this game: {reason}"),
        )
    } else if recording.active || recording.auto_record {
        let reason = if recording.record {
            "until you stop it"
        } else {
            "every game automatically"
        };
        (
            Lamp::Armed,
            "next game".to_owned(),
            format!("Records from the next game: {reason}"),
        )
    } else {
        let tip = "Not recording. A game you trade in is always saved";
        (Lamp::Off, "my games".to_owned(), tip.to_owned())
    };
    // A problem outlasts its notice.
    match (recorder.low_space, recorder.lost()) {
        (Some(left), _) => {
            let tip = format!("{tip}\nThe disk has {left} MB left: recording ends when it is full");
            new(Lamp::Look, format!("{left} MB left"), tip)
        }
        (None, Some(lost)) => {
            let tip = format!("{tip}\nNot saved, because the disk took nothing: {lost}");
            new(Lamp::Look, "incomplete".to_owned(), tip)
        }
        (None, None) => new(lamp, value, tip),
    }
}

/// Returns the lines under the choices of the recorder menu: the current game and the folder.
pub fn recorder_lines(view: &View, folder: &str) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(tick) = view.tick {
        let missing = match view.holes {
            0 => "none missing".to_owned(),
            holes => format!("{holes} missing"),
        };
        lines.push(format!(
            "Current game: {}, {missing}",
            count(tick + 1, "tick")
        ));
    }
    lines.push(format!(
        "{} saved in {folder}",
        count(view.recorder.saved_games, "game")
    ));
    lines
}

/// Returns the chip of a status in a window of this width.
pub fn chip_of(status: &Status, breakpoint: Breakpoint) -> Chip {
    let is_feed = status.is_feed();
    let is_recorder = status.label == "REC";
    let label = match breakpoint {
        Breakpoint::Tight => "",
        Breakpoint::Narrow if is_feed => "",
        _ => status.label,
    };
    let looks = status.lamp == Lamp::Look;
    let value = match breakpoint {
        Breakpoint::Tight if is_feed => status.value.trim_end_matches(" s"),
        Breakpoint::Narrow if is_feed || looks => &status.value,
        Breakpoint::Tight | Breakpoint::Narrow => "",
        _ => &status.value,
    };
    Chip {
        lamp: Some(status.lamp),
        label: label.to_owned(),
        value: value.to_owned(),
        strong: is_recorder,
        digits: !is_recorder && value.contains(|letter: char| letter.is_ascii_digit()),
        menu: is_recorder,
        tip: status.tip.clone(),
        least_width: 0.0,
    }
}
