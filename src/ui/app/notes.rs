//! Notes in the window as a whole: which session's notes a page shows, what a new note is written on, and where its editor
//! is.

use std::path::{Path, PathBuf};

use egui::{Align2, Context, pos2};

use super::notice::warn;
use super::{App, SourceState};
use crate::engine::View;
use crate::game::Phase;
use crate::library::LibraryRow;
use crate::recording::NotePlace;
use crate::ui::command::{KeyCommand, KeyScope};
use crate::ui::format::{date_and_time, escaped};
use crate::ui::game_name::name_of;
use crate::ui::layout::Breakpoint;
use crate::ui::notes::{EditorPlace, NoteBook, NoteTarget, NotesEvent, tick_text};
use crate::ui::page_part::NoteSubject;
use crate::ui::theme::GAP;
use crate::ui::top_bar::Tab;

/// Why no note can be written.
const NO_SESSION: &str =
    "No session has begun, and a note belongs to one. It begins when the server knows you";
const NO_JOURNAL: &str = "The session is not on the disk yet, so it has no note. Look at the recorder's state, then try again";
const NO_CHOICE: &str = "Choose a session to write a note on it";
/// The widest editor, and how much of the chart it may cover: the newest price stays visible.
const WIDTH: f32 = 440.0;
const SHARE: f32 = 0.78;
/// Height of the multiplier over the chart, and of the editor with all its lines.
const MULTIPLIER: f32 = 112.0;
const HEIGHT: f32 = 276.0;

/// Takes what was read and written, gives each page the notes of its session, and opens the editor that a page asked for.
pub(super) fn update(app: &mut App) {
    for event in std::mem::take(&mut app.library.notes_events) {
        if let NotesEvent::Read(session, ..) = &event {
            app.review.renew_notes(session);
        }
        if let Some(why) = app.notes.take(event) {
            warn(app, &why);
        }
    }
    app.notes.diary.save_left();
    let running = matches!(app.source_state, SourceState::Running);
    if let Some(live) = app.live.as_mut().filter(|_| running) {
        let view = live.view();
        let journal = running_journal(&mut app.notes, &live.source.folder, &view);
        let notes = journal.and_then(|journal| app.notes.get(&journal));
        live.page.notes.update(notes.as_ref(), &view.actions);
    }
    if let Some(replay) = &mut app.replay {
        let notes = replay.noted_session().map(ToOwned::to_owned);
        let notes = notes.and_then(|session| app.notes.get(&session));
        replay.set_notes(notes.as_ref());
    }
    let replay = app.replay.as_mut();
    if let Some(subject) = replay.and_then(|replay| replay.notes.requested.take()) {
        open(app, KeyScope::Replay, subject);
    }
    let live = app.live.as_mut();
    if let Some(subject) = live.and_then(|live| live.requests.note.take()) {
        open(app, KeyScope::Live, subject);
    }
    if std::mem::take(&mut app.library.is_note_requested) {
        open(app, KeyScope::Library, NoteSubject::Session);
    }
    if let Some(target) = app.review.note_requested.take() {
        edit(app, target);
    }
}

fn running_journal(notes: &mut NoteBook, folder: &Path, view: &View) -> Option<PathBuf> {
    notes.journal(folder, view.session.start?)
}

/// Opens the editor; if there is nothing to write on, says why.
pub(super) fn open(app: &mut App, scope: KeyScope, subject: NoteSubject) {
    let target = match scope {
        KeyScope::Live => live_target(app, subject),
        KeyScope::Replay => match &app.replay {
            Some(replay) => replay.note_target(subject).map_err(ToOwned::to_owned),
            None => return,
        },
        KeyScope::Library => {
            let chosen = app.library.chosen_session();
            session_target(app, chosen.as_deref())
        }
        KeyScope::Review => session_target(app, app.review.chosen_session().map(|path| &**path)),
        KeyScope::Lab | KeyScope::Settings => return,
    };
    match target {
        Ok(target) => edit(app, target),
        Err(why) => warn(app, &why),
    }
}

