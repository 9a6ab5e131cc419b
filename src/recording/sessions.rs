//! The sessions of a recorder: their facts into journals, those that ended into files.
//!
//! An action or a drift is on the disk for good before anybody is told that it is recorded.

use std::path::{Path, PathBuf};

use rust_decimal::Decimal;

use super::files::{JOURNAL, WriteError, make_folder, read_session, replace};
use super::journal::{Journal, ReadJournal};
use super::{Disk, Origin, Recorder, RecorderEvent, SessionFile, SessionMeta};
use crate::account::{Action, Session, SessionEvent};
use crate::game::{Time, millis};
use crate::paths;
use crate::recording::format::index::{IndexSession, SESSIONS};
use crate::recording::format::names::{day_of, session_file_name, session_journal_name};

/// A published session.
#[derive(Debug, Clone, PartialEq)]
pub struct SavedSession {
    /// The file.
    pub path: PathBuf,
    /// Its contents without the rows.
    pub meta: SessionMeta,
    /// Its actions.
    pub actions: usize,
}

/// A session that has no file yet.
pub(super) struct OpenSession {
    session: Session,
    origin: Origin,
    journal: Journal<SessionEvent>,
    /// Counts that the journal does not have: they come with every update of the account, so only the newest are kept,
    /// with the next fact or once a minute.
    counts: Option<SessionEvent>,
    /// An action or a drift is not on the disk for good.
    must_sync: bool,
    /// Actions that are to be told once they are on the disk for good.
    untold: Vec<(u32, Box<Action>)>,
    ended: bool,
    /// A start found it in a journal: its file may be there already.
    recovered: bool,
}

impl OpenSession {
    fn begin(start: &SessionEvent, origin: Origin, journal: PathBuf) -> Option<Self> {
        Some(Self {
            session: Session::begin(start)?,
            origin,
            journal: Journal::of(journal, origin, std::slice::from_ref(start)),
            counts: None,
            must_sync: false,
            untold: Vec::new(),
            ended: false,
            recovered: false,
        })
    }

    /// Returns the session of a journal that a crash left: nobody will go on with it.
    /// `origin` counts when the journal's own is damaged.
    pub(super) fn recovered(
        read: ReadJournal<Session>,
        origin: Origin,
        path: PathBuf,
        bytes: Vec<u8>,
    ) -> Self {
        Self {
            session: read.whole,
            origin: read.origin.unwrap_or(origin),
            journal: Journal::adopted(path, bytes),
            counts: None,
            must_sync: false,
            untold: Vec::new(),
            ended: true,
            recovered: true,
        }
    }

    /// Returns the day that its file belongs to.
    pub(super) fn day(&self) -> String {
        day_of(self.session.start)
    }

    fn take(&mut self, fact: SessionEvent) {
        self.session.apply(&fact);
        if matches!(fact, SessionEvent::Verified { .. }) {
            self.counts = Some(fact);
            return;
        }
        self.note_counts();
        self.journal.push(&fact);
        match fact {
            SessionEvent::Action { slot, action } => {
                self.must_sync = true;
                self.untold.push((slot, action));
            }
            SessionEvent::Drifted { .. } => self.must_sync = true,
            SessionEvent::Ended { .. } => self.ended = true,
            SessionEvent::Started { .. }
            | SessionEvent::ServerKnown { .. }
            | SessionEvent::Named { .. }
            | SessionEvent::Verified { .. }
            | SessionEvent::WalletChanged { .. } => {}
        }
    }

    /// Puts the counts into the journal.
    fn note_counts(&mut self) {
        if let Some(counts) = self.counts.take() {
            self.journal.push(&counts);
        }
    }

    /// Returns what it takes in memory that is not on the disk.
    fn waiting(&self) -> usize {
        if self.ended {
            self.journal.len()
        } else {
            self.journal.waiting()
        }
    }

