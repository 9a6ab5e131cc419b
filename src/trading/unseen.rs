//! Orders that nobody saw leaving: the player's browser was joined late, or he played elsewhere with the same account.
//!
//! An own trade or a placed sidebet is evidence, the wallet that the server tells decides: what makes our account the
//! server's was done, at the tick and price that were told or that the board has. A change that nothing explains is no
//! action: it is a drift, and our account follows. Money that only came or went (a gift, a deposit) is therefore
//! never taken for an order.

use rust_decimal::Decimal;

use crate::account::{Account, ActionSource};
use crate::game::{Phase, Time};
use crate::protocol::{GameId, NewTrade, SidebetReport, Tick, TradeKind};
use crate::trading::drift::{agrees, distance};
use crate::trading::fills::{deed, share};
use crate::trading::in_flight::Waiting;
use crate::trading::rows::pressed_row;
use crate::trading::session::Seat;
use crate::trading::{GameContext, Now, TraderEvent};
use crate::trading::{Order, ServerState};

/// More than come before the wallet that they belong to.
const MOST_EVIDENCE: usize = 8;
/// Ticks back to which an order that only the wallet shows is looked for: more than it takes to be told.
const LOOK_BACK: usize = 20;
/// How far the server's cut of one lot may be from ours, in SOL.
const CUT: Decimal = Decimal::from_parts(4, 0, 0, false, 9);
/// The same in tokens.
const QTY_CUT: Decimal = Decimal::from_parts(3, 0, 0, false, 9);

/// What is known of orders that were not seen leaving.
#[derive(Debug, Clone, Default)]
pub(super) struct Unasked {
    evidence: Vec<Evidence>,
    /// The server's wallet less ours when they agreed last: the dust of its cuts.
    dust: Decimal,
}

/// An own order as the server tells it.
#[derive(Debug, Clone, PartialEq)]
struct Evidence {
    /// When it was told.
    at: Time,
    game: GameId,
    tick: Tick,
    price: Decimal,
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum What {
    Buy { amount: Decimal },
    Sell { qty: Decimal },
    Sidebet { stake: Decimal },
}

impl Evidence {
    /// Returns the order that it was; `None` when the account cannot have done it.
    fn order(&self, account: &Account) -> Option<Order> {
        Some(match self.what {
            What::Buy { amount } => Order::Buy {
                amount: amount.normalize(),
            },
            What::Sidebet { stake } => Order::Sidebet {
                stake: stake.normalize(),
            },
            What::Sell { qty } => Order::Sell {
                percent: share(account.book().position.qty(), qty)?,
            },
        })
    }

    /// Lets it happen to an account; `None` when it cannot.
    fn apply(&self, account: &mut Account) -> Option<Order> {
        let order = self.order(account)?;
        account.apply(&deed(&order, self.tick, self.price))?;
        Some(order)
    }
}

/// Returns the newest ticks of the game on the table and their prices, without the rug.
fn prices<'a>(
    sight: &GameContext,
    now: Now<'a>,
) -> impl Iterator<Item = (Tick, Decimal)> + use<'a> {
    let presale = (sight.phase == Phase::Presale).then_some((0, Decimal::ONE));
    let game = now.board.current().filter(|game| game.id == sight.game_id);
    let ticks = game.into_iter().flat_map(|game| {
        let rug = game.rug_tick.filter(|_| game.ended());
        let known = (0..).zip(game.prices.as_slice());
        let known = known.filter_map(|(tick, price)| Some((tick, (*price)?)));
        let known: Vec<(Tick, _)> = known.filter(|(tick, _)| Some(*tick) != rug).collect();
        known.into_iter().rev().take(LOOK_BACK)
    });
    presale.into_iter().chain(ticks)
}

fn price_at(game: &GameId, tick: Tick, now: Now<'_>) -> Option<Decimal> {
    let mut games = now.board.open_games().iter();
    games.find(|open| open.id == *game)?.prices.get(tick)
}

