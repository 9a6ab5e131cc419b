//! What is taken out of a capture before it reaches the disk: our own secrets wherever they stand, and everybody's
//! where they are called so or look like one. Pure.
//!
//! The proof of a game needs its seed, hashes, ids and prices: none of the rules below touches those.

use serde_json::{Map, Value};

use crate::capture::LOGIN;
use crate::capture::line::{What, is_trace};
use crate::capture::secrets::{Known, REMOVED, Secrets};

/// A number that is shorter is none of our secrets.
const LONG: usize = 8;
/// A value behind a name in a text is at least so long.
const SHORTEST_VALUE: usize = 4;
/// What follows `Bearer` is at least so long: the word stands in sentences, too.
const SHORTEST_BEARER: usize = 16;

/// Parts of names that only secrets have, in lower case without `_` and `-`.
const PARTS: [&str; 16] = [
    "accesstoken",
    "apikey",
    "authorization",
    "authtoken",
    "cookie",
    "idtoken",
    "jwt",
    "mnemonic",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "recoveryphrase",
    "secret",
    "seedphrase",
    "secretkey",
];
/// Ends of names that secrets have.
const ENDS: [&str; 7] = [
    "token",
    "tokens",
    "bearer",
    "credential",
    "credentials",
    "sessionid",
    "signingkey",
];

/// Removes secrets.
pub(super) struct Redactor {
    /// Ours; more are learned when we log in.
    secrets: Secrets,
}

impl Redactor {
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets }
    }

    /// Returns the piece without secrets.
    pub fn clean(&self, what: What) -> What {
        let own = Own(self.secrets.known());
        match what {
            What::Up => What::Up,
            What::Event { name, args } => What::Event {
                name: own.text(name),
                args: own.all(args),
            },
            What::Binary { name } => What::Binary {
                name: own.text(name),
            },
            What::Sent { name, args, ack } => {
                let args = if name == LOGIN {
                    let hidden = |arg| if is_trace(&arg) { arg } else { REMOVED.into() };
                    args.into_iter().map(hidden).collect()
                } else {
                    args
                };
                What::Sent {
                    name: own.text(name),
                    args: own.all(args),
                    ack,
                }
            }
            What::Answer { ack, args } => What::Answer {
                ack,
                args: own.all(args),
            },
            What::Down { why } => What::Down { why: own.text(why) },
        }
    }
}

/// Removes our own secrets and what looks like one.
struct Own(Known);

impl Own {
    fn all(&self, args: Vec<Value>) -> Vec<Value> {
        args.into_iter().map(|arg| self.value(arg)).collect()
    }

    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Number(number) => {
                let text = number.to_string();
                if text.len() >= LONG && self.0.has(&text) {
                    REMOVED.into()
                } else {
                    Value::Number(number)
                }
            }
            Value::Array(items) => Value::Array(self.all(items)),
            Value::Object(fields) => Value::Object(self.fields(fields)),
            other @ (Value::Null | Value::Bool(_)) => other,
        }
    }

    fn fields(&self, fields: Map<String, Value>) -> Map<String, Value> {
        let field = |(key, value): (String, Value)| {
            let value = if hides(&key, &value) {
                REMOVED.into()
            } else {
                self.value(value)
            };
            (self.text(key), value)
        };
        fields.into_iter().map(field).collect()
    }

    fn text(&self, mut text: String) -> String {
        text = self.0.strike(text);
        if text.contains("eyJ") {
            text = without(&text, |rest, before| {
                (!is_word(before)).then(|| web_token(rest)).flatten()
            });
        }
        if text.bytes().any(|byte| matches!(byte, b' ' | b'=' | b':')) {
            text = without(&text, |rest, before| {
                (!is_word(before)).then(|| named_value(rest)).flatten()
            });
        }
        text
    }
}

/// Whether the value of a field is a secret by its name. Numbers called tokens are amounts.
fn hides(key: &str, value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) => false,
        Value::Number(_) => is_secret_name(key) && !plain(key).contains("token"),
        Value::String(_) | Value::Array(_) | Value::Object(_) => is_secret_name(key),
    }
}

fn plain(name: &str) -> String {
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    letters.map(|c| c.to_ascii_lowercase()).collect()
}

fn is_secret_name(name: &str) -> bool {
    let name = plain(name);
    PARTS.iter().any(|part| name.contains(part)) || ENDS.iter().any(|end| name.ends_with(end))
}

fn is_word(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_alphanumeric() || c == '_')
}

