use super::*;

/// A moment, by both clocks.
pub(super) fn at_millis(millis: u64) -> ClockReading {
    let signed = i64::try_from(millis).expect("a moment of a test");
    ClockReading {
        elapsed: Duration::from_millis(millis),
        at: Time::UNIX_EPOCH + chrono::Duration::milliseconds(signed),
    }
}

pub(super) fn second(second: u64) -> ClockReading {
    at_millis(1_000 * second)
}

fn up() -> FeedState {
    FeedState::Up {
        since: second(0).at,
    }
}

/// A feed with a clock.
struct HealthRun {
    watch: FeedWatch,
    millis: u64,
    reported: Vec<String>,
}

impl HealthRun {
    fn new() -> Self {
        let mut watch = FeedWatch::default();
        watch.connected(second(0));
        Self {
            watch,
            millis: 0,
            reported: Vec::new(),
        }
    }

    fn hear(&mut self, error: bool) {
        let game = GameId::new("a").expect("an id");
        let heard = ObservedEvent {
            update: Some((Phase::Active, &game)),
            fault: if error {
                EventFault::Harmful
            } else {
                EventFault::None
            },
            ticks: 1,
            drops: 0,
        };
        self.watch.event(heard, at_millis(self.millis));
    }

    fn pass(&mut self, millis: u64, feed: &FeedState) {
        for _ in 0..millis / 50 {
            self.millis += 50;
            self.watch.clock(feed, (3, 4_096), at_millis(self.millis));
        }
        let alarms = self.watch.take_alarms();
        self.reported.extend(alarms.iter().map(ToString::to_string));
    }

    fn play(&mut self, millis: u64) {
        for _ in 0..millis / 250 {
            self.hear(false);
            self.pass(250, &up());
        }
    }

    fn take_reported(&mut self) -> Vec<String> {
        std::mem::take(&mut self.reported)
    }
}

#[test]
fn late_updates_degrade_though_only_the_first_is_told_and_a_calm_minute_brings_it_back() {
    let mut watched = HealthRun::new();
    watched.play(10_000);
    assert_eq!(watched.take_reported(), ["Connection HEALTHY: no problems"]);
    for _ in 0..5 {
        watched.play(2_000);
        watched.pass(1_000, &up());
    }
    watched.hear(false);
    watched.pass(50, &up());
    assert_eq!(
        watched.take_reported(),
        [
            "Data paused for 1.2 s (usual: 250 ms)",
            "Mode DEGRADED: updates came late 5 times within a minute",
        ]
    );
    let health = watched.watch.health();
    assert_eq!(health.mode, OperatingMode::Degraded);
    assert_eq!(health.interval.total_spikes, 5);
    assert_eq!((health.queue.waiting, health.queue.room), (3, 4_096));
    watched.play(61_000);
    assert_eq!(
        watched.take_reported(),
        ["Mode NORMAL: a minute without trouble"]
    );
}

#[test]
fn an_outage_is_reported_and_ends() {
    let mut watched = HealthRun::new();
    watched.play(10_000);
    watched.take_reported();
    watched
        .watch
        .disconnected(&DisconnectReason::QueueFull, second(10));
    let down = FeedState::Down {
        why: DisconnectReason::QueueFull,
        next_try_at: None,
    };
    watched.pass(20_000, &down);
    let why = DisconnectReason::QueueFull;
    let lost = [
        format!("Connection lost: {why}"),
        format!("Mode OFFLINE: {why}"),
        format!("Connection DISCONNECTED: {why}"),
    ];
    assert_eq!(
        watched.take_reported(),
        lost,
        "the outage is no stall as well"
    );
    assert_eq!(watched.watch.health().queue.overflows, 1);
    watched.watch.connected(at_millis(watched.millis));
    watched.play(70_000);
    let back = [
        "Connected again",
        "Mode DEGRADED: connected again; normal after a minute without trouble",
        "Connection HEALTHY: no problems",
        "Mode NORMAL: a minute without trouble",
    ];
    assert_eq!(watched.take_reported(), back);
}

#[test]
fn errors_leave_the_least_and_it_is_left_step_by_step() {
    let mut watched = HealthRun::new();
    watched.play(10_000);
    watched.take_reported();
    for _ in 0..20 {
        watched.hear(true);
        watched.pass(250, &up());
    }
    assert_eq!(watched.watch.health().mode, OperatingMode::Minimal);
    assert_eq!(watched.watch.health().rates.errors, 20);
    assert_eq!(watched.watch.health().state, HealthState::Degraded);
    watched.play(125_000);
    let reported = watched.take_reported();
    let modes: Vec<_> = reported.iter().filter(|t| t.starts_with("Mode")).collect();
    assert_eq!(
        modes,
        [
            "Mode DEGRADED: 10 errors within a minute",
            "Mode MINIMAL: 20 errors within a minute",
            "Mode DEGRADED: a minute without trouble",
            "Mode NORMAL: a minute without trouble",
        ]
    );
    assert_eq!(watched.watch.health().state, HealthState::Healthy);
}

#[test]
fn the_summary_is_the_same_while_nothing_changes() {
    let mut watched = HealthRun::new();
    let stopped = FeedState::Stopped;
    watched.pass(2_000, &stopped);
    let before = watched.watch.health();
    watched.pass(120_000, &stopped);
    assert!(Arc::ptr_eq(&before, &watched.watch.health()));
}

#[test]
fn alarms_that_stop_trading_are_critical() {
    let mut watched = HealthRun::new();
    watched.play(10_000);
    watched.watch.take_alarms();
    let stale = FeedState::Stale {
        since: second(0).at,
    };
    watched.watch.clock(&stale, (0, 1), second(12));
    watched
        .watch
        .disconnected(&DisconnectReason::Closed, second(13));
    for alarm in watched.watch.take_alarms() {
        let critical = !matches!(alarm, Alarm::Interval(_));
        assert_eq!(alarm.priority() == Priority::Critical, critical, "{alarm}");
    }
}

#[test]
fn a_clock_jump_is_reported_once_and_is_no_gap() {
    let mut watched = HealthRun::new();
    watched.play(10_000);
    watched.take_reported();
    let hour = chrono::Duration::hours(1);
    for by in [-hour, hour] {
        for _ in 0..20 {
            watched.hear(false);
            watched.millis += 250;
            let mut now = at_millis(watched.millis);
            if by < chrono::Duration::zero() {
                now.at += by;
            }
            watched.watch.clock(&up(), (0, 1), now);
        }
    }
    let reported: Vec<_> = watched.watch.take_alarms();
    assert_eq!(reported, [Alarm::Clock(-hour), Alarm::Clock(hour)]);
    assert_eq!(
        reported[0].to_string(),
        "This computer's clock jumped 3600 s back: it was set, or the computer slept"
    );
    assert_eq!(watched.watch.health().interval.total_spikes, 0);
}
