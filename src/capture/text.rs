//! Foreign text: what a server says, before it reaches a log or the screen.
//!
//! Owns escaping and length. Does not decide what is shown where.

use std::error::Error;

/// Longest piece of server text that is passed on, in characters.
const LONGEST: usize = 200;
/// Whether a character is not seen, or moves what is: controls, line ends, direction marks, what has no width.
pub(crate) fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns `text` with control characters escaped, cut to 200 characters.
///
/// Besides C0/C1 controls it escapes the invisible direction marks, which can turn a message round.
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

/// Returns the error with everything behind it, outermost first.
///
/// The library's top line says only "`EngineIO` Error"; the reason (HTTP 403, refused, DNS) is a source.
/// Lines that merely repeat what their predecessor ends with are left out.
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
    fn the_whole_source_chain_is_told_once() {
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
