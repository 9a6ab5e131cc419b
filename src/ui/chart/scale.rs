//! The two axes: linear or logarithmic prices, and the labels. `egui_plot` has no logarithmic axis, so it gets ln(price)
//! and the labels are computed here.

use egui_plot::GridMark;

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
/// Room above and below the prices for marks and labels, as shares of their height.
const ABOVE: f64 = 0.16;
const BELOW: f64 = 0.12;
/// The largest extension of the axis by a rug, as a share of the height of the other prices, so that these stay
/// readable.
const RUG_DEPTH: f64 = 0.3;
/// Points between two labels of the price axis and of the tick axis.
const PRICE_GAP: f64 = 36.0;
const TICK_GAP: f64 = 80.0;

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

    /// Returns the lower and the upper end of the axis, as axis values. `rug` is the price of a visible rug; it extends
    /// the axis by a limited amount only.
    pub fn range(self, prices: impl Iterator<Item = f64>, rug: Option<f64>) -> (f64, f64) {
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
        let (mut low, high) = (middle - height / 2.0, middle + height / 2.0);
        if let Some(rug) = rug {
            low = low.min(self.to_axis(rug).max(low - RUG_DEPTH * height));
        }
        (low - BELOW * height, high + ABOVE * height)
    }

    /// Returns the labels of a price axis of `points` length: 1, 2, 5 times powers of ten.
    pub fn grid_marks(self, (low, high): (f64, f64), points: f64) -> Vec<GridMark> {
        let least = (high - low) * PRICE_GAP / points.max(1.0);
        let prices = match self {
            Self::Linear => every(step(least).max(0.01), low.max(0.0), high),
            Self::Log => decades(self.to_price(low), self.to_price(high), least),
        };
        // The plot hides labels that are closer than their step. All labels here fit.
        let step_size = least.max(f64::MIN_POSITIVE);
        prices
            .into_iter()
            .map(|price| self.to_axis(price))
            .filter(|value| (low..=high).contains(value))
            .map(|value| GridMark { value, step_size })
            .collect()
    }
}

/// Returns the labels of a tick axis of `points` length.
pub fn tick_marks((from, to): (f64, f64), points: f64) -> Vec<GridMark> {
    let least = (to - from) * TICK_GAP / points.max(1.0);
    let step_size = step(least).max(1.0);
    every(step_size, from.max(0.0), to)
        .into_iter()
        .map(|value| GridMark { value, step_size })
        .collect()
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

/// Returns the prices 1, 2, 5 times powers of ten from `low` to `high`, at least `least` apart in their logarithm. A
/// range with fewer than three of them gets even steps.
fn decades(low: f64, high: f64, least: f64) -> Vec<f64> {
    // ln 2.5 is the widest gap of 1-2-5, ln 2 the narrowest.
    let factors: &[f64] = if least <= std::f64::consts::LN_2 {
        &[1.0, 2.0, 5.0]
    } else {
        &[1.0]
    };
    let decade = |exponent: i32| factors.iter().map(move |f| f * 10f64.powi(exponent));
    let all = (-6..=9).flat_map(decade);
    let inside: Vec<_> = all.filter(|price| (low..=high).contains(price)).collect();
    if inside.len() >= 3 {
        return inside;
    }
    let wide = step(high * (1.0 - (-least).exp())).max(0.01);
    every(wide, low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prices(scale: PriceScale, low: f64, high: f64, points: f64) -> Vec<f64> {
        let ends = (scale.to_axis(low), scale.to_axis(high));
        let marks = scale.grid_marks(ends, points);
        marks
            .iter()
            .map(|mark| (scale.to_price(mark.value) * 1e6).round() / 1e6)
            .collect()
    }

    #[test]
    fn labels_are_1_2_5_and_their_tens() {
        assert_eq!(
            prices(PriceScale::Linear, 0.9, 3.1, 300.0),
            [1.0, 1.5, 2.0, 2.5, 3.0]
        );
        assert_eq!(
            prices(PriceScale::Linear, 0.0, 47.0, 200.0),
            [0.0, 10.0, 20.0, 30.0, 40.0]
        );
        assert_eq!(
            prices(PriceScale::Log, 0.9, 60.0, 400.0),
            [1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
        );
        assert_eq!(
            prices(PriceScale::Log, 0.009, 2_000.0, 120.0),
            [0.01, 0.1, 1.0, 10.0, 100.0, 1_000.0]
        );
        assert_eq!(
            prices(PriceScale::Log, 0.99, 1.52, 260.0),
            [1.0, 1.1, 1.2, 1.3, 1.4, 1.5]
        );
        let ticks = |from, to, points| -> Vec<_> {
            tick_marks((from, to), points)
                .iter()
                .map(|mark| mark.value)
                .collect()
        };
        assert_eq!(ticks(-5.0, 235.0, 800.0), [0.0, 50.0, 100.0, 150.0, 200.0]);
        assert_eq!(
            ticks(100.0, 104.0, 800.0),
            [100.0, 101.0, 102.0, 103.0, 104.0]
        );
    }

    #[test]
    fn the_axis_has_room_around_the_prices_and_a_rug_extends_it_by_a_limited_amount() {
        for scale in [PriceScale::Linear, PriceScale::Log] {
            let (low, high) = scale.range([1.0, 3.0, 2.0].into_iter(), None);
            assert!(low < scale.to_axis(1.0) && high > scale.to_axis(3.0));
            let (rugged, same) = scale.range([1.0, 3.0, 2.0].into_iter(), Some(0.009));
            assert!((same - high).abs() < 1e-9 && rugged < low);
            assert!(high - rugged < 1.5 * (high - low));
            let (low, high) = scale.range([1.0].into_iter(), None);
            assert!(high - low > 0.05);
            let (low, high) = scale.range(std::iter::empty(), None);
            assert!(low.is_finite() && high > low);
        }
    }
}
