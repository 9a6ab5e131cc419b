//! How the published JSON looks: two spaces of indentation, one line for each key of the first two levels and for
//! each row of a list of objects, everything deeper in its line. A game of 500 ticks is 30 lines, not 500.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Value;
use serde_json::ser::{Formatter, Serializer};

/// Returns the text of a file, with a newline at its end.
pub(super) fn to_text(file: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut text = Vec::new();
    block(&serde_json::to_value(file)?, 0, &mut text)?;
    text.push(b'\n');
    Ok(text)
}

/// Levels of objects that are written over several lines.
const OPEN_LEVELS: usize = 2;

fn block(value: &Value, level: usize, text: &mut Vec<u8>) -> serde_json::Result<()> {
    let new_line = |text: &mut Vec<u8>, level: usize| {
        text.push(b'\n');
        text.resize(text.len() + 2 * level, b' ');
    };
    match value {
        Value::Object(object) if level < OPEN_LEVELS && !object.is_empty() => {
            text.push(b'{');
            for (number, (key, value)) in object.iter().enumerate() {
                if number > 0 {
                    text.push(b',');
                }
                new_line(text, level + 1);
                serde_json::to_writer(&mut *text, key)?;
                text.extend_from_slice(b": ");
                block(value, level + 1, text)?;
            }
            new_line(text, level);
            text.push(b'}');
        }
        Value::Array(rows) if level < OPEN_LEVELS && rows.first().is_some_and(Value::is_object) => {
            text.push(b'[');
            for (number, row) in rows.iter().enumerate() {
                if number > 0 {
                    text.push(b',');
                }
                new_line(text, level + 1);
                inline(row, text)?;
            }
            new_line(text, level);
            text.push(b']');
        }
        other => inline(other, text)?,
    }
    Ok(())
}

fn inline(value: &Value, text: &mut Vec<u8>) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(text, Spaced::default()))
}

/// One line, with a space after each comma and colon and inside braces that hold something.
#[derive(Default)]
struct Spaced {
    empty: bool,
}

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first {
            Ok(())
        } else {
            writer.write_all(b", ")
        }
    }

    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.empty = true;
        writer.write_all(b"{")
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.empty = false;
        writer.write_all(if first { b" " } else { b", " })
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        let end: &[u8] = if self.empty { b"}" } else { b" }" };
        self.empty = false;
        writer.write_all(end)
    }
}
