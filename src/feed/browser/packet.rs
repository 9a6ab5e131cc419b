//! Decodes the text frames of a Socket.IO connection. Pure.
//!
//! Owns the prefixes of Engine.IO 4 and Socket.IO 5. Numbers keep the digits of the wire.

use serde::Deserialize;
use serde_json::Value;

/// The content of a frame.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Packet {
    /// The server opened the connection, `0{…}`.
    Open,
    /// One side ends the connection, `1`.
    Close,
    /// A sign of life or of the transport, `2`, `3probe`, `5`, `6`.
    Engine,
    /// The page joins the namespace, or the server accepts it, `40`.
    Connect,
    /// One side leaves the namespace, `41`.
    Disconnect,
    /// The server refuses, `44`.
    Refuse,
    /// An event, `42["name",…]`; with a number when it expects an answer.
    Event {
        name: String,
        args: Vec<Value>,
        id: Option<u64>,
    },
    /// An answer, `43<id>[…]`.
    Ack { id: u64, args: Vec<Value> },
    /// A packet with attachments; the game has none.
    Binary,
    /// A packet of another namespace.
    Elsewhere,
}

/// Why a frame is unreadable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FrameError(pub(super) &'static str);

/// Reads a text frame.
pub(super) fn decode(text: &str) -> Result<Packet, FrameError> {
    let mut chars = text.chars();
    match chars.next() {
        Some('0') => Ok(Packet::Open),
        Some('1') => Ok(Packet::Close),
        Some('2' | '3' | '5' | '6') => Ok(Packet::Engine),
        Some('4') => message(chars.as_str()),
        Some('b') => Ok(Packet::Binary),
        Some(_) => Err(FrameError("unknown kind of frame")),
        None => Err(FrameError("empty frame")),
    }
}

fn message(text: &str) -> Result<Packet, FrameError> {
    let mut chars = text.chars();
    let kind = chars.next().ok_or(FrameError("message without kind"))?;
    let rest = chars.as_str();
    if let '5' | '6' = kind {
        return Ok(Packet::Binary);
    }
    let Some(rest) = in_namespace(rest) else {
        return Ok(Packet::Elsewhere);
    };
    match kind {
        '0' => Ok(Packet::Connect),
        '1' => Ok(Packet::Disconnect),
        '2' => {
            let (id, json) = number(rest)?;
            let mut args = list(json)?;
            if args.is_empty() {
                return Err(FrameError("event without name"));
            }
            let Value::String(name) = args.remove(0) else {
                return Err(FrameError("event whose name is no text"));
            };
            Ok(Packet::Event { name, args, id })
        }
        '3' => {
            let (id, json) = number(rest)?;
            let id = id.ok_or(FrameError("answer without number"))?;
            let args = list(json)?;
            Ok(Packet::Ack { id, args })
        }
        '4' => Ok(Packet::Refuse),
        _ => Err(FrameError("unknown kind of message")),
    }
}

/// Removes the namespace; `None` when it is not the game's, which is `/` and mostly omitted.
fn in_namespace(text: &str) -> Option<&str> {
    if !text.starts_with('/') {
        return Some(text);
    }
    let (name, rest) = text.split_once(',').unwrap_or((text, ""));
    let name = name.split_once('?').map_or(name, |(name, _query)| name);
    (name == "/").then_some(rest)
}

fn number(text: &str) -> Result<(Option<u64>, &str), FrameError> {
    let end = text.find(|c: char| !c.is_ascii_digit());
    let (digits, rest) = text.split_at(end.unwrap_or(text.len()));
    if digits.is_empty() {
        return Ok((None, rest));
    }
    let id = digits.parse();
    let id = id.map_err(|_too_long| FrameError("number of a message is too long"))?;
    Ok((Some(id), rest))
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

/// Replaces escapes of half a character; `None` if there is none.
fn without_halves(json: &str) -> Option<String> {
    let mut out = String::with_capacity(json.len());
    let mut rest = json;
    let mut found = false;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let length = match unit(escape) {
            Some(0xd800..=0xdbff)
                if matches!(escape.get(6..).and_then(unit), Some(0xdc00..=0xdfff)) =>
            {
                12
            }
            Some(0xd800..=0xdfff) => {
                found = true;
                out.push_str("\\ufffd");
                rest = escape.get(6..).unwrap_or_default();
                continue;
            }
            Some(_) => 6,
            // An escape of one character, of any length in bytes.
            None => 1 + escape.chars().nth(1).map_or(0, char::len_utf8),
        };
        let (escape, after) = escape.split_at(length);
        out.push_str(escape);
        rest = after;
    }
    out.push_str(rest);
    found.then_some(out)
}

/// Reads the four hexadecimal digits of a `\u` escape at the beginning.
fn unit(text: &str) -> Option<u16> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    u16::from_str_radix(digits, 16).ok().filter(|_| hex)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn event(name: &str, args: Value, id: Option<u64>) -> Packet {
        let Value::Array(args) = args else {
            unreachable!()
        };
        let name = name.to_owned();
        Packet::Event { name, args, id }
    }

    #[test]
    fn every_prefix_has_its_packet() {
        let rows = [
            (r#"0{"sid":"x","pingInterval":25000}"#, Packet::Open),
            ("1", Packet::Close),
            ("2", Packet::Engine),
            ("2probe", Packet::Engine),
            ("3", Packet::Engine),
            ("3probe", Packet::Engine),
            ("5", Packet::Engine),
            ("6", Packet::Engine),
            ("40", Packet::Connect),
            (r#"40{"sid":"x"}"#, Packet::Connect),
            ("40/,", Packet::Connect),
            (r#"40/chat,{"sid":"x"}"#, Packet::Elsewhere),
            ("40/chat", Packet::Elsewhere),
            ("41", Packet::Disconnect),
            ("41/chat,", Packet::Elsewhere),
            (r#"44{"message":"no"}"#, Packet::Refuse),
            (r#"451-["x",{"_placeholder":true,"num":0}]"#, Packet::Binary),
            (r#"461-7[{"_placeholder":true,"num":0}]"#, Packet::Binary),
            ("bAAEC", Packet::Binary),
            (r#"42["a"]"#, event("a", json!([]), None)),
            (
                r#"42["a",1,{"b":[]}]"#,
                event("a", json!([1, {"b": []}]), None),
            ),
            (r#"4229["ping",{}]"#, event("ping", json!([{}]), Some(29))),
            (r#"420["a"]"#, event("a", json!([]), Some(0))),
            (r#"42/,["a"]"#, event("a", json!([]), None)),
            (r#"42/?x=1,7["a"]"#, event("a", json!([]), Some(7))),
            (r#"42/chat,7["a"]"#, Packet::Elsewhere),
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
