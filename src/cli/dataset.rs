//! `pianola dataset`: builds, checks and reports on a data set.

mod report;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use chrono::NaiveDate;
use clap::{Args, Subcommand};
use serde_json::json;

use self::report::{ReportArgs, report};
use super::signals::SignalHandlers;
use super::status_line::status_line;
use super::{CommandOutcome, UsageError, folders, output};
use crate::dataset::build::built_of;
use crate::dataset::check::{CheckOptions, CheckReport, check};
use crate::dataset::manifest::Manifest;
use crate::dataset::store::{MANIFEST, MAX_SIDE_BYTES};
use crate::dataset::{
    BuildOptions, BuildProgress, BuildReport, DataOrigin, DayRange, Finding, Salt, build, parse_day,
};
use crate::open_file::read_regular;
use crate::paths;
use crate::plural::count;
use crate::recording::{Origin, UnsavedGames};
use crate::settings::data_folder;

/// Tables for Polars, DuckDB, pandas and Spark, made of recordings.
#[derive(Debug, Args)]
pub(super) struct DatasetArgs {
    #[command(subcommand)]
    command: DatasetCommand,
}

#[derive(Debug, Subcommand)]
enum DatasetCommand {
    /// Build a data set, or bring it up to date.
    Build(BuildArgs),
    /// Compare every row with the recordings and the seeds.
    Check(CheckArgs),
    /// Print how far a data set can be trusted.
    Report(ReportArgs),
}

