//! The visible part of the piano roll, in numbers of positions. Pure.

#[cfg(test)]
use std::ops::RangeInclusive;

/// Fewest positions that fill the roll.
const LEAST: f64 = 20.0;
/// Positions of a roll that hides what follows: it grows by as many.
const ROOM: usize = 400;

/// The visible part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RollView {
    /// The positions at both edges.
    from: f64,
    to: f64,
    /// The last position of the recording.
    last: f64,
}

impl RollView {
    /// Returns the whole recording. `last` is the number of its last position.
    pub fn whole(last: usize) -> Self {
        let last = f64::from(u32::try_from(last).unwrap_or(u32::MAX)).max(1.0);
        Self {
            from: 0.0,
            to: last,
            last,
        }
    }

    /// Returns the positions up to this one and some room behind it, which does not say how many follow.
    pub fn up_to(number: usize) -> Self {
        Self::whole((number / ROOM + 1) * ROOM)
    }

    /// Returns the visible range.
    #[cfg(test)]
    fn range(&self) -> RangeInclusive<f64> {
        self.from..=self.to
    }

    /// Whether a part of the recording is not visible.
    #[cfg(test)]
    fn is_zoomed(&self) -> bool {
        self.to - self.from < self.last
    }

    /// Returns the place of a position, from 0 at the left edge to 1 at the right one.
    pub fn share(&self, number: usize) -> f64 {
        let number = f64::from(u32::try_from(number).unwrap_or(u32::MAX));
        (number - self.from) / (self.to - self.from)
    }

    /// Returns the position at a place.
    pub fn number(&self, share: f64) -> f64 {
        let at = self.from + share * (self.to - self.from);
        at.clamp(0.0, self.last)
    }

    /// Shows a part that is `factor` times as short; what is at `share` stays there.
    pub fn zoom(&mut self, factor: f64, share: f64) {
        let width = self.to - self.from;
        let around = self.from + share * width;
        let new = (width / factor.max(1e-3)).clamp(LEAST.min(self.last), self.last);
        self.place(around - share * new, new);
    }

    /// Moves the part by a share of its width.
    pub fn pan(&mut self, share: f64) {
        let width = self.to - self.from;
        self.place(self.from + share * width, width);
    }

    /// Moves the part so that a position is in it.
    pub fn follow(&mut self, number: usize) {
        let share = self.share(number);
        if !(0.0..=1.0).contains(&share) {
            let width = self.to - self.from;
            let at = f64::from(u32::try_from(number).unwrap_or(u32::MAX));
            self.place(at - width / 10.0, width);
        }
    }

    fn place(&mut self, from: f64, width: f64) {
        self.from = from.clamp(0.0, self.last - width);
        self.to = self.from + width;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-9
    }

    #[test]
    fn a_zoom_keeps_what_is_under_the_pointer_and_one_game_can_fill_the_roll() {
        let mut view = RollView::whole(1_000);
        assert!(!view.is_zoomed());
        let at = view.number(0.25);
        view.zoom(4.0, 0.25);
        assert!(near(view.number(0.25), at));
        assert!(view.is_zoomed());
        for _ in 0..100 {
            view.zoom(2.0, 0.5);
        }
        let width = view.range().end() - view.range().start();
        assert!(near(width, LEAST), "{width}");
        for _ in 0..100 {
            view.zoom(0.5, 0.9);
        }
        assert_eq!(view, RollView::whole(1_000));
    }

    #[test]
    fn a_roll_that_hides_what_follows_has_room_behind_the_playhead_for_any_recording() {
        for (number, last) in [(0, 400), (399, 400), (400, 800), (5_000, 5_200)] {
            assert_eq!(RollView::up_to(number), RollView::whole(last));
        }
    }

    #[test]
    fn the_part_stays_within_the_recording_and_follows_the_playhead() {
        let mut view = RollView::whole(1_000);
        view.zoom(10.0, 0.0);
        view.pan(-3.0);
        assert!(near(*view.range().start(), 0.0));
        view.pan(30.0);
        assert!(near(*view.range().end(), 1_000.0));
        view.follow(500);
        assert!((0.0..=1.0).contains(&view.share(500)));
        let before = view;
        view.follow(520);
        assert_eq!(view, before);
        // A recording of one position does not divide by zero.
        let mut short = RollView::whole(0);
        short.zoom(3.0, 0.5);
        assert!(short.share(0).is_finite());
    }
}
