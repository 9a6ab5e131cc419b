//! A session with its review: everything that the window shows of it, computed once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::reviewed_session::review_session;
use crate::clock::local;
use crate::disk::Disk;
use crate::protocol::GameId;
use crate::replay::Timeline;
use crate::review::{Course, Figures, Luck, LuckPoint, SessionReview, SliceKind, SliceSum, slices};

/// A session with its review.
#[derive(Debug)]
pub struct OpenedReview {
    /// The session file, or the journal of the running session.
    pub path: PathBuf,
    /// The session with its games.
    pub timeline: Arc<Timeline>,
    /// Its trips and sidebets.
    pub review: SessionReview,
    /// The figures of all of them.
    pub figures: Figures,
    /// The parts of the trades, by each kind, in local time.
    pub slices: Vec<(SliceKind, Vec<SliceSum>)>,
    /// The course of the total value.
    pub course: Course,
    /// Its luck.
    pub luck: Luck,
    /// What the odds expect, with bands, after each game in which something was risked.
    pub luck_curve: Vec<LuckPoint>,
    /// What is wrong with the file, in words.
    pub faults: Vec<String>,
}

impl OpenedReview {
    /// Reads a session and reviews it. Games are searched beside the file, then in `out`.
    ///
    /// # Errors
    ///
    /// The text says what is wrong and what to do.
    pub(super) fn read<D: Disk + Clone>(
        disk: &D,
        path: &Path,
        out: Option<&Path>,
    ) -> Result<Self, String> {
        let session = review_session(disk, path, out)?;
        let (luck, luck_curve) = (session.luck(), session.luck_curve());
        let (timeline, review) = (session.timeline, session.review);
        let figures = Figures::of(&review.trips, &review.sidebets);
        let kinds = SliceKind::ALL.iter();
        let slices = kinds.map(|kind| {
            let of_kind = slices(*kind, &review.trips, |at| local(at).naive_local());
            let sums = of_kind.into_iter().map(|slice| SliceSum {
                name: slice.name,
                n: slice.figures.trades.n(),
                won: slice.figures.trades.won,
                pnl: slice.figures.trades.pnl,
            });
            (*kind, sums.collect())
        });
        Ok(Self {
            path: path.to_owned(),
            luck,
            luck_curve,
            figures,
            slices: slices.collect(),
            course: Course::of(&timeline.equity()),
            review,
            timeline,
            faults: session.faults,
        })
    }

    /// Returns the id of a game by its place.
    pub fn game_id(&self, game: usize) -> Option<&GameId> {
        self.timeline.games().nth(game).map(|(id, _)| id)
    }
}
