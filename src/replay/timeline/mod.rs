//! The timeline of a saved session, or of a single game: the state at any position is a pure function of recording and
//! position.
//!
//! A position is a tick of a game, or its presale. A row takes effect where it was executed, but never before an
//! earlier row; so the account at a position is the replayed account after the last row that took effect. Checkpoints
//! of the account replay make any position quick to reach; their memory grows with the rows, not with the lots.

mod equity;
mod frame;
mod game_span;
mod navigation;
mod playhead;
mod steps;
mod timing;

pub use frame::{PlayerFrame, PriceKnowledge, TimelineFrame};
pub use playhead::{Landmark, Playhead};
pub use steps::SessionStep;
pub use timing::TickTiming;

use std::ops::Range;

use rust_decimal::Decimal;

use super::account_replay::{AccountReplay, ReplayStep, replay_session};
use super::games::Games;
use super::report::ReplayReport;
use crate::account::{Account, Action, ActionKind, ActionStatus, EquityPoint};
use crate::game::Phase;
use crate::protocol::GameId;
use crate::recording::{GameFile, SessionFile};
use game_span::{GameSpan, spans};
use playhead::Landmarks;

/// The smallest number of steps between two checkpoints.
const CHECKPOINT_STEPS: usize = 16;
/// The size of a checkpoint is that of its lots: with many lots the checkpoints are farther apart, so that there are at
/// most so many lots for each step.
const LOTS_PER_STEP: usize = 32;

/// The timeline of a session or of a game.
#[derive(Debug, Clone)]
pub struct Timeline {
    games: Games,
    spans: Vec<GameSpan>,
    landmarks: Landmarks,
    session: Option<PlayedSession>,
}

/// The player's part of a timeline.
#[derive(Debug, Clone)]
struct PlayedSession {
    file: SessionFile,
    result: ReplayReport,
    /// Where each step took effect, ascending.
    steps: Vec<StepEffect>,
    /// The account replay after so many steps, ascending; the first is before all of them.
    checkpoints: Vec<(usize, AccountReplay)>,
    /// The presses, with the index of the row, ascending.
    presses: Vec<(Playhead, usize)>,
}

/// Where a step took effect.
#[derive(Debug, Clone, Copy)]
struct StepEffect {
    head: Playhead,
    /// The number of rows that have taken effect after it.
    rows: usize,
    /// The number of drifts that have taken effect after it.
    drifts: usize,
    /// The number of disagreements found after it.
    found: usize,
}

impl Timeline {
    /// Returns the timeline of a session; `None` if it has no game. `find` returns the file of a game, or why there is
    /// none: such a game keeps its place. `watched` are other games that were recorded meanwhile.
    pub fn of_session(
        file: SessionFile,
        find: &mut dyn FnMut(&GameId) -> Result<GameFile, String>,
        watched: impl IntoIterator<Item = GameFile>,
    ) -> Option<Self> {
        let games = Games::of(&file, find).with(watched);
        let spans = spans(&games, &file.actions, &file.drifts);
        let played = PlayedSession::of(file, &games, &spans);
        (!spans.is_empty()).then(|| Self::of(games, spans, Some(played)))
    }

    /// Returns the timeline of a single game, without a player.
    pub fn of_game(file: GameFile) -> Self {
        let games = Games::default().with([file]);
        let spans = spans(&games, &[], &[]);
        Self::of(games, spans, None)
    }

    /// Returns a timeline of at least one game.
    fn of(games: Games, spans: Vec<GameSpan>, session: Option<PlayedSession>) -> Self {
        let mut landmarks = Landmarks::default();
        for (game, span) in spans.iter().enumerate() {
            let at = |tick| Playhead { game, tick };
            landmarks.games.push(at(None));
            landmarks.peaks.extend(span.peak.map(|tick| at(Some(tick))));
            landmarks.rugs.extend(span.rug.map(|tick| at(Some(tick))));
        }
        if let Some(session) = &session {
            session.add_landmarks(&games, &mut landmarks);
        }
        landmarks.sort();
        Self {
            games,
            spans,
            landmarks,
            session,
        }
    }

