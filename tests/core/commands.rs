//! The test commands in the documents and scripts: each names a test program that exists, and words that find tests.

use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Adds the tests of a file or folder, as the test runner names them: `board_rules::phases::name`.
fn collect_tests(path: &Path, module: &str, found: &mut Vec<String>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            let inner = match name.as_str() {
                "mod" | "main" => module.to_owned(),
                name if module.is_empty() => name.to_owned(),
                name => format!("{module}::{name}"),
            };
            collect_tests(&path, &inner, found);
        }
    } else if path.extension().is_some_and(|ending| ending == "rs") {
        let text = std::fs::read_to_string(path).unwrap();
        for part in text.split("#[test]").skip(1) {
            let name = part.split("fn ").nth(1).unwrap_or_default();
            let name = name.split('(').next().unwrap_or_default();
            found.push(format!("{module}::{name}"));
        }
    }
}

/// Returns the rest of each `cargo test` command of a text.
fn commands(text: &str) -> Vec<String> {
    let text = text.replace("\\\n", " ");
    let rests = text.split("cargo test ").skip(1);
    rests
        .map(|rest| {
            rest.split(['`', '\n'])
                .next()
                .unwrap_or_default()
                .to_owned()
        })
        .collect()
}

fn documents() -> Vec<PathBuf> {
    let in_root = |name: &str| root().join(name);
    let mut paths = vec![in_root(".ci/run"), in_root("tests/full")];
    for folder in [root(), in_root("docs")] {
        for entry in std::fs::read_dir(folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|ending| ending == "md") {
                paths.push(path);
            }
        }
    }
    paths
}

/// Returns the words between two texts, separated by commas.
fn list_between<'a>(text: &'a str, before: &str, after: char) -> Vec<&'a str> {
    let (_, rest) = text.split_once(before).unwrap();
    rest.split(after).next().unwrap().split(',').collect()
}

/// The captures are beside our own repository only.
#[test]
fn the_workflow_requires_everything_but_the_captures() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let script = read(".ci/run");
    let all = list_between(&script, "PIANOLA_REQUIRE=${PIANOLA_REQUIRE-", '}');
    let page = read("CONTRIBUTING.md");
    assert_eq!(list_between(&page, "`PIANOLA_REQUIRE=", '`'), all);
    let workflow = read(".github/workflows/ci.yml");
    let there = list_between(&workflow, "PIANOLA_REQUIRE: \"", '"');
    let but_captures: Vec<_> = all.iter().filter(|word| **word != "captures").collect();
    assert!(but_captures.len() < all.len());
    assert_eq!(there.iter().collect::<Vec<_>>(), but_captures);
}

#[test]
fn every_test_command_finds_tests() {
    let mut checked = 0;
    for path in documents() {
        for command in commands(&std::fs::read_to_string(&path).unwrap()) {
            let (mut tests, mut filters) = (Vec::new(), Vec::new());
            let mut words = command.split_whitespace();
            let mut has_program = false;
            while let Some(word) = words.next() {
                if word == "--test" {
                    let program = root().join("tests").join(words.next().unwrap());
                    assert!(program.join("main.rs").is_file(), "{command}");
                    collect_tests(&program, "", &mut tests);
                    has_program = true;
                } else if word.starts_with("2>") || word == "|" {
                    break;
                } else if !word.starts_with('-') {
                    filters.push(word);
                }
            }
            for filter in filters.into_iter().filter(|_| has_program) {
                let finds = tests.iter().any(|test| test.contains(filter));
                assert!(finds, "{}: no test for {filter}: {command}", path.display());
                checked += 1;
            }
        }
    }
    assert!(checked > 40, "{checked} filters");
}
