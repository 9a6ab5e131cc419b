//! The files of one partition while they are written: a table without rows has none.

use std::io;

use crate::dataset::columns::Table;
use crate::dataset::digest::ContentDigest;
use crate::dataset::manifest::DataFile;
use crate::dataset::partition::Partition;
use crate::dataset::read::{GameRecord, SessionRecord};
use crate::dataset::rows::{
    ActionRow, DriftRow, GameRow, GameTicks, ImportRow, PathRow, QualityRow, Row, SessionRow,
};
use crate::dataset::write::{ExpectedSize, TableWriter};

/// Rows that are collected before they are written.
const BATCH_ROWS: usize = 1 << 14;
/// Games that are collected before their rows are written: their prices are the longest part.
const BATCH_GAMES: usize = 1 << 8;
/// The same for their ticks, each of which is a row.
const BATCH_TICK_GAMES: usize = 1 << 6;

/// A file of a table, begun with its first row.
struct TableFile<R: Row> {
    writer: Option<TableWriter<R, Vec<u8>>>,
    waiting: Vec<R>,
    batch: usize,
    expected: ExpectedSize,
}

impl<R: Row> TableFile<R> {
    fn new(batch: usize, expected: ExpectedSize) -> Self {
        Self {
            writer: None,
            waiting: Vec::new(),
            batch,
            expected,
        }
    }

    fn put(&mut self, row: R) -> io::Result<()> {
        self.waiting.push(row);
        if self.waiting.len() >= self.batch {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let writer = match &mut self.writer {
            Some(writer) => writer,
            slot => slot.insert(TableWriter::new(Vec::new(), self.expected)?),
        };
        writer.write(&self.waiting)?;
        self.waiting.clear();
        Ok(())
    }

    /// Ends the file and adds it to `files`.
    fn finish(mut self, partition: Partition, files: &mut Vec<TableBytes>) -> io::Result<()> {
        self.flush()?;
        let Some(writer) = self.writer else {
            return Ok(());
        };
        let (bytes, rows) = writer.finish()?;
        files.push(TableBytes {
            file: DataFile {
                table: R::TABLE,
                path: path_of(R::TABLE, partition),
                rows,
                bytes: bytes.len() as u64,
                sha256: ContentDigest::of(&bytes),
            },
            bytes,
        });
        Ok(())
    }
}

/// Returns the path of a partition's file of a table.
fn path_of(table: Table, partition: Partition) -> String {
    format!("{table}/{}/part-0.parquet", partition.folder())
}

/// A finished file.
pub(super) struct TableBytes {
    pub file: DataFile,
    pub bytes: Vec<u8>,
}

/// The files of a partition.
pub(super) struct PartitionTables {
    partition: Partition,
    games: TableFile<GameRow>,
    paths: TableFile<PathRow>,
    /// `None`: the data set has no table of ticks.
    ticks: Option<TableFile<GameTicks>>,
    actions: TableFile<ActionRow>,
    sessions: TableFile<SessionRow>,
    drifts: TableFile<DriftRow>,
    imports: TableFile<ImportRow>,
}

impl PartitionTables {
    /// Returns the empty tables of a partition with so many games and ticks.
    pub(super) fn new(partition: Partition, with_ticks: bool, games: u64, ticks: u64) -> Self {
        let of_games = ExpectedSize { rows: games, games };
        let of_ticks = ExpectedSize { rows: ticks, games };
        let few = ExpectedSize::default();
        Self {
            partition,
            games: TableFile::new(BATCH_GAMES, of_games),
            paths: TableFile::new(BATCH_GAMES, of_games),
            ticks: with_ticks.then(|| TableFile::new(BATCH_TICK_GAMES, of_ticks)),
            actions: TableFile::new(BATCH_ROWS, few),
            sessions: TableFile::new(BATCH_ROWS, few),
            drifts: TableFile::new(BATCH_ROWS, few),
            imports: TableFile::new(BATCH_ROWS, few),
        }
    }

    /// Adds the rows of a game. Games come in the order of their start and id.
    pub(super) fn put_game(&mut self, record: GameRecord) -> io::Result<()> {
        if let Some(ticks) = &mut self.ticks {
            ticks.put(GameTicks {
                path: record.path.clone(),
                sources: record.sources,
                rug_tick: record.game.rug_tick,
            })?;
        }
        self.games.put(record.game)?;
        self.paths.put(record.path)
    }

    /// Adds the rows of a session. Sessions come in the order of their start and id.
    pub(super) fn put_session(&mut self, record: SessionRecord) -> io::Result<()> {
        self.sessions.put(record.session)?;
        for action in record.actions {
            self.actions.put(action)?;
        }
        for drift in record.drifts {
            self.drifts.put(drift)?;
        }
        Ok(())
    }

    /// Adds an imported recording of the Python original.
    pub(super) fn put_import(&mut self, row: ImportRow) -> io::Result<()> {
        self.imports.put(row)
    }

    /// Ends the files; those with rows are returned.
    pub(super) fn finish(self) -> io::Result<Vec<TableBytes>> {
        let (partition, mut files) = (self.partition, Vec::new());
        self.games.finish(partition, &mut files)?;
        self.paths.finish(partition, &mut files)?;
        if let Some(ticks) = self.ticks {
            ticks.finish(partition, &mut files)?;
        }
        self.actions.finish(partition, &mut files)?;
        self.sessions.finish(partition, &mut files)?;
        self.drifts.finish(partition, &mut files)?;
        self.imports.finish(partition, &mut files)?;
        Ok(files)
    }
}

/// Returns the file of the table `quality` of a partition.
pub(super) fn quality_file(partition: Partition, row: QualityRow) -> io::Result<TableBytes> {
    let mut table = TableFile::new(1, ExpectedSize::default());
    table.put(row)?;
    let mut files = Vec::new();
    table.finish(partition, &mut files)?;
    files
        .pop()
        .ok_or_else(|| io::Error::other("a row makes a file"))
}
