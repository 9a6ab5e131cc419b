//! The texts of the cells of a table.

use arrow_array::Array;
use arrow_array::cast::AsArray as _;
use arrow_array::types::{
    Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMillisecondType,
};
use arrow_schema::DataType;
use rust_decimal::Decimal;

use crate::dataset::columns::DECIMAL_PLACES;
use crate::game::{Time, millis};

/// Returns the texts of two cells, each an array of one value; of lists, of the first different items.
pub(super) fn first_difference(found: &dyn Array, right: &dyn Array) -> (String, String) {
    if let (Some(found), Some(right)) = (found.as_list_opt::<i32>(), right.as_list_opt::<i32>()) {
        let (found, right) = (found.value(0), right.value(0));
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
    (cell(found, 0), cell(right, 0))
}

/// Returns the text of a cell.
pub(super) fn cell(array: &dyn Array, row: usize) -> String {
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
