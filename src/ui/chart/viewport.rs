//! The visible range of ticks. Plain state, no drawing. Any pan or zoom leaves the follow mode; only the player or a new
//! game returns to it.

use crate::engine::PriceSeries;
use crate::protocol::{GameId, Tick};

/// Place of the newest tick, as a share of the width.
const NEWEST_AT: f64 = 0.85;
/// Ticks that are visible at least while the newest tick is followed.
const SHORTEST: f64 = 40.0;
/// Least distance of two ticks in points while the newest tick is followed: a longer game scrolls.
const POINTS_PER_TICK: f64 = 2.0;
/// The smallest visible range, in ticks.
const SMALLEST: f64 = 12.0;

#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum ViewportMode {
    /// The newest ticks.
    #[default]
    Follow,
    /// All ticks of the game.
    WholeGame,
    /// A range chosen by the player.
    Fixed { from: f64, to: f64 },
}

/// The visible part of the chart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Viewport {
    mode: ViewportMode,
    game: Option<GameId>,
    newest: Tick,
    /// Width of the plot in points.
    width: f64,
    /// Whether a panel covers the older part of the plot.
    covered: bool,
}

impl Viewport {
    /// Takes the newest prices and the width of the plot in points. A new game starts in follow mode. Returns whether the
    /// game is still the same.
    pub fn update(&mut self, series: &PriceSeries, width: f64) -> bool {
        let same_game = self.game == series.game_id;
        if !same_game {
            self.game.clone_from(&series.game_id);
            self.mode = ViewportMode::Follow;
        }
        self.newest = u32::try_from(series.prices.len().saturating_sub(1)).unwrap_or(Tick::MAX);
        self.width = width;
        same_game
    }

    /// Sets whether a panel covers the plot up to 85 % of its width. A short game then ends there, too, beside the panel.
    pub fn set_covered(&mut self, covered: bool) {
        self.covered = covered;
    }

    /// Follows the newest tick.
    pub fn follow(&mut self) {
        self.mode = ViewportMode::Follow;
    }

    /// Shows the whole game.
    pub fn whole_game(&mut self) {
        self.mode = ViewportMode::WholeGame;
    }

    /// Whether the newest tick is followed.
    pub fn is_following(&self) -> bool {
        self.mode == ViewportMode::Follow
    }

    /// Whether the whole game is shown.
    pub fn shows_whole_game(&self) -> bool {
        self.mode == ViewportMode::WholeGame
    }

    /// Returns the first and the last visible tick: the newest one is at 85 % of the width, once the game is long enough.
    pub fn range(&self) -> (f64, f64) {
        let newest = f64::from(self.newest);
        let whole = (newest / NEWEST_AT).max(SHORTEST);
        let window = match self.mode {
            ViewportMode::Follow => whole.min((self.width / POINTS_PER_TICK).max(SHORTEST)),
            ViewportMode::WholeGame => whole,
            ViewportMode::Fixed { from, to } => return (from, to),
        };
        let from = newest - NEWEST_AT * window;
        let from = if self.covered { from } else { from.max(0.0) };
        (from, from + window)
    }

    /// Scrolls by a number of ticks, and leaves follow mode.
    pub fn pan(&mut self, ticks: f64) {
        let (from, to) = self.range();
        self.set_range(from + ticks, to - from);
    }

    /// Scrolls so that a tick is in the middle, and leaves follow mode.
    pub fn centre(&mut self, tick: Tick) {
        let (from, to) = self.range();
        let span = to - from;
        self.set_range(f64::from(tick) - span / 2.0, span);
    }

    /// Zooms around the middle.
    pub fn zoom_at_middle(&mut self, factor: f64) {
        let (from, to) = self.range();
        self.zoom(factor, f64::midpoint(from, to));
    }

    /// Zooms in by `factor`. The tick `around` keeps its place. Leaves follow mode.
    pub fn zoom(&mut self, factor: f64, around: f64) {
        let (from, to) = self.range();
        let factor = if factor.is_finite() && factor > 0.0 {
            factor
        } else {
            1.0
        };
        let span = (to - from) / factor;
        let span = span.clamp(SMALLEST, self.widest());
        let place = (around - from) / (to - from);
        self.set_range(around - place * span, span);
    }

    fn widest(&self) -> f64 {
        (f64::from(self.newest) * 1.5).max(2.0 * SHORTEST)
    }

