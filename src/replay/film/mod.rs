//! A saved session, or a single game, that can be looked at anywhere: what there was at a place is a pure function of
//! the recording and the place.
//!
//! A place is a tick of a game, or its presale. A row takes effect where it was executed, and never before the rows
//! that come before it; so what is held at a place is what the walk holds after the last row that had taken effect.
//! The walk is kept now and then and taken up from there: memory grows with the rows, however many lots they pile up.

mod frame;
mod head;
mod jump;
mod reel;
mod timing;

pub use frame::{Frame, Known, Side};
pub use head::{Head, Landmark};
pub use timing::Pace;

use std::ops::Range;

use rust_decimal::Decimal;

use super::games::Games;
use super::report::Replayed;
use super::row::is_order;
use super::walk::{Step, Walk, walk};
use crate::account::{Account, Action, ActionKind, ActionStatus};
use crate::game::Phase;
use crate::protocol::GameId;
use crate::recording::{GameFile, SessionFile};
use head::Landmarks;
use reel::Reel;

/// Steps between two kept walks, at least.
const STEPS: usize = 16;
/// A walk's size is that of its lots: with many of them the kept ones lie farther apart, so that there are no more than
/// so many lots for each step.
const LOTS_KEPT: usize = 32;

/// A session or a game that can be looked at anywhere.
#[derive(Debug, Clone)]
pub struct Film {
    games: Games,
    reels: Vec<Reel>,
    landmarks: Landmarks,
    session: Option<Played>,
}

/// The player's part of a film.
#[derive(Debug, Clone)]
struct Played {
    file: SessionFile,
    result: Replayed,
    /// Where each step took effect, ascending.
    steps: Vec<Taken>,
    /// Walks after so many steps, ascending; the first stands before all of them.
    kept: Vec<(usize, Walk)>,
    /// Where the player pressed, with the index of the row, ascending.
    presses: Vec<(Head, usize)>,
}

/// A step that has been taken.
#[derive(Debug, Clone, Copy)]
struct Taken {
    head: Head,
    /// Rows that had taken effect after it.
    rows: usize,
    /// Disagreements after it.
    found: usize,
}

impl Film {
    /// Returns the film of a session; `find` returns the file of a game, or why there is none: such a game keeps its
    /// place. `watched` are games that were recorded meanwhile. `None`: there is no game at all to look at.
    pub fn of_session(
        file: SessionFile,
        find: &mut dyn FnMut(&GameId) -> Result<GameFile, String>,
        watched: impl IntoIterator<Item = GameFile>,
    ) -> Option<Self> {
        let games = Games::of(&file, find).with(watched);
        let reels = reels(&games, &file.actions);
        let played = Played::of(file, &games, &reels);
        (!reels.is_empty()).then(|| Self::of(games, reels, Some(played)))
    }

    /// Returns the film of a single game, in which nobody plays.
    pub fn of_game(file: GameFile) -> Self {
        let games = Games::default().with([file]);
        let reels = reels(&games, &[]);
        Self::of(games, reels, None)
    }

    /// There is a game at least.
    fn of(games: Games, reels: Vec<Reel>, session: Option<Played>) -> Self {
        let mut landmarks = Landmarks::default();
        for (game, reel) in reels.iter().enumerate() {
            let at = |tick| Head { game, tick };
            landmarks.games.push(at(None));
            landmarks.peaks.extend(reel.peak.map(|tick| at(Some(tick))));
            landmarks.rugs.extend(reel.rug.map(|tick| at(Some(tick))));
        }
        if let Some(session) = &session {
            session.mark(&games, &mut landmarks);
        }
        landmarks.sort();
        Self {
            games,
            reels,
            landmarks,
            session,
        }
    }

