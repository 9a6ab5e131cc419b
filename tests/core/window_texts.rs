//! Every text of the window stands in `window_texts.txt`, which is read through as a whole before it is changed: the
//! string literals of the window's code and of what it shows as it comes from below. `UPDATE_SNAPSHOTS=1` writes the file
//! again.

use std::path::{Path, PathBuf};

use crate::tokens::{Token, tokens, without_tests};

/// Where the texts of the window are written: its own code, and the sentences that it shows unchanged.
const SOURCES: [&str; 8] = [
    "src/ui",
    "src/engine/announcer.rs",
    "src/engine/notice.rs",
    "src/feed/disconnect_reason.rs",
    "src/feed/health",
    "src/host",
    "src/settings/limits.rs",
    "src/trading/refusal.rs",
];
/// Functions and macros whose text is no text of the window: names for egui, log lines, what never happens.
const NOT_SHOWN: [&str; 18] = [
    "Id",
    "id",
    "id_salt",
    "from_id_salt",
    "expect",
    "debug",
    "info",
    "trace",
    "warn",
    "error",
    "enabled",
    "with",
    "thread_name",
    "name",
    "cfg",
    "feature",
    "include_bytes",
    "reason",
];
/// Words of the old dialect, which the window does not use (docs: CONTRIBUTING.md, language).
const DIALECT: [&str; 16] = [
    "anew",
    "told",
    "tells",
    "whoever",
    "nobody",
    "anybody",
    "somebody",
    "heard",
    "stroke",
    "strokes",
    "evening",
    "plays along",
    "looks on",
    "by itself",
    "all is well",
    "of mine",
];

fn files(path: &Path, found: &mut Vec<PathBuf>) {
    if path.is_dir() {
        let mut entries: Vec<_> = std::fs::read_dir(path)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        entries.sort();
        for entry in entries {
            files(&entry, found);
        }
    } else if path.extension().is_some_and(|ending| ending == "rs")
        && !path
            .components()
            .any(|part| part.as_os_str() == "tests" || part.as_os_str() == "tests.rs")
    {
        found.push(path.to_owned());
    }
}

/// Words of the dialect that no text of the program uses, not even in its log.
const DIALECT_ANYWHERE: [&str; 8] = [
    "anew", "told", "tells", "whoever", "wherever", "nobody", "anybody", "somebody",
];

/// Whether the text at `at` is an argument of something that does not show it.
fn is_hidden(tokens: &[Token], at: usize) -> bool {
    let before = |back: usize| at.checked_sub(back).map(|at| &tokens[at]);
    let (mut open, mut back) = (before(1), 1);
    // The first argument of a call, of a method or of a macro; `key = "…"` of an attribute.
    if open == Some(&Token::Sign('=')) {
        return before(2)
            .and_then(Token::word)
            .is_some_and(|word| NOT_SHOWN.contains(&word) || word == "doc");
    }
    if open != Some(&Token::Sign('(')) {
        return false;
    }
    back += 1;
    open = before(back);
    if open == Some(&Token::Sign('!')) {
        back += 1;
        open = before(back);
    }
    // `Id::new("…")`, `Panel::top("…")`: the type decides.
    if before(back + 1) == Some(&Token::Into) {
        let kind = before(back + 2).and_then(Token::word);
        return kind.is_some_and(|kind| {
            [
                "Id",
                "Panel",
                "UiBuilder",
                "tracing",
                "LayerId",
                "Area",
                "Window",
            ]
            .contains(&kind)
        });
    }
    open.and_then(Token::word)
        .is_some_and(|word| NOT_SHOWN.contains(&word))
}

/// Returns the string literals of a file outside its tests, without those that `is_left_out` names.
fn texts(file: &Path, is_left_out: fn(&[Token], usize) -> bool) -> Vec<String> {
    let source = std::fs::read_to_string(file).unwrap();
    let tokens = without_tests(&tokens(&source));
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let Token::Text(text) = token else { continue };
        let plain = text.replace("\\n", " ");
        if !is_left_out(&tokens, at) && plain.chars().filter(|c| c.is_alphabetic()).count() > 1 {
            // A literal over several lines is one text.
            let lines = text.split("\\\n").map(str::trim_start);
            found.push(lines.collect::<String>());
        }
    }
    found
}

fn listing() -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut list = String::new();
    for source in SOURCES {
        let mut found = Vec::new();
        files(&root.join(source), &mut found);
        assert!(
            !found.is_empty(),
            "{source} is gone: correct the list in this test"
        );
        for file in found {
            let texts = texts(&file, is_hidden);
            if texts.is_empty() {
                continue;
            }
            let name = file.strip_prefix(root).unwrap().display().to_string();
            list.extend(["\n## ", &name.replace('\\', "/"), "\n"]);
            for text in texts {
                list.extend([&text, "\n"]);
            }
        }
    }
    list
}

#[test]
fn every_text_of_the_window_stands_in_the_list_that_was_read_through() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/core/window_texts.txt");
    let list = listing();
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(&path, &list).unwrap();
    }
    let kept = std::fs::read_to_string(&path)
        .unwrap_or_default()
        .replace("\r\n", "\n");
    let (new, old): (Vec<&str>, Vec<&str>) = (list.lines().collect(), kept.lines().collect());
    let added: Vec<_> = new.iter().filter(|line| !old.contains(line)).collect();
    let gone: Vec<_> = old.iter().filter(|line| !new.contains(line)).collect();
    assert!(
        list == kept,
        "texts of the window changed. Read them, then write the list again: \
         UPDATE_SNAPSHOTS=1 cargo test --test core window_texts\nnew: {added:#?}\ngone: {gone:#?}"
    );
}

#[test]
fn no_text_of_the_window_speaks_the_old_dialect() {
    let list = listing();
    let mut file = "";
    let mut found = Vec::new();
    for line in list.lines() {
        if let Some(name) = line.strip_prefix("## ") {
            file = name;
            continue;
        }
        found.extend(words_in(line, &DIALECT).map(|word| format!("{file}: {word}: {line}")));
    }
    assert!(found.is_empty(), "{found:#?}");
}

/// Returns the words of a list that a text contains.
fn words_in<'a>(text: &str, list: &'a [&str]) -> impl Iterator<Item = &'a &'a str> {
    let text = text.to_lowercase();
    let words = text.replace(|c: char| !c.is_alphanumeric() && c != '-', " ");
    let words = format!(" {words} ");
    list.iter()
        .filter(move |word| words.contains(&format!(" {word} ")))
}

#[test]
fn no_text_of_the_program_speaks_the_old_dialect() {
    let mut all = Vec::new();
    files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut all);
    let (mut found, mut checked) = (Vec::new(), 0);
    for file in all {
        for text in texts(&file, |_, _| false) {
            checked += 1;
            let words = words_in(&text, &DIALECT_ANYWHERE);
            found.extend(words.map(|word| format!("{}: {word}: {text}", file.display())));
        }
    }
    assert!(checked > 2_000, "only {checked} texts were found");
    assert!(found.is_empty(), "{found:#?}");
}
