//! The official Socket.IO client (Node) at the practice table: it sees the stream of the seed, event by event.
#![allow(clippy::unwrap_used, missing_docs)]

#[path = "support/captures.rs"]
mod captures;

use std::path::Path;
use std::process::Command;

use pianola::table::{Message, Script, Speed, Table, TableConfig};
use serde_json::Value;

const SEED: u64 = 2_026;

/// Whether node and its packages are there; if not, says so, or fails where they are required.
fn node_is_there() -> bool {
    let packages =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/js/node_modules/socket.io-client");
    let node = Command::new("node").arg("--version").output();
    let there = node.is_ok_and(|output| output.status.success()) && packages.is_dir();
    if !there {
        assert!(
            !captures::required("node"),
            "PIANOLA_REQUIRE says node: install it and run `npm ci` in tests/js"
        );
        eprintln!("skipped: no node, or no packages in tests/js (npm ci)");
    }
    there
}

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

fn watch(transport: &str, count: usize) {
    let config = TableConfig {
        seed: Some(SEED),
        speed: Speed::Times(100.0),
        ..TableConfig::default()
    };
    let table = Table::start(config).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/js/watch_table.mjs");
    let node = Command::new("node")
        .arg(script)
        .args([&table.url(), &count.to_string(), transport])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&node.stderr);
    assert!(
        node.status.success(),
        "{transport}: {}: {errors}",
        node.status
    );
    let text = String::from_utf8(node.stdout).unwrap();
    let seen: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(seen.len(), count);

    let mut stream = Script::seeded(SEED);
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
