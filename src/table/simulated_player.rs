//! One simulated player of the practice table: decides at each tick, and keeps their own book. Pure.

use rust_decimal::Decimal;

use super::leaderboard_row::{self, PublicProfile};
use crate::account::{GameBook, OpenSidebet};
use crate::fairness::SeedRandom;
use crate::protocol::Tick;

/// A player's tendencies. Chances are per mille: of a presale step (100 ms) or of a tick.
#[derive(Debug, Clone, Copy)]
struct Habits {
    /// Chance of a buy in the presale.
    presale: u32,
    /// Chance of a buy without a position.
    enter: u32,
    /// Chance of a buy with a position.
    add: u32,
    /// Sells at this price in percent of the average cost.
    take_percent: u32,
    /// Sells at a loss at this price in percent of the average cost.
    stop_percent: u32,
    /// Share of the position that one sell takes, in percent.
    share: u32,
    /// Chance of a sidebet.
    sidebet: u32,
    /// The largest amount, in thousandths of a SOL.
    max_milli_sol: u32,
}

/// Name (null as for some players of the real server), level, habits in the order of [`Habits`].
type Sketch = (Option<&'static str>, u32, [u32; 8]);

const SKETCHES: [Sketch; 10] = [
    (Some("early_bird"), 41, [40, 0, 0, 140, 55, 100, 0, 400]),
    (Some("scalper"), 33, [0, 90, 0, 104, 96, 100, 0, 250]),
    (Some("diamond"), 18, [15, 4, 0, 400, 0, 25, 0, 1_000]),
    (Some("doomsayer"), 27, [0, 0, 0, 0, 0, 0, 90, 60]),
    (Some("pyramid"), 52, [10, 30, 60, 118, 70, 50, 0, 80]),
    (Some("hedger"), 36, [30, 20, 0, 125, 80, 50, 25, 150]),
    (None, 3, [0, 25, 10, 110, 90, 33, 10, 20]),
    (Some("whale"), 64, [12, 6, 2, 160, 60, 50, 0, 5_000]),
    (Some("1337"), 9, [8, 40, 5, 107, 85, 100, 6, 50]),
    (Some("night_shift"), 22, [20, 15, 15, 200, 40, 71, 4, 120]),
];

impl From<[u32; 8]> for Habits {
    fn from(row: [u32; 8]) -> Self {
        let [
            presale,
            enter,
            add,
            take_percent,
            stop_percent,
            share,
            sidebet,
            max_milli_sol,
        ] = row;
        Self {
            presale,
            enter,
            add,
            take_percent,
            stop_percent,
            share,
            sidebet,
            max_milli_sol,
        }
    }
}

#[derive(Debug, Clone)]
pub(super) struct SimulatedPlayer {
    pub id: String,
    username: Option<&'static str>,
    level: u32,
    habits: Habits,
    book: GameBook,
    /// Only players who acted in this game have a leaderboard row.
    has_acted: bool,
}

/// What a simulated player did, or what became of their sidebet.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum SimulatedAction {
    Buy { amount: Decimal, qty: Decimal },
    Sell { amount: Decimal, qty: Decimal },
    PlaceSidebet { stake: Decimal },
    SettleSidebet { bet: OpenSidebet, payout: Decimal },
}

impl SimulatedPlayer {
    /// Returns the players of a table.
    pub fn all() -> Vec<Self> {
        let player = |(number, (username, level, habits)): (usize, Sketch)| Self {
            id: format!("did:privy:table-{:04}", number + 1),
            username,
            level,
            habits: habits.into(),
            book: GameBook::default(),
            has_acted: false,
        };
        SKETCHES.into_iter().enumerate().map(player).collect()
    }

    /// Empties the book for the presale of the next game.
    pub fn begin_game(&mut self) {
        self.book = GameBook::default();
        self.has_acted = false;
    }

