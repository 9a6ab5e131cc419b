//! The library as plain lists, with a plain filter and a plain sort, to compare the catalog with.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::path::PathBuf;

use pianola::fairness::ProofStatus;
use pianola::library::{Column, LibraryDay, LibraryRow, PnlSign, Query, RowKind, Sort, rows_of};
use pianola::protocol::GameId;
use rust_decimal::Decimal;

/// The recordings as plain lists.
#[derive(Default)]
pub struct Naive {
    pub days: Vec<LibraryDay>,
    pub pnls: BTreeMap<GameId, Decimal>,
}

impl Naive {
    fn played(&self, id: &GameId) -> bool {
        let mut rows = self.days.iter().flat_map(|day| &day.rows);
        rows.any(|row| {
            row.session()
                .is_some_and(|session| session.game_ids.contains(id))
        })
    }

    fn has_words(query: &Query, text: &str) -> bool {
        let (words, text) = (query.text.to_lowercase(), text.to_lowercase());
        words.split_whitespace().all(|word| text.contains(word))
    }

    fn has_sign(query: &Query, pnl: Option<Decimal>) -> bool {
        match (query.pnl, pnl) {
            (None, _) => true,
            (Some(PnlSign::Gain), Some(pnl)) => pnl > Decimal::ZERO,
            (Some(PnlSign::Loss), Some(pnl)) => pnl < Decimal::ZERO,
            (Some(_), None) => false,
        }
    }

    fn wants_game(&self, query: &Query, day: &LibraryDay, row: &LibraryRow) -> bool {
        let game = row.game().unwrap();
        let start = game
            .start_time
            .map(|time| time.format("%Y-%m-%d %H:%M:%S").to_string());
        let date = game.start_time.map(|time| time.date_naive());
        let text = format!(
            "{} {} {}",
            game.game_id,
            game.file,
            start.unwrap_or_default()
        );
        query.dates.contain(date.or(day.date.parse().ok()))
            && Self::has_words(query, &text)
            && query.origin.is_none_or(|origin| origin == game.origin)
            && query.ticks.contain(Some(game.duration_ticks))
            && query.peak.contain(game.peak_multiplier)
            && query.proof.is_none_or(|proof| proof == game.proof)
            && query
                .complete
                .is_none_or(|complete| complete == game.complete)
            && query
                .played
                .is_none_or(|played| played == self.played(&game.game_id))
            && Self::has_sign(query, self.pnls.get(&game.game_id).copied())
    }

    fn games(&self, query: &Query, sort: Sort) -> Vec<PathBuf> {
        let rows = self
            .days
            .iter()
            .flat_map(|day| rows_of(&day.rows, RowKind::Games).map(move |row| (day, row)));
        let rows = rows.filter(|(day, row)| self.wants_game(query, day, row));
        let mut rows: Vec<_> = rows.map(|(_, row)| row).collect();
        let pnl = |row: &LibraryRow| self.pnls.get(&row.game().unwrap().game_id).copied();
        let rank = |row: &LibraryRow| match row.game().unwrap().proof {
            ProofStatus::Proven => 0,
            ProofStatus::Repaired => 1,
            ProofStatus::Unverifiable => 2,
            ProofStatus::Mismatch => 3,
        };
        rows.sort_by(|a, b| {
            let (x, y) = (a.game().unwrap(), b.game().unwrap());
            let by = match sort.by {
                Column::Id => x.game_id.cmp(&y.game_id),
                Column::Ticks => x.duration_ticks.cmp(&y.duration_ticks),
                Column::Peak => x.peak_multiplier.cmp(&y.peak_multiplier),
                Column::Proof => rank(a).cmp(&rank(b)),
                Column::Complete => x.complete.cmp(&y.complete),
                Column::Origin => x.origin.as_str().cmp(y.origin.as_str()),
                Column::Pnl => pnl(a).cmp(&pnl(b)),
                Column::Played => self.played(&x.game_id).cmp(&self.played(&y.game_id)),
                _ => Ordering::Equal,
            };
            by.then(x.start_time.cmp(&y.start_time))
                .then(a.path.cmp(&b.path))
        });
        Self::paths(rows.iter().map(|row| &row.path), sort)
    }

    fn sessions(&self, query: &Query, sort: Sort) -> Vec<PathBuf> {
        let rows = self
            .days
            .iter()
            .flat_map(|day| rows_of(&day.rows, RowKind::Sessions));
        let mut rows: Vec<_> = rows
            .filter(|row| {
                let session = row.session().unwrap();
                let ids: Vec<_> = session.game_ids.iter().map(GameId::as_str).collect();
                let text = format!(
                    "{} {} {} {}",
                    session.file,
                    session.session_start.format("%Y-%m-%d %H:%M:%S"),
                    session.username.as_deref().unwrap_or("anonymous"),
                    ids.join(" ")
                );
                query
                    .dates
                    .contain(Some(session.session_start.date_naive()))
                    && Self::has_words(query, &text)
                    && query.origin.is_none_or(|origin| origin == session.origin)
                    && Self::has_sign(query, Some(session.realised_pnl))
            })
            .collect();
        rows.sort_by(|a, b| {
            let (x, y) = (a.session().unwrap(), b.session().unwrap());
            let by = match sort.by {
                Column::Games => x.games_played.cmp(&y.games_played),
                Column::Pnl => x.realised_pnl.cmp(&y.realised_pnl),
                Column::Drifts => x.drift_count.cmp(&y.drift_count),
                Column::Length => {
                    (x.session_end - x.session_start).cmp(&(y.session_end - y.session_start))
                }
                Column::Origin => x.origin.as_str().cmp(y.origin.as_str()),
                _ => Ordering::Equal,
            };
            by.then(x.session_start.cmp(&y.session_start))
                .then(a.path.cmp(&b.path))
        });
        Self::paths(rows.iter().map(|row| &row.path), sort)
    }

    fn damaged(&self, query: &Query, sort: Sort) -> Vec<PathBuf> {
        let rows = self
            .days
            .iter()
            .flat_map(|day| rows_of(&day.rows, RowKind::Damaged).map(move |row| (day, row)));
        let mut rows: Vec<_> = rows
            .filter(|(day, row)| {
                let name = row.path.file_name().unwrap().to_str().unwrap();
                query.dates.contain(day.date.parse().ok())
                    && Self::has_words(query, &format!("{name} {}", day.date))
            })
            .collect();
        rows.sort_by(|(a, x), (b, y)| {
            let by = match sort.by {
                Column::File => x.path.cmp(&y.path),
                Column::Reason => x.reason().cmp(&y.reason()),
                _ => Ordering::Equal,
            };
            by.then(a.date.cmp(&b.date)).then(x.path.cmp(&y.path))
        });
        Self::paths(rows.iter().map(|(_, row)| &row.path), sort)
    }

    fn paths<'a>(paths: impl DoubleEndedIterator<Item = &'a PathBuf>, sort: Sort) -> Vec<PathBuf> {
        if sort.descending {
            paths.rev().cloned().collect()
        } else {
            paths.cloned().collect()
        }
    }

    /// Returns the paths of the rows that are wanted, in their order.
    pub fn shown(&self, query: &Query, sort: Sort) -> Vec<PathBuf> {
        match query.kind {
            RowKind::Games => self.games(query, sort),
            RowKind::Sessions => self.sessions(query, sort),
            RowKind::Damaged => self.damaged(query, sort),
        }
    }
}
