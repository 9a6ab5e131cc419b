//! `pianola play`: plays a strategy or a script, at a practice table only.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::headless::{RunReporter, game_line, run};
use super::source::{SourceArgs, open};
use super::strategy_file::read_strategy;
use super::tally::GameTally;
use super::{CommandOutcome, PlayArgs, UsageError, output};
use crate::account::{Action, ActionStatus, Percentiles};
use crate::engine::open::StartOptions;
use crate::engine::{Notice, PianoEnd, View};
use crate::paths;
use crate::plural::count;
use crate::recording::{RecordingPolicy, SavedSession};
use crate::strategy::{RunEnd, StrategyRunner};
use crate::trading::{PlayerEvent, TraderView};

pub(super) fn play(args: &PlayArgs) -> anyhow::Result<CommandOutcome> {
    let strategy = read_strategy(&args.script)?;
    let source = open(&SourceArgs {
        practice: args.practice || args.url.is_none(),
        live: false,
        browser: None,
        url: args.url.clone(),
        seed: args.seed,
        speed: args.speed,
    })?;
    // Orders go to a practice table only: the server is asked before anything is started.
    if let Err(why) = source.announcement() {
        let address = &source.address;
        let text = format!("{address}: {why}; a strategy or script plays at a practice table only");
        return Err(UsageError(text).into());
    }
    let mut reporter = PlayReporter {
        tally: GameTally::new(args.games),
        by_script: args.games.is_none() && strategy.rules.is_empty(),
        nothing_to_do: args.games.is_none()
            && strategy.rules.is_empty()
            && strategy.last_script_game() == 0,
        actions: BTreeMap::new(),
        sessions: Vec::new(),
        drifts: 0,
        skipped: 0,
        broken_off: false,
    };
    let runner = StrategyRunner::new(Arc::new(strategy));
    let options = StartOptions {
        plays: true,
        policy: RecordingPolicy::everything(),
        strategy: Some(match args.games {
            Some(games) => runner.of_games(games),
            None => runner,
        }),
        ..StartOptions::default()
    };
    let output = (args.out.as_ref(), args.raw_capture);
    let outcome = run(&source, output, options, &mut reporter)?;
    output::print(&reporter.summary(&outcome.view));
    let unknown = reporter.count(ActionStatus::Unknown) > 0;
    // A script of which nothing could be played has failed.
    let nothing = reporter.actions.is_empty() && reporter.by_script && !reporter.nothing_to_do;
    let failed = reporter.tally.mismatch || reporter.drifts > 0 || reporter.broken_off;
    let finding = failed || unknown || nothing;
    Ok(if finding || outcome.lost_something() {
        CommandOutcome::Finding
    } else {
        CommandOutcome::Done
    })
}

/// Counts the results.
struct PlayReporter {
    tally: GameTally,
    /// It has script lines only, and the run ends with the last one.
    by_script: bool,
    nothing_to_do: bool,
    /// The status of each action by slot.
    actions: BTreeMap<u32, ActionStatus>,
    /// One for each player of the connection.
    sessions: Vec<SavedSession>,
    drifts: u64,
    /// Lines that came too late.
    skipped: usize,
    /// The strategy was ended from outside.
    broken_off: bool,
}

impl RunReporter for PlayReporter {
    fn take(&mut self, notice: &Notice) -> Option<String> {
        let first = self.tally.count(notice);
        match notice {
            Notice::GameSaved(saved) if first => Some(game_line(saved)),
            // A row is printed once, as soon as its result is known.
            Notice::Action { slot, action } if action.status != ActionStatus::Pending => {
                let before = self.actions.insert(*slot, action.status);
                before.is_none().then(|| action_line(action))
            }
            Notice::Player(PlayerEvent::StateDriftDetected(_)) => {
                self.drifts += 1;
                None
            }
            Notice::SessionSaved(saved) => {
                self.sessions.push((**saved).clone());
                None
            }
            Notice::LineSkipped(line) => {
                self.skipped += 1;
                Some(format!("skipped {line}"))
            }
            Notice::StrategyEnded(PianoEnd::Strategy(RunEnd::Done)) => {
                if self.by_script {
                    self.tally.no_more();
                }
                None
            }
            Notice::StrategyEnded(end) => {
                self.tally.no_more();
                self.broken_off = !matches!(end, PianoEnd::Strategy(_));
                Some(format!("ended: {end}"))
            }
            _ => None,
        }
    }

    fn prints_beside_status(&self) -> bool {
        true
    }

    fn is_done(&self) -> bool {
        self.nothing_to_do || self.tally.has_enough()
    }

    fn status(&self, view: &View) -> String {
        let held = view.trader.as_ref().and_then(TraderView::held);
        held.map_or("not logged in".to_owned(), |held| {
            format!("{} SOL · {} tokens", held.balance, held.position_qty)
        })
    }
}

impl PlayReporter {
    fn count(&self, status: ActionStatus) -> usize {
        let statuses = self.actions.values();
        statuses.filter(|other| **other == status).count()
    }

    /// Returns the last line.
    fn summary(&self, last: &View) -> String {
        let mut parts = vec![
            format!("{} confirmed", self.count(ActionStatus::Confirmed)),
            format!("{} refused", self.count(ActionStatus::Refused)),
            format!("{} unknown", self.count(ActionStatus::Unknown)),
            count(self.drifts, "drift"),
        ];
        if self.skipped > 0 {
            parts.push(format!("{} skipped", count(self.skipped, "line")));
        }
        let shown = |name: &str, p: Option<Percentiles>| {
            p.map(|p| format!("{name} p50 {} ms p95 {} ms (n {})", p.p50, p.p95, p.n))
        };
        if let Some(trader) = &last.trader {
            parts.extend(shown("press to answer", trader.to_ack));
            parts.extend(shown("press to wallet", trader.to_update));
        }
        for session in &self.sessions {
            let meta = &session.meta;
            parts.push(format!(
                "wallet {} {}",
                meta.wallet.as_str(),
                meta.end_balance
            ));
            parts.push(format!("realised {}", meta.realised_pnl));
            parts.push(paths::text(&session.path));
        }
        format!(
            "{}: {}",
            count(self.actions.len(), "action"),
            parts.join(", ")
        )
    }
}

/// Returns `GAME_ID TICK ACTION AMOUNT PRICE STATUS BALANCE POSITION PNL [reason]`
fn action_line(row: &Action) -> String {
    let number = |value: Option<rust_decimal::Decimal>| {
        value.map_or("-".to_owned(), |value| value.to_string())
    };
    let status = match row.status {
        ActionStatus::Pending => "pending",
        ActionStatus::Confirmed => "confirmed",
        ActionStatus::Refused => "refused",
        ActionStatus::Unknown => "unknown",
    };
    let reason = row.reason.as_deref();
    let reason = reason.map_or(String::new(), |why| format!(" [{}]", output::escaped(why)));
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
