//! A thread that does one thing after the other, and a bounded queue before it.

use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use crate::background;

/// What waits at most; more is dropped: an alert that comes late is none.
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
        let work = self.work;
        let sender = if let Some(sender) = self.sender.take() {
            sender
        } else {
            let (sender, receiver) = sync_channel(WAITING);
            if let Err(error) = background::spawn(self.name, move || work(&receiver)) {
                tracing::warn!(%error, "no thread for {}", self.name);
                return;
            }
            sender
        };
        match sender.try_send(item) {
            Ok(()) | Err(TrySendError::Full(_)) => self.sender = Some(sender),
            // The thread has ended, for example without a device. The next item tries again.
            Err(TrySendError::Disconnected(_)) => {}
        }
    }
}
