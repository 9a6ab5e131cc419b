//! README.md of a data set: the data card, with the front matter that Hugging Face reads.

use std::fmt::Write as _;

use super::{DocumentFacts, files_of, title};
use crate::dataset::columns::{Column, KnownAt, SCHEMA_VERSION, Table};
use crate::dataset::quality::Report;
use crate::dataset::schema::columns;

/// The recipes: the name of the tool, how to install it, the program.
const RECIPES: [(&str, &str, &str); 4] = [
    ("Polars", "polars", include_str!("recipes/with_polars.py")),
    ("DuckDB", "duckdb", include_str!("recipes/with_duckdb.py")),
    (
        "pandas",
        "pandas pyarrow",
        include_str!("recipes/with_pandas.py"),
    ),
    ("Spark", "pyspark", include_str!("recipes/with_spark.py")),
];

/// What the tables are, which rows to trust, and how to use them.
const TRUST: &str = include_str!("card_trust.md");
const USE: &str = include_str!("card_use.md");

/// Returns the text of README.md.
///
/// # Panics
///
/// Never: writing to a `String` does not fail.
pub fn readme(report: &Report, facts: &DocumentFacts) -> String {
    let mut card = String::new();
    write_card(&mut card, report, facts).expect("writing to a String never fails");
    card
}

fn write_card(out: &mut String, report: &Report, facts: &DocumentFacts) -> std::fmt::Result {
    write_front_matter(out, report, facts)?;
    writeln!(out, "# {}\n\n**{}.**\n", title(report), report.head())?;
    write_state(out, report)?;
    writeln!(out, "{TRUST}")?;
    write_tables(out, facts)?;
    write_leaks(out, facts)?;
    writeln!(out, "{USE}")?;
    write_recipes(out)?;
    write_personal_data(out, facts)?;
    write_rest(out, report)
}

fn write_front_matter(
    out: &mut String,
    report: &Report,
    facts: &DocumentFacts,
) -> std::fmt::Result {
    let size = match report.totals.ticks {
        0..1_000 => "n<1K",
        1_000..10_000 => "1K<n<10K",
        10_000..100_000 => "10K<n<100K",
        100_000..1_000_000 => "100K<n<1M",
        1_000_000..10_000_000 => "1M<n<10M",
        10_000_000..100_000_000 => "10M<n<100M",
        100_000_000..1_000_000_000 => "100M<n<1B",
        _ => "1B<n<10B",
    };
    writeln!(
        out,
        "---\npretty_name: {}\nlanguage:\n- en\nlicense: unknown\ntags:\n- tabular\n- timeseries\n\
         - croissant\nsize_categories:\n- {size}",
        title(report)
    )?;
    let mut first = true;
    for (table, _) in facts.tables_with_rows() {
        if first {
            writeln!(out, "configs:")?;
        }
        writeln!(
            out,
            "- config_name: {table}\n  data_files: \"{}\"",
            files_of(table)
        )?;
        if first {
            writeln!(out, "  default: true")?;
        }
        first = false;
    }
    writeln!(out, "---\n")
}

/// The numbers of this data set.
fn write_state(out: &mut String, report: &Report) -> std::fmt::Result {
    let totals = &report.totals;
    writeln!(
        out,
        "| games | proven | repaired | unverifiable | mismatch | trainable | ticks | sessions | actions |"
    )?;
    writeln!(out, "|--:|--:|--:|--:|--:|--:|--:|--:|--:|")?;
    writeln!(
        out,
        "| {} | {} | {} | {} | {} | {} | {} | {} | {} |\n",
        totals.games,
        totals.proven,
        totals.repaired,
        totals.unverifiable,
        totals.mismatch,
        totals.trainable,
        totals.ticks,
        totals.sessions,
        totals.actions,
    )?;
    let mut origins: Vec<_> = report
        .days
        .iter()
        .map(|day| day.row.source_origin.as_str())
        .collect();
    origins.sort_unstable();
    origins.dedup();
    let dates = report.days.iter().map(|day| day.date);
    if let (Some(first), Some(last)) = (dates.clone().min(), dates.max()) {
        writeln!(
            out,
            "From {first} to {last} (UTC days of the starts); origins: {}.",
            origins.join(", ")
        )?;
    }
    let looks = report.looks().count();
    let judged = report.groups.iter().flat_map(|group| &group.checks);
    let judged = judged.filter(|check| check.verdict.is_judged()).count();
    writeln!(
        out,
        "Findings: {}. Self-checks against the published algorithm: {judged}, of which {looks} say \"look\". \
         The details are in [quality.html](quality.html), `quality.txt` and `quality.json`.\n",
        report.findings.len(),
    )
}

