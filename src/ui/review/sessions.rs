//! The sessions that were reviewed for the window: the page, the library and a replay show the same ones.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rust_decimal::Decimal;

use super::luck::LuckCourse;
use super::what_if::FreshState;
use crate::background::ThreadEnded;
use crate::lab::LabProgress;
use crate::library::{ChosenTrades, OpenedReview, ReviewTask, ReviewedEvent, SessionReviewer};
use crate::review::{Exit, FreshResult, ReviewFilter, WhatIfTotal};
use crate::ui::format::short_clock;
use crate::ui::native::waker;

/// Sessions that are kept.
const KEPT: usize = 8;
/// Shown if a thread of the review has panicked.
pub const STOPPED: &str = "The review stopped unexpectedly. The log says why";

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
    /// Whether it is to be requested once it is shown: it was not yet, or the session has grown.
    is_due: bool,
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
                state: ReviewState::Reading,
                is_due: true,
            },
        };
        // What was read before is shown until the session is read again. A thread with too many requests gets this one in
        // a later frame.
        if kept.is_due {
            let task = ReviewTask::Read {
                path: path.to_owned(),
                out: out.map(Path::to_owned),
            };
            match requested(&mut self.reviewer, ctx, task) {
                Ok(sent) => kept.is_due = !sent,
                Err(why) => (kept.state, kept.is_due) = (ReviewState::Failed(why), false),
            }
        }
        if self.kept.len() >= KEPT {
            self.kept.remove(0);
        }
        let state = kept.state.clone();
        self.kept.push(kept);
        state
    }

    /// Returns the review of a session, if it is there.
    pub fn done(&self, path: &Path) -> Option<&Arc<OpenedReview>> {
        let kept = self.kept.iter().find(|kept| kept.path == path)?;
        match &kept.state {
            ReviewState::Done(session) => Some(session),
            ReviewState::Reading | ReviewState::Failed(_) => None,
        }
    }

    /// Notes that a session has grown, or was not read yet.
    pub fn set_due(&mut self, path: &Path) {
        for kept in &mut self.kept {
            kept.is_due |= kept.path == path;
        }
    }

    /// Reads the sessions again that could not be reviewed, each once it is shown.
    pub fn retry_failed(&mut self) {
        self.kept
            .retain(|kept| !matches!(kept.state, ReviewState::Failed(_)));
    }

    /// Whether the session that is shown is being read or its totals are being computed.
    pub fn is_reading(&self) -> bool {
        let reads = |kept: &KeptReview| matches!(kept.state, ReviewState::Reading) || kept.is_due;
        let totals = self
            .totals
            .as_ref()
            .is_some_and(|totals| totals.result.is_none());
        let fresh = self
            .fresh
            .as_ref()
            .is_some_and(|(fresh, _)| fresh.result.is_none());
        totals || fresh || self.kept.last().is_some_and(reads)
    }

    /// Returns the totals of a session with these exits, once they are computed.
    pub fn totals(
        &mut self,
        ctx: &egui::Context,
        session: &Arc<OpenedReview>,
        exits: &Vec<Exit>,
    ) -> Option<&[WhatIfTotal]> {
        let of = (session, exits);
        let totals = computed(
            &mut self.totals,
            &mut self.reviewer,
            ctx,
            of,
            ReviewTask::Totals,
        );
        totals.map(Vec::as_slice)
    }

    /// Returns the P&L of each trip of a session with an exit, once they are computed.
    pub fn trips(
        &mut self,
        ctx: &egui::Context,
        session: &Arc<OpenedReview>,
        exit: Exit,
    ) -> Option<&[Option<Decimal>]> {
        let of = (session, &exit);
        let trips = computed(
            &mut self.trips,
            &mut self.reviewer,
            ctx,
            of,
            ReviewTask::Trips,
        );
        trips.map(Vec::as_slice)
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
        let of = (session, filter);
        let now = computed(
            &mut self.chosen,
            &mut self.reviewer,
            ctx,
            of,
            ReviewTask::Choose,
        );
        let now = now.cloned();
        if let (None, Some(chosen)) = (&now, &mut self.chosen) {
            chosen.result.clone_from(&before);
        }
        now.or(before)
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
            self.cancel_fresh();
            let progress = Arc::new(LabProgress::default());
            let task = ReviewTask::Fresh(Arc::clone(session), exit, Arc::clone(&progress));
            if requested(&mut self.simulator, ctx, task) == Ok(true) {
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

    fn cancel_fresh(&mut self) {
        if let Some((_, progress)) = self.fresh.take() {
            progress.cancel();
        }
    }

    fn take_events(&mut self) {
        while let Some(next) = self.next_event() {
            match next {
                Ok(event) => self.take_event(event),
                Err(_ended) => self.take_end(),
            }
        }
    }

    /// Returns the next event of the threads; one that has ended is forgotten, and started for the next request.
    fn next_event(&mut self) -> Option<Result<ReviewedEvent, ThreadEnded>> {
        let threads = [&mut self.reviewer, &mut self.simulator];
        threads.into_iter().find_map(|thread| {
            let next = thread.as_ref()?.next_event().transpose()?;
            if next.is_err() {
                *thread = None;
            }
            Some(next)
        })
    }

    fn take_event(&mut self, event: ReviewedEvent) {
        let (path, state) = match event {
            ReviewedEvent::Reviewed(session) => (session.path.clone(), ReviewState::Done(session)),
            ReviewedEvent::NotReviewed { path, why } => (path, ReviewState::Failed(why)),
            ReviewedEvent::NotRead(path) => return self.set_due(&path),
            ReviewedEvent::Totals(session, exits, totals) => {
                return Computed::take(self.totals.as_mut(), &session, &exits, Some(totals));
            }
            ReviewedEvent::Trips(session, exit, trips) => {
                return Computed::take(self.trips.as_mut(), &session, &exit, Some(trips));
            }
            ReviewedEvent::Chosen(session, filter, chosen) => {
                let shown = ShownTrades {
                    course: LuckCourse::of_results(&chosen.found.course, short_clock),
                    trades: chosen,
                };
                let shown = Some(Arc::new(shown));
                return Computed::take(self.chosen.as_mut(), &session, &filter, shown);
            }
            ReviewedEvent::Fresh(session, exit, result) => {
                let fresh = self.fresh.as_mut().map(|(fresh, _)| fresh);
                return Computed::take(fresh, &session, &exit, result);
            }
        };
        if let Some(kept) = self.kept.iter_mut().find(|kept| kept.path == path) {
            kept.state = state;
        }
    }

    /// Notes that a thread has panicked. What it computed is not requested again before the player wants it: it may panic
    /// again.
    fn take_end(&mut self) {
        (self.totals, self.trips, self.chosen) = (None, None, None);
        self.cancel_fresh();
        let shown = self.kept.len().saturating_sub(1);
        for (place, kept) in self.kept.iter_mut().enumerate() {
            if place == shown || matches!(kept.state, ReviewState::Reading) {
                (kept.state, kept.is_due) = (ReviewState::Failed(STOPPED.to_owned()), false);
            }
        }
    }
}

impl Drop for SessionReviews {
    fn drop(&mut self) {
        // The thread that plays new games ends at once.
        self.cancel_fresh();
    }
}

/// Returns what is computed of a session, once it is there; if it is not what was requested last, it is requested.
fn computed<'a, K: PartialEq + Clone, T>(
    last: &'a mut Option<Computed<K, T>>,
    thread: &mut Option<SessionReviewer>,
    ctx: &egui::Context,
    (session, key): (&Arc<OpenedReview>, &K),
    task: fn(Arc<OpenedReview>, K) -> ReviewTask,
) -> Option<&'a T> {
    let is_there = |last: &Computed<K, T>| last.is_of(session, key);
    if !last.as_ref().is_some_and(is_there) {
        let task = task(Arc::clone(session), key.clone());
        if requested(thread, ctx, task) == Ok(true) {
            *last = Some(Computed::new(session, key.clone()));
        }
    }
    let last = last.as_ref().filter(|last| is_there(last));
    last?.result.as_ref()
}

/// Requests a task from a thread, which is started for the first one. Returns false if it has too many requests.
///
/// # Errors
/// The text says why the thread is not started.
fn requested(
    thread: &mut Option<SessionReviewer>,
    ctx: &egui::Context,
    task: ReviewTask,
) -> Result<bool, String> {
    if thread.is_none() {
        let started = SessionReviewer::start(waker(ctx));
        *thread = Some(started.map_err(|why| format!("cannot start a thread: {why}"))?);
    }
    Ok(thread.as_ref().is_some_and(|thread| thread.request(task)))
}

#[cfg(test)]
mod tests;
