//! The review of many sessions: those of a day, or all of a folder. A thread reads them and answers the filter.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError};

use super::luck::LuckCourse;
use super::no_cards::{COMPUTING, NoCards};
use super::sessions::STOPPED;
use super::trades::TradeRow;
use super::{ReviewReplay, toolbar};
use crate::library::{ReviewEvent, ReviewWorker};
use crate::recording::IndexSession;
use crate::review::{ReviewAnswer, ReviewFilter, TripRow};
use crate::ui::format::date_and_time;
use crate::ui::native::waker;

/// The session files of a folder, without the running session.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct FolderFiles {
    /// The folder.
    pub root: PathBuf,
    /// The files.
    pub sessions: Vec<PathBuf>,
}

/// The sessions of a folder.
#[derive(Debug, Default)]
pub struct FolderReview {
    /// Started with the first folder.
    worker: Option<ReviewWorker>,
    /// What is read, or was read.
    loaded: Option<Arc<FolderFiles>>,
    filter: Option<ReviewFilter>,
    answer: Option<FolderAnswer>,
    /// How many sessions are read, and how many there are; `None` once all are.
    progress: Option<(usize, usize)>,
    /// How many sessions cannot be reviewed, and why the first one cannot.
    failed: Option<(usize, String)>,
    /// Why nothing can be read.
    error: Option<String>,
    /// Sessions whose notes are to be read again.
    renoted: BTreeSet<PathBuf>,
    /// The journal of the session that is being recorded with its entry, which is another one when the session has grown;
    /// and whether the thread has it so.
    running: (Option<(PathBuf, IndexSession)>, bool),
}

/// The answer to a filter.
#[derive(Debug)]
pub struct FolderAnswer {
    /// What was found.
    pub found: Box<ReviewAnswer>,
    /// The course over the sessions, or over the chosen trades.
    pub course: LuckCourse,
}

impl FolderReview {
    /// Asks for the sessions of a folder that a filter takes, if they are not there yet. Returns the newest answer.
    pub fn get(
        &mut self,
        ctx: &egui::Context,
        files: &Arc<FolderFiles>,
        filter: &ReviewFilter,
    ) -> Option<&FolderAnswer> {
        if self.worker.is_none() && self.error.is_none() {
            match ReviewWorker::start(waker(ctx)) {
                Ok(worker) => self.worker = Some(worker),
                Err(why) => self.error = Some(format!("cannot start a thread: {why}")),
            }
        }
        self.take_events();
        let worker = self.worker.as_ref()?;
        if self.filter.as_ref() != Some(filter) && worker.filter(filter.clone()) {
            self.filter = Some(filter.clone());
        }
        // Before the folder is read: a session that has ended is then read from its file.
        if !self.running.1 {
            let journal = self.running.0.as_ref().map(|(journal, _)| journal.clone());
            self.running.1 = worker.running(journal);
        }
        let is_loaded = |loaded: &Arc<FolderFiles>| Arc::ptr_eq(loaded, files);
        if !self.loaded.as_ref().is_some_and(is_loaded) && worker.load(files.root.clone()) {
            self.loaded = Some(Arc::clone(files));
            self.progress = Some((0, files.sessions.len()));
            self.failed = None;
        }
        while let Some(session) = self.renoted.pop_first() {
            if !worker.renew_notes(session.clone()) {
                self.renoted.insert(session);
                break;
            }
        }
        self.answer.as_ref()
    }

    /// Notes that the notes of a session were written: its tags are read again.
    pub fn renew_notes(&mut self, session: PathBuf) {
        if self.worker.is_some() {
            self.renoted.insert(session);
        }
    }

    /// Sets the session that is being recorded: it counts as the others do, and is read again when it has grown.
    pub fn set_running(&mut self, running: Option<(PathBuf, IndexSession)>) {
        if self.running.0 != running {
            self.running = (running, false);
        }
    }

