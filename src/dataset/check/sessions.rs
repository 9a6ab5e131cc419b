//! Checks sessions, actions and drifts.

use std::io;

use arrow_array::RecordBatch;
use arrow_array::cast::AsArray as _;
use arrow_array::types::Int32Type;

use super::beside_file::Beside;
use super::data_file::DataFileReader;
use super::{Checker, texts};
use crate::dataset::columns::Table;
use crate::dataset::finding::FindingKind;
use crate::dataset::read::{SessionRecord, read_session};
use crate::dataset::rows::{ActionRow, DriftRow, SessionRow};

/// Sessions that are checked at once.
const PORTION: usize = 64;

/// What the recordings give for a row of sessions.
struct ComparedSession {
    /// `None`: the recording cannot be read.
    session: Option<SessionRecord>,
    /// The number of its actions.
    actions: usize,
}

impl Checker<'_> {
    /// Checks a file of sessions, with the files of actions and drifts beside it.
    pub(super) fn sessions_file(&mut self, path: &str) -> io::Result<()> {
        let Some(mut sessions) = DataFileReader::open(self.root, path, Table::Sessions)? else {
            return Ok(());
        };
        let mut actions = Beside::open(self, path, Table::Actions);
        let mut drifts = Beside::open(self, path, Table::Drifts);
        loop {
            let found = sessions.take(PORTION)?;
            if found.is_empty() {
                break;
            }
            let records: Vec<_> = found
                .iter()
                .flat_map(|batch| self.session_records(path, batch))
                .collect();
            let expected: Vec<Option<SessionRow>> = records
                .iter()
                .map(|record| Some(record.session.as_ref()?.session.clone()))
                .collect();
            self.compare(path, &expected, &found, &|row| row.session_id.to_string())?;
            let rows_of = |record: &ComparedSession| match &record.session {
                Some(session) => session.actions.iter().cloned().map(Some).collect(),
                None => vec![None; record.actions],
            };
            let expected: Vec<Option<ActionRow>> = records.iter().flat_map(rows_of).collect();
            actions.compare(self, &expected, &|row| {
                format!("{} action {}", row.session_id, row.seq)
            })?;
            let drifts_of = |record: &ComparedSession| match &record.session {
                Some(session) => session.drifts.iter().cloned().map(Some).collect(),
                None => Vec::new(),
            };
            let expected: Vec<Option<DriftRow>> = records.iter().flat_map(drifts_of).collect();
            drifts.compare(self, &expected, &|row| row.session_id.to_string())?;
            (self.progress)(&self.report);
        }
        actions.finish(self);
        drifts.finish(self);
        Ok(())
    }

    /// Returns what the recordings give for some rows of sessions.
    fn session_records(&mut self, path: &str, found: &RecordBatch) -> Vec<ComparedSession> {
        let [ids, files] = ["session_id", "file"].map(|name| texts(found, name));
        let actions = found.column_by_name("actions_n");
        let actions = actions.and_then(|column| column.as_primitive_opt::<Int32Type>());
        let mut records = Vec::new();
        for row in 0..found.num_rows() {
            let session = self.session(ids[row], files[row]);
            let record = match session {
                Ok(session) => {
                    self.report.sessions += 1;
                    self.report.actions += session.actions.len() as u64;
                    ComparedSession {
                        actions: session.actions.len(),
                        session: Some(session),
                    }
                }
                Err(why) => {
                    let text = format!("its recording {} cannot be compared: {why}", files[row]);
                    let id = Some(ids[row].to_owned());
                    self.finding(FindingKind::DataDiffers, path, id, text);
                    let actions = actions.map_or(0, |actions| actions.value(row));
                    ComparedSession {
                        session: None,
                        actions: usize::try_from(actions).unwrap_or(0),
                    }
                }
            };
            records.push(record);
        }
        records
    }

    fn session(&self, id: &str, file: &str) -> Result<SessionRecord, String> {
        let mut why = "it is in none of the folders".to_owned();
        for (path, text) in self.recordings.sessions(file) {
            let find = &mut |id: &_| self.recordings.find(id);
            match read_session(&text, &path, find, self.anonymizer) {
                Ok(mut session) if *session.session.session_id == *id => {
                    let known = |id: &str| Some(self.known.get(id)?.trainable);
                    session.join_games(&known);
                    return Ok(session);
                }
                Ok(other) => why = format!("it is session {}", other.session.session_id),
                Err(error) => why = error.why,
            }
        }
        Err(why)
    }
}
