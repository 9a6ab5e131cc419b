//! What is in the files, read back with Parquet's own reader.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "tests")]

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow_array::RecordBatch;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::{ColumnOrder, SortOrder, Type};
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};
use parquet::file::statistics::Statistics;

use super::*;
use crate::dataset::columns::SCHEMA_VERSION;
use crate::dataset::read::{GameRecord, read_game};
use crate::dataset::rows::{
    ActionRow, DriftRow, ImportRow, QualityRow, SessionRow, TickRow, TickSource,
};
use crate::dataset::schema::{COLUMNS_KEY, SCHEMA_KEY, TABLE_KEY};

const EXAMPLE: &str = include_str!("../../../tests/fixtures/example.game.json");

fn example() -> GameRecord {
    read_game(
        EXAMPLE.as_bytes(),
        "2025-12-15/games/20251215T011800_1a211bfc.game.json",
    )
    .unwrap()
}

/// Files of a test.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn put(&self, bytes: &[u8]) -> PathBuf {
        let path = self.0.path().join("part-0.parquet");
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn footer(&self, bytes: &[u8]) -> ParquetMetaData {
        let file = File::open(self.put(bytes)).unwrap();
        ParquetMetaDataReader::new()
            .parse_and_finish(&file)
            .unwrap()
    }

    fn batches(&self, bytes: &[u8]) -> Vec<RecordBatch> {
        read(&self.put(bytes))
    }
}

fn read(path: &Path) -> Vec<RecordBatch> {
    let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap()).unwrap();
    reader.build().unwrap().map(Result::unwrap).collect()
}

fn file_of<R: Row>(rows: &[R]) -> Vec<u8> {
    let expected = ExpectedSize {
        rows: rows.len() as u64,
        games: 1,
    };
    let mut writer = TableWriter::<R, _>::new(Vec::new(), expected).unwrap();
    writer.write(rows).unwrap();
    writer.finish().unwrap().0
}

fn ticks(n: i32) -> Vec<TickRow> {
    let row = |tick: i32| TickRow {
        game_id: format!("20251215-{:016x}", tick / 100).into(),
        tick: tick % 100,
        price: (tick % 7 != 0).then(|| 1.0 + f64::from(tick % 1000) / 997.0),
        source: if tick % 7 == 0 {
            TickSource::Missing
        } else {
            TickSource::Live
        },
        is_rug: tick % 100 == 99,
        arrival_ms: (tick % 7 != 0).then_some(tick % 100 * 250),
        trainable: true,
    };
    (0..n).map(row).collect()
}

#[test]
fn rows_are_read_back_as_they_were_written() {
    let folder = Folder::new();
    let record = example();
    let games = [record.game.clone()];
    assert_eq!(folder.batches(&file_of(&games)), [batch(&games).unwrap()]);
    let paths = [record.path.clone()];
    assert_eq!(folder.batches(&file_of(&paths)), [batch(&paths).unwrap()]);
    let rows = record.ticks();
    assert_eq!(folder.batches(&file_of(&rows)), [batch(&rows).unwrap()]);
    let rows = ticks(3_000);
    let read = folder.batches(&file_of(&rows));
    let expected = batch(&rows).unwrap();
    let mut start = 0;
    for batch in &read {
        assert_eq!(*batch, expected.slice(start, batch.num_rows()));
        start += batch.num_rows();
    }
    assert_eq!(start, rows.len());
}

