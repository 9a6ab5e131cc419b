//! `pianola lab`: what strategies are worth on many games.

mod table;

use std::io::IsTerminal as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::Args;
use rust_decimal::Decimal;
use serde_json::json;

use super::signals::SignalHandlers;
use super::status_line::status_line;
use super::strategy_file::read_strategy;
use super::{CommandOutcome, UsageError, output, positive_number, whole_number};
use crate::background;
use crate::disk::RealDisk;
use crate::lab::{
    LabGames, LabProgress, LabReport, LabSettings, LabStrategy, MAX_STRATEGIES, in_pool, run,
    verdict,
};
use crate::library::whole_games;
use crate::paths;
use crate::plural::{count, grouped};
use crate::protocol::number;
use crate::recording::UnsavedGames;

/// Interval of the progress on a terminal, and in a file.
const SHOWN_EVERY: Duration = Duration::from_millis(100);
const WRITTEN_EVERY: Duration = Duration::from_secs(5);

/// What strategies are worth: many sessions of games, with the exact rules of the practice table.
#[derive(Debug, Args)]
#[command(after_help = LAB_HELP)]
pub(super) struct LabArgs {
    /// Up to four strategies: files, or names of examples.
    #[arg(required = true, num_args = 1..=MAX_STRATEGIES, value_name = "STRATEGY")]
    strategies: Vec<PathBuf>,
    /// Games of each session; by default 200, or all recorded ones if they are fewer.
    #[arg(long, value_name = "N", value_parser = positive_number)]
    games: Option<u64>,
    /// Seed of the games: those of a practice table with the same seed. By default another one each time.
    #[arg(long, value_name = "N", conflicts_with = "on", value_parser = whole_number::<u64>)]
    seed: Option<u64>,
    /// Play on the recorded games of this folder instead of new ones.
    #[arg(long, value_name = "FOLDER")]
    on: Option<PathBuf>,
    /// SOL that each session begins with.
    #[arg(long, value_name = "X", default_value = "1", value_parser = bank)]
    bank: Decimal,
    /// Sessions; by default 1,000, or as many as play each recorded game at most once.
    #[arg(long, value_name = "N", value_parser = positive_number)]
    sessions: Option<u64>,
    /// The results as one JSON object.
    #[arg(long)]
    json: bool,
}

const LAB_HELP: &str = "\
All strategies play the same games, each session with a bankroll of its own. Up to 1,000 games of a strategy with \
rules are played with the exact account, too. Intervals are of 95 %. A session is ruined when the wallet holds less \
than the smallest order, or cannot pay an order with nothing open. Recorded games with a tick or the rug missing are \
left out; if the sessions need more games than there are, they are played again.
Ctrl-C ends the run with the sessions that are over. A strategy that cannot be read is wrong use: exit code 2; faulty \
text is named with line and column.";

pub(super) fn lab(args: &LabArgs) -> anyhow::Result<CommandOutcome> {
    let strategies = args.strategies.iter().map(|path| named_strategy(path));
    let strategies = strategies.collect::<anyhow::Result<Vec<_>>>()?;
    let settings = settings(args, strategies)?;
    settings
        .check()
        .map_err(|why| UsageError(why.to_string()))?;
    let signals = SignalHandlers::new().context("cannot listen for Ctrl-C")?;
    let progress = Arc::new(LabProgress::default());
    let cancelled = Arc::clone(&progress);
    // The lab saves nothing.
    let unsaved = UnsavedGames::default();
    unsaved.set_over();
    let signals = signals
        .listen(unsaved, move || cancelled.cancel())
        .context("cannot listen for Ctrl-C")?;
    let since = Instant::now();
    output::say(&beginning(&settings));
    let report = run_on_threads(&settings, &progress)?;
    signals.end();
    let seconds = since.elapsed().as_secs_f64();
    print_report(args, &settings, &report, seconds);
    Ok(CommandOutcome::Done)
}

/// Reads a strategy: a file, or an example by its name.
fn named_strategy(path: &Path) -> anyhow::Result<LabStrategy> {
    let strategy = read_strategy(path)?;
    let stem = || path.file_stem().unwrap_or_default().to_string_lossy();
    let name = strategy.name.clone().unwrap_or_else(|| stem().into_owned());
    Ok(LabStrategy {
        name: output::escaped(&name),
        strategy: Arc::new(strategy),
    })
}