    /// Returns the newest answer.
    pub fn answer(&self) -> Option<&FolderAnswer> {
        self.answer.as_ref()
    }

    /// Whether sessions are still being read.
    pub fn is_reading(&self) -> bool {
        self.progress.is_some()
    }

    /// Starts again what could not be started, or has stopped, once the page needs it.
    pub fn retry_failed(&mut self) {
        self.error = None;
    }

    /// Returns why there is no answer.
    pub fn no_cards(&self) -> NoCards {
        match &self.error {
            Some(why) => NoCards::failed(why.clone()),
            None => NoCards::waiting(self.remark().unwrap_or_else(|| COMPUTING.to_owned())),
        }
    }

    /// Returns what the player should know: how far the reading is, and what cannot be read.
    pub fn remark(&self) -> Option<String> {
        if let Some(error) = &self.error {
            return Some(error.clone());
        }
        let failed = self.failed.as_ref().map(|(count, why)| {
            let sessions = toolbar::sessions(*count);
            format!("{sessions} cannot be reviewed: {why}")
        });
        match self.progress {
            Some((done, total)) => Some(format!("{done} of {} read", toolbar::sessions(total))),
            None => failed,
        }
    }

    /// Returns a trade of the answer as the table shows it, and what replays it.
    pub fn with_trade<T>(
        &self,
        place: u32,
        use_it: impl FnOnce(&TripRow, &Path) -> T,
    ) -> Option<T> {
        let index = self.worker.as_ref()?.index();
        let index = index.read().unwrap_or_else(PoisonError::into_inner);
        let row = index.trip(place)?;
        let session = index.session(row.session)?;
        Some(use_it(row, &session.path))
    }

    fn take_events(&mut self) {
        loop {
            let event = match self.worker.as_ref().map(ReviewWorker::next_event) {
                Some(Ok(Some(event))) => event,
                Some(Ok(None)) | None => return,
                Some(Err(_ended)) => {
                    // All is read again by the next thread.
                    *self = Self {
                        error: Some(STOPPED.to_owned()),
                        running: (self.running.0.take(), false),
                        ..Self::default()
                    };
                    return;
                }
            };
            match event {
                ReviewEvent::Progress { done, total } => self.progress = Some((done, total)),
                ReviewEvent::Answer(found) => {
                    let course = match found.luck {
                        Some(_) => LuckCourse::of_sessions(&found.course, &found.curve),
                        None => LuckCourse::of_results(&found.course, date_and_time),
                    };
                    self.answer = Some(FolderAnswer { found, course });
                }
                ReviewEvent::NotReviewed { why, .. } => {
                    self.failed.get_or_insert((0, why)).0 += 1;
                }
                ReviewEvent::Loaded(_) => self.progress = None,
            }
        }
    }
}

impl TradeRow<'_> {
    /// Returns a trade of one of many sessions.
    pub fn of_many(session: &Path, row: &TripRow) -> Self {
        Self {
            id: Self::id_of(session, row.seq),
            at: row.began,
            entry: row.average_cost,
            cost: row.cost,
            pnl: row.pnl,
            held: Some(row.ticks_held),
            end: row.end,
            limits: [row.worst, row.best],
            missing_ticks: row.missing_ticks,
            trip: None,
            what_if: None,
            note: None,
        }
    }
}

