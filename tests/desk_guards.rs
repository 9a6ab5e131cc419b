//! The guards of the orders, with a board, a desk and a day before them.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/sitting.rs"]
mod sitting;

use pianola::account::{ActionKind, ActionStatus, Guards, LocalWallet, Order, Rules};
use pianola::engine::Command;
use rust_decimal::Decimal;
use sitting::{GAME, Sitting, d, holding, playing};

const NEXT: &str = "20251228-0000000000000001";

fn guarded(mut sitting: Sitting, guards: Guards) -> Sitting {
    let rules = Rules {
        guards,
        ..Rules::default()
    };
    sitting.core.command(Command::Limits(rules), sitting.now);
    sitting
}

fn refusal(sitting: &Sitting) -> String {
    let rows = sitting.rows();
    let last = rows.last().unwrap();
    assert_eq!(last.status, ActionStatus::Refused, "{last:?}");
    last.reason.clone().unwrap()
}

fn held(sitting: &Sitting) -> Decimal {
    sitting.view().held().unwrap().position_qty
}

#[test]
fn a_hand_that_presses_for_ever_is_held_after_thirty_orders() {
    let mut sitting = Sitting::local(LocalWallet::full());
    sitting.presale(GAME);
    for _ in 0..30 {
        sitting.buy("0.001");
    }
    assert_eq!(held(&sitting), d("0.03"));
    sitting.buy("0.001");
    assert!(refusal(&sitting).contains("30 orders within a minute"));
    // A refused one is none that was sent: a minute after the first there is room.
    for _ in 0..100 {
        sitting.buy("0.001");
    }
    sitting.later(60_000);
    sitting.buy("0.001");
    assert_eq!(held(&sitting), d("0.031"));
}

#[test]
fn after_the_loss_of_the_day_nothing_is_staked_and_what_is_held_is_sold() {
    let guards = Guards {
        max_loss_a_day: Some(d("0.3")),
        ..Guards::default()
    };
    let mut sitting = guarded(Sitting::local(LocalWallet::full()), guards);
    sitting.presale(GAME);
    sitting.buy("0.31");
    assert!(refusal(&sitting).contains("0.31 SOL could be lost"));
    sitting.buy("0.2");
    sitting.bet("0.2");
    assert!(refusal(&sitting).contains("0.4 SOL could be lost"));
    sitting.tick(GAME, 0, "1");
    sitting.rug(GAME, 1, "0.5");
    sitting.presale(NEXT);
    sitting.buy("0.21");
    assert!(
        refusal(&sitting).contains("0.31 SOL could be lost"),
        "0.1 is gone"
    );
    sitting.buy("0.2");
    assert_eq!(held(&sitting), d("0.2"));
    sitting.tick(NEXT, 0, "1");
    sitting.sell("100");
    sitting.tick(NEXT, 1, "1");
    assert_eq!(held(&sitting), Decimal::ZERO);
    let guarded = sitting.core.view(
        pianola::feed::State::Stopped,
        pianola::recording::RecorderState::default(),
        sitting.now,
    );
    assert_eq!(guarded.guarded.earned_today, d("-0.1"));
    assert_eq!(guarded.guarded.orders, 3);
}

#[test]
fn a_price_that_is_gone_from_the_board_is_not_paid_and_a_bad_fill_is_told() {
    let guards = Guards {
        slippage_percent: Some(d("4")),
        ..Guards::default()
    };
    // The price is 1.25.
    let mut sitting = guarded(playing(), guards);
    let buy = Order::Buy { amount: d("0.1") };
    assert_eq!(sitting.press_at(Some("1.2"), buy), None);
    assert!(refusal(&sitting).contains("4.17 % worse"));
    assert!(sitting.press_at(Some("1.21"), buy).is_some());
    sitting.core.take_said();
    sitting.tick(GAME, 11, "1.5");
    sitting.trade("buy", "0.066666666", "0.1", 11, "1.5");
    assert_eq!(
        sitting.core.take_said(),
        ["BUY: filled 20 % worse than when it was pressed"]
    );
    // It is told once, whatever else comes of it.
    sitting.ack(sitting::ok());
    sitting.update("0.9", "0.066666666", "1.5");
    assert_eq!(sitting.core.take_said(), [""; 0]);
}

#[test]
fn the_emergency_stop_stops_buys_sells_and_sidebets() {
    let mut sitting = holding();
    sitting
        .core
        .command(Command::EmergencyStop(true), sitting.now);
    assert_eq!(sitting.buy("0.1"), None);
    assert!(refusal(&sitting).contains("emergency stop"));
    assert_eq!(sitting.sell("100"), None);
    assert_eq!(sitting.bet("0.1"), None);
    sitting.later(3_600_000);
    assert_eq!(sitting.sell("100"), None);
    sitting
        .core
        .command(Command::EmergencyStop(false), sitting.now);
    assert!(sitting.sell("100").is_some());
    let told = sitting.core.take_said();
    assert!(told[0].starts_with("Emergency stop"), "{told:?}");
    let refused = sitting.rows();
    let refused = refused.iter().filter(|row| {
        row.status == ActionStatus::Refused && row.action != ActionKind::SidebetPlace
    });
    assert_eq!(refused.count(), 3);
}
