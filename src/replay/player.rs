//! The transport: where a film stands, as a reducer over times that come from outside.

use std::time::Duration;

use super::film::{Film, Head, Pace};

/// The slowest and the quickest speed, as multiples of what was.
pub const SPEEDS: [f64; 2] = [0.1, 50.0];
/// How long a place lasts when a film plays as fast as possible, whatever its pace.
const QUICKEST: Duration = Duration::from_millis(1);
/// What one look at the clock can make of the time since the last: a window that was not painted for a while goes on
/// where it was.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// How fast a film plays.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// So many times as fast as it was, within [`SPEEDS`].
    Times(f64),
    /// A thousand places a second.
    Max,
}

/// What can be asked of the transport.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Transport {
    /// Play; at the end from the beginning.
    Play,
    /// Stop here.
    Pause,
    /// Go there; what plays goes on playing.
    Seek(Head),
    /// Play so fast from now on.
    Speed(Speed),
    /// Play by this clock from now on.
    Pace(Pace),
    /// Play from the first of these places to the second, again and again; `None`: to the end, once.
    Loop(Option<(Head, Head)>),
}

/// What was played between two looks at the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Passed {
    /// Where the film stood.
    pub from: Head,
    /// Where it stands; before `from` when a loop began anew.
    pub to: Head,
}

/// The transport of a film.
#[derive(Debug, Clone, PartialEq)]
pub struct Player {
    head: Head,
    playing: bool,
    speed: Speed,
    pace: Pace,
    range: Option<(Head, Head)>,
    /// When the clock was looked at last.
    looked: Duration,
    /// What of the place where it stands has been played, at the speed 1.
    played: Duration,
}

impl Player {
    /// Returns the transport of a film that stands at its beginning; `now` is counted from any moment that stays the
    /// same.
    pub fn new(now: Duration) -> Self {
        Self {
            head: Head::default(),
            playing: false,
            speed: Speed::Times(1.0),
            pace: Pace::default(),
            range: None,
            looked: now,
            played: Duration::ZERO,
        }
    }

    /// Returns where it stands.
    pub fn head(&self) -> Head {
        self.head
    }

    /// Whether it plays.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Returns how fast it plays.
    pub fn speed(&self) -> Speed {
        self.speed
    }

    /// Returns by which clock it plays.
    pub fn pace(&self) -> Pace {
        self.pace
    }

    /// Returns the range that it repeats.
    pub fn range(&self) -> Option<(Head, Head)> {
        self.range
    }

    /// Does what is asked, at the time `now`.
    pub fn take(&mut self, asked: Transport, film: &Film, now: Duration) -> Passed {
        // Until now it played as it was.
        let mut passed = self.look(film, now);
        match asked {
            Transport::Play => {
                if !self.playing && self.next(film).is_none() {
                    self.seek(film.first());
                    passed.to = self.head;
                }
                self.playing = true;
            }
            Transport::Pause => self.playing = false,
            Transport::Seek(head) => {
                self.seek(film.clamp(head));
                passed = Passed {
                    from: self.head,
                    to: self.head,
                };
            }
            Transport::Speed(Speed::Times(times)) => {
                let times = if times.is_nan() { 1.0 } else { times };
                self.speed = Speed::Times(times.clamp(SPEEDS[0], SPEEDS[1]));
            }
            Transport::Speed(Speed::Max) => self.speed = Speed::Max,
            Transport::Pace(pace) => self.pace = pace,
            Transport::Loop(range) => {
                let ends = range.map(|(a, b)| (film.clamp(a.min(b)), film.clamp(a.max(b))));
                self.range = ends;
            }
        }
        // A place that now lasts shorter is over at most; what was left of it is not spent on those after it.
        self.played = self.played.min(self.lasts(film));
        passed
    }

    /// Looks at the clock: plays on to the place of `now`.
    pub fn look(&mut self, film: &Film, now: Duration) -> Passed {
        let since = now.saturating_sub(self.looked).min(LONGEST_LOOK);
        self.looked = now;
        let from = self.head;
        if self.playing {
            self.played += self.film_time(since);
        }
        while self.playing {
            let lasts = self.lasts(film);
            let Some(rest) = self.played.checked_sub(lasts) else {
                break;
            };
            match self.next(film) {
                Some(next) => (self.head, self.played) = (next, rest),
                None => self.pause_at_the_end(),
            }
        }
        Passed {
            from,
            to: self.head,
        }
    }

    /// Returns after which time the next look will find another place; `None` while it does not play.
    pub fn wakes_in(&self, film: &Film) -> Option<Duration> {
        let rest = self.lasts(film).saturating_sub(self.played);
        self.playing.then(|| self.wall_time(rest))
    }

    /// Returns how much of the place where it stands has been played, of [`Self::lasts_at`].
    pub fn into(&self) -> Duration {
        self.played
    }

    /// Returns how long a place lasts, at the speed 1 or as fast as possible.
    pub fn lasts_at(&self, film: &Film, head: Head) -> Duration {
        match self.speed {
            Speed::Times(_) => film.lasts(head, self.pace),
            Speed::Max => QUICKEST,
        }
    }

    /// Returns how much of the film is played in a time.
    pub fn film_time(&self, wall: Duration) -> Duration {
        match self.speed {
            Speed::Times(times) => wall.mul_f64(times),
            Speed::Max => wall,
        }
    }

    /// Returns the time in which so much of the film is played.
    pub fn wall_time(&self, film: Duration) -> Duration {
        match self.speed {
            Speed::Times(times) => film.div_f64(times),
            Speed::Max => film,
        }
    }

    fn lasts(&self, film: &Film) -> Duration {
        self.lasts_at(film, self.head)
    }

    /// Returns where it goes from here; `None` at the end.
    fn next(&self, film: &Film) -> Option<Head> {
        match self.range {
            Some((from, to)) if self.head >= to => Some(from),
            _ => film.next(super::film::Landmark::Tick, self.head),
        }
    }

    fn seek(&mut self, head: Head) {
        (self.head, self.played) = (head, Duration::ZERO);
    }

    fn pause_at_the_end(&mut self) {
        (self.playing, self.played) = (false, Duration::ZERO);
    }
}
