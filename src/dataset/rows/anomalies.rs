//! Counts of the anomalies of games, a column for each.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int32Array};
use serde::{Deserialize, Serialize};

use super::field::{Definition, Field};
use crate::dataset::columns::{Column, ColumnType};
use crate::game::Anomaly;

const NAMES: &[Anomaly] = Anomaly::ALL;

/// How often each anomaly was seen. It fills a column `an_<name>` for each anomaly that the recorder knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AnomalyCounts([i32; NAMES.len()]);

impl AnomalyCounts {
    /// Returns the counts of a game.
    pub fn of(counts: &BTreeMap<Anomaly, u32>) -> Self {
        let mut all = Self::default();
        for (slot, anomaly) in all.0.iter_mut().zip(NAMES) {
            let count = counts.get(anomaly).copied().unwrap_or(0);
            *slot = i32::try_from(count).unwrap_or(i32::MAX);
        }
        all
    }

    /// Returns each anomaly with its count, in the order of the columns.
    pub fn iter(self) -> impl Iterator<Item = (Anomaly, i32)> {
        NAMES.iter().copied().zip(self.0)
    }

    /// Returns the number of all anomalies.
    pub fn sum(self) -> i32 {
        self.0.into_iter().fold(0, i32::saturating_add)
    }

    /// Adds the counts of another game.
    pub fn add(&mut self, other: Self) {
        for (sum, count) in self.0.iter_mut().zip(other.0) {
            *sum = sum.saturating_add(count);
        }
    }
}

impl Field for AnomalyCounts {
    fn columns(definition: &Definition) -> Vec<Column> {
        let column = |anomaly: &Anomaly| Column {
            name: format!("an_{}", anomaly.as_str()),
            meaning: format!("{}: `{}`", definition.meaning, anomaly.as_str()),
            ..definition.column(ColumnType::Int32, false)
        };
        NAMES.iter().map(column).collect()
    }

    fn arrays<'a>(values: impl ExactSizeIterator<Item = &'a Self> + Clone) -> Vec<ArrayRef> {
        let array = |place: usize| -> ArrayRef {
            let counts = values.clone().map(|counts| counts.0[place]);
            Arc::new(Int32Array::from_iter_values(counts))
        };
        (0..NAMES.len()).map(array).collect()
    }
}
