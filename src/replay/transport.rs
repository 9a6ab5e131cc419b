//! The transport: where a timeline stands, as a reducer over times that come from outside.

use std::time::Duration;

use super::timeline::{Playhead, TickTiming, Timeline};

/// The slowest and the quickest speed, as multiples of what was.
pub const SPEEDS: [f64; 2] = [0.1, 50.0];
/// How long a place lasts when a timeline plays as fast as possible, whatever its pace.
const QUICKEST: Duration = Duration::from_millis(1);
/// What one look at the clock can make of the time since the last: a window that was not painted for a while goes on
/// where it was.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// How fast a timeline plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PlaybackSpeed {
    /// So many times as fast as it was, within [`SPEEDS`].
    Times(f64),
    /// A thousand places a second.
    Max,
}

/// What can be asked of the transport.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TransportCommand {
    /// Play; at the end from the beginning.
    Play,
    /// Stop here.
    Pause,
    /// Go there; what plays goes on playing.
    Seek(Playhead),
    /// Play so fast from now on.
    Speed(PlaybackSpeed),
    /// Play by this clock from now on.
    Pace(TickTiming),
    /// Play from the first of these places to the second, again and again; `None`: to the end, once.
    Loop(Option<(Playhead, Playhead)>),
}

/// What was played between two looks at the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlayedRange {
    /// Where the timeline stood.
    pub from: Playhead,
    /// Where it stands; before `from` when a loop began anew.
    pub to: Playhead,
}

/// The transport of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct Transport {
    head: Playhead,
    playing: bool,
    speed: PlaybackSpeed,
    pace: TickTiming,
    range: Option<(Playhead, Playhead)>,
    /// When the clock was looked at last.
    looked: Duration,
    /// What of the place where it stands has been played, at the speed 1.
    played: Duration,
}

impl Transport {
    /// Returns the transport of a timeline that stands at its beginning; `now` is counted from any moment that stays the
    /// same.
    pub fn new(now: Duration) -> Self {
        Self {
            head: Playhead::default(),
            playing: false,
            speed: PlaybackSpeed::Times(1.0),
            pace: TickTiming::default(),
            range: None,
            looked: now,
            played: Duration::ZERO,
        }
    }

    /// Returns where it stands.
    pub fn head(&self) -> Playhead {
        self.head
    }

    /// Whether it plays.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Returns how fast it plays.
    pub fn speed(&self) -> PlaybackSpeed {
        self.speed
    }

    /// Returns by which clock it plays.
    pub fn pace(&self) -> TickTiming {
        self.pace
    }

    /// Returns the range that it repeats.
    pub fn range(&self) -> Option<(Playhead, Playhead)> {
        self.range
    }

    /// Does what is asked, at the time `now`.
    pub fn take(
        &mut self,
        asked: TransportCommand,
        timeline: &Timeline,
        now: Duration,
    ) -> PlayedRange {
        // Until now it played as it was.
        let mut passed = self.look(timeline, now);
        match asked {
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
            TransportCommand::Pace(pace) => self.pace = pace,
            TransportCommand::Loop(range) => {
                let ends = range.map(|(a, b)| (timeline.clamp(a.min(b)), timeline.clamp(a.max(b))));
                self.range = ends;
            }
        }
        // A place that now lasts shorter is over at most; what was left of it is not spent on those after it.
        self.played = self.played.min(self.lasts(timeline));
        passed
    }

    /// Looks at the clock: plays on to the place of `now`.
    pub fn look(&mut self, timeline: &Timeline, now: Duration) -> PlayedRange {
        let since = now.saturating_sub(self.looked).min(LONGEST_LOOK);
        self.looked = now;
        let from = self.head;
        if self.playing {
            self.played += self.film_time(since);
        }
        while self.playing {
            let lasts = self.lasts(timeline);
            let Some(rest) = self.played.checked_sub(lasts) else {
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

    /// Returns after which time the next look will find another place; `None` while it does not play.
    pub fn wakes_in(&self, timeline: &Timeline) -> Option<Duration> {
        let rest = self.lasts(timeline).saturating_sub(self.played);
        self.playing.then(|| self.wall_time(rest))
    }

    /// Returns how much of the place where it stands has been played, of [`Self::lasts_at`].
    pub fn into(&self) -> Duration {
        self.played
    }

    /// Returns how long a place lasts, at the speed 1 or as fast as possible.
    pub fn lasts_at(&self, timeline: &Timeline, head: Playhead) -> Duration {
        match self.speed {
            PlaybackSpeed::Times(_) => timeline.lasts(head, self.pace),
            PlaybackSpeed::Max => QUICKEST,
        }
    }

    /// Returns how much of the timeline is played in a time.
    pub fn film_time(&self, wall: Duration) -> Duration {
        match self.speed {
            PlaybackSpeed::Times(times) => wall.mul_f64(times),
            PlaybackSpeed::Max => wall,
        }
    }

    /// Returns the time in which so much of the timeline is played.
    pub fn wall_time(&self, timeline: Duration) -> Duration {
        match self.speed {
            PlaybackSpeed::Times(times) => timeline.div_f64(times),
            PlaybackSpeed::Max => timeline,
        }
    }

    fn lasts(&self, timeline: &Timeline) -> Duration {
        self.lasts_at(timeline, self.head)
    }

    /// Returns where it goes from here; `None` at the end.
    fn next(&self, timeline: &Timeline) -> Option<Playhead> {
        match self.range {
            Some((from, to)) if self.head >= to => Some(from),
            _ => timeline.next(super::timeline::Landmark::Tick, self.head),
        }
    }

    fn seek(&mut self, head: Playhead) {
        (self.head, self.played) = (head, Duration::ZERO);
    }

    fn pause_at_the_end(&mut self) {
        (self.playing, self.played) = (false, Duration::ZERO);
    }
}
