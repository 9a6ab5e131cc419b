//! The table as a server: its thread, its port and its pace. PublicProfile is told what is `stage`'s business.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
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
use tokio::time::{Instant, sleep, sleep_until, timeout};

use super::accounts::Accounts;
use super::fault::Fault;
use super::faulty_stream::FaultyStream;
use super::game_stream::GameStream;
use super::hub::{ActiveSource, Hub, Practice};
use super::listener::{ConnectionHandle, LoopbackListener, only_loopback};
use super::playback::Playback;
use super::player::LedgerRow;
use super::speed::{BadSpeed, Speed};
use crate::capture::CaptureError;

/// Messages that may wait for one client. Beyond, it is dropped: the real server's clients have no more patience.
const QUEUE: usize = 4_096;
/// How long the end of a capture waits for slow readers.
const DRAIN: Duration = Duration::from_secs(5);
/// How long a stop waits for connections to close by themselves.
const STOP: Duration = Duration::from_millis(300);
/// How long a step waits for a client that asked to be waited for. Longer than the feed waits for an answer (4 s), so
/// that a player whose answer is lost does not miss a step; shorter than it bears silence (8 s), so that the other
/// clients stay.
const PATIENCE: Duration = Duration::from_secs(6);
/// How often a table that waits looks whether the client has gone.
const LOOK: Duration = Duration::from_millis(50);
/// What the runtime gets to end its last tasks.
const SHUTDOWN: Duration = Duration::from_millis(500);

/// What a table plays.
#[derive(Debug, Clone, Default)]
pub enum TableSource {
    /// Games of its own.
    #[default]
    Practice,
    /// A file of real traffic.
    Capture {
        /// The file, JSON lines.
        path: PathBuf,
        /// Starts over at the end.
        looped: bool,
    },
}

/// How to set up a table.
#[derive(Debug, Clone, Default)]
pub struct TableConfig {
    /// The port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// The same games every time; without it nobody can foresee them.
    pub seed: Option<u64>,
    /// How fast.
    pub speed: Speed,
    /// What is played.
    pub source: TableSource,
    /// What goes wrong; only with [`TableSource::Practice`].
    pub faults: Vec<Fault>,
}

/// Why a table does not start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TableError {
    /// The speed is outside the limits.
    #[error(transparent)]
    Speed(#[from] BadSpeed),
    /// The capture cannot be played.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// A capture is played as it is.
    #[error("a capture is played as it is: faults are for the practice games only")]
    FaultsWithCapture,
    /// The port cannot be had.
    #[error("cannot listen on 127.0.0.1:{port}; is another table running there?")]
    Listen {
        /// Which port.
        port: u16,
        /// Why.
        source: std::io::Error,
    },
    /// The web server beneath works with no such time.
    #[error(
        "the clock of this computer says {0}, and no practice table can be served before 1970 or after 9999; set the clock"
    )]
    Clock(String),
    /// The operating system gave no random bytes.
    #[error("the operating system gives no random numbers ({0}); choose a seed")]
    Random(String),
    /// No thread or no runtime.
    #[error("cannot start the table's thread")]
    Thread(#[source] std::io::Error),
}

/// A running table. Dropping it stops it.
#[derive(Debug)]
pub struct Table {
    address: SocketAddr,
    shared: Arc<Hub>,
    metrics: tokio::runtime::RuntimeMetrics,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Table {
    /// Starts a table on 127.0.0.1. Its clock starts with the first client.
    pub fn start(config: TableConfig) -> Result<Self, TableError> {
        let TableConfig {
            port,
            seed,
            speed,
            source,
            faults,
        } = config;
        let speed = speed.checked()?;
        let seeded = seed.is_some() && matches!(source, TableSource::Practice);
        if !crate::clock::is_usable() {
            return Err(TableError::Clock(crate::game::millis::text(
                crate::clock::now(),
            )));
        }
        let show = open_show(source, seed, &faults)?;
        let listen = |source| TableError::Listen { port, source };
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port)).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(TableError::Thread)?;
        let metrics = runtime.metrics();
        let shared = Arc::new(Hub::new(show, speed, seeded));
        let (stop, stopped) = oneshot::channel();
        let theirs = shared.clone();
        let thread = std::thread::Builder::new()
            .name("table".to_owned())
            .spawn(move || {
                // Also when this thread panics, nobody waits for ever.
                let end = FinishOnDrop(theirs);
                if let Err(error) = runtime.block_on(run(listener, &end.0, stopped)) {
                    tracing::error!(%error, "the table stopped serving");
                }
                runtime.shutdown_timeout(SHUTDOWN);
            })
            .map_err(TableError::Thread)?;
        Ok(Self {
            address,
            shared,
            metrics,
            stop: Some(stop),
            thread: Some(thread),
        })
    }

    /// Returns the address it listens on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns the address as a client takes it, `http://127.0.0.1:PORT`.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Runs at another speed from the next step on; the game goes on where it is.
    pub fn set_speed(&self, speed: Speed) -> Result<(), BadSpeed> {
        self.shared.set_speed(speed.checked()?);
        Ok(())
    }

    /// Returns the number of connected clients.
    pub fn clients(&self) -> usize {
        self.shared.clients()
    }

    /// Returns the number of its tasks that have not ended: some for itself, some for each connection.
    pub fn tasks(&self) -> usize {
        self.metrics.num_alive_tasks()
    }

    /// Returns how many clients were dropped because they did not keep up.
    pub fn overrun(&self) -> u64 {
        self.shared.overrun()
    }

    /// Returns the names of the events that clients sent, in order.
    pub fn received(&self) -> Vec<String> {
        self.shared.received()
    }

    /// Returns every change of a player's account at this table, in order; empty when there is no such player. The
    /// table keeps 100,000 rows of all its players together, later ones are not kept.
    pub fn ledger(&self, player_id: &str) -> Vec<LedgerRow> {
        self.shared.ledger(player_id)
    }

    /// Drops every connection, without a word of goodbye.
    pub fn cut(&self) {
        self.shared.cut();
    }

    /// Waits until the capture was played to its end (a practice table has none), or the table stopped.
    pub fn wait(&self) {
        while !self.wait_for(Duration::from_hours(1)) {}
    }

    /// Waits as [`Self::wait`] does, but not longer than `limit`; whether the end came.
    pub fn wait_for(&self, limit: Duration) -> bool {
        self.shared.wait_for(limit)
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
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the table's thread panicked");
        }
    }
}

