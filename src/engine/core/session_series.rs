//! The running session, or the last one, as the window shows it: its rows, drifts and curve.

use std::sync::Arc;

use rust_decimal::Decimal;

use super::house_cost::HouseCost;
use crate::account::{
    Account, Action, ActionStatus, Drift, EquityCurve, EquityPoint, SessionEvent, start_value,
};
use crate::game::{Phase, Time};
use crate::protocol::{GameId, Tick};
use crate::trading::{GameContext, order_price};

/// The session as the window shows it, without its rows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SessionView {
    /// When it began; `None` before the first session.
    pub start: Option<Time>,
    /// Wallet, lots at their cost and stake of a running sidebet at its start, in SOL.
    pub start_value: Decimal,
    /// Its drifts, oldest first.
    pub drifts: Arc<Vec<Drift>>,
    /// What it has earned, tick by tick.
    pub curve: Arc<EquityCurve>,
    /// What the odds take on average for the risks so far, in SOL; as the review computes it. `None` in a replay.
    pub house_cost: Option<f64>,
}

/// The rows of one session in press order, and the rest of it. Views share them.
#[derive(Debug, Clone, Default)]
pub(super) struct SessionSeries {
    pub rows: Arc<Vec<Action>>,
    /// The slot of the first row: slots count on through all sessions of a run.
    first_slot: u32,
    pub view: SessionView,
    /// A drift was found, and the curve has no point for it yet.
    has_new_drift: bool,
    /// The last tick at which a row was executed, and its game. At a rug the server reports the results before the tick
    /// itself, one after the other.
    executed: Option<(GameId, Tick)>,
    house: HouseCost,
}

impl SessionSeries {
    /// Takes a fact of the session. A new session starts over. `has_odds`: the odds of the game's generator are published.
    pub fn take(&mut self, fact: &SessionEvent, has_odds: bool) {
        match fact {
            SessionEvent::Started {
                at,
                balance,
                lots,
                sidebet,
                ..
            } => {
                *self = Self::default();
                self.view.start = Some(*at);
                self.view.start_value = start_value(*balance, lots, sidebet.as_ref());
            }
            SessionEvent::Action { slot, action } => {
                if self.rows.is_empty() {
                    self.first_slot = *slot;
                }
                let index = slot.saturating_sub(self.first_slot) as usize;
                put(&mut self.rows, index, action);
                if action.status == ActionStatus::Confirmed {
                    self.house.take_row(action, has_odds);
                    let at = action.executed_tick.map(|at| (&action.game_id, at));
                    let later = |(game, at): &(&GameId, Tick)| {
                        let last = self.executed.as_ref();
                        last.is_none_or(|(of, last)| of != *game || last < at)
                    };
                    if let Some((game, at)) = at.filter(later) {
                        self.executed = Some((game.clone(), at));
                    }
                }
            }
            SessionEvent::Drifted { slot, drift } => {
                // Slots of drifts count from 1 in each session.
                let index = slot.saturating_sub(1) as usize;
                self.has_new_drift |= index >= self.view.drifts.len();
                put(&mut self.view.drifts, index, drift);
            }
            _ => {}
        }
    }

    /// Adds a point to the curve, if the account is worth something else now, and the risk of the ticks since the last
    /// call. While a row was executed at a tick whose price has not come yet, there is no point: the position would be
    /// valued at the price before it.
    pub fn note_value(
        &mut self,
        account: &Account,
        game: Option<GameContext>,
        has_odds: bool,
        at: Time,
    ) {
        if let Some(game) = &game {
            self.house.take(account.book(), game, has_odds);
            self.view.house_cost = Some(self.house.sol());
            let executed = self.executed.as_ref();
            if executed.is_some_and(|(of, at)| *of == game.game_id && *at > game.tick) {
                return;
            }
        }
        let phase = game.as_ref().map_or(Phase::Unknown, |game| game.phase);
        let has_price = matches!(phase, Phase::Presale | Phase::Active | Phase::Rugged);
        if self.view.start.is_none() || !has_price && !account.book().position.is_flat() {
            return;
        }
        let price = order_price(phase, game.as_ref().and_then(|game| game.price));
        let value = account.value(price);
        let earned = value.saturating_sub(self.view.start_value).normalize();
        if self.has_new_drift || self.view.curve.is_new(earned) {
            let tick = game.as_ref().map(|game| game.tick);
            Arc::make_mut(&mut self.view.curve).push(EquityPoint {
                at,
                tick: tick.filter(|_| phase >= Phase::Active),
                game: game.map(|game| game.game_id),
                earned,
                drift: std::mem::take(&mut self.has_new_drift),
            });
        }
    }
}

/// Replaces an element, or adds it. The first fact of each slot comes in the order of the slots, without a gap.
fn put<T: Clone>(list: &mut Arc<Vec<T>>, index: usize, element: &T) {
    let list = Arc::make_mut(list);
    debug_assert!(index <= list.len(), "slot {index} of {}", list.len());
    match list.get_mut(index) {
        Some(old) => old.clone_from(element),
        None => list.push(element.clone()),
    }
}
