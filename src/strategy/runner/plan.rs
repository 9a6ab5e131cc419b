//! The order that is likely to be next: the window prepares it on the ticket.

use super::{StrategyRunner, is_possible};
use crate::account::ActionKind;
use crate::game::Phase;
use crate::strategy::ast::{Moment, SourceLine};
use crate::strategy::observer::{StrategyContext, is_holding};
use crate::strategy::order::ShownOrder;

/// An order that a strategy may place next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedOrder {
    /// The order.
    pub order: ShownOrder,
    /// The line that decides on it.
    pub line: SourceLine,
}

impl StrategyRunner {
    /// Returns the order that is likely to be next, so that it can be prepared. It decides nothing.
    pub fn planned(&self, ctx: &StrategyContext<'_>) -> Option<PlannedOrder> {
        if self.end.is_some() || self.is_over() {
            return None;
        }
        let game = self.game_number().max(1);
        let line = self.script.next().filter(|line| line.game == game);
        if let Some(line) = line {
            return Some(PlannedOrder {
                order: ShownOrder::of(line.order),
                line: line.line.clone(),
            });
        }
        let account = ctx.account?;
        let holds = is_holding(account);
        let (phase, now) = (ctx.game.phase, ctx.game.tick);
        let rules = self.strategy.rules.iter().zip(&self.rules);
        let left = rules.filter(|(rule, used)| {
            let is_past = match rule.moment {
                Moment::Presale => phase == Phase::Active,
                Moment::Running => {
                    phase == Phase::Active && rule.tick().is_some_and(|tick| tick < now)
                }
            };
            // After the rug the next game is prepared, in which every rule is new.
            let is_new = phase == Phase::Rugged && rule.action.kind() != ActionKind::Sell;
            is_new || used.may_act(rule) && !is_past && is_possible(rule.action, account)
        });
        // The presale comes first, then the ticks in their order, then what depends on the price.
        let next = left.min_by_key(|(rule, _)| match (rule.moment, rule.tick()) {
            (Moment::Presale, _) => (0, 0),
            (Moment::Running, Some(tick)) => (1, tick),
            (Moment::Running, None) if holds && rule.action.kind() == ActionKind::Sell => (2, 0),
            (Moment::Running, None) => (3, 0),
        });
        next.map(|(rule, _)| PlannedOrder {
            order: ShownOrder::of(rule.action.order(self.stake)),
            line: rule.line.clone(),
        })
    }
}