fn edit(app: &mut App, target: NoteTarget) {
    // The compact page has no room for it.
    app.fit.set_compact(false);
    let tags = app.library.catalog.tags();
    app.notes.edit(target, tags.into_iter());
}

/// Returns what a note on the running session is written on.
fn live_target(app: &mut App, subject: NoteSubject) -> Result<NoteTarget, String> {
    let running = matches!(app.source_state, SourceState::Running);
    let live = app.live.as_ref().filter(|_| running).ok_or(NO_SESSION)?;
    let view = live.view();
    if view.session.start.is_none() {
        return Err(NO_SESSION.to_owned());
    }
    let journal = running_journal(&mut app.notes, &live.source.folder, &view);
    let session = journal.ok_or(NO_JOURNAL)?;
    let place = subject.place(|| place_in(&view));
    let title = match &place {
        None => "this session".to_owned(),
        Some(NotePlace::Trip { .. }) => "a trade".to_owned(),
        Some(NotePlace::Tick { game_id, tick }) => {
            format!("{}, {}", name_of(&view, game_id), tick_text(*tick))
        }
    };
    Ok(NoteTarget {
        session,
        place,
        title,
    })
}

/// Returns the tick on the screen; without a game a note is on the whole session.
fn place_in(view: &View) -> Option<NotePlace> {
    let shown = view.series.game_id.clone();
    let (game_id, tick) = match view.phase {
        Phase::Presale => (view.game_id.clone()?, None),
        // After a rug the chart still has its game.
        Phase::Rugged | Phase::Cooldown => (shown?, view.series.rug_tick.or(view.tick)),
        _ => (view.game_id.clone()?, view.tick),
    };
    Some(NotePlace::Tick { game_id, tick })
}

/// Returns a whole session of the library.
fn session_target(app: &App, path: Option<&Path>) -> Result<NoteTarget, String> {
    let mut sessions = app.library.catalog.sessions();
    let row = sessions.find(|row| Some(row.path.as_path()) == path);
    let session = row.and_then(LibraryRow::session).ok_or(NO_CHOICE)?;
    Ok(NoteTarget {
        session: path.unwrap_or(Path::new("")).to_owned(),
        place: None,
        title: format!("the session of {}", date_and_time(session.session_start)),
    })
}

/// Draws the editor if it is open: over the older part of the chart, or in the middle of another page.
pub(super) fn editor_ui(app: &mut App, ctx: &Context) {
    let window = ctx.content_rect();
    let page = match (&app.replay, &app.live) {
        _ if app.tab != Tab::Play => None,
        (Some(replay), _) => Some((&replay.page, true)),
        (None, live) => live.as_ref().map(|live| (&live.page, false)),
    };
    let place = if let Some((page, is_replay)) = page {
        let chart = page.regions(window, is_replay).chart;
        let width = WIDTH.min(chart.width() * SHARE - GAP);
        let lowest = window.bottom() - Breakpoint::of(window.width()).status_line() - GAP;
        let bottom = (chart.bottom() - GAP).max(chart.top() + MULTIPLIER + HEIGHT);
        EditorPlace {
            pivot: Align2::LEFT_BOTTOM,
            at: pos2(chart.left() + GAP, bottom.min(lowest)),
            width,
        }
    } else {
        EditorPlace {
            pivot: Align2::CENTER_CENTER,
            at: window.center(),
            width: WIDTH.min(window.width() - 4.0 * GAP),
        }
    };
    let draft = app.notes.ui(ctx, place);
    if let Some((note, live)) = draft.zip(app.live.as_mut()) {
        let key = KeyCommand::Note.key_name(ctx);
        live.inform(&format!(
            "Your note on {} is kept as a draft. {key} opens it again",
            escaped(&note)
        ));
    }
}
