//! Scripts played at a table that errs, over the real socket: what the session files say of it, and that they can be
//! replayed. The table's own ledger knows what really happened.

use std::collections::BTreeSet;

use pianola::account::{Action, ActionKind, ActionSource, ActionStatus, DriftField};
use pianola::game::Phase;
use pianola::protocol::number;
use pianola::table::Fault;
use rust_decimal::Decimal;

use crate::support::script_run::{ScriptRun, play};
use crate::support::seeds::seed_of;

/// The first game is short, and the player does not act in it: the login takes a moment.
const SCRIPT: &str = "
2 presale buy 0.05
2 presale buy 0.02
2 6 buy 0.03
2 16 sell 40
2 20 sidebet 0.01
3 presale sidebet 0.02
3 presale buy 0.1
3 10 buy 0.05
3 18 sell 30
";

const SPEED: f64 = 20.0;

/// Plays the script once with each list of faults, some at a time.
fn evenings<const N: usize>(lists: [&[Fault]; N], check: impl Fn(&[Fault], &ScriptRun) + Sync) {
    let seed = seed_of(199, &[1..15, 110..170, 90..150]);
    std::thread::scope(|scope| {
        for faults in lists {
            let check = &check;
            scope.spawn(move || check(faults, &play(faults, seed, SPEED, SCRIPT)));
        }
    });
}

/// Every order was sent once, was done, and is in the file as the table booked it; the file can be played again.
fn assert_true(faults: &[Fault], played: &ScriptRun) {
    let output = format!("{faults:?}\n{}", played.output());
    assert!(!output.contains("panicked"), "{output}");
    assert_eq!(played.heard(), played.asked(), "{output}");
    played.assert_booked();
    played.assert_replays();
}

/// What the script is for did happen.
fn assert_full(faults: &[Fault], played: &ScriptRun) {
    let rows = &played.session().actions;
    let all_done = rows
        .iter()
        .all(|row| row.status == ActionStatus::Confirmed && row.confirmed_at.is_some());
    assert!(all_done, "{faults:?}\n{}", played.output());
    for kind in [ActionKind::Buy, ActionKind::Sell, ActionKind::SidebetPlace] {
        assert!(rows.iter().any(|row| row.action == kind), "{rows:#?}");
    }
    let presale = rows.iter().filter(|row| row.phase == Phase::Presale);
    assert!(presale.count() > 0, "{rows:#?}");
    // Both positions went into the rug.
    let rugs = rows
        .iter()
        .filter(|row| row.action == ActionKind::Liquidated);
    assert_eq!(rugs.count(), 2, "{rows:#?}");
}

fn assert_no_drift(faults: &[Fault], played: &ScriptRun) {
    for (_, file) in &played.sessions {
        assert_eq!(file.drifts, [], "{faults:?}\n{}", played.output());
        assert_eq!(file.meta.drift_count, 0);
        assert!(file.meta.verifications > 0);
    }
    assert_eq!(played.code, Some(0), "{faults:?}\n{}", played.output());
    assert!(played.last().contains(" 0 unknown, 0 drifts"));
}

/// `gameStatePlayerUpdate` is one message stale beside every update of every run; nothing of this is a drift.
#[test]
fn an_account_with_awkward_updates_does_not_drift() {
    let lists: [&[Fault]; 5] = [
        &[],
        &[Fault::DoubleAck],
        &[Fault::LatePlayerUpdate],
        &[Fault::NoOwnTrade],
        &[Fault::AbsentFields],
    ];
    evenings(lists, |faults, played| {
        assert_true(faults, played);
        assert_full(faults, played);
        assert_no_drift(faults, played);
        let rows = &played.session().actions;
        let mut orders = rows
            .iter()
            .filter(|row| row.sell_percent.is_some() || row.action == ActionKind::Buy);
        assert!(orders.all(|row| row.acked_at.is_some()), "{rows:#?}");
    });
}

