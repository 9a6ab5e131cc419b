//! Decides whether our account and the server's have drifted apart: when they are compared, and what a difference
//! causes.

use super::context::Ctx;
use super::events::PlayerEvent;
use super::ledger::SessionLedger;
use super::server_state::ServerState;
use super::verifier::{
    Agreement, CompareMode, FieldComparison, StateVerifier, Verification, agrees,
};
use crate::account::{AccountEvent, Drift, DriftField, SessionEvent};
use crate::game::{Board, Time};
use crate::protocol::GameId;
use rust_decimal::Decimal;

/// How long an order may stay without news before its outcome counts as unknown.
pub(super) const ANSWER_LIMIT: chrono::Duration = chrono::Duration::seconds(4);

/// Drifts of a session that are recorded one by one; a server that sends another account each time makes no end of them.
const MAX_DRIFTS: u32 = 1_000;

/// A drift as the badge shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DriftBadge {
    /// When it was first seen.
    pub since: Time,
    /// When it was last seen.
    pub newest: Time,
    /// The newest comparison: both values and the difference of each field.
    pub last: Verification,
    /// When the two agreed again.
    pub cleared_at: Option<Time>,
}

/// The comparisons of a session.
#[derive(Debug, Clone, Default)]
pub(super) struct DriftMonitor {
    verifier: StateVerifier,
    /// Since when a comparison waits for news that may explain the difference.
    waiting_since: Option<Time>,
    /// Drifts that have not ended yet, by slot.
    open: Vec<(u32, Drift)>,
    slots: u32,
    badge: Option<DriftBadge>,
}

impl DriftMonitor {
    /// Returns the newest comparison.
    pub fn last(&self) -> Option<&Verification> {
        self.verifier.last()
    }

    /// Returns the newest drift.
    pub fn badge(&self) -> Option<&DriftBadge> {
        self.badge.as_ref()
    }

    /// Whether a comparison waits for news.
    pub fn is_waiting(&self) -> bool {
        self.waiting_since.is_some()
    }

    /// Forgets the waiting comparison: the next connection's account is compared instead.
    pub fn disconnected(&mut self) {
        self.waiting_since = None;
    }

    /// Decides whether the two may be compared now, or whether news that is still to come may explain the difference.
    /// `orders_pending`: an order in flight is younger than [`ANSWER_LIMIT`]. `unseen_order`: an order that was not
    /// seen being sent may be the difference.
    pub fn comparison(
        &self,
        ledger: &SessionLedger,
        server: &ServerState,
        orders_pending: bool,
        unseen_order: bool,
        ctx: &Ctx<'_>,
    ) -> CompareMode {
        let waited_too_long = self
            .waiting_since
            .is_some_and(|since| ctx.at - since >= ANSWER_LIMIT);
        let explainable = may_be_rug(ledger, server, ctx.board) || unseen_order;
        if orders_pending || explainable && !waited_too_long {
            CompareMode::Pending
        } else {
            CompareMode::Settled
        }
    }

    /// Compares after a `playerUpdate`. A drift is recorded, and our account then follows the server's.
    pub fn compare(
        &mut self,
        ledger: &mut SessionLedger,
        server: &ServerState,
        comparison: CompareMode,
        ctx: &mut Ctx<'_>,
    ) -> Agreement {
        let held = ledger.account.holding();
        let result = self.verifier.verify(held, server, comparison);
        if result.agreement == Agreement::Pending {
            // An update with the account from before the order is old: nothing has to wait for it.
            if agrees(&ledger.account, server) {
                self.waiting_since = None;
            } else {
                self.waiting_since.get_or_insert(ctx.at);
            }
            return result.agreement;
        }
        self.waiting_since = None;
        ctx.emit(SessionEvent::Verified {
            at: ctx.at,
            total: result.total_verifications,
            drifts: result.drift_count,
        });
        match result.agreement {
            Agreement::Drift => self.drifted(&result, ledger, ctx),
            Agreement::Ok => self.agreed(ctx),
            Agreement::Pending | Agreement::NotComparable => {}
        }
        result.agreement
    }

    /// Records the difference, then lets our account follow the server's.
    fn drifted(&mut self, result: &Verification, ledger: &mut SessionLedger, ctx: &mut Ctx<'_>) {
        let game = ctx.game();
        let fields = [
            (DriftField::Balance, result.balance),
            (DriftField::Position, result.position),
            (DriftField::EntryPrice, result.entry_price),
        ];
        for (field, compared) in fields.into_iter().filter(|(_, compared)| !compared.ok) {
            let drift = Drift {
                at: ctx.at,
                game_id: game.as_ref().map(|game| game.game_id.clone()),
                tick: game.as_ref().map(|game| game.tick),
                field,
                local: compared.local,
                server: compared.server.map(|value| value.normalize()),
                diff: compared.diff.normalize(),
                cleared_at: None,
                after_seq: ledger.seq,
            };
            // The count of the session has the others.
            if self.slots < MAX_DRIFTS {
                self.slots += 1;
                emit_drift(self.slots, &drift, ctx);
                self.open.push((self.slots, drift));
            }
        }
        let server = |compared: FieldComparison| compared.server.filter(|_| !compared.ok);
        ledger.account.apply(&AccountEvent::Correct {
            balance: server(result.balance),
            qty: server(result.position),
            cost: server(result.entry_price),
        });
        let holds = server(result.position).is_some_and(|qty| qty > Decimal::ZERO);
        if holds && let Some(current) = ctx.board.current_id() {
            // A position that the server has now is one in the current game.
            ledger.game = Some(current.clone());
        }
        let running = self.badge.filter(|badge| badge.cleared_at.is_none());
        self.badge = Some(DriftBadge {
            since: running.map_or(ctx.at, |badge| badge.since),
            newest: ctx.at,
            last: *result,
            cleared_at: None,
        });
        ctx.emit_player(PlayerEvent::StateDriftDetected(Box::new(*result)));
    }

    fn agreed(&mut self, ctx: &mut Ctx<'_>) {
        for (slot, mut drift) in self.open.drain(..) {
            drift.cleared_at = Some(ctx.at);
            emit_drift(slot, &drift, ctx);
        }
        if let Some(badge) = &mut self.badge {
            badge.cleared_at.get_or_insert(ctx.at);
        }
    }
}

/// Whether the server may have settled what a rug settles, before the board knows of the rug: the server's own
/// messages come before the tick of the rug. Nothing more comes for a game that is closed.
fn may_be_rug(ledger: &SessionLedger, server: &ServerState, board: &Board) -> bool {
    let closed = |game: &GameId| {
        let open = board.open_games().iter().any(|open| open.id == *game);
        !open && board.current_id() != Some(game)
    };
    if ledger.game.as_ref().is_some_and(closed) {
        return false;
    }
    let book = ledger.account.book();
    let sold = server.position_qty == Some(Decimal::ZERO) && !book.position.is_flat();
    let decided = server.side_bet == Some(None) && book.sidebet.is_some();
    sold || decided
}

fn emit_drift(slot: u32, drift: &Drift, ctx: &mut Ctx<'_>) {
    let drift = Box::new(drift.clone());
    ctx.emit(SessionEvent::Drifted { slot, drift });
}
