//! Lines of a strategy that cannot be read.

use std::fmt;

use crate::plural::count;

/// Errors that are printed; further ones are counted.
const MOST_PRINTED: usize = 20;
/// The longest quoted text, in characters.
const LONGEST_QUOTE: usize = 40;

/// All faulty lines of a strategy, in the order of the file; never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrategyErrors(pub(super) Vec<StrategyError>);

/// A place of a strategy that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrategyError {
    /// Line number, from 1.
    pub line: usize,
    /// The first character that does not fit, from 1.
    pub column: usize,
    /// Characters to mark from there on; at least 1.
    pub length: usize,
    /// What is there.
    pub found: String,
    /// What could be there instead.
    pub expected: Vec<String>,
}

impl StrategyErrors {
    /// Returns the errors, at most one for each line.
    pub fn as_slice(&self) -> &[StrategyError] {
        &self.0
    }
}

impl fmt::Display for StrategyErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().take(MOST_PRINTED).enumerate() {
            let separator = if index == 0 { "" } else { "\n" };
            write!(f, "{separator}{error}")?;
        }
        match self.0.len().saturating_sub(MOST_PRINTED) {
            0 => Ok(()),
            more => write!(f, "\n{} cannot be read", count(more, "more line")),
        }
    }
}

impl std::error::Error for StrategyErrors {}

impl fmt::Display for StrategyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            found,
            ..
        } = self;
        write!(f, "line {line}, column {column}: found {found}, expected ")?;
        match self.expected.split_last() {
            None => f.write_str("nothing"),
            Some((last, [])) => f.write_str(last),
            Some((last, others)) => write!(f, "{} or {last}", others.join(", ")),
        }
    }
}

/// Returns a text of the file as a message quotes it: cut, and without characters that a terminal would obey.
pub(super) fn quoted(text: &str) -> String {
    let mut shown: String = text.escape_debug().take(LONGEST_QUOTE).collect();
    if text.escape_debug().count() > LONGEST_QUOTE {
        shown.push('…');
    }
    format!("`{shown}`")
}
