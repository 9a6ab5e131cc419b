//! The documents name every table and column, and their parts can be read by programs.
#![allow(clippy::unwrap_used, reason = "tests")]

use serde_json::Value;

use super::{DocumentFacts, document, readme};
use crate::dataset::columns::{KnownAt, Table};
use crate::dataset::quality::{DayFacts, Report};
use crate::dataset::schema::columns;

fn report() -> Report {
    let today = chrono::NaiveDate::from_ymd_opt(2025, 12, 16).unwrap();
    Report::new(&[], &[], today)
}

fn facts(anonymized: bool) -> DocumentFacts {
    DocumentFacts {
        tables: Table::ALL
            .iter()
            .map(|table| (*table, u64::from(*table != Table::Imports)))
            .collect(),
        anonymized,
    }
}

#[test]
fn games_of_the_practice_table_alone_are_not_called_games_of_the_server() {
    let day = |origin: &str| {
        let date = chrono::NaiveDate::from_ymd_opt(2025, 12, 15).unwrap();
        DayFacts::new(origin, date)
    };
    let today = chrono::NaiveDate::from_ymd_opt(2025, 12, 16).unwrap();
    let card = |origins: &[&str]| {
        let days: Vec<_> = origins.iter().map(|origin| day(origin)).collect();
        readme(&Report::new(&days, &[], today), &facts(false))
    };
    for (origins, title) in [
        (
            &["practice"] as &[&str],
            "# Recorded games of Pianola's practice table\n",
        ),
        (&["practice", "live"], "# Recorded games of rugs.fun\n"),
        (&["original"], "# Recorded games of rugs.fun\n"),
        (&[], "# Recorded games of rugs.fun\n"),
    ] {
        assert!(card(origins).contains(title), "{origins:?}");
    }
}

/// Returns the programs of the recipes with their tools, from the text of the card.
fn recipes(card: &str) -> Vec<(&str, &str)> {
    let section = card
        .split("\n## ")
        .find(|part| part.starts_with("Recipes"))
        .unwrap();
    let parts = section.split("\n### ").skip(1);
    parts
        .map(|part| {
            let (tool, rest) = part.split_once('\n').unwrap();
            let (_, rest) = rest.split_once("```python\n").unwrap();
            (tool, rest.split_once("```").unwrap().0)
        })
        .collect()
}

#[test]
fn the_card_has_every_column_every_leak_and_four_recipes() {
    let card = readme(&report(), &facts(false));
    let leaks = card
        .split("\n## ")
        .find(|part| part.starts_with("Leaks"))
        .unwrap();
    for table in Table::ALL {
        for column in columns(*table) {
            assert!(
                card.contains(&format!("| `{}` |", column.name)),
                "{}",
                column.name
            );
            let is_leak = column.known_at == KnownAt::After;
            let line = leaks
                .lines()
                .find(|line| line.starts_with(&format!("- **{table}**")));
            let listed = line.is_some_and(|line| line.contains(&format!("`{}`", column.name)));
            assert_eq!(listed, is_leak, "{table} {}", column.name);
        }
    }
    let recipes = recipes(&card);
    assert_eq!(
        recipes.iter().map(|(tool, _)| *tool).collect::<Vec<_>>(),
        ["Polars", "DuckDB", "pandas", "Spark"]
    );
    for (tool, program) in recipes {
        assert!(
            program.lines().count() <= 25 && program.contains("print("),
            "{tool}"
        );
    }
    for part in [
        "rug price is not proven",
        "What a commitment does not show",
        "## Splits",
        "## Personal data",
        "## Licence",
        "## Versions",
        "no model can learn",
    ] {
        assert!(card.contains(part), "{part}");
    }
}

#[test]
fn the_front_matter_lists_the_tables_that_have_files() {
    let card = readme(&report(), &facts(true));
    let (front, _) = card
        .strip_prefix("---\n")
        .unwrap()
        .split_once("\n---\n")
        .unwrap();
    let configs = front
        .lines()
        .filter_map(|line| line.strip_prefix("- config_name: "));
    assert_eq!(configs.count(), 7);
    assert!(front.contains("  data_files: \"ticks/*/*/*.parquet\""));
    assert!(!front.contains("imports"));
    assert!(card.contains("salted hashes") && !card.contains("Build with `--anonymize`"));
}

#[test]
fn croissant_has_each_column_with_its_type() {
    let text = document(&report(), &facts(false)).unwrap();
    let document: Value = serde_json::from_slice(&text).unwrap();
    assert_eq!(document["conformsTo"], "http://mlcommons.org/croissant/1.1");
    let sets = document["recordSet"].as_array().unwrap();
    assert_eq!(sets.len(), 7);
    for set in sets {
        let table = Table::ALL
            .iter()
            .find(|table| set["name"] == table.as_str())
            .unwrap();
        let fields = set["field"].as_array().unwrap();
        let names: Vec<_> = fields
            .iter()
            .map(|field| field["name"].as_str().unwrap())
            .collect();
        assert_eq!(
            names,
            columns(*table)
                .iter()
                .map(|column| column.name.as_str())
                .collect::<Vec<_>>()
        );
    }
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains("\"paths/prices\"") && text.contains("\"arrayShape\": \"-1\""));
}
