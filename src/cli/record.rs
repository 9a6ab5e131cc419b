//! `pianola record`: every game of a source into files, until Ctrl-C or enough games.

use super::follow::{RunReporter, game_line, run};
use super::source::open;
use super::tally::GameTally;
use super::{CommandOutcome, RecordArgs, output};
use crate::engine::{Notice, PlayerMode, Setup, View};
use crate::paths;

pub(super) fn record(args: &RecordArgs) -> anyhow::Result<CommandOutcome> {
    let source = open(&args.source)?;
    let mut tally = GameTally::new(args.games);
    // Who plays in the page is followed; elsewhere nobody plays.
    let player = source.browser.map(|_| PlayerMode::Mirror);
    let setup = |feed, _: &_| {
        Ok(Setup {
            player: player.clone(),
            ..Setup::watching(feed)
        })
    };
    let place = (args.out.as_ref(), args.raw_capture);
    let ended = run(&source, place, setup, &mut tally)?;
    if output::to_a_person() {
        output::say(&format!(
            "{} games recorded in {}",
            ended.view.recorder.saved_games,
            paths::text(&ended.folder)
        ));
    }
    Ok(if tally.mismatch || ended.lost_something() {
        CommandOutcome::Finding
    } else {
        CommandOutcome::Done
    })
}

impl RunReporter for GameTally {
    fn take(&mut self, notice: &Notice) -> Option<String> {
        let first = self.count(notice);
        match notice {
            Notice::GameSaved(saved) if first => Some(game_line(saved)),
            _ => None,
        }
    }

    /// Whoever watches has the status line.
    fn tells_a_person(&self) -> bool {
        false
    }

    fn enough(&self) -> bool {
        self.has_enough()
    }

    fn status(&self, view: &View) -> String {
        let saved = view.recorder.saved_games;
        let of = self
            .limit
            .map_or(String::new(), |limit| format!(" of {limit}"));
        format!("{saved}{of} games recorded")
    }
}
