//! The note on a target as a change of the session's notes.

use super::NoteTarget;
use crate::recording::{NoteEdit, PlacedNote, SessionNotes};

/// Returns the note on the target as the notes have it.
pub fn note_of(target: &NoteTarget, notes: &SessionNotes) -> NoteEdit {
    match &target.place {
        None => edit_of(
            target,
            notes.starred,
            notes.text.clone(),
            notes.tags.clone(),
        ),
        Some(place) => match notes.note_at(place) {
            Some(note) => NoteEdit::Place(note.clone()),
            None => none(target),
        },
    }
}

/// Returns the change that removes the note.
pub fn none(target: &NoteTarget) -> NoteEdit {
    edit_of(target, false, String::new(), Vec::new())
}

/// Returns the change that makes the note so.
pub fn edit_of(target: &NoteTarget, starred: bool, text: String, tags: Vec<String>) -> NoteEdit {
    match target.place.clone() {
        None => NoteEdit::Session {
            starred,
            text,
            tags,
        },
        Some(place) => NoteEdit::Place(PlacedNote {
            place,
            starred,
            text,
            tags,
        }),
    }
}
