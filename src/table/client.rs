//! One connected client: sends its messages, and drops it.

use socketioxide::SendError;
use socketioxide::extract::SocketRef;

use super::accounts::ConnectionId;
use super::event_args::OutgoingArgs;
use super::listener::ConnectionHandle;
use super::message::Message;
use super::progress::ClientProgress;
use crate::protocol::pace::{STEP_EVENT, TABLE_EVENT};
use crate::protocol::{Announcement, Pace};

/// A client, from its greeting to its end.
#[derive(Debug)]
pub(super) struct Client {
    pub connection: ConnectionId,
    pub socket: SocketRef,
    tcp: Option<ConnectionHandle>,
    /// The client named its pace, so it knows the table's own events.
    is_paced: bool,
    /// `None` for a client that the table does not wait for.
    pub progress: Option<ClientProgress>,
}

impl Client {
    pub fn new(
        connection: ConnectionId,
        socket: SocketRef,
        tcp: Option<ConnectionHandle>,
        pace: Option<Pace>,
    ) -> Self {
        Self {
            connection,
            socket,
            tcp,
            is_paced: pace.is_some(),
            progress: pace.and_then(ClientProgress::new),
        }
    }

    /// Sends what the table is, if the client knows that event.
    pub fn announce(&self, table: &Announcement) -> Result<(), SendError> {
        if self.is_paced {
            self.socket.emit(TABLE_EVENT, table)?;
        }
        Ok(())
    }

    /// Sends messages that belong together, and a step event where one is due.
    pub fn send_all<'a>(
        &mut self,
        messages: impl Iterator<Item = &'a Message>,
    ) -> Result<(), SendError> {
        let mut count = 0;
        for Message { event, args } in messages {
            self.socket.emit(event, &OutgoingArgs(args))?;
            count += 1;
        }
        if let Some(number) = self.progress.as_mut().and_then(|p| p.count_sent(count)) {
            self.socket.emit(STEP_EVENT, &number)?;
        }
        Ok(())
    }

    /// Drops the connection.
    pub fn cut(&self) {
        if let Some(tcp) = &self.tcp {
            tcp.cut();
        }
        // A polling client has other connections, too. A full queue does not matter any more.
        self.socket.clone().disconnect().ok();
    }
}
