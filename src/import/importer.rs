//! Takes captures line by line into the reducer and the recorder.

use std::path::{Path, PathBuf};
use std::time::Instant;

use super::connection::Connection;
use super::line_clock::{LineClock, TimeProblem};
use super::lines::FileLines;
use super::report::{ImportError, ImportEvent, ImportTotals};
use super::run::{ImportFolder, ImportRun};
use crate::capture::{CapturedArgs, CapturedLine, LineContent, LineReader};
use crate::disk::{Disk, RealDisk};
use crate::feed::{DisconnectReason, FeedEvent, FeedMessage};
use crate::game::Arrival;
use crate::open_file::{MAX_BYTES, OpenError, read_regular};
use crate::paths;
use crate::protocol::JsonText;
use crate::protocol::pace::TABLE_EVENT;
use crate::recording::format::kind::{FileKind, kind_of};
use crate::zone::Zone;

/// So many lines at the beginning of a file may be damaged before it counts as no capture.
const MAX_UNREAD: usize = 8;
/// Progress is reported after so many bytes.
const PROGRESS_BYTES: u64 = 4 << 20;
/// The event that carries the game.
const UPDATE: &str = "gameStateUpdate";

/// Imports captures into one folder; see the module text.
pub struct Importer<'a, D: Disk = RealDisk> {
    reader: LineReader,
    state: ImportState<'a, D>,
}

/// Everything but the reader of lines.
struct ImportState<'a, D: Disk> {
    folder: ImportFolder<D>,
    clock: LineClock,
    connection: Connection,
    run: Option<ImportRun<D>>,
    totals: ImportTotals,
    report: &'a mut dyn FnMut(ImportEvent<'_>),
}

/// Why a line is not taken.
enum LineProblem {
    /// It is damaged.
    Damaged(String),
    /// The rest of the file cannot be read either.
    File(String),
    /// The import ends.
    Import(ImportError),
    /// The time has no zone.
    NoZone,
}

impl From<ImportError> for LineProblem {
    fn from(why: ImportError) -> Self {
        Self::Import(why)
    }
}

impl<'a> Importer<'a> {
    /// Returns an import into a folder of recordings. `zone` is that of times without one.
    pub fn new(
        folder: PathBuf,
        zone: Option<Zone>,
        report: &'a mut dyn FnMut(ImportEvent<'_>),
    ) -> Self {
        let folder = ImportFolder {
            disk: RealDisk,
            path: folder,
            is_real: true,
        };
        Self::into_folder(folder, zone, report)
    }
}

