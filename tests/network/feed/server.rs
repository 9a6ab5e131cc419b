//! A real Socket.IO server (socketioxide on axum) that ticks and answers orders.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use axum::serve::ListenerExt as _;
use pianola::feed::Address;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, SocketRef, TryData};
use socketioxide::handler::ConnectHandler as _;
use tokio::sync::oneshot;

/// Counts what outlives a restart: the ticks ever sent and the orders ever taken.
#[derive(Default)]
pub struct Counts {
    pub ticks: AtomicU64,
    pub orders: AtomicU64,
}

pub struct Table {
    pub counts: Arc<Counts>,
    port: u16,
    kill: Option<oneshot::Sender<()>>,
    handle: tokio::runtime::Handle,
    thread: Option<JoinHandle<()>>,
}

/// Payload, or trace and payload.
#[derive(Deserialize)]
struct Args(
    #[serde(default)] Option<Value>,
    #[serde(default)] Option<Value>,
);

/// No arguments: `()` would be sent as `null`.
#[derive(Serialize)]
struct NoArgs();

impl Table {
    /// Starts on `port` (0: any). It refuses logins whose token is "wrong".
    pub fn start(port: u16, counts: Arc<Counts>) -> Self {
        let (ready_in, ready) = sync_channel(1);
        let (kill, killed) = oneshot::channel();
        let for_thread = Arc::clone(&counts);
        let builder = std::thread::Builder::new().name("table".to_owned());
        let thread = builder.spawn(move || serve(port, &for_thread, &ready_in, killed));
        let (port, handle) = ready.recv().unwrap();
        Self {
            counts,
            port,
            kill: Some(kill),
            handle,
            thread: Some(thread.unwrap()),
        }
    }

    pub fn address(&self) -> Address {
        Address::parse(&format!(
            "http://127.0.0.1:{}?frontend-version=1.0",
            self.port
        ))
        .unwrap()
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    /// Ends it without a goodbye; returns when the port is free.
    pub fn kill(mut self) {
        self.end();
    }

    /// Blocks the server's only thread until the returned end is dropped.
    pub fn freeze(&self) -> SyncSender<()> {
        let (thaw, frozen) = sync_channel::<()>(1);
        let (begun_in, begun) = sync_channel(1);
        self.handle.spawn(async move {
            begun_in.send(()).unwrap();
            // Blocking on purpose: nothing of the server runs any more.
            assert!(frozen.recv().is_err());
        });
        begun.recv().unwrap();
        thaw
    }

    fn end(&mut self) {
        drop(self.kill.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking());
        }
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        self.end();
    }
}

fn serve(
    port: u16,
    counts: &Arc<Counts>,
    ready: &SyncSender<(u16, tokio::runtime::Handle)>,
    killed: oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(("127.0.0.1", port))
            .await
            .unwrap();
        let port = listener.local_addr().unwrap().port();
        let listener = listener.tap_io(|stream| {
            stream.set_nodelay(true).ok();
        });
        let (layer, io) = SocketIo::builder().max_buffer_size(4096).build_layer();
        let for_clients = Arc::clone(counts);
        let welcome = move |socket: SocketRef| {
            let counts = Arc::clone(&for_clients);
            async move { add_handlers(&socket, &counts) }
        };
        io.ns("/", welcome.with(check));
        let app = axum::Router::new().layer(layer);
        tokio::spawn(async move { axum::serve(listener, app).await });
        let ticking = tick(io, Arc::clone(counts));
        ready
            .send((port, tokio::runtime::Handle::current()))
            .unwrap();
        tokio::select! {
            _ = killed => {}
            () = ticking => {}
        }
    });
    // Dropping the runtime cuts all connections.
}

/// Sends numbered ticks to everyone.
async fn tick(io: SocketIo, counts: Arc<Counts>) {
    let mut timer = tokio::time::interval(Duration::from_millis(20));
    loop {
        timer.tick().await;
        let number = counts.ticks.fetch_add(1, Ordering::SeqCst);
        for socket in io.sockets() {
            socket.emit("tick", &json!({"tick": number})).ok();
        }
    }
}

#[derive(Deserialize)]
struct Login {
    token: String,
}

/// Refuses a wrong token; every other client, also without login, is accepted.
async fn check(TryData(login): TryData<Login>) -> Result<(), String> {
    match login {
        Ok(login) if login.token == "wrong" => Err(format!("token {} is wrong", login.token)),
        _ => Ok(()),
    }
}

fn add_handlers(socket: &SocketRef, counts: &Arc<Counts>) {
    let counts = Arc::clone(counts);
    socket.on(
        "order",
        async move |ack: AckSender, TryData(args): TryData<Args>| {
            counts.orders.fetch_add(1, Ordering::SeqCst);
            let Ok(Args(first, second)) = args else {
                return;
            };
            ack.send(&json!({"success": true, "payload": second.or(first)}))
                .ok();
        },
    );
    socket.on("nothing", async |ack: AckSender| {
        ack.send(&NoArgs()).ok();
    });
    socket.on("leave", async |socket: SocketRef| {
        socket.disconnect().ok();
    });
    socket.emit("numbers", &json!([0.1, 1])).ok();
    socket.emit("bare", &NoArgs()).ok();
}
