//! When the free space of the disk is low. The player is warned before the disk is full.

use std::time::Duration;

/// Below this, space is low.
const LOW_BYTES: u64 = 500_000_000;
/// Hysteresis: the notice clears only from this value on, so that it does not flicker.
const ENOUGH_BYTES: u64 = 600_000_000;
/// How often the free space is measured. A second of recording takes some hundred bytes; other programs fill a disk.
const MEASURE_EVERY: Duration = Duration::from_secs(10);
const MEGABYTE: u64 = 1_000_000;

/// The last measurement of the free space.
#[derive(Debug, Default)]
pub(super) struct DiskSpace {
    low_mb: Option<u64>,
    next_measurement: Duration,
}

impl DiskSpace {
    /// Whether a measurement is due at `now`; true once for each.
    pub(super) fn is_due(&mut self, now: Duration) -> bool {
        let due = now >= self.next_measurement;
        if due {
            self.next_measurement = now + MEASURE_EVERY;
        }
        due
    }

    /// Takes a measurement in bytes. `None` changes nothing: a disk in trouble reports it when it is written to.
    pub(super) fn measured(&mut self, free: Option<u64>) {
        let Some(free) = free else { return };
        let is_low = self.low_mb.is_some();
        let limit = if is_low { ENOUGH_BYTES } else { LOW_BYTES };
        self.low_mb = (free < limit).then_some(free / MEGABYTE);
    }

    /// Returns the free megabytes when they are few.
    pub(super) fn low_mb(&self) -> Option<u64> {
        self.low_mb
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn space_is_low_below_500_megabytes_and_until_there_are_600() {
        let mut space = DiskSpace::default();
        let measurements = [
            (500_000_000, None),
            (499_999_999, Some(499)),
            (0, Some(0)),
            (599_999_999, Some(599)),
            (600_000_000, None),
            (550_000_000, None),
            (1_000_000, Some(1)),
        ];
        for (free, low) in measurements {
            space.measured(Some(free));
            assert_eq!(space.low_mb(), low, "{free} bytes");
        }
        space.measured(None);
        assert_eq!(space.low_mb(), Some(1), "no answer changes nothing");
    }

    #[test]
    fn the_disk_is_measured_at_once_and_then_every_ten_seconds() {
        let mut space = DiskSpace::default();
        let due = [0, 100, 9_900, 10_000, 10_100, 19_900, 20_100]
            .map(|millis| space.is_due(Duration::from_millis(millis)));
        assert_eq!(due, [true, false, false, true, false, false, true]);
    }
}
