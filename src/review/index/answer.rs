//! The answer of the index to a filter.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;

use super::sums::{FilterSums, SessionSums};
use super::{IndexedSession, KINDS, ReviewFilter, ReviewIndex};
use crate::account::{CourseValue as _, Fall, ValueAt, ValueRange};
use crate::game::Time;
use crate::protocol::number;
use crate::review::course::thinned;
use crate::review::exact_sum::ExactSum;
use crate::review::figure_sums::TradeSum;
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
    /// What the sessions earned, everything open at its last price; of chosen trades, what they realised.
    pub result: Decimal,
    /// The deepest fall: of the total value of the sessions, one after the other, at every tick; of chosen trades, of
    /// their sum after each of them.
    pub fall: Option<Fall>,
    /// The parts of the trades, by kind. Of a kind by which the filter chooses, all parts: the others than the chosen one
    /// have the trades that the rest of the filter takes.
    pub slices: Vec<(SliceKind, Vec<SliceSum>)>,
    /// The trades with each tag.
    pub tags: Vec<SliceSum>,
    /// The days with a session, oldest first.
    pub days: Vec<DaySum>,
    /// The luck of the sessions; `None` if the filter chooses among their trades.
    pub luck: Option<Luck>,
    /// Expectation and bands over the sessions, at most 60 points; empty without `luck`.
    pub curve: Vec<LuckPoint>,
    /// The result after the sessions of each point of `curve`; of chosen trades, after each of them, thinned for a plot.
    pub course: Vec<ResultPoint>,
}

/// The result after some sessions or chosen trades.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ResultPoint {
    /// The place of the last one of them among those that were found, from 1.
    pub place: usize,
    /// When that session began, or that trade ended.
    pub at: Time,
    /// The result, in SOL.
    pub earned: f64,
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
        let tag = filter.tag.as_ref().map(|tag| {
            let place = self.tags.iter().position(|known| known == tag);
            place.map_or(0, |place| 1 << place)
        });
        let chooses_trades = tag.is_some() || !filter.slices.is_empty();
        let wanted = filter.wanted_parts();
        let mut answer = ReviewAnswer::default();
        let mut sums = FilterSums::new(self.tags.len());
        let mut days = BTreeMap::<NaiveDate, TradeSum>::new();
        let mut bets = TradeSum::default();
        let taken = (0..).zip(&self.sessions);
        for (place, session) in taken.filter(|(_, session)| filter.takes(session)) {
            answer.sessions.push(place);
            let before = sums.figures.trades;
            if let Some(wanted) = wanted {
                self.take_session(session, wanted, tag, &mut sums, &mut answer.trips);
            }
            let all = sums.figures.trades;
            let day = days.entry(session.day).or_default();
            day.n += all.n - before.n;
            day.pnl += all.pnl.minus(before.pnl);
            if !chooses_trades {
                day.pnl += session.bets.pnl;
                bets.append(session.bets);
            }
        }
        if chooses_trades {
            self.take_trades(&mut answer);
        } else {
            self.take_sessions(&mut answer);
        }
        answer.figures = sums.figures.figures(bets);
        let days = days.into_iter();
        answer.days = days
            .map(|(day, sum)| DaySum {
                day,
                trades: sum.n,
                pnl: sum.pnl.into(),
            })
            .collect();
        answer.slices = (SliceKind::ALL.iter().zip(&sums.parts))
            .map(|(kind, sums)| (*kind, slices_of(*kind, sums)))
            .collect();
        let named = self.tags.iter().zip(sums.tags).filter(|(_, sum)| sum.n > 0);
        answer.tags = named
            .map(|(name, sum)| SliceSum::new(name.clone(), sum))
            .collect();
        answer
    }

    /// Takes the trades of a session that a filter wants. Of a kind by which it chooses, trades count in their parts that
    /// the rest of the filter takes.
    fn take_session(
        &self,
        session: &IndexedSession,
        wanted: WantedParts,
        tag: Option<u64>,
        sums: &mut FilterSums,
        trips: &mut Vec<u32>,
    ) {
        let has_tag = |tags: u64| tag.is_none_or(|tag| tags & tag != 0);
        let places = session.trades.clone();
        match wanted.share(&session.sums) {
            SessionShare::No => {}
            SessionShare::Whole if has_tag(session.tags) => {
                sums.append(&session.sums);
                trips.extend(places);
            }
            SessionShare::Other(kind) if has_tag(session.tags) => {
                sums.append_parts(kind, &session.sums);
            }
            SessionShare::Whole | SessionShare::Other(_) | SessionShare::Some => {
                for place in places {
                    let trade = &self.keys[place as usize];
                    match wanted.misses(trade.parts) {
                        (0 | 1, _) if !has_tag(trade.tags) => {}
                        (0, _) => {
                            sums.take(trade);
                            trips.push(place);
                        }
                        (1, kind) => sums.take_part(kind, trade),
                        _ => {}
                    }
                }
            }
        }
    }

    /// Takes the course of the chosen trades.
    fn take_trades(&self, answer: &mut ReviewAnswer) {
        let mut value = ValueRange::<ExactSum, u32>::default();
        let mut course = Vec::with_capacity(answer.trips.len());
        for place in &answer.trips {
            let earned = value.end().plus(self.keys[*place as usize].pnl);
            value.push(*place, earned);
            course.push(earned.plotted());
        }
        let at = |place: u32| {
            let trade = &self.trips[place as usize];
            trade
                .ended
                .unwrap_or(self.sessions[trade.session as usize].start)
        };
        let known = |point: ValueAt<ExactSum, u32>| ValueAt {
            at: at(point.at),
            value: point.value.into(),
        };
        answer.result = value.end().into();
        answer.fall = value.fall().map(|fall| Fall {
            depth: fall.depth.into(),
            from: fall.from.map(known),
            to: known(fall.to),
        });
        let points = thinned(&course).map(|place| ResultPoint {
            place: place + 1,
            at: at(answer.trips[place]),
            earned: course[place],
        });
        answer.course = points.collect();
    }

    fn luck(&self, place: u32) -> &Luck {
        &self.sessions[place as usize].luck
    }

    /// Takes the course over whole sessions.
    fn take_sessions(&self, answer: &mut ReviewAnswer) {
        let step = answer.sessions.len().div_ceil(CURVE_POINTS).max(1);
        let (mut luck, mut value, mut place) = (Luck::default(), ValueRange::default(), 0);
        for group in answer.sessions.chunks(step) {
            let group_luck = group.iter().map(|place| self.luck(*place));
            luck = Luck::sum([&luck].into_iter().chain(group_luck));
            for place in group {
                value.append(&self.sessions[*place as usize].value);
            }
            place += group.len();
            if let Some(last) = group.last() {
                answer.curve.push(luck.point(*last as usize));
                answer.course.push(ResultPoint {
                    place,
                    at: self.sessions[*last as usize].start,
                    earned: number::to_f64_lossy(value.end()),
                });
            }
        }
        (answer.result, answer.fall) = (value.end(), value.fall().copied());
        answer.luck = Some(luck);
    }
}

