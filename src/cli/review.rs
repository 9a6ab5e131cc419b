//! `pianola review`: what sessions were worth.

mod json;
mod text;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use rust_decimal::Decimal;

use super::status_line::status_line;
use super::{CommandOutcome, output, positive_number};
use crate::account::ValueRange;
use crate::disk::RealDisk;
use crate::lab::{LabProgress, MAX_GAMES};
use crate::library::{ReviewedSession, SessionFiles, no_game_text, review_session, session_files};
use crate::paths;
use crate::plural::{count, grouped};
use crate::protocol::{Tick, number};
use crate::review::{
    BandLevel, Exit, FRESH_GAMES, FreshResult, FreshRun, Luck, Trip, WhatIfTotal, fresh_games,
    what_if_of, what_if_total,
};

#[derive(Debug, Args)]
pub(super) struct ReviewArgs {
    /// A session file, a bundle, or a folder of recordings.
    #[arg(value_name = "PATH")]
    path: PathBuf,
    /// Where to look for the games, too: a folder of recordings or of games.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    what_if: WhatIfArgs,
    /// What if: play the exit on N new games, too. More games take longer and give narrower intervals.
    #[arg(long, value_name = "N", value_parser = new_games, default_value_t = FRESH_GAMES as u64)]
    new_games: u64,
    /// One JSON object a session, and one for all.
    #[arg(long)]
    json: bool,
}

/// Another way to leave each position, on the recorded ticks.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct WhatIfArgs {
    /// What if: everything is sold at the first price of at least X.
    #[arg(long = "sell-at", value_name = "X", value_parser = decimal)]
    at: Option<Decimal>,
    /// What if: everything is sold N ticks after the position was opened.
    #[arg(long = "sell-after", value_name = "N")]
    after: Option<Tick>,
    /// What if: everything is sold when the price is PERCENT % below its highest.
    #[arg(long = "sell-falls", value_name = "PERCENT", value_parser = decimal)]
    falls: Option<Decimal>,
    /// What if: each sell comes N ticks later; earlier if negative.
    #[arg(long = "sell-later", value_name = "N", allow_negative_numbers = true)]
    later: Option<i64>,
}

/// A session of the command line with its review.
struct Reviewed {
    path: PathBuf,
    session: ReviewedSession,
    luck: Luck,
    /// Numbers of the file that the replay contradicts, and rows that it cannot compute without their games.
    disagreements: usize,
    unchecked: usize,
}

/// Another exit: its name, and what it is worth on new games with the entries of all sessions.
struct OtherExit {
    exit: Exit,
    name: String,
    fresh: FreshResult,
}

/// The seed of the new games: always the same ones, so that two rules are compared on the same games.
const FRESH_SEED: u64 = 17;

pub(super) fn review(args: &ReviewArgs) -> anyhow::Result<CommandOutcome> {
    let mut found = false;
    let mut all: Vec<Reviewed> = Vec::new();
    let SessionFiles {
        paths: sessions,
        unlisted,
    } = sessions(&args.path)?;
    for (_, why) in unlisted {
        found = true;
        output::say(&output::escaped(&why));
    }
    let progress = (output::is_interactive() && sessions.len() > 1).then(status_line);
    for (number, path) in sessions.iter().enumerate() {
        if let Some(line) = &progress {
            line.set_message(format!("session {} of {}", number + 1, sessions.len()));
        }
        match reviewed(path, args.out.as_deref()) {
            Ok(None) if sessions.len() == 1 => {
                anyhow::bail!(output::escaped(&no_game_text(path)))
            }
            // A session that was saved for its notes alone.
            Ok(None) => {}
            Ok(Some(session)) => {
                found |= session.disagreements + session.unchecked > 0
                    || !session.session.faults.is_empty();
                for fault in &session.session.faults {
                    output::say(&output::escaped(&format!("{}: {fault}", paths::text(path))));
                }
                all.push(session);
            }
            Err(why) if sessions.len() == 1 => anyhow::bail!(output::escaped(&why)),
            Err(why) => {
                found = true;
                output::say(&output::escaped(&why));
            }
        }
    }
    if let Some(line) = progress {
        line.finish_and_clear();
    }
    let other = exit(args).map(|(exit, name)| OtherExit {
        exit,
        name,
        fresh: fresh(&all, exit, args.new_games),
    });
    let lines = if args.json {
        json::lines(&all, other.as_ref())
    } else {
        text::lines(&all, other.as_ref())
    };
    let _all_printed = lines.iter().all(|line| output::print(line));
    Ok(if found {
        CommandOutcome::Finding
    } else {
        CommandOutcome::Done
    })
}

