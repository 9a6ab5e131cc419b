//! The files of the player's notes: beside each session, and the diary of the folder. They are the only files here that the
//! player changes; a recording is never written because of them.

use std::io;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use uuid::Uuid;

use super::durable::{self, make_folder, replace, sync_folder};
use super::format::diary_file::Diary;
use super::format::names::{NOTES_ENDING, SESSIONS, notes_name};
use super::format::notes_file::{MAX_NOTES_BYTES, NoteEdit, SessionNotes};
use super::format::read::read_session;
use super::running::{root_of_session_journal, running_session};
use crate::disk::{Disk, FileError};
use crate::paths;

/// Name of the diary in a folder of recordings.
const DIARY: &str = "diary.json";

/// A file of the player's words, or why it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadWords<T> {
    /// What it holds; nothing if there is none or it is damaged.
    pub words: T,
    /// What is wrong with the file and what happens to it.
    pub fault: Option<String>,
}

/// Returns the file of a session's notes. That of the running session, named by its journal, is the one that it will have.
pub fn notes_path(session: &Path) -> PathBuf {
    let name = session.file_name().unwrap_or_default().to_string_lossy();
    let folder = session.parent().unwrap_or(Path::new(""));
    match root_of_session_journal(session) {
        Some(root) => root.join(day_of_name(&name)).join(SESSIONS),
        None => folder.to_owned(),
    }
    .join(notes_name(&name))
}

/// Returns the day of a name that begins with `20251215T`.
fn day_of_name(name: &str) -> String {
    let part = |from, to| name.get(from..to).unwrap_or_default();
    format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8))
}

/// Returns the session file of a file of notes.
pub fn session_of_notes(notes: &Path) -> Option<PathBuf> {
    let name = notes.file_name()?.to_str()?;
    let session = name.strip_suffix(NOTES_ENDING)?;
    Some(notes.with_file_name(format!("{session}.json")))
}

/// Reads the notes of a session. It changes nothing.
pub fn read_notes(disk: &dyn Disk, session: &Path) -> ReadWords<SessionNotes> {
    read_words(disk, &notes_path(session), SessionNotes::parse)
}

/// Writes the notes of a session; empty ones remove the file. A damaged file keeps its content under another name.
///
/// # Errors
///
/// The text says what is wrong and what to do. The old file is as it was, unless only its folder could not be synced.
pub fn write_notes(disk: &dyn Disk, session: &Path, notes: &SessionNotes) -> Result<(), String> {
    notes.check()?;
    let path = notes_path(session);
    let text = notes.to_text().map_err(|why| why.to_string())?;
    let kept = (!notes.is_empty()).then_some(text.as_slice());
    let is_whole = |text: &[u8]| SessionNotes::parse(text).is_ok();
    write_words(disk, &path, kept, is_whole).map_err(|why| why.to_string())
}

/// Changes the notes of a session as they are on the disk now: what another program wrote meanwhile stays.
///
/// # Errors
///
/// As [`write_notes`].
pub fn edit_notes(disk: &dyn Disk, session: &Path, edit: NoteEdit) -> Result<(), String> {
    let path = notes_path(session);
    let mut notes = words_to_edit(disk, &path, SessionNotes::parse)?;
    notes.apply(edit);
    if notes.session_id.is_none() && !notes.is_empty() {
        notes.session_id = session_id(disk, session);
    }
    write_notes(disk, session, &notes)
}

/// Returns the key of a session in other data, from its file or its journal.
fn session_id(disk: &dyn Disk, session: &Path) -> Option<Uuid> {
    let file = match root_of_session_journal(session) {
        Some(root) => {
            let running = running_session(disk, root).ok()??;
            (running.journal == session).then_some(running.file)?
        }
        None => read_session(disk, session).ok()??.ok()?,
    };
    file.meta.session_id
}

/// Reads the diary of a folder of recordings. It changes nothing.
pub fn read_diary(disk: &dyn Disk, root: &Path) -> ReadWords<Diary> {
    read_words(disk, &root.join(DIARY), Diary::parse)
}

