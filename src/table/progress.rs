//! How far a client is behind the table, and whether the table waits for it. Pure.

use crate::protocol::Pace;

/// Messages between two questions to a client with [`Pace::Stream`].
const MESSAGES_PER_QUESTION: usize = 128;
/// Questions such a client may leave open: 1,024 messages, a quarter of the shortest queue on the way.
const OPEN_QUESTIONS: u64 = 8;

/// What one client has been asked and has answered; see [`STEP_EVENT`](crate::protocol::pace::STEP_EVENT).
#[derive(Debug)]
pub(super) struct ClientProgress {
    pace: Pace,
    /// Messages since the last question.
    messages: usize,
    asked: u64,
    answered: u64,
    /// The table waited too long. It does not wait again before this question is answered.
    given_up_at: Option<u64>,
}

impl ClientProgress {
    pub fn new(pace: Pace) -> Self {
        Self {
            pace,
            messages: 0,
            asked: 0,
            answered: 0,
            given_up_at: None,
        }
    }

    /// Counts messages that were sent together; returns the number of the question that follows them, if one does.
    pub fn sent(&mut self, messages: usize) -> Option<u64> {
        self.messages += messages;
        let enough = match self.pace {
            Pace::Step => 1,
            Pace::Stream => MESSAGES_PER_QUESTION,
            Pace::Free => usize::MAX,
        };
        if self.messages < enough {
            return None;
        }
        self.messages = 0;
        self.asked += 1;
        Some(self.asked)
    }

    /// Takes an answer. One to a question that was not asked counts for nothing.
    pub fn answered(&mut self, number: u64) {
        if number <= self.asked {
            self.answered = self.answered.max(number);
        }
        if self.given_up_at.is_some_and(|at| self.answered >= at) {
            self.given_up_at = None;
        }
    }

    /// Whether the next step has to wait for this client.
    pub fn holds(&self) -> bool {
        let open = self.asked - self.answered;
        self.keeps_pace()
            && match self.pace {
                Pace::Step => open > 0,
                Pace::Stream => open > OPEN_QUESTIONS,
                Pace::Free => false,
            }
    }

    /// Whether the table waits for this client when it has to.
    pub fn keeps_pace(&self) -> bool {
        self.given_up_at.is_none()
    }

    /// Stops waiting for this client until it has come as far as the table is now. True if the table waited for it.
    pub fn give_up(&mut self) -> bool {
        let held = self.holds();
        if held {
            self.given_up_at = Some(self.asked);
        }
        held
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scripted_player_is_asked_after_every_step_and_waited_for() {
        let mut player = ClientProgress::new(Pace::Step);
        assert_eq!(player.sent(0), None);
        assert!(!player.holds());
        assert_eq!(player.sent(7), Some(1));
        assert!(player.holds());
        player.answered(2);
        assert!(player.holds(), "an answer to a question that was not asked");
        player.answered(1);
        assert!(!player.holds());
        assert_eq!((player.sent(1), player.sent(1)), (Some(2), Some(3)));
        player.answered(2);
        assert!(player.holds(), "the newest question is open");
        player.answered(3);
        assert!(!player.holds());
    }

    #[test]
    fn a_recorder_may_be_a_thousand_messages_behind() {
        let mut recorder = ClientProgress::new(Pace::Stream);
        let mut messages = 0;
        while !recorder.holds() {
            recorder.sent(3);
            messages += 3;
        }
        assert!((1_000..1_300).contains(&messages), "{messages}");
        recorder.answered(1);
        assert!(!recorder.holds());
    }

    #[test]
    fn a_dead_player_is_waited_for_once_and_again_when_it_has_caught_up() {
        let mut player = ClientProgress::new(Pace::Step);
        player.sent(1);
        assert!(player.give_up());
        assert!(!player.holds() && !player.keeps_pace());
        player.sent(1);
        assert!(!player.holds() && !player.give_up());
        player.answered(1);
        assert!(player.holds(), "it answers again, and is behind");
        player.answered(2);
        assert!(!player.holds() && player.keeps_pace());
    }
}
