//! The two axes: linear or logarithmic prices, their grid, and the range of prices. Pure numbers. A logarithmic axis has
//! the values ln(price).

/// The scale of the price axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum PriceScale {
    /// Equal differences have equal height.
    #[default]
    Linear,
    /// Equal factors have equal height.
    Log,
}

/// The lowest price on a logarithmic axis. Lower prices are drawn there.
const LOWEST: f64 = 1e-6;
/// Room above and below the prices, as a share of their height.
const MARGIN: f64 = 0.10;
/// The largest extension of the axis by a rug, as a share of the height of the other prices, so that these stay
/// readable.
const RUG_DEPTH: f64 = 0.3;
/// Least distance in points of two grid lines of the price axis and of the tick axis.
const PRICE_GAP: f64 = 56.0;
const TICK_GAP: f64 = 96.0;

impl PriceScale {
    /// Returns the axis value of a price.
    pub fn to_axis(self, price: f64) -> f64 {
        match self {
            Self::Linear => price,
            Self::Log => price.max(LOWEST).ln(),
        }
    }

    /// Returns the price of an axis value.
    pub fn to_price(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log => value.exp(),
        }
    }

    /// Returns the price at a part of the way between two heights of the axis; at the end exactly the second price.
    pub fn between(self, (from, to): (f64, f64), part: f64) -> f64 {
        if part >= 1.0 {
            return to;
        }
        let (start, end) = (self.to_axis(from), self.to_axis(to));
        self.to_price(start + (end - start) * part)
    }

    /// Returns the lower and the upper end of the axis, as axis values. `rug` is the price of a visible rug; it extends
    /// the axis by a limited amount only. `headroom` is the share of the height that the prices leave free at the top.
    pub fn range(
        self,
        prices: impl Iterator<Item = f64>,
        rug: Option<f64>,
        headroom: f64,
    ) -> (f64, f64) {
        let mut ends: Option<(f64, f64)> = None;
        for price in prices {
            let (low, high) = ends.unwrap_or((price, price));
            ends = Some((low.min(price), high.max(price)));
        }
        let (low, high) = ends.or(rug.map(|rug| (rug, rug))).unwrap_or((1.0, 1.0));
        let (low, high) = (self.to_axis(low), self.to_axis(high));
        // A price that hardly moves still gets some height.
        let least = match self {
            Self::Linear => (0.1 * high).max(0.04),
            Self::Log => 0.1,
        };
        let middle = f64::midpoint(low, high);
        let height = (high - low).max(least);
        let (mut low, mut high) = (middle - height / 2.0, middle + height / 2.0);
        if let Some(rug) = rug {
            low = low.min(self.to_axis(rug).max(low - RUG_DEPTH * height));
        }
        low -= MARGIN * height;
        high += MARGIN * height;
        if self == Self::Linear {
            low = low.max(0.0);
        }
        let headroom = headroom.clamp(0.0, 0.8);
        (low, high + (high - low) * headroom / (1.0 - headroom))
    }
}

/// The grid of both axes. A step stays until it is too narrow or too wide by a factor of two, so that the labels do not
/// change while a range eases.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Grid {
    price_step: f64,
    tick_step: f64,
}

impl Grid {
    /// Returns the grid prices of an axis with these ends (axis values) and this length in points.
    pub fn prices(&mut self, scale: PriceScale, (low, high): (f64, f64), points: f64) -> Vec<f64> {
        let least = (high - low) * PRICE_GAP / points.max(1.0);
        let (from, to) = (scale.to_price(low), scale.to_price(high));
        if scale == PriceScale::Log
            && let Some(decades) = decades(from, to, least)
        {
            return decades;
        }
        // On a logarithmic axis the widest gap counts, the one at the top.
        let least = match scale {
            PriceScale::Linear => least,
            PriceScale::Log => to * (1.0 - (-least).exp()),
        };
        self.price_step = steady_step(self.price_step, least.max(0.01));
        every(self.price_step, from.max(0.0), to)
    }

    /// Returns the grid ticks of an axis with these ends and this length in points.
    pub fn ticks(&mut self, (from, to): (f64, f64), points: f64) -> Vec<f64> {
        let least = (to - from) * TICK_GAP / points.max(1.0);
        self.tick_step = steady_step(self.tick_step, least.max(1.0));
        every(self.tick_step, from.max(0.0), to)
    }
}

/// Returns the step to use where a step of at least `least` is needed: the current one while it fits.
fn steady_step(current: f64, least: f64) -> f64 {
    let fits = (0.9 * least..=4.0 * least).contains(&current);
    if fits { current } else { step(least) }
}

/// Returns the smallest of 1, 2, 5 times a power of ten that is at least `least`.
fn step(least: f64) -> f64 {
    let ten = 10f64.powf(least.max(1e-9).log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|step| step * ten);
    // With a tolerance: 10^k is not always the exact decimal.
    let fits = |step: &f64| *step >= least * (1.0 - 1e-9);
    steps.into_iter().find(fits).unwrap_or(10.0 * ten)
}

fn every(step: f64, low: f64, high: f64) -> Vec<f64> {
    let first = (low / step).ceil();
    std::iter::successors(Some(first), |index| Some(index + 1.0))
        .map(|index| index * step)
        .take_while(|value| *value <= high)
        // No screen has room for more.
        .take(200)
        .collect()
}

