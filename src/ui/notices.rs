//! The notices of the window. The status line shows the newest one, the tab "Messages" all of them. A repeated notice
//! raises a count instead of a second line.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Duration, Utc};

use super::drift_text::NamedDifference;
use super::format::{clock, count, escaped, exact_multiplier};
use super::theme::StatusLevel;
use crate::account::{Action, ActionStatus};
use crate::engine::{Notice, PianoEnd};
use crate::feed::health::{Alarm, GapStatus, HealthState, OperatingMode};
use crate::game::Anomaly;
use crate::recording::{FileChange, SavedGame, SavedSession};
use crate::trading::PlayerEvent;

/// Notices kept.
const KEPT: usize = 100;
/// The same text within this time is one notice.
const SAME_WITHIN: Duration = Duration::seconds(60);
/// A notice in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeLine {
    /// Time of the last occurrence.
    pub at: DateTime<Utc>,
    /// How much attention it needs.
    pub level: StatusLevel,
    /// The text.
    pub text: String,
    /// Number of occurrences.
    pub times: u32,
    /// What its link opens.
    pub link: Option<NoticeLink>,
}

/// What the link of a notice opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoticeLink {
    /// The folder of a file.
    Folder(PathBuf),
    /// The panel of the drift chip.
    Drift,
}

impl NoticeLink {
    /// Returns the text of the link.
    pub fn text(&self) -> &'static str {
        match self {
            Self::Folder(_) => "Show file",
            Self::Drift => "Details",
        }
    }
}

/// The notices, oldest first.
#[derive(Debug, Clone, Default)]
pub struct Notices(VecDeque<NoticeLine>);

impl Notices {
    /// Adds a text.
    pub fn push(&mut self, level: StatusLevel, text: impl Into<String>, at: DateTime<Utc>) {
        self.push_linked(level, text.into(), at, None);
    }

    /// Adds a text with a link.
    pub fn push_linked(
        &mut self,
        level: StatusLevel,
        text: String,
        at: DateTime<Utc>,
        link: Option<NoticeLink>,
    ) {
        let same = |line: &NoticeLine| line.text == text && at - line.at < SAME_WITHIN;
        let times = match self.0.iter().rposition(same) {
            Some(place) => self.0.remove(place).map_or(0, |line| line.times),
            None => 0,
        };
        if self.0.len() == KEPT {
            self.0.pop_front();
        }
        self.0.push_back(NoticeLine {
            at,
            level,
            text,
            times: times.saturating_add(1),
            link,
        });
    }

    /// Adds a notice of the engine, unless another part of the window shows it.
    pub fn push_notice(&mut self, notice: &Notice, at: DateTime<Utc>) {
        if let Some((level, text)) = notice_text(notice) {
            self.push_linked(level, text, at, link_of(notice));
        }
    }

    /// Returns the newest notice.
    pub fn newest(&self) -> Option<&NoticeLine> {
        self.0.back()
    }

    /// Returns the notices, newest first.
    pub fn lines(&self) -> impl ExactSizeIterator<Item = &NoticeLine> {
        self.0.iter().rev()
    }
}

fn link_of(notice: &Notice) -> Option<NoticeLink> {
    let folder = |path: &Path| {
        path.parent()
            .map(|folder| NoticeLink::Folder(folder.into()))
    };
    match notice {
        Notice::GameSaved(saved) => folder(&saved.path),
        Notice::SessionSaved(saved) => folder(&saved.path),
        Notice::Player(PlayerEvent::StateDriftDetected(_)) => Some(NoticeLink::Drift),
        _ => None,
    }
}

