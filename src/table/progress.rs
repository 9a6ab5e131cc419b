//! How far a client is behind the table, and whether the table waits for it. Pure.

use crate::protocol::Pace;

/// Messages between two step events to a client with [`Pace::Stream`].
const MESSAGES_PER_STEP_EVENT: usize = 128;
/// Step events that such a client may leave unanswered: 1,024 messages, a quarter of the shortest queue on the way.
const MAX_UNANSWERED: u64 = 8;

/// The numbers of the step events that were sent to a client and that it answered; see
/// [`STEP_EVENT`](crate::protocol::pace::STEP_EVENT).
#[derive(Debug)]
pub(super) struct ClientProgress {
    /// Sends a step event after this many messages.
    messages_per_step_event: usize,
    max_unanswered: u64,
    /// Messages since the last step event.
    messages: usize,
    sent: u64,
    answered: u64,
    /// The table waited too long. It does not wait again before this step event is answered.
    given_up_at: Option<u64>,
}

impl ClientProgress {
    /// Returns the progress of a client with this pace; `None` if the table never waits for it.
    pub fn new(pace: Pace) -> Option<Self> {
        let (messages_per_step_event, max_unanswered) = match pace {
            Pace::Step => (1, 0),
            Pace::Stream => (MESSAGES_PER_STEP_EVENT, MAX_UNANSWERED),
            Pace::Free => return None,
        };
        Some(Self {
            messages_per_step_event,
            max_unanswered,
            messages: 0,
            sent: 0,
            answered: 0,
            given_up_at: None,
        })
    }

    /// Counts messages that were sent together; returns the number of the step event that follows them, if one does.
    pub fn count_sent(&mut self, messages: usize) -> Option<u64> {
        self.messages += messages;
        if self.messages < self.messages_per_step_event {
            return None;
        }
        self.messages = 0;
        self.sent += 1;
        Some(self.sent)
    }

    /// Takes the answer to a step event. One to an event that was not sent counts for nothing.
    pub fn answer(&mut self, number: u64) {
        if number <= self.sent {
            self.answered = self.answered.max(number);
        }
        if self.given_up_at.is_some_and(|at| self.answered >= at) {
            self.given_up_at = None;
        }
    }

    /// Whether the next step has to wait for this client.
    pub fn holds(&self) -> bool {
        self.keeps_pace() && self.sent - self.answered > self.max_unanswered
    }

    /// Whether the table waits for this client when it has to.
    pub fn keeps_pace(&self) -> bool {
        self.given_up_at.is_none()
    }

    /// Stops waiting for this client until it has come as far as the table is now. True if the table waited for it.
    pub fn give_up(&mut self) -> bool {
        let held = self.holds();
        if held {
            self.given_up_at = Some(self.sent);
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(pace: Pace) -> ClientProgress {
        ClientProgress::new(pace).expect("a pace that the table waits for")
    }

    #[test]
    fn the_table_waits_for_a_scripted_player_after_every_step() {
        let mut player = progress(Pace::Step);
        assert_eq!(player.count_sent(0), None);
        assert!(!player.holds());
        assert_eq!(player.count_sent(7), Some(1));
        assert!(player.holds());
        player.answer(2);
        assert!(player.holds(), "an answer to an event that was not sent");
        player.answer(1);
        assert!(!player.holds());
        let next = (player.count_sent(1), player.count_sent(1));
        assert_eq!(next, (Some(2), Some(3)));
        player.answer(2);
        assert!(player.holds(), "the newest event is unanswered");
        player.answer(3);
        assert!(!player.holds());
    }

    #[test]
    fn a_recorder_may_be_a_thousand_messages_behind() {
        let mut recorder = progress(Pace::Stream);
        let mut messages = 0;
        while !recorder.holds() {
            recorder.count_sent(3);
            messages += 3;
        }
        assert!((1_000..1_300).contains(&messages), "{messages}");
        recorder.answer(1);
        assert!(!recorder.holds());
    }

    #[test]
    fn the_table_waits_for_a_dead_player_once_and_again_when_it_has_caught_up() {
        let mut player = progress(Pace::Step);
        player.count_sent(1);
        assert!(player.give_up());
        assert!(!player.holds() && !player.keeps_pace());
        player.count_sent(1);
        assert!(!player.holds() && !player.give_up());
        player.answer(1);
        assert!(player.holds(), "it answers again, and is behind");
        player.answer(2);
        assert!(!player.holds() && player.keeps_pace());
    }
}
