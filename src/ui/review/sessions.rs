//! The sessions that were reviewed for the window: the page, the library and a replay show the same ones.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::luck::LuckCourse;
use super::what_if::FreshState;
use crate::lab::LabProgress;
use crate::library::{
    ChosenTrades, ExportKind, OpenedReview, ReviewTask, ReviewedEvent, SessionReviewer,
};
use crate::review::{Exit, FreshResult, ReviewFilter, WhatIfTotal};
use crate::ui::format::short_clock;
use crate::ui::native::waker;

/// Sessions that are kept.
const KEPT: usize = 8;

/// The review of a session.
#[derive(Debug, Clone)]
pub enum ReviewState {
    /// It is being made.
    Reading,
    /// It is there.
    Done(Arc<OpenedReview>),
    /// It cannot be made, for this reason.
    Failed(String),
}

/// The sessions that were reviewed, and the threads that do it.
#[derive(Debug, Default)]
pub struct SessionReviews {
    /// Started with the first session.
    reviewer: Option<SessionReviewer>,
    /// Plays new games, which takes longer. Started with the first ones.
    simulator: Option<SessionReviewer>,
    /// The one that was used last is the last one.
    kept: Vec<KeptReview>,
    totals: Option<Computed<Vec<Exit>, Vec<WhatIfTotal>>>,
    trips: Option<Computed<Exit, Vec<Option<Decimal>>>>,
    chosen: Option<Computed<ReviewFilter, Arc<ShownTrades>>>,
    fresh: Option<(Computed<Exit, FreshResult>, Arc<LabProgress>)>,
    /// The result of the last export, until it is taken.
    pub exported: Option<Result<PathBuf, String>>,
}

/// The chosen trades of a session, with their course.
#[derive(Debug)]
pub struct ShownTrades {
    /// The trades.
    pub trades: Box<ChosenTrades>,
    /// The sum after each of them.
    pub course: LuckCourse,
}

#[derive(Debug)]
struct KeptReview {
    path: PathBuf,
    state: ReviewState,
    /// Whether the session has grown since it was read.
    is_stale: bool,
}

/// What is computed of a session, once it is there.
#[derive(Debug)]
struct Computed<K, T> {
    session: Arc<OpenedReview>,
    key: K,
    result: Option<T>,
}

impl<K: PartialEq, T> Computed<K, T> {
    fn new(session: &Arc<OpenedReview>, key: K) -> Self {
        Self {
            session: Arc::clone(session),
            key,
            result: None,
        }
    }

    fn is_of(&self, session: &Arc<OpenedReview>, key: &K) -> bool {
        Arc::ptr_eq(&self.session, session) && self.key == *key
    }

    fn take(of: Option<&mut Self>, session: &Arc<OpenedReview>, key: &K, result: Option<T>) {
        if let Some(computed) = of.filter(|computed| computed.is_of(session, key)) {
            computed.result = result;
        }
    }
}

impl SessionReviews {
    /// Returns the review of a session; if there is none, it is requested. The games of the session are searched beside
    /// it, then in `out`.
    pub fn get(&mut self, ctx: &egui::Context, path: &Path, out: Option<&Path>) -> ReviewState {
        self.take_events();
        let place = self.kept.iter().position(|kept| kept.path == path);
        let mut kept = match place {
            Some(place) => self.kept.remove(place),
            None => KeptReview {
                path: path.to_owned(),
                state: self.read(ctx, path, out),
                is_stale: false,
            },
        };
        // What was read before is shown until the session is read again.
        if kept.is_stale && matches!(self.read(ctx, path, out), ReviewState::Reading) {
            kept.is_stale = false;
        }
        if self.kept.len() >= KEPT {
            self.kept.remove(0);
        }
        let state = kept.state.clone();
        self.kept.push(kept);
        state
    }

    /// Notes that a session has grown.
    pub fn set_stale(&mut self, path: &Path) {
        for kept in &mut self.kept {
            kept.is_stale |= kept.path == path;
        }
    }

