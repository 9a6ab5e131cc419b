//! The journal of one open game or session: every fact in a line of its own, with a checksum, so that a torn or flipped
//! line costs itself only.

use std::io;
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::files::WriteError;
use super::{Disk, Origin};
use crate::account::{Session, SessionEvent};
use crate::game::{Game, GameEvent};

/// What a journal keeps.
pub(super) trait Fact: Serialize + DeserializeOwned {
    /// What the facts rebuild.
    type Whole;

    /// Whether it is the first fact, without which the others are worth nothing.
    fn begins(&self) -> bool;

    /// Rebuilds what the facts tell of; `None` when none of them begins it.
    fn rebuild(facts: &[Self]) -> Option<Self::Whole>;
}

impl Fact for GameEvent {
    type Whole = Game;

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
    type Whole = Session;

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

/// A journal in the making. The bytes in memory are the truth, the file follows them: what a failing disk did not
/// take is written later, and a file that vanished is made again.
#[derive(Debug)]
pub(super) struct Journal<F> {
    facts: PhantomData<fn(&F)>,
    path: PathBuf,
    bytes: Vec<u8>,
    written: usize,
    synced: usize,
    /// The folder knows the file's name.
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

    /// Returns the journal of something whose facts are known already; its file is yet to be made.
    pub(super) fn of(path: PathBuf, origin: Origin, facts: &[F]) -> Self {
        let mut journal = Self::new(path, origin);
        for fact in facts {
            journal.push(fact);
        }
        journal
    }

    /// Returns the journal that goes on in a file with this content. A torn last line is closed, never rewritten:
    /// a crash in the middle of recovery must cost nothing either.
    pub(super) fn adopted(path: PathBuf, mut bytes: Vec<u8>) -> Self {
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

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn into_path(self) -> PathBuf {
        self.path
    }

    pub(super) fn push(&mut self, fact: &F) {
        self.push_line(fact);
        if fact.begins() {
            // Without the start the other lines are worth nothing: no single damage takes both.
            self.bytes.push(b'\n');
            self.push_line(fact);
        }
    }

    fn push_line(&mut self, line: &impl Serialize) {
        // Heads and facts are plain data: their serialisation cannot fail.
        if let Ok(json) = serde_json::to_string(line) {
            let crc = crc32fast::hash(json.as_bytes());
            self.bytes
                .extend_from_slice(format!("{crc:08x} {json}\n").as_bytes());
        }
    }

    /// Returns the bytes in memory.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Returns the bytes that the file does not have yet.
    pub(super) fn waiting(&self) -> usize {
        self.bytes.len() - self.written
    }

    /// Whether there is a file.
    pub(super) fn is_begun(&self) -> bool {
        self.written > 0
    }

    /// Writes what the file does not have yet. After an error nothing is lost: call it again.
    pub(super) fn write(&mut self, disk: &dyn Disk) -> Result<(), WriteError> {
        if self.waiting() == 0 {
            return Ok(());
        }
        let appended = disk.append(&self.path, self.written as u64, &self.bytes[self.written..]);
        match appended {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                // Somebody removed or cut the file: make it again. The folder is the recorder's to make.
                self.vanished();
                disk.append(&self.path, 0, &self.bytes)
            }
            other => other,
        }
        .map_err(|why| WriteError::new("write", &self.path, why))?;
        self.written = self.bytes.len();
        Ok(())
    }

    /// Makes what is written durable.
    pub(super) fn sync(&mut self, disk: &dyn Disk) -> Result<(), WriteError> {
        if self.synced < self.written {
            if let Err(why) = disk.sync(&self.path) {
                if why.kind() == io::ErrorKind::NotFound {
                    self.vanished();
                }
                // A failed sync may have dropped what it could not write, and the next one would not say so.
                self.written = self.synced;
                return Err(WriteError::new("sync", &self.path, why));
            }
            self.synced = self.written;
        }
        if !self.named && self.written > 0 {
            let folder = self.folder();
            disk.sync_dir(folder)
                .map_err(|why| WriteError::new("sync", folder, why))?;
            self.named = true;
        }
        Ok(())
    }

    /// The file is not there any more: all of it is to be written.
    pub(super) fn vanished(&mut self) {
        (self.written, self.synced, self.named) = (0, 0, false);
    }

    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(&self.path)
    }
}

/// What a journal tells beside the facts.
#[derive(Serialize, Deserialize)]
enum JournalHeader {
    /// Where the facts come from: the next run may be on another source.
    Origin(Origin),
}

/// What a journal's file tells.
#[derive(Debug)]
pub(super) struct ReadJournal<W> {
    /// What its facts tell of.
    pub(super) whole: W,
    /// Where it comes from, if that line is whole.
    pub(super) origin: Option<Origin>,
    /// Lines that were torn or damaged, and passed over.
    pub(super) damaged: usize,
}

/// Reads a journal; `None` when it does not even tell what it is of.
pub(super) fn read<F: Fact>(bytes: &[u8]) -> Option<ReadJournal<F::Whole>> {
    let (mut damaged, mut origin) = (0, None);
    let mut facts = Vec::<F>::new();
    for line in bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
    {
        let json = checked(line);
        if let Some(fact) = json.and_then(|json| serde_json::from_slice(json).ok()) {
            facts.push(fact);
        } else if let Some(JournalHeader::Origin(told)) =
            json.and_then(|json| serde_json::from_slice(json).ok())
        {
            origin = Some(told);
        } else {
            damaged += 1;
        }
    }
    Some(ReadJournal {
        whole: F::rebuild(&facts)?,
        origin,
        damaged,
    })
}

/// Returns what a line says if its checksum agrees.
fn checked(line: &[u8]) -> Option<&[u8]> {
    let (crc, json) = line.split_at_checked(9)?;
    let crc = u32::from_str_radix(std::str::from_utf8(crc).ok()?.strip_suffix(' ')?, 16).ok()?;
    (crc == crc32fast::hash(json)).then_some(json)
}

#[cfg(test)]
mod tests;
