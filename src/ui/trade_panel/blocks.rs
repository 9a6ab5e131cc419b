//! The places of the parts of the trade panel, one below the other. They depend on the room alone: whatever happens in
//! the game, nothing moves.

use egui::{Rect, pos2, vec2};

use crate::ui::layout::{PanelSize, TradePanelRegion};

/// Gap between the two rows of chips, and between the share of a sale and SELL.
pub const CHIP_GAP: f32 = 4.0;

/// The heights of the parts at one size of the panel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sizes {
    /// Height of the title over the P&L of the position; 0 where that is beside "This game".
    title: f32,
    /// The P&L of the position.
    position: f32,
    /// The size of its digits.
    pub position_text: f32,
    /// A line of money.
    row: f32,
    /// The size of its digits.
    pub row_text: f32,
    /// From the wallet to the amount.
    rule: f32,
    amount: f32,
    chip: f32,
    button: f32,
    shares: f32,
    auto_sell: f32,
    /// Between buttons.
    gap: f32,
    /// The sidebet and its odds.
    pub sidebet_line: f32,
    stop: f32,
    padding: egui::Vec2,
}

const COMPACT: Sizes = Sizes {
    title: 0.0,
    position: 32.0,
    position_text: 24.0,
    row: 20.0,
    row_text: 13.0,
    rule: 8.0,
    amount: 32.0,
    chip: 24.0,
    button: 48.0,
    shares: 24.0,
    auto_sell: 24.0,
    gap: 8.0,
    sidebet_line: 24.0,
    stop: 28.0,
    padding: vec2(12.0, 8.0),
};
const NORMAL: Sizes = Sizes {
    title: 16.0,
    position: 40.0,
    position_text: 30.0,
    row: 24.0,
    row_text: 15.0,
    rule: 17.0,
    amount: 40.0,
    chip: 24.0,
    button: 56.0,
    shares: 28.0,
    auto_sell: 24.0,
    gap: 12.0,
    sidebet_line: 44.0,
    stop: 32.0,
    padding: vec2(16.0, 12.0),
};
/// For what is below the buttons the space between them gives way before the size of the buttons.
const TIGHT: Sizes = Sizes {
    row: 20.0,
    rule: 8.0,
    amount: 36.0,
    gap: 8.0,
    ..NORMAL
};
const ROOMY: Sizes = Sizes {
    rule: 29.0,
    gap: 16.0,
    ..NORMAL
};
const LARGE: Sizes = Sizes {
    position: 44.0,
    position_text: 36.0,
    chip: 32.0,
    button: 72.0,
    ..ROOMY
};

/// Height of the last order.
const LAST_ORDER: f32 = 32.0;
/// Height of "While held".
const HELD: f32 = 36.0;
/// Height of what holding costs.
const HOLDING: f32 = 20.0;
/// Height of the daily loss limit.
const LIMIT: f32 = 36.0;

/// The places of the parts of the panel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Blocks {
    /// The sizes of texts and parts.
    pub sizes: Sizes,
    /// The title over the P&L; without height in a compact panel.
    pub title: Rect,
    /// The P&L of the position.
    pub position: Rect,
    /// The P&L of this game, that of the session, and the wallet.
    pub rows: [Rect; 3],
    /// The line below them; without height in a compact panel.
    pub rule: Rect,
    /// The amount.
    pub amount: Rect,
    /// The chips, in two rows.
    pub chips: Rect,
    /// BUY.
    pub buy: Rect,
    /// The share of a sale.
    pub shares: Rect,
    /// SELL.
    pub sell: Rect,
    /// Auto-sell.
    pub auto_sell: Rect,
    /// SIDEBET.
    pub sidebet: Rect,
    /// The running sidebet and the odds.
    pub sidebet_line: Rect,
    /// How far the price went while the position was held.
    pub held: Option<Rect>,
    /// The last order.
    pub last_order: Option<Rect>,
    /// What holding costs.
    pub holding: Option<Rect>,
    /// What is left.
    pub free: Rect,
    /// The daily loss limit.
    pub limit: Option<Rect>,
    /// The stop.
    pub stop: Rect,
}

impl Sizes {
    /// Returns the height from the top of the panel to the end of the sidebet's line.
    fn ticket(&self) -> f32 {
        self.padding.y
            + self.title
            + self.position
            + 3.0 * self.row
            + self.rule
            + self.amount
            + CHIP_GAP
            + self.chips()
            + self.gap
            + 3.0 * self.button
            + self.gap
            + self.shares
            + CHIP_GAP
            + self.auto_sell_gap()
            + self.auto_sell
            + self.auto_sell_gap()
            + 8.0
            + self.sidebet_line
    }

