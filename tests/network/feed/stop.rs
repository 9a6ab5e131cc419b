//! Stop within one second, at any moment. With the default limits.

use std::time::{Duration, Instant};

use pianola::feed::{
    Address, DisconnectReason, Feed, FeedConfig, FeedEvent, FeedState, RequestOutcome, WriteOutcome,
};
use serde_json::{Value, json};

use crate::support::bad_server::{self, BadServer, OPEN, Socket};
use crate::support::feed_client::{Player, SOON, check_order, config, eventually, millis};

/// Runs a feed for many sampled times and stops it; returns whether it was ever up.
fn stop_at_many_moments(config: &FeedConfig, with_requests: bool) -> bool {
    let mut was_up = false;
    let mut times = Vec::new();
    for step in 0..25 {
        let moment = millis(step * step / 2);
        let (feed, mut queue) = Feed::start(config.clone()).unwrap();
        let start = Instant::now();
        let mut outcomes = Vec::new();
        eventually("the moment", SOON, || {
            if with_requests {
                outcomes.push(feed.sender().request(1, "order", vec![json!(1)]));
                outcomes.truncate(64);
            }
            start.elapsed() >= moment
        });
        let stopping = Instant::now();
        feed.stop();
        let took = stopping.elapsed();
        times.push((took, moment));
        let mut seen = Vec::new();
        while let Ok(message) = queue.try_recv() {
            seen.push(message);
        }
        check_order(&seen);
        was_up |= seen.iter().any(|message| message.event == FeedEvent::Up);
        for mut outcome in outcomes {
            assert!(outcome.try_recv().is_ok(), "a request without outcome");
        }
    }
    // The rule is one second. An overloaded machine (measured: seven busy threads on two cores) may
    // hold one of them back; what hangs takes as long as one of the feed's other limits: two and more.
    times.sort();
    eprintln!("stopping took at most {:?}", times.last());
    let (worst, third) = (times[24], times[22]);
    assert!(third.0 < Duration::from_secs(1), "{times:?}");
    assert!(worst.0 < millis(1900), "{times:?}");
    was_up
}

#[test]
fn on_a_good_connection_with_unanswered_requests() {
    let server = BadServer::welcoming(|mut socket| {
        while socket.event(r#"["tick",1]"#).is_some() && socket.look().is_ok() {}
    });
    assert!(stop_at_many_moments(
        &FeedConfig::new(server.address()),
        true
    ));
}

#[test]
fn while_the_server_takes_tcp_and_never_answers() {
    let server = BadServer::start(bad_server::ServerConnection::hold);
    assert!(!stop_at_many_moments(
        &FeedConfig::new(server.address()),
        false
    ));
}

#[test]
fn during_a_tls_handshake_that_never_ends() {
    let server = BadServer::start(bad_server::ServerConnection::hold);
    let address = Address::parse(&format!("https://127.0.0.1:{}", server.port())).unwrap();
    assert!(!stop_at_many_moments(&FeedConfig::new(address), false));
}

#[test]
fn while_the_servers_agreement_is_awaited() {
    let server = BadServer::start(|connection| {
        if let Some(mut socket) = connection.websocket() {
            socket.say(OPEN);
            socket.listen();
        }
    });
    assert!(!stop_at_many_moments(
        &FeedConfig::new(server.address()),
        false
    ));
}

#[test]
fn during_the_pause_between_attempts() {
    let server = BadServer::start(drop);
    let mut config = FeedConfig::new(server.address());
    config.limits.backoff_first = SOON;
    config.limits.backoff_max = SOON;
    assert!(!stop_at_many_moments(&config, false));
}

#[test]
fn a_stop_while_an_answer_is_awaited_makes_it_unknown() {
    let server = BadServer::welcoming(|mut socket| socket.listen());
    let mut player = Player::start(FeedConfig::new(server.address()));
    player.until_ups(1);
    let mut outcome = player
        .feed
        .sender()
        .request(player.connection(), "order", vec![]);
    eventually("the order", SOON, || {
        server.received(0).iter().any(|text| text.contains("order"))
    });
    assert!(outcome.try_recv().is_err(), "no outcome yet");
    let seen = player.finish();
    assert_eq!(
        outcome.try_recv(),
        Ok(RequestOutcome::Unknown(DisconnectReason::Stopped))
    );
    let last = seen.last().map(|message| &message.event);
    assert_eq!(
        last,
        Some(&FeedEvent::Down {
            why: DisconnectReason::Stopped
        })
    );
}

#[test]
fn a_stop_while_a_write_is_stuck() {
    let server = BadServer::welcoming(Socket::sulk);
    let mut player = Player::start(FeedConfig::new(server.address()));
    player.until_ups(1);
    // More than the socket buffers of both ends take while the server reads nothing.
    let large = Value::String("x".repeat(16 << 20));
    let mut outcome = player
        .feed
        .sender()
        .emit(player.connection(), "large", vec![large]);
    // The write has begun, or the stop meets it waiting: both are ends.
    let moment = Instant::now();
    eventually("a moment", SOON, || moment.elapsed() > millis(300));
    assert!(outcome.try_recv().is_err(), "stuck");
    player.finish();
    assert!(matches!(
        outcome.try_recv(),
        Ok(WriteOutcome::Unknown(_) | WriteOutcome::NotConnected)
    ));
}

#[test]
fn a_stop_with_a_full_queue_still_delivers_the_end() {
    let server = BadServer::welcoming(|mut socket| {
        while socket.event(r#"["tick",1]"#).is_some() && socket.look().is_ok() {}
    });
    let mut config = config(server.address());
    config.queue = 4;
    let player = Player::start(config);
    let state = player.feed.state();
    eventually("down", SOON, || {
        matches!(*state.borrow(), FeedState::Down { .. })
    });
    let seen = player.finish();
    let last = seen.last().map(|message| &message.event);
    let why = DisconnectReason::QueueFull;
    assert_eq!(last, Some(&FeedEvent::Down { why }));
    assert_eq!(seen.len(), 5);
}

#[test]
fn dropping_the_feed_is_a_stop() {
    let server = BadServer::welcoming(|mut socket| socket.listen());
    let (feed, queue) = Feed::start(FeedConfig::new(server.address())).unwrap();
    let state = feed.state();
    eventually("up", SOON, || {
        matches!(*state.borrow(), FeedState::Up { .. })
    });
    drop(feed);
    assert_eq!(*state.borrow(), FeedState::Stopped);
    drop(queue);
    eventually("the goodbye", SOON, || {
        server.received(0).contains(&"41".to_owned())
    });
}
