//! The player's own page, read in his browser: the same events as over a connection of our own.
//!
//! Reading only, by construction: all that is ever asked of the browser is in one place, and none of it
//! touches a page. Nothing is injected, nothing is pressed, no dialog is closed.

mod address;
mod supervisor;
mod tap;

pub use address::{BrowserAddress, BrowserAddressError};
pub use tap::Tap;

pub(super) use supervisor::Supervisor;

/// What is the game by itself: its site, and tables of ours on this computer.
pub(super) const HOSTS: [&str; 4] = ["rugs.fun", "127.0.0.1", "localhost", "[::1]"];
