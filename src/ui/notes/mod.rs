//! Notes, tags and stars: what the window has read of them, the editor, and the diary. The library's thread reads and writes
//! their files ([`LibraryWorker`]); this is the one owner of what it read.

mod diary;
mod editor;
mod edits;
mod list;
mod shown;
mod tags;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Instant;

use egui::Context;

use crate::game::Time;
use crate::library::LibraryEvent;
use crate::library::worker::{ASK_AGAIN, LibraryWorker};
use crate::recording::{Diary, NoteEdit, NotePlace, SessionNotes, root_of_session_journal};
pub use diary::{DiaryBook, diary_ui};
pub use editor::EditorPlace;
use editor::{EditorAnswer, NoteEditor};
pub use list::note_list_ui;
pub use shown::{ShownNote, ShownNotes, note_icon, note_words, shown_notes, tick_text};

/// Shown when the library's thread takes no request.
const BUSY: &str = "the library is busy; try again in a moment";

/// What a note is written on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteTarget {
    /// The session file, or the journal of the running session.
    pub session: PathBuf,
    /// The trade or the tick; `None` for the whole session.
    pub place: Option<NotePlace>,
    /// What it is called, as `Game 18:05:12, tick 118`.
    pub title: String,
}

/// What the library's thread reports of notes and diary.
#[derive(Debug)]
pub enum NotesEvent {
    /// The notes of a session as they are on the disk, and what is wrong with their file.
    Read(PathBuf, Box<SessionNotes>, Option<String>),
    /// The diary of a folder as it is on the disk, and what is wrong with its file.
    Diary(PathBuf, Box<Diary>, Option<String>),
    /// The notes of a session, or the diary of a folder, could not be written.
    NotSaved(PathBuf, String),
    /// The journal of the running session, with its start.
    Running(PathBuf, Time),
}

impl NotesEvent {
    /// Returns what an event of the library's thread says of notes, the diary and the running session.
    pub fn of(event: &LibraryEvent) -> Option<Self> {
        Some(match event {
            LibraryEvent::Notes {
                session,
                notes,
                fault,
            } => Self::Read(session.clone(), notes.clone(), fault.clone()),
            LibraryEvent::Diary { root, diary, fault } => {
                Self::Diary(root.clone(), diary.clone(), fault.clone())
            }
            LibraryEvent::NotSaved { path, why } => Self::NotSaved(path.clone(), why.clone()),
            LibraryEvent::Running(Some(running)) => {
                let row = &running.0;
                Self::Running(row.path.clone(), row.session()?.session_start)
            }
            _ => return None,
        })
    }
}

/// The notes of a session as they were read last.
#[derive(Debug, Clone, Default)]
struct KnownNotes {
    /// `None` until they were read.
    notes: Option<Arc<SessionNotes>>,
    fault: Option<String>,
}

/// The running session: its folder, its start, and its journal once that is known.
#[derive(Debug)]
struct RunningJournal {
    root: PathBuf,
    start: i64,
    path: Option<PathBuf>,
    asked_at: Option<Instant>,
}

/// The notes that the window has read.
#[derive(Debug)]
pub struct NoteBook {
    worker: Rc<LibraryWorker>,
    sessions: BTreeMap<PathBuf, KnownNotes>,
    running: Option<RunningJournal>,
    editor: Option<NoteEditor>,
    /// The diary of the folder that is reviewed.
    pub diary: DiaryBook,
}

impl NoteBook {
    /// Returns a book that has read nothing.
    pub fn new(worker: Rc<LibraryWorker>) -> Self {
        Self {
            diary: DiaryBook::new(Rc::clone(&worker)),
            worker,
            sessions: BTreeMap::new(),
            running: None,
            editor: None,
        }
    }

    /// Returns the notes of a session once they were read; the first call requests them.
    pub fn get(&mut self, session: &Path) -> Option<Arc<SessionNotes>> {
        if let Some(known) = self.sessions.get(session) {
            return known.notes.clone();
        }
        if self.worker.notes(session.to_owned()) {
            self.sessions
                .insert(session.to_owned(), KnownNotes::default());
        }
        None
    }

    /// Returns the journal of the session that began at this time in a folder, once it is known. To be called in each frame.
    pub fn journal(&mut self, root: &Path, start: Time) -> Option<PathBuf> {
        let start = start.timestamp_millis();
        let known = self.running.take();
        self.running = known.filter(|known| known.root == root && known.start == start);
        let running = self.running.get_or_insert_with(|| RunningJournal {
            root: root.to_owned(),
            start,
            path: None,
            asked_at: None,
        });
        let asks = running.asked_at.is_none_or(|at| at.elapsed() > ASK_AGAIN);
        if running.path.is_none() && asks && self.worker.running(root.to_owned()) {
            running.asked_at = Some(Instant::now());
        }
        running.path.clone()
    }

