//! The answer of the index to a filter.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::sums::{FigureSums, TradeSum};
use super::{IndexedSession, KINDS, ReviewFilter, ReviewIndex};
use crate::review::figures::Figures;
use crate::review::interval::Interval;
use crate::review::luck::{Luck, LuckPoint};
use crate::review::slices::{SliceKind, is_few};

/// Points of the curve over all sessions: each costs a sort of its samples.
const CURVE_POINTS: usize = 60;

/// What a filter found. Money in SOL.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReviewAnswer {
    /// The places of the sessions, oldest first.
    pub sessions: Vec<u32>,
    /// The places of the trades, in their order.
    pub trips: Vec<u32>,
    /// Their figures. The sidebets are in them unless the filter chooses among the trades.
    pub figures: Figures,
    /// The parts of the trades, by kind.
    pub slices: Vec<(SliceKind, Vec<SliceSum>)>,
    /// The trades with each tag.
    pub tags: Vec<SliceSum>,
    /// The days with a session, oldest first.
    pub days: Vec<DaySum>,
    /// The luck of the sessions; `None` if the filter chooses among their trades.
    pub luck: Option<Luck>,
    /// Result, expectation and bands over the sessions, at most 60 points; empty without `luck`.
    pub curve: Vec<LuckPoint>,
}

/// The trades of a slice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SliceSum {
    /// Its name.
    pub name: String,
    /// How many there are.
    pub n: u32,
    /// How many were won.
    pub won: u32,
    /// Their P&L.
    pub pnl: Decimal,
}

impl SliceSum {
    fn new(name: String, sum: TradeSum) -> Self {
        Self {
            name,
            n: sum.n,
            won: sum.won,
            pnl: sum.pnl.into(),
        }
    }

    /// Returns the share that was won, with its interval of 95 %.
    pub fn win_rate(&self) -> Option<Interval> {
        Interval::of(self.won, self.n)
    }

    /// Returns the mean P&L of a trade.
    pub fn expectancy(&self) -> Option<Decimal> {
        self.pnl.checked_div(self.n.into())
    }

    /// Whether it has too few trades to say something.
    pub fn is_small(&self) -> bool {
        is_few(self.n)
    }
}

/// A day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DaySum {
    /// The local day on which its sessions began.
    pub day: NaiveDate,
    /// Trades.
    pub trades: u32,
    /// The P&L of trades and sidebets, as far as the filter takes them.
    pub pnl: Decimal,
}

impl ReviewIndex {
    /// Answers a filter.
    pub fn answer(&self, filter: &ReviewFilter) -> ReviewAnswer {
        let wanted = filter.wanted_parts();
        let tag = filter.tag.as_ref().map(|tag| {
            let place = self.tags.iter().position(|known| known == tag);
            place.map_or(0, |place| 1 << place)
        });
        let chooses_trades = tag.is_some() || !filter.slices.is_empty();
        let mut answer = ReviewAnswer::default();
        let mut is_wanted = vec![false; self.sessions.len()];
        for (place, session) in (0..).zip(&self.sessions) {
            if filter.takes(session) {
                is_wanted[place as usize] = true;
                answer.sessions.push(place);
            }
        }
        let mut figures = FigureSums::default();
        let mut parts = vec![[TradeSum::default(); 256]; KINDS];
        let mut tags = vec![TradeSum::default(); self.tags.len()];
        let mut of_sessions = vec![TradeSum::default(); self.sessions.len()];
        if wanted.is_some() {
            for (place, trade) in (0..).zip(&self.keys) {
                let session = trade.session as usize;
                if !is_wanted[session]
                    || tag.is_some_and(|tag| trade.tags & tag == 0)
                    || wanted.is_some_and(|wanted| !fits(wanted, trade.parts))
                {
                    continue;
                }
                answer.trips.push(place);
                figures.take(trade);
                of_sessions[session].take(trade.pnl);
                for (part, sums) in trade.parts.iter().zip(&mut parts) {
                    if let Some(part) = part {
                        sums[usize::from(*part)].take(trade.pnl);
                    }
                }
                let mut bits = trade.tags;
                while bits != 0 {
                    tags[bits.trailing_zeros() as usize].take(trade.pnl);
                    bits &= bits - 1;
                }
            }
        }
        let mut bet_sums = vec![TradeSum::default(); self.sessions.len()];
        if !chooses_trades {
            for bet in self
                .bets
                .iter()
                .filter(|bet| is_wanted[bet.session as usize])
            {
                figures.take_bet(bet);
                bet_sums[bet.session as usize].take(bet.pnl);
            }
            answer.luck = Some(Luck::sum(
                answer.sessions.iter().map(|place| self.luck(*place)),
            ));
            answer.curve = self.curve(&answer.sessions);
        }
        answer.days = self.days(&answer.sessions, &of_sessions, &bet_sums);
        answer.figures = figures.figures();
        answer.slices = (SliceKind::ALL.iter().zip(&parts))
            .map(|(kind, sums)| (*kind, slices_of(*kind, sums)))
            .collect();
        let named = self.tags.iter().zip(tags).filter(|(_, sum)| sum.n > 0);
        answer.tags = named
            .map(|(name, sum)| SliceSum::new(name.clone(), sum))
            .collect();
        answer
    }

