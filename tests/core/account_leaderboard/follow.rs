//! Follows another player through their leaderboard rows: sidebets as the rows show them, the forced sale of the rug,
//! and the trades that `search` finds. Where it finds none or several, the track is lost until the lots are known
//! again.

use pianola::account::{GameBook, lamports};
use pianola::protocol::{RunningSidebet, Tick};
use rust_decimal::Decimal;

use super::ledger::{Ledger, Move, position};
use super::rows::{GamePrices, PlayerRows, RowSighting};
use super::search::{Found, Search};

/// A trade shows at most this many ticks after its own.
const MOST_LATE: Tick = 2;

/// What the quantity did between two rows of a player.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The player's first row shows a position already.
    Met,
    FirstLot,
    Addition,
    PartialSell,
    SoldOut,
}

/// One change of the quantity, and whether the trades behind it are known.
#[derive(Debug, Clone, Copy)]
pub struct Change {
    pub kind: Kind,
    pub known: bool,
    pub index: usize,
}

/// Rows in a row that one ledger must explain, with the moves before each.
#[derive(Debug)]
pub struct Stretch {
    pub opening: Ledger,
    /// Index of the first row in `PlayerRows`.
    pub first: usize,
    pub moves: Vec<Vec<Move>>,
}

/// The result for one player in one game.
#[derive(Debug, Default)]
pub struct Followed {
    pub stretches: Vec<Stretch>,
    pub changes: Vec<Change>,
    /// Row and reason of each loss of the track.
    pub lost: Vec<(usize, &'static str)>,
}

pub fn follow(player_rows: &PlayerRows) -> Followed {
    let mut followed = Followed::default();
    let mut track: Option<Track> = None;
    let bets = bets(player_rows);
    for (index, sighting) in player_rows.sightings.iter().enumerate() {
        let earlier = index.checked_sub(1).map(|i| &player_rows.sightings[i]);
        let change = kind(
            earlier.map(RowSighting::qty).or(player_rows.flat_before),
            sighting.qty(),
        );
        if index == 0 {
            track = Some(Track::open(
                Ledger {
                    whole: true,
                    ..Ledger::default()
                },
                0,
                0,
            ));
        }
        if let Some(on) = &mut track {
            match on.step(
                earlier,
                sighting,
                later(player_rows, index),
                &player_rows.prices,
                &bets,
            ) {
                Ok(moves) => on.moves.push(moves),
                Err(reason) => {
                    let lost = track.take().unwrap();
                    if index > 0 || sighting.qty() != Decimal::ZERO {
                        followed.lost.push((index, reason));
                    }
                    followed.close(lost);
                }
            }
        }
        if let Some(kind) = change {
            let known = track.is_some();
            followed.changes.push(Change { kind, known, index });
        }
        if track.is_none() {
            track = Track::reopen(
                sighting,
                later(player_rows, index),
                &player_rows.prices,
                index,
            );
        }
    }
    if let Some(track) = track {
        followed.close(track);
    }
    followed
}

impl Followed {
    fn close(&mut self, track: Track) {
        if !track.moves.is_empty() {
            self.stretches.push(Stretch {
                opening: track.opening,
                first: track.first,
                moves: track.moves,
            });
        }
    }
}

/// Returns the rows after the one at the index that show the same position, a few at most.
fn later(player_rows: &PlayerRows, index: usize) -> &[RowSighting] {
    let rest = &player_rows.sightings[index + 1..];
    let same = |s: &&RowSighting| s.qty() == player_rows.sightings[index].qty();
    let count = rest.iter().take(4).take_while(same).count();
    &rest[..count]
}

fn kind(before: Option<Decimal>, after: Decimal) -> Option<Kind> {
    let Some(before) = before else {
        return (!after.is_zero()).then_some(Kind::Met);
    };
    match (before.is_zero(), after.is_zero()) {
        _ if before == after => None,
        (true, _) => Some(Kind::FirstLot),
        (_, true) => Some(Kind::SoldOut),
        _ if after > before => Some(Kind::Addition),
        _ => Some(Kind::PartialSell),
    }
}

/// Returns the sidebets that the rows show, oldest first.
fn bets(player_rows: &PlayerRows) -> Vec<(Tick, Decimal)> {
    let shown = player_rows
        .sightings
        .iter()
        .filter_map(|s| s.row.side_bet.as_ref());
    let one = |bet: &RunningSidebet| (bet.started_at_tick.unwrap(), bet.bet_amount.unwrap());
    let mut bets: Vec<_> = shown.map(one).collect();
    bets.dedup();
    bets
}

/// The books of one stretch while it is followed.
struct Track {
    opening: Ledger,
    now: Ledger,
    first: usize,
    /// Sidebets from this tick on are in the books.
    since: Tick,
    moves: Vec<Vec<Move>>,
}

impl Track {
    fn open(opening: Ledger, first: usize, since: Tick) -> Self {
        Self {
            since,
            now: opening.clone(),
            opening,
            first,
            moves: Vec::new(),
        }
    }

