//! A player presses the buttons of the page in a real Chromium while the program reads along: its session is the
//! table's own ledger and its games are those of a direct connection, action for action and digit for digit.

use std::collections::BTreeSet;

use pianola::account::{AccountEvent, ActionKind, ActionSource, ActionStatus, DriftField};
use pianola::game::Phase;
use pianola::table::{Fault, LedgerRow};
use rust_decimal::Decimal;
use serde_json::json;

use crate::support::browser_player::{
    BrowserRecording, BrowserSession, PageState, look, order, reload,
};
use crate::support::chromium::{self, PageControl};
use crate::support::process;
use crate::support::script_run::{assert_booked, confirmed};
use crate::support::seeds::seed_of;

const SPEED: f64 = 5.0;
/// Time enough for a press, however busy the machine is.
const UNHURRIED: f64 = 1.0;
/// A tick lasts more than a second.
const NEARLY_STILL: f64 = 0.2;
/// What is only waited for.
const QUICK: f64 = 20.0;
/// Longer evenings than this are none.
const MOST_GAMES: usize = 20;

/// What is pressed, in the order in which it is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Press {
    PresaleBuy,
    TooLarge,
    Add,
    Part,
    Bet,
    All,
    PresaleBet,
    /// A position and a bet that the rug is to find.
    Leave,
}

/// Says what to press next by what the page shows.
fn next(seen: &PageState, done: &BTreeSet<Press>) -> Option<Press> {
    match seen.phase.as_str() {
        "presale" if !seen.held => Some(Press::PresaleBuy),
        "presale" if !seen.bet && done.contains(&Press::All) => Some(Press::PresaleBet),
        "active" if !seen.held => Some(Press::Add),
        "active" => {
            let kinds = [
                Press::TooLarge,
                Press::Add,
                Press::Part,
                Press::Bet,
                Press::All,
            ];
            let open = kinds.into_iter().find(|kind| !done.contains(kind));
            let bets = matches!(open, Some(Press::Bet) | None);
            match open {
                _ if bets && seen.bet => None,
                None => Some(Press::Leave),
                open => open,
            }
        }
        _ => None,
    }
}

/// Presses it; returns whether what was to happen did.
fn press(hand: &mut PageControl, what: Press) -> bool {
    match what {
        Press::PresaleBuy => order(hand, "buy", "0.050"),
        Press::TooLarge => !order(hand, "buy", "9"),
        Press::Add => order(hand, "buy", "0.0123"),
        Press::Part => order(hand, "sell", "25"),
        Press::All => order(hand, "sell", "100"),
        Press::Bet | Press::PresaleBet => order(hand, "sidebet", "0.002"),
        Press::Leave => order(hand, "sidebet", "0.001"),
    }
}

/// Plays until every kind of order was done and a rug found a position and a bet; returns the last game.
fn play(evening: &BrowserSession, hand: &mut PageControl) -> String {
    let mut done = BTreeSet::new();
    let (mut games, mut all) = (BTreeSet::new(), BTreeSet::new());
    let both = |ledger: &[LedgerRow]| {
        let won = |row: &LedgerRow| row.event == AccountEvent::WinSidebet;
        let sold = |row: &LedgerRow| matches!(row.event, AccountEvent::Liquidate { .. });
        let mut pairs = ledger.windows(2);
        pairs.any(|pair| pair.iter().any(won) && pair.iter().any(sold))
    };
    loop {
        let seen = look(hand);
        if let Some(what) = next(&seen, &done) {
            let did = press(hand, what);
            let after = look(hand);
            // A game may begin or end between the look and the press.
            if did && (&after.phase, &after.game) == (&seen.phase, &seen.game) {
                done.insert(what);
                games.insert(after.game);
            }
        } else if seen.phase == "rugged"
            && done.contains(&Press::PresaleBet)
            && games.len() >= 3
            && both(&evening.ledger())
        {
            return seen.game;
        } else {
            // Not a moment for anything.
            hand.until(&format!(
                "page.phase !== '{}' || page.tick !== {} || page.game !== '{}'",
                seen.phase, seen.tick, seen.game
            ));
        }
        all.insert(seen.game);
        assert!(all.len() <= MOST_GAMES, "{done:?}");
    }
}

/// Waits for the presale of another game; returns which one it is.
fn presale(evening: &BrowserSession, hand: &mut PageControl, before: &str) -> String {
    loop {
        evening.pace(QUICK);
        hand.until(&format!(
            "page.phase === 'presale' && page.game !== '{before}'"
        ));
        evening.pace(UNHURRIED);
        let seen = look(hand);
        // It is short at that pace.
        if seen.phase == "presale" {
            return seen.game;
        }
    }
}

