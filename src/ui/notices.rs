//! What happened beside the game: one line at the bottom of the window, always there, and the last hundred on request.
//! The same words again raise a number; nothing piles up and nothing covers anything.

use std::collections::VecDeque;

use chrono::{DateTime, Duration, Utc};

use super::format::{count, escaped};
use super::theme::{GRID, Level, Theme, digits};
use crate::account::{Action, ActionStatus};
use crate::engine::Notice;
use crate::feed::health::{Alarm, GapStatus, HealthState, OperatingMode};
use crate::game::Anomaly;
use crate::recording::{SavedGame, SavedSession};
use crate::trading::PlayerEvent;

/// So many are kept.
const KEPT: usize = 100;
/// The same words within this time are one notice.
const SAME_WITHIN: Duration = Duration::seconds(60);
/// So long a notice has its colour; then it stays in a quiet one.
const FRESH: Duration = Duration::seconds(8);
/// Height of the line.
pub const HEIGHT: f32 = 7.0 * GRID;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// When, the last time.
    pub at: DateTime<Utc>,
    /// How much it wants to be looked at.
    pub level: Level,
    /// What.
    pub text: String,
    /// How often.
    pub times: u32,
}

/// The notices, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Notices(VecDeque<Line>);

impl Notices {
    /// Adds words.
    pub fn say(&mut self, level: Level, text: impl Into<String>, at: DateTime<Utc>) {
        let text = text.into();
        let same = |line: &Line| line.text == text && at - line.at < SAME_WITHIN;
        let times = match self.0.iter().rposition(same) {
            Some(place) => self.0.remove(place).map_or(0, |line| line.times),
            None => 0,
        };
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(Line {
            at,
            level,
            text,
            times: times.saturating_add(1),
        });
    }

    /// Takes a notice of the engine; not all of them are worth a word here.
    pub fn take(&mut self, notice: &Notice, at: DateTime<Utc>) {
        match notice {
            Notice::Message(words) => self.say(Level::Look, words, at),
            Notice::Alarm(alarm) => {
                if let Some(level) = level_of_alarm(alarm) {
                    self.say(level, alarm.to_string(), at);
                }
            }
            Notice::NotRecording(what) => {
                self.say(Level::Wrong, format!("Not recording: {what}"), at);
            }
            Notice::RecordingResumed => self.say(Level::Fine, "Recording again", at),
            Notice::LowSpace(left) => {
                let text = format!(
                    "Little room for recordings: {left} MB left on the disk; recording ends when it is full"
                );
                self.say(Level::Look, text, at);
            }
            Notice::SpaceRecovered => {
                self.say(Level::Fine, "Enough room for recordings again", at);
            }
            Notice::GameSaved(saved) => self.say(level_of(saved), saved_words(saved), at),
            Notice::SessionSaved(saved) => self.say(Level::Fine, session_words(saved), at),
            Notice::Player(PlayerEvent::StateDriftDetected(_)) => self.say(
                Level::Wrong,
                "Drift: our account and the server's differ; ours follows the server",
                at,
            ),
            Notice::Player(PlayerEvent::AbsurdNumber { field, value }) => {
                let text = format!("The server says {field} {value}, which cannot be; passed over");
                self.say(Level::Look, text, at);
            }
            Notice::Player(PlayerEvent::PlayerIdentified {
                identity,
                before: Some(_),
            }) => {
                let name = identity.username.as_deref().unwrap_or(&identity.player_id);
                let name = escaped(name);
                let text = format!("Another account: {name}; a new session begins");
                self.say(Level::Wrong, text, at);
            }
            Notice::Action { action, .. } => self.take_action(action, at),
            // The bar, the band and the moves show these.
            Notice::Player(_)
            | Notice::GameEnded { .. }
            | Notice::LineSkipped(_)
            | Notice::ScriptDone => {}
        }
    }

