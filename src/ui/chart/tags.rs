//! Where the tags of the price axis are: pure placement, no drawing.

use egui::Rangef;

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
        let places = std::iter::once(wish).chain(beside);
        let nearest = places
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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

    proptest! {
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
