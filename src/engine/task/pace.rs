//! The practice table's own events: what the table is, and how far this program is when the table waits for it.

use super::EngineTask;
use crate::engine::Notice;
use crate::feed::{FeedEvent, FeedMessage};
use crate::game::ServerInfo;
use crate::protocol::pace::{READY_EVENT, STEP_EVENT, TABLE_EVENT};
use crate::protocol::{Announcement, Pace};
use crate::recording::RecorderEvent;
use crate::strategy::StrategyRunner;

/// Bytes waiting for the recorder above which the table waits, too: a sixteenth of what the queue takes.
const RECORDER_BEHIND: usize = 4 << 20;

impl EngineTask {
    /// Takes an event that a practice table sends beside the game; returns whether the message is one.
    pub(super) fn take_table_event(&mut self, message: &FeedMessage) -> bool {
        let Some(pace) = self.pace else {
            return false;
        };
        let (name, args) = match &message.event {
            FeedEvent::Event { name, args } => (name.as_str(), args),
            event => {
                self.awaits_announcement = *event == FeedEvent::Up;
                return false;
            }
        };
        let first = args.first();
        if name == TABLE_EVENT {
            self.awaits_announcement = false;
            let table = first.and_then(|table| serde::Deserialize::deserialize(table).ok());
            self.note_server(table.as_ref());
            return true;
        }
        // A table announces itself before all else: this is another server, perhaps at the port of a table that ended.
        if std::mem::take(&mut self.awaits_announcement) {
            self.note_server(None);
        }
        if pace == Pace::Free || name != STEP_EVENT {
            return false;
        }
        if let Some(number) = first.and_then(serde_json::Value::as_u64) {
            self.core.step_is_over(number, message.at);
            self.pass_on(Vec::new());
        }
        true
    }

    /// Notes the server for the recordings. Logins and orders do not depend on this.
    fn note_server(&mut self, table: Option<&Announcement>) {
        let server = table.map(ServerInfo::from).unwrap_or_default();
        self.watcher.server(server);
        let events = self.core.set_server(server);
        self.pass_on(events);
    }

    /// Answers a table that waits, once the piano has acted and the recorder keeps up.
    pub(super) fn answer_the_table(&mut self) {
        if self.pace.is_none() || self.run_is_recorded {
            return;
        }
        let is_recorded = if self.core.run_is_over() {
            self.writer.is_idle() && self.recorder_events.is_empty()
        } else {
            self.writer.queued_bytes() < RECORDER_BEHIND
        };
        if let Some(number) = self.core.take_ready_step(is_recorded) {
            // An answer that is lost with its connection does not matter: the next connection begins with a question.
            let args = vec![number.into()];
            drop(self.sender.emit(self.connection, READY_EVENT, args));
        }
    }

    /// Announces what the recorder did.
    pub(super) fn take_recorder_event(&mut self, event: RecorderEvent) {
        if let RecorderEvent::Game(saved) = &event {
            let is_revealed = saved.meta.server_seed.is_some() && self.core.run_is_over();
            let last = self.core.runner_of_run().and_then(StrategyRunner::last_id);
            if is_revealed && last == Some(&saved.meta.game_id) {
                self.run_is_recorded = true;
            }
        }
        self.announcer.send(event.into());
    }

    /// Announces the end of the strategy that ends the run, once.
    pub(super) fn note_strategy_end(&mut self) {
        let Some(end) = self.core.piano_end().cloned() else {
            self.piano_end = None;
            return;
        };
        if self.piano_end.as_ref() != Some(&end) {
            self.piano_end = Some(end.clone());
            self.announcer.send(Notice::StrategyEnded(end));
        }
    }
}
