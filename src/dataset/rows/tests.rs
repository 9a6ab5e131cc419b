//! The rows and the one column table.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::BTreeSet;
use std::fmt::Write as _;

use arrow_array::cast::AsArray as _;
use arrow_array::types::{Decimal128Type, Float64Type, Int32Type};
use rust_decimal::Decimal;

use super::field::{Definition, Field as _};
use super::*;
use crate::dataset::columns::{ColumnType, KnownAt, SCHEMA_VERSION};
use crate::dataset::schema::{arrow_schema, columns};
use crate::dataset::write::batch;
use crate::game::Anomaly;

impl GameTicks {
    /// Returns the rows one by one.
    pub(in crate::dataset) fn rows(&self) -> Vec<TickRow> {
        let arrivals = self.path.arrival_ms.iter().copied();
        let arrivals = arrivals.chain(std::iter::repeat(None));
        let ticks = self.path.prices.iter().zip(&self.sources).zip(arrivals);
        let row = |(((price, source), arrival_ms), tick): (((&_, &_), _), _)| TickRow {
            game_id: self.path.game_id.clone(),
            tick,
            price: *price,
            source: *source,
            is_rug: self.rug_tick == Some(tick),
            arrival_ms,
            trainable: self.path.trainable,
        };
        ticks.zip(0..).map(row).collect()
    }
}

/// Every column as `table.name: type, known_at`. A change of this list is a new version of the tables.
#[test]
fn the_columns_are_those_of_the_version() {
    let mut text = format!("version {SCHEMA_VERSION}\n");
    for table in Table::ALL {
        for column in columns(*table) {
            let kind = column.kind.as_str();
            let mark = if column.nullable { "?" } else { "" };
            let known = column.known_at.as_str();
            writeln!(text, "{table}.{}: {kind}{mark}, {known}", column.name).unwrap();
        }
    }
    let expected = include_str!("../../../tests/fixtures/dataset_columns.txt");
    assert!(text == expected, "the columns are now\n{text}");
}

#[test]
fn arrays_have_the_types_of_the_columns_also_without_rows() {
    fn check<R: Row>() {
        let batch = batch::<R>(&[]).unwrap();
        assert_eq!(batch.schema(), arrow_schema(R::TABLE));
        assert_eq!(batch.num_columns(), columns(R::TABLE).len());
    }
    check::<GameRow>();
    check::<PathRow>();
    check::<TickRow>();
    check::<ActionRow>();
    check::<SessionRow>();
    check::<DriftRow>();
    check::<QualityRow>();
    check::<ImportRow>();
}

#[test]
fn each_column_says_what_it_is_and_none_has_the_name_of_a_partition() {
    for table in Table::ALL {
        let mut names = BTreeSet::new();
        for column in columns(*table) {
            let name = &column.name;
            assert!(names.insert(name), "{table} has {name} twice");
            assert!(
                !["origin", "date"].contains(&name.as_str()),
                "{table}.{name}"
            );
            assert!(column.meaning.len() > 5, "{table}.{name} has no meaning");
            assert!(
                !column.meaning.contains("  "),
                "{table}.{name}: {}",
                column.meaning
            );
        }
        let known = |name: &&&str| names.contains(&(**name).to_owned());
        assert_eq!(
            table.key().iter().filter(known).count(),
            table.key().len(),
            "{table}"
        );
        assert_eq!(
            table.sorting().iter().filter(known).count(),
            table.sorting().len()
        );
    }
}

#[test]
fn games_and_quality_have_a_column_for_each_anomaly_of_the_recorder() {
    let expected: Vec<_> = Anomaly::ALL
        .iter()
        .map(|anomaly| format!("an_{}", anomaly.as_str()))
        .collect();
    for table in [Table::Games, Table::Quality] {
        let names = columns(table).iter().map(|column| column.name.clone());
        let names: Vec<_> = names.filter(|name| name.starts_with("an_")).collect();
        assert_eq!(names, expected, "{table}");
    }
    // A game with each of them, as often as its place says.
    let counts = Anomaly::ALL.iter().copied().zip(1..).collect();
    let counts = AnomalyCounts::of(&counts);
    let expected = Anomaly::ALL.iter().copied().zip(1..);
    assert!(counts.iter().eq(expected));
    let arrays = AnomalyCounts::arrays([counts, AnomalyCounts::default()].iter());
    let first = arrays
        .iter()
        .map(|array| array.as_primitive::<Int32Type>().value(0));
    assert!(first.eq(1..=i32::try_from(arrays.len()).unwrap()));
    let n = i32::try_from(Anomaly::ALL.len()).unwrap();
    assert_eq!(counts.sum(), n * (n + 1) / 2);
    let mut twice = counts;
    twice.add(counts);
    assert_eq!(twice.sum(), 2 * counts.sum());
}

