//! The ledger of the practice table against an account kept beside it, and the shapes of its messages against the
//! transcripts of the real server.

use pianola::account::{Account, AccountEvent};
use pianola::protocol::number;
use pianola::table::StepKind;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::captures;
use crate::support::table_accounts::{
    self, OfflineTable, assert_all_read, first, keys, messages_of,
};

/// The account that the messages describe: every own trade and bet is repeated from its messages.
#[test]
fn the_ledger_is_the_account_that_the_messages_describe() {
    let mut own = Account::new(Decimal::ONE, []);
    let mut deeds: Vec<AccountEvent> = Vec::new();
    let mut table = OfflineTable::with_game(|tick| tick > 60, &[]);
    let player = table.player();
    let d = |value: &Value| number::from_json(value).unwrap();
    let mut rugs = 0;
    for round in 0..2_000_u32 {
        let (step, mut messages) = table.step();
        let selling = round % 11 == 0;
        match step.kind {
            StepKind::Countdown(timer) if timer < 10_000 && timer.is_multiple_of(2_000) => {
                messages.extend(messages_of(&table.buy(0.0123)));
            }
            StepKind::Tick { tick, .. } if selling => {
                messages.extend(messages_of(&table.sell(f64::from(10 + tick % 80))));
            }
            StepKind::Tick { tick, .. } if tick % 7 == 0 => {
                messages.extend(messages_of(&table.buy(0.007)));
            }
            StepKind::Tick { tick, .. } if tick % 5 == 0 => {
                // The update without the stake comes before the bet itself.
                messages.extend(messages_of(&table.bet(0.003)).into_iter().rev());
            }
            _ => {}
        }
        let forced = step.kind == StepKind::Rug;
        rugs += u32::from(forced);
        for message in &messages {
            let payload = table_accounts::payload(message);
            let ours = payload["playerId"] == player.as_str();
            let deed = match message.event.as_str() {
                "standard/newTrade" if ours => {
                    let price = d(&payload["price"]);
                    match payload["type"].as_str().unwrap() {
                        "buy" => AccountEvent::Buy {
                            amount: d(&payload["amount"]),
                            price,
                        },
                        _ if forced => AccountEvent::Liquidate { price },
                        _ => {
                            let StepKind::Tick { tick, .. } = step.kind else {
                                panic!("a sell outside the game");
                            };
                            let percent = Decimal::from(10 + tick % 80);
                            AccountEvent::Sell { percent, price }
                        }
                    }
                }
                "currentSidebet" => AccountEvent::PlaceSidebet {
                    stake: d(&payload["betAmount"]),
                    tick: u32::try_from(payload["startTick"].as_u64().unwrap()).unwrap(),
                },
                "currentSidebetResult" if payload["payout"] == 0 => AccountEvent::LoseSidebet,
                "currentSidebetResult" => AccountEvent::WinSidebet,
                "playerUpdate" => {
                    let after = own.holding();
                    let double =
                        |value: Decimal| number::double_to_json(number::to_f64_lossy(value));
                    assert_eq!(payload["cash"], double(after.balance));
                    assert_eq!(payload["positionQty"], double(after.position_qty));
                    let cost = after.entry_price.unwrap_or_default();
                    assert_eq!(payload["avgCost"], double(cost));
                    continue;
                }
                _ => continue,
            };
            own.apply(&deed).unwrap();
            deeds.push(deed);
        }
    }
    let mut again = Account::new(Decimal::ONE, []);
    let rows = table.accounts.ledger(&player);
    for row in &rows {
        again.apply(&row.event).unwrap();
        assert_eq!(again.holding(), row.after);
    }
    let booked: Vec<AccountEvent> = rows.iter().map(|row| row.event).collect();
    assert_eq!(booked, deeds);
    assert!(
        rugs > 3 && deeds.len() > 100,
        "{rugs} rugs, {} deeds",
        deeds.len()
    );
    assert!(table.accounts.ledger("did:privy:practice-9999").is_empty());
    assert_all_read(&table);
}

/// The keys of an event in a transcript that fit, in their order.
fn real(file: &str, event: &str, fits: impl Fn(&Value) -> bool) -> Option<Value> {
    let lines = captures::lines(file)?;
    let mut payloads = lines.into_iter().filter(|line| line.event == event);
    let found = payloads.find_map(|mut line| line.args.pop().filter(&fits));
    Some(found.unwrap_or_else(|| panic!("no such {event} in {file}")))
}

