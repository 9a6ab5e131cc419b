//! The notices of the app in the status line: what the pages cannot do, and what is wrong with the settings file.

use egui::Ui;

use super::App;
use crate::ui::notices::{NoticeLine, NoticeLink};
use crate::ui::replay::Replay;
use crate::ui::status_line::{FRESH, StatusLineContext, status_line_ui};
use crate::ui::theme::StatusLevel;
use crate::ui::top_bar::Tab;

/// A notice in the status line in place of the newest message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppNotice {
    line: NoticeLine,
    /// It stays until its reason is gone or the player dismisses it; otherwise it goes when it is no longer new.
    lasts: bool,
}

impl AppNotice {
    /// Returns a notice that stays until the player dismisses it.
    pub fn lasting(text: String) -> Self {
        Self::new(StatusLevel::Warning, text, None, true)
    }

    fn new(level: StatusLevel, text: String, link: Option<NoticeLink>, lasts: bool) -> Self {
        Self {
            line: NoticeLine {
                at: crate::clock::now(),
                level,
                text,
                times: 1,
                link,
            },
            lasts,
        }
    }
}

/// Says why something cannot be done.
pub fn warn(app: &mut App, text: &str) {
    report(app, StatusLevel::Warning, text.to_owned(), None);
}

/// Says something in the messages. Where the status line does not show the newest message, it shows this for a while.
pub fn report(app: &mut App, level: StatusLevel, text: String, link: Option<NoticeLink>) {
    if let Some(live) = &mut app.live {
        let now = crate::clock::now();
        live.notices
            .push_linked(level, text.clone(), now, link.clone());
    }
    if app.live.is_none() || app.is_replaying() {
        app.notice = Some(AppNotice::new(level, text, link, false));
    }
}

/// Shows a failure to save the settings until they are saved, unless their page shows it.
pub fn take_save_errors(app: &mut App, ctx: &egui::Context) {
    if let Some(error) = app.startup.saver.new_trouble()
        && app.tab != Tab::Settings
    {
        app.unsaved = Some(error.clone());
        app.notice = Some(AppNotice::lasting(error));
    }
    if app.unsaved.is_some() && app.startup.saver.trouble().is_none() {
        let unsaved = app.unsaved.take();
        app.notice
            .take_if(|notice| Some(&notice.line.text) == unsaved.as_ref());
    }
    if app.startup.saver.is_saving() {
        ctx.request_repaint_after(super::SAVE_EVERY);
    }
}

/// Draws the status line: of the replay while one is on the screen, or else of the running source; with a notice of
/// the app also where neither is.
pub fn line_ui(app: &mut App, ui: &mut Ui) {
    let now = crate::clock::now();
    let is_gone = |notice: &mut AppNotice| !notice.lasts && now - notice.line.at >= FRESH;
    app.notice.take_if(is_gone);
    if app.notice.as_ref().is_some_and(|notice| !notice.lasts) {
        ui.request_repaint_after(FRESH.to_std().unwrap_or_default());
    }
    let mut line = app.notice.as_ref().map(|notice| notice.line.clone());
    let replay = app.replay.as_ref().filter(|_| app.tab == Tab::Play);
    if let Some(live) = app.live.as_mut().filter(|_| replay.is_none()) {
        live.status_line_ui(ui, &mut line);
    } else if replay.is_some() || line.is_some() {
        let newest = replay.and_then(Replay::status);
        let context = StatusLineContext {
            newest: newest.as_ref(),
            empty: "No press yet. Each one appears here, with whether it matches the file.",
            piano: None,
            now,
            trade_keys_on: None,
        };
        for command in status_line_ui(ui, &context, &mut line) {
            app.execute(ui.ctx(), command);
        }
    }
    if line.is_none() {
        app.notice = None;
    }
}
