//! The practice table: a real Socket.IO server on 127.0.0.1 that speaks as rugs.fun does, with games of its own or
//! from a capture.
//!
//! Owns what is said ([`GameStream`], [`FaultyStream`], [`Playback`]: pure, without clock or network) and the server that says
//! it ([`Table`]). The clock of a table starts with its first client, so that a seeded run always begins with the
//! first message of the first game. PublicProfile logs in has an account in the [`Accounts`] (pure, too) and plays along; who
//! only watches notices nothing of him. It knows nothing of the feed, which meets it as it meets any server.

mod account_steps;
mod accounts;
mod client;
mod event_args;
mod fault;
mod faulty_stream;
mod game_stream;
mod generator;
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
mod speed;
mod trade_payloads;

pub use account_steps::PrivateMessages;
pub use accounts::{Accounts, ConnectionId, Reply};
pub use fault::{Fault, UnknownFault};
pub use faulty_stream::FaultyStream;
pub use game_stream::GameStream;
pub use market::{Market, MarketPhase};
pub use message::{GameStep, Message, StepKind};
pub use playback::Playback;
pub use player::LedgerRow;
pub use server::{Table, TableConfig, TableError, TableSource};
pub use speed::{BadSpeed, Speed};
