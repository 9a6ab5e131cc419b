//! The player's own page, read in their browser: the same events as over a direct connection.
//!
//! Reading only, by construction: `cdp_call` lists every command that is ever sent to the browser, and none of them touches
//! a page. Nothing is injected, nothing is pressed, no dialog is closed.

mod address;
mod browser_clock;
mod cdp;
mod cdp_call;
mod hosts;
mod launch;
mod messages;
mod output;
mod packet;
mod selector;
mod socket;
mod status;
mod supervisor;
mod targets;

pub use address::{BrowserAddress, BrowserAddressError};
pub use launch::{InstalledBrowser, browser_command};
pub use status::BrowserStatus;

pub(super) use supervisor::BrowserSupervisor;

/// The default hosts of the game: its site, and practice tables on this computer.
pub(super) const HOSTS: [&str; 4] = ["rugs.fun", "127.0.0.1", "localhost", "[::1]"];
