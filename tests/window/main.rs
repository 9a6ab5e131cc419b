//! The window: drawn without a display and found by label, compared as a picture, and on a display of its own.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests"
)]

#[path = "../support/mod.rs"]
mod support;

// Painting every picture takes longest: tests run in the order of their names, and this one begins first.
mod all_screenshots;
mod auto_record;
mod bottom;
mod browser_orders;
mod chart;
#[cfg(feature = "dataset")]
mod data_set;
mod desktop;
mod diary;
mod drift;
mod emergency_stop;
mod guides;
mod hands;
mod health;
mod hints;
mod images;
mod keys;
mod lab;
mod layout;
mod library;
mod library_path;
mod note_flags;
mod notes;
mod page_images;
mod pages;
mod panels;
mod piano;
mod real_hands;
mod real_play;
mod real_start;
mod replay;
mod replay_now;
mod replay_transport;
mod review;
mod review_exports;
mod risk_limits;
mod scripts;
mod settings_page;
mod share;
mod sources;
mod spoken;
mod strategy_files;
mod three_games;
mod ticket;
mod timeline;
mod zz_skipped;
