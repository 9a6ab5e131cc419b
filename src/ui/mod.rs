//! The window: shows the engine's newest view and sends commands. It never waits, touches no file and keeps no fact
//! of the game: what is on the screen beside the view (the amount being typed, the part of the chart that is looked
//! at) is its own.

mod ability;
mod app;
mod ask;
mod band;
mod browser;
mod chart;
mod command;
mod dialog;
mod format;
mod health;
mod help;
mod less;
mod library;
mod limits;
mod moves;
pub mod native;
mod notices;
mod page;
mod position;
mod press;
mod replay;
mod settings_page;
mod shell;
mod source_menu;
mod statistics;
mod stop;
mod strip;
mod theme;
mod ticket;
mod top_bar;
mod welcome;

pub use app::{App, Link};
pub use chart::{Bet, Chart, Deed, Marks, Outcome, Scale, Style, Trade, chart_ui, marks};
pub use command::{KEYS, KeyCommand, LibraryKey, On, ReplayKey};
pub use format::{multiplier, percent, seconds, sol};
pub use replay::Projector;
pub use replay::Replay;
pub use shell::{Shell, Start};
pub use strip::strip_ui;
pub use theme::Theme;
pub use ticket::Ticket;
