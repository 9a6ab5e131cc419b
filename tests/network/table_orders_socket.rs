//! Orders over the real socket: the feed of this program at the practice table.

use std::io::{BufRead as _, Read as _, Write as _};
use std::net::TcpStream;

use pianola::account::{AccountEvent, Applied};
use pianola::feed::{Address, DisconnectReason, FeedEvent, RequestOutcome, WriteOutcome};
use pianola::protocol::{Ack, Counts, Request, SOL_ADDRESS, Trace, decode};
use pianola::table::{Fault, FaultyStream, GameStream, Speed, Table, TableConfig, TableSource};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::support::decimal::d;
use crate::support::feed_client::{Player, SOON, config, millis};
use crate::support::seeds::seed_of;
use crate::support::socket_watcher::Watcher;

/// Ticks of the first game: enough for everything that is done in it.
const LONG: std::ops::Range<u32> = 151..10_000;

const ME: &str = "did:privy:practice-0001";

fn table(faults: &[Fault]) -> Table {
    let config = TableConfig {
        seed: Some(seed_of(1, &[LONG])),
        // The presale takes two seconds then.
        speed: Speed::Times(5.0),
        faults: faults.to_vec(),
        ..TableConfig::default()
    };
    Table::start(config).unwrap()
}

fn trace() -> Trace {
    Trace {
        trace_id: "0123456789abcdef".repeat(2),
        span_id: "1".repeat(16),
    }
}

fn buy(amount: &str) -> Request {
    Request::Buy { amount: d(amount) }
}

fn bet(amount: &str) -> Request {
    Request::Sidebet {
        amount: d(amount),
        coin_address: SOL_ADDRESS.to_owned(),
        x_payout: d("5"),
    }
}

/// A player at the table, logged in.
fn sit_down(table: &Table, answer_millis: u64) -> Player {
    let mut config = config(Address::parse(&table.url()).unwrap());
    config.limits.answer = millis(answer_millis);
    let mut player = Player::start(config);
    player.until_ups(1);
    log_in(&mut player, 1);
    player
}

fn log_in(player: &mut Player, times: usize) {
    let login = Request::Authenticate(json!({ "token": "a token of mine" }));
    let written = player.send(login.name(), login.to_args(Some(&trace())));
    assert_eq!(written, WriteOutcome::Done(()));
    player.until("the login", SOON, |player| {
        player.events("usernameStatus").len() == times
    });
}

fn until_update(player: &mut Player, what: &str, key: &str) {
    player.until(what, SOON, |player| {
        let updates = player.events("gameStateUpdate");
        updates.iter().any(|args| args[0][key] == true)
    });
}

/// Sends an order and returns its ack.
fn order(player: &mut Player, request: &Request) -> Ack {
    let outcome = player.ask(request.name(), request.to_args(Some(&trace())));
    let RequestOutcome::Done(args) = outcome else {
        panic!("{request:?}: {outcome:?}");
    };
    assert_eq!(args.len(), 1);
    let mut counts = Counts::default();
    let ack = Ack::from_args(&args, &mut counts);
    assert_eq!(counts, Counts::default());
    ack
}

fn last_update(player: &Player) -> Value {
    player.events("playerUpdate").pop().unwrap().remove(0)
}

#[test]
fn orders_of_the_feed_are_executed_broadcast_and_acknowledged() {
    let table = table(&[]);
    let watcher = Watcher::connect(&table.url());
    let mut player = sit_down(&table, 5_000);
    until_update(&mut player, "the presale", "allowPreRoundBuys");
    let ack = order(&mut player, &buy("0.123456789"));
    assert!(ack.success && ack.message.is_none());
    // The ack comes after the messages of the order.
    player.read();
    assert_eq!(last_update(&player)["cash"], json!(0.876_543_211));
    assert_eq!(last_update(&player)["positionQty"], json!(0.123_456_789));
    let ack = order(&mut player, &bet("0.001"));
    assert_eq!(ack.message.as_deref(), Some("Side bet placed"));
    assert_eq!(ack.sidebet.unwrap().end_tick, Some(40));
    let refused = order(&mut player, &bet("0.001"));
    assert!(!refused.success);
    assert_eq!(
        refused.message.as_deref(),
        Some("you have a sidebet already")
    );
    until_update(&mut player, "the start", "active");
    let ack = order(
        &mut player,
        &Request::Sell {
            percentage: d("50"),
        },
    );
    assert!(ack.success);
    player.read();
    assert_eq!(last_update(&player)["positionQty"], json!(0.061_728_395));
    // Without an ack id, and without a trace, an order is an order all the same.
    let plain = buy("0.002");
    let written = player.send(plain.name(), plain.to_args(None));
    assert_eq!(written, WriteOutcome::Done(()));
    player.until("the trade", SOON, |_| table.ledger(ME).len() == 4);
    let rows = table.ledger(ME);
    let AccountEvent::Buy { amount, price } = rows[0].event else {
        panic!("{rows:?}");
    };
    assert_eq!((amount, price), (d("0.123456789"), Decimal::ONE));
    let mut own = pianola::account::Account::new(Decimal::ONE, []);
    for row in &rows {
        assert_ne!(own.apply(&row.event), None::<Applied>);
        assert_eq!(own.holding(), row.after);
    }
    // Every message was understood, and none had the token or another player.
    let mut counts = Counts::default();
    for message in player.finish() {
        if let FeedEvent::Event { name, args } = message.event {
            decode(&name, &args, &mut counts);
            assert!(!format!("{args:?}").contains("a token of mine"), "{name}");
        }
    }
    assert_eq!(counts, Counts::default());
    // A client without a login got the stream of the seed, as if there were no player.
    let mut stream = FaultyStream::new(GameStream::seeded(seed_of(1, &[LONG])), &[]);
    let seen = watcher.events();
    // A busy machine connects the watcher some steps after the start of the table.
    let mut expected = stream.greeting();
    for _ in 0..50 {
        if expected[0].args == seen[0].1 {
            break;
        }
        stream.next_step();
        expected = stream.greeting();
    }
    while expected.len() < seen.len() {
        expected.extend(stream.next_step().messages);
    }
    assert!(seen.len() > 100);
    for ((name, args), expected) in seen.iter().zip(&expected) {
        assert_eq!((name, args), (&expected.event, &expected.args));
    }
    assert_eq!(table.overrun(), 0);
}

