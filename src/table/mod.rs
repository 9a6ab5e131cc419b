//! The practice table: a Socket.IO server on 127.0.0.1 that speaks as rugs.fun does, with games of its own or from a
//! capture.
//!
//! Owns the messages ([`GameStream`], [`FaultyStream`], [`Playback`]), the players' money ([`Accounts`]), both pure,
//! without clock or network, and the server that sends and executes them ([`Table`]). The clock of a table starts with
//! its first client, so that a seeded run always begins with the first message of the first game. A client that logs
//! in has an account and plays along; the other clients see nothing of it. The table does not know the feed, which
//! treats it like any server.

mod account_steps;
mod accounts;
mod client;
mod error;
mod event_args;
mod fault;
mod faulty_stream;
mod game_stream;
mod history;
mod hub;
mod leaderboard_row;
mod listener;
mod market;
mod message;
mod message_faults;
mod orders;
mod playback;
mod player;
mod progress;
mod public_state;
mod rejoin;
mod server;
mod side_events;
mod simulated_player;
mod simulated_players;
mod source;
mod speed;
mod timing;
mod trade_payloads;

pub use accounts::{Accounts, ConnectionId, Reply};
pub use error::TableError;
pub use fault::Fault;
pub use faulty_stream::FaultyStream;
pub use game_stream::GameStream;
pub use market::{Market, MarketPhase};
pub use message::{GameStep, Message, StepKind};
pub use playback::Playback;
pub use player::LedgerRow;
pub use server::{Table, TableConfig};
pub use source::TableSource;
pub use speed::Speed;
