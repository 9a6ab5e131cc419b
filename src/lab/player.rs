//! A strategy with its bankroll in one session, played the quick or the exact way.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::exact::ExactPlayer;
use super::fast::QuickPlayer;
use super::games::LabGame;
use super::money::{Lamports, cut_lamports};
use super::outcome::GameOutcome;
use super::rules::QuickRules;
use crate::strategy::Strategy;
use crate::trading::OrderLimits;

/// A strategy that is ready to be played, any number of times.
#[derive(Debug, Clone)]
pub(super) struct ReadyStrategy {
    strategy: Arc<Strategy>,
    /// `None`: it is played the exact way.
    rules: Option<Arc<QuickRules>>,
    limits: OrderLimits,
    bank: Decimal,
}

impl ReadyStrategy {
    pub fn new(strategy: &Arc<Strategy>, limits: OrderLimits, bank: Decimal) -> Self {
        Self {
            rules: QuickRules::of(strategy, &limits).map(Arc::new),
            strategy: Arc::clone(strategy),
            limits,
            bank,
        }
    }

    /// Whether there is a quick way to play it.
    pub fn is_quick(&self) -> bool {
        self.rules.is_some()
    }

    /// Returns the strategy at the start of a session.
    pub fn player(&self) -> Player {
        match &self.rules {
            Some(rules) => {
                let bank = cut_lamports(self.bank).unwrap_or_default();
                let (strategy, rules) = (Arc::clone(&self.strategy), Arc::clone(rules));
                Player::Quick(Box::new(QuickPlayer::new(strategy, rules, bank)))
            }
            None => Player::Exact(Box::new(self.exact_player())),
        }
    }

    /// Returns the strategy at the start of a session that is played the exact way.
    pub fn exact_player(&self) -> ExactPlayer {
        ExactPlayer::new(Arc::clone(&self.strategy), self.limits, self.bank)
    }
}

/// A strategy in one session.
#[derive(Debug)]
pub(super) enum Player {
    Quick(Box<QuickPlayer>),
    Exact(Box<ExactPlayer>),
}

impl Player {
    /// Plays a game.
    pub fn play(&mut self, game: LabGame<'_>) -> GameOutcome {
        match self {
            Self::Quick(player) => player.play(game.prices, game.rug_price),
            Self::Exact(player) => player.play(game),
        }
    }

    /// Returns the wallet between two games.
    pub fn balance(&self) -> Lamports {
        match self {
            Self::Quick(player) => player.balance(),
            Self::Exact(player) => player.balance(),
        }
    }

    /// Whether the strategy has ended.
    pub fn is_over(&self) -> bool {
        match self {
            Self::Quick(player) => player.is_over(),
            Self::Exact(player) => player.is_over(),
        }
    }

    /// Whether the wallet holds less than the smallest order.
    pub fn is_out_of_money(&self) -> bool {
        match self {
            Self::Quick(player) => player.is_out_of_money(),
            Self::Exact(player) => player.is_out_of_money(),
        }
    }
}
