//! Panics of the connection library: a lost connection, not a crash.
//!
//! Owns the panic hook. The connection itself notices the panic by its dead reader.

use std::any::Any;
use std::panic;

/// The name of the threads that the library runs on.
pub(super) const IO_THREAD: &str = "feed-io";
use crate::capture::text;

/// Wraps the program's panic hook: a panic on a thread of the library is only logged as a warning; every other panic goes
/// to the hook before.
///
/// `rust_socketio` panics on frames a server can send (an attachment header and then the end).
pub fn install_panic_hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() == Some(IO_THREAD) {
            tracing::warn!(
                reason = words(info.payload()),
                at = info.location().map(ToString::to_string),
                "the connection library failed; a new connection follows"
            );
        } else {
            before(info);
        }
    }));
}

/// Returns the text of a panic if it is a literal. A formatted text may quote the server, and so everything the server
/// received.
fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&'static str>().copied();
    text::clean(text.unwrap_or("its text may quote the server and is not shown"))
}
