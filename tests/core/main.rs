//! The rules without sockets and clocks: wire, proofs, board, account, trading, strategies, lab, review, practice table,
//! replay; and checks of the repository: module order, file sizes, pages, dependencies, packages.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "tests"
)]

#[path = "../support/mod.rs"]
mod support;

mod account_leaderboard;
mod account_trades;
mod auto_sell;
mod board_captures;
mod board_faults;
mod board_property;
mod board_reveals;
mod board_rules;
mod browser_orders;
mod browser_orders_account;
mod browser_orders_captures;
mod browser_orders_table;
mod browser_orders_unseen;
mod catalog;
mod commands;
mod declared;
mod dependencies;
mod documentation;
mod fairness;
mod lab;
mod layers;
mod packaging;
mod piano;
mod protocol;
mod review;
mod review_filter;
mod review_fresh;
mod review_index;
mod session_curve;
mod source_shape;
mod strategies;
mod table_faults;
mod table_orders;
mod table_orders_faults;
mod table_orders_ledger;
mod table_orders_refused;
mod table_players;
mod table_shapes;
mod table_stream;
mod tokens;
mod trading_captures;
mod trading_limits;
mod trading_orders;
mod trading_sessions;
mod trading_strangers;
mod trading_updates;
mod transport;
mod window_texts;