/// Copies a text; where `find` says so for the rest of it (and the letter before), so many bytes are kept and so many
/// after them removed.
fn without(text: &str, find: impl Fn(&str, Option<char>) -> Option<(usize, usize)>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(c) = rest.chars().next() {
        let found = find(rest, before);
        let found = found.and_then(|(keep, hide)| {
            let kept = rest.get(..keep)?;
            let hidden = rest.get(keep..keep.checked_add(hide)?)?;
            Some((kept, hidden))
        });
        let taken = if let Some((kept, hidden)) = found.filter(|(_, hidden)| !hidden.is_empty()) {
            out.push_str(kept);
            out.push_str(REMOVED);
            before = hidden.chars().next_back();
            kept.len() + hidden.len()
        } else {
            out.push(c);
            before = Some(c);
            c.len_utf8()
        };
        rest = &rest[taken..];
    }
    out
}

/// The length of what fits at the begin of a text.
fn run(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|c| !fits(c)).unwrap_or(text.len())
}

/// A JSON web token: at least three parts between dots, the first of which begins as every JSON object in base64 does.
fn web_token(rest: &str) -> Option<(usize, usize)> {
    if !rest.starts_with("eyJ") {
        return None;
    }
    let length = run(rest, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '=')
    });
    let mut parts = rest[..length].split('.');
    let full = |part: Option<&str>| part.is_some_and(|part| !part.is_empty());
    let is_one = full(parts.next()) && full(parts.next()) && parts.next().is_some();
    is_one.then_some((0, length))
}

/// `Bearer VALUE`, `token=VALUE`, `"password": "VALUE"`: the name is kept, the value is not.
fn named_value(rest: &str) -> Option<(usize, usize)> {
    let name = run(rest, |c| {
        c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
    });
    if name == 0 {
        return None;
    }
    let (word, behind) = rest.split_at(name);
    if word.eq_ignore_ascii_case("bearer") {
        let value = behind.strip_prefix(' ')?;
        let length = run(value, |c| {
            c.is_ascii_alphanumeric() || "._~+/=-".contains(c)
        });
        return (length >= SHORTEST_BEARER).then_some((name + 1, length));
    }
    if !is_secret_name(word) {
        return None;
    }
    let quote = run(behind, |c| matches!(c, '"' | '\'' | '\\' | ' '));
    let sign = behind.get(quote..)?;
    if !sign.starts_with(['=', ':']) {
        return None;
    }
    let gap = run(&sign[1..], |c| matches!(c, '"' | '\'' | '\\' | ' '));
    let value = sign.get(1 + gap..)?;
    if value.starts_with(REMOVED) {
        return None;
    }
    let length = run(value, |c| {
        !c.is_whitespace() && !matches!(c, '&' | '"' | '\'' | ',' | ';' | '}' | ']' | '\\')
    });
    // The word before a credential is not the credential.
    if value[..length].eq_ignore_ascii_case("bearer") {
        return None;
    }
    (value[..length].chars().count() >= SHORTEST_VALUE).then_some((name + quote + 1 + gap, length))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn redactor(auth: &Value) -> Redactor {
        Redactor::new(Secrets::new(Some(auth), []))
    }

    fn cleaned(auth: &Value, data: Value) -> Value {
        let (name, args) = ("x".to_owned(), vec![data]);
        match redactor(auth).clean(What::Event { name, args }) {
            What::Event { mut args, .. } => args.remove(0),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_is_called_a_secret_is_removed_at_any_depth() {
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
    fn what_the_proof_and_the_account_need_stays() {
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
    fn our_own_secrets_are_removed_wherever_they_stand() {
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
    fn what_looks_like_one_is_removed_from_texts() {
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
    fn of_the_login_only_the_trace_is_left() {
        let trace = json!({"__trace": true, "traceparent": "00-ab-cd-01"});
        let sent = What::Sent {
            name: LOGIN.to_owned(),
            args: vec![trace.clone(), json!({"any": "thing"}), json!("more")],
            ack: None,
        };
        match redactor(&Value::Null).clean(sent) {
            What::Sent { args, .. } => assert_eq!(args, [trace, json!(REMOVED), json!(REMOVED)]),
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        #[test]
        fn a_planted_secret_is_nowhere(
            secret in "[a-zA-Z0-9]{8,40}",
            before in "\\PC{0,20}",
            after in "\\PC{0,20}",
            key in "\\PC{0,12}",
        ) {
            let auth = json!({ "x": secret });
            let said = format!("{before}{secret}{after}");
            let seen = json!({ &key: [&said, { &said: &said }], "token": &said });
            let clean = cleaned(&auth, seen).to_string();
            prop_assert!(!clean.contains(&secret), "{clean}");
        }

        #[test]
        fn any_text_is_read_without_a_panic(text in "(\\PC|eyJ|\\.|token|[=:\" ]|[Bb]earer ){0,40}") {
            let clean = cleaned(&Value::Null, json!(text));
            prop_assert!(clean.is_string());
        }
    }
}
