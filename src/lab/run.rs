//! Plays the sessions of a run, spread over worker threads. Sessions are dealt and collected in their order, so that the
//! number of threads changes nothing.

use rayon::prelude::*;

use super::check::exact_sample;
use super::games::{GameBatch, GameDealer, LabGames};
use super::numbers::as_f64;
use super::player::ReadyStrategy;
use super::progress::LabProgress;
use super::report::{Collector, LabReport};
use super::session::{LabSession, fan_points};
use super::settings::{LabError, LabSettings};
use crate::background;
use crate::protocol::number;

/// Games that are dealt at once: while they are played, the next ones are dealt.
const DEALT: u64 = 4_096;

/// Runs `work` on a pool of so many worker threads of the lab.
///
/// # Errors
///
/// The system gives no thread.
pub fn in_pool<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> Result<T, LabError> {
    let pool = background::thread_pool("lab", threads);
    let pool = pool.map_err(|why| LabError::Threads(why.to_string()))?;
    Ok(pool.install(work))
}

/// Plays the strategies on the games, on the worker threads of the current pool.
///
/// A run that is cancelled returns the sessions that are over; without one, no strategy has a result. Sessions that are
/// played at the same time count together or not at all: those that end early must not have more weight.
///
/// # Errors
///
/// The settings are out of their limits.
pub fn run(settings: &LabSettings, progress: &LabProgress) -> Result<LabReport, LabError> {
    settings.check()?;
    let ready: Vec<_> = settings
        .strategies
        .iter()
        .map(|named| ReadyStrategy::new(&named.strategy, settings.limits, settings.bank))
        .collect();
    let points = fan_points(settings.games, settings.sessions);
    let mut collectors: Vec<_> = ready.iter().map(|_| Collector::default()).collect();
    let mut portions = Portions::new(settings, progress);
    let mut sessions: Vec<SessionGroup> = Vec::new();
    let mut done = 0;
    let mut next = portions.next();
    while let Some(portion) = next {
        if sessions.is_empty() {
            sessions.resize_with(portion.batches.len(), || SessionGroup::new(&ready));
        }
        let play = || play(&portion.batches, &mut sessions, &points, progress);
        next = rayon::join(play, || portions.next()).1;
        for session in &mut sessions {
            session.hand_over_returns(&mut collectors);
        }
        if progress.is_cancelled() {
            break;
        }
        if portion.is_last {
            done += finish(sessions.drain(..), &mut collectors, &points);
        }
    }
    let samples = ready
        .par_iter()
        .map(|ready| exact_sample(settings, ready, progress));
    let samples: Vec<_> = samples.collect();
    let strategies = settings.strategies.iter().zip(collectors).zip(samples);
    let strategies = strategies
        .filter_map(|((named, collector), sample)| collector.result(&named.name, &points, sample));
    Ok(LabReport {
        sessions: done,
        games: settings.games,
        bank: number::to_f64_lossy(settings.bank),
        cancelled: progress.is_cancelled(),
        repeats: match &settings.source {
            LabGames::New { .. } => None,
            LabGames::Recorded(games) => {
                Some(as_f64(done * settings.games) / as_f64(games.len() as u64))
            }
        },
        strategies: strategies.collect(),
    })
}

/// Plays some games of each session.
fn play(
    batches: &[GameBatch],
    sessions: &mut [SessionGroup],
    points: &[u64],
    progress: &LabProgress,
) {
    if let ([batch], [session]) = (batches, &mut *sessions) {
        batch.play_on_all_threads(|game| session.play(game, points, progress));
        progress.add(batch.len());
    } else {
        let pairs = batches.par_iter().zip(sessions);
        pairs.for_each(|(batch, session)| {
            batch.play(|game| session.play(game, points, progress));
            progress.add(batch.len());
        });
    }
}

/// Collects sessions that are over; returns how many.
fn finish(
    sessions: impl Iterator<Item = SessionGroup>,
    collectors: &mut [Collector],
    points: &[u64],
) -> u64 {
    let mut count = 0;
    for session in sessions {
        count += 1;
        for (session, collector) in session.0.into_iter().zip(&mut *collectors) {
            let (result, sums) = session.finish(points);
            collector.take_session(result, &sums);
        }
    }
    count
}

/// The session of each strategy on the same games.
struct SessionGroup(Vec<LabSession>);

impl SessionGroup {
    fn new(ready: &[ReadyStrategy]) -> Self {
        Self(ready.iter().map(LabSession::new).collect())
    }

    /// Plays a game with every strategy that has not ended; returns whether any goes on.
    fn play(
        &mut self,
        game: super::games::LabGame<'_>,
        points: &[u64],
        progress: &LabProgress,
    ) -> bool {
        if progress.is_cancelled() {
            return false;
        }
        let mut goes_on = false;
        for session in &mut self.0 {
            if !session.is_over() {
                session.play(game, points);
                goes_on |= !session.is_over();
            }
        }
        goes_on
    }

    fn hand_over_returns(&mut self, collectors: &mut [Collector]) {
        for (session, collector) in self.0.iter_mut().zip(collectors) {
            collector.take_returns(&session.take_returns());
        }
    }
}

/// Games of some sessions that are played at the same time, or of a part of one.
struct Portion {
    batches: Vec<GameBatch>,
    /// The last games of these sessions.
    is_last: bool,
}

/// Deals the games of a run, portion after portion, until it is cancelled.
struct Portions<'a> {
    progress: &'a LabProgress,
    dealer: GameDealer,
    games: u64,
    /// Sessions that are still to be dealt.
    sessions: u64,
    /// Games of the current session that are dealt.
    dealt: u64,
}

impl<'a> Portions<'a> {
    fn new(settings: &LabSettings, progress: &'a LabProgress) -> Self {
        Self {
            progress,
            dealer: GameDealer::new(&settings.source),
            games: settings.games,
            sessions: settings.sessions,
            dealt: 0,
        }
    }
}

impl Iterator for Portions<'_> {
    type Item = Portion;

    fn next(&mut self) -> Option<Portion> {
        if self.sessions == 0 {
            return None;
        }
        let sessions = (DEALT / self.games).clamp(1, self.sessions);
        let games = DEALT.min(self.games - self.dealt);
        let count = usize::try_from(games).unwrap_or(usize::MAX);
        let deal = |_| (!self.progress.is_cancelled()).then(|| self.dealer.deal(count));
        let batches = (0..sessions).map(deal).collect::<Option<Vec<_>>>()?;
        self.dealt += games;
        let is_last = self.dealt == self.games;
        if is_last {
            self.sessions -= sessions;
            self.dealt = 0;
        }
        Some(Portion { batches, is_last })
    }
}
