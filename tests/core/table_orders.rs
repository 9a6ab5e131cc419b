//! The accounts of the practice table, step by step without a socket: which messages a player gets, in which order.

use pianola::table::{Accounts, StepKind};
use serde_json::{Value, json};

use crate::support::table_accounts::{
    CONNECTION, OfflineTable, assert_all_read, f, first, is_in_the_trace, last, messages_of, names,
    payload, trace,
};

const UPDATE: &str = "gameStateUpdate";
const OWN: &str = "gameStatePlayerUpdate";
const PLAYER: &str = "playerUpdate";
const TRADE: &str = "standard/newTrade";
const PLACED: &str = "currentSidebet";
const RESULT: &str = "currentSidebetResult";

#[test]
fn a_login_is_answered_in_order_and_within_its_trace() {
    let mut table = OfflineTable::new(3, &[]);
    table.until(|mark| mark == StepKind::Countdown(7_400));
    let answer = table.login(CONNECTION, "my secret token");
    assert!(answer.acks.is_empty());
    let messages = messages_of(&answer);
    assert_eq!(names(&messages), [PLAYER, OWN, "usernameStatus"]);
    assert_eq!(first(&messages, OWN)["trades"], json!([]));
    assert_eq!(
        first(&messages, OWN)["rugpool"].as_object().unwrap().len(),
        10
    );
    assert!(is_in_the_trace(&messages[2]));
    assert_eq!(
        *payload(&messages[2]),
        json!({ "id": "did:privy:practice-0001", "hasUsername": true, "username": "practice" })
    );
    assert_eq!(first(&messages, PLAYER)["cash"], json!(1));
    assert_eq!(first(&messages, PLAYER)["id"], "did:privy:practice-0001");
    let said = format!("{messages:?} {:?}", table.accounts);
    assert!(!said.contains("secret"), "the token is said or kept");
    // Later ones have no `trades`, and a login without a trace gets none.
    let (_, messages) = table.step();
    assert_eq!(names(&messages), [UPDATE, OWN]);
    assert!(first(&messages, OWN).get("trades").is_none());
    let answer = table.handle(2, "authenticate", &[json!({ "token": "another" })]);
    let (connection, status) = answer.messages.last().unwrap();
    assert_eq!((*connection, status.args.len()), (2, 1));
    assert_eq!(status.args[0]["username"], "practice-2");
    assert_all_read(&table);
}

#[test]
fn a_client_that_only_watches_gets_the_unchanged_steps() {
    let mut table = OfflineTable::new(3, &[]);
    table.login(2, "another player");
    for _ in 0..400 {
        let (step, received) = table.step();
        assert_eq!(step.messages, received);
    }
}

#[test]
fn every_update_is_followed_by_the_own_one_and_the_start_is_framed() {
    let mut table = OfflineTable::with_game(|tick| tick > 5, &[]);
    let mut games = 0;
    while games < 3 {
        let (step, received) = table.step();
        match step.kind {
            StepKind::Start => {
                games += 1;
                assert_eq!(names(&received), [PLAYER, UPDATE, OWN, PLAYER]);
            }
            StepKind::Countdown(10_000) => assert_eq!(names(&received), [UPDATE, OWN, UPDATE, OWN]),
            // Without a position the rug is no more than a tick.
            _ => assert_eq!(names(&received), [UPDATE, OWN], "{:?}", step.kind),
        }
        let own = last(&received, OWN);
        assert_eq!(own["gameId"], last(&received, UPDATE)["gameId"]);
        assert!(
            own.get("leaderboardEntry").is_none(),
            "the player did not act"
        );
    }
    assert_all_read(&table);
}

