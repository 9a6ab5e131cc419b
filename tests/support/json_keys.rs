//! The keys of `--json` and the page that explains them.

use serde_json::Value;

/// Asserts that a page names every key of a value, at any depth, in code.
///
/// # Panics
/// A key is missing.
pub fn assert_keys_are_in(page: &str, value: &Value) {
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                assert!(page.contains(&format!("`{key}`")), "the page lacks {key}");
                assert_keys_are_in(page, inner);
            }
        }
        Value::Array(list) => list
            .iter()
            .for_each(|inner| assert_keys_are_in(page, inner)),
        _ => {}
    }
}
