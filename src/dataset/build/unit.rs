//! Makes the rows of one partition.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;

use super::imports::Imports;
use super::options::BuildOptions;
use super::reading::{FileContent, read_file};
use super::tables::{PartitionTables, TableBytes};
use crate::dataset::catalog::Content;
use crate::dataset::copies::CopyRole;
use crate::dataset::digest::{ContentDigest, ShortDigest};
use crate::dataset::finding::{Finding, FindingKind};
use crate::dataset::partition::Partition;
use crate::dataset::plan::{Item, Plan};
use crate::dataset::read::{Anonymizer, GameRecord, SessionRecord, read_session};
use crate::dataset::rows::ImportRow;
use crate::dataset::source::{FileKind, Sources};
use crate::dataset::unit_state::{KeptGame, UnitState};
use crate::disk::RealDisk;
use crate::library::GameFinder;
use crate::open_file::{MAX_BYTES, read_regular};
use crate::protocol::GameId;
use crate::recording::GameFile;

/// Games that were read in the first pass, by their places.
pub(super) type ReadGames = BTreeMap<usize, Box<GameRecord>>;

/// The rows of a partition.
pub(super) struct Unit {
    pub tables: Vec<TableBytes>,
    pub state: UnitState,
}

/// Makes partitions of a plan.
pub(super) struct UnitBuilder<'a> {
    pub sources: &'a Sources,
    pub plan: &'a Plan,
    pub options: &'a BuildOptions,
    pub imports: &'a Imports,
    pub anonymizer: Option<&'a Anonymizer>,
}

