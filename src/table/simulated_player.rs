//! The players at the practice table: who they are and what they do. Pure.

use rust_decimal::Decimal;
use serde_json::Value;

use super::leaderboard_row::{PublicProfile, rank, row};
use crate::account::{GameBook, OpenSidebet};
use crate::fairness::SeedRandom;
use crate::protocol::{GameId, Tick};

/// Rows of the real leaderboard.
const MAX_ROWS: usize = 10;

/// What a player tends to do. Chances are per mille: of a presale step (100 ms) or of a tick.
#[derive(Debug, Clone, Copy)]
struct Habits {
    /// Buys in the presale.
    presale: u32,
    /// Buys while holding nothing.
    enter: u32,
    /// Buys more while holding.
    add: u32,
    /// Sells at this price in percent of the average cost.
    take_percent: u32,
    /// Gives up at this price in percent of the average cost.
    stop_percent: u32,
    /// Share of the position that one sell takes, in percent.
    share: u32,
    /// Bets on a rug.
    sidebet: u32,
    /// The largest amount, in thousandths of a SOL.
    max_milli_sol: u32,
}

/// Name (null as some players of the real server), level, habits.
type Sketch = (Option<&'static str>, u32, [u32; 8]);

/// In the order of [`Habits`].
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

impl Habits {
    fn of(row: [u32; 8]) -> Self {
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
    pub username: Option<&'static str>,
    pub level: u32,
    habits: Habits,
    book: GameBook,
    /// Only who did something in this game has a row.
    acted: bool,
}

/// Something a player did or that happened to him.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SimulatedAction {
    /// Index into [`Players::list`].
    pub player: usize,
    pub kind: SimulatedActionKind,
    pub tick: Tick,
    pub price: f64,
}

/// Where and for how much somebody acts.
#[derive(Debug, Clone, Copy)]
struct Quote {
    player: usize,
    tick: Tick,
    price: f64,
    /// The price, as the books count.
    exact: Decimal,
}

impl Quote {
    fn deed(self, kind: SimulatedActionKind) -> SimulatedAction {
        SimulatedAction {
            player: self.player,
            kind,
            tick: self.tick,
            price: self.price,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum SimulatedActionKind {
    Buy { amount: Decimal, qty: Decimal },
    Sell { amount: Decimal, qty: Decimal },
    Bet { stake: Decimal },
    BetOver { bet: OpenSidebet, payout: Decimal },
}

#[derive(Debug, Clone)]
pub(super) struct Players {
    pub list: Vec<SimulatedPlayer>,
}

impl Players {
    pub fn new() -> Self {
        let player = |(number, (username, level, habits)): (usize, Sketch)| SimulatedPlayer {
            id: format!("did:privy:table-{:04}", number + 1),
            username,
            level,
            habits: Habits::of(habits),
            book: GameBook::default(),
            acted: false,
        };
        Self {
            list: SKETCHES.into_iter().enumerate().map(player).collect(),
        }
    }

    /// Empties every book, for the presale of the next game.
    pub fn new_game(&mut self) {
        for player in &mut self.list {
            player.book = GameBook::default();
            player.acted = false;
        }
    }

    /// Lets everybody act once in the presale.
    pub fn presale(&mut self, random: &mut SeedRandom) -> Vec<SimulatedAction> {
        let mut deeds = Vec::new();
        for (player, at) in self.each(0, 1.0, Decimal::ONE) {
            if chance(random, player.habits.presale) {
                deeds.extend(player.buy(at, random));
            }
            // Few bet before the start; a tenth of the later chance, as there are ten such steps a second.
            if chance(random, player.habits.sidebet / 10) {
                deeds.extend(player.bet(at, random));
            }
        }
        deeds
    }

    /// Ends the tick: decides sidebets that ran out, then lets everybody act once at its price.
    pub fn tick(
        &mut self,
        tick: Tick,
        price: f64,
        exact: Decimal,
        random: &mut SeedRandom,
    ) -> Vec<SimulatedAction> {
        let mut deeds = Vec::new();
        for (player, at) in self.each(tick, price, exact) {
            deeds.extend(player.settle(at, false));
            let habits = player.habits;
            let cost = player.book.position.average_cost();
            if let Some(cost) = cost {
                let percent = exact * Decimal::ONE_HUNDRED / cost;
                if percent >= habits.take_percent.into() || percent <= habits.stop_percent.into() {
                    deeds.extend(player.sell(at, habits.share.into()));
                    continue;
                }
            }
            let buys = cost.map_or(habits.enter, |_| habits.add);
            if chance(random, buys) {
                deeds.extend(player.buy(at, random));
            }
            if chance(random, habits.sidebet) {
                deeds.extend(player.bet(at, random));
            }
        }
        deeds
    }

    /// Sells everything at the rug price and decides every sidebet.
    pub fn rug(&mut self, tick: Tick, price: f64, exact: Decimal) -> Vec<SimulatedAction> {
        let mut deeds = Vec::new();
        for (player, at) in self.each(tick, price, exact) {
            deeds.extend(player.settle(at, true));
            deeds.extend(player.sell(at, Decimal::ONE_HUNDRED));
        }
        deeds
    }

    fn each(
        &mut self,
        tick: Tick,
        price: f64,
        exact: Decimal,
    ) -> impl Iterator<Item = (&mut SimulatedPlayer, Quote)> {
        self.list
            .iter_mut()
            .enumerate()
            .map(move |(index, player)| {
                let at = Quote {
                    player: index,
                    tick,
                    price,
                    exact,
                };
                (player, at)
            })
    }

    /// Returns what the rows are sorted by, in no order.
    pub fn ranks(&self, price: Option<Decimal>) -> Vec<Decimal> {
        let acted = self.list.iter().filter(|player| player.acted);
        acted.map(|player| rank(&player.book, price)).collect()
    }

    /// Returns the leaderboard with every position valued at `price`; `None` is the presale.
    pub fn rows(&self, game: &GameId, price: Option<Decimal>) -> Value {
        let mut rows: Vec<_> = self
            .list
            .iter()
            .filter(|player| player.acted)
            .map(|player| (rank(&player.book, price), player))
            .collect();
        rows.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
        rows.truncate(MAX_ROWS);
        let rows = rows.iter().zip(1u32..);
        Value::Array(
            rows.map(|((_, player), position)| {
                row(player.who(), &player.book, game, price, position)
            })
            .collect(),
        )
    }
}

impl SimulatedPlayer {
    fn buy(&mut self, at: Quote, random: &mut SeedRandom) -> Option<SimulatedAction> {
        let amount = self.amount(random);
        let qty = self.book.buy(amount, at.exact)?;
        self.acted = true;
        Some(at.deed(SimulatedActionKind::Buy { amount, qty }))
    }

    fn sell(&mut self, at: Quote, percent: Decimal) -> Option<SimulatedAction> {
        let sale = self.book.sell_percent(percent, at.exact);
        let (amount, qty) = (sale.proceeds, sale.qty);
        (!qty.is_zero()).then(|| at.deed(SimulatedActionKind::Sell { amount, qty }))
    }

    fn bet(&mut self, at: Quote, random: &mut SeedRandom) -> Option<SimulatedAction> {
        let stake = self.amount(random);
        let placed = self.book.place_sidebet(stake, at.tick);
        self.acted |= placed;
        placed.then(|| at.deed(SimulatedActionKind::Bet { stake }))
    }

    fn settle(&mut self, at: Quote, rugged: bool) -> Option<SimulatedAction> {
        let bet = self.book.sidebet?;
        let payout = self.book.settle_sidebet(at.tick, rugged)?;
        Some(at.deed(SimulatedActionKind::BetOver { bet, payout }))
    }

    /// An amount of three decimals, small ones more often.
    fn amount(&self, random: &mut SeedRandom) -> Decimal {
        let limit = 1 + random.below(self.habits.max_milli_sol);
        Decimal::new(i64::from(1 + random.below(limit)), 3)
    }

    /// Returns the player as others see him.
    pub fn who(&self) -> PublicProfile<'_> {
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
