//! The queue of messages from a feed to the program, bounded in messages and in bytes: a server that sends large messages
//! faster than the program takes them does not fill the memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tokio::sync::mpsc::{self, error::TryRecvError, error::TrySendError};

use super::disconnect_reason::DisconnectReason;
use super::message::{FeedEvent, FeedMessage};

/// A message, and the bytes that it counts while it waits.
#[derive(Debug)]
struct QueuedMessage {
    message: FeedMessage,
    bytes: usize,
}

/// The feed's end of the queue.
#[derive(Debug, Clone)]
pub(super) struct MessageSender {
    queue: mpsc::Sender<QueuedMessage>,
    waiting_bytes: Arc<AtomicUsize>,
    max_bytes: usize,
}

/// The program's end of the queue. The feed stops when it is dropped.
#[derive(Debug)]
pub struct MessageQueue {
    queue: mpsc::Receiver<QueuedMessage>,
    waiting_bytes: Arc<AtomicUsize>,
    /// Messages on their way to a batch; empty between two calls.
    taken: Vec<QueuedMessage>,
}

/// A place for a message, reserved in the queue.
#[derive(Debug)]
pub(super) struct ReservedPlace(mpsc::OwnedPermit<QueuedMessage>);

impl ReservedPlace {
    /// Sends a message, whatever waits already.
    pub(super) fn send(self, message: FeedMessage) {
        self.0.send(QueuedMessage { message, bytes: 0 });
    }
}

/// Returns a queue for so many messages and bytes. A message of any size fits into an empty one.
pub(super) fn message_queue(places: usize, max_bytes: usize) -> (MessageSender, MessageQueue) {
    let (sender, queue) = mpsc::channel(places);
    let waiting_bytes = Arc::<AtomicUsize>::default();
    let sender = MessageSender {
        queue: sender,
        waiting_bytes: Arc::clone(&waiting_bytes),
        max_bytes,
    };
    let queue = MessageQueue {
        queue,
        waiting_bytes,
        taken: Vec::new(),
    };
    (sender, queue)
}

impl MessageSender {
    /// Sends a message without waiting.
    ///
    /// # Errors
    /// The queue is full, in messages or bytes, or the receiver is gone.
    pub(super) fn try_send(&self, message: FeedMessage) -> Result<(), DisconnectReason> {
        let bytes = bytes_of(&message.event);
        let before = self.waiting_bytes.fetch_add(bytes, Ordering::Relaxed);
        let result = if before > 0 && before.saturating_add(bytes) > self.max_bytes {
            Err(DisconnectReason::QueueFull)
        } else {
            let sent = self.queue.try_send(QueuedMessage { message, bytes });
            sent.map_err(|error| match error {
                TrySendError::Full(_) => DisconnectReason::QueueFull,
                TrySendError::Closed(_) => DisconnectReason::Stopped,
            })
        };
        if result.is_err() {
            self.waiting_bytes.fetch_sub(bytes, Ordering::Relaxed);
        }
        result
    }

    /// Waits for a place. `None`: the receiver is gone.
    pub(super) async fn reserve(&self) -> Option<ReservedPlace> {
        let permit = self.queue.clone().reserve_owned().await;
        permit.ok().map(ReservedPlace)
    }

    /// Returns a place if there is one.
    pub(super) fn try_reserve(&self) -> Option<ReservedPlace> {
        let permit = self.queue.clone().try_reserve_owned();
        permit.ok().map(ReservedPlace)
    }

    /// Returns once the receiver is gone.
    pub(super) async fn closed(&self) {
        self.queue.closed().await;
    }

    /// Whether a message may fit.
    pub(super) fn has_room(&self) -> bool {
        let waiting = self.waiting_bytes.load(Ordering::Relaxed);
        self.queue.capacity() > 0 && waiting < self.max_bytes
    }

    /// Whether the program has taken at least half of what fits.
    pub(super) fn is_half_empty(&self) -> bool {
        let waiting = self.waiting_bytes.load(Ordering::Relaxed);
        let free = self.queue.capacity();
        free * 2 >= self.queue.max_capacity() && waiting <= self.max_bytes / 2
    }
}

