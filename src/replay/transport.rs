//! The transport: the position on a timeline, as a reducer over commands and times from outside.

use std::time::Duration;

use super::timeline::{Landmark, Playhead, TickTiming, Timeline};

/// The slowest and the fastest speed, as multiples of the recorded one.
pub const SPEEDS: [f64; 2] = [0.1, 50.0];
/// The duration of a position at the highest speed, with any timing.
const QUICKEST: Duration = Duration::from_millis(1);
/// The longest time that one advance plays: a window that was not painted for a while goes on where it was.
const MAX_ADVANCE: Duration = Duration::from_secs(1);

/// How fast a timeline plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PlaybackSpeed {
    /// A multiple of the recorded speed, within [`SPEEDS`].
    Times(f64),
    /// A thousand positions a second.
    Max,
}

/// A command to the transport.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TransportCommand {
    /// Play; at the end, from the beginning.
    Play,
    /// Stop here.
    Pause,
    /// Go to a position; it keeps playing or pausing.
    Seek(Playhead),
    /// Set the speed.
    Speed(PlaybackSpeed),
    /// Set the timing.
    Timing(TickTiming),
    /// Repeat the positions from the first to the second; `None`: play to the end, once.
    Loop(Option<(Playhead, Playhead)>),
}

/// The positions that were played by one advance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayedRange {
    /// The position before.
    pub from: Playhead,
    /// The position after it; earlier than `from` if a loop began again.
    pub to: Playhead,
}

/// The transport of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Transport {
    head: Playhead,
    playing: bool,
    speed: PlaybackSpeed,
    timing: TickTiming,
    range: Option<(Playhead, Playhead)>,
    /// The time of the last advance.
    advanced_at: Duration,
    /// The played part of the current position, at speed 1.
    played: Duration,
}

impl Transport {
    /// Returns the transport at the beginning of a timeline; `now` is a monotonic time.
    pub fn new(now: Duration) -> Self {
        Self {
            head: Playhead::default(),
            playing: false,
            speed: PlaybackSpeed::Times(1.0),
            timing: TickTiming::default(),
            range: None,
            advanced_at: now,
            played: Duration::ZERO,
        }
    }

    /// Returns the current position.
    pub fn head(&self) -> Playhead {
        self.head
    }

    /// Whether it plays.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Returns the speed.
    pub fn speed(&self) -> PlaybackSpeed {
        self.speed
    }

    /// Returns the timing.
    pub fn timing(&self) -> TickTiming {
        self.timing
    }

    /// Returns the range of the loop.
    pub fn range(&self) -> Option<(Playhead, Playhead)> {
        self.range
    }

    /// Applies a command at the time `now`.
    pub fn apply(
        &mut self,
        command: TransportCommand,
        timeline: &Timeline,
        now: Duration,
    ) -> PlayedRange {
        // Until now it played with the settings before.
        let mut passed = self.advance(timeline, now);
        match command {
            TransportCommand::Play => {
                if !self.playing && self.next(timeline).is_none() {
                    self.seek(timeline.first());
                    passed.to = self.head;
                }
                self.playing = true;
            }
            TransportCommand::Pause => self.playing = false,
            TransportCommand::Seek(head) => {
                self.seek(timeline.clamp(head));
                passed = PlayedRange {
                    from: self.head,
                    to: self.head,
                };
            }
            TransportCommand::Speed(PlaybackSpeed::Times(times)) => {
                let times = if times.is_nan() { 1.0 } else { times };
                self.speed = PlaybackSpeed::Times(times.clamp(SPEEDS[0], SPEEDS[1]));
            }
            TransportCommand::Speed(PlaybackSpeed::Max) => self.speed = PlaybackSpeed::Max,
            TransportCommand::Timing(timing) => self.timing = timing,
            TransportCommand::Loop(range) => {
                let ends = range.map(|(a, b)| (timeline.clamp(a.min(b)), timeline.clamp(a.max(b))));
                // An empty loop would only hold the playhead.
                self.range = ends.filter(|(from, to)| from < to);
            }
        }
        // A position that is shorter now ends at most; the rest of its time is not spent on the next ones.
        self.played = self.played.min(self.duration(timeline));
        passed
    }

    /// Plays to the position of `now`.
    pub fn advance(&mut self, timeline: &Timeline, now: Duration) -> PlayedRange {
        let since = now.saturating_sub(self.advanced_at).min(MAX_ADVANCE);
        self.advanced_at = now;
        let from = self.head;
        if self.playing {
            self.played += self.timeline_time(since);
        }
        while self.playing {
            let duration = self.duration(timeline);
            let Some(rest) = self.played.checked_sub(duration) else {
                break;
            };
            match self.next(timeline) {
                Some(next) => (self.head, self.played) = (next, rest),
                None => self.pause_at_the_end(),
            }
        }
        PlayedRange {
            from,
            to: self.head,
        }
    }

    /// Returns the time until the next position; `None` while it pauses.
    pub fn next_change_in(&self, timeline: &Timeline) -> Option<Duration> {
        let rest = self.duration(timeline).saturating_sub(self.played);
        self.playing.then(|| self.wall_time(rest))
    }

    /// Returns how much of the current position has been played, of [`Self::duration_of`].
    pub fn elapsed(&self) -> Duration {
        self.played
    }

    /// Returns the duration of a position, at speed 1 or at the highest speed.
    pub fn duration_of(&self, timeline: &Timeline, head: Playhead) -> Duration {
        match self.speed {
            PlaybackSpeed::Times(_) => timeline.duration_of(head, self.timing),
            PlaybackSpeed::Max => QUICKEST,
        }
    }

    /// Returns how much of the timeline is played in a wall-clock time.
    pub fn timeline_time(&self, wall: Duration) -> Duration {
        match self.speed {
            PlaybackSpeed::Times(times) => wall.mul_f64(times),
            PlaybackSpeed::Max => wall,
        }
    }

    /// Returns the wall-clock time for a part of the timeline.
    pub fn wall_time(&self, part: Duration) -> Duration {
        match self.speed {
            PlaybackSpeed::Times(times) => part.div_f64(times),
            PlaybackSpeed::Max => part,
        }
    }

    /// Returns the duration of the current position: never zero, or a loop would not end.
    fn duration(&self, timeline: &Timeline) -> Duration {
        self.duration_of(timeline, self.head).max(QUICKEST)
    }

    /// Returns the next position; `None` at the end.
    fn next(&self, timeline: &Timeline) -> Option<Playhead> {
        match self.range {
            Some((from, to)) if self.head >= to => Some(from),
            _ => timeline.next(Landmark::Tick, self.head),
        }
    }

    fn seek(&mut self, head: Playhead) {
        (self.head, self.played) = (head, Duration::ZERO);
    }

    fn pause_at_the_end(&mut self) {
        (self.playing, self.played) = (false, Duration::ZERO);
    }
}
