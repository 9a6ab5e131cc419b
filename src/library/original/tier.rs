//! How good a recording of the Python original is.

use rust_decimal::Decimal;

use super::PythonRecording;
use crate::fairness::Step;
use crate::game::{EndReason, Game};
use crate::named_enum::named_enum;
use crate::protocol::number;

named_enum! {
    /// How good a recording is; the worst one that applies counts.
    #[derive(PartialOrd, Ord, Hash)]
    pub enum Tier {
        /// Every tick from 0 to the rug, nothing wrong.
        A = "A",
        /// Joined late, else clean.
        B = "B",
        /// Ticks are missing.
        C = "C",
        /// The rug was not recorded.
        D = "D",
        /// Two prices of a tick, several games in the file, or a step that version v3 cannot make.
        E = "E",
    }
}

impl PythonRecording {
    /// Returns how good the recording is.
    pub fn tier(&self) -> Tier {
        let counts = &self.counts;
        if counts.other_price > 0 || counts.ids > 1 || counts.impossible_steps > 0 {
            Tier::E
        } else if self.file.meta.end_reason != Some(EndReason::Rug) {
            Tier::D
        } else if counts.holes_before_end > 0 {
            Tier::C
        } else if self.file.meta.joined_at_tick != Some(0) {
            Tier::B
        } else {
            Tier::A
        }
    }
}

/// Counts the missing ticks before the end of the game. A recording with the countdown did not join late, so its first
/// tick is 0; of another one it is the first recorded tick.
pub(super) fn holes_before_end(game: &Game, has_countdown: bool) -> u32 {
    let prices = game.prices.as_slice();
    let first = match game.joined_at_tick {
        Some(tick) if !has_countdown => tick as usize,
        _ => 0,
    };
    let known = prices.iter().skip(first);
    count(known.filter(|price| price.is_none()).count())
}

/// Counts the steps between neighbouring ticks before the rug that version v3 cannot make, and a start other than 1.
pub(super) fn impossible_steps(game: &Game) -> u32 {
    let prices = game.prices.as_slice();
    let drawn = game.rug_tick.map_or(prices.len(), |rug| rug as usize);
    let prices = &prices[..drawn.min(prices.len())];
    let prices: Vec<_> = prices
        .iter()
        .map(|price| price.map(number::to_f64_lossy))
        .collect();
    let steps = prices.windows(2).filter_map(|pair| pair[0].zip(pair[1]));
    let wrong = steps.filter(|(from, to)| Step::between(*from, *to) == Step::Impossible);
    let start = game.prices.get(0).filter(|_| drawn > 0);
    let has_other_start = start.is_some_and(|start| start != Decimal::ONE);
    count(wrong.count()) + u32::from(has_other_start)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
