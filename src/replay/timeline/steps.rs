//! The steps of a session, each with the account before and after it.

use super::playhead::Playhead;
use super::{PlayedSession, Timeline};
use crate::account::{Account, Action};
use crate::replay::account_replay::{AccountReplay, ReplayStep};
use crate::replay::report::ReplayReport;

/// A step of a session.
#[derive(Debug, Clone)]
pub struct SessionStep<'a> {
    /// Where it took effect.
    pub head: Playhead,
    /// The row; `None` for the drifts of one comparison.
    pub row: Option<&'a Action>,
    /// The account in this step's game before the step.
    pub before: Account,
    /// The account after the step.
    pub after: Account,
}

impl PlayedSession {
    /// Returns the steps of the session, in order.
    pub(super) fn follow<'a>(
        &'a self,
        timeline: &'a Timeline,
    ) -> impl Iterator<Item = SessionStep<'a>> {
        let mut replay = AccountReplay::begin(&self.file);
        // The comparisons were made when the timeline was built.
        let mut again = ReplayReport::default();
        self.steps.iter().map_while(move |effect| {
            let game = timeline.games.at(effect.head.game).0;
            let before = replay.account_in(game);
            let step = replay.step(&self.file, &timeline.games, &mut again)?;
            let row = match step {
                ReplayStep::Row(index) => self.file.actions.get(index),
                ReplayStep::Drifts(_) => None,
            };
            Some(SessionStep {
                head: effect.head,
                row,
                before,
                after: replay.account_in(game),
            })
        })
    }
}
