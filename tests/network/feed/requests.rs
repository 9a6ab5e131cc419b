//! Requests and their one outcome.

use std::time::Instant;

use pianola::feed::{DisconnectReason, RequestOutcome, WriteOutcome};
use serde_json::{Value, json};

use crate::support::bad_server::{self, BadServer, request_of};
use crate::support::feed_client::{Player, SOON, check_order, config, eventually, millis};

#[test]
fn an_unanswered_order_is_unknown_never_resent_and_twenty_more_are_right() {
    let server = BadServer::welcoming(|mut socket| {
        socket.event(r#"["hello",1]"#);
        if socket.number == 0 {
            socket.listen();
        }
        socket.answer_all();
    });
    let mut config = config(server.address());
    config.limits.answer = millis(400);
    let mut player = Player::start(config);
    player.until("hello", SOON, |player| player.events("hello").len() == 1);
    let start = Instant::now();
    let outcome = player.ask("buyOrder", vec![json!("trace"), json!({"amount": 1})]);
    assert_eq!(
        outcome,
        RequestOutcome::Unknown(DisconnectReason::AnswerOverdue)
    );
    let took = start.elapsed();
    assert!(took >= millis(390) && took < millis(900), "{took:?}");
    assert_eq!(player.until_downs(1), DisconnectReason::AnswerOverdue);
    player.until_ups(2);
    for number in 0..20 {
        let outcome = player.ask("order", vec![json!(number)]);
        assert_eq!(outcome, RequestOutcome::Done(vec![json!(number)]));
    }
    assert_eq!(player.ups(), 2, "the new connection stayed");
    player.finish();
    let sent = server.received_by_all();
    let unanswered = sent.iter().filter(|text| text.contains("buyOrder")).count();
    assert_eq!(unanswered, 1, "never resent");
    assert_eq!(
        sent.iter().filter(|text| text.contains("order")).count(),
        20
    );
    // The unanswered one went out as it should: two arguments and an id.
    let order = sent.iter().find(|text| text.contains("buyOrder")).unwrap();
    let (_, args) = request_of(order).unwrap();
    assert_eq!(
        Value::Array(args),
        json!(["buyOrder", "trace", {"amount": 1}])
    );
}

#[test]
fn answers_are_the_array_of_the_servers_arguments() {
    let server = BadServer::welcoming(|mut socket| {
        for answer in [r#"[{"success":true}]"#, "[]", r#"[1,"two",null]"#] {
            let Some(text) = socket.until(|text| text.starts_with("42")) else {
                return;
            };
            let (id, _) = request_of(&text).unwrap();
            socket.say(&format!("43{id}{answer}"));
        }
        socket.listen();
    });
    let mut player = Player::start(config(server.address()));
    player.until_ups(1);
    for expected in [
        json!([{"success": true}]),
        json!([]),
        json!([1, "two", null]),
    ] {
        let RequestOutcome::Done(args) = player.ask("ask", vec![]) else {
            panic!("no answer");
        };
        assert_eq!(Value::Array(args), expected);
    }
    player.finish();
}

#[test]
fn an_answer_that_is_no_array_or_has_another_id_is_no_answer() {
    let unreadable =
        || DisconnectReason::ServerError("the answer to a request was unreadable".to_owned());
    for (reply, expected) in [
        (r#"{"success":true}"#, unreadable()),
        // Without any text the library does not even read the id.
        ("", DisconnectReason::AnswerOverdue),
        ("another id", DisconnectReason::AnswerOverdue),
    ] {
        let server = BadServer::welcoming(move |mut socket| {
            if let Some(text) = socket.until(|text| text.starts_with("42")) {
                let (id, _) = request_of(&text).unwrap();
                match reply {
                    "another id" => socket.say(&format!("43{}[1]", (id + 1) % 999)),
                    reply => socket.say(&format!("43{id}{reply}")),
                };
            }
            socket.listen();
        });
        let mut config = config(server.address());
        config.limits.answer = millis(500);
        let mut player = Player::start(config);
        player.until_ups(1);
        let outcome = player.ask("ask", vec![]);
        assert_eq!(
            outcome,
            RequestOutcome::Unknown(expected.clone()),
            "{reply:?}"
        );
        assert_eq!(player.until_downs(1), expected);
        player.finish();
    }
}

#[test]
fn one_request_at_a_time_and_plain_emits_beside_it() {
    let server = BadServer::welcoming(|mut socket| {
        // Holds the first answer back until a plain event came.
        let Some(first) = socket.until(|text| text.contains("\"first\"")) else {
            return;
        };
        let (id, _) = request_of(&first).unwrap();
        if socket.until(|text| text == r#"42["urgent",1]"#).is_some() {
            socket.say(&format!("43{id}[\"one\"]"));
        }
        socket.answer_all();
    });
    let mut player = Player::start(config(server.address()));
    player.until_ups(1);
    let first = player
        .feed
        .sender()
        .request(player.connection(), "first", vec![]);
    let second = player
        .feed
        .sender()
        .request(player.connection(), "second", vec![]);
    assert_eq!(player.wait(second), RequestOutcome::Busy);
    assert_eq!(
        player.send("urgent", vec![json!(1)]),
        WriteOutcome::Done(())
    );
    assert_eq!(player.wait(first), RequestOutcome::Done(vec![json!("one")]));
    // Free again the moment the answer is known.
    let third = player.ask("third", vec![json!(3)]);
    assert_eq!(third, RequestOutcome::Done(vec![json!(3)]));
    player.finish();
    let sent = server.received(0);
    assert!(!sent.iter().any(|text| text.contains("second")), "{sent:?}");
}

#[test]
fn names_go_out_as_they_are() {
    let server = BadServer::welcoming(|mut socket| socket.answer_all());
    let mut player = Player::start(config(server.address()));
    player.until_ups(1);
    for name in ["open", "Error", "message", "close", "connect", "a\"b"] {
        assert_eq!(player.send(name, vec![]), WriteOutcome::Done(()));
        let text = format!("42{}", json!([name]));
        eventually("the event", SOON, || server.received(0).contains(&text));
    }
    player.finish();
}

#[test]
fn without_connection_requests_are_refused_at_once_and_never_sent_later() {
    let server = BadServer::start(|connection| {
        if connection.number == 0 {
            connection.hold();
        } else if let Some(mut socket) = connection.welcome() {
            socket.listen();
        }
    });
    let mut config = config(server.address());
    config.limits.connect = millis(300);
    let mut player = Player::start(config);
    eventually("a try", SOON, || server.connections() == 1);
    let mut request = player
        .feed
        .sender()
        .request(player.connection(), "order", vec![]);
    let mut emit = player
        .feed
        .sender()
        .emit(player.connection(), "event", vec![]);
    assert_eq!(request.try_recv(), Ok(RequestOutcome::NotConnected));
    assert_eq!(emit.try_recv(), Ok(WriteOutcome::NotConnected));
    player.until_ups(1);
    player.finish();
    assert_eq!(server.received(1)[..2], ["3", "40"]);
    assert!(!server.received_by_all().iter().any(|t| t.starts_with("42")));
}

#[test]
fn an_end_with_a_request_in_flight_is_unknown() {
    let server = BadServer::welcoming(|mut socket| {
        if socket.number == 0 {
            socket.until(|text| text.starts_with("42"));
            socket.close_frame();
        } else {
            socket.answer_all();
        }
    });
    let mut player = Player::start(config(server.address()));
    player.until_ups(1);
    let outcome = player.ask("order", vec![json!(1)]);
    assert_eq!(
        outcome,
        RequestOutcome::Unknown(DisconnectReason::ReaderGone)
    );
    player.until_ups(2);
    let outcome = player.ask("order", vec![json!(2)]);
    assert_eq!(outcome, RequestOutcome::Done(vec![json!(2)]));
    player.finish();
    let orders = server.received_by_all();
    assert_eq!(orders.iter().filter(|t| t.starts_with("42")).count(), 2);
}

#[test]
fn a_server_that_stops_reading_is_noticed_while_we_send() {
    let server = BadServer::welcoming(|mut socket| {
        if socket.number == 0 {
            socket.event(r#"["hello",1]"#);
            socket.sulk();
        } else {
            socket.answer_all();
        }
    });
    let mut config = config(server.address());
    config.limits.emit = millis(500);
    let mut player = Player::start(config);
    player.until_ups(1);
    // More than the buffers of both ends can take.
    let large = Value::String("x".repeat(16 << 20));
    let start = Instant::now();
    let writing = player
        .feed
        .sender()
        .emit(player.connection(), "large", vec![large]);
    let behind = player
        .feed
        .sender()
        .emit(player.connection(), "behind", vec![]);
    assert_eq!(
        player.wait(writing),
        WriteOutcome::Unknown(DisconnectReason::EmitStuck)
    );
    let took = start.elapsed();
    assert!(took >= millis(490) && took < millis(2500), "{took:?}");
    assert_eq!(player.wait(behind), WriteOutcome::NotConnected);
    assert_eq!(player.until_downs(1), DisconnectReason::EmitStuck);
    player.until_ups(2);
    let outcome = player.ask("order", vec![json!(2)]);
    assert_eq!(outcome, RequestOutcome::Done(vec![json!(2)]));
    player.finish();
    assert!(!server.received(1).iter().any(|t| t.contains("behind")));
}

#[test]
fn a_stuck_request_is_unknown() {
    let server = BadServer::welcoming(bad_server::Socket::sulk);
    let mut config = config(server.address());
    config.limits.emit = millis(300);
    let mut player = Player::start(config);
    player.until_ups(1);
    let large = Value::String("x".repeat(16 << 20));
    let outcome = player.ask("large", vec![large]);
    assert_eq!(
        outcome,
        RequestOutcome::Unknown(DisconnectReason::EmitStuck)
    );
    player.finish();
}

#[test]
fn late_messages_of_an_old_connection_never_appear_after_its_end() {
    // The server pours events all the time, and each connection is ended by us in the middle.
    let server = BadServer::welcoming(|mut socket| {
        let mut number = 0_u64;
        let connection = socket.number;
        while socket
            .event(&format!(r#"["tick",{connection},{number}]"#))
            .is_some()
        {
            number += 1;
        }
    });
    let mut config = config(server.address());
    config.limits.answer = millis(60);
    config.queue = 1 << 16;
    let mut player = Player::start(config);
    for round in 1..=8 {
        player.until_ups(round);
        let outcome = player.ask("order", vec![]);
        assert_eq!(
            outcome,
            RequestOutcome::Unknown(DisconnectReason::AnswerOverdue)
        );
        assert_eq!(player.until_downs(round), DisconnectReason::AnswerOverdue);
    }
    player.until_ups(9);
    let seen = player.finish();
    check_order(&seen);
    // Nothing lost or doubled before the end: the numbers of each connection ascend by one.
    let mut expected: (u64, u64) = (0, 0);
    let mut events = 0;
    for message in &seen {
        if let pianola::feed::FeedEvent::Event { args, .. } = &message.event {
            let connection = args[0].as_u64().unwrap();
            if connection != expected.0 {
                expected = (connection, 0);
            }
            assert_eq!(args[1].as_u64(), Some(expected.1));
            expected.1 += 1;
            events += 1;
        }
    }
    assert!(events > 100, "only {events} events");
}