    /// Acts once in the presale.
    pub fn act_in_presale(&mut self, random: &mut SeedRandom) -> Vec<SimulatedAction> {
        let mut actions = Vec::new();
        if chance(random, self.habits.presale) {
            actions.extend(self.buy(Decimal::ONE, random));
        }
        // Few bet before the start: a tenth of the later chance, as there are ten such steps a second.
        if chance(random, self.habits.sidebet / 10) {
            actions.extend(self.place_sidebet(0, random));
        }
        actions
    }

    /// Decides a sidebet that ran out with this tick, then acts once at its price.
    pub fn act_at_tick(
        &mut self,
        tick: Tick,
        price: Decimal,
        random: &mut SeedRandom,
    ) -> Vec<SimulatedAction> {
        let mut actions = Vec::from_iter(self.settle_sidebet(tick, false));
        let habits = self.habits;
        let cost = self.book.position.average_cost();
        if let Some(cost) = cost {
            let percent = price * Decimal::ONE_HUNDRED / cost;
            if percent >= habits.take_percent.into() || percent <= habits.stop_percent.into() {
                actions.extend(self.sell(price, habits.share.into()));
                return actions;
            }
        }
        let buys = cost.map_or(habits.enter, |_| habits.add);
        if chance(random, buys) {
            actions.extend(self.buy(price, random));
        }
        if chance(random, habits.sidebet) {
            actions.extend(self.place_sidebet(tick, random));
        }
        actions
    }

    /// Decides the sidebet and sells everything at the rug price.
    pub fn close_at_rug(&mut self, tick: Tick, price: Decimal) -> Vec<SimulatedAction> {
        let settled = self.settle_sidebet(tick, true);
        let sold = self.sell(price, Decimal::ONE_HUNDRED);
        settled.into_iter().chain(sold).collect()
    }

    fn buy(&mut self, price: Decimal, random: &mut SeedRandom) -> Option<SimulatedAction> {
        let amount = self.amount(random);
        let qty = self.book.buy(amount, price)?;
        self.has_acted = true;
        Some(SimulatedAction::Buy { amount, qty })
    }

    fn sell(&mut self, price: Decimal, percent: Decimal) -> Option<SimulatedAction> {
        let sale = self.book.sell_percent(percent, price);
        let (amount, qty) = (sale.proceeds, sale.qty);
        (!qty.is_zero()).then_some(SimulatedAction::Sell { amount, qty })
    }

    fn place_sidebet(&mut self, tick: Tick, random: &mut SeedRandom) -> Option<SimulatedAction> {
        let stake = self.amount(random);
        let placed = self.book.place_sidebet(stake, tick);
        self.has_acted |= placed;
        placed.then_some(SimulatedAction::PlaceSidebet { stake })
    }

    fn settle_sidebet(&mut self, tick: Tick, rugged: bool) -> Option<SimulatedAction> {
        let bet = self.book.sidebet?;
        let payout = self.book.settle_sidebet(tick, rugged)?;
        Some(SimulatedAction::SettleSidebet { bet, payout })
    }

    /// Returns an amount of three decimals, small ones more often.
    fn amount(&self, random: &mut SeedRandom) -> Decimal {
        let limit = 1 + random.below(self.habits.max_milli_sol);
        Decimal::new(i64::from(1 + random.below(limit)), 3)
    }

    /// Returns the sort key of the player's leaderboard row at a price, or in the presale; `None` without a row.
    pub fn rank(&self, price: Option<Decimal>) -> Option<Decimal> {
        self.has_acted
            .then(|| leaderboard_row::rank(&self.book, price))
    }

    pub fn book(&self) -> &GameBook {
        &self.book
    }

    pub fn profile(&self) -> PublicProfile<'_> {
        PublicProfile {
            id: &self.id,
            username: self.username,
            level: self.level,
        }
    }
}

fn chance(random: &mut SeedRandom, per_mille: u32) -> bool {
    random.below(1_000) < per_mille
}
