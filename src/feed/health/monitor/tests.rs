use super::*;
use crate::feed::DisconnectReason;
use crate::feed::health::tests::{at_millis, second};
use HealthState::{Degraded, Disconnected, Healthy, Stale, Unknown};

fn up() -> FeedState {
    FeedState::Up {
        since: second(0).at,
    }
}

fn stale() -> FeedState {
    FeedState::Stale {
        since: second(0).at,
    }
}

fn down() -> FeedState {
    FeedState::Down {
        why: DisconnectReason::ReaderGone,
        next_try_at: None,
    }
}

/// A monitor with a clock that looks every 50 ms.
struct MonitorRun {
    monitor: ConnectionHealthMonitor,
    millis: u64,
    reported: Vec<(HealthState, String)>,
}

impl MonitorRun {
    fn new() -> Self {
        Self {
            monitor: ConnectionHealthMonitor::default(),
            millis: 0,
            reported: Vec::new(),
        }
    }

    fn look(&mut self, feed: &FeedState, millis: u64) -> HealthState {
        for _ in 0..millis / 50 {
            self.millis += 50;
            let change = self.monitor.clock(feed, at_millis(self.millis));
            self.reported.extend(change.map(|c| (c.to, c.reason)));
        }
        self.monitor.state()
    }

    /// So many updates in this time; of each hundred so many are errors or drops.
    fn updates(&mut self, millis: u64, every: u64, (errors, drops): (u64, u64)) -> HealthState {
        for number in 0..millis / every {
            let now = at_millis(self.millis);
            self.monitor.event(number % 100 < errors, now);
            let drops = u64::from(number % 100 < drops);
            let interval = Some(Duration::from_millis(every));
            self.monitor.update(interval, 1 - drops, drops, now);
            self.look(&up(), every);
        }
        self.monitor.state()
    }
}

#[test]
fn the_state_is_unknown_before_the_first_update() {
    let mut watched = MonitorRun::new();
    let connecting = FeedState::Connecting {
        attempt: 1,
        after: None,
    };
    assert_eq!(watched.look(&connecting, 5_000), Unknown);
    assert_eq!(watched.look(&up(), 2_000), Unknown);
    assert_eq!(watched.monitor.reasons(), [HealthReason::NothingYet]);
    assert_eq!(watched.updates(200, 100, (0, 0)), Healthy);
    assert_eq!(watched.monitor.reasons(), []);
    assert_eq!(watched.reported, [(Healthy, "no problems".to_owned())]);
}

#[test]
fn a_silent_feed_becomes_stale_by_time_and_recovers_after_three_good_seconds() {
    let mut watched = MonitorRun::new();
    watched.updates(5_000, 250, (0, 0));
    assert_eq!(watched.look(&stale(), 100), Stale);
    assert_eq!(watched.monitor.reasons(), [HealthReason::Silent]);
    assert_eq!(watched.look(&up(), 2_900), Stale);
    assert_eq!(watched.monitor.reasons(), [HealthReason::Settling(Healthy)]);
    // A relapse starts the three seconds again.
    assert_eq!(watched.look(&stale(), 100), Stale);
    assert_eq!(watched.look(&up(), 3_000), Stale);
    assert_eq!(watched.look(&up(), 100), Healthy);
    let reported: Vec<_> = watched.reported.iter().map(|(to, _)| *to).collect();
    assert_eq!(reported, [Healthy, Stale, Healthy]);
}

#[test]
fn a_lost_connection_is_reported_with_its_reason_and_recovers_after_three_good_seconds() {
    let mut watched = MonitorRun::new();
    watched.updates(5_000, 250, (0, 0));
    assert_eq!(watched.look(&down(), 100), Disconnected);
    let connecting = FeedState::Connecting {
        attempt: 1,
        after: None,
    };
    assert_eq!(watched.look(&connecting, 10_000), Disconnected);
    watched.monitor.connected();
    // Connected is not enough: nothing was heard.
    assert_eq!(watched.look(&up(), 10_000), Disconnected);
    assert_eq!(watched.updates(3_000, 250, (0, 0)), Disconnected);
    assert_eq!(watched.updates(500, 250, (0, 0)), Healthy);
    assert_eq!(
        watched.reported[1],
        (Disconnected, DisconnectReason::ReaderGone.to_string())
    );
    // One that never comes about is known as well.
    assert_eq!(MonitorRun::new().look(&down(), 100), Disconnected);
}

#[test]
fn errors_of_a_bad_minute_are_gone_a_minute_later() {
    let mut watched = MonitorRun::new();
    // Hours of good messages do not hide it …
    for _ in 0..4 {
        watched.updates(3_600_000, 500, (0, 0));
    }
    assert_eq!(watched.updates(30_000, 250, (12, 0)), Degraded);
    let [HealthReason::Errors(percent)] = watched.monitor.reasons() else {
        panic!("{:?}", watched.monitor.reasons());
    };
    assert!((6..=14).contains(percent), "{percent}");
    // … and it does not hide them.
    assert_eq!(watched.updates(63_500, 250, (0, 0)), Healthy);
    assert_eq!(watched.monitor.rates(at_millis(watched.millis)).errors, 0);
}

#[test]
fn drops_and_slowness_degrade_and_clear() {
    let mut watched = MonitorRun::new();
    assert_eq!(watched.updates(20_000, 250, (0, 10)), Degraded);
    assert!(
        watched
            .reported
            .iter()
            .any(|(_, why)| why.contains("% of the ticks"))
    );
    assert_eq!(watched.updates(64_000, 250, (0, 0)), Healthy);
    assert_eq!(watched.updates(120_000, 1_200, (0, 0)), Degraded);
    assert_eq!(
        watched.monitor.reasons(),
        [HealthReason::Slow(Duration::from_millis(1_200))]
    );
    assert_eq!(watched.updates(64_000, 250, (0, 0)), Healthy);
    // A single slow update, or one bad message of five, says nothing.
    let mut watched = MonitorRun::new();
    assert_eq!(watched.updates(6_000, 1_500, (1, 1)), Healthy);
}

#[test]
fn stale_outranks_degraded_and_is_left_to_the_worst_since() {
    let mut watched = MonitorRun::new();
    watched.updates(30_000, 250, (12, 0));
    assert_eq!(watched.monitor.state(), Degraded);
    assert_eq!(watched.look(&stale(), 100), Stale);
    assert_eq!(watched.look(&up(), 3_100), Degraded);
}