#[test]
fn each_drift_is_a_row_of_its_field_until_the_two_agree_again() {
    let expected = |fault| match fault {
        Fault::Drift => (DriftField::Balance, "0.01"),
        Fault::DriftQty => (DriftField::Position, "0.000001"),
        _ => (DriftField::EntryPrice, "0.01"),
    };
    let lists: [&[Fault]; 3] = [&[Fault::Drift], &[Fault::DriftQty], &[Fault::DriftCost]];
    evenings(lists, |faults, played| {
        assert_true(faults, played);
        assert_full(faults, played);
        let (field, diff) = expected(faults[0]);
        let file = played.session();
        // Once in each game in which the player acted.
        assert_eq!(file.drifts.len(), 2, "{}", played.output());
        assert_eq!(file.meta.drift_count, 2);
        let games: BTreeSet<_> = file.drifts.iter().map(|drift| &drift.game_id).collect();
        assert_eq!(games.len(), 2);
        for drift in &file.drifts {
            assert_eq!(drift.field, field);
            let (local, server) = (drift.local.unwrap(), drift.server.unwrap());
            let off = local.checked_sub(server).unwrap().abs();
            assert_eq!(drift.diff, off);
            if field == DriftField::EntryPrice {
                // One per cent of what the player paid; the average is a quotient.
                let percent = local * number::parse(diff).unwrap();
                assert!((off - percent).abs() < Decimal::new(1, 6), "{drift:?}");
                assert!(server > local);
            } else {
                assert_eq!(Some(off), number::parse(diff));
                assert!(server < local);
            }
            assert!(drift.cleared_at.is_some_and(|at| at >= drift.at));
        }
        assert_eq!(played.code, Some(1));
        assert!(played.last().contains(" 2 drifts"), "{}", played.last());
    });
}

#[test]
fn refused_buys_are_rows_with_their_reason_and_change_nothing() {
    evenings([&[Fault::RefuseBuy]], |faults, played| {
        assert_no_drift(faults, played);
        played.assert_booked();
        played.assert_replays();
        let file = played.session();
        let (mut buys, mut sells, mut before) = (0, 0, file.meta.start_balance);
        for row in &file.actions {
            match row.action {
                ActionKind::Buy | ActionKind::Sell => {
                    assert_eq!(row.status, ActionStatus::Refused);
                    let reason = row.reason.as_deref().unwrap();
                    let expected = if row.action == ActionKind::Buy {
                        buys += 1;
                        "this table refuses every buy"
                    } else {
                        sells += 1;
                        "Nothing to sell"
                    };
                    assert!(reason.ends_with(expected), "{reason}");
                    assert_eq!(row.balance_after, Some(before));
                    assert_eq!(row.position_qty_after, Some(Decimal::ZERO));
                }
                _ => before = row.balance_after.unwrap(),
            }
        }
        assert!(buys > 1 && sells > 0, "{}", played.output());
        // A sell without a position is not even sent.
        assert_eq!(played.heard()[..2], [buys, 0]);
        assert!(file.actions.iter().any(|row| row.pnl.is_some()), "the bets");
    });
}

#[test]
fn each_player_of_a_connection_has_a_session_of_their_own() {
    evenings([&[Fault::OtherPlayer]], |faults, played| {
        assert_true(faults, played);
        assert_no_drift(faults, played);
        assert!(played.sessions.len() >= 2, "{}", played.output());
        let files = || played.sessions.iter().map(|(_, file)| file);
        let players: BTreeSet<_> = files().map(|file| &file.meta.player_id).collect();
        assert_eq!(players.len(), played.sessions.len());
        for file in files() {
            assert_eq!(file.meta.start_balance, Decimal::ONE);
            assert!(file.meta.session_start <= file.actions[0].timestamp);
        }
        for (earlier, later) in files().zip(files().skip(1)) {
            assert!(earlier.meta.session_end <= later.meta.session_start);
        }
        // Each row was printed once, for every player.
        let rows: Vec<_> = files().flat_map(|file| &file.actions).collect();
        assert_eq!(played.action_lines().len(), rows.len());
        let counted = format!(
            "{}: {} confirmed",
            crate::support::process::actions(rows.len()),
            rows.len()
        );
        assert!(played.last().starts_with(&counted), "{}", played.last());
        for (path, _) in &played.sessions {
            let path = path.display().to_string();
            assert!(played.last().contains(&path), "{}", played.last());
        }
    });
}

