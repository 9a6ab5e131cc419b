//! The lines of the trades table, newest first: a header for each game, then its rows and drifts. Pure.

use std::sync::Arc;

use rust_decimal::Decimal;

use crate::account::{Action, ActionStatus, Drift};
use crate::protocol::GameId;

/// Which rows are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ListedRows {
    /// All rows, and the drifts.
    #[default]
    All,
    /// Sidebets and their results.
    Sidebets,
}

/// A line of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TradeLine {
    /// The header of the game with this index.
    Game(usize),
    /// The row with this index.
    Row(usize),
    /// The drift with this index.
    Drift(usize),
}

/// A game of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TradedGame {
    /// The game; `None`: a drift before the first game.
    pub game_id: Option<GameId>,
    /// Its executed orders.
    pub orders: u32,
    /// What its rows realised, in SOL.
    pub realised: Decimal,
}

/// What the lines were made from.
type Source = (Arc<Vec<Action>>, Arc<Vec<Drift>>, ListedRows);

/// The lines of the table, made again only when rows or drifts are new.
#[derive(Debug, Clone, Default)]
pub struct TradeList {
    made_of: Option<Source>,
    /// The lines, newest first.
    pub lines: Vec<TradeLine>,
    /// The games, newest first.
    pub games: Vec<TradedGame>,
}

impl TradeList {
    /// Takes the rows and drifts of a view.
    pub fn update(
        &mut self,
        rows: &Arc<Vec<Action>>,
        drifts: &Arc<Vec<Drift>>,
        listed: ListedRows,
    ) {
        let same = self.made_of.as_ref().is_some_and(|(old, seen, of)| {
            Arc::ptr_eq(old, rows) && Arc::ptr_eq(seen, drifts) && *of == listed
        });
        if !same {
            (self.lines, self.games) = lines(rows, drifts, listed);
            self.made_of = Some((Arc::clone(rows), Arc::clone(drifts), listed));
        }
    }
}

/// Returns the lines and the games, newest first.
fn lines(
    rows: &[Action],
    drifts: &[Drift],
    listed: ListedRows,
) -> (Vec<TradeLine>, Vec<TradedGame>) {
    let mut games: Vec<(TradedGame, Vec<TradeLine>)> = Vec::new();
    for (line, game_id) in newest_first(rows, drifts, listed) {
        // A result may come after the next game began: it belongs to its own game.
        let known = games
            .iter()
            .rposition(|(game, _)| game.game_id.as_ref() == game_id);
        let index = known.unwrap_or_else(|| {
            let game = TradedGame {
                game_id: game_id.cloned(),
                orders: 0,
                realised: Decimal::ZERO,
            };
            games.push((game, Vec::new()));
            games.len() - 1
        });
        let (game, lines) = &mut games[index];
        if let TradeLine::Row(row) = line
            && rows[row].status == ActionStatus::Confirmed
        {
            game.orders += u32::from(rows[row].action.is_order());
            game.realised = game
                .realised
                .saturating_add(rows[row].pnl.unwrap_or_default());
        }
        lines.push(line);
    }
    let mut all = Vec::with_capacity(rows.len() + drifts.len() + games.len());
    for (index, (_, lines)) in games.iter().enumerate() {
        all.push(TradeLine::Game(index));
        all.extend(lines);
    }
    (all, games.into_iter().map(|(game, _)| game).collect())
}

/// Returns rows and drifts with their game, newest first. Rows keep the order in which they were pressed.
fn newest_first<'a>(
    rows: &'a [Action],
    drifts: &'a [Drift],
    listed: ListedRows,
) -> impl Iterator<Item = (TradeLine, Option<&'a GameId>)> {
    let is_listed = move |row: &&Action| listed == ListedRows::All || row.action.is_sidebet();
    let drifts = match listed {
        ListedRows::All => drifts,
        ListedRows::Sidebets => &[],
    };
    let mut rows = rows
        .iter()
        .enumerate()
        .rev()
        .filter(move |(_, row)| is_listed(row))
        .peekable();
    let mut drifts = drifts.iter().enumerate().rev().peekable();
    std::iter::from_fn(move || {
        let is_newer = match (drifts.peek(), rows.peek()) {
            (Some((_, drift)), Some((_, row))) => {
                drift.at >= row.confirmed_at.unwrap_or(row.timestamp)
            }
            (drift, _) => drift.is_some(),
        };
        if is_newer {
            let (index, drift) = drifts.next()?;
            Some((TradeLine::Drift(index), drift.game_id.as_ref()))
        } else {
            let (index, row) = rows.next()?;
            Some((TradeLine::Row(index), Some(&row.game_id)))
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{ActionKind, ActionSource, DriftField};
    use crate::game::Time;

    fn at(second: i64) -> Time {
        Time::from_timestamp(second, 0).expect("a time")
    }

    fn row(kind: ActionKind, game: &str, second: i64, pnl: Option<i64>) -> Action {
        let game_id = GameId::new(game).expect("an id");
        Action {
            status: ActionStatus::Confirmed,
            confirmed_at: Some(at(second)),
            pnl: pnl.map(|pnl| Decimal::new(pnl, 3)),
            ..Action::new(kind, ActionSource::Key, game_id, at(second))
        }
    }

    fn drift(game: Option<&str>, second: i64) -> Drift {
        Drift {
            at: at(second),
            game_id: game.and_then(GameId::new),
            tick: None,
            field: DriftField::Balance,
            local: None,
            server: None,
            diff: Decimal::ONE,
            cleared_at: None,
            after_seq: 0,
        }
    }

    #[test]
    fn lines_are_grouped_by_game_newest_first() {
        use TradeLine::{Drift, Game, Row};
        let mut refused = row(ActionKind::Buy, "b", 8, None);
        refused.status = ActionStatus::Refused;
        let rows = [
            row(ActionKind::Buy, "a", 1, None),
            row(ActionKind::SidebetPlace, "a", 2, None),
            row(ActionKind::Buy, "b", 5, None),
            // The result of the game before comes late.
            row(ActionKind::SidebetLose, "a", 6, Some(-2)),
            row(ActionKind::Sell, "b", 7, Some(5)),
            refused,
        ];
        let drifts = [drift(None, 0), drift(Some("b"), 7)];
        let (lines, games) = lines(&rows, &drifts, ListedRows::All);
        let wanted = [
            Game(0),
            Row(5),
            Drift(1),
            Row(4),
            Row(2),
            Game(1),
            Row(3),
            Row(1),
            Row(0),
            Game(2),
            Drift(0),
        ];
        assert_eq!(lines, wanted);
        let short: Vec<_> = games
            .iter()
            .map(|game| (game.orders, game.realised))
            .collect();
        let sol = |pnl| Decimal::new(pnl, 3);
        assert_eq!(short, [(2, sol(5)), (2, sol(-2)), (0, sol(0))]);
        let (only, _) = super::lines(&rows, &drifts, ListedRows::Sidebets);
        assert_eq!(only, [Game(0), Row(3), Row(1)]);
    }

    #[test]
    fn the_list_is_made_again_only_for_new_rows() {
        let rows = Arc::new(vec![row(ActionKind::Buy, "a", 1, None)]);
        let drifts = Arc::new(Vec::new());
        let mut list = TradeList::default();
        list.update(&rows, &drifts, ListedRows::All);
        assert_eq!(list.lines.len(), 2);
        list.lines.clear();
        list.update(&rows, &drifts, ListedRows::All);
        assert_eq!(list.lines.len(), 0);
        list.update(&Arc::new(rows.to_vec()), &drifts, ListedRows::All);
        assert_eq!(list.lines.len(), 2);
    }
}
