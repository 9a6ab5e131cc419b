use super::*;
use crate::feed::health::tests::at_millis;

fn game(text: &str) -> GameId {
    GameId::new(text).expect("an id")
}

/// A feed of one game, reported by the time between its updates.
struct Feed {
    detector: LatencySpikeDetector,
    millis: u64,
}

impl Feed {
    fn new() -> Self {
        let mut feed = Self {
            detector: LatencySpikeDetector::default(),
            millis: 1_000,
        };
        feed.after(0);
        feed
    }

    fn after(&mut self, millis: u64) -> IntervalVerdict {
        self.update(millis, Phase::Active, "a")
    }

    fn update(&mut self, millis: u64, phase: Phase, id: &str) -> IntervalVerdict {
        self.millis += millis;
        let now = at_millis(self.millis);
        self.detector.update(phase, &game(id), now)
    }

    /// Looks at the clock every 100 ms while nothing comes; returns what was reported.
    fn silence(&mut self, millis: u64) -> Vec<IntervalReport> {
        let looks = (100..=millis).step_by(100);
        let reported = looks.filter_map(|passed| {
            let now = at_millis(self.millis + passed);
            self.detector.clock(now).report
        });
        reported.collect()
    }

    fn steady(&mut self, count: u64) {
        for number in 0..count {
            let judged = self.after(240 + 10 * (number % 3));
            assert!(!judged.spike && judged.report.is_none(), "{judged:?}");
        }
    }
}

fn seconds(report: &IntervalReport) -> (u64, Severity, GapStatus) {
    (report.length.as_secs(), report.severity, report.gap)
}

#[test]
fn a_spike_is_found_with_a_full_window_and_is_not_part_of_its_baseline() {
    let mut feed = Feed::new();
    feed.steady(100);
    let judged = feed.after(900);
    let report = judged.report.expect("a spike");
    assert!(judged.spike && !report.is_stall());
    assert_eq!(
        (report.severity, report.gap),
        (Severity::Warning, GapStatus::EndedUnreported)
    );
    assert_eq!(report.median, Some(Duration::from_millis(250)));
    let statistics = feed.detector.statistics();
    assert_eq!((statistics.samples, statistics.spikes), (100, 1));
    assert_eq!(statistics.max, Duration::from_millis(900));
    assert_eq!(statistics.total_spikes, 1);
    // It clears: what is usual is no spike, and the window forgets it.
    feed.steady(100);
    let statistics = feed.detector.statistics();
    assert_eq!((statistics.spikes, statistics.total_spikes), (0, 1));
    assert_eq!(statistics.max, Duration::from_millis(260));
    assert_eq!(statistics.min, Duration::from_millis(240));
    assert_eq!(statistics.median, Duration::from_millis(250));
    assert_eq!(statistics.deviation, Duration::from_millis(10));
    assert!(statistics.last.is_some());
}

#[test]
fn with_few_samples_and_below_the_bounds_nothing_is_unusual() {
    let mut feed = Feed::new();
    feed.steady(19);
    assert!(!feed.after(1_900).spike, "19 samples say nothing");
    let mut feed = Feed::new();
    feed.steady(20);
    // Six deviations are 60 ms, but half a second above the median it has to be.
    assert!(!feed.after(750).spike);
    assert!(feed.after(770).spike);
    // Where everything wanders, half a second is nothing.
    let mut feed = Feed::new();
    for number in 0..50 {
        feed.after(100 + 200 * (number % 5));
    }
    assert!(!feed.after(1_600).spike);
    assert!(feed.after(1_950).spike);
}

#[test]
fn every_severity_is_reported_during_the_gap_and_its_end_with_the_length() {
    let mut feed = Feed::new();
    feed.steady(30);
    let reported: Vec<_> = feed.silence(60_000).iter().map(seconds).collect();
    assert_eq!(
        reported,
        [
            (2, Severity::Warning, GapStatus::Ongoing),
            (5, Severity::Error, GapStatus::Ongoing),
            (10, Severity::Critical, GapStatus::Ongoing),
        ]
    );
    let judged = feed.after(60_000);
    let report = judged.report.expect("the end is reported");
    assert!(report.is_stall() && !judged.spike, "it was found before");
    assert_eq!(seconds(&report), (60, Severity::Critical, GapStatus::Ended));
    assert_eq!(
        report.to_string(),
        "Updates come again after 60.0 s (usual: 250 ms)"
    );
    let statistics = feed.detector.statistics();
    assert_eq!(statistics.total_spikes, 1, "one gap is one spike");
    // Nothing before it says what is usual now.
    assert_eq!(statistics.samples, 0);
    feed.steady(20);
    assert_eq!(feed.detector.statistics().samples, 20);
}