impl Seat {
    /// Keeps an own trade that no order on its way explains.
    pub(super) fn note_trade(
        &mut self,
        trade: &NewTrade,
        (tick, price): (Tick, Decimal),
        now: Now<'_>,
    ) {
        let in_sol = trade.coin.as_deref().is_none_or(|coin| coin == "solana");
        let what = match (trade.kind, trade.amount, trade.qty) {
            (TradeKind::Buy, Some(amount), _) => What::Buy { amount },
            (TradeKind::Sell, _, Some(qty)) => What::Sell { qty },
            _ => return,
        };
        if in_sol {
            self.note(Evidence {
                at: now.at,
                game: trade.game_id.clone(),
                tick,
                price,
                what,
            });
        }
    }

    /// Keeps an own sidebet that no order on its way explains.
    pub(super) fn note_bet(&mut self, bet: &SidebetReport, tick: Tick, now: Now<'_>) {
        let runs = self.account.book().sidebet.map(|bet| bet.start_tick) == Some(tick);
        if let Some(stake) = bet.bet_amount.filter(|_| !runs) {
            self.note(Evidence {
                at: now.at,
                game: bet.game_id.clone(),
                tick,
                price: bet.price.unwrap_or(Decimal::ONE),
                what: What::Sidebet { stake },
            });
        }
    }

    fn note(&mut self, evidence: Evidence) {
        let Some(unasked) = &mut self.unasked else {
            return;
        };
        let told = &mut unasked.evidence;
        let same = |other: &Evidence| {
            let when = other.game == evidence.game && other.tick == evidence.tick;
            when && matches!(evidence.what, What::Sidebet { .. }) && other.what == evidence.what
        };
        if told.iter().any(same) {
            return;
        }
        if told.len() == MOST_EVIDENCE {
            told.remove(0);
        }
        told.push(evidence);
    }

    /// Whether news that may still come could explain what the server tells: tokens that changed, or a wallet that was
    /// told without the sidebet that may have been paid from it.
    pub(super) fn may_be_an_order(&self, server: &ServerState) -> bool {
        let held = self.account.holding();
        let traded = server.position_qty.is_some_and(|qty| {
            let apart = qty.checked_sub(held.position_qty);
            apart.is_none_or(|apart| apart.abs() > QTY_CUT)
        });
        let paid = server.cash.is_some_and(|cash| cash < held.balance);
        self.unasked.is_some() && (traded || paid && server.side_bet.is_none())
    }

    /// Takes a wallet that agrees with ours: what was told before it is in our books already.
    pub(super) fn note_agreement(&mut self, server: &ServerState) {
        let balance = self.account.balance();
        if let Some(unasked) = &mut self.unasked {
            unasked.evidence.clear();
            let dust = server.cash.and_then(|cash| cash.checked_sub(balance));
            unasked.dust = dust.unwrap_or(unasked.dust);
        }
    }

    /// Books the orders that were not seen leaving and make our account the server's; none when nothing explains it.
    pub(super) fn explain_unasked(
        &mut self,
        server: &ServerState,
        now: Now<'_>,
        out: &mut Vec<TraderEvent>,
    ) {
        let Some(unasked) = &mut self.unasked else {
            return;
        };
        if server.cash.is_none() || agrees(&self.account, server) {
            return;
        }
        let dust = unasked.dust;
        let evidence = std::mem::take(&mut unasked.evidence);
        let explained = self.explained_by(&evidence, server, now).or_else(|| {
            // What is on its way may be what the wallet shows.
            let inferred = (!self.waits()).then(|| self.inferred(server, dust, now));
            inferred.flatten().map(|found| vec![found])
        });
        let Some(explained) = explained else {
            if let Some(unasked) = &mut self.unasked {
                unasked.evidence = evidence;
            }
            return;
        };
        for one in explained {
            self.book(one, now, out);
        }
    }

    /// Returns what of the evidence makes our account the server's: all of it, or one piece.
    fn explained_by(
        &self,
        evidence: &[Evidence],
        server: &ServerState,
        now: Now<'_>,
    ) -> Option<Vec<Evidence>> {
        let explains = |some: &[Evidence]| {
            let mut after = self.account.clone();
            let fits = |one: &Evidence| {
                self.is_at_our_table(&one.game, now) && one.apply(&mut after).is_some()
            };
            some.iter().all(fits) && agrees(&after, server)
        };
        if !evidence.is_empty() && explains(evidence) {
            return Some(evidence.to_vec());
        }
        let mut pieces = evidence.chunks(1);
        pieces.find(|piece| explains(piece)).map(<[_]>::to_vec)
    }

