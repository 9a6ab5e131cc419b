//! What a rule for selling is worth with the player's own entries on new games of the published odds: hindsight, which
//! flatters a rule on the recorded games, has no part in it. Doubles, as in the lab.

use super::interval::Interval;
use super::trip::{Trip, TripFill};
use super::what_if::Exit;
use crate::account::ActionKind;
use crate::lab::{Estimate, GameSums, LabProgress, fold_new_games};
use crate::protocol::{Tick, number};

/// Games of a comparison.
pub const FRESH_GAMES: usize = 100_000;

/// How new games are played.
#[derive(Debug, Clone, Copy)]
pub struct FreshRun<'a> {
    /// How many games; [`FRESH_GAMES`] for the player.
    pub games: usize,
    /// They are those of a practice table with this seed.
    pub seed: u64,
    /// Counts the games; the run can be cancelled.
    pub progress: &'a LabProgress,
}

/// The worth of a rule on new games.
#[derive(Debug, Clone, PartialEq)]
pub struct FreshResult {
    /// Trips that were played. A game that rugs before the entry has none.
    pub trips: u64,
    /// The mean P&L of a trip in SOL, with its 95 % interval.
    pub per_trip: Option<Estimate>,
    /// The P&L for each SOL staked, with its 95 % interval.
    pub per_staked: Option<Estimate>,
    /// The share of trips that the rug took, with its 95 % interval.
    pub rugged: Option<Interval>,
}

/// Plays each exit with the entries of the trips, in turn one trip a game, on the worker threads of the current pool.
/// `delay` is the ticks from a rule's decision to its fill. Returns a result for each exit.
pub fn fresh_games(
    trips: &[Trip],
    exits: &[Exit],
    delay: Tick,
    run: FreshRun<'_>,
) -> Vec<FreshResult> {
    let entered = |trip: &&Trip| trip.is_closed() && !trip.entries.is_empty();
    let trips: Vec<_> = trips.iter().filter(entered).collect();
    let players: Vec<FreshPlayer> = exits
        .iter()
        .map(|exit| FreshPlayer {
            exit: *exit,
            delay,
            orders: trips.iter().map(|trip| orders(trip, *exit)).collect(),
        })
        .collect();
    let none = || vec![FreshSums::default(); exits.len()];
    let mut totals = none();
    if !trips.is_empty() {
        let parts = fold_new_games(
            run.seed,
            run.games,
            run.progress,
            none,
            |sums: &mut Vec<FreshSums>, number, prices, rug_price| {
                for (player, sums) in players.iter().zip(sums) {
                    let orders = &player.orders[number % trips.len()];
                    if let Some(played) = player.play(orders, prices, rug_price) {
                        sums.take(played);
                    }
                }
            },
        );
        for part in parts {
            let pairs = totals.iter_mut().zip(&part);
            pairs.for_each(|(total, part)| total.add(part));
        }
    }
    totals.iter().map(FreshSums::result).collect()
}

/// An order of a trip.
#[derive(Debug, Clone, Copy)]
struct FreshOrder {
    tick: usize,
    seq: u32,
    /// SOL of a buy, or the share of a sell from 0 to 1.
    amount: f64,
    is_buy: bool,
}

/// An exit with the orders of each trip.
struct FreshPlayer {
    exit: Exit,
    delay: Tick,
    orders: Vec<Vec<FreshOrder>>,
}

/// A trip that was played.
#[derive(Debug, Clone, Copy)]
struct FreshTrip {
    staked: f64,
    proceeds: f64,
    rugged: bool,
}

#[derive(Debug, Clone, Default)]
struct FreshSums {
    sums: GameSums,
    rugged: u32,
}

impl FreshSums {
    fn take(&mut self, played: FreshTrip) {
        self.sums
            .take(played.proceeds - played.staked, played.staked);
        self.rugged += u32::from(played.rugged);
    }

    fn add(&mut self, other: &Self) {
        self.sums.add(&other.sums);
        self.rugged += other.rugged;
    }

    fn result(&self) -> FreshResult {
        let trips = self.sums.games;
        FreshResult {
            trips,
            per_trip: self.sums.per_game(),
            per_staked: self.sums.per_staked(),
            rugged: Interval::of(self.rugged, u32::try_from(trips).unwrap_or(u32::MAX)),
        }
    }
}

