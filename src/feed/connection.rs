//! One connection: from the first packet to its end, on a runtime of its own.
//!
//! Owns the runtime, the library's client and the four callbacks. What happens while the client
//! lives is in `link`; what comes after the end decides `supervisor`.
//!
//! One runtime per connection, because ending the runtime is the only sure way to end the
//! library's reader and to close the socket: `disconnect()` leaves both behind for up to 25 s,
//! dropping the client for ever. No task of ours runs on it, so that "no task is alive" means
//! "the reader is gone".

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use rust_socketio::asynchronous::ClientBuilder;
use rust_socketio::{Event, TransportType};
use tokio::runtime::{Builder, RuntimeMetrics};
use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

use super::gate::Command;
use super::link::Link;
use super::mailbox::Mailbox;
use super::why::Why;
use super::{FeedConfig, IO_THREAD, State};
use crate::capture::WireTap;
use crate::capture::secrets::Secrets;
use crate::capture::text;
use crate::protocol::pace::PACE_HEADER;

/// What one connection needs from outside.
pub(super) struct Plan<'a> {
    pub(super) config: &'a FeedConfig,
    pub(super) secrets: &'a Secrets,
    pub(super) tap: &'a WireTap,
    pub(super) silence: Duration,
    pub(super) state: &'a watch::Sender<State>,
    pub(super) stop: watch::Receiver<bool>,
}

/// Makes one connection and drives it to its end. Blocks; returns within the shutdown limits of
/// the end, with the reader gone and `mailbox` closed.
pub(super) fn run(
    plan: &Plan<'_>,
    mailbox: &Arc<Mailbox>,
    commands: mpsc::Receiver<Command>,
) -> Why {
    let limits = &plan.config.limits;
    let runtime = Builder::new_multi_thread()
        .worker_threads(1)
        // For the name lookup only; one that hangs must not block the next attempt's.
        .max_blocking_threads(1)
        .thread_name(IO_THREAD)
        // The earliest moment at which a frame is known to be there: the library parses it before it calls.
        .on_thread_unpark({
            let mailbox = Arc::clone(mailbox);
            move || mailbox.reader_woke()
        })
        .enable_all()
        .build();
    let runtime = match runtime {
        Ok(runtime) => runtime,
        Err(error) => {
            mailbox.close();
            return Why::ConnectFailed(format!(
                "no thread for the connection: {}",
                text::chain(&error)
            ));
        }
    };
    let metrics = runtime.metrics();
    let driven = catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(drive(plan, mailbox, commands, metrics))
    }));
    mailbox.close();
    let why = driven.unwrap_or_else(|_panic| match mailbox.up_at() {
        Some(_) => Why::ReaderGone,
        None => Why::ConnectFailed("the connection library failed while connecting".to_owned()),
    });
    runtime.shutdown_timeout(limits.shutdown);
    why
}

async fn drive(
    plan: &Plan<'_>,
    mailbox: &Arc<Mailbox>,
    commands: mpsc::Receiver<Command>,
    metrics: RuntimeMetrics,
) -> Why {
    let limits = &plan.config.limits;
    let mut stop = plan.stop.clone();
    let connecting = timeout(limits.connect, build(plan.config, mailbox).connect());
    let client = tokio::select! {
        biased;
        () = stopped(&mut stop) => return Why::Stopped,
        made = connecting => {
            let why = match made {
                Ok(Ok(client)) => Ok(client),
                Ok(Err(error)) => {
                    Err(Why::ConnectFailed(plan.secrets.clean(&text::chain(&error))))
                }
                Err(_elapsed) => Err(Why::ConnectTimeout),
            };
            match (why, plan.config.proxy) {
                (Ok(client), _) => client,
                (Err(why), None) => return why,
                (Err(why), Some(variable)) => {
                    return Why::WithoutProxy { why: Box::new(why), variable };
                }
            }
        },
    };
    let mut link = Link::new(plan, mailbox, metrics, client);
    let why = link.live(&mut stop, commands).await;
    mailbox.close();
    link.part(why).await
}

fn build(config: &FeedConfig, mailbox: &Arc<Mailbox>) -> ClientBuilder {
    let [connect, close, error, any] = [(); 4].map(|()| Arc::clone(mailbox));
    let mut builder = ClientBuilder::new(config.address.as_str())
        .transport_type(TransportType::Websocket)
        // Never the built-in one: without a server it tries 52,000 times a second after 15 minutes.
        .reconnect(false)
        .reconnect_on_disconnect(false)
        .on(Event::Connect, move |payload, _| {
            connect.connected(payload);
            Box::pin(std::future::ready(()))
        })
        .on(Event::Close, move |payload, _| {
            close.said_goodbye(payload);
            Box::pin(std::future::ready(()))
        })
        .on(Event::Error, move |payload, _| {
            error.reported_error(payload);
            Box::pin(std::future::ready(()))
        })
        .on_any(move |event, payload, _| {
            any.any(&event, payload);
            Box::pin(std::future::ready(()))
        });
    for (name, value) in &config.headers {
        builder = builder.opening_header(name.as_str(), value.as_str());
    }
    if let Some(pace) = config.pace {
        builder = builder.opening_header(PACE_HEADER, pace.as_str());
    }
    match &config.auth {
        Some(auth) => builder.auth(auth.clone()),
        None => builder,
    }
}

/// Returns when the feed is told to stop, or its handle is gone.
pub(super) async fn stopped(stop: &mut watch::Receiver<bool>) {
    // An error means that nobody can say stop any more: that is one.
    stop.wait_for(|stop| *stop).await.ok();
}
