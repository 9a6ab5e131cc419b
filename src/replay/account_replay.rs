//! Replays a session through the account, as live play does: its rows and drifts in the order in which they took effect.
//! A clone after any step is a checkpoint from which the replay goes on.

use rust_decimal::Decimal;

use super::games::Games;
use super::games::rug_tick;
use super::report::{ReplayReport, SessionPart};
use super::row_check::{RowCheck, needs_game};
use crate::account::{Account, AccountEvent, Action, ActionStatus, Drift, DriftField};
use crate::protocol::GameId;
use crate::recording::SessionFile;

/// A step of the replay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ReplayStep {
    /// The drift of this index, with the others of the same comparison.
    Drifts(usize),
    /// The row of this index.
    Row(usize),
}

/// The replayed account and the next row and drift.
#[derive(Debug, Clone)]
pub(super) struct AccountReplay {
    pub(super) account: Account,
    /// The game that this account state belongs to.
    pub(super) game: Option<GameId>,
    realised: Decimal,
    next_row: usize,
    next_drift: usize,
}

/// Replays a whole session; `see` gets each step, the state after it, and the findings so far.
pub(super) fn replay_session(
    file: &SessionFile,
    games: &Games,
    mut see: impl FnMut(ReplayStep, &AccountReplay, &ReplayReport),
) -> ReplayReport {
    let mut replay = AccountReplay::begin(file);
    let mut result = ReplayReport {
        actions: file.actions.len(),
        ..ReplayReport::default()
    };
    while let Some(step) = replay.step(file, games, &mut result) {
        see(step, &replay, &result);
    }
    replay.check_end(file, games, &mut result);
    result
}

impl AccountReplay {
    /// Returns the state before the first row.
    pub(super) fn begin(file: &SessionFile) -> Self {
        let meta = &file.meta;
        let lots = meta.start_lots.iter().copied();
        Self {
            account: Account::with_sidebet(meta.start_balance, lots, meta.start_sidebet),
            game: None,
            realised: Decimal::ZERO,
            next_row: 0,
            next_drift: 0,
        }
    }

    /// Applies and checks the next row or drift; `None` at the end.
    pub(super) fn step(
        &mut self,
        file: &SessionFile,
        games: &Games,
        result: &mut ReplayReport,
    ) -> Option<ReplayStep> {
        let row = file.actions.get(self.next_row);
        let number = |index: usize| u32::try_from(index + 1).unwrap_or(u32::MAX);
        let seq = row.map_or(u32::MAX, |_| number(self.next_row));
        let first = self.next_drift;
        if file.drifts.get(first).is_some_and(|d| d.after_seq < seq) {
            self.drifts(&file.drifts, result);
            return Some(ReplayStep::Drifts(first));
        }
        self.row(row?, seq, games, result);
        self.next_row += 1;
        Some(ReplayStep::Row(self.next_row - 1))
    }

    fn row(&mut self, row: &Action, seq: u32, games: &Games, result: &mut ReplayReport) {
        let before = result.disagreements.len();
        let place = SessionPart::Action {
            row: self.next_row + 1,
            seq: row.seq,
            kind: row.action,
        };
        result.expect(place, "seq", Some(row.seq), Some(seq));
        if row.status == ActionStatus::Confirmed {
            self.enter(&row.game_id, place, result);
        }
        let game = games.get(&row.game_id);
        if let Err(why) = game
            && needs_game(row)
        {
            result.note_missing_game(place, &row.game_id, why);
        }
        let mut check = RowCheck {
            row,
            game: game.ok(),
            place,
            result,
        };
        if let Some(pnl) = check.replay(&mut self.account) {
            self.realised = self.realised.saturating_add(pnl);
        }
        result.agree += usize::from(result.disagreements.len() == before);
    }

    /// Begins the account of a game; the game before must have nothing open.
    fn enter(&mut self, game: &GameId, place: SessionPart, result: &mut ReplayReport) {
        if self.game.as_ref() == Some(game) {
            return;
        }
        if let Some(before) = &self.game
            && let Some(open) = open_part(&self.account)
        {
            let computed = format!("{open} of {before} was never settled");
            result.note(place, "game_id", game, computed);
        }
        self.account = self.account_in(game);
        self.game = Some(game.clone());
    }

    /// Returns the number of drifts that have taken effect.
    pub(super) fn drifts_taken(&self) -> usize {
        self.next_drift
    }