    fn take_action(&mut self, action: &Action, at: DateTime<Utc>) {
        match (action.status, &action.reason) {
            // What was refused here, before it was sent, is told in words of its own.
            (ActionStatus::Refused, Some(reason)) if action.acked_at.is_some() => {
                self.say(Level::Look, format!("The server refused: {reason}"), at);
            }
            (ActionStatus::Unknown, _) => {
                let text = "An order has no answer: it is never sent again, the next news of the wallet decides";
                self.say(Level::Wrong, text, at);
            }
            _ => {}
        }
    }

    /// Returns the newest.
    pub fn newest(&self) -> Option<&Line> {
        self.0.back()
    }

    /// Returns how many are kept.
    pub fn len(&self) -> usize {
        self.0.len()
    }
}

/// How much an alarm wants to be looked at; `None` for what another notice or the bar says already.
fn level_of_alarm(alarm: &Alarm) -> Option<Level> {
    match alarm {
        Alarm::Lost(_) => Some(Level::Wrong),
        Alarm::Connected | Alarm::Reconnected => Some(Level::Fine),
        Alarm::Interval(report) if report.gap == GapStatus::Ended => Some(Level::Fine),
        Alarm::NotConnectedYet(_) | Alarm::Interval(_) | Alarm::Clock(_) | Alarm::Unreadable(_) => {
            Some(Level::Look)
        }
        Alarm::Health(change) => match (change.from, change.to) {
            (HealthState::Degraded | HealthState::Stale, HealthState::Healthy) => Some(Level::Fine),
            (_, HealthState::Degraded | HealthState::Stale) => Some(Level::Look),
            _ => None,
        },
        Alarm::Mode(change) => match change.to {
            OperatingMode::Offline => None,
            // That it is connected is told already.
            OperatingMode::Normal if change.from == OperatingMode::Offline => None,
            OperatingMode::Normal => Some(Level::Fine),
            OperatingMode::Degraded | OperatingMode::Minimal => Some(Level::Look),
        },
    }
}

fn level_of(saved: &SavedGame) -> Level {
    const OF_THE_PROOF: [Anomaly; 4] = [
        Anomaly::CommitmentChanged,
        Anomaly::EarlyReveal,
        Anomaly::HistoryLength,
        Anomaly::IdReused,
    ];
    let anomalies = &saved.meta.anomalies;
    match saved.meta.proof.status.as_str() {
        "mismatch" => Level::Wrong,
        _ if OF_THE_PROOF.iter().any(|one| anomalies.contains_key(one)) => Level::Look,
        "proven" | "repaired" => Level::Fine,
        _ => Level::Quiet,
    }
}

fn saved_words(saved: &SavedGame) -> String {
    let meta = &saved.meta;
    let name = saved.path.file_name().unwrap_or_default();
    let whole = if meta.complete { "" } else { ", not complete" };
    let verb = if saved.again { "Updated" } else { "Saved" };
    let words = meta.anomalies.keys();
    let words: Vec<_> = words.map(|one| one.as_str().replace('_', " ")).collect();
    let odd = if words.is_empty() {
        String::new()
    } else {
        format!("; anomalies: {}", words.join(", "))
    };
    format!(
        "{verb} {}: {} ticks, {}{whole}{odd}",
        name.to_string_lossy(),
        meta.duration_ticks,
        meta.proof.status.as_str()
    )
}

fn session_words(saved: &SavedSession) -> String {
    let name = saved.path.file_name().unwrap_or_default();
    let moves = count(u64::try_from(saved.actions).unwrap_or(u64::MAX), "move");
    format!("Saved your session {}: {moves}", name.to_string_lossy())
}

