//! The risks that a player took, tick by tick, and what chance could have made of them.
//!
//! A simulation holds the same tokens over the same ticks, on a new price path from where each position began, until the
//! game rugs. The result less the expected change of each tick that was reached is none on average: its spread is
//! the band of the luck. What the rug ended counts in full in a simulation: a bet for its whole window, and a position as
//! long as another trade of the session was held. Without that a loss would shrink the risk that it came from.

use rust_decimal::Decimal;

use super::split_mix::SplitMix;
use crate::account::{SIDEBET_PAYOUT, SIDEBET_WINDOW};
use crate::fairness::{
    BIG_MOVE_CHANCE, BIG_MOVE_MAX, BIG_MOVE_MIN, DRIFT_MAX, DRIFT_MIN, GOD_CANDLE_CHANCE,
    GOD_CANDLE_FACTOR, GOD_CANDLE_MAX_PRICE, RUG_CHANCE, SmallMove,
};
use crate::protocol::{MAX_TICK, Tick, number};

/// What was at risk from one tick to the next. Money in SOL.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct RiskedTick {
    /// Tokens held.
    qty: f64,
    /// The price if a position began here, or 0 if it began before.
    began_at: f64,
    /// What a rug adds to the value of the sidebet.
    bet_rugged: f64,
    /// What another tick adds to it; negative.
    bet_survived: f64,
}

impl RiskedTick {
    fn is_risk(&self) -> bool {
        self.qty != 0.0 || self.bet_rugged != 0.0
    }
}

/// The risks of a game.
#[derive(Debug, Clone, PartialEq, Default)]
struct GameExposure {
    /// The place of the game in the timeline.
    place: usize,
    /// By tick; when the session is over, only those with a risk.
    ticks: Vec<RiskedTick>,
    /// The expected change of the tokens that were held, in SOL.
    mean: f64,
    /// A position that the rug ended: the ticks that it was held, and the first tick after it.
    rugged: Option<(Tick, Tick)>,
}

/// The risks of a session.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Exposure {
    games: Vec<GameExposure>,
    /// For how many ticks the positions were held that ended with a sale.
    holds: Vec<Tick>,
}

impl GameExposure {
    fn at(&mut self, tick: Tick) -> &mut RiskedTick {
        // A file may name any tick, and no game is longer.
        let tick = tick.min(MAX_TICK) as usize;
        if self.ticks.len() <= tick {
            self.ticks.resize(tick + 1, RiskedTick::default());
        }
        &mut self.ticks[tick]
    }

    /// Holds the tokens that the rug took for `ticks` more.
    fn continue_for(&mut self, ticks: Tick) {
        let Some((_, next)) = self.rugged else { return };
        let last = next.checked_sub(1).map_or(0.0, |last| self.at(last).qty);
        for tick in next..next.saturating_add(ticks).min(MAX_TICK) {
            self.at(tick).qty = last;
        }
    }

    /// Draws the luck of the game in several simulations: what changed, less what was expected to.
    fn draw<const N: usize>(&self, rug_price: f64, random: &mut [SplitMix; N]) -> [f64; N] {
        let mut runs = random.each_mut().map(|random| GameRun {
            random: random.clone(),
            luck: 0.0,
            price: 0.0,
            is_over: false,
        });
        for tick in &self.ticks {
            for run in &mut runs {
                run.take(tick, rug_price);
            }
        }
        for (random, run) in random.iter_mut().zip(&runs) {
            *random = run.random.clone();
        }
        runs.map(|run| run.luck)
    }
}

/// A simulation of a game.
struct GameRun {
    random: SplitMix,
    luck: f64,
    price: f64,
    is_over: bool,
}

impl GameRun {
    #[inline]
    fn take(&mut self, tick: &RiskedTick, rug_price: f64) {
        if self.is_over {
            return;
        }
        if tick.began_at > 0.0 {
            self.price = tick.began_at;
        }
        let (price, drawn) = (self.price, self.random.next_f64());
        if tick.qty > 0.0 {
            self.luck -= mean_of(tick.qty, price, rug_price);
        }
        if drawn < RUG_CHANCE {
            self.luck += tick.qty * (rug_price - price);
            self.luck += tick.bet_rugged;
            self.is_over = true;
            return;
        }
        self.luck += tick.bet_survived;
        if tick.qty > 0.0 {
            let drawn = (drawn - RUG_CHANCE) / (1.0 - RUG_CHANCE);
            let change = change(price, drawn, &mut self.random);
            self.luck += tick.qty * price * change;
            self.price *= 1.0 + change;
        }
    }
}

