//! Compares the rows of a data file with those that the recordings give.

use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMillisecondType,
};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use rust_decimal::Decimal;

use crate::dataset::columns::{DECIMAL_PLACES, Table};
use crate::game::{Time, millis};

/// The first row that differs in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// The row, within the compared ones.
    pub row: usize,
    /// What differs, in one sentence.
    pub text: String,
}

/// Returns the first difference of each column that differs. Both have the same schema and number of rows.
pub(super) fn differences(
    table: Table,
    expected: &RecordBatch,
    found: &RecordBatch,
) -> Vec<Difference> {
    let schema = expected.schema();
    let columns = schema
        .fields()
        .iter()
        .zip(expected.columns())
        .zip(found.columns());
    let differing = columns.filter(|((_, expected), found)| expected != found);
    let describe = |((field, expected), found): ((&_, &_), &_)| {
        let field: &arrow_schema::FieldRef = field;
        let (expected, found): (&arrow_array::ArrayRef, &arrow_array::ArrayRef) = (expected, found);
        let rows = 0..expected.len();
        let mut wrong = rows.filter(|row| expected.slice(*row, 1) != found.slice(*row, 1));
        let row = wrong.next()?;
        let more = match wrong.count() {
            0 => String::new(),
            1 => "; one more row differs in this column".to_owned(),
            n => format!("; {n} more rows differ in this column"),
        };
        let (found, right) = first_difference(found, expected, row);
        let name = field.name();
        Some(Difference {
            row,
            text: format!(
                "{table}.{name}: the data set has {found}, the recordings say {right}{more}"
            ),
        })
    };
    differing.filter_map(describe).collect()
}

/// Returns the texts of two cells; of lists, of the first different items.
fn first_difference(found: &dyn Array, right: &dyn Array, row: usize) -> (String, String) {
    if let (Some(found), Some(right)) = (found.as_list_opt::<i32>(), right.as_list_opt::<i32>()) {
        let (found, right) = (found.value(row), right.value(row));
        if found.len() != right.len() {
            return (
                format!("{} items", found.len()),
                format!("{} items", right.len()),
            );
        }
        let mut items = 0..found.len();
        let differs = |item: &usize| found.slice(*item, 1) != right.slice(*item, 1);
        if let Some(item) = items.find(differs) {
            let text = |list| format!("{} at {item}", cell(list, item));
            return (text(&*found), text(&*right));
        }
    }
    (cell(found, row), cell(right, row))
}

/// Returns the text of a cell.
fn cell(array: &dyn Array, row: usize) -> String {
    if array.is_null(row) {
        return "null".to_owned();
    }
    match array.data_type() {
        DataType::Utf8 => format!("{:?}", array.as_string::<i32>().value(row)),
        DataType::Boolean => array.as_boolean().value(row).to_string(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).to_string(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::Float64 => array.as_primitive::<Float64Type>().value(row).to_string(),
        DataType::Decimal128(..) => {
            let units = array.as_primitive::<Decimal128Type>().value(row);
            let amount = Decimal::try_from_i128_with_scale(units, DECIMAL_PLACES);
            amount.map_or_else(|_| units.to_string(), |amount| amount.to_string())
        }
        DataType::Timestamp(..) => {
            let at = array.as_primitive::<TimestampMillisecondType>().value(row);
            Time::from_timestamp_millis(at).map_or_else(|| at.to_string(), millis::text)
        }
        other => format!("a value of type {other}"),
    }
}