#[test]
fn without_a_login_an_order_is_refused() {
    let table = table(&[]);
    let mut player = Player::start(config(Address::parse(&table.url()).unwrap()));
    player.until_ups(1);
    let ack = order(&mut player, &buy("0.01"));
    assert_eq!(ack.message.as_deref(), Some("you are not logged in"));
    player.finish();
}

#[test]
fn a_double_ack_confuses_no_later_order() {
    let table = table(&[Fault::DoubleAck]);
    let mut player = sit_down(&table, 5_000);
    until_update(&mut player, "the presale", "allowPreRoundBuys");
    for _ in 0..3 {
        assert!(order(&mut player, &buy("0.01")).success);
        assert!(!order(&mut player, &buy("50")).success);
    }
    assert_eq!(table.ledger(ME).len(), 3);
    assert_eq!(player.ups(), 1, "the connection stays");
    player.finish();
}

#[test]
fn after_a_lost_ack_the_account_shows_the_result_of_the_order() {
    let table = table(&[Fault::LostAck]);
    let mut player = sit_down(&table, 300);
    until_update(&mut player, "the presale", "allowPreRoundBuys");
    let request = buy("0.01");
    let outcome = player.ask(request.name(), request.to_args(Some(&trace())));
    assert_eq!(
        outcome,
        RequestOutcome::Unknown(DisconnectReason::AnswerOverdue)
    );
    player.until_ups(2);
    log_in(&mut player, 2);
    assert_eq!(last_update(&player)["id"], ME);
    assert_eq!(table.ledger(ME).len(), 1, "executed once");
    assert_eq!(last_update(&player)["totalInvested"], json!(0.01));
    player.finish();
}

#[test]
fn a_capture_takes_no_orders_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("capture.jsonl");
    let lines =
        [0, 3_600_000].map(|ts| json!({ "ts": ts, "event": "hello", "data": 1 }).to_string());
    std::fs::write(&path, lines.join("\n")).unwrap();
    let config_of_table = TableConfig {
        source: TableSource::Capture {
            path,
            looped: false,
        },
        ..TableConfig::default()
    };
    let table = Table::start(config_of_table).unwrap();
    let mut player = Player::start(config(Address::parse(&table.url()).unwrap()));
    player.until_ups(1);
    let written = player.send("authenticate", vec![json!({ "token": "t" })]);
    assert_eq!(written, WriteOutcome::Done(()));
    for request in [
        buy("0.01"),
        bet("0.01"),
        Request::Sell { percentage: d("1") },
    ] {
        let ack = order(&mut player, &request);
        let words = "this table plays a capture and takes no orders";
        assert_eq!((ack.success, ack.message.as_deref()), (false, Some(words)));
    }
    player.read();
    assert!(player.events("usernameStatus").is_empty() && player.events("playerUpdate").is_empty());
    assert_eq!(table.ledger(ME), []);
    assert_eq!(announcement(&table)["orders"], false);
    player.finish();
}

#[test]
fn a_practice_table_announces_that_it_takes_orders() {
    let announced = announcement(&table(&[]));
    let version = env!("CARGO_PKG_VERSION");
    let field = |keys: &str| announced[keys].clone();
    assert_eq!(
        [
            field("pianola"),
            field("orders"),
            field("paced"),
            field("speed"),
            field("seeded")
        ],
        [
            version.into(),
            true.into(),
            true.into(),
            json!(5),
            true.into()
        ]
    );
}

fn announcement(table: &Table) -> Value {
    let mut stream = TcpStream::connect(table.address()).unwrap();
    stream.set_read_timeout(Some(SOON)).unwrap();
    let request = "GET /pianola HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    serde_json::from_str(answer.split("\r\n\r\n").nth(1).unwrap()).unwrap()
}

/// Not even at `trace`, where the libraries below would write every frame.
#[test]
fn a_token_gets_into_no_log() {
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_pianola"))
        .args(["table", "--port", "0"])
        .env("PIANOLA_LOG", "trace")
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut url = String::new();
    let stdout = program.stdout.take().unwrap();
    std::io::BufReader::new(stdout).read_line(&mut url).unwrap();
    let mut errors = program.stderr.take().unwrap();
    let reader = std::thread::Builder::new().name("log".to_owned());
    let log = reader.spawn(move || {
        let mut text = String::new();
        errors.read_to_string(&mut text).unwrap();
        text
    });
    let log = log.unwrap();
    let mut player = Player::start(config(Address::parse(url.trim()).unwrap()));
    player.until_ups(1);
    log_in(&mut player, 1);
    player.finish();
    program.kill().unwrap();
    program.wait().unwrap();
    let log = log.join().unwrap();
    assert!(log.contains("a client comes"), "nothing was logged: {log}");
    assert!(!log.contains("a token of mine"), "{log}");
}
