//! Builds the round trips and sidebets of a session from its steps.

use std::collections::HashSet;

use rust_decimal::Decimal;

use super::course::Course;
use super::expected::{OddsExpectation, has_odds};
use super::scan::{HeldTokens, Scan};
use super::session_review::SessionReview;
use super::sidebets::SidebetTrip;
use super::trip::{Extreme, Trip, TripEnd, TripFill};
use crate::account::{
    Account, Action, ActionKind, ActionStatus, EquityPoint, Position, ValueRange,
};
use crate::protocol::{MAX_TICK, Tick};
use crate::recording::SessionFile;
use crate::replay::{Playhead, SessionStep, Timeline};

impl SessionReview {
    /// Returns the review of a timeline's session; `None` for a single game.
    pub fn of(timeline: &Timeline) -> Option<Self> {
        let session = timeline.session()?;
        let mut builder = TripBuilder::new(timeline, session);
        for step in timeline.steps() {
            builder.step(&step);
        }
        let mut review = builder.finish();
        let curve = timeline.equity();
        for (_, point) in &curve {
            review.value.push(point.at, point.earned);
        }
        review.expected.missing_games =
            u32::try_from(timeline.missing_games().len()).unwrap_or(u32::MAX);
        let by_odds = earned_by_odds(&curve, timeline);
        review.by_odds = by_odds.saturating_add(review.by_odds);
        review.course = Course::of(&curve);
        Some(review)
    }
}

/// A trip that is still open.
struct OpenTrip<'a> {
    trip: Trip,
    scan: Scan<'a>,
    held: HeldTokens,
}

/// The review while the steps come.
struct TripBuilder<'a> {
    timeline: &'a Timeline,
    session: &'a SessionFile,
    open: Option<OpenTrip<'a>>,
    bet: Option<SidebetTrip>,
    /// Wallet, cost of the position and stake after the last step.
    kept: Decimal,
    game: Option<usize>,
    review: SessionReview,
}

impl<'a> TripBuilder<'a> {
    fn new(timeline: &'a Timeline, session: &'a SessionFile) -> Self {
        // Games that were only watched are in some timelines of the session and not in others.
        let played: HashSet<_> = session.actions.iter().map(|row| &row.game_id).collect();
        let games = timeline.games().filter(|(id, _)| played.contains(id));
        let rugs = games.filter_map(|(_, file)| {
            let file = file.ok()?;
            *file.prices.last().filter(|_| file.meta.complete)?
        });
        let meta = &session.meta;
        let mut builder = Self {
            timeline,
            session,
            open: None,
            bet: meta.start_sidebet.map(|bet| SidebetTrip {
                game: 0,
                at: None,
                start_tick: bet.start_tick,
                end_tick: None,
                stake: bet.stake,
                payout: None,
                source: None,
            }),
            kept: meta.start_value(),
            game: None,
            review: SessionReview {
                trips: Vec::new(),
                sidebets: Vec::new(),
                expected: OddsExpectation::new(rugs),
                value: ValueRange::default(),
                course: Course::default(),
                by_odds: Decimal::ZERO,
                median_delay: 0,
                change: meta.end_balance.saturating_sub(meta.start_balance),
                unexplained: Decimal::ZERO,
                opened: Decimal::ZERO,
            },
        };
        let start = Position::of(meta.start_lots.iter().copied());
        if !start.is_flat() {
            builder.begin(0, None, start.qty(), start.paid());
        }
        builder
    }

    /// Begins a trip with what is held already.
    fn begin(&mut self, game: usize, tick: Option<Tick>, qty: Decimal, cost: Decimal) {
        let file = self.timeline.game(game).and_then(|(_, file)| file.ok());
        self.open = Some(OpenTrip {
            trip: Trip {
                game,
                entries: Vec::new(),
                exits: Vec::new(),
                end: TripEnd::Open,
                cost,
                bought: qty,
                proceeds: Decimal::ZERO,
                pnl: Decimal::ZERO,
                worst: None,
                best: None,
                best_after: None,
                missing_ticks: 0,
            },
            scan: Scan::new(file.map_or(&[][..], |file| &file.prices), tick),
            held: HeldTokens { qty, cash: -cost },
        });
    }