/// Sets the line of a local day in the diary of a folder of recordings; an empty one removes it.
///
/// # Errors
///
/// As [`write_notes`].
pub fn write_diary(disk: &dyn Disk, root: &Path, day: NaiveDate, line: &str) -> Result<(), String> {
    let path = root.join(DIARY);
    let mut diary = words_to_edit(disk, &path, Diary::parse)?;
    diary.put(day, line);
    diary.check()?;
    let text = diary.to_text().map_err(|why| why.to_string())?;
    let is_whole = |text: &[u8]| Diary::parse(text).is_ok();
    write_words(disk, &path, Some(&text), is_whole).map_err(|why| why.to_string())
}

fn read_words<T: Default>(
    disk: &dyn Disk,
    path: &Path,
    parse: fn(&[u8]) -> Result<T, String>,
) -> ReadWords<T> {
    let read = match disk.read_at_most(path, MAX_NOTES_BYTES) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return ReadWords::default(),
        Err(why) => Err(why.to_string()),
        Ok(text) => parse(&text),
    };
    match read {
        Ok(words) => ReadWords { words, fault: None },
        Err(why) => ReadWords {
            words: T::default(),
            fault: Some(format!(
                "cannot read the notes {}: {why}; the file gets another name when you write new ones",
                paths::text(path)
            )),
        },
    }
}

/// Reads the words that an edit changes: none if there is no file, or if what is there gets another name.
///
/// # Errors
///
/// The disk failed: the file may be whole, and an edit of nothing would replace it.
fn words_to_edit<T: Default>(
    disk: &dyn Disk,
    path: &Path,
    parse: fn(&[u8]) -> Result<T, String>,
) -> Result<T, String> {
    match disk.read_at_most(path, MAX_NOTES_BYTES) {
        Ok(text) => Ok(parse(&text).unwrap_or_default()),
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(T::default()),
        Err(why) if why.kind() == io::ErrorKind::FileTooLarge => Ok(T::default()),
        Err(why) => Err(FileError::new("read", path, why).to_string()),
    }
}

/// Writes or removes a file; one that is not whole gets another name first.
fn write_words(
    disk: &dyn Disk,
    path: &Path,
    text: Option<&[u8]>,
    is_whole: impl Fn(&[u8]) -> bool,
) -> Result<(), FileError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match disk.read_at_most(path, MAX_NOTES_BYTES) {
        Ok(old) if is_whole(&old) => {
            let Some(text) = text else {
                disk.remove(path)
                    .map_err(|why| FileError::new("remove", path, why))?;
                return sync_folder(disk, folder);
            };
            return replace(disk, folder, &name, text);
        }
        Err(why) if why.kind() == io::ErrorKind::NotFound => {}
        // Too long for notes: not ours, or damaged.
        Ok(_) => put_aside(disk, folder, &name)?,
        Err(why) if why.kind() == io::ErrorKind::FileTooLarge => put_aside(disk, folder, &name)?,
        Err(why) => return Err(FileError::new("read", path, why)),
    }
    let Some(text) = text else { return Ok(()) };
    // The folder of a running session may not exist yet.
    make_folder(disk, folder, folder)?;
    replace(disk, folder, &name, text)
}

fn put_aside(disk: &dyn Disk, folder: &Path, name: &str) -> Result<(), FileError> {
    let aside = durable::put_aside(disk, folder, name, "damaged")?;
    tracing::warn!(file = %paths::text(&aside), "notes that cannot be read have another name now");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_lie_beside_the_session_also_while_it_runs() {
        let notes = Path::new("r/2025-12-15/sessions/20251215T011755_dutch_session.notes.json");
        let session = Path::new("r/2025-12-15/sessions/20251215T011755_dutch_session.json");
        assert_eq!(notes_path(session), notes);
        let journal = Path::new("r/.journal/20251215T011755_dutch-1.session");
        assert_eq!(notes_path(journal), notes);
        let second = Path::new("r/.journal/20251215T011755_dutch-2.session");
        assert_eq!(
            notes_path(second)
                .file_name()
                .and_then(|name| name.to_str()),
            Some("20251215T011755_dutch-2_session.notes.json")
        );
        assert_eq!(session_of_notes(notes).as_deref(), Some(session));
        assert_eq!(session_of_notes(session), None);
        assert!(notes_path(Path::new("é")).ends_with("é.notes.json"));
    }
}
