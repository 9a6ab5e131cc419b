//! Clients that are refused, cut off, silent or slow, and the end of the table.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use pianola::capture::CaptureConfig;
use pianola::feed::{Address, Feed, FeedConfig, FeedEvent};
use pianola::protocol::pace::{STEP_EVENT, TABLE_EVENT, is_control_event};
use pianola::protocol::{Announcement, Pace, Trace};
use pianola::table::{
    Fault, GameStream, Speed, StepKind, Table, TableConfig, TableError, TableSource,
};
use serde_json::json;

use super::{SEED, get, table, wait};
use crate::support::socket_watcher::{LIMIT, Seen, Watcher};

/// Asks for a WebSocket; returns the start of the answer.
fn upgrade(table: &Table, headers: &str) -> String {
    let mut stream = TcpStream::connect(table.address()).unwrap();
    stream.set_read_timeout(Some(LIMIT)).unwrap();
    write!(
        stream,
        "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\n{headers}Connection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    .unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn foreign_pages_are_refused() {
    let table = table(1.0, &[]);
    // No request reaches the source: the clock of the table does not start.
    for path in [
        "/pianola",
        "/socket.io/?EIO=4&transport=polling",
        "/socket.io/?EIO=4&transport=polling&sid=none",
        "/",
        "/no/such/route",
    ] {
        for foreign in [
            "Origin: https://rugs.fun\r\n",
            "Origin: null\r\n",
            "Origin: http://127.0.0.1.evil.example\r\n",
            "Host: evil.example\r\n",
            // An image or a script of a page has no `Origin`.
            "Sec-Fetch-Site: cross-site\r\n",
            "Sec-Fetch-Site: same-site\r\n",
            "Sec-Fetch-Site: Cross-Site\r\n",
            "Origin: http://localhost:5173\r\nSec-Fetch-Site: cross-site\r\n",
            "Sec-Fetch-Site: none\r\nSec-Fetch-Site: cross-site\r\n",
        ] {
            let answer = get(&table, path, foreign);
            assert!(
                answer.starts_with("HTTP/1.1 403"),
                "{path} {foreign}: {answer}"
            );
        }
    }
    for path in ["/pianola", "/socket.io/?EIO=4&transport=polling"] {
        for own in [
            "Origin: http://localhost:5173\r\n",
            "Origin: http://127.0.0.1\r\n",
            "Origin: http://[::1]:80\r\n",
            // The user typed the address; and the table's own origin.
            "Sec-Fetch-Site: none\r\n",
            "Sec-Fetch-Site: same-origin\r\n",
            "",
        ] {
            let answer = get(&table, path, own);
            assert!(answer.starts_with("HTTP/1.1 200"), "{path} {own}: {answer}");
        }
    }
    // A page opens a WebSocket without asking; the table refuses it before the library sees it.
    for (headers, answer) in [
        ("Host: 127.0.0.1\r\n", "HTTP/1.1 101"),
        (
            "Host: 127.0.0.1\r\nOrigin: http://localhost:5173\r\n",
            "HTTP/1.1 101",
        ),
        (
            "Host: 127.0.0.1\r\nOrigin: https://evil.example\r\n",
            "HTTP/1.1 403",
        ),
        ("Host: 127.0.0.1\r\nOrigin: null\r\n", "HTTP/1.1 403"),
        // The page's own name was pointed at 127.0.0.1.
        (
            "Host: evil.example\r\nOrigin: http://evil.example\r\n",
            "HTTP/1.1 403",
        ),
        ("Host: evil.example\r\n", "HTTP/1.1 403"),
        (
            "Host: 127.0.0.1\r\nSec-Fetch-Site: cross-site\r\n",
            "HTTP/1.1 403",
        ),
        (
            "Host: 127.0.0.1\r\nSec-Fetch-Site: same-site\r\n",
            "HTTP/1.1 403",
        ),
        (
            "Host: 127.0.0.1\r\nOrigin: http://localhost\r\nOrigin: http://evil.example\r\n",
            "HTTP/1.1 403",
        ),
    ] {
        assert_eq!(upgrade(&table, headers), answer, "{headers}");
    }
    let refused = Watcher::try_connect(&table.url(), Some("https://evil.example"));
    assert!(refused.is_err());
    assert!(Watcher::try_connect(&table.url(), Some("http://localhost")).is_ok());
    assert_eq!(table.received(), Vec::<String>::new());
}

#[test]
fn what_is_no_order_is_heard_and_not_answered() {
    let table = table(1.0, &[]);
    let watcher = Watcher::connect(&table.url());
    watcher.wait("the greeting", |events| events.len() >= 7);
    let trace = Trace {
        trace_id: "0".repeat(32),
        span_id: "1".repeat(16),
    };
    watcher.emit("chatHistory", vec![trace.to_json()]);
    watcher.emit(
        "getLeaderboard",
        vec![trace.to_json(), json!({"period": "7d"})],
    );
    wait("both are heard", || {
        table.received() == ["chatHistory", "getLeaderboard"]
    });
    assert!(
        watcher
            .events()
            .iter()
            .all(|(name, _)| name.contains("Update") || name.starts_with("new"))
    );
}

#[test]
fn a_cut_drops_every_client_and_the_table_goes_on() {
    let table = table(20.0, &[]);
    let watcher = Watcher::connect(&table.url());
    watcher.wait("the greeting", |events| events.len() >= 7);
    table.cut();
    watcher.wait_for_the_end();
    assert_eq!(table.clients(), 0);
    let again = Watcher::connect(&table.url());
    let seen = again.wait("a greeting again", |events| events.len() >= 20);
    assert!(seen[0].1[0]["prices"].is_array());
    assert_eq!((table.clients(), table.overrun()), (1, 0));
}

#[test]
fn the_fault_cut_drops_the_clients_in_the_middle_of_the_game() {
    let table = table(200.0, &[Fault::Cut]);
    let watcher = Watcher::connect(&table.url());
    let seen = watcher.wait_for_the_end();
    let last = seen
        .iter()
        .rev()
        .find(|(name, _)| name == "gameStateUpdate");
    let mut stream = GameStream::seeded(SEED);
    let rug = loop {
        if let StepKind::Tick { rug_tick, .. } = stream.next_step().kind {
            break u64::from(rug_tick);
        }
    };
    // Nothing comes after the cut; what was still in the queue is lost.
    assert!(last.is_none_or(|(_, args)| {
        args[0]["tickCount"]
            .as_u64()
            .is_none_or(|tick| tick <= rug / 2)
    }));
    assert_eq!(table.clients(), 0);
}

#[test]
fn a_client_that_stops_reading_is_dropped_and_hinders_no_other() {
    let table = table(1_000.0, &[]);
    let mut stuck = TcpStream::connect(table.address()).unwrap();
    stuck.set_read_timeout(Some(LIMIT)).unwrap();
    let handshake = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n\
        Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stuck.write_all(handshake.as_bytes()).unwrap();
    let mut buffer = [0u8; 1_024];
    assert!(stuck.read(&mut buffer).unwrap() > 0);
    // A masked text frame "40", the mask being zero: the Socket.IO connect.
    stuck
        .write_all(&[0x81, 0x82, 0, 0, 0, 0, b'4', b'0'])
        .unwrap();
    wait("it is connected", || table.clients() == 1);
    let start = Instant::now();
    wait("it is dropped", || table.overrun() == 1);
    assert!(start.elapsed() < LIMIT);
    let watcher = Watcher::connect(&table.url());
    watcher.wait("the stream goes on", |events| events.len() > 100);
}

#[test]
fn a_player_that_never_answers_stops_the_table_for_some_seconds_and_not_for_ever() {
    let table = table(1_000.0, &[]);
    let start = Instant::now();
    let address = Address::parse(&table.url()).unwrap();
    let config = FeedConfig {
        pace: Some(Pace::Step),
        ..FeedConfig::new(address)
    };
    let (feed, mut messages) = Feed::start(config).unwrap();
    wait("the player is there", || table.clients() == 1);
    let watcher = Watcher::connect(&table.url());
    watcher.wait("the stream goes on", |events| events.len() >= 100);
    let held = start.elapsed();
    assert!(held >= Duration::from_secs(6), "{held:?}");
    // There is a step event after the greeting and after every step since.
    let mut asked = 0;
    while let Ok(message) = messages.try_recv() {
        asked += usize::from(
            matches!(message.event, FeedEvent::Event { name, .. } if name == STEP_EVENT),
        );
    }
    assert!(asked > 2, "{asked}");
    // A client that did not name a pace gets no step events.
    assert!(watcher.events().iter().all(|(name, _)| name != STEP_EVENT));
    feed.stop();
}

/// A feed at the table that names a pace; its raw capture goes into `folder`.
fn feed_at(
    table: &Table,
    pace: Pace,
    folder: &std::path::Path,
) -> (Feed, pianola::feed::MessageQueue) {
    let address = Address::parse(&table.url()).unwrap();
    let config = FeedConfig {
        pace: Some(pace),
        capture: Some(CaptureConfig::beside(&folder.join(pace.as_str()), true)),
        ..FeedConfig::new(address)
    };
    Feed::start(config).unwrap()
}

#[test]
fn a_client_that_names_its_pace_learns_what_the_table_is_and_every_change_of_its_speed() {
    let table = table(50.0, &[]);
    let folder = tempfile::tempdir().unwrap();
    let watcher = Watcher::connect(&table.url());
    watcher.wait("the greeting", |events| events.len() >= 7);
    let mut feeds = [Pace::Free, Pace::Stream].map(|pace| feed_at(&table, pace, folder.path()));
    wait("all are there", || table.clients() == 3);
    let mut seen = [Vec::new(), Vec::new()];
    let mut read_until = |what: &str, wanted: &dyn Fn(&Seen) -> bool| {
        let start = Instant::now();
        for ((_, messages), seen) in feeds.iter_mut().zip(&mut seen) {
            loop {
                match messages.try_recv().map(|message| message.event) {
                    Ok(FeedEvent::Event { name, args }) => {
                        seen.push((name, args));
                        if wanted(&seen[seen.len() - 1]) {
                            break;
                        }
                    }
                    Ok(_) => {}
                    Err(_) => std::thread::yield_now(),
                }
                assert!(start.elapsed() < LIMIT, "{what}");
            }
        }
    };
    let ticks = |(_, args): &Seen| args[0]["tickCount"].as_u64();
    read_until("a tick", &|event| ticks(event) >= Some(2));
    table.set_speed(Speed::Times(100.0)).unwrap();
    read_until("the new speed", &|(name, _)| name == TABLE_EVENT);
    table.set_speed(Speed::Max).unwrap();
    read_until("full speed", &|(name, _)| name == TABLE_EVENT);
    read_until("the game goes on", &|event| ticks(event).is_some());
    for (feed, _) in feeds {
        feed.stop();
    }

    let last_of = |seen: &Vec<Seen>| seen.last().unwrap().clone();
    let last = seen.each_ref().map(last_of);
    let plain = watcher.wait("all that the feeds saw", |events| {
        last.iter().all(|event| events.contains(event))
    });
    assert!(plain.iter().all(|(name, _)| !is_control_event(name)));
    for seen in seen {
        let announced = seen.iter().filter(|(name, _)| name == TABLE_EVENT);
        let announced: Vec<Announcement> = announced
            .map(|(_, args)| serde_json::from_value(args[0].clone()).unwrap())
            .collect();
        let speeds = announced.iter().map(|table| table.speed);
        assert_eq!(
            speeds.collect::<Vec<_>>(),
            [Some(50.into()), Some(100.into()), None]
        );
        let is_ours = |table: &Announcement| table.seeded && table.orders && table.paced;
        assert!(announced.iter().all(is_ours), "{announced:?}");
        assert_eq!(seen[0].0, TABLE_EVENT, "before the snapshot");
        // Beside them it is the stream that every client sees: seven messages of greeting, then the same.
        let game: Vec<_> = seen
            .iter()
            .filter(|(name, _)| !is_control_event(name))
            .collect();
        let from = plain.iter().position(|event| event == game[7]).unwrap();
        assert!(plain[from..].iter().zip(&game[7..]).all(|(a, b)| a == *b));
    }
    // A capture keeps what the table said about itself, so that an import knows it.
    for pace in [Pace::Free, Pace::Stream] {
        let captures = std::fs::read_dir(folder.path().join(pace.as_str()).join(".captures"));
        for file in captures.unwrap() {
            let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
            assert!(text.contains("gameStateUpdate"));
            let announced = text.lines().filter(|line| line.contains(TABLE_EVENT));
            assert_eq!(announced.count(), 3, "one for each speed");
        }
    }
}

#[test]
fn a_table_stops_at_any_moment_and_its_port_is_free_again() {
    for clients in [0, 2] {
        let table = table(50.0, &[]);
        let port = table.address().port();
        let watchers: Vec<_> = (0..clients)
            .map(|_| Watcher::connect(&table.url()))
            .collect();
        let taken = TableConfig {
            port,
            ..TableConfig::default()
        };
        assert!(matches!(
            Table::start(taken.clone()),
            Err(TableError::Listen { .. })
        ));
        let start = Instant::now();
        table.stop();
        assert!(
            start.elapsed() < Duration::from_secs(2),
            "{:?}",
            start.elapsed()
        );
        for watcher in &watchers {
            watcher.wait_for_the_end();
        }
        drop(watchers);
        Table::start(taken).unwrap().stop();
    }
}

#[test]
fn a_table_that_cannot_run_says_why() {
    for speed in [0.0, -1.0, 0.01, 1_001.0, f64::NAN, f64::INFINITY] {
        let config = TableConfig {
            speed: Speed::Times(speed),
            ..TableConfig::default()
        };
        let error = Table::start(config).unwrap_err();
        assert!(error.to_string().contains("0.1 to 1000"), "{error}");
    }
    assert!(matches!(
        TableConfig::default().source,
        TableSource::Practice
    ));
}
