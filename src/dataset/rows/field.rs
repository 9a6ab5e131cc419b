//! The types of fields, with the columns that they fill.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{
    BooleanBuilder, Float64Builder, Int32Builder, Int64Builder, ListBuilder, StringBuilder,
    TimestampMillisecondBuilder,
};

use crate::dataset::columns::{Column, ColumnType, KnownAt, UTC};
use crate::game::Time;

/// What the row says about a field.
pub(in crate::dataset) struct Definition {
    pub name: &'static str,
    pub unit: &'static str,
    pub meaning: &'static str,
    pub known_at: KnownAt,
}

impl Definition {
    /// Returns a column of this field.
    pub fn column(&self, kind: ColumnType, nullable: bool) -> Column {
        Column {
            name: self.name.to_owned(),
            kind,
            nullable,
            unit: self.unit,
            meaning: self.meaning.to_owned(),
            known_at: self.known_at,
        }
    }
}

/// The type of a field; it fills one column or several.
pub(in crate::dataset) trait Field: Sized {
    /// Returns its columns.
    fn columns(definition: &Definition) -> Vec<Column>;

    /// Returns the values of its columns.
    fn arrays<'a>(values: impl ExactSizeIterator<Item = &'a Self> + Clone) -> Vec<ArrayRef>
    where
        Self: 'a;
}

/// A field with one column of single values: `$value` of a reference gives an `Option` of what the builder takes.
macro_rules! single {
    ($($type:ty: $kind:ident, $nullable:literal, $new:expr, $value:expr;)*) => {$(
        impl Field for $type {
            fn columns(definition: &Definition) -> Vec<Column> {
                vec![definition.column(ColumnType::$kind, $nullable)]
            }

            fn arrays<'a>(values: impl ExactSizeIterator<Item = &'a Self> + Clone) -> Vec<ArrayRef> {
                let mut builder = $new(values.len());
                for value in values {
                    builder.append_option($value(value));
                }
                vec![Arc::new(builder.finish())]
            }
        }
    )*};
}

single! {
    String: Utf8, false, texts, |text: &'a String| Some(text.as_str());
    Option<String>: Utf8, true, texts, |text: &'a Option<String>| text.as_deref();
    Arc<str>: Utf8, false, texts, |text: &'a Arc<str>| Some(&**text);
    &'static str: Utf8, false, texts, |text: &&'static str| Some(*text);
    bool: Bool, false, BooleanBuilder::with_capacity, |value: &bool| Some(*value);
    i32: Int32, false, Int32Builder::with_capacity, |value: &i32| Some(*value);
    Option<i32>: Int32, true, Int32Builder::with_capacity, |value: &Option<i32>| *value;
    i64: Int64, false, Int64Builder::with_capacity, |value: &i64| Some(*value);
    f64: Float64, false, Float64Builder::with_capacity, |value: &f64| Some(*value);
    Option<f64>: Float64, true, Float64Builder::with_capacity, |value: &Option<f64>| *value;
    Time: Timestamp, false, times, |time: &Time| Some(time.timestamp_millis());
    Option<Time>: Timestamp, true, times, |time: &Option<Time>| time.map(|time| time.timestamp_millis());
}

fn texts(rows: usize) -> StringBuilder {
    StringBuilder::with_capacity(rows, rows * 16)
}

fn times(rows: usize) -> TimestampMillisecondBuilder {
    TimestampMillisecondBuilder::with_capacity(rows).with_timezone(UTC)
}

/// A word of a fixed list.
pub(in crate::dataset) trait Word: Copy {
    /// Returns the word in files.
    fn word(self) -> &'static str;
}

impl<T: Word> Field for T {
    fn columns(definition: &Definition) -> Vec<Column> {
        <&'static str>::columns(definition)
    }

    fn arrays<'a>(values: impl ExactSizeIterator<Item = &'a Self> + Clone) -> Vec<ArrayRef>
    where
        Self: 'a,
    {
        vec![words(values.map(|word| Some(word.word())))]
    }
}

impl<T: Word> Field for Option<T> {
    fn columns(definition: &Definition) -> Vec<Column> {
        vec![definition.column(ColumnType::Utf8, true)]
    }

    fn arrays<'a>(values: impl ExactSizeIterator<Item = &'a Self> + Clone) -> Vec<ArrayRef>
    where
        Self: 'a,
    {
        vec![words(values.map(|word| word.map(T::word)))]
    }
}

fn words(words: impl ExactSizeIterator<Item = Option<&'static str>>) -> ArrayRef {
    let mut builder = texts(words.len());
    words.for_each(|word| builder.append_option(word));
    Arc::new(builder.finish())
}

/// A field with one column of lists.
macro_rules! list {
    ($($item:ty: $kind:ident, $builder:ident, $value:expr;)*) => {$(
        impl Field for Vec<$item> {
            fn columns(definition: &Definition) -> Vec<Column> {
                vec![definition.column(ColumnType::$kind, false)]
            }

            fn arrays<'a>(values: impl ExactSizeIterator<Item = &'a Self> + Clone) -> Vec<ArrayRef> {
                let items = values.clone().map(Vec::len).sum();
                let mut builder =
                    ListBuilder::with_capacity($builder::with_capacity(items), values.len());
                for value in values {
                    let items = builder.values();
                    for item in value {
                        items.append_option($value(item));
                    }
                    builder.append(true);
                }
                vec![Arc::new(builder.finish())]
            }
        }
    )*};
}

list! {
    i32: ListInt32, Int32Builder, |value: &i32| Some(*value);
    Option<i32>: ListInt32, Int32Builder, |value: &Option<i32>| *value;
    f64: ListFloat64, Float64Builder, |value: &f64| Some(*value);
    Option<f64>: ListFloat64, Float64Builder, |value: &Option<f64>| *value;
}
