//! Orders that were not seen being sent: the player's browser was joined late, or the player used the same account
//! elsewhere.
//!
//! An own trade or a placed sidebet is evidence; the wallet that the server sends decides. What turns our account into
//! the server's was an order, at the tick and price that were reported or that the board has. A change that nothing
//! explains is no order: it is a drift, and our account follows the server's. Money that only came or went (a gift, a
//! deposit) is therefore never taken for an order.

use rust_decimal::Decimal;

use super::context::{Ctx, GameContext, price_at};
use super::infer_fill::{Fill, sold_percent};
use super::ledger::SessionLedger;
use super::order::Order;
use super::server_state::ServerState;
use super::verifier::{agrees, distance};
use crate::account::Account;
use crate::game::{Phase, Time};
use crate::protocol::{GameId, NewTrade, SidebetReport, Tick, TradeKind};

/// Pieces of evidence that are kept; more never come before the wallet that they belong to.
const MAX_EVIDENCE: usize = 8;
/// Ticks back to which an order that only the wallet shows is searched: more than a server needs to report it.
const LOOK_BACK_TICKS: usize = 20;
/// Largest difference between the server's rounding of one lot and ours, in SOL.
const CASH_ROUNDING: Decimal = Decimal::from_parts(4, 0, 0, false, 9);
/// The same in tokens.
const QTY_ROUNDING: Decimal = Decimal::from_parts(3, 0, 0, false, 9);

/// What is known of orders that were not seen being sent.
#[derive(Debug, Clone, Default)]
pub(super) struct UnseenOrders {
    evidence: Vec<TradeEvidence>,
    /// The server's wallet less ours when they agreed last: the sum of the server's roundings.
    dust: Decimal,
}

/// An own order as the server reported it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct TradeEvidence {
    /// When it was reported.
    pub at: Time,
    pub game: GameId,
    pub tick: Tick,
    pub price: Decimal,
    kind: EvidenceKind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum EvidenceKind {
    Buy { amount: Decimal },
    Sell { qty: Decimal },
    Sidebet { stake: Decimal },
}

impl TradeEvidence {
    /// Returns the order that it was; `None` when the account cannot have placed it.
    pub fn order(&self, account: &Account) -> Option<Order> {
        Some(match self.kind {
            EvidenceKind::Buy { amount } => Order::Buy {
                amount: amount.normalize(),
            },
            EvidenceKind::Sidebet { stake } => Order::Sidebet {
                stake: stake.normalize(),
            },
            EvidenceKind::Sell { qty } => Order::Sell {
                percent: sold_percent(account.book().position.qty(), qty)?,
            },
        })
    }

    /// Applies it to an account; `None` when that is impossible.
    fn apply(&self, account: &mut Account) -> Option<Order> {
        let order = self.order(account)?;
        account.apply(&order.account_event(self.tick, self.price))?;
        Some(order)
    }

    /// Whether it can be booked: nothing is open in another game.
    fn is_bookable(&self, ledger: &SessionLedger, ctx: &Ctx<'_>) -> bool {
        let current = ctx.board.current_id() == Some(&self.game);
        ledger.is_of(&self.game) || ledger.account.is_idle() && current
    }

    /// Returns how far our account is from the server's after it; `None` when that is more than roundings explain.
    fn distance(
        &self,
        ledger: &SessionLedger,
        server: &ServerState,
        dust: Decimal,
        ctx: &Ctx<'_>,
    ) -> Option<Decimal> {
        if !self.is_bookable(ledger, ctx) {
            return None;
        }
        let mut after = ledger.account.clone();
        self.apply(&mut after)?;
        let held = after.holding();
        let lots = Decimal::from(ledger.account.holding().lots.max(1));
        let cash = held.balance.checked_add(dust)?.checked_sub(server.cash?)?;
        let qty = held.position_qty.checked_sub(server.position_qty?)?;
        let fits = cash.abs() <= CASH_ROUNDING * lots
            && qty.abs() <= QTY_ROUNDING
            && agrees(&after, server);
        fits.then(|| distance(&after, server))
    }
}

impl UnseenOrders {
    /// Notes an own trade that no order in flight explains.
    pub fn note_trade(&mut self, trade: &NewTrade, (tick, price): Fill, at: Time) {
        let in_sol = trade.coin.as_deref().is_none_or(|coin| coin == "solana");
        let kind = match (trade.kind, trade.amount, trade.qty) {
            (TradeKind::Buy, Some(amount), _) => EvidenceKind::Buy { amount },
            (TradeKind::Sell, _, Some(qty)) => EvidenceKind::Sell { qty },
            _ => return,
        };
        if in_sol {
            let game = trade.game_id.clone();
            self.note(TradeEvidence {
                at,
                game,
                tick,
                price,
                kind,
            });
        }
    }

    /// Notes an own sidebet that no order in flight explains.
    pub fn note_sidebet(&mut self, bet: &SidebetReport, tick: Tick, account: &Account, at: Time) {
        let runs = account.book().sidebet.map(|bet| bet.start_tick) == Some(tick);
        if let Some(stake) = bet.bet_amount.filter(|_| !runs) {
            self.note(TradeEvidence {
                at,
                game: bet.game_id.clone(),
                tick,
                price: bet.price.unwrap_or(Decimal::ONE),
                kind: EvidenceKind::Sidebet { stake },
            });
        }
    }

    fn note(&mut self, evidence: TradeEvidence) {
        // A sidebet is reported more than once.
        let same = |other: &TradeEvidence| {
            let when = other.game == evidence.game && other.tick == evidence.tick;
            let sidebet = matches!(evidence.kind, EvidenceKind::Sidebet { .. });
            when && sidebet && other.kind == evidence.kind
        };
        if self.evidence.iter().any(same) {
            return;
        }
        if self.evidence.len() == MAX_EVIDENCE {
            self.evidence.remove(0);
        }
        self.evidence.push(evidence);
    }

