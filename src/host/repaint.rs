//! Wakes the window for each view with something new, no more often than the operating mode allows. Later views replace
//! one that has to wait.

use std::io;
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

use super::Waker;
use crate::background;
use crate::engine::View;
use crate::feed::health::{OperatingMode, Priority, PriorityRateLimiter, TokenBucketRateLimiter};

/// Repaints a second in a degraded mode.
const DEGRADED_RATE: f64 = 10.0;

/// Wakes the window for each new view until the engine ends. An equal view does not wake it: an idle window costs
/// nothing.
///
/// # Errors
/// The thread cannot be started.
pub(super) fn wake_on_change(
    view: watch::Receiver<View>,
    waker: Waker,
) -> io::Result<JoinHandle<()>> {
    wake_at_rate(view, waker, DEGRADED_RATE)
}

/// Does the same with `rate` repaints a second in a degraded mode.
fn wake_at_rate(
    mut view: watch::Receiver<View>,
    waker: Waker,
    rate: f64,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()?;
    let bucket = TokenBucketRateLimiter::new(rate, 1.0).map_err(io::Error::other)?;
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
    background::spawn("repaint", move || runtime.block_on(run))
}

/// Returns the priority of a view: critical if game, phase, rug, reveal, connection, recorder or player changed, ordinary
/// for a price.
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