    /// Whether an order of this game can be booked: nothing is open in another one.
    fn is_at_our_table(&self, game: &GameId, now: Now<'_>) -> bool {
        let ours = self.game.as_ref() == Some(game);
        ours || self.account.is_idle() && now.board.current_id() == Some(game)
    }

    /// Returns the one order that explains the wallet by itself, at a price that the board has. Its numbers must fit
    /// to the last cut: a tolerance would find a price for anything.
    fn inferred(&self, server: &ServerState, dust: Decimal, now: Now<'_>) -> Option<Evidence> {
        let held = self.account.holding();
        let (cash, qty) = (server.cash?, server.position_qty?);
        let gained = qty.checked_sub(held.position_qty)?;
        let came = cash.checked_sub(held.balance)?.checked_sub(dust)?;
        let at = now.at;
        let told = server.side_bet.as_ref().and_then(Option::as_ref);
        if let Some(bet) = told
            && self.account.book().sidebet.is_none()
        {
            let mut found = Evidence {
                at,
                game: bet
                    .game_id
                    .clone()
                    .or_else(|| now.sight().map(|s| s.game_id))?,
                tick: bet.started_at_tick?,
                price: Decimal::ONE,
                what: What::Sidebet {
                    stake: bet.bet_amount?,
                },
            };
            if let Some(price) = price_at(&found.game, found.tick, now) {
                found.price = price;
            }
            return self.off(&found, server, dust, now).map(|_| found);
        }
        let what = if gained > QTY_CUT {
            What::Buy { amount: -came }
        } else if gained < -QTY_CUT {
            What::Sell { qty: -gained }
        } else {
            return None;
        };
        let sight = now.sight()?;
        let possible = prices(&sight, now).filter_map(|(tick, price)| {
            let found = Evidence {
                at,
                game: sight.game_id.clone(),
                tick,
                price,
                what,
            };
            let off = self.off(&found, server, dust, now)?;
            Some((off, found))
        });
        let nearest = possible.min_by_key(|(off, found)| (*off, std::cmp::Reverse(found.tick)));
        nearest.map(|(_, found)| found)
    }

    /// Returns how far our account is from the server's after an order; `None` when that is more than the cuts.
    fn off(
        &self,
        found: &Evidence,
        server: &ServerState,
        dust: Decimal,
        now: Now<'_>,
    ) -> Option<Decimal> {
        let mut after = self.account.clone();
        if !self.is_at_our_table(&found.game, now) {
            return None;
        }
        found.apply(&mut after)?;
        let held = after.holding();
        let lots = Decimal::from(self.account.holding().lots.max(1));
        let cash = held.balance.checked_add(dust)?.checked_sub(server.cash?)?;
        let qty = held.position_qty.checked_sub(server.position_qty?)?;
        let fits = cash.abs() <= CUT * lots && qty.abs() <= QTY_CUT && agrees(&after, server);
        fits.then(|| distance(&after, server))
    }

    /// Books an order as done: it was never seen leaving, so its row begins where the server did it.
    fn book(&mut self, found: Evidence, now: Now<'_>, out: &mut Vec<TraderEvent>) {
        let Some(order) = found.order(&self.account) else {
            return;
        };
        let presale = now
            .sight()
            .is_some_and(|sight| sight.game_id == found.game && sight.phase == Phase::Presale);
        let sight = GameContext {
            phase: if presale {
                Phase::Presale
            } else {
                Phase::Active
            },
            game_id: found.game,
            tick: found.tick,
            price: Some(found.price),
        };
        if self.game.as_ref() != Some(&sight.game_id) {
            self.begin(&sight.game_id);
        }
        self.slots += 1;
        let row = pressed_row(&order, ActionSource::Browser, &sight, found.at);
        let mut waiting = Waiting::new(self.slots, order, row);
        // No answer of it will be known, and the wallet has told it.
        (waiting.lost, waiting.updated, waiting.shown) = (true, true, true);
        self.add_waiting(waiting);
        self.execute(found.tick, found.price, now, out);
        self.finish_told(out);
        self.line_up();
    }
}
