//! The connection to the browser: a thin client of the Chrome `DevTools` Protocol.
//!
//! Owns the socket, the numbers of the calls and their deadlines. One task only reads, because a browser whose reader
//! pauses drops frames without a word; another only writes. Neither knows what is read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use super::BrowserAddress;
use super::call::Call;
use super::socket::Stamp;
use crate::capture::text::{chain, clean};
use crate::feed::Why;

/// A browser on this computer answers at once, unless it hangs.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
/// The longest pause before a page that hangs is asked again: each question waits in it.
const ASK_AGAIN: Duration = Duration::from_secs(30);
/// A frame of the game may be large, and with escapes its message is larger; the crate's default stops at 16 MiB.
const LONGEST: usize = 512 << 20;
/// What may wait between the reader and us, in messages and in bytes. Beyond that a gap is told.
const WAITING: usize = 16_384;
const WAITING_BYTES: usize = 256 << 20;
/// Calls that may wait to be written: a browser that does not even read is none.
const CALLS: usize = 8_192;
/// The answer to the first question is a few lines.
const LONGEST_ANSWER: u64 = 65_536;

type Stream = WebSocketStream<TcpStream>;

/// What a call waits for.
#[derive(Debug)]
struct Waiting {
    session: Option<String>,
    call: Call,
    /// Asked again then.
    due: Instant,
    pause: Duration,
}

/// The calls that wait for their answer. Pure.
#[derive(Debug, Default)]
pub(super) struct Calls {
    last: u64,
    waiting: BTreeMap<u64, Waiting>,
}

impl Calls {
    /// Makes a call; returns what is to be written.
    fn make(&mut self, session: Option<String>, call: Call, now: Instant) -> String {
        self.last += 1;
        let text = call.message(self.last, session.as_deref());
        let waiting = Waiting {
            session,
            call,
            due: now + PATIENCE,
            pause: PATIENCE,
        };
        self.waiting.insert(self.last, waiting);
        text
    }

    /// Takes an answer; returns who gave it.
    fn answered(&mut self, id: u64) -> Option<(Option<String>, Call)> {
        let waiting = self.waiting.remove(&id)?;
        Some((waiting.session, waiting.call))
    }

    /// A target is gone, and with it what it was asked.
    fn forget(&mut self, session: &str) {
        self.waiting
            .retain(|_, waiting| waiting.session.as_deref() != Some(session));
    }

    /// Returns who did not answer in time, and what is to be written again.
    fn overdue(&mut self, now: Instant) -> Vec<(Option<String>, Call, String)> {
        let due = self.waiting.iter_mut().filter(|(_, call)| call.due <= now);
        due.map(|(id, waiting)| {
            waiting.pause = (waiting.pause * 2).min(ASK_AGAIN);
            waiting.due = now + waiting.pause;
            // With the same number: whichever answer comes is the answer.
            let text = waiting.call.message(*id, waiting.session.as_deref());
            (waiting.session.clone(), waiting.call, text)
        })
        .collect()
    }

    fn waits_for(&self, call: Call) -> bool {
        self.waiting.values().any(|waiting| waiting.call == call)
    }

    /// How many wait.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.waiting.len()
    }
}

/// What is between the reader and us.
#[derive(Debug, Default)]
struct Between {
    bytes: AtomicUsize,
    overrun: AtomicBool,
}

