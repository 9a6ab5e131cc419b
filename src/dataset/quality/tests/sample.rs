//! Recorded games as rows, without files.

use std::sync::Arc;

use chrono::{NaiveDate, TimeDelta};
use rust_decimal::Decimal;

use super::super::DayFacts;
use super::generator::{Rules, recording};
use crate::account::{ActionKind, ActionSource, ActionStatus, WalletKind};
use crate::dataset::rows::{ActionRow, AnomalyCounts, GameRow, Money, SessionRow, StartKind};
use crate::fairness::{CommitmentSource, ProofStatus};
use crate::game::{EndReason, Phase, Time};

/// A game with its prices.
pub(super) struct Game {
    pub row: GameRow,
    pub prices: Vec<Option<f64>>,
}

/// Returns a time.
pub(super) fn at(text: &str) -> Time {
    text.parse().unwrap()
}

/// Returns a whole, proven game of version v3 that starts at this time.
pub(super) fn game(start: Time, seed: &str) -> Game {
    let path = Rules::default().draw(seed);
    let prices = recording(&path);
    let rug = i32::try_from(path.len()).unwrap();
    let row = GameRow {
        game_id: format!("{}-{seed}", start.format("%Y%m%d")),
        source_origin: "live",
        seeded: false,
        time_scale: Some(1.0),
        start_time: Some(start),
        end_time: Some(start + TimeDelta::milliseconds(250 * i64::from(rug))),
        start_kind: StartKind::Arrival,
        n_ticks: rug + 1,
        rug_tick: Some(rug),
        entry_tick: 0,
        exit_tick: rug,
        event: true,
        rug_price: prices[path.len()],
        peak: None,
        peak_tick: None,
        peak_exact: true,
        end_reason: Some(EndReason::Rug),
        complete: true,
        proof: ProofStatus::Proven,
        proof_reason: None,
        commitment: CommitmentSource::Seen,
        checked_ticks: rug,
        proof_now: ProofStatus::Proven,
        mismatch_tick: None,
        mismatch_expected: None,
        mismatch_seen: None,
        trainable: true,
        missing_ticks: 0,
        repaired_n: 0,
        from_live: rug + 1,
        from_partial: 0,
        from_snapshot: 0,
        from_history: 0,
        from_seed: 0,
        repaired_ticks: Vec::new(),
        joined_at_tick: Some(0),
        reconnects: 0,
        anomalies_n: 0,
        anomalies: AnomalyCounts::default(),
        v3_violations: Some(0),
        long_prices_n: 0,
        server_seed_hash: None,
        server_seed: None,
        game_version: Some("v3".to_owned()),
        bucket: 0,
        file: format!("{seed}.game.json"),
        file_sha256: String::new(),
        app: "pianola 0.1.0".to_owned(),
        format: 1,
        source_files_n: 1,
    };
    Game { row, prices }
}

/// Returns the facts of a day with games one after the other, 15 s apart, from `from` to `to`; a game over midnight ends
/// on the next day.
pub(super) fn day(facts: &mut DayFacts, from: Time, to: Time) -> Time {
    let mut start = from;
    let mut n = 0;
    while start < to {
        let game = game(start, &format!("{}-{n}", from.timestamp()));
        facts.add_game(&game.row, &game.prices);
        start = game.row.end_time.unwrap() + TimeDelta::seconds(15);
        n += 1;
    }
    start
}

/// Returns an empty day of origin `live`.
pub(super) fn facts(date: &str) -> DayFacts {
    DayFacts::new("live", date.parse::<NaiveDate>().unwrap())
}

/// Returns a session with these results.
pub(super) fn session(results: &[(ActionKind, &str)]) -> (SessionRow, Vec<ActionRow>) {
    let id: Arc<str> = "0199e2c4-7c1e-7d2a-9d0c-3f5f3c1f2b11".into();
    let start = at("2025-12-15T01:17:55Z");
    let none = Money(None);
    let row = SessionRow {
        session_id: Arc::clone(&id),
        player: "player".to_owned(),
        wallet: WalletKind::Server,
        session_start: start,
        session_end: start,
        start_balance: none,
        end_balance: none,
        realised_pnl: none,
        actions_n: 0,
        confirmed_n: 0,
        refused_n: 0,
        unknown_n: 0,
        games_n: 0,
        verifications: 0,
        drift_n: 0,
        replay_agree: 0,
        start_lot_qty: Vec::new(),
        start_lot_price: Vec::new(),
        source_origin: "live",
        time_scale: Some(1.0),
        seeded: false,
        file: String::new(),
        app: String::new(),
    };
    let action = |(action, pnl): &(ActionKind, &str)| ActionRow {
        session_id: Arc::clone(&id),
        session_start: start,
        game_id: "20251215-a".to_owned(),
        seq: 1,
        action: *action,
        status: ActionStatus::Confirmed,
        source: ActionSource::Key,
        phase: Phase::Active,
        reason_code: None,
        reason: None,
        tick: 1,
        price: None,
        executed_tick: None,
        executed_price: None,
        pressed_at: start,
        acked_at: None,
        confirmed_at: None,
        latency_ms: None,
        amount: none,
        qty: none,
        balance_after: none,
        position_after: none,
        pnl: Money(pnl.parse::<Decimal>().ok()),
        entry_price: None,
        sell_percent: None,
        terminal: false,
        game_trainable: true,
        join_ok: true,
        exact: true,
    };
    (row, results.iter().map(action).collect())
}
