//! The player's secrets, and their removal from foreign data: a server may quote what it received.

use std::collections::VecDeque;
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value;

use super::text::clean;
use super::visit::{REMOVED, Visitor, replace, visit};

/// Shorter values are no secrets, and removing them would make every message unreadable (the `1.0` of `frontend-version`
/// is part of "HTTP/1.0").
const SHORTEST: usize = 4;
/// Shorter secrets are not removed from game data: a year is part of every game's id.
const LONG: usize = 8;
/// Limit of learned secrets, for a caller that logs in with another name each time.
const MAX_LEARNED: usize = 256;

/// The player's secrets. All clones share them.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Arc<RwLock<KnownSecrets>>);

#[derive(Default)]
struct KnownSecrets {
    /// From the settings: never dropped.
    given: Vec<String>,
    /// From the logins that were sent, oldest first; the oldest are dropped.
    learned: VecDeque<String>,
    /// Both.
    list: SecretList,
}

/// The secrets at one moment, the longest first: otherwise a part of a secret that contains another one would remain.
#[derive(Clone, Default)]
pub(crate) struct SecretList(Arc<[String]>);

impl Secrets {
    /// Returns the values of `auth` and `others` as secrets.
    pub(crate) fn new<'a>(auth: Option<&Value>, others: impl IntoIterator<Item = &'a str>) -> Self {
        let mut found: Vec<String> = others.into_iter().map(str::to_owned).collect();
        if let Some(auth) = auth {
            found.extend(Values::of(auth));
        }
        found.retain(|secret| is_secret(secret));
        let mut known = KnownSecrets {
            given: found,
            ..KnownSecrets::default()
        };
        known.list_all();
        Self(Arc::new(RwLock::new(known)))
    }

    /// Adds the values of a login that is being sent.
    pub(crate) fn learn(&self, value: &Value) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        for secret in Values::of(value).into_iter().filter(|s| is_secret(s)) {
            known.learned.retain(|old| *old != secret);
            known.learned.push_back(secret);
        }
        let dropped = known.learned.len().saturating_sub(MAX_LEARNED);
        known.learned.drain(..dropped);
        known.list_all();
    }

    /// Returns the secrets known now.
    pub(crate) fn known(&self) -> SecretList {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .list
            .clone()
    }

    /// Returns `text` without the secrets, cleaned for a message.
    pub(crate) fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for secret in self.known().0.iter() {
            text = text.replace(secret.as_str(), "…");
        }
        clean(&text)
    }
}

impl KnownSecrets {
    fn list_all(&mut self) {
        let mut all: Vec<_> = self.given.iter().chain(&self.learned).cloned().collect();
        all.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        all.dedup();
        self.list = SecretList(all.into());
    }
}

fn is_secret(text: &str) -> bool {
    text.chars().count() >= SHORTEST
}

impl SecretList {
    fn long(&self) -> &[String] {
        &self.0[..self.0.partition_point(|secret| secret.len() >= LONG)]
    }

    /// Whether a number with these digits is a secret.
    pub(super) fn has_number(&self, digits: &str) -> bool {
        self.long().iter().any(|secret| secret == digits)
    }

    /// Returns a text without the long secrets; `None` if it holds none.
    fn without_long(&self, text: &str) -> Option<String> {
        let mut result: Option<String> = None;
        for secret in self.long() {
            let current = result.as_deref().unwrap_or(text);
            if current.contains(secret.as_str()) {
                result = Some(current.replace(secret.as_str(), REMOVED));
            }
        }
        result
    }

    /// Returns a text without all secrets; `None` if it holds none. Short secrets are removed only as whole words.
    pub(super) fn without_all(&self, text: &str) -> Option<String> {
        let mut result = self.without_long(text);
        for secret in &self.0[self.long().len()..] {
            let current = result.as_deref().unwrap_or(text);
            if current.contains(secret.as_str()) {
                result = Some(without_word(current, secret));
            }
        }
        result
    }

