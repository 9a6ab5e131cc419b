//! One player's session while it runs: his account, the orders that wait, and the rows that come of them.

use std::collections::VecDeque;

use rust_decimal::Decimal;
use uuid::Uuid;

use crate::account::{
    Account, ActionSource, ActionStatus, LocalWallet, ReasonCode, SessionEvent, WalletKind,
};
use crate::game::{Phase, ServerInfo};
use crate::protocol::{GameId, NewTrade, SidebetReport, Tick, TradeKind};
use crate::trading::drift::Checks;
use crate::trading::fills::{is_ahead, price_of_trade};
use crate::trading::in_flight::Waiting;
use crate::trading::rows::{pressed_row, tell_row};
use crate::trading::unseen::Unasked;
use crate::trading::{
    ANSWER_LIMIT, Delays, GameContext, Identity, Now, Order, OrderAnswer, OrderLimits, Refusal,
    ServerState, TraderEvent,
};

/// More of a server's text than anybody reads.
const MAX_REASON_CHARS: usize = 300;
/// Own trades that are remembered: the same one may be told twice.
const TRADES_REMEMBERED: usize = 64;

/// A running session.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    pub(super) identity: Option<Identity>,
    pub(super) account: Account,
    /// The game that the books are of.
    pub(super) game: Option<GameId>,
    /// The order that is looked at; by itself the oldest one on its way.
    pub(super) waiting: Option<Waiting>,
    /// The others, oldest first.
    pub(super) behind: Vec<Waiting>,
    /// What is known of orders that nobody saw leaving; where orders are pressed here, there are none.
    pub(super) unasked: Option<Unasked>,
    pub(super) checks: Checks,
    pub(super) seq: u32,
    pub(super) slots: u32,
    pub(super) delays: Delays,
    /// Tick and price of the rug, if a won sidebet told it before the board.
    pub(super) told_rug: Option<(Tick, Option<Decimal>)>,
    trades: VecDeque<String>,
}

impl Seat {
    pub fn sit_down(
        identity: Option<Identity>,
        wallet: WalletKind,
        account: &Account,
        game: Option<GameId>,
        (session_id, server): (Uuid, Option<ServerInfo>),
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) -> Self {
        // What a wallet paid for its lots is not in the file: from here on it is what they are told to have cost.
        let lots: Vec<_> = account.book().position.lots().copied().collect();
        let account =
            Account::with_sidebet(account.balance(), lots.clone(), account.book().sidebet);
        out.push(TraderEvent::Session(SessionEvent::Started {
            at: now.at,
            player_id: identity.as_ref().map(|i| i.player_id.clone()),
            username: identity.as_ref().and_then(|i| i.username.clone()),
            wallet,
            balance: account.balance(),
            lots,
            sidebet: account.book().sidebet,
            session_id: Some(session_id),
            server,
        }));
        Self {
            identity,
            account,
            game,
            waiting: None,
            behind: Vec::new(),
            unasked: None,
            checks: Checks::default(),
            seq: 0,
            slots: 0,
            delays: Delays::default(),
            told_rug: None,
            trades: VecDeque::new(),
        }
    }

    pub fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    pub fn player_id(&self) -> Option<&str> {
        self.identity.as_ref().map(|i| i.player_id.as_str())
    }

    pub fn put_down(&self) -> LocalWallet {
        LocalWallet {
            account: self.account.clone(),
            game: self.game.clone().filter(|_| !self.account.is_idle()),
        }
    }

    /// Whether no order waits for news that may still come.
    pub fn is_ready(&self) -> bool {
        self.in_flight().all(Waiting::given_up)
    }

    /// Says whether the order may be sent.
    pub fn may_press(
        &self,
        order: &Order,
        rules: &OrderLimits,
        sight: &GameContext,
    ) -> Result<(), Refusal> {
        if !self.is_ready() {
            return Err(Refusal::Pending);
        }
        let price = sight.price.unwrap_or(Decimal::ONE);
        rules.check(order, &self.account, sight.phase, price)
    }

    /// Writes the row of a press; `refused` says why it is not sent.
    pub fn press(
        &mut self,
        order: Order,
        source: ActionSource,
        refused: Option<&Refusal>,
        sight: &GameContext,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let mut row = pressed_row(&order, source, sight, now.at);
        self.slots += 1;
        let slot = self.slots;
        if let Some(refusal) = refused {
            row.reason_code = Some(refusal.code());
            self.close(
                &mut row,
                ActionStatus::Refused,
                &refusal.to_string(),
                &order,
            );
            tell_row(slot, &row, out);
            return;
        }
        // Nothing more will be known of the one before.
        self.give_up("no news of it ever came", out);
        if self.game.as_ref() != Some(&sight.game_id) {
            // What is still open in another game will not be told any more.
            self.write_off(now, out);
            self.begin(&sight.game_id);
        }
        tell_row(slot, &row, out);
        self.waiting = Some(Waiting::new(slot, order, row));
    }

