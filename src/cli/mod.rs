//! The commands: their arguments, output and exit codes. `docs/formats.md` is the contract.
//!
//! Exit codes: 0 done, 1 a finding or failure, 2 wrong use. Results go to stdout, everything else to stderr.

#[cfg(feature = "dataset")]
mod dataset;
mod folders;
mod headless;
mod import;
mod lab;
mod library;
mod log;
mod manual;
mod output;
mod play;
mod record;
mod replay;
mod review;
mod share;
mod signals;
mod source;
mod status_line;
mod stderr;
mod strategy_file;
mod table;
mod tally;
#[cfg(test)]
mod tests;
mod verify;
mod version;
#[cfg(feature = "window")]
mod window;
mod window_args;
mod without_window;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
#[cfg(feature = "window")]
use std::time::Instant;

use clap::{Args, Parser, Subcommand};

pub use manual::command;
pub use signals::{SignalHandlers, SignalListener};
use source::SourceArgs;
use window_args::WindowArgs;

use crate::protocol::number;
use crate::table::{Fault, Speed};
use crate::zone::Zone;

/// The result of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CommandOutcome {
    /// Done.
    Done,
    /// Done, with a finding.
    Finding,
}

/// Records every game of rugs.fun, complete and proven against its revealed seed.
#[derive(Debug, Parser)]
#[command(version, long_version = version::long_version(), about, long_about = None, after_help = format!("{ALONE}\n\n{AFTER_HELP}"), args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(subcommand)]
    command: Option<CliCommand>,
    #[command(flatten)]
    window: WindowArgs,
}

#[cfg(feature = "window")]
const ALONE: &str = "\
Without a command the window opens, at the practice table unless the options or the settings say otherwise. Without a \
display it records the source of the options, by default the practice table (not that of the settings); a FILE cannot be \
played.";
#[cfg(not(feature = "window"))]
const ALONE: &str = "\
Without a command it records the source of the options, else the built-in practice table. (This build has no window.)";

const AFTER_HELP: &str = "\
Exit codes: 0 done, 1 a finding or failure, 2 wrong use.
PIANOLA_LOG sets what is logged to stderr: off, error, warn, info (default), debug, trace. Libraries log their errors \
only, unless they are named (PIANOLA_LOG=info,winit=warn). A line of the log that cannot be written is dropped.
Results that cannot be written to stdout (a full disk) are a failure: exit code 1. A reader who leaves (`| head -1`) \
ends a list; a recording goes on without it.
Ctrl-C and a closed terminal save what is open and end the program, within 10 seconds; a second Ctrl-C ends it at \
once, and the next start saves what is in the journal. With `nohup` (SIGHUP ignored) it goes on when the terminal is closed.
Paths are printed exactly: on Unix a byte that is not UTF-8 as \\xNN and a backslash as \\\\.";

#[derive(Debug, Subcommand)]
enum CliCommand {
    /// Record every game of a source until Ctrl-C.
    Record(RecordArgs),
    /// Play a strategy or a script at a practice table.
    Play(PlayArgs),
    /// Say what strategies are worth, over many games.
    Lab(lab::LabArgs),
    /// Run the practice table (or a capture) as a server on this machine.
    Table(TableArgs),
    /// Prove recorded games again: game files, folders, or lists of revealed games.
    Verify(VerifyArgs),
    /// Play a recorded session again and compare every number of it.
    Replay(ReplayArgs),
    /// Show what sessions were worth: round trips, figures, and what the odds expected.
    Review(review::ReviewArgs),
    /// Put a session with its games and notes into one file.
    Share(ShareArgs),
    /// List what was recorded.
    Library(LibraryArgs),
    /// Turn captures into recordings.
    Import(ImportArgs),
    /// Make tables of recordings for Polars, DuckDB, pandas and Spark.
    #[cfg(feature = "dataset")]
    Dataset(dataset::DatasetArgs),
    /// Write shell completions and manual pages, for packages.
    #[command(hide = true)]
    Manual(manual::ManualArgs),
}

#[derive(Debug, Clone, Default, Args)]
struct RecordArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// Stop when this many games have ended and have their seeds; at `--speed max` one more may be saved, without its seed.
    #[arg(long, value_name = "N", value_parser = positive_number)]
    games: Option<u64>,
    /// Folder of the recordings; by default `live`, `practice` or `other` in the folder that the settings name,
    /// else in the user's data folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write everything that goes over the connection to `.captures` in that folder, for a bug report.
    #[arg(long)]
    raw_capture: bool,
}