    /// Returns the account in a game before its next row.
    pub(super) fn account_in(&self, game: &GameId) -> Account {
        match &self.game {
            Some(of) if of == game => self.account.clone(),
            Some(_) => Account::new(self.account.balance(), []),
            // The lots at the start belong to the first game.
            None => {
                let mut account = self.account.clone();
                account.new_game();
                account
            }
        }
    }

    /// Corrects the account by the next drift and the others of the same comparison: those of one time, each field once,
    /// in order.
    fn drifts(&mut self, drifts: &[Drift], result: &mut ReplayReport) {
        let from = self.next_drift;
        let next = |pair: &[Drift]| {
            let together = pair[0].at == pair[1].at && pair[0].after_seq == pair[1].after_seq;
            together && (pair[0].field as u8) < pair[1].field as u8
        };
        let more = drifts[from..].windows(2).take_while(|pair| next(pair));
        self.next_drift += 1 + more.count();
        for number in from + 1..=self.next_drift {
            self.check_drift(drifts, number, result);
        }
        self.correct(&drifts[from..self.next_drift]);
    }

    /// Checks the local value and the difference of a drift.
    fn check_drift(&self, drifts: &[Drift], number: usize, result: &mut ReplayReport) {
        let drift = &drifts[number - 1];
        let held = self.account.holding();
        let local = match drift.field {
            DriftField::Balance => Some(held.balance),
            DriftField::Position => Some(held.position_qty),
            DriftField::EntryPrice => held.entry_price,
        };
        let field = drift.field;
        let place = SessionPart::Drift { number, field };
        result.expect(place, "local", drift.local, local);
        let diff = Drift::difference(drift.local, drift.server);
        result.expect(place, "diff", Some(drift.diff), Some(diff));
        let earlier = number.checked_sub(2).map(|before| &drifts[before]);
        if let Some(earlier) = earlier.filter(|earlier| earlier.after_seq > drift.after_seq) {
            let computed = format!("at least {}", earlier.after_seq);
            result.note(place, "after_seq", drift.after_seq, computed);
        }
    }

    /// Replaces our values with the server's.
    fn correct(&mut self, drifts: &[Drift]) {
        let (mut balance, mut qty, mut cost) = (None, None, None);
        let mut of_game = None;
        for drift in drifts {
            let slot = match drift.field {
                DriftField::Balance => &mut balance,
                DriftField::Position => &mut qty,
                DriftField::EntryPrice => &mut cost,
            };
            *slot = drift.server;
            of_game = of_game.or(drift.game_id.as_ref());
        }
        self.account
            .apply(&AccountEvent::Correct { balance, qty, cost });
        // The position of the server belongs to its running game.
        let no_bet = self.account.book().sidebet.is_none();
        if let Some(game) = of_game.filter(|game| no_bet && Some(*game) != self.game.as_ref()) {
            if qty.is_some() || self.account.is_idle() {
                self.game = Some(game.clone());
            }
            self.account.new_game();
        }
    }

    /// Checks the facts about the whole session.
    fn check_end(&self, file: &SessionFile, games: &Games, result: &mut ReplayReport) {
        let (meta, place) = (&file.meta, SessionPart::Meta);
        let balance = Some(self.account.balance());
        result.expect(place, "end_balance", Some(meta.end_balance), balance);
        let realised = Some(self.realised.normalize());
        result.expect(place, "realised_pnl", Some(meta.realised_pnl), realised);
        let moments: std::collections::BTreeSet<_> = file.drifts.iter().map(|d| d.at).collect();
        if meta.drift_count < moments.len() as u64 {
            let computed = format!("at least {}", moments.len());
            result.note(place, "drift_count", meta.drift_count, computed);
        }
        // A position open at the last rug has a result, unless the session ended before.
        if let (Some(id), Some(open)) = (&self.game, open_part(&self.account))
            && let Ok(game) = games.get(id)
            && rug_tick(game).is_some()
            && game
                .meta
                .end_time
                .is_some_and(|rug| rug <= meta.session_end)
        {
            let computed = format!("a row that settles {open} of {id}");
            result.note(place, "actions", "none", computed);
        }
    }
}

/// Returns what an account has open, in words.
fn open_part(account: &Account) -> Option<&'static str> {
    let book = account.book();
    if !book.position.is_flat() {
        Some("a position")
    } else if book.sidebet.is_some() {
        Some("a sidebet")
    } else {
        None
    }
}
