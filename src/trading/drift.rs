//! Our account beside the server's: when they are compared, and what happens when they differ.

use rust_decimal::Decimal;

use crate::account::{Account, AccountEvent, Drift, DriftField, SessionEvent};
use crate::game::{Board, Time};
use crate::protocol::GameId;
use crate::trading::session::Seat;
use crate::trading::verifier::compare_all;
use crate::trading::view::DriftBadge;
use crate::trading::{ANSWER_LIMIT, Now, Trader, TraderEvent};
use crate::trading::{
    Agreement, Comparison, PlayerEvent, ServerState, StateVerifier, Verification,
};

/// The comparisons of a session.
#[derive(Debug, Clone, Default)]
pub(super) struct Checks {
    verifier: StateVerifier,
    /// Since when a comparison waits for news of our own.
    owed: Option<Time>,
    /// Drifts that did not end yet.
    open: Vec<(u32, Drift)>,
    slots: u32,
    badge: Option<DriftBadge>,
}

impl Checks {
    pub fn verifier(&self) -> &StateVerifier {
        &self.verifier
    }

    pub fn badge(&self) -> Option<&DriftBadge> {
        self.badge.as_ref()
    }

    /// The connection is gone: what was owed will be compared with what the next one says.
    pub fn not_comparable(&mut self) {
        self.owed = None;
    }
}

/// Whether the account is what the server tells, as far as it tells it.
pub(super) fn agrees(account: &Account, server: &ServerState) -> bool {
    compare_all(&account.holding(), server).iter().all(|c| c.ok)
}

/// How far the account is from what the server tells.
pub(super) fn distance(account: &Account, server: &ServerState) -> Decimal {
    let compared = compare_all(&account.holding(), server);
    compared
        .iter()
        .fold(Decimal::ZERO, |sum, c| sum.saturating_add(c.diff))
}

impl Trader {
    /// Returns why the newest `playerUpdate` was not compared with our account; `None` when it was.
    pub fn why_not_verified(&self) -> Option<&'static str> {
        if self.handler.identity().is_none() {
            return Some("the player is not identified yet");
        }
        let Some(seat) = &self.seat else {
            return Some("the server has not sent the whole account yet");
        };
        match seat.checks.verifier.last().map(|last| last.agreement) {
            Some(Agreement::Ok | Agreement::Drift) => None,
            Some(Agreement::Pending) => Some("an own order is not confirmed yet"),
            Some(Agreement::NotComparable) => {
                Some("the server did not send balance, position and average cost")
            }
            None => Some("our account begins with this update"),
        }
    }
}

impl Seat {
    /// Compares after a `playerUpdate`.
    pub(super) fn compare(
        &mut self,
        server: &ServerState,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let standing = self.standing(server, now);
        let result = self
            .checks
            .verifier
            .verify(self.account.holding(), server, standing);
        if result.agreement == Agreement::Pending {
            // An update that tells what was before the order says nothing that had to wait for it.
            if agrees(&self.account, server) {
                self.checks.owed = None;
            } else {
                self.checks.owed.get_or_insert(now.at);
            }
            return;
        }
        self.checks.owed = None;
        out.push(TraderEvent::Session(SessionEvent::Verified {
            at: now.at,
            total: result.total_verifications,
            drifts: result.drift_count,
        }));
        match result.agreement {
            Agreement::Drift => self.drifted(&result, server, now, out),
            Agreement::Ok => {
                self.note_agreement(server);
                self.agreed(now, out);
            }
            Agreement::Pending | Agreement::NotComparable => {}
        }
    }

    /// Compares again if the last comparison had to wait and need not any more.
    pub(super) fn compare_owed(
        &mut self,
        server: &ServerState,
        identified: bool,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        if self.checks.owed.is_none() || !identified {
            return;
        }
        if self.unasked.is_some() {
            // What explains it may have come since.
            let told = server.cash.is_some() && server.position_qty.is_some();
            self.explain_orders(told, server, now, out);
            self.explain_unasked(server, now, out);
        }
        if self.standing(server, now) == Comparison::Settled {
            self.compare(server, now, out);
        }
    }