    /// Takes the next step.
    fn step(&mut self, step: &SessionStep<'_>) {
        let game = step.head.game;
        if self.game != Some(game) {
            // What was open belongs to the game that it was opened in; only lots from before the session have none yet.
            if self.game.is_some() {
                self.close(TripEnd::Corrected, None);
            }
            self.enter(game);
        }
        let confirmed = |row: &&Action| row.status == ActionStatus::Confirmed;
        let row = step.row.filter(confirmed);
        if let Some(open) = &mut self.open {
            let end = step.head.tick.unwrap_or(0);
            open.scan.advance(open.held, end, &mut self.review.expected);
        }
        match row.map(|row| (row, row.action)) {
            Some((row, ActionKind::Buy | ActionKind::Sell | ActionKind::Liquidated)) => {
                self.fill(step, row);
            }
            Some((row, _)) => self.sidebet(step.head, row),
            None if step.row.is_none() => self.corrected(step),
            None => {}
        }
        let kept = kept(&step.after);
        let pnl = row.and_then(|row| row.pnl).unwrap_or_default();
        let change = kept.saturating_sub(self.kept).saturating_sub(pnl);
        let review = &mut self.review;
        review.unexplained = review.unexplained.saturating_add(change).normalize();
        if review.expected.is_known() {
            review.by_odds = review.by_odds.saturating_sub(change);
        }
        self.kept = kept;
    }

    fn enter(&mut self, game: usize) {
        self.game = Some(game);
        let version = version_of(self.timeline, game);
        self.review.expected.enter(game, version);
    }

    /// Takes a buy, a sell, or the rug's sale.
    fn fill(&mut self, step: &SessionStep<'_>, row: &Action) {
        let price = row.executed_price.or(row.price).unwrap_or(Decimal::ONE);
        let tick = step.head.tick;
        if self.open.is_none() {
            self.begin(step.head.game, tick, Decimal::ZERO, Decimal::ZERO);
        }
        let Some(open) = &mut self.open else { return };
        if !open.held.qty.is_zero() {
            open.scan.see(open.held, tick, price);
        }
        let amount = row.amount.unwrap_or_default();
        let pressed = row.action.is_order().then_some(row.tick);
        let fill = TripFill {
            seq: row.seq,
            kind: row.action,
            tick,
            at: row.timestamp,
            price,
            qty: row.qty.unwrap_or_default(),
            amount,
            percent: row.sell_percent,
            delay: pressed
                .zip(row.executed_tick)
                .map(|(from, to)| to.saturating_sub(from)),
            source: row.source,
        };
        let trip = &mut open.trip;
        if row.action == ActionKind::Buy {
            trip.cost = trip.cost.saturating_add(amount).normalize();
            trip.bought = trip.bought.saturating_add(fill.qty).normalize();
            trip.entries.push(fill);
        } else {
            trip.proceeds = trip.proceeds.saturating_add(amount).normalize();
            trip.pnl = trip
                .pnl
                .saturating_add(row.pnl.unwrap_or_default())
                .normalize();
            trip.exits.push(fill);
        }
        open.held = HeldTokens {
            qty: step.after.holding().position_qty,
            cash: trip.proceeds.saturating_sub(trip.cost),
        };
        if open.held.qty.is_zero() {
            let rugged = row.action == ActionKind::Liquidated;
            let end = if rugged {
                TripEnd::Rugged
            } else {
                TripEnd::Sold
            };
            self.close(end, tick);
        } else {
            open.scan.see(open.held, tick, price);
        }
    }

    /// Takes the drifts of a comparison: the position may be another one now.
    fn corrected(&mut self, step: &SessionStep<'_>) {
        let qty = step.after.holding().position_qty;
        let paid = step.after.book().position.paid();
        if qty == step.before.holding().position_qty && paid == step.before.book().position.paid() {
            return;
        }
        self.close(TripEnd::Corrected, None);
        if !qty.is_zero() {
            self.begin(step.head.game, step.head.tick, qty, paid);
        }
    }

    fn close(&mut self, end: TripEnd, exit: Option<Tick>) {
        let Some(OpenTrip { mut trip, scan, .. }) = self.open.take() else {
            return;
        };
        trip.end = end;
        (trip.worst, trip.best, trip.missing_ticks) = (scan.worst, scan.best, scan.missing);
        if let Some(held) = trip.ticks_held() {
            let rug = exit.filter(|_| end == TripEnd::Rugged);
            self.review.expected.take_end(held, rug);
        }
        if end == TripEnd::Sold {
            trip.best_after = self.best_after(trip.game, exit);
        }
        self.review.trips.push(trip);
    }