    fn luck(&self, place: u32) -> &Luck {
        &self.sessions[place as usize].luck
    }

    /// Returns the days of sessions, which have these sums of trades and bets.
    fn days(&self, sessions: &[u32], trades: &[TradeSum], bets: &[TradeSum]) -> Vec<DaySum> {
        let mut days: Vec<(NaiveDate, TradeSum)> = Vec::new();
        for place in sessions {
            let day = self.sessions[*place as usize].day;
            let at = match days.last() {
                Some((last, _)) if *last == day => days.len() - 1,
                _ => days
                    .binary_search_by_key(&day, |(day, _)| *day)
                    .unwrap_or_else(|at| {
                        days.insert(at, (day, TradeSum::default()));
                        at
                    }),
            };
            let sum = &mut days[at].1;
            let (trades, bets) = (trades[*place as usize], bets[*place as usize]);
            sum.n += trades.n;
            sum.pnl += trades.pnl;
            sum.pnl += bets.pnl;
        }
        let days = days.into_iter();
        days.map(|(day, sum)| DaySum {
            day,
            trades: sum.n,
            pnl: sum.pnl.into(),
        })
        .collect()
    }

    /// Returns the course over sessions.
    fn curve(&self, sessions: &[u32]) -> Vec<LuckPoint> {
        let step = sessions.len().div_ceil(CURVE_POINTS).max(1);
        let mut sum = Luck::default();
        let mut points = Vec::new();
        for group in sessions.chunks(step) {
            let group_luck = group.iter().map(|place| self.luck(*place));
            sum = Luck::sum([&sum].into_iter().chain(group_luck));
            if let Some(last) = group.last() {
                points.push(sum.point(*last as usize));
            }
        }
        points
    }
}

impl ReviewFilter {
    /// Returns the part that it wants of each kind; `None` if it names one that no trade can have.
    fn wanted_parts(&self) -> Option<[Option<u8>; KINDS]> {
        let mut wanted = [None; KINDS];
        for (kind, name) in &self.slices {
            let place = SliceKind::ALL.iter().position(|other| other == kind)?;
            let part = (0..=u8::MAX).find(|part| kind.part_name(*part) == *name)?;
            if wanted[place].is_some_and(|other| other != part) {
                return None;
            }
            wanted[place] = Some(part);
        }
        Some(wanted)
    }

    /// Whether it takes trades of a session.
    fn takes(&self, session: &IndexedSession) -> bool {
        self.from.is_none_or(|from| from <= session.day)
            && self.until.is_none_or(|until| session.day <= until)
            && self.origin.is_none_or(|origin| origin == session.origin)
            && (!self.starred || session.starred)
    }
}

/// Whether a trade has every wanted part.
fn fits(wanted: [Option<u8>; KINDS], parts: [Option<u8>; KINDS]) -> bool {
    let mut pairs = wanted.iter().zip(&parts);
    pairs.all(|(wanted, part)| wanted.is_none() || wanted == part)
}

fn slices_of(kind: SliceKind, sums: &[TradeSum; 256]) -> Vec<SliceSum> {
    let parts = (0..=u8::MAX).zip(sums).filter(|(_, sum)| sum.n > 0);
    parts
        .map(|(part, sum)| SliceSum::new(kind.part_name(part), *sum))
        .collect()
}
