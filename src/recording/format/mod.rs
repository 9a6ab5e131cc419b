//! The file formats: games, sessions and the index of a day. `docs/formats.md` is the contract.
//!
//! The recorder writes them and the library reads them; nothing else of the recorder is shared.

pub(crate) mod diary_file;
pub(crate) mod game_file;
pub(crate) mod index;
pub(crate) mod json;
pub(crate) mod kind;
pub(crate) mod names;
pub(crate) mod notes_file;
pub(crate) mod read;
pub(crate) mod session_file;

/// The program's name and version as files state it, `pianola 0.1.0`.
pub const APP: &str = concat!("pianola ", env!("CARGO_PKG_VERSION"));
