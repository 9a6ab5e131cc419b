//! The sessions that were reviewed for the window: the page, the library and a replay show the same ones.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::library::{OpenedReview, ReviewedEvent, SessionReviewer};
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

/// The sessions that were reviewed, and the thread that does it.
#[derive(Debug, Default)]
pub struct SessionReviews {
    /// Started with the first session.
    reviewer: Option<SessionReviewer>,
    /// The one that was used last is the last one.
    kept: Vec<KeptReview>,
}

#[derive(Debug)]
struct KeptReview {
    path: PathBuf,
    state: ReviewState,
    /// Whether the session has grown since it was read.
    is_stale: bool,
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
                state: self.request(ctx, path, out),
                is_stale: false,
            },
        };
        // What was read before is shown until the session is read again.
        if kept.is_stale && matches!(self.request(ctx, path, out), ReviewState::Reading) {
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

    /// Whether a session is being read.
    pub fn is_reading(&self) -> bool {
        let reads = |kept: &KeptReview| matches!(kept.state, ReviewState::Reading) || kept.is_stale;
        self.kept.iter().any(reads)
    }

    fn request(&mut self, ctx: &egui::Context, path: &Path, out: Option<&Path>) -> ReviewState {
        if self.reviewer.is_none() {
            match SessionReviewer::start(waker(ctx)) {
                Ok(reviewer) => self.reviewer = Some(reviewer),
                Err(why) => return ReviewState::Failed(format!("cannot start a thread: {why}")),
            }
        }
        let out = out.map(Path::to_owned);
        let reviewer = self.reviewer.as_ref();
        if reviewer.is_some_and(|reviewer| reviewer.review(path.to_owned(), out)) {
            ReviewState::Reading
        } else {
            ReviewState::Failed("The review is busy; choose the session again".to_owned())
        }
    }

    fn take_events(&mut self) {
        let Some(reviewer) = &self.reviewer else {
            return;
        };
        loop {
            let (path, state) = match reviewer.next_event() {
                Ok(Some(ReviewedEvent::Reviewed(session))) => {
                    (session.path.clone(), ReviewState::Done(session))
                }
                Ok(Some(ReviewedEvent::NotReviewed { path, why })) => {
                    (path, ReviewState::Failed(why))
                }
                Ok(None) => return,
                Err(ended) => {
                    for kept in &mut self.kept {
                        if matches!(kept.state, ReviewState::Reading) {
                            kept.state = ReviewState::Failed(ended.to_string());
                        }
                    }
                    self.reviewer = None;
                    return;
                }
            };
            if let Some(kept) = self.kept.iter_mut().find(|kept| kept.path == path) {
                kept.state = state;
            }
        }
    }
}
