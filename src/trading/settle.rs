//! What the course of the game does to the account: sidebets decided, the rug, the fills of a local wallet.

use rust_decimal::Decimal;

use crate::account::{AccountEvent, ReasonCode};
use crate::game::{Game, GameEvent, Phase};
use crate::protocol::{GameId, Tick};
use crate::trading::session::Seat;
use crate::trading::{Now, TraderEvent};

impl Seat {
    /// Takes what happened on the board. A `local` wallet is filled by it, too.
    pub fn board(
        &mut self,
        events: &[GameEvent],
        local: bool,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        if local {
            self.fill(events, now, out);
        }
        for event in events {
            match event {
                GameEvent::GameComplete(game) => self.game_over(game, now, out),
                GameEvent::Revealed { entry, .. } if self.game.as_ref() == Some(&entry.id) => {
                    if let Some(game) = Game::from_history(entry) {
                        self.game_over(&game, now, out);
                    }
                }
                _ => {}
            }
        }
        let books = self.game.clone();
        if let Some(game) = now
            .board
            .open_games()
            .iter()
            .find(|g| Some(&g.id) == books.as_ref())
        {
            let told = self.told_rug.filter(|(_, price)| price.is_some());
            match (game.rug_tick.filter(|_| game.end.is_some()), told) {
                (Some(rug), _) => self.rugged(rug, game.prices.get(rug), now, out),
                // The board missed the rug, but a won sidebet told where it was.
                (None, Some((rug, price))) if game.ended() => self.rugged(rug, price, now, out),
                (None, _) => self.sidebet_ran_out(game, now, out),
            }
        }
        if let Some(current) = now.board.current_id().cloned() {
            if local && self.game.as_ref() != Some(&current) && now.board.phase() >= Phase::Presale
            {
                self.write_off(now, out);
            }
            self.turn_to(&current);
        }
    }

    /// A game that is over and published: what is still open of it is settled now or never.
    fn game_over(&mut self, game: &Game, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        if self.game.as_ref() == Some(&game.id)
            && let Some(rug) = game.rug_tick
        {
            let told = self.told_rug.and_then(|(_, price)| price);
            if let Some(bet) = self.account.book().sidebet
                && bet.end_tick() < rug
            {
                // The board has closed the game: only here is the price of that tick.
                let price = game.prices.get(bet.end_tick());
                self.decide_sidebet(bet.end_tick(), false, price, now, out);
            }
            self.rugged(rug, game.prices.get(rug).or(told), now, out);
        }
    }

    /// The rug: it decides the sidebet and sells everything. A price that nobody knows pays nothing (local wallet)
    /// or is the server's to tell.
    pub(super) fn rugged(
        &mut self,
        rug: Tick,
        price: Option<Decimal>,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        self.decide_sidebet(rug, true, price, now, out);
        if let Some(price) = price {
            self.liquidate(rug, Some(price), now, out);
        }
    }

    /// What is still open in a game whose end nobody will tell any more: it is settled at nothing, as a rug whose
    /// price is unknown. (Where the wallet is the server's, its next word corrects that.)
    pub(super) fn write_off(&mut self, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        if self.account.is_idle() {
            return;
        }
        let books = self.game.clone();
        let open = now
            .board
            .open_games()
            .iter()
            .find(|g| Some(&g.id) == books.as_ref());
        if let Some((rug, game)) = open.and_then(|game| Some((game.rug_tick?, game))) {
            // It is over, and only its reveal is still to come.
            self.rugged(rug, game.prices.get(rug), now, out);
        }
        if self.account.is_idle() {
            return;
        }
        tracing::warn!(
            "something was still open in a game that is not known any more: written off"
        );
        let end = self.account.book().sidebet.map_or(0, |bet| bet.end_tick());
        self.decide_sidebet(end, false, None, now, out);
        self.liquidate(0, None, now, out);
    }

    fn sidebet_ran_out(&mut self, game: &Game, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        let newest = u32::try_from(game.prices.len()).unwrap_or(u32::MAX);
        if let Some(bet) = self.account.book().sidebet
            && newest > bet.end_tick()
        {
            let price = game.prices.get(bet.end_tick());
            self.decide_sidebet(bet.end_tick(), false, price, now, out);
        }
    }

    pub(super) fn decide_sidebet(
        &mut self,
        tick: Tick,
        rugged: bool,
        price: Option<Decimal>,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let Some(bet) = self.account.book().sidebet else {
            return;
        };
        let Some(x_payout) = bet.decided(tick, rugged) else {
            return;
        };
        if x_payout.is_zero() {
            let end = bet.end_tick();
            let price = self
                .price_of(end, now.board)
                .or(price.filter(|_| tick == end));
            self.result(&AccountEvent::LoseSidebet, Some(end), price, now, out);
        } else {
            self.result(&AccountEvent::WinSidebet, Some(tick), price, now, out);
        }
    }

    fn liquidate(
        &mut self,
        rug: Tick,
        price: Option<Decimal>,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let deed = AccountEvent::Liquidate {
            price: price.unwrap_or_default(),
        };
        self.result(&deed, price.map(|_| rug), price, now, out);
    }

    /// Fills the order of a local wallet at the first tick after the press.
    fn fill(&mut self, events: &[GameEvent], now: Now<'_>, out: &mut Vec<TraderEvent>) {
        let Some(waiting) = self.waiting.as_ref().filter(|w| !w.executed) else {
            return;
        };
        let (game, seen) = (waiting.row.game_id.clone(), waiting.row.tick);
        let rug = events.iter().find_map(|event| match event {
            GameEvent::Rugged { game_id, tick, .. } if *game_id == game => Some(*tick),
            _ => None,
        });
        let next = events.iter().filter_map(|event| match event {
            GameEvent::PriceTick {
                game_id,
                tick,
                price,
                ..
            } if *game_id == game && *tick > seen => Some((*tick, *price)),
            _ => None,
        });
        let over = events
            .iter()
            .any(|event| matches!(event, GameEvent::GameEnded { game_id, .. } if *game_id == game));
        match next.min_by_key(|(tick, _)| *tick) {
            Some((tick, price)) if rug != Some(tick) => {
                self.execute(tick, price, now, out);
                self.finish();
            }
            Some(_) => self.refuse(
                ReasonCode::GameOver,
                "the game rugged before the next tick",
                out,
            ),
            None if over => self.refuse(
                ReasonCode::GameOver,
                "the game ended before the next tick",
                out,
            ),
            None => {}
        }
    }

    /// Begins the books of the game on the table, unless something of another one is still open.
    pub(super) fn turn_to(&mut self, game_id: &GameId) {
        if self.game.as_ref() != Some(game_id) && self.account.is_idle() && !self.waits() {
            self.begin(game_id);
        }
    }

    /// Begins the books of a game.
    pub(super) fn begin(&mut self, game_id: &GameId) {
        self.account.new_game();
        self.game = Some(game_id.clone());
        self.told_rug = None;
    }
}