impl Exposure {
    /// Begins a game.
    pub fn enter(&mut self, place: usize) {
        self.games.push(GameExposure {
            place,
            ..GameExposure::default()
        });
    }

    /// Takes tokens that were held from a tick to the next one.
    pub fn hold(&mut self, tick: Tick, qty: f64, price: f64, mean: f64) {
        let Some(game) = self.games.last_mut() else {
            return;
        };
        let began = tick
            .checked_sub(1)
            .is_none_or(|before| game.at(before).qty == 0.0);
        game.mean += mean;
        let risked = game.at(tick);
        risked.qty += qty;
        if began {
            risked.began_at = price;
        }
    }

    /// Takes a sidebet.
    pub fn bet(&mut self, stake: f64, start: Tick) {
        let Some(game) = self.games.last_mut() else {
            return;
        };
        for passed in 0..SIDEBET_WINDOW {
            let left = SIDEBET_WINDOW - passed;
            let value = bet_value(stake, left);
            let risked = game.at(start.saturating_add(passed));
            risked.bet_rugged += stake * payout() - value;
            risked.bet_survived += bet_value(stake, left - 1) - value;
        }
    }

    /// Takes the end of a position: for how long it was held, and the tick of the rug if that ended it.
    pub fn end(&mut self, held: Tick, rug: Option<Tick>) {
        match (rug, self.games.last_mut()) {
            (None, _) => self.holds.push(held),
            (Some(rug), Some(game)) => game.rugged = Some((held, rug)),
            (Some(_), None) => {}
        }
    }

    /// Ends the session.
    pub fn finish(&mut self) {
        let holds = &self.holds;
        // A game without a risk, watched or not, changes nothing of the others.
        self.games
            .retain(|game| game.ticks.iter().any(RiskedTick::is_risk));
        for (number, game) in (0..).zip(&mut self.games) {
            if let Some((held, _)) = game.rugged {
                let longer: Vec<_> = holds.iter().filter(|other| **other > held).collect();
                let chosen = SplitMix::stream(longer.len() as u64, number).next_f64();
                if let Some(other) = longer.get(share_of(longer.len(), chosen)) {
                    game.continue_for(**other - held);
                }
            }
            game.ticks.retain(RiskedTick::is_risk);
        }
    }

    /// Returns the games in which something was risked: the place, and the expected change of what was held.
    pub fn games(&self) -> impl ExactSizeIterator<Item = (usize, f64)> {
        self.games.iter().map(|game| (game.place, game.mean))
    }

    /// Returns the luck of each game in several simulations, in the order of [`Self::games`].
    pub fn draw<const N: usize>(
        &self,
        rug_price: f64,
        mut random: [SplitMix; N],
    ) -> impl Iterator<Item = [f64; N]> {
        let games = self.games.iter();
        games.map(move |game| game.draw(rug_price, &mut random))
    }
}

/// Returns the place at a share of so many.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a place among few"
)]
fn share_of(count: usize, share: f64) -> usize {
    (count as f64 * share) as usize
}

/// Draws the relative change of a price in a tick that does not rug; `drawn` is from 0 to 1.
#[inline]
fn change(price: f64, drawn: f64, random: &mut SplitMix) -> f64 {
    let god = if price <= GOD_CANDLE_MAX_PRICE {
        GOD_CANDLE_CHANCE
    } else {
        0.0
    };
    if drawn < god {
        return GOD_CANDLE_FACTOR - 1.0;
    }
    let (first, second) = random.next_pair();
    if drawn < god + (1.0 - god) * BIG_MOVE_CHANCE {
        let size = BIG_MOVE_MIN + first * (BIG_MOVE_MAX - BIG_MOVE_MIN);
        return if second < 0.5 { size } else { -size };
    }
    let drift = DRIFT_MIN + first * (DRIFT_MAX - DRIFT_MIN);
    drift + SmallMove::from_price(price).volatility() * (2.0 * second - 1.0)
}

