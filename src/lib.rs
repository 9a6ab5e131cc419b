//! Pianola: a desktop trading companion for the crash game rugs.fun.
//!
//! The rooms, from the wire upwards (arrows run downwards only):
//! `protocol` ← `fairness`, `account`, `game` ← `feed`, `table`, `recording` ← `engine` ← `cli`.

pub mod account;
pub mod fairness;
pub mod feed;
pub mod protocol;
pub mod table;
