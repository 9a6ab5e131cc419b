//! The wire: every event of the captures and of the transcripts, typed; digits kept; what is absent stays absent.

use std::collections::BTreeMap;

use pianola::protocol::{
    Ack, Counts, Event, Request, SOL_ADDRESS, SidebetKind, Trace, TradeKind, decode,
};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::captures;
use crate::support::decimal::d;

fn read(name: &str, args: &Value) -> (Option<Event>, Counts) {
    let mut counts = Counts::default();
    let event = decode(name, args.as_array().unwrap(), &mut counts);
    (event, counts)
}

const ALL: [&str; 6] = [
    captures::STREAMS[0],
    captures::STREAMS[1],
    captures::STREAMS[2],
    "own-orders-transcribed.jsonl",
    "own-rug-transcribed.jsonl",
    "unauth-schema-2026-02-06.jsonl",
];

#[test]
fn every_event_of_the_captures_is_known_and_read() {
    let mut decoded: BTreeMap<String, u32> = BTreeMap::new();
    for name in ALL {
        let Some(lines) = captures::lines(name) else {
            return;
        };
        for line in lines {
            let mut counts = Counts::default();
            let event = decode(&line.event, &line.args, &mut counts);
            let lost = line
                .args
                .iter()
                .all(|arg| arg.get("__trace").is_some() || arg.is_null());
            if lost {
                // The recorder of this capture kept only the trace of some events.
                assert!(event.is_none());
                continue;
            }
            assert_eq!(
                counts,
                Counts::default(),
                "{name}: {} {:?}",
                line.event,
                line.args
            );
            if event.is_some() {
                *decoded.entry(line.event).or_default() += 1;
            }
        }
    }
    for (event, least) in [
        ("gameStateUpdate", 900),
        ("standard/newTrade", 40),
        ("playerUpdate", 6),
        ("gameStatePlayerUpdate", 180),
        ("currentSidebet", 3),
        ("currentSidebetResult", 3),
        ("newSideBet", 3),
        ("usernameStatus", 1),
        ("playerLeaderboardPosition", 1),
        ("maintenanceUpdate", 1),
    ] {
        let seen = decoded.get(event).copied().unwrap_or_default();
        assert!(
            seen >= least,
            "{event}: {seen} of at least {least} in {decoded:?}"
        );
    }
}

#[test]
fn the_transcribed_orders_have_the_digits_of_the_wire() {
    let Some(lines) = captures::lines("own-orders-transcribed.jsonl") else {
        return;
    };
    let mut counts = Counts::default();
    let events: Vec<Event> = lines
        .iter()
        .filter_map(|line| decode(&line.event, &line.args, &mut counts))
        .collect();
    let updates: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            Event::PlayerUpdate(update) => Some(update),
            _ => None,
        })
        .collect();
    assert_eq!(updates[0].cash, Some(d("0.352576572")));
    assert_eq!(updates[0].position_qty, Some(Decimal::ZERO));
    let after = updates
        .iter()
        .find(|u| u.position_qty == Some(d("0.003384584")))
        .unwrap();
    assert_eq!(after.avg_cost, Some(d("1.181828845")));
    assert_eq!(after.total_invested, Some(d("0.004")));

    let trade = events.iter().find_map(|event| match event {
        Event::NewTrade(trade) if trade.price == Some(d("1.4444769765026393")) => Some(trade),
        _ => None,
    });
    let trade = trade.unwrap();
    assert_eq!((trade.kind, trade.tick_index), (TradeKind::Buy, Some(16)));
    assert_eq!(
        (trade.amount, trade.qty),
        (Some(d("0.002")), Some(d("0.001384584")))
    );

    let result = events.iter().find_map(|event| match event {
        Event::SidebetResult(result) => Some(result),
        _ => None,
    });
    let result = result.unwrap();
    assert_eq!(result.kind, SidebetKind::Payout);
    assert_eq!(
        (result.payout, result.profit),
        (Some(d("0.005")), Some(d("0.004")))
    );
    assert_eq!((result.start_tick, result.end_tick), (Some(7), Some(47)));

    let rank = events.iter().find_map(|event| match event {
        Event::LeaderboardPosition(position) => Some(position),
        _ => None,
    });
    assert_eq!(rank.unwrap().pnl, Some(d("-0.015559657000000001")));
}

#[test]
fn the_trace_may_stand_first_or_not() {
    let payload = json!({"id": "did:privy:1", "hasUsername": true, "username": "Dutch"});
    let trace = json!({"__trace": true, "traceparent": "00-0-0-01"});
    let (plain, _) = read("usernameStatus", &json!([payload]));
    let (traced, _) = read("usernameStatus", &json!([trace, payload]));
    assert!(plain.is_some());
    assert_eq!(plain, traced);
    let (lost, counts) = read("usernameStatus", &json!([trace]));
    assert_eq!(lost, None);
    assert_eq!(counts.malformed_events["usernameStatus"], 1);
}