    /// Returns the state at a position, or at the nearest existing one.
    pub fn at(&self, head: Playhead) -> TimelineFrame<'_> {
        self.frame(head, usize::MAX)
    }

    /// Returns the state at a position before one of its presses, and the later ones, took effect.
    pub fn before(&self, head: Playhead, press: usize) -> TimelineFrame<'_> {
        let presses = self.session.as_ref().map(|session| &session.presses);
        let row = presses.and_then(|presses| Some(presses.get(press)?.1));
        self.frame(head, row.unwrap_or(usize::MAX))
    }

    /// Returns the state at a position by the rows before `end`.
    fn frame(&self, head: Playhead, end: usize) -> TimelineFrame<'_> {
        let head = self.clamp(head);
        let (game_id, file) = self.games.at(head.game);
        let span = &self.spans[head.game];
        let prices = game_span::prices_until(file.ok(), head.tick);
        let price = match head.tick {
            None => Some(Decimal::ONE),
            Some(_) => prices.iter().rev().flatten().next().copied(),
        };
        let phase = span.phase(head.tick);
        TimelineFrame {
            head,
            game_id,
            file,
            phase,
            prices,
            price,
            known: game_span::known(file.ok(), head),
            rug_tick: span.rug.filter(|_| phase == Phase::Rugged),
            player: self.session.as_ref().map(|session| {
                let taken = session.steps_at(head, end);
                let account = session.account(taken, game_id, &self.games);
                session.side(head, (taken, end), account, price, &self.games, &self.spans)
            }),
        }
    }

    /// Returns the games in order, each with its file or why there is none.
    pub fn games(&self) -> impl ExactSizeIterator<Item = (&GameId, Result<&GameFile, &str>)> {
        (0..self.games.len()).map(|game| self.games.at(game))
    }

    /// Returns a game by its place, from 0, with its file or why there is none; `None` for a game that does not exist.
    pub fn game(&self, place: usize) -> Option<(&GameId, Result<&GameFile, &str>)> {
        (place < self.games.len()).then(|| self.games.at(place))
    }

    /// Returns the place of a game, from 0.
    pub fn place(&self, game: &GameId) -> Option<usize> {
        self.games.place(game)
    }

    /// Returns the session; `None` for a single game.
    pub fn session(&self) -> Option<&SessionFile> {
        self.session.as_ref().map(|session| &session.file)
    }

    /// Returns the curve of the session, each point with its position; empty for a single game.
    pub fn equity(&self) -> Vec<(Playhead, EquityPoint)> {
        let session = self.session.as_ref();
        session.map_or(Vec::new(), |session| session.equity(self))
    }

    /// Returns the steps of the session in order; none for a single game.
    pub fn steps(&self) -> impl Iterator<Item = SessionStep<'_>> {
        let session = self.session.iter();
        session.flat_map(|session| session.follow(self))
    }

    /// Returns the result of the check of the session; `None` for a single game.
    pub fn replayed(&self) -> Option<&ReplayReport> {
        self.session.as_ref().map(|session| &session.result)
    }

    /// Returns a press by its number from 0: its position and its row.
    pub fn press(&self, number: usize) -> Option<(Playhead, &Action)> {
        let session = self.session.as_ref()?;
        let (head, row) = *session.presses.get(number)?;
        Some((head, &session.file.actions[row]))
    }

    /// Returns all presses, in order.
    pub fn presses(&self) -> impl Iterator<Item = (Playhead, &Action)> {
        (0..).map_while(|number| self.press(number))
    }

    /// Returns the numbers of the presses of a position.
    pub fn presses_at(&self, head: Playhead) -> Range<usize> {
        let presses = self.session.as_ref().map_or(&[][..], |s| &s.presses);
        let first = presses.partition_point(|(at, _)| *at < head);
        first..presses.partition_point(|(at, _)| *at <= head)
    }
}

impl PlayedSession {
    fn of(file: SessionFile, games: &Games, spans: &[GameSpan]) -> Self {
        let mut steps: Vec<StepEffect> = Vec::new();
        let mut checkpoints = vec![(0, AccountReplay::begin(&file))];
        let mut head = Playhead::default();
        let (mut rows, mut found) = (0, 0);
        let result = replay_session(&file, games, |step, replay, result| {
            let own = match step {
                ReplayStep::Row(index) => {
                    rows = index + 1;
                    effect_of(&file.actions[index], games, spans)
                }
                ReplayStep::Drifts(index) => drift_place(&file, index, games, spans),
            };
            head = own.map_or(head, |own| own.max(head));
            found = result.disagreements.len();
            steps.push(StepEffect {
                head,
                rows,
                drifts: replay.drifts_taken(),
                found,
            });
            let lots = replay.account.book().position.lots().len();
            let last = checkpoints.last().map_or(0, |(steps, _)| *steps);
            if steps.len() - last >= CHECKPOINT_STEPS.max(lots / LOTS_PER_STEP) {
                checkpoints.push((steps.len(), replay.clone()));
            }
        });
        let orders = file.actions.iter().enumerate();
        let orders = orders.filter(|(_, row)| row.action.is_order());
        let mut presses: Vec<_> = orders
            .filter_map(|(index, row)| Some((press(row, games, spans)?, index)))
            .collect();
        presses.sort_unstable();
        Self {
            file,
            result,
            steps,
            checkpoints,
            presses,
        }
    }