impl ReviewReplay {
    /// Returns the replay of a trade of one of many sessions.
    pub fn of_row(row: &TripRow, session: &Path) -> Self {
        Self {
            session: session.to_owned(),
            from: row.game_id.clone().map(|game| (game, row.entry_tick)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::disk::{Disk as _, RealDisk};
    use crate::library::made_rows::{one_sale, session_row};
    use crate::library::{Catalog, LibraryDay};
    use crate::ui::review::{ReviewPage, ReviewedFolder};

    /// Lists a folder with these sessions and shows it on the page. Returns what is read of it.
    fn listed(
        page: &mut ReviewPage,
        catalog: &mut Catalog,
        sessions: &[&str],
        running: Option<&str>,
    ) -> Arc<FolderFiles> {
        catalog.clear();
        catalog.take(LibraryDay {
            rows: sessions.iter().map(|file| session_row(file)).collect(),
            ..LibraryDay::default()
        });
        catalog.set_running(running.map(|file| (session_row(file), one_sale())));
        page.update(&ReviewedFolder {
            catalog,
            folder: Some(Path::new("/r")),
            is_reading: false,
        });
        Arc::clone(&page.folder_files)
    }

    #[test]
    fn a_thread_that_has_panicked_is_reported_and_started_again_when_the_player_tries_again() {
        let ctx = egui::Context::default();
        let root = tempfile::tempdir().expect("a folder");
        let files = Arc::new(FolderFiles {
            root: root.path().to_owned(),
            sessions: Vec::new(),
        });
        let filter = ReviewFilter::default();
        let worker = ReviewWorker::start(Arc::new(|| panic!("as the test wants")));
        let mut folder = FolderReview {
            worker: Some(worker.expect("a thread")),
            ..FolderReview::default()
        };
        let mut until = |what: &str, is_so: &dyn Fn(&FolderReview) -> bool| {
            let end = Instant::now() + Duration::from_mins(1);
            while !is_so(&folder) {
                assert!(Instant::now() < end, "{what}: {folder:?}");
                folder.get(&ctx, &files, &filter);
                std::thread::yield_now();
            }
            folder.retry_failed();
        };
        until("the end", &|folder| {
            folder.error.is_some() && !folder.is_reading()
        });
        until("the answer", &|folder| {
            folder.answer().is_some() && !folder.is_reading()
        });
    }

    #[test]
    fn the_first_reason_why_a_session_cannot_be_reviewed_is_shown() {
        let ctx = egui::Context::default();
        let folder = tempfile::tempdir().expect("a folder");
        let day = folder.path().join("2025-12-15/sessions");
        std::fs::create_dir_all(&day).expect("a folder");
        let session = day.join("20251215T110000_a_session.json");
        RealDisk.write(&session, b"{}").expect("a file");
        let files = Arc::new(FolderFiles {
            root: folder.path().to_owned(),
            sessions: Vec::new(),
        });
        let mut review = FolderReview::default();
        let end = Instant::now() + Duration::from_mins(1);
        while review.answer().is_none() || review.is_reading() {
            assert!(Instant::now() < end, "{review:?}");
            review.get(&ctx, &files, &ReviewFilter::default());
            std::thread::yield_now();
        }
        let remark = review.remark().expect("a remark");
        let (begin, file) = (
            "1 session cannot be reviewed: ",
            "20251215T110000_a_session.json",
        );
        assert!(
            remark.starts_with(begin) && remark.contains(file),
            "{remark}"
        );
    }

    #[test]
    fn sessions_are_read_again_when_their_files_are_other_ones_and_not_for_a_running_one() {
        let (mut page, mut catalog) = (ReviewPage::default(), Catalog::default());
        let of_two = listed(&mut page, &mut catalog, &["a", "b"], None);
        assert_eq!(of_two.sessions, ["/r/a", "/r/b"].map(PathBuf::from));
        // A running session with its first result is a choice, and no file.
        let with_running = listed(&mut page, &mut catalog, &["a", "b"], Some("c.journal"));
        assert_eq!(page.choices.len(), 3);
        assert!(Arc::ptr_eq(&of_two, &with_running), "nothing is read");
        // It has ended: there are as many choices as before.
        let ended = listed(&mut page, &mut catalog, &["a", "b", "c"], None);
        assert_eq!((page.choices.len(), ended.sessions.len()), (3, 3));
        // One was deleted and another one was added.
        let other = listed(&mut page, &mut catalog, &["a", "c", "d"], None);
        assert_eq!(other.sessions, ["/r/a", "/r/c", "/r/d"].map(PathBuf::from));
    }
}
