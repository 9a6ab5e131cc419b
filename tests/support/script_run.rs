//! A script played by the program, over the real socket, at a table that runs in the test: its output and files, and
//! the table's ledger.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use pianola::account::{AccountEvent, Action, ActionKind, ActionStatus};
use pianola::disk::RealDisk;
use pianola::library::GameFinder;
use pianola::protocol::GameId;
use pianola::recording::{DayIndex, IndexGame, IndexSession, SessionFile, order_words};
use pianola::replay::{Disagreement, ReplayReport, SessionPart, Timeline, check};
use pianola::review::{Exit, SessionReview, what_if_of};
use pianola::table::{Fault, LedgerRow, Speed, Table, TableConfig};
use rust_decimal::Decimal;
use tempfile::TempDir;

use crate::support::files::{game_file, game_files};
use crate::support::process::{pianola, stdout, until};

/// What a script left.
pub struct ScriptRun {
    pub code: Option<i32>,
    pub lines: Vec<String>,
    pub log: String,
    /// By start.
    pub sessions: Vec<(PathBuf, SessionFile)>,
    /// What the table heard.
    pub received: Vec<String>,
    /// What the table booked, by session.
    pub ledgers: Vec<Vec<LedgerRow>>,
    pub folder: TempDir,
}

/// Plays a script to its end, at a table with these faults.
pub fn play(faults: &[Fault], seed: u64, times: f64, script: &str) -> ScriptRun {
    let table = Table::start(TableConfig {
        seed: Some(seed),
        speed: Speed::Times(times),
        faults: faults.to_vec(),
        ..TableConfig::default()
    });
    let table = table.expect("the table starts");
    let folder = tempfile::tempdir().expect("a folder");
    let mut program = pianola();
    program.args(["play", "--url", &table.url()]);
    let (code, lines, log) = run_script(&mut program, script, folder.path());
    let sessions = sessions(&folder.path().join("out"));
    let players = sessions.iter().map(|(_, file)| &file.meta.player_id);
    let ledgers = players.map(|id| table.ledger(id.as_deref().unwrap_or_default()));
    ScriptRun {
        code,
        lines,
        log,
        ledgers: ledgers.collect(),
        sessions,
        received: table.received(),
        folder,
    }
}

/// Runs the program with a script, its recordings in `out` of the folder; returns exit code, stdout by line, stderr.
pub fn run_script(
    program: &mut Command,
    script: &str,
    folder: &Path,
) -> (Option<i32>, Vec<String>, String) {
    let path = folder.join("script");
    let mut file = File::create(&path).expect("a file");
    file.write_all(script.as_bytes())
        .expect("the script is written");
    let (results, log) = (folder.join("results"), folder.join("log"));
    program.arg(&path).arg("--out").arg(folder.join("out"));
    // Files, not pipes: nothing waits for a reader.
    program.stdout(File::create(&results).expect("a file"));
    program.stderr(File::create(&log).expect("a file"));
    let mut child = program
        .stdin(Stdio::null())
        .env("PIANOLA_LOG", "warn")
        .spawn()
        .expect("it starts");
    let ended = until("the end of the script", || {
        child.try_wait().expect("a child")
    });
    let text = |path| fs::read_to_string(path).expect("text");
    let lines = text(&results).lines().map(str::to_owned).collect();
    (ended.code(), lines, text(&log))
}

/// Returns every session file below a folder, in the order of their starts; fails if one does not parse.
pub fn sessions(root: &Path) -> Vec<(PathBuf, SessionFile)> {
    let mut found = Vec::new();
    for day in fs::read_dir(root).into_iter().flatten() {
        let folder = day.expect("an entry").path().join("sessions");
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let path = entry.expect("an entry").path();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            // A crash may leave a temporary file, which no reader takes for a session.
            if name.starts_with('.') {
                continue;
            }
            let file = SessionFile::parse(&fs::read(&path).expect("readable"));
            let file = file.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
            found.push((path, file));
        }
    }
    found.sort_by_key(|(_, file)| file.meta.session_start);
    found
}