    fn standing(&self, server: &ServerState, now: Now<'_>) -> Comparison {
        let overdue = |since: Time| now.at - since >= ANSWER_LIMIT;
        let mut pressed = self.in_flight().filter(|waiting| !waiting.executed);
        let ordered = pressed.any(|waiting| !overdue(waiting.row.timestamp));
        let owed_too_long = self.checks.owed.is_some_and(overdue);
        let may_be_told = self.may_be_the_rug(server, now.board) || self.may_be_an_order(server);
        if ordered || may_be_told && !owed_too_long {
            Comparison::Pending
        } else {
            Comparison::Settled
        }
    }

    /// Whether the server may have settled what a rug settles, of which the board has not told yet: its own messages
    /// come before the tick of the rug. Of a game that is closed the board tells nothing more.
    fn may_be_the_rug(&self, server: &ServerState, board: &Board) -> bool {
        let closed = |game: &GameId| {
            let open = board.open_games().iter().any(|open| open.id == *game);
            !open && board.current_id() != Some(game)
        };
        if self.game.as_ref().is_some_and(closed) {
            return false;
        }
        let book = self.account.book();
        let sold = server.position_qty == Some(Decimal::ZERO) && !book.position.is_flat();
        let decided = server.side_bet == Some(None) && book.sidebet.is_some();
        sold || decided
    }

    /// Logs and keeps the difference, then lets our account follow the server.
    fn drifted(
        &mut self,
        result: &Verification,
        told: &ServerState,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let sight = now.sight();
        let fields = [
            (DriftField::Balance, result.balance),
            (DriftField::Position, result.position),
            (DriftField::EntryPrice, result.entry_price),
        ];
        for (field, compared) in fields.into_iter().filter(|(_, compared)| !compared.ok) {
            let drift = Drift {
                at: now.at,
                game_id: sight.as_ref().map(|sight| sight.game_id.clone()),
                tick: sight.as_ref().map(|sight| sight.tick),
                field,
                local: compared.local,
                server: compared.server.map(|value| value.normalize()),
                diff: compared.diff.normalize(),
                cleared_at: None,
                after_seq: self.seq,
            };
            self.checks.slots += 1;
            out.push(drift_fact(self.checks.slots, &drift));
            self.checks.open.push((self.checks.slots, drift));
        }
        let server =
            |compared: crate::trading::FieldComparison| compared.server.filter(|_| !compared.ok);
        self.account.apply(&AccountEvent::Correct {
            balance: server(result.balance),
            qty: server(result.position),
            cost: server(result.entry_price),
        });
        // What was told before is in what ours follows now.
        self.note_agreement(told);
        if !result.position.ok
            && result
                .position
                .server
                .is_some_and(|qty| qty > Decimal::ZERO)
            && let Some(current) = now.board.current_id()
        {
            // Whatever the server holds now, it holds in the game on the table.
            self.game = Some(current.clone());
        }
        let since = self
            .checks
            .badge
            .as_ref()
            .filter(|badge| badge.cleared_at.is_none());
        self.checks.badge = Some(DriftBadge {
            since: since.map_or(now.at, |badge| badge.since),
            newest: now.at,
            last: *result,
            cleared_at: None,
        });
        out.push(TraderEvent::Player(PlayerEvent::StateDriftDetected(
            Box::new(*result),
        )));
    }

    fn agreed(&mut self, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        for (slot, mut drift) in self.checks.open.drain(..) {
            drift.cleared_at = Some(now.at);
            out.push(drift_fact(slot, &drift));
        }
        if let Some(badge) = &mut self.checks.badge {
            badge.cleared_at.get_or_insert(now.at);
        }
    }
}

fn drift_fact(slot: u32, drift: &Drift) -> TraderEvent {
    TraderEvent::Session(SessionEvent::Drifted {
        slot,
        drift: Box::new(drift.clone()),
    })
}
