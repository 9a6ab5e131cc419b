//! Plays a session through the account, as live play does, and compares every number of it.

use std::collections::{BTreeSet, HashMap};

use rust_decimal::Decimal;

use super::game::rug_tick;
use super::report::{Place, Replayed};
use super::row::Played;
use crate::account::{Account, Action, ActionStatus, Deed, Drift, DriftField};
use crate::game::Time;
use crate::protocol::GameId;
use crate::recording::{GameFile, SessionFile};

/// Plays a session; `find` returns the file of a game, or why there is none.
pub fn check(
    file: &SessionFile,
    find: &mut dyn FnMut(&GameId) -> Result<GameFile, String>,
) -> Replayed {
    let mut games = Games {
        find,
        found: HashMap::new(),
    };
    let mut replay = Replay {
        drifts: &file.drifts,
        next_drift: 0,
        account: Account::beginning(
            file.meta.start_balance,
            file.meta.start_lots.iter().copied(),
            file.meta.start_sidebet,
        ),
        game: None,
        realised: Decimal::ZERO,
        result: Replayed {
            actions: file.actions.len(),
            ..Replayed::default()
        },
    };
    for (row, seq) in file.actions.iter().zip(1..) {
        replay.row(row, seq, games.get(&row.game_id));
    }
    replay.drifts_before(u32::MAX);
    replay.end(file, &mut games);
    replay.result
}

/// The files that were asked for.
struct Games<'a> {
    find: &'a mut dyn FnMut(&GameId) -> Result<GameFile, String>,
    found: HashMap<GameId, Result<GameFile, String>>,
}

impl Games<'_> {
    fn get(&mut self, id: &GameId) -> Result<&GameFile, String> {
        if !self.found.contains_key(id) {
            let found = (self.find)(id).and_then(|file| {
                let told = file.meta.game_id.clone();
                let right = told == *id;
                right.then_some(file).ok_or(format!("the file of {told}"))
            });
            self.found.insert(id.clone(), found);
        }
        match self.found.get(id) {
            Some(Ok(file)) => Ok(file),
            Some(Err(why)) => Err(why.clone()),
            None => Err("no file".to_owned()),
        }
    }
}

struct Replay<'a> {
    drifts: &'a [Drift],
    next_drift: usize,
    account: Account,
    /// The game whose books the account has.
    game: Option<GameId>,
    realised: Decimal,
    result: Replayed,
}

