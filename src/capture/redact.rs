//! Removes secrets from a capture before it reaches the disk: the player's own ones anywhere, other ones by their name or
//! form. Pure.
//!
//! The proof of a game needs its seed, hashes, ids and prices: none of these rules touches them.

use serde_json::Value;

use super::line::CaptureEvent;
use super::secrets::{SecretList, Secrets};
use super::visit::{REMOVED, Visitor, replace, visit};
use crate::protocol::is_trace;

/// The request that logs in; nothing of its payload is written.
pub(crate) const LOGIN: &str = "authenticate";

/// The least length of a value after its name in a text.
const SHORTEST_VALUE: usize = 4;
/// The least length of a value after `Bearer`, which is also a word of sentences.
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
    /// The player's own secrets; a login adds more.
    secrets: Secrets,
}

impl Redactor {
    pub fn new(secrets: Secrets) -> Self {
        Self { secrets }
    }

    /// Removes the secrets of a record.
    pub fn clean(&self, event: &mut CaptureEvent) {
        let mut secrets = AllSecrets(self.secrets.known());
        if let CaptureEvent::Sent { name, args, .. } = event
            && name == LOGIN
        {
            replace_login(args, &REMOVED.into());
        }
        match event {
            CaptureEvent::Up => {}
            CaptureEvent::Event { name, args } | CaptureEvent::Sent { name, args, .. } => {
                replace(name, &mut secrets);
                visit_all(args, &mut secrets);
            }
            CaptureEvent::Answer { args, .. } => visit_all(args, &mut secrets),
            CaptureEvent::Binary { name: text } | CaptureEvent::Down { why: text } => {
                replace(text, &mut secrets);
            }
        }
    }
}

/// Removes the values of a page's login from its request, except the trace. The name of the request decides whether it is a login.
pub(crate) fn hide_login(name: &str, args: &mut [Value]) {
    let name = name.to_ascii_lowercase();
    let words = ["auth", "login", "token", "session"];
    if words.iter().any(|word| name.contains(word)) {
        replace_login(args, &Value::Null);
    }
}

fn replace_login(args: &mut [Value], replacement: &Value) {
    for arg in args.iter_mut().filter(|arg| !is_trace(arg)) {
        *arg = replacement.clone();
    }
}

fn visit_all(args: &mut [Value], secrets: &mut AllSecrets) {
    for arg in args {
        visit(arg, secrets);
    }
}

/// Removes the player's own secrets, and any value that is named or looks like a secret.
struct AllSecrets(SecretList);

impl Visitor for AllSecrets {
    fn text(&mut self, text: &str) -> Option<String> {
        let mut result = self.0.without_all(text);
        let current = result.as_deref().unwrap_or(text);
        if current.contains("eyJ") {
            result = Some(without(current, |rest, before| {
                (!is_word(before)).then(|| web_token(rest)).flatten()
            }));
        }
        let current = result.as_deref().unwrap_or(text);
        if current
            .bytes()
            .any(|byte| matches!(byte, b' ' | b'=' | b':'))
        {
            result = Some(without(current, |rest, before| {
                (!is_word(before)).then(|| named_value(rest)).flatten()
            }));
        }
        result.filter(|result| result != text)
    }

    fn removes_number(&mut self, digits: &str) -> bool {
        self.0.has_number(digits)
    }

    fn removes_field(&mut self, name: &str, value: &Value) -> bool {
        hides(name, value)
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

/// Copies a text without its secrets. `find` gets the rest of the text and the character before it, and returns how many
/// bytes to keep and how many to remove after them.
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

/// Returns the length of the matching beginning of a text.
fn run(text: &str, fits: impl Fn(char) -> bool) -> usize {
    text.find(|c| !fits(c)).unwrap_or(text.len())
}

/// Finds a JSON web token: at least three parts between dots, the first of which begins like a JSON object in base64.
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

/// Finds `Bearer VALUE`, `token=VALUE`, `"password": "VALUE"`; keeps the name and removes the value.
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
    // The word `Bearer` before a credential is not the credential.
    if value[..length].eq_ignore_ascii_case("bearer") {
        return None;
    }
    (value[..length].chars().count() >= SHORTEST_VALUE).then_some((name + quote + 1 + gap, length))
}

#[cfg(test)]
mod tests;
