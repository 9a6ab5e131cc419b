//! Decodes the text frames of a Socket.IO connection with their arguments. Pure; numbers keep the digits of the wire.

use serde::Deserialize;
use serde_json::Value;

use crate::protocol::frame::{Frame, FrameError, read_frame, without_halves};

/// A frame with its content.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Packet<'a> {
    /// An event, `42["name",…]`; with a number when it expects an answer.
    Event {
        name: String,
        args: Vec<Value>,
        id: Option<u64>,
    },
    /// An answer, `43<id>[…]`.
    Ack { id: u64, args: Vec<Value> },
    /// A frame without content.
    Other(Frame<'a>),
}

/// Reads a text frame.
pub(super) fn decode(text: &str) -> Result<Packet<'_>, FrameError> {
    Ok(match read_frame(text)? {
        Frame::Ack { id, list: args } => Packet::Ack {
            id,
            args: list(args)?,
        },
        Frame::Event { id, list: args } => {
            let mut args = list(args)?;
            if args.is_empty() {
                return Err(FrameError("event without name"));
            }
            let Value::String(name) = args.remove(0) else {
                return Err(FrameError("event whose name is no text"));
            };
            Packet::Event { name, args, id }
        }
        other => Packet::Other(other),
    })
}

fn list(json: &str) -> Result<Vec<Value>, FrameError> {
    parse(json).ok_or(FrameError("content is no JSON list"))
}

/// Reads JSON. Half an emoji, which JavaScript may send, becomes U+FFFD; everything else must be valid.
pub(super) fn parse<T: for<'a> Deserialize<'a>>(json: &str) -> Option<T> {
    if let Ok(value) = serde_json::from_str(json) {
        return Some(value);
    }
    let repaired = without_halves(json)?;
    serde_json::from_str(&repaired).ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn event(name: &str, args: Value, id: Option<u64>) -> Packet<'static> {
        let Value::Array(args) = args else {
            unreachable!()
        };
        let name = name.to_owned();
        Packet::Event { name, args, id }
    }

    #[test]
    fn every_prefix_has_its_packet() {
        let rows = [
            (
                r#"0{"sid":"x","pingInterval":25000}"#,
                Packet::Other(Frame::Open),
            ),
            ("1", Packet::Other(Frame::Close)),
            ("2", Packet::Other(Frame::Engine)),
            ("2probe", Packet::Other(Frame::Engine)),
            ("3", Packet::Other(Frame::Engine)),
            ("3probe", Packet::Other(Frame::Engine)),
            ("5", Packet::Other(Frame::Engine)),
            ("6", Packet::Other(Frame::Engine)),
            ("40", Packet::Other(Frame::Connect)),
            (r#"40{"sid":"x"}"#, Packet::Other(Frame::Connect)),
            ("40/,", Packet::Other(Frame::Connect)),
            (r#"40/chat,{"sid":"x"}"#, Packet::Other(Frame::Elsewhere)),
            ("40/chat", Packet::Other(Frame::Elsewhere)),
            ("41", Packet::Other(Frame::Disconnect)),
            ("41/chat,", Packet::Other(Frame::Elsewhere)),
            (r#"44{"message":"no"}"#, Packet::Other(Frame::Refuse)),
            (
                r#"451-["x",{"_placeholder":true,"num":0}]"#,
                Packet::Other(Frame::Binary),
            ),
            (
                r#"461-7[{"_placeholder":true,"num":0}]"#,
                Packet::Other(Frame::Binary),
            ),
            ("bAAEC", Packet::Other(Frame::Binary)),
            (r#"42["a"]"#, event("a", json!([]), None)),
            (
                r#"42["a",1,{"b":[]}]"#,
                event("a", json!([1, {"b": []}]), None),
            ),
            (r#"4229["ping",{}]"#, event("ping", json!([{}]), Some(29))),
            (r#"420["a"]"#, event("a", json!([]), Some(0))),
            (r#"42/,["a"]"#, event("a", json!([]), None)),
            (r#"42/?x=1,7["a"]"#, event("a", json!([]), Some(7))),
            (r#"42/chat,7["a"]"#, Packet::Other(Frame::Elsewhere)),
            (
                "4329[]",
                Packet::Ack {
                    id: 29,
                    args: vec![],
                },
            ),
            (
                r#"430[{"success":true}]"#,
                Packet::Ack {
                    id: 0,
                    args: vec![json!({"success": true})],
                },
            ),
        ];
        for (text, packet) in rows {
            assert_eq!(decode(text), Ok(packet), "{text}");
        }
    }

    #[test]
    fn other_texts_are_refused() {
        for text in [
            "",
            "4",
            "7",
            "x",
            "47",
            "42",
            "42{}",
            "42[]",
            "42[1]",
            "42[\"a\"",
            "42[\"a\"]x",
            "43[]",
            "4399999999999999999999[]",
            "é",
            "4é",
        ] {
            assert!(decode(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_digits_of_the_wire_are_kept() {
        let digits = "[1.10,0.020000000000000018000,123456789012345678901234567890,-0.0]";
        let Ok(Packet::Event { args, .. }) = decode(&format!("42[\"a\",{}", &digits[1..])) else {
            panic!("no event")
        };
        assert_eq!(serde_json::to_string(&args).unwrap(), digits);
    }

    #[test]
    fn half_an_emoji_costs_only_itself() {
        let text = r#"42["chat","a\ud83d\"b \ud83d\ude00 \ude00\\ud83d"]"#;
        let expected = json!(["a\u{fffd}\"b 😀 \u{fffd}\\ud83d"]);
        assert_eq!(decode(text), Ok(event("chat", expected, None)));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any::<String>()) {
            decode(&text).ok();
            decode(&format!("42{text}")).ok();
            decode(&format!("42[\"{text}\"]")).ok();
            without_halves(&text);
        }

        #[test]
        fn no_escapes_make_it_panic(text in "(\\\\(u[dD][0-9a-fA-F]{0,3})?|[\"a-z]|é){0,40}") {
            decode(&format!("42[\"{text}\"]")).ok();
            without_halves(&text);
        }

        #[test]
        fn a_written_packet_is_read_back(name in ".{0,20}", id in any::<Option<u64>>(), texts in prop::collection::vec(".{0,20}", 0..4)) {
            let args: Vec<Value> = texts.into_iter().map(Value::String).collect();
            let mut list = vec![Value::String(name.clone())];
            list.extend(args.clone());
            let number = id.map_or(String::new(), |id| id.to_string());
            let text = format!("42{number}{}", Value::Array(list));
            prop_assert_eq!(decode(&text), Ok(Packet::Event { name, args, id }));
        }
    }
}
