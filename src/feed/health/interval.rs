//! The time between two updates of the game: what is usual, what is a spike, what is a stall. Not a latency: that is
//! the time from a press to its answer, and the desk's to tell.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use crate::feed::health::Moment;
use crate::game::{Phase, Time};
use crate::protocol::GameId;

/// Samples that say what is usual.
const WINDOW: usize = 100;
/// Samples from which something can be unusual.
const ENOUGH: usize = 20;
/// A spike is further from the median than this many median deviations…
const DEVIATIONS: u32 = 6;
/// … and than this.
const ABOVE: Duration = Duration::from_millis(500);
/// Gaps that are worth telling, whatever is usual.
const TIERS: [(Duration, Severity); 3] = [
    (Duration::from_secs(10), Severity::Critical),
    (Duration::from_secs(5), Severity::Error),
    (Duration::from_secs(2), Severity::Warning),
];
/// A gap of this length is a stall: nothing before it says what is usual after it.
const STALL: Duration = Duration::from_secs(5);
/// Pause between two reports of the same severity.
const PAUSE: Duration = Duration::from_secs(30);

/// How bad a gap is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// From 2 s, or unusual.
    Warning,
    /// From 5 s.
    Error,
    /// From 10 s.
    Critical,
}

/// What a report tells of a gap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    /// It goes on, and is this long by now.
    GoesOn,
    /// It is over, and was told while it went on.
    Over,
    /// It is over before anything was told of it.
    Past,
}

/// A gap between two updates that is worth telling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IntervalReport {
    /// When it was found.
    pub at: Time,
    /// How bad.
    pub severity: Severity,
    /// Whether it goes on.
    pub gap: Gap,
    /// Its length so far.
    pub length: Duration,
    /// What was usual in this phase; `None` while too little is known.
    pub median: Option<Duration>,
    /// Spikes and stalls since the start, with this one.
    pub count: u64,
}

impl IntervalReport {
    /// Whether it is a stall, and no mere spike.
    pub fn is_stall(&self) -> bool {
        self.length >= STALL
    }
}

impl fmt::Display for IntervalReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = self.length.as_secs_f64();
        match self.gap {
            Gap::GoesOn => write!(f, "No update for {seconds:.1} s")?,
            Gap::Over => write!(f, "Updates come again after {seconds:.1} s")?,
            Gap::Past if self.is_stall() => write!(f, "The feed stalled for {seconds:.1} s")?,
            Gap::Past => write!(f, "An update came after {seconds:.1} s")?,
        }
        match self.median {
            Some(median) => write!(f, "; usual are {} ms", median.as_millis()),
            None => Ok(()),
        }
    }
}

/// The intervals of the phase on the table, of the newest hundred; and what was unusual since the start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IntervalStatistics {
    /// Samples in the window.
    pub samples: usize,
    /// Of these, spikes.
    pub spikes: usize,
    /// Mean; zero without samples, as all below.
    pub mean: Duration,
    /// Median.
    pub median: Duration,
    /// Median of the distances from the median.
    pub deviation: Duration,
    /// Shortest.
    pub min: Duration,
    /// Longest.
    pub max: Duration,
    /// Spikes and stalls since the start, told or not.
    pub total_spikes: u64,
    /// The newest of them that is over.
    pub last: Option<IntervalReport>,
}

impl IntervalStatistics {
    /// Returns the share of spikes in the window, in percent.
    pub fn rate(&self) -> f64 {
        let count = |n: usize| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
        100.0 * count(self.spikes) / count(self.samples.max(1))
    }
}

/// What came of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Judged {
    /// The interval, if it is one that says what is usual.
    pub sample: Option<Duration>,
    /// A gap was found to be a spike or a stall; true once for each.
    pub spike: bool,
    /// What is to be told.
    pub report: Option<IntervalReport>,
}

/// The newest update.
#[derive(Debug, Clone)]
struct Last {
    phase: Phase,
    game: GameId,
    at: Duration,
    /// What was found of the gap after it, while it went on.
    found: Option<Severity>,
    /// Something of that was told: its end is told as well.
    told: bool,
}

/// Watches the interval between updates. Each is judged by those before it, never by itself; only intervals within
/// one phase of one game say what is usual, and each phase has a window of its own.
#[derive(Debug, Clone, Default)]
pub struct LatencySpikeDetector {
    last: Option<Last>,
    windows: BTreeMap<Phase, VecDeque<(Duration, bool)>>,
    reported: BTreeMap<Severity, Duration>,
    total_spikes: u64,
    last_report: Option<IntervalReport>,
}