    /// Brings the journal to the disk, for good where it must be; `news` gets what is recorded from then on.
    fn write(&mut self, disk: &dyn Disk, news: &mut Vec<RecorderEvent>) -> Result<(), WriteError> {
        self.journal.write(disk)?;
        if self.must_sync {
            self.sync(disk, news)?;
        }
        Ok(())
    }

    fn sync(&mut self, disk: &dyn Disk, news: &mut Vec<RecorderEvent>) -> Result<(), WriteError> {
        self.journal.write(disk)?;
        self.journal.sync(disk)?;
        self.must_sync = false;
        let untold = self.untold.drain(..);
        news.extend(untold.map(|(slot, action)| RecorderEvent::Action { slot, action }));
        Ok(())
    }

    /// Whether that file is this session's: written before a failure or a crash that came before all was done.
    ///
    /// What a crash leaves of a journal may tell less than the file, so there the id decides, and of a file without one
    /// the start and the player. A run
    /// that goes on knows the whole file: another session of the same player and millisecond is another one.
    fn is_in(&self, there: &SessionFile, file: &SessionFile) -> bool {
        if !self.recovered {
            // The text: times in it are cut.
            return there.to_text().ok() == file.to_text().ok();
        }
        if there.meta.session_id.is_some() {
            return there.meta.session_id == file.meta.session_id;
        }
        let key = |meta: &SessionMeta| {
            let start = millis::text(meta.session_start);
            (
                start,
                meta.player_id.clone(),
                meta.username.clone(),
                meta.origin,
            )
        };
        key(&there.meta) == key(&file.meta)
    }
}

impl<D: Disk> Recorder<D> {
    /// Returns what the sessions that began on the day of `at` earned, as far as they are published.
    pub fn earned_on(&self, at: Time) -> Decimal {
        let day = self.days.get(&day_of(at));
        let sessions = day.iter().flat_map(|day| &day.index.sessions);
        sessions.fold(Decimal::ZERO, |sum, session| {
            sum.saturating_add(session.realised_pnl)
        })
    }

    /// Takes a fact of a session; `full`: the memory for what the disk does not take is used up.
    pub(super) fn take_session(&mut self, fact: SessionEvent, full: bool) {
        let open = self.sessions.last_mut().filter(|kept| !kept.ended);
        match (fact, open) {
            (fact @ SessionEvent::Started { at, .. }, open) => {
                if let Some(open) = open {
                    open.take(SessionEvent::Ended { at });
                }
                let journal = self.free_journal(&fact);
                self.sessions
                    .extend(OpenSession::begin(&fact, self.origin, journal));
            }
            // Small, and without it nothing of the session is published.
            (fact @ SessionEvent::Ended { .. }, Some(open)) => open.take(fact),
            (SessionEvent::Action { slot, .. }, Some(_)) if full => {
                self.lose_action();
                tracing::error!(
                    slot,
                    "an action is lost: the disk takes nothing and the memory for it is full"
                );
            }
            (_, Some(_)) if full => {
                tracing::error!(
                    "a fact of the session is lost: the memory for what the disk does not take is full"
                );
            }
            (fact, Some(open)) => open.take(fact),
            (fact, None) => tracing::warn!(?fact, "nobody plays, so this fact is of no session"),
        }
    }

    /// Returns a path for the journal of the session that this fact begins; never that of another one.
    fn free_journal(&self, start: &SessionEvent) -> PathBuf {
        let SessionEvent::Started { at, username, .. } = start else {
            return PathBuf::new();
        };
        let folder = self.root.join(JOURNAL);
        let names = (1..).map(|copy| session_journal_name(username.as_deref(), *at, copy));
        let taken = |path: &PathBuf| {
            let kept = |kept: &OpenSession| kept.journal.path() == path;
            self.journals.is_passed_over(path)
                || self.done.contains(path)
                || self.sessions.iter().any(kept)
                || self.disk.exists(path)
        };
        let mut free = names.map(|name| folder.join(name)).skip_while(taken);
        free.next().unwrap_or(folder)
    }

