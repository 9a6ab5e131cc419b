//! The connection to the browser: a thin client of the Chrome `DevTools` Protocol.
//!
//! Owns the socket, the numbers of the calls and their deadlines. One task only reads, because the browser silently drops
//! frames when its reader pauses; another only writes. Neither interprets the messages.

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

use super::address::BrowserAddress;
use super::cdp_call::CdpCall;
use crate::capture::text::{chain, clean};
use crate::feed::disconnect_reason::DisconnectReason;
use crate::feed::message::ArrivalTime;

/// Deadline for an answer. A browser on this computer answers at once, unless it hangs.
pub(super) const PATIENCE: Duration = Duration::from_secs(3);
/// The longest pause before a call to a hanging page is repeated: each call waits in the page.
const ASK_AGAIN: Duration = Duration::from_secs(30);
/// A frame of the game may be large, and with escapes its message is larger; the crate's default stops at 16 MiB.
const MAX_MESSAGE: usize = 512 << 20;
/// Limits of the backlog between the reading task and the supervisor, in messages and bytes. More means a gap.
const MAX_BACKLOG: usize = 16_384;
const MAX_BACKLOG_BYTES: usize = 256 << 20;
/// Limit of calls that wait to be written.
const MAX_CALLS: usize = 8_192;
/// Limit of the answer to the first request in bytes; it has a few lines.
const MAX_ANSWER: u64 = 65_536;

type BrowserStream = WebSocketStream<TcpStream>;

/// A call without an answer yet.
#[derive(Debug)]
struct PendingCall {
    session: Option<String>,
    call: CdpCall,
    /// When it is repeated.
    due: Instant,
    pause: Duration,
}

/// The calls that wait for their answers. Pure.
#[derive(Debug, Default)]
pub(super) struct PendingCalls {
    last: u64,
    waiting: BTreeMap<u64, PendingCall>,
}

impl PendingCalls {
    /// Makes a call; returns its message.
    fn make(&mut self, session: Option<String>, call: CdpCall, now: Instant) -> String {
        self.last += 1;
        let text = call.message(self.last, session.as_deref());
        let waiting = PendingCall {
            session,
            call,
            due: now + PATIENCE,
            pause: PATIENCE,
        };
        self.waiting.insert(self.last, waiting);
        text
    }

    /// Takes an answer; returns the session and the call.
    pub(super) fn answered(&mut self, id: u64) -> Option<(Option<String>, CdpCall)> {
        let waiting = self.waiting.remove(&id)?;
        Some((waiting.session, waiting.call))
    }

    /// Drops the calls of a target that ended.
    pub(super) fn forget(&mut self, session: &str) {
        self.waiting
            .retain(|_, waiting| waiting.session.as_deref() != Some(session));
    }

    /// Returns the overdue calls and the messages that repeat them.
    fn overdue(&mut self, now: Instant) -> Vec<(Option<String>, CdpCall, String)> {
        let due = self.waiting.iter_mut().filter(|(_, call)| call.due <= now);
        due.map(|(id, waiting)| {
            waiting.pause = (waiting.pause * 2).min(ASK_AGAIN);
            waiting.due = now + waiting.pause;
            // With the same number, so that any answer counts.
            let text = waiting.call.message(*id, waiting.session.as_deref());
            (waiting.session.clone(), waiting.call, text)
        })
        .collect()
    }

    /// Whether this call waits for an answer.
    pub(super) fn waits_for(&self, call: CdpCall) -> bool {
        self.waiting.values().any(|waiting| waiting.call == call)
    }

    /// Returns the number of waiting calls.
    #[cfg(test)]
    fn len(&self) -> usize {
        self.waiting.len()
    }
}

/// The backlog between the reading task and the supervisor.
#[derive(Debug, Default)]
struct ReaderBacklog {
    bytes: AtomicUsize,
    overrun: AtomicBool,
}

/// A connection to the browser. It closes when dropped; the browser and its pages stay as they are.
#[derive(Debug)]
pub(super) struct CdpConnection {
    pub(super) calls: PendingCalls,
    out: mpsc::Sender<String>,
    incoming: mpsc::Receiver<(ArrivalTime, Utf8Bytes)>,
    backlog: Arc<ReaderBacklog>,
    tasks: [JoinHandle<()>; 2],
}

