//! The shapes of the practice table's messages: those of the real server, and readable without a remainder.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use pianola::protocol::{self, Counts, split_trace};
use pianola::table::{GameStream, Message};
use serde_json::Value;

use crate::support::captures;
use crate::support::table_steps::{keys, shape, updates};

#[test]
fn every_message_is_understood_without_a_remainder() {
    let mut counts = Counts::default();
    let mut stream = GameStream::seeded(77);
    let mut ticks = Vec::new();
    for number in 0..3_000 {
        let mut messages = stream.next_step().messages;
        if number % 50 == 0 {
            messages.extend(stream.greeting());
        }
        for Message { event, args } in messages {
            let known = protocol::decode(&event, &args, &mut counts).is_some();
            let banner = ["golden", "battle", "rugRoyale", "sidebetEvent"];
            assert!(
                known || banner.iter().any(|b| event.starts_with(b)),
                "{event}"
            );
            if event == "gameStateUpdate" && shape(&args[0]) == "TICK" {
                ticks.push(args[0].to_string().len());
            }
            if event == "maintenanceUpdate" {
                assert_eq!(args[1]["active"], false);
            }
        }
    }
    assert_eq!(counts, Counts::default());
    ticks.sort_unstable();
    let median = ticks[ticks.len() / 2];
    assert!(
        (3_000..=5_000).contains(&median),
        "a tick has {median} bytes"
    );
}

#[test]
fn a_snapshot_holds_every_price_so_far_and_nothing_that_is_to_come() {
    let mut stream = GameStream::seeded(12);
    let mut timers = BTreeSet::new();
    for _ in 0..1_200 {
        let step = stream.next_step();
        let greeting = stream.greeting();
        let names: Vec<_> = greeting.iter().map(|m| m.event.as_str()).collect();
        assert_eq!(
            names,
            [
                "gameStateUpdate",
                "goldenHourUpdate",
                "battleEventUpdate",
                "rugRoyaleUpdate",
                "sidebetEventUpdate",
                "battleEventUpdate",
                "maintenanceUpdate"
            ]
        );
        let snapshot = &greeting[0].args[0];
        let (_, last) = updates(std::slice::from_ref(&step)).last().unwrap();
        for key in [
            "gameId",
            "cooldownTimer",
            "allowPreRoundBuys",
            "leaderboard",
            "provablyFair",
            "connectedPlayers",
        ] {
            assert_eq!(snapshot[key], last[key], "{key}");
        }
        let prices = snapshot["prices"].as_array().unwrap();
        assert_eq!(
            prices.len() as u64,
            snapshot["tickCount"].as_u64().unwrap() + 1
        );
        assert_eq!(prices.last(), Some(&snapshot["price"]));
        if let Some(end) = last["partialPrices"]["endTick"].as_u64() {
            assert_eq!(prices.len() as u64, end + 1);
            assert_eq!(last["price"], snapshot["price"]);
            assert_eq!(
                (&last["active"], &last["rugged"]),
                (&snapshot["active"], &snapshot["rugged"])
            );
        }
        timers.insert(snapshot["cooldownTimer"].as_u64().unwrap());
    }
    assert!(timers.len() > 100);
}

#[test]
fn the_shapes_have_the_keys_of_the_real_server() {
    let Some(folder) = captures::folder() else {
        return;
    };
    let text = fs::read_to_string(folder.join("unauth-2-games-2025-12-14.jsonl")).unwrap();
    let real: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let mut shapes: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut others: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    let (mut rows, mut bets, mut placed) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for line in &real {
        let (event, data) = (line["event"].as_str().unwrap(), &line["data"]);
        if event == "gameStateUpdate" {
            shapes.insert(shape(data), keys(data));
            for row in data["leaderboard"].as_array().unwrap() {
                rows.insert(keys(row));
                bets.extend(row["sideBet"].is_object().then(|| keys(&row["sideBet"])));
            }
            for bet in data["gameHistory"][0]["globalSidebets"]
                .as_array()
                .into_iter()
                .flatten()
            {
                placed.insert(keys(bet));
            }
        } else if data.is_object() {
            let kind = data["type"].as_str().unwrap_or_default();
            others.insert((event.to_owned(), kind.to_owned()), keys(data));
        }
    }
    let mut compared = BTreeSet::new();
    let mut stream = GameStream::seeded(1);
    let mut messages = Vec::new();
    for _ in 0..2_000 {
        messages.extend(stream.next_step().messages);
    }
    messages.extend(stream.greeting());
    for Message { event, args } in &messages {
        let data = split_trace(args).1.unwrap();
        if event == "gameStateUpdate" {
            let shape = shape(data);
            assert_eq!(keys(data), shapes[shape], "{shape}");
            compared.insert(shape.to_owned());
            for row in data["leaderboard"].as_array().unwrap() {
                assert!(rows.contains(&keys(row)), "{row}");
                assert!(row["sideBet"].is_null() || bets.contains(&keys(&row["sideBet"])));
            }
            for bet in data["gameHistory"][0]["globalSidebets"]
                .as_array()
                .into_iter()
                .flatten()
            {
                assert!(placed.contains(&keys(bet)), "{bet}");
            }
        } else if let Some(real) = others.get(&(
            event.clone(),
            data["type"].as_str().unwrap_or_default().to_owned(),
        )) {
            assert_eq!(&keys(data), real, "{event}");
            compared.insert(event.clone());
        }
    }
    assert_eq!(compared.len(), 11, "{compared:?}");
}