#[test]
fn absent_is_not_null_and_neither_is_zero() {
    let side_bet = |args: Value| match read("playerUpdate", &args).0.unwrap() {
        Event::PlayerUpdate(update) => (update.cash, update.side_bet),
        other => panic!("{other:?}"),
    };
    assert_eq!(side_bet(json!([{}])), (None, None));
    assert_eq!(
        side_bet(json!([{"cash": null, "sideBet": null}])),
        (None, Some(None))
    );
    assert_eq!(side_bet(json!([{"cash": 0}])), (Some(Decimal::ZERO), None));
    let Event::GameState(update) = read("gameStateUpdate", &json!([{"gameId": "g"}]))
        .0
        .unwrap()
    else {
        panic!("no update")
    };
    assert_eq!(
        (update.active, update.tick_count, update.price),
        (None, None, None)
    );
}

#[test]
fn numbers_keep_their_digits_exponents_included() {
    for (wire, digits) in [
        ("0.020000000000000018", "0.020000000000000018"),
        ("1.6263e-05", "0.000016263"),
        ("5e-9", "0.000000005"),
        ("1", "1"),
        ("0.9000000000000001", "0.9000000000000001"),
        ("1122.2782485733776", "1122.2782485733776"),
    ] {
        let text = format!(r#"[{{"gameId":"g","active":true,"tickCount":1,"price":{wire}}}]"#);
        let Some(Event::GameState(update)) =
            read("gameStateUpdate", &serde_json::from_str(&text).unwrap()).0
        else {
            panic!("{wire}")
        };
        assert_eq!(update.price.unwrap().to_string(), digits);
    }
}

#[test]
fn unknown_and_malformed_things_are_counted_by_name_and_cost_themselves_only() {
    let (event, counts) = read(
        "gameStateUpdate",
        &json!([{"gameId": "g", "price": "1", "tickCount": 3, "newKey": 1, "leaderboard": [{"id": 7, "pnl": 1}]}]),
    );
    let Some(Event::GameState(update)) = event else {
        panic!("no update")
    };
    assert_eq!((update.tick_count, update.price), (Some(3), None));
    assert_eq!(update.unreadable, ["price", "leaderboard"]);
    assert_eq!(update.leaderboard.unwrap()[0].pnl, Some(Decimal::ONE));
    assert_eq!(counts.unknown_keys["gameStateUpdate.newKey"], 1);
    assert_eq!(counts.malformed_keys["gameStateUpdate.price"], 1);

    let (event, counts) = read("nobodyKnows", &json!([{}]));
    assert_eq!(event, None);
    assert_eq!(counts.unknown_events["nobodyKnows"], 1);
    // Known and not used is not unknown.
    assert_eq!(
        read("newChatMessage", &json!([{}])),
        (None, Counts::default())
    );
    for args in [
        json!([]),
        json!([null]),
        json!([5]),
        json!([{}]),
        json!([{"gameId": 5}]),
    ] {
        let (event, counts) = read("gameStateUpdate", &args);
        assert_eq!(
            (event, counts.malformed_events["gameStateUpdate"]),
            (None, 1),
            "{args}"
        );
    }
}

#[test]
fn requests_stand_on_the_wire_as_the_browser_sends_them() {
    let trace = Trace {
        trace_id: "a".repeat(32),
        span_id: "b".repeat(16),
    };
    let buy = Request::Buy {
        amount: d("0.0020"),
    };
    assert_eq!(buy.name(), "buyOrder");
    let args = serde_json::to_string(&buy.to_args(Some(&trace))).unwrap();
    let traceparent = format!("00-{}-{}-01", "a".repeat(32), "b".repeat(16));
    assert_eq!(
        args,
        format!(r#"[{{"__trace":true,"traceparent":"{traceparent}"}},{{"amount":0.002}}]"#)
    );
    let sidebet = Request::Sidebet {
        amount: d("0.001"),
        coin_address: SOL_ADDRESS.to_owned(),
        x_payout: d("5"),
    };
    let text = serde_json::to_string(&sidebet.to_args(None)).unwrap();
    assert_eq!(
        text,
        format!(r#"[{{"amount":0.001,"coinAddress":"{SOL_ADDRESS}","xPayout":5}}]"#)
    );
    for request in [
        buy,
        Request::Sell {
            percentage: d("25"),
        },
        sidebet,
        Request::Authenticate(json!({"token": "opaque"})),
    ] {
        for trace in [None, Some(&trace)] {
            let args = request.to_args(trace);
            assert_eq!(
                Request::from_args(request.name(), &args),
                Ok(request.clone())
            );
        }
    }
    assert!(Request::from_args("buyOrder", &[json!({"amount": "1"})]).is_err());
    assert!(Request::from_args("dance", &[]).is_err());
}

#[test]
fn only_success_true_is_a_success() {
    let ack = |args: Value| Ack::from_args(args.as_array().unwrap(), &mut Counts::default());
    assert!(ack(json!([{"success": true}])).success);
    for args in [
        json!([]),
        json!([null]),
        json!([{"success": "true"}]),
        json!([{"success": 1}]),
        json!([true]),
    ] {
        assert!(!ack(args.clone()).success, "{args}");
    }
    let refused = ack(json!([{"success": false, "error": "too late"}]));
    assert_eq!(refused.message.as_deref(), Some("too late"));
    let placed = json!([{"success": true, "message": "Side bet placed", "sidebet": {
        "gameId": "g", "betAmount": 0.001, "startTick": 7, "endTick": 47, "type": "placed"}}]);
    assert_eq!(ack(placed).sidebet.unwrap().end_tick, Some(47));
}

/// Reads a `gameStateUpdate`; returns it with the texts that were cut.
fn read_update(update: &Value) -> (pianola::protocol::GameStateUpdate, Vec<String>) {
    let (event, counts) = read("gameStateUpdate", &json!([update]));
    let Some(Event::GameState(update)) = event else {
        panic!("{event:?}");
    };
    (*update, counts.cut_texts.into_keys().collect())
}

#[test]
fn texts_of_the_server_are_cut_by_characters_and_counted() {
    for letter in ["x", "é", "🚀"] {
        let text = |chars: usize| letter.repeat(chars);
        let message = |more: usize| {
            json!({
                "gameId": text(64 + more),
                "gameVersion": text(16 + more),
                "provablyFair": { "serverSeedHash": text(128 + more), "version": text(16 + more) },
                "gameHistory": [{
                    "id": text(64 + more),
                    "provablyFair": { "serverSeed": text(128), "serverSeedHash": text(128 + more) },
                }],
                "leaderboard": [{ "id": text(64 + more), "username": text(64 + more) }],
            })
        };
        let (whole, cut) = read_update(&message(0));
        assert_eq!(cut, Vec::<String>::new());
        let (short, cut) = read_update(&message(1));
        let keys = [
            "gameHistory",
            "gameId",
            "gameVersion",
            "leaderboard",
            "provablyFair",
        ];
        assert_eq!(cut, keys.map(|key| format!("gameStateUpdate.{key}")));
        assert_eq!(short.game_id.as_str().chars().count(), 64);
        assert_ne!(
            short.game_id, whole.game_id,
            "a cut id is not the id that it begins with"
        );
        let entry =
            |update: &pianola::protocol::GameStateUpdate| update.history.clone().unwrap().remove(0);
        assert_eq!(entry(&short).id, short.game_id, "cut alike everywhere");
        assert_eq!(entry(&short).hash, entry(&whole).hash);
        assert_eq!(
            (short.commitment, short.game_version),
            (whole.commitment, whole.game_version)
        );
        let row = &short.leaderboard.unwrap()[0];
        assert_eq!(row.username, Some(text(64)));
        assert_eq!(row.id.as_deref().unwrap().chars().count(), 64);
    }
    let name = "n".repeat(100);
    for (event, payload) in [
        (
            "usernameStatus",
            json!({ "id": "p", "hasUsername": true, "username": name }),
        ),
        (
            "standard/newTrade",
            json!({ "id": "t", "gameId": "g", "playerId": "p", "username": name, "type": "buy",
            "qty": 1, "tickIndex": 1, "coin": "solana", "amount": 1, "price": 1 }),
        ),
    ] {
        let (_, counts) = read(event, &json!([payload]));
        assert_eq!(counts.texts_cut(), 1, "{event}: {counts:?}");
    }
}

#[test]
fn half_a_seed_is_no_seed() {
    let (update, cut) = read_update(&json!({
        "gameId": "g", "gameHistory": [{ "id": "a", "provablyFair": { "serverSeed": "s".repeat(129) } }]
    }));
    assert_eq!(
        (update.history.unwrap()[0].seed.as_ref(), cut.len()),
        (None, 0)
    );
}

#[test]
fn of_a_history_the_ten_newest_entries_are_read() {
    let entries: Vec<Value> = (0..500)
        .map(|n| json!({ "id": format!("g-{n}") }))
        .collect();
    let (update, _) = read_update(&json!({ "gameId": "g", "gameHistory": entries }));
    let ids: Vec<_> = update
        .history
        .unwrap()
        .iter()
        .map(|entry| entry.id.to_string())
        .collect();
    assert_eq!(ids, (0..10).map(|n| format!("g-{n}")).collect::<Vec<_>>());
}
