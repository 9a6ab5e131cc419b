//! The feed's client library as a plain watcher of the practice table.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use rust_socketio::asynchronous::{Client, ClientBuilder};
use rust_socketio::{Event, Payload, TransportType};
use serde_json::Value;

/// Nothing in these tests takes longer unless it is broken.
pub const LIMIT: Duration = Duration::from_mins(1);

pub type Seen = (String, Vec<Value>);

#[derive(Default)]
struct Log {
    events: Vec<Seen>,
    closed: bool,
}

#[derive(Default)]
struct Shared {
    log: Mutex<Log>,
    news: Condvar,
}

/// A client of `rust_socketio`, used by the rules of the feed: websocket only, own runtime, no reconnect.
pub struct Watcher {
    shared: Arc<Shared>,
    client: Client,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Watcher {
    pub fn connect(url: &str) -> Self {
        Self::try_connect(url, None).expect("the table accepts the connection")
    }

    pub fn try_connect(url: &str, origin: Option<&str>) -> Result<Self, Box<rust_socketio::Error>> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .expect("a runtime");
        let shared = Arc::new(Shared::default());
        let (events, errors, closes) = (shared.clone(), shared.clone(), shared.clone());
        let mut builder = ClientBuilder::new(url)
            .transport_type(TransportType::Websocket)
            .reconnect(false)
            .reconnect_on_disconnect(false)
            .on(Event::Error, move |_, _| {
                errors.close();
                Box::pin(async {})
            })
            .on(Event::Close, move |_, _| {
                closes.close();
                Box::pin(async {})
            })
            .on_any(move |event, payload, _| {
                if let (Event::Custom(name), Payload::Text(args)) = (event, payload) {
                    events.push((name, args));
                }
                Box::pin(async {})
            });
        if let Some(origin) = origin {
            builder = builder.opening_header("origin", origin);
        }
        let client = runtime.block_on(builder.connect())?;
        Ok(Self {
            shared,
            client,
            runtime: Some(runtime),
        })
    }

    /// Waits until `enough` is true of the events so far, and returns them.
    pub fn wait(&self, what: &str, enough: impl Fn(&[Seen]) -> bool) -> Vec<Seen> {
        let log = self.shared.lock();
        let waited = self
            .shared
            .news
            .wait_timeout_while(log, LIMIT, |log| !enough(&log.events));
        let (log, _) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(
            enough(&log.events),
            "{what}: {} events after {LIMIT:?}",
            log.events.len()
        );
        log.events.clone()
    }

    /// Waits until the connection has ended; the library may notice only by the end of its reader.
    pub fn wait_for_the_end(&self) -> Vec<Seen> {
        let metrics = self.runtime.as_ref().expect("until drop").metrics();
        let step = Duration::from_millis(5);
        for _ in 0..LIMIT.as_millis() / step.as_millis() {
            let log = self.shared.lock();
            let waited = self
                .shared
                .news
                .wait_timeout_while(log, step, |log| !log.closed);
            let (log, _) = waited.unwrap_or_else(PoisonError::into_inner);
            if log.closed || metrics.num_alive_tasks() == 0 {
                return log.events.clone();
            }
        }
        panic!("the connection is still there after {LIMIT:?}");
    }

    pub fn events(&self) -> Vec<Seen> {
        self.shared.lock().events.clone()
    }

    pub fn emit(&self, event: &str, args: Vec<Value>) {
        let runtime = self.runtime.as_ref().expect("until drop");
        let sent = runtime.block_on(self.client.emit(event, Payload::Text(args)));
        sent.expect("the connection takes an event");
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_timeout(Duration::from_millis(500));
        }
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, Log> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, event: Seen) {
        self.lock().events.push(event);
        self.news.notify_all();
    }

    fn close(&self) {
        self.lock().closed = true;
        self.news.notify_all();
    }
}
