//! How much room the disk has for recordings: little is said before it is none.

use std::time::Duration;

/// Below this it is little.
const LOW: u64 = 500_000_000;
/// From here on it is enough again: between the two nothing is said, whoever deletes a file is not told twice.
const ENOUGH: u64 = 600_000_000;
/// How often the disk is asked. A second of recording takes some hundred bytes; it is the others who fill a disk.
const LOOK_EVERY: Duration = Duration::from_secs(10);
const MEGABYTE: u64 = 1_000_000;

/// What is known of the room on the disk.
#[derive(Debug, Default)]
pub(super) struct Space {
    low: Option<u64>,
    next_look: Duration,
}

impl Space {
    /// Whether the disk is to be asked at `now`; true once for each look.
    pub(super) fn is_due(&mut self, now: Duration) -> bool {
        let due = now >= self.next_look;
        if due {
            self.next_look = now + LOOK_EVERY;
        }
        due
    }

    /// Takes the disk's answer in bytes. None tells nothing: a disk in trouble says so when it is written to.
    pub(super) fn answer(&mut self, free: Option<u64>) {
        let Some(free) = free else { return };
        let limit = if self.low.is_some() { ENOUGH } else { LOW };
        self.low = (free < limit).then_some(free / MEGABYTE);
    }

    /// Returns the free megabytes when they are few.
    pub(super) fn low(&self) -> Option<u64> {
        self.low
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_room_is_said_below_five_hundred_megabytes_and_until_there_are_six_hundred() {
        let mut space = Space::default();
        let told = [
            (500_000_000, None),
            (499_999_999, Some(499)),
            (0, Some(0)),
            (599_999_999, Some(599)),
            (600_000_000, None),
            (550_000_000, None),
            (1_000_000, Some(1)),
        ];
        for (free, low) in told {
            space.answer(Some(free));
            assert_eq!(space.low(), low, "{free} bytes");
        }
        space.answer(None);
        assert_eq!(space.low(), Some(1), "no answer changes nothing");
    }

    #[test]
    fn the_disk_is_asked_at_once_and_then_every_ten_seconds() {
        let mut space = Space::default();
        let due = [0, 100, 9_900, 10_000, 10_100, 19_900, 20_100]
            .map(|millis| space.is_due(Duration::from_millis(millis)));
        assert_eq!(due, [true, false, false, true, false, false, true]);
    }
}
