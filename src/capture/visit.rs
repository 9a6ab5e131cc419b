//! Walks through a JSON value and replaces texts, numbers and fields.

use serde_json::{Map, Value};

/// The replacement of a secret in data.
pub(super) const REMOVED: &str = "[removed]";

/// Decides about the texts, numbers and fields of a JSON value.
pub(super) trait Visitor {
    /// Returns the replacement of a text; `None` keeps it.
    fn text(&mut self, text: &str) -> Option<String>;

    /// Returns the replacement of a field's name; `None` keeps it.
    fn name(&mut self, name: &str) -> Option<String> {
        self.text(name)
    }

    /// Whether a number with these digits is removed.
    fn removes_number(&mut self, digits: &str) -> bool;

    /// Whether the value of a field is removed because of the field's name.
    fn removes_field(&mut self, _name: &str, _value: &Value) -> bool {
        false
    }
}

/// Applies the decisions of `visitor` to a value and everything inside it.
pub(super) fn visit(value: &mut Value, visitor: &mut impl Visitor) {
    match value {
        Value::String(text) => replace(text, visitor),
        Value::Number(number) => {
            if visitor.removes_number(&number.to_string()) {
                *value = REMOVED.into();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, visitor)),
        Value::Object(fields) => visit_fields(fields, visitor),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Applies the decision of `visitor` to a text.
pub(super) fn replace(text: &mut String, visitor: &mut impl Visitor) {
    if let Some(replacement) = visitor.text(text) {
        *text = replacement;
    }
}

fn visit_fields(fields: &mut Map<String, Value>, visitor: &mut impl Visitor) {
    let mut has_new_names = false;
    for (name, value) in fields.iter_mut() {
        if visitor.removes_field(name, value) {
            *value = REMOVED.into();
        } else {
            visit(value, visitor);
        }
        has_new_names |= visitor.name(name).is_some();
    }
    if has_new_names {
        let renamed = std::mem::take(fields).into_iter().map(|(name, value)| {
            let name = visitor.name(&name).unwrap_or(name);
            (name, value)
        });
        *fields = renamed.collect();
    }
}
