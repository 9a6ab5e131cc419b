//! Where the fan of a bankroll is on its plot: scale, grid and points. Pure.

use egui::{Pos2, Rect, pos2};

use crate::lab::Fan;
use crate::ui::widgets::{fraction, pixel};

/// The least part of the highest bankroll that a logarithmic scale shows.
const LOWEST: f64 = 1e-3;
/// The most lines of the grid.
const LINES: usize = 8;

/// The scale of the bankroll.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FanScale {
    low: f64,
    high: f64,
    is_log: bool,
}

impl FanScale {
    /// Returns the scale on which a fan fits whose sessions began with this bankroll, which is above 0.
    pub fn new(fan: &Fan, bank: f64, is_log: bool) -> Self {
        let values = fan
            .quantiles
            .iter()
            .flatten()
            .chain(fan.lines.iter().flatten());
        let (low, high) = values.fold((bank, bank), |(low, high), value| {
            (low.min(*value), high.max(*value))
        });
        let room = (high - low).max(bank * 0.02) * 0.05;
        Self {
            low: if is_log {
                (low * 0.97).max(high * LOWEST)
            } else {
                (low - room).max(0.0)
            },
            high: high + room,
            is_log,
        }
    }

    /// Returns the height of a bankroll, from 0 to 1. On a logarithmic scale what is too small to be shown is at 0.
    pub fn height(&self, bank: f64) -> f64 {
        let of = |bank: f64| {
            let bank = bank.clamp(self.low, self.high);
            if self.is_log { bank.ln() } else { bank }
        };
        (of(bank) - of(self.low)) / (of(self.high) - of(self.low))
    }

    /// Returns the bankrolls with a line of the grid, lowest first, and how many decimals their labels need.
    pub fn grid(&self) -> (Vec<f64>, usize) {
        if self.is_log {
            let first = self.low.log10().floor();
            let powers = (0..5).map(|power| 10f64.powf(first + f64::from(power)));
            let lines = powers.flat_map(|power| [1.0, 2.0, 5.0].map(|step| step * power));
            let lines: Vec<_> = lines.filter(|value| self.contains(*value)).collect();
            // A narrow range has round numbers of its own.
            if lines.len() > 2 {
                let least = lines[0];
                let step = lines.len().div_ceil(LINES);
                return (lines.into_iter().step_by(step).collect(), decimals(least));
            }
        }
        let span = self.high - self.low;
        let power = 10f64.powf((span / 4.0).log10().floor());
        let steps = [1.0, 2.0, 5.0, 10.0].map(|step| step * power);
        let step = steps.into_iter().find(|step| span / step <= 6.0);
        let step = step.unwrap_or(span);
        let first = (self.low / step).ceil();
        let lines = (0..8).map(|number| (first + f64::from(number)) * step);
        let lines = lines.filter(|value| self.contains(*value)).collect();
        (lines, decimals(step))
    }

    fn contains(&self, bank: f64) -> bool {
        (self.low..=self.high).contains(&bank)
    }
}

/// Returns the decimals that a number below 10 needs for its first digit, at least two.
fn decimals(number: f64) -> usize {
    let places = -number.log10().floor();
    crate::ui::widgets::index(places).clamp(2, 9)
}

/// The points of a fan on its plot.
#[derive(Debug, Clone, PartialEq)]
pub struct FanShape {
    /// The quantiles, lowest first.
    pub quantiles: [Vec<Pos2>; 5],
    /// The first sessions.
    pub lines: Vec<Vec<Pos2>>,
}

impl FanShape {
    /// Returns the points of a fan.
    pub fn new(fan: &Fan, scale: &FanScale, plot: Rect) -> Self {
        let last = fan.games.last().copied().unwrap_or_default();
        let x: Vec<_> = fan
            .games
            .iter()
            .map(|game| game_x(*game, last, plot))
            .collect();
        let y = |bank: f64| bank_y(bank, scale, plot);
        Self {
            quantiles: std::array::from_fn(|place| {
                let points = x.iter().zip(&fan.quantiles);
                points.map(|(x, at)| pos2(*x, y(at[place]))).collect()
            }),
            lines: fan
                .lines
                .iter()
                .map(|line| {
                    x.iter()
                        .zip(line)
                        .map(|(x, bank)| pos2(*x, y(*bank)))
                        .collect()
                })
                .collect(),
        }
    }
}

/// Returns the place of a game on the plot.
pub fn game_x(game: u64, last: u64, plot: Rect) -> f32 {
    let index = |game: u64| usize::try_from(game).unwrap_or(usize::MAX);
    plot.left() + plot.width() * fraction(index(game), index(last))
}

/// Returns the place of a bankroll on the plot.
pub fn bank_y(bank: f64, scale: &FanScale, plot: Rect) -> f32 {
    plot.bottom() - plot.height() * pixel(scale.height(bank))
}