impl MessageQueue {
    /// Waits for messages and adds at most `limit` of them to `batch`; returns how many. Zero: the feed has ended.
    pub async fn recv_many(&mut self, batch: &mut Vec<FeedMessage>, limit: usize) -> usize {
        let count = self.queue.recv_many(&mut self.taken, limit).await;
        for taken in self.taken.drain(..) {
            self.waiting_bytes.fetch_sub(taken.bytes, Ordering::Relaxed);
            batch.push(taken.message);
        }
        count
    }

    /// Returns the next message without waiting.
    ///
    /// # Errors
    /// There is none, or the feed has ended.
    pub fn try_recv(&mut self) -> Result<FeedMessage, TryRecvError> {
        let taken = self.queue.try_recv()?;
        self.waiting_bytes.fetch_sub(taken.bytes, Ordering::Relaxed);
        Ok(taken.message)
    }

    /// Returns the number of waiting messages.
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether no message waits.
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Returns the number of messages that may wait.
    pub fn max_capacity(&self) -> usize {
        self.queue.max_capacity()
    }
}

/// Returns about how many bytes of memory an event takes.
fn bytes_of(event: &FeedEvent) -> usize {
    let whole = |name: &str, args: &[Value]| {
        size_of::<QueuedMessage>() + name.len() + args.iter().map(bytes_of_value).sum::<usize>()
    };
    match event {
        FeedEvent::Event { name, args } | FeedEvent::Sent { name, args, .. } => whole(name, args),
        FeedEvent::Acked { args, .. } => whole("", args),
        FeedEvent::Up | FeedEvent::Down { .. } => size_of::<QueuedMessage>(),
    }
}

fn bytes_of_value(value: &Value) -> usize {
    let inside = match value {
        Value::Null | Value::Bool(_) => 0,
        Value::Number(number) => number.as_str().len(),
        Value::String(text) => text.len(),
        Value::Array(values) => values.iter().map(bytes_of_value).sum(),
        Value::Object(fields) => {
            let fields = fields.iter();
            fields
                .map(|(key, value)| size_of::<String>() + key.len() + bytes_of_value(value))
                .sum()
        }
    };
    size_of::<Value>() + inside
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn message(text: &str) -> FeedMessage {
        FeedMessage {
            generation: 1,
            at: chrono::DateTime::UNIX_EPOCH,
            arrived: Instant::now(),
            event: FeedEvent::Event {
                name: "tick".to_owned(),
                args: vec![Value::from(text)],
            },
        }
    }

    #[test]
    fn large_messages_fill_the_queue_before_its_places_do() {
        let (sender, mut queue) = message_queue(64, 100_000);
        let large = "x".repeat(40_000);
        for expected in [Ok(()), Ok(()), Err(DisconnectReason::QueueFull)] {
            assert_eq!(sender.try_send(message(&large)), expected);
        }
        assert!(!sender.is_half_empty());
        // What was refused counts nothing, and what is taken makes room.
        assert_eq!(sender.try_send(message("small")), Ok(()));
        assert!(queue.try_recv().is_ok());
        assert_eq!(sender.try_send(message(&large)), Ok(()));
        while queue.try_recv().is_ok() {}
        assert!(sender.is_half_empty());
        assert_eq!(sender.waiting_bytes.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn a_message_above_the_limit_fits_into_an_empty_queue_only() {
        let (sender, mut queue) = message_queue(64, 1_000);
        let large = "x".repeat(5_000);
        assert_eq!(sender.try_send(message(&large)), Ok(()));
        let full = Err(DisconnectReason::QueueFull);
        assert_eq!(sender.try_send(message("small")), full);
        assert!(!sender.has_room());
        // The place of `Down` is there all the same.
        sender.try_reserve().expect("a place").send(message("end"));
        assert!(queue.try_recv().is_ok() && queue.try_recv().is_ok());
        assert!(sender.has_room());
    }

    #[test]
    fn everything_inside_of_a_message_counts() {
        let nested = serde_json::json!({ "key": [1.25, "text", { "more": null }] });
        let digits: Value = serde_json::from_str(&"1".repeat(5_000)).expect("a number");
        assert!(bytes_of_value(&nested) > 5 * size_of::<Value>());
        assert!(bytes_of_value(&digits) > 5_000);
    }
}
