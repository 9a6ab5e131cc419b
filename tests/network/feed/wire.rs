//! What goes over the wire: what we send (nothing by ourselves) and what arrives exactly.

use std::time::Duration;

use pianola::feed::{
    Address, DisconnectReason, FeedEvent, FeedState, RequestOutcome, WriteOutcome,
};
use serde_json::json;

use crate::support::bad_server::{self, BadServer};
use crate::support::feed_client::{Player, SOON, config, eventually, millis};

#[test]
fn an_anonymous_client_sends_protocol_packets_only() {
    let server = BadServer::welcoming(|mut socket| {
        for round in 0..3 {
            socket.event(&format!(r#"["tick",{round}]"#));
            socket.event(r#"["error",{"message":"x"}]"#);
            socket.event(r#"["question"]"#);
            // An event that wants an answer gets none.
            socket.say(r#"427["please answer",1]"#);
            socket.say("2");
            if socket.until(|text| text == "3").is_none() {
                return;
            }
        }
        match socket.number {
            0 => socket.close_frame(),
            1 => {
                socket.say("41");
                socket.listen();
            }
            _ => socket.listen(),
        }
    });
    let mut player = Player::start(config(server.address()));
    player.until("three connections", SOON, |player| {
        player.ups() == 3 && player.events("tick").len() == 9
    });
    // The three pongs to our pings and the one the library begins with.
    eventually("all pongs", SOON, || {
        server
            .received(2)
            .iter()
            .filter(|text| *text == "3")
            .count()
            == 4
    });
    let seen = player.finish();
    assert_eq!(seen.iter().filter(|m| m.event == FeedEvent::Up).count(), 3);
    eventually("the goodbye", SOON, || {
        server.received(2).contains(&"41".to_owned())
    });
    for text in server.received_by_all() {
        assert!(
            ["3", "40", "41", "1", "CLOSE"].contains(&text.as_str()),
            "the client sent {text:?}"
        );
    }
    for number in 0..3 {
        assert_eq!(server.received(number)[..2], ["3", "40"]);
    }
}

#[test]
fn address_headers_and_auth_are_sent_as_given() {
    let server = BadServer::welcoming(|mut socket| socket.listen());
    let url = format!("ws://localhost:{}?frontend-version=1.0", server.port());
    let mut config = config(Address::parse(&url).unwrap());
    config.headers.push(("x-extra".into(), "a b".into()));
    config.auth = Some(json!({"token": "t", "amount": 0.1}));
    let mut player = Player::start(config);
    player.until_ups(1);
    player.finish();
    let request = &server.requests()[0];
    assert!(
        request.starts_with("GET /socket.io/?frontend-version=1.0&EIO=4&transport=websocket\n"),
        "{request}"
    );
    assert!(request.contains("\nx-extra: a b\n"), "{request}");
    assert!(
        request.contains(concat!(
            "\nuser-agent: pianola/",
            env!("CARGO_PKG_VERSION"),
            "\n"
        )),
        "{request}"
    );
    assert!(
        !request.contains("origin:"),
        "only the live server gets one"
    );
    assert_eq!(server.received(0)[1], r#"40{"token":"t","amount":0.1}"#);
}

#[test]
fn numbers_keep_their_digits_in_both_directions() {
    const NUMBERS: &str =
        r"[0.020000000000000018,1.6263e-05,1,1.0,1e40,5e-324,-0.0,12345678901234567890123]";
    let server = BadServer::welcoming(|mut socket| {
        socket.event(&format!(r#"["numbers",{NUMBERS}]"#));
        socket.answer_all();
    });
    let mut player = Player::start(config(server.address()));
    player.until("the event", SOON, |player| {
        !player.events("numbers").is_empty()
    });
    let args = player.events("numbers").remove(0);
    // The library's number type writes a plus into exponents ("1e+40"); all digits are the wire's.
    let text = serde_json::to_string(&args[0]).unwrap();
    assert_eq!(text.replace("e+", "e"), NUMBERS);
    assert_eq!(args[0][0].to_string(), "0.020000000000000018");
    assert_eq!(args[0][1].to_string(), "1.6263e-05");
    assert_eq!(args[0][2].to_string(), "1");
    let RequestOutcome::Done(echo) = player.ask("echo", args.clone()) else {
        panic!("no answer");
    };
    assert_eq!(echo, args);
    let sent = server.received(0).pop().unwrap();
    assert!(
        sent.ends_with(&format!(r#"["echo",{text}]"#)),
        "sent {sent}"
    );
    player.finish();
}

#[test]
fn arrival_times_and_generations_are_stamped() {
    let server = BadServer::welcoming(|mut socket| {
        socket.event(r#"["a"]"#);
        if socket.number < 2 {
            socket.say("41");
        }
        socket.listen();
    });
    let before = chrono::Utc::now();
    let mut player = Player::start(config(server.address()));
    player.until("three connections", SOON, |player| {
        player.events("a").len() == 3
    });
    let seen = player.finish();
    let after = chrono::Utc::now();
    let generations: Vec<u64> = seen.iter().map(|message| message.generation).collect();
    assert_eq!(generations, [1, 1, 1, 2, 2, 2, 3, 3, 3]);
    assert!(seen.is_sorted_by_key(|message| message.at));
    assert!(seen.iter().all(|m| m.at >= before && m.at <= after));
}

#[test]
fn stale_is_shown_and_goes_with_the_next_event() {
    let server = BadServer::welcoming(|mut socket| {
        socket.event(r#"["a"]"#);
        // Speaks again only when asked.
        while socket.until(|text| text.starts_with("42")).is_some() {
            socket.event(r#"["b"]"#);
        }
    });
    let mut config = config(server.address());
    config.limits.stale = millis(400);
    let mut player = Player::start(config);
    player.until("up", SOON, |player| {
        matches!(player.state(), FeedState::Up { .. })
    });
    player.until("stale", SOON, |player| {
        matches!(player.state(), FeedState::Stale { .. })
    });
    let FeedState::Stale { since } = player.state() else {
        panic!("no longer stale without an event");
    };
    let event = player.seen.last().unwrap().at;
    assert!((since - event).abs() < chrono::TimeDelta::milliseconds(100));
    assert!(chrono::Utc::now() - since >= chrono::TimeDelta::milliseconds(390));
    assert_eq!(player.send("speak", vec![]), WriteOutcome::Done(()));
    player.until("up again", SOON, |player| {
        matches!(player.state(), FeedState::Up { .. })
    });
    assert_eq!(player.ups(), 1, "the connection stayed");
    player.finish();
}

#[test]
fn http_refusals_are_reported_with_the_whole_chain() {
    for (answer, expected) in [
        (
            "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n",
            "403 Forbidden",
        ),
        (
            "HTTP/1.1 301 Moved Permanently\r\nlocation: https://elsewhere.example\r\ncontent-length: 0\r\n\r\n",
            "301 Moved Permanently",
        ),
    ] {
        let server = BadServer::start(move |connection| connection.answer_http(answer));
        let mut player = Player::start(config(server.address()));
        let (why, _) = player.until_state_down();
        let DisconnectReason::ConnectFailed(text) = &why else {
            panic!("{why:?}");
        };
        assert!(text.starts_with("EngineIO Error: "), "{text}");
        assert!(text.contains(expected), "{text}");
        assert!(why.to_string().contains(expected), "{why}");
        eventually("another attempt", SOON, || server.connections() > 2);
        assert!(player.finish().is_empty(), "never up, so never down");
    }
}

#[test]
fn an_absent_server_is_reported_with_the_whole_chain() {
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .unwrap()
        .port();
    let address = Address::parse(&format!("http://127.0.0.1:{port}?key=hunter2-long")).unwrap();
    let mut config = config(address);
    config
        .headers
        .push(("cookie".into(), "hunter3-long".into()));
    config.auth = Some(json!("hunter4-long"));
    assert!(!format!("{config:?}").contains("hunter"));
    let mut player = Player::start(config);
    let (why, _) = player.until_state_down();
    let text = why.to_string();
    assert!(text.to_lowercase().contains("connection refused"), "{text}");
    assert!(!text.contains("hunter"), "{text}");
    player.finish();
}

#[test]
fn a_refusal_shows_the_servers_words_without_our_secrets_and_waits_longer() {
    let server = BadServer::start(|connection| {
        let Some(mut socket) = connection.websocket() else {
            return;
        };
        socket.say(bad_server::OPEN);
        socket.until(|text| text.starts_with("40"));
        socket.say(r#"44{"message":"bad token hunter2-long\u001b[31m\nsorry"}"#);
        socket.listen();
    });
    let mut config = config(server.address());
    config.auth = Some(json!({"token": "hunter2-long"}));
    let start = pianola::clock::now();
    let mut player = Player::start(config.clone());
    let (why, next_try_at) = player.until_state_down();
    assert_eq!(
        why,
        DisconnectReason::Refused("bad token …\\u{1b}[31m\\nsorry".to_owned())
    );
    // At the earliest: the refusal came after the start.
    let pause = (next_try_at.unwrap() - start).to_std().unwrap();
    assert!(pause >= config.limits.refused_first.mul_f64(0.75));
    assert!(pause > config.limits.backoff_max.mul_f64(1.25));
    eventually("another attempt", SOON, || server.connections() == 2);
    assert!(player.finish().is_empty());
}

#[test]
fn default_limits_are_the_documented_ones() {
    let limits = pianola::feed::FeedLimits::default();
    let secs = Duration::from_secs_f64;
    assert_eq!(limits.connect, secs(6.0));
    assert_eq!(limits.handshake, secs(5.0));
    assert_eq!(limits.stale, secs(2.5));
    assert_eq!(limits.silence, secs(8.0));
    assert_eq!(limits.silence_max, secs(45.0));
    assert_eq!(limits.emit, secs(2.0));
    assert_eq!(limits.answer, secs(4.0));
    assert_eq!(limits.disconnect, secs(0.3));
    assert_eq!(limits.backoff_first, secs(0.5));
    assert_eq!(limits.backoff_max, secs(10.0));
    assert_eq!(limits.backoff_reset, secs(20.0));
    assert_eq!(pianola::feed::FeedConfig::new(Address::live()).queue, 4096);
    let live = pianola::feed::FeedConfig::new(Address::live());
    assert!(
        live.headers
            .contains(&("origin".into(), "https://rugs.fun".into()))
    );
}

#[test]
fn absurd_settings_are_no_panic() {
    let server = BadServer::welcoming(|mut socket| {
        socket.event(r#"["a"]"#);
        socket.answer_all();
    });
    let mut config = config(server.address());
    let limits = &mut config.limits;
    for limit in [
        &mut limits.connect,
        &mut limits.handshake,
        &mut limits.stale,
        &mut limits.silence,
        &mut limits.silence_max,
        &mut limits.emit,
        &mut limits.answer,
        &mut limits.backoff_first,
        &mut limits.backoff_max,
        &mut limits.backoff_reset,
    ] {
        *limit = Duration::MAX;
    }
    limits.reader_check = Duration::ZERO;
    limits.writes = usize::MAX;
    config.queue = usize::MAX;
    let mut player = Player::start(config);
    player.until("an event", SOON, |player| !player.events("a").is_empty());
    let outcome = player.ask("order", vec![json!(1)]);
    assert_eq!(outcome, RequestOutcome::Done(vec![json!(1)]));
    player.finish();
}
