//! The schema of the files, from the columns of the rows.

use std::sync::{Arc, LazyLock};

use arrow_schema::{DataType, Field, Schema, SchemaRef, TimeUnit};
use serde_json::json;

use super::columns::{Column, ColumnType, DECIMAL_TYPE, SCHEMA_VERSION, Table, UTC};
use super::rows::{
    ActionRow, DriftRow, GameRow, ImportRow, PathRow, QualityRow, Row, SessionRow, TickRow,
};

/// The name of the metadata key with the version of the tables.
pub const SCHEMA_KEY: &str = "pianola.schema";
/// The name of the metadata key with the name of the table.
pub const TABLE_KEY: &str = "pianola.table";
/// The name of the metadata key with unit, meaning and `known_at` of the columns, as JSON.
pub const COLUMNS_KEY: &str = "pianola.columns";

/// Columns and schema of a table.
struct TableSchema {
    columns: Vec<Column>,
    arrow: SchemaRef,
}

static TABLES: LazyLock<Vec<TableSchema>> = LazyLock::new(|| {
    let columns = Table::ALL.iter().map(|table| match table {
        Table::Games => GameRow::columns(),
        Table::Paths => PathRow::columns(),
        Table::Ticks => TickRow::columns(),
        Table::Actions => ActionRow::columns(),
        Table::Sessions => SessionRow::columns(),
        Table::Drifts => DriftRow::columns(),
        Table::Quality => QualityRow::columns(),
        Table::Imports => ImportRow::columns(),
    });
    columns
        .map(|columns| TableSchema {
            arrow: Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>())),
            columns,
        })
        .collect()
});

/// Returns the columns of a table, in their order.
pub fn columns(table: Table) -> &'static [Column] {
    &TABLES[table as usize].columns
}

/// Returns the Arrow schema of a table.
pub fn arrow_schema(table: Table) -> SchemaRef {
    Arc::clone(&TABLES[table as usize].arrow)
}

fn field(column: &Column) -> Field {
    let list = |item| DataType::List(Arc::new(Field::new("item", item, true)));
    let kind = match column.kind {
        ColumnType::Utf8 => DataType::Utf8,
        ColumnType::Bool => DataType::Boolean,
        ColumnType::Int32 => DataType::Int32,
        ColumnType::Int64 => DataType::Int64,
        ColumnType::Float64 => DataType::Float64,
        ColumnType::Decimal => DECIMAL_TYPE,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Millisecond, Some(UTC.into())),
        ColumnType::ListInt32 => list(DataType::Int32),
        ColumnType::ListFloat64 => list(DataType::Float64),
    };
    Field::new(&column.name, kind, column.nullable)
}

/// Returns the metadata of a table's files: key and text.
pub fn metadata(table: Table) -> [(&'static str, String); 3] {
    let described = columns(table).iter().map(|column| {
        let facts = json!({
            "unit": column.unit,
            "meaning": column.meaning,
            "known_at": column.known_at,
        });
        (column.name.clone(), facts)
    });
    let described: serde_json::Map<_, _> = described.collect();
    [
        (SCHEMA_KEY, SCHEMA_VERSION.to_string()),
        (TABLE_KEY, table.as_str().to_owned()),
        (
            COLUMNS_KEY,
            serde_json::Value::Object(described).to_string(),
        ),
    ]
}