/// The rows are what the table booked, all of it, with nothing left to explain.
#[track_caller]
fn assert_true(recorded: &BrowserRecording) {
    let (file, ledger) = (&recorded.file, &recorded.ledger);
    assert_booked(file, ledger);
    let taken = |row: &&LedgerRow| !matches!(row.event, AccountEvent::Correct { .. });
    let booked: Vec<_> = ledger.iter().filter(taken).collect();
    let rows = confirmed(file);
    assert_eq!(rows.len(), booked.len(), "{ledger:#?}\n{file:#?}");
    for (row, booked) in rows.iter().zip(booked) {
        assert_eq!(row.entry_price, booked.after.entry_price, "{row:#?}");
        match booked.event {
            AccountEvent::Buy { amount, price } => {
                assert_eq!(
                    (row.amount, row.executed_price),
                    (Some(amount), Some(price))
                );
            }
            AccountEvent::Sell { percent, price } => {
                assert_eq!(
                    (row.sell_percent, row.executed_price),
                    (Some(percent), Some(price))
                );
            }
            AccountEvent::PlaceSidebet { stake, tick } => {
                assert_eq!((row.amount, row.executed_tick), (Some(stake), Some(tick)));
            }
            AccountEvent::Liquidate { price } => assert_eq!(row.executed_price, Some(price)),
            _ => {}
        }
    }
    let end = ledger.last().unwrap().after.balance;
    assert_eq!(file.meta.end_balance, end);
    let wrong = &recorded.replayed.disagreements;
    assert!(wrong.is_empty(), "{wrong:#?}\n{file:#?}");
    recorded.has_all_fields();
}

#[test]
fn what_is_pressed_in_the_page_is_recorded_as_the_table_booked_it() {
    let Some(program) = chromium::program() else {
        return;
    };
    let seed = seed_of(1_285, &[60..100, 60..100, 60..100, 60..100]);
    let mut evening = BrowserSession::start(&program, seed, SPEED, &[]);
    let mut hand = evening.open();
    let last = play(&evening, &mut hand);
    let recorded = evening.end(&last);

    assert_true(&recorded);
    let file = &recorded.file;
    assert_eq!((file.meta.drift_count, file.drifts.len()), (0, 0));
    assert_eq!(file.meta.start_balance, Decimal::ONE);
    for row in &file.actions {
        let result = matches!(
            row.action,
            ActionKind::SidebetWin | ActionKind::SidebetLose | ActionKind::Liquidated
        );
        let source = if result {
            ActionSource::Server
        } else {
            ActionSource::Browser
        };
        assert_eq!(
            (row.source, row.acked_at.is_some()),
            (source, !result),
            "{row:#?}"
        );
    }
    let has = |kind, phase, status| {
        let rows = &file.actions;
        rows.iter()
            .any(|row| (row.action, row.phase, row.status) == (kind, phase, status))
    };
    for (kind, phase, status) in [
        (ActionKind::Buy, Phase::Presale, ActionStatus::Confirmed),
        (
            ActionKind::SidebetPlace,
            Phase::Presale,
            ActionStatus::Confirmed,
        ),
        (ActionKind::Buy, Phase::Active, ActionStatus::Confirmed),
        (ActionKind::Buy, Phase::Active, ActionStatus::Refused),
        (ActionKind::Sell, Phase::Active, ActionStatus::Confirmed),
        (
            ActionKind::SidebetPlace,
            Phase::Active,
            ActionStatus::Confirmed,
        ),
    ] {
        assert!(has(kind, phase, status), "{kind:?} {phase:?} {status:?}");
    }
    let same = recorded.same_games();
    let whole = file.game_ids();
    // The page may have come after the start of the first one.
    assert!(
        whole.len() >= 3 && whole[1..].iter().all(|id| same.contains(&id)),
        "{same:?}"
    );
}

