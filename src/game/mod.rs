//! The board: the state and history of the running game. Phases, the price history with the source of every tick, exactly
//! one completion per game. Pure: takes messages and their arrival times, returns [`GameEvent`]s.

mod anomaly;
mod arrival;
mod board;
mod closing;
mod current;
mod event;
mod facts;
mod hole_filling;
mod one_game;
mod past;
mod phase;
mod prices;
mod reuse;
mod reveal;
mod server;
mod tick_intake;
mod time;

pub use anomaly::Anomaly;
pub use arrival::Arrival;
pub use board::Board;
pub use event::GameEvent;
pub use one_game::{EndReason, Game};
pub use phase::Phase;
pub use prices::{PriceHistory, PriceSource, SourceCounts};
pub use server::ServerInfo;
pub use time::{TICK_MILLIS, Time, millis};