/// A connection to the browser. Dropped, it is closed; the browser and its pages stay as they are.
#[derive(Debug)]
pub(super) struct Cdp {
    calls: Calls,
    out: mpsc::Sender<String>,
    incoming: mpsc::Receiver<(Stamp, Utf8Bytes)>,
    between: Arc<Between>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for Cdp {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Version {
    web_socket_debugger_url: String,
}

impl Cdp {
    /// Connects to the browser at an address.
    pub(super) async fn connect(
        http: &reqwest::Client,
        address: BrowserAddress,
    ) -> Result<Self, Why> {
        let connected = timeout(PATIENCE, Self::open(http, address)).await;
        connected.unwrap_or_else(|_elapsed| Err(Why::NoBrowser(address.to_string())))
    }

    async fn open(http: &reqwest::Client, address: BrowserAddress) -> Result<Self, Why> {
        let none = || Why::NoBrowser(address.to_string());
        let other = |text: String| Why::NotABrowser(clean(&text));
        let question = http.get(format!("http://{address}/json/version")).send();
        let answer = question.await.map_err(|error| {
            if error.is_connect() || error.is_timeout() {
                none()
            } else {
                other(chain(&error.without_url()))
            }
        })?;
        if !answer.status().is_success() {
            // This is also what Chrome's own switch for debugging looks like.
            let status = answer.status().as_u16();
            return Err(other(format!(
                "it answered HTTP {status}; start it with --remote-debugging-port={}",
                address.socket().port()
            )));
        }
        if answer.content_length().is_none_or(|n| n > LONGEST_ANSWER) {
            return Err(other("its answer is no browser's".to_owned()));
        }
        let answer = answer
            .bytes()
            .await
            .map_err(|error| other(chain(&error.without_url())))?;
        let version: Version = serde_json::from_slice(&answer)
            .map_err(|_not_json| other("its answer is no browser's".to_owned()))?;
        // Its own address, whatever it says: nobody sends us elsewhere.
        let url = url::Url::parse(&version.web_socket_debugger_url);
        let path = url.ok().map(|url| url.path().to_owned());
        let path = path.filter(|path| path.starts_with("/devtools/"));
        let path = path.ok_or_else(|| other("its answer is no browser's".to_owned()))?;
        let stream = TcpStream::connect(address.socket())
            .await
            .map_err(|_refused| none())?;
        stream.set_nodelay(true).ok(); // Slower, and nothing else.
        let config = WebSocketConfig::default()
            .max_message_size(Some(LONGEST))
            .max_frame_size(Some(LONGEST));
        // Without `Origin`: so it needs no permission of its own.
        let request = format!("ws://{address}{path}");
        let (stream, _response) = client_async_with_config(request, stream, Some(config))
            .await
            .map_err(|error| other(chain(&error)))?;
        Ok(Self::over(stream))
    }

    fn over(stream: Stream) -> Self {
        let (to_browser, from_browser) = stream.split();
        let (out, out_end) = mpsc::channel(CALLS);
        let (arrived, incoming) = mpsc::channel(WAITING);
        let between = Arc::<Between>::default();
        let tasks = [
            tokio::spawn(only_read(from_browser, arrived, Arc::clone(&between))),
            tokio::spawn(only_write(to_browser, out_end)),
        ];
        Self {
            calls: Calls::default(),
            out,
            incoming,
            between,
            tasks,
        }
    }

    /// Returns the next message and when it came; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<(Stamp, Utf8Bytes)> {
        let next = self.incoming.recv().await;
        if let Some((_, text)) = &next {
            self.between.bytes.fetch_sub(text.len(), Ordering::Relaxed);
        }
        next
    }

    /// More came than was taken, so something is missing.
    pub(super) fn is_overrun(&self) -> bool {
        self.between.overrun.load(Ordering::Relaxed)
    }

    /// Makes a call; false when the browser takes none any more.
    pub(super) fn call(&mut self, session: Option<String>, call: Call, now: Instant) -> bool {
        let text = self.calls.make(session, call, now);
        self.out.try_send(text).is_ok()
    }

    /// Takes an answer; returns who gave it.
    pub(super) fn answered(&mut self, id: u64) -> Option<(Option<String>, Call)> {
        self.calls.answered(id)
    }

    /// A target is gone.
    pub(super) fn forget(&mut self, session: &str) {
        self.calls.forget(session);
    }

    /// Returns who did not answer in time; they are asked again.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<(Option<String>, Call)> {
        let overdue = self.calls.overdue(now).into_iter();
        overdue
            .map(|(session, call, text)| {
                self.out.try_send(text).ok(); // It is asked again later in any case.
                (session, call)
            })
            .collect()
    }

    /// Whether such a call waits for its answer.
    pub(super) fn waits_for(&self, call: Call) -> bool {
        self.calls.waits_for(call)
    }
}

async fn only_read(
    mut stream: SplitStream<Stream>,
    arrived: mpsc::Sender<(Stamp, Utf8Bytes)>,
    between: Arc<Between>,
) {
    while let Some(message) = stream.next().await {
        let text = match message {
            Ok(Message::Text(text)) => text,
            Ok(Message::Close(_)) => return,
            Ok(_) => continue,
            Err(error) => {
                tracing::debug!(error = clean(&chain(&error)), "the browser's line ended");
                return;
            }
        };
        let stamp = Stamp {
            at: crate::clock::now(),
            arrived: Instant::now(),
        };
        let length = text.len();
        let before = between.bytes.fetch_add(length, Ordering::Relaxed);
        // One message alone may be as large as it is.
        let too_much = before > 0 && before.saturating_add(length) > WAITING_BYTES;
        if too_much || arrived.try_send((stamp, text)).is_err() {
            between.overrun.store(true, Ordering::Relaxed);
            return;
        }
    }
}

async fn only_write(mut stream: SplitSink<Stream, Message>, mut out: mpsc::Receiver<String>) {
    while let Some(text) = out.recv().await {
        // A browser that takes nothing is noticed by what it does not answer.
        match timeout(PATIENCE, stream.send(Message::text(text))).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::debug!(error = clean(&chain(&error)), "the browser takes no call");
                return;
            }
            Err(_elapsed) => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_without_answer_is_overdue_after_three_seconds_and_then_ever_more_rarely() {
        let mut calls = Calls::default();
        let start = Instant::now();
        calls.make(Some("S".to_owned()), Call::ReadNetwork, start);
        let mut told = Vec::new();
        for second in 0..120 {
            let now = start + Duration::from_secs(second);
            told.extend(calls.overdue(now).iter().map(|_| second));
        }
        assert_eq!(told, [3, 9, 21, 45, 75, 105]);
        assert!(calls.answered(1).is_some());
        assert!(calls.overdue(start + Duration::from_hours(1)).is_empty());
    }

    #[test]
    fn what_a_closed_tab_was_asked_is_forgotten() {
        let mut calls = Calls::default();
        let now = Instant::now();
        for tab in 0..1_000 {
            let session = format!("S{tab}");
            calls.make(Some(session.clone()), Call::ReadNetwork, now);
            calls.make(Some(session.clone()), Call::ReadPage, now);
            calls.forget(&session);
        }
        assert_eq!(calls.len(), 0);
    }
}