/// Returns the prices 1, 2, 5 times powers of ten from `low` to `high`, at least `least` apart in their logarithm;
/// `None` for a range with fewer than three of them.
fn decades(low: f64, high: f64, least: f64) -> Option<Vec<f64>> {
    // ln 2.5 is the widest gap of 1-2-5, ln 2 the narrowest.
    let factors: &[f64] = if least <= std::f64::consts::LN_2 {
        &[1.0, 2.0, 5.0]
    } else {
        &[1.0]
    };
    let decade = |exponent: i32| factors.iter().map(move |f| f * 10f64.powi(exponent));
    let all = (-6..=9).flat_map(decade);
    let inside: Vec<_> = all.filter(|price| (low..=high).contains(price)).collect();
    (inside.len() >= 3).then_some(inside)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prices(scale: PriceScale, low: f64, high: f64, points: f64) -> Vec<f64> {
        let ends = (scale.to_axis(low), scale.to_axis(high));
        let prices = Grid::default().prices(scale, ends, points);
        prices.iter().map(|p| (p * 1e6).round() / 1e6).collect()
    }

    #[test]
    fn a_price_on_its_way_is_that_of_its_height() {
        for (scale, half) in [(PriceScale::Linear, 0.925), (PriceScale::Log, 0.922_713_4)] {
            let price = scale.between((0.86, 0.99), 0.5);
            assert!((price - half).abs() < 1e-6, "{scale:?} {price}");
            assert!((scale.between((0.86, 0.99), 0.0) - 0.86).abs() < 1e-12);
            // At its place it is exactly the price of the tick.
            assert_eq!(
                scale.between((0.86, 0.99), 1.0).to_bits(),
                0.99_f64.to_bits()
            );
        }
    }

    #[test]
    fn grid_lines_are_at_1_2_5_and_their_tens() {
        assert_eq!(
            prices(PriceScale::Linear, 0.9, 3.1, 300.0),
            [1.0, 1.5, 2.0, 2.5, 3.0]
        );
        assert_eq!(
            prices(PriceScale::Linear, 0.0, 47.0, 300.0),
            [0.0, 10.0, 20.0, 30.0, 40.0]
        );
        assert_eq!(
            prices(PriceScale::Log, 0.9, 60.0, 400.0),
            [1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
        );
        assert_eq!(
            prices(PriceScale::Log, 0.009, 2_000.0, 300.0),
            [0.01, 0.1, 1.0, 10.0, 100.0, 1_000.0]
        );
        assert_eq!(
            prices(PriceScale::Log, 0.99, 1.52, 400.0),
            [1.0, 1.1, 1.2, 1.3, 1.4, 1.5]
        );
        let ticks = |from, to, points| Grid::default().ticks((from, to), points);
        assert_eq!(ticks(-5.0, 235.0, 800.0), [0.0, 50.0, 100.0, 150.0, 200.0]);
        assert_eq!(
            ticks(100.0, 104.0, 800.0),
            [100.0, 101.0, 102.0, 103.0, 104.0]
        );
    }

    #[test]
    fn a_step_changes_only_by_a_factor_of_two_or_more() {
        let mut grid = Grid::default();
        let mut steps = Vec::new();
        for newest in 40..2_000 {
            grid.ticks((0.0, f64::from(newest)), 1_000.0);
            if steps.last() != Some(&grid.tick_step) {
                steps.push(grid.tick_step);
            }
        }
        assert_eq!(steps, [5.0, 10.0, 20.0, 50.0, 100.0, 200.0]);
        // A range that sways around a limit keeps its labels.
        let before = grid;
        for sway in [1.0, 1.04, 0.97, 1.03, 0.96] {
            grid.ticks((0.0, 1_999.0 * sway), 1_000.0);
            assert_eq!(grid, before);
        }
        for newest in (40..2_000).rev() {
            let before = grid.tick_step;
            grid.ticks((0.0, f64::from(newest)), 1_000.0);
            assert!(grid.tick_step >= before || grid.tick_step <= before / 2.0 + 1e-9);
        }
    }

    #[test]
    fn the_axis_has_room_around_the_prices_and_a_rug_extends_it_by_a_limited_amount() {
        for scale in [PriceScale::Linear, PriceScale::Log] {
            let range = |prices: &[f64], rug| scale.range(prices.iter().copied(), rug, 0.0);
            let (low, high) = range(&[1.0, 3.0, 2.0], None);
            assert!(low < scale.to_axis(1.0) && high > scale.to_axis(3.0));
            let (rugged, same) = range(&[1.0, 3.0, 2.0], Some(0.009));
            assert!((same - high).abs() < 1e-9 && rugged < low);
            assert!(high - rugged < 1.5 * (high - low));
            let (low, high) = range(&[1.0], None);
            assert!(high - low > 0.05);
            let (low, high) = range(&[], None);
            assert!(low.is_finite() && high > low);
        }
    }

    #[test]
    fn prices_leave_the_headroom_free() {
        let (low, high) = PriceScale::Linear.range([1.0, 3.0].into_iter(), None, 0.2);
        let top = (high - 3.0) / (high - low);
        assert!(top > 0.2 && top < 0.3, "{top}");
    }
}
