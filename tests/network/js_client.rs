//! The official Socket.IO client (Node) at the practice table: it sees the stream of the seed, event by event.

use pianola::table::{Fault, GameStream, Message, Speed, Table, TableConfig};
use serde_json::Value;

use crate::support::node::{node_is_there, script};

const SEED: u64 = 2_026;

/// Numbers are equal as doubles, everything else as it is; JavaScript knows nothing else.
fn assert_equal(seen: &Value, expected: &Value, place: &str) {
    match (seen, expected) {
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert_eq!(a.to_bits(), b.to_bits(), "{place}");
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{place}");
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                assert_equal(a, b, &format!("{place}[{index}]"));
            }
        }
        (Value::Object(a), Value::Object(b)) => {
            assert!(a.keys().eq(b.keys()), "{place}: the keys, in their order");
            for (key, a) in a {
                assert_equal(a, &b[key], &format!("{place}.{key}"));
            }
        }
        _ => assert_eq!(seen, expected, "{place}"),
    }
}

/// Runs a script of `tests/js` with the official client; returns what it printed.
fn run(name: &str, args: &[&str]) -> String {
    let node = script(name).args(args).output().unwrap();
    let errors = String::from_utf8_lossy(&node.stderr);
    assert!(node.status.success(), "{args:?}: {}: {errors}", node.status);
    String::from_utf8(node.stdout).unwrap()
}

fn watch(transport: &str, count: usize) {
    let config = TableConfig {
        seed: Some(SEED),
        speed: Speed::Times(100.0),
        ..TableConfig::default()
    };
    let table = Table::start(config).unwrap();
    let text = run(
        "watch_table.mjs",
        &[&table.url(), &count.to_string(), transport],
    );
    let seen: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(seen.len(), count);

    let mut stream = GameStream::seeded(SEED);
    let mut expected = stream.greeting();
    while expected.len() < count {
        expected.extend(stream.next_step().messages);
    }
    for (number, (seen, Message { event, args })) in seen.iter().zip(&expected).enumerate() {
        let place = format!("{transport}, event {number}");
        assert_eq!(seen["event"], event.as_str(), "{place}");
        assert_eq!(
            seen["exact"], true,
            "{place}: written as JavaScript writes it"
        );
        assert_equal(&seen["args"], &Value::Array(args.clone()), &place);
    }
}

#[test]
fn the_official_client_sees_the_stream_of_the_seed_over_websocket() {
    if node_is_there() {
        watch("websocket", 600);
    }
}

#[test]
fn the_official_client_sees_the_stream_of_the_seed_over_polling() {
    if node_is_there() {
        watch("polling", 300);
    }
}

fn trade(transport: &str, faults: &[Fault]) -> Value {
    let config = TableConfig {
        seed: Some(SEED),
        // The presale takes two seconds then.
        speed: Speed::Times(5.0),
        faults: faults.to_vec(),
        ..TableConfig::default()
    };
    let table = Table::start(config).unwrap();
    let text = run("trade_at_table.mjs", &[&table.url(), transport]);
    assert_eq!(table.ledger("did:privy:practice-0001").len(), 1);
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_official_client_logs_in_buys_and_gets_its_ack() {
    if !node_is_there() {
        return;
    }
    for transport in ["websocket", "polling"] {
        let seen = trade(transport, &[]);
        let (trace, status) = (&seen["authenticated"][0], &seen["authenticated"][1]);
        assert_eq!(status["username"], "practice", "{transport}");
        let parent = trace["traceparent"].as_str().unwrap();
        assert!(parent.starts_with("00-0123456789abcdef0123456789abcdef-"));
        // The samples of what others do may come between.
        let ours = |event: &&Value| {
            event["event"] != "newSideBet"
                && (event["event"] != "standard/newTrade"
                    || event["args"][1]["username"] == "practice")
        };
        let received: Vec<&Value> = seen["told"]
            .as_array()
            .unwrap()
            .iter()
            .filter(ours)
            .collect();
        let names: Vec<&str> = received
            .iter()
            .map(|event| event["event"].as_str().unwrap())
            .collect();
        // The last ones; before the order was heard, another update may have come.
        let expected = ["standard/newTrade", "playerUpdate", "gameStatePlayerUpdate"];
        assert!(names.ends_with(&expected), "{transport}: {names:?}");
        let [.., update, _] = received.as_slice() else {
            panic!("{names:?}");
        };
        assert_eq!(update["args"][0]["cash"], serde_json::json!(0.876_543_211));
        assert_eq!(seen["ack"], serde_json::json!([{ "success": true }]));
        assert_eq!(seen["refused"]["success"], false);
        assert_eq!(seen["packets"].as_array().unwrap().len(), 2);
        assert_eq!(seen["inexact"], serde_json::json!([]));
    }
}

#[test]
fn the_fault_double_ack_answers_twice_on_the_wire() {
    if !node_is_there() {
        return;
    }
    let seen = trade("websocket", &[Fault::DoubleAck]);
    let packets = seen["packets"].as_array().unwrap();
    assert_eq!(packets.len(), 4, "{packets:?}");
    assert_eq!((&packets[0], &packets[2]), (&packets[1], &packets[3]));
    assert_eq!(packets[0], r#"30[{"success":true}]"#);
}
