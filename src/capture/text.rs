//! Escapes and shortens foreign text before it reaches a log or the screen.

use std::error::Error;

use crate::paths::is_hidden;

/// Limit of a foreign text, in characters.
const LONGEST: usize = 200;

/// Returns `text` with control characters escaped, cut to 200 characters.
///
/// Besides C0/C1 controls it escapes invisible direction marks, which can reverse a message.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::new();
    let mut left = LONGEST;
    for c in text.chars() {
        let piece: String = if is_hidden(c) {
            c.escape_default().collect()
        } else {
            c.to_string()
        };
        let length = piece.chars().count();
        if length > left {
            out.push('…');
            break;
        }
        left -= length;
        out.push_str(&piece);
    }
    out
}

/// Returns the error with all its sources, outermost first.
///
/// The library's top line is only "`EngineIO` Error"; the reason (HTTP 403, refused, DNS) is a source. A line that repeats
/// the end of the line before is omitted.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut out = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        let line = error.to_string();
        if !out.ends_with(&line) {
            out.push_str(": ");
            out.push_str(&line);
        }
        next = error.source();
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn control_characters_are_escaped_and_long_text_is_cut() {
        assert_eq!(clean("a\nb\u{1b}[31m"), "a\\nb\\u{1b}[31m");
        assert_eq!(clean("a\u{202e}b"), "a\\u{202e}b");
        let long = clean(&"é".repeat(5000));
        assert_eq!(long.chars().count(), LONGEST + 1);
        assert!(long.ends_with('…'));
        // An escape is never cut in half.
        let edge = clean(&format!("{}\u{1b}", "x".repeat(LONGEST - 1)));
        assert_eq!(edge, format!("{}…", "x".repeat(LONGEST - 1)));
        assert_eq!(clean(&"x".repeat(LONGEST)), "x".repeat(LONGEST));
    }

    #[test]
    fn the_source_chain_is_written_once() {
        #[derive(Debug, thiserror::Error)]
        #[error("inner")]
        struct Inner;
        #[derive(Debug, thiserror::Error)]
        #[error("middle: {0}")]
        struct Middle(#[source] Inner);
        #[derive(Debug, thiserror::Error)]
        #[error("top")]
        struct Top(#[source] Middle);
        assert_eq!(chain(&Top(Middle(Inner))), "top: middle: inner");
    }
}
