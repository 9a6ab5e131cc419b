//! What becomes of a session's orders: executed by an answer, a trade, a sidebet report or the wallet; refused; or
//! given up.

use rust_decimal::Decimal;

use super::context::{Ctx, GameContext, price_at};
use super::in_flight::PendingOrder;
use super::infer_fill::{Candidates, Fill, candidates, fill_of_trade, infer_fills, is_rug_sale};
use super::order::{Order, OrderAnswer};
use super::possible_number::{possible_sidebet, possible_trade};
use super::server_state::ServerState;
use super::session::ActiveSession;
use super::session_rows::pressed_row;
use super::unseen_orders::TradeEvidence;
use super::verifier::agrees;
use crate::account::{ActionSource, ActionStatus, ReasonCode};
use crate::game::Phase;
use crate::protocol::{GameId, NewTrade, SidebetReport, Tick, TradeKind};

/// Longest text of a server that a row keeps.
const MAX_REASON_CHARS: usize = 300;
/// Own trades whose ids are remembered.
const MAX_RECENT_TRADES: usize = 64;

impl ActiveSession {
    /// Takes the answer to an order.
    pub fn answered(
        &mut self,
        slot: u32,
        answer: OrderAnswer,
        server: &ServerState,
        ctx: &mut Ctx<'_>,
    ) {
        let Some(order) = self.in_flight.get_mut(slot) else {
            return;
        };
        match answer {
            OrderAnswer::Ack(ack) if ack.success => {
                self.latency.to_ack.take(order.row.timestamp, ctx.at);
                order.row.acked_at = Some(ctx.at);
                let (executed, updated) = (order.executed, order.updated);
                let placed = ack.sidebet.map(|bet| possible_sidebet(&bet, ctx));
                let placed = placed.and_then(|bet| Some((bet.start_tick?, bet)));
                if let Some((tick, bet)) = placed.filter(|_| !executed) {
                    self.place_sidebet(slot, &bet, tick, ctx);
                } else if !executed && updated {
                    // It was executed, but not so that it explains the wallet that came before.
                    self.execute_at_newest(slot, server, ctx);
                }
                self.finish(slot, ctx);
            }
            OrderAnswer::Ack(ack) if !order.executed => {
                order.row.acked_at = Some(ctx.at);
                let text = ack.message.as_deref().unwrap_or("the server refused it");
                let text: String = text.chars().take(MAX_REASON_CHARS).collect();
                self.refuse(slot, ReasonCode::ServerRefused, &text, ctx);
            }
            OrderAnswer::NotSent(why) if !order.executed => {
                self.refuse(slot, ReasonCode::NotSent, why, ctx);
            }
            // An executed order stays executed, whatever the answer says.
            OrderAnswer::Ack(_) | OrderAnswer::NotSent(_) | OrderAnswer::Lost => {
                order.lost = true;
                self.finish(slot, ctx);
            }
        }
    }

    /// Takes a trade. The player's own has the price and tick of an order, or is the rug's sale.
    pub fn trade(&mut self, trade: &NewTrade, ctx: &mut Ctx<'_>) {
        let own = Some(trade.player_id.as_str()) == self.player_id();
        if !own || self.recent_trades.contains(&trade.id) {
            return;
        }
        if self.recent_trades.len() == MAX_RECENT_TRADES {
            self.recent_trades.pop_front();
        }
        self.recent_trades.push_back(trade.id.clone());
        let trade = &possible_trade(trade, ctx);
        let Some(fill) = fill_of_trade(trade, ctx.board) else {
            return;
        };
        // The order being processed; by default the oldest in flight.
        let held = self.ledger.account.book().position.qty();
        let order = self.in_flight.find_for_trade(trade, held);
        let order = order.or(self.in_flight.orders.first().map(|order| order.slot));
        let order = order.and_then(|slot| self.in_flight.get(slot));
        let order = order.map(|order| (order.slot, order.order, order.executed));
        let pending = order.filter(|(_, _, executed)| !executed);
        if !self.ledger.is_of(&trade.game_id) {
            // An order may be executed in another game than the one in which it was pressed.
            let followed = match pending {
                Some((slot, Order::Buy { amount }, _)) => {
                    let same = trade.kind == TradeKind::Buy && trade.amount == Some(amount);
                    let place = (trade.tick_index, trade.price);
                    same && self.follow_to(slot, &trade.game_id, place, ctx)
                }
                _ => false,
            };
            if !followed {
                return self.note_unseen_trade(trade, fill, ctx);
            }
        }
        // The rug sells everything; a sale of less is the order's.
        let all = trade
            .qty
            .is_none_or(|qty| qty == self.ledger.account.book().position.qty());
        let rug = trade.kind == TradeKind::Sell
            && all
            && is_rug_sale(ctx.board, &trade.game_id, fill.0, fill.1);
        match (pending, trade.kind) {
            (_, TradeKind::Sell) if rug => self.ledger.rugged(fill.0, Some(fill.1), ctx),
            (Some((slot, Order::Buy { amount }, _)), TradeKind::Buy)
                if trade.amount == Some(amount) =>
            {
                self.execute(slot, fill, ctx);
            }
            (Some((slot, Order::Sell { .. }, _)), TradeKind::Sell) => self.execute(slot, fill, ctx),
            _ => self.note_unseen_trade(trade, fill, ctx),
        }
        if let Some((slot, ..)) = order {
            self.finish(slot, ctx);
        }
    }