/// Returns the text of a notice; `None` where the top bar, the phase bar or the list of trades shows it.
pub fn notice_text(notice: &Notice) -> Option<(StatusLevel, String)> {
    let (level, text) = match notice {
        Notice::Message(words) => (StatusLevel::Warning, words.clone()),
        Notice::Alarm(alarm) => (alarm_level(alarm)?, alarm.in_the_window()),
        Notice::NotRecording(reason) => (StatusLevel::Error, format!("Not recording: {reason}")),
        Notice::RecordingResumed => (StatusLevel::Ok, "Recording again".to_owned()),
        Notice::LowSpace(left) => {
            let text = format!(
                "Little room for recordings: {left} MB left on the disk. Make room: recording ends when it is full"
            );
            (StatusLevel::Warning, text)
        }
        Notice::SpaceRecovered => (
            StatusLevel::Ok,
            "Enough room for recordings again".to_owned(),
        ),
        Notice::GameSaved(saved) => (saved_level(saved), saved_text(saved)),
        Notice::SessionSaved(saved) => (StatusLevel::Ok, session_text(saved)),
        Notice::Player(PlayerEvent::StateDriftDetected(found)) => {
            let sentence = NamedDifference::of(found).sentence();
            let text = format!("{sentence} than your orders explain. Its balance is used.");
            (StatusLevel::Error, text)
        }
        Notice::Player(PlayerEvent::AbsurdNumber { field, value }) => {
            let text = format!("The server sent an impossible {field} ({value}). It is ignored");
            (StatusLevel::Warning, text)
        }
        Notice::Player(PlayerEvent::PlayerIdentified {
            identity,
            before: Some(_),
        }) => {
            let name = identity.username.as_deref().unwrap_or(&identity.player_id);
            let name = escaped(name);
            let text = format!("Another account: {name}. A new session begins");
            (StatusLevel::Error, text)
        }
        Notice::Action { action, .. } => action_text(action)?,
        Notice::StrategyEnded(end) => {
            let level = match end {
                PianoEnd::Drift | PianoEnd::Feed(_) | PianoEnd::Limit(_) => StatusLevel::Warning,
                _ => StatusLevel::Ok,
            };
            (level, format!("The piano stopped: {end}"))
        }
        Notice::LineSkipped(line) => (StatusLevel::Warning, format!("Not played: {line}")),
        Notice::Player(_) | Notice::GameEnded { .. } => return None,
    };
    Some((level, text))
}

fn action_text(action: &Action) -> Option<(StatusLevel, String)> {
    match (action.status, &action.reason) {
        // A refusal by this program was never sent, and has a notice of its own.
        (ActionStatus::Refused, Some(reason)) if action.acked_at.is_some() => Some((
            StatusLevel::Warning,
            format!("The server refused: {reason}"),
        )),
        (ActionStatus::Unknown, _) => {
            let text = "An order has no answer. It is never sent again; the next balance shows whether it was filled";
            Some((StatusLevel::Error, text.to_owned()))
        }
        _ => None,
    }
}

/// Returns the level of an alarm; `None` where another notice, the top bar or the panel of the feed shows it.
fn alarm_level(alarm: &Alarm) -> Option<StatusLevel> {
    match alarm {
        Alarm::Lost(_) => Some(StatusLevel::Error),
        Alarm::Connected | Alarm::Reconnected => Some(StatusLevel::Ok),
        // The panel of the feed has it: a short pause harms nothing.
        Alarm::Interval(report) if !report.is_stall() => None,
        Alarm::Interval(report) if report.gap == GapStatus::Ended => Some(StatusLevel::Ok),
        Alarm::NotConnectedYet(_) | Alarm::Interval(_) | Alarm::Clock(_) | Alarm::Unreadable(_) => {
            Some(StatusLevel::Warning)
        }
        Alarm::Health(change) => match (change.from, change.to) {
            (HealthState::Degraded | HealthState::Stale, HealthState::Healthy) => {
                Some(StatusLevel::Ok)
            }
            (_, HealthState::Degraded | HealthState::Stale) => Some(StatusLevel::Warning),
            _ => None,
        },
        Alarm::Mode(change) => match change.to {
            OperatingMode::Offline => None,
            // The notice of the connection says it.
            OperatingMode::Normal if change.from == OperatingMode::Offline => None,
            OperatingMode::Normal => Some(StatusLevel::Ok),
            OperatingMode::Degraded | OperatingMode::Minimal => Some(StatusLevel::Warning),
        },
    }
}

fn saved_level(saved: &SavedGame) -> StatusLevel {
    const OF_THE_PROOF: [Anomaly; 4] = [
        Anomaly::CommitmentChanged,
        Anomaly::EarlyReveal,
        Anomaly::HistoryLength,
        Anomaly::IdReused,
    ];
    let anomalies = &saved.meta.anomalies;
    match saved.meta.proof.status.as_str() {
        "mismatch" => StatusLevel::Error,
        _ if OF_THE_PROOF.iter().any(|one| anomalies.contains_key(one)) => StatusLevel::Warning,
        "proven" | "repaired" => StatusLevel::Ok,
        _ => StatusLevel::Muted,
    }
}

