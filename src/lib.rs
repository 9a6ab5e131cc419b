//! Pianola: a desktop trading companion for the crash game rugs.fun.
//!
//! The modules from the wire upwards; each uses only those before it: `protocol`, `fairness`, `game`, `account`,
//! `trading`, `strategy`, `lab`, `capture`, `feed`, `table`, `recording`, `replay`, `review`, `library`, `dataset`,
//! `settings`, `engine`, `import`, `host`, `ui`, `cli`. Below them all: `clock` is the wall clock, `zone` knows time zones,
//! `disk` has the file operations of recordings and captures, `open_file` opens the files that a user names, `paths` turns
//! paths into text, `named_enum` gives an enum one name for files and texts, `csv_field` writes text into a CSV file,
//! `plural` puts numbers of things into words, `statistics` has the interval of a share, `background` starts and joins the
//! threads, and has what those behind the window share.

pub mod account;
mod background;
pub mod capture;
pub mod cli;
pub mod clock;
mod csv_field;
#[cfg(feature = "dataset")]
pub mod dataset;
pub mod disk;
pub mod engine;
pub mod fairness;
pub mod feed;
pub mod game;
pub mod host;
pub mod import;
pub mod lab;
pub mod library;
mod named_enum;
pub mod open_file;
mod paths;
mod plural;
pub mod protocol;
pub mod recording;
pub mod replay;
pub mod review;
pub mod settings;
mod statistics;
pub mod strategy;
pub mod table;
pub mod trading;
#[cfg(feature = "window")]
pub mod ui;
pub mod zone;