fn settings(args: &LabArgs, strategies: Vec<LabStrategy>) -> anyhow::Result<LabSettings> {
    let seed = match args.seed {
        Some(seed) => seed,
        None => {
            u64::from(getrandom::u32().map_err(|why| anyhow::anyhow!("no random seed: {why}"))?)
        }
    };
    let mut settings = LabSettings::new(strategies, seed);
    settings.bank = args.bank;
    if let Some(folder) = &args.on {
        let shown = paths::text(folder);
        if !folder.is_dir() {
            let text = format!("{shown} is no folder; name a folder of recordings");
            return Err(UsageError(output::escaped(&text)).into());
        }
        let found = whole_games(&RealDisk, folder, &mut |_| ControlFlow::Continue(()));
        let found = found.map_err(|why| anyhow::anyhow!(output::escaped(&why.to_string())))?;
        let (games, left_out) = (found.games.len() as u64, found.left_out);
        if games == 0 {
            let text = format!("{shown}: no game in it is complete ({left_out} left out)");
            return Err(UsageError(text).into());
        }
        if left_out > 0 {
            output::say(&format!(
                "left out: {} without a tick or the rug, damaged, or there twice",
                count(left_out, "game file")
            ));
        }
        settings.games = args.games.unwrap_or(settings.games.min(games));
        settings.sessions = (games / settings.games).max(1);
        settings.source = LabGames::Recorded(found.games.into());
    }
    settings.games = args.games.unwrap_or(settings.games);
    settings.sessions = args.sessions.unwrap_or(settings.sessions);
    Ok(settings)
}

/// Plays the games on all cores and shows the progress meanwhile.
fn run_on_threads(
    settings: &LabSettings,
    progress: &Arc<LabProgress>,
) -> anyhow::Result<LabReport> {
    let (settings_there, progress_there) = (settings.clone(), Arc::clone(progress));
    let thread = background::spawn("lab", move || {
        in_pool(background::cores(), || {
            run(&settings_there, &progress_there)
        })
    });
    let thread = thread.context("cannot start the lab")?;
    let line = std::io::stderr().is_terminal().then(status_line);
    let mut written = Instant::now();
    while !thread.is_finished() {
        std::thread::sleep(SHOWN_EVERY);
        let text = progress_text(progress.games(), settings.all_games());
        match &line {
            Some(line) => line.set_message(text),
            None if written.elapsed() >= WRITTEN_EVERY => {
                written = Instant::now();
                output::say(&text);
            }
            None => {}
        }
    }
    if let Some(line) = line {
        line.finish_and_clear();
    }
    match thread.join() {
        Ok(report) => Ok(report??),
        Err(_) => anyhow::bail!("the lab has failed; this is a fault of the program"),
    }
}

/// Returns what is being played, once Ctrl-C ends it.
fn beginning(settings: &LabSettings) -> String {
    let games = grouped(settings.all_games());
    match settings.source {
        LabGames::New { seed } => {
            format!(
                "playing {} of seed {seed}; Ctrl-C ends with what is done",
                count(games, "game")
            )
        }
        LabGames::Recorded(_) => {
            format!(
                "playing {}; Ctrl-C ends with what is done",
                count(games, "recorded game")
            )
        }
    }
}

fn progress_text(done: u64, all: u64) -> String {
    let (shown, of) = (grouped(done), grouped(all));
    format!(
        "{shown} of {} ({} %)",
        count(of, "game"),
        done * 100 / all.max(1)
    )
}

fn print_report(args: &LabArgs, settings: &LabSettings, report: &LabReport, seconds: f64) {
    let seed = match settings.source {
        LabGames::New { seed } => Some(seed),
        LabGames::Recorded(_) => None,
    };
    if args.json {
        let mut object = json!(report);
        object["seed"] = json!(seed);
        object["on"] = json!(args.on.as_deref().map(paths::text));
        object["seconds"] = json!(seconds);
        object["verdict"] = json!(verdict(report));
        output::print(&object.to_string());
        return;
    }
    let source = match (&args.on, seed) {
        (Some(folder), _) => format!("recorded in {}", paths::text(folder)),
        (None, seed) => format!("new, seed {}", seed.unwrap_or_default()),
    };
    let lines = table::lines(report, &output::escaped(&source), seconds);
    lines.iter().all(|line| output::print(line));
}

fn bank(text: &str) -> Result<Decimal, String> {
    number::parse_typed(text).map_err(|why| why.to_string())
}