fn write_tables(out: &mut String, facts: &DocumentFacts) -> std::fmt::Result {
    writeln!(
        out,
        "## Tables and columns\n\nA file for each origin and UTC day: `<table>/origin=<origin>/date=<day>/part-0.parquet`. Origin and date are \
         columns to every engine that reads Hive partitions. `known at`: `before` the game, `during` it at the tick or action of \
         the row, `after` it, `meta` (about the recording).\n"
    )?;
    for (table, rows) in &facts.tables {
        writeln!(
            out,
            "### {table}\n\n{}. {rows} rows. Key: {}.\n",
            table.meaning(),
            table.key().join(", ")
        )?;
        writeln!(
            out,
            "| column | type | unit | known at | meaning |\n|---|---|---|---|---|"
        )?;
        for column in columns(*table) {
            let null = if column.nullable { "?" } else { "" };
            writeln!(
                out,
                "| `{}` | {}{null} | {} | {} | {} |",
                column.name,
                column.kind.as_str(),
                column.unit,
                column.known_at.as_str(),
                column.meaning.replace('|', "\\|"),
            )?;
        }
        writeln!(out)?;
    }
    writeln!(out, "`?` marks columns that may be null.\n")
}

fn write_leaks(out: &mut String, facts: &DocumentFacts) -> std::fmt::Result {
    writeln!(
        out,
        "## Leaks\n\nThese columns are known only after the game. A feature made of one of them is a leak; as a label they are fine. \
         In `paths` the price at index t is known at tick t and no earlier.\n"
    )?;
    for (table, _) in &facts.tables {
        let after = columns(*table)
            .iter()
            .filter(|column| column.known_at == KnownAt::After);
        let after: Vec<_> = after
            .map(|column: &Column| format!("`{}`", column.name))
            .collect();
        if !after.is_empty() {
            writeln!(out, "- **{table}**: {}", after.join(", "))?;
        }
    }
    writeln!(out)
}

fn write_recipes(out: &mut String) -> std::fmt::Result {
    writeln!(
        out,
        "## Recipes\n\nEach of these Python programs is run in the folder of the data set and prints the same line: one row for each tick of the \
         trainable games before the rug, with log return, label and split.\n"
    )?;
    for (tool, packages, program) in RECIPES {
        writeln!(
            out,
            "### {tool}\n\n`pip install {packages}`\n\n```python\n{program}```\n"
        )?;
    }
    Ok(())
}

fn write_personal_data(out: &mut String, facts: &DocumentFacts) -> std::fmt::Result {
    let players = if facts.anonymized {
        "The players of `sessions` and the names of session files are salted hashes: the same player has the same hash, and without the \
         salt it cannot be computed from a name. Times and amounts are unchanged, so a person who saw the orders on the public \
         leaderboard can recognise them. Remove `actions`, `sessions` and `drifts` if that matters."
    } else {
        "`sessions.player` and the names of session files name the recording player, and `actions` has all their orders and \
         balances. Build with `--anonymize`, or leave out `actions`, `sessions` and `drifts`, before you give the data set away."
    };
    writeln!(
        out,
        "## Personal data\n\n{players}\nOther players are not in the data set.\n"
    )
}

fn write_rest(out: &mut String, report: &Report) -> std::fmt::Result {
    let imports = Table::Imports.as_str();
    writeln!(
        out,
        "## Licence\n\nPianola's licence covers the program, not these data. Whether and how recordings of rugs.fun may be given away is \
         for you to find out; replace `license: unknown` above when you know it.\n\n\
         ## Versions\n\nSchema {SCHEMA_VERSION}, written by {}. A changed column is a new version of the schema and a new line here.\n\n\
         - 3: `trainable`, `game_trainable`, and what `{imports}` counts are known after the game: features made of them are leaks.\n\
         - 2: `latency_ms` is null for results, which were not pressed; `long_prices_n` is known after the game; `history_only` \
         counts only games that were not watched.\n\
         - 1: the first version. `{imports}` has a row for each recording of the Python original.",
        report.app
    )
}
