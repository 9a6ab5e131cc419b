//! Our own secrets, and how they are struck out of what comes from outside: a server may quote what it was sent.

use std::sync::{Arc, PoisonError, RwLock};

use serde_json::{Map, Value};

use crate::capture::text::clean;

/// Shorter values are no secrets, and striking them out would make every message unreadable
/// (the `1.0` of `frontend-version` is part of "HTTP/1.0").
const SHORTEST: usize = 4;
/// A shorter secret is no reason to change what the game says: a year is part of every game's id.
const LONG: usize = 8;
/// More than a program has; a caller that logs in with another name each time fills no memory.
const MOST: usize = 256;
/// What stands in the place of a secret in data.
pub(crate) const REMOVED: &str = "[removed]";

/// Strikes our own secrets out of foreign text. All clones know the same ones.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Arc<RwLock<Known>>);

/// The secrets at a moment, the longest first: a secret that contains another would survive in part.
#[derive(Clone, Default)]
pub(crate) struct Known(Arc<[String]>);

impl Secrets {
    /// Collects the values that must not be shown. Names and structure are no secrets.
    pub(crate) fn new<'a>(auth: Option<&Value>, others: impl IntoIterator<Item = &'a str>) -> Self {
        let mut found: Vec<String> = others.into_iter().map(str::to_owned).collect();
        if let Some(auth) = auth {
            collect(auth, &mut found);
        }
        let secrets = Self::default();
        secrets.add(found);
        secrets
    }

    /// Takes the values of something that is being sent to log in.
    pub(crate) fn learn(&self, value: &Value) {
        let mut found = Vec::new();
        collect(value, &mut found);
        self.add(found);
    }

    fn add(&self, mut found: Vec<String>) {
        found.retain(|secret| secret.chars().count() >= SHORTEST);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        found.extend(known.0.iter().cloned());
        found.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        found.dedup();
        found.truncate(MOST);
        *known = Known(found.into());
    }

    /// Returns those that are known now.
    pub(crate) fn known(&self) -> Known {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Returns `text` without the secrets, cleaned.
    pub(crate) fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.known().0.iter() {
            text = text.replace(secret.as_str(), "…");
        }
        clean(&text)
    }
}

impl Known {
    /// Whether one of them is exactly this.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.0.iter().any(|secret| secret == text)
    }

    /// Returns the text without them; short ones are struck out only where they stand alone.
    pub(crate) fn strike(&self, mut text: String) -> String {
        for secret in self.0.iter() {
            if !text.contains(secret.as_str()) {
                continue;
            }
            text = if secret.len() >= LONG {
                text.replace(secret.as_str(), REMOVED)
            } else {
                without_alone(&text, secret)
            };
        }
        text
    }

    /// Strikes the long ones out of arguments, in names and values. Nothing behind the feed ever sees them.
    pub(crate) fn scrub(&self, args: &mut [Value]) {
        let long = self.0.iter().take_while(|secret| secret.len() >= LONG);
        let long: Vec<&str> = long.map(String::as_str).collect();
        if !long.is_empty() {
            for arg in args {
                scrub(arg, &long);
            }
        }
    }

    /// The same for the name of an event.
    pub(crate) fn scrub_name(&self, name: &mut String) {
        for secret in self.0.iter().take_while(|secret| secret.len() >= LONG) {
            strike(name, secret);
        }
    }
}

fn strike(text: &mut String, secret: &str) {
    if text.contains(secret) {
        *text = text.replace(secret, REMOVED);
    }
}

fn scrub(value: &mut Value, long: &[&str]) {
    match value {
        Value::String(text) => long.iter().for_each(|secret| strike(text, secret)),
        Value::Number(number) => {
            let number = number.to_string();
            if long.contains(&number.as_str()) {
                *value = REMOVED.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| scrub(item, long)),
        Value::Object(fields) => {
            let named = |key: &String| long.iter().any(|secret| key.contains(secret));
            if fields.keys().any(named) {
                let renamed = std::mem::take(fields).into_iter().map(|(mut key, value)| {
                    for secret in long {
                        strike(&mut key, secret);
                    }
                    (key, value)
                });
                *fields = renamed.collect::<Map<_, _>>();
            }
            fields.values_mut().for_each(|value| scrub(value, long));
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn without_alone(text: &str, secret: &str) -> String {
    let is_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let mut out = String::with_capacity(text.len());
    let mut copied = 0;
    for (at, found) in text.match_indices(secret) {
        let before = text[..at].chars().next_back();
        let after = text[at + found.len()..].chars().next();
        if !is_word(before) && !is_word(after) {
            out.push_str(&text[copied..at]);
            out.push_str(REMOVED);
            copied = at + found.len();
        }
    }
    out.push_str(&text[copied..]);
    out
}

fn collect(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => into.push(text.clone()),
        Value::Number(number) => into.push(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| collect(item, into)),
        Value::Object(fields) => fields.values().for_each(|item| collect(item, into)),
        Value::Null | Value::Bool(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_quoted_by_the_server_are_struck_out() {
        let auth = json!({"token": "abcd-efgh", "more": [123_456, "abcd"], "yes": true});
        let secrets = Secrets::new(Some(&auth), ["query-value", "1.0"]);
        assert_eq!(
            secrets.clean("bad abcd-efgh, abcd, 123456, query-value on HTTP/1.0"),
            "bad …, …, …, … on HTTP/1.0"
        );
    }

    #[test]
    fn what_is_sent_to_log_in_is_known_to_everybody_from_then_on() {
        let secrets = Secrets::default();
        let other = secrets.clone();
        secrets.learn(&json!({"token": "fresh-token"}));
        assert_eq!(other.clean("no fresh-token"), "no …");
    }

    #[test]
    fn arguments_lose_long_secrets_and_nothing_else() {
        let auth = json!(["long-secret", "2025", 123_456_789]);
        let known = Secrets::new(Some(&auth), []).known();
        let mut args = [json!({
            "gameId": "20251215-1a211bfc7caf41d6", "2025": 1, "long-secret!": ["a long-secret b"],
            "n": 123_456_789, "price": 1.50,
        })];
        known.scrub(&mut args);
        let expected = r#"{"gameId":"20251215-1a211bfc7caf41d6","2025":1,"[removed]!":["a [removed] b"],"n":"[removed]","price":1.50}"#;
        assert_eq!(
            args[0].to_string(),
            expected.replace("1.50", &json!(1.50).to_string())
        );
        let mut name = "long-secret".to_owned();
        known.scrub_name(&mut name);
        assert_eq!(name, REMOVED);
    }

    #[test]
    fn a_short_one_is_struck_out_where_it_stands_alone() {
        let known = Secrets::new(None, ["word"]).known();
        let struck = |text: &str| known.strike(text.to_owned());
        assert_eq!(
            struck("word, swords a_word (word)"),
            "[removed], swords a_word ([removed])"
        );
    }
}