    fn note_unseen_trade(&mut self, trade: &NewTrade, fill: Fill, ctx: &Ctx<'_>) {
        if let Some(unseen) = &mut self.unseen {
            unseen.note_trade(trade, fill, ctx.at);
        }
    }

    /// Moves an order to the game in which it was executed; false if that is not the board's current game.
    fn follow_to(
        &mut self,
        slot: u32,
        game_id: &GameId,
        (tick, price): (Option<Tick>, Option<Decimal>),
        ctx: &mut Ctx<'_>,
    ) -> bool {
        if ctx.board.current_id() != Some(game_id) {
            return false;
        }
        self.ledger.write_off(ctx);
        self.ledger.begin(game_id);
        if let Some(order) = self.in_flight.get_mut(slot) {
            let row = &mut order.row;
            row.game_id = game_id.clone();
            (row.tick, row.price) = (tick.unwrap_or_default(), price);
            row.phase = if row.tick == 0 {
                Phase::Presale
            } else {
                Phase::Active
            };
        }
        true
    }

    /// Books a sidebet order, whose window begins at `tick`. It may be placed in the game after the one in which it was
    /// pressed.
    fn place_sidebet(&mut self, slot: u32, bet: &SidebetReport, tick: Tick, ctx: &mut Ctx<'_>) {
        if !self.ledger.is_of(&bet.game_id) {
            self.follow_to(slot, &bet.game_id, (Some(tick), bet.price), ctx);
        }
        self.execute_sidebet(slot, tick, ctx);
    }

    /// Takes the report of a placed sidebet.
    pub fn sidebet_placed(&mut self, bet: &SidebetReport, ctx: &mut Ctx<'_>) {
        if !self.is_own(bet) {
            return;
        }
        let bet = &possible_sidebet(bet, ctx);
        let Some(tick) = bet.start_tick else { return };
        let order = self.in_flight.find(|order| {
            let sidebet = matches!(order.order, Order::Sidebet { .. });
            let stake = order.order.amount();
            let same = bet.bet_amount.is_none_or(|amount| Some(amount) == stake);
            !order.executed && sidebet && same
        });
        if let Some(slot) = order {
            self.place_sidebet(slot, bet, tick, ctx);
            self.finish(slot, ctx);
        } else if let Some(unseen) = &mut self.unseen {
            unseen.note_sidebet(bet, tick, &self.ledger.account, ctx.at);
        }
    }

    /// Whether a report of a sidebet is of this player, as far as it says whose it is.
    fn is_own(&self, bet: &SidebetReport) -> bool {
        let player = bet.player_id.as_deref();
        player.is_none_or(|id| Some(id) == self.player_id())
    }

    /// Takes the report of a decided sidebet.
    pub fn sidebet_result(&mut self, bet: &SidebetReport, ctx: &mut Ctx<'_>) {
        let Some(running) = self.ledger.account.book().sidebet else {
            return; // The board has decided it already.
        };
        let same_start = bet.start_tick.is_none_or(|t| t == running.start_tick);
        let same_stake = bet.bet_amount.is_none_or(|stake| stake == running.stake);
        let same = same_start && same_stake && self.ledger.is_of(&bet.game_id);
        if !same || !self.is_own(bet) {
            return;
        }
        // Either of the two numbers decides; without both the board does.
        if let Some(paid) = bet.payout.or(bet.profit) {
            self.ledger.sidebet_result(bet, paid > Decimal::ZERO, ctx);
        }
    }

    /// Books the fills that the server's account shows.
    pub(super) fn book_inferred_fills(&mut self, server: &ServerState, ctx: &mut Ctx<'_>) {
        let account = &self.ledger.account;
        let whole = server.has_wallet() && !agrees(account, server);
        let orders = self.in_flight.unexecuted().map(|order| Candidates {
            slot: order.slot,
            order: order.order,
            fills: candidates(ctx.board, &order.row),
        });
        let orders: Vec<_> = orders.collect();
        for (slot, fill) in infer_fills(&orders, account, server, whole) {
            if let Some(order) = self.in_flight.get_mut(slot) {
                order.updated |= whole;
                order.shown = true;
                self.latency.to_update.take(order.row.timestamp, ctx.at);
                self.execute(slot, fill, ctx);
            }
        }
    }

    /// Notes that an update came after the execution of an order: it shows its effect.
    pub(super) fn note_shown(&mut self, slot: u32, ctx: &Ctx<'_>) {
        if let Some(order) = self.in_flight.get_mut(slot)
            && order.executed
        {
            order.updated = true;
            if !std::mem::replace(&mut order.shown, true) {
                order.row.confirmed_at = Some(ctx.at);
                self.latency.to_update.take(order.row.timestamp, ctx.at);
            }
        }
    }

