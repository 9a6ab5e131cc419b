//! The quick way to play a strategy: prices as doubles, money in lamports, the rules of
//! [`StrategyRunner`](crate::strategy::StrategyRunner).

use std::sync::Arc;

use rust_decimal::Decimal;

use super::money::{Lamports, QuickAccount, exact_lamports, in_sol};
use super::outcome::GameOutcome;
use super::rules::{QuickAction, QuickAmount, QuickRule, QuickRules, QuickSituation};
use crate::account::ActionKind;
use crate::protocol::Tick;
use crate::strategy::{Moment, Strategy};

/// What a rule did in the current game.
#[derive(Debug, Clone, Copy, Default)]
struct QuickRuleUse {
    acted: bool,
    refused: bool,
}

/// A strategy in one session.
#[derive(Debug)]
pub(super) struct QuickPlayer {
    strategy: Arc<Strategy>,
    rules: Arc<QuickRules>,
    account: QuickAccount,
    stake: Decimal,
    /// The stake in lamports; `None` if it is finer.
    stake_lamports: Option<Lamports>,
    start: Lamports,
    /// What conditions are decided by.
    now: QuickSituation,
    /// The tick at which the position was opened.
    opened_tick: Tick,
    used_in_presale: Vec<QuickRuleUse>,
    used: Vec<QuickRuleUse>,
    short: bool,
    over: bool,
}

impl QuickPlayer {
    pub fn new(strategy: Arc<Strategy>, rules: Arc<QuickRules>, bank: Lamports) -> Self {
        let stake = strategy.stake.unwrap_or_default();
        Self {
            account: QuickAccount::new(bank),
            stake,
            stake_lamports: exact_lamports(stake),
            start: bank,
            now: QuickSituation {
                balance: in_sol(bank),
                ..QuickSituation::UNKNOWN
            },
            opened_tick: 0,
            used_in_presale: vec![QuickRuleUse::default(); rules.presale.len()],
            used: vec![QuickRuleUse::default(); rules.running.len()],
            short: false,
            over: bank < rules.limits.least(),
            strategy,
            rules,
        }
    }

    pub fn balance(&self) -> Lamports {
        self.account.balance
    }

    pub fn is_over(&self) -> bool {
        self.over
    }

    pub fn is_out_of_money(&self) -> bool {
        self.account.balance < self.rules.limits.least()
    }

    /// Plays a game with these prices before its rug.
    pub fn play(&mut self, prices: &[f64], rug_price: f64) -> GameOutcome {
        let before = self.account.balance;
        self.account.staked = 0;
        self.short = false;
        self.used_in_presale.fill(QuickRuleUse::default());
        self.used.fill(QuickRuleUse::default());
        self.now.game_high = 1.0;
        let rules = Arc::clone(&self.rules);
        self.see(0, 1.0);
        self.act(&rules.presale, Moment::Presale);
        let mut may_act = self.may_act(&rules.running);
        for (tick, price) in (0..).zip(prices) {
            self.now.game_high = self.now.game_high.max(*price);
            if !may_act {
                continue;
            }
            self.account.end_bet(tick);
            self.see(tick, *price);
            if self.act(&rules.running, Moment::Running) {
                may_act = self.may_act(&rules.running);
            }
        }
        let rug_tick = Tick::try_from(prices.len()).unwrap_or(Tick::MAX);
        self.account.rug(rug_tick, rug_price);
        self.note_position();
        self.end_game(before, rug_tick);
        GameOutcome {
            profit: self.account.balance - before,
            staked: self.account.staked,
            short: self.short,
        }
    }

    /// Takes a tick and its price.
    #[inline]
    fn see(&mut self, tick: Tick, price: f64) {
        self.now.tick = tick;
        self.now.price = price;
        if self.account.is_holding() {
            self.now.held = f64::from(tick - self.opened_tick);
            self.now.opened_high = self.now.opened_high.max(price);
        }
    }

    /// Places the orders of the rules that match, one for each side; returns whether there was one.
    #[inline]
    fn act(&mut self, rules: &[QuickRule], moment: Moment) -> bool {
        let mut sides = [false; 3];
        let mut has_acted = false;
        while let Some(index) = self.first_match(rules, moment, sides) {
            has_acted = true;
            let rule = &rules[index];
            sides[place_of(rule.side())] = true;
            let is_refused = !self.execute(rule.action, moment);
            self.used_at(moment)[index] = QuickRuleUse {
                acted: true,
                refused: is_refused,
            };
            self.note_position();
        }
        has_acted
    }

    fn used_at(&mut self, moment: Moment) -> &mut [QuickRuleUse] {
        match moment {
            Moment::Presale => &mut self.used_in_presale,
            Moment::Running => &mut self.used,
        }
    }

