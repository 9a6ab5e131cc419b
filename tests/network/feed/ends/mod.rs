//! Every way a connection can end, with a hostile server. After each the feed comes back.

mod attempts;
mod established;

use crate::support::bad_server::{BadServer, ServerConnection};

/// A server that treats the first `bad` clients badly and then serves well.
fn bad_at_first(bad: usize, fail: impl Fn(ServerConnection) + Send + Sync + 'static) -> BadServer {
    BadServer::start(move |connection| {
        if connection.number < bad {
            fail(connection);
        } else if let Some(mut socket) = connection.welcome() {
            socket.event(r#"["well",1]"#);
            socket.listen();
        }
    })
}