/// Plays a session file again, with the games that lie beside it.
pub fn replayed(path: &Path, file: &SessionFile) -> ReplayReport {
    let finder = GameFinder::beside(RealDisk, path, None);
    let replayed = check(file, &mut |id| finder.find(id));
    // A timeline of it can be looked at anywhere, and ends with what the player had.
    if let Some(timeline) = Timeline::of_session(file.clone(), &mut |id| finder.find(id), []) {
        assert_eq!(timeline.replayed(), Some(&replayed));
        let frames = (0..timeline.positions()).map(|number| timeline.at(timeline.position(number)));
        let sides: Vec<_> = frames.filter_map(|frame| frame.player).collect();
        let end = sides.last().map(|side| side.account.balance());
        assert!(!replayed.is_right() || end == Some(file.meta.end_balance));
        let orders = file.actions.iter().filter(|row| order_words(row).is_some());
        assert_eq!(timeline.presses().count(), orders.count());
        // Its trips, sidebets and drifts are the change of its wallet.
        let review = SessionReview::of(&timeline).expect("a session");
        let earned = review.trip_pnl() + review.sidebet_pnl();
        assert_eq!(earned + review.unexplained - review.opened, review.change);
        assert!(!file.drifts.is_empty() || !replayed.is_right() || review.unexplained.is_zero());
        // Exits that are not shifted give every trip as it was.
        for trip in review.trips.iter().filter(|trip| trip.is_closed()) {
            let same = what_if_of(&timeline, &review, trip, Exit::Shift(0));
            let pnl = same.map(|same| same.pnl);
            assert!(
                pnl.is_none() || !replayed.is_right() || pnl == Some(trip.pnl),
                "{trip:?}"
            );
        }
    }
    replayed
}

/// The same for a session that is not read yet.
pub fn replayed_session(path: &Path) -> ReplayReport {
    let file = SessionFile::parse(&fs::read(path).expect("readable"));
    replayed(
        path,
        &file.unwrap_or_else(|why| panic!("{}: {why}", path.display())),
    )
}

/// The same by the command; returns the exit code and what it printed.
pub fn replay_command(path: &Path) -> (Option<i32>, String) {
    replayed_session(path);
    let output = pianola().arg("replay").arg(path).output();
    let output = output.expect("the program runs");
    (output.status.code(), stdout(&output))
}

/// Returns the rows in short: what and how far.
pub fn short(file: &SessionFile) -> Vec<(ActionKind, ActionStatus)> {
    let rows = file.actions.iter();
    rows.map(|row| (row.action, row.status)).collect()
}

/// Returns the rows that have been executed.
pub fn confirmed(file: &SessionFile) -> Vec<&Action> {
    let rows = file.actions.iter();
    rows.filter(|row| row.status == ActionStatus::Confirmed)
        .collect()
}

impl ScriptRun {
    /// Returns the one session there must be.
    pub fn session(&self) -> &SessionFile {
        let [(_, file)] = &self.sessions[..] else {
            panic!("{} sessions\n{}", self.sessions.len(), self.output());
        };
        file
    }

    /// Returns what the program said, for a failed test.
    pub fn output(&self) -> String {
        format!("{}\n{}", self.lines.join("\n"), self.log)
    }

    /// Returns how many requests of each kind the table heard: buys, sells, sidebets.
    pub fn heard(&self) -> [usize; 3] {
        ["buyOrder", "sellOrder", "requestSidebet"]
            .map(|name| self.received.iter().filter(|heard| *heard == name).count())
    }

    /// Returns how many requests the rows show: a refused order was never sent.
    pub fn asked(&self) -> [usize; 3] {
        let rows = || self.sessions.iter().flat_map(|(_, file)| &file.actions);
        let sent = |row: &&Action| row.status != ActionStatus::Refused;
        [ActionKind::Buy, ActionKind::Sell, ActionKind::SidebetPlace]
            .map(|kind| rows().filter(|row| row.action == kind).filter(sent).count())
    }

    /// Returns the last line of stdout.
    pub fn last(&self) -> &str {
        self.lines.last().map_or("", String::as_str)
    }

    /// Returns the lines of actions.
    pub fn action_lines(&self) -> Vec<&str> {
        let lines = self.lines.iter().map(String::as_str);
        lines.filter(|line| is_action_line(line)).collect()
    }

    /// Fails unless the rows are what the table booked, to the last digit.
    pub fn assert_booked(&self) {
        for ((_, file), ledger) in self.sessions.iter().zip(&self.ledgers) {
            assert_booked(file, ledger);
        }
    }

    /// Fails unless `pianola replay` and the library agree with every row and drift.
    pub fn assert_replays(&self) {
        for (path, file) in &self.sessions {
            let replayed = replayed(path, file);
            let output = self.output();
            assert!(replayed.is_right(), "{replayed:#?}\n{file:#?}\n{output}");
            let (code, printed) = replay_command(path);
            let n = file.actions.len();
            let last = format!("{}: {n} agree", crate::support::process::actions(n));
            assert_eq!((code, printed.trim_end()), (Some(0), last.as_str()));
        }
    }
}

