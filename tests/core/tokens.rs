//! A source text as words, signs and string literals, comments and test code left out.

/// One word or sign of a source text.
#[derive(Debug, Clone, PartialEq)]
pub enum Token {
    Word(String),
    /// `::`
    Into,
    Sign(char),
    /// A string literal as it stands in the source, escapes included.
    Text(String),
}

impl Token {
    pub fn word(&self) -> Option<&str> {
        match self {
            Self::Word(word) => Some(word),
            _ => None,
        }
    }

    pub fn is(&self, word: &str) -> bool {
        self.word() == Some(word)
    }
}

/// Splits a source text; comments, characters and lifetimes are left out.
pub fn tokens(text: &str) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let mut tokens = Vec::new();
    let mut at = 0;
    let starts = |at: usize, with: &str| {
        with.chars()
            .enumerate()
            .all(|(i, c)| chars.get(at + i) == Some(&c))
    };
    while let Some(&c) = chars.get(at) {
        if starts(at, "//") {
            while at < chars.len() && chars[at] != '\n' {
                at += 1;
            }
        } else if starts(at, "/*") {
            while at < chars.len() && !starts(at, "*/") {
                at += 1;
            }
            at += 2;
        } else if c == '"' {
            at += 1;
            let start = at;
            while at < chars.len() && chars[at] != '"' {
                at += if chars[at] == '\\' { 2 } else { 1 };
            }
            tokens.push(Token::Text(chars[start..at].iter().collect()));
            at += 1;
        } else if c == '\'' {
            // A character, or a lifetime.
            if chars.get(at + 1) == Some(&'\\') {
                at += 3;
                while at < chars.len() && chars[at] != '\'' {
                    at += 1;
                }
                at += 1;
            } else if chars.get(at + 2) == Some(&'\'') {
                at += 3;
            } else {
                at += 1;
            }
        } else if c.is_alphanumeric() || c == '_' {
            let start = at;
            while at < chars.len() && (chars[at].is_alphanumeric() || chars[at] == '_') {
                at += 1;
            }
            let word: String = chars[start..at].iter().collect();
            let hashes = chars[at..].iter().take_while(|c| **c == '#').count();
            if ["r", "br"].contains(&word.as_str()) && chars.get(at + hashes) == Some(&'"') {
                let end = format!("\"{}", "#".repeat(hashes));
                at += hashes + 1;
                let start = at;
                while at < chars.len() && !starts(at, &end) {
                    at += 1;
                }
                tokens.push(Token::Text(chars[start..at].iter().collect()));
                at += end.len();
            } else {
                tokens.push(Token::Word(word));
            }
        } else if starts(at, "::") {
            tokens.push(Token::Into);
            at += 2;
        } else {
            if !c.is_whitespace() {
                tokens.push(Token::Sign(c));
            }
            at += 1;
        }
    }
    tokens
}

/// Returns the place behind the bracket that closes the one at `at`.
pub fn behind(tokens: &[Token], at: usize) -> usize {
    let mut depth = 0;
    for (i, token) in tokens.iter().enumerate().skip(at) {
        match token {
            Token::Sign('(' | '[' | '{') => depth += 1,
            Token::Sign(')' | ']' | '}') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return i + 1;
        }
    }
    tokens.len()
}

/// Returns the place behind the item that begins at `at`, attributes included.
fn behind_item(tokens: &[Token], mut at: usize) -> usize {
    while tokens.get(at) == Some(&Token::Sign('#')) {
        at = behind(tokens, at + 1);
    }
    let mut first = at;
    if tokens.get(first).is_some_and(|token| token.is("pub")) {
        first += 1;
        if tokens.get(first) == Some(&Token::Sign('(')) {
            first = behind(tokens, first);
        }
    }
    let to_semicolon = ["use", "const", "static", "type"];
    let until_semicolon = tokens
        .get(first)
        .and_then(Token::word)
        .is_some_and(|word| to_semicolon.contains(&word));
    while let Some(token) = tokens.get(at) {
        match token {
            Token::Sign(';') => return at + 1,
            Token::Sign('{') if !until_semicolon => return behind(tokens, at),
            Token::Sign('(' | '[' | '{') => at = behind(tokens, at),
            _ => at += 1,
        }
    }
    at
}

/// Leaves out every item with `#[cfg(test)]` or a `cfg` that needs `test`.
pub fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let attribute =
            tokens[at] == Token::Sign('#') && tokens.get(at + 1) == Some(&Token::Sign('['));
        if attribute && tokens.get(at + 2).is_some_and(|token| token.is("cfg")) {
            let end = behind(tokens, at + 1);
            let words: Vec<_> = tokens[at..end].iter().filter_map(Token::word).collect();
            if words.contains(&"test") && !words.contains(&"not") && !words.contains(&"any") {
                at = behind_item(tokens, at);
                continue;
            }
        }
        kept.push(tokens[at].clone());
        at += 1;
    }
    kept
}
