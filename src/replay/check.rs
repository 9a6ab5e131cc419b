//! Checks a session: compares every recorded number with the one that the account computes.

use std::collections::HashMap;

use super::account_replay::replay_session;
use super::games::Games;
use super::report::ReplayReport;
use super::row_check::needs_game;
use crate::protocol::GameId;
use crate::recording::{GameFile, SessionFile};

/// Checks a session; `find` returns the file of a game, or why there is none.
pub fn check(
    file: &SessionFile,
    find: &mut dyn FnMut(&GameId) -> Result<GameFile, String>,
) -> ReplayReport {
    replay_session(file, &Games::of(file, find), |_, _, _| {})
}

/// Returns the games of which a session has rows whose numbers depend on the game's file, each with the number of these
/// rows. An order in the presale does not: a game of which no tick was seen leaves no file.
pub fn games_needed(file: &SessionFile) -> HashMap<&GameId, usize> {
    let mut rows = HashMap::new();
    for row in file.actions.iter().filter(|row| needs_game(row)) {
        *rows.entry(&row.game_id).or_insert(0) += 1;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::game::{EndReason, Game, GameEvent, Phase, PriceSource};
    use crate::protocol::number;
    use crate::recording::Origin;
    use rust_decimal::Decimal;

    const GAME: &str = "20251215-1a211bfc7caf41d6";

    /// The game of the worked example of `docs/formats.md`.
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
            game.prices.insert(tick, price, PriceSource::Live);
        }
        game.apply(&GameEvent::Rugged {
            game_id: id,
            tick: 7,
            at: at("2025-12-15T01:18:02.019Z"),
        });
        game.end_reason = Some(EndReason::Rug);
        GameFile::new(&game, Origin::Practice)
    }

    /// Its session, stopped before the rug, with quantities cut as the server cuts them.
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

    fn findings(file: &SessionFile) -> Vec<String> {
        let replayed = check(file, &mut |_| Ok(game()));
        let found = replayed.disagreements.iter();
        found.map(ToString::to_string).collect()
    }

    #[test]
    fn the_numbers_of_the_worked_example_agree() {
        assert_eq!(findings(&session()), [""; 0]);
    }

    #[test]
    fn each_finding_names_place_key_recorded_and_computed() {
        let mut file = session();
        file.actions[0].qty = None;
        file.drifts[0].diff = Decimal::ONE;
        file.meta.end_balance = Decimal::TWO;
        assert_eq!(
            findings(&file),
            [
                "action 1 BUY qty: recorded null, computed 0.010227608",
                "drift 1 balance diff: recorded 1, computed 0.01",
                "meta end_balance: recorded 2, computed 0.98",
            ]
        );
    }

    #[test]
    fn a_position_held_until_the_rug_must_have_a_row_for_it() {
        let mut file = session();
        file.meta.session_end = "2025-12-15T01:18:10.120Z".parse().expect("a time");
        let row = format!("a row that settles a position of {GAME}");
        assert_eq!(
            findings(&file),
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
        assert_eq!(findings(&file), [""; 0]);
    }

    /// A game of which no tick was seen leaves no file, and an order in its presale depends on none.
    #[test]
    fn an_order_of_the_presale_is_computed_without_the_game_and_a_later_one_is_not() {
        let mut file = session();
        let without = |file: &SessionFile| check(file, &mut |_| Err("no file of it".to_owned()));
        let report = without(&file);
        let counts = (report.agree, report.wrong(), report.unchecked());
        assert_eq!(counts, (0, 0, 1), "{report:?}");
        assert_eq!(games_needed(&file).len(), 1);

        let qty = number::parse("0.01");
        let row = &mut file.actions[0];
        (row.phase, row.tick, row.executed_tick) = (Phase::Presale, 0, Some(0));
        (row.price, row.executed_price) = (Some(Decimal::ONE), Some(Decimal::ONE));
        (row.qty, row.position_qty_after) = (qty, qty);
        row.entry_price = Some(Decimal::ONE);
        let report = without(&file);
        assert!(report.is_right() && report.agree == 1, "{report:?}");
        assert!(games_needed(&file).is_empty());
        for wrong in [Some(Decimal::TWO), None] {
            file.actions[0].executed_price = wrong;
            assert_eq!(without(&file).wrong(), 1, "{wrong:?}");
        }
        // A late answer: it was executed in the game.
        file.actions[0].executed_tick = Some(1);
        assert_eq!(without(&file).unchecked(), 1);
    }
}
