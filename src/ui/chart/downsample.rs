//! Fewer points for the same picture: where ticks are closer than pixels, only the lowest and the highest price of a
//! group are visible.

/// Returns the runs of a line through `prices` from index `first` on, as points made of index and price: the lowest and
/// the highest of each `group` prices. Groups start at multiples of `group`, so that the picture does not shimmer while
/// it scrolls. A missing price ends a run.
pub fn downsample<T>(
    prices: &[Option<f64>],
    first: usize,
    group: usize,
    point: impl Fn(usize, f64) -> T,
) -> Vec<Vec<T>> {
    let group = group.max(1);
    let mut runs: Vec<Vec<T>> = Vec::new();
    let points = 2 * (prices.len().saturating_sub(first) / group + 2);
    let mut last_known: Option<usize> = None;
    let mut holes_before = Vec::new();
    let mut kept: Vec<(usize, f64)> = Vec::with_capacity(points);
    let mut start = first;
    while start < prices.len() {
        let end = ((start / group + 1) * group).min(prices.len());
        let mut lowest: Option<(usize, f64)> = None;
        let mut highest: Option<(usize, f64)> = None;
        for (index, price) in (start..end).zip(&prices[start..end]) {
            let Some(price) = *price else { continue };
            if lowest.is_none_or(|(_, low)| price < low) {
                lowest = Some((index, price));
            }
            if highest.is_none_or(|(_, high)| price > high) {
                highest = Some((index, price));
            }
            if last_known.is_some_and(|last| index > last + 1) {
                holes_before.push(index);
            }
            last_known = Some(index);
        }
        if let (Some(low), Some(high)) = (lowest, highest) {
            let (one, other) = if low.0 < high.0 {
                (low, high)
            } else {
                (high, low)
            };
            kept.push(one);
            if one.0 != other.0 {
                kept.push(other);
            }
        }
        start = end;
    }
    let mut holes = holes_before.into_iter().peekable();
    for (place, &(index, price)) in kept.iter().enumerate() {
        // The first known price after a hole is at or before this one: the run ends.
        let mut broken = runs.is_empty();
        while holes.next_if(|&hole| hole <= index).is_some() {
            broken = true;
        }
        if broken {
            let rest = if holes.peek().is_none() {
                kept.len() - place + 1
            } else {
                2
            };
            runs.push(Vec::with_capacity(rest));
        }
        if let Some(run) = runs.last_mut() {
            run.push(point(index, price));
        }
    }
    runs
}

/// A candle of five ticks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candle {
    /// Its first tick.
    pub tick: usize,
    /// The first known price.
    pub open: f64,
    /// The highest.
    pub high: f64,
    /// The lowest.
    pub low: f64,
    /// The last known.
    pub close: f64,
}

/// Ticks of a candle.
pub const CANDLE: usize = 5;

impl Candle {
    /// Whether it closed at or above its open.
    pub fn rises(&self) -> bool {
        self.close >= self.open
    }

    /// Returns the candle that starts at a tick; `None` where no price is known.
    pub fn at(prices: &[Option<f64>], tick: usize) -> Option<Self> {
        let end = (tick + CANDLE).min(prices.len());
        let mut known = prices.get(tick..end)?.iter().flatten().copied();
        let open = known.next()?;
        let first = Self {
            tick,
            open,
            high: open,
            low: open,
            close: open,
        };
        Some(known.fold(first, |candle, price| Self {
            high: candle.high.max(price),
            low: candle.low.min(price),
            close: price,
            ..candle
        }))
    }
}

/// Returns the candles of the prices from index `from` to before `to`, without those that have no known price.
pub fn candles(prices: &[Option<f64>], from: usize, to: usize) -> impl Iterator<Item = Candle> {
    let from = from / CANDLE * CANDLE;
    let to = to.min(prices.len());
    (from..to)
        .step_by(CANDLE)
        .filter_map(move |tick| Candle::at(prices, tick))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn pair(index: usize, price: f64) -> (usize, f64) {
        (index, price)
    }

    #[test]
    fn few_points_stay_unchanged_and_holes_are_gaps() {
        let prices = [
            Some(1.0),
            Some(1.2),
            None,
            Some(0.9),
            None,
            None,
            Some(2.0),
            Some(2.1),
        ];
        let runs = downsample(&prices, 0, 1, pair);
        let whole = vec![
            vec![(0, 1.0), (1, 1.2)],
            vec![(3, 0.9)],
            vec![(6, 2.0), (7, 2.1)],
        ];
        assert_eq!(runs, whole);
        assert_eq!(downsample(&prices, 7, 1, pair), [[(7, 2.1)]]);
        assert!(downsample(&[None, None], 0, 1, pair).is_empty());
        assert!(downsample(&prices, 8, 3, pair).is_empty());
    }

    #[test]
    fn candles_open_high_low_close() {
        let known = [1.0, 1.5, 0.8, 1.1, 1.2, 1.3, 1.1].map(Some);
        let mut prices = known.to_vec();
        prices.extend([None; 8]);
        prices.push(Some(2.0));
        let all: Vec<_> = candles(&prices, 0, prices.len()).collect();
        let candle = |tick, open, high, low, close| Candle {
            tick,
            open,
            high,
            low,
            close,
        };
        assert_eq!(
            all,
            [
                candle(0, 1.0, 1.5, 0.8, 1.2),
                candle(5, 1.3, 1.3, 1.1, 1.1),
                candle(15, 2.0, 2.0, 2.0, 2.0)
            ]
        );
        assert!(all[0].rises() && !all[1].rises() && all[2].rises());
        assert_eq!(candles(&prices, 7, 9).count(), 1);
    }

    proptest! {
        #[test]
        fn no_peak_and_no_trough_is_lost(
            prices in prop::collection::vec(prop_oneof![9 => (0.001f64..100.0).prop_map(Some), 1 => Just(None)], 0..400),
            first in 0usize..50,
            group in 1usize..20,
        ) {
            let runs = downsample(&prices, first, group, pair);
            let points: Vec<_> = runs.iter().flatten().copied().collect();
            prop_assert!(points.windows(2).all(|pair| pair[0].0 < pair[1].0));
            prop_assert!(runs.iter().all(|run| !run.is_empty()));
            for &(index, price) in &points {
                prop_assert_eq!(prices[index], Some(price));
            }
            for start in (0..prices.len()).step_by(group) {
                let end = (start + group).min(prices.len());
                let known: Vec<_> = (start.max(first)..end).filter_map(|i| prices[i]).collect();
                let kept: Vec<_> = points.iter().filter(|(i, _)| (start..end).contains(i)).map(|p| p.1).collect();
                prop_assert!(kept.len() <= 2);
                let extremes = |of: &[f64]| (of.iter().copied().reduce(f64::min), of.iter().copied().reduce(f64::max));
                prop_assert_eq!(extremes(&known), extremes(&kept));
            }
            for run in &runs {
                for pair in run.windows(2) {
                    prop_assert!(prices[pair[0].0..=pair[1].0].iter().all(Option::is_some), "a bridge");
                }
            }
            // Without downsampling a run ends only at a hole.
            let holes = (first + 1..prices.len()).filter(|&i| prices[i].is_some() && prices[i - 1].is_none()).count();
            let first_known = prices.get(first).is_some_and(Option::is_some);
            if group == 1 {
                prop_assert_eq!(runs.len(), holes + usize::from(first_known));
            }
        }
    }
}