    /// In the presale the price is 1: a local wallet fills there and then.
    pub fn fill_presale(&mut self, sight: &GameContext, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        if sight.phase == Phase::Presale {
            self.execute(0, Decimal::ONE, now, out);
            self.finish();
        }
    }

    pub fn answered(
        &mut self,
        answer: OrderAnswer,
        server: &ServerState,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let Some(waiting) = &mut self.waiting else {
            return;
        };
        match answer {
            OrderAnswer::Ack(ack) if ack.success => {
                self.delays.to_ack.take(waiting.row.timestamp, now.at);
                waiting.row.acked_at = Some(now.at);
                let placed = ack.sidebet.and_then(|bet| Some((bet.start_tick?, bet)));
                if let Some((tick, bet)) = placed.filter(|_| !waiting.executed) {
                    self.place(&bet, tick, now, out);
                } else if !waiting.executed && waiting.updated {
                    // It was done, and the wallet that the server told is not what it should have made of ours.
                    self.execute_at_sight(server, now, out);
                }
                self.finish_told(out);
            }
            OrderAnswer::Ack(ack) if !waiting.executed => {
                waiting.row.acked_at = Some(now.at);
                let text = ack.message.as_deref().unwrap_or("the server refused it");
                let text: String = text.chars().take(MAX_REASON_CHARS).collect();
                self.refuse(ReasonCode::ServerRefused, &text, out);
            }
            OrderAnswer::NotSent(why) if !waiting.executed => {
                self.refuse(ReasonCode::NotSent, why, out);
            }
            // What was done is done, whatever the answer says.
            OrderAnswer::Ack(_) | OrderAnswer::NotSent(_) | OrderAnswer::Lost => {
                waiting.lost = true;
                self.finish_told(out);
            }
        }
    }

    /// Takes a trade; the own one tells price and tick of what was pressed, or what the rug sold.
    pub fn trade(&mut self, trade: &NewTrade, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        if Some(trade.player_id.as_str()) != self.player_id() || self.trades.contains(&trade.id) {
            return;
        }
        if self.trades.len() == TRADES_REMEMBERED {
            self.trades.pop_front();
        }
        self.trades.push_back(trade.id.clone());
        self.bring_forward_of(trade);
        self.trade_of_ours(trade, now, out);
        self.line_up();
    }

    fn trade_of_ours(&mut self, trade: &NewTrade, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        let price = trade.price.or_else(|| price_of_trade(trade, now.board));
        let (Some(tick), Some(price)) = (trade.tick_index, price) else {
            return;
        };
        if self.game.as_ref() != Some(&trade.game_id) && !self.follow_order_to(trade, now, out) {
            self.note_trade(trade, (tick, price), now);
            return;
        }
        let pressed = self.waiting.as_ref().filter(|waiting| !waiting.executed);
        let order = pressed.map(|waiting| waiting.order);
        // The rug sells everything; what sells less is the order.
        let all = trade
            .qty
            .is_none_or(|qty| qty == self.account.book().position.qty());
        let rug = trade.kind == TradeKind::Sell
            && all
            && is_ahead(now.board, &trade.game_id, tick, price);
        match (order, trade.kind) {
            (_, TradeKind::Sell) if rug => self.rugged(tick, Some(price), now, out),
            (Some(Order::Buy { amount }), TradeKind::Buy) if trade.amount == Some(amount) => {
                self.execute(tick, price, now, out);
            }
            (Some(Order::Sell { .. }), TradeKind::Sell) => self.execute(tick, price, now, out),
            _ => self.note_trade(trade, (tick, price), now),
        }
        self.finish_told(out);
    }

    /// An order may be executed in another game than the one in which it was pressed: it is a row of that one.
    fn follow_order_to(
        &mut self,
        trade: &NewTrade,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) -> bool {
        let pressed = self.waiting.as_ref().filter(|waiting| !waiting.executed);
        let fits = pressed.is_some_and(|waiting| match waiting.order {
            Order::Buy { amount } => trade.kind == TradeKind::Buy && trade.amount == Some(amount),
            Order::Sell { .. } | Order::Sidebet { .. } => false,
        });
        fits && self.follow_to(&trade.game_id, (trade.tick_index, trade.price), now, out)
    }

    /// The waiting order was executed in this game, which is the one on the board: false if it is not.
    fn follow_to(
        &mut self,
        game_id: &GameId,
        at: (Option<Tick>, Option<Decimal>),
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) -> bool {
        if now.board.current_id() != Some(game_id) {
            return false;
        }
        self.write_off(now, out);
        self.begin(game_id);
        if let Some(waiting) = &mut self.waiting {
            let row = &mut waiting.row;
            row.game_id = game_id.clone();
            (row.tick, row.price) = (at.0.unwrap_or_default(), at.1);
            row.phase = if row.tick == 0 {
                Phase::Presale
            } else {
                Phase::Active
            };
        }
        true
    }