impl Replay<'_> {
    fn row(&mut self, row: &Action, seq: u32, game: Result<&GameFile, String>) {
        self.drifts_before(seq);
        let before = self.result.disagreements.len();
        let place = Place::Action {
            seq: row.seq,
            kind: row.action,
        };
        self.result.expect(place, "seq", Some(row.seq), Some(seq));
        if row.status == ActionStatus::Confirmed {
            self.enter(&row.game_id, place);
        }
        if let Err(why) = &game {
            let why = format!("no such game: {why}");
            self.result.note(place, "game_id", &row.game_id, why);
        }
        let mut played = Played {
            row,
            game: game.ok(),
            place,
            result: &mut self.result,
        };
        if let Some(pnl) = played.play(&mut self.account) {
            self.realised = self.realised.saturating_add(pnl);
        }
        self.result.agree += usize::from(self.result.disagreements.len() == before);
    }

    /// Begins the books of a game; the one before must have left nothing open.
    fn enter(&mut self, game: &GameId, place: Place) {
        if self.game.as_ref() == Some(game) {
            return;
        }
        if let Some(before) = self.game.replace(game.clone()) {
            if let Some(open) = what_is_open(&self.account) {
                let computed = format!("{open} of {before} was never settled");
                self.result.note(place, "game_id", game, computed);
            }
            self.account = Account::new(self.account.balance(), []);
        } else {
            // What the session began with is of its first game.
            self.account.new_game();
        }
    }

    /// Corrects the account by the drifts that were seen before the row of this number.
    fn drifts_before(&mut self, seq: u32) {
        while let Some(first) = self.drifts.get(self.next_drift)
            && first.after_seq < seq
        {
            let from = self.next_drift;
            // What one comparison found is corrected together: at one time, each field once, in their order.
            let next = |pair: &[Drift]| {
                let together = pair[0].at == pair[1].at && pair[0].after_seq == pair[1].after_seq;
                together && (pair[0].field as u8) < pair[1].field as u8
            };
            let more = self.drifts[from..].windows(2).take_while(|pair| next(pair));
            self.next_drift += 1 + more.count();
            for (drift, number) in self.drifts[from..self.next_drift].iter().zip(from + 1..) {
                self.compare(drift, number);
            }
            self.correct(from);
        }
    }

    /// A drift must tell what we really hold.
    fn compare(&mut self, drift: &Drift, number: usize) {
        let held = self.account.holding();
        let local = match drift.field {
            DriftField::Balance => Some(held.balance),
            DriftField::Position => Some(held.position_qty),
            DriftField::EntryPrice => held.entry_price,
        };
        let field = drift.field;
        let place = Place::Drift { number, field };
        self.result.expect(place, "local", drift.local, local);
        let diff = match (drift.local, drift.server) {
            (Some(local), Some(server)) => local
                .checked_sub(server)
                .map_or(Decimal::MAX, |diff| diff.abs()),
            (None, Some(server)) => server.abs(),
            (_, None) => Decimal::ZERO,
        };
        self.result
            .expect(place, "diff", Some(drift.diff), Some(diff));
        let earlier = number.checked_sub(2).map(|before| &self.drifts[before]);
        if let Some(earlier) = earlier.filter(|earlier| earlier.after_seq > drift.after_seq) {
            let computed = format!("at least {}", earlier.after_seq);
            self.result
                .note(place, "after_seq", drift.after_seq, computed);
        }
    }

    /// The server's word replaces ours, from the drift `from` to the one before the next.
    fn correct(&mut self, from: usize) {
        let (mut balance, mut qty, mut cost) = (None, None, None);
        let mut of_game = None;
        for drift in &self.drifts[from..self.next_drift] {
            let slot = match drift.field {
                DriftField::Balance => &mut balance,
                DriftField::Position => &mut qty,
                DriftField::EntryPrice => &mut cost,
            };
            *slot = drift.server;
            of_game = of_game.or(drift.game_id.as_ref());
        }
        self.account.apply(&Deed::Correct { balance, qty, cost });
        // The position that the server tells of is one of its running game.
        let no_bet = self.account.book().sidebet.is_none();
        if let Some(game) = of_game.filter(|game| no_bet && Some(*game) != self.game.as_ref()) {
            if qty.is_some() || self.account.is_idle() {
                self.game = Some(game.clone());
            }
            self.account.new_game();
        }
    }

    fn end(&mut self, file: &SessionFile, games: &mut Games) {
        let (meta, place) = (&file.meta, Place::Meta);
        let balance = self.account.balance();
        self.result
            .expect(place, "end_balance", Some(meta.end_balance), Some(balance));
        let realised = self.realised.normalize();
        self.result.expect(
            place,
            "realised_pnl",
            Some(meta.realised_pnl),
            Some(realised),
        );
        let moments: BTreeSet<Time> = file.drifts.iter().map(|drift| drift.at).collect();
        if meta.drift_count < moments.len() as u64 {
            let computed = format!("at least {}", moments.len());
            self.result
                .note(place, "drift_count", meta.drift_count, computed);
        }
        // What was open when the last game rugged has a result, unless the session was over before.
        if let (Some(id), Some(open)) = (&self.game, what_is_open(&self.account))
            && let Ok(game) = games.get(id)
            && rug_tick(game).is_some()
            && game
                .meta
                .end_time
                .is_some_and(|rug| rug <= meta.session_end)
        {
            let computed = format!("a row that settles {open} of {id}");
            self.result.note(place, "actions", "none", computed);
        }
    }
}

