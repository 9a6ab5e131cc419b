//! Compares the documents beside the tables.

use std::path::Path;

use serde_json::Value;

/// Characters of a text that are shown.
const SHOWN: usize = 80;

/// Returns how a document differs from the right one, in one sentence.
pub(super) fn document_difference(path: &str, found: &[u8], right: &[u8]) -> Option<String> {
    if found == right {
        return None;
    }
    let is_json = Path::new(path)
        .extension()
        .is_some_and(|ending| ending == "json");
    if is_json {
        let Ok(found) = serde_json::from_slice(found) else {
            return Some("it is no JSON".to_owned());
        };
        let right = serde_json::from_slice(right).unwrap_or_default();
        let other = || "it is not written as a build writes it".to_owned();
        return Some(json_difference(&found, &right).unwrap_or_else(other));
    }
    let (found, right) = (
        String::from_utf8_lossy(found),
        String::from_utf8_lossy(right),
    );
    let (mut lines, mut right_lines) = (found.split('\n'), right.split('\n'));
    (1..).find_map(|number: u32| {
        let (line, right) = (lines.next(), right_lines.next());
        let differs = line != right || line.is_none();
        let shown = |line: Option<&str>| line.map_or("nothing".to_owned(), quoted);
        differs.then(|| {
            let (found, right) = (shown(line), shown(right));
            format!("line {number}: it has {found}, the recordings say {right}")
        })
    })
}

/// Returns the first place at which two values differ, with both, in one sentence.
pub(super) fn json_difference(found: &Value, right: &Value) -> Option<String> {
    let (place, found, right) = first_different(found, right, String::new())?;
    let shown = |value: Option<&Value>| value.map_or("nothing".to_owned(), brief);
    let (found, right) = (shown(found), shown(right));
    Some(format!(
        "{place}: it has {found}, the recordings say {right}"
    ))
}

type Different<'a> = (String, Option<&'a Value>, Option<&'a Value>);

fn first_different<'a>(found: &'a Value, right: &'a Value, place: String) -> Option<Different<'a>> {
    let inner = |key: &str| match place.as_str() {
        "" => key.to_owned(),
        above => format!("{above}.{key}"),
    };
    let different =
        |key: &str, found: Option<&'a Value>, right: Option<&'a Value>| match (found, right) {
            (Some(found), Some(right)) => first_different(found, right, inner(key)),
            (None, None) => None,
            (found, right) => Some((inner(key), found, right)),
        };
    match (found, right) {
        (Value::Object(found), Value::Object(right)) => {
            let mut keys = found.keys().chain(right.keys());
            keys.find_map(|key| different(key, found.get(key), right.get(key)))
        }
        (Value::Array(found), Value::Array(right)) => {
            let mut places = 0..found.len().max(right.len());
            places.find_map(|n| different(&n.to_string(), found.get(n), right.get(n)))
        }
        _ => (found != right).then_some((place, Some(found), Some(right))),
    }
}

fn brief(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("{} items", items.len()),
        Value::Object(_) => "an object".to_owned(),
        value => shortened(&value.to_string()),
    }
}

fn quoted(text: &str) -> String {
    shortened(&format!("{text:?}"))
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_first_different_place_is_named_with_both_values() {
        let right = json!({ "days": [{ "n": 1 }, { "n": 2, "x": null }], "app": "p" });
        assert_eq!(json_difference(&right, &right), None);
        for (found, text) in [
            (
                json!({ "days": [{ "n": 1 }, { "n": 3, "x": null }], "app": "p" }),
                "days.1.n: it has 3, the recordings say 2",
            ),
            (
                json!({ "days": [{ "n": 1 }], "app": "p" }),
                "days.1: it has nothing, the recordings say an object",
            ),
            (
                json!({ "days": [{ "n": 1 }, { "n": 2 }], "app": "p" }),
                "days.1.x: it has nothing, the recordings say null",
            ),
            (
                json!({ "days": [{ "n": 1 }, { "n": 2, "x": null }], "app": "p", "y": [1] }),
                "y: it has 1 items, the recordings say nothing",
            ),
            (json!([]), ": it has 0 items, the recordings say an object"),
        ] {
            assert_eq!(json_difference(&found, &right).as_deref(), Some(text));
        }
    }

    #[test]
    fn the_first_different_line_is_named() {
        let of = |found: &str| document_difference("README.md", found.as_bytes(), b"a\nb\n");
        assert_eq!(of("a\nb\n"), None);
        let text = of("a\nc\n").unwrap_or_default();
        assert_eq!(text, "line 2: it has \"c\", the recordings say \"b\"");
        let text = of("a\nb").unwrap_or_default();
        assert_eq!(text, "line 3: it has nothing, the recordings say \"\"");
        let text = of("a\nb\n\n").unwrap_or_default();
        assert_eq!(text, "line 4: it has \"\", the recordings say nothing");
        let json = |found: &str| document_difference("a.json", found.as_bytes(), b"{\"a\":1}");
        assert_eq!(json("{").as_deref(), Some("it is no JSON"));
        assert_eq!(
            json("{\"a\": 1}").as_deref(),
            Some("it is not written as a build writes it")
        );
    }
}
