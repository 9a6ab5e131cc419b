//! What a strategy has seen so far: the game it is in, its position and the highest prices, the game before, and what the
//! games earned. It sees what a player sees at each tick, and nothing else.

use rust_decimal::Decimal;

use super::condition::{LastGame, OpenPosition, Situation};
use crate::account::Account;
use crate::game::Phase;
use crate::protocol::{GameId, Tick};
use crate::trading::{GameContext, OrderLimits};

/// What a strategy is shown at one moment. A moment may be shown any number of times.
#[derive(Debug, Clone, Copy)]
pub struct StrategyContext<'a> {
    /// The game.
    pub game: &'a GameContext,
    /// The account; `None` before the wallet is known.
    pub account: Option<&'a Account>,
    /// The limits of orders.
    pub limits: &'a OrderLimits,
    /// An order could be placed now: none is in flight, and nothing else forbids every order.
    pub ready: bool,
}

/// What a strategy has seen so far.
#[derive(Debug, Clone, Default)]
pub(super) struct Observer {
    game: Option<GameSoFar>,
    last_game: Option<LastGame>,
    /// The tick of the first sight of the open position, and the highest price since.
    opened: Option<(Tick, Decimal)>,
}

/// The current game as a strategy has seen it.
#[derive(Debug, Clone)]
struct GameSoFar {
    id: GameId,
    /// Its number, from 1; 0 for one that was joined after its start.
    number: u64,
    high: Decimal,
    rugged: Option<Tick>,
}

impl Observer {
    /// Takes what is shown now; returns whether it is of another game than before.
    pub fn see(&mut self, ctx: &StrategyContext<'_>) -> bool {
        let game = ctx.game;
        let is_new = self
            .game
            .as_ref()
            .is_none_or(|seen| seen.id != game.game_id);
        if is_new {
            self.enter(game);
        }
        let Some(seen) = &mut self.game else {
            return is_new;
        };
        let price = ctx.game.price.unwrap_or_default();
        match game.phase {
            Phase::Active => seen.high = seen.high.max(price),
            Phase::Rugged => {
                seen.rugged.get_or_insert(game.tick);
            }
            Phase::Unknown | Phase::Cooldown | Phase::Presale => {}
        }
        let holds = ctx.account.is_some_and(is_holding);
        self.opened = holds.then(|| match self.opened {
            Some((tick, high)) => (tick, high.max(price)),
            None => (game.tick, price),
        });
        is_new
    }

    fn enter(&mut self, game: &GameContext) {
        let number = match self.game.take() {
            Some(seen) => {
                // One that was joined late was not seen whole.
                let whole = seen.rugged.filter(|_| seen.number > 0);
                self.last_game = whole.map(|ticks| LastGame {
                    ticks,
                    peak: seen.high,
                });
                seen.number + 1
            }
            // A game that runs already is not the first one: its presale is over.
            None => u64::from(!matches!(game.phase, Phase::Active | Phase::Rugged)),
        };
        self.opened = None;
        self.game = Some(GameSoFar {
            id: game.game_id.clone(),
            number,
            high: Decimal::ONE,
            rugged: None,
        });
    }

    /// Returns the number of the current game, from 1; 0 for one that was joined after its start.
    pub fn game_number(&self) -> u64 {
        self.game.as_ref().map_or(0, |game| game.number)
    }

    /// Whether the current game has rugged.
    pub fn has_rugged(&self) -> bool {
        self.game.as_ref().is_some_and(|game| game.rugged.is_some())
    }

    /// Whether a position is open.
    pub fn is_holding(&self) -> bool {
        self.opened.is_some()
    }

    /// Returns what conditions are decided by within a game; `games` and `result` are the strategy's.
    pub fn situation(
        &self,
        ctx: &StrategyContext<'_>,
        account: &Account,
        (games, result): (u64, Decimal),
    ) -> Situation {
        let cost = account.holding().entry_price;
        let position = self.opened.zip(cost);
        Situation {
            tick: ctx.game.tick,
            price: ctx.game.price,
            position: position.map(|((opened_tick, high), average_cost)| OpenPosition {
                opened_tick,
                average_cost,
                high,
            }),
            game_high: self.game.as_ref().map_or(Decimal::ONE, |game| game.high),
            games,
            balance: account.balance(),
            result,
            last_game: self.last_game,
        }
    }

    /// Returns what conditions are decided by between two games, when the current one has rugged.
    pub fn situation_after_game(&self, account: &Account, of: (u64, Decimal)) -> Situation {
        let (games, result) = of;
        let rugged = self.game.as_ref().and_then(|game| {
            let ticks = game.rugged.filter(|_| game.number > 0)?;
            Some(LastGame {
                ticks,
                peak: game.high,
            })
        });
        Situation {
            games,
            balance: account.balance(),
            result,
            last_game: rugged.or(self.last_game),
            ..Situation::default()
        }
    }
}

/// Whether a position is held.
pub(super) fn is_holding(account: &Account) -> bool {
    !account.book().position.is_flat()
}