impl ReviewFilter {
    /// Returns the part that it wants of each kind; `None` if it names one that no trade can have.
    fn wanted_parts(&self) -> Option<WantedParts> {
        let mut wanted = [None; KINDS];
        for (kind, name) in &self.slices {
            let place = SliceKind::ALL.iter().position(|other| other == kind)?;
            let part = (0..=u8::MAX).find(|part| kind.part_name(*part) == *name)?;
            if wanted[place].is_some_and(|other| other != part) {
                return None;
            }
            wanted[place] = Some(part);
        }
        Some(WantedParts(wanted))
    }

    /// Whether it takes trades of a session.
    fn takes(&self, session: &IndexedSession) -> bool {
        self.from.is_none_or(|from| from <= session.day)
            && self.until.is_none_or(|until| session.day <= until)
            && self.origin.is_none_or(|origin| origin == session.origin)
            && (!self.starred || session.starred)
    }
}

/// The part that a filter chooses of each kind; `None`: it takes all of them.
#[derive(Debug, Clone, Copy)]
struct WantedParts([Option<u8>; KINDS]);

/// How many trades of a session are in the parts that a filter chooses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SessionShare {
    /// None, and each of them misses more than one part.
    No,
    /// All of them.
    Whole,
    /// None: all of them miss the part of this kind, and only that.
    Other(usize),
    /// Some.
    Some,
}

impl WantedParts {
    fn share(self, session: &SessionSums) -> SessionShare {
        let n = session.figures.trades.n;
        let mut share = SessionShare::Whole;
        let mut has_some = false;
        for (kind, part) in self.0.iter().enumerate() {
            let Some(part) = part else { continue };
            match session.in_part(kind, *part) {
                0 if share == SessionShare::Whole => share = SessionShare::Other(kind),
                0 => return SessionShare::No,
                found => has_some |= found < n,
            }
        }
        if has_some { SessionShare::Some } else { share }
    }

    /// Returns the number of kinds in which a trade is in another part, and the last of them.
    fn misses(self, parts: [Option<u8>; KINDS]) -> (u8, usize) {
        let (mut count, mut last) = (0, 0);
        for (kind, (wanted, part)) in self.0.iter().zip(&parts).enumerate() {
            if wanted.is_some() && wanted != part {
                (count, last) = (count + 1, kind);
            }
        }
        (count, last)
    }
}

fn slices_of(kind: SliceKind, sums: &[TradeSum; 256]) -> Vec<SliceSum> {
    let parts = (0..=u8::MAX).zip(sums).filter(|(_, sum)| sum.n > 0);
    parts
        .map(|(part, sum)| SliceSum::new(kind.part_name(part), *sum))
        .collect()
}