    fn chips(&self) -> f32 {
        2.0 * self.chip + CHIP_GAP
    }

    /// Returns the gap above and below auto-sell.
    fn auto_sell_gap(&self) -> f32 {
        (self.gap / 2.0 - 2.0).max(4.0)
    }

    /// Returns the height of the whole panel without what can be left out.
    fn least(&self) -> f32 {
        self.ticket() + 8.0 + self.stop + self.padding.y
    }
}

/// Returns the least height of a panel.
pub fn least_height() -> f32 {
    COMPACT.least()
}

/// Returns the places in a panel. The controls are as large as the room allows, up to the size of the region.
pub fn blocks(region: &TradePanelRegion) -> Blocks {
    let last_order = if region.last_order { LAST_ORDER } else { 0.0 };
    let limit = if region.daily_limit { LIMIT } else { 0.0 };
    let all: &[Sizes] = match region.size {
        PanelSize::Compact => &[],
        PanelSize::Normal => &[ROOMY, NORMAL, TIGHT],
        PanelSize::Large => &[LARGE, ROOMY, NORMAL, TIGHT],
    };
    let room = region.rect.height();
    let fits = |sizes: &&Sizes| sizes.least() + HELD + last_order + limit <= room;
    let sizes = *all.iter().find(fits).unwrap_or(&COMPACT);
    let inside = region.rect.shrink2(sizes.padding);
    let mut top = inside.top();
    let mut take = |height: f32, below: f32| {
        let min = pos2(inside.left(), top);
        top += height + below;
        Rect::from_min_size(min, vec2(inside.width(), height))
    };
    let title = take(sizes.title, 0.0);
    let position = take(sizes.position, 0.0);
    let rows = [(); 3].map(|()| take(sizes.row, 0.0));
    let rule = take(sizes.rule, 0.0);
    let amount = take(sizes.amount, CHIP_GAP);
    let chips = take(sizes.chips(), sizes.gap);
    let buy = take(sizes.button, sizes.gap);
    let shares = take(sizes.shares, CHIP_GAP);
    let sell = take(sizes.button, sizes.auto_sell_gap());
    let auto_sell = take(sizes.auto_sell, sizes.auto_sell_gap());
    let sidebet = take(sizes.button, 8.0);
    let sidebet_line = take(sizes.sidebet_line, 8.0);
    let bottom = inside.bottom().max(top + sizes.stop);
    let mut optional = |shown: bool, height: f32, left: f32| {
        let shown = shown && top + height + left + sizes.stop <= bottom;
        shown.then(|| {
            let min = pos2(inside.left(), top);
            top += height;
            Rect::from_min_size(min, vec2(inside.width(), height))
        })
    };
    let held = optional(true, HELD, limit + last_order);
    let last_order = optional(region.last_order, LAST_ORDER, limit);
    let stop = Rect::from_min_max(
        pos2(inside.left(), bottom - sizes.stop),
        pos2(inside.right(), bottom),
    );
    // Whatever else has room comes first.
    let holding = optional(true, HOLDING, limit);
    let rest = Rect::from_min_max(pos2(inside.left(), top), stop.right_top());
    let has_limit = region.daily_limit && rest.height() >= LIMIT;
    let limit = has_limit.then(|| rest.with_min_y(rest.bottom() - LIMIT));
    Blocks {
        sizes,
        title,
        position,
        rows,
        rule,
        amount,
        chips,
        buy,
        shares,
        sell,
        auto_sell,
        sidebet,
        sidebet_line,
        held,
        last_order,
        holding,
        free: rest.with_max_y(limit.map_or(rest.bottom(), |limit| limit.top())),
        limit,
        stop,
    }
}

impl Blocks {
    /// Returns the room below the ticket, for what replaces limit and stop.
    pub fn below(&self) -> Rect {
        let first = self.held.or(self.last_order).or(self.holding);
        let top = first.unwrap_or(self.free).top();
        self.stop.with_min_y(top)
    }

    /// Whether the texts are the short ones.
    pub fn is_compact(&self) -> bool {
        self.sizes.title <= 0.0
    }
}

#[cfg(test)]
mod tests {
    use egui::Pos2;

    use super::*;
    use crate::settings::PanelSizes;
    use crate::ui::layout::layout;

