//! The layout of the published JSON: two spaces of indentation, one line for each key of the first two levels and for
//! each row of a list of objects; deeper values stay in the line of their key. A game of 500 ticks has 30 lines, not 500.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

/// Returns the text of a file, with a newline at its end.
pub(crate) fn to_text(file: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    file.serialize(&mut Serializer::with_formatter(
        &mut text,
        Layout::default(),
    ))?;
    text.push(b'\n');
    Ok(text)
}

/// Levels of objects that span several lines.
const OPEN_LEVELS: usize = 2;

/// Chooses the layout while it writes: building a tree of values first would take many times as long for a long day.
#[derive(Default)]
struct Layout {
    /// Indentation: the number of enclosing containers that span several lines.
    level: usize,
    /// The number of enclosing containers in one line: with a space after each comma and colon and inside braces that
    /// are not empty.
    inline: usize,
    /// The innermost object has no key yet.
    empty: bool,
    /// The state of the list on an open level; such lists are never nested.
    list: ListLayout,
}

#[derive(Default, PartialEq)]
enum ListLayout {
    #[default]
    None,
    /// The first value decides: an object makes rows, any other value one line.
    Undecided,
    Rows,
}

impl Layout {
    fn new_line<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b"\n")?;
        (0..self.level).try_for_each(|_| writer.write_all(b"  "))
    }

    fn between<W: ?Sized + Write>(&self, writer: &mut W) -> io::Result<()> {
        if self.inline > 0 {
            return writer.write_all(b", ");
        }
        writer.write_all(b",")?;
        self.new_line(writer)
    }

    /// Puts a list in one line whose first value is no object.
    fn list_in_one_line(&mut self) {
        if self.list == ListLayout::Undecided {
            self.list = ListLayout::None;
            self.inline += 1;
        }
    }
}

impl Formatter for Layout {
    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.list_in_one_line();
        if self.inline == 0 && self.list == ListLayout::None && self.level < OPEN_LEVELS {
            self.list = ListLayout::Undecided;
        } else {
            self.inline += 1;
        }
        writer.write_all(b"[")
    }

    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first { Ok(()) } else { self.between(writer) }
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        self.list_in_one_line();
        Ok(())
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.inline > 0 {
            self.inline -= 1;
        } else if std::mem::take(&mut self.list) == ListLayout::Rows {
            self.level -= 1;
            self.new_line(writer)?;
        }
        writer.write_all(b"]")
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.list == ListLayout::Undecided {
            self.list = ListLayout::Rows;
            self.level += 1;
            self.new_line(writer)?;
        }
        if self.inline == 0 && self.list == ListLayout::None && self.level < OPEN_LEVELS {
            self.level += 1;
        } else {
            self.inline += 1;
        }
        self.empty = true;
        writer.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.empty = false;
        match (first, self.inline) {
            (false, _) => self.between(writer),
            (true, 0) => self.new_line(writer),
            (true, _) => writer.write_all(b" "),
        }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let empty = std::mem::take(&mut self.empty);
        if self.inline > 0 {
            self.inline -= 1;
            return writer.write_all(if empty { b"}" } else { b" }" });
        }
        self.level -= 1;
        if !empty {
            self.new_line(writer)?;
        }
        writer.write_all(b"}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    /// The layout by its description, for a complete value.
    fn described(value: &Value, level: usize) -> String {
        let margin = |level| format!("\n{}", "  ".repeat(level));
        match value {
            Value::Object(object) if level < OPEN_LEVELS && !object.is_empty() => {
                let line = |(key, value): (&String, &Value)| {
                    let value = described(value, level + 1);
                    format!("{}{}: {value}", margin(level + 1), json!(key))
                };
                let lines: Vec<_> = object.iter().map(line).collect();
                format!("{{{}{}}}", lines.join(","), margin(level))
            }
            Value::Array(rows)
                if level < OPEN_LEVELS && rows.first().is_some_and(Value::is_object) =>
            {
                let line = |row| format!("{}{}", margin(level + 1), in_line(row));
                let lines: Vec<_> = rows.iter().map(line).collect();
                format!("[{}{}]", lines.join(","), margin(level))
            }
            other => in_line(other),
        }
    }

    fn in_line(value: &Value) -> String {
        match value {
            Value::Object(object) if !object.is_empty() => {
                let parts = object
                    .iter()
                    .map(|(key, value)| format!("{}: {}", json!(key), in_line(value)));
                format!("{{ {} }}", parts.collect::<Vec<_>>().join(", "))
            }
            Value::Array(list) => {
                let parts: Vec<_> = list.iter().map(in_line).collect();
                format!("[{}]", parts.join(", "))
            }
            other => other.to_string(),
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<i32>().prop_map(Value::from),
            "\\PC{0,4}".prop_map(Value::from),
        ];
        leaf.prop_recursive(5, 60, 4, |inner| {
            let object = prop::collection::vec(("[a-d]", inner.clone()), 0..4);
            prop_oneof![
                prop::collection::vec(inner, 0..4).prop_map(Value::Array),
                object.prop_map(|pairs| Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_is_written_in_the_described_layout(value in any_value()) {
            let text = String::from_utf8(to_text(&value).expect("a text")).expect("UTF-8");
            prop_assert_eq!(text, described(&value, 0) + "\n");
        }
    }
}
