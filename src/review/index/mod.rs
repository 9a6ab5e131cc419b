//! The index over many sessions: it answers a filter over hundreds of thousands of trades within a frame of the window.
//!
//! Each trade is a few bytes: its part in each kind of slice, its tags, and its P&L as a whole number of the smallest decimal
//! place, so that sums are exact and quick. The sums of each session are made once: a filter that takes all trades of a
//! session, or none, does not look at them.

mod answer;
mod sums;

pub use answer::{ResultPoint, ReviewAnswer, SliceSum};

use std::ops::Range;
use std::path::{Path, PathBuf};

use chrono::{NaiveDate, NaiveDateTime};
use rust_decimal::Decimal;
use uuid::Uuid;

use super::exact_sum::ExactSum;
use super::figure_sums::TradeSum;
use super::luck::Luck;
use super::session_review::SessionReview;
use super::slices::SliceKind;
use super::trip::{Extreme, Trip, TripEnd};
use crate::account::ValueRange;
use crate::game::Time;
use crate::protocol::{GameId, Tick};
use crate::recording::{NotePlace, Origin, SessionFile, SessionNotes};
use sums::SessionSums;

/// Different tags that a filter can have; further ones are not in the index.
const MAX_TAGS: usize = 64;
/// The kinds of slices.
const KINDS: usize = SliceKind::ALL.len();

/// What the answer is about. The default takes everything.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ReviewFilter {
    /// The first local day; a session belongs to the day of its start.
    pub from: Option<NaiveDate>,
    /// The last local day.
    pub until: Option<NaiveDate>,
    /// Only sessions of this origin.
    pub origin: Option<Origin>,
    /// Only sessions with a star.
    pub starred: bool,
    /// Only trades of these slices, by kind and name; of one kind at most one.
    pub slices: Vec<(SliceKind, String)>,
    /// Only trades with this tag, or in a session with it.
    pub tag: Option<String>,
}

/// A session of the index. Money in SOL.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexedSession {
    /// The file.
    pub path: PathBuf,
    /// Its key in other data.
    pub session_id: Option<Uuid>,
    /// Its start.
    pub start: Time,
    /// The local day of its start.
    pub day: NaiveDate,
    /// The source.
    pub origin: Origin,
    /// The player's name.
    pub username: Option<String>,
    /// It has a star.
    pub starred: bool,
    /// The change of the wallet.
    pub change: Decimal,
    /// What drifts changed.
    pub unexplained: Decimal,
    /// The total value at every tick, from zero.
    pub value: ValueRange,
    /// Its luck.
    pub luck: Luck,
    /// Its tags, as bits of the index's tags.
    tags: u64,
    /// The places of its trades.
    trades: Range<u32>,
    /// Their sums.
    sums: SessionSums,
    /// The sum of its decided sidebets.
    bets: TradeSum,
}

/// A trade of the index, as a table shows it. Money in SOL.
#[derive(Debug, Clone, PartialEq)]
pub struct TripRow {
    /// The place of its session in the index.
    pub session: u32,
    /// Its game.
    pub game_id: Option<GameId>,
    /// The row of its first fill, which its notes refer to.
    pub seq: u32,
    /// When it began.
    pub began: Option<Time>,
    /// When its last exit was pressed, or came.
    pub ended: Option<Time>,
    /// The tick of the first buy; `None` in the presale.
    pub entry_tick: Option<Tick>,
    /// The average price of the buys.
    pub average_cost: Option<Decimal>,
    /// What the wallet paid.
    pub cost: Decimal,
    /// The profit.
    pub pnl: Decimal,
    /// Ticks from the first buy to the last exit.
    pub ticks_held: Tick,
    /// How it ended.
    pub end: TripEnd,
    /// MAE: the lowest P&L while it was open.
    pub worst: Option<Extreme>,
    /// MFE: the highest one.
    pub best: Option<Extreme>,
    /// Ticks without a known price while it was open.
    pub missing_ticks: u32,
}

/// What a filter looks at.
#[derive(Debug, Clone, Copy)]
struct TradeKey {
    ticks_held: Tick,
    tags: u64,
    pnl: ExactSum,
    /// Its part in each kind of slice.
    parts: [Option<u8>; KINDS],
}

/// The trades and sessions of many sessions, in the order in which they were added.
#[derive(Debug)]
pub struct ReviewIndex {
    local: fn(Time) -> NaiveDateTime,
    sessions: Vec<IndexedSession>,
    trips: Vec<TripRow>,
    keys: Vec<TradeKey>,
    tags: Vec<String>,
    /// Whether the last trade was won.
    before: Option<bool>,
}

impl ReviewIndex {
    /// Returns an index without sessions. `local` is the player's clock.
    pub fn new(local: fn(Time) -> NaiveDateTime) -> Self {
        Self {
            local,
            sessions: Vec::new(),
            trips: Vec::new(),
            keys: Vec::new(),
            tags: Vec::new(),
            before: None,
        }
    }