#[test]
fn the_keys_and_their_order_are_those_of_the_real_messages() {
    const ORDERS: &str = "own-orders-transcribed.jsonl";
    const RUG: &str = "own-rug-transcribed.jsonl";
    const WHOLE: &str = "loggedin-1-game-2025-12-15.jsonl";
    if captures::folder().is_none() {
        return;
    }
    let real = |file, event, fits: fn(&Value) -> bool| real(file, event, fits).unwrap();
    let mut table = OfflineTable::with_game(|tick| (12..40).contains(&tick), &[]);
    let login = messages_of(&table.login(table_accounts::CONNECTION, "one"));
    table.until(|mark| mark == StepKind::Countdown(300));
    table.buy(0.01);
    let bet = table.bet(0.01);
    table.until(|mark| mark == StepKind::Countdown(200));
    let presale = table.until(|mark| mark == StepKind::Countdown(100));
    table.until_tick(3);
    let buy = messages_of(&table.buy(0.01));
    table.until_tick(7);
    let game = messages_of(&table.sell(50.0));
    let rug = table.until(|mark| mark == StepKind::Rug);

    let update = real(WHOLE, "playerUpdate", |_| true);
    assert_eq!(keys(first(&login, "playerUpdate")), keys(&update));
    for key in ["levelInfo", "xpBoost", "shitcoinBalances"] {
        assert_eq!(
            keys(&first(&login, "playerUpdate")[key]),
            keys(&update[key]),
            "{key}"
        );
    }
    let own = real(WHOLE, "gameStatePlayerUpdate", |own| {
        own.get("trades").is_some()
    });
    assert_eq!(keys(first(&login, "gameStatePlayerUpdate")), keys(&own));
    let rugpool = &first(&login, "gameStatePlayerUpdate")["rugpool"];
    assert_eq!(keys(rugpool), keys(&own["rugpool"]));
    assert_eq!(keys(&rugpool["config"]), keys(&own["rugpool"]["config"]));
    let status = real(ORDERS, "usernameStatus", |_| true);
    assert_eq!(keys(first(&login, "usernameStatus")), keys(&status));

    let trade = real(ORDERS, "standard/newTrade", |trade| {
        trade.get("username").is_some()
    });
    assert_eq!(keys(first(&buy, "standard/newTrade")), keys(&trade));
    let sell = real(
        "unauth-2-games-2025-12-14.jsonl",
        "standard/newTrade",
        |trade| trade["type"] == "sell",
    );
    assert_eq!(keys(first(&rug, "standard/newTrade")), keys(&sell));
    let placed = real(ORDERS, "currentSidebet", |bet| bet.get("level").is_some());
    assert_eq!(
        keys(first(&messages_of(&bet), "currentSidebet")),
        keys(&placed)
    );
    assert_eq!(keys(&bet.acks[0]), ["success", "message", "sidebet"]);
    assert_eq!(keys(&bet.acks[0]["sidebet"]), keys(&placed));
    let result = real(RUG, "currentSidebetResult", |_| true);
    assert_eq!(keys(first(&rug, "currentSidebetResult")), keys(&result));

    let entry = |messages| &first(messages, "gameStatePlayerUpdate")["leaderboardEntry"];
    let is_presale = |own: &Value| own["leaderboardEntry"]["regularPnl"].is_null();
    let row = real(ORDERS, "gameStatePlayerUpdate", is_presale);
    let row = &row["leaderboardEntry"];
    assert_eq!(keys(entry(&presale)), keys(row));
    assert_eq!(keys(&entry(&presale)["sideBet"]), keys(&row["sideBet"]));
    let row = real(RUG, "gameStatePlayerUpdate", |_| true);
    assert_eq!(keys(entry(&game)), keys(&row["leaderboardEntry"]));
    assert_all_read(&table);
}

#[test]
fn a_new_account_begins_with_the_play_money_that_its_login_asks_for() {
    let mut table = OfflineTable::new(5, &[]);
    let mut balance = |connection, asked: Value| {
        let login = json!({ "token": format!("token {connection}"), "startBalance": asked });
        let reply = table.handle(connection, "authenticate", &[login]);
        let messages: Vec<_> = reply
            .messages
            .into_iter()
            .map(|(_, message)| message)
            .collect();
        first(&messages, "playerUpdate")["cash"].clone()
    };
    assert_eq!(balance(1, json!("2.5")), json!(2.5));
    for (connection, asked) in [
        (2, json!(null)),
        (3, json!("0")),
        (4, json!("-1")),
        (5, json!("1001")),
        (6, json!("0.0000000001")),
        (7, json!("many")),
    ] {
        assert_eq!(balance(connection, asked), json!(1));
    }
    // Known by its token: the account goes on as it is.
    assert_eq!(balance(1, json!("9")), json!(2.5));
}