#[test]
fn presale_buys_are_at_one_and_tick_zero_as_many_as_wanted() {
    let mut table = OfflineTable::with_game(|tick| tick > 5, &[]);
    table.until(|mark| mark == StepKind::Countdown(10_000));
    for number in 1..=2 {
        let answer = table.buy(0.002);
        assert_eq!(answer.acks, [json!({ "success": true })]);
        let messages = messages_of(&answer);
        assert_eq!(names(&messages), [TRADE, PLAYER, OWN]);
        assert!(is_in_the_trace(&messages[0]));
        let trade = first(&messages, TRADE);
        assert_eq!(trade["price"], json!(1));
        assert_eq!(trade["tickIndex"], json!(0));
        assert_eq!(trade["qty"], trade["amount"]);
        let update = first(&messages, PLAYER);
        assert!((f(&update["positionQty"]) - 0.002 * f64::from(number)).abs() < 1e-12);
        assert_eq!(update["pnlPercent"], json!(0));
        assert!(first(&messages, OWN).get("leaderboardEntry").is_none());
    }
    assert_eq!(table.sell(100.0).acks[0]["success"], false);
    // The row is that of the message before, and in the presale it has no parts.
    let (_, messages) = table.step();
    assert!(first(&messages, OWN).get("leaderboardEntry").is_none());
    let (_, messages) = table.step();
    let entry = &first(&messages, OWN)["leaderboardEntry"];
    assert_eq!(entry["totalInvested"], json!(0.004));
    assert!(entry.get("regularPnl").is_none());
    // Still that of the last countdown with START, and with P&L from the first tick on.
    let start = table.until(|mark| mark == StepKind::Start);
    let entry = &last(&start, OWN)["leaderboardEntry"];
    assert!(entry.get("regularPnl").is_none());
    let (_, tick) = table.step();
    let entry = &last(&tick, OWN)["leaderboardEntry"];
    assert_eq!(entry["regularPnl"], json!(0), "at the price of tick 0");
    assert_all_read(&table);
}

#[test]
fn a_buy_in_the_game_is_sent_with_the_row_before_it() {
    let mut table = OfflineTable::with_game(|tick| tick > 20, &[]);
    table.until(|mark| mark == StepKind::Countdown(5_000));
    table.buy(0.002);
    let at = table.until_tick(6);
    let price = f(&first(&at, UPDATE)["price"]);
    let answer = table.buy(0.1234);
    assert_eq!(answer.acks, [json!({ "success": true })]);
    let messages = messages_of(&answer);
    assert_eq!(names(&messages), [TRADE, PLAYER, OWN]);
    let trade = first(&messages, TRADE);
    assert_eq!(trade["price"], first(&at, UPDATE)["price"]);
    assert_eq!(trade["tickIndex"], json!(6));
    // As in the transcript of 2025-12-28: the P&L of the old position at the price of this tick, in both.
    let (update, entry) = (
        first(&messages, PLAYER),
        &first(&messages, OWN)["leaderboardEntry"],
    );
    let old = 0.002 * price - 0.002;
    assert!((f(&update["cumulativePnL"]) - old).abs() < 2e-9);
    assert_eq!(entry["pnl"], update["cumulativePnL"]);
    assert_eq!(entry["pnlPercent"], update["pnlPercent"]);
    assert_eq!(entry["positionQty"], json!(0.002));
    assert_eq!(update["totalInvested"], json!(0.1254));
    assert_eq!(update["cash"], json!(0.8746));
    // One tick later the row is still the old one, then it is the new one.
    let (_, tick) = table.step();
    let mut later = last(&tick, OWN)["leaderboardEntry"].clone();
    // The others move on.
    later["position"] = entry["position"].clone();
    assert_eq!(&later, entry);
    let (_, tick) = table.step();
    let entry = &last(&tick, OWN)["leaderboardEntry"];
    assert_eq!(entry["positionQty"], update["positionQty"]);
    assert!(entry["position"].as_u64().unwrap() >= 1);
    // A half is sold.
    let messages = messages_of(&table.sell(50.0));
    assert_eq!(names(&messages), [TRADE, PLAYER, OWN]);
    let trade = first(&messages, TRADE);
    assert_eq!(
        (&trade["type"], &trade["tickIndex"]),
        (&json!("sell"), &json!(8))
    );
    assert!(trade.get("leverage").is_none());
    assert_eq!(
        first(&messages, OWN)["leaderboardEntry"]["positionQty"],
        update["positionQty"]
    );
    assert!(f(&first(&messages, PLAYER)["positionQty"]) < f(&update["positionQty"]));
    assert_all_read(&table);
}

