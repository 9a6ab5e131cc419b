//! Checks games, paths and ticks.

use std::io;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;

use super::beside_file::Beside;
use super::data_file::DataFileReader;
use super::{Checker, texts};
use crate::dataset::columns::Table;
use crate::dataset::finding::FindingKind;
use crate::dataset::read::{GameRecord, ORIGINAL, read_game};
use crate::dataset::rows::{GameRow, PathRow, TickRow};

/// Games that are checked at once: with their ticks they take some megabytes.
const PORTION: usize = 256;

impl Checker<'_> {
    /// Checks a file of games, with the files of paths and ticks beside it.
    pub(super) fn games_file(&mut self, path: &str) -> io::Result<()> {
        let Some(mut games) = DataFileReader::open(self.root, path, Table::Games)? else {
            return Ok(());
        };
        let mut paths = Beside::open(self, path, Table::Paths);
        // A data set may be built without ticks.
        let mut ticks = Some(Beside::open(self, path, Table::Ticks)).filter(Beside::exists);
        loop {
            let found = games.take(PORTION)?;
            if found.is_empty() {
                break;
            }
            let records: Vec<_> = found
                .iter()
                .flat_map(|batch| self.records(path, batch))
                .collect();
            let rows: Vec<_> = records
                .iter()
                .map(|record| Some(record.game.as_ref()?.game.clone()))
                .collect();
            self.compare(path, &rows, &found, &|row: &GameRow| row.game_id.clone())?;
            let rows: Vec<_> = records
                .iter()
                .map(|record| Some(record.game.as_ref()?.path.clone()))
                .collect();
            paths.compare(self, &rows, &|row: &PathRow| row.game_id.to_string())?;
            if let Some(ticks) = &mut ticks {
                let rows: Vec<_> = records.iter().flat_map(ComparedGame::ticks).collect();
                let id = |row: &TickRow| format!("{} tick {}", row.game_id, row.tick);
                ticks.compare(self, &rows, &id)?;
            }
            (self.progress)(&self.report);
        }
        paths.finish(self);
        if let Some(ticks) = ticks {
            ticks.finish(self);
        }
        Ok(())
    }

    /// Returns what the recordings give for some rows of games.
    fn records(&mut self, path: &str, found: &RecordBatch) -> Vec<ComparedGame> {
        let [ids, files, hashes, origins] =
            ["game_id", "file", "file_sha256", "source_origin"].map(|name| texts(found, name));
        let number = |name: &str, row: usize| {
            let column = found
                .column_by_name(name)?
                .as_primitive_opt::<Int32Type>()?;
            Some(column.value(row))
        };
        let record = |row: usize| {
            let ticks = number("n_ticks", row).and_then(|n| usize::try_from(n).ok());
            let missing = ComparedGame {
                game: None,
                ticks: ticks.unwrap_or(0),
            };
            // Recordings of the Python original are read by the import, not from here.
            if origins[row] == ORIGINAL {
                return missing;
            }
            let read = self.recordings.game(files[row], hashes[row]);
            let read = read
                .and_then(|text| read_game(&text, files[row]).map_err(|error| error.to_string()));
            match read {
                Ok(mut record) => {
                    // How many files a game had is decided over all folders.
                    record.game.source_files_n = number("source_files_n", row).unwrap_or(0);
                    let known = self.known.get(&record.game.game_id);
                    record.set_duplicate(known.is_some_and(|known| known.rows > 1));
                    self.report.games += 1;
                    self.report.ticks += record.sources.len() as u64;
                    ComparedGame {
                        ticks: record.sources.len(),
                        game: Some(record),
                    }
                }
                Err(why) => {
                    let text = format!("its recording {} cannot be compared: {why}", files[row]);
                    let id = Some(ids[row].to_owned());
                    self.finding(FindingKind::DataDiffers, path, id, text);
                    missing
                }
            }
        };
        (0..found.num_rows()).map(record).collect()
    }
}

/// What the recordings give for a row of games.
struct ComparedGame {
    /// `None`: the recording cannot be read.
    game: Option<GameRecord>,
    /// The number of its ticks.
    ticks: usize,
}

impl ComparedGame {
    /// Returns the rows of its ticks, `None` for each that cannot be compared.
    fn ticks(&self) -> Vec<Option<TickRow>> {
        match &self.game {
            Some(game) => game.ticks().map(Some).collect(),
            None => vec![None; self.ticks],
        }
    }
}