#[test]
fn a_stall_without_a_check_is_reported_at_its_end() {
    for (millis, severity) in [
        (2_000, Severity::Warning),
        (5_100, Severity::Error),
        (60_000, Severity::Critical),
    ] {
        let mut feed = Feed::new();
        let judged = feed.after(millis);
        let report = judged.report.expect("it is long, whatever is usual");
        assert_eq!(
            (report.severity, report.gap),
            (severity, GapStatus::EndedUnreported)
        );
        assert_eq!(report.length, Duration::from_millis(millis));
        assert!(judged.spike);
        assert_eq!(report.is_stall(), millis > 5_000);
    }
}

#[test]
fn each_severity_pauses_for_itself_and_everything_is_counted() {
    let mut feed = Feed::new();
    feed.steady(30);
    assert!(feed.after(1_000).report.is_some());
    feed.steady(4);
    let again = feed.after(1_000);
    assert!(again.spike && again.report.is_none());
    // A worse one passes at once, and is followed by nothing either.
    assert!(feed.after(5_500).report.is_some());
    assert!(feed.after(5_500).report.is_none());
    assert!(feed.after(10_500).report.is_some());
    assert_eq!(feed.detector.statistics().total_spikes, 5);
    feed.steady(30);
    assert!(feed.after(2_500).report.is_some(), "half a minute is over");
}

#[test]
fn between_phases_games_and_connections_nothing_is_learnt() {
    let mut feed = Feed::new();
    feed.steady(10);
    assert_eq!(
        feed.update(1_400, Phase::Rugged, "a"),
        IntervalVerdict::default()
    );
    assert_eq!(
        feed.update(1_400, Phase::Cooldown, "b"),
        IntervalVerdict::default()
    );
    for _ in 0..30 {
        let sample = feed.update(100, Phase::Cooldown, "b").sample;
        assert_eq!(sample, Some(Duration::from_millis(100)));
    }
    assert_eq!(feed.detector.statistics().samples, 30);
    assert_eq!(
        feed.update(100, Phase::Active, "b"),
        IntervalVerdict::default()
    );
    // The phase has the window that it had: a quarter of a second is no spike in it.
    assert_eq!(feed.detector.statistics().samples, 10);
    assert!(!feed.update(250, Phase::Active, "b").spike);
    assert_eq!(
        feed.update(900, Phase::Active, "c"),
        IntervalVerdict::default()
    );
    feed.detector.interrupted();
    assert_eq!(feed.silence(20_000), []);
    assert_eq!(
        feed.update(20_000, Phase::Active, "c"),
        IntervalVerdict::default()
    );
    // A gap is a gap, also where a phase ends in it.
    let judged = feed.update(5_300, Phase::Rugged, "c");
    assert!(judged.report.is_some_and(|report| report.is_stall()));
    assert_eq!(judged.sample, None);
}

#[test]
fn after_a_change_of_the_speed_only_the_new_intervals_are_usual() {
    let mut feed = Feed::new();
    feed.steady(30);
    feed.detector.speed_changed();
    for _ in 0..30 {
        assert!(!feed.after(1_000).spike);
    }
    assert_eq!(feed.detector.statistics().median, Duration::from_secs(1));
    assert!(feed.after(1_600).spike);
}

#[test]
fn a_clock_that_goes_back_is_no_gap() {
    let mut feed = Feed::new();
    feed.steady(30);
    let before = at_millis(feed.millis - 500);
    let judged = feed.detector.update(Phase::Active, &game("a"), before);
    assert_eq!(judged.sample, Some(Duration::ZERO));
    assert!(!judged.spike);
}