/// Returns the orders of a trip in the order in which they take effect.
fn orders(trip: &Trip, exit: Exit) -> Vec<FreshOrder> {
    let place = |fill: &TripFill| fill.tick.unwrap_or(0) as usize;
    let first = trip.entries.first().map_or(0, place);
    let order = |fill: &TripFill, tick: usize| {
        let is_buy = fill.kind == ActionKind::Buy;
        let share = fill
            .percent
            .map_or(1.0, |p| number::to_f64_lossy(p) / 100.0);
        let amount = if is_buy {
            number::to_f64_lossy(fill.amount)
        } else {
            share
        };
        FreshOrder {
            tick,
            seq: fill.seq,
            amount,
            is_buy,
        }
    };
    let mut orders: Vec<_> = trip
        .entries
        .iter()
        .map(|fill| order(fill, place(fill)))
        .collect();
    if let Exit::Shift(by) = exit {
        let by = isize::try_from(by).unwrap_or(isize::MAX);
        let sells = trip
            .exits
            .iter()
            .filter(|fill| fill.kind == ActionKind::Sell);
        orders.extend(
            sells.map(|fill| order(fill, place(fill).saturating_add_signed(by).max(first))),
        );
    }
    orders.sort_by_key(|order| (order.tick, order.seq));
    orders
}

impl FreshPlayer {
    /// Plays a trip on the prices before the rug; `None` if the game rugs before the first entry.
    fn play(&self, orders: &[FreshOrder], prices: &[f64], rug_price: f64) -> Option<FreshTrip> {
        let mut run = FreshPosition::default();
        let mut orders = orders.iter().peekable();
        let mut now = orders.peek()?.tick;
        prices.get(now)?;
        while now < prices.len() {
            let price = prices[now];
            while let Some(order) = orders.next_if(|order| order.tick == now) {
                run.order(*order, now, price);
            }
            if run.qty > 0.0 && !matches!(self.exit, Exit::Shift(_)) {
                run.rule(self.exit, self.delay, now, price);
            }
            let next = orders.peek().map(|order| order.tick);
            let is_waiting = run.qty <= 0.0 || matches!(self.exit, Exit::Shift(_));
            now = match next {
                None if run.qty <= 0.0 => return Some(run.result(false)),
                // Between two orders nothing happens.
                None if is_waiting => break,
                Some(next) if is_waiting => next,
                _ => now + 1,
            };
        }
        let held = run.qty > 0.0;
        run.proceeds += run.qty * rug_price;
        Some(run.result(held))
    }
}

/// The position while a trip is played.
#[derive(Debug, Default)]
struct FreshPosition {
    qty: f64,
    staked: f64,
    proceeds: f64,
    opened: usize,
    highest: f64,
    due: Option<usize>,
}

impl FreshPosition {
    fn order(&mut self, order: FreshOrder, now: usize, price: f64) {
        if order.is_buy {
            if self.qty <= 0.0 {
                (self.opened, self.highest, self.due) = (now, 0.0, None);
            }
            self.qty += order.amount / price;
            self.staked += order.amount;
        } else {
            let sold = self.qty * order.amount;
            self.proceeds += sold * price;
            // A whole sale leaves nothing, whatever the rounding.
            self.qty = if order.amount < 1.0 {
                self.qty - sold
            } else {
                0.0
            };
        }
    }

    /// Decides whether the rule sells, and sells what is due.
    fn rule(&mut self, exit: Exit, delay: Tick, now: usize, price: f64) {
        let holds = match exit {
            Exit::Shift(_) => false,
            Exit::AtPrice(least) => price >= number::to_f64_lossy(least),
            Exit::AfterTicks(ticks) => now - self.opened >= ticks as usize,
            Exit::Falls(percent) => {
                self.highest = self.highest.max(price);
                let kept = (100.0 - number::to_f64_lossy(percent)).max(0.0);
                price * 100.0 <= self.highest * kept
            }
        };
        if holds && self.due.is_none() {
            self.due = Some(now.saturating_add(delay as usize));
        }
        if self.due.is_some_and(|due| due <= now) {
            self.proceeds += self.qty * price;
            self.qty = 0.0;
        }
    }

    fn result(&self, rugged: bool) -> FreshTrip {
        FreshTrip {
            staked: self.staked,
            proceeds: self.proceeds,
            rugged,
        }
    }
}
