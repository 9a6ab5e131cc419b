//! The results of the session on the screen: of each game, and their sums.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::account::{Action, SessionSums, Statistics, realised};
use crate::engine::View;

/// The results of the rows that are shown; computed again only when a row is new.
#[derive(Debug, Clone, Default)]
pub struct ResultsCache {
    rows: Option<Arc<Vec<Action>>>,
    statistics: Statistics,
    realised: Decimal,
}

impl ResultsCache {
    /// Returns the results of the view's rows.
    pub fn of(&mut self, view: &View) -> &Statistics {
        let same = |rows: &Arc<Vec<Action>>| Arc::ptr_eq(rows, &view.actions);
        if !self.rows.as_ref().is_some_and(same) {
            self.rows = Some(Arc::clone(&view.actions));
            self.statistics = statistics(&view.actions);
            self.realised = realised(view.actions.iter());
        }
        &self.statistics
    }

    /// Returns how many games the player acted in, and the result of the last game: `None` if they did not act in it.
    pub fn games(&mut self, view: &View) -> (usize, Option<Decimal>) {
        let games = &self.of(view).games;
        let last = view.series.game_id.as_ref();
        let played = games.iter().rfind(|game| Some(&game.game_id) == last);
        (games.len(), played.map(|game| game.pnl))
    }

    /// Returns [`sums_of`] without a walk over the rows.
    pub fn sums(&mut self, view: &View) -> Option<SessionSums> {
        self.of(view);
        sums(view, self.realised)
    }
}

/// Returns the results of rows, which may be in any order.
fn statistics(rows: &[Action]) -> Statistics {
    // A row without a number has not taken effect yet.
    let mut rows: Vec<_> = rows.iter().filter(|row| row.seq > 0).collect();
    rows.sort_by_key(|row| row.seq);
    Statistics::of(rows)
}

/// Returns the sums of the session at the newest price; `None` before the wallet is known.
pub fn sums_of(view: &View) -> Option<SessionSums> {
    sums(view, realised(view.actions.iter()))
}

fn sums(view: &View, realised: Decimal) -> Option<SessionSums> {
    let account = view.trader.as_ref()?.account.as_ref()?;
    let start = view.session.start_value;
    Some(SessionSums::of(
        account,
        view.order_price(),
        start,
        realised,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{ActionKind, ActionSource, ActionStatus};
    use crate::engine::{PriceSeries, SessionCore};
    use crate::feed::FeedState;
    use crate::game::Time;
    use crate::protocol::GameId;
    use crate::recording::{RecorderState, RecordingPolicy};

    #[test]
    fn the_last_game_is_the_one_on_the_chart_and_not_the_last_that_was_played() {
        let since = Time::UNIX_EPOCH;
        let core = SessionCore::new(RecordingPolicy::everything(), None, None, Vec::new());
        let mut view = core.view(FeedState::Up { since }, RecorderState::default(), since);
        let id = |name: &str| GameId::new(name).expect("an id");
        let row = |seq, game: &str, pnl| Action {
            seq,
            status: ActionStatus::Confirmed,
            pnl: Some(Decimal::new(pnl, 3)),
            ..Action::new(ActionKind::Sell, ActionSource::Key, id(game), since)
        };
        view.actions = Arc::new(vec![row(1, "a", 5), row(2, "b", -7)]);
        let mut results = ResultsCache::default();
        let mut last = |game: &str| {
            view.series = Arc::new(PriceSeries {
                game_id: Some(id(game)),
                ..PriceSeries::default()
            });
            results.games(&view)
        };
        assert_eq!(last("b"), (2, Some(Decimal::new(-7, 3))));
        assert_eq!(last("c"), (2, None));
    }

    #[test]
    fn a_late_result_is_of_its_game_and_refused_rows_of_none() {
        use ActionStatus::{Confirmed, Refused};
        let row = |seq, game: &str, status, pnl| Action {
            seq,
            status,
            pnl: Some(Decimal::new(pnl, 3)),
            ..Action::new(
                ActionKind::Sell,
                ActionSource::Key,
                GameId::new(game).expect("an id"),
                Time::UNIX_EPOCH,
            )
        };
        let rows = [
            row(1, "a", Confirmed, 5),
            row(2, "b", Confirmed, 1),
            row(3, "a", Confirmed, -2),
            row(4, "b", Confirmed, 3),
            row(5, "c", Refused, 500),
        ];
        let games = statistics(&rows).games;
        let sums: Vec<_> = games
            .iter()
            .map(|game| (game.game_id.as_str(), game.pnl))
            .collect();
        assert_eq!(sums, [("a", Decimal::new(3, 3)), ("b", Decimal::new(4, 3))]);
    }
}
