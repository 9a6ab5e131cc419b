//! Judges the interval between two updates of the game: usual, spike or stall. It is no latency, which is the time from a
//! press to its answer (`account::latency`).

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use crate::feed::health::ClockReading;
use crate::game::{Phase, Time};
use crate::protocol::GameId;

/// Samples of the baseline.
const WINDOW: usize = 100;
/// Least number of samples for a baseline.
const ENOUGH: usize = 20;
/// A spike exceeds the median by more than this many median deviations …
const DEVIATIONS: u32 = 6;
/// … and by more than this.
const ABOVE: Duration = Duration::from_millis(500);
/// Gaps that are reported whatever the baseline.
const TIERS: [(Duration, Severity); 3] = [
    (Duration::from_secs(10), Severity::Critical),
    (Duration::from_secs(5), Severity::Error),
    (Duration::from_secs(2), Severity::Warning),
];
/// A gap of this length is a stall: the baseline starts again after it.
const STALL: Duration = Duration::from_secs(5);
/// Pause between two reports of the same severity.
const PAUSE: Duration = Duration::from_secs(30);

/// The severity of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// From 2 s, or unusual.
    Warning,
    /// From 5 s.
    Error,
    /// From 10 s.
    Critical,
}

/// The status of a reported gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GapStatus {
    /// It continues.
    Ongoing,
    /// It ended after it was reported as ongoing.
    Ended,
    /// It ended before any report.
    EndedUnreported,
}

/// A report of a gap between two updates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalReport {
    /// When it was found.
    pub at: Time,
    /// Its severity.
    pub severity: Severity,
    /// Its status.
    pub gap: GapStatus,
    /// Its length so far.
    pub length: Duration,
    /// The median of this phase; `None` with too few samples.
    pub median: Option<Duration>,
    /// Spikes and stalls since the start, including this one.
    pub count: u64,
}

impl IntervalReport {
    /// Whether it is a stall rather than a spike.
    pub fn is_stall(&self) -> bool {
        self.length >= STALL
    }
}

impl fmt::Display for IntervalReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.length.as_secs_f64();
        match self.gap {
            GapStatus::Ongoing => write!(f, "No update for {seconds:.1} s")?,
            GapStatus::Ended => write!(f, "Updates come again after {seconds:.1} s")?,
            GapStatus::EndedUnreported => write!(f, "Data paused for {seconds:.1} s")?,
        }
        match self.median {
            Some(median) => write!(f, " (usual: {} ms)", median.as_millis()),
            None => Ok(()),
        }
    }
}

/// Statistics of the newest hundred intervals of the current phase, and of the spikes since the start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IntervalStatistics {
    /// Samples in the window.
    pub samples: usize,
    /// Spikes among them.
    pub spikes: usize,
    /// Mean; zero without samples, like the fields below.
    pub mean: Duration,
    /// Median.
    pub median: Duration,
    /// Median of the distances from the median.
    pub deviation: Duration,
    /// Shortest.
    pub min: Duration,
    /// Longest.
    pub max: Duration,
    /// Spikes and stalls since the start, reported or not.
    pub total_spikes: u64,
    /// The newest ended one.
    pub last: Option<IntervalReport>,
}

/// The verdict on an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IntervalVerdict {
    /// The interval, if it is a sample of the baseline.
    pub sample: Option<Duration>,
    /// A spike or a stall was found; true once for each.
    pub spike: bool,
    /// The report for the player.
    pub report: Option<IntervalReport>,
}

/// The newest update.
#[derive(Debug, Clone)]
struct LastUpdate {
    phase: Phase,
    game: GameId,
    at: Duration,
    /// What was found of the gap after it, while it went on.
    found: Option<Severity>,
    /// The gap was reported, so its end is reported too.
    was_reported: bool,
}

/// Watches the interval between updates. The baseline of an interval is made of those before it; only intervals within
/// one phase of one game count, and each phase has its own window.
#[derive(Debug, Clone, Default)]
pub struct LatencySpikeDetector {
    last: Option<LastUpdate>,
    windows: BTreeMap<Phase, VecDeque<(Duration, bool)>>,
    reported: BTreeMap<Severity, Duration>,
    total_spikes: u64,
    last_report: Option<IntervalReport>,
}

impl LatencySpikeDetector {
    /// Takes the start or end of a connection: the time until the next update is no interval.
    pub fn interrupted(&mut self) {
        self.last = None;
    }

    /// Takes another speed of the server: what was usual before says nothing about it.
    pub fn speed_changed(&mut self) {
        self.last = None;
        self.windows.clear();
    }

