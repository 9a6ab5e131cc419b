use proptest::prelude::*;
use serde_json::{Map, Value};

use super::super::{Counts, decode, decode_text};
use super::*;

/// Returns the value that the spans of a text describe.
fn value_of(text: JsonText<'_>) -> Value {
    if text.is_list() {
        return text.elements().map(value_of).collect();
    }
    if text.is_object() {
        let entries = text.entries();
        let entries = entries.map(|(key, value)| (key.into_owned(), value_of(value)));
        return Value::Object(entries.collect::<Map<_, _>>());
    }
    serde_json::from_str(text.written()).expect("a value without parts")
}

fn any_json() -> impl Strategy<Value = Value> {
    let number = prop_oneof![
        any::<i64>().prop_map(|n| n.to_string()),
        any::<f64>()
            .prop_filter("finite", |n| n.is_finite())
            .prop_map(|n| format!("{n:e}")),
        Just("0.020000000000000018".to_owned()),
        Just("-0.0e+00012".to_owned()),
    ];
    let number = number.prop_map(|text| serde_json::from_str(&text).expect("a number"));
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        number,
        "(\\PC|\\p{C}|[\"\\\\]){0,30}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 60, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::vec(("\\PC{0,12}", inner), 0..8)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

#[test]
fn places_and_reasons_of_errors_are_named() {
    for (text, problem) in [
        ("", "the text ends too early at column 1"),
        ("{\"a\":1", "the text ends too early at column 7"),
        ("[1,]", "a value is expected at column 4"),
        ("{\"a\" 1}", "a colon is expected at column 6"),
        ("{a:1}", "a key in quotation marks is expected at column 2"),
        ("[1}", "a comma or the end is expected at column 3"),
        ("1 2", "something follows the value at column 3"),
        ("01", "something follows the value at column 2"),
        ("[-]", "no number at column 3"),
        ("\"a\nb\"", "a control character in a text at column 3"),
        ("\"\\x\"", "an escape that is none at column 2"),
        ("\"\\ud800\"", "an escape that is none at column 2"),
        ("nul", "a value is expected at column 1"),
    ] {
        let mut spans = JsonSpans::default();
        let error = spans.read(text.as_bytes()).expect_err(text);
        assert_eq!(error.to_string(), problem, "{text}");
    }
}

#[test]
fn a_text_nested_ten_thousand_deep_is_read() {
    let text = "[".repeat(10_000) + &"]".repeat(10_000);
    let mut spans = JsonSpans::default();
    let mut value = spans.read(text.as_bytes()).expect("a list");
    let mut depth = 1;
    while let Some(inner) = value.elements().next() {
        value = inner;
        depth += 1;
    }
    assert_eq!(depth, 10_000);
}

#[test]
fn of_a_repeated_key_the_last_value_counts() {
    let mut spans = JsonSpans::default();
    let value = spans.read(br#"{"a":1,"b":2,"a":3}"#).expect("an object");
    let a = value.get("a").and_then(JsonText::as_number);
    assert_eq!((a, value.get("c").is_none()), (Some("3"), true));
}

proptest! {
    #[test]
    fn a_value_is_the_same_from_its_spans(value in any_json(), pretty in any::<bool>()) {
        let text = if pretty {
            serde_json::to_string_pretty(&value)
        } else {
            serde_json::to_string(&value)
        };
        let text = text.expect("JSON");
        let mut spans = JsonSpans::default();
        let read = spans.read(text.as_bytes()).expect("JSON");
        prop_assert_eq!(read.written(), text.as_str());
        prop_assert_eq!(value_of(read), value);
    }

    #[test]
    fn exactly_the_texts_are_accepted_that_the_parser_of_the_feed_accepts(
        value in any_json(),
        change in prop::option::of((any::<prop::sample::Index>(), any::<u8>())),
        cut in prop::option::of(any::<prop::sample::Index>()),
    ) {
        let mut text = serde_json::to_vec(&value).expect("JSON");
        if let Some((place, byte)) = change {
            let place = place.index(text.len());
            text[place] = byte;
        }
        if let Some(cut) = cut {
            text.truncate(cut.index(text.len() + 1));
        }
        let mut spans = JsonSpans::default();
        let ours = spans.read(&text);
        let theirs = serde_json::from_slice::<Value>(&text);
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?}: {:?}", theirs, String::from_utf8_lossy(&text));
    }

    #[test]
    fn an_event_is_the_same_from_its_text_and_from_its_value(
        name in prop::sample::select(vec![
            "gameStateUpdate", "playerUpdate", "gameStatePlayerUpdate", "standard/newTrade", "currentSidebet",
            "usernameStatus", "playerLeaderboardPosition", "maintenanceUpdate", "rugPool", "no such event",
        ]),
        keys in prop::collection::btree_map(prop::sample::select(vec![
            "gameId", "active", "rugged", "tickCount", "price", "prices", "partialPrices", "provablyFair", "gameHistory",
            "leaderboard", "id", "playerId", "type", "username", "leaderboardEntry", "success", "playerEntry", "cash",
            "positionQty", "sideBet", "serverSeedHash", "values", "endTick", "xPayout", "count2x", "message", "no such key",
        ]), any_json(), 0..12),
        real_id in any::<bool>(),
    ) {
        let mut payload: Map<String, Value> =
            keys.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        if real_id {
            for key in ["gameId", "id", "playerId"] {
                payload.insert(key.to_owned(), "20251215-1a211bfc7caf41d6".into());
            }
            payload.insert("type".to_owned(), "buy".into());
        }
        let text = serde_json::to_string(&payload).expect("JSON");
        let mut spans = JsonSpans::default();
        let from_text = spans.read(text.as_bytes()).expect("JSON");
        let (mut of_text, mut of_value) = (Counts::default(), Counts::default());
        let read = decode_text(name, Some(from_text), &mut of_text);
        prop_assert_eq!(read, decode(name, &[Value::Object(payload)], &mut of_value));
        prop_assert_eq!(of_text, of_value);
    }
}