/// Returns the games with a label on the axis: round numbers, the first and the last.
pub fn game_labels(last: u64) -> Vec<u64> {
    let mut step = 1;
    let mut factors = [2, 5, 10].into_iter().cycle();
    let mut power = 1;
    while last / step > 8 {
        let factor = factors.next().unwrap_or(10);
        step = power * factor;
        if factor == 10 {
            power *= 10;
        }
    }
    let mut labels: Vec<_> = (0..last.div_ceil(step))
        .map(|number| number * step)
        .collect();
    // A round number that is close to the last one has no room.
    if labels.len() > 1 && labels.last().is_some_and(|game| (last - game) * 2 < step) {
        labels.pop();
    }
    labels.push(last);
    labels
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const PLOT: Rect = Rect {
        min: pos2(10.0, 20.0),
        max: pos2(910.0, 420.0),
    };

    /// A fan over so many games, whose quantiles rise.
    fn fan(games: u64, banks: Vec<[f64; 5]>) -> Fan {
        let steps = banks.len() as u64 - 1;
        let quantiles: Vec<_> = banks
            .into_iter()
            .map(|mut at| {
                at.sort_by(f64::total_cmp);
                at
            })
            .collect();
        Fan {
            games: (0..=steps).map(|step| games * step / steps).collect(),
            lines: vec![quantiles.iter().map(|at| at[0]).collect()],
            quantiles,
        }
    }

    proptest! {
        /// At every scale all points are on the plot, from left to right, and a higher quantile is never below a lower one.
        #[test]
        fn a_fan_is_on_its_plot_and_in_order(
            banks in prop::collection::vec(prop::array::uniform5(0.0f64..1_000.0), 2..50),
            games in 50u64..100_000,
            bank in 0.000_1f64..1_000.0,
            is_log: bool,
        ) {
            let fan = fan(games, banks);
            let scale = FanScale::new(&fan, bank, is_log);
            let shape = FanShape::new(&fan, &scale, PLOT);
            let room = PLOT.expand(0.01);
            for line in shape.quantiles.iter().chain(&shape.lines) {
                prop_assert_eq!(line.len(), fan.games.len());
                prop_assert!(line.iter().all(|point| room.contains(*point)), "{:?}", line);
                prop_assert!(line.is_sorted_by(|a, b| a.x < b.x));
            }
            for pair in shape.quantiles.windows(2) {
                let (low, high) = (&pair[0], &pair[1]);
                prop_assert!(low.iter().zip(high).all(|(low, high)| low.y >= high.y));
            }
            let ends = [shape.lines[0][0].x, shape.lines[0].last().expect("points").x];
            prop_assert!((ends[0] - PLOT.left()).abs() < 0.01 && (ends[1] - PLOT.right()).abs() < 0.01);
            let (grid, decimals) = scale.grid();
            prop_assert!(!grid.is_empty() && grid.len() <= LINES, "{:?} of {:?}", grid, scale);
            prop_assert!(grid.is_sorted_by(|a, b| a < b));
            let labels: std::collections::BTreeSet<_> =
                grid.iter().map(|value| format!("{value:.decimals$}")).collect();
            prop_assert_eq!(labels.len(), grid.len(), "every label is another one: {:?}", grid);
        }

        #[test]
        fn labels_of_games_rise_to_the_last_one_and_are_few(last in 1u64..1_000_000_000) {
            let labels = game_labels(last);
            prop_assert_eq!((labels[0], *labels.last().expect("one")), (0, last));
            prop_assert!(labels.is_sorted_by(|a, b| a < b));
            prop_assert!(labels.len() <= 10, "{:?}", labels);
        }
    }

    #[test]
    fn the_labels_of_a_session_are_round() {
        assert_eq!(game_labels(200), [0, 50, 100, 150, 200]);
        assert_eq!(game_labels(1), [0, 1]);
        assert_eq!(game_labels(7), [0, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(game_labels(1_010), [0, 200, 400, 600, 800, 1_010]);
    }

    #[test]
    fn a_ruined_fan_has_a_logarithm_and_a_flat_one_a_height() {
        let ruined = fan(10, vec![[1.0; 5], [0.0, 0.0, 0.5, 1.0, 2.0]]);
        let scale = FanScale::new(&ruined, 1.0, true);
        assert!(scale.height(0.0).abs() < 1e-12 && scale.height(2.0) < 1.0);
        let flat = fan(10, vec![[1.0; 5], [1.0; 5]]);
        for is_log in [false, true] {
            let height = FanScale::new(&flat, 1.0, is_log).height(1.0);
            assert!((0.0..=1.0).contains(&height), "{height}");
        }
    }
}
