//! `pianola play`: a scripted player, at a table of ours and nowhere else.

use std::collections::BTreeMap;

use super::follow::{RunReporter, game_line, run};
use super::source::{SourceArgs, open};
use super::tally::GameTally;
use super::{CommandOutcome, PlayArgs, UsageError, output};
use crate::account::{Action, ActionStatus, LocalWallet, Percentiles};
use crate::engine::{Credential, Notice, PlayerMode, Setup, View};
use crate::open_file::read_regular;
use crate::paths;
use crate::protocol::Pace;
use crate::recording::{RecordingPolicy, SavedSession};
use crate::strategy::Script;
use crate::trading::{OrderLimits, PlayerEvent};

/// The longest script that is read, in bytes: a hundred thousand lines are shorter.
const MAX_SCRIPT_BYTES: u64 = 4 << 20;

pub(super) fn play(args: &PlayArgs) -> anyhow::Result<CommandOutcome> {
    let file = paths::text(&args.script);
    let text = read_regular(&args.script, MAX_SCRIPT_BYTES)
        .map_err(|why| anyhow::anyhow!("cannot read the script {file}: {why}; {}", why.advice()))?;
    let text = String::from_utf8(text).map_err(|why| {
        let at = why.utf8_error().valid_up_to();
        UsageError(format!("{file}: byte {at} is no UTF-8 text; name a script"))
    })?;
    let script = Script::parse(&text).map_err(|why| UsageError(format!("{file}: {why}")))?;
    let source = open(&SourceArgs {
        practice: args.practice || args.url.is_none(),
        live: false,
        browser: None,
        url: args.url.clone(),
        seed: args.seed,
        speed: args.speed,
    })?;
    // Orders go to a table of ours only, and it is asked before anything is started.
    let table = source.announced().map_err(|why| {
        let address = &source.address;
        UsageError(format!(
            "{address}: {why}; a script plays at a practice table only"
        ))
    })?;
    let mut watcher = PlayReporter {
        tally: GameTally::new(args.games),
        by_script: args.games.is_none(),
        nothing_to_do: args.games.is_none() && script.last_game() == 0,
        told: BTreeMap::new(),
        sessions: Vec::new(),
        drifts: 0,
        skipped: 0,
    };
    let ended = run(
        &source,
        (args.out.as_ref(), args.raw_capture),
        |mut feed, recorder| {
            if table.paced {
                feed.pace = Some(Pace::Step);
            }
            let player = if table.orders {
                PlayerMode::AtTable(Credential::fresh()?)
            } else {
                PlayerMode::Local(recorder.wallet().unwrap_or_else(LocalWallet::full))
            };
            Ok(Setup {
                feed,
                player: Some(player),
                policy: RecordingPolicy::everything(),
                script: Some(match args.games {
                    Some(games) => script.of_games(games),
                    None => script,
                }),
                server: source.server,
                limits: OrderLimits::default(),
            })
        },
        &mut watcher,
    )?;
    output::print(&watcher.summary(&ended.view));
    let unknown = watcher.count(ActionStatus::Unknown) > 0;
    // A script of which nothing at all could be played has failed.
    let nothing = watcher.told.is_empty() && watcher.by_script && !watcher.nothing_to_do;
    let finding = watcher.tally.mismatch || watcher.drifts > 0 || unknown || nothing;
    Ok(if finding || ended.lost_something() {
        CommandOutcome::Finding
    } else {
        CommandOutcome::Done
    })
}

/// What became of the script.
struct PlayReporter {
    tally: GameTally,
    /// The script says when it is over.
    by_script: bool,
    nothing_to_do: bool,
    /// How far each action has come, by slot.
    told: BTreeMap<u32, ActionStatus>,
    /// One for each player that the connection was.
    sessions: Vec<SavedSession>,
    drifts: u64,
    /// Presses that the trader did not take as they came, and lines that came too late.
    skipped: usize,
}

impl RunReporter for PlayReporter {
    fn take(&mut self, notice: &Notice) -> Option<String> {
        let first = self.tally.count(notice);
        match notice {
            Notice::GameSaved(saved) if first => Some(game_line(saved)),
            // A row is told once, as soon as it is known what became of it.
            Notice::Action { slot, action } if action.status != ActionStatus::Pending => {
                let before = self.told.insert(*slot, action.status);
                before.is_none().then(|| action_line(action))
            }
            Notice::Player(PlayerEvent::StateDriftDetected(_)) => {
                // Each player who logs in is counted anew there.
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
            Notice::ScriptDone if self.by_script => {
                self.tally.no_more();
                None
            }
            _ => None,
        }
    }

    fn tells_a_person(&self) -> bool {
        true
    }

    fn enough(&self) -> bool {
        self.nothing_to_do || self.tally.has_enough()
    }

    fn status(&self, view: &View) -> String {
        let held = view
            .trader
            .as_ref()
            .and_then(crate::trading::TraderView::held);
        held.map_or("nobody is logged in".to_owned(), |held| {
            format!("{} SOL · {} tokens", held.balance, held.position_qty)
        })
    }
}

impl PlayReporter {
    fn count(&self, status: ActionStatus) -> usize {
        self.told.values().filter(|told| **told == status).count()
    }

    /// The last line.
    fn summary(&self, ended: &View) -> String {
        let mut parts = vec![
            format!("{} confirmed", self.count(ActionStatus::Confirmed)),
            format!("{} refused", self.count(ActionStatus::Refused)),
            format!("{} unknown", self.count(ActionStatus::Unknown)),
            format!("{} drifts", self.drifts),
        ];
        if self.skipped > 0 {
            parts.push(format!("{} lines skipped", self.skipped));
        }
        let shown = |name: &str, p: Option<Percentiles>| {
            p.map(|p| format!("{name} p50 {} ms p95 {} ms (n {})", p.p50, p.p95, p.n))
        };
        if let Some(trader) = &ended.trader {
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
        format!("{} actions: {}", self.told.len(), parts.join(", "))
    }
}

/// `GAME_ID TICK ACTION AMOUNT PRICE STATUS BALANCE POSITION PNL [reason]`
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
