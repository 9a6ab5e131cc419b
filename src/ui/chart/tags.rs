//! Where the tags of the price axis and the labels on the chart are: pure placement, no drawing.

use std::ops::Range;

use egui::{Align2, Pos2, Rangef, Rect, Vec2};

use crate::ui::widgets::index;

/// A grid label closer than this to the middle of a tag is not drawn.
pub const LABEL_GAP: f32 = 18.0;

/// Returns the middles of tags on an axis, the most important one first: each is as close to its wish as the tags before
/// it allow. A wish is the middle and half the height of a tag. Without room a tag keeps its wish.
pub fn place_tags(wishes: &[(f32, f32)], axis: Rangef) -> Vec<f32> {
    let mut placed: Vec<(f32, f32)> = Vec::with_capacity(wishes.len());
    for &(wish, half) in wishes {
        let inside = |y: f32| y - half >= axis.min - 0.01 && y + half <= axis.max + 0.01;
        let free = |y: f32| {
            let far = |&(other, its_half): &(f32, f32)| (y - other).abs() >= its_half + half - 0.01;
            placed.iter().all(far)
        };
        let (low, high) = (axis.min + half, axis.max - half);
        let wish = wish.clamp(low, high.max(low));
        let beside = placed
            .iter()
            .flat_map(|&(other, its_half)| [other - its_half - half, other + its_half + half]);
        let candidates = std::iter::once(wish).chain(beside);
        let nearest = candidates
            .filter(|&y| inside(y) && free(y))
            .min_by(|a, b| (a - wish).abs().total_cmp(&(b - wish).abs()));
        placed.push((nearest.unwrap_or(wish), half));
    }
    placed.into_iter().map(|(y, _)| y).collect()
}

/// Whether a grid label is far enough from all tags to be drawn.
pub fn label_is_free(y: f32, tags: &[f32]) -> bool {
    tags.iter().all(|tag| (tag - y).abs() >= LABEL_GAP)
}

/// Width of a column of [`TakenAreas`], about that of a label.
const COLUMN: f32 = 32.0;

/// The areas of the chart that no further label may cover, by columns: a label is compared only with what is near it.
#[derive(Debug, Clone, Default)]
pub struct TakenAreas {
    columns: Vec<Vec<Rect>>,
}

impl TakenAreas {
    /// Takes an area.
    pub fn take(&mut self, area: Rect) {
        let columns = columns(area);
        if self.columns.len() < columns.end {
            self.columns.resize_with(columns.end, Vec::new);
        }
        for column in &mut self.columns[columns] {
            column.push(area);
        }
    }

    /// Returns the area of a label of this size at the first of the places where it is inside the frame and covers no
    /// area that is taken.
    pub fn free_place(&self, places: &[(Pos2, Align2)], size: Vec2, frame: Rect) -> Option<Rect> {
        let areas = places
            .iter()
            .map(|(at, align)| align.anchor_size(*at, size));
        let mut inside = areas.filter(|area| frame.contains_rect(*area));
        inside.find(|area| self.is_free(*area))
    }

    fn is_free(&self, area: Rect) -> bool {
        let Range { start, end } = columns(area);
        let near = self.columns.iter().take(end).skip(start);
        near.flatten().all(|other| !other.intersects(area))
    }
}

impl FromIterator<Rect> for TakenAreas {
    fn from_iter<T: IntoIterator<Item = Rect>>(areas: T) -> Self {
        let mut taken = Self::default();
        areas.into_iter().for_each(|area| taken.take(area));
        taken
    }
}

