//! The documents beside the tables: the data card and its machine-readable form.

mod card;
mod croissant;

use super::columns::Table;
use super::quality::Report;

/// What the documents say about the tables beside the quality report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFacts {
    /// The tables with their number of rows; those without rows have no file.
    pub tables: Vec<(Table, u64)>,
    /// Players are replaced by salted hashes.
    pub anonymized: bool,
}

impl DocumentFacts {
    /// Returns the tables that have files.
    fn tables_with_rows(&self) -> impl Iterator<Item = (Table, u64)> {
        self.tables.iter().copied().filter(|(_, rows)| *rows > 0)
    }
}

/// Returns what the games are: those of practice tables are no games of the real server.
fn title(report: &Report) -> &'static str {
    let mut origins = report.days.iter().map(|day| day.row.source_origin.as_str());
    if origins.all(|origin| origin == "practice") && !report.days.is_empty() {
        "Recorded games of Pianola's practice table"
    } else {
        "Recorded games of rugs.fun"
    }
}

/// Returns the pattern of a table's files.
fn files_of(table: Table) -> String {
    format!("{}/*/*/*.parquet", table.as_str())
}

pub use card::readme;
pub use croissant::document;

#[cfg(test)]
mod tests;
