//! The faults that only a player meets: which messages they get, and what becomes of their account.

use pianola::account::AccountEvent;
use pianola::protocol::number;
use pianola::table::{Fault, Message, StepKind};
use serde_json::{Value, json};

use crate::support::table_accounts::{
    self, OfflineTable, assert_all_read, f, first, messages_of, names, payload,
};

const PLAYER: &str = "playerUpdate";
const OWN: &str = "gameStatePlayerUpdate";
const TRADE: &str = "standard/newTrade";

/// A table at tick 2 of a game of at least 20 ticks.
fn table(faults: &[Fault]) -> OfflineTable {
    let mut table = OfflineTable::with_game(|tick| (20..40).contains(&tick), faults);
    table.until_tick(2);
    table
}

fn update(messages: &[Message], key: &str) -> f64 {
    f(&first(messages, PLAYER)[key])
}

fn deeds(table: &OfflineTable) -> Vec<AccountEvent> {
    let rows = table.accounts.ledger(&table.player());
    rows.iter().map(|row| row.event).collect()
}

#[test]
fn drift_takes_sol_once_in_each_game_and_for_good() {
    let mut table = table(&[Fault::Drift]);
    let messages = messages_of(&table.bet(0.1));
    assert_eq!(first(&messages, PLAYER)["cash"], json!(0.89));
    assert_eq!(
        first(&messages_of(&table.buy(0.1)), PLAYER)["cash"],
        json!(0.79)
    );
    assert!(matches!(
        deeds(&table)[..],
        [
            AccountEvent::PlaceSidebet { .. },
            AccountEvent::Correct { .. },
            AccountEvent::Buy { .. }
        ]
    ));
    table.until(|mark| mark == StepKind::Settled);
    table.until(|mark| mark == StepKind::Countdown(5_000));
    let before = table
        .accounts
        .ledger(&table.player())
        .last()
        .unwrap()
        .after
        .balance;
    // Half, where there is less than 0.01.
    let amount = before - number::parse("0.004").unwrap();
    let messages = messages_of(&table.buy(number::to_f64_lossy(amount)));
    assert_eq!(first(&messages, PLAYER)["cash"], json!(0.002));
}

#[test]
fn drift_qty_takes_tokens_after_the_first_buy() {
    let mut table = table(&[Fault::DriftQty]);
    table.bet(0.1);
    assert_eq!(deeds(&table).len(), 1, "only a buy");
    let messages = messages_of(&table.buy(0.1));
    let (bought, held) = (
        f(&first(&messages, TRADE)["qty"]),
        update(&messages, "positionQty"),
    );
    assert!((bought - held - 0.000_001).abs() < 1e-12, "{bought} {held}");
    let messages = messages_of(&table.buy(0.1));
    let more = f(&first(&messages, TRADE)["qty"]);
    assert!((update(&messages, "positionQty") - held - more).abs() < 1e-12);
    assert_eq!(deeds(&table).len(), 4);
}

#[test]
fn drift_cost_raises_the_average_cost_after_the_first_buy() {
    let mut table = table(&[Fault::DriftCost]);
    let messages = messages_of(&table.buy(0.1));
    let price = f(&first(&messages, TRADE)["price"]);
    assert!((update(&messages, "avgCost") / price - 1.01).abs() < 1e-7);
    assert_eq!(
        first(&messages, TRADE)["qty"],
        first(&messages, PLAYER)["positionQty"]
    );
    table.buy(0.1);
    assert_eq!(deeds(&table).len(), 3);
}

#[test]
fn a_lost_ack_is_the_first_of_each_game_and_the_order_is_executed() {
    let mut table = table(&[Fault::LostAck]);
    for _ in 0..2 {
        let answer = table.buy(0.1);
        assert!(answer.acks.is_empty());
        assert_eq!(names(&messages_of(&answer)), [TRADE, PLAYER, OWN]);
        assert_eq!(table.buy(0.1).acks, [json!({ "success": true })]);
        table.until(|mark| mark == StepKind::Genesis);
        table.until(|mark| mark == StepKind::Countdown(5_000));
    }
}

#[test]
fn a_double_ack_is_the_same_twice_of_one_order() {
    let mut table = table(&[Fault::DoubleAck]);
    let success = json!({ "success": true });
    assert_eq!(table.buy(0.1).acks, [success.clone(), success]);
    assert_eq!(deeds(&table).len(), 1);
    let refused = table.buy(0.0).acks;
    assert_eq!(refused.len(), 2);
    assert_eq!(refused[0], refused[1]);
}

#[test]
fn a_late_update_comes_three_steps_later() {
    let mut table = table(&[Fault::LatePlayerUpdate]);
    let answer = table.buy(0.1);
    assert_eq!(answer.acks.len(), 1);
    assert_eq!(names(&messages_of(&answer)), [TRADE, OWN]);
    for late in [false, false, true, false] {
        let (_, messages) = table.step();
        let expected: &[&str] = if late {
            &["gameStateUpdate", OWN, PLAYER]
        } else {
            &["gameStateUpdate", OWN]
        };
        assert_eq!(names(&messages), expected);
        if late {
            assert_eq!(first(&messages, PLAYER)["cash"], json!(0.9));
        }
    }
}

