//! What one partition, an origin and a UTC day, adds to the quality report: counts, the time that was recorded, and the
//! accumulators of the self-checks. A build keeps it, so that no old tick is read again for a new report.

use chrono::{NaiveDate, TimeDelta};
use serde::{Deserialize, Serialize};

use super::own_results::OwnResults;
use super::self_check::{ObservedGame, SelfCheck};
use crate::dataset::rows::{
    ActionRow, AnomalyCounts, Condition, DriftRow, GameRow, QualityRow, SessionRow, StartKind,
};
use crate::fairness::ProofStatus;
use crate::game::{EndReason, TICK_MILLIS, Time};
use crate::protocol::Tick;

/// The server's pause between two games is no longer than this, in real time.
pub(super) const LONGEST_PAUSE_SECONDS: f64 = 25.0;
/// The id of a game is made at most this long before its first tick.
const PRESALE: TimeDelta = TimeDelta::seconds(120);
/// The longest game, in real time: 5,000 ticks.
const LONGEST_GAME: TimeDelta = TimeDelta::seconds(1_250);

/// A time in which game followed game.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(super) struct WatchedSpan {
    /// Milliseconds since 1970.
    pub start: i64,
    pub end: i64,
    /// The end was estimated from the number of ticks.
    pub is_estimated: bool,
    /// How many times as fast as real time the server ran.
    pub speed: f64,
}

impl WatchedSpan {
    /// Whether the pause before `next` is no longer than the server's own.
    fn is_followed_by(&self, next: &Self) -> bool {
        #[expect(clippy::cast_precision_loss, reason = "milliseconds of centuries")]
        let pause = next.start.saturating_sub(self.end) as f64;
        pause <= LONGEST_PAUSE_SECONDS * 1_000.0 / next.speed
    }

    /// Extends the last span by the next one, or begins a new one. Returns whether the clock was set back between them.
    pub fn append(spans: &mut Vec<Self>, next: Self) -> bool {
        let Some(last) = spans.last_mut() else {
            spans.push(next);
            return false;
        };
        if last.is_estimated {
            // The next game shows that this one was over.
            last.end = last.end.min(next.start.max(last.start));
        }
        let went_back = next.start < last.end;
        if last.is_followed_by(&next) {
            if next.end >= last.end {
                (last.end, last.is_estimated) = (next.end, next.is_estimated);
            }
            last.start = last.start.min(next.start);
            last.speed = next.speed;
        } else {
            spans.push(next);
        }
        went_back
    }
}

/// The facts of a partition. Games are added by their start, duplicates not at all.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DayFacts {
    /// The UTC day.
    pub date: NaiveDate,
    /// Its row, still without gaps and condition: those depend on the days before and after.
    pub(super) row: QualityRow,
    pub(super) spans: Vec<WatchedSpan>,
    /// Games whose proof differs from the one in their file.
    pub(super) proof_differs: u32,
    /// All ticks with a price.
    pub(super) ticks: u64,
    pub(super) self_check: SelfCheck,
    pub(super) own: OwnResults,
}

impl DayFacts {
    /// Returns the facts of a day without any file.
    pub fn new(origin: &str, date: NaiveDate) -> Self {
        Self {
            date,
            row: empty_row(origin),
            spans: Vec::new(),
            proof_differs: 0,
            ticks: 0,
            self_check: SelfCheck::default(),
            own: OwnResults::default(),
        }
    }

    /// Returns the origin.
    pub fn origin(&self) -> &str {
        &self.row.source_origin
    }

    /// Adds a game. `prices` are those of its path, by tick.
    pub fn add_game(&mut self, game: &GameRow, prices: &[Option<f64>]) {
        let row = &mut self.row;
        let count = |counter: &mut i32, condition: bool| add(counter, i32::from(condition));
        count(&mut row.games_seen, true);
        count(&mut row.complete, game.complete);
        let proof = match game.proof_now {
            ProofStatus::Proven => &mut row.proven,
            ProofStatus::Repaired => &mut row.repaired,
            ProofStatus::Mismatch => &mut row.mismatch,
            ProofStatus::Unverifiable => &mut row.unverifiable,
        };
        count(proof, true);
        count(&mut row.trainable, game.trainable);
        add(&mut row.missing_ticks, game.missing_ticks);
        add(&mut row.repaired_ticks, game.repaired_n);
        count(&mut row.late_joins, game.joined_at_tick > Some(0));
        count(&mut row.no_rug, game.rug_tick.is_none());
        let ended = |reason| game.end_reason == Some(reason);
        count(
            &mut row.history_only,
            game.start_kind == StartKind::Estimate,
        );
        count(&mut row.crash, ended(EndReason::Crash));
        add(&mut row.reconnects, game.reconnects);
        row.anomalies.add(game.anomalies);
        add(&mut row.long_prices_n, game.long_prices_n);
        let speed = game.time_scale.filter(|speed| *speed > 0.0).unwrap_or(1.0);
        count(&mut row.id_day_differs_n, id_day_differs(game));
        self.proof_differs += u32::from(game.proof != game.proof_now);
        self.ticks += prices.iter().flatten().count() as u64;
        if let Some(span) = span_of(game, speed) {
            let end = span.end.max(span.start);
            let went_back = WatchedSpan::append(&mut self.spans, WatchedSpan { end, ..span });
            count(
                &mut self.row.clock_back_n,
                went_back || span.end < span.start,
            );
            self.row.first_start = self.row.first_start.or(game.start_time);
            self.row.last_start = self.row.last_start.max(game.start_time);
        }
        let tick = |tick: i32| Tick::try_from(tick).unwrap_or(0);
        self.self_check.add(&ObservedGame {
            trainable: game.trainable,
            seeded: game.seeded,
            version: game.game_version.as_deref(),
            entry_tick: tick(game.entry_tick),
            exit_tick: tick(game.exit_tick),
            event: game.event,
            rug_tick: game.rug_tick.map(tick),
            rug_price: game.rug_price,
            prices,
        });
    }

