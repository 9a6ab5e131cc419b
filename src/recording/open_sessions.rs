//! The sessions that have no file yet, each with its journal.
//!
//! An action or a drift is durable before the recorder reports it.

use std::path::{Path, PathBuf};

use super::events::RecorderEvent;
use super::format::game_file::Origin;
use super::format::names::{day_of, session_journal_names};
use super::format::session_file::{SessionFile, SessionMeta};
use super::journal::{Journal, JournalContent};
use super::journal_folder::JournalFolder;
use super::notes::{notes_path, session_of_notes};
use crate::account::{Action, Session, SessionEvent};
use crate::disk::{Disk, FileError};
use crate::game::millis;

/// A session that has no file yet.
pub(super) struct OpenSession {
    pub(super) session: Session,
    pub(super) origin: Origin,
    journal: Journal<SessionEvent>,
    /// The newest counts of comparisons, which come with every update of the account. The journal gets them with the
    /// next fact, or once a minute.
    counts: Option<SessionEvent>,
    /// The journal holds an action or a drift that is not durable yet.
    must_sync: bool,
    /// Actions that are reported once they are durable.
    unreported: Vec<(u32, Box<Action>)>,
    is_ended: bool,
    /// A start found it in a journal: its file may exist already.
    pub(super) is_recovered: bool,
}

impl OpenSession {
    fn begin(start: &SessionEvent, origin: Origin, journal: PathBuf) -> Option<Self> {
        let journal = Journal::with_facts(journal, origin, std::slice::from_ref(start));
        Some(Self::new(Session::begin(start)?, origin, journal))
    }

    /// Returns the ended session of a journal that a crash left. `origin` counts if the journal's own is damaged.
    pub(super) fn recovered(
        content: JournalContent<Session>,
        origin: Origin,
        path: PathBuf,
        bytes: Vec<u8>,
    ) -> Self {
        let origin = content.origin.unwrap_or(origin);
        let journal = Journal::from_file(path, bytes);
        Self {
            is_ended: true,
            is_recovered: true,
            ..Self::new(content.subject, origin, journal)
        }
    }

    fn new(session: Session, origin: Origin, journal: Journal<SessionEvent>) -> Self {
        Self {
            session,
            origin,
            journal,
            counts: None,
            must_sync: false,
            unreported: Vec::new(),
            is_ended: false,
            is_recovered: false,
        }
    }

    /// Returns the day that its file belongs to.
    pub(super) fn day(&self) -> String {
        day_of(self.session.start)
    }

    /// Returns the path of its journal.
    pub(super) fn journal_path(&self) -> &Path {
        self.journal.path()
    }

    fn apply(&mut self, fact: SessionEvent) {
        self.session.apply(&fact);
        if matches!(fact, SessionEvent::Verified { .. }) {
            self.counts = Some(fact);
            return;
        }
        self.write_counts();
        self.journal.push(&fact);
        match fact {
            SessionEvent::Action { slot, action } => {
                self.must_sync = true;
                self.unreported.push((slot, action));
            }
            SessionEvent::Drifted { .. } => self.must_sync = true,
            SessionEvent::Ended { .. } => self.is_ended = true,
            SessionEvent::Started { .. }
            | SessionEvent::ServerKnown { .. }
            | SessionEvent::Named { .. }
            | SessionEvent::Verified { .. }
            | SessionEvent::WalletChanged { .. } => {}
        }
    }

    /// Puts the newest counts into the journal.
    fn write_counts(&mut self) {
        if let Some(counts) = self.counts.take() {
            self.journal.push(&counts);
        }
    }

    /// Returns the bytes in memory that the disk does not have.
    fn unwritten(&self) -> usize {
        if self.is_ended {
            self.journal.len()
        } else {
            self.journal.unwritten()
        }
    }

    /// Writes the journal and makes it durable if it must be; reports the actions that are durable then.
    fn write(&mut self, disk: &dyn Disk, events: &mut Vec<RecorderEvent>) -> Result<(), FileError> {
        self.journal.write(disk)?;
        if self.must_sync {
            self.sync(disk, events)?;
        }
        Ok(())
    }

    fn sync(&mut self, disk: &dyn Disk, events: &mut Vec<RecorderEvent>) -> Result<(), FileError> {
        self.journal.write(disk)?;
        self.journal.sync(disk)?;
        self.must_sync = false;
        let actions = self.unreported.drain(..);
        events.extend(actions.map(|(slot, action)| RecorderEvent::Action { slot, action }));
        Ok(())
    }

