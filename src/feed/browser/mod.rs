//! The player's own page, read in his browser: the same events as over a connection of our own.
//!
//! Reading only, by construction: all that is ever asked of the browser is in one place (`call`), and none of it
//! touches a page. Nothing is injected, nothing is pressed, no dialog is closed.

mod address;
mod call;
mod cdp;
mod frame_time;
mod frames;
mod hosts;
mod outlet;
mod pages;
mod socket;
mod supervisor;
mod tabs;
mod tap;
mod wire;

pub use address::{BrowserAddress, BrowserAddressError};
pub use tap::Tap;

pub(super) use supervisor::Supervisor;

/// What is the game by itself: its site, and tables of ours on this computer.
pub(super) const HOSTS: [&str; 4] = ["rugs.fun", "127.0.0.1", "localhost", "[::1]"];
