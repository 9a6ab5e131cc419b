//! One JSON value of the wire, as a parsed [`Value`] or as text: the decoder reads both with the same code.

use std::borrow::Cow;

use serde_json::Value;

/// A JSON value that can be read without being copied.
pub(super) trait Json<'a>: Copy {
    /// Whether it is `null`.
    fn is_null(self) -> bool;
    /// Returns `true` or `false`; `None` for anything else.
    fn flag(self) -> Option<bool>;
    /// Returns the characters of a text; `None` for anything else.
    fn text(self) -> Option<Cow<'a, str>>;
    /// Returns the digits of a number as they were sent; `None` for anything else.
    fn number(self) -> Option<&'a str>;
    /// Whether it is a list.
    fn is_list(self) -> bool;
    /// Whether it is an object.
    fn is_object(self) -> bool;
    /// Returns the elements of a list; none for anything else.
    fn elements(self) -> impl Iterator<Item = Self>;
    /// Returns the keys and values of an object; none for anything else.
    fn entries(self) -> impl Iterator<Item = (Cow<'a, str>, Self)>;

    /// Returns the value of a key of an object.
    fn get(self, key: &str) -> Option<Self> {
        // Of a repeated key the last value counts, as in a `Value`.
        let values = self.entries().filter(|(name, _)| name == key);
        values.last().map(|(_, value)| value)
    }
}

impl<'a> Json<'a> for &'a Value {
    fn is_null(self) -> bool {
        Value::is_null(self)
    }

    fn flag(self) -> Option<bool> {
        self.as_bool()
    }

    fn text(self) -> Option<Cow<'a, str>> {
        self.as_str().map(Cow::Borrowed)
    }

    fn number(self) -> Option<&'a str> {
        match self {
            Value::Number(number) => Some(number.as_str()),
            _ => None,
        }
    }

    fn is_list(self) -> bool {
        self.is_array()
    }

    fn is_object(self) -> bool {
        Value::is_object(self)
    }

    fn elements(self) -> impl Iterator<Item = Self> {
        self.as_array().into_iter().flatten()
    }

    fn entries(self) -> impl Iterator<Item = (Cow<'a, str>, Self)> {
        let entries = self.as_object().into_iter().flatten();
        entries.map(|(key, value)| (Cow::Borrowed(key.as_str()), value))
    }

    fn get(self, key: &str) -> Option<Self> {
        Value::get(self, key)
    }
}
