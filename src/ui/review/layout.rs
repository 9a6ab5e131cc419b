//! Where the cards of the page are.

use egui::{Rect, pos2, vec2};

use crate::ui::theme::GAP;

/// From this width on there are two columns.
const TWO_COLUMNS: f32 = 1_100.0;
/// Height of a row of tiles.
const TILES: f32 = 72.0;
/// Least height of what is below the tiles with two columns, and of its lower row.
const LEAST: f32 = 480.0;
const LEAST_LOW: f32 = 262.0;
/// Share of the left column, and of the calendar in its lower row.
const LEFT: f32 = 0.517;
const CALENDAR: f32 = 0.57;
/// Least width of the left column, and of the parts in it: a name, n and an amount.
const LEAST_LEFT: f32 = 592.0;
const LEAST_PARTS: f32 = 270.0;
/// Heights of the cards one below the other: trades, luck, what if, days, parts.
const HEIGHTS: [f32; 5] = [320.0, 300.0, 320.0, 290.0, 290.0];

/// The rectangles of the cards. They may be higher than the window: then the page scrolls.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ReviewRegions {
    /// The tiles.
    pub tiles: Rect,
    /// Tiles in a row.
    pub tiles_in_row: usize,
    /// The table of the trades.
    pub trades: Rect,
    /// The calendar.
    pub days: Rect,
    /// The slices.
    pub parts: Rect,
    /// The course of the total value.
    pub luck: Rect,
    /// The what-if.
    pub what_if: Rect,
}

impl ReviewRegions {
    /// Returns the cards of a page as wide as `room`, from its upper left corner.
    pub fn of(room: Rect) -> Self {
        if room.width() >= TWO_COLUMNS {
            Self::two_columns(room)
        } else {
            Self::one_column(room)
        }
    }

    fn two_columns(room: Rect) -> Self {
        let tiles = room.with_max_y(room.top() + TILES);
        let top = tiles.bottom() + GAP;
        let bottom = room.bottom().max(top + LEAST);
        let below = Rect::from_min_max(pos2(room.left(), top), pos2(room.right(), bottom));
        let wide = ((below.width() - GAP) * LEFT).max(LEAST_LEFT);
        let middle = (below.left() + wide).round();
        let left = below.with_max_x(middle);
        let right = below.with_min_x(middle + GAP);
        let low = (below.height() * 0.4).max(LEAST_LOW).round();
        let (trades, lower) = split(left, below.height() - low - GAP);
        let room = lower.width() - GAP;
        let wide = (room * CALENDAR).min(room - LEAST_PARTS);
        let days = lower.with_max_x((lower.left() + wide).round());
        let parts = lower.with_min_x(days.right() + GAP);
        let (luck, what_if) = split(right, ((right.height() - GAP) / 2.0).round());
        Self {
            tiles,
            tiles_in_row: 6,
            trades,
            days,
            parts,
            luck,
            what_if,
        }
    }

    fn one_column(room: Rect) -> Self {
        let tiles = room.with_max_y(room.top() + 2.0 * TILES + GAP);
        let mut top = tiles.bottom() + GAP;
        let [trades, luck, what_if, days, parts] = HEIGHTS.map(|height| {
            let size = vec2(room.width(), height);
            let card = Rect::from_min_size(pos2(room.left(), top), size);
            top = card.bottom() + GAP;
            card
        });
        Self {
            tiles,
            tiles_in_row: 3,
            trades,
            days,
            parts,
            luck,
            what_if,
        }
    }

    /// Returns the height of all cards.
    pub fn height(&self) -> f32 {
        let cards = [self.trades, self.days, self.parts, self.luck, self.what_if];
        let bottom = cards.iter().map(Rect::bottom);
        bottom.fold(0.0, f32::max) - self.tiles.top()
    }
}

/// Splits a rectangle below `height`, with a gap.
fn split(rect: Rect, height: f32) -> (Rect, Rect) {
    let at = rect.top() + height;
    (rect.with_max_y(at), rect.with_min_y(at + GAP))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_card_lies_over_another_one_or_leaves_the_page_at_any_size() {
        for width in (660..=3_824).step_by(20) {
            for height in (480..=2_060).step_by(20) {
                #[expect(clippy::cast_precision_loss, reason = "window sizes")]
                let size = vec2(width as f32, height as f32);
                let room = Rect::from_min_size(pos2(8.0, 96.0), size);
                let regions = ReviewRegions::of(room);
                let page = room.with_max_y(room.top() + regions.height() + 0.01);
                let cards = [
                    regions.tiles,
                    regions.trades,
                    regions.days,
                    regions.parts,
                    regions.luck,
                    regions.what_if,
                ];
                for (place, card) in cards.iter().enumerate() {
                    assert!(page.contains_rect(*card), "{size:?}: {card:?}");
                    assert!(card.width() >= 270.0 && card.height() >= 72.0, "{card:?}");
                    for other in &cards[place + 1..] {
                        let common = card.intersect(*other);
                        assert!(!common.is_positive(), "{size:?}: {card:?} over {other:?}");
                    }
                }
            }
        }
    }
}