    /// Returns the highest price after a tick and before the rug.
    fn best_after(&self, game: usize, exit: Option<Tick>) -> Option<Extreme> {
        let prices = &self.timeline.game(game)?.1.ok()?.prices;
        let first = exit.map_or(0, |tick| tick as usize + 1);
        let later = (0..).zip(prices).skip(first);
        let known = later.filter_map(|(tick, price)| Some((tick, (*price)?)));
        // The rug price is the lowest one; it is the highest only if nothing came before it.
        let before_rug = known.take_while(|(tick, _)| *tick as usize + 1 < prices.len());
        let best = before_rug.reduce(|best, next| if next.1 > best.1 { next } else { best });
        best.map(|(tick, value)| Extreme {
            tick: Some(tick),
            value,
        })
    }

    fn sidebet(&mut self, head: Playhead, row: &Action) {
        let amount = row.amount.unwrap_or_default();
        let tick = row.executed_tick.unwrap_or(row.tick);
        if row.action == ActionKind::SidebetPlace {
            self.review.sidebets.extend(self.bet.take());
            self.bet = Some(SidebetTrip {
                game: head.game,
                at: Some(row.timestamp),
                start_tick: tick,
                end_tick: None,
                stake: amount,
                payout: None,
                source: Some(row.source),
            });
            return;
        }
        if let Some(mut bet) = self.bet.take() {
            let won = row.action == ActionKind::SidebetWin;
            bet.payout = Some(if won { amount } else { Decimal::ZERO });
            bet.end_tick = Some(tick);
            // Where a bet from before the session stood at its start is not known: neither its result nor its odds count.
            // A tick that no game has has no odds.
            if bet.at.is_some() && bet.start_tick <= MAX_TICK {
                let expected = &mut self.review.expected;
                expected.take_sidebet(bet.stake, bet.start_tick);
            } else if self.review.expected.is_known() {
                let pnl = bet.pnl().unwrap_or_default();
                self.review.by_odds = self.review.by_odds.saturating_sub(pnl);
            }
            self.review.sidebets.push(bet);
        }
    }

    /// Returns the review after the last step.
    fn finish(mut self) -> SessionReview {
        self.review.sidebets.extend(self.bet.take());
        let end = self.session.meta.session_end;
        if let Some(open) = &self.open
            && self.game.is_none()
        {
            self.enter(open.trip.game);
        }
        if let Some(open) = &mut self.open {
            let game = open.trip.game;
            let last = self.timeline.end_of(game).tick.unwrap_or(0);
            let later = |tick: &Tick| self.timeline.time_at(game, Some(*tick)) > end;
            let end = (open.scan.next()..=last).find(later).unwrap_or(last);
            open.scan.advance(open.held, end, &mut self.review.expected);
        }
        self.close(TripEnd::Open, None);
        self.review.expected.finish();
        let start = self.session.meta.start_value();
        let open_before = start.saturating_sub(self.session.meta.start_balance);
        let open_after = self.kept.saturating_sub(self.session.meta.end_balance);
        self.review.opened = open_after.saturating_sub(open_before).normalize();
        self.review.median_delay = median_delay(&self.review.trips);
        self.review
    }
}

/// Returns the version of a game, `unknown` if its file does not say it; `None` without the file.
fn version_of(timeline: &Timeline, game: usize) -> Option<&str> {
    let file = timeline.game(game)?.1.ok()?;
    Some(file.meta.game_version.as_deref().unwrap_or("unknown"))
}

/// Returns the median of the ticks from the press of a sell to its execution; 0 without any.
fn median_delay(trips: &[Trip]) -> Tick {
    let fills = trips.iter().flat_map(|trip| &trip.exits);
    let mut delays: Vec<Tick> = fills.filter_map(|fill| fill.delay).collect();
    delays.sort_unstable();
    delays.get(delays.len() / 2).copied().unwrap_or(0)
}

/// Returns what the games with known odds earned, from the curve of the session.
fn earned_by_odds(curve: &[(Playhead, EquityPoint)], timeline: &Timeline) -> Decimal {
    let (mut before, mut earned) = (Decimal::ZERO, Decimal::ZERO);
    for points in curve.chunk_by(|a, b| a.0.game == b.0.game) {
        let Some((head, last)) = points.last() else {
            continue;
        };
        if has_odds(version_of(timeline, head.game)) {
            earned = earned.saturating_add(last.earned.saturating_sub(before));
        }
        before = last.earned;
    }
    earned
}

/// Returns wallet, cost of the position and stake of a running sidebet.
fn kept(account: &Account) -> Decimal {
    let book = account.book();
    let stake = book.sidebet.map_or(Decimal::ZERO, |bet| bet.stake);
    let open = book.position.paid().saturating_add(stake);
    account.balance().saturating_add(open)
}