/// Draws the line.
pub fn notices_ui(ui: &mut egui::Ui, notices: &Notices, now: DateTime<Utc>) {
    let theme = Theme::of(ui);
    let Some(newest) = notices.newest() else {
        let text = "Nothing to tell yet: what is saved, refused or wrong is told here.";
        ui.label(egui::RichText::new(text).small().color(theme.quiet));
        return;
    };
    egui::Sides::new().shrink_left().truncate().show(
        ui,
        |ui| line_ui(ui, theme, newest, now - newest.at < FRESH),
        |ui| {
            let name = format!("All {} ▴", notices.len());
            ui.menu_button(egui::RichText::new(name).small(), |ui| {
                all_ui(ui, theme, notices);
            });
        },
    );
}

fn all_ui(ui: &mut egui::Ui, theme: Theme, notices: &Notices) {
    ui.set_min_width(480.0);
    egui::ScrollArea::vertical()
        .max_height(320.0)
        .show(ui, |ui| {
            for line in notices.0.iter().rev() {
                ui.horizontal(|ui| line_ui(ui, theme, line, true));
            }
        });
}

fn line_ui(ui: &mut egui::Ui, theme: Theme, line: &Line, fresh: bool) {
    let at = line.at.with_timezone(&chrono::Local).format("%H:%M:%S");
    ui.label(digits(at.to_string(), 11.0).color(theme.quiet));
    let colour = if fresh {
        theme.level(line.level)
    } else {
        theme.quiet
    };
    let sign = match line.level {
        Level::Look => "⚠ ",
        Level::Wrong => "✖ ",
        Level::Fine | Level::Quiet => "",
    };
    let times = if line.times > 1 {
        format!(" (×{})", line.times)
    } else {
        String::new()
    };
    let text = format!("{sign}{}{times}", escaped(&line.text));
    let label = egui::Label::new(egui::RichText::new(text).small().color(colour));
    ui.add(label.truncate());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::seconds(second)
    }

    #[test]
    fn the_same_words_are_one_notice_with_a_number() {
        let mut notices = Notices::default();
        for second in 0..500 {
            notices.say(Level::Look, "sell 100 %: no position", at(second));
        }
        assert_eq!(notices.len(), 1);
        notices.say(Level::Fine, "saved", at(500));
        notices.say(Level::Look, "sell 100 %: no position", at(501));
        let newest = notices.newest().cloned();
        assert_eq!(newest.map(|line| line.times), Some(501));
        assert_eq!(notices.len(), 2);
        // A minute later it is news again.
        notices.say(Level::Look, "sell 100 %: no position", at(561));
        assert_eq!(notices.newest().map(|line| line.times), Some(1));
    }

    #[test]
    fn an_outage_is_one_notice_and_so_is_its_end() {
        use crate::feed::DisconnectReason;
        use crate::feed::health::StateChange;

        let mode = |from, to| {
            Notice::Alarm(Alarm::Mode(StateChange {
                at: at(0),
                from,
                to,
                reason: "why".to_owned(),
            }))
        };
        let mut notices = Notices::default();
        for notice in [
            Notice::Alarm(Alarm::Lost(DisconnectReason::Closed)),
            mode(OperatingMode::Normal, OperatingMode::Offline),
            Notice::NotRecording("the disk is full".to_owned()),
            Notice::RecordingResumed,
            Notice::Alarm(Alarm::Reconnected),
            mode(OperatingMode::Offline, OperatingMode::Degraded),
        ] {
            notices.take(&notice, at(0));
        }
        let told: Vec<_> = notices.0.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(
            told,
            [
                "Connection lost: The server ended the connection.",
                "Not recording: the disk is full",
                "Recording again",
                "Connected again",
                "Mode DEGRADED: why",
            ]
        );
    }

    #[test]
    fn only_so_many_are_kept() {
        let mut notices = Notices::default();
        for number in 0..5_000 {
            notices.say(Level::Fine, format!("saved {number}"), at(number));
        }
        assert_eq!(notices.len(), KEPT);
        let newest = notices.newest().map(|line| line.text.as_str());
        assert_eq!(newest, Some("saved 4999"));
    }
}
