//! What a table plays: games of its own with the accounts of its players, or a capture.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::account_steps::PrivateMessages;
use super::accounts::{Accounts, ConnectionId, Reply};
use super::error::TableError;
use super::fault::Fault;
use super::faulty_stream::FaultyStream;
use super::game_stream::GameStream;
use super::message::{GameStep, Message};
use super::playback::Playback;

/// What a table without accounts refuses. It answers nothing else.
const ORDERS: [&str; 3] = ["buyOrder", "sellOrder", "requestSidebet"];

/// What a table plays.
#[derive(Debug, Clone, Default)]
pub enum TableSource {
    /// Games of its own.
    #[default]
    Practice,
    /// A file of real traffic.
    Capture {
        /// The file, JSON lines.
        path: PathBuf,
        /// Starts over at the end.
        looped: bool,
    },
}

/// A source at some point of its playback.
#[derive(Debug)]
pub(super) enum SourcePlayback {
    Practice {
        stream: Box<FaultyStream>,
        accounts: Box<Accounts>,
    },
    Capture(Box<Playback>),
}

impl SourcePlayback {
    pub fn open(
        source: TableSource,
        seed: Option<u64>,
        faults: &[Fault],
    ) -> Result<Self, TableError> {
        let (stream, entropy) = match (source, seed) {
            (TableSource::Capture { .. }, _) if !faults.is_empty() => {
                return Err(TableError::FaultsWithCapture);
            }
            (TableSource::Capture { path, looped }, _) => {
                return Ok(Self::Capture(Box::new(Playback::open(&path, looped)?)));
            }
            (TableSource::Practice, Some(seed)) => (GameStream::seeded(seed), seed.to_string()),
            (TableSource::Practice, None) => {
                let entropy = entropy()?;
                let now = crate::clock::now().timestamp_millis();
                (GameStream::unseeded(&entropy, now), entropy)
            }
        };
        Ok(Self::Practice {
            stream: Box::new(FaultyStream::new(stream, faults)),
            accounts: Box::new(Accounts::new(&entropy, faults)),
        })
    }

    /// Returns the accounts; a capture has none.
    pub fn accounts(&self) -> Option<&Accounts> {
        match self {
            Self::Practice { accounts, .. } => Some(accounts),
            Self::Capture(_) => None,
        }
    }

    /// Returns the microseconds of game time before the next step; `None` at the end.
    pub fn next_delay(&mut self) -> Option<u64> {
        match self {
            Self::Practice { stream, .. } => Some(u64::from(stream.next_delay()) * 1_000),
            Self::Capture(playback) => playback.next_delay(),
        }
    }

    /// Returns the next step and the private messages of the connections that are logged in; `None` at the end.
    pub fn next_step(&mut self) -> Option<(GameStep, BTreeMap<ConnectionId, PrivateMessages>)> {
        match self {
            Self::Practice { stream, accounts } => {
                let step = stream.next_step();
                let private = accounts.apply_step(&step, &stream.market());
                Some((step, private))
            }
            Self::Capture(playback) => Some((playback.next_step()?, BTreeMap::new())),
        }
    }

    /// Returns the messages for a client that connects now.
    pub fn greeting(&self) -> Vec<Message> {
        match self {
            Self::Practice { stream, .. } => stream.greeting(),
            Self::Capture(playback) => playback.greeting(),
        }
    }

    /// Logs out every connection but these.
    pub fn retain_connections(&mut self, is_open: impl Fn(ConnectionId) -> bool) {
        if let Self::Practice { accounts, .. } = self {
            accounts.retain_connections(is_open);
        }
    }

    /// Executes the request of a connection.
    pub fn handle(&mut self, connection: ConnectionId, event: &str, args: &[Value]) -> Reply {
        match self {
            Self::Practice { stream, accounts } => {
                accounts.handle(connection, event, args, &stream.market())
            }
            Self::Capture(_) if ORDERS.contains(&event) => Reply {
                messages: Vec::new(),
                acks: vec![json!({
                    "success": false, "message": "this table plays a capture and takes no orders",
                })],
            },
            Self::Capture(_) => Reply::default(),
        }
    }
}

fn entropy() -> Result<String, TableError> {
    let mut bytes = [0u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| TableError::Random(error.to_string()))?;
    Ok(u128::from_ne_bytes(bytes).to_string())
}
