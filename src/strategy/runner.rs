//! Plays a strategy: which order is placed now. Pure: it sees what a player sees at each moment, and nothing else.
//!
//! `docs/strategies.md` has the rules. The engine asks after every message and every answer; a simulation asks at each
//! tick until there is nothing more to do.

mod plan;
mod results;
#[cfg(test)]
mod script_tests;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use rust_decimal::Decimal;

pub use plan::PlannedOrder;

use results::Results;

use super::ast::{Moment, Rule, RuleAction, SourceLine, Strategy};
use super::observer::{Observer, StrategyContext, is_holding};
use super::order::StrategyOrder;
use super::script::{DueLine, ScriptLines};
use crate::account::{Account, ActionKind};
use crate::game::Phase;
use crate::protocol::{GameId, Tick};

/// A strategy that is being played.
#[derive(Debug, Clone)]
pub struct StrategyRunner {
    strategy: Arc<Strategy>,
    script: ScriptLines,
    seen: Observer,
    stake: Decimal,
    /// What each rule did in this game, in the order of the rules.
    rules: Vec<RuleUse>,
    /// The newest moment at which a rule acted, and the sides that acted then.
    moment: Option<(Moment, Tick)>,
    acted: Vec<ActionKind>,
    /// The rule that acted last.
    last_rule: Option<usize>,
    results: Results,
    /// Games that it leaves out before its first one.
    skipped: u64,
    /// Number of games to play; `None`: a script to its last line, a strategy for ever.
    games: Option<u64>,
    /// The id of the last game, once it has begun.
    last_id: Option<GameId>,
    /// The newest game is over for this strategy.
    is_game_over: bool,
    is_held_up: bool,
    end: Option<RunEnd>,
}

/// What a rule did in the current game.
#[derive(Debug, Clone, Copy, Default)]
struct RuleUse {
    /// It acted: in this game, or a rule that sells for this position.
    acted: bool,
    /// Its order was refused in this game.
    refused: bool,
}

/// The next step of a strategy.
#[derive(Debug, Clone, PartialEq)]
pub enum StrategyStep {
    /// Place this order now.
    Press(StrategyOrder),
    /// A script line can no longer be played; the text names it and the reason.
    TooLate(String),
}

/// Why a strategy ended by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunEnd {
    /// This line ended it.
    StopRule(SourceLine),
    /// The wallet holds less than the smallest order, in SOL.
    OutOfMoney(Decimal),
    /// The last script line was played, and its game is over.
    Done,
}

impl StrategyRunner {
    /// Returns the runner of a strategy from its start. Its first game is the first one whose presale it sees.
    pub fn new(strategy: Arc<Strategy>) -> Self {
        Self {
            script: ScriptLines::of(&strategy),
            seen: Observer::default(),
            stake: strategy.stake.unwrap_or_default(),
            rules: vec![RuleUse::default(); strategy.rules.len()],
            moment: None,
            acted: Vec::new(),
            last_rule: None,
            results: Results::default(),
            skipped: 0,
            games: None,
            last_id: None,
            is_game_over: false,
            is_held_up: false,
            end: None,
            strategy,
        }
    }

    /// Sets the number of games to play; without it a script plays up to its last line, and a strategy has no limit.
    #[must_use]
    pub fn of_games(mut self, games: u64) -> Self {
        self.games = Some(games);
        self
    }

    /// Leaves out so many games before the first one.
    #[must_use]
    pub fn skipping(mut self, games: u64) -> Self {
        self.skipped = games;
        self
    }

    /// Returns the strategy.
    pub fn strategy(&self) -> &Arc<Strategy> {
        &self.strategy
    }

    /// Returns the stake of the moment, in SOL; `None` if the strategy has none.
    pub fn stake(&self) -> Option<Decimal> {
        self.strategy.stake.map(|_| self.stake)
    }

    /// Returns how many games have ended since its start.
    pub fn games(&self) -> u64 {
        self.results.games
    }

    /// Returns the SOL earned up to the newest finished game.
    pub fn earned(&self) -> Decimal {
        self.results.earned()
    }

    /// Returns why it ended; `None` while it runs. A limit on the games is not its end.
    pub fn end(&self) -> Option<&RunEnd> {
        self.end.as_ref()
    }

    /// Returns the number of its current game, from 1; 0 before its first one.
    pub fn game_number(&self) -> u64 {
        self.seen.game_number().saturating_sub(self.skipped)
    }

    /// Whether the last of its games is over.
    pub fn is_over(&self) -> bool {
        self.end.is_some() && !self.strategy.is_script() || self.is_game_over
    }

    /// Returns the last of its games, once it has begun.
    pub fn last_id(&self) -> Option<&GameId> {
        self.last_id.as_ref()
    }

    /// Whether an order was due at the last call of [`Self::next`] and could not be placed yet.
    pub fn is_held_up(&self) -> bool {
        self.is_held_up
    }

