//! The table as a server: its thread, its port and its connections.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::http::header::CONTENT_TYPE;
use axum::{Router, middleware, routing};
use socketioxide::SocketIo;
use socketioxide::extract::SocketRef;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::time::{Instant, sleep, timeout};

use super::error::TableError;
use super::fault::Fault;
use super::hub::Hub;
use super::listener::{ConnectionHandle, CountingListener, refuse_foreign_pages};
use super::player::LedgerRow;
use super::source::{SourcePlayback, TableSource};
use super::speed::{BadSpeed, Speed};
use super::timing::{MAX_WAIT, play};
use crate::background;

/// Messages that may wait for one client. A client that falls further behind is dropped.
const QUEUE: usize = 4_096;
/// How long the end of a capture waits for slow readers.
const DRAIN: Duration = Duration::from_secs(5);
/// How long a stop waits for connections to close by themselves.
const STOP: Duration = Duration::from_millis(300);
/// The time that the runtime has to end its last tasks.
const SHUTDOWN: Duration = Duration::from_millis(500);

/// The set-up of a table.
#[derive(Debug, Clone, Default)]
pub struct TableConfig {
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// The same games every time; without a seed they are random.
    pub seed: Option<u64>,
    /// The speed of the games.
    pub speed: Speed,
    /// Where the games come from.
    pub source: TableSource,
    /// Misbehaviour; only with [`TableSource::Practice`].
    pub faults: Vec<Fault>,
    /// The longest wait of a step for a client that asked for it; `None` for the default of 6 s.
    pub patience: Option<Duration>,
}

/// A running table. Dropping it stops it.
#[derive(Debug)]
pub struct Table {
    address: SocketAddr,
    hub: Arc<Hub>,
    metrics: tokio::runtime::RuntimeMetrics,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Table {
    /// Starts a table on 127.0.0.1. Its clock starts with the first client.
    ///
    /// # Errors
    /// [`TableError`].
    pub fn start(config: TableConfig) -> Result<Self, TableError> {
        let TableConfig {
            port,
            seed,
            speed,
            source,
            faults,
            patience,
        } = config;
        let speed = speed.checked()?;
        let max_wait = patience.unwrap_or(MAX_WAIT);
        let seeded = seed.is_some() && matches!(source, TableSource::Practice);
        if !crate::clock::is_usable() {
            return Err(TableError::Clock(crate::game::millis::text(
                crate::clock::now(),
            )));
        }
        let source = SourcePlayback::open(source, seed, &faults)?;
        let listen = |error| TableError::Listen {
            port,
            source: error,
        };
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(TableError::Thread)?;
        let metrics = runtime.metrics();
        let hub = Arc::new(Hub::new(source, speed, seeded));
        let (stop, stopped) = oneshot::channel();
        let ended = FinishOnDrop(hub.clone());
        let serve = move || {
            // A panic of this thread ends the waiting for the table, too.
            let ended = ended;
            if let Err(error) = runtime.block_on(run(listener, &ended.0, max_wait, stopped)) {
                tracing::error!(%error, "the table stopped serving");
            }
            runtime.shutdown_timeout(SHUTDOWN);
        };
        let thread = background::spawn("table", serve).map_err(TableError::Thread)?;
        Ok(Self {
            address,
            hub,
            metrics,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns the address that the table listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address for clients, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Changes the speed from the next step on; the game goes on where it is.
    ///
    /// # Errors
    /// The speed is outside the limits.
    pub fn set_speed(&self, speed: Speed) -> Result<(), BadSpeed> {
        self.hub.set_speed(speed.checked()?);
        Ok(())
    }

    /// Returns the number of connected clients.
    pub fn clients(&self) -> usize {
        self.hub.clients()
    }

    /// Returns the number of tasks that have not ended: some of the table, some of each connection.
    pub fn tasks(&self) -> usize {
        self.metrics.num_alive_tasks()
    }

    /// Returns the number of clients that were dropped because they did not keep up.
    pub fn overrun(&self) -> u64 {
        self.hub.overrun()
    }

    /// Returns the names of the events that clients sent, in order.
    pub fn received(&self) -> Vec<String> {
        self.hub.received()
    }

    /// Returns every change of a player's account at this table, in order; empty if there is no such player. The table
    /// keeps the first 100,000 rows of all its players together.
    pub fn ledger(&self, player_id: &str) -> Vec<LedgerRow> {
        self.hub.ledger(player_id)
    }

    /// Drops every connection without a close frame.
    pub fn cut(&self) {
        self.hub.cut();
    }

    /// Waits until the capture was played to its end (practice games have none), or the table stopped.
    pub fn wait(&self) {
        while !self.wait_for(Duration::from_hours(1)) {}
    }

    /// Waits as [`Self::wait`] does, but at most `limit`; returns whether the end came.
    pub fn wait_for(&self, limit: Duration) -> bool {
        self.hub.wait_for(limit)
    }

    /// Closes every connection and ends the thread.
    pub fn stop(self) {}
}

impl Drop for Table {
    fn drop(&mut self) {
        // Both fail only if the thread is gone already.
        if let Some(stop) = self.stop.take() {
            stop.send(()).ok();
        }
        background::join(&mut self.thread, "the table's thread panicked");
    }
}

/// Ends the hub when the thread ends, also by a panic.
struct FinishOnDrop(Arc<Hub>);

impl Drop for FinishOnDrop {
    fn drop(&mut self) {
        self.0.finish();
    }
}

async fn run(
    listener: std::net::TcpListener,
    hub: &Arc<Hub>,
    max_wait: Duration,
    stopped: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    let open = Arc::new(AtomicUsize::new(0));
    let listener = CountingListener {
        listener: TcpListener::from_std(listener)?,
        open: open.clone(),
    };
    let (layer, io) = SocketIo::builder().max_buffer_size(QUEUE).build_layer();
    // Weak, here and in `welcome`: the library keeps handlers beyond the end of its server.
    let weak = Arc::downgrade(hub);
    io.ns("/", async move |socket: SocketRef| {
        if let Some(hub) = weak.upgrade() {
            hub.welcome(socket);
        }
    });
    let weak = Arc::downgrade(hub);
    let announce = async move || {
        let table = weak.upgrade().map(|hub| hub.announcement());
        let json = serde_json::to_string(&table).expect("plain data is JSON");
        ([(CONTENT_TYPE, "application/json")], json)
    };
    let app = Router::new()
        .route("/pianola", routing::get(announce))
        .layer(layer)
        .layer(middleware::from_fn(refuse_foreign_pages));
    let serving = axum::serve(
        listener,
        app.into_make_service_with_connect_info::<ConnectionHandle>(),
    );
    let patience = tokio::select! {
        // A stop comes first; the order of the other two does not matter.
        biased;
        _ = stopped => STOP,
        () = play(hub, max_wait) => DRAIN,
        result = serving => return result,
    };
    // The queues are written out before the connections close.
    if timeout(patience, io.close()).await.is_err() {
        tracing::debug!("the clients took too long to close");
    }
    let deadline = Instant::now() + patience;
    while open.load(Ordering::Relaxed) > 0 && Instant::now() < deadline {
        sleep(Duration::from_millis(5)).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