/// The end of the thread, however it comes.
struct FinishOnDrop(Arc<Hub>);

impl Drop for FinishOnDrop {
    fn drop(&mut self) {
        self.0.finish();
    }
}

fn open_show(
    source: TableSource,
    seed: Option<u64>,
    faults: &[Fault],
) -> Result<ActiveSource, TableError> {
    let (script, entropy) = match (source, seed) {
        (TableSource::Capture { .. }, _) if !faults.is_empty() => {
            return Err(TableError::FaultsWithCapture);
        }
        (TableSource::Capture { path, looped }, _) => {
            return Ok(ActiveSource::Capture(Box::new(Playback::open(
                &path, looped,
            )?)));
        }
        (TableSource::Practice, Some(seed)) => (GameStream::seeded(seed), seed.to_string()),
        (TableSource::Practice, None) => {
            let entropy = entropy()?;
            let now = crate::clock::now().timestamp_millis();
            (GameStream::unseeded(&entropy, now), entropy)
        }
    };
    Ok(ActiveSource::Practice(Box::new(Practice {
        stream: FaultyStream::new(script, faults),
        accounts: Accounts::new(&entropy, faults),
    })))
}

fn entropy() -> Result<String, TableError> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| TableError::Random(error.to_string()))?;
    Ok(u128::from_ne_bytes(bytes).to_string())
}

async fn run(
    listener: std::net::TcpListener,
    shared: &Arc<Hub>,
    stopped: oneshot::Receiver<()>,
) -> std::io::Result<()> {
    let open = Arc::new(AtomicUsize::new(0));
    let door = LoopbackListener {
        listener: TcpListener::from_std(listener)?,
        open: open.clone(),
    };
    let (layer, io) = SocketIo::builder().max_buffer_size(QUEUE).build_layer();
    // Weak, here and in `welcome`: the library keeps handlers beyond the end of its server.
    let host = Arc::downgrade(shared);
    io.ns("/", async move |socket: SocketRef| {
        if let Some(host) = host.upgrade() {
            host.welcome(socket);
        }
    });
    let host = Arc::downgrade(shared);
    let announce = async move || {
        let table = host.upgrade().map(|host| host.announcement());
        let json = serde_json::to_string(&table).expect("plain data is JSON");
        ([(CONTENT_TYPE, "application/json")], json)
    };
    let app = Router::new()
        .route("/pianola", routing::get(announce))
        .layer(layer)
        .layer(middleware::from_fn(only_loopback));
    let serving = axum::serve(
        door,
        app.into_make_service_with_connect_info::<ConnectionHandle>(),
    );
    let patience = tokio::select! {
        // A stop comes first; the other two are equals.
        biased;
        _ = stopped => STOP,
        () = play(shared) => DRAIN,
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

/// Plays the source from the first client on; returns at its end.
async fn play(shared: &Hub) {
    shared.first_client().await;
    // Each deadline is counted from the one before, not from the wake-up: a late one is caught up with.
    let mut due = Instant::now();
    let mut before = None;
    while let Some((delay, speed)) = shared.next_delay() {
        if before.replace(speed) != Some(speed) {
            // What the old speed did not keep up with is not caught up with at the new one.
            due = Instant::now();
        }
        due += speed.before(delay);
        sleep_until(due).await;
        if wait_for_clients(shared).await {
            // The game stood still meanwhile: nothing is to be caught up with.
            due = due.max(Instant::now());
        }
        let messages = shared.next_step();
        if !shared.is_paced_by_clients() {
            due += speed.after(messages);
        }
        // A row of overdue steps must not keep the connections from writing.
        tokio::task::yield_now().await;
    }
}

/// Waits until no client holds the table, at most [`PATIENCE`]; whether it had to wait.
async fn wait_for_clients(shared: &Hub) -> bool {
    if !shared.is_held() {
        return false;
    }
    let deadline = Instant::now() + PATIENCE;
    while shared.is_held() {
        // A client that has gone does not say so here: then the time-out looks.
        timeout(LOOK, shared.client_is_ready()).await.ok();
        if Instant::now() >= deadline {
            shared.give_up_waiting();
        }
    }
    true
}

#[cfg(test)]
mod tests;
