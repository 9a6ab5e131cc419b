//! JSON that stays text: one pass checks it and notes where each value begins and ends, so that an event is read from
//! its text without a tree of values, and a key that is not used costs nothing more.

mod scan;

use std::borrow::Cow;

use super::json::Json;
use scan::{number_end, plain_end, skip_space};

/// Where the values of a text begin and end. One is used for many texts, so that its memory is reused.
#[derive(Debug, Clone, Default)]
pub struct JsonSpans {
    /// Every value in the order of the text, a key before its value.
    spans: Vec<Span>,
    /// The lists and objects that are not closed yet, by their place in `spans`.
    open: Vec<usize>,
}

/// The place of one value.
#[derive(Debug, Clone, Copy)]
struct Span {
    /// First byte; of a text the one after its quotation mark.
    start: u32,
    /// The byte after the last one; of a text its closing quotation mark.
    end: u32,
    /// The place of the first span behind this value and all values in it.
    next: u32,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Null,
    True,
    False,
    Number,
    /// A text without an escape.
    Text,
    /// A text with an escape.
    Escaped,
    List,
    Object,
}

/// Why a text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{problem} at column {column}")]
pub struct JsonError {
    /// The problem.
    pub problem: &'static str,
    /// The byte where it is, from 1.
    pub column: usize,
}

/// One value of a checked text.
#[derive(Debug, Clone, Copy)]
pub struct JsonText<'a> {
    text: &'a str,
    spans: &'a [Span],
    place: usize,
}

/// What may follow at a place of the text.
#[derive(Clone, Copy)]
enum Expected {
    Value,
    Key,
    /// A comma, or the end of the list or object.
    More,
}

impl JsonSpans {
    /// Checks a text that is one JSON value, and returns the value. Lists and objects may be nested to any depth.
    ///
    /// # Errors
    /// The text is no JSON: what is wrong, and where. A text of more than 4 GiB is refused.
    pub fn read<'a>(&'a mut self, bytes: &'a [u8]) -> Result<JsonText<'a>, JsonError> {
        let text = std::str::from_utf8(bytes).map_err(|why| JsonError {
            problem: "the text is not UTF-8",
            column: why.valid_up_to() + 1,
        })?;
        let at_column = |problem, at| JsonError {
            problem,
            column: at + 1,
        };
        if u32::try_from(bytes.len()).is_err() {
            return Err(at_column("the text is too long", 0));
        }
        self.spans.clear();
        self.open.clear();
        let end = self.scan(text).map_err(|(why, at)| at_column(why, at))?;
        if !self.open.is_empty() || self.spans.is_empty() {
            return Err(at_column("the text ends too early", end));
        }
        Ok(JsonText {
            text,
            spans: &self.spans,
            place: 0,
        })
    }

    /// Notes every value; returns the end of the text. An error has its place.
    fn scan(&mut self, text: &str) -> Result<usize, (&'static str, usize)> {
        let bytes = text.as_bytes();
        let mut at = 0;
        let mut expected = Expected::Value;
        loop {
            at = skip_space(bytes, at);
            let Some(&byte) = bytes.get(at) else {
                return Ok(at);
            };
            match expected {
                Expected::Key => {
                    if byte != b'"' {
                        return Err(("a key in quotation marks is expected", at));
                    }
                    at = self.text(text, at)?;
                    at = skip_space(bytes, at);
                    if bytes.get(at) != Some(&b':') {
                        return Err(("a colon is expected", at));
                    }
                    at += 1;
                    expected = Expected::Value;
                }
                Expected::Value => {
                    expected = Expected::More;
                    match byte {
                        b'"' => at = self.text(text, at)?,
                        b'{' | b'[' => {
                            let (kind, close) = match byte {
                                b'{' => (Kind::Object, b'}'),
                                _ => (Kind::List, b']'),
                            };
                            self.open.push(self.spans.len());
                            self.push(kind, at, at);
                            at = skip_space(bytes, at + 1);
                            if bytes.get(at) == Some(&close) {
                                at += 1;
                                self.close(at);
                            } else if kind == Kind::Object {
                                expected = Expected::Key;
                            } else {
                                expected = Expected::Value;
                            }
                        }
                        b'-' | b'0'..=b'9' => {
                            let end = number_end(bytes, at).map_err(|at| ("no number", at))?;
                            self.push(Kind::Number, at, end);
                            at = end;
                        }
                        _ => {
                            let words = [
                                ("null", Kind::Null),
                                ("true", Kind::True),
                                ("false", Kind::False),
                            ];
                            let rest = &bytes[at..];
                            let word = words
                                .into_iter()
                                .find(|(word, _)| rest.starts_with(word.as_bytes()));
                            let (word, kind) = word.ok_or(("a value is expected", at))?;
                            self.push(kind, at, at + word.len());
                            at += word.len();
                        }
                    }
                }
                Expected::More => {
                    let Some(&open) = self.open.last() else {
                        return Err(("something follows the value", at));
                    };
                    let is_object = self.spans[open].kind == Kind::Object;
                    at += 1;
                    match (byte, is_object) {
                        (b',', true) => expected = Expected::Key,
                        (b',', false) => expected = Expected::Value,
                        (b'}', true) | (b']', false) => self.close(at),
                        _ => return Err(("a comma or the end is expected", at - 1)),
                    }
                }
            }
        }
    }