    /// Returns a session by its place.
    pub fn session(&self, place: u32) -> Option<&IndexedSession> {
        self.sessions.get(place as usize)
    }

    /// Returns a trade by its place.
    pub fn trip(&self, place: u32) -> Option<&TripRow> {
        self.trips.get(place as usize)
    }

    /// Adds a session; add the oldest one first. `game_id` returns the id of a game by its place in the session's timeline.
    pub fn push<'a>(
        &mut self,
        path: &Path,
        file: &SessionFile,
        notes: &SessionNotes,
        (review, luck): (&SessionReview, Luck),
        game_id: impl Fn(usize) -> Option<&'a GameId>,
    ) {
        let (session, first) = (place_of(self.sessions.len()), place_of(self.trips.len()));
        let tags = self.tag_bits(&notes.tags);
        for trip in review.trips.iter().filter(|trip| trip.is_closed()) {
            let row = TripRow::new(session, trip, game_id(trip.game));
            let note = notes.note_at(&NotePlace::Trip { seq: row.seq });
            let own = note.map_or(0, |note| self.tag_bits(&note.tags));
            let mut parts = [None; KINDS];
            for (part, kind) in parts.iter_mut().zip(SliceKind::ALL) {
                *part = kind.part(trip, self.before, self.local);
            }
            self.before = Some(trip.pnl > Decimal::ZERO);
            self.keys.push(TradeKey {
                ticks_held: row.ticks_held,
                tags: tags | own,
                pnl: ExactSum::from(trip.pnl),
                parts,
            });
            self.trips.push(row);
        }
        let trades = first..place_of(self.trips.len());
        self.sessions.push(IndexedSession {
            path: path.to_owned(),
            session_id: file.meta.session_id,
            start: file.meta.session_start,
            day: (self.local)(file.meta.session_start).date(),
            origin: file.meta.origin,
            username: file.meta.username.clone(),
            starred: notes.starred,
            change: review.change,
            unexplained: review.unexplained,
            value: review.value,
            luck,
            tags,
            sums: SessionSums::of(&self.keys[first as usize..], self.tags.len()),
            trades,
            bets: TradeSum::of_bets(&review.sidebets),
        });
    }

    /// Removes the session that was added last, if it has this file: it has grown and is added again. Returns whether it
    /// was there.
    pub fn remove_last(&mut self, path: &Path) -> bool {
        let Some(last) = self.sessions.pop_if(|last| last.path == path) else {
            return false;
        };
        self.trips.truncate(last.trades.start as usize);
        self.keys.truncate(last.trades.start as usize);
        self.before = self.trips.last().map(|trip| trip.pnl > Decimal::ZERO);
        true
    }

    /// Sets the notes of a session: its star, its tags, and those of its trades. Returns whether that changes an answer.
    pub fn set_notes(&mut self, path: &Path, notes: &SessionNotes) -> bool {
        let mut sessions = self.sessions.iter();
        let Some(place) = sessions.position(|session| session.path == path) else {
            return false;
        };
        let tags = self.tag_bits(&notes.tags);
        let session = &mut self.sessions[place];
        let mut is_changed = session.starred != notes.starred || session.tags != tags;
        (session.starred, session.tags) = (notes.starred, tags);
        let trades = session.trades.start as usize..session.trades.end as usize;
        for at in trades.clone() {
            let seq = self.trips[at].seq;
            let note = notes.note_at(&NotePlace::Trip { seq });
            let bits = tags | note.map_or(0, |note| self.tag_bits(&note.tags));
            is_changed |= self.keys[at].tags != bits;
            self.keys[at].tags = bits;
        }
        let sums = SessionSums::of(&self.keys[trades], self.tags.len());
        self.sessions[place].sums = sums;
        is_changed
    }

    fn tag_bits(&mut self, tags: &[String]) -> u64 {
        let mut bits = 0;
        for tag in tags {
            let place = self.tags.iter().position(|known| known == tag);
            let place = place.or_else(|| {
                (self.tags.len() < MAX_TAGS).then(|| {
                    self.tags.push(tag.clone());
                    self.tags.len() - 1
                })
            });
            bits |= place.map_or(0, |place| 1 << place);
        }
        bits
    }
}

/// Returns a place for so many before it; a computer has no memory for more.
fn place_of(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl TripRow {
    fn new(session: u32, trip: &Trip, game_id: Option<&GameId>) -> Self {
        Self {
            session,
            game_id: game_id.cloned(),
            seq: trip.first_row(),
            began: trip.began(),
            ended: trip.exits.last().map(|exit| exit.at),
            entry_tick: trip.entry_tick(),
            average_cost: trip.average_cost(),
            cost: trip.cost,
            pnl: trip.pnl,
            ticks_held: trip.ticks_held().unwrap_or(0),
            end: trip.end,
            worst: trip.worst,
            best: trip.best,
            missing_ticks: trip.missing_ticks,
        }
    }
}
