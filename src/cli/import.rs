//! `pianola import`: turns captures into recordings.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use indicatif::{HumanBytes, ProgressBar};
use serde_json::json;

use super::headless::{game_line, log_counts};
use super::status_line::status_line;
use super::{CommandOutcome, ImportArgs, UsageError, output};
use crate::fairness::ProofStatus;
use crate::import::{ImportError, ImportEvent, ImportTotals, Importer, capture_files};
use crate::paths;
use crate::plural::count;
use crate::recording::SavedGame;

/// Why a write to a text is expected to succeed.
const NEVER_FAILS: &str = "writing to a String does not fail";
/// Damaged lines of a file that are named; the others are counted.
const MAX_NAMED: u64 = 20;

pub(super) fn import(args: &ImportArgs) -> anyhow::Result<CommandOutcome> {
    let started = Instant::now();
    let mut files = Vec::new();
    let mut unreadable = Vec::new();
    for path in &args.paths {
        match capture_files(path) {
            Ok(found) if found.is_empty() => {
                unreadable.push((path, "no *.jsonl file is in this folder".to_owned()));
            }
            Ok(found) => files.extend(found),
            Err(why) => unreadable.push((path, why.to_string())),
        }
    }
    let sizes = files.iter().filter_map(|file| file.metadata().ok());
    let mut printer = Printer {
        json: args.json,
        status: output::is_interactive().then(status_line),
        all_bytes: sizes.map(|file| file.len()).sum(),
        games: 0,
        file: PathBuf::new(),
        named: 0,
        reader_left: false,
    };
    for (path, why) in &unreadable {
        printer.refused(path, why);
    }
    let mut report = |event: ImportEvent<'_>| printer.take(&event);
    let mut importer = Importer::new(args.out.clone(), args.tz, &mut report);
    let outcome = files.iter().try_for_each(|file| importer.file(file));
    // Also after an error: what was imported so far is saved.
    let finished = importer.finish();
    printer.end_of_file();
    if let Some(line) = &printer.status {
        line.finish_and_clear();
    }
    outcome.map_err(error)?;
    let totals = finished.map_err(error)?;
    for counts in &totals.counts {
        log_counts(counts);
    }
    let secs = started.elapsed().as_secs_f64();
    if !printer.reader_left {
        output::print(&if args.json {
            totals_json(&totals, secs)
        } else {
            totals_line(&totals, secs)
        });
    }
    let findings = totals.damaged
        + totals.refused_files
        + totals.refused_games
        + games(&totals, ProofStatus::Mismatch);
    Ok(if findings > 0 || !unreadable.is_empty() {
        CommandOutcome::Finding
    } else {
        CommandOutcome::Done
    })
}

/// A missing zone is a wrong use; everything else is a failure.
fn error(why: ImportError) -> anyhow::Error {
    match why {
        ImportError::NoZone { .. } => UsageError(why.to_string()).into(),
        why => why.into(),
    }
}

/// Prints what happens during the import.
struct Printer {
    json: bool,
    status: Option<ProgressBar>,
    /// The bytes of all files.
    all_bytes: u64,
    games: u64,
    /// The file of the last damaged line, and how many damaged lines it has.
    file: PathBuf,
    named: u64,
    reader_left: bool,
}

impl Printer {
    fn take(&mut self, event: &ImportEvent<'_>) {
        match event {
            ImportEvent::Game(saved) => {
                self.games += 1;
                let line = if self.json {
                    game_json(saved)
                } else {
                    game_line(saved)
                };
                self.print(&line);
            }
            ImportEvent::DamagedLine {
                path,
                line,
                problem,
            } => self.damaged(path, *line, problem),
            ImportEvent::Refused { path, why } => self.refused(path, why),
            ImportEvent::Progress { bytes } => {
                if let Some(status) = &self.status {
                    let percent = bytes.saturating_mul(100) / self.all_bytes.max(1);
                    let all = HumanBytes(self.all_bytes);
                    let games = count(self.games, "game");
                    status.set_message(format!("{percent} % of {all} · {games}"));
                }
            }
        }
    }

