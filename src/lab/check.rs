//! A sample of the games, played the exact way, too.

use serde::Serialize;

use super::games::GameDealer;
use super::money::in_sol;
use super::player::ReadyStrategy;
use super::progress::LabProgress;
use super::settings::LabSettings;

/// The most games of the sample.
const SAMPLE: u64 = 1_000;

/// The first games of a run, played with the exact account, too.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Default)]
pub struct ExactSample {
    /// Games that were compared.
    pub games: u64,
    /// Those with another bankroll after them than the quick way has.
    pub different: u64,
    /// The largest difference, in SOL.
    pub largest: f64,
}

/// Plays the first sessions both ways and compares the bankroll after each game; none of a strategy that has no quick way.
pub(super) fn exact_sample(
    settings: &LabSettings,
    ready: &ReadyStrategy,
    progress: &LabProgress,
) -> ExactSample {
    let mut dealer = GameDealer::new(&settings.source);
    let mut sample = ExactSample::default();
    if !ready.is_quick() {
        return sample;
    }
    let of_session = settings.games.min(SAMPLE);
    let sessions = settings.sessions.min(SAMPLE / of_session);
    for _ in 0..sessions {
        let (mut quick, mut exact) = (ready.player(), ready.exact_player());
        let games = dealer.deal(usize::try_from(of_session).unwrap_or(usize::MAX));
        games.play(|game| {
            if quick.is_over() || exact.is_over() || progress.is_cancelled() {
                // Both have to end with the same game.
                sample.different += u64::from(quick.is_over() != exact.is_over());
                return false;
            }
            quick.play(game);
            exact.play(game);
            sample.games += 1;
            let off = quick
                .balance()
                .saturating_sub(exact.balance())
                .saturating_abs();
            sample.different += u64::from(off > 0);
            sample.largest = sample.largest.max(in_sol(off));
            true
        });
    }
    sample
}