/// Fails unless the rows are the first of what the table booked. What came after the session is not in it, and what a
/// fault took is no row.
pub fn assert_booked(file: &SessionFile, ledger: &[LedgerRow]) {
    let taken = |row: &&LedgerRow| matches!(row.event, AccountEvent::Correct { .. });
    let mut booked = ledger.iter().filter(|row| !taken(row));
    for row in confirmed(file) {
        let booked = booked.next().expect("the table booked it, too");
        let kind = match booked.event {
            AccountEvent::Buy { .. } => ActionKind::Buy,
            AccountEvent::Sell { .. } => ActionKind::Sell,
            AccountEvent::PlaceSidebet { .. } => ActionKind::SidebetPlace,
            AccountEvent::WinSidebet => ActionKind::SidebetWin,
            AccountEvent::LoseSidebet => ActionKind::SidebetLose,
            AccountEvent::Liquidate { .. } => ActionKind::Liquidated,
            AccountEvent::Correct { .. } => unreachable!("left out above"),
        };
        let after = (booked.after.balance, booked.after.position_qty);
        let account_after = (row.balance_after, row.position_qty_after);
        assert_eq!(
            (row.action, account_after),
            (kind, (Some(after.0), Some(after.1))),
            "{ledger:#?}\n{file:#?}"
        );
    }
}

/// Whether a line of stdout is an action; the other lines are games.
pub fn is_action_line(line: &str) -> bool {
    let kind = line.split(' ').nth(2).unwrap_or_default();
    kind.starts_with(|c: char| c.is_ascii_uppercase()) && line.split(' ').count() >= 9
}

/// Returns the line that `pianola play` prints for a row.
pub fn line_of(row: &Action) -> String {
    let number = |value: Option<Decimal>| value.map_or("-".to_owned(), |v| v.to_string());
    let status = format!("{:?}", row.status).to_lowercase();
    let reason = row.reason.as_ref();
    let reason = reason.map_or(String::new(), |why| format!(" [{why}]"));
    format!(
        "{} {} {} {} {} {status} {} {} {}{reason}",
        row.game_id,
        row.executed_tick.unwrap_or(row.tick),
        row.action.as_str(),
        number(row.amount),
        number(row.executed_price.or(row.price)),
        number(row.balance_after),
        number(row.position_qty_after),
        number(row.pnl),
    )
}

/// Fails unless each day's index lists exactly the files that are there.
pub fn assert_index(root: &Path) {
    let sessions = sessions(root);
    let games = game_files(root);
    for day in fs::read_dir(root).expect("a folder") {
        let day = day.expect("an entry").path();
        if day.ends_with(".journal") || !day.is_dir() {
            continue;
        }
        let index = fs::read(day.join("index.json")).expect("an index");
        let index = DayIndex::parse(&index).expect("an index");
        let name = |path: &Path| {
            let name = path.file_name().unwrap_or_default();
            name.to_string_lossy().into_owned()
        };
        let of_day = sessions.iter().filter(|(path, _)| path.starts_with(&day));
        let mut rows: Vec<_> = of_day
            .map(|(path, file)| IndexSession::new(&name(path), file))
            .collect();
        rows.sort_by(|a, b| (a.session_start, &a.file).cmp(&(b.session_start, &b.file)));
        assert_eq!(index.sessions, rows);
        let of_day = games.iter().filter(|path| path.starts_with(&day));
        let mut rows: Vec<_> = of_day
            .map(|path| IndexGame::new(&name(path), &game_file(path)))
            .collect();
        rows.sort_by(|a, b| (a.start_time, &a.file).cmp(&(b.start_time, &b.file)));
        assert_eq!(index.games, rows);
    }
}

/// Returns the disagreements that are of a complete game, or of none.
pub fn wrong_where_complete(path: &Path, file: &SessionFile) -> Vec<Disagreement> {
    let finder = GameFinder::beside(RealDisk, path, None);
    let complete = |id: &GameId| finder.find(id).is_ok_and(|game| game.meta.complete);
    let all = file.game_ids().iter().all(complete);
    let mut found = replayed(path, file).disagreements;
    found.retain(|found| match found.place {
        SessionPart::Action { seq, .. } => {
            let row = file.actions.iter().find(|row| row.seq == seq);
            row.is_none_or(|row| complete(&row.game_id))
        }
        SessionPart::Drift { .. } | SessionPart::Meta => all,
    });
    found
}