    /// Books an order that was not seen being sent: its row begins where the server executed it.
    pub(super) fn book_unseen(&mut self, found: &TradeEvidence, ctx: &mut Ctx<'_>) {
        let Some(order) = found.order(&self.ledger.account) else {
            return;
        };
        let presale = ctx
            .game()
            .is_some_and(|game| game.game_id == found.game && game.phase == Phase::Presale);
        let game = GameContext {
            phase: if presale {
                Phase::Presale
            } else {
                Phase::Active
            },
            game_id: found.game.clone(),
            tick: found.tick,
            price: Some(found.price),
        };
        if !self.ledger.is_of(&game.game_id) {
            self.ledger.begin(&game.game_id);
        }
        let slot = self.ledger.next_slot();
        let row = pressed_row(&order, ActionSource::Browser, &game, found.at);
        let mut pending = PendingOrder::new(slot, order, row);
        // Its answer was missed, and the wallet has shown it.
        (pending.lost, pending.updated, pending.shown) = (true, true, true);
        self.in_flight.orders.push(pending);
        self.execute(slot, (found.tick, found.price), ctx);
        self.finish(slot, ctx);
    }

    /// Books an order at the tick and price at which it was executed.
    pub(super) fn execute(&mut self, slot: u32, (tick, price): Fill, ctx: &mut Ctx<'_>) {
        let Some(order) = self.in_flight.get(slot) else {
            return;
        };
        let event = order.order.account_event(tick, price);
        let game_id = order.row.game_id.clone();
        self.turn_to(&game_id, Some(slot));
        let Some(applied) = self.ledger.account.apply(&event) else {
            // The comparison with the server's account will show the difference.
            let why = "the server did it, but our account does not allow it";
            return self.close(slot, ActionStatus::Unknown, why, ctx);
        };
        if let Some(order) = self.in_flight.get_mut(slot) {
            let row = &mut order.row;
            row.amount = Some(applied.amount);
            (row.qty, row.pnl) = (applied.qty, applied.pnl);
            (row.executed_tick, row.executed_price) = (Some(tick), Some(price));
            row.status = ActionStatus::Confirmed;
            row.confirmed_at = Some(ctx.at);
            self.ledger.complete(row);
            order.executed = true;
            ctx.emit_row(slot, &order.row);
        }
    }

    /// Books an order if it is a sidebet; its window begins at `tick`.
    fn execute_sidebet(&mut self, slot: u32, tick: Tick, ctx: &mut Ctx<'_>) {
        if let Some(order) = self.in_flight.get(slot)
            && !order.executed
            && matches!(order.order, Order::Sidebet { .. })
        {
            let row = &order.row;
            let known = price_at(ctx.board, &row.game_id, tick);
            let price = known.or(row.price.filter(|_| row.tick == tick));
            self.execute(slot, (tick, price.unwrap_or(Decimal::ONE)), ctx);
        }
    }

    /// Books an order at the newest tick: the server says that it was executed, and nothing says at which price.
    fn execute_at_newest(&mut self, slot: u32, server: &ServerState, ctx: &mut Ctx<'_>) {
        let order = self.in_flight.get(slot).map(|order| order.order);
        let running = server.side_bet.as_ref().and_then(Option::as_ref);
        let started = running.and_then(|bet| bet.started_at_tick);
        if let (Some(Order::Sidebet { .. }), Some(tick)) = (order, started) {
            self.execute_sidebet(slot, tick, ctx);
        } else if let Some(game) = ctx.game() {
            let price = game.price.unwrap_or(Decimal::ONE);
            self.execute(slot, (game.tick, price), ctx);
        }
    }

    /// Closes an order that was not executed.
    pub(super) fn refuse(&mut self, slot: u32, code: ReasonCode, why: &str, ctx: &mut Ctx<'_>) {
        if let Some(order) = self.in_flight.get_mut(slot) {
            order.row.reason_code = Some(code);
        }
        self.close(slot, ActionStatus::Refused, why, ctx);
    }

    /// Closes an order whose outcome will not become known.
    pub(super) fn give_up(&mut self, slot: u32, why: &str, ctx: &mut Ctx<'_>) {
        if self
            .in_flight
            .get(slot)
            .is_some_and(|order| !order.executed)
        {
            self.close(slot, ActionStatus::Unknown, why, ctx);
        }
    }

    fn close(&mut self, slot: u32, status: ActionStatus, why: &str, ctx: &mut Ctx<'_>) {
        if let Some(mut order) = self.in_flight.remove_if(slot, |_| true) {
            self.ledger.close(&mut order.row, status, why, &order.order);
            ctx.emit_row(slot, &order.row);
        }
    }

    /// Removes an order about which everything is known, and emits its row with the times of answer and update.
    pub(super) fn finish(&mut self, slot: u32, ctx: &mut Ctx<'_>) {
        if let Some(order) = self.in_flight.remove_if(slot, PendingOrder::is_complete) {
            ctx.emit_row(slot, &order.row);
        }
    }
}
