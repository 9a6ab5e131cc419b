//! The pages for people: every link resolves, what comments of the code cite exists, the files that a page names exist,
//! and the README stays short.

use std::path::{Path, PathBuf};

/// The pages beside those in `docs`.
const PAGES: [&str; 6] = [
    "README.md",
    "ARCHITECTURE.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    ".github/ISSUE_TEMPLATE/bug_report.md",
];
/// Folders whose files comments may cite pages in.
const CODE: [&str; 4] = ["src", "tests", "benches", "examples"];
/// How paths of this repository begin.
const OURS: [&str; 9] = [
    "src/",
    "tests/",
    "benches/",
    "examples/",
    "docs/",
    "screenshots/",
    "assets/",
    "packaging/",
    ".ci/",
];
const README_BYTES: usize = 9_000;
const LINE_CHARS: usize = 120;

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Returns the files below a folder with this ending, in the order of their names.
fn files_below(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_below(&path, ending));
        } else if path.extension().is_some_and(|own| own == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<_> = PAGES.iter().map(|name| repository().join(name)).collect();
    pages.extend(files_below(&repository().join("docs"), "md"));
    pages
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()))
}

/// Returns the lines of a page that are not in a code block.
fn prose(text: &str) -> impl Iterator<Item = &str> {
    let mut in_code = false;
    text.lines().filter(move |line| {
        in_code ^= line.starts_with("```");
        !in_code && !line.starts_with("```")
    })
}

/// Returns the headings of a page, without their `#`.
fn headings(text: &str) -> Vec<&str> {
    let lines = prose(text).filter(|line| line.starts_with('#'));
    lines
        .map(|line| line.trim_start_matches('#').trim())
        .collect()
}

/// Returns the name under which a heading is linked: small letters, hyphens for spaces, no other signs.
fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase();
    let kept = kept
        .chars()
        .filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

/// Returns the targets of the links and pictures of a page.
fn links(text: &str) -> Vec<String> {
    let text = prose(text).collect::<Vec<_>>().join(" ");
    let outside_code: String = text.split('`').step_by(2).collect();
    let parts = outside_code.split("](").skip(1);
    parts
        .filter_map(|part| Some(part.split_once(')')?.0.to_owned()))
        .collect()
}

#[test]
fn every_relative_link_of_the_pages_resolves() {
    let mut checked = 0;
    for page in pages() {
        for link in links(&read(&page)) {
            if link.contains("://") {
                continue;
            }
            checked += 1;
            let (file, heading) = link.split_once('#').unwrap_or((&link, ""));
            let folder = page.parent().unwrap();
            let target = if file.is_empty() {
                page.clone()
            } else {
                folder.join(file)
            };
            assert!(target.exists(), "{}: {link} leads nowhere", page.display());
            if !heading.is_empty() {
                let text = read(&target);
                let found = headings(&text)
                    .into_iter()
                    .any(|own| anchor(own) == heading);
                assert!(found, "{}: {link}: no such heading", page.display());
            }
        }
    }
    assert!(checked > 60, "only {checked} links were found");
}

#[test]
fn every_file_that_a_page_names_exists() {
    let mut checked = 0;
    for page in pages() {
        // The evidence of the protocol names files of other repositories.
        if page.ends_with("docs/protocol.md") {
            continue;
        }
        for code in read(&page).split('`').skip(1).step_by(2) {
            for word in code.split_whitespace() {
                let is_ours = OURS.iter().any(|folder| word.starts_with(folder));
                // The page itself says how to make the Python environment.
                let is_made = word.starts_with("tests/python/.venv");
                if !is_ours || is_made || word.contains(['…', '*', '{', '<']) {
                    continue;
                }
                checked += 1;
                let exists = repository()
                    .join(word.trim_end_matches(['.', ',', ')']))
                    .exists();
                assert!(exists, "{}: there is no {word}", page.display());
            }
        }
    }
    assert!(checked > 40, "only {checked} files were named");
}

/// Returns the words of a file in one line, without the signs that begin comments: a citation may be broken over lines.
fn in_one_line(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let lines = lines.map(|line| line.trim_start_matches(['/', '!', '#']).trim());
    lines.collect::<Vec<_>>().join(" ")
}

