//! When the window is woken: for each view that shows something new, and no more often than the mode allows. A view
//! that had to wait is not lost: the newest one is shown instead.

use std::io;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::Waker;
use crate::engine::View;
use crate::feed::health::{OperatingMode, Priority, PriorityRateLimiter, TokenBucketRateLimiter};

/// Repaints a second while not everything runs.
const LESS: f64 = 10.0;

/// Wakes the window when there is something new to see, until the engine ends. A view like the one before is nothing
/// new: an idle window costs nothing.
pub(super) fn wake_on_change(
    mut view: watch::Receiver<View>,
    waker: Waker,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let bucket = TokenBucketRateLimiter::new(LESS, 1.0).map_err(io::Error::other)?;
    let mut limiter = PriorityRateLimiter::new(bucket);
    let run = async move {
        let started = Instant::now();
        let mut shown: Option<View> = None;
        let mut due = None;
        loop {
            tokio::select! {
                changed = view.changed() => if changed.is_err() { break },
                () = until(due) => {}
            }
            let now = view.borrow_and_update().clone();
            if shown.as_ref() == Some(&now) {
                due = None;
                continue;
            }
            let asked = if now.health.mode == OperatingMode::Normal {
                Ok(())
            } else {
                limiter.request(priority(shown.as_ref(), &now), started.elapsed())
            };
            due = match asked {
                Ok(()) => {
                    waker();
                    shown = Some(now);
                    None
                }
                Err(wait) => Some(Instant::now() + wait.min(Duration::from_secs(1))),
            };
        }
        waker();
    };
    std::thread::Builder::new()
        .name("repaint".to_owned())
        .spawn(move || runtime.block_on(run))
}

/// Another game or phase, a rug, a game's reveal, the connection, the recorder, anything of the player: that is seen at
/// once. A price is not, the next one tells as much.
fn priority(shown: Option<&View>, now: &View) -> Priority {
    let Some(shown) = shown else {
        return Priority::Critical;
    };
    let game = |view: &View| (view.phase, view.game_id.clone(), view.series.rug_tick);
    let player = |view: &View| {
        let trader = view.trader.as_ref();
        trader.map(|trader| (trader.account.clone(), trader.pending, trader.drift))
    };
    let same = game(shown) == game(now)
        && shown.past.games == now.past.games
        && shown.actions == now.actions
        && player(shown) == player(now)
        && shown.feed == now.feed
        && shown.health.mode == now.health.mode
        && shown.recording == now.recording
        && shown.recorder.trouble == now.recorder.trouble
        && shown.recorder.low_space.is_some() == now.recorder.low_space.is_some();
    if same {
        Priority::Ordinary
    } else {
        Priority::Critical
    }
}

async fn until(due: Option<Instant>) {
    match due {
        Some(due) => sleep_until(due).await,
        None => std::future::pending().await,
    }
}

#[cfg(test)]
mod tests;
