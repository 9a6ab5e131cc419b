//! croissant.json: the tables and their columns in the format Croissant 1.1 of `MLCommons`.

use serde_json::{Value, json};

use super::{DocumentFacts, files_of, title};
use crate::dataset::columns::{Column, ColumnType, SCHEMA_VERSION, Table};
use crate::dataset::quality::Report;
use crate::dataset::schema::columns;
use crate::recording::format::json::to_text;

/// The standard's own context, which every document repeats.
const CONTEXT: &str = include_str!("croissant_context.json");

/// Returns the text of croissant.json.
///
/// # Errors
///
/// None in practice: every value can be written.
pub fn document(report: &Report, facts: &DocumentFacts) -> serde_json::Result<Vec<u8>> {
    let tables: Vec<Table> = facts.tables_with_rows().map(|(table, _)| table).collect();
    let context: Value = serde_json::from_str(CONTEXT)?;
    let mut document = json!({
        "@context": context,
        "@type": "sc:Dataset",
        "name": "pianola-rugs-fun",
        "description": format!(
            "{} as tables: {}. README.md is the data card, quality.html the report on quality.",
            title(report),
            report.head()
        ),
        "conformsTo": "http://mlcommons.org/croissant/1.1",
        "version": format!("{SCHEMA_VERSION}.0.0"),
        "license": "Not stated: see README.md",
        "url": "README.md",
        "creator": { "@type": "sc:Organization", "name": report.app },
        "citeAs": format!("{}, made with {}", title(report), report.app),
        "keywords": ["time series", "provably fair", "crash game"],
        "isLiveDataset": true,
    });
    // The newest day is the date: the document has no clock.
    if let (Some(day), Some(keys)) = (
        report.days.iter().map(|day| day.date).max(),
        document.as_object_mut(),
    ) {
        keys.insert("datePublished".to_owned(), json!(day.to_string()));
    }
    document["distribution"] = tables.iter().map(|table| file_set(*table)).collect();
    document["recordSet"] = tables.iter().map(|table| record_set(*table)).collect();
    to_text(&document)
}

fn file_set(table: Table) -> Value {
    json!({
        "@type": "cr:FileSet",
        "@id": format!("{table}-files"),
        "name": format!("{table}-files"),
        "description": format!("The files of the table {table}, one for each origin and UTC day"),
        "encodingFormat": "application/x-parquet",
        "includes": files_of(table),
    })
}

fn record_set(table: Table) -> Value {
    let keys = table
        .key()
        .iter()
        .map(|name| json!({ "@id": format!("{table}/{name}") }));
    json!({
        "@type": "cr:RecordSet",
        "@id": table.as_str(),
        "name": table.as_str(),
        "description": table.meaning(),
        "key": keys.collect::<Vec<_>>(),
        "field": columns(table).iter().map(|column| field(table, column)).collect::<Vec<_>>(),
    })
}

fn field(table: Table, column: &Column) -> Value {
    let unit = match column.unit {
        "" => String::new(),
        unit => format!(" Unit: {unit}."),
    };
    let mut field = json!({
        "@type": "cr:Field",
        "@id": format!("{table}/{}", column.name),
        "name": column.name,
        "description": format!("{}{unit} Known: {}.", column.meaning, column.known_at.as_str()),
        "dataType": data_type(column.kind),
    });
    if matches!(column.kind, ColumnType::ListInt32 | ColumnType::ListFloat64) {
        field["isArray"] = json!(true);
        field["arrayShape"] = json!("-1");
    }
    field["source"] = json!({
        "fileSet": { "@id": format!("{table}-files") },
        "extract": { "column": column.name },
    });
    field
}

fn data_type(kind: ColumnType) -> &'static str {
    match kind {
        ColumnType::Utf8 => "sc:Text",
        ColumnType::Bool => "sc:Boolean",
        ColumnType::Int32 | ColumnType::ListInt32 => "cr:Int32",
        ColumnType::Int64 => "cr:Int64",
        ColumnType::Float64 | ColumnType::ListFloat64 => "cr:Float64",
        ColumnType::Decimal => "sc:Number",
        ColumnType::Timestamp => "sc:DateTime",
    }
}