/// The client reconnects when an answer is missing for four seconds, so the game must be long.
#[test]
fn an_order_without_an_answer_is_done_once_and_the_session_goes_on() {
    const SCRIPT: &str = "
2 presale buy 0.05
2 10 buy 0.02
2 20 sell 40
2 30 sidebet 0.01
3 presale buy 0.05
";
    let seed = seed_of(403, &[1..15, 450..700, 20..150]);
    let played = play(&[Fault::LostAck], seed, 15.0, SCRIPT);
    assert_true(&[Fault::LostAck], &played);
    assert_no_drift(&[Fault::LostAck], &played);
    let file = played.session();
    assert_eq!(played.heard(), [3, 1, 1], "{}", played.output());
    let orders = file
        .actions
        .iter()
        .filter(|row| row.source == ActionSource::Script);
    let acked: Vec<_> = orders
        .map(|row| (row.action, row.acked_at.is_some()))
        .collect();
    let expected = [
        (ActionKind::Buy, false),
        (ActionKind::Buy, true),
        (ActionKind::Sell, true),
        (ActionKind::SidebetPlace, true),
        (ActionKind::Buy, false),
    ];
    assert_eq!(acked, expected, "{}", played.output());
    let all_done = |row: &Action| row.status == ActionStatus::Confirmed;
    assert!(file.actions.iter().all(all_done));
    // The same player came back.
    let logins = played
        .received
        .iter()
        .filter(|name| *name == "authenticate");
    assert!(logins.count() >= 2);
    assert_eq!(
        file.meta.player_id.as_deref(),
        Some("did:privy:practice-0001")
    );
}

/// The script is played whatever the stream is like, and nothing that was missed is taken for a drift.
#[test]
fn a_stream_that_errs_makes_no_drift() {
    let lists: [&[Fault]; 5] = [
        &[Fault::Drop],
        &[Fault::Hole],
        &[Fault::Swap],
        &[Fault::Double],
        &[Fault::NoHistoryPrices],
    ];
    evenings(lists, |faults, played| {
        assert_true(faults, played);
        assert_full(faults, played);
        assert_no_drift(faults, played);
    });
}

#[test]
fn a_stream_that_is_late_cut_or_silent_makes_no_drift() {
    let lists: [&[Fault]; 4] = [
        &[Fault::NoGenesis],
        &[Fault::LateFull],
        &[Fault::Silence],
        &[Fault::Cut],
    ];
    evenings(lists, |faults, played| {
        assert_true(faults, played);
        assert_no_drift(faults, played);
        if !faults.contains(&Fault::Cut) {
            assert_full(faults, played);
        }
        let rows = &played.session().actions;
        assert!(rows.iter().any(|row| row.action == ActionKind::Buy));
    });
}

/// Without the prices of finished games the price of a missed rug is unknown: the account follows the wallet, and each
/// difference is recorded as a drift.
#[test]
fn a_rug_that_was_missed_for_good_is_a_drift_and_is_replayed() {
    evenings([&[Fault::Cut, Fault::NoHistoryPrices]], |faults, played| {
        assert_eq!(played.heard(), played.asked(), "{}", played.output());
        played.assert_replays();
        let file = played.session();
        for drift in &file.drifts {
            assert_ne!(drift.field, DriftField::EntryPrice, "{faults:?}");
            assert!(drift.server.is_some(), "{drift:?}");
        }
        let rows = &file.actions;
        let rugs = rows
            .iter()
            .filter(|row| row.action == ActionKind::Liquidated);
        let sold = file.drifts.iter().filter(|drift| {
            drift.field == DriftField::Position && drift.server == Some(Decimal::ZERO)
        });
        // Each game with a buy ended with one or the other; the last one perhaps after the end of the run.
        let bought = rows.iter().filter(|row| row.action == ActionKind::Buy);
        let games: BTreeSet<_> = bought.map(|row| &row.game_id).collect();
        let settled = rugs.count() + sold.count();
        assert!(
            settled == games.len() || settled + 1 == games.len(),
            "{}",
            played.output()
        );
        // What the wallet became by it is what the table booked.
        let booked = |balance| {
            played.ledgers[0]
                .iter()
                .any(|row| Some(row.after.balance) == balance)
        };
        let mut balances = file
            .drifts
            .iter()
            .filter(|drift| drift.field == DriftField::Balance);
        assert!(
            balances.all(|drift| booked(drift.server)),
            "{}",
            played.output()
        );
        assert_eq!(played.code, Some(i32::from(!file.drifts.is_empty())));
    });
}