fn saved_text(saved: &SavedGame) -> String {
    let meta = &saved.meta;
    let verb = match saved.change {
        FileChange::Created => "Saved",
        FileChange::Completed => "Updated",
        FileChange::Unchanged => "Already saved:",
    };
    let at = meta
        .start_time
        .or(meta.end_time)
        .map(|at| format!(" {}", clock(at)));
    let at = at.unwrap_or_default();
    let peak = meta
        .peak_multiplier
        .map(|peak| format!(", {}", exact_multiplier(peak)));
    let peak = peak.unwrap_or_default();
    let ticks = count(meta.duration_ticks, "tick");
    let whole = if meta.complete { "" } else { ", not complete" };
    let proof = meta.proof.status.as_str();
    let words = meta.anomalies.keys();
    let words: Vec<_> = words.map(|one| one.as_str().replace('_', " ")).collect();
    let anomalies = if words.is_empty() {
        String::new()
    } else {
        format!(". Anomalies: {}", words.join(", "))
    };
    format!("{verb} game{at}{peak}. {ticks}, {proof}{whole}{anomalies}")
}

fn session_text(saved: &SavedSession) -> String {
    format!("Saved your session, {}", count(saved.actions, "row"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + Duration::seconds(second)
    }

    #[test]
    fn the_same_text_is_one_notice_with_a_count() {
        let mut notices = Notices::default();
        for second in 0..500 {
            notices.push(StatusLevel::Warning, "sell 100 %: no position", at(second));
        }
        assert_eq!(notices.lines().len(), 1);
        notices.push(StatusLevel::Ok, "saved", at(500));
        notices.push(StatusLevel::Warning, "sell 100 %: no position", at(501));
        let newest = notices.newest().cloned();
        assert_eq!(newest.map(|line| line.times), Some(501));
        assert_eq!(notices.lines().len(), 2);
        // After a minute it is a new notice.
        notices.push(StatusLevel::Warning, "sell 100 %: no position", at(561));
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
            notices.push_notice(&notice, at(0));
        }
        let texts: Vec<_> = notices.0.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(
            texts,
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
    fn a_short_pause_of_the_feed_is_no_notice_and_a_stall_is_one() {
        use crate::feed::health::{IntervalReport, Severity};

        let pause = |millis, gap| {
            Notice::Alarm(Alarm::Interval(IntervalReport {
                at: at(0),
                severity: Severity::Warning,
                gap,
                length: std::time::Duration::from_millis(millis),
                median: None,
                count: 1,
            }))
        };
        let mut notices = Notices::default();
        notices.push_notice(&pause(600, GapStatus::EndedUnreported), at(0));
        notices.push_notice(&pause(4_900, GapStatus::Ongoing), at(1));
        assert_eq!(notices.newest(), None);
        notices.push_notice(&pause(5_000, GapStatus::EndedUnreported), at(2));
        let newest = notices.newest().map(|line| line.text.as_str());
        assert_eq!(newest, Some("Data paused for 5.0 s"));
    }

    #[test]
    fn the_end_of_a_strategy_is_a_notice_with_its_reason() {
        let mut notices = Notices::default();
        for (end, level, text) in [
            (
                PianoEnd::TakenBack,
                StatusLevel::Ok,
                "you took the hand back",
            ),
            (
                PianoEnd::Feed("stale"),
                StatusLevel::Warning,
                "the feed is stale",
            ),
        ] {
            notices.push_notice(&Notice::StrategyEnded(end), at(0));
            let newest = notices.newest().map(|line| (line.level, line.text.clone()));
            assert_eq!(newest, Some((level, format!("The piano stopped: {text}"))));
        }
    }

    #[test]
    fn only_so_many_are_kept() {
        let mut notices = Notices::default();
        for number in 0..5_000 {
            notices.push(StatusLevel::Ok, format!("saved {number}"), at(number));
        }
        assert_eq!(notices.lines().len(), KEPT);
        let newest = notices.newest().map(|line| line.text.as_str());
        assert_eq!(newest, Some("saved 4999"));
    }
}
