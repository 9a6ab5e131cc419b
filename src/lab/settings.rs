//! What a run of the lab is asked for.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::games::LabGames;
use crate::account::lamports;
use crate::strategy::Strategy;
use crate::trading::{OrderLimits, RiskLimits};

/// The most strategies that are compared on the same games.
pub const MAX_STRATEGIES: usize = 4;
/// The most games of a run, over all of its sessions.
pub const MAX_GAMES: u64 = 1_000_000_000;
/// The most sessions: the bankroll of each is kept for the fan.
const MAX_SESSIONS: u64 = 1_000_000;
/// The largest bankroll, in SOL, as at the practice table.
const MAX_BANK: Decimal = Decimal::from_parts(1_000, 0, 0, false, 0);

/// A strategy with the name that the results give it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabStrategy {
    /// The name.
    pub name: String,
    /// The strategy.
    pub strategy: Arc<Strategy>,
}

/// What a run of the lab is asked for.
///
/// Each session begins with the same bankroll and plays its own games, one after the other, until its last one or until
/// the strategy ends. All strategies play the same games.
#[derive(Debug, Clone, PartialEq)]
pub struct LabSettings {
    /// The strategies, at most [`MAX_STRATEGIES`].
    pub strategies: Vec<LabStrategy>,
    /// Where the games come from.
    pub source: LabGames,
    /// Games of each session.
    pub games: u64,
    /// Sessions.
    pub sessions: u64,
    /// The bankroll that each session begins with, in SOL.
    pub bank: Decimal,
    /// The limits of orders; those beyond a single order do not count here.
    pub limits: OrderLimits,
}

/// Why a run cannot begin.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LabError {
    /// There is no strategy, or there are too many.
    #[error("the lab compares 1 to {MAX_STRATEGIES} strategies, not {0}")]
    Strategies(usize),
    /// A session has no game, or there is no session.
    #[error("at least one game and one session")]
    Nothing,
    /// There would be too many games.
    #[error("at most {MAX_GAMES} games in all sessions together, not {0}")]
    TooManyGames(u64),
    /// There would be too many sessions.
    #[error("at most {MAX_SESSIONS} sessions, not {0}")]
    TooManySessions(u64),
    /// The bankroll is no amount of SOL.
    #[error("a bankroll is above 0, at most {MAX_BANK} SOL, with at most 9 decimals; not {0}")]
    Bank(Decimal),
    /// There are no worker threads.
    #[error("the system gives no thread for the lab: {0}")]
    Threads(String),
    /// There are no recorded games to play on.
    #[error("no recorded game is complete: each tick and the rug")]
    NoGames,
}

impl LabSettings {
    /// Returns settings for new games of a seed: 1,000 sessions of 200 games each, with 1 SOL.
    pub fn new(strategies: Vec<LabStrategy>, seed: u64) -> Self {
        Self {
            strategies,
            source: LabGames::New { seed },
            games: 200,
            sessions: 1_000,
            bank: Decimal::ONE,
            limits: OrderLimits {
                risk: RiskLimits::OFF,
                ..OrderLimits::default()
            },
        }
    }

    /// Returns the games of all sessions together.
    pub fn all_games(&self) -> u64 {
        self.games.saturating_mul(self.sessions)
    }

    /// Checks the bankroll.
    ///
    /// # Errors
    ///
    /// It is no amount of SOL, or above the limit.
    pub fn check_bank(&self) -> Result<(), LabError> {
        let bank = self.bank;
        let is_amount = bank > Decimal::ZERO && bank <= MAX_BANK && lamports(bank) == bank;
        is_amount.then_some(()).ok_or(LabError::Bank(bank))
    }

    /// Checks that a run with these settings can begin.
    ///
    /// # Errors
    ///
    /// The first value that is out of its limits.
    pub fn check(&self) -> Result<(), LabError> {
        let count = self.strategies.len();
        if !(1..=MAX_STRATEGIES).contains(&count) {
            return Err(LabError::Strategies(count));
        }
        let all = self.all_games();
        if all == 0 {
            return Err(LabError::Nothing);
        }
        if all > MAX_GAMES {
            return Err(LabError::TooManyGames(all));
        }
        if self.sessions > MAX_SESSIONS {
            return Err(LabError::TooManySessions(self.sessions));
        }
        self.check_bank()?;
        match &self.source {
            LabGames::Recorded(games) if games.is_empty() => Err(LabError::NoGames),
            _ => Ok(()),
        }
    }
}
