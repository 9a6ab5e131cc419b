//! The two axes: prices linear or by their logarithm, and the places of their labels. The plot knows no logarithmic
//! axis: it is given ln(price), and the labels are ours.

use egui_plot::GridMark;

/// How prices are spread over the height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Scale {
    /// Equal steps are equally high.
    #[default]
    Linear,
    /// Equal factors are equally high.
    Log,
}

/// The lowest price on a logarithmic axis; what lies below stands there.
const LOWEST: f64 = 1e-6;
/// Room above and below the prices, as shares of their height: marks and their labels stand there.
const ABOVE: f64 = 0.16;
const BELOW: f64 = 0.12;
/// How far a rug pulls the axis down at most, as a share of the height of the other prices: what went before stays
/// readable.
const RUG_DEPTH: f64 = 0.3;
/// Points between two labels of the price axis, and of the tick axis.
const PRICE_GAP: f64 = 36.0;
const TICK_GAP: f64 = 80.0;

impl Scale {
    /// Returns where a price stands.
    pub fn place(self, price: f64) -> f64 {
        match self {
            Self::Linear => price,
            Self::Log => price.max(LOWEST).ln(),
        }
    }

    /// Returns the price of a place.
    pub fn price(self, place: f64) -> f64 {
        match self {
            Self::Linear => place,
            Self::Log => place.exp(),
        }
    }

    /// Returns the lower and the upper end of the axis for prices, in places. `rug` is the price of the rug if it is
    /// looked at; it pulls the axis down only so far.
    pub fn fit(self, prices: impl Iterator<Item = f64>, rug: Option<f64>) -> (f64, f64) {
        let mut ends: Option<(f64, f64)> = None;
        for price in prices {
            let (low, high) = ends.unwrap_or((price, price));
            ends = Some((low.min(price), high.max(price)));
        }
        let (low, high) = ends.or(rug.map(|rug| (rug, rug))).unwrap_or((1.0, 1.0));
        let (low, high) = (self.place(low), self.place(high));
        // A price that hardly moves is no drama: some height is always shown.
        let least = match self {
            Self::Linear => (0.1 * high).max(0.04),
            Self::Log => 0.1,
        };
        let middle = f64::midpoint(low, high);
        let height = (high - low).max(least);
        let (mut low, high) = (middle - height / 2.0, middle + height / 2.0);
        if let Some(rug) = rug {
            low = low.min(self.place(rug).max(low - RUG_DEPTH * height));
        }
        (low - BELOW * height, high + ABOVE * height)
    }

    /// Returns the places of the price labels on an axis of `points`: 1, 2, 5 and their tens.
    pub fn marks(self, (low, high): (f64, f64), points: f64) -> Vec<GridMark> {
        let least = (high - low) * PRICE_GAP / points.max(1.0);
        let prices = match self {
            Self::Linear => every(step(least).max(0.01), low.max(0.0), high),
            Self::Log => decades(self.price(low), self.price(high), least),
        };
        let places: Vec<_> = prices
            .into_iter()
            .map(|price| self.place(price))
            .filter(|place| (low..=high).contains(place))
            .collect();
        // The plot hides labels closer than their step: with us each one was chosen to fit.
        let step_size = least.max(f64::MIN_POSITIVE);
        places
            .into_iter()
            .map(|value| GridMark { value, step_size })
            .collect()
    }
}

/// Returns the places of the tick labels on an axis of `points`.
pub fn tick_marks((from, to): (f64, f64), points: f64) -> Vec<GridMark> {
    let least = (to - from) * TICK_GAP / points.max(1.0);
    let step_size = step(least).max(1.0);
    every(step_size, from.max(0.0), to)
        .into_iter()
        .map(|value| GridMark { value, step_size })
        .collect()
}

/// Returns the least of 1, 2, 5 and their tens that is not below `least`.
fn step(least: f64) -> f64 {
    let ten = 10f64.powf(least.max(1e-9).log10().floor());
    let steps = [1.0, 2.0, 5.0].map(|step| step * ten);
    // A hair of tolerance: 10^k is not always the decimal that it looks like.
    let fits = |step: &f64| *step >= least * (1.0 - 1e-9);
    steps.into_iter().find(fits).unwrap_or(10.0 * ten)
}

fn every(step: f64, low: f64, high: f64) -> Vec<f64> {
    let first = (low / step).ceil();
    std::iter::successors(Some(first), |index| Some(index + 1.0))
        .map(|index| index * step)
        .take_while(|value| *value <= high)
        // Nobody has a screen with room for more.
        .take(200)
        .collect()
}

/// Prices 1, 2, 5 and their tens from `low` to `high`, at least `least` apart in their logarithm; a stretch too
/// short for three of them gets even steps.
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

    fn prices(scale: Scale, low: f64, high: f64, points: f64) -> Vec<f64> {
        let ends = (scale.place(low), scale.place(high));
        let marks = scale.marks(ends, points);
        marks
            .iter()
            .map(|mark| (scale.price(mark.value) * 1e6).round() / 1e6)
            .collect()
    }

    #[test]
    fn labels_are_1_2_5_and_their_tens() {
        assert_eq!(
            prices(Scale::Linear, 0.9, 3.1, 300.0),
            [1.0, 1.5, 2.0, 2.5, 3.0]
        );
        assert_eq!(
            prices(Scale::Linear, 0.0, 47.0, 200.0),
            [0.0, 10.0, 20.0, 30.0, 40.0]
        );
        assert_eq!(
            prices(Scale::Log, 0.9, 60.0, 400.0),
            [1.0, 2.0, 5.0, 10.0, 20.0, 50.0]
        );
        assert_eq!(
            prices(Scale::Log, 0.009, 2_000.0, 120.0),
            [0.01, 0.1, 1.0, 10.0, 100.0, 1_000.0]
        );
        assert_eq!(
            prices(Scale::Log, 0.99, 1.52, 260.0),
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
    fn the_axis_has_room_around_the_prices_and_a_rug_pulls_it_down_only_so_far() {
        for scale in [Scale::Linear, Scale::Log] {
            let (low, high) = scale.fit([1.0, 3.0, 2.0].into_iter(), None);
            assert!(low < scale.place(1.0) && high > scale.place(3.0));
            let (rugged, same) = scale.fit([1.0, 3.0, 2.0].into_iter(), Some(0.009));
            assert!((same - high).abs() < 1e-9 && rugged < low);
            assert!(high - rugged < 1.5 * (high - low));
            let (low, high) = scale.fit([1.0].into_iter(), None);
            assert!(high - low > 0.05);
            let (low, high) = scale.fit(std::iter::empty(), None);
            assert!(low.is_finite() && high > low);
        }
    }
}
