//! The feed with the real `rust_socketio` client, against a real server and against hostile ones.
#![allow(clippy::unwrap_used, missing_docs)]

mod ends;
mod names;
mod player;
mod requests;
#[path = "../support/bad_server.rs"]
mod server;
mod stop;
mod table;
mod table_tests;
mod wire;
