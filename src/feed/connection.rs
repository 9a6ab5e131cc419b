//! One connection: from the first packet to its end, on its own runtime.
//!
//! Owns the runtime, the library's client and the four callbacks. `connection_loop` drives the client, `supervisor`
//! decides what follows the end.
//!
//! One runtime per connection, because ending the runtime is the only sure way to end the library's reader and to close
//! the socket: `disconnect()` leaves both behind for up to 25 s, and dropping the client leaves them for ever. No task of
//! Pianola runs on it, so "no task is alive" means "the reader is gone".

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rust_socketio::asynchronous::ClientBuilder;
use rust_socketio::{Event, TransportType};
use tokio::runtime::{Builder, RuntimeMetrics};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::config::FeedConfig;
use super::connection_loop::ConnectionLoop;
use super::context::{ConnectionContext, stopped};
use super::disconnect_reason::DisconnectReason;
use super::inbox::Inbox;
use super::panics::IO_THREAD;
use super::request_slot::WriteCommand;
use crate::capture::text;
use crate::protocol::pace::PACE_HEADER;

/// Makes one connection and drives it to its end. Blocks; returns within the shutdown limit after the end, with the
/// reader gone and `inbox` closed.
pub(super) fn run(
    context: &ConnectionContext<'_>,
    inbox: &Arc<Inbox>,
    commands: mpsc::Receiver<WriteCommand>,
) -> DisconnectReason {
    let limits = &context.config.limits;
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        // For the name lookup only; a lookup that hangs must not block that of the next attempt.
        .max_blocking_threads(1)
        .thread_name(IO_THREAD)
        // The earliest notice of a frame: the library parses the frame before it calls back.
        .on_thread_unpark({
            let inbox = Arc::clone(inbox);
            move || inbox.reader_woke()
        })
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            inbox.close();
            return DisconnectReason::ConnectFailed(format!(
                "no thread for the connection: {}",
                text::chain(&error)
            ));
        }
    };
    let metrics = runtime.metrics();
    let driven = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(drive(context, inbox, commands, metrics))
    }));
    inbox.close();
    let why = driven.unwrap_or_else(|_panic| match inbox.report().up_at() {
        Some(_) => DisconnectReason::ReaderGone,
        None => DisconnectReason::ConnectFailed(
            "the connection library failed while connecting".to_owned(),
        ),
    });
    runtime.shutdown_timeout(limits.shutdown);
    why
}

async fn drive(
    context: &ConnectionContext<'_>,
    inbox: &Arc<Inbox>,
    commands: mpsc::Receiver<WriteCommand>,
    metrics: RuntimeMetrics,
) -> DisconnectReason {
    let limits = &context.config.limits;
    let mut stop = context.stop.clone();
    let connecting = timeout(limits.connect, build(context.config, inbox).connect());
    let client = tokio::select! {
        biased;
        () = stopped(&mut stop) => return DisconnectReason::Stopped,
        made = connecting => {
            let why = match made {
                Ok(Ok(client)) => Ok(client),
                Ok(Err(error)) => {
                    Err(DisconnectReason::ConnectFailed(context.secrets.clean(&text::chain(&error))))
                }
                Err(_elapsed) => Err(DisconnectReason::ConnectTimeout),
            };
            match (why, context.config.proxy) {
                (Ok(client), _) => client,
                (Err(why), None) => return why,
                (Err(why), Some(variable)) => {
                    return DisconnectReason::WithoutProxy { why: Box::new(why), variable };
                }
            }
        },
    };
    let mut connection = ConnectionLoop::new(context, inbox, metrics, client);
    let why = connection.run(&mut stop, commands).await;
    inbox.close();
    connection.finish(why).await
}

fn build(config: &FeedConfig, inbox: &Arc<Inbox>) -> ClientBuilder {
    let [connect, close, error, any] = [(); 4].map(|()| Arc::clone(inbox));
    let mut builder = ClientBuilder::new(config.address.as_str())
        .transport_type(TransportType::Websocket)
        // Not the library's own reconnect: without a server it tries 52,000 times a second after 15 minutes.
        .reconnect(false)
        .reconnect_on_disconnect(false)
        .on(Event::Connect, move |payload, _| {
            connect.connected(payload);
            Box::pin(std::future::ready(()))
        })
        .on(Event::Close, move |payload, _| {
            close.closed_by_server(payload);
            Box::pin(std::future::ready(()))
        })
        .on(Event::Error, move |payload, _| {
            error.error_reported(payload);
            Box::pin(std::future::ready(()))
        })
        .on_any(move |event, payload, _| {
            any.any(&event, payload);
            Box::pin(std::future::ready(()))
        });
    for (name, value) in &config.headers {
        builder = builder.opening_header(name.as_str(), value.as_str());
    }
    if let Some(pace) = config.table_pace() {
        builder = builder.opening_header(PACE_HEADER, pace.as_str());
    }
    match &config.auth {
        Some(auth) => builder.auth(auth.clone()),
        None => builder,
    }
}
