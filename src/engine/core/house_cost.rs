//! What the odds take on average for the risks of the running session, tick by tick.

use rust_decimal::Decimal;

use crate::account::{Action, ActionKind, GameBook, SIDEBET_WINDOW};
use crate::game::Phase;
use crate::protocol::{GameId, Tick, number};
use crate::review::{bet_value, mean_of};
use crate::trading::GameContext;

/// A position at a tick.
#[derive(Debug, Clone)]
struct HeldTick {
    game: GameId,
    tick: Tick,
    qty: Decimal,
    price: Option<Decimal>,
}

/// The sum over the ticks with a known price and over the decided sidebets so far. The review computes the same from the
/// recording.
#[derive(Debug, Clone, Default)]
pub(super) struct HouseCost {
    /// Without what a rug leaves of a position.
    sol: f64,
    /// Tokens held, summed over the ticks.
    token_ticks: f64,
    /// The sum and the number of the rug prices of the games that were played.
    rugs: (f64, u32),
    /// The last game that was played, until it rugs; the last one that rugged.
    played: Option<GameId>,
    rugged: Option<GameId>,
    held: Option<HeldTick>,
    /// The stake of a running sidebet that the session placed.
    stake: Option<Decimal>,
}

impl HouseCost {
    /// Returns the cost in SOL; negative where the odds are in the player's favour.
    pub fn sol(&self) -> f64 {
        let (sum, count) = self.rugs;
        let rug_price = sum / f64::from(count.max(1));
        self.sol - mean_of(self.token_ticks, 0.0, rug_price)
    }

    /// Takes an executed row, before the account after it. Up to its tick the position was held as before: the sale of a
    /// rug comes before the tick of the rug. `has_odds`: whether the odds of the game are published.
    pub fn take_row(&mut self, row: &Action, has_odds: bool) {
        self.played = Some(row.game_id.clone());
        if let Some(tick) = row.executed_tick {
            self.hold_until(&row.game_id, tick);
        }
        match row.action {
            ActionKind::SidebetPlace => self.stake = row.amount,
            ActionKind::SidebetWin | ActionKind::SidebetLose => {
                if let Some(stake) = self.stake.take().filter(|_| has_odds) {
                    let stake = number::to_f64_lossy(stake);
                    self.sol += stake - bet_value(stake, SIDEBET_WINDOW);
                }
            }
            ActionKind::Buy | ActionKind::Sell | ActionKind::Liquidated => {}
        }
    }

    /// Takes the account after a message.
    pub fn take(&mut self, book: &GameBook, game: &GameContext, has_odds: bool) {
        self.hold_until(&game.game_id, game.tick);
        let held = self.held.take().filter(|held| held.game == game.game_id);
        if game.phase == Phase::Active && has_odds {
            // A row may have been ahead of the game.
            let ahead = held.filter(|held| held.tick > game.tick);
            self.held = Some(HeldTick {
                game: game.game_id.clone(),
                tick: ahead.as_ref().map_or(game.tick, |held| held.tick),
                qty: book.position.qty(),
                price: ahead.map_or(game.price, |held| held.price),
            });
        }
        if game.phase == Phase::Rugged
            && self.rugged.as_ref() != Some(&game.game_id)
            && self.played.as_ref() == Some(&game.game_id)
            && let Some(price) = game.price
        {
            self.rugs.0 += number::to_f64_lossy(price);
            self.rugs.1 += 1;
            self.rugged = Some(game.game_id.clone());
        }
    }

    /// Holds the position up to a later tick of its game. Ticks between that did not come have no price: they are left out.
    fn hold_until(&mut self, game: &GameId, tick: Tick) {
        let held = self.held.as_mut();
        let Some(held) = held.filter(|held| held.game == *game && held.tick < tick) else {
            return;
        };
        held.tick = tick;
        if let Some(price) = held.price.take().map(number::to_f64_lossy) {
            let qty = number::to_f64_lossy(held.qty);
            self.sol -= mean_of(qty, price, 0.0);
            self.token_ticks += qty;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Account, AccountEvent, ActionSource};
    use crate::game::Time;

    fn at(phase: Phase, tick: Tick, price: Decimal) -> GameContext {
        GameContext {
            game_id: GameId::new("20251228-242b2d81e73e4f27").expect("an id"),
            phase,
            tick,
            price: Some(price),
        }
    }

    fn row(action: ActionKind, tick: Tick) -> Action {
        let game = at(Phase::Active, tick, Decimal::ONE).game_id;
        Action {
            amount: Some(Decimal::new(1, 1)),
            executed_tick: Some(tick),
            ..Action::new(action, ActionSource::Key, game, Time::UNIX_EPOCH)
        }
    }

    #[test]
    fn each_tick_held_and_each_decided_sidebet_costs_once() {
        let mut account = Account::new(Decimal::ONE, []);
        let mut cost = HouseCost::default();
        let one = Decimal::ONE;
        let costs = |cost: &HouseCost, expected: f64| {
            assert!((cost.sol() - expected).abs() < 1e-8, "{}", cost.sol());
        };
        cost.take(account.book(), &at(Phase::Presale, 0, one), true);
        let buy = AccountEvent::Buy {
            amount: Decimal::new(1, 1),
            price: one,
        };
        account.apply(&buy).expect("possible");
        cost.take_row(&row(ActionKind::Buy, 0), true);
        cost.take(account.book(), &at(Phase::Presale, 0, one), true);
        cost.take(account.book(), &at(Phase::Active, 0, one), true);
        costs(&cost, 0.0);
        for tick in [0, 1, 1, 2, 5] {
            cost.take(account.book(), &at(Phase::Active, tick, one), true);
        }
        // 0.0557 % a tick of what is held. The step from 2 to 5 is one tick with a price, and two without.
        let tick = 0.1 * 0.000_557_37;
        costs(&cost, 3.0 * tick);
        cost.take_row(&row(ActionKind::SidebetPlace, 5), true);
        cost.take(account.book(), &at(Phase::Active, 5, one), true);
        costs(&cost, 3.0 * tick);
        // The results of the rug come before its tick: the step to it was held.
        let bet = 0.1 - bet_value(0.1, SIDEBET_WINDOW);
        cost.take_row(&row(ActionKind::SidebetWin, 6), true);
        cost.take(account.book(), &at(Phase::Active, 5, one), true);
        costs(&cost, 4.0 * tick + bet);
        let rug_price = Decimal::new(2, 2);
        account
            .apply(&AccountEvent::Liquidate { price: rug_price })
            .expect("possible");
        cost.take_row(&row(ActionKind::Liquidated, 6), true);
        cost.take(account.book(), &at(Phase::Active, 5, one), true);
        costs(&cost, 4.0 * tick + bet);
        // A rug leaves something of a position: by the rug prices of the games that were played.
        for _ in 0..2 {
            cost.take(account.book(), &at(Phase::Rugged, 6, rug_price), true);
        }
        costs(&cost, 4.0 * (tick - 0.1 * 0.005 * 0.02) + bet);
    }

    #[test]
    fn a_game_of_an_unknown_generator_costs_nothing_known() {
        let mut account = Account::new(Decimal::ONE, []);
        let buy = AccountEvent::Buy {
            amount: Decimal::new(1, 1),
            price: Decimal::ONE,
        };
        account.apply(&buy).expect("possible");
        let mut cost = HouseCost::default();
        cost.take_row(&row(ActionKind::Buy, 0), false);
        for tick in 0..9 {
            cost.take(
                account.book(),
                &at(Phase::Active, tick, Decimal::ONE),
                false,
            );
        }
        assert!(cost.sol().abs() < 1e-12);
    }
}