    /// Adds a session with its actions and drifts.
    pub fn add_session(
        &mut self,
        session: &SessionRow,
        actions: &[ActionRow],
        drifts: &[DriftRow],
    ) {
        let count = |number: usize| i32::try_from(number).unwrap_or(i32::MAX);
        add(&mut self.row.sessions, 1);
        add(&mut self.row.actions, count(actions.len()));
        let inexact = actions.iter().filter(|action| !action.exact);
        add(&mut self.row.inexact_actions, count(inexact.count()));
        add(&mut self.row.drifts, count(drifts.len()));
        for action in actions {
            self.own.add(action, session.seeded);
        }
    }

    /// Adds a file of a game that is counted already.
    pub fn add_duplicate(&mut self) {
        add(&mut self.row.duplicates, 1);
    }

    /// Adds a file that cannot be read.
    pub fn add_unreadable(&mut self) {
        add(&mut self.row.unreadable, 1);
    }
}

/// Adds up to the largest count.
fn add(counter: &mut i32, number: i32) {
    *counter = counter.saturating_add(number);
}

/// Returns a row without anything recorded.
pub(super) fn empty_row(origin: &str) -> QualityRow {
    QualityRow {
        source_origin: origin.to_owned(),
        games_seen: 0,
        complete: 0,
        proven: 0,
        repaired: 0,
        unverifiable: 0,
        mismatch: 0,
        trainable: 0,
        missing_ticks: 0,
        repaired_ticks: 0,
        late_joins: 0,
        no_rug: 0,
        history_only: 0,
        crash: 0,
        reconnects: 0,
        anomalies: AnomalyCounts::default(),
        long_prices_n: 0,
        duplicates: 0,
        unreadable: 0,
        sessions: 0,
        actions: 0,
        inexact_actions: 0,
        drifts: 0,
        gaps_n: 0,
        gap_s: 0.0,
        missed_games_est: 0.0,
        first_start: None,
        last_start: None,
        clock_back_n: 0,
        id_day_differs_n: 0,
        condition: Condition::Missing,
    }
}

/// Returns the time in which the game was recorded; `None` for a game whose ticks were not.
fn span_of(game: &GameRow, speed: f64) -> Option<WatchedSpan> {
    if game.start_kind == StartKind::Estimate {
        return None;
    }
    let start = game.start_time?.timestamp_millis();
    let end = game.end_time.map_or_else(
        || start.saturating_add(ticks_millis(game.exit_tick - game.entry_tick, speed)),
        |end| end.timestamp_millis(),
    );
    Some(WatchedSpan {
        start,
        end,
        is_estimated: game.end_time.is_none(),
        speed,
    })
}

/// Returns how long so many ticks take.
fn ticks_millis(ticks: i32, speed: f64) -> i64 {
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        reason = "at most 5,000 ticks"
    )]
    let millis = ((i64::from(ticks.max(0)) * TICK_MILLIS) as f64 / speed) as i64;
    millis
}

/// Whether the day in the game's id (`20251215-…`) is not the one of its start. The server makes the id before the presale,
/// and a game that was joined late began earlier. Ids of seeded tables and ids without a day do not count.
fn id_day_differs(game: &GameRow) -> bool {
    let day = game
        .game_id
        .get(..8)
        .filter(|_| game.game_id.as_bytes().get(8) == Some(&b'-'));
    let day = day.and_then(|day| NaiveDate::parse_from_str(day, "%Y%m%d").ok());
    let (Some(day), Some(start), false) = (day, game.start_time, game.seeded) else {
        return false;
    };
    let before = match game.start_kind {
        StartKind::Arrival => PRESALE,
        StartKind::LateJoin | StartKind::Estimate | StartKind::Converted => PRESALE + LONGEST_GAME,
    };
    let day_of = |time: Time| time.date_naive();
    let earliest = start.checked_sub_signed(before).map_or(day, day_of);
    !(earliest..=day_of(start)).contains(&day)
}
