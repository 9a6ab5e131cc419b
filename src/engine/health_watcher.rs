//! Feeds the health monitor with messages, queue and recorder state, and turns its alarms into notices.

use std::sync::Arc;
use std::time::Instant;

use super::{Notice, SessionCore, log};
use crate::feed::health::{ClockReading, EventFault, FeedWatch, Health, ObservedEvent, Priority};
use crate::feed::{FeedEvent, FeedMessage, FeedState};
use crate::game::{Anomaly, GameEvent, ServerInfo};
use crate::protocol::{GameId, Tick};
use crate::recording::RecorderState;

/// The event whose interval is watched; it carries the price.
const UPDATE: &str = "gameStateUpdate";
/// The event that carries the account.
const ACCOUNT: &str = "playerUpdate";

/// Watches the feed and the recorder of one engine.
#[derive(Debug)]
pub(super) struct HealthWatcher {
    watch: FeedWatch,
    started: Instant,
    /// The connection whose messages come is up.
    is_up: bool,
    /// The server as announced last.
    server: Option<ServerInfo>,
    /// Events that could not be read so far.
    unreadable: u64,
    /// The newest tick of the current game that came in its own message on this connection.
    newest: Option<(GameId, Tick)>,
    /// Why nothing reaches the disk, as announced last.
    trouble: Option<String>,
    /// Little room on the disk was announced.
    low_space: bool,
    notices: Vec<Notice>,
}

impl HealthWatcher {
    pub fn new() -> Self {
        Self {
            watch: FeedWatch::default(),
            started: Instant::now(),
            is_up: false,
            server: None,
            unreadable: 0,
            newest: None,
            trouble: None,
            low_space: false,
            notices: Vec::new(),
        }
    }

    /// Takes a message; `core` is the core after it, and `events` happened on the board.
    pub fn message(&mut self, message: &FeedMessage, core: &SessionCore, events: &[GameEvent]) {
        let now = ClockReading {
            elapsed: message.arrived.saturating_duration_since(self.started),
            at: message.at,
        };
        match &message.event {
            FeedEvent::Up => {
                self.newest = None;
                self.is_up = true;
                self.watch.connected(now);
            }
            FeedEvent::Down { why } => {
                self.is_up = false;
                self.watch.disconnected(why, now);
            }
            // Requests of the browser's page, and their answers, are no events of the server: one that cannot be read does
            // not count for the next event.
            FeedEvent::Sent { .. } | FeedEvent::Acked { .. } => {
                self.is_unreadable(core);
            }
            FeedEvent::Event { name, .. } => {
                let (ticks, drops) = self.ticks(core);
                let board = core.board();
                let unreadable = self.is_unreadable(core);
                let is_update = name == UPDATE;
                let update = board.current_id().filter(|_| is_update && !unreadable);
                let update = update.map(|game| (board.phase(), game));
                let harmful = unreadable && (is_update || name == ACCOUNT);
                let fault = if harmful || events.iter().any(is_contradiction) {
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

    /// Takes what a server announces of itself.
    pub fn server(&mut self, server: ServerInfo) {
        let before = self.server.replace(server);
        if before.is_some_and(|before| before.speed != server.speed) {
            self.watch.speed_changed();
        }
    }

    /// Checks the clock, the feed, the queue of messages (waiting, capacity) and the recorder.
    pub fn look(&mut self, feed: &FeedState, queue: (usize, usize), recorder: &RecorderState) {
        let now = self.now();
        // A failed attempt to connect shows in the state only. While messages come, the state may be that of an earlier or a
        // later moment: the end has its own message.
        if let FeedState::Down { why, .. } = feed
            && !self.is_up
        {
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

    /// Checks the recorder.
    pub fn recorder(&mut self, recorder: &RecorderState) {
        self.disk_space(recorder.low_space);
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

    /// Announces once that the disk has little room left, and once that it has enough again.
    fn disk_space(&mut self, low: Option<u64>) {
        if std::mem::replace(&mut self.low_space, low.is_some()) == low.is_some() {
            return;
        }
        let now = self.now();
        if self.watch.may_notify(Priority::Critical, now) {
            self.notices
                .push(low.map_or(Notice::SpaceRecovered, Notice::LowSpace));
        }
    }

    /// Returns the notices since the last call, in order.
    pub fn take_notices(&mut self) -> Vec<Notice> {
        std::mem::take(&mut self.notices)
    }

    /// Returns the newest health figures.
    pub fn health(&self) -> Arc<Health> {
        self.watch.health()
    }

    fn now(&self) -> ClockReading {
        ClockReading {
            elapsed: self.started.elapsed(),
            at: crate::clock::now(),
        }
    }

    /// Returns how many ticks arrived in their own message (0 or 1), and how many were skipped before it.
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

/// Whether an update contradicts the price or the course of the game. Missing ticks are counted separately, late ticks are
/// no fault, and a long text may be another player's.
fn is_contradiction(event: &GameEvent) -> bool {
    let GameEvent::AnomalySeen { anomaly, .. } = event else {
        return false;
    };
    match anomaly {
        Anomaly::IllegalTransition
        | Anomaly::TickBackwards
        | Anomaly::PriceChanged
        | Anomaly::RugMissed
        | Anomaly::FieldMissing
        | Anomaly::BadPrice
        | Anomaly::BadTick
        | Anomaly::CommitmentChanged
        | Anomaly::EarlyReveal
        | Anomaly::HistoryLength
        | Anomaly::IdReused => true,
        Anomaly::TickJump | Anomaly::LateArrival | Anomaly::FieldTooLong => false,
    }
}

#[cfg(test)]
mod tests;