    /// Whether a session is being read or its totals are being computed.
    pub fn is_reading(&self) -> bool {
        let reads = |kept: &KeptReview| matches!(kept.state, ReviewState::Reading) || kept.is_stale;
        let totals = self
            .totals
            .as_ref()
            .is_some_and(|totals| totals.result.is_none());
        let fresh = self
            .fresh
            .as_ref()
            .is_some_and(|(fresh, _)| fresh.result.is_none());
        totals || fresh || self.kept.iter().any(reads)
    }

    /// Returns the totals of a session with these exits, once they are computed.
    pub fn totals(
        &mut self,
        ctx: &egui::Context,
        session: &Arc<OpenedReview>,
        exits: &Vec<Exit>,
    ) -> Option<&[WhatIfTotal]> {
        let is_there = |totals: &Computed<_, _>| totals.is_of(session, exits);
        if !self.totals.as_ref().is_some_and(is_there) {
            let task = ReviewTask::Totals(Arc::clone(session), exits.clone());
            if requested(&mut self.reviewer, ctx, task).is_ok() {
                self.totals = Some(Computed::new(session, exits.clone()));
            }
        }
        let totals = self
            .totals
            .as_ref()
            .filter(|totals| totals.is_of(session, exits));
        totals?.result.as_deref()
    }

    /// Returns the P&L of each trip of a session with an exit, once they are computed.
    pub fn trips(
        &mut self,
        ctx: &egui::Context,
        session: &Arc<OpenedReview>,
        exit: Exit,
    ) -> Option<&[Option<Decimal>]> {
        let is_there = |trips: &Computed<_, _>| trips.is_of(session, &exit);
        if !self.trips.as_ref().is_some_and(is_there) {
            let task = ReviewTask::Trips(Arc::clone(session), exit);
            if requested(&mut self.reviewer, ctx, task).is_ok() {
                self.trips = Some(Computed::new(session, exit));
            }
        }
        let trips = self
            .trips
            .as_ref()
            .filter(|trips| trips.is_of(session, &exit));
        trips?.result.as_deref()
    }

    /// Returns the trades of a session that a filter takes; those of the filter before until they are computed.
    pub fn chosen(
        &mut self,
        ctx: &egui::Context,
        session: &Arc<OpenedReview>,
        filter: &ReviewFilter,
    ) -> Option<Arc<ShownTrades>> {
        let of_session =
            |chosen: &&Computed<ReviewFilter, _>| Arc::ptr_eq(&chosen.session, session);
        let before = self.chosen.as_ref().filter(of_session);
        let before = before.and_then(|chosen| chosen.result.clone());
        let is_there = |chosen: &Computed<_, _>| chosen.is_of(session, filter);
        if !self.chosen.as_ref().is_some_and(is_there) {
            let task = ReviewTask::Choose(Arc::clone(session), filter.clone());
            if requested(&mut self.reviewer, ctx, task).is_ok() {
                self.chosen = Some(Computed {
                    result: before.clone(),
                    ..Computed::new(session, filter.clone())
                });
            }
        }
        before
    }

