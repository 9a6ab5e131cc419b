//! The layout of the window: the rectangle of each part at a window size, and what is left out. Every size has the same
//! skeleton: top bar / [chart over bottom cards | trade panel] / status line.

use egui::{Rect, Vec2, pos2, vec2};

use super::theme::GAP;
use crate::settings::PanelSizes;

/// Least height of the chart. The bottom cards give way to it.
pub const LEAST_CHART: f32 = 240.0;
/// Least width of the chart: a wider trade panel is not allowed.
const LEAST_COLUMN: f32 = 400.0;
/// Widths of the trade panel that the player may drag it to.
const TRADE_PANEL: std::ops::RangeInclusive<f32> = 268.0..=480.0;
/// Least height of the bottom cards with rows in them.
const LEAST_BOTTOM: f32 = 96.0;
/// Least width of the table of trades and of the session card.
const LEAST_CARD: f32 = 280.0;
/// Width of the card with the results by game.
const BY_GAME: f32 = 320.0;
/// Least width of a panel beside the multiplier; a narrower one opens below it.
const LEAST_PANEL: f32 = 420.0;
/// Below this height a replay in a narrow window has only the tab row of the bottom card.
const LOW_REPLAY: f32 = 720.0;

/// The class of a window width. It decides texts and sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Breakpoint {
    /// Below 900 points.
    Tight,
    /// Below 1200 points.
    Narrow,
    /// Below 1600 points.
    Medium,
    /// From 1600 points on.
    Wide,
}

impl Breakpoint {
    /// Returns the class of a width.
    pub fn of(width: f32) -> Self {
        match width {
            _ if width < 900.0 => Self::Tight,
            _ if width < 1_200.0 => Self::Narrow,
            _ if width < 1_600.0 => Self::Medium,
            _ => Self::Wide,
        }
    }

    /// Returns the value of this class from the values of all, the narrowest first.
    pub fn pick<T: Copy>(self, values: [T; 4]) -> T {
        values[self as usize]
    }

    /// Returns the height of the top bar.
    pub fn top_bar(self) -> f32 {
        self.pick([44.0, 48.0, 48.0, 48.0])
    }

    /// Returns the height of the status line.
    pub fn status_line(self) -> f32 {
        self.pick([24.0, 28.0, 28.0, 28.0])
    }

    /// Returns the height of the tab row of the bottom card.
    pub fn tab_row(self) -> f32 {
        self.pick([28.0, 32.0, 32.0, 32.0])
    }
}

/// How large the controls of the trade panel are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PanelSize {
    /// Trade buttons of 48 points: a narrow or a low window.
    Compact,
    /// Trade buttons of 56 points.
    Normal,
    /// Trade buttons of 72 points: from 1600 x 920 on.
    Large,
}

/// The trade panel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TradePanelRegion {
    /// The card.
    pub rect: Rect,
    /// How large its controls are.
    pub size: PanelSize,
    /// Whether the daily limit has room.
    pub daily_limit: bool,
    /// Whether the last order has room. Otherwise it is in the status line.
    pub last_order: bool,
}

/// How much of the bottom cards is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BottomForm {
    /// The cards with their rows.
    Cards,
    /// Only the row of tabs.
    TabRow,
    /// Nothing.
    Closed,
}

/// The cards below the chart. Without a card of its own the session is a tab of the first card.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BottomRegion {
    /// How much is shown.
    pub form: BottomForm,
    /// The card with the tabs. Without height if closed.
    pub tabs: Rect,
    /// The card of the results by game.
    pub by_game: Option<Rect>,
    /// The card of the session.
    pub session: Option<Rect>,
}

/// The parts of the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Regions {
    /// The class of the window width.
    pub breakpoint: Breakpoint,
    /// The top bar.
    pub top_bar: Rect,
    /// The card of the chart.
    pub chart: Rect,
    /// The transport of a replay.
    pub transport: Option<Rect>,
    /// The cards below, or over the chart if the player opened them where they have no room.
    pub bottom: BottomRegion,
    /// The trade panel.
    pub trade_panel: TradePanelRegion,
    /// The status line.
    pub status_line: Rect,
}