#[test]
fn a_reload_another_tab_and_another_browser_lose_and_invent_nothing() {
    let Some(program) = chromium::program() else {
        return;
    };
    let seed = seed_of(1, &[60..400, 60..400, 60..400, 60..400]);
    let mut evening = BrowserSession::start(&program, seed, SPEED, &[]);
    let mut hand = evening.open();
    let first = presale(&evening, &mut hand, "");
    assert!(order(&mut hand, "buy", "0.01"));
    evening.pace(SPEED);
    hand.until("page.phase === 'active' && page.tick >= 3");
    // Nearly no time goes by at the table, however long the browser takes.
    evening.pace(NEARLY_STILL);
    reload(&mut hand);
    assert!(order(&mut hand, "buy", "0.02"));
    assert!(order(&mut hand, "sell", "25"));

    evening.close(hand);
    evening.order_elsewhere("buyOrder", &json!({ "amount": 0.004 }));
    hand = evening.open();
    assert!(order(&mut hand, "buy", "0.03"));

    evening.restart(hand);
    hand = evening.open();
    assert!(order(&mut hand, "sell", "50"));
    assert_eq!(look(&mut hand).game, first, "all of it is one game");

    // The rug comes while no page is open.
    evening.close(hand);
    evening.pace(QUICK);
    process::until("the rug", || {
        let ledger = evening.ledger();
        matches!(ledger.last()?.event, AccountEvent::Liquidate { .. }).then_some(())
    });
    evening.pace(UNHURRIED);
    hand = evening.open();
    let last = presale(&evening, &mut hand, &first);
    assert!(order(&mut hand, "buy", "0.05"));
    evening.pace(SPEED);
    hand.until("page.phase === 'active' && page.tick >= 2");
    evening.pace(UNHURRIED);
    assert!(order(&mut hand, "sell", "100"));
    evening.pace(QUICK);
    let recorded = evening.end(&last);

    assert_true(&recorded);
    let file = &recorded.file;
    assert_eq!((file.meta.drift_count, file.drifts.len()), (0, 0));
    let d = |thousandths| Some(Decimal::new(thousandths, 3));
    let rows: Vec<_> = file
        .actions
        .iter()
        .map(|row| {
            let asked = match row.action {
                ActionKind::Buy => row.amount,
                _ => row.sell_percent,
            };
            (row.action, asked, row.source, row.acked_at.is_some())
        })
        .collect();
    let page = ActionSource::Browser;
    let (buy, sell) = (ActionKind::Buy, ActionKind::Sell);
    let expected = [
        (buy, d(10), page, true),
        (buy, d(20), page, true),
        (sell, d(25_000), page, true),
        // Elsewhere: the wallet shows it, and no answer was seen.
        (buy, d(4), page, false),
        (buy, d(30), page, true),
        (sell, d(50_000), page, true),
        (ActionKind::Liquidated, None, ActionSource::Server, false),
        (buy, d(50), page, true),
        (sell, d(100_000), page, true),
    ];
    assert_eq!(rows, expected);
    assert!(recorded.same_games().iter().any(|id| id.as_str() == last));
}

#[test]
fn what_vanishes_from_the_wallet_is_a_drift_of_the_page_too() {
    let Some(program) = chromium::program() else {
        return;
    };
    let seed = seed_of(1, &[40..400, 40..400, 40..400, 40..400]);
    let mut evening = BrowserSession::start(&program, seed, SPEED, &[Fault::Drift]);
    let mut hand = evening.open();
    let mut last = String::new();
    for _ in 0..2 {
        last = presale(&evening, &mut hand, &last);
        assert!(order(&mut hand, "buy", "0.05"));
        assert!(order(&mut hand, "sidebet", "0.004"));
        evening.pace(SPEED);
        hand.until("page.phase === 'active' && page.tick >= 2");
        evening.pace(UNHURRIED);
        assert!(order(&mut hand, "sell", "100"));
    }
    evening.pace(QUICK);
    let recorded = evening.end(&last);
    assert_true(&recorded);
    let taken = recorded
        .ledger
        .windows(2)
        .filter_map(|rows| match rows[1].event {
            AccountEvent::Correct { .. } => {
                Some((Some(rows[0].after.balance), Some(rows[1].after.balance)))
            }
            _ => None,
        });
    let drifts = recorded
        .file
        .drifts
        .iter()
        .map(|drift| (drift.local, drift.server));
    assert_eq!(drifts.collect::<Vec<_>>(), taken.collect::<Vec<_>>());
    assert_eq!(
        (recorded.file.drifts.len(), recorded.file.meta.drift_count),
        (2, 2)
    );
    for drift in &recorded.file.drifts {
        assert_eq!(
            (drift.field, drift.diff),
            (DriftField::Balance, Decimal::new(1, 2))
        );
        assert!(drift.cleared_at.is_some_and(|at| at >= drift.at));
    }
}
