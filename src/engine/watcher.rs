//! What the engine sees of the feed and of the recorder, for whoever watches over them: what each message was, and the
//! notices that come of it.

use std::sync::Arc;
use std::time::Instant;

use super::{Notice, SessionCore, log};
use crate::feed::health::{ClockReading, EventFault, FeedWatch, Health, ObservedEvent, Priority};
use crate::feed::{DisconnectReason, FeedEvent, FeedMessage, FeedState};
use crate::game::{Anomaly, GameEvent, Time};
use crate::protocol::{GameId, Tick};
use crate::recording::RecorderState;

/// The event whose interval is watched, and which brings the price.
const UPDATE: &str = "gameStateUpdate";
/// The event that brings the account.
const ACCOUNT: &str = "playerUpdate";

/// What a message was: looked at before the board takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ObservedMessage {
    what: MessageKind,
    at: Time,
    arrived: Instant,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum MessageKind {
    Up,
    Down(DisconnectReason),
    Event {
        name: String,
    },
    /// The page's own requests and their answers: no event of the server.
    Request,
}

impl From<&FeedMessage> for ObservedMessage {
    fn from(message: &FeedMessage) -> Self {
        let what = match &message.event {
            FeedEvent::Up => MessageKind::Up,
            FeedEvent::Down { why } => MessageKind::Down(why.clone()),
            FeedEvent::Event { name, .. } => MessageKind::Event { name: name.clone() },
            FeedEvent::Sent { .. } | FeedEvent::Acked { .. } => MessageKind::Request,
        };
        Self {
            what,
            at: message.at,
            arrived: message.arrived,
        }
    }
}

/// Watches over one engine.
#[derive(Debug)]
pub(super) struct HealthWatcher {
    watch: FeedWatch,
    started: Instant,
    /// Events that could not be read, so far.
    unreadable: u64,
    /// The newest tick of the game on the table that came in its own message, on this connection.
    newest: Option<(GameId, Tick)>,
    /// Why nothing reaches the disk, as it was told last.
    trouble: Option<String>,
    /// It was told that the disk has little room left.
    low_space: bool,
    notices: Vec<Notice>,
}

impl HealthWatcher {
    pub fn new() -> Self {
        Self {
            watch: FeedWatch::default(),
            started: Instant::now(),
            unreadable: 0,
            newest: None,
            trouble: None,
            low_space: false,
            notices: Vec::new(),
        }
    }

    /// Takes a message; `core` is what it is after it, `events` is what happened on the board.
    pub fn message(&mut self, came: &ObservedMessage, core: &SessionCore, events: &[GameEvent]) {
        let now = ClockReading {
            elapsed: came.arrived.saturating_duration_since(self.started),
            at: came.at,
        };
        match &came.what {
            MessageKind::Up => {
                self.newest = None;
                self.watch.connected(now);
            }
            MessageKind::Down(why) => self.watch.disconnected(why, now),
            MessageKind::Request => {}
            MessageKind::Event { name } => {
                let (ticks, drops) = self.ticks(core);
                let board = core.board();
                let unreadable = self.is_unreadable(core);
                let is_update = name == UPDATE;
                let update = board.current_id().filter(|_| is_update && !unreadable);
                let update = update.map(|game| (board.phase(), game));
                let harmful = unreadable && (is_update || name == ACCOUNT);
                let fault = if harmful || events.iter().any(is_odd) {
                    EventFault::Harmful
                } else if unreadable {
                    EventFault::Harmless(name)
                } else {
                    EventFault::None
                };
                let heard = ObservedEvent {
                    update,
                    fault,
                    ticks,
                    drops,
                };
                self.watch.event(heard, now);
            }
        }
    }

    /// Looks at the clock, the feed, the queue before the board (what waits, and what may) and the recorder.
    pub fn look(&mut self, feed: &FeedState, queue: (usize, usize), recorder: &RecorderState) {
        let now = self.now();
        // An attempt that came to nothing says so in the state alone.
        if let FeedState::Down { why, .. } = feed {
            self.watch.disconnected(why, now);
        }
        self.watch.clock(feed, queue, now);
        for alarm in self.watch.take_alarms() {
            log::log_alarm(&alarm);
            if self.watch.may_notify(alarm.priority(), now) {
                self.notices.push(Notice::Alarm(alarm));
            }
        }
        self.recorder(recorder);
    }

    /// Looks at the recorder.
    pub fn recorder(&mut self, recorder: &RecorderState) {
        self.space(recorder.low_space);
        let trouble = recorder.trouble.as_ref();
        if trouble == self.trouble.as_ref() {
            return;
        }
        self.trouble = trouble.cloned();
        let now = self.now();
        if self.watch.may_notify(Priority::Critical, now) {
            self.notices.push(match &self.trouble {
                Some(what) => Notice::NotRecording(what.clone()),
                None => Notice::RecordingResumed,
            });
        }
    }

    /// Little room is told once, and once that there is enough again.
    fn space(&mut self, low: Option<u64>) {
        if std::mem::replace(&mut self.low_space, low.is_some()) == low.is_some() {
            return;
        }
        let now = self.now();
        if self.watch.may_notify(Priority::Critical, now) {
            self.notices
                .push(low.map_or(Notice::SpaceRecovered, Notice::LowSpace));
        }
    }

    /// Returns what is to be told since the last call, in order.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// Returns the newest picture.
    pub fn health(&self) -> Arc<Health> {
        self.watch.health()
    }

    fn now(&self) -> ClockReading {
        ClockReading {
            elapsed: self.started.elapsed(),
            at: crate::clock::now(),
        }
    }

    /// Returns how many ticks came with their own message, and how many it passed over.
    fn ticks(&mut self, core: &SessionCore) -> (u64, u64) {
        let game = core.board().current();
        let Some((id, tick)) = game.and_then(|game| Some((&game.id, game.last_live?))) else {
            return (0, 0);
        };
        match &mut self.newest {
            Some((before, last)) if before == id => {
                let steps = u64::from(tick.saturating_sub(*last));
                *last = tick;
                (steps.min(1), steps.saturating_sub(1))
            }
            newest => {
                *newest = Some((id.clone(), tick));
                (1, 0)
            }
        }
    }

    fn is_unreadable(&mut self, core: &SessionCore) -> bool {
        let unreadable = core.counts().malformed_events.values().sum();
        std::mem::replace(&mut self.unreadable, unreadable) != unreadable
    }
}

/// Whether an update says what cannot be. Ticks that are missing are counted as that, and that some came late is no fault
/// of an update.
fn is_odd(event: &GameEvent) -> bool {
    matches!(event, GameEvent::AnomalySeen { anomaly, .. }
        if !matches!(anomaly, Anomaly::TickJump | Anomaly::LateArrival))
}

#[cfg(test)]
mod tests;
