//! Attempts that fail before a connection is established.

use std::time::{Duration, Instant};

use pianola::feed::DisconnectReason;

use super::bad_at_first;
use crate::support::bad_server::{BadServer, OPEN, ServerConnection};
use crate::support::feed_client::{Player, SOON, config, millis};

/// Expects that no connection is made within the limit, and that the third attempt is well.
fn attempts_fail(
    fail: impl Fn(ServerConnection) + Send + Sync + 'static,
) -> (DisconnectReason, Duration) {
    let server = bad_at_first(2, fail);
    let mut config = config(server.address());
    config.limits.connect = millis(700);
    config.limits.handshake = millis(700);
    // So that the state can be seen.
    config.limits.backoff_first = millis(100);
    let mut player = Player::start(config);
    let start = Instant::now();
    let (why, _) = player.until_state_down();
    let took = start.elapsed();
    player.until("well at last", SOON, |player| {
        player.events("well").len() == 1
    });
    assert_eq!(player.downs(), [], "never up, so never down");
    assert_eq!(server.connections(), 3);
    player.finish();
    (why, took)
}

fn in_time(took: Duration) {
    assert!(took >= millis(690) && took < millis(1300), "{took:?}");
}

#[test]
fn a_server_that_takes_tcp_and_never_answers() {
    let (why, took) = attempts_fail(ServerConnection::hold);
    assert_eq!(why, DisconnectReason::ConnectTimeout);
    in_time(took);
}

#[test]
fn a_server_without_open_packet() {
    let (why, took) = attempts_fail(|connection| {
        if let Some(mut socket) = connection.websocket() {
            socket.listen();
        }
    });
    assert_eq!(why, DisconnectReason::ConnectTimeout);
    in_time(took);
}

#[test]
fn a_server_without_namespace_answer() {
    let (why, took) = attempts_fail(|connection| {
        if let Some(mut socket) = connection.websocket() {
            socket.say(OPEN);
            // Events before the agreement belong to no connection.
            socket.event(r#"["well",1]"#);
            socket.listen();
        }
    });
    assert_eq!(why, DisconnectReason::HandshakeTimeout);
    in_time(took);
}

#[test]
fn a_server_that_leaves_before_the_namespace_answer() {
    let (why, took) = attempts_fail(|connection| {
        if let Some(mut socket) = connection.websocket() {
            socket.say(OPEN);
            socket.close_frame();
        }
    });
    assert!(
        matches!(
            why,
            DisconnectReason::ReaderGone
                | DisconnectReason::ServerError(_)
                | DisconnectReason::ConnectFailed(_)
        ),
        "{why:?}"
    );
    assert!(took < millis(690), "noticed by its end, not by the limit");
}

#[test]
fn an_open_packet_that_is_none() {
    let (why, _) = attempts_fail(|connection| {
        if let Some(mut socket) = connection.websocket() {
            socket.say("0{}");
            socket.listen();
        }
    });
    assert!(matches!(why, DisconnectReason::ConnectFailed(_)), "{why:?}");
}

#[test]
fn a_proxy_that_is_not_used_is_named_when_the_server_cannot_be_reached() {
    let address = BadServer::welcoming(|_| {}).address(); // It is gone at once.
    let mut config = config(address);
    assert_eq!(config.proxy, None, "to this computer leads no proxy");
    config.proxy = Some("HTTPS_PROXY");
    let mut player = Player::start(config);
    let (why, _) = player.until_state_down();
    player.finish();
    let DisconnectReason::WithoutProxy {
        why: direct,
        variable,
    } = &why
    else {
        panic!("{why:?}");
    };
    assert_eq!(*variable, "HTTPS_PROXY");
    assert!(
        matches!(**direct, DisconnectReason::ConnectFailed(_)),
        "{direct:?}"
    );
    let words = why.to_string();
    assert!(
        words.contains(". HTTPS_PROXY is set, but Pianola uses no proxy"),
        "{words}"
    );
}

#[test]
fn a_pause_ends_when_the_player_asks_for_it() {
    let server = bad_at_first(1, drop);
    let mut config = config(server.address());
    let hour = Duration::from_hours(1);
    (config.limits.backoff_first, config.limits.backoff_max) = (hour, hour);
    let mut player = Player::start(config);
    player.until_state_down();
    let retry = player.feed.retry_now();
    player.until("the next attempt", SOON, |player| {
        // The pause may begin a moment after its state.
        retry.now();
        !player.events("well").is_empty()
    });
    assert_eq!(server.connections(), 2);
    player.finish();
}
