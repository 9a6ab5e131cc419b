use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::engine::SessionCore;
use crate::feed;
use crate::feed::health::Health;
use crate::game::{Phase, Time};
use crate::recording::{RecorderState, RecordingPolicy};

fn view(mode: OperatingMode) -> View {
    let core = SessionCore::new(RecordingPolicy::everything(), None, None, Vec::new());
    let up = feed::FeedState::Up {
        since: Time::UNIX_EPOCH,
    };
    let health = Health {
        mode,
        ..Health::default()
    };
    View {
        health: Arc::new(health),
        ..core.view(up, RecorderState::default(), Time::UNIX_EPOCH)
    }
}

/// Sends a new price every 5 ms for a second; returns how often the window was woken.
fn woken(mode: OperatingMode) -> u64 {
    let count = Arc::new(AtomicU64::new(0));
    let woken = Arc::clone(&count);
    let first = view(mode);
    let (tell, seen) = watch::channel(first.clone());
    let waker: Waker = Arc::new(move || {
        woken.fetch_add(1, Ordering::SeqCst);
    });
    let thread = wake_on_change(seen, waker).expect("a thread");
    let started = std::time::Instant::now();
    let mut tick = 0;
    while started.elapsed() < Duration::from_secs(1) {
        tick += 1;
        tell.send_replace(View {
            tick: Some(tick),
            ..first.clone()
        });
        std::thread::sleep(Duration::from_millis(5));
    }
    drop(tell);
    thread.join().expect("it ends with the engine");
    count.load(Ordering::SeqCst)
}

#[test]
fn a_degraded_window_is_woken_ten_times_a_second_and_a_normal_one_for_each_view() {
    let [normal, degraded, least] = [
        OperatingMode::Normal,
        OperatingMode::Degraded,
        OperatingMode::Minimal,
    ]
    .map(woken);
    assert!(normal > 40, "{normal}");
    // The first, ten in the second, and the end.
    assert!((5..=13).contains(&degraded), "{degraded}");
    assert!((5..=13).contains(&least), "{least}");
}

#[test]
fn a_delayed_view_is_shown_and_a_phase_is_not_delayed() {
    let (wake, seen_awake) = std::sync::mpsc::sync_channel(64);
    let first = view(OperatingMode::Degraded);
    let (tell, seen) = watch::channel(first.clone());
    let waker: Waker = Arc::new(move || wake.try_send(()).expect("room"));
    let thread = wake_on_change(seen, waker).expect("a thread");
    let soon = Duration::from_secs(5);
    let price = |tick| View {
        tick: Some(tick),
        ..first.clone()
    };
    tell.send_replace(price(1));
    seen_awake.recv_timeout(soon).expect("the first at once");
    tell.send_replace(price(2));
    seen_awake
        .recv_timeout(soon)
        .expect("the last one is not lost");
    // The bucket is empty for 100 ms from here on.
    let asked = std::time::Instant::now();
    let phase = View {
        phase: Phase::Rugged,
        ..price(3)
    };
    tell.send_replace(phase.clone());
    seen_awake.recv_timeout(soon).expect("a rug at once");
    assert!(asked.elapsed() < Duration::from_millis(90));
    assert_eq!(priority(Some(&phase), &phase), Priority::Ordinary);
    drop(tell);
    thread.join().expect("it ends with the engine");
}
