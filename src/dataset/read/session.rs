//! Reads a session file into rows and replays it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::{Anonymizer, ReadError, count};
use crate::account::{Action, ActionSource, ActionStatus, Drift, id_of_old};
use crate::dataset::finding::{Finding, FindingKind};
use crate::dataset::rows::{ActionRow, DriftRow, Money, SessionRow};
use crate::game::Time;
use crate::library::check_size;
use crate::plural;
use crate::protocol::{GameId, number};
use crate::recording::{GameFile, SessionFile};
use crate::replay::check;

/// A session with its rows and what is wrong with it.
#[derive(Debug, Clone, PartialEq)]
pub struct SessionRecord {
    /// The row of `sessions`.
    pub session: SessionRow,
    /// The rows of `actions`, in their order.
    pub actions: Vec<ActionRow>,
    /// The rows of `drifts`, in their order.
    pub drifts: Vec<DriftRow>,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

impl SessionRecord {
    /// Fills in which games of the actions are in `games`, and which of them may be used to train. `trainable` returns
    /// `None` for a game that is not there.
    pub fn join_games(&mut self, trainable: &dyn Fn(&str) -> Option<bool>) {
        for action in &mut self.actions {
            let game = trainable(&action.game_id);
            action.join_ok = game.is_some();
            action.game_trainable = game.unwrap_or(false);
        }
    }
}

/// Reads the text of a session file and replays it. `file` is its path in the folder of recordings; `find` returns the
/// file of a game, or why there is none. The actions are not joined with games yet.
///
/// # Errors
///
/// The text is no session file.
pub fn read_session(
    text: &[u8],
    file: &str,
    find: &mut dyn FnMut(&GameId) -> Result<GameFile, String>,
    anonymizer: Option<&Anonymizer>,
) -> Result<SessionRecord, ReadError> {
    let shown = anonymizer.map_or_else(|| file.to_owned(), |names| names.hash(file));
    let parsed = SessionFile::parse(text).map_err(|why| ReadError {
        file: shown.clone(),
        why,
    })?;
    let meta = &parsed.meta;
    let id = meta.session_id.unwrap_or_else(|| {
        // Names and ids are public: trying all of them would find the player of an id that is made of them.
        let hidden = |name: &Option<String>| {
            let name = name.as_deref()?;
            Some(anonymizer.map_or_else(|| name.to_owned(), |names| names.hash(name)))
        };
        let (player, name) = (hidden(&meta.player_id), hidden(&meta.username));
        id_of_old(meta.session_start, player.as_deref(), name.as_deref())
    });
    let id: Arc<str> = id.to_string().into();
    let (replay_agree, finding) = replay(&parsed, find);
    let finding = finding.map(|text| Finding {
        kind: FindingKind::ReplayDiffers,
        file: shown.clone(),
        id: Some(id.to_string()),
        text,
    });
    Ok(SessionRecord {
        session: session_row(&parsed, &id, shown, replay_agree, anonymizer),
        actions: action_rows(&parsed, &id),
        drifts: parsed
            .drifts
            .iter()
            .map(|drift| drift_row(drift, &id))
            .collect(),
        findings: finding.into_iter().collect(),
    })
}

/// Replays a session; returns the number of actions that agree, and in words what does not.
fn replay(
    file: &SessionFile,
    find: &mut dyn FnMut(&GameId) -> Result<GameFile, String>,
) -> (i32, Option<String>) {
    if let Err(why) = check_size(file) {
        return (0, Some(why));
    }
    let report = check(file, find);
    let first = report.disagreements.first().map(|first| {
        let (n, agree) = (report.actions, report.agree);
        format!(
            "{}: {agree} agree; the first difference: {first}",
            plural::count(n, "action")
        )
    });
    (count(report.agree), first)
}

fn session_row(
    file: &SessionFile,
    id: &Arc<str>,
    shown: String,
    replay_agree: i32,
    anonymizer: Option<&Anonymizer>,
) -> SessionRow {
    let meta = &file.meta;
    let player = meta
        .player_id
        .as_deref()
        .or(meta.username.as_deref())
        .unwrap_or("anonymous");
    let with_status = |status| {
        count(
            file.actions
                .iter()
                .filter(|action| action.status == status)
                .count(),
        )
    };
    let lots = || meta.start_lots.iter();
    SessionRow {
        session_id: Arc::clone(id),
        player: anonymizer.map_or_else(|| player.to_owned(), |names| names.hash(player)),
        wallet: meta.wallet,
        session_start: meta.session_start,
        session_end: meta.session_end,
        start_balance: meta.start_balance.into(),
        end_balance: meta.end_balance.into(),
        realised_pnl: meta.realised_pnl.into(),
        actions_n: count(file.actions.len()),
        confirmed_n: with_status(ActionStatus::Confirmed),
        refused_n: with_status(ActionStatus::Refused),
        unknown_n: with_status(ActionStatus::Unknown),
        games_n: count(file.game_ids().len()),
        verifications: count(meta.verifications),
        drift_n: count(meta.drift_count),
        replay_agree,
        start_lot_qty: lots().map(|lot| number::to_f64_lossy(lot.qty)).collect(),
        start_lot_price: lots().map(|lot| number::to_f64_lossy(lot.price)).collect(),
        source_origin: meta.origin.as_str(),
        time_scale: meta.speed.map(number::to_f64_lossy),
        seeded: meta.seeded,
        file: shown,
        app: meta.app.clone(),
    }
}

fn action_rows(file: &SessionFile, id: &Arc<str>) -> Vec<ActionRow> {
    let last: HashMap<&GameId, usize> = (0..)
        .zip(&file.actions)
        .map(|(place, action)| (&action.game_id, place))
        .collect();
    let last: HashSet<usize> = last.into_values().collect();
    let row =
        |(place, action)| action_row(action, id, file.meta.session_start, last.contains(&place));
    file.actions.iter().enumerate().map(row).collect()
}

fn action_row(action: &Action, id: &Arc<str>, session_start: Time, terminal: bool) -> ActionRow {
    let amounts = [
        action.amount,
        action.qty,
        action.balance_after,
        action.position_qty_after,
        action.pnl,
    ]
    .map(Money);
    let exact = amounts.iter().all(|amount| amount.is_exact());
    let [amount, qty, balance_after, position_after, pnl] = amounts;
    let is_pressed = action.source != ActionSource::Server;
    let latency = action
        .confirmed_at
        .filter(|_| is_pressed)
        .map(|at| (at - action.timestamp).num_milliseconds());
    ActionRow {
        session_id: Arc::clone(id),
        session_start,
        game_id: action.game_id.as_str().to_owned(),
        seq: count(action.seq),
        action: action.action,
        status: action.status,
        source: action.source,
        phase: action.phase,
        reason_code: action.reason_code,
        reason: action.reason.clone(),
        tick: count(action.tick),
        price: action.price.map(number::to_f64_lossy),
        executed_tick: action.executed_tick.map(count),
        executed_price: action.executed_price.map(number::to_f64_lossy),
        pressed_at: action.timestamp,
        acked_at: action.acked_at,
        confirmed_at: action.confirmed_at,
        latency_ms: latency.filter(|millis| *millis >= 0).map(count),
        amount,
        qty,
        balance_after,
        position_after,
        pnl,
        entry_price: action.entry_price.map(number::to_f64_lossy),
        sell_percent: action.sell_percent.map(number::to_f64_lossy),
        terminal,
        game_trainable: false,
        join_ok: false,
        exact,
    }
}

fn drift_row(drift: &Drift, id: &Arc<str>) -> DriftRow {
    DriftRow {
        session_id: Arc::clone(id),
        at: drift.at,
        cleared_at: drift.cleared_at,
        game_id: drift.game_id.as_ref().map(|id| id.as_str().to_owned()),
        tick: drift.tick.map(count),
        field: drift.field,
        local: Money(drift.local),
        server: Money(drift.server),
        diff: drift.diff.into(),
    }
}