    /// Returns what the sessions take in memory that is not on the disk.
    pub(super) fn waiting_sessions(&self) -> usize {
        self.sessions.iter().map(OpenSession::waiting).sum()
    }

    /// Brings the journals of the sessions to the disk.
    pub(super) fn write_sessions(&mut self) -> Result<(), WriteError> {
        let mut sessions = self.sessions.iter_mut();
        sessions.try_for_each(|kept| kept.write(&self.disk, &mut self.news))
    }

    /// Makes the journals of the sessions durable.
    pub(super) fn sync_sessions(&mut self) -> Result<(), WriteError> {
        let mut sessions = self.sessions.iter_mut();
        sessions.try_for_each(|kept| kept.sync(&self.disk, &mut self.news))
    }

    /// The files of their journals are gone: what was on the disk for good is to be so again.
    pub(super) fn sessions_vanished(&mut self) {
        for kept in &mut self.sessions {
            kept.journal.vanished();
            kept.must_sync = true;
        }
    }

    /// Puts the newest counts into the journals.
    pub(super) fn note_counts(&mut self) {
        self.sessions.iter_mut().for_each(OpenSession::note_counts);
    }

    /// Writes the files of the sessions that ended.
    pub(super) fn publish_sessions(&mut self) -> Result<(), WriteError> {
        while let Some(place) = self.sessions.iter().position(|kept| kept.ended) {
            let kept = self.sessions.remove(place);
            if let Err(failed) = self.publish_session(&kept) {
                self.sessions.insert(place, kept);
                return Err(failed);
            }
            self.done.push(kept.journal.into_path());
        }
        Ok(())
    }

    /// Writes a session's file: temporary file, sync, rename, sync of the folder. A session without an action leaves
    /// none.
    fn publish_session(&mut self, kept: &OpenSession) -> Result<(), WriteError> {
        if let Some(wallet) = kept.session.local_wallet() {
            self.keep_wallet(&wallet)?;
        }
        let file = SessionFile::new(&kept.session, kept.origin);
        if file.actions.is_empty() {
            return Ok(());
        }
        let date = kept.day();
        let folder = self.root.join(&date).join(SESSIONS);
        let day = Self::day(&mut self.days, &self.disk, &self.root, &date)?;
        if !day.sessions_made || !self.disk.exists(&folder) {
            make_folder(&self.disk, &self.root, &folder)?;
            day.sessions_made = true;
        }

        let username = file.meta.username.as_deref();
        let (mut name, mut there) = (String::new(), None);
        // The same second and the same name get `-2`, `-3`.
        for copy in 1.. {
            name = session_file_name(username, kept.session.start, copy);
            there = match read_session(&self.disk, &folder.join(&name))? {
                None => None,
                Some(Ok(there)) if kept.is_in(&there, &file) => Some(there),
                Some(_) => continue,
            };
            break;
        }
        let told_before = kept.recovered && there.is_some();
        if there.is_some() {
            // It has its name, so its contents are durable; a failure may have kept the name from being so.
            let named = self.disk.sync_dir(&folder);
            named.map_err(|e| WriteError::new("sync", &folder, e))?;
        } else {
            let text = file.to_text();
            let text = text.map_err(|e| WriteError::new("write", &folder, e.into()))?;
            replace(&self.disk, &folder, &name, &text)?;
        }

        let file = there.unwrap_or(file);
        day.index.put_session(IndexSession::new(&name, &file));
        day.dirty = true;
        if !told_before {
            self.tell_session(&folder, &name, file);
        }
        Ok(())
    }

    fn tell_session(&mut self, folder: &Path, name: &str, file: SessionFile) {
        let path = folder.join(name);
        let actions = file.actions.len();
        tracing::info!(actions, file = %paths::text(&path), "saved the session");
        self.news
            .push(RecorderEvent::Session(Box::new(SavedSession {
                path,
                meta: file.meta,
                actions,
            })));
    }
}
