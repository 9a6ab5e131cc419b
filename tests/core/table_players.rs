//! The players of the practice table: rows, trades and sidebets keep the arithmetic of the real server.

use std::collections::{BTreeMap, BTreeSet};

use pianola::account::{SIDEBET_PAYOUT, SIDEBET_WINDOW};
use pianola::protocol::split_trace;
use pianola::table::StepKind;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::table_steps::{d, steps, updates};

#[test]
fn the_rows_of_the_leaderboard_add_up() {
    let steps = steps(21, 10);
    let (mut rows_seen, mut bets_seen, mut flat_at_rug) = (0, 0, 0);
    // Tokens and prices of the message before, by game.
    let mut prices: BTreeMap<u64, Decimal> = BTreeMap::new();
    for (mark, update) in updates(&steps) {
        let rows = update["leaderboard"].as_array().unwrap();
        assert!(rows.len() <= 10);
        if mark == StepKind::Start {
            prices = BTreeMap::from([(0, Decimal::ONE)]);
        }
        if let (StepKind::Tick { .. }, Some(tick)) = (mark, update["tickCount"].as_u64()) {
            prices.insert(tick, d(&update["price"]));
        }
        let presale = update["allowPreRoundBuys"] == true;
        let mut last = Decimal::MAX;
        for (row, position) in rows.iter().zip(1u64..) {
            rows_seen += 1;
            assert_eq!(row["position"], position);
            assert_eq!(row["hasActiveTrades"], true);
            let pnl = d(&row["pnl"]);
            assert!(pnl <= last, "sorted by pnl, descending");
            last = pnl;
            if presale {
                assert_eq!(pnl, Decimal::ZERO);
                assert!(row.get("regularPnl").is_none() && row.get("shortPnl").is_none());
                continue;
            }
            let parts = d(&row["regularPnl"]) + d(&row["sidebetPnl"]) + d(&row["shortPnl"]);
            assert_eq!(pnl, parts);
            let percent =
                100.0 * row["pnl"].as_f64().unwrap() / row["totalInvested"].as_f64().unwrap();
            assert_eq!(
                row["pnlPercent"].as_f64().unwrap().to_bits(),
                (percent + 0.0).to_bits(),
                "{row}"
            );
            let bet = &row["sideBet"];
            if bet.is_object() {
                bets_seen += 1;
                let start = bet["startedAtTick"].as_u64().unwrap();
                assert_eq!(bet["end"], start + u64::from(SIDEBET_WINDOW));
            }
            if matches!(mark, StepKind::Rug | StepKind::Settled | StepKind::Genesis) {
                assert_eq!(
                    (&row["positionQty"], &row["avgCost"], bet),
                    (&json!(0), &json!(0), &Value::Null)
                );
                flat_at_rug += 1;
            }
        }
    }
    assert!(
        rows_seen > 5_000 && bets_seen > 100 && flat_at_rug > 50,
        "{rows_seen} {bets_seen} {flat_at_rug}"
    );
}

/// One lot held, nothing sold, no bet: the P&L can be computed from the row alone, at the price one tick back.
#[test]
fn the_pnl_of_a_row_lags_one_tick() {
    let mut checked = 0;
    for seed in 0..4 {
        let steps = steps(seed, 4);
        let mut before = Decimal::ONE;
        // A player without a position at some tick has traded before; the row alone does not show that.
        let mut traded = BTreeSet::new();
        for (mark, update) in updates(&steps) {
            if mark == StepKind::Start {
                before = Decimal::ONE;
                traded.clear();
            }
            let StepKind::Tick { .. } = mark else {
                continue;
            };
            for row in update["leaderboard"].as_array().unwrap() {
                let (qty, cost) = (d(&row["positionQty"]), d(&row["avgCost"]));
                let invested = d(&row["totalInvested"]);
                if qty.is_zero() {
                    traded.insert(row["id"].clone().to_string());
                }
                let first = !traded.contains(&row["id"].to_string());
                let untouched =
                    first && (qty * cost - invested).abs() < Decimal::new(2, 8) && !qty.is_zero();
                if untouched && row["sideBet"].is_null() && d(&row["sidebetPnl"]).is_zero() {
                    let expected = qty * before - invested;
                    let off = (d(&row["regularPnl"]) - expected).abs();
                    assert!(off < Decimal::new(2, 9), "{row} at {before}");
                    checked += 1;
                }
            }
            before = d(&update["price"]);
        }
    }
    assert!(checked > 500, "{checked}");
}

