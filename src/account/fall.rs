//! The deepest fall of a total value below an earlier one: of a session, of sessions one after the other, of trades.

use rust_decimal::Decimal;

use crate::game::Time;

/// A value of a course. Sums stop at their limit instead of overflowing.
pub trait CourseValue: Copy + Ord + Default {
    /// Returns the sum.
    #[must_use]
    fn plus(self, other: Self) -> Self;
    /// Returns the difference.
    #[must_use]
    fn minus(self, other: Self) -> Self;
}

impl CourseValue for Decimal {
    fn plus(self, other: Self) -> Self {
        self.saturating_add(other)
    }

    fn minus(self, other: Self) -> Self {
        self.saturating_sub(other)
    }
}

/// A value and where it was: by default SOL and a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueAt<V = Decimal, A = Time> {
    /// Where.
    pub at: A,
    /// The value.
    pub value: V,
}

/// The deepest fall of a course below an earlier value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fall<V = Decimal, A = Time> {
    /// How deep.
    pub depth: V,
    /// Where the value was highest; `None` at the start.
    pub from: Option<ValueAt<V, A>>,
    /// Where it was lowest after that.
    pub to: ValueAt<V, A>,
}

/// The limits of a course that starts at zero, and its deepest fall: enough to continue it with another course.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValueRange<V = Decimal, A = Time> {
    end: V,
    /// The highest value, if that is not the start; the lowest one.
    highest: Option<ValueAt<V, A>>,
    lowest: Option<ValueAt<V, A>>,
    fall: Option<Fall<V, A>>,
}

impl<V: CourseValue, A> Default for ValueRange<V, A> {
    fn default() -> Self {
        Self {
            end: V::default(),
            highest: None,
            lowest: None,
            fall: None,
        }
    }
}

impl<V: CourseValue, A: Copy> ValueRange<V, A> {
    /// Returns the last value.
    pub fn end(&self) -> V {
        self.end
    }

    /// Returns the highest value, at least zero.
    pub fn highest(&self) -> V {
        self.highest.map_or(V::default(), |highest| highest.value)
    }

    /// Returns the lowest value, at most zero.
    pub fn lowest(&self) -> V {
        self.lowest.map_or(V::default(), |lowest| lowest.value)
    }

    /// Returns the deepest fall; `None` if no value was below an earlier one.
    pub fn fall(&self) -> Option<&Fall<V, A>> {
        self.fall.as_ref()
    }

    /// Returns how deep the deepest fall was, not negative.
    pub fn depth(&self) -> V {
        self.fall.map_or(V::default(), |fall| fall.depth)
    }

    /// Adds a value of the same course.
    pub fn push(&mut self, at: A, value: V) {
        let point = ValueAt { at, value };
        self.end = value;
        if value > self.highest() {
            self.highest = Some(point);
        } else {
            self.take_fall(self.highest, point);
        }
        if value < self.lowest() {
            self.lowest = Some(point);
        }
    }

    /// Continues the course with another one, which starts at the last value of this one.
    pub fn append(&mut self, next: &Self) {
        let start = self.end;
        let here = |point: ValueAt<V, A>| ValueAt {
            at: point.at,
            value: start.plus(point.value),
        };
        // A fall from the start of the next course is not deeper than one from the highest value before it.
        if let Some(lowest) = next.lowest {
            self.take_fall(self.highest, here(lowest));
        }
        if let Some(fall) = next.fall
            && let Some(from) = fall.from
        {
            self.take_fall(Some(here(from)), here(fall.to));
        }
        for limit in [next.highest, next.lowest].into_iter().flatten().map(here) {
            if limit.value > self.highest() {
                self.highest = Some(limit);
            }
            if limit.value < self.lowest() {
                self.lowest = Some(limit);
            }
        }
        self.end = start.plus(next.end);
    }

    fn take_fall(&mut self, from: Option<ValueAt<V, A>>, to: ValueAt<V, A>) {
        let top = from.map_or(V::default(), |from| from.value);
        let depth = top.minus(to.value);
        if depth > self.depth() {
            self.fall = Some(Fall { depth, from, to });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The deepest fall by a search through all pairs; the start is a value of zero.
    fn search(values: &[i64]) -> Decimal {
        let all: Vec<i64> = std::iter::once(0).chain(values.iter().copied()).collect();
        let pairs = all
            .iter()
            .enumerate()
            .flat_map(|(place, high)| all[place..].iter().map(move |low| high - low));
        Decimal::from(pairs.max().unwrap_or(0))
    }

    fn range_of(values: &[i64]) -> ValueRange<Decimal, usize> {
        let mut range = ValueRange::default();
        for (place, value) in values.iter().enumerate() {
            range.push(place, Decimal::from(*value));
        }
        range
    }

    proptest! {
        #[test]
        fn the_fall_of_a_chain_is_that_of_a_search_through_all_pairs_of_values(
            parts in prop::collection::vec(prop::collection::vec(-20i64..20, 0..7), 0..7)
        ) {
            let (mut chain, mut values) = (ValueRange::default(), Vec::new());
            for part in &parts {
                let own = range_of(part);
                prop_assert_eq!(own.depth(), search(part));
                chain.append(&own);
                let start = values.last().copied().unwrap_or(0);
                values.extend(part.iter().map(|value| start + value));
            }
            let whole = range_of(&values);
            prop_assert_eq!(chain.depth(), search(&values));
            prop_assert_eq!(chain.end(), whole.end());
            prop_assert_eq!((chain.highest(), chain.lowest()), (whole.highest(), whole.lowest()));
            // It ends where the value was that much lower than where it began.
            if let Some(fall) = chain.fall() {
                let from = fall.from.map_or(Decimal::ZERO, |from| from.value);
                prop_assert_eq!(from - fall.to.value, fall.depth);
            }
        }
    }

    #[test]
    fn a_fall_over_two_sessions_is_deeper_than_that_of_each() {
        // 0.5 up, then down to 0.25; the next session loses 0.5 before it earns 0.125.
        let mut chain = range_of(&[500, 250]);
        let next = range_of(&[-500, -375]);
        chain.append(&next);
        assert_eq!(chain.depth(), Decimal::from(750));
        let fall = chain.fall().expect("a fall");
        assert_eq!(fall.from.map(|from| from.at), Some(0));
        assert_eq!((fall.to.at, fall.to.value), (0, Decimal::from(-250)));
        assert_eq!(chain.end(), Decimal::from(-125));
        assert_eq!(ValueRange::<Decimal, usize>::default().fall(), None);
    }

    #[test]
    fn absurd_values_stop_at_a_limit() {
        let mut range = ValueRange::default();
        range.push(0, Decimal::MAX);
        range.push(1, Decimal::MIN);
        assert_eq!(range.depth(), Decimal::MAX);
        let again = range;
        range.append(&again);
        assert_eq!((range.depth(), range.end()), (Decimal::MAX, Decimal::MIN));
    }
}