    /// Returns what there was at a place; of a place that the film does not have, at the nearest one.
    pub fn at(&self, head: Head) -> Frame<'_> {
        self.frame(head, usize::MAX)
    }

    /// Returns what there was at a place before a press of it, the presses after it included, took effect.
    pub fn before(&self, head: Head, press: usize) -> Frame<'_> {
        let presses = self.session.as_ref().map(|session| &session.presses);
        let row = presses.and_then(|presses| Some(presses.get(press)?.1));
        self.frame(head, row.unwrap_or(usize::MAX))
    }

    /// Returns a place as far as the rows before this one made it.
    fn frame(&self, head: Head, end: usize) -> Frame<'_> {
        let head = self.clamp(head);
        let (game_id, file) = self.games.at(head.game);
        let reel = &self.reels[head.game];
        let prices = reel::prices_until(file.ok(), head.tick);
        let price = match head.tick {
            None => Some(Decimal::ONE),
            Some(_) => prices.iter().rev().flatten().next().copied(),
        };
        let phase = reel.phase(head.tick);
        Frame {
            head,
            game_id,
            file,
            phase,
            prices,
            price,
            known: reel::known(file.ok(), head),
            rug_tick: reel.rug.filter(|_| phase == Phase::Rugged),
            player: self.session.as_ref().map(|session| {
                let taken = session.taken(head, end);
                let account = session.account(taken, game_id, &self.games);
                session.side(head, (taken, end), account, price, &self.games, &self.reels)
            }),
        }
    }

    /// Returns the games in their order, each with its file or why there is none.
    pub fn games(&self) -> impl ExactSizeIterator<Item = (&GameId, Result<&GameFile, &str>)> {
        (0..self.games.len()).map(|game| self.games.at(game))
    }

    /// Returns the session; `None` of a single game.
    pub fn session(&self) -> Option<&SessionFile> {
        self.session.as_ref().map(|session| &session.file)
    }

    /// Returns what `pianola replay` says of the session; `None` of a single game.
    pub fn replayed(&self) -> Option<&Replayed> {
        self.session.as_ref().map(|session| &session.result)
    }

    /// Returns a press of the film, counted from 0: where it was done, and its row.
    pub fn press(&self, number: usize) -> Option<(Head, &Action)> {
        let session = self.session.as_ref()?;
        let (head, row) = *session.presses.get(number)?;
        Some((head, &session.file.actions[row]))
    }

    /// Returns all presses, in order.
    pub fn presses(&self) -> impl Iterator<Item = (Head, &Action)> {
        (0..).map_while(|number| self.press(number))
    }

    /// Returns the numbers of the presses of a place.
    pub fn presses_at(&self, head: Head) -> Range<usize> {
        let presses = self.session.as_ref().map_or(&[][..], |s| &s.presses);
        let first = presses.partition_point(|(at, _)| *at < head);
        first..presses.partition_point(|(at, _)| *at <= head)
    }
}

impl Played {
    fn of(file: SessionFile, games: &Games, reels: &[Reel]) -> Self {
        let mut steps: Vec<Taken> = Vec::new();
        let mut kept = vec![(0, Walk::begin(&file))];
        let mut head = Head::default();
        let (mut rows, mut found) = (0, 0);
        let result = walk(&file, games, |step, walk, result| {
            let own = match step {
                Step::Row(index) => {
                    rows = index + 1;
                    effect(&file.actions[index], games, reels)
                }
                Step::Drifts(index) => drifted(&file, index, games, reels),
            };
            head = own.map_or(head, |own| own.max(head));
            found = result.disagreements.len();
            steps.push(Taken { head, rows, found });
            let lots = walk.account.book().position.lots().len();
            let last = kept.last().map_or(0, |(steps, _)| *steps);
            if steps.len() - last >= STEPS.max(lots / LOTS_KEPT) {
                kept.push((steps.len(), walk.clone()));
            }
        });
        let orders = file.actions.iter().enumerate();
        let orders = orders.filter(|(_, row)| is_order(row.action));
        let mut presses: Vec<_> = orders
            .filter_map(|(index, row)| Some((press(row, games, reels)?, index)))
            .collect();
        presses.sort_unstable();
        Self {
            file,
            result,
            steps,
            kept,
            presses,
        }
    }

