//! Settles sidebets, the rug and missed endings.

use rust_decimal::Decimal;

use super::context::{Ctx, open_game, price_at};
use super::ledger::SessionLedger;
use crate::account::AccountEvent;
use crate::game::{Game, GameEvent};
use crate::protocol::{SidebetReport, Tick};

impl SessionLedger {
    /// Settles what the events of the board and the board itself decide.
    pub fn settle(&mut self, events: &[GameEvent], ctx: &mut Ctx<'_>) {
        for event in events {
            match event {
                GameEvent::GameComplete(game) => self.game_over(game, ctx),
                GameEvent::Revealed { entry, .. } if self.is_of(&entry.id) => {
                    if let Some(game) = Game::from_history(entry) {
                        self.game_over(&game, ctx);
                    }
                }
                _ => {}
            }
        }
        let board = ctx.board;
        let Some(game) = self.game.as_ref().and_then(|id| open_game(board, id)) else {
            return;
        };
        let reported = self.reported_rug.filter(|(_, price)| price.is_some());
        match (game.rug_tick.filter(|_| game.end.is_some()), reported) {
            (Some(rug), _) => self.rugged(rug, game.prices.get(rug), ctx),
            // The board missed the rug, but a won sidebet reported where it was.
            (None, Some((rug, price))) if game.ended() => self.rugged(rug, price, ctx),
            (None, _) => {
                let newest = u32::try_from(game.prices.len()).unwrap_or(u32::MAX);
                self.expire_sidebet(game, newest, ctx);
            }
        }
    }

    /// Settles what is still open in a game that is over and published.
    fn game_over(&mut self, game: &Game, ctx: &mut Ctx<'_>) {
        if self.is_of(&game.id)
            && let Some(rug) = game.rug_tick
        {
            let reported = self.reported_rug.and_then(|(_, price)| price);
            self.expire_sidebet(game, rug, ctx);
            self.rugged(rug, game.prices.get(rug).or(reported), ctx);
        }
    }

    /// Settles the rug: it decides the sidebet and sells everything. Without a price nothing is sold here; the server
    /// reports it, or [`Self::write_off`] follows.
    pub fn rugged(&mut self, rug: Tick, price: Option<Decimal>, ctx: &mut Ctx<'_>) {
        self.decide_sidebet(rug, true, price, ctx);
        if let Some(price) = price {
            self.liquidate(rug, Some(price), ctx);
        }
    }

    /// Settles what is still open in a game whose end will not be reported any more: at nothing, as a rug whose price
    /// is unknown. Where the wallet is the server's, its next update corrects that.
    pub fn write_off(&mut self, ctx: &mut Ctx<'_>) {
        if self.account.is_idle() {
            return;
        }
        let board = ctx.board;
        let open = self.game.as_ref().and_then(|id| open_game(board, id));
        if let Some((rug, game)) = open.and_then(|game| Some((game.rug_tick?, game))) {
            // It is over, and only its reveal is still to come.
            self.rugged(rug, game.prices.get(rug), ctx);
        }
        if self.account.is_idle() {
            return;
        }
        tracing::warn!(
            "something was still open in a game that is not known any more: written off"
        );
        let end = self.account.book().sidebet.map_or(0, |bet| bet.end_tick());
        self.decide_sidebet(end, false, None, ctx);
        self.liquidate(0, None, ctx);
    }

    /// Takes the server's report that the sidebet is decided; the caller has checked that it is this player's.
    pub fn sidebet_result(&mut self, report: &SidebetReport, won: bool, ctx: &mut Ctx<'_>) {
        if won {
            let rug = report.tick_index.unwrap_or_default();
            self.reported_rug = Some((rug, report.price));
            self.decide_sidebet(rug, true, report.price, ctx);
        } else if let Some(running) = self.account.book().sidebet {
            let end = running.end_tick();
            let price = report.price.filter(|_| report.tick_index == Some(end));
            self.decide_sidebet(end, false, price, ctx);
        }
    }

    /// Decides a sidebet whose window ended before this tick without a rug.
    fn expire_sidebet(&mut self, game: &Game, tick: Tick, ctx: &mut Ctx<'_>) {
        if let Some(bet) = self.account.book().sidebet
            && bet.end_tick() < tick
        {
            // The board may have closed the game: then only this copy has the price.
            let price = game.prices.get(bet.end_tick());
            self.decide_sidebet(bet.end_tick(), false, price, ctx);
        }
    }

    fn decide_sidebet(
        &mut self,
        tick: Tick,
        rugged: bool,
        price: Option<Decimal>,
        ctx: &mut Ctx<'_>,
    ) {
        let Some(bet) = self.account.book().sidebet else {
            return;
        };
        let Some(x_payout) = bet.decided(tick, rugged) else {
            return;
        };
        if x_payout.is_zero() {
            let end = bet.end_tick();
            let game = self.game.as_ref();
            let known = game.and_then(|game| price_at(ctx.board, game, end));
            let price = known.or(price.filter(|_| tick == end));
            self.result(&AccountEvent::LoseSidebet, (Some(end), price), ctx);
        } else {
            self.result(&AccountEvent::WinSidebet, (Some(tick), price), ctx);
        }
    }

    fn liquidate(&mut self, rug: Tick, price: Option<Decimal>, ctx: &mut Ctx<'_>) {
        let event = AccountEvent::Liquidate {
            price: price.unwrap_or_default(),
        };
        self.result(&event, (price.map(|_| rug), price), ctx);
    }
}