/// Returns what an account has open, in words.
fn what_is_open(account: &Account) -> Option<&'static str> {
    let book = account.book();
    if !book.position.is_flat() {
        Some("a position")
    } else if book.sidebet.is_some() {
        Some("a sidebet")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::{EndReason, Game, GameEvent, Source};
    use crate::protocol::number;
    use crate::recording::Origin;

    const GAME: &str = "20251215-1a211bfc7caf41d6";

    /// The game of the worked example of `formats.md`.
    fn game() -> GameFile {
        let id = GameId::new(GAME).expect("an id");
        let at = |text: &str| text.parse().expect("a time");
        let mut game = Game::new(id.clone(), at("2025-12-15T01:18:00.218Z"));
        let prices = [
            "1",
            "0.9799510872982831",
            "0.9777456387635755",
            "0.9644098183444202",
            "0.9802980810340085",
            "0.7391330782906848",
            "0.7444035858476163",
            "0.014782661565813707",
        ];
        for (price, tick) in prices.into_iter().zip(0..) {
            let price = number::parse(price).expect("a price");
            game.prices.insert(tick, price, Source::Live);
        }
        game.apply(&GameEvent::Rugged {
            game_id: id,
            tick: 7,
            at: at("2025-12-15T01:18:02.019Z"),
        });
        game.end_reason = Some(EndReason::Rug);
        GameFile::new(&game, Origin::Practice)
    }

    /// Its session, stopped before the rug; the tokens, which are schematic there, cut as the server cuts them.
    fn session() -> SessionFile {
        let text = r#"{
          "meta": {
            "player_id": "did:privy:cm3xxx", "username": "Dutch",
            "session_start": "2025-12-15T01:17:55.000Z", "session_end": "2025-12-15T01:18:01.900Z",
            "format": 1, "origin": "practice", "wallet": "server",
            "start_balance": "1", "start_lots": [], "end_balance": "0.98", "realised_pnl": "0",
            "verifications": 12, "drift_count": 1, "app": "pianola 0.1.0"
          },
          "actions": [
            { "game_id": "20251215-1a211bfc7caf41d6", "tick": 2, "timestamp": "2025-12-15T01:18:00.950Z", "action": "BUY",
              "amount": "0.01", "price": "0.9777456387635755", "balance_after": "0.99", "position_qty_after": "0.010227608", "entry_price": "0.977745638", "pnl": null,
              "seq": 1, "phase": "Active", "status": "confirmed", "qty": "0.010227608", "sell_percent": null, "source": "key",
              "confirmed_at": "2025-12-15T01:18:01.169Z", "executed_tick": 2, "executed_price": "0.9777456387635755" }
          ],
          "drifts": [
            { "at": "2025-12-15T01:18:01.400Z", "game_id": "20251215-1a211bfc7caf41d6", "tick": 4, "field": "balance", "local": "0.99", "server": "0.98", "diff": "0.01", "cleared_at": "2025-12-15T01:18:01.650Z", "after_seq": 1 }
          ]
        }"#;
        SessionFile::parse(text.as_bytes()).expect("a session")
    }

    fn told(file: &SessionFile) -> Vec<String> {
        let replayed = check(file, &mut |_| Ok(game()));
        let found = replayed.disagreements.iter();
        found.map(ToString::to_string).collect()
    }

    #[test]
    fn the_numbers_of_the_worked_example_agree() {
        assert_eq!(told(&session()), [""; 0]);
    }

    #[test]
    fn each_finding_names_place_key_recorded_and_computed() {
        let mut file = session();
        file.actions[0].qty = None;
        file.drifts[0].diff = Decimal::ONE;
        file.meta.end_balance = Decimal::TWO;
        assert_eq!(
            told(&file),
            [
                "action 1 BUY qty: recorded null, computed 0.010227608",
                "drift 1 balance diff: recorded 1, computed 0.01",
                "meta end_balance: recorded 2, computed 0.98",
            ]
        );
    }

    #[test]
    fn who_stays_until_the_rug_must_have_a_row_for_it() {
        let mut file = session();
        file.meta.session_end = "2025-12-15T01:18:10.120Z".parse().expect("a time");
        let row = format!("a row that settles a position of {GAME}");
        assert_eq!(
            told(&file),
            [format!("meta actions: recorded none, computed {row}")]
        );
    }

    #[test]
    fn a_drift_that_was_seen_before_the_row_is_corrected_before_it() {
        let mut file = session();
        file.drifts[0].after_seq = 0;
        file.drifts[0].local = Some(Decimal::ONE);
        file.drifts[0].diff = number::parse("0.02").expect("a decimal");
        file.actions[0].balance_after = number::parse("0.97");
        file.meta.end_balance = number::parse("0.97").expect("a decimal");
        assert_eq!(told(&file), [""; 0]);
    }
}