    /// A sidebet, too, may be placed in the game after the one in which it was pressed.
    fn place(&mut self, bet: &SidebetReport, tick: Tick, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        if self.game.as_ref() != Some(&bet.game_id) {
            self.follow_to(&bet.game_id, (Some(tick), bet.price), now, out);
        }
        self.execute_sidebet(tick, now, out);
    }

    pub fn sidebet_placed(
        &mut self,
        bet: &SidebetReport,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let Some(tick) = bet.start_tick else { return };
        let fits = |waiting: &Waiting| {
            let sidebet = matches!(waiting.order, Order::Sidebet { .. });
            let stake = waiting.order.amount();
            !waiting.executed && sidebet && bet.bet_amount.is_none_or(|told| Some(told) == stake)
        };
        self.bring_forward(fits);
        let pressed = self.waiting.as_ref().filter(|waiting| fits(waiting));
        let stake = pressed.and_then(|waiting| waiting.order.amount());
        if stake.is_some() && self.is_ours(bet, stake) {
            self.place(bet, tick, now, out);
            self.finish_told(out);
        } else if self.is_ours(bet, bet.bet_amount) {
            self.note_bet(bet, tick, now);
        }
        self.line_up();
    }

    /// Whether a report of a sidebet is of ours, as far as it says whose it is and of how much.
    fn is_ours(&self, bet: &SidebetReport, stake: Option<Decimal>) -> bool {
        let player = bet.player_id.as_deref();
        player.is_none_or(|id| Some(id) == self.player_id())
            && bet.bet_amount.is_none_or(|told| Some(told) == stake)
    }

    pub fn sidebet_result(
        &mut self,
        bet: &SidebetReport,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let running = self.account.book().sidebet;
        let ours = running.filter(|running| bet.start_tick.is_none_or(|t| t == running.start_tick));
        let stake = ours.map(|running| running.stake);
        if self.game.as_ref() != Some(&bet.game_id) || ours.is_none() || !self.is_ours(bet, stake) {
            return; // Decided already, by the board; or somebody else's.
        }
        // Either of the two tells; without both the board decides.
        let won = bet.payout.or(bet.profit);
        let Some(won) = won.map(|paid| paid > Decimal::ZERO) else {
            return;
        };
        if won {
            let rug = bet.tick_index.unwrap_or_default();
            self.told_rug = Some((rug, bet.price));
            self.decide_sidebet(rug, true, bet.price, now, out);
        } else if let Some(running) = ours {
            let end = running.end_tick();
            let price = bet.price.filter(|_| bet.tick_index == Some(end));
            self.decide_sidebet(end, false, price, now, out);
        }
    }

    pub fn clock(&mut self, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        let overdue = |waiting: &Waiting| now.at - waiting.row.timestamp >= ANSWER_LIMIT;
        self.each_waiting(|seat| {
            if let Some(waiting) = seat.waiting.as_mut().filter(|waiting| overdue(waiting)) {
                waiting.lost = true;
                seat.finish_told(out);
            }
        });
    }

    /// Takes the server's view of the account: perhaps it tells what became of an order.
    pub fn reconcile(&mut self, server: &ServerState, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        // Without its wallet an update does not tell what became of an order.
        let told = server.cash.is_some() && server.position_qty.is_some();
        self.each_waiting(|seat| seat.note_shown(now));
        self.explain_orders(told, server, now, out);
        self.explain_unasked(server, now, out);
        let unchanged = crate::trading::drift::agrees(&self.account, server);
        self.each_waiting(|seat| {
            if let Some(waiting) = seat.waiting.as_mut().filter(|waiting| !waiting.executed) {
                waiting.updated |= told && !unchanged;
                if waiting.given_up() && told {
                    seat.give_up(
                        if unchanged {
                            "no answer came, and the wallet shows that it was not done"
                        } else {
                            "no answer came, and the wallet does not tell what became of it"
                        },
                        out,
                    );
                }
            }
            seat.finish_told(out);
        });
        self.compare(server, now, out);
    }

    /// The news of the account that came show what the order in front did, if that is known already.
    fn note_shown(&mut self, now: Now<'_>) {
        let Some(waiting) = self.waiting.as_mut().filter(|waiting| waiting.executed) else {
            return;
        };
        waiting.updated = true;
        if !std::mem::replace(&mut waiting.shown, true) {
            waiting.row.confirmed_at = Some(now.at);
            self.delays.to_update.take(waiting.row.timestamp, now.at);
        }
    }

    pub fn disconnected(&mut self) {
        self.checks.not_comparable();
        self.answers_are_lost();
    }

    pub fn stand_up(&mut self, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        self.each_waiting(|seat| {
            if seat.waiting.as_ref().is_some_and(|w| w.executed) {
                seat.finish_told(out);
            }
            seat.give_up("the session ended before an answer came", out);
        });
        out.push(TraderEvent::Session(SessionEvent::Ended { at: now.at }));
    }
}