impl<'a, D: Disk + Clone> Importer<'a, D> {
    /// Returns an import into a folder of another disk, without a lock.
    pub fn on_disk(
        disk: D,
        folder: PathBuf,
        zone: Option<Zone>,
        report: &'a mut dyn FnMut(ImportEvent<'_>),
    ) -> Self {
        let folder = ImportFolder {
            disk,
            path: folder,
            is_real: false,
        };
        Self::into_folder(folder, zone, report)
    }

    fn into_folder(
        folder: ImportFolder<D>,
        zone: Option<Zone>,
        report: &'a mut dyn FnMut(ImportEvent<'_>),
    ) -> Self {
        Self {
            reader: LineReader::default(),
            state: ImportState {
                folder,
                clock: LineClock::new(zone),
                connection: Connection::default(),
                run: None,
                totals: ImportTotals::default(),
                report,
            },
        }
    }

    /// Imports a file.
    ///
    /// # Errors
    /// The import cannot go on. A file that cannot be read is no error: it is reported.
    pub fn file(&mut self, path: &Path) -> Result<(), ImportError> {
        let Self { reader, state } = self;
        let cannot_read = |why: &OpenError| format!("{why}; {}", why.advice());
        let mut lines = match FileLines::open(path) {
            Ok(lines) => lines,
            Err(why) => {
                state.refuse(path, &cannot_read(&why));
                return Ok(());
            }
        };
        state.totals.files += 1;
        state.clock.next_file();
        state.connection.next_file();
        let before = state.totals.bytes;
        let mut next_report = before + PROGRESS_BYTES;
        // Damaged lines before the first one that can be read: a file of another kind has only such lines.
        let mut unread: Option<Vec<(usize, String)>> = Some(Vec::new());
        let refusal = loop {
            let line = match lines.next() {
                Ok(Some(line)) => line,
                Ok(None) => break None,
                Err(why) => break Some(cannot_read(&why)),
            };
            let (number, is_whole) = (line.number, line.is_whole);
            let taken = match line.text {
                Some([]) => continue,
                Some(text) => match reader.read(text) {
                    Ok(line) => state.line(line),
                    Err(problem) => Err(LineProblem::Damaged(problem)),
                },
                None => Err(LineProblem::Damaged("longer than 64 MiB".to_owned())),
            };
            if !matches!(taken, Err(LineProblem::Damaged(_))) {
                for (line, problem) in unread.take().into_iter().flatten() {
                    state.damaged(path, line, &problem);
                }
            }
            match taken {
                Ok(()) => {}
                Err(LineProblem::Damaged(problem)) => match &mut unread {
                    Some(unread) if unread.len() >= MAX_UNREAD => {
                        break Some(not_a_capture(path));
                    }
                    Some(unread) => unread.push((number, problem)),
                    None if !is_whole => {
                        state.totals.unfinished += 1;
                        let file = paths::text(path);
                        tracing::warn!(
                            "{file}, line {number}: the last line is not whole, everything before it is imported ({problem})"
                        );
                    }
                    None => state.damaged(path, number, &problem),
                },
                Err(LineProblem::File(problem)) => {
                    break Some(format!(
                        "line {number}: {problem}; nothing from this line on is imported"
                    ));
                }
                Err(LineProblem::Import(why)) => return Err(why),
                Err(LineProblem::NoZone) => {
                    return Err(ImportError::NoZone {
                        path: path.to_owned(),
                        line: number,
                    });
                }
            }
            state.totals.bytes = before + lines.bytes();
            if state.totals.bytes >= next_report {
                next_report = state.totals.bytes + PROGRESS_BYTES;
                let bytes = state.totals.bytes;
                (state.report)(ImportEvent::Progress { bytes });
            }
        };
        state.totals.bytes = before + lines.bytes();
        let no_line_was_read = unread.is_some().then(|| not_a_capture(path));
        if let Some(why) = refusal.or(no_line_was_read) {
            state.refuse(path, &why);
        }
        Ok(())
    }

    /// Completes every open game, writes everything, and returns what was done.
    ///
    /// # Errors
    /// The disk does not take it.
    pub fn finish(mut self) -> Result<ImportTotals, ImportError> {
        self.state.end_connection()?;
        self.state.end_run()?;
        Ok(self.state.totals)
    }
}