impl Regions {
    /// Returns where the panels of the top bar open: over the older part of the chart and what is below it. They cover
    /// neither the multiplier nor the newest price, which is at 85 % of the plot, nor the trade panel.
    pub fn panel_area(&self) -> Rect {
        let plot = self.chart.width() - self.breakpoint.pick([56.0, 64.0, 64.0, 64.0]);
        let newest = self.chart.left() + 0.85 * plot - 2.0 * GAP;
        let bottom = self.trade_panel.rect.bottom();
        let multiplier = vec2(
            self.breakpoint.pick([176.0, 292.0, 308.0, 308.0]),
            self.breakpoint.pick([92.0, 112.0, 112.0, 112.0]),
        );
        let beside = pos2(self.chart.left() + multiplier.x, self.chart.top() + GAP);
        let below = pos2(self.chart.left() + GAP, self.chart.top() + multiplier.y);
        let corner = if newest - beside.x >= LEAST_PANEL {
            beside
        } else {
            below
        };
        Rect::from_min_max(corner, pos2(newest, bottom))
    }
}

/// Returns the layout of a window. `replay`: it has a transport. `turned`: the player turned the bottom cards over. Where
/// they have room they are then only their tab row, elsewhere they are open over the chart.
pub fn layout(window: Rect, sizes: PanelSizes, replay: bool, turned: bool) -> Regions {
    let breakpoint = Breakpoint::of(window.width());
    let (top_bar, rest) = window.split_top_bottom_at_y(window.top() + breakpoint.top_bar());
    let (inside, status_line) =
        rest.split_top_bottom_at_y((rest.bottom() - breakpoint.status_line()).max(rest.top()));
    let inside = inside.shrink(GAP);

    let most = (inside.width() - GAP - LEAST_COLUMN).max(*TRADE_PANEL.start());
    let default = breakpoint.pick([268.0, 288.0, 320.0, 360.0]);
    let width = sizes.trade_panel.map_or(default, f32::from);
    let width = width.clamp(*TRADE_PANEL.start(), TRADE_PANEL.end().min(most));
    let panel = Rect::from_min_max(pos2(inside.right() - width, inside.top()), inside.max);
    let column = inside.with_max_x(panel.left() - GAP);

    let height = window.height();
    let size = match breakpoint {
        Breakpoint::Tight => PanelSize::Compact,
        _ if height < 720.0 => PanelSize::Compact,
        Breakpoint::Wide if height >= 920.0 => PanelSize::Large,
        _ => PanelSize::Normal,
    };
    let trade_panel = TradePanelRegion {
        rect: panel,
        size,
        daily_limit: height >= 800.0,
        last_order: height >= 680.0,
    };

    let transport = replay.then(|| breakpoint.pick([104.0, 148.0, 148.0, 148.0]));
    let room = column.height() - transport.map_or(0.0, |height| height + GAP) - LEAST_CHART - GAP;
    // A low window gives more of its height to the chart.
    let default = if height < 800.0 {
        breakpoint.pick([120.0, 176.0, 176.0, 208.0])
    } else {
        breakpoint.pick([120.0, 176.0, 208.0, 248.0])
    };
    let wanted = sizes.bottom.map_or(default, f32::from).max(LEAST_BOTTOM);
    let low_replay = replay && breakpoint == Breakpoint::Tight && height < LOW_REPLAY;
    let form = match room {
        _ if room < breakpoint.tab_row() => BottomForm::Closed,
        _ if room < LEAST_BOTTOM || low_replay => BottomForm::TabRow,
        _ => BottomForm::Cards,
    };
    let opens = turned && form != BottomForm::Cards;
    let form = match form {
        BottomForm::Cards if turned => BottomForm::TabRow,
        form => form,
    };
    let bottom_height = match form {
        BottomForm::Cards => wanted.min(room),
        BottomForm::TabRow => breakpoint.tab_row(),
        BottomForm::Closed => 0.0,
    };
    let gap = if form == BottomForm::Closed { 0.0 } else { GAP };
    let mut chart = column.with_max_y(column.bottom() - bottom_height - gap);
    let transport = transport.map(|height| {
        let top = (chart.bottom() - height).max(chart.top());
        let transport = chart.with_min_y(top);
        chart.max.y = (top - GAP).max(chart.top());
        transport
    });
    let (form, bottom_height) = if opens {
        (BottomForm::Cards, default.min(column.height()))
    } else {
        (form, bottom_height)
    };
    let bottom = column.with_min_y(column.bottom() - bottom_height);
    Regions {
        breakpoint,
        top_bar,
        chart,
        transport,
        bottom: bottom_region(breakpoint, bottom, form, sizes),
        trade_panel,
        status_line,
    }
}

