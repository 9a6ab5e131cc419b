//! A table of ours that waits for this program: it is told how far everything is done.

use super::EngineTask;
use crate::feed;
use crate::protocol::pace::{READY_EVENT, STEP_EVENT};
use crate::recording::RecorderEvent;

/// Bytes that wait for the recorder from which on a table of ours waits, too: a sixteenth of what the queue takes.
const RECORDER_BEHIND: usize = 4 << 20;

/// How far the script is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::engine) enum ScriptProgress {
    /// There is something left to press, or no script.
    Playing,
    /// Its last line is pressed or skipped.
    Played,
    /// Its last game is recorded, too: the run ends now, and the table stays where it is.
    Recorded,
}

impl EngineTask {
    /// Takes a question of the table; returns whether the message is one.
    pub(super) fn take_step(&mut self, message: &feed::FeedMessage) -> bool {
        let feed::FeedEvent::Event { name, args } = &message.event else {
            return false;
        };
        if self.pace.is_none() || name != STEP_EVENT {
            return false;
        }
        if let Some(number) = args.first().and_then(serde_json::Value::as_u64) {
            self.core.step_is_over(number, message.at);
            self.pass_on(Vec::new());
        }
        true
    }

    /// Says to a table that waits how far everything is done: the script has acted, and the recorder keeps up.
    pub(super) fn answer_the_table(&mut self) {
        if self.pace.is_none() || self.script == ScriptProgress::Recorded {
            return;
        }
        let recorded = if self.core.script_is_over() {
            self.writer.is_idle() && self.news.is_empty()
        } else {
            self.writer.queued_bytes() < RECORDER_BEHIND
        };
        if let Some(number) = self.core.take_ready_step(recorded) {
            // Lost with its connection: the next one begins with a question of its own.
            drop(self.sender.emit(READY_EVENT, vec![number.into()]));
        }
    }

    /// Tells what the recorder did.
    pub(super) fn tell_news(&mut self, news: RecorderEvent) {
        if let RecorderEvent::Game(saved) = &news {
            let revealed = saved.meta.server_seed.is_some() && self.core.script_is_over();
            if revealed && self.core.last_game_of_script() == Some(&saved.meta.game_id) {
                self.script = ScriptProgress::Recorded;
            }
        }
        self.tell(news.into());
    }
}
