//! The shape of the sources: short files, types in one piece, names that mean one thing.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::layers::source::Sources;
use crate::tokens::{Token, behind};

/// The longest file, in lines, with its unit tests.
const LINES: usize = 400;
/// The files that may contain methods of one type.
const FILES: usize = 3;
/// The type names that two files may define. Each is always written with its path, or private to both files.
const DOUBLED: usize = 15;

fn src() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Calls `take` with every Rust file of a folder.
fn each_file(folder: &Path, take: &mut impl FnMut(&Path, &str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_file(&path, take);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            take(&path, &std::fs::read_to_string(&path).unwrap());
        }
    }
}

#[test]
fn no_file_is_too_long_and_none_is_included_by_its_path() {
    let mut wrong = Vec::new();
    each_file(&src(), &mut |path, text| {
        let lines = text.lines().count();
        if lines > LINES {
            wrong.push(format!("{}: {lines} lines", path.display()));
        }
        if text.contains("#[path") {
            wrong.push(format!("{}: #[path]", path.display()));
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Returns the words between `at` and the next `{` or `where`, without generic parameters.
fn words_to_body(tokens: &[Token], at: usize) -> Vec<&str> {
    let mut words = Vec::new();
    let mut depth = 0;
    for token in &tokens[at..] {
        match token {
            Token::Sign('<') => depth += 1,
            Token::Sign('>') => depth -= 1,
            Token::Sign('{') => break,
            Token::Word(word) if word == "where" => break,
            Token::Word(word) if depth == 0 => words.push(word.as_str()),
            _ => {}
        }
    }
    words
}

/// Calls `take` with the place of every item of a file, also inside modules in braces.
fn each_item<'a>(tokens: &'a [Token], take: &mut impl FnMut(&'a [Token], usize)) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        // A module in braces, or the items that a macro defines.
        let has_items = at >= 2 && (tokens[at - 2].is("mod") || tokens[at - 1] == Token::Sign('!'));
        match token {
            Token::Sign('{') if has_items => at += 1,
            Token::Sign('(' | '[' | '{') => at = behind(tokens, at),
            _ => {
                take(tokens, at);
                at += 1;
            }
        }
    }
}

#[test]
fn no_type_has_its_methods_in_more_than_three_files() {
    let sources = Sources::read(&src());
    let mut files: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (file, tokens) in &sources.files {
        each_item(tokens, &mut |tokens, at| {
            let words = words_to_body(tokens, at + 1);
            // Not the `impl` of a return type.
            let begins = matches!(
                at.checked_sub(1).map(|before| &tokens[before]),
                None | Some(Token::Sign('}' | ';' | ']' | '{'))
            );
            if begins && tokens[at].is("impl") && !words.contains(&"for") {
                let name = words.last().expect("a type");
                files.entry(name).or_default().insert(file);
            }
        });
    }
    assert!(files.len() > 100, "{} types", files.len());
    let wrong: Vec<_> = files.iter().filter(|(_, all)| all.len() > FILES).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn few_type_names_mean_two_things() {
    let sources = Sources::read(&src());
    let mut files: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (file, tokens) in &sources.files {
        each_item(tokens, &mut |tokens, at| {
            let defines = ["struct", "enum", "trait", "type"];
            if defines.iter().any(|word| tokens[at].is(word)) {
                let name = tokens[at + 1].word().expect("a name");
                files.entry(name).or_default().insert(file);
            }
        });
    }
    assert!(files.len() > 300, "{} types", files.len());
    let doubled: Vec<_> = files.iter().filter(|(_, all)| all.len() > 1).collect();
    assert!(doubled.len() <= DOUBLED, "{doubled:#?}");
}
