//! Which ticks of the game the chart looks at. Plain state, no drawing: following is left by every move of the
//! player's and taken up again on his word only, or by a new game.

use crate::engine::PriceSeries;
use crate::protocol::{GameId, Tick};

/// Ticks that are shown while following: the least of these that leaves room for the newest tick. Steps, so that the
/// picture does not stretch with each tick; the last one is a minute of play, and slides.
const WINDOWS: [f64; 3] = [60.0, 120.0, 240.0];
/// Where the newest tick stands at most, as a share of the width: beside it is room for its dot.
const NEWEST_AT: f64 = 0.88;
/// Room before the first tick, as a share of the width.
const BEFORE: f64 = 0.02;
/// The closest look, in ticks.
const CLOSEST: f64 = 12.0;

/// How prices are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Style {
    /// A line.
    #[default]
    Line,
    /// Candles of five ticks.
    Candles,
}

#[derive(Debug, Clone, Copy, PartialEq, Default)]
enum At {
    /// At the newest ticks.
    #[default]
    Newest,
    /// At all of them, as they become more.
    Whole,
    /// Where the player has put it.
    Chosen { from: f64, to: f64 },
}

/// The part of the chart that is looked at.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Look {
    at: At,
    game: Option<GameId>,
    newest: Tick,
}

impl Look {
    /// Takes the newest prices; a new game is followed from its start.
    pub fn see(&mut self, series: &PriceSeries) {
        if self.game != series.game_id {
            self.game.clone_from(&series.game_id);
            self.at = At::Newest;
        }
        self.newest = u32::try_from(series.prices.len().saturating_sub(1)).unwrap_or(Tick::MAX);
    }

    /// Follows the newest tick.
    pub fn follow(&mut self) {
        self.at = At::Newest;
    }

    /// Looks at the whole game.
    pub fn whole_game(&mut self) {
        self.at = At::Whole;
    }

    /// Whether the newest tick is followed.
    pub fn is_following(&self) -> bool {
        self.at == At::Newest
    }

    /// Whether the whole game is looked at, however long it becomes.
    pub fn is_whole(&self) -> bool {
        self.at == At::Whole
    }

    /// Returns the first and the last tick that are looked at, with room around them.
    pub fn range(&self) -> (f64, f64) {
        let newest = f64::from(self.newest);
        match self.at {
            At::Newest => {
                let fits = |window: &&f64| newest <= NEWEST_AT * **window;
                let window = WINDOWS.iter().find(fits).or(WINDOWS.last());
                let window = window.copied().unwrap_or(CLOSEST);
                let to = (window * (1.0 - BEFORE)).max(newest + window * (1.0 - NEWEST_AT));
                (to - window, to)
            }
            At::Whole => {
                let window = (newest / (NEWEST_AT - BEFORE)).max(WINDOWS[0]);
                (-BEFORE * window, (1.0 - BEFORE) * window)
            }
            At::Chosen { from, to } => (from, to),
        }
    }

    /// Moves by so many ticks, and leaves following.
    pub fn pan(&mut self, ticks: f64) {
        let (from, to) = self.range();
        self.choose(from + ticks, to - from);
    }

    /// Looks `factor` times closer; the tick `around` stays where it is. Leaves following.
    pub fn zoom(&mut self, factor: f64, around: f64) {
        let (from, to) = self.range();
        let factor = if factor.is_finite() && factor > 0.0 {
            factor
        } else {
            1.0
        };
        let span = (to - from) / factor;
        let span = span.clamp(CLOSEST, self.widest());
        let place = (around - from) / (to - from);
        self.choose(around - place * span, span);
    }

    fn widest(&self) -> f64 {
        (f64::from(self.newest) * 1.5).max(2.0 * WINDOWS[0])
    }

    /// The middle stays within the game: one cannot get lost beside it.
    fn choose(&mut self, from: f64, span: f64) {
        let newest = f64::from(self.newest);
        let from = if from.is_finite() { from } else { 0.0 };
        let from = from.clamp(-span / 2.0, newest - span / 2.0);
        self.at = At::Chosen {
            from,
            to: from + span,
        };
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
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

    fn seen(ticks: usize) -> Look {
        let mut look = Look::default();
        look.see(&game("a", ticks));
        look
    }

    #[test]
    fn following_shows_the_newest_tick_with_room_beside_it() {
        for ticks in [1, 2, 40, 53, 54, 105, 106, 211, 213, 1_000, 5_001] {
            let look = seen(ticks);
            let (from, to) = look.range();
            let newest = f64::from(u32::try_from(ticks - 1).unwrap());
            assert!(look.is_following());
            assert!(
                newest >= from && newest <= from + (to - from) * 0.881,
                "{ticks}"
            );
            assert!(
                WINDOWS
                    .iter()
                    .any(|window| (to - from - window).abs() < 1e-9)
            );
        }
    }

    #[test]
    fn whatever_the_player_moves_leaves_following_and_a_word_returns_to_it() {
        let mut look = seen(500);
        let followed = look.range();
        look.pan(-30.0);
        assert!(!look.is_following());
        assert_eq!(look.range(), (followed.0 - 30.0, followed.1 - 30.0));
        look.follow();
        assert_eq!((look.is_following(), look.range()), (true, followed));
        look.zoom(2.0, followed.0);
        assert!(!look.is_following());
        assert!((look.range().0 - followed.0).abs() < 1e-9);
        assert!((look.range().1 - followed.0 - 120.0).abs() < 1e-9);
        look.whole_game();
        assert!(!look.is_following());
        let (from, to) = look.range();
        assert!(from < 0.0 && to > 499.0);
    }

    #[test]
    fn a_chosen_part_stays_while_the_game_goes_on_and_a_new_game_is_followed() {
        let mut look = seen(500);
        look.pan(-100.0);
        let chosen = look.range();
        look.see(&game("a", 600));
        assert_eq!(look.range(), chosen);
        look.see(&game("b", 1));
        assert!(look.is_following());
    }

    proptest! {
        #[test]
        fn nobody_gets_lost(
            ticks in 1usize..5_001,
            moves in prop::collection::vec((any::<bool>(), -1e4f64..1e4, -1e4f64..1e4), 0..20),
        ) {
            let mut look = seen(ticks);
            for (pans, by, around) in moves {
                if pans { look.pan(by) } else { look.zoom((by / 3e3).exp(), around) }
                let (from, to) = look.range();
                let middle = f64::midpoint(from, to);
                prop_assert!(from.is_finite() && to - from >= CLOSEST - 1e-6);
                let newest = f64::from(u32::try_from(ticks - 1).unwrap());
                prop_assert!(look.is_following() || (-1e-6..=newest + 1e-6).contains(&middle));
            }
        }
    }
}
