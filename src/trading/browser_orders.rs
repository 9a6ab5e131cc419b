//! Orders that the player places in a browser: they are seen being sent there, and nothing is sent from here. The
//! account is computed beside the server's as for orders of our own, so a drift is a real one.

use super::context::Ctx;
use super::order::OrderAnswer;
use super::page_signs::{BrowserAccount, EarlyOrder, PageEvent, UnrecordedOrder};
use super::server_state::Identity;
use super::trader::Trader;
use crate::account::Account;
use crate::game::Time;
use crate::protocol::{Ack, Event, GameId, Request};

impl Trader {
    /// Takes a request that the page was seen sending, with the number of its answer. It has happened: nothing here
    /// refuses it.
    ///
    /// # Errors
    /// Why it cannot be a row of the session now.
    pub fn page_order(
        &mut self,
        request: &Request,
        ack_id: Option<u64>,
        ctx: &mut Ctx<'_>,
    ) -> Result<(), UnrecordedOrder> {
        let Some(order) = self.page.order_of(request)? else {
            return Ok(());
        };
        let game = ctx.game().ok_or(UnrecordedOrder::NoGame)?;
        if let Some(session) = &mut self.session {
            session.press_in_browser(order, ack_id, &game, ctx);
            return Ok(());
        }
        let at = ctx.at;
        self.page.keep_early(EarlyOrder {
            order,
            ack_id,
            game,
            at,
        });
        Err(UnrecordedOrder::NoWallet)
    }

    /// Whether an order of the page waits for the answer of this number.
    pub fn awaits_page_answer(&self, ack_id: u64) -> bool {
        let mut in_flight = self.session.iter().flat_map(|s| s.in_flight.orders.iter());
        in_flight.any(|order| order.ack_id == Some(ack_id)) || self.page.awaits(ack_id)
    }

    /// Takes the server's answer to a request of the page; one that no order waits for changes nothing.
    pub fn page_answer(&mut self, ack_id: u64, ack: Ack, ctx: &mut Ctx<'_>) {
        if !ack.success {
            self.page.refused(ack_id);
        }
        if let Some(session) = &mut self.session
            && let Some(order) = session
                .in_flight
                .orders
                .iter_mut()
                .find(|order| order.ack_id == Some(ack_id))
        {
            // A second answer does not count.
            order.ack_id = None;
            order.lost &= !ack.success;
            let (slot, answer) = (order.slot, OrderAnswer::Ack(Box::new(ack)));
            session.answered(slot, answer, self.player.newest(), ctx);
        }
        self.compare_waiting(ctx);
    }

    /// Takes an update of the game on the page's connection.
    pub fn page_game_update(&mut self, at: Time) {
        self.page.game_update(at);
    }

    /// Takes what an event shows of the page's account; false when its contents are not to be read.
    pub(super) fn page_event(&mut self, event: &Event, ctx: &mut Ctx<'_>) -> bool {
        match self.page.event(event, self.player.identity(), ctx.at) {
            PageEvent::Ignored => false,
            PageEvent::Read => true,
            PageEvent::Identified(status) => {
                self.identify(&status, ctx);
                true
            }
        }
    }

    /// Starts the session of a wallet that became known. If an order was seen before, the session starts before that
    /// order, as far as the wallet shows its effect.
    pub(super) fn start_known_wallet(
        &mut self,
        identity: Identity,
        account: &Account,
        game: Option<GameId>,
        ctx: &mut Ctx<'_>,
    ) {
        let Some((early, before)) = self.page.take_early(account, ctx.board) else {
            self.start_session(Some(identity), account, game, ctx);
            return;
        };
        let then = &mut Ctx {
            board: ctx.board,
            at: early.at,
            out: &mut *ctx.out,
        };
        self.start_session(Some(identity), &before, game, then);
        if let Some(session) = &mut self.session {
            session.press_in_browser(early.order, early.ack_id, &early.game, then);
            session.update(self.player.newest(), ctx);
        }
    }

    /// Returns what is known of the account in the page; `None` where orders are pressed here.
    pub(super) fn browser_account(&self) -> Option<BrowserAccount> {
        let identified = self.player.identity().is_some();
        let wallet_known = identified && self.player.server().cash.is_some();
        self.is_in_browser()
            .then(|| self.page.account(wallet_known))
    }
}
