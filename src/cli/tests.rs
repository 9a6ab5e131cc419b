//! Every command that the README shows exists and parses as it is written there.

use std::path::Path;

use clap::Parser as _;
use clap::error::ErrorKind;

use super::Cli;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the texts between backquotes and the lines of code blocks.
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

/// Returns the commands of a program in a text, without variables and wrappers before it and comments behind it.
fn commands_of(text: &str, program: &str) -> Vec<String> {
    let mut commands = Vec::new();
    for line in code(text) {
        let line = line.split("  #").next().unwrap_or_default().trim();
        let words: Vec<&str> = line.split_whitespace().collect();
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
        "X" => "50",
        "N" => "7",
        "NAME" => "no-genesis",
        "COMMAND" => "record",
        other => other,
    }
}

#[test]
fn every_pianola_command_of_the_readme_parses() {
    let readme = include_str!("../../README.md");
    let commands = commands_of(readme, "pianola");
    assert!(commands.len() > 20, "{commands:?}");
    for reading in commands.iter().flat_map(|command| readings(command)) {
        // `pianola verify` in a sentence names the command and is not a complete line.
        let names_only = reading.split_whitespace().count() == 2;
        match Cli::try_parse_from(reading.split_whitespace().map(example)) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::DisplayHelp => {}
            Err(error) if names_only && error.kind() == ErrorKind::MissingRequiredArgument => {}
            Err(error) => panic!("{reading}: {error}"),
        }
    }
}

#[test]
fn every_cargo_command_of_the_readme_names_existing_targets() {
    let readme = include_str!("../../README.md");
    let commands = commands_of(readme, "cargo");
    assert!(commands.len() > 40, "{commands:?}");
    for command in commands {
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
            assert!(file.is_file() || main.is_file(), "{command}: no {name}");
        }
        // Cargo gives a benchmark this argument itself, and it may be given once only.
        assert!(!rest.contains("--bench"), "{command}");
    }
}

#[test]
fn every_part_of_the_long_tests_in_the_readme_exists() {
    let script = include_str!("../../tests/full");
    let parts = script
        .lines()
        .find_map(|line| line.split_once("there are ").map(|(_, parts)| parts))
        .expect("the script lists its parts");
    for command in commands_of(include_str!("../../README.md"), "tests/full") {
        for part in command.split_whitespace().skip(1) {
            assert!(parts.contains(part), "{command}");
        }
    }
}

#[test]
fn alternatives_and_options_are_read_one_by_one() {
    assert_eq!(readings("a [b | c] d"), ["a  d", "a b  d", "a  c d"]);
    let text = "`x` and `FOO=1 cargo test`\n```sh\ncargo run   # builds\nls\n```\n";
    assert_eq!(commands_of(text, "cargo"), ["cargo test", "cargo run"]);
}
