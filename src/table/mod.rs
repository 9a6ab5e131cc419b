//! The practice table: a real Socket.IO server on 127.0.0.1 that speaks as rugs.fun does, with games of its own or
//! from a capture.
//!
//! Owns what is said ([`Script`], [`Stream`], [`Playback`]: pure, without clock or network) and the server that says
//! it ([`Table`]). The clock of a table starts with its first client, so that a seeded run always begins with the
//! first message of the first game. Who logs in has an account in the [`House`] (pure, too) and plays along; who
//! only watches notices nothing of him. It knows nothing of the feed, which meets it as it meets any server.

mod alter;
mod args;
mod banners;
mod capture;
mod client;
mod comeback;
mod crowd;
mod fault;
mod game;
mod guest;
mod history;
mod house;
mod orders;
mod pace;
mod players;
mod rounds;
mod rows;
mod scene;
mod script;
mod server;
mod slips;
mod speed;
mod stage;
mod step;
mod stream;
mod view;
mod wire;

pub use capture::Playback;
pub use fault::{Fault, UnknownFault};
pub use guest::LedgerRow;
pub use house::{Answer, House, Seat};
pub use rounds::Aside;
pub use scene::{Scene, Trading};
pub use script::Script;
pub use server::{Source, Table, TableConfig, TableError};
pub use speed::{BadSpeed, Speed};
pub use step::{Mark, Message, Step};
pub use stream::Stream;
