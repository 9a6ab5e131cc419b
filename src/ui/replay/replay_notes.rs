//! The notes of the session that is replayed: their flags, and what a new one is written on.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Replay;
use super::roll_marks::{RollFlag, flags};
use crate::library::OpenedBundle;
use crate::recording::{NotePlace, SessionNotes};
use crate::replay::{Playhead, Timeline};
use crate::ui::notes::{NoteTarget, ShownNote, ShownNotes, tick_text};
use crate::ui::page_part::NoteSubject;

/// Why no note can be written.
const ONE_GAME: &str =
    "A note belongs to a session, and this is a game alone. Open its session to write one";
const SHARED: &str = "This is a shared file. Notes are written on your own sessions";

/// The notes of the session.
#[derive(Debug, Default)]
pub struct ReplayNotes {
    shown: ShownNotes,
    /// The notes in a shared file: they are not changed.
    shared: Option<Arc<SessionNotes>>,
    /// Their flags on the roll.
    pub flags: Vec<RollFlag>,
    /// What the player wants to write a note on.
    pub requested: Option<NoteSubject>,
}

impl ReplayNotes {
    /// Returns the notes of a shared file, or none yet.
    pub fn of(shared: Option<&OpenedBundle>) -> Self {
        Self {
            shared: shared.map(|shared| Arc::new(shared.notes.clone())),
            ..Self::default()
        }
    }

    /// Returns the notes for the chart and the list. With `until` those after it are left out.
    pub fn visible(&self, timeline: &Timeline, until: Option<Playhead>) -> Arc<Vec<ShownNote>> {
        let all = &self.shown.all;
        let Some(until) = until.map(|head| timeline.number(head)) else {
            return Arc::clone(all);
        };
        let is_shown = |note: &&ShownNote| {
            let at = note.at.as_ref();
            let at = at.and_then(|(game, tick)| {
                let game = timeline.place(game)?;
                Some(timeline.number(Playhead { game, tick: *tick }))
            });
            at.is_some_and(|at| at <= until)
        };
        Arc::new(all.iter().filter(is_shown).cloned().collect())
    }
}

impl Replay {
    /// Returns the file whose notes are read: that of the session, unless a single game or a shared file is replayed.
    pub fn noted_session(&self) -> Option<&Path> {
        let file = self.session_file().filter(|_| self.notes.shared.is_none());
        file.map(PathBuf::as_path)
    }

    /// Returns the file of the session, unless a single game is replayed, or what comes next is hidden.
    pub fn session_path(&self) -> Option<&Path> {
        let shows = self.timeline.session().is_some() && !self.hides_future;
        shows.then_some(self.path.as_path())
    }

    /// Returns the file of the session, to share it; `None` for a single game.
    pub fn session_file(&self) -> Option<&PathBuf> {
        self.timeline.session().map(|_| &self.path)
    }

    /// Takes the notes of the session. They are shown as flags and in a list.
    pub fn set_notes(&mut self, notes: Option<&Arc<SessionNotes>>) {
        let rows = self.timeline.session();
        let rows = rows.map_or(&[][..], |file| &file.actions);
        let before = Arc::clone(&self.notes.shown.all);
        let notes = self.notes.shared.as_ref().or(notes);
        self.notes.shown.update(notes, rows);
        if !Arc::ptr_eq(&before, &self.notes.shown.all) {
            self.notes.flags = flags(&self.timeline, &self.notes.shown.all);
            self.refresh();
        }
    }

    /// Returns what a note is written on.
    ///
    /// # Errors
    /// The text says why no note can be written here.
    pub fn note_target(&self, subject: NoteSubject) -> Result<NoteTarget, &'static str> {
        if self.notes.shared.is_some() {
            return Err(SHARED);
        }
        let session = self.noted_session().ok_or(ONE_GAME)?.to_owned();
        let head = self.player.head();
        let game = self.timeline.game(head.game);
        let place = subject.place(|| {
            game.map(|(game_id, _)| NotePlace::Tick {
                game_id: game_id.clone(),
                tick: head.tick,
            })
        });
        let title = match &place {
            None => self.name.clone(),
            Some(NotePlace::Trip { .. }) => "a trade".to_owned(),
            Some(NotePlace::Tick { game_id, tick }) => {
                let game = self.timeline.place(game_id).map_or(0, |game| game + 1);
                format!("game {game}, {}", tick_text(*tick))
            }
        };
        Ok(NoteTarget {
            session,
            place,
            title,
        })
    }
}
