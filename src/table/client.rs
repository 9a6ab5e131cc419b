//! One connected client: what is sent to it, and how it is dropped.

use serde::ser::{Serialize, SerializeTuple as _, Serializer};
use serde_json::Value;
use socketioxide::SendError;
use socketioxide::extract::SocketRef;

use super::accounts::ConnectionId;
use super::listener::ConnectionHandle;
use super::message::Message;
use super::progress::ClientProgress;
use crate::protocol::Announcement;
use crate::protocol::pace::{STEP_EVENT, TABLE_EVENT};

/// A client, from its greeting to its end.
#[derive(Debug)]
pub(super) struct Client {
    pub seat: ConnectionId,
    pub socket: SocketRef,
    pub wire: Option<ConnectionHandle>,
    /// The client knows the table's own events, as the real server's clients do not.
    pub hears_announcements: bool,
    /// How far it is; `None` for one that the table does not wait for.
    pub progress: Option<ClientProgress>,
}

impl Client {
    /// Sends messages that belong together, and asks how far the client is where that is due.
    pub fn send_all<'a>(
        &mut self,
        messages: impl Iterator<Item = &'a Message>,
    ) -> Result<(), SendError> {
        let mut count = 0;
        for message in messages {
            self.send(message)?;
            count += 1;
        }
        match self.progress.as_mut().and_then(|p| p.sent(count)) {
            Some(number) => self.send(&Message::plain(STEP_EVENT, number.into())),
            None => Ok(()),
        }
    }

    /// Tells what the table is, if the client wants to know.
    pub fn announce(&self, table: &Announcement) -> Result<(), SendError> {
        if !self.hears_announcements {
            return Ok(());
        }
        self.socket.emit(TABLE_EVENT, table)
    }

    fn send(&self, message: &Message) -> Result<(), SendError> {
        self.socket.emit(&message.event, &Arguments(&message.args))
    }

    pub fn cut(&self) {
        if let Some(wire) = &self.wire {
            wire.cut();
        }
        // A polling client has other connections, too; its queue may be full, which does not matter any more.
        self.socket.clone().disconnect().ok();
    }
}

/// Several arguments of one event; as a sequence they would arrive as one array.
struct Arguments<'a>(&'a [Value]);

impl Serialize for Arguments<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut tuple = serializer.serialize_tuple(self.0.len())?;
        for argument in self.0 {
            tuple.serialize_element(argument)?;
        }
        tuple.end()
    }
}
