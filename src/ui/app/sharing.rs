//! Sharing a session: which one, and what became of it.

use std::path::Path;

use super::App;
use super::notice::{report, warn};
use crate::recording::EXPORTS;
use crate::ui::format::{escaped, short_path};
use crate::ui::library::RUNNING;
use crate::ui::notices::NoticeLink;
use crate::ui::replay::Replay;
use crate::ui::theme::StatusLevel;
use crate::ui::top_bar::Tab;

/// Opens the panel that shares the session that is replayed, reviewed, or chosen in the library.
pub fn share(app: &mut App) {
    let session = match app.tab {
        Tab::Play => app.replay.as_ref().and_then(Replay::session_file).cloned(),
        Tab::Library => app.library.chosen_session(),
        Tab::Review => app.review.chosen_session().cloned(),
        Tab::Lab | Tab::Settings => None,
    };
    let Some(session) = session else {
        let is_live = app.tab == Tab::Play && app.replay.is_none();
        let why = if is_live {
            RUNNING
        } else {
            "Choose a session to share first"
        };
        warn(app, why);
        return;
    };
    let folder = app.library.folder.as_deref();
    let source = app.live.as_ref().map(|live| live.source.folder.as_path());
    let folder = folder.or(source).or(session.parent());
    let exports = folder.unwrap_or(Path::new(".")).join(EXPORTS);
    app.library.share(&session, exports);
}

/// Takes the requests of the pages to share a session, and says in the messages what became of one.
pub fn take_shares(app: &mut App) {
    let library = std::mem::take(&mut app.library.share_requested);
    let review = std::mem::take(&mut app.review.share_requested);
    if library || review {
        share(app);
    }
    let Some(outcome) = app.library.take_shared() else {
        return;
    };
    match outcome {
        Ok(path) => {
            let folder = path.parent().unwrap_or(&path).to_owned();
            let text = format!("Session shared: {}", short_path(&path));
            let link = Some(NoticeLink::Folder(folder));
            report(app, StatusLevel::Ok, text, link);
        }
        Err(why) => {
            let text = format!("The session was not shared: {}", escaped(&why));
            report(app, StatusLevel::Error, text, None);
        }
    }
}
