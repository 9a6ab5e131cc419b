//! The window in tests: what is shown, how it is operated, and a display for the real one.

pub mod app_window;
pub mod browser_view;
pub mod by_label;
pub mod by_mouse;
pub mod desk;
pub mod display;
pub mod drop_file;
pub mod labels;
pub mod made_view;
pub mod made_window;
pub mod marked_view;
pub mod painted;
pub mod places;
pub mod played_session;
pub mod replay_page;
pub mod replay_strip;
pub mod three_games;
