//! Every command that the pages for people show exists and parses as it is written there.

use std::path::{Path, PathBuf};

use clap::error::ErrorKind;
use clap::{CommandFactory as _, Parser as _};

use super::Cli;

/// The pages beside those in `docs`.
const PAGES: [&str; 6] = [
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    ".github/ISSUE_TEMPLATE/bug_report.md",
];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns every page with its name.
fn pages() -> Vec<(String, String)> {
    let docs = std::fs::read_dir(repository().join("docs")).expect("the folder of the pages");
    let docs = docs.map(|entry| entry.expect("an entry of the folder").path());
    let mut paths: Vec<PathBuf> = PAGES.iter().map(|name| repository().join(name)).collect();
    paths.extend(docs.filter(|path| path.extension().is_some_and(|ending| ending == "md")));
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).expect("a page that can be read");
        (path.display().to_string(), text)
    };
    paths.into_iter().map(read).collect()
}

/// Returns the text between backquotes and the lines of code blocks.
fn code(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (index, part) in text.split("```").enumerate() {
        if index % 2 == 1 {
            let lines = part.lines().skip(1);
            found.extend(lines.map(|line| line.trim_start_matches("$ ").to_owned()));
        } else {
            let inline = part.split('`').skip(1).step_by(2);
            found.extend(inline.map(|code| code.replace('\n', " ").replace("\\|", "|")));
        }
    }
    found
}

/// Returns a command without its comment, redirections and the commands behind a pipe. A `|` in brackets separates
/// alternatives and stays.
fn without_shell(line: &str) -> &str {
    let line = line.split("  #").next().unwrap_or_default();
    let mut depth = 0;
    let end = line.char_indices().find(|(_, letter)| {
        depth += match letter {
            '[' => 1,
            ']' => -1,
            _ => 0,
        };
        depth == 0 && "|><;&".contains(*letter)
    });
    let line = end.map_or(line, |(at, _)| line[..at].trim_end_matches('2'));
    line.trim()
}

/// Returns the commands of a program in a text, without variables and wrappers before it.
fn commands_of(text: &str, program: &str) -> Vec<String> {
    let mut commands = Vec::new();
    for line in code(text) {
        let words: Vec<&str> = without_shell(&line).split_whitespace().collect();
        let Some(place) = words.iter().position(|word| *word == program) else {
            continue;
        };
        let wrapper = |word: &&str| {
            word.contains('=') || ["xvfb-run", "-a", "taskset", "-c", "1"].contains(word)
        };
        if words[..place].iter().all(wrapper) {
            commands.push(words[place..].join(" "));
        }
    }
    commands
}

/// Returns the commands of a program in all pages, each with its page.
fn commands_in_pages(program: &str) -> Vec<(String, String)> {
    let mut commands = Vec::new();
    for (page, text) in pages() {
        let of_page = commands_of(&text, program).into_iter();
        commands.extend(of_page.map(|command| (page.clone(), command)));
    }
    commands
}

/// Returns a command without its optional parts, and once with each alternative of each of them.
fn readings(command: &str) -> Vec<String> {
    let Some((before, rest)) = command.split_once('[') else {
        return vec![command.to_owned()];
    };
    let (optional, after) = rest.split_once(']').expect("every bracket is closed");
    let mut all = Vec::new();
    for alternative in std::iter::once("").chain(optional.split('|')) {
        all.extend(readings(&format!("{before}{alternative}{after}")));
    }
    all
}

/// Returns the word with a value in place of a placeholder.
fn example(word: &str) -> &str {
    match word {
        "U" | "ADDRESS" => "http://127.0.0.1:1",
        "ADDR" => "9222",
        "P" => "0",
        "X" | "PERCENT" => "50",
        "N" => "7",
        "NAME" => "no-genesis",
        "FILE" => "./evening.pianola",
        "COMMAND" => "record",
        "DAY" => "2025-12-15",
        "ORIGINS" => "live",
        "ZONE" => "UTC",
        other => other,
    }
}