    /// Whether an existing file is this session's: written before a failure or a crash.
    ///
    /// A journal that survived a crash may hold less than the file, so there the id decides; for a file without an id,
    /// the start and the player. A run that goes on knows the whole file: another session of the same player and
    /// millisecond is a different one.
    pub(super) fn is_in(&self, existing: &SessionFile, file: &SessionFile) -> bool {
        if !self.is_recovered {
            // The texts: times in them are cut.
            return existing.to_text().ok() == file.to_text().ok();
        }
        if existing.meta.session_id.is_some() {
            return existing.meta.session_id == file.meta.session_id;
        }
        let key = |meta: &SessionMeta| {
            let start = millis::text(meta.session_start);
            let player = (meta.player_id.clone(), meta.username.clone());
            (start, player, meta.origin)
        };
        key(&existing.meta) == key(&file.meta)
    }
}

/// The sessions without a file, oldest first; only the last one may be running.
#[derive(Default)]
pub(super) struct OpenSessions(Vec<OpenSession>);

impl OpenSessions {
    /// Adds sessions that recovery found.
    pub(super) fn adopt(&mut self, sessions: Vec<OpenSession>) {
        self.0.extend(sessions);
    }

    /// Takes a fact of the running session. With `is_full`, the memory for what the disk does not take is used up.
    ///
    /// Returns false if an action is lost for that reason.
    pub(super) fn apply(
        &mut self,
        fact: SessionEvent,
        is_full: bool,
        (origin, folder, disk): (Origin, &mut JournalFolder, &dyn Disk),
    ) -> bool {
        let running = self.0.last_mut().filter(|session| !session.is_ended);
        match (fact, running) {
            (fact @ SessionEvent::Started { .. }, running) => {
                if let SessionEvent::Started { at, username, .. } = &fact {
                    if let Some(running) = running {
                        running.apply(SessionEvent::Ended { at: *at });
                    }
                    let names = session_journal_names(username.as_deref(), *at);
                    let path = folder.path().to_owned();
                    // The file gets the number of the journal, and so the notes are the session's from its start on.
                    let is_free = |journal: &Path| {
                        let notes = notes_path(journal);
                        let file = session_of_notes(&notes);
                        let others = [Some(journal.to_owned()), file, Some(notes)];
                        !others.iter().flatten().any(|path| disk.exists(path))
                    };
                    let path = folder.reserve(names.filter(|name| is_free(&path.join(name))));
                    self.0.extend(OpenSession::begin(&fact, origin, path));
                }
            }
            // The end is always accepted: it is small, and without it nothing of the session is published.
            (fact @ SessionEvent::Ended { .. }, Some(running)) => running.apply(fact),
            (SessionEvent::Action { slot, .. }, Some(_)) if is_full => {
                tracing::error!(
                    slot,
                    "an action is lost: the disk takes nothing and the memory for it is full"
                );
                return false;
            }
            (_, Some(_)) if is_full => {
                tracing::error!(
                    "a fact of the session is lost: the memory for what the disk does not take is full"
                );
            }
            (fact, Some(running)) => running.apply(fact),
            (fact, None) => tracing::warn!(?fact, "no session is open, so this fact is dropped"),
        }
        true
    }

    /// Returns the bytes in memory that the disk does not have.
    pub(super) fn unwritten(&self) -> usize {
        self.0.iter().map(OpenSession::unwritten).sum()
    }

    /// Writes the journals.
    pub(super) fn write(
        &mut self,
        disk: &dyn Disk,
        events: &mut Vec<RecorderEvent>,
    ) -> Result<(), FileError> {
        let mut sessions = self.0.iter_mut();
        sessions.try_for_each(|session| session.write(disk, events))
    }

    /// Makes the journals durable.
    pub(super) fn sync(
        &mut self,
        disk: &dyn Disk,
        events: &mut Vec<RecorderEvent>,
    ) -> Result<(), FileError> {
        let mut sessions = self.0.iter_mut();
        sessions.try_for_each(|session| session.sync(disk, events))
    }

    /// Notes that the files of the journals are missing: all of them are written and synced again.
    pub(super) fn mark_missing(&mut self) {
        for session in &mut self.0 {
            session.journal.mark_missing();
            session.must_sync = true;
        }
    }

    /// Puts the newest counts into the journals.
    pub(super) fn write_counts(&mut self) {
        self.0.iter_mut().for_each(OpenSession::write_counts);
    }

    /// Returns the oldest session that has ended.
    pub(super) fn first_ended(&self) -> Option<&OpenSession> {
        self.0.iter().find(|session| session.is_ended)
    }

    /// Removes the oldest session that has ended; returns the path of its journal.
    pub(super) fn remove_first_ended(&mut self) -> Option<PathBuf> {
        let place = self.0.iter().position(|session| session.is_ended)?;
        Some(self.0.remove(place).journal.into_path())
    }
}
