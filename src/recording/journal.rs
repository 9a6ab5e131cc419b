//! The journal of one open game or session: each fact in a line of its own with a checksum, so that a torn or damaged
//! line costs only itself.

use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::format::game_file::Origin;
use crate::account::{Session, SessionEvent};
use crate::disk::{Disk, FileError};
use crate::game::{Game, GameEvent};

/// A fact in a journal.
pub(super) trait Fact: Serialize + DeserializeOwned {
    /// What the facts are about: a game or a session.
    type Subject;

    /// Whether it is the first fact, without which the others are useless.
    fn begins(&self) -> bool;

    /// Rebuilds the game or session; `None` if the first fact is missing.
    fn rebuild(facts: &[Self]) -> Option<Self::Subject>;
}

impl Fact for GameEvent {
    type Subject = Game;

    fn begins(&self) -> bool {
        matches!(self, Self::GameStarted { .. })
    }

    fn rebuild(facts: &[Self]) -> Option<Game> {
        let (game_id, at) = facts.iter().find_map(|fact| match fact {
            Self::GameStarted { game_id, at } => Some((game_id.clone(), *at)),
            _ => None,
        })?;
        let mut game = Game::new(game_id, at);
        for fact in facts {
            game.apply(fact);
        }
        Some(game)
    }
}

impl Fact for SessionEvent {
    type Subject = Session;

    fn begins(&self) -> bool {
        matches!(self, Self::Started { .. })
    }

    fn rebuild(facts: &[Self]) -> Option<Session> {
        let mut session = facts.iter().find_map(Session::begin)?;
        for fact in facts {
            session.apply(fact);
        }
        Some(session)
    }
}

/// A journal that is being written. The complete journal is in memory; the file catches up: what a failing disk did
/// not take is written later, and a file that disappeared is made again.
#[derive(Debug)]
pub(super) struct Journal<F> {
    facts: PhantomData<fn(&F)>,
    path: PathBuf,
    bytes: Vec<u8>,
    written: usize,
    synced: usize,
    /// The file's name is durable.
    named: bool,
}

impl<F: Fact> Journal<F> {
    pub(super) fn new(path: PathBuf, origin: Origin) -> Self {
        let mut journal = Self {
            facts: PhantomData,
            path,
            bytes: Vec::new(),
            written: 0,
            synced: 0,
            named: false,
        };
        journal.push_line(&JournalHeader::Origin(origin));
        journal
    }

    /// Returns a journal with these facts; its file does not exist yet.
    pub(super) fn with_facts(path: PathBuf, origin: Origin, facts: &[F]) -> Self {
        let mut journal = Self::new(path, origin);
        for fact in facts {
            journal.push(fact);
        }
        journal
    }

    /// Returns its path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns the journal that continues a file with this content. A torn last line is ended, not rewritten: a crash
    /// during recovery must cost nothing either.
    pub(super) fn from_file(path: PathBuf, mut bytes: Vec<u8>) -> Self {
        let written = bytes.len();
        if bytes.last().is_some_and(|byte| *byte != b'\n') {
            bytes.push(b'\n');
        }
        Self {
            facts: PhantomData,
            path,
            bytes,
            written,
            synced: 0,
            named: false,
        }
    }

    pub(super) fn into_path(self) -> PathBuf {
        self.path
    }

    pub(super) fn push(&mut self, fact: &F) {
        self.push_line(fact);
        if fact.begins() {
            // The other lines are useless without the start, so it is written twice: no single damage hits both.
            self.bytes.push(b'\n');
            self.push_line(fact);
        }
    }

    fn push_line(&mut self, line: &impl Serialize) {
        // Headers and facts are plain data: their serialisation cannot fail.
        if let Ok(json) = serde_json::to_string(line) {
            let crc = crc32fast::hash(json.as_bytes());
            self.bytes
                .extend_from_slice(format!("{crc:08x} {json}\n").as_bytes());
        }
    }

    /// Returns the number of bytes in memory.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the number of bytes that the file does not have yet.
    pub(super) fn unwritten(&self) -> usize {
        self.bytes.len() - self.written
    }

    /// Whether the file exists.
    pub(super) fn has_file(&self) -> bool {
        self.written > 0
    }

    /// Writes what the file does not have yet. Nothing is lost after an error; call it again.
    pub(super) fn write(&mut self, disk: &dyn Disk) -> Result<(), FileError> {
        if self.unwritten() == 0 {
            return Ok(());
        }
        let appended = disk.append(&self.path, self.written as u64, &self.bytes[self.written..]);
        match appended {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Another program removed or cut the file: make it again. The recorder makes the folder.
                self.mark_missing();
                disk.append(&self.path, 0, &self.bytes)
            }
            other => other,
        }
        .map_err(|why| FileError::new("write", &self.path, why))?;
        self.written = self.bytes.len();
        Ok(())
    }

    /// Makes the written bytes durable.
    pub(super) fn sync(&mut self, disk: &dyn Disk) -> Result<(), FileError> {
        if self.synced < self.written {
            if let Err(why) = disk.sync(&self.path) {
                if why.kind() == io::ErrorKind::NotFound {
                    self.mark_missing();
                }
                // A failed sync may have dropped bytes, and the next sync would not report it.
                self.written = self.synced;
                return Err(FileError::new("sync", &self.path, why));
            }
            self.synced = self.written;
        }
        if !self.named && self.written > 0 {
            let folder = self.folder();
            disk.sync_dir(folder)
                .map_err(|why| FileError::new("sync", folder, why))?;
            self.named = true;
        }
        Ok(())
    }

    /// Notes that the file is missing: all of it is written again.
    pub(super) fn mark_missing(&mut self) {
        (self.written, self.synced, self.named) = (0, 0, false);
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }
}

/// The first line of a journal.
#[derive(Serialize, Deserialize)]
enum JournalHeader {
    /// The source of the facts: the next run may have another one.
    Origin(Origin),
}

/// The content of a journal's file.
#[derive(Debug)]
pub(super) struct JournalContent<W> {
    /// The game or session of its facts.
    pub(super) subject: W,
    /// Its source, if that line is intact.
    pub(super) origin: Option<Origin>,
    /// The number of torn or damaged lines, which are passed over.
    pub(super) damaged: usize,
}

/// Reads a journal; `None` if its first fact is missing.
pub(super) fn read<F: Fact>(bytes: &[u8]) -> Option<JournalContent<F::Subject>> {
    let (mut damaged, mut origin) = (0, None);
    let mut facts = Vec::<F>::new();
    for line in bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let json = checked(line);
        if let Some(fact) = json.and_then(|json| serde_json::from_slice(json).ok()) {
            facts.push(fact);
        } else if let Some(JournalHeader::Origin(source)) =
            json.and_then(|json| serde_json::from_slice(json).ok())
        {
            origin = Some(source);
        } else {
            damaged += 1;
        }
    }
    Some(JournalContent {
        subject: F::rebuild(&facts)?,
        origin,
        damaged,
    })
}

/// Returns the JSON of a line if its checksum agrees.
fn checked(line: &[u8]) -> Option<&[u8]> {
    let (crc, json) = line.split_at_checked(9)?;
    let crc = u32::from_str_radix(std::str::from_utf8(crc).ok()?.strip_suffix(' ')?, 16).ok()?;
    (crc == crc32fast::hash(json)).then_some(json)
}

#[cfg(test)]
mod tests;