/// The footer: compression, encodings, dictionary pages, page index, minimum and maximum also of doubles.
#[test]
fn a_footer_says_what_the_page_of_the_data_set_promises() {
    let record = example();
    let rows = record.ticks();
    let folder = Folder::new();
    for (table, bytes) in [
        (Table::Games, file_of(std::slice::from_ref(&record.game))),
        (Table::Paths, file_of(std::slice::from_ref(&record.path))),
        (Table::Ticks, file_of(&rows)),
    ] {
        let footer = folder.footer(&bytes);
        let group = footer.row_group(0);
        assert_eq!(
            group.num_columns(),
            columns(table).len(),
            "one leaf a column"
        );
        for (column, place) in columns(table).iter().zip(0..) {
            let chunk = group.column(place);
            let name = format!("{table}.{}", column.name);
            let nested = matches!(column.kind, ColumnType::ListInt32 | ColumnType::ListFloat64);
            let parts = chunk.column_path().parts();
            assert_eq!(parts[0], column.name);
            assert_eq!(nested, parts.len() > 1);
            if nested {
                assert_eq!(parts[1..], ["list", "item"]);
            }
            assert!(
                matches!(chunk.compression(), Compression::ZSTD(_)),
                "{name}"
            );
            let encodings: Vec<_> = chunk.encodings().collect();
            let has = |encoding| encodings.contains(&encoding);
            let dictionary = chunk.dictionary_page_offset().is_some();
            match column.kind {
                ColumnType::Utf8 => assert!(has(Encoding::RLE_DICTIONARY) && dictionary, "{name}"),
                ColumnType::Bool => assert!(!dictionary, "{name}"),
                ColumnType::Float64 | ColumnType::ListFloat64 => {
                    assert!(has(Encoding::BYTE_STREAM_SPLIT) && !dictionary, "{name}");
                }
                _ if column.name == ARRIVALS => {
                    assert!(has(Encoding::BYTE_STREAM_SPLIT) && !dictionary, "{name}");
                }
                _ => assert!(has(Encoding::DELTA_BINARY_PACKED) && !dictionary, "{name}"),
            }
            assert!(chunk.column_index_offset().is_some() && chunk.offset_index_offset().is_some());
            let statistics = chunk.statistics().unwrap();
            let empty =
                chunk.num_values() == i64::try_from(statistics.null_count_opt().unwrap()).unwrap();
            let bounds =
                statistics.min_bytes_opt().is_some() && statistics.max_bytes_opt().is_some();
            assert!(bounds || empty, "{name} has no minimum and maximum");
            // Readers ignore minimum and maximum in an order that they do not know.
            if chunk.column_type() == Type::DOUBLE {
                let order = footer.file_metadata().column_order(place);
                assert_eq!(
                    order,
                    ColumnOrder::TYPE_DEFINED_ORDER(SortOrder::SIGNED),
                    "{name}"
                );
            }
        }
    }
    let footer = folder.footer(&file_of(&rows));
    let price = columns(Table::Ticks)
        .iter()
        .position(|column| column.name == "price")
        .unwrap();
    let Some(Statistics::Double(bounds)) = footer.row_group(0).column(price).statistics() else {
        panic!("doubles");
    };
    assert_eq!(bounds.min_opt(), Some(&0.014_782_661_565_813_707));
    assert_eq!(bounds.max_opt(), Some(&1.0));
}

#[test]
fn a_file_says_what_its_columns_are() {
    let folder = Folder::new();
    let footer = folder.footer(&file_of(&[example().game]));
    let facts = footer.file_metadata();
    assert_eq!(facts.created_by(), Some(crate::recording::APP));
    let described = facts.key_value_metadata().unwrap();
    let text = |key: &str| {
        let mut found = described.iter().filter(|entry| entry.key == key);
        found.next().unwrap().value.clone().unwrap()
    };
    assert_eq!(text(SCHEMA_KEY), SCHEMA_VERSION.to_string());
    assert_eq!(text(TABLE_KEY), "games");
    let described: serde_json::Value = serde_json::from_str(&text(COLUMNS_KEY)).unwrap();
    let names: Vec<_> = described
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let expected: Vec<_> = columns(Table::Games)
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    assert_eq!(names, expected);
    assert_eq!(described["server_seed"]["known_at"], "after");
    assert_eq!(described["server_seed_hash"]["known_at"], "before");
    assert_eq!(described["rug_tick"]["unit"], "tick");
    let sorted = footer.row_group(0).sorting_columns().unwrap();
    let sorted: Vec<_> = sorted
        .iter()
        .map(|by| expected[usize::try_from(by.column_idx).expect("a place")])
        .collect();
    assert_eq!(sorted, ["start_time", "game_id"]);
}

