//! Shows notifications of the desktop, on a thread of its own: the desktop may take its time.

use std::sync::mpsc::Receiver;

use notify_rust::Notification;

use super::queue::AlertQueue;
use crate::ui::window_title::APP_NAME;

/// The sender of the notifications.
#[derive(Debug)]
pub struct Notifier {
    is_on: bool,
    queue: AlertQueue<String>,
}

impl Default for Notifier {
    fn default() -> Self {
        Self {
            is_on: false,
            queue: AlertQueue::new("notifications", show_all),
        }
    }
}

impl Notifier {
    /// Turns the notifications on or off.
    pub fn set_on(&mut self, on: bool) {
        self.is_on = on;
    }

    /// Shows a text if notifications are on.
    pub fn show(&mut self, text: String) {
        if self.is_on {
            self.queue.send(text);
        }
    }
}

/// Shows what comes. A desktop without notifications is no error.
fn show_all(texts: &Receiver<String>) {
    while let Ok(text) = texts.recv() {
        let mut notification = Notification::new();
        notification.appname(APP_NAME).summary(APP_NAME).body(&text);
        #[cfg(all(unix, not(target_os = "macos")))]
        notification
            .icon("pianola")
            .hint(notify_rust::Hint::DesktopEntry("pianola".to_owned()));
        if let Err(error) = notification.show() {
            tracing::info!(%error, "no notification is shown");
        }
    }
}