    /// Takes an event of the library's thread. Returns what the player should know and is shown nowhere else.
    pub fn take(&mut self, event: NotesEvent) -> Option<String> {
        match event {
            NotesEvent::Read(session, notes, fault) => {
                self.editor.take_if(|editor| {
                    editor.target().session == session && editor.take_saved(&notes)
                });
                let known = self.sessions.get_mut(&session)?;
                let new = fault.clone().filter(|_| known.fault != fault);
                (known.notes, known.fault) = (Some(Arc::new(*notes)), fault);
                return new;
            }
            NotesEvent::Diary(root, diary, fault) => return self.diary.take(&root, *diary, fault),
            NotesEvent::NotSaved(path, why) => {
                let is_it = |editor: &&mut NoteEditor| {
                    editor.target().session == path && editor.is_saving()
                };
                if let Some(editor) = self.editor.as_mut().filter(is_it) {
                    let title = &editor.target().title;
                    let closed = editor.is_closed().then(|| {
                        format!("Your note on {title} is not saved, and kept as a draft: {why}")
                    });
                    editor.set_failed(why);
                    return closed;
                } else if !self.diary.take_failure(&path, &why) {
                    return Some(why);
                }
            }
            NotesEvent::Running(journal, start) => {
                let start = start.timestamp_millis();
                let root = root_of_session_journal(&journal);
                let running = self.running.as_mut();
                let running = running.filter(|running| running.start == start);
                if let Some(running) = running.filter(|running| root == Some(&*running.root)) {
                    running.path = Some(journal);
                }
            }
        }
        None
    }

    /// Opens the editor of a note. Unsaved changes of another one come first: its editor opens again. The tags of the notes
    /// that were read are offered, and `others`.
    pub fn edit<'a>(&mut self, target: NoteTarget, others: impl Iterator<Item = &'a str>) {
        if let Some(unsaved) = self.editor.as_mut().filter(|open| open.is_unsaved()) {
            unsaved.reopen();
            return;
        }
        let read = self.sessions.values();
        let read = read.filter_map(|known| known.notes.as_deref());
        let read = read.flat_map(SessionNotes::all_tags);
        let mut tags: BTreeSet<String> = read.map(ToOwned::to_owned).collect();
        tags.extend(others.map(ToOwned::to_owned));
        let editor = NoteEditor::new(target, tags.into_iter().collect());
        self.editor = Some(editor);
    }

    /// Whether the editor is open.
    pub fn is_open(&self) -> bool {
        self.editor
            .as_ref()
            .is_some_and(|editor| !editor.is_closed())
    }

    /// Returns what would be lost if the window closed now.
    pub fn unsaved(&self) -> Option<String> {
        let editor = self.editor.as_ref().filter(|editor| editor.would_lose());
        let note = editor.map(|editor| format!("your note on {}", editor.target().title));
        note.or_else(|| self.diary.has_unsaved().then(|| "your diary".to_owned()))
    }

    /// Draws the editor if it is open, and saves what was typed. Returns what the note is on when the editor is closed and
    /// its changes cannot be saved: they are kept as a draft.
    pub fn ui(&mut self, ctx: &Context, place: EditorPlace) -> Option<String> {
        if !self.is_open() {
            return None;
        }
        let mut editor = self.editor.take()?;
        let session = editor.target().session.clone();
        self.get(&session);
        let known = self.sessions.get(&session);
        let notes =
            known.and_then(|known| Some((&**known.notes.as_ref()?, known.fault.as_deref())));
        match editor.ui(ctx, place, notes) {
            Some(EditorAnswer::Discarded) => match editor.undo() {
                Some(edit) if !self.worker.edit_notes(session, edit.clone()) => {
                    editor.set_failed(BUSY.to_owned());
                }
                _ => return None,
            },
            Some(EditorAnswer::Closed) => {
                editor.close();
                if let Some(edit) = editor.unsaved() {
                    self.save(&mut editor, edit, false);
                }
                let title = editor.target().title.clone();
                let (is_unsaved, is_saving) = (editor.is_unsaved(), editor.is_saving());
                self.editor = Some(editor).filter(|_| is_unsaved);
                return (is_unsaved && !is_saving).then_some(title);
            }
            Some(EditorAnswer::Save(edit)) => self.save(&mut editor, edit, true),
            None => {
                if let Some(edit) = editor.due(ctx)
                    && self.worker.edit_notes(session, edit.clone())
                {
                    editor.set_saving(edit, false);
                }
            }
        }
        self.editor = Some(editor);
        None
    }

    fn save(&self, editor: &mut NoteEditor, edit: NoteEdit, closes: bool) {
        let session = editor.target().session.clone();
        if self.worker.edit_notes(session, edit.clone()) {
            editor.set_saving(edit, closes);
        } else {
            editor.set_failed(BUSY.to_owned());
        }
    }

    /// Saves what the player typed last. To be called when the window closes: the library's thread still writes it.
    pub fn save_now(&mut self) {
        let Some(mut editor) = self.editor.take() else {
            return;
        };
        if let Some(edit) = editor.unsaved() {
            self.save(&mut editor, edit, false);
        }
        self.editor = Some(editor);
    }
}
