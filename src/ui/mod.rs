//! The window: draws the newest view of the engine and sends commands. It never waits, touches no files and owns no state
//! of the game; its own state is what the player types and chooses.

mod app;
mod bottom;
mod browser;
mod chart;
mod command;
mod confirm;
mod debounce;
mod degraded;
mod dialog;
mod format;
mod game_history;
mod guide;
mod help;
mod key_editor;
mod keys;
mod layout;
mod library;
mod live_page;
mod motion;
pub mod native;
mod notices;
mod order_preview;
mod page;
mod page_part;
mod palette;
mod proof_panel;
mod replay;
mod settings_page;
mod status_chips;
mod status_line;
mod stop;
mod theme;
mod ticket;
mod top_bar;
mod trade_panel;
mod welcome;
mod widgets;

pub use app::{App, Startup};
pub use command::{KeyCommand, LibraryKey, ReplayKey};
pub use keys::{KEYS, KeyBinding};
pub use live_page::LivePage;
pub use replay::Projector;
pub use theme::Theme;
pub use top_bar::DRIFT_PANEL;