#[test]
fn every_file_of_a_table_has_the_same_schema_also_without_rows_and_with_columns_of_nulls() {
    fn schemas<R: Row>(folder: &Folder, files: &[Vec<R>]) {
        let expected = arrow_schema(R::TABLE);
        let mut parquet = Vec::new();
        for rows in files {
            let bytes = file_of(rows);
            let path = folder.put(&bytes);
            let reader = ParquetRecordBatchReaderBuilder::try_new(File::open(path).unwrap());
            let read = reader.unwrap().schema().clone();
            assert_eq!(read.fields(), expected.fields(), "{}", R::TABLE);
            let mut text = Vec::new();
            let footer = folder.footer(&bytes);
            parquet::schema::printer::print_schema(&mut text, footer.file_metadata().schema());
            parquet.push(String::from_utf8(text).unwrap());
            assert_eq!(
                footer.file_metadata().num_rows(),
                i64::try_from(rows.len()).unwrap()
            );
        }
        assert!(
            parquet.windows(2).all(|pair| pair[0] == pair[1]),
            "{}",
            R::TABLE
        );
    }
    let folder = Folder::new();
    let record = example();
    // Nothing that can be missing is there.
    let nothing = r#"{"meta":{"game_id":"x","start_time":"2025-12-16T00:00:00Z","end_time":null,"duration_ticks":0,
        "peak_multiplier":null,"server_seed_hash":null,"server_seed":null,"format":1,"origin":"url","game_version":null,
        "end_reason":null,"complete":false,"joined_at_tick":null,
        "sources":{"live":0,"partial":0,"snapshot":0,"history":0,"seed":0},"repaired_ticks":[],
        "proof":{"status":"unverifiable","commitment":"none","checked_ticks":0,"reason":null,"mismatch":null},
        "anomalies":{},"reconnects":0,"app":"x"},"prices":[],"arrivals":[]}"#;
    let bare = read_game(nothing.as_bytes(), "x").unwrap();
    schemas(
        &folder,
        &[vec![record.game.clone()], vec![bare.game.clone()], vec![]],
    );
    schemas(
        &folder,
        &[vec![record.path.clone()], vec![bare.path.clone()], vec![]],
    );
    let missing = ticks(1);
    assert_eq!((missing[0].price, missing[0].arrival_ms), (None, None));
    schemas(&folder, &[record.ticks(), missing, vec![]]);
    schemas::<ActionRow>(&folder, &[vec![]]);
    schemas::<SessionRow>(&folder, &[vec![]]);
    schemas::<DriftRow>(&folder, &[vec![]]);
    schemas::<QualityRow>(&folder, &[vec![]]);
    schemas::<ImportRow>(&folder, &[vec![]]);
}

#[test]
fn only_a_large_file_has_a_bloom_filter_and_only_on_the_game() {
    let folder = Folder::new();
    let n = i32::try_from(BLOOM_FILTER_ROWS).unwrap();
    let with_filter = |rows: i32| -> Vec<String> {
        let expected = ExpectedSize {
            rows: u64::try_from(rows).unwrap(),
            games: u64::try_from(rows / 100).unwrap(),
        };
        let mut writer = TableWriter::<TickRow, _>::new(Vec::new(), expected).unwrap();
        writer.write(&ticks(rows)).unwrap();
        let (bytes, written) = writer.finish().unwrap();
        assert_eq!(written, expected.rows);
        let footer = folder.footer(&bytes);
        let columns = footer.row_group(0).columns().iter();
        let columns = columns.filter(|column| column.bloom_filter_offset().is_some());
        columns
            .map(|column| column.column_path().string())
            .collect()
    };
    assert_eq!(with_filter(n), Vec::<String>::new());
    assert_eq!(with_filter(n + 1), ["game_id"]);
}

#[test]
fn the_same_rows_give_the_same_bytes() {
    let rows = ticks(40_000);
    let whole = file_of(&rows);
    assert!(file_of(&rows) == whole);
    let expected = ExpectedSize {
        rows: rows.len() as u64,
        games: 1,
    };
    let mut writer = TableWriter::<TickRow, _>::new(Vec::new(), expected).unwrap();
    for piece in rows.chunks(BATCH_ROWS) {
        writer.write(piece).unwrap();
    }
    assert!(writer.finish().unwrap().0 == whole);
}

/// Takes some bytes, then is full.
struct FullDisk(usize);

impl Write for FullDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.0 {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_reported_as_such() {
    let rows = ticks(2_000);
    let length = file_of(&rows).len();
    for room in [0, 3, 4, 100, length / 2, length - 100, length - 1] {
        let write = || -> io::Result<()> {
            let writer = TableWriter::<TickRow, _>::new(FullDisk(room), ExpectedSize::default());
            let mut writer = writer?;
            writer.write(&rows)?;
            writer.finish().map(|_| ())
        };
        assert_eq!(
            write().unwrap_err().kind(),
            io::ErrorKind::StorageFull,
            "{room} bytes"
        );
    }
}