/// Returns what a text cites: pages, each with the sections behind its name (`protocol.md` 4.4 and 6).
fn citations(text: &str) -> Vec<(String, Vec<String>)> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
    let mut found = Vec::new();
    for (at, _) in text.match_indices(".md") {
        let before = &text[..at];
        let start = before.rfind(|c| !is_name(c)).map_or(0, |last| last + 1);
        let after = text[at + 3..].trim_start_matches('`');
        if start == at || after.starts_with(is_name) {
            continue;
        }
        let mut sections = Vec::new();
        for word in after.split([' ', ',']).filter(|word| !word.is_empty()) {
            let number = word.trim_end_matches(|c: char| !c.is_ascii_digit());
            let is_number = number.split('.').all(|part| part.parse::<u8>().is_ok());
            if is_number && !number.is_empty() {
                sections.push(number.to_owned());
            }
            if word != "and" && (!is_number || number.len() != word.len()) {
                break;
            }
        }
        found.push((format!("{}.md", &before[start..]), sections));
    }
    found
}

#[test]
fn every_page_and_section_that_the_code_cites_exists() {
    let mut checked = 0;
    let files = CODE
        .iter()
        .flat_map(|folder| files_below(&repository().join(folder), "rs"));
    for file in files.filter(|file| !file.ends_with("core/documentation.rs")) {
        for (name, sections) in citations(&in_one_line(&read(&file))) {
            checked += 1;
            let folders = ["docs", "", ".github/ISSUE_TEMPLATE"];
            let beside = file.with_file_name(&name);
            let places = folders.map(|folder| repository().join(folder).join(&name));
            let mut places = places.iter().chain([&beside]);
            let page = places.find(|place| place.is_file());
            let page = page.unwrap_or_else(|| panic!("{}: there is no {name}", file.display()));
            let text = read(page);
            for section in sections {
                let numbers = headings(&text)
                    .into_iter()
                    .filter_map(|own| own.split(' ').next());
                let found = numbers
                    .map(|number| number.trim_end_matches('.'))
                    .any(|own| own == section);
                assert!(found, "{}: {name} has no section {section}", file.display());
            }
        }
    }
    assert!(checked > 15, "only {checked} citations were found");
}

/// Returns the names in the calls of functions that start threads: their first argument, where it is a literal.
fn thread_names(text: &str) -> Vec<&str> {
    let calls = ["spawn(", "thread_pool(", "in_thread(", "AlertQueue::new("];
    let rests = calls.iter().flat_map(|call| text.split(call).skip(1));
    let literals = rests.filter_map(|rest| rest.trim_start().strip_prefix('"'));
    literals.filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn the_architecture_names_every_thread_and_the_crate_every_module() {
    let page = read(&repository().join("ARCHITECTURE.md"));
    let (_, table) = page.split_once("\n## Threads\n").unwrap();
    let (table, _) = table.split_once("\n## ").unwrap();
    let mut checked = 0;
    for file in files_below(&repository().join("src"), "rs") {
        let text = read(&file);
        // Tests at the end of a file start threads of their own.
        let code = text.split("#[cfg(test)]").next().unwrap();
        for name in thread_names(code) {
            checked += 1;
            let is_named = table.contains(&format!("`{name}`"));
            assert!(is_named, "{}: the thread {name}", file.display());
        }
    }
    assert!(checked > 15, "only {checked} threads were found");
    let root = read(&repository().join("src/lib.rs"));
    let modules = root.lines().filter_map(|line| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        line.strip_prefix("mod ")?.strip_suffix(';')
    });
    for name in modules {
        assert!(root.contains(&format!("`{name}`")), "the module {name}");
    }
}

#[test]
fn the_readme_is_one_page() {
    let readme = read(&repository().join("README.md"));
    assert!(readme.len() <= README_BYTES, "{} bytes", readme.len());
    for line in readme.lines() {
        assert!(line.chars().count() <= LINE_CHARS, "too long: {line}");
    }
}

#[test]
fn citations_and_links_are_found() {
    let text = in_one_line(
        "/// (`docs/protocol.md`\n/// 4.4 and 6). See `formats.md`, key `x`; `behaviour.md` 9): a",
    );
    let sections = |list: &[&str]| list.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
    let expected = [
        ("protocol.md".to_owned(), sections(&["4.4", "6"])),
        ("formats.md".to_owned(), sections(&[])),
        ("behaviour.md".to_owned(), sections(&["9"])),
    ];
    assert_eq!(citations(&text), expected);
    assert_eq!(
        anchor("4.4 Units and arithmetic"),
        "44-units-and-arithmetic"
    );
    assert_eq!(
        links("a [b](c.md#d) `[no](x)`\n```\n[no](y)\n```\n![p](q.png)"),
        ["c.md#d", "q.png"]
    );
}