    fn at(width: f32, height: f32) -> (TradePanelRegion, Blocks) {
        let window = Rect::from_min_size(Pos2::ZERO, vec2(width, height));
        let region = layout(window, PanelSizes::default(), false, false).trade_panel;
        (region, blocks(&region))
    }

    fn all(blocks: &Blocks) -> Vec<Rect> {
        let [game, session, wallet] = blocks.rows;
        let fixed = [
            blocks.title,
            blocks.position,
            game,
            session,
            wallet,
            blocks.amount,
            blocks.chips,
            blocks.buy,
            blocks.shares,
            blocks.sell,
            blocks.auto_sell,
            blocks.sidebet,
            blocks.sidebet_line,
        ];
        let ends = [blocks.held, blocks.last_order, blocks.holding];
        let ends = ends.into_iter().chain([Some(blocks.free)]);
        let ends = ends.into_iter().chain([blocks.limit, Some(blocks.stop)]);
        fixed.into_iter().chain(ends.flatten()).collect()
    }

    #[test]
    fn the_whole_panel_fits_every_window_without_scrolling() {
        for width in (700_u16..=2_000).step_by(50).chain([2_560, 3_840]) {
            for height in (600_u16..=1_200).step_by(10).chain([1_440, 2_160]) {
                let (width, height) = (f32::from(width), f32::from(height));
                let (region, blocks) = at(width, height);
                let mut top = region.rect.top();
                for part in all(&blocks) {
                    let case = format!("{width} x {height}: {part:?}");
                    assert!(part.top() >= top - 0.01, "{case} over the one above");
                    assert!(part.height() >= 0.0, "{case}");
                    assert!(region.rect.contains_rect(part), "{case} in {region:?}");
                    top = part.bottom();
                }
            }
        }
    }

    #[expect(clippy::float_cmp, reason = "heights are whole numbers")]
    #[test]
    fn what_has_little_room_leaves_out_the_same_as_the_layout_says() {
        let (_, blocks) = at(700.0, 600.0);
        assert!(blocks.is_compact() && blocks.last_order.is_none() && blocks.held.is_none());
        let (_, blocks) = at(1_400.0, 900.0);
        assert!(blocks.held.is_some() && blocks.limit.is_some() && blocks.last_order.is_some());
        assert!(blocks.holding.is_some());
        assert_eq!((blocks.buy.height(), blocks.stop.height()), (56.0, 32.0));
        let (_, blocks) = at(1_024.0, 768.0);
        assert!(blocks.last_order.is_some() && blocks.limit.is_none() && blocks.held.is_some());
        assert_eq!(blocks.buy.height(), 56.0);
        let (_, blocks) = at(1_920.0, 1_080.0);
        assert_eq!((blocks.buy.height(), blocks.amount.height()), (72.0, 40.0));
    }

    #[test]
    fn how_far_the_price_went_while_held_is_shown_on_every_screen_of_768_lines() {
        // As high as a screen of 768 lines leaves it: with two bars of the desktop, with a title bar, or whole.
        for height in (650_u16..=900).map(f32::from) {
            for width in [700.0, 1_024.0, 1_366.0, 1_920.0] {
                let (region, blocks) = at(width, height);
                let case = format!("{width} x {height}");
                assert!(blocks.held.is_some(), "{case}");
                assert_eq!(blocks.last_order.is_some(), region.last_order, "{case}");
                assert_eq!(blocks.limit.is_some(), region.daily_limit, "{case}");
            }
        }
    }

    #[test]
    fn the_fields_of_auto_sell_are_as_high_as_a_field_and_apart_from_the_buttons() {
        for (width, height) in [(700.0, 600.0), (1_024.0, 768.0), (1_366.0, 688.0)] {
            let (_, blocks) = at(width, height);
            let (above, below) = (blocks.sell.bottom(), blocks.sidebet.top());
            let fields = blocks.auto_sell;
            let case = format!("{width} x {height}: {fields:?}");
            assert!(fields.height() >= 24.0, "{case}");
            assert!(
                fields.top() - above >= 4.0 && below - fields.bottom() >= 4.0,
                "{case}"
            );
        }
    }

    #[test]
    fn a_window_that_is_too_low_keeps_every_part() {
        let (region, _) = at(700.0, 600.0);
        let low = TradePanelRegion {
            rect: region.rect.with_max_y(region.rect.top() + 300.0),
            ..region
        };
        let blocks = blocks(&low);
        assert!(blocks.stop.top() >= blocks.sidebet_line.bottom());
        assert!(blocks.holding.is_none());
        assert!(least_height() <= region.rect.height());
    }
}