#[test]
fn a_lost_sidebet_is_sent_after_its_last_tick_and_the_next_may_follow_at_once() {
    let mut table = OfflineTable::with_game(|tick| tick > 60, &[]);
    table.until_tick(4);
    let answer = table.bet(0.01);
    let messages = messages_of(&answer);
    assert_eq!(names(&messages), [PLAYER, PLACED]);
    assert!(is_in_the_trace(&messages[1]));
    let bet = first(&messages, PLACED);
    assert_eq!(
        answer.acks,
        [json!({ "success": true, "message": "Side bet placed", "sidebet": bet })]
    );
    assert_eq!(
        (&bet["startTick"], &bet["endTick"]),
        (&json!(4), &json!(44))
    );
    let update = first(&messages, PLAYER);
    assert_eq!(update["cash"], json!(0.99));
    assert_eq!(update["sideBet"]["end"], json!(44));
    for _ in 5..44 {
        let (_, received) = table.step();
        assert_eq!(names(&received), [UPDATE, OWN]);
    }
    let (step, received) = table.step();
    assert!(matches!(step.kind, StepKind::Tick { tick: 44, .. }));
    assert_eq!(names(&received), [UPDATE, OWN, RESULT, PLAYER]);
    let result = first(&received, RESULT);
    assert_eq!(
        (&result["payout"], &result["profit"]),
        (&json!(0), &json!(-0.01))
    );
    assert_eq!(result["tickIndex"], json!(4));
    let update = first(&received, PLAYER);
    assert_eq!(
        (&update["sideBet"], &update["sidebetPnl"]),
        (&Value::Null, &json!(-0.01))
    );
    assert_eq!(update["cash"], json!(0.99));
    let next = table.bet(0.02);
    assert_eq!(next.acks[0]["sidebet"]["startTick"], json!(44));
    assert_all_read(&table);
}

#[test]
fn at_the_rug_bet_and_position_are_closed_before_the_rug_is_sent() {
    let mut table = OfflineTable::with_game(|tick| (10..40).contains(&tick), &[]);
    table.until(|mark| mark == StepKind::Countdown(200));
    table.bet(0.001);
    table.until_tick(5);
    table.buy(0.5);
    let rug = table.until(|mark| mark == StepKind::Rug);
    assert_eq!(
        names(&rug),
        [RESULT, PLAYER, TRADE, PLAYER, OWN, UPDATE, OWN]
    );
    let (game, result, trade) = (first(&rug, UPDATE), first(&rug, RESULT), first(&rug, TRADE));
    assert_eq!(game["rugged"], true);
    assert_eq!(
        (&result["payout"], &result["profit"]),
        (&json!(0.005), &json!(0.004))
    );
    for key in ["tickIndex", "price"] {
        let of_game = if key == "price" { "price" } else { "tickCount" };
        assert_eq!(result[key], game[of_game]);
        assert_eq!(trade[key], game[of_game]);
    }
    assert_eq!(trade["type"], "sell");
    let updates: Vec<_> = rug
        .iter()
        .filter(|m| m.event == PLAYER)
        .map(payload)
        .collect();
    assert_eq!(updates[0]["cash"], json!(0.504));
    assert!(f(&updates[0]["positionQty"]) > 0.0);
    assert_eq!(updates[1]["positionQty"], json!(0));
    assert_eq!(updates[1]["avgCost"], json!(0));
    // Both own rows are still those of the last tick.
    assert!(f(&first(&rug, OWN)["leaderboardEntry"]["positionQty"]) > 0.0);
    assert_eq!(first(&rug, OWN), last(&rug, OWN));
    let settled = table.until(|mark| mark == StepKind::Settled);
    assert_eq!(names(&settled), [PLAYER, UPDATE, OWN]);
    let entry = &first(&settled, OWN)["leaderboardEntry"];
    assert_eq!(entry["positionQty"], json!(0));
    assert_eq!(entry["sidebetPnl"], json!(0.004));
    assert_eq!(entry["pnl"], first(&settled, PLAYER)["cumulativePnL"]);
    let own = f(&entry["pnl"]);
    assert!((1.0 + own - f(&first(&settled, PLAYER)["cash"])).abs() < 1e-8);
    // The next game begins without it.
    let (_, genesis) = table.step();
    assert!(first(&genesis, OWN).get("leaderboardEntry").is_none());
    assert_all_read(&table);
}