/// Returns the expected factor of a price over one tick without the rug, times the chance that the game does not rug.
pub(super) fn factor(price: f64) -> f64 {
    let usual = 1.0 + (1.0 - BIG_MOVE_CHANCE) * SmallMove::MEAN;
    let moved = if price <= GOD_CANDLE_MAX_PRICE {
        GOD_CANDLE_CHANCE * GOD_CANDLE_FACTOR + (1.0 - GOD_CANDLE_CHANCE) * usual
    } else {
        usual
    };
    (1.0 - RUG_CHANCE) * moved
}

/// Returns the expected change of tokens over one tick, in SOL.
pub fn mean_of(qty: f64, price: f64, rug_price: f64) -> f64 {
    qty * (price * (factor(price) - 1.0) + RUG_CHANCE * rug_price)
}

/// Returns the expected share of a position's value that one tick costs, without what a rug leaves: 0.000557 up to a price
/// of 100, slightly more above.
pub fn holding_cost(price: Decimal) -> f64 {
    1.0 - factor(number::to_f64_lossy(price))
}

fn payout() -> f64 {
    number::to_f64_lossy(SIDEBET_PAYOUT)
}

/// Returns the expected payout of a sidebet with so many ticks left, in SOL.
pub fn bet_value(stake: f64, left: Tick) -> f64 {
    let survives = (1.0 - RUG_CHANCE).powi(i32::try_from(left).unwrap_or(i32::MAX));
    stake * payout() * (1.0 - survives)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rust_decimal::Decimal;

    #[test]
    fn the_factors_are_those_of_the_published_odds() {
        assert!((factor(1.0) - 0.999_442_63).abs() < 5e-9, "{}", factor(1.0));
        assert!(factor(100.1) < factor(100.0));
        // Hold from tick 0 for 1, 40, 160 ticks, with the mean rug price.
        for (ticks, known) in [(1, 0.9995), (40, 0.9801), (160, 0.9213)] {
            let held = factor(1.0).powi(ticks);
            let salvage = 0.012 * (1.0 - (1.0 - RUG_CHANCE).powi(ticks));
            assert!(
                (held + salvage - known).abs() < 2e-4,
                "{ticks}: {}",
                held + salvage
            );
        }
        let cost = holding_cost(Decimal::TWO) * 100.0;
        assert_eq!(format!("{cost:.3} %"), "0.056 %");
        assert!((bet_value(1.0, SIDEBET_WINDOW) - 1.0 + 0.0916).abs() < 5e-5);
    }

    #[test]
    fn the_simulated_luck_is_none_on_average_and_only_a_rug_wins_a_bet() {
        let mut exposure = Exposure::default();
        exposure.enter(3);
        for tick in 10..30 {
            let price = 1.0 + f64::from(tick) / 10.0;
            exposure.hold(tick, 0.5, price, mean_of(0.5, price, 0.012));
        }
        exposure.end(20, None);
        exposure.bet(0.2, 5);
        exposure.enter(4);
        exposure.enter(6);
        exposure.hold(0, 0.1, 1.0, 0.0);
        exposure.bet(0.2, 0);
        exposure.end(1, Some(1));
        exposure.finish();
        let games: Vec<_> = exposure.games().collect();
        assert_eq!([games[0].0, games[1].0], [3, 6]);
        assert!(games[0].1 < 0.0, "{games:?}");
        // The rug took the second position after one tick; the other trade was held for 20.
        let held = exposure.games[1].ticks.iter().filter(|tick| tick.qty > 0.0);
        assert_eq!(held.count(), 20);
        let n = 40_000;
        let (mut sums, mut squares) = ([0.0; 2], [0.0; 2]);
        for number in 0..n {
            let drawn = exposure
                .draw(0.012, [SplitMix::stream(1, number)])
                .enumerate();
            for (place, [value]) in drawn {
                sums[place] += value;
                squares[place] += value * value;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let n = n as f64;
        for (sum, squares) in sums.into_iter().zip(squares) {
            let error = ((squares / n - (sum / n).powi(2)) / n).sqrt();
            assert!((sum / n).abs() < 4.0 * error, "{} of {error}", sum / n);
            // A won bet earns four stakes.
            assert!(squares / n > 0.15 * (0.2_f64 * 4.0).powi(2), "{squares}");
        }
    }
}
