//! Sends notices, each change once.

use std::time::{Duration, Instant};

use tokio::sync::mpsc;

use super::Notice;
use crate::feed;

/// How often the number of refused games is announced.
const REFUSED_EVERY: Duration = Duration::from_mins(1);

/// Sends notices, and keeps what was announced last.
#[derive(Debug)]
pub(super) struct Announcer {
    notices: mpsc::Sender<Notice>,
    /// The queue of notices is full, and that was logged.
    is_full: bool,
    browser: String,
    capture_trouble: Option<String>,
    refused_games: u64,
    refused_at: Instant,
}

impl Announcer {
    pub fn new(notices: mpsc::Sender<Notice>) -> Self {
        Self {
            notices,
            is_full: false,
            browser: String::new(),
            capture_trouble: None,
            refused_games: 0,
            refused_at: Instant::now(),
        }
    }

    /// Sends a notice. Never waits: a receiver that does not read must not stop the recording.
    pub fn send(&mut self, notice: Notice) {
        let sent = self.notices.try_send(notice);
        let is_full = matches!(sent, Err(mpsc::error::TrySendError::Full(_)));
        if is_full && !self.is_full {
            tracing::warn!("the notices are not read; the files are written all the same");
        }
        self.is_full = is_full;
    }

    /// Announces what is odd about the page in the browser.
    pub fn browser(&mut self, status: &feed::BrowserStatus) {
        let text = status.to_string();
        if status.page.is_some() && status.needs_attention() && text != self.browser {
            self.send(Notice::Message(text.clone()));
        }
        self.browser = text;
    }

    /// Announces that the raw capture cannot be written, or is written again. The recording goes on without it.
    pub fn capture(&mut self, trouble: Option<String>) {
        if trouble == self.capture_trouble {
            return;
        }
        let text = match &trouble {
            Some(why) => why.clone(),
            None => "the raw capture is written again".to_owned(),
        };
        self.capture_trouble = trouble;
        self.send(Notice::Message(text));
    }

    /// Announces games that came too fast: the first at once, then their number once a minute.
    pub fn refused(&mut self, games: u64) {
        let is_first = self.refused_games == 0;
        if games <= self.refused_games || (!is_first && self.refused_at.elapsed() < REFUSED_EVERY) {
            return;
        }
        self.refused_games = games;
        self.refused_at = Instant::now();
        let text = format!(
            "The server sends new games faster than any server plays: {games} without a proof were not recorded so far"
        );
        if is_first {
            tracing::warn!("{text}");
        } else {
            tracing::info!("{text}");
        }
        self.send(Notice::Message(text));
    }

    /// Logs the number of refused games at the end of the run, if it grew.
    pub fn log_refused(&self, games: u64) {
        if games > self.refused_games {
            tracing::info!(
                "{games} new games came faster than any server plays and were not recorded"
            );
        }
    }
}
