//! The order of the modules: imports run downwards only, files do not import each other in a circle, and the pure
//! modules have no files, sockets, clocks, threads and no window.

pub mod source;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::tokens::Token;
use source::Sources;

/// From below to above: a module imports only modules before it.
const ORDER: [&str; 32] = [
    "clock",
    "zone",
    "paths",
    "background",
    "named_enum",
    "csv_field",
    "plural",
    "statistics",
    "open_file",
    "disk",
    "protocol",
    "fairness",
    "game",
    "account",
    "trading",
    "strategy",
    "lab",
    "capture",
    "feed",
    "table",
    "recording",
    "replay",
    "review",
    "library",
    "dataset",
    "settings",
    "engine",
    "import",
    "host",
    "ui",
    "cli",
    "",
];

/// No files, sockets, clocks, threads, no egui and no tokio in these modules and files.
const PURE: [&str; 10] = [
    "statistics",
    "protocol",
    "fairness",
    "game",
    "account",
    "trading",
    "strategy",
    "lab",
    "replay",
    "review",
];

/// Whether `file` is a part of the module that `parent` is the root of: a module and its parts may use each other.
fn is_part(file: &str, parent: &str) -> bool {
    let folder = parent.strip_suffix("mod.rs").map(ToOwned::to_owned);
    let folder = folder.or_else(|| Some(format!("{}/", parent.strip_suffix(".rs")?)));
    folder.is_some_and(|folder| file.starts_with(&folder))
}

type Edges = BTreeMap<String, BTreeMap<String, String>>;

/// Returns for each file the files it imports, with one path that does so.
fn edges(sources: &Sources) -> Edges {
    let mut edges = Edges::new();
    for (module, read) in &sources.modules {
        let mut add = |path: &[String]| {
            let Some(to) = sources.resolve(module, path) else {
                return;
            };
            let to = &sources.modules[&to].file;
            if *to != read.file {
                let to_all = edges.entry(read.file.clone()).or_default();
                to_all.entry(to.clone()).or_insert_with(|| path.join("::"));
            }
        };
        for import in &read.imports {
            let target = sources.resolve(module, &import.path);
            // What is passed on from a part of this module is no import, unless it is used here too.
            let passed_on =
                import.public && target.as_ref().is_some_and(|to| to.starts_with(module));
            if passed_on && !read.words.contains(&import.name) {
                continue;
            }
            // Of an imported module only what is taken from it counts, see `paths`.
            let is_module = target.is_some_and(|to| to.last() == import.path.last());
            if is_module && read.paths.iter().any(|path| path[0] == import.name) {
                continue;
            }
            add(&import.path);
        }
        for path in &read.paths {
            add(path);
        }
    }
    edges
}

fn read(src: &Path) -> (Sources, Edges) {
    let sources = Sources::read(src);
    let edges = edges(&sources);
    (sources, edges)
}

fn src() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// Returns the first module of a file: `game` for `game/board.rs`, nothing for `lib.rs`.
fn top(file: &str) -> &str {
    let first = file.split('/').next().unwrap_or_default();
    let name = first.strip_suffix(".rs").unwrap_or(first);
    if name == "lib" { "" } else { name }
}

/// Returns the files that can be reached from `from`, along the imports.
fn reached<'a>(edges: &'a Edges, from: &'a str) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(file) = open.pop() {
        for to in edges.get(file).into_iter().flat_map(BTreeMap::keys) {
            if seen.insert(to.as_str()) {
                open.push(to);
            }
        }
    }
    seen
}

/// Returns the files of each circle.
fn circles(edges: &Edges) -> BTreeSet<Vec<&str>> {
    let all: BTreeMap<&str, BTreeSet<&str>> = edges
        .keys()
        .map(|file| (file.as_str(), reached(edges, file)))
        .collect();
    let mut circles = BTreeSet::new();
    for (file, reached) in &all {
        if reached.contains(file) {
            let same = |to: &&&str| all.get(**to).is_some_and(|back| back.contains(file));
            circles.insert(reached.iter().filter(same).copied().collect());
        }
    }
    circles
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let (_, mut edges) = read(&src());
    for (from, all) in &mut edges {
        all.retain(|to, _| !is_part(from, to));
    }
    let mut found = String::new();
    for circle in circles(&edges) {
        for from in &circle {
            for (to, path) in edges
                .get(*from)
                .into_iter()
                .flatten()
                .filter(|(to, _)| circle.contains(&to.as_str()))
            {
                writeln!(found, "{from} imports {to} ({path})").unwrap();
            }
        }
        found.push('\n');
    }
    assert!(
        found.is_empty(),
        "files that import each other in a circle:\n{found}"
    );
}