impl Drop for CdpConnection {
    fn drop(&mut self) {
        for task in &self.tasks {
            task.abort();
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct VersionInfo {
    web_socket_debugger_url: String,
}

impl CdpConnection {
    /// Connects to the browser at an address.
    pub(super) async fn connect(
        http: &reqwest::Client,
        address: BrowserAddress,
    ) -> Result<Self, DisconnectReason> {
        let connected = timeout(PATIENCE, Self::open(http, address)).await;
        connected.unwrap_or_else(|_elapsed| Err(DisconnectReason::NoBrowser(address.to_string())))
    }

    async fn open(
        http: &reqwest::Client,
        address: BrowserAddress,
    ) -> Result<Self, DisconnectReason> {
        let none = || DisconnectReason::NoBrowser(address.to_string());
        let other = |text: String| DisconnectReason::NotABrowser(clean(&text));
        let request = http.get(format!("http://{address}/json/version")).send();
        let answer = request.await.map_err(|error| {
            if error.is_connect() || error.is_timeout() {
                none()
            } else {
                other(chain(&error.without_url()))
            }
        })?;
        if !answer.status().is_success() {
            // Chrome's own debugging switch also looks like this.
            let status = answer.status().as_u16();
            return Err(other(format!(
                "it answered HTTP {status}; start it with --remote-debugging-port={}",
                address.socket().port()
            )));
        }
        if answer.content_length().is_none_or(|n| n > MAX_ANSWER) {
            return Err(other("its answer is no browser's".to_owned()));
        }
        let answer = answer
            .bytes()
            .await
            .map_err(|error| other(chain(&error.without_url())))?;
        let version: VersionInfo = serde_json::from_slice(&answer)
            .map_err(|_not_json| other("its answer is no browser's".to_owned()))?;
        // Always the configured address: the answer must not redirect.
        let url = url::Url::parse(&version.web_socket_debugger_url);
        let path = url.ok().map(|url| url.path().to_owned());
        let path = path.filter(|path| path.starts_with("/devtools/"));
        let path = path.ok_or_else(|| other("its answer is no browser's".to_owned()))?;
        let stream = TcpStream::connect(address.socket())
            .await
            .map_err(|_refused| none())?;
        stream.set_nodelay(true).ok(); // A failure only makes it slower.
        let config = WebSocketConfig::default()
            .max_message_size(Some(MAX_MESSAGE))
            .max_frame_size(Some(MAX_MESSAGE));
        // Without `Origin`, so that the browser needs no extra permission.
        let request = format!("ws://{address}{path}");
        let (stream, _response) = client_async_with_config(request, stream, Some(config))
            .await
            .map_err(|error| other(chain(&error)))?;
        Ok(Self::over(stream))
    }

    fn over(stream: BrowserStream) -> Self {
        let (to_browser, from_browser) = stream.split();
        let (out, out_end) = mpsc::channel(MAX_CALLS);
        let (arrived, incoming) = mpsc::channel(MAX_BACKLOG);
        let backlog = Arc::<ReaderBacklog>::default();
        let tasks = [
            tokio::spawn(only_read(from_browser, arrived, Arc::clone(&backlog))),
            tokio::spawn(only_write(to_browser, out_end)),
        ];
        Self {
            calls: PendingCalls::default(),
            out,
            incoming,
            backlog,
            tasks,
        }
    }

    /// Returns the next message with its arrival; `None` at the end.
    pub(super) async fn next(&mut self) -> Option<(ArrivalTime, Utf8Bytes)> {
        let next = self.incoming.recv().await;
        if let Some((_, text)) = &next {
            self.backlog.bytes.fetch_sub(text.len(), Ordering::Relaxed);
        }
        next
    }

    /// Whether the backlog was full, so that messages are missing.
    pub(super) fn is_overrun(&self) -> bool {
        self.backlog.overrun.load(Ordering::Relaxed)
    }

    /// Makes a call; false when the browser accepts no more calls.
    pub(super) fn call(&mut self, session: Option<String>, call: CdpCall, now: Instant) -> bool {
        let text = self.calls.make(session, call, now);
        self.out.try_send(text).is_ok()
    }

    /// Returns the overdue calls and repeats them.
    pub(super) fn overdue(&mut self, now: Instant) -> Vec<(Option<String>, CdpCall)> {
        let overdue = self.calls.overdue(now).into_iter();
        overdue
            .map(|(session, call, text)| {
                self.out.try_send(text).ok(); // It is repeated later in any case.
                (session, call)
            })
            .collect()
    }
}

async fn only_read(
    mut stream: SplitStream<BrowserStream>,
    arrived: mpsc::Sender<(ArrivalTime, Utf8Bytes)>,
    backlog: Arc<ReaderBacklog>,
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
        let time = ArrivalTime::now();
        let length = text.len();
        let before = backlog.bytes.fetch_add(length, Ordering::Relaxed);
        // A single message may have any size.
        let too_much = before > 0 && before.saturating_add(length) > MAX_BACKLOG_BYTES;
        if too_much || arrived.try_send((time, text)).is_err() {
            backlog.overrun.store(true, Ordering::Relaxed);
            return;
        }
    }
}

async fn only_write(
    mut stream: SplitSink<BrowserStream, Message>,
    mut out: mpsc::Receiver<String>,
) {
    while let Some(text) = out.recv().await {
        // A browser that reads nothing is noticed by its missing answers.
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
    fn a_call_without_answer_is_repeated_after_three_seconds_and_then_less_often() {
        let mut calls = PendingCalls::default();
        let start = Instant::now();
        calls.make(Some("S".to_owned()), CdpCall::ReadNetwork, start);
        let mut repeated = Vec::new();
        for second in 0..120 {
            let now = start + Duration::from_secs(second);
            repeated.extend(calls.overdue(now).iter().map(|_| second));
        }
        assert_eq!(repeated, [3, 9, 21, 45, 75, 105]);
        assert!(calls.answered(1).is_some());
        assert!(calls.overdue(start + Duration::from_hours(1)).is_empty());
    }

    #[test]
    fn the_calls_of_a_closed_tab_are_dropped() {
        let mut calls = PendingCalls::default();
        let now = Instant::now();
        for tab in 0..1_000 {
            let session = format!("S{tab}");
            calls.make(Some(session.clone()), CdpCall::ReadNetwork, now);
            calls.make(Some(session.clone()), CdpCall::ReadPage, now);
            calls.forget(&session);
        }
        assert_eq!(calls.len(), 0);
    }
}