    /// Returns the first rule that matches on a side that has not acted at this tick.
    #[inline]
    fn first_match(&self, rules: &[QuickRule], moment: Moment, sides: [bool; 3]) -> Option<usize> {
        let used = match moment {
            Moment::Presale => &self.used_in_presale,
            Moment::Running => &self.used,
        };
        rules.iter().zip(used).position(|(rule, used)| {
            let side = rule.side();
            used.may_act(rule)
                && !sides[place_of(side)]
                && match side {
                    ActionKind::Sell => self.account.is_holding(),
                    ActionKind::SidebetPlace => !self.account.has_bet(),
                    _ => true,
                }
                && rule
                    .conditions
                    .iter()
                    .all(|condition| condition.holds(&self.now))
        })
    }

    /// Whether any of the rules may still act in this game.
    fn may_act(&self, rules: &[QuickRule]) -> bool {
        let mut rules = rules.iter().zip(&self.used);
        rules.any(|(rule, used)| {
            let has_something = rule.side() != ActionKind::Sell || self.account.is_holding();
            used.may_act(rule) && has_something
        })
    }

    /// Executes an order; false if it is refused.
    fn execute(&mut self, action: QuickAction, moment: Moment) -> bool {
        match action {
            QuickAction::Buy(amount) => {
                let amount = self.payable(amount, self.rules.limits.buy);
                amount.is_some_and(|amount| self.account.buy(amount, self.now.price))
            }
            QuickAction::Sell(share, whole) => {
                moment == Moment::Running && self.account.sell((share, whole), self.now.price)
            }
            QuickAction::Sidebet(amount) => {
                let stake = self.payable(amount, self.rules.limits.sidebet);
                if let Some(stake) = stake {
                    self.account.place_bet(stake, self.now.tick);
                }
                stake.is_some()
            }
        }
    }

    /// Returns an amount that is within its limits and that the wallet can pay.
    fn payable(
        &mut self,
        amount: QuickAmount,
        (least, most): (Lamports, Lamports),
    ) -> Option<Lamports> {
        let amount = match amount {
            QuickAmount::Fixed(amount) => amount?,
            QuickAmount::Stake => self.stake_lamports?,
        };
        if amount <= 0 || amount < least || amount > most {
            return None;
        }
        let can_pay = amount <= self.account.balance;
        self.short |= !can_pay && !self.account.is_holding() && !self.account.has_bet();
        can_pay.then_some(amount)
    }

    /// Takes note of what the account holds after a change.
    fn note_position(&mut self) {
        self.now.balance = in_sol(self.account.balance);
        if !self.account.is_holding() {
            self.now.held = f64::NAN;
            self.now.average_cost = f64::NAN;
            self.now.opened_high = f64::NAN;
            // A rule that sells may act again for the next position.
            for (rule, used) in self.rules.running.iter().zip(&mut self.used) {
                used.acted &= rule.side() != ActionKind::Sell;
            }
            return;
        }
        self.now.average_cost = self.account.average_cost();
        if self.now.held.is_nan() {
            self.opened_tick = self.now.tick;
            self.now.held = 0.0;
            self.now.opened_high = self.now.price;
        }
    }

    /// Takes the result of a game, changes the stake, and decides whether the strategy ends.
    fn end_game(&mut self, before: Lamports, rug_tick: Tick) {
        self.now.games += 1.0;
        self.now.result = in_sol(self.account.balance - self.start);
        self.now.last_ticks = f64::from(rug_tick);
        self.now.last_peak = self.now.game_high;
        let change = match self.account.balance.cmp(&before) {
            std::cmp::Ordering::Less => &self.strategy.after_loss,
            std::cmp::Ordering::Greater => &self.strategy.after_win,
            std::cmp::Ordering::Equal => &None,
        };
        if let Some(change) = change {
            self.stake = change.apply(self.stake);
            self.stake_lamports = exact_lamports(self.stake);
        }
        let rules = Arc::clone(&self.rules);
        let mut stops = rules.stops.iter();
        let stops = stops.any(|stop| stop.iter().all(|condition| condition.holds(&self.now)));
        self.over = stops || self.is_out_of_money();
    }
}

impl QuickRuleUse {
    #[inline]
    fn may_act(self, rule: &QuickRule) -> bool {
        !self.refused && (rule.repeats || !self.acted)
    }
}

impl QuickSituation {
    /// Before the first game.
    const UNKNOWN: Self = Self {
        tick: 0,
        price: f64::NAN,
        held: f64::NAN,
        average_cost: f64::NAN,
        opened_high: f64::NAN,
        game_high: 1.0,
        games: 0.0,
        balance: 0.0,
        result: 0.0,
        last_ticks: f64::NAN,
        last_peak: f64::NAN,
    };
}

/// Returns the place of a side among the three.
#[inline]
fn place_of(side: ActionKind) -> usize {
    match side {
        ActionKind::Buy => 0,
        ActionKind::Sell => 1,
        _ => 2,
    }
}