/// Parses a command of this program as the program does.
fn assert_parses(page: &str, command: &str) {
    // `pianola verify` in a sentence names the command; it is no line to be typed.
    let words = command.split_whitespace().count();
    let names_only = words == 2 || words == 3 && command.starts_with("pianola dataset ");
    match Cli::try_parse_from(command.split_whitespace().map(example)) {
        Ok(_) => {}
        Err(error)
            if [ErrorKind::DisplayHelp, ErrorKind::DisplayVersion].contains(&error.kind()) => {}
        Err(error) if names_only && error.kind() == ErrorKind::MissingRequiredArgument => {}
        Err(error) => panic!("{page}: {command}: {error}"),
    }
}

#[test]
fn every_pianola_command_of_the_pages_parses() {
    let commands = commands_in_pages("pianola");
    assert!(commands.len() > 60, "{commands:?}");
    for (page, command) in commands {
        // A build without the data set has none of its commands.
        if !cfg!(feature = "dataset") && command.starts_with("pianola dataset") {
            continue;
        }
        for reading in readings(&command) {
            assert_parses(&page, &reading);
        }
    }
}

#[test]
fn every_cargo_command_of_the_pages_names_what_exists() {
    let commands = commands_in_pages("cargo");
    assert!(commands.len() > 60, "{commands:?}");
    for (page, command) in commands {
        let (options, rest) = command.split_once(" -- ").unwrap_or((&command, ""));
        let words: Vec<&str> = options.split_whitespace().collect();
        for pair in words.windows(2) {
            let (folder, name) = match pair {
                ["--test", name] => ("tests", name),
                ["--bench", name] => ("benches", name),
                ["--example", name] => ("examples", name),
                _ => continue,
            };
            let file = repository().join(folder).join(format!("{name}.rs"));
            let main = repository().join(folder).join(name).join("main.rs");
            let exists = *name == "NAME" || file.is_file() || main.is_file();
            assert!(exists, "{page}: {command}: no {name}");
        }
        // Cargo itself gives a benchmark this argument, and it may be given once only.
        assert!(!rest.contains("--bench"), "{page}: {command}");
        let is_example = words.contains(&"--example");
        if words.starts_with(&["cargo", "run"]) && !is_example {
            assert_parses(&page, &format!("pianola {rest}"));
        }
    }
}

#[test]
fn every_part_of_the_long_tests_in_the_pages_exists() {
    let script = include_str!("../../tests/full");
    let parts = script
        .lines()
        .find_map(|line| line.split_once("there are ").map(|(_, parts)| parts))
        .expect("the script lists its parts");
    let commands = commands_in_pages("tests/full");
    assert!(commands.len() > 3, "{commands:?}");
    for (page, command) in commands {
        for part in command.split_whitespace().skip(1) {
            assert!(parts.contains(part), "{page}: {command}");
        }
    }
}

/// Takes a command and those below it.
fn take_commands(command: clap::Command, found: &mut Vec<clap::Command>) {
    for inner in command.get_subcommands() {
        take_commands(inner.clone(), found);
    }
    found.push(command);
}

/// A line break inside a paragraph would leave stubs of lines where the terminal is narrower.
#[test]
fn the_paragraphs_below_the_options_of_a_help_have_no_line_breaks() {
    let mut commands = Vec::new();
    take_commands(Cli::command(), &mut commands);
    let is_paragraph = |line: &str| !line.is_empty() && !line.starts_with("  ");
    let mut checked = 0;
    for command in commands {
        let help = command.get_after_help().map(ToString::to_string);
        let help = help.unwrap_or_default();
        for (line, next) in help.lines().zip(help.lines().skip(1)) {
            if is_paragraph(line) && is_paragraph(next) {
                checked += 1;
                let is_whole = line.ends_with(['.', ':']);
                assert!(is_whole, "{}: {line}", command.get_name());
            }
        }
    }
    assert!(checked > 8, "only {checked} lines were compared");
}

#[test]
fn alternatives_and_options_are_read_one_by_one() {
    assert_eq!(readings("a [b | c] d"), ["a  d", "a b  d", "a  c d"]);
    let text = "`x` and `FOO=1 cargo test`\n```sh\ncargo run   # builds\nls\n```\n";
    assert_eq!(commands_of(text, "cargo"), ["cargo test", "cargo run"]);
}

#[test]
fn a_command_ends_before_pipes_and_redirections() {
    let end = |line| without_shell(line);
    assert_eq!(end("a [b | c] --d | head -1"), "a [b | c] --d");
    assert_eq!(end("a b 2> log.txt"), "a b");
    assert_eq!(end("a 2   # why"), "a 2");
}