impl UnitBuilder<'_> {
    /// Makes the rows of a partition from the files at these places. Games that were read already are taken from `games`.
    ///
    /// # Errors
    ///
    /// The tables cannot be written to memory.
    pub(super) fn build(
        &self,
        partition: Partition,
        places: &[usize],
        source: ContentDigest,
        games: &mut ReadGames,
    ) -> io::Result<Unit> {
        let rows = self.rows(places);
        let ticks = rows.iter().map(|row| u64::from(row.ticks)).sum();
        let with_ticks = self.options.ticks;
        let mut tables = PartitionTables::new(partition, with_ticks, rows.len() as u64, ticks);
        let mut state = UnitState::new(source, partition);
        for same_start in rows.chunk_by(|a, b| a.start == b.start) {
            let mut records = Vec::new();
            for row in same_start {
                // A file that has vanished or changed its kind since makes the next build different.
                if let Some((record, sha256)) = self.game(row.place, games) {
                    records.push((record, sha256, row.copies));
                }
            }
            records.sort_by(|(a, ..), (b, ..)| a.game.game_id.cmp(&b.game.game_id));
            for (mut record, sha256, copies) in records {
                record.game.source_files_n = i32::try_from(copies).unwrap_or(i32::MAX);
                add_game(&mut state, &mut record, sha256);
                tables.put_game(*record)?;
            }
        }
        for place in places {
            self.add_finding(*place, &mut state);
        }
        let (sessions, findings) = self.sessions(places);
        state.findings.extend(findings);
        for record in sessions {
            state
                .facts
                .add_session(&record.session, &record.actions, &record.drifts);
            state.findings.extend(record.findings.iter().cloned());
            tables.put_session(record)?;
        }
        for row in self.imports(places) {
            tables.put_import(row)?;
        }
        Ok(Unit {
            tables: tables.finish()?,
            state,
        })
    }

    /// Returns the games that become rows, by their start.
    fn rows(&self, places: &[usize]) -> Vec<GameToRead> {
        let mut rows = Vec::new();
        for place in places {
            if let Content::Game(game) = &self.plan.item(*place).content
                && let Some(CopyRole::Row { copies }) = self.plan.role(*place)
            {
                rows.push(GameToRead {
                    start: game.start,
                    place: *place,
                    copies,
                    ticks: game.ticks,
                });
            }
        }
        rows.sort_by_key(|row| (row.start, row.place));
        rows
    }

    fn path(&self, item: &Item) -> PathBuf {
        self.sources.folders[item.folder].join(item.relative())
    }

    fn game(
        &self,
        place: usize,
        games: &mut ReadGames,
    ) -> Option<(Box<GameRecord>, ContentDigest)> {
        let item = self.plan.item(place);
        match games.remove(&place) {
            Some(record) => Some((record, item.sha256)),
            None => self.read_game(item),
        }
    }

    fn read_game(&self, item: &Item) -> Option<(Box<GameRecord>, ContentDigest)> {
        if item.kind == FileKind::Original {
            return Some((self.imports.game(item.folder)?, item.sha256));
        }
        let read = read_file(&self.path(item), item.kind, &item.relative())?;
        match read.content {
            FileContent::Game(record) => Some((record, read.sha256)),
            FileContent::Session(_) | FileContent::Unreadable(_) => None,
        }
    }

    /// Returns the rows of imported recordings, by their file.
    fn imports(&self, places: &[usize]) -> Vec<ImportRow> {
        let mut rows = Vec::new();
        for place in places {
            let item = self.plan.item(*place);
            if item.kind != FileKind::Original {
                continue;
            }
            let mut row = self.imports.row(item.folder);
            if let Some(CopyRole::Duplicate { of: Some(winner) }) = self.plan.role(*place) {
                row.duplicate_of
                    .get_or_insert(self.plan.item(winner).relative());
            }
            rows.push(row);
        }
        rows.sort_by(|a, b| a.file.cmp(&b.file));
        rows
    }

    /// Adds what is wrong with a file that has no rows of its own.
    fn add_finding(&self, place: usize, state: &mut UnitState) {
        let item = self.plan.item(place);
        match (&item.content, self.plan.role(place)) {
            (Content::Unreadable(why), _) => {
                state.facts.add_unreadable();
                state.findings.push(self.unreadable(item, why));
            }
            (Content::Game(game), Some(CopyRole::Duplicate { of })) => {
                state.facts.add_duplicate();
                state.duplicates += 1;
                if game.has_findings
                    && let Some((record, _)) = self.read_game(item)
                {
                    state.findings.extend(record.findings);
                }
                let Some(winner) = of else { return };
                let winner = self.plan.item(winner);
                let differs = |other: &Content| match other {
                    Content::Game(other) => other.prices != game.prices,
                    _ => false,
                };
                if differs(&winner.content) {
                    state.findings.extend(self.difference(item, winner));
                }
            }
            _ => {}
        }
    }

    fn unreadable(&self, item: &Item, why: &str) -> Finding {
        // The name of a session's file has the player's name in it.
        let hidden = self.anonymizer.filter(|_| item.kind == FileKind::Session);
        let file = item.relative();
        Finding {
            kind: FindingKind::Unreadable,
            file: hidden.map_or_else(|| file.clone(), |names| names.hash(&file)),
            id: None,
            text: why.to_owned(),
        }
    }

    /// Returns the first tick at which two recordings of a game have different prices, as a finding. One of them may have
    /// fewer ticks than the other.
    fn difference(&self, item: &Item, winner: &Item) -> Option<Finding> {
        let ((here, _), (there, _)) = (self.read_game(item)?, self.read_game(winner)?);
        let pairs = here.path.prices.iter().zip(&there.path.prices).enumerate();
        let mut pairs = pairs.filter_map(|(tick, (a, b))| Some((tick, (*a)?, (*b)?)));
        let (tick, a, b) = pairs.find(|(_, a, b)| a.to_bits() != b.to_bits())?;
        Some(Finding {
            kind: FindingKind::DuplicateDiffers,
            file: item.relative(),
            id: Some(here.game.game_id.clone()),
            text: format!(
                "tick {tick} is {a} here and {b} in {}, which is used",
                winner.relative()
            ),
        })
    }

    /// Returns the sessions, by their start. Of those with the same id the one that goes on longest, with the most rows, is
    /// taken; one that differs from it is a finding.
    fn sessions(&self, places: &[usize]) -> (Vec<SessionRecord>, Vec<Finding>) {
        let items = places.iter().map(|place| self.plan.item(*place));
        let sessions = items.filter(|item| matches!(item.content, Content::Session(_)));
        let mut records: Vec<_> = sessions.filter_map(|item| self.session(item)).collect();
        records.sort_by_cached_key(|record| {
            let row = &record.session;
            let best_first = Reverse((row.session_end, record.actions.len()));
            (row.session_id.clone(), best_first, row.session_start)
        });
        let mut findings = Vec::new();
        records.dedup_by(|copy, taken| {
            let is_copy = copy.session.session_id == taken.session.session_id;
            let rows = |record: &SessionRecord| (record.actions.clone(), record.drifts.clone());
            if is_copy && rows(copy) != rows(taken) {
                findings.push(Finding {
                    kind: FindingKind::DuplicateDiffers,
                    file: copy.session.file.clone(),
                    id: Some(copy.session.session_id.to_string()),
                    text: format!(
                        "its rows are not those of {}, which is used",
                        taken.session.file
                    ),
                });
            }
            is_copy
        });
        records.sort_by_cached_key(|record| {
            let row = &record.session;
            (row.session_start, row.session_id.clone())
        });
        (records, findings)
    }

    fn session(&self, item: &Item) -> Option<SessionRecord> {
        let path = self.path(item);
        let text = read_regular(&path, MAX_BYTES).ok()?;
        let mut elsewhere = None;
        let find = &mut |id: &GameId| {
            if let Some(game) = self.plan.game(ShortDigest::of(id.as_str().as_bytes()))
                && let Ok(text) = read_regular(&self.path(game), MAX_BYTES)
            {
                return GameFile::parse(&text);
            }
            // It may be of a day or an origin that is not built.
            let finder = elsewhere.get_or_insert_with(|| GameFinder::beside(RealDisk, &path, None));
            finder.find(id)
        };
        let mut record = read_session(&text, &item.relative(), find, self.anonymizer).ok()?;
        record.join_games(&|id| self.plan.trainable(id));
        Some(record)
    }
}

/// A game that becomes a row.
struct GameToRead {
    start: i64,
    place: usize,
    copies: u32,
    ticks: u32,
}

/// Adds a game to what is remembered of its partition.
fn add_game(state: &mut UnitState, record: &mut GameRecord, sha256: ContentDigest) {
    let (game, prices) = (&record.game, &record.path.prices);
    state.games.push(KeptGame {
        id: ShortDigest::of(game.game_id.as_bytes()),
        content: sha256.short(),
        trainable: game.trainable,
    });
    state.ticks += prices.len() as u64;
    state.facts.add_game(game, prices);
    state.findings.append(&mut record.findings);
}