    /// Shows a range. Its middle stays within the game, so that the game never leaves the chart.
    fn set_range(&mut self, from: f64, span: f64) {
        let newest = f64::from(self.newest);
        let from = if from.is_finite() { from } else { 0.0 };
        let from = from.clamp(-span / 2.0, newest - span / 2.0);
        self.mode = ViewportMode::Fixed {
            from,
            to: from + span,
        };
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn game(name: &str, ticks: usize) -> PriceSeries {
        PriceSeries {
            game_id: GameId::new(name),
            prices: vec![Some(1.0); ticks],
            ..PriceSeries::default()
        }
    }

    fn seen(ticks: usize) -> Viewport {
        let mut viewport = Viewport::default();
        viewport.update(&game("a", ticks), 1_000.0);
        viewport
    }

    #[test]
    fn following_keeps_the_newest_tick_at_85_percent() {
        assert_eq!(seen(1).range(), (0.0, 40.0));
        assert_eq!(seen(20).range(), (0.0, 40.0));
        for ticks in [35, 36, 100, 287, 425, 426, 1_000, 5_001] {
            let viewport = seen(ticks);
            let (from, to) = viewport.range();
            let newest = f64::from(u32::try_from(ticks - 1).expect("a tick"));
            assert!(viewport.is_following());
            assert!(
                (from + 0.85 * (to - from) - newest).abs() < 1e-9,
                "{ticks}: {from} {to}"
            );
            assert!(to - from <= 500.0 + 1e-9, "a long game scrolls");
        }
        let mut narrow = Viewport::default();
        narrow.update(&game("a", 287), 352.0);
        let (from, to) = narrow.range();
        assert!((from - 136.4).abs() < 1e-9 && (to - from - 176.0).abs() < 1e-9);
    }

    #[test]
    fn beside_a_panel_the_newest_tick_of_a_short_game_is_at_85_percent_too() {
        for ticks in [1, 5, 27, 35, 36, 426, 5_001] {
            let mut viewport = seen(ticks);
            let plain = viewport.range();
            viewport.set_covered(true);
            let (from, to) = viewport.range();
            let newest = f64::from(u32::try_from(ticks - 1).expect("a tick"));
            assert!((from + 0.85 * (to - from) - newest).abs() < 1e-9);
            assert!(
                (to - from - plain.1 + plain.0).abs() < 1e-9,
                "the same zoom"
            );
            viewport.set_covered(false);
            assert_eq!(viewport.range(), plain);
        }
    }

    #[test]
    fn the_followed_range_never_steps() {
        let mut before = seen(1).range();
        for ticks in 2..1_200 {
            let range = seen(ticks).range();
            assert!(range.0 - before.0 <= 1.2 && range.1 - before.1 <= 1.2);
            let back = [before.0 - range.0, before.1 - range.1];
            assert!(back.iter().all(|ticks| *ticks < 1e-9), "{back:?}");
            before = range;
        }
    }

    #[test]
    fn pan_and_zoom_leave_follow_mode_and_follow_returns_to_it() {
        let mut viewport = seen(601);
        let followed = viewport.range();
        viewport.pan(-30.0);
        assert!(!viewport.is_following());
        assert_eq!(viewport.range(), (followed.0 - 30.0, followed.1 - 30.0));
        viewport.follow();
        assert_eq!(
            (viewport.is_following(), viewport.range()),
            (true, followed)
        );
        viewport.zoom(2.0, followed.0);
        assert!(!viewport.is_following());
        assert!((viewport.range().0 - followed.0).abs() < 1e-9);
        assert!((viewport.range().1 - followed.0 - 250.0).abs() < 1e-9);
        viewport.whole_game();
        assert!(!viewport.is_following());
        let (from, to) = viewport.range();
        assert!(from.abs() < 1e-9 && to > 600.0);
    }

    #[test]
    fn a_chosen_range_stays_during_the_game_and_a_new_game_is_followed() {
        let mut viewport = seen(500);
        viewport.pan(-100.0);
        let chosen = viewport.range();
        assert!(viewport.update(&game("a", 600), 1_000.0));
        assert_eq!(viewport.range(), chosen);
        assert!(!viewport.update(&game("b", 1), 1_000.0));
        assert!(viewport.is_following());
    }

    proptest! {
        #[test]
        fn the_game_never_leaves_the_chart(
            ticks in 1usize..5_001,
            moves in prop::collection::vec((any::<bool>(), -1e4f64..1e4, -1e4f64..1e4), 0..20),
        ) {
            let mut viewport = seen(ticks);
            for (pans, by, around) in moves {
                if pans { viewport.pan(by) } else { viewport.zoom((by / 3e3).exp(), around) }
                let (from, to) = viewport.range();
                let middle = f64::midpoint(from, to);
                prop_assert!(from.is_finite() && to - from >= SMALLEST - 1e-6);
                let newest = f64::from(u32::try_from(ticks - 1).expect("a tick"));
                prop_assert!(viewport.is_following() || (-1e-6..=newest + 1e-6).contains(&middle));
            }
        }
    }
}