    /// Adds a value that ends at `end`.
    fn push(&mut self, kind: Kind, start: usize, end: usize) {
        let next = short(self.spans.len() + 1);
        self.spans.push(Span {
            start: short(start),
            end: short(end),
            next,
            kind,
        });
    }

    /// Ends the innermost list or object.
    fn close(&mut self, end: usize) {
        let next = short(self.spans.len());
        if let Some(open) = self.open.pop() {
            let span = &mut self.spans[open];
            span.end = short(end);
            span.next = next;
        }
    }

    /// Adds the text whose quotation mark is at `at`; returns the place behind it.
    #[inline]
    fn text(&mut self, text: &str, at: usize) -> Result<usize, (&'static str, usize)> {
        let bytes = text.as_bytes();
        let start = at + 1;
        let mut at = start;
        let mut kind = Kind::Text;
        loop {
            at = plain_end(bytes, at);
            match bytes.get(at) {
                Some(b'"') => break,
                Some(b'\\') => {
                    kind = Kind::Escaped;
                    // What is escaped is checked below; it may be a quotation mark.
                    at += 2;
                }
                Some(_) => return Err(("a control character in a text", at)),
                None => return Err(("the text ends too early", bytes.len())),
            }
        }
        // Escapes are rare: they are checked by decoding the text.
        if kind == Kind::Escaped && unescaped(text, start, at).is_none() {
            return Err(("an escape that is none", start));
        }
        self.push(kind, start, at);
        Ok(at + 1)
    }
}

impl<'a> JsonText<'a> {
    /// Returns the value as it was written.
    pub fn written(self) -> &'a str {
        let span = self.span();
        let quote = usize::from(matches!(span.kind, Kind::Text | Kind::Escaped));
        &self.text[span.start as usize - quote..span.end as usize + quote]
    }

    /// Returns the characters of a text; `None` for anything else.
    pub fn as_text(self) -> Option<Cow<'a, str>> {
        let Span {
            start, end, kind, ..
        } = self.span();
        let (start, end) = (start as usize, end as usize);
        match kind {
            Kind::Text => Some(Cow::Borrowed(&self.text[start..end])),
            Kind::Escaped => unescaped(self.text, start, end).map(Cow::Owned),
            _ => None,
        }
    }

    /// Returns the digits of a number as they were written; `None` for anything else.
    pub fn as_number(self) -> Option<&'a str> {
        (self.span().kind == Kind::Number).then(|| self.written())
    }

    /// Returns `true` or `false`; `None` for anything else.
    pub fn as_flag(self) -> Option<bool> {
        match self.span().kind {
            Kind::True => Some(true),
            Kind::False => Some(false),
            _ => None,
        }
    }

    /// Whether it is `null`.
    pub fn is_null(self) -> bool {
        self.span().kind == Kind::Null
    }

    /// Whether it is a list.
    pub fn is_list(self) -> bool {
        self.span().kind == Kind::List
    }

    /// Whether it is an object.
    pub fn is_object(self) -> bool {
        self.span().kind == Kind::Object
    }

    /// Returns the elements of a list; none for anything else.
    pub fn elements(self) -> impl Iterator<Item = Self> {
        self.children(Kind::List)
    }

    /// Returns the keys and values of an object; none for anything else.
    pub fn entries(self) -> impl Iterator<Item = (Cow<'a, str>, Self)> {
        let mut children = self.children(Kind::Object);
        std::iter::from_fn(move || {
            let key = children.next()?.as_text()?;
            Some((key, children.next()?))
        })
    }

    /// Returns the value of a key of an object; of a repeated key the last one.
    pub fn get(self, key: &str) -> Option<Self> {
        Json::get(self, key)
    }

    fn span(self) -> Span {
        self.spans[self.place]
    }

    /// Returns the values directly in this one, if it is of a kind.
    fn children(self, kind: Kind) -> impl Iterator<Item = Self> {
        let span = self.span();
        let end = if span.kind == kind {
            span.next as usize
        } else {
            0
        };
        let mut place = self.place + 1;
        std::iter::from_fn(move || {
            (place < end).then(|| {
                let child = Self { place, ..self };
                place = child.span().next as usize;
                child
            })
        })
    }
}

impl<'a> Json<'a> for JsonText<'a> {
    fn is_null(self) -> bool {
        JsonText::is_null(self)
    }

    fn flag(self) -> Option<bool> {
        self.as_flag()
    }

    fn text(self) -> Option<Cow<'a, str>> {
        self.as_text()
    }

    fn number(self) -> Option<&'a str> {
        self.as_number()
    }

    fn is_list(self) -> bool {
        JsonText::is_list(self)
    }

    fn is_object(self) -> bool {
        JsonText::is_object(self)
    }

    fn elements(self) -> impl Iterator<Item = Self> {
        JsonText::elements(self)
    }

    fn entries(self) -> impl Iterator<Item = (Cow<'a, str>, Self)> {
        JsonText::entries(self)
    }
}

/// Returns a place as it is stored; [`JsonSpans::read`] refuses longer texts.
fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Decodes the text between two quotation marks; `None` if an escape is none.
fn unescaped(text: &str, start: usize, end: usize) -> Option<String> {
    serde_json::from_str(text.get(start - 1..=end)?).ok()
}

#[cfg(test)]
mod tests;