/// Returns the columns of an area; those left of the window belong to the first.
fn columns(area: Rect) -> Range<usize> {
    index(f64::from(area.left() / COLUMN))..index(f64::from(area.right() / COLUMN)) + 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use egui::{pos2, vec2};

    const AXIS: Rangef = Rangef {
        min: 0.0,
        max: 400.0,
    };

    #[test]
    fn the_newest_price_keeps_its_place_and_others_give_way_to_the_near_side() {
        assert_eq!(
            place_tags(&[(100.0, 11.0), (95.0, 9.0)], AXIS),
            [100.0, 80.0]
        );
        assert_eq!(
            place_tags(&[(100.0, 11.0), (108.0, 9.0)], AXIS),
            [100.0, 120.0]
        );
        // Far apart: each at its wish.
        assert_eq!(
            place_tags(&[(100.0, 11.0), (300.0, 9.0)], AXIS),
            [100.0, 300.0]
        );
        // At the edge there is room on one side only.
        assert_eq!(
            place_tags(&[(395.0, 11.0), (396.0, 9.0)], AXIS),
            [389.0, 369.0]
        );
        // A third one finds the next free place.
        assert_eq!(
            place_tags(&[(100.0, 11.0), (95.0, 9.0), (90.0, 9.0)], AXIS),
            [100.0, 80.0, 62.0]
        );
    }

    #[test]
    fn a_grid_label_near_a_tag_is_left_out() {
        assert!(label_is_free(100.0, &[118.0, 50.0]));
        assert!(!label_is_free(100.0, &[117.0]));
    }

    #[test]
    fn a_label_takes_the_first_place_that_is_free_and_inside() {
        let frame = Rect::from_min_max(pos2(0.0, 0.0), pos2(200.0, 100.0));
        let size = vec2(40.0, 12.0);
        let places = [
            (pos2(100.0, 50.0), Align2::CENTER_BOTTOM),
            (pos2(100.0, 60.0), Align2::CENTER_TOP),
            (pos2(100.0, 95.0), Align2::CENTER_TOP),
        ];
        let place = |areas: &[Rect]| {
            let taken: TakenAreas = areas.iter().copied().collect();
            taken.free_place(&places, size, frame)
        };
        let first = Rect::from_min_size(pos2(80.0, 38.0), size);
        let second = Rect::from_min_size(pos2(80.0, 60.0), size);
        assert_eq!(place(&[]), Some(first));
        assert_eq!(place(&[first]), Some(second));
        // The third one would leave the frame.
        assert_eq!(place(&[first, second]), None);
    }

    proptest! {
        #[test]
        fn labels_never_overlap(wishes in prop::collection::vec((0.0f32..200.0, 0.0f32..100.0), 1..40)) {
            let frame = Rect::from_min_max(pos2(0.0, 0.0), pos2(200.0, 100.0));
            let mut taken = TakenAreas::default();
            let mut labels: Vec<Rect> = Vec::new();
            for (x, y) in wishes {
                let at = pos2(x, y);
                let places = [(at, Align2::CENTER_TOP), (at, Align2::CENTER_BOTTOM)];
                let size = vec2(30.0, 12.0);
                let mut areas = places.iter().map(|(at, align)| align.anchor_size(*at, size));
                let free = areas.find(|area| frame.contains_rect(*area) && labels.iter().all(|other| !other.intersects(*area)));
                let found = taken.free_place(&places, size, frame);
                prop_assert_eq!(found, free);
                if let Some(area) = found {
                    taken.take(area);
                    labels.push(area);
                }
            }
        }

        #[test]
        fn tags_never_overlap_and_stay_on_the_axis(wishes in prop::collection::vec(-50.0f32..450.0, 1..6)) {
            let tags: Vec<_> = wishes.iter().enumerate().map(|(i, y)| (*y, if i == 0 { 11.0 } else { 9.0 })).collect();
            let placed = place_tags(&tags, AXIS);
            prop_assert!((placed[0] - wishes[0].clamp(11.0, 389.0)).abs() < 1e-3);
            for (i, a) in placed.iter().enumerate() {
                prop_assert!(a - tags[i].1 >= -0.1 && a + tags[i].1 <= 400.1);
                for (j, b) in placed.iter().enumerate().skip(i + 1) {
                    prop_assert!((a - b).abs() >= tags[i].1 + tags[j].1 - 0.1, "{placed:?}");
                }
            }
        }
    }
}
