use proptest::prelude::*;
use serde_json::json;

use super::*;

fn redactor(auth: &Value) -> Redactor {
    Redactor::new(Secrets::new(Some(auth), []))
}

fn cleaned(auth: &Value, data: Value) -> Value {
    let (name, args) = ("x".to_owned(), vec![data]);
    let mut event = CaptureEvent::Event { name, args };
    redactor(auth).clean(&mut event);
    match event {
        CaptureEvent::Event { mut args, .. } => args.remove(0),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_field_with_the_name_of_a_secret_is_removed_at_any_depth() {
    for key in [
        "token",
        "Token",
        "accessToken",
        "ACCESS_TOKEN",
        "refresh-token",
        "privy:token",
        "jwt",
        "password",
        "passwordHash",
        "secret",
        "client_secret",
        "Authorization",
        "cookie",
        "Set-Cookie",
        "privateKey",
        "private_key",
        "seedPhrase",
        "mnemonic",
        "apiKey",
        "sessionId",
        "credentials",
    ] {
        let text = cleaned(&Value::Null, json!({"a": [{ key: "hunter2" }]}));
        assert_eq!(text, json!({"a": [{ key: REMOVED }]}), "{key}");
        let whole = cleaned(&Value::Null, json!({ key: {"x": ["hunter2"]} }));
        assert_eq!(whole, json!({ key: REMOVED }), "{key}");
    }
}

#[test]
fn fields_of_the_proof_and_the_account_are_kept() {
    let game = json!({
        "gameId": "20251215-1a211bfc7caf41d6",
        "provablyFair": {"serverSeed": "7f12", "serverSeedHash": "d3c5", "version": "v3"},
        "highestTodayServerSeed": "3b0b",
        "playerId": "did:privy:player-0105",
        "username": "token", "role": null, "authenticated": true, "crateKeys": {"gold": 1},
        "key": "did:privy:player-0238-1765577850155", "positionQty": 0.065,
        "tokens": 12.5, "token": null, "text": "my token is gone: sad, the secret of it",
        "price": 1.20, "selectedCoin": {"address": "So11111111111111111111111111111111111111112"},
    });
    let auth = json!({"year": "2025", "word": "game"});
    assert_eq!(cleaned(&auth, game.clone()), game);
}

#[test]
fn own_secrets_are_removed_anywhere() {
    let auth = json!({"a": "abcd-efgh", "b": 123_456_789, "c": "word"});
    let seen = json!({
        "said": "bad abcd-efgh!", "abcd-efgh": 1, "n": 123_456_789, "m": 123_456_780,
        "short": "word", "in": "a word, swords", "list": ["xabcd-efghx"],
    });
    let expected = json!({
        "said": "bad [removed]!", "[removed]": 1, "n": "[removed]", "m": 123_456_780,
        "short": "[removed]", "in": "a [removed], swords", "list": ["x[removed]x"],
    });
    assert_eq!(cleaned(&auth, seen), expected);
}

#[test]
fn texts_that_look_like_secrets_are_removed() {
    for (text, expected) in [
        ("eyJhbGci.eyJzdWIi.c2ln", "[removed]"),
        ("a eyJhbGci.eyJzdWIi.c2ln-_ b", "a [removed] b"),
        ("eyJ.only", "eyJ.only"),
        (
            "https://x/?token=abcdef&v=1",
            "https://x/?token=[removed]&v=1",
        ),
        (r#"{"password": "hunter2"}"#, r#"{"password": "[removed]"}"#),
        (
            "Authorization: Bearer 0123456789abcdef0",
            "Authorization: Bearer [removed]",
        ),
        ("bearer of good news", "bearer of good news"),
        ("é token: abcd", "é token: [removed]"),
    ] {
        assert_eq!(cleaned(&Value::Null, json!(text)), json!(expected));
    }
}

#[test]
fn a_login_keeps_only_its_trace() {
    let trace = json!({"__trace": true, "traceparent": "00-ab-cd-01"});
    let mut sent = CaptureEvent::Sent {
        name: LOGIN.to_owned(),
        args: vec![trace.clone(), json!({"any": "thing"}), json!("more")],
        ack: None,
    };
    redactor(&Value::Null).clean(&mut sent);
    match sent {
        CaptureEvent::Sent { args, .. } => {
            assert_eq!(args, [trace, json!(REMOVED), json!(REMOVED)]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_login_of_the_page_keeps_only_its_trace() {
    let trace = json!({"__trace": true, "traceparent": "00-1-2-01"});
    let mut args = [trace.clone(), json!({"token": "hunter2"}), json!("hunter2")];
    hide_login("authenticate", &mut args);
    assert_eq!(args, [trace, Value::Null, Value::Null]);
    let mut args = [json!({"amount": 1})];
    hide_login("buyOrder", &mut args);
    assert_eq!(args, [json!({"amount": 1})]);
}

proptest! {
    #[test]
    fn a_planted_secret_is_removed_everywhere(
        secret in "[a-zA-Z0-9]{8,40}",
        before in "\\PC{0,20}",
        after in "\\PC{0,20}",
        key in "\\PC{0,12}",
    ) {
        let auth = json!({ "x": secret });
        let text = format!("{before}{secret}{after}");
        let seen = json!({ &key: [&text, { &text: &text }], "token": &text });
        let clean = cleaned(&auth, seen).to_string();
        prop_assert!(!clean.contains(&secret), "{clean}");
    }

    #[test]
    fn any_text_is_read_without_a_panic(text in "(\\PC|eyJ|\\.|token|[=:\" ]|[Bb]earer ){0,40}") {
        let clean = cleaned(&Value::Null, json!(text));
        prop_assert!(clean.is_string());
    }
}