#[test]
fn no_column_of_ticks_is_from_the_future_but_the_filter() {
    let columns = columns(Table::Ticks).iter();
    let after = columns.filter(|column| column.known_at == KnownAt::After);
    let names: Vec<_> = after.map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["trainable"]);
}

/// What a filter is made of is known after the game, and so is the filter.
#[test]
fn the_filters_are_leaks() {
    for table in Table::ALL {
        for column in columns(*table) {
            let is_filter = ["trainable", "game_trainable"].contains(&column.name.as_str());
            // A row of the table `quality` is of a day.
            if is_filter && *table != Table::Quality {
                assert_eq!(column.known_at, KnownAt::After, "{table}.{}", column.name);
                assert!(
                    column
                        .meaning
                        .contains("Filter by it; as a feature it is a leak.")
                );
            }
        }
    }
}

#[test]
fn an_amount_is_exact_or_its_decimal_is_null_and_its_double_is_kept() {
    let money = |text: &str| Money(Some(text.parse::<Decimal>().unwrap()));
    let (most, least) = ("999999999.999999999", "-999999999.999999999");
    for (text, units) in [
        ("0", 0),
        ("0.000000001", 1),
        ("-0.003482000", -3_482_000),
        ("0.10000000000000", 100_000_000),
        (most, 999_999_999_999_999_999),
        (least, -999_999_999_999_999_999),
    ] {
        assert_eq!(money(text).units(), Some(units), "{text}");
        assert!(money(text).is_exact());
    }
    for text in [
        "0.0000000001",
        "1000000000",
        "-1000000000",
        "0.1234567891",
        "79228162514264337593543950335",
    ] {
        assert_eq!(money(text).units(), None, "{text}");
        assert!(!money(text).is_exact());
        assert_eq!(money(text).double(), Some(text.parse().unwrap()));
    }
    assert!(Money(None).is_exact() && Money(None).units().is_none());
    let values = [money("0.5"), money("0.0000000001"), Money(None)];
    let arrays = Money::arrays(values.iter());
    let decimals = arrays[0].as_primitive::<Decimal128Type>();
    assert_eq!(
        decimals.iter().collect::<Vec<_>>(),
        [Some(500_000_000), None, None]
    );
    let doubles = arrays[1].as_primitive::<Float64Type>();
    assert_eq!(
        doubles.iter().collect::<Vec<_>>(),
        [Some(0.5), Some(1e-10), None]
    );
    let definition = Definition {
        name: "pnl",
        unit: "SOL",
        meaning: "Profit.",
        known_at: KnownAt::During,
    };
    let [decimal, double] = &Money::columns(&definition)[..] else {
        panic!("two columns");
    };
    assert_eq!(
        (decimal.name.as_str(), decimal.kind),
        ("pnl", ColumnType::Decimal)
    );
    assert_eq!(
        (double.name.as_str(), double.kind),
        ("pnl_f", ColumnType::Float64)
    );
}

#[test]
fn the_ticks_of_a_path_are_its_prices_in_their_order() {
    let path = PathRow {
        game_id: "20251215-a".into(),
        trainable: true,
        n_ticks: 3,
        prices: vec![Some(1.0), None, Some(0.01)],
        arrival_ms: vec![Some(0), None, Some(512)],
    };
    let sources = [TickSource::Live, TickSource::Missing, TickSource::Unknown];
    let mut game = GameTicks {
        path,
        sources: sources.to_vec(),
        rug_tick: Some(2),
    };
    let ticks = game.rows();
    let seen: Vec<_> = ticks
        .iter()
        .map(|row| (row.tick, row.price, row.source, row.is_rug, row.arrival_ms))
        .collect();
    let expected = [
        (0, Some(1.0), TickSource::Live, false, Some(0)),
        (1, None, TickSource::Missing, false, None),
        (2, Some(0.01), TickSource::Unknown, true, Some(512)),
    ];
    assert_eq!(seen, expected);
    assert!(
        ticks
            .iter()
            .all(|row| row.trainable && &*row.game_id == "20251215-a")
    );
    // A build makes the same columns without the rows, of several games at once.
    let first = game.clone();
    game.rug_tick = None;
    assert!(game.rows().iter().all(|row| !row.is_rug));
    let rows = [ticks, game.rows()].concat();
    assert_eq!(batch(&[first, game]).unwrap(), batch(&rows).unwrap());
}