    /// Opens new books at a row that leaves no doubt about the lots: none, or one, bought at the price of a known
    /// tick. What was before is in the P&L of the row.
    fn reopen(
        sighting: &RowSighting,
        later: &[RowSighting],
        prices: &GamePrices,
        index: usize,
    ) -> Option<Self> {
        let (regular, sidebets) = (sighting.row.regular_pnl?, sighting.row.sidebet_pnl?);
        let average = sighting.row.avg_cost?;
        let mut books = GameBook::default();
        if !sighting.qty().is_zero() {
            let mut ticks = prices.between(0, sighting.tick);
            let (_, price) = ticks.find(|(_, price)| lamports(*price) == average)?;
            books.position = position([(sighting.qty(), price)]);
        }
        let lags = if books.position.is_flat() { 1 } else { 2 };
        let open = |lag| {
            let opening = Ledger {
                regular_before: regular
                    - books.regular_pnl(prices.price(sighting.tick.checked_sub(lag)?)?),
                sidebets_before: sidebets,
                books: books.clone(),
                ..Ledger::default()
            };
            let search = Search {
                now: &opening,
                sighting,
                later,
                prices,
                first: sighting.tick,
            };
            (sighting.row.side_bet.is_none() && (lags == 1 || search.lasts(&[]))).then_some(opening)
        };
        let mut opening = (0..lags).filter_map(open);
        let only = opening.next()?;
        if opening.next().is_some() {
            return None;
        }
        // The row itself proves nothing: it gave the base.
        Some(Self::open(only, index + 1, sighting.tick))
    }

    /// Finds the moves that lead to the row.
    fn step(
        &mut self,
        earlier: Option<&RowSighting>,
        sighting: &RowSighting,
        later: &[RowSighting],
        prices: &GamePrices,
        bets: &[(Tick, Decimal)],
    ) -> Result<Vec<Move>, &'static str> {
        let gap = earlier.is_none_or(|e| !sighting.follows(e));
        let first = earlier.map_or(0, |e| e.tick.saturating_sub(MOST_LATE));
        let mut beginnings = self.beginnings(sighting, prices, bets);
        let mut reason = "";
        for (now, certain) in &beginnings {
            let search = Search {
                now,
                sighting,
                later,
                prices,
                first,
            };
            reason = match (search.moves(), earlier, gap) {
                (Found::One(moves), ..) => {
                    self.now = now.clone();
                    assert!(moves.iter().all(|m| self.now.apply(*m, prices)));
                    return Ok([certain.as_slice(), &moves].concat());
                }
                (Found::Several, ..) => "several explanations",
                (Found::None, None, _) => "more than two trades before the first row",
                (Found::None, _, true) => {
                    "more than two trades, or unseen sidebets, while not on the board"
                }
                (Found::None, _, false) => "no two trades explain the row",
            };
        }
        let (now, certain) = beginnings.swap_remove(0);
        if gap || now.books.position.qty() != sighting.qty() {
            return Err(reason);
        }
        // No trade lies before the row: the comparison will show the difference.
        self.now = now;
        Ok(certain)
    }

    /// Returns the books with what is certain before the row: a decided sidebet, the forced sell of the rug, and,
    /// without and with it, the next sidebet.
    fn beginnings(
        &self,
        sighting: &RowSighting,
        prices: &GamePrices,
        bets: &[(Tick, Decimal)],
    ) -> Vec<(Ledger, Vec<Move>)> {
        let mut now = (self.now.clone(), Vec::new());
        let advance = |now: &mut (Ledger, Vec<Move>), what| {
            if now.0.apply(what, prices) {
                now.1.push(what);
            }
        };
        // A tick is over when the row of the next one comes.
        let settle = Move::Settle {
            tick: sighting.tick - Tick::from(!sighting.over).min(sighting.tick),
            rugged: sighting.over,
        };
        advance(&mut now, settle);
        if sighting.over && !now.0.books.position.is_flat() {
            let (tick, percent) = (sighting.tick, 100);
            advance(&mut now, Move::Sell { tick, percent });
        }
        let next = self.next_bet(sighting, bets);
        let Some((tick, stake)) = next.filter(|_| now.0.books.sidebet.is_none()) else {
            return vec![now];
        };
        let mut with = now.clone();
        advance(&mut with, Move::Bet { tick, stake });
        advance(&mut with, settle);
        // `totalInvested` knows a bet one or two ticks before the row shows it.
        let shown = sighting.row.side_bet.as_ref();
        if shown.and_then(|b| b.started_at_tick) == Some(tick) {
            return vec![with];
        }
        vec![now, with]
    }

    fn next_bet(
        &self,
        sighting: &RowSighting,
        bets: &[(Tick, Decimal)],
    ) -> Option<(Tick, Decimal)> {
        let all = self.moves.iter().flatten();
        let mut placed = all.filter_map(|m| match m {
            Move::Bet { tick, .. } => Some(*tick),
            _ => None,
        });
        let next = placed.next_back().map_or(self.since, |tick| tick + 1);
        let open = |bet: &&(Tick, Decimal)| (next..=sighting.tick).contains(&bet.0);
        bets.iter().find(open).copied()
    }
}
