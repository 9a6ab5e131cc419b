//! The smallest parts of a line: words and numbers. Each notes where it failed and what it expected, and of one line the
//! place counts that is farthest to the right.

use std::cell::RefCell;

use rust_decimal::Decimal;
use winnow::combinator::alt;
use winnow::error::EmptyError;
use winnow::prelude::*;
use winnow::stream::Stateful;
use winnow::token::take_while;

use crate::protocol::number;

/// The rest of a line, with the place of its farthest failure.
pub(super) type Line<'a> = Stateful<&'a str, &'a Farthest>;
/// The result of a part of a line.
pub(super) type Parsed<T> = winnow::Result<T, EmptyError>;

/// The farthest failure in a line.
#[derive(Debug, Default)]
pub(super) struct Farthest(RefCell<LineFailure>);

/// A failure: how much of the line was left there, and what could have followed.
#[derive(Debug, Clone, Default)]
pub(super) struct LineFailure {
    /// Bytes from the failure to the end of the line; `None` before the first failure.
    pub left: Option<usize>,
    pub expected: Vec<&'static str>,
}

impl Farthest {
    /// Returns the failure.
    pub fn failure(self) -> LineFailure {
        self.0.into_inner()
    }

    fn note(&self, left: usize, expected: &'static str) {
        let mut farthest = self.0.borrow_mut();
        if farthest.left.is_none_or(|before| left < before) {
            *farthest = LineFailure {
                left: Some(left),
                expected: Vec::new(),
            };
        }
        if farthest.left == Some(left) && !farthest.expected.contains(&expected) {
            farthest.expected.push(expected);
        }
    }
}

/// Fails at the current place of the line, which is after any spaces.
fn fail<T>(line: &Line<'_>, expected: &'static str) -> Parsed<T> {
    line.state.note(line.input.len(), expected);
    Err(EmptyError)
}

fn skip_spaces(line: &mut Line<'_>) {
    line.input = line.input.trim_start();
}

/// A word. `expected` names it in a message, perhaps together with what follows it.
pub(super) fn word<'a>(
    name: &'static str,
    expected: &'static str,
) -> impl Parser<Line<'a>, (), EmptyError> {
    move |line: &mut Line<'a>| {
        skip_spaces(line);
        let start = line.checkpoint();
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '-';
        let taken: Parsed<&str> = take_while(1.., is_part).parse_next(line);
        if taken.is_ok_and(|found| found == name) {
            return Ok(());
        }
        line.reset(&start);
        fail(line, expected)
    }
}

/// A sign such as `%`, which need not be surrounded by spaces.
pub(super) fn sign<'a>(
    text: &'static str,
    expected: &'static str,
) -> impl Parser<Line<'a>, (), EmptyError> {
    move |line: &mut Line<'a>| {
        skip_spaces(line);
        match line.input.strip_prefix(text) {
            Some(rest) => {
                line.input = rest;
                Ok(())
            }
            None => fail(line, expected),
        }
    }
}

/// A number that meets a condition.
pub(super) fn number<'a>(
    expected: &'static str,
    fits: fn(Decimal) -> bool,
) -> impl Parser<Line<'a>, Decimal, EmptyError> {
    move |line: &mut Line<'a>| {
        let read = |text: &str| number::parse(text).filter(|value| fits(*value));
        number_token(line, expected, read)
    }
}

/// A number, with or without the letter `x` after it, as in `1.5x`.
pub(super) fn multiplier<'a>(expected: &'static str) -> impl Parser<Line<'a>, Decimal, EmptyError> {
    move |line: &mut Line<'a>| {
        number_token(line, expected, |text| {
            let value = number::parse(text.strip_suffix('x').unwrap_or(text))?;
            (value > Decimal::ZERO).then_some(value)
        })
    }
}

/// A whole number that meets a condition.
pub(super) fn whole<'a, N: TryFrom<u64>>(
    expected: &'static str,
    fits: fn(&N) -> bool,
) -> impl Parser<Line<'a>, N, EmptyError> {
    move |line: &mut Line<'a>| {
        number_token(line, expected, |text| {
            let value = number::parse_whole(text)?;
            N::try_from(value).ok().filter(fits)
        })
    }
}

/// A number reaches to the next space, percent sign, or comma that ends a word.
fn number_token<T>(
    line: &mut Line<'_>,
    expected: &'static str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Parsed<T> {
    skip_spaces(line);
    let rest = line.input;
    let end = rest.find(|c: char| c.is_whitespace() || c == '%');
    let text = &rest[..end.unwrap_or(rest.len())];
    let text = text.strip_suffix(',').unwrap_or(text);
    match read(text) {
        Some(value) => {
            line.input = &rest[text.len()..];
            Ok(value)
        }
        None => fail(line, expected),
    }
}

/// The end of the line.
pub(super) fn end(line: &mut Line<'_>) -> Parsed<()> {
    skip_spaces(line);
    if line.input.is_empty() {
        Ok(())
    } else {
        fail(line, "the end of the line")
    }
}

/// A word that may be left out.
pub(super) fn optional<'a>(
    part: impl Parser<Line<'a>, (), EmptyError>,
) -> impl Parser<Line<'a>, (), EmptyError> {
    alt((part, |_: &mut Line<'a>| Ok(())))
}
