//! Every way a connection can end, with a hostile server. After each the feed comes back.

mod attempts;
mod established;

use crate::support::bad_server::{BadServer, ServerConnection};

/// A server that treats the first `bad` guests badly and then serves well.
fn bad_at_first(
    bad: usize,
    misdeed: impl Fn(ServerConnection) + Send + Sync + 'static,
) -> BadServer {
    BadServer::start(move |guest| {
        if guest.number < bad {
            misdeed(guest);
        } else if let Some(mut socket) = guest.welcome() {
            socket.event(r#"["well",1]"#);
            socket.listen();
        }
    })
}
