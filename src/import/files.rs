//! The files that are imported.

use std::cmp::Ordering;
use std::io;
use std::path::{Path, PathBuf};

/// The ending of captures.
const ENDING: &str = "jsonl";

/// Returns the captures of a path: the file itself, or the `*.jsonl` files of a folder in the order of their names,
/// numbers by their value.
///
/// # Errors
/// The folder cannot be read.
pub fn capture_files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in std::fs::read_dir(path)? {
        let file = entry?.path();
        let is_capture = file.extension().is_some_and(|ending| ending == ENDING);
        if is_capture && file.is_file() {
            files.push(file);
        }
    }
    let name = |path: &PathBuf| path.file_name().unwrap_or_default().to_owned();
    files.sort_by(|a, b| {
        let (a, b) = (name(a), name(b));
        by_numbers(&a.to_string_lossy(), &b.to_string_lossy()).then_with(|| a.cmp(&b))
    });
    Ok(files)
}

/// Compares two names; digits count by their value, so `-10` follows `-9`.
fn by_numbers(a: &str, b: &str) -> Ordering {
    let (mut a, mut b) = (a, b);
    loop {
        let (Some(first_a), Some(first_b)) = (a.chars().next(), b.chars().next()) else {
            return a.len().cmp(&b.len());
        };
        let is_number = |c: char| c.is_ascii_digit();
        if is_number(first_a) && is_number(first_b) {
            let end = |text: &str| text.find(|c| !is_number(c)).unwrap_or(text.len());
            let (number_a, rest_a) = a.split_at(end(a));
            let (number_b, rest_b) = b.split_at(end(b));
            let value = |text: &str| text.trim_start_matches('0').to_owned();
            let (value_a, value_b) = (value(number_a), value(number_b));
            let order = value_a
                .len()
                .cmp(&value_b.len())
                .then(value_a.cmp(&value_b));
            if order.is_ne() {
                return order;
            }
            (a, b) = (rest_a, rest_b);
        } else if first_a == first_b {
            (a, b) = (&a[first_a.len_utf8()..], &b[first_b.len_utf8()..]);
        } else {
            return first_a.cmp(&first_b);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_capture_are_sorted_by_their_number() {
        let mut names = vec![
            "capture-20261122T150000Z-10.jsonl",
            "capture-20261122T150000Z-9.jsonl",
            "capture-20261121T150000Z-11.jsonl",
            "b.jsonl",
            "capture-20261122T150000Z-1.jsonl",
        ];
        names.sort_by(|a, b| by_numbers(a, b));
        assert_eq!(
            names,
            [
                "b.jsonl",
                "capture-20261121T150000Z-11.jsonl",
                "capture-20261122T150000Z-1.jsonl",
                "capture-20261122T150000Z-9.jsonl",
                "capture-20261122T150000Z-10.jsonl",
            ]
        );
    }
}