    /// Adds the landmarks of the player.
    fn mark(&self, games: &Games, landmarks: &mut Landmarks) {
        let places = self
            .file
            .actions
            .iter()
            .map(|row| games.place(&row.game_id));
        let presale = |game| Head { game, tick: None };
        landmarks.played.extend(places.flatten().map(presale));
        let presses = self.presses.iter().map(|(head, _)| *head);
        landmarks.actions.extend(presses);
        let (mut before, mut found) = (0, 0);
        for taken in &self.steps {
            if taken.found > found {
                found = taken.found;
                landmarks.differences.push(taken.head);
            }
            if let Some(row) = self.file.actions.get(before)
                && taken.rows > before
            {
                before = taken.rows;
                if !is_order(row.action) {
                    landmarks.actions.push(taken.head);
                } else if row.action == ActionKind::Buy && row.status == ActionStatus::Confirmed {
                    landmarks.entries.push(taken.head);
                }
            }
        }
    }

    /// Returns how many steps had taken effect at a place, without those from this row on.
    fn taken(&self, head: Head, end: usize) -> usize {
        let fits = |taken: &Taken| taken.head <= head && taken.rows <= end;
        self.steps.partition_point(fits)
    }

    /// Returns how many disagreements there were before a place.
    fn found_before(&self, head: Head) -> usize {
        let here = self.steps.partition_point(|taken| taken.head < head);
        let before = here.checked_sub(1).and_then(|last| self.steps.get(last));
        before.map_or(0, |taken| taken.found)
    }

    /// Returns what the player holds after so many steps in this game.
    fn account(&self, taken: usize, game: &GameId, games: &Games) -> Account {
        let after = self.kept.partition_point(|(steps, _)| *steps <= taken);
        let (steps, walk) = &self.kept[after - 1];
        let mut walk = walk.clone();
        // All of it was compared when the film was made.
        let mut again = Replayed::default();
        for _ in *steps..taken {
            walk.step(&self.file, games, &mut again);
        }
        walk.account_in(game)
    }

    fn side<'a>(
        &'a self,
        head: Head,
        (taken, end): (usize, usize),
        account: Account,
        price: Option<Decimal>,
        games: &Games,
        reels: &[Reel],
    ) -> Side<'a> {
        let last = taken.checked_sub(1);
        let last = last.map(|last| self.steps[last]);
        let rows = last.map_or(0, |last| last.rows);
        let all = &self.file.actions;
        let later = &all[rows..end.clamp(rows, all.len())];
        let rows = &all[..rows];
        let on_its_way = |row: &&Action| {
            is_order(row.action) && press(row, games, reels).is_some_and(|pressed| pressed <= head)
        };
        let waiting = later.iter().take_while(on_its_way).count();
        let found = last.map_or(0..0, |last| self.found_before(last.head)..last.found);
        Side {
            wallet: self.file.meta.wallet,
            pnl: price.map(|price| account.book().pnl(price)),
            account,
            rows,
            waiting: &later[..waiting],
            disagreements: &self.result.disagreements[found],
        }
    }
}

fn reels(games: &Games, rows: &[Action]) -> Vec<Reel> {
    let mut of_game = vec![Vec::new(); games.len()];
    for row in rows {
        if let Some(place) = games.place(&row.game_id) {
            of_game[place].push(row);
        }
    }
    let mut before = 0;
    let mut reels = Vec::with_capacity(games.len());
    for (game, rows) in of_game.into_iter().enumerate() {
        let reel = Reel::new(before, games.at(game).1.ok(), rows.into_iter());
        before += reel.places();
        reels.push(reel);
    }
    reels
}

/// Where a row was pressed.
fn press(row: &Action, games: &Games, reels: &[Reel]) -> Option<Head> {
    let game = games.place(&row.game_id)?;
    let tick = reels[game].press(row);
    Some(Head { game, tick })
}

/// Where a row came to its end, by its own word.
fn effect(row: &Action, games: &Games, reels: &[Reel]) -> Option<Head> {
    let game = games.place(&row.game_id)?;
    let tick = reels[game].effect(row);
    let own = Head { game, tick };
    press(row, games, reels)
        .filter(|_| is_order(row.action))
        .max(Some(own))
}

/// Where a drift was seen.
fn drifted(file: &SessionFile, index: usize, games: &Games, reels: &[Reel]) -> Option<Head> {
    let drift = &file.drifts[index];
    let game = games.place(drift.game_id.as_ref()?)?;
    let early = drift.tick == Some(0) && reels[game].is_before_start(drift.at);
    let tick = reels[game].clamp(drift.tick.filter(|_| !early));
    Some(Head { game, tick })
}
