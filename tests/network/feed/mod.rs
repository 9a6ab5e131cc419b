//! The feed with the real `rust_socketio` client, against a real server and against hostile ones.

mod ends;
mod names;
mod requests;
mod server;
mod server_tests;
mod stop;
mod wire;
