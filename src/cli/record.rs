//! `pianola record`: records every game of a source, until Ctrl-C or enough games.

use super::headless::{RunReporter, game_line, run};
use super::source::open;
use super::tally::GameTally;
use super::{CommandOutcome, RecordArgs, output};
use crate::engine::open::StartOptions;
use crate::engine::{Notice, View};
use crate::paths;
use crate::plural::count;
use crate::recording::RecordingPolicy;

pub(super) fn record(args: &RecordArgs) -> anyhow::Result<CommandOutcome> {
    let source = open(&args.source)?;
    let mut tally = GameTally::new(args.games);
    let options = StartOptions {
        policy: RecordingPolicy::everything(),
        ..StartOptions::default()
    };
    let output = (args.out.as_ref(), args.raw_capture);
    let outcome = run(&source, output, options, &mut tally)?;
    if output::is_interactive() {
        output::say(&format!(
            "{} recorded in {}",
            count(outcome.view.recorder.saved_games, "game"),
            paths::text(&outcome.folder)
        ));
    }
    Ok(if tally.mismatch || outcome.lost_something() {
        CommandOutcome::Finding
    } else {
        CommandOutcome::Done
    })
}

impl RunReporter for GameTally {
    fn take(&mut self, notice: &Notice) -> Option<String> {
        let is_first = self.count(notice);
        match notice {
            Notice::GameSaved(saved) if is_first => Some(game_line(saved)),
            _ => None,
        }
    }

    fn prints_beside_status(&self) -> bool {
        false
    }

    fn is_done(&self) -> bool {
        self.has_enough()
    }

    fn status(&self, view: &View) -> String {
        let saved = view.recorder.saved_games;
        let games = match self.limit {
            Some(limit) => format!("{saved} of {}", count(limit, "game")),
            None => count(saved, "game"),
        };
        format!("{games} recorded")
    }
}
