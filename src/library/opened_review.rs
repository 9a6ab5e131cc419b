//! A session with its review: everything that the window shows of it, computed once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::reviewed_session::{no_game_text, review_session};
use crate::clock::local_time;
use crate::disk::Disk;
use crate::protocol::GameId;
use crate::replay::Timeline;
use crate::review::{Luck, LuckPoint, ReviewAnswer, ReviewFilter, ReviewIndex, SessionReview};

/// A session with its review.
#[derive(Debug)]
pub struct OpenedReview {
    /// The session file, or the journal of the running session.
    pub path: PathBuf,
    /// The session with its games.
    pub timeline: Arc<Timeline>,
    /// Its trips and sidebets.
    pub review: SessionReview,
    /// The figures and the parts of all of them, in local time.
    pub found: ReviewAnswer,
    /// Its luck.
    pub luck: Luck,
    /// What the odds expect, with bands, after each game in which something was risked.
    pub luck_curve: Vec<LuckPoint>,
    /// Answers filters over its trades.
    index: ReviewIndex,
}

/// The trades of a session that a filter takes.
#[derive(Debug)]
pub struct ChosenTrades {
    /// Their figures.
    pub found: ReviewAnswer,
    /// Their places among the trips of the session.
    pub trips: Vec<usize>,
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
        let session = review_session(disk, path, out)?.ok_or_else(|| no_game_text(path))?;
        let (luck, luck_curve) = (session.luck(), session.luck_curve());
        let mut index = ReviewIndex::new(local_time);
        if let Some(file) = session.timeline.session() {
            let games: Vec<_> = session.timeline.games().map(|(id, _)| id).collect();
            let review = (&session.review, luck.clone());
            index.push(path, file, &session.notes, review, |game| {
                games.get(game).copied()
            });
        }
        let (timeline, review) = (session.timeline, session.review);
        Ok(Self {
            path: path.to_owned(),
            luck,
            luck_curve,
            found: index.answer(&ReviewFilter::default()),
            review,
            timeline,
            index,
        })
    }

    /// Returns the trades that a filter takes.
    pub fn chosen(&self, filter: &ReviewFilter) -> ChosenTrades {
        let found = self.index.answer(filter);
        let trips = self.review.trips.iter().enumerate();
        let closed: Vec<usize> = trips
            .filter(|(_, trip)| trip.is_closed())
            .map(|(place, _)| place)
            .collect();
        let place = |trade: &u32| closed.get(*trade as usize).copied();
        ChosenTrades {
            trips: found.trips.iter().filter_map(place).collect(),
            found,
        }
    }

    /// Returns the id of a game by its place.
    pub fn game_id(&self, game: usize) -> Option<&GameId> {
        self.timeline.game(game).map(|(id, _)| id)
    }
}