    /// Removes the long secrets from the arguments of an event, before the program gets them.
    pub(crate) fn remove_from_args(&self, args: &mut [Value]) {
        if self.long().is_empty() {
            return;
        }
        for arg in args {
            visit(arg, &mut LongSecrets(self));
        }
    }

    /// Removes the long secrets from the name of an event.
    pub(crate) fn remove_from_name(&self, name: &mut String) {
        replace(name, &mut LongSecrets(self));
    }
}

/// Removes the long secrets.
struct LongSecrets<'a>(&'a SecretList);

impl Visitor for LongSecrets<'_> {
    fn text(&mut self, text: &str) -> Option<String> {
        self.0.without_long(text)
    }

    fn removes_number(&mut self, digits: &str) -> bool {
        self.0.has_number(digits)
    }
}

/// Collects the values of a JSON value. Names and structure are no secrets.
#[derive(Default)]
struct Values(Vec<String>);

impl Values {
    fn of(value: &Value) -> Vec<String> {
        let mut values = Self::default();
        visit(&mut value.clone(), &mut values);
        values.0
    }
}

impl Visitor for Values {
    fn text(&mut self, text: &str) -> Option<String> {
        self.0.push(text.to_owned());
        None
    }

    fn name(&mut self, _: &str) -> Option<String> {
        None
    }

    fn removes_number(&mut self, digits: &str) -> bool {
        self.0.push(digits.to_owned());
        false
    }
}

fn without_word(text: &str, secret: &str) -> String {
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_quoted_by_the_server_are_removed() {
        let auth = json!({"token": "abcd-efgh", "more": [123_456, "abcd"], "yes": true});
        let secrets = Secrets::new(Some(&auth), ["query-value", "1.0"]);
        assert_eq!(
            secrets.clean("bad abcd-efgh, abcd, 123456, query-value on HTTP/1.0"),
            "bad …, …, …, … on HTTP/1.0"
        );
    }

    #[test]
    fn a_sent_login_is_known_to_all_clones() {
        let secrets = Secrets::default();
        let other = secrets.clone();
        secrets.learn(&json!({"token": "fresh-token"}));
        assert_eq!(other.clean("no fresh-token"), "no …");
    }

    #[test]
    fn a_configured_secret_is_never_forgotten_and_of_the_learned_ones_the_oldest() {
        let secrets = Secrets::new(None, ["the-cookie"]);
        let token = |number: usize| format!("token-{number:026}");
        for number in 0..=MAX_LEARNED {
            secrets.learn(&json!({ "token": token(number) }));
        }
        assert_eq!(secrets.clean("a the-cookie"), "a …");
        assert_eq!(secrets.clean(&token(0)), token(0));
        for number in [1, MAX_LEARNED] {
            assert_eq!(secrets.clean(&token(number)), "…");
        }
    }

    #[test]
    fn arguments_lose_long_secrets_and_nothing_else() {
        let auth = json!(["long-secret", "2025", 123_456_789]);
        let known = Secrets::new(Some(&auth), []).known();
        let mut args = [json!({
            "gameId": "20251215-1a211bfc7caf41d6", "2025": 1, "long-secret!": ["a long-secret b"],
            "n": 123_456_789, "price": 1.50,
        })];
        known.remove_from_args(&mut args);
        let expected = r#"{"gameId":"20251215-1a211bfc7caf41d6","2025":1,"[removed]!":["a [removed] b"],"n":"[removed]","price":1.50}"#;
        assert_eq!(
            args[0].to_string(),
            expected.replace("1.50", &json!(1.50).to_string())
        );
        let mut name = "long-secret".to_owned();
        known.remove_from_name(&mut name);
        assert_eq!(name, REMOVED);
    }

    #[test]
    fn a_short_secret_is_removed_as_a_whole_word() {
        let known = Secrets::new(None, ["word"]).known();
        let removed = |text: &str| known.without_all(text).expect("it holds one");
        assert_eq!(
            removed("word, swords a_word (word)"),
            "[removed], swords a_word ([removed])"
        );
    }
}