    /// Returns what an exit is worth on new games with the entries of a session; it is played unless `waits`.
    pub fn fresh(
        &mut self,
        ctx: &egui::Context,
        session: &Arc<OpenedReview>,
        exit: Exit,
        waits: bool,
    ) -> FreshState<'_> {
        let is_there = self
            .fresh
            .as_ref()
            .is_some_and(|(fresh, _)| fresh.is_of(session, &exit));
        if !is_there && !waits {
            if let Some((_, progress)) = &self.fresh {
                progress.cancel();
            }
            let progress = Arc::new(LabProgress::default());
            let task = ReviewTask::Fresh(Arc::clone(session), exit, Arc::clone(&progress));
            if requested(&mut self.simulator, ctx, task).is_ok() {
                self.fresh = Some((Computed::new(session, exit), progress));
            }
        }
        match &self.fresh {
            Some((fresh, progress)) if fresh.is_of(session, &exit) => match &fresh.result {
                Some(result) => FreshState::Done(result),
                None => FreshState::Running(progress.games()),
            },
            _ => FreshState::None,
        }
    }

    /// Writes a session as CSV into a folder. [`Self::exported`] has the result.
    pub fn export(
        &mut self,
        ctx: &egui::Context,
        session: &Arc<OpenedReview>,
        kind: ExportKind,
        folder: PathBuf,
    ) {
        let task = ReviewTask::Export(Arc::clone(session), kind, folder);
        if let Err(why) = requested(&mut self.reviewer, ctx, task) {
            self.exported = Some(Err(why));
        }
    }

    fn read(&mut self, ctx: &egui::Context, path: &Path, out: Option<&Path>) -> ReviewState {
        let task = ReviewTask::Read {
            path: path.to_owned(),
            out: out.map(Path::to_owned),
        };
        match requested(&mut self.reviewer, ctx, task) {
            Ok(()) => ReviewState::Reading,
            Err(why) => ReviewState::Failed(why),
        }
    }

    fn take_events(&mut self) {
        while let Some(event) = next_event(&mut self.simulator) {
            if let ReviewedEvent::Fresh(session, exit, result) = event {
                let fresh = self.fresh.as_mut().map(|(fresh, _)| fresh);
                Computed::take(fresh, &session, &exit, result);
            }
        }
        while let Some(event) = next_event(&mut self.reviewer) {
            let (path, state) = match event {
                ReviewedEvent::Reviewed(session) => {
                    (session.path.clone(), ReviewState::Done(session))
                }
                ReviewedEvent::NotReviewed { path, why } => (path, ReviewState::Failed(why)),
                ReviewedEvent::Totals(session, exits, totals) => {
                    Computed::take(self.totals.as_mut(), &session, &exits, Some(totals));
                    continue;
                }
                ReviewedEvent::Trips(session, exit, trips) => {
                    Computed::take(self.trips.as_mut(), &session, &exit, Some(trips));
                    continue;
                }
                ReviewedEvent::Chosen(session, filter, chosen) => {
                    let shown = ShownTrades {
                        course: LuckCourse::of_results(&chosen.found.course, short_clock),
                        trades: chosen,
                    };
                    let shown = Some(Arc::new(shown));
                    Computed::take(self.chosen.as_mut(), &session, &filter, shown);
                    continue;
                }
                ReviewedEvent::Exported(result) => {
                    self.exported = Some(result);
                    continue;
                }
                ReviewedEvent::Fresh(..) => continue,
            };
            if let Some(kept) = self.kept.iter_mut().find(|kept| kept.path == path) {
                kept.state = state;
            }
        }
        if self.reviewer.is_none() {
            for kept in &mut self.kept {
                if matches!(kept.state, ReviewState::Reading) {
                    kept.state =
                        ReviewState::Failed("The thread of the review has ended".to_owned());
                }
            }
        }
    }
}

impl Drop for SessionReviews {
    fn drop(&mut self) {
        // The thread that plays new games ends at once.
        if let Some((_, progress)) = &self.fresh {
            progress.cancel();
        }
    }
}

/// Requests a task from a thread, which is started for the first one.
///
/// # Errors
/// The text says why it is not done.
fn requested(
    thread: &mut Option<SessionReviewer>,
    ctx: &egui::Context,
    task: ReviewTask,
) -> Result<(), String> {
    if thread.is_none() {
        let started = SessionReviewer::start(waker(ctx));
        *thread = Some(started.map_err(|why| format!("cannot start a thread: {why}"))?);
    }
    let sent = thread.as_ref().is_some_and(|thread| thread.request(task));
    sent.then_some(())
        .ok_or_else(|| "The review is busy; choose the session again".to_owned())
}

/// Returns the next event of a thread; a thread that has ended is forgotten.
fn next_event(thread: &mut Option<SessionReviewer>) -> Option<ReviewedEvent> {
    match thread.as_ref()?.next_event() {
        Ok(event) => event,
        Err(_ended) => {
            *thread = None;
            None
        }
    }
}
