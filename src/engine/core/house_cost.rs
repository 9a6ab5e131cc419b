//! What the odds take on average for the risks of the running session, tick by tick.

use rust_decimal::Decimal;

use crate::account::{GameBook, OpenSidebet, SIDEBET_WINDOW};
use crate::game::Phase;
use crate::protocol::{GameId, Tick, number};
use crate::review::{bet_value, mean_of};
use crate::trading::GameContext;

/// The mean price at which a rug sells a position, of the practice table's games.
const RUG_PRICE: f64 = 0.013;

/// A position at a tick.
#[derive(Debug, Clone)]
struct HeldTick {
    game: GameId,
    tick: Tick,
    qty: Decimal,
    price: Option<Decimal>,
}

/// The sum over the ticks and sidebets so far. The review computes the same from the recording.
#[derive(Debug, Clone, Default)]
pub(super) struct HouseCost {
    sol: f64,
    /// Ticks with a known price over which a position was held, and those without one, which are left out.
    ticks: [u32; 2],
    held: Option<HeldTick>,
    sidebet: Option<OpenSidebet>,
}

impl HouseCost {
    /// Returns the cost in SOL; negative where the odds are in the player's favour.
    pub fn sol(&self) -> f64 {
        self.sol
    }

    /// Takes the account after a message. `is_known`: whether the odds of the game are published.
    pub fn take(&mut self, book: &GameBook, game: &GameContext, is_known: bool) {
        let held = self.held.take().filter(|held| held.game == game.game_id);
        if let Some(held) = held.filter(|held| held.tick < game.tick && !held.qty.is_zero())
            && is_known
        {
            let unknown = game.tick - held.tick - u32::from(held.price.is_some());
            self.ticks[1] = self.ticks[1].saturating_add(unknown);
            if let Some(price) = held.price.map(number::to_f64_lossy) {
                self.sol -= mean_of(number::to_f64_lossy(held.qty), price, RUG_PRICE);
                self.ticks[0] = self.ticks[0].saturating_add(1);
            }
        }
        if game.phase == Phase::Active {
            self.held = Some(HeldTick {
                game: game.game_id.clone(),
                tick: game.tick,
                qty: book.position.qty(),
                price: game.price,
            });
        }
        if let Some(bet) = book.sidebet.filter(|bet| self.sidebet != Some(*bet))
            && is_known
        {
            let stake = number::to_f64_lossy(bet.stake);
            self.sol += stake - bet_value(stake, SIDEBET_WINDOW);
        }
        self.sidebet = book.sidebet;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::{Account, AccountEvent};

    fn at(phase: Phase, tick: Tick, price: Decimal) -> GameContext {
        GameContext {
            game_id: GameId::new("20251228-242b2d81e73e4f27").expect("an id"),
            phase,
            tick,
            price: Some(price),
        }
    }

    #[test]
    fn each_tick_held_and_each_sidebet_costs_once() {
        let mut account = Account::new(Decimal::ONE, []);
        let mut cost = HouseCost::default();
        let one = Decimal::ONE;
        cost.take(account.book(), &at(Phase::Presale, 0, one), true);
        let buy = AccountEvent::Buy {
            amount: Decimal::new(1, 1),
            price: one,
        };
        account.apply(&buy).expect("possible");
        cost.take(account.book(), &at(Phase::Presale, 0, one), true);
        cost.take(account.book(), &at(Phase::Active, 0, one), true);
        assert!(cost.sol().abs() < 1e-12, "no tick yet");
        for tick in [0, 1, 1, 2, 5] {
            cost.take(account.book(), &at(Phase::Active, tick, one), true);
        }
        // The step from 2 to 5 is one tick with a price, and two without.
        assert_eq!(cost.ticks, [3, 2]);
        // 0.0557 % a tick of what is held, less the share that a rug leaves.
        let expected = 3.0 * 0.1 * (0.000_557_37 - 0.005 * 0.013);
        assert!((cost.sol() - expected).abs() < 1e-8, "{}", cost.sol());
        let bet = AccountEvent::PlaceSidebet {
            stake: Decimal::new(1, 1),
            tick: 5,
        };
        account.apply(&bet).expect("possible");
        for _ in 0..3 {
            cost.take(account.book(), &at(Phase::Active, 5, one), true);
        }
        assert!(
            (cost.sol() - expected - 0.00916).abs() < 1e-5,
            "{}",
            cost.sol()
        );
        // The rug ends the position: the step to it was taken, and nothing more.
        cost.take(account.book(), &at(Phase::Rugged, 6, one), true);
        cost.take(account.book(), &at(Phase::Rugged, 7, one), true);
        assert_eq!(cost.ticks, [4, 2]);
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
