//! Panics of the library: a lost connection, not a crash.
//!
//! Owns the panic hook. The connection itself notices through its dead reader.

use std::any::Any;
use std::panic;

use super::IO_THREAD;
use crate::capture::text;

/// Wraps the program's panic hook: a panic on a thread of the library is logged as a warning and
/// nothing more; all others go where they went before.
///
/// `rust_socketio` panics on frames a server can send (an attachment header and then the end).
pub fn install_panic_hook() {
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if std::thread::current().name() == Some(IO_THREAD) {
            tracing::warn!(
                reason = words(info.payload()),
                at = info.location().map(ToString::to_string),
                "the connection library failed; the connection is made anew"
            );
        } else {
            before(info);
        }
    }));
}

/// Returns the text of a panic, if it was written by a programmer. One that was put together may quote the server, and
/// with it whatever the server was sent.
fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&'static str>().copied();
    text::clean(text.unwrap_or("its text may quote the server and is not shown"))
}