    /// Takes an update, with the game and phase after it.
    pub fn update(&mut self, phase: Phase, game: &GameId, now: ClockReading) -> IntervalVerdict {
        let Some(mut last) = self.last.take() else {
            self.begin(phase, game.clone(), now);
            return IntervalVerdict::default();
        };
        let length = now.elapsed.saturating_sub(last.at);
        let same = last.phase == phase && last.game == *game;
        // Most intervals are far below this limit and need no baseline.
        let usual = (length > ABOVE).then(|| self.usual(last.phase)).flatten();
        let unusual = same && usual.is_some_and(|usual| usual.is_exceeded_by(length));
        let severity = tier(length).or(unusual.then_some(Severity::Warning));
        let mut judged = IntervalVerdict {
            sample: same.then_some(length),
            spike: severity.is_some() && last.found.is_none(),
            report: None,
        };
        self.total_spikes += u64::from(judged.spike);
        if let Some(severity) = severity {
            let gap = if last.was_reported {
                GapStatus::Ended
            } else {
                GapStatus::EndedUnreported
            };
            let report = self.report(severity, gap, length, usual, now);
            self.last_report = Some(report);
            judged.report = (last.was_reported || self.may_report(severity, now)).then_some(report);
        }
        if length >= STALL {
            self.windows.clear();
        } else if same {
            let window = self.windows.entry(phase).or_default();
            if window.len() == WINDOW {
                window.pop_front();
            }
            window.push_back((length, severity.is_some()));
        }
        if same {
            (last.at, last.found, last.was_reported) = (now.elapsed, None, false);
            self.last = Some(last);
        } else {
            self.begin(phase, game.clone(), now);
        }
        judged
    }

    /// Takes the time: finds a gap while it continues.
    pub fn clock(&mut self, now: ClockReading) -> IntervalVerdict {
        let Some((length, found, phase)) = self.last.as_ref().map(|last| {
            let length = now.elapsed.saturating_sub(last.at);
            (length, last.found, last.phase)
        }) else {
            return IntervalVerdict::default();
        };
        let worse = tier(length).filter(|severity| Some(*severity) > found);
        let Some(severity) = worse else {
            return IntervalVerdict::default();
        };
        let spike = found.is_none();
        self.total_spikes += u64::from(spike);
        let is_due = self.may_report(severity, now);
        if let Some(last) = &mut self.last {
            last.found = Some(severity);
            last.was_reported |= is_due;
        }
        let usual = self.usual(phase).filter(|_| is_due);
        let report = self.report(severity, GapStatus::Ongoing, length, usual, now);
        IntervalVerdict {
            sample: None,
            spike,
            report: is_due.then_some(report),
        }
    }

    /// Returns the statistics of the current phase.
    pub fn statistics(&self) -> IntervalStatistics {
        let window = self
            .last
            .as_ref()
            .and_then(|last| self.windows.get(&last.phase));
        let window = window.filter(|window| !window.is_empty());
        let outside = IntervalStatistics {
            total_spikes: self.total_spikes,
            last: self.last_report,
            ..IntervalStatistics::default()
        };
        let Some(window) = window else {
            return outside;
        };
        let lengths: Vec<_> = window.iter().map(|(length, _)| *length).collect();
        let usual = Baseline::of(&lengths);
        let sum: Duration = lengths.iter().sum();
        IntervalStatistics {
            samples: lengths.len(),
            spikes: window.iter().filter(|(_, spike)| *spike).count(),
            mean: sum / u32::try_from(lengths.len()).unwrap_or(u32::MAX),
            median: usual.median,
            deviation: usual.deviation,
            min: lengths.iter().min().copied().unwrap_or_default(),
            max: lengths.iter().max().copied().unwrap_or_default(),
            ..outside
        }
    }

    fn begin(&mut self, phase: Phase, game: GameId, now: ClockReading) {
        self.last = Some(LastUpdate {
            phase,
            game,
            at: now.elapsed,
            found: None,
            was_reported: false,
        });
    }

    fn report(
        &self,
        severity: Severity,
        gap: GapStatus,
        length: Duration,
        usual: Option<Baseline>,
        now: ClockReading,
    ) -> IntervalReport {
        IntervalReport {
            at: now.at,
            severity,
            gap,
            length,
            median: usual.map(|usual| usual.median),
            count: self.total_spikes,
        }
    }

    /// Whether a report of this severity is due; if so, notes it as reported.
    fn may_report(&mut self, severity: Severity, now: ClockReading) -> bool {
        let last = self.reported.get(&severity);
        let may = last.is_none_or(|last| now.elapsed.saturating_sub(*last) >= PAUSE);
        if may {
            self.reported.insert(severity, now.elapsed);
        }
        may
    }

    fn usual(&self, phase: Phase) -> Option<Baseline> {
        let window = self.windows.get(&phase)?;
        if window.len() < ENOUGH {
            return None;
        }
        let lengths: Vec<_> = window.iter().map(|(length, _)| *length).collect();
        Some(Baseline::of(&lengths))
    }
}

/// The usual interval; a single outlier does not move it.
#[derive(Debug, Clone, Copy)]
struct Baseline {
    median: Duration,
    /// Median of the distances from the median.
    deviation: Duration,
}

impl Baseline {
    fn of(lengths: &[Duration]) -> Self {
        let median = median(lengths.to_vec());
        let distances = lengths.iter().map(|length| length.abs_diff(median));
        let deviation = self::median(distances.collect());
        Self { median, deviation }
    }

    fn is_exceeded_by(self, length: Duration) -> bool {
        let above = length.saturating_sub(self.median);
        above > ABOVE && above > self.deviation.saturating_mul(DEVIATIONS)
    }
}

/// Returns the median, the lower one of two; zero for an empty list.
fn median(mut lengths: Vec<Duration>) -> Duration {
    let middle = lengths.len().saturating_sub(1) / 2;
    if lengths.is_empty() {
        return Duration::ZERO;
    }
    *lengths.select_nth_unstable(middle).1
}

fn tier(length: Duration) -> Option<Severity> {
    let reached = TIERS.iter().find(|(from, _)| length >= *from);
    reached.map(|(_, severity)| *severity)
}

#[cfg(test)]
mod tests;
