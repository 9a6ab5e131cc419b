//! A session with its review: everything that the window shows of it, computed once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::open_replay::open_replay;
use super::review_worker::luck_seed;
use crate::clock::local;
use crate::disk::Disk;
use crate::paths;
use crate::protocol::GameId;
use crate::replay::Timeline;
use crate::review::{
    Course, Figures, LUCK_SAMPLES, Luck, LuckPoint, SessionReview, SliceKind, SliceSum, slices,
};

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
    /// What is wrong with the recording, in words.
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
        let opened = open_replay(disk, path, out)?;
        let timeline = opened.timeline;
        let review = SessionReview::of(&timeline)
            .ok_or_else(|| format!("{} is a game, and no session", paths::text(path)))?;
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
        let seed = luck_seed(&timeline);
        Ok(Self {
            path: path.to_owned(),
            luck: review.simulate_luck(LUCK_SAMPLES, seed),
            luck_curve: review.luck_curve(LUCK_SAMPLES, seed),
            figures,
            slices: slices.collect(),
            course: Course::of(&timeline.equity()),
            review,
            timeline,
            faults: opened.faults,
        })
    }

    /// Returns the id of a game by its place.
    pub fn game_id(&self, game: usize) -> Option<&GameId> {
        self.timeline.games().nth(game).map(|(id, _)| id)
    }
}