#[test]
fn trades_are_a_thin_sample_at_the_price_of_their_tick() {
    let steps = steps(2, 8);
    let mut now = 0u64;
    let mut last = None;
    let (mut trades, mut bets) = (0, 0);
    let mut prices: BTreeMap<(String, u64), Value> = BTreeMap::new();
    for step in &steps {
        now += step.delay_micros;
        for message in &step.messages {
            let (trace, payload) = split_trace(&message.args);
            match message.event.as_str() {
                "gameStateUpdate" => {
                    let game = payload.unwrap()["gameId"].as_str().unwrap();
                    let values = &payload.unwrap()["partialPrices"]["values"];
                    for (tick, price) in values.as_object().into_iter().flatten() {
                        prices.insert((game.to_owned(), tick.parse().unwrap()), price.clone());
                    }
                }
                "standard/newTrade" => {
                    let (trace, payload) = (trace.unwrap(), payload.unwrap());
                    assert_eq!(trace["traceparent"].as_str().unwrap().len(), 55);
                    assert!(last.is_none_or(|last| now - last >= 2_000_000));
                    last = Some(now);
                    let at = (
                        payload["gameId"].as_str().unwrap().to_owned(),
                        payload["tickIndex"].as_u64().unwrap(),
                    );
                    assert_eq!(prices[&at], payload["price"]);
                    let (qty, price, amount) = (
                        d(&payload["qty"]),
                        d(&payload["price"]),
                        d(&payload["amount"]),
                    );
                    assert!(
                        (qty * price - amount).abs()
                            <= price.max(Decimal::TEN) * Decimal::new(1, 9),
                        "{payload}"
                    );
                    trades += 1;
                }
                "newSideBet" => {
                    let bet = payload.unwrap();
                    assert_eq!(
                        (&bet["type"], &bet["tickIndex"]),
                        (&json!("placed"), &bet["startTick"])
                    );
                    bets += 1;
                }
                other => panic!("{other}"),
            }
        }
    }
    assert!(trades > 20 && bets > 10, "{trades} trades, {bets} bets");
}

#[test]
fn the_sidebets_of_a_finished_game_are_decided_by_the_rules() {
    let (mut won, mut lost) = (0, 0);
    for seed in 30..34 {
        let steps = steps(seed, 3);
        let full = &steps.last().unwrap().messages[0].args[0];
        for game in full["gameHistory"].as_array().unwrap() {
            let rug = game["prices"].as_array().unwrap().len() as u64 - 1;
            for bet in game["globalSidebets"].as_array().unwrap() {
                assert_eq!(bet["gameId"], game["id"]);
                if bet["type"] == "placed" {
                    assert!(bet["startedAtTick"].as_u64().unwrap() > 0);
                    continue;
                }
                let (start, end) = (
                    bet["startTick"].as_u64().unwrap(),
                    bet["endTick"].as_u64().unwrap(),
                );
                assert_eq!(end, start + u64::from(SIDEBET_WINDOW));
                let stake = d(&bet["betAmount"]);
                if rug <= end {
                    assert_eq!(
                        (d(&bet["payout"]), &bet["tickIndex"]),
                        (stake * SIDEBET_PAYOUT, &json!(rug))
                    );
                    won += 1;
                } else {
                    assert_eq!(
                        (d(&bet["payout"]), &bet["tickIndex"]),
                        (Decimal::ZERO, &json!(start))
                    );
                    lost += 1;
                }
            }
        }
    }
    assert!(won > 20 && lost > 20, "{won} won, {lost} lost");
}