/// Reads the number of new games: at most as many as a run of the lab plays.
fn new_games(text: &str) -> Result<u64, String> {
    let games = positive_number(text)?;
    let fits = games <= MAX_GAMES;
    fits.then_some(games)
        .ok_or_else(|| format!("at most {} games", grouped(MAX_GAMES)))
}

fn decimal(text: &str) -> Result<Decimal, String> {
    let number = number::parse(text).filter(|number| *number > Decimal::ZERO);
    number.ok_or_else(|| "not a number above 0".to_owned())
}

/// Returns the exit of the options, with its name.
fn exit(args: &ReviewArgs) -> Option<(Exit, String)> {
    let exit = &args.what_if;
    let price = exit
        .at
        .map(|price| (Exit::AtPrice(price), format!("sell all at {price}x")));
    let ticks = exit.after.map(|ticks| {
        (
            Exit::AfterTicks(ticks),
            format!("sell all after {}", count(ticks, "tick")),
        )
    });
    let falls = exit.falls.map(|percent| {
        (
            Exit::Falls(percent),
            format!("sell all {percent} % below the high"),
        )
    });
    let shift = exit.later.map(|ticks| {
        (
            Exit::Shift(ticks),
            format!("each sell {} later", count(ticks, "tick")),
        )
    });
    price.or(ticks).or(falls).or(shift)
}

/// Returns the session files of a path, oldest first.
fn sessions(path: &Path) -> anyhow::Result<SessionFiles> {
    if !path.is_dir() {
        return Ok(SessionFiles {
            paths: vec![path.to_owned()],
            unlisted: Vec::new(),
        });
    }
    let sessions = session_files(&RealDisk, path)
        .with_context(|| format!("cannot read {}", output::escaped(&paths::text(path))))?;
    anyhow::ensure!(
        !sessions.paths.is_empty() || !sessions.unlisted.is_empty(),
        "there is no session in {}; `pianola record` and the window make some",
        output::escaped(&paths::text(path))
    );
    Ok(sessions)
}

/// Returns the total value over sessions, each from where the one before ended.
fn value_of(all: &[Reviewed]) -> ValueRange {
    let mut value = ValueRange::default();
    for one in all {
        value.append(&one.session.review.value);
    }
    value
}

/// Reads and reviews a session.
fn reviewed(path: &Path, out: Option<&Path>) -> Result<Option<Reviewed>, String> {
    let Some(session) = review_session(&RealDisk, path, out)? else {
        return Ok(None);
    };
    let luck = session.luck();
    let replayed = session.timeline.replayed();
    let (disagreements, unchecked) =
        replayed.map_or((0, 0), |report| (report.wrong(), report.unchecked()));
    Ok(Some(Reviewed {
        path: path.to_owned(),
        session,
        luck,
        disagreements,
        unchecked,
    }))
}

/// Plays an exit on new games, with the entries of all sessions and the median of their delays.
fn fresh(all: &[Reviewed], exit: Exit, games: u64) -> FreshResult {
    let trips: Vec<Trip> = all
        .iter()
        .flat_map(|one| one.session.review.trips.clone())
        .collect();
    let mut delays: Vec<Tick> = all
        .iter()
        .map(|one| one.session.review.median_delay)
        .collect();
    delays.sort_unstable();
    let run = FreshRun {
        games: usize::try_from(games).unwrap_or(usize::MAX),
        seed: FRESH_SEED,
        progress: &LabProgress::default(),
    };
    let delay = delays.get(delays.len() / 2).copied().unwrap_or(0);
    let mut results = fresh_games(&trips, &[exit], delay, run);
    results.remove(0)
}

impl Reviewed {
    fn game_id(&self, game: usize) -> &str {
        let game = self.session.timeline.game(game);
        game.map_or("", |(id, _)| id.as_str())
    }

    /// Returns the P&L of a trip with another exit, if it can be computed.
    fn what_if(&self, trip: &Trip, exit: Exit) -> Option<Decimal> {
        let ReviewedSession {
            timeline, review, ..
        } = &self.session;
        what_if_of(timeline, review, trip, exit).map(|other| other.pnl)
    }

    /// Returns the P&L of all trips that can be computed with another exit.
    fn what_if_total(&self, exit: Exit) -> WhatIfTotal {
        what_if_total(&self.session.timeline, &self.session.review, exit)
    }
}