impl LatencySpikeDetector {
    /// A connection began or ended: the time until its first update says nothing.
    pub fn interrupted(&mut self) {
        self.last = None;
    }

    /// Takes an update, after which this game was in this phase.
    pub fn update(&mut self, phase: Phase, game: &GameId, now: Moment) -> Judged {
        let Some(mut last) = self.last.take() else {
            self.begin(phase, game.clone(), now);
            return Judged::default();
        };
        let length = now.elapsed.saturating_sub(last.at);
        let same = last.phase == phase && last.game == *game;
        // Most are far from that: what is usual need not be known for them.
        let usual = (length > ABOVE).then(|| self.usual(last.phase)).flatten();
        let unusual = same && usual.is_some_and(|usual| usual.is_left_by(length));
        let severity = tier(length).or(unusual.then_some(Severity::Warning));
        let mut judged = Judged {
            sample: same.then_some(length),
            spike: severity.is_some() && last.found.is_none(),
            report: None,
        };
        self.total_spikes += u64::from(judged.spike);
        if let Some(severity) = severity {
            let gap = if last.told { Gap::Over } else { Gap::Past };
            let report = self.report(severity, gap, length, usual, now);
            self.last_report = Some(report);
            judged.report = (last.told || self.may_report(severity, now)).then_some(report);
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
            (last.at, last.found, last.told) = (now.elapsed, None, false);
            self.last = Some(last);
        } else {
            self.begin(phase, game.clone(), now);
        }
        judged
    }

    /// Looks at the clock: a gap is found while it goes on.
    pub fn clock(&mut self, now: Moment) -> Judged {
        let Some((length, found, phase)) = self.last.as_ref().map(|last| {
            let length = now.elapsed.saturating_sub(last.at);
            (length, last.found, last.phase)
        }) else {
            return Judged::default();
        };
        let worse = tier(length).filter(|severity| Some(*severity) > found);
        let Some(severity) = worse else {
            return Judged::default();
        };
        let spike = found.is_none();
        self.total_spikes += u64::from(spike);
        let told = self.may_report(severity, now);
        if let Some(last) = &mut self.last {
            last.found = Some(severity);
            last.told |= told;
        }
        let usual = self.usual(phase).filter(|_| told);
        let report = self.report(severity, Gap::GoesOn, length, usual, now);
        Judged {
            sample: None,
            spike,
            report: told.then_some(report),
        }
    }

    /// Returns the figures of the phase on the table.
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
        let usual = Usual::of(&lengths);
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

    fn begin(&mut self, phase: Phase, game: GameId, now: Moment) {
        self.last = Some(Last {
            phase,
            game,
            at: now.elapsed,
            found: None,
            told: false,
        });
    }

    fn report(
        &self,
        severity: Severity,
        gap: Gap,
        length: Duration,
        usual: Option<Usual>,
        now: Moment,
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

    /// Whether a report of this severity may be told now; if so, it is noted as told.
    fn may_report(&mut self, severity: Severity, now: Moment) -> bool {
        let last = self.reported.get(&severity);
        let may = last.is_none_or(|last| now.elapsed.saturating_sub(*last) >= PAUSE);
        if may {
            self.reported.insert(severity, now.elapsed);
        }
        may
    }

    fn usual(&self, phase: Phase) -> Option<Usual> {
        let window = self.windows.get(&phase)?;
        if window.len() < ENOUGH {
            return None;
        }
        let lengths: Vec<_> = window.iter().map(|(length, _)| *length).collect();
        Some(Usual::of(&lengths))
    }
}

/// What is usual: a single outlier does not move it.
#[derive(Debug, Clone, Copy)]
struct Usual {
    median: Duration,
    /// Median of the distances from the median.
    deviation: Duration,
}

impl Usual {
    fn of(lengths: &[Duration]) -> Self {
        let median = median(lengths.to_vec());
        let distances = lengths.iter().map(|length| length.abs_diff(median));
        let deviation = self::median(distances.collect());
        Self { median, deviation }
    }

    fn is_left_by(self, length: Duration) -> bool {
        let above = length.saturating_sub(self.median);
        above > ABOVE && above > self.deviation.saturating_mul(DEVIATIONS)
    }
}

/// The middle one, the lower of two; zero of nothing.
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
