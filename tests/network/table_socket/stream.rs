//! What a client receives: snapshot, stream, announcement, pace.

use std::net::TcpStream;
use std::time::{Duration, Instant};

use pianola::table::{FaultyStream, GameStream, Message};

use super::{SEED, get, table, wait};
use crate::support::socket_watcher::{Seen, Watcher};

/// At least `enough` messages of the seed, as the first client gets them.
fn expected(enough: usize) -> Vec<Seen> {
    let mut stream = FaultyStream::new(GameStream::seeded(SEED), &[]);
    let mut messages = stream.greeting();
    while messages.len() < enough {
        messages.extend(stream.next_step().messages);
    }
    messages
        .into_iter()
        .map(|Message { event, args }| (event, args))
        .collect()
}

#[test]
fn no_other_computer_reaches_the_table() {
    let table = table(1.0, &[]);
    assert!(table.address().ip().is_loopback());
    // This computer's address for others; without a network there is none to try.
    let outside = std::net::UdpSocket::bind("0.0.0.0:0")
        .and_then(|socket| socket.connect("192.0.2.1:9").map(|()| socket))
        .and_then(|socket| socket.local_addr());
    if let Ok(outside) = outside.map(|address| address.ip())
        && !outside.is_loopback()
        && !outside.is_unspecified()
    {
        let port = table.address().port();
        assert!(TcpStream::connect((outside, port)).is_err(), "{outside}");
    }
}

#[test]
fn the_first_client_gets_the_snapshot_and_then_every_message_of_the_seed() {
    let table = table(100.0, &[]);
    let watcher = Watcher::connect(&table.url());
    let seen = watcher.wait("three hundred events", |events| events.len() >= 300);
    let expected = expected(seen.len());
    for (number, (seen, expected)) in seen.iter().zip(&expected).enumerate() {
        assert_eq!(seen, expected, "event {number}");
    }
    table.stop();
}

#[test]
fn a_second_client_gets_a_snapshot_and_from_then_on_the_same() {
    let table = table(50.0, &[]);
    let first = Watcher::connect(&table.url());
    first.wait("the first game runs", |events| events.len() >= 220);
    let second = Watcher::connect(&table.url());
    wait("both are there", || table.clients() == 2);
    let theirs = second.wait("some of the game", |events| events.len() >= 100);
    // The snapshot and six banners, then what the first one sees.
    let greeting = 7;
    let game_id = &theirs[greeting].1[0]["gameId"];
    let same = &theirs[greeting..];
    let ours = first.wait("the same at the first client", |events| {
        events.iter().any(|event| *event == same[same.len() - 1])
    });
    let from = ours.iter().position(|event| *event == same[0]).unwrap();
    assert_eq!(&ours[from..from + same.len()], same);
    let snapshot = &theirs[0].1[0];
    assert_eq!(&snapshot["gameId"], game_id);
    let before = ours[..from]
        .iter()
        .rev()
        .find(|(name, _)| name == "gameStateUpdate")
        .unwrap();
    for key in ["tickCount", "price", "leaderboard"] {
        if let Some(value) = before.1[0].get(key) {
            assert_eq!(
                &snapshot[key], value,
                "{key}: a snapshot shows nothing that is not due yet"
            );
        }
    }
}

#[test]
fn the_table_announces_itself_beside_the_stream() {
    let table = table(1.0, &[]);
    let answer = get(&table, "/pianola", "");
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    let body = answer.split("\r\n\r\n").nth(1).unwrap();
    let json: serde_json::Value = serde_json::from_str(body.trim()).unwrap();
    assert_eq!(json["pianola"], env!("CARGO_PKG_VERSION"));
    assert_eq!(json["paced"], true);
    assert_eq!(
        table.url(),
        format!("http://127.0.0.1:{}", table.address().port())
    );
}

#[test]
fn no_message_comes_before_it_is_due() {
    let table = table(100.0, &[]);
    let start = Instant::now();
    let watcher = Watcher::connect(&table.url());
    let mut stream = GameStream::seeded(SEED);
    let mut micros = 0;
    // When each message is due, by the clock of the game.
    let mut due = vec![0; stream.greeting().len()];
    while due.len() < 1_500 {
        let step = stream.next_step();
        micros += step.delay_micros;
        due.extend(step.messages.iter().map(|_| micros));
    }
    // How late they come depends on the machine; the unit test of the schedule shows that lateness does not add up.
    watcher.wait("fifteen hundred events", |events| {
        let took = start.elapsed();
        let newest = events.len().min(due.len());
        let ideal = Duration::from_micros(due[newest.saturating_sub(1)] / 100);
        assert!(
            took + Duration::from_millis(20) >= ideal,
            "{took:?}, at the earliest {ideal:?}"
        );
        events.len() >= due.len()
    });
}