#[derive(Debug, Args)]
#[command(after_help = play_help())]
struct PlayArgs {
    /// The file of a strategy or script, or the name of an example.
    #[arg(value_name = "FILE")]
    script: PathBuf,
    /// The built-in practice table; also without any of these.
    #[arg(long, conflicts_with = "url")]
    practice: bool,
    /// A practice table that runs already; anything else is refused.
    #[arg(long, value_name = "U")]
    url: Option<String>,
    /// Seed of the practice table: the same games every time.
    #[arg(long, value_name = "N", value_parser = whole_number::<u64>)]
    seed: Option<u64>,
    /// Speed of the practice table, 0.1 to 1000 or max.
    #[arg(long, value_name = "X")]
    speed: Option<Speed>,
    /// Stop after this many games; by default a script ends with its last line, a strategy when it ends itself.
    #[arg(long, value_name = "N", value_parser = positive_number)]
    games: Option<u64>,
    /// Folder of the recordings; by default `practice` or `other` in the folder that the settings name, else in
    /// the user's data folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Write everything that goes over the connection to `.captures` in that folder, for a bug report.
    #[arg(long)]
    raw_capture: bool,
}

const PLAY_HELP: &str = "\
A line of a strategy is a rule; `#` begins a comment:
  in presale buy 0.01             in the presale of each game, for 0.01 SOL
  when price >= 1.5 sell 50%      half of the position, at the first tick at or above 1.5x
  after 40 ticks sell all         when the position has been open for so many ticks
A line of a script is `GAME WHEN ACTION VALUE`:
  1 presale buy 0.01      in the presale of the first game, for 0.01 SOL
  1 12 sell 50            at tick 12, half of the position
  2 0 sidebet 0.002       at the start of the second game, a bet on a rug within 40 ticks
docs/strategies.md has the whole language.

Prints a line for each action (GAME_ID TICK ACTION AMOUNT PRICE STATUS BALANCE POSITION PNL), a line for each game as \
`record` does, `skipped LINE: REASON` for a script line that could not be played, `ended: REASON` when a strategy ends, and \
last the totals.
Exit code 1 if no line of a script could be played, the fate of an order stayed unknown, our account and the table's \
differed, a game was a mismatch, something was lost, or the strategy was broken off by the feed; 2 if the \
file cannot be read.
At a table that plays a capture the orders are filled from a local wallet.";

fn play_help() -> String {
    format!(
        "{PLAY_HELP}\n\nExamples: {}.",
        strategy_file::example_names()
    )
}

#[derive(Debug, Args)]
struct TableArgs {
    /// Port on 127.0.0.1; 0 takes any free one.
    #[arg(long, value_name = "P", default_value_t = 0, value_parser = whole_number::<u16>)]
    port: u16,
    /// The same games every time, whatever the day.
    #[arg(long, value_name = "N", conflicts_with = "capture", value_parser = whole_number::<u64>)]
    seed: Option<u64>,
    /// Times as fast as the real server, 0.1 to 1000, or max: 1,000 events a second, or as fast as every client takes the
    /// games, if each is one that the table waits for.
    #[arg(long, value_name = "X", default_value_t = Speed::default())]
    speed: Speed,
    /// Play this event file instead of games of its own; starts with the first client.
    #[arg(long, value_name = "FILE")]
    capture: Option<PathBuf>,
    /// Start the capture again at its end.
    #[arg(long = "loop", requires = "capture")]
    looped: bool,
    /// Misbehave, may be given several times.
    #[arg(long = "fault", value_name = "NAME", long_help = fault_help())]
    faults: Vec<Fault>,
}

