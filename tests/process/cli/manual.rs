//! `--version`, and what packages ship of the commands: shell completions and manual pages, made by the program itself.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::support::process::{pianola, run, stderr, stdout};

/// The shells, and the file that each of them reads.
const SHELLS: [(&str, &str); 5] = [
    ("bash", "pianola.bash"),
    ("elvish", "pianola.elv"),
    ("fish", "pianola.fish"),
    ("PowerShell", "_pianola.ps1"),
    ("zsh", "_pianola"),
];

/// Returns the texts of all files of a folder.
fn texts(folder: &Path) -> BTreeMap<String, String> {
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read_to_string(entry.path()).unwrap())
    };
    fs::read_dir(folder).unwrap().map(read).collect()
}

/// Returns the names of the commands that a help lists.
fn commands(arguments: &[&str]) -> Vec<String> {
    let help = stdout(&run(arguments));
    let Some((_, list)) = help.split_once("\nCommands:\n") else {
        return Vec::new();
    };
    let rows = list.lines().take_while(|line| !line.is_empty());
    let names = rows.filter_map(|row| row.strip_prefix("  ")?.split(' ').next());
    let names = names.filter(|name| !name.is_empty() && *name != "help");
    names.map(ToOwned::to_owned).collect()
}

/// Returns every command with the words before its name: `["dataset", "build"]`.
fn all_commands() -> Vec<Vec<String>> {
    let mut all = Vec::new();
    for name in commands(&["--help"]) {
        let inner = commands(&[&name, "--help"]);
        all.extend(inner.into_iter().map(|inner| vec![name.clone(), inner]));
        all.push(vec![name]);
    }
    all
}

/// Returns the long options that the help of a command lists.
fn options(command: &[String]) -> Vec<String> {
    let help = pianola().args(command).arg("--help").output().unwrap();
    let help = stdout(&help);
    let (_, list) = help.split_once("\nOptions:\n").unwrap();
    let names = list.lines().filter_map(|line| {
        let line = line.trim_start();
        let line = line.strip_prefix("-h, ").unwrap_or(line);
        let name = line.strip_prefix("--")?.split([' ', '=']).next()?;
        Some(format!("--{name}"))
    });
    names.collect()
}

#[test]
fn the_version_names_the_commit_and_the_features() {
    let text = stdout(&run(&["--version"]));
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0], concat!("pianola ", env!("CARGO_PKG_VERSION")));
    let commit = lines[1].strip_prefix("commit: ").unwrap();
    assert!(!commit.is_empty());
    let features = lines[2].strip_prefix("features: ").unwrap();
    for (name, is_built) in [
        ("dataset", cfg!(feature = "dataset")),
        ("notifications", cfg!(feature = "notifications")),
        ("sound", cfg!(feature = "sound")),
        ("window", cfg!(feature = "window")),
    ] {
        let named = features.split(", ").any(|feature| feature == name);
        assert_eq!(named, is_built, "{name}: {features}");
    }
    assert!(lines[3].starts_with("target: "), "{text}");
    // The short form is one line.
    let short = stdout(&run(&["-V"]));
    assert_eq!(short.lines().collect::<Vec<_>>(), [lines[0]]);
}

#[test]
fn completions_and_manual_pages_have_every_command_and_option() {
    let folder = tempfile::tempdir().unwrap();
    let mut manual = pianola();
    manual.args(["manual", "--out"]).arg(folder.path());
    let output = manual.output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let completions = texts(&folder.path().join("completions"));
    let pages = texts(&folder.path().join("man"));
    let all = all_commands();
    assert!(all.len() > 8, "{all:?}");
    for (shell, file) in SHELLS {
        let text = &completions[file];
        for command in &all {
            let name = command.last().unwrap();
            assert!(text.contains(name.as_str()), "{shell}: {name}");
            for option in options(command) {
                // Fish names an option without its dashes.
                let option = option.trim_start_matches("--");
                assert!(text.contains(option), "{shell}: {name} --{option}");
            }
        }
    }
    assert_eq!(completions.len(), SHELLS.len());
    assert_eq!(pages.len(), all.len() + 1, "{:?}", pages.keys());
    assert!(pages["pianola.1"].contains("Exit codes"));
    for command in &all {
        let name = format!("pianola-{}.1", command.join("-"));
        let page = pages.get(&name).unwrap_or_else(|| panic!("no {name}"));
        for option in options(command) {
            // A page writes a hyphen with a backslash.
            let option = option.replace('-', "\\-");
            assert!(page.contains(&option), "{name}: {option}");
        }
    }
}

#[cfg(unix)]
#[test]
fn bash_completes_commands_with_the_shipped_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut manual = pianola();
    manual.args(["manual", "--out"]).arg(folder.path());
    assert!(manual.status().unwrap().success());
    let script = "source completions/pianola.bash; COMP_WORDS=(pianola rec); COMP_CWORD=1; \
                  _pianola pianola rec pianola; echo \"${COMPREPLY[@]}\"";
    let output = Command::new("bash")
        .args(["--norc", "-c", script])
        .current_dir(folder.path())
        .output();
    let Ok(output) = output else {
        return crate::support::skipped::skip("bash", "there is no bash on this machine");
    };
    assert_eq!(stdout(&output).trim(), "record", "{}", stderr(&output));
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("taken");
    fs::write(&file, "").unwrap();
    let mut manual = pianola();
    manual.args(["manual", "--out"]).arg(&file);
    let output = manual.output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("taken"), "{}", stderr(&output));
}
