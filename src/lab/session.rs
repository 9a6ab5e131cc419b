//! One session of a strategy: its bankroll from game to game.

use super::estimate::GameSums;
use super::games::LabGame;
use super::money::{Lamports, in_sol};
use super::numbers::as_f64;
use super::player::{Player, ReadyStrategy};

/// What is known of a session when it is over.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SessionResult {
    /// The bankroll in SOL at the points of the fan.
    pub points: Vec<f64>,
    /// The bankroll at the end, in SOL.
    pub end: f64,
    /// The largest loss from the highest bankroll before, as a share of that.
    pub drawdown: f64,
    /// The most games with a loss one after the other; games without profit or loss neither count nor end it.
    pub losing_run: u64,
    /// The game with which it was ruined, from 1; 0: its bankroll was too small from the start.
    pub ruined: Option<u64>,
}

/// A session of a strategy that is being played.
#[derive(Debug)]
pub(super) struct LabSession {
    player: Player,
    sums: GameSums,
    /// Profit for each SOL staked, of each game since the last [`Self::take_returns`].
    returns: Vec<f64>,
    highest: Lamports,
    losing: u64,
    result: SessionResult,
}

impl LabSession {
    pub fn new(strategy: &ReadyStrategy) -> Self {
        let player = strategy.player();
        let bank = player.balance();
        Self {
            sums: GameSums::default(),
            returns: Vec::new(),
            highest: bank,
            losing: 0,
            result: SessionResult {
                points: vec![in_sol(bank)],
                end: in_sol(bank),
                drawdown: 0.0,
                losing_run: 0,
                ruined: player.is_out_of_money().then_some(0),
            },
            player,
        }
    }

    /// Whether the strategy has ended.
    pub fn is_over(&self) -> bool {
        self.player.is_over()
    }

    /// Plays a game. `points` are the numbers of the games after which the bankroll is kept for the fan.
    pub fn play(&mut self, game: LabGame<'_>, points: &[u64]) {
        let outcome = self.player.play(game);
        let (profit, staked) = (in_sol(outcome.profit), in_sol(outcome.staked));
        self.sums.take(profit, staked);
        if outcome.staked > 0 {
            self.returns.push(profit / staked);
        }
        let balance = self.player.balance();
        self.highest = self.highest.max(balance);
        let result = &mut self.result;
        result.end = in_sol(balance);
        if self.highest > 0 {
            let lost = 1.0 - in_sol(balance) / in_sol(self.highest);
            result.drawdown = result.drawdown.max(lost);
        }
        self.losing = match outcome.profit {
            ..0 => self.losing + 1,
            0 => self.losing,
            _ => 0,
        };
        result.losing_run = result.losing_run.max(self.losing);
        let games = self.sums.games;
        if outcome.short || self.player.is_out_of_money() {
            result.ruined.get_or_insert(games);
        }
        if points.get(result.points.len()) == Some(&games) {
            result.points.push(result.end);
        }
    }

    /// Takes the returns of the games that were played since the last call.
    pub fn take_returns(&mut self) -> Vec<f64> {
        std::mem::take(&mut self.returns)
    }

    /// Ends the session: the bankroll stays as it is up to the last of these points.
    pub fn finish(mut self, points: &[u64]) -> (SessionResult, GameSums) {
        self.result.points.resize(points.len(), self.result.end);
        (self.result, self.sums)
    }
}

/// Returns the numbers of the games after which the bankroll is kept: 0, the last one, and others between them, evenly.
pub(super) fn fan_points(games: u64, sessions: u64) -> Vec<u64> {
    /// Points of a fan, and numbers that are kept for all sessions together.
    const MOST: u64 = 200;
    const KEPT: u64 = 4_000_000;
    let steps = MOST.min(KEPT / sessions.max(1)).clamp(1, games.max(1));
    (0..=steps).map(|step| place(step, steps, games)).collect()
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a number of games"
)]
fn place(step: u64, steps: u64, games: u64) -> u64 {
    (as_f64(games) * as_f64(step) / as_f64(steps)).round() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_of_a_fan_rise_from_the_begin_to_the_last_game() {
        for (games, sessions) in [
            (1, 1),
            (1, 1_000_000),
            (7, 3),
            (200, 1_000),
            (5_000, 3),
            (1_000_000, 1),
            (1_000, 1_000_000),
        ] {
            let points = fan_points(games, sessions);
            assert_eq!((points[0], points.last().copied()), (0, Some(games)));
            assert!(
                points.is_sorted_by(|a, b| a < b),
                "{games} games: {points:?}"
            );
            assert!(points.len() <= 201 && points.len() as u64 * sessions <= 8_000_000);
        }
        assert_eq!(fan_points(3, 10), [0, 1, 2, 3]);
    }
}
