//! The exact way to play a strategy: the runner that plays at the practice table, and the account that its players have.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::games::LabGame;
use super::money::{Lamports, cut_lamports};
use super::outcome::GameOutcome;
use crate::account::{Account, AccountEvent, Applied, Holding};
use crate::game::Phase;
use crate::protocol::{GameId, Tick, number};
use crate::strategy::{
    SourceLine, Strategy, StrategyContext, StrategyOrder, StrategyRunner, StrategyStep,
};
use crate::trading::{GameContext, OrderContext, OrderLimits, Refusal, RiskUsage};

/// One change of the account of a strategy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabRow {
    /// The game.
    pub game_id: GameId,
    /// The tick.
    pub tick: Tick,
    /// The line that decided on the order; `None` for the end of a sidebet and the rug.
    pub line: Option<SourceLine>,
    /// The change.
    pub event: AccountEvent,
    /// Its effect.
    pub applied: Applied,
    /// The holding after it.
    pub after: Holding,
}

/// A strategy in one session, with its exact account.
#[derive(Debug)]
pub struct ExactPlayer {
    runner: StrategyRunner,
    account: Account,
    limits: OrderLimits,
    rows: Vec<LabRow>,
    keeps_rows: bool,
    /// Of the running game.
    outcome: Outcome,
}

#[derive(Debug, Default)]
struct Outcome {
    staked: Decimal,
    short: bool,
}

impl ExactPlayer {
    /// Returns a strategy at the start of a session with this bankroll.
    pub fn new(strategy: Arc<Strategy>, limits: OrderLimits, bank: Decimal) -> Self {
        Self {
            runner: StrategyRunner::new(strategy),
            account: Account::new(bank, []),
            limits,
            rows: Vec::new(),
            keeps_rows: false,
            outcome: Outcome::default(),
        }
    }

    /// Keeps every change of the account, for [`Self::rows`].
    #[must_use]
    pub fn keeping_rows(mut self) -> Self {
        self.keeps_rows = true;
        self
    }

    /// Returns every change of the account, in order.
    pub fn rows(&self) -> &[LabRow] {
        &self.rows
    }

    /// Returns the account.
    pub fn account(&self) -> &Account {
        &self.account
    }

    pub(super) fn balance(&self) -> Lamports {
        cut_lamports(self.account.balance()).unwrap_or(Lamports::MAX)
    }

    /// Whether the strategy has ended; to be asked between two games.
    pub fn is_over(&self) -> bool {
        let needs_money = !self.runner.strategy().is_script();
        self.runner.is_over() || needs_money && self.is_out_of_money()
    }

    pub(super) fn is_out_of_money(&self) -> bool {
        self.account.balance() < self.limits.min_buy.min(self.limits.min_sidebet)
    }

    /// Plays a game with these prices by tick, of which the last one is the rug's.
    pub fn play_prices(&mut self, id: &GameId, prices: &[f64]) {
        if let Some((rug_price, prices)) = prices.split_last() {
            self.play(LabGame {
                id,
                prices,
                rug_price: *rug_price,
            });
        }
    }

    pub(super) fn play(&mut self, game: LabGame<'_>) -> GameOutcome {
        let before = self.balance();
        self.outcome = Outcome::default();
        self.account.new_game();
        let mut at = GameContext {
            game_id: game.id.clone(),
            phase: Phase::Presale,
            tick: 0,
            price: Some(Decimal::ONE),
        };
        self.act(&at);
        at.phase = Phase::Active;
        for (tick, price) in (0..).zip(game.prices) {
            at.tick = tick;
            at.price = Some(exact(*price));
            self.end_bet(&at, false);
            self.act(&at);
        }
        at.phase = Phase::Rugged;
        at.tick = Tick::try_from(game.prices.len()).unwrap_or(Tick::MAX);
        let price = exact(game.rug_price);
        at.price = Some(price);
        self.end_bet(&at, true);
        self.apply(&at, None, AccountEvent::Liquidate { price });
        self.act(&at);
        GameOutcome {
            profit: self.balance() - before,
            staked: cut_lamports(self.outcome.staked).unwrap_or_default(),
            short: self.outcome.short,
        }
    }

    /// Places what the strategy wants at this moment.
    fn act(&mut self, at: &GameContext) {
        while let Some(step) = self.runner.next(&StrategyContext {
            game: at,
            account: Some(&self.account),
            limits: &self.limits,
            ready: true,
        }) {
            if let StrategyStep::Press(order) = step
                && !self.execute(at, &order)
            {
                self.runner.note_refused();
            }
        }
    }

    /// Executes an order; false if it is refused.
    fn execute(&mut self, at: &GameContext, order: &StrategyOrder) -> bool {
        let price = at.price.unwrap_or(Decimal::ONE);
        let checked = order.check(&OrderContext {
            in_browser: false,
            account: Some(&self.account),
            game: Some((at.phase, price)),
            feed_trouble: None,
            no_login: None,
            order_pending: false,
            limits: self.limits,
            usage: RiskUsage::default(),
            screen_price: None,
        });
        if let Err(why) = checked {
            let cannot_pay = matches!(why, Refusal::Wallet(_));
            self.outcome.short |= cannot_pay && self.account.is_idle();
            return false;
        }
        let event = order.event(at.tick, price);
        self.apply(at, Some(order.line()), event)
    }

    /// Decides the sidebet, if it is over.
    fn end_bet(&mut self, at: &GameContext, rugged: bool) {
        let bet = self.account.book().sidebet;
        let Some(payout) = bet.and_then(|bet| bet.decided(at.tick, rugged)) else {
            return;
        };
        let event = if payout.is_zero() {
            AccountEvent::LoseSidebet
        } else {
            AccountEvent::WinSidebet
        };
        self.apply(at, None, event);
    }

    /// Applies an event; false if it is not possible.
    fn apply(&mut self, at: &GameContext, line: Option<&SourceLine>, event: AccountEvent) -> bool {
        let Some(applied) = self.account.apply(&event) else {
            return false;
        };
        if let AccountEvent::Buy { .. } | AccountEvent::PlaceSidebet { .. } = event {
            self.outcome.staked += applied.amount;
        }
        if self.keeps_rows {
            self.rows.push(LabRow {
                game_id: at.game_id.clone(),
                tick: at.tick,
                line: line.cloned(),
                event,
                applied,
                after: self.account.holding(),
            });
        }
        true
    }
}

/// Returns a price as the books count: the shortest decimal that denotes its double. Below 28 decimals a price is worth
/// nothing.
fn exact(price: f64) -> Decimal {
    number::shortest(price).unwrap_or_default()
}
