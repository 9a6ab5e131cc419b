use std::sync::{Arc, mpsc};

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

/// How long a test waits for a window that is never woken.
const LIMIT: Duration = Duration::from_mins(1);

/// A window's thread and how often it was woken.
struct Woken {
    view: View,
    tick: u32,
    send: watch::Sender<View>,
    seen: mpsc::Receiver<()>,
    thread: JoinHandle<()>,
}

impl Woken {
    fn new(mode: OperatingMode, rate: f64) -> Self {
        let view = view(mode);
        let (wake, seen) = mpsc::sync_channel(1024);
        let (send, changes) = watch::channel(view.clone());
        let waker: Waker = Arc::new(move || wake.try_send(()).expect("room"));
        let thread = wake_at_rate(changes, waker, rate).expect("a thread");
        Self {
            view,
            tick: 0,
            send,
            seen,
            thread,
        }
    }

    /// Sends the next price.
    fn price(&mut self) {
        self.tick += 1;
        self.view.tick = Some(self.tick);
        self.send.send_replace(self.view.clone());
    }

    fn wait(&self, why: &str) {
        self.seen.recv_timeout(LIMIT).expect(why);
    }

    /// Ends the engine; returns how often the window was woken since the last look.
    fn end(self) -> usize {
        drop(self.send);
        self.thread.join().expect("it ends with the engine");
        self.seen.try_iter().count()
    }
}

#[test]
fn a_normal_window_is_woken_for_each_view() {
    let mut window = Woken::new(OperatingMode::Normal, 0.001);
    for _ in 0..50 {
        window.price();
        window.wait("each view wakes it");
    }
    assert_eq!(window.end(), 1, "the end of the engine");
}

#[test]
fn a_degraded_window_is_woken_no_more_often_than_its_rate_allows() {
    for mode in [OperatingMode::Degraded, OperatingMode::Minimal] {
        let started = Instant::now();
        let mut window = Woken::new(mode, DEGRADED_RATE);
        let mut woken = 0;
        // Prices come far more often than the window may be woken.
        while woken < 6 && started.elapsed() < LIMIT {
            window.price();
            if window.seen.recv_timeout(Duration::from_millis(2)).is_ok() {
                woken += 1;
            }
        }
        assert_eq!(woken, 6, "it is woken again and again");
        woken += window.end();
        // The first view is critical, one more is saved up, and the end of the engine wakes it.
        let allowed = started.elapsed().as_secs_f64() * DEGRADED_RATE + 3.0;
        assert!(f64::from(u32::try_from(woken).expect("few")) <= allowed);
    }
}

#[test]
fn the_last_price_of_a_degraded_window_is_not_lost() {
    let mut window = Woken::new(OperatingMode::Degraded, DEGRADED_RATE);
    window.price();
    window.wait("the first at once");
    window.price();
    window.price();
    window.wait("the last one after a while");
    window.end();
}

#[test]
fn a_rug_is_not_delayed() {
    // A price would wait for a quarter of an hour.
    let mut window = Woken::new(OperatingMode::Degraded, 0.001);
    window.price();
    window.wait("the first at once");
    for _ in 0..3 {
        window.price();
    }
    // What was saved up is spent.
    while window.seen.recv_timeout(Duration::from_millis(50)).is_ok() {}
    let rug = View {
        phase: Phase::Rugged,
        ..window.view.clone()
    };
    window.send.send_replace(rug.clone());
    window.wait("a rug at once");
    assert_eq!(priority(Some(&rug), &rug), Priority::Ordinary);
    window.end();
}