fn bottom_region(
    breakpoint: Breakpoint,
    rect: Rect,
    form: BottomForm,
    sizes: PanelSizes,
) -> BottomRegion {
    let mut tabs = rect;
    let mut take = |width: f32| {
        let card = tabs.with_min_x(tabs.right() - width);
        tabs.max.x = card.left() - GAP;
        card
    };
    let cards = form == BottomForm::Cards && breakpoint >= Breakpoint::Medium;
    let session = cards.then(|| {
        let default = breakpoint.pick([0.0, 0.0, 400.0, 440.0]);
        let by_game = if breakpoint == Breakpoint::Wide {
            BY_GAME + GAP
        } else {
            0.0
        };
        let most = rect.width() - by_game - GAP - LEAST_CARD;
        let width = sizes.session.map_or(default, f32::from);
        take(width.clamp(LEAST_CARD, most.max(LEAST_CARD)))
    });
    let by_game = (cards && breakpoint == Breakpoint::Wide).then(|| take(BY_GAME));
    BottomRegion {
        form,
        tabs,
        by_game,
        session,
    }
}

/// Returns the sizes after the player dragged the edge of a card by `delta` points.
pub fn dragged(edge: Edge, regions: &Regions, sizes: PanelSizes, delta: Vec2) -> PanelSizes {
    let kept = |length: f32| Some(points(length));
    let mut sizes = sizes;
    match edge {
        Edge::TradePanel => {
            sizes.trade_panel = kept(regions.trade_panel.rect.width() - delta.x);
        }
        Edge::Bottom => sizes.bottom = kept(regions.bottom.tabs.height() - delta.y),
        Edge::Session => {
            let session = regions.bottom.session.map_or(0.0, |card| card.width());
            sizes.session = kept(session - delta.x);
        }
    }
    sizes
}

/// An edge that the player can drag.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Edge {
    /// Between the chart and the trade panel.
    TradePanel,
    /// Between the chart and the cards below.
    Bottom,
    /// Left of the session card.
    Session,
}

impl Edge {
    /// All edges.
    pub const ALL: [Self; 3] = [Self::TradePanel, Self::Bottom, Self::Session];

    /// Returns the place where the edge can be dragged; `None` if there is none at this layout.
    pub fn rect(self, regions: &Regions) -> Option<Rect> {
        let left_of =
            |card: Rect| Rect::from_min_size(card.min - vec2(GAP, 0.0), vec2(GAP, card.height()));
        match self {
            Self::TradePanel => Some(left_of(regions.trade_panel.rect)),
            Self::Session => regions.bottom.session.map(left_of),
            Self::Bottom => (regions.bottom.form == BottomForm::Cards).then(|| {
                let cards = regions.bottom.tabs;
                let width = regions.chart.width();
                Rect::from_min_size(cards.min - vec2(0.0, GAP), vec2(width, GAP))
            }),
        }
    }

    /// Returns the sizes with the usual place of this edge.
    pub fn reset(self, mut sizes: PanelSizes) -> PanelSizes {
        match self {
            Self::TradePanel => sizes.trade_panel = None,
            Self::Bottom => sizes.bottom = None,
            Self::Session => sizes.session = None,
        }
        sizes
    }

    /// Returns its name for screen readers.
    pub fn name(self) -> &'static str {
        match self {
            Self::TradePanel => "Width of the trade panel",
            Self::Bottom => "Height of the bottom cards",
            Self::Session => "Width of the session card",
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast of floats saturates"
)]
fn points(length: f32) -> u16 {
    length.round() as u16
}

#[cfg(test)]
mod tests;