#[test]
fn own_trades_that_are_not_sent_happen_all_the_same() {
    let mut table = table(&[Fault::NoOwnTrade]);
    let messages = messages_of(&table.buy(0.1));
    assert_eq!(names(&messages), [PLAYER, OWN]);
    assert!(update(&messages, "positionQty") > 0.0);
    assert_eq!(names(&messages_of(&table.sell(50.0))), [PLAYER, OWN]);
    let rug = table.until(|mark| mark == StepKind::Rug);
    assert_eq!(names(&rug), [PLAYER, OWN, "gameStateUpdate", OWN]);
}

#[test]
fn a_refused_buy_changes_nothing_and_a_bet_is_accepted() {
    let mut table = table(&[Fault::RefuseBuy]);
    let answer = table.buy(0.1);
    assert_eq!(answer.acks[0]["success"], false);
    assert!(messages_of(&answer).is_empty() && deeds(&table).is_empty());
    assert_eq!(table.bet(0.1).acks[0]["success"], true);
}

#[test]
fn in_the_middle_of_the_game_the_connection_is_another_players() {
    let mut table = OfflineTable::with_game(|tick| tick == 24, &[Fault::OtherPlayer]);
    let first_player = table.player();
    table.until_tick(5);
    table.buy(0.1);
    let messages = table.until_tick(12);
    assert_eq!(
        names(&messages),
        ["gameStateUpdate", OWN, "usernameStatus", PLAYER]
    );
    let status = first(&messages, "usernameStatus");
    assert_eq!(status["id"], "did:privy:practice-0002");
    assert_eq!(first(&messages, PLAYER)["id"], status["id"]);
    assert_eq!(first(&messages, PLAYER)["cash"], json!(1));
    assert_eq!(first(&messages, PLAYER)["positionQty"], json!(0));
    let messages = messages_of(&table.buy(0.2));
    assert_eq!(first(&messages, TRADE)["playerId"], status["id"]);
    // The position of the player before is sold at the rug, too, without a message.
    let rug = table.until(|mark| mark == StepKind::Rug);
    assert_eq!(names(&rug), [TRADE, PLAYER, OWN, "gameStateUpdate", OWN]);
    assert_eq!(first(&rug, TRADE)["playerId"], status["id"]);
    assert_eq!(table.accounts.ledger(&first_player).len(), 2);
    assert_all_read(&table);
}

#[test]
fn updates_lack_one_field_each_in_turn() {
    let mut table = table(&[Fault::AbsentFields]);
    let all = table_accounts::keys(first(
        &messages_of(&table.login(table_accounts::CONNECTION, "one")),
        PLAYER,
    ))
    .len();
    assert_eq!(all, 26);
    let mut absent = Vec::new();
    for _ in 0..3 {
        let messages = messages_of(&table.buy(0.01));
        let update = first(&messages, PLAYER);
        let fields = ["cash", "positionQty", "avgCost"];
        let gone: Vec<_> = fields
            .into_iter()
            .filter(|key| update.get(*key).is_none())
            .collect();
        assert_eq!(gone.len(), 1, "{update}");
        absent.extend(gone);
    }
    absent.sort_unstable();
    assert_eq!(absent, ["avgCost", "cash", "positionQty"]);
}

/// A wrong price that was sent is the price of the trade, too.
#[test]
fn faults_of_the_stream_work_together_with_orders() {
    let mut table = OfflineTable::with_game(|tick| tick > 20, &[Fault::BadPrice, Fault::Double]);
    let shown = table.until_tick(3);
    assert_eq!(
        names(&shown)[..4],
        ["gameStateUpdate", OWN, "gameStateUpdate", OWN]
    );
    let messages = messages_of(&table.buy(0.1));
    let price = &first(&shown, "gameStateUpdate")["price"];
    assert_eq!(&first(&messages, TRADE)["price"], price);
    assert_ne!(price, &Value::Null);

    let mut table = OfflineTable::with_game(
        |tick| tick > 20,
        &[Fault::Drop, Fault::NoGenesis, Fault::LateFull],
    );
    let mut updates = 0;
    for _ in 0..600 {
        let (step, messages) = table.step();
        if let StepKind::Tick { tick: 5, .. } = step.kind {
            assert!(messages.iter().all(|message| payload(message).is_object()));
            assert_eq!(table.buy(0.001).acks[0]["success"], true);
        }
        let names = names(&messages);
        let own = names.iter().filter(|name| **name == OWN).count();
        let public = names
            .iter()
            .filter(|name| **name == "gameStateUpdate")
            .count();
        let forced = usize::from(names.contains(&TRADE));
        assert_eq!(own, public + forced, "{:?}: {names:?}", step.kind);
        updates += public;
    }
    assert!(updates > 400);
    assert_all_read(&table);
}