#[derive(Debug, Args)]
#[command(after_help = BUILD_HELP)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line"
)]
struct BuildArgs {
    /// Folders of recordings, or of single days; by default those of the chosen origins in the folder that the
    /// settings name, else in the user's data folder.
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Folder of the data set.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Games from these sources only: live, browser, practice, url.
    #[arg(long, value_name = "ORIGINS", value_delimiter = ',', default_value = "live,browser", value_parser = recorded_origin)]
    origin: Vec<DataOrigin>,
    /// The first day, in UTC.
    #[arg(long, value_name = "DAY", value_parser = day)]
    from: Option<NaiveDate>,
    /// The last day, in UTC.
    #[arg(long, value_name = "DAY", value_parser = day)]
    to: Option<NaiveDate>,
    /// Recordings of the Python original: a file or a folder of them. May be given several times.
    #[arg(long, value_name = "PATH")]
    import: Vec<PathBuf>,
    /// Leave out the table of ticks; the table of paths has the same prices.
    #[arg(long)]
    no_ticks: bool,
    /// Replace players by salted hashes.
    #[arg(long)]
    anonymize: bool,
    /// Build everything again: days whose recordings are gone are dropped.
    #[arg(long)]
    rebuild: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

const BUILD_HELP: &str = "\
Only days that have changed are built again. A day whose recordings are gone stays, and is named. A game that was \
recorded twice is one row: the recording with the better proof. It may run beside a recorder; one build at a time in a \
folder. Ctrl-C cancels it, and the data set is as it was.
Prints a line for each finding, last `N games (A new, B changed, C unchanged), T ticks, S sessions, M MB in X s`. Exit \
code 1 if there is a finding: a file that cannot be read, a game that contradicts its seed, a proof that differs from the \
file's, two recordings of one game with different prices, a session whose replay computes other numbers.";

#[derive(Debug, Args)]
#[command(after_help = CHECK_HELP)]
struct CheckArgs {
    /// Folder of the data set.
    #[arg(value_name = "DIR")]
    dir: PathBuf,
    /// Folders of the recordings that it was built of; by default those of its last build.
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Recordings of the Python original that it was built of; by default those of its last build with some.
    #[arg(long, value_name = "PATH")]
    import: Vec<PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

const CHECK_HELP: &str = "\
Builds everything once more from the recordings, without saving it, and compares it with what is there: every row of \
every table, the documents, and the SHA-256 of each file in `dataset.json`; each game is proven again. A data set \
that was built with --anonymize does not say where its recordings are: without FOLDER those in the folder that the \
settings name are read, else those in the user's data folder.
Prints a line for each difference, last `N games, T ticks, S sessions, A actions checked: F findings`. Exit code 1 if \
there is one, also if recordings came or changed since the build.";

fn day(text: &str) -> Result<NaiveDate, String> {
    parse_day(text).ok_or_else(|| "not a day such as 2025-12-15".to_owned())
}

fn recorded_origin(text: &str) -> Result<DataOrigin, String> {
    let origin = text.parse::<DataOrigin>().ok();
    let origin = origin.filter(|origin| *origin != DataOrigin::Original);
    origin.ok_or_else(|| "not one of live, browser, practice, url".to_owned())
}

pub(super) fn dataset(args: &DatasetArgs) -> anyhow::Result<CommandOutcome> {
    match &args.command {
        DatasetCommand::Build(args) => build_command(args),
        DatasetCommand::Check(args) => check_command(args),
        DatasetCommand::Report(args) => report(args),
    }
}

fn build_command(args: &BuildArgs) -> anyhow::Result<CommandOutcome> {
    let since = Instant::now();
    let range = DayRange {
        from: args.from,
        to: args.to,
    };
    if let (Some(from), Some(to)) = (range.from, range.to)
        && from > to
    {
        let text = format!("no day is from {from} to {to}: --from is after --to");
        return Err(UsageError(text).into());
    }
    let options = BuildOptions {
        origins: args.origin.iter().copied().collect(),
        range,
        imports: args.import.clone(),
        ticks: !args.no_ticks,
        salt: args.anonymize.then(user_salt).transpose()?,
        rebuild: args.rebuild,
        ..BuildOptions::new(source_folders(args)?, args.out.clone(), crate::clock::now())
    };
    let is_cancelled = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&is_cancelled);
    // A cancelled build has nothing to save.
    let unsaved = UnsavedGames::default();
    unsaved.set_over();
    let signals = SignalHandlers::new()
        .and_then(|signals| signals.listen(unsaved, move || flag.store(true, Ordering::Relaxed)))
        .context("cannot listen for Ctrl-C")?;
    let status = output::is_interactive().then(status_line);
    let built = build(&options, &mut |progress| {
        if let Some(status) = &status {
            status.set_message(progress.to_string());
        }
        if is_cancelled.load(Ordering::Relaxed) {
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    signals.end();
    if let Some(status) = status {
        status.finish_and_clear();
    }
    let report = built?;
    print_report(&report, args.json, since.elapsed());
    Ok(outcome(&report.findings))
}

fn check_command(args: &CheckArgs) -> anyhow::Result<CommandOutcome> {
    let dir = &args.dir;
    let manifest = read_manifest(dir)?;
    let is_anonymous = manifest.options.anonymized;
    let noted = built_of(dir);
    let folders = match (&args.folders[..], &noted) {
        ([], Some(noted)) => noted.folders.clone(),
        ([], None) if args.import.is_empty() => default_folders(&manifest.options.origins)?,
        (folders, _) => folders.to_vec(),
    };
    let imports = match &args.import[..] {
        [] => noted.unwrap_or_default().imports,
        named => named.to_vec(),
    };
    let options = CheckOptions {
        root: dir.clone(),
        folders,
        imports,
        salt: is_anonymous.then(user_salt).transpose()?,
    };
    let status = output::is_interactive().then(status_line);
    let mut reader_left = false;
    let progress = &mut |progress: BuildProgress| {
        if let Some(status) = &status {
            status.set_message(progress.to_string());
        }
        ControlFlow::Continue(())
    };
    let checked = check(&options, progress, &mut |finding| {
        let line = finding_line(&finding, args.json);
        reader_left = reader_left || !output::print_above(status.as_ref(), &line);
    });
    if let Some(status) = &status {
        status.finish_and_clear();
    }
    let report = checked.with_context(|| format!("cannot check {}", paths::text(dir)))?;
    if !reader_left {
        output::print(&check_line(&report, args.json));
    }
    Ok(if report.findings == 0 {
        CommandOutcome::Done
    } else {
        CommandOutcome::Finding
    })
}

fn check_line(report: &CheckReport, as_json: bool) -> String {
    let CheckReport {
        games,
        ticks,
        sessions,
        actions,
        findings,
    } = report;
    if as_json {
        return json!({
            "games": games, "ticks": ticks, "sessions": sessions, "actions": actions, "findings": findings,
        })
        .to_string();
    }
    format!(
        "{}, {}, {}, {} checked: {}",
        count(games, "game"),
        count(ticks, "tick"),
        count(sessions, "session"),
        count(actions, "action"),
        count(findings, "finding")
    )
}

fn read_manifest(dir: &Path) -> anyhow::Result<Manifest> {
    let path = dir.join(MANIFEST);
    let shown = paths::text(&path);
    let text = read_regular(&path, MAX_SIDE_BYTES).map_err(|why| {
        anyhow::anyhow!(
            "cannot read {shown}: {why}; name the folder of a data set, which `pianola dataset build` makes"
        )
    })?;
    Manifest::parse(&text).with_context(|| format!("cannot use {shown}"))
}

fn outcome(findings: &[Finding]) -> CommandOutcome {
    if findings.is_empty() {
        CommandOutcome::Done
    } else {
        CommandOutcome::Finding
    }
}

/// Returns the folders of the command, else those of the chosen origins that exist; none if there are only imports.
fn source_folders(args: &BuildArgs) -> anyhow::Result<Vec<PathBuf>> {
    if !args.folders.is_empty() {
        return Ok(args.folders.clone());
    }
    let origins = args.origin.iter().copied().collect();
    if args.import.is_empty() {
        default_folders(&origins)
    } else {
        Ok(existing_folders(&folders::root()?, &origins))
    }
}

/// Returns the folders of these origins that exist below a folder.
fn existing_folders(base: &Path, origins: &BTreeSet<DataOrigin>) -> Vec<PathBuf> {
    let mut all = vec![Origin::Live, Origin::Practice, Origin::Url, Origin::Browser];
    all.retain(|origin| origins.contains(&DataOrigin::from(*origin)));
    let folders = all.into_iter().map(|origin| base.join(origin.folder()));
    let mut folders: Vec<_> = folders.filter(|folder| folder.is_dir()).collect();
    folders.dedup();
    folders
}

/// Returns the folders of these origins, of which at least one exists in the default folder.
fn default_folders(origins: &BTreeSet<DataOrigin>) -> anyhow::Result<Vec<PathBuf>> {
    let base = folders::root()?;
    let all = existing_folders(&base, origins);
    let practice = if origins.contains(&DataOrigin::Practice) {
        ""
    } else {
        "--origin practice takes the games of the practice table, or "
    };
    anyhow::ensure!(
        !all.is_empty(),
        "no recordings of {} yet in {}; {practice}name the folder of the recordings",
        origins
            .iter()
            .map(|origin| origin.as_str())
            .collect::<Vec<_>>()
            .join(" or "),
        paths::text(&base)
    );
    Ok(all)
}

fn user_salt() -> anyhow::Result<Salt> {
    let folder =
        data_folder().context("this user has no home folder to keep the salt of --anonymize in")?;
    Ok(Salt::read_or_make(&folder.join("dataset.salt"))?)
}

/// Prints the findings and the totals to stdout, the notes to stderr.
fn print_report(report: &BuildReport, as_json: bool, took: Duration) {
    for note in &report.notes {
        output::say(note);
    }
    let last = if as_json {
        report_json(report, took)
    } else {
        report.line(took)
    };
    let findings = report
        .findings
        .iter()
        .map(|finding| finding_line(finding, as_json));
    findings.chain([last]).all(|line| output::print(&line));
}

fn report_json(report: &BuildReport, took: Duration) -> String {
    json!({
        "games": report.games, "new": report.new, "changed": report.changed, "unchanged": report.unchanged,
        "ticks": report.ticks, "sessions": report.sessions, "bytes": report.bytes, "seconds": took.as_secs_f64(),
        "findings": report.findings.len(), "duplicates": report.duplicates,
        "days_written": report.written.len(), "days_gone": report.gone,
    })
    .to_string()
}

/// Returns `KIND FILE [what is wrong]`, as JSON the same facts.
fn finding_line(finding: &Finding, as_json: bool) -> String {
    if as_json {
        return serde_json::to_string(finding).unwrap_or_default();
    }
    let Finding {
        kind, file, text, ..
    } = finding;
    output::escaped(&format!("{} {file} [{text}]", kind.as_str()))
}
