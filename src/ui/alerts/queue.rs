//! A thread that does one thing after the other, and a bounded queue before it.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use crate::background;

/// What waits at most; more is dropped: a late alert is useless.
const WAITING: usize = 4;

/// The sender to a thread that is started with the first item. The thread ends when it is dropped.
#[derive(Debug)]
pub struct AlertQueue<T> {
    name: &'static str,
    work: fn(&Receiver<T>),
    sender: Option<SyncSender<T>>,
}

impl<T: Send + 'static> AlertQueue<T> {
    /// Returns a queue for a thread with this name, which ends when `work` returns.
    pub fn new(name: &'static str, work: fn(&Receiver<T>)) -> Self {
        Self {
            name,
            work,
            sender: None,
        }
    }

    /// Sends an item. Never waits.
    pub fn send(&mut self, item: T) {
        let unsent = match &self.sender {
            None => item,
            Some(sender) => match sender.try_send(item) {
                Ok(()) | Err(TrySendError::Full(_)) => return,
                // The thread has ended: no item came for a while, or there is no device.
                Err(TrySendError::Disconnected(item)) => item,
            },
        };
        self.sender = self.start();
        if let Some(sender) = &self.sender {
            // Fails only if the new thread has ended already: the item is dropped.
            sender.try_send(unsent).ok();
        }
    }

    /// Starts the thread; `None` if it cannot be started.
    fn start(&self) -> Option<SyncSender<T>> {
        let work = self.work;
        let (sender, receiver) = sync_channel(WAITING);
        match background::spawn(self.name, move || work(&receiver)) {
            Ok(_thread) => Some(sender),
            Err(error) => {
                tracing::warn!(%error, "no thread for {}", self.name);
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// Answers one item, and ends.
    fn answer_one(items: &Receiver<(u8, SyncSender<u8>)>) {
        if let Ok((number, answers)) = items.recv() {
            answers.send(number).ok();
        }
    }

    #[test]
    fn an_item_for_a_thread_that_has_ended_is_done_by_a_new_one() {
        let (answers_sender, answers) = sync_channel(1);
        let (ended, receiver) = sync_channel(WAITING);
        drop(receiver);
        let mut queue = AlertQueue::new("answers", answer_one);
        queue.sender = Some(ended);
        queue.send((7, answers_sender));
        let answer = answers.recv_timeout(Duration::from_mins(1));
        assert_eq!(answer, Ok(7));
    }
}