    /// Adds the landmarks of the player.
    fn add_landmarks(&self, games: &Games, landmarks: &mut Landmarks) {
        let places = self
            .file
            .actions
            .iter()
            .map(|row| games.place(&row.game_id));
        let presale = |game| Playhead { game, tick: None };
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
                if !row.action.is_order() {
                    landmarks.actions.push(taken.head);
                } else if row.status == ActionStatus::Confirmed {
                    match row.action {
                        ActionKind::Buy => landmarks.entries.push(taken.head),
                        ActionKind::Sell => landmarks.sales.push(taken.head),
                        _ => {}
                    }
                }
            }
        }
    }

    /// Returns the number of steps that had taken effect at a position, by the rows before `end`.
    fn steps_at(&self, head: Playhead, end: usize) -> usize {
        let fits = |taken: &StepEffect| taken.head <= head && taken.rows <= end;
        self.steps.partition_point(fits)
    }

    /// Returns the number of disagreements before a position.
    fn found_before(&self, head: Playhead) -> usize {
        let here = self.steps.partition_point(|taken| taken.head < head);
        let before = here.checked_sub(1).and_then(|last| self.steps.get(last));
        before.map_or(0, |taken| taken.found)
    }

    /// Returns the account in a game after so many steps.
    fn account(&self, taken: usize, game: &GameId, games: &Games) -> Account {
        let after = self
            .checkpoints
            .partition_point(|(steps, _)| *steps <= taken);
        let (steps, replay) = &self.checkpoints[after - 1];
        let mut replay = replay.clone();
        // The comparisons were made when the timeline was built.
        let mut again = ReplayReport::default();
        for _ in *steps..taken {
            replay.step(&self.file, games, &mut again);
        }
        replay.account_in(game)
    }

    fn side<'a>(
        &'a self,
        head: Playhead,
        (taken, end): (usize, usize),
        account: Account,
        price: Option<Decimal>,
        games: &Games,
        spans: &[GameSpan],
    ) -> PlayerFrame<'a> {
        let last = taken.checked_sub(1);
        let last = last.map(|last| self.steps[last]);
        let rows = last.map_or(0, |last| last.rows);
        let all = &self.file.actions;
        let later = &all[rows..end.clamp(rows, all.len())];
        let rows = &all[..rows];
        let on_its_way = |row: &&Action| {
            row.action.is_order() && press(row, games, spans).is_some_and(|pressed| pressed <= head)
        };
        let waiting = later.iter().take_while(on_its_way).count();
        let found = last.map_or(0..0, |last| self.found_before(last.head)..last.found);
        PlayerFrame {
            wallet: self.file.meta.wallet,
            pnl: price.map(|price| account.book().pnl(price)),
            account,
            rows,
            drifts: &self.file.drifts[..last.map_or(0, |last| last.drifts)],
            waiting: &later[..waiting],
            disagreements: &self.result.disagreements[found],
        }
    }
}

/// Returns where a row was pressed.
fn press(row: &Action, games: &Games, spans: &[GameSpan]) -> Option<Playhead> {
    let game = games.place(&row.game_id)?;
    let tick = spans[game].press(row);
    Some(Playhead { game, tick })
}

/// Returns where a row took effect by its own data.
fn effect_of(row: &Action, games: &Games, spans: &[GameSpan]) -> Option<Playhead> {
    let game = games.place(&row.game_id)?;
    let tick = spans[game].effect(row);
    let own = Playhead { game, tick };
    press(row, games, spans)
        .filter(|_| row.action.is_order())
        .max(Some(own))
}

/// Returns where a drift was found.
fn drift_place(
    file: &SessionFile,
    index: usize,
    games: &Games,
    spans: &[GameSpan],
) -> Option<Playhead> {
    let drift = &file.drifts[index];
    let game = games.place(drift.game_id.as_ref()?)?;
    let early = drift.tick == Some(0) && spans[game].is_before_start(drift.at);
    let tick = spans[game].clamp(drift.tick.filter(|_| !early));
    Some(Playhead { game, tick })
}