#[test]
fn imports_run_downwards() {
    let (sources, edges) = read(&src());
    let place = |file: &str| {
        let place = ORDER.iter().position(|module| *module == top(file));
        place.unwrap_or_else(|| panic!("{file}: the module has no place in ORDER"))
    };
    for file in sources.files.keys() {
        place(file);
    }
    let mut lines = Vec::new();
    for (from, all) in &edges {
        for (to, path) in all {
            if place(to) > place(from) {
                lines.push(format!("{from} imports {to} ({path})"));
            }
        }
    }
    assert!(
        lines.is_empty(),
        "imports that run upwards:\n{}",
        lines.join("\n")
    );
}

#[test]
fn pure_modules_have_no_files_sockets_clocks_threads_and_no_window() {
    let (sources, _) = read(&src());
    let paths = [
        "std::fs",
        "fs::",
        "File::open",
        "File::create",
        "std::net",
        "std::thread",
        "std::process",
        "std::env",
        "Utc::now",
        "Local::now",
    ];
    let words = [
        "Instant",
        "SystemTime",
        "OpenOptions",
        "egui",
        "eframe",
        "egui_plot",
        "tokio",
    ];
    let mut found = Vec::new();
    let mut files = 0;
    for (file, tokens) in &sources.files {
        if !PURE.contains(&top(file)) {
            continue;
        }
        files += 1;
        let mut text = String::new();
        for token in tokens {
            match token {
                Token::Word(word) if words.contains(&word.as_str()) => {
                    found.push(format!("{file}: {word}"));
                }
                Token::Word(word) => text.push_str(word),
                Token::Into => text.push_str("::"),
                Token::Sign(_) | Token::Text(_) => text.push(' '),
            }
        }
        found.extend(
            paths
                .iter()
                .filter(|path| text.contains(*path))
                .map(|path| format!("{file}: {path}")),
        );
    }
    assert!(files > 40, "{files} files");
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn imports_are_found_through_re_exports_and_names_and_not_in_tests_and_comments() {
    let files = [
        (
            "lib.rs",
            "pub mod game; pub mod feed; pub use game::Board as Shown;",
        ),
        (
            "game/mod.rs",
            "mod board; mod phase; pub use board::Board; pub use phase::*;",
        ),
        (
            "game/board.rs",
            "// crate::feed::Feed\nuse super::Phase; pub struct Board(Phase, &'static str);",
        ),
        (
            "game/phase.rs",
            "pub enum Phase { A }\n#[cfg(test)] mod tests { use crate::feed::Feed; }",
        ),
        (
            "feed.rs",
            "use crate::{game, game::{Phase as P}}; fn f(_: crate::Shown) { game::Board::new(\"{\"); }",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("game")).unwrap();
    for (file, text) in files {
        std::fs::write(folder.path().join(file), text).unwrap();
    }
    let (_, edges) = read(folder.path());
    let pairs = edges
        .iter()
        .flat_map(|(from, all)| all.keys().map(move |to| (from.as_str(), to.as_str())));
    let wanted = [
        ("feed.rs", "game/board.rs"),
        ("feed.rs", "game/phase.rs"),
        ("game/board.rs", "game/phase.rs"),
    ];
    assert_eq!(pairs.collect::<Vec<_>>(), wanted);
    std::fs::write(
        folder.path().join("game/phase.rs"),
        "use super::Board; pub enum Phase { A(Board) }",
    )
    .unwrap();
    let (_, edges) = read(folder.path());
    let circle = vec!["game/board.rs", "game/phase.rs"];
    assert_eq!(circles(&edges), BTreeSet::from([circle]));
}