#[derive(Debug, Args)]
#[command(after_help = VERIFY_HELP)]
struct VerifyArgs {
    /// Game files, bundles, folders of them, or lists of revealed games (a JSON value a line, or an array).
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

const VERIFY_HELP: &str = "\
A line each: STATUS GAME_ID TICKS PEAK [what was checked] [reason], then how many games have each status. A row of a \
list may be an entry of a gameHistory or an export in camel or snake case; its own hash is the commitment.
Exit code 1 if a game is a mismatch, a file is unreadable, a game file has a wrong value beside its prices, or a folder \
holds no game. Only regular files of at most 64 MiB are read.";

#[derive(Debug, Args)]
struct ReplayArgs {
    /// A session file, or a bundle.
    #[arg(value_name = "SESSION")]
    session: PathBuf,
    /// Where to look for the games, too: a folder of recordings or of games.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
struct ShareArgs {
    /// A session file.
    #[arg(value_name = "SESSION")]
    session: PathBuf,
    /// The file to write; it must not exist. By default one in the current folder, named after the session.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Where to look for the games, too: a folder of recordings or of games.
    #[arg(long, value_name = "DIR")]
    games: Option<PathBuf>,
    /// With the player's name and id, which are masked otherwise.
    #[arg(long)]
    names: bool,
}

#[derive(Debug, Args)]
struct LibraryArgs {
    /// Folder of the recordings; by default all in the folder that the settings name, else in the user's data folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Rebuild the indexes from the files.
    #[arg(long)]
    rebuild: bool,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
#[command(after_help = IMPORT_HELP)]
struct ImportArgs {
    /// Captures, or folders of them (their *.jsonl files in the order of their names).
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Folder of the recordings.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Time zone of times without one, such as UTC, `America/New_York` or +02:00.
    #[arg(long, value_name = "ZONE", allow_hyphen_values = true)]
    tz: Option<Zone>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

const IMPORT_HELP: &str = "\
A line of a capture is one of ours, {ts, event, data} or {event_type, timestamp, data} of another program, or a text \
frame 42[...]. Times are ISO 8601, or a number of seconds or milliseconds since 1970; its size decides which. Files are \
imported in the order given. Games are recorded as from the live server, those of the practice table as practice games; \
the orders of a capture are passed over.
Prints a line for each game as `record` does, then what was done. Damaged lines are named and passed over. Exit code 1 if \
a line is damaged, a file is not imported, or a game is a mismatch; 2 if times have no zone and --tz is missing. \
Importing a capture again changes nothing.";

/// Runs the command of the arguments; returns the exit code.
pub fn run() -> ExitCode {
    #[cfg(feature = "window")]
    let since = Instant::now();
    let _flushed_at_end = stderr::FlushOnDrop;
    output::start();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(message) => return print_clap_message(&message),
    };
    log::start();
    let ended = match cli.command {
        Some(CliCommand::Record(args)) => record::record(&args),
        Some(CliCommand::Play(args)) => play::play(&args),
        Some(CliCommand::Table(args)) => table::table(args),
        Some(CliCommand::Verify(args)) => Ok(verify::verify(&args)),
        Some(CliCommand::Replay(args)) => replay::replay(&args),
        Some(CliCommand::Review(args)) => review::review(&args),
        Some(CliCommand::Share(args)) => share::share(&args),
        Some(CliCommand::Library(args)) => library::library(&args),
        Some(CliCommand::Lab(args)) => lab::lab(&args),
        Some(CliCommand::Import(args)) => import::import(&args),
        Some(CliCommand::Manual(args)) => manual::manual(&args),
        #[cfg(feature = "dataset")]
        Some(CliCommand::Dataset(args)) => dataset::dataset(&args),
        #[cfg(feature = "window")]
        None => window::window(&cli.window, since),
        #[cfg(not(feature = "window"))]
        None => {
            output::say("this build has no window: it was made with --no-default-features");
            without_window::without_window(&cli.window)
        }
    };
    match ended {
        Ok(CommandOutcome::Done) if !output::lost_results() => ExitCode::SUCCESS,
        Ok(CommandOutcome::Done | CommandOutcome::Finding) => ExitCode::FAILURE,
        Err(error) => {
            output::say(&format!("error: {error:#}"));
            if error.is::<UsageError>() {
                ExitCode::from(2)
            } else {
                ExitCode::FAILURE
            }
        }
    }
}

/// Prints the help, the version, or an error of the arguments; returns the exit code.
fn print_clap_message(message: &clap::Error) -> ExitCode {
    let printed = message.print().and_then(|()| std::io::stdout().flush());
    if !message.use_stderr() {
        printed.inspect_err(output::report_write_error).ok();
    }
    match message.exit_code() {
        0 if output::lost_results() => ExitCode::FAILURE,
        code => ExitCode::from(u8::try_from(code).unwrap_or(2)),
    }
}

/// A wrong use of the command line: exit code 2.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct UsageError(String);

/// Parses a whole number from 0, as [`number::parse_whole`] does.
fn whole_number<T: TryFrom<u64>>(text: &str) -> Result<T, String> {
    let number = number::parse_whole(text).and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| {
        let most = u64::MAX >> (64 - 8 * size_of::<T>());
        format!("not a whole number from 0 to {most}")
    })
}

fn positive_number(text: &str) -> Result<u64, String> {
    let number = number::parse_whole(text).filter(|number| *number > 0);
    number.ok_or_else(|| "not a whole number from 1".to_owned())
}

fn fault_help() -> String {
    let rows = Fault::ALL
        .iter()
        .map(|fault| format!("  {:<18} {}", fault.name(), fault.description()));
    format!(
        "Misbehave, may be given several times:\n{}",
        rows.collect::<Vec<_>>().join("\n")
    )
}
