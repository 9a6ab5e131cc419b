//! The dependencies in `Cargo.lock`: one `egui`, and every crate in two versions is listed in `deny.toml` with its reason.
//! `cargo deny` checks the same and more (licences, sources), where it is installed.

use std::collections::BTreeMap;
use std::path::Path;

fn read(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The text between the first pair of quotes after `key`.
fn quoted<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(key)?;
    rest.split('"').nth(1)
}

/// The versions of each crate.
fn locked(lock: &str) -> BTreeMap<&str, Vec<&str>> {
    let mut versions: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for package in lock.split("[[package]]").skip(1) {
        let mut lines = package.trim_start().lines();
        let name = lines.next().and_then(|line| quoted(line, "name = "));
        let version = lines.next().and_then(|line| quoted(line, "version = "));
        versions
            .entry(name.unwrap())
            .or_default()
            .push(version.unwrap());
    }
    versions
}

/// The crates of the list `skip`, as name and the beginning of a version.
fn listed(deny: &str) -> Vec<(&str, &str)> {
    let (_, skip) = deny.split_once("\nskip = [").unwrap();
    let (skip, _) = skip.split_once("\n]").unwrap();
    let crates = skip.lines().filter_map(|line| quoted(line, "crate = "));
    crates.map(|skip| skip.split_once('@').unwrap()).collect()
}

fn begins_with(version: &str, beginning: &str) -> bool {
    let rest = version.strip_prefix(beginning);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

#[test]
fn there_is_one_egui() {
    let lock = read("Cargo.lock");
    let versions = locked(&lock);
    for name in ["egui", "eframe", "epaint", "emath"] {
        assert_eq!(versions[name].len(), 1, "{name}: {:?}", versions[name]);
    }
}

#[test]
fn a_crate_in_two_versions_is_listed_with_its_reason() {
    let (lock, deny) = (read("Cargo.lock"), read("deny.toml"));
    let (versions, listed) = (locked(&lock), listed(&deny));
    assert!(versions.len() > 100 && listed.len() > 10, "both were read");
    for (name, versions) in &versions {
        let is_listed = |version: &&&str| {
            let mut of_crate = listed.iter().filter(|(listed, _)| listed == name);
            of_crate.any(|(_, beginning)| begins_with(version, beginning))
        };
        let unlisted = versions
            .iter()
            .filter(|version| !is_listed(version))
            .count();
        assert!(unlisted <= 1, "deny.toml lists none of {name} {versions:?}");
    }
    for (name, beginning) in listed {
        let of_crate = versions.get(name).into_iter().flatten();
        let is_used = of_crate
            .clone()
            .any(|version| begins_with(version, beginning));
        assert!(
            is_used && of_crate.count() > 1,
            "{name}@{beginning} in deny.toml is no second version any more"
        );
    }
}
