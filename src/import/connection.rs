//! The connection that the lines belong to: its server, and whether it goes on from file to file.

use serde::Deserialize as _;

use crate::game::ServerInfo;
use crate::protocol::{Announcement, JsonText};
use crate::recording::Origin;

/// What is known of the connection.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) origin: Origin,
    pub(super) server: ServerInfo,
    /// An event of it was taken.
    pub(super) is_up: bool,
    /// The origin that the file states.
    stated: Option<Origin>,
    /// The number of the file, of a capture of ours.
    part: Option<u32>,
    /// No line of the file was taken yet.
    is_at_start: bool,
}

impl Default for Connection {
    fn default() -> Self {
        Self {
            origin: Origin::Live,
            server: ServerInfo::REAL,
            is_up: false,
            stated: None,
            part: None,
            is_at_start: true,
        }
    }
}

impl Connection {
    /// Begins a file.
    pub(super) fn next_file(&mut self) {
        self.is_at_start = true;
    }

    /// Takes the first line of a file; returns whether the connection goes on from the file before. `header` is the data
    /// of the first line of a capture of ours.
    pub(super) fn continues(&mut self, header: Option<JsonText<'_>>) -> bool {
        if !std::mem::take(&mut self.is_at_start) {
            return true;
        }
        let number = |key| header?.get(key)?.as_number()?.parse().ok();
        let part: Option<u32> = number("file");
        let is_next = part.is_some() && part == self.part.map(|before| before.saturating_add(1));
        let is_connected = header.and_then(|header| header.get("connected")?.as_flag());
        self.part = part;
        if is_next && is_connected == Some(true) {
            return true;
        }
        let stated = header.and_then(|header| header.get("origin")?.as_text());
        self.stated = stated.and_then(|word| {
            let word = serde::de::value::StrDeserializer::<serde::de::value::Error>::new(&word);
            Origin::deserialize(word).ok()
        });
        false
    }

    /// Begins a connection.
    pub(super) fn begin(&mut self) {
        self.origin = self.stated.unwrap_or(Origin::Live);
        self.server = match self.origin {
            Origin::Live | Origin::Browser => ServerInfo::REAL,
            Origin::Url => ServerInfo::default(),
            // Its announcement is missing. Games that may come again are no training data.
            Origin::Practice => ServerInfo {
                speed: None,
                seeded: true,
            },
        };
    }

    /// Takes what a practice table says of itself.
    pub(super) fn announced(&mut self, payload: JsonText<'_>) {
        if let Ok(table) = serde_json::from_str::<Announcement>(payload.written()) {
            self.server = ServerInfo::from(&table);
            // A table without orders plays a capture.
            let origin = if table.orders {
                Origin::Practice
            } else {
                Origin::Url
            };
            self.origin = self.stated.unwrap_or(origin);
        }
    }
}
