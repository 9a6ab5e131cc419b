//! What the window shows the desktop: its title, whether it is on top of others; and the reminder of the session clock.

use egui::{Context, ViewportCommand, WindowLevel};

use crate::engine::View;
use crate::settings::Settings;
use crate::ui::live_page::LivePage;
use crate::ui::session_clock::{PlayReminder, SessionClock};
use crate::ui::theme::StatusLevel;
use crate::ui::window_title::{APP_NAME, window_title};

/// What was sent to the desktop last.
#[derive(Debug)]
pub struct WindowStatus {
    title: String,
    is_on_top: bool,
    reminder: PlayReminder,
}

impl Default for WindowStatus {
    fn default() -> Self {
        Self {
            // The window opens with it.
            title: APP_NAME.to_owned(),
            is_on_top: false,
            reminder: PlayReminder::default(),
        }
    }
}

impl WindowStatus {
    /// Sends what has changed. `view`: of the replay on the screen, or of the running source.
    pub fn update(
        &mut self,
        ctx: &Context,
        settings: &Settings,
        view: Option<&View>,
        is_replay: bool,
    ) {
        let title = window_title(view, is_replay);
        if title != self.title {
            ctx.send_viewport_cmd(ViewportCommand::Title(title.clone()));
            self.title = title;
        }
        if settings.keep_on_top != self.is_on_top {
            self.is_on_top = settings.keep_on_top;
            let level = if self.is_on_top {
                WindowLevel::AlwaysOnTop
            } else {
                WindowLevel::Normal
            };
            ctx.send_viewport_cmd(ViewportCommand::WindowLevel(level));
        }
    }

    /// Reminds the player of the time when it is due.
    pub fn remind(&mut self, settings: &Settings, live: &mut LivePage) {
        let now = crate::clock::now();
        let clock = SessionClock::of(&live.view(), now);
        if let Some(text) = self.reminder.due(settings.reminder_minutes, clock.as_ref()) {
            live.notices.push(StatusLevel::Warning, text, now);
        }
    }
}
