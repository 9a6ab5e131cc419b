//! The formats of the files: games, sessions and the index of a day. `formats.md` is the contract.

pub(crate) mod game_file;
pub(crate) mod index;
pub(crate) mod json;
pub(crate) mod kind;
pub(crate) mod names;
pub(crate) mod session_file;

/// The program as files name it, `pianola 0.1.0`.
pub const APP: &str = concat!("pianola ", env!("CARGO_PKG_VERSION"));

#[cfg(test)]
mod key_tests;