#[test]
fn a_rug_closes_a_position_or_a_bet_alone() {
    for (bet, buy, expected) in [
        (true, false, vec![RESULT, PLAYER, OWN, UPDATE, OWN]),
        (false, true, vec![TRADE, PLAYER, OWN, UPDATE, OWN]),
    ] {
        let mut table = OfflineTable::with_game(|tick| (10..40).contains(&tick), &[]);
        table.until_tick(3);
        if bet {
            table.bet(0.001);
        }
        if buy {
            table.buy(0.001);
        }
        assert_eq!(names(&table.until(|mark| mark == StepKind::Rug)), expected);
    }
}

#[test]
fn an_order_between_the_last_tick_and_the_rug_is_executed_at_the_last_tick() {
    let mut table = OfflineTable::with_game(|tick| tick > 5, &[]);
    table.until(|mark| matches!(mark, StepKind::Tick { tick, rug_tick } if tick + 1 == rug_tick));
    let answer = messages_of(&table.buy(0.01));
    let trade = first(&answer, TRADE);
    let tick = f(&trade["tickIndex"]);
    let rug = table.until(|mark| mark == StepKind::Rug);
    let ahead = f(&first(&rug, UPDATE)["tickCount"]) - tick;
    assert!((ahead - 1.0).abs() < f64::EPSILON, "{ahead}");
    assert_eq!(first(&rug, TRADE)["qty"], trade["qty"]);
}

#[test]
fn a_player_who_comes_back_with_the_token_finds_the_account_as_it_is_now() {
    let mut table = OfflineTable::with_game(|tick| (10..40).contains(&tick), &[]);
    table.until_tick(3);
    table.buy(0.5);
    table.accounts.retain_connections(|_| false);
    assert_eq!(table.accounts.player_id(CONNECTION), None);
    assert_eq!(
        table.buy(0.1).acks[0]["success"],
        false,
        "no player is logged in"
    );
    table.until(|mark| mark == StepKind::Rug);
    let stranger = table.handle(7, "authenticate", &[trace(), Value::Null]);
    assert_eq!(
        stranger.messages[0].1.args[0]["id"],
        "did:privy:practice-0002"
    );
    let again = table.login(9, "one");
    let update = &again.messages[0].1.args[0];
    assert_eq!(update["id"], "did:privy:practice-0001");
    assert_eq!(update["positionQty"], json!(0));
    assert!(f(&update["cash"]) > 0.5 && f(&update["cash"]) < 0.6);
    assert_eq!(table.accounts.ledger("did:privy:practice-0001").len(), 2);
    // Without a token a connection keeps its player; with another token it is another player.
    let same = table.handle(7, "authenticate", &[]);
    assert_eq!(same.messages[0].1.args[0]["id"], "did:privy:practice-0002");
    table.login(7, "one");
    assert_eq!(table.accounts.player_id(7), table.accounts.player_id(9));
    assert_all_read(&table);
}

#[test]
fn a_player_on_two_connections_gets_updates_on_both_and_the_answer_on_one() {
    let mut table = OfflineTable::with_game(|tick| tick > 10, &[]);
    table.login(2, "one");
    table.until_tick(3);
    let answer = table.buy(0.1);
    let connections: Vec<_> = answer
        .messages
        .iter()
        .map(|(connection, _)| *connection)
        .collect();
    assert_eq!(connections, [1, 1, 1, 2, 2, 2]);
    assert_eq!(answer.acks.len(), 1);
}

#[test]
fn the_account_unused_for_the_longest_time_is_deleted() {
    let mut table = OfflineTable::new(3, &[]);
    let market = table.stream.market();
    let login = |accounts: &mut Accounts, connection, token: String| {
        accounts.handle(
            connection,
            "authenticate",
            &[json!({ "token": token })],
            &market,
        );
        accounts.player_id(connection).unwrap().to_owned()
    };
    let stays = login(&mut table.accounts, 1, "stays".to_owned());
    let goes = login(&mut table.accounts, 2, "goes".to_owned());
    for number in 0..1_000 {
        login(&mut table.accounts, 2, format!("token {number}"));
    }
    assert_eq!(table.accounts.player_id(1), Some(stays.as_str()));
    assert_eq!(login(&mut table.accounts, 3, "stays".to_owned()), stays);
    assert_ne!(login(&mut table.accounts, 3, "goes".to_owned()), goes);
}
