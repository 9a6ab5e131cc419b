//! Amounts: an exact decimal and the same as a double.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{Decimal128Builder, Float64Builder};
use rust_decimal::Decimal;

use super::field::{Definition, Field};
use crate::dataset::columns::{Column, ColumnType, DECIMAL_DIGITS, DECIMAL_PLACES, DECIMAL_TYPE};
use crate::protocol::number;

/// An amount. It fills two columns: `name`, the exact decimal with 9 places, null if the amount has more places or more
/// than 9 digits before the point; and `name_f`, the nearest double, which is always there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Money(pub Option<Decimal>);

impl Money {
    /// Returns the amount in units of the ninth place; `None` if there is none, or the column cannot hold it exactly.
    pub fn units(self) -> Option<i128> {
        let value = self.0?.normalize();
        let places = DECIMAL_PLACES.checked_sub(value.scale())?;
        let units = value.mantissa().checked_mul(10_i128.pow(places))?;
        (units.unsigned_abs() < 10_u128.pow(DECIMAL_DIGITS)).then_some(units)
    }

    /// Whether the decimal column has the amount, if there is one.
    pub fn is_exact(self) -> bool {
        self.0.is_none() || self.units().is_some()
    }

    /// Returns the nearest double.
    pub fn double(self) -> Option<f64> {
        self.0.map(number::to_f64_lossy)
    }
}

impl From<Decimal> for Money {
    fn from(value: Decimal) -> Self {
        Self(Some(value))
    }
}

impl Field for Money {
    fn columns(definition: &Definition) -> Vec<Column> {
        let decimal = definition.column(ColumnType::Decimal, true);
        let double = Column {
            name: format!("{}_f", definition.name),
            meaning: format!("`{}` as a double", definition.name),
            kind: ColumnType::Float64,
            ..decimal.clone()
        };
        vec![decimal, double]
    }

    fn arrays<'a>(values: impl ExactSizeIterator<Item = &'a Self> + Clone) -> Vec<ArrayRef> {
        let mut decimals =
            Decimal128Builder::with_capacity(values.len()).with_data_type(DECIMAL_TYPE);
        let mut doubles = Float64Builder::with_capacity(values.len());
        for value in values {
            decimals.append_option(value.units());
            doubles.append_option(value.double());
        }
        vec![Arc::new(decimals.finish()), Arc::new(doubles.finish())]
    }
}
