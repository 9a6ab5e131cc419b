//! The board: what the running game is and was. Phases, the price history with the source of every tick, exactly
//! one completion per game. Pure: messages and their arrival times in, [`GameEvent`]s out.

mod arrival;
mod board;
mod closing;
mod event;
mod intake;
mod one_game;
mod past;
mod phase;
mod prices;
mod reuse;
mod reveal;
mod server;
mod stage;
mod time;

pub use arrival::{Arrival, TICK_MILLIS};
pub use board::Board;
pub use event::{Anomaly, EndReason, GameEvent, Source};
pub use one_game::Game;
pub use phase::Phase;
pub use prices::{Inserted, PriceHistory, SourceCounts};
pub use server::ServerInfo;
pub use time::{Time, millis};