    /// Notes that the server's wallet agrees with ours, whose balance is this: older evidence is booked already.
    pub fn note_agreement(&mut self, server: &ServerState, balance: Decimal) {
        self.evidence.clear();
        let dust = server.cash.and_then(|cash| cash.checked_sub(balance));
        self.dust = dust.unwrap_or(self.dust);
    }

    /// Returns the orders that make our account the server's, and forgets their evidence; none when nothing explains
    /// the difference. `in_flight`: an order in flight may be what the wallet shows.
    pub fn explain(
        &mut self,
        ledger: &SessionLedger,
        server: &ServerState,
        in_flight: bool,
        ctx: &Ctx<'_>,
    ) -> Vec<TradeEvidence> {
        if server.cash.is_none() || agrees(&ledger.account, server) {
            return Vec::new();
        }
        let explained = self.explain_by_evidence(ledger, server, ctx).or_else(|| {
            let order = (!in_flight).then(|| infer_order(ledger, server, self.dust, ctx));
            order.flatten().map(|order| vec![order])
        });
        if explained.is_some() {
            self.evidence.clear();
        }
        explained.unwrap_or_default()
    }

    /// Returns the evidence that makes our account the server's: all of it, or one piece.
    fn explain_by_evidence(
        &self,
        ledger: &SessionLedger,
        server: &ServerState,
        ctx: &Ctx<'_>,
    ) -> Option<Vec<TradeEvidence>> {
        let explains = |some: &[TradeEvidence]| {
            let mut after = ledger.account.clone();
            let fits = |one: &TradeEvidence| {
                one.is_bookable(ledger, ctx) && one.apply(&mut after).is_some()
            };
            some.iter().all(fits) && agrees(&after, server)
        };
        let all = &self.evidence[..];
        if !all.is_empty() && explains(all) {
            return Some(all.to_vec());
        }
        let mut pieces = all.chunks(1);
        pieces.find(|piece| explains(piece)).map(<[_]>::to_vec)
    }
}

/// Whether news that may still come could explain the server's account: tokens that changed, or a wallet that was
/// sent without the sidebet that may have been paid from it.
pub(super) fn may_be_order(account: &Account, server: &ServerState) -> bool {
    let held = account.holding();
    let traded = server.position_qty.is_some_and(|qty| {
        let apart = qty.checked_sub(held.position_qty);
        apart.is_none_or(|apart| apart.abs() > QTY_ROUNDING)
    });
    let paid = server.cash.is_some_and(|cash| cash < held.balance);
    traded || paid && server.side_bet.is_none()
}

/// Returns the one order that explains the wallet by itself, at a price that the board has. Its numbers must fit to
/// the last rounding: with a tolerance some price would explain anything.
fn infer_order(
    ledger: &SessionLedger,
    server: &ServerState,
    dust: Decimal,
    ctx: &Ctx<'_>,
) -> Option<TradeEvidence> {
    let held = ledger.account.holding();
    let (cash, qty) = (server.cash?, server.position_qty?);
    let gained = qty.checked_sub(held.position_qty)?;
    let came = cash.checked_sub(held.balance)?.checked_sub(dust)?;
    let at = ctx.at;
    let sidebet = server.side_bet.as_ref().and_then(Option::as_ref);
    if let Some(bet) = sidebet
        && ledger.account.book().sidebet.is_none()
    {
        let current = || ctx.game().map(|game| game.game_id);
        let game = bet.game_id.clone().or_else(current)?;
        let tick = bet.started_at_tick?;
        let order = TradeEvidence {
            at,
            tick,
            price: price_at(ctx.board, &game, tick).unwrap_or(Decimal::ONE),
            game,
            kind: EvidenceKind::Sidebet {
                stake: bet.bet_amount?,
            },
        };
        return order.distance(ledger, server, dust, ctx).map(|_| order);
    }
    let kind = if gained > QTY_ROUNDING {
        EvidenceKind::Buy { amount: -came }
    } else if gained < -QTY_ROUNDING {
        EvidenceKind::Sell { qty: -gained }
    } else {
        return None;
    };
    let current = ctx.game()?;
    let possible = newest_prices(&current, ctx).into_iter();
    let possible = possible.filter_map(|(tick, price)| {
        let order = TradeEvidence {
            at,
            game: current.game_id.clone(),
            tick,
            price,
            kind,
        };
        let off = order.distance(ledger, server, dust, ctx)?;
        Some((off, order))
    });
    let nearest = possible.min_by_key(|(off, order)| (*off, std::cmp::Reverse(order.tick)));
    nearest.map(|(_, order)| order)
}

/// Returns the newest ticks of the current game and their prices, without the rug.
fn newest_prices(current: &GameContext, ctx: &Ctx<'_>) -> Vec<Fill> {
    let mut found = Vec::new();
    if current.phase == Phase::Presale {
        found.push((0, Decimal::ONE));
    }
    let game = ctx.board.current();
    if let Some(game) = game.filter(|game| game.id == current.game_id) {
        let rug = game.rug_tick.filter(|_| game.ended());
        let newest = u32::try_from(game.prices.len()).unwrap_or(u32::MAX);
        let ticks = (0..newest).rev().filter(|tick| Some(*tick) != rug);
        let known = ticks.filter_map(|tick| Some((tick, game.prices.get(tick)?)));
        found.extend(known.take(LOOK_BACK_TICKS));
    }
    found
}
