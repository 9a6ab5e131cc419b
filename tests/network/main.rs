//! Connections: the feed, the practice table, other Socket.IO programs, the browser, and hostile servers.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests"
)]

#[path = "../support/mod.rs"]
mod support;

mod auto_record;
mod auto_sell;
mod browser_fake;
mod browser_fake_session;
mod browser_real;
mod browser_session;
mod feed;
mod feed_health;
mod host;
mod hostile_names;
mod hostile_server;
mod import_socket;
mod js_client;
mod peers;
mod planted_secret;
mod play;
mod play_faults;
mod play_local;
mod play_strategy;
mod raw_capture;
mod record_captures;
mod record_faults;
mod socket_cuts;
mod table_capture;
mod table_orders_socket;
mod table_socket;
mod tls;
