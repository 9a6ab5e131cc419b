//! Events with the names the library keeps for itself, and events without arguments.

use pianola::feed::DisconnectReason;
use serde_json::json;

use crate::support::bad_server::BadServer;
use crate::support::feed_client::{Player, SOON, config};

#[test]
fn events_with_and_without_arguments_arrive_with_their_name() {
    let server = BadServer::welcoming(|mut socket| {
        socket.event(r#"["bare"]"#);
        socket.event(r#"["one",{"a":1}]"#);
        socket.event(r#"["several","trace",[1,2],null]"#);
        socket.event(r#"["connect",1]"#);
        socket.event(r#"["last",1]"#);
        socket.listen();
    });
    let mut player = Player::start(config(server.address()));
    player.until("the last event", SOON, |player| {
        !player.events("last").is_empty()
    });
    assert_eq!(player.events("bare"), [Vec::<serde_json::Value>::new()]);
    assert_eq!(player.events("one"), [vec![json!({"a": 1})]]);
    assert_eq!(
        player.events("several"),
        [vec![json!("trace"), json!([1, 2]), json!(null)]]
    );
    assert_eq!(player.events("connect"), [vec![json!(1)]]);
    assert_eq!(player.finish().len(), 7, "up, five events, down");
}

#[test]
fn events_with_the_librarys_own_names_neither_end_nor_fake_a_connection() {
    let server = BadServer::welcoming(|mut socket| {
        socket.event(r#"["error",{"message":"too fast"}]"#);
        socket.event(r#"["error","too fast"]"#);
        socket.event(r#"["ERROR",1,2]"#);
        socket.event(r#"["close","soon"]"#);
        socket.event(r#"["close"]"#);
        socket.event(r#"["open",{"market":true}]"#);
        socket.event(r#"["message",{"text":"hello"}]"#);
        socket.event(r#"["message","a","b"]"#);
        socket.event(r#"["last",1]"#);
        socket.listen();
    });
    let mut player = Player::start(config(server.address()));
    player.until("the last event", SOON, |player| {
        !player.events("last").is_empty()
    });
    assert_eq!(
        player.events("error"),
        [
            vec![json!({"message": "too fast"})],
            vec![json!("too fast")],
            vec![json!(1), json!(2)],
        ]
    );
    assert_eq!(player.events("close"), [vec![json!("soon")], vec![]]);
    assert_eq!(player.events("open"), [vec![json!({"market": true})]]);
    assert_eq!(
        player.events("message"),
        [vec![json!({"text": "hello"})], vec![json!("a"), json!("b")]]
    );
    assert_eq!((player.ups(), player.downs()), (1, vec![]));
    assert_eq!(player.finish().len(), 11);
}

#[test]
fn an_event_error_with_one_of_the_librarys_own_texts_ends_the_connection() {
    // Indistinguishable: then the safe reading is the bad one.
    let server = BadServer::welcoming(|mut socket| {
        socket.event(r#"["error","EngineIO Error"]"#);
        socket.listen();
    });
    let mut player = Player::start(config(server.address()));
    let why = player.until_downs(1);
    assert_eq!(
        why,
        DisconnectReason::ServerError("EngineIO Error".to_owned())
    );
    player.until_ups(2);
    player.finish();
}

#[test]
fn events_with_attachments_are_ignored_and_what_follows_is_right() {
    let server = BadServer::welcoming(|mut socket| {
        socket.say(r#"451-["picture",{"_placeholder":true,"num":0}]"#);
        socket.say_binary(&[4, 1, 2, 3]);
        socket.event(r#"["last",1]"#);
        socket.listen();
    });
    let mut player = Player::start(config(server.address()));
    player.until("the last event", SOON, |player| {
        !player.events("last").is_empty()
    });
    assert_eq!(player.finish().len(), 3, "up, one event, down");
}

#[test]
fn events_the_librarys_json_cannot_hold_are_missing_and_the_rest_is_right() {
    // Known and not to be helped: the text is valid for the frame check and not for the parser.
    let server = BadServer::welcoming(|mut socket| {
        socket.event(r#"["half an emoji","\ud83d"]"#);
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        socket.event(&format!(r#"["deep",{deep}]"#));
        socket.event(r#"["last",1]"#);
        socket.listen();
    });
    let mut player = Player::start(config(server.address()));
    player.until("the last event", SOON, |player| {
        !player.events("last").is_empty()
    });
    assert_eq!(player.finish().len(), 3, "up, one event, down");
}