impl<D: Disk + Clone> ImportState<'_, D> {
    fn line(&mut self, line: CapturedLine<'_>) -> Result<(), LineProblem> {
        let CapturedLine { time, content } = line;
        let arrival = self.clock.arrival(time).map_err(|why| match why {
            TimeProblem::NoZone => LineProblem::NoZone,
            TimeProblem::Unclear(_) => LineProblem::File(why.to_string()),
            TimeProblem::LeftOut(..) => LineProblem::Damaged(why.to_string()),
        })?;
        let header = match content {
            LineContent::Header(data) => Some(data),
            _ => None,
        };
        if !self.connection.continues(header) {
            self.end_connection()?;
            self.connection.begin();
        }
        match content {
            LineContent::Event { name, args } => self.event(&name, &args, arrival)?,
            LineContent::Control { name, args } => {
                if let Some(table) = args.payload().filter(|_| name == TABLE_EVENT) {
                    self.connection.announced(table);
                    self.use_server()?;
                }
            }
            LineContent::Connected => {
                self.end_connection()?;
                self.connection.begin();
            }
            LineContent::Disconnected => self.end_connection()?,
            LineContent::Lost(records) => self.totals.lost += records,
            LineContent::Request => self.totals.requests += 1,
            LineContent::Header(_) | LineContent::Note => {}
        }
        Ok(())
    }

    fn event(
        &mut self,
        name: &str,
        args: &CapturedArgs<'_>,
        mut arrival: Arrival,
    ) -> Result<(), LineProblem> {
        let payload = args.payload();
        if arrival.monotonic.is_none() {
            self.totals.untimed += 1;
            let id = payload.and_then(|payload| payload.get("gameId"));
            if name == UPDATE && self.clock.has_no_time() {
                let id = id.and_then(JsonText::as_text).unwrap_or_default();
                arrival = self.clock.estimate(&id);
            }
        }
        let values = match args {
            CapturedArgs::NestedText(_) => Some(args.to_values().map_err(LineProblem::Damaged)?),
            _ => None,
        };
        self.totals.events += 1;
        self.connection.is_up = true;
        let run = match &mut self.run {
            Some(run) if run.origin == self.connection.origin => run,
            _ => self.use_server()?,
        };
        let events = match values {
            Some(values) => run.core.event(name, &values, arrival),
            None => run.core.event_text(name, payload, arrival),
        };
        run.record(events)?;
        self.note_saved();
        Ok(())
    }

    /// Makes the run that of the connection's server.
    fn use_server(&mut self) -> Result<&mut ImportRun<D>, ImportError> {
        let Connection { origin, server, .. } = self.connection;
        let run = match self.run.take() {
            Some(mut run) if run.origin == origin => {
                run.set_server(server)?;
                run
            }
            other => {
                self.run = other;
                self.end_run()?;
                ImportRun::start(self.folder.clone(), origin, server)?
            }
        };
        Ok(self.run.insert(run))
    }

    /// Ends the connection: what was missed after it is a gap.
    fn end_connection(&mut self) -> Result<(), ImportError> {
        let was_up = std::mem::take(&mut self.connection.is_up);
        if let Some(run) = self.run.as_mut().filter(|_| was_up) {
            let events = run.core.message(&FeedMessage {
                generation: 0,
                at: self.clock.now(),
                arrived: Instant::now(),
                event: FeedEvent::Down {
                    why: DisconnectReason::Closed,
                },
            });
            run.record(events)?;
        }
        Ok(())
    }

    fn end_run(&mut self) -> Result<(), ImportError> {
        let Some(run) = &mut self.run else {
            return Ok(());
        };
        run.finish(self.clock.now())?;
        self.totals.counts.push(run.core.counts().clone());
        self.totals.refused_games += run.core.record().refused_games();
        self.note_saved();
        self.run = None;
        Ok(())
    }

    fn note_saved(&mut self) {
        for saved in self.run.iter_mut().flat_map(ImportRun::take_saved) {
            let status = saved.meta.proof.status;
            let id = saved.meta.game_id.clone();
            if self.totals.games.insert(id, status).is_none() {
                (self.report)(ImportEvent::Game(&saved));
            }
        }
    }

    fn damaged(&mut self, path: &Path, line: usize, problem: &str) {
        self.totals.damaged += 1;
        (self.report)(ImportEvent::DamagedLine {
            path,
            line,
            problem,
        });
    }

    fn refuse(&mut self, path: &Path, why: &str) {
        self.totals.refused_files += 1;
        (self.report)(ImportEvent::Refused { path, why });
    }
}

/// Returns why a file without a readable line is no capture.
fn not_a_capture(path: &Path) -> String {
    let text = read_regular(path, MAX_BYTES).unwrap_or_default();
    match kind_of(&text) {
        FileKind::PythonRecording => {
            "it is a recording of the Python original, no capture: the library opens it as it is, and `pianola dataset build --import` takes it"
        }
        FileKind::Game | FileKind::Session | FileKind::Index => "it is a recording already",
        FileKind::Revealed => "it is a list of revealed games; `pianola verify` checks it",
        FileKind::Capture | FileKind::Unknown => "no line of it is one of a capture",
    }
    .to_owned()
}