    /// Returns the step that is due now; `None` when there is nothing to do at this moment. An order that is due while
    /// none can be placed waits.
    pub fn next(&mut self, ctx: &StrategyContext<'_>) -> Option<StrategyStep> {
        self.is_held_up = false;
        if self.seen.see(ctx) {
            self.rules.fill(RuleUse::default());
            self.moment = None;
            self.acted.clear();
        }
        let game = self.game_number();
        if !self.seen.is_holding() {
            self.renew_sells();
        }
        self.note_games(ctx, game);
        if game == 0 || self.end.is_some() {
            return None;
        }
        // Before anything is pressed, so that the wallet before a game is the one before its first order.
        let may_act = match ctx.account {
            Some(account) if !self.strategy.is_script() => self.settle(ctx, account, game),
            _ => false,
        };
        if self.end.is_some() {
            return None;
        }
        match self.script.due(ctx.game, game, ctx.ready) {
            Some(DueLine::Press(line)) => {
                self.last_rule = None;
                self.note_script_end(game);
                return Some(StrategyStep::Press(StrategyOrder::new(
                    line.order, line.line,
                )));
            }
            Some(DueLine::TooLate(why)) => {
                self.note_script_end(game);
                return Some(StrategyStep::TooLate(why));
            }
            Some(DueLine::Waits) => self.is_held_up = true,
            None => {}
        }
        self.note_script_end(game);
        let account = ctx.account.filter(|_| may_act)?;
        self.rule_step(ctx, account)
    }

    /// Takes note that the order of the last step was refused: its rule does not act again in this game.
    pub fn note_refused(&mut self) {
        if let Some(rule) = self.last_rule {
            self.rules[rule].refused = true;
        }
    }

    /// A rule that sells may act again once the position is closed.
    fn renew_sells(&mut self) {
        for (rule, used) in self.strategy.rules.iter().zip(&mut self.rules) {
            if rule.action.kind() == ActionKind::Sell {
                used.acted = false;
            }
        }
    }

    /// Notes which of the games to play is the last one, and whether it is over.
    fn note_games(&mut self, ctx: &StrategyContext<'_>, game: u64) {
        let script_games = self.strategy.last_script_game();
        let games = self
            .games
            .or_else(|| self.strategy.is_script().then_some(script_games));
        let Some(games) = games else { return };
        if game == games {
            self.last_id.get_or_insert_with(|| ctx.game.game_id.clone());
        }
        self.is_game_over = game > games || game == games && self.seen.has_rugged();
    }

    /// Without rules it ends when each script line was played or missed, and the game of the last one is over.
    fn note_script_end(&mut self, game: u64) {
        let last = self.strategy.last_script_game();
        let over = game > last || game == last && self.seen.has_rugged();
        if self.strategy.rules.is_empty() && self.script.is_empty() && over {
            self.end = Some(RunEnd::Done);
        }
    }

    /// Returns the order of the first rule that matches, once a moment for each side.
    fn rule_step(&mut self, ctx: &StrategyContext<'_>, account: &Account) -> Option<StrategyStep> {
        let moment = match ctx.game.phase {
            Phase::Presale => Moment::Presale,
            Phase::Active => Moment::Running,
            Phase::Unknown | Phase::Cooldown | Phase::Rugged => return None,
        };
        let now = Some((moment, ctx.game.tick));
        if self.moment != now {
            self.moment = now;
            self.acted.clear();
        }
        let of = (self.results.games, self.results.earned());
        let situation = self.seen.situation(ctx, account, of);
        let strategy = Arc::clone(&self.strategy);
        let mut rules = strategy.rules.iter().enumerate();
        let (index, rule) = rules.find(|(index, rule)| {
            rule.moment == moment
                && self.rules[*index].may_act(rule)
                && !self.acted.contains(&rule.action.kind())
                && is_possible(rule.action, account)
                && rule.conditions.iter().all(|c| c.holds(&situation))
        })?;
        if !ctx.ready {
            self.is_held_up = true;
            return None;
        }
        self.rules[index].acted = true;
        self.acted.push(rule.action.kind());
        self.last_rule = Some(index);
        let order = rule.action.order(self.stake);
        Some(StrategyStep::Press(StrategyOrder::new(
            order,
            rule.line.clone(),
        )))
    }
}

impl RuleUse {
    fn may_act(self, rule: &Rule) -> bool {
        !self.refused && (rule.repeats || !self.acted)
    }
}

/// Whether an order of this kind has something to act on: a sale needs a position, and a second sidebet the end of the
/// first.
fn is_possible(action: RuleAction, account: &Account) -> bool {
    match action {
        RuleAction::Buy(_) => true,
        RuleAction::Sell { .. } => is_holding(account),
        RuleAction::Sidebet(_) => account.book().sidebet.is_none(),
    }
}

impl fmt::Display for RunEnd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StopRule(line) => line.fmt(f),
            Self::OutOfMoney(balance) => {
                let balance = balance.normalize();
                write!(
                    f,
                    "the wallet holds {balance} SOL, less than the smallest order"
                )
            }
            Self::Done => f.write_str("the last line of the script was played"),
        }
    }
}