    fn print(&mut self, line: &str) {
        if !self.reader_left {
            self.reader_left = !output::print_above(self.status.as_ref(), line);
        }
    }

    fn damaged(&mut self, path: &Path, line: usize, problem: &str) {
        if self.file != path {
            self.end_of_file();
            path.clone_into(&mut self.file);
        }
        self.named += 1;
        if self.json {
            let file = paths::text(path);
            self.print(&json!({ "file": file, "line": line, "damaged": problem }).to_string());
        } else if self.named <= MAX_NAMED {
            let file = paths::text(path);
            let problem = output::escaped(problem);
            output::say(&format!(
                "{file}, line {line}: damaged, passed over: {problem}"
            ));
        }
    }

    /// Names the number of damaged lines that were not named one by one.
    fn end_of_file(&mut self) {
        let more = std::mem::take(&mut self.named).saturating_sub(MAX_NAMED);
        if more > 0 && !self.json {
            let file = paths::text(&self.file);
            output::say(&format!(
                "{file}: {}, passed over",
                count(more, "more damaged line")
            ));
        }
    }

    fn refused(&mut self, path: &Path, why: &str) {
        let file = paths::text(path);
        if self.json {
            self.print(&json!({ "file": file, "not_imported": why }).to_string());
        } else {
            output::say(&format!("{file}: not imported: {}", output::escaped(why)));
        }
    }
}

fn games(totals: &ImportTotals, status: ProofStatus) -> u64 {
    let games = totals.games.values();
    games.filter(|found| **found == status).count() as u64
}

fn game_json(saved: &SavedGame) -> String {
    let meta = &saved.meta;
    json!({
        "game_id": meta.game_id,
        "ticks": meta.duration_ticks,
        "peak": meta.peak().multiplier.map(|peak| peak.to_string()),
        "peak_exact": meta.peak_exact,
        "proof": meta.proof.status,
        "file": paths::text(&saved.path),
    })
    .to_string()
}

/// Returns `N games: A proven, …; E events in F files, S MB in T s`, with what else was found.
fn totals_line(totals: &ImportTotals, secs: f64) -> String {
    let of = |status| games(totals, status);
    let mut line = format!(
        "{}: {} proven, {} repaired, {} mismatch, {} unverifiable; {} in {}",
        count(totals.games.len(), "game"),
        of(ProofStatus::Proven),
        of(ProofStatus::Repaired),
        of(ProofStatus::Mismatch),
        of(ProofStatus::Unverifiable),
        count(totals.events, "event"),
        count(totals.files, "file"),
    );
    for (number, thing, what) in [
        (totals.damaged, "damaged line", ""),
        (totals.refused_files, "file", " not imported"),
        (totals.refused_games, "game", " too fast to be real"),
        (totals.lost, "record", " missing in the captures"),
        (totals.untimed, "event", " without a time"),
        (totals.requests, "request or answer line", " passed over"),
        (totals.unfinished, "last line", " not whole"),
    ] {
        if number > 0 {
            write!(line, ", {}{what}", count(number, thing)).expect(NEVER_FAILS);
        }
    }
    #[allow(clippy::cast_precision_loss, reason = "for a line of text")]
    let megabytes = totals.bytes as f64 / 1e6;
    write!(line, ", {megabytes:.1} MB in {secs:.1} s").expect(NEVER_FAILS);
    line
}

fn totals_json(totals: &ImportTotals, secs: f64) -> String {
    let of = |status| games(totals, status);
    json!({
        "games": totals.games.len(),
        "proven": of(ProofStatus::Proven),
        "repaired": of(ProofStatus::Repaired),
        "mismatch": of(ProofStatus::Mismatch),
        "unverifiable": of(ProofStatus::Unverifiable),
        "events": totals.events,
        "files": totals.files,
        "bytes": totals.bytes,
        "seconds": secs,
        "damaged_lines": totals.damaged,
        "refused_files": totals.refused_files,
        "refused_games": totals.refused_games,
        "lost_records": totals.lost,
        "untimed_events": totals.untimed,
        "requests": totals.requests,
        "unfinished_lines": totals.unfinished,
    })
    .to_string()
}
