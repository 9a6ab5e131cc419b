//! The canvas of the chart: coordinates, labels that do not overlap, and the prices.

use egui::{Align2, Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use egui_plot::PlotTransform;

use super::downsample::{CANDLE, Candle, candles, downsample};
use super::scale::PriceScale;
use crate::engine::PriceSeries;
use crate::protocol::Tick;
use crate::ui::format::multiplier;
use crate::ui::theme::{CHART_TEXT, DOT, GRID, LINE, RADIUS, Theme, chart_font};
use crate::ui::widgets::index;

/// Candles with a narrower body are drawn as bars: an outline would fill the body.
const HOLLOW_FROM: f32 = 4.0;

/// The area of the plot.
pub struct Canvas<'a> {
    /// Draws inside the plot only.
    pub painter: Painter,
    /// From tick and axis value to the screen.
    pub transform: PlotTransform,
    /// The scale of the price axis.
    pub scale: PriceScale,
    /// The colours.
    pub theme: Theme,
    /// The game.
    pub series: &'a PriceSeries,
    /// Areas that no further label may cover.
    pub taken: Vec<Rect>,
}

impl Canvas<'_> {
    /// Returns the area of the plot.
    pub fn frame(&self) -> Rect {
        *self.transform.frame()
    }

    /// Returns the x coordinate of a tick.
    pub fn x(&self, tick: f64) -> f32 {
        self.transform.position_from_point_x(tick)
    }

    /// Returns the y coordinate of a price.
    pub fn y(&self, price: f64) -> f32 {
        let value = self.scale.to_axis(price);
        self.transform.position_from_point_y(value)
    }

    /// Returns the point of a tick and a price.
    pub fn at(&self, tick: Tick, price: f64) -> Pos2 {
        pos2(self.x(f64::from(tick)), self.y(price))
    }

    /// Returns the same point, moved to the edge of the plot if it is above or below.
    pub fn inside(&self, tick: Tick, price: f64) -> Pos2 {
        let frame = self.frame().shrink(2.0 * GRID);
        let at = self.at(tick, price);
        pos2(at.x, at.y.clamp(frame.top(), frame.bottom()))
    }

    /// Returns the indices of the visible prices, with one beyond each edge.
    pub fn visible(&self) -> (usize, usize) {
        let bounds = self.transform.bounds();
        visible(self.series, (bounds.min()[0], bounds.max()[0]))
    }

    /// Returns the prices before the rug.
    fn before_rug(&self) -> &[Option<f64>] {
        let prices = &self.series.prices[..];
        let rug = self.series.rug_tick.map_or(prices.len(), |t| t as usize);
        &prices[..rug.min(prices.len())]
    }

    /// Draws the prices before the rug as a line.
    pub fn line(&self) {
        let prices = self.before_rug();
        let (from, to) = self.visible();
        let prices = &prices[..to.min(prices.len())];
        let ticks_per_point = self.transform.dvalue_dpos()[0].abs();
        let group = index(ticks_per_point.ceil());
        let colour = self.theme.text;
        for run in downsample(prices, from, group) {
            let points: Vec<_> = run
                .iter()
                .map(|&(i, price)| self.at(tick(i), price))
                .collect();
            if let [only] = points[..] {
                // A price between two gaps is a point.
                self.painter.circle_filled(only, LINE, colour);
            } else {
                self.painter
                    .add(Shape::line(points, Stroke::new(LINE, colour)));
            }
        }
    }

    /// Draws the prices before the rug as candles. One mesh of rectangles costs a hundredth of as many box plots.
    pub fn candles(&self) {
        let (from, to) = self.visible();
        let width = self.x(f64::from(tick(CANDLE))) - self.x(0.0);
        let body = (width * 0.7).round().max(1.0);
        let mut mesh = Mesh::default();
        for candle in candles(self.before_rug(), from, to) {
            self.candle(&mut mesh, &candle, body);
        }
        self.painter.add(Shape::mesh(mesh));
    }

    fn candle(&self, mesh: &mut Mesh, candle: &Candle, body: f32) {
        let middle = f64::from(tick(candle.tick)) + f64::from(tick(CANDLE) - 1) / 2.0;
        let x = self.x(middle).round();
        let [top, bottom, high, low] = [
            candle.open.max(candle.close),
            candle.open.min(candle.close),
            candle.high,
            candle.low,
        ]
        .map(|price| self.y(price).round());
        // A candle whose open equals its close is still visible.
        let bottom = bottom.max(top + LINE.floor());
        let colour = if candle.rises() {
            self.theme.text
        } else {
            self.theme.quiet
        };
        let mut fill = |left: f32, top: f32, right: f32, bottom: f32| {
            let rect = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
            mesh.add_colored_rect(rect, colour);
        };
        if body < HOLLOW_FROM {
            fill(x - body / 2.0, high, x + body / 2.0, low.max(high + 1.0));
            return;
        }
        let (left, right) = ((x - body / 2.0).round(), (x + body / 2.0).round());
        fill(x - 0.5, high, x + 0.5, top);
        fill(x - 0.5, bottom, x + 0.5, low);
        if candle.rises() {
            fill(left, top, right, top + 1.0);
            fill(left, bottom - 1.0, right, bottom);
            fill(left, top, left + 1.0, bottom);
            fill(right - 1.0, top, right, bottom);
        } else {
            fill(left, top, right, bottom);
        }
    }

    /// Draws the rug: the last fall, a vertical line and a cross.
    pub fn rug(&mut self) {
        let Some(rug) = self.series.rug_tick else {
            return;
        };
        let before = self.before_rug();
        let mut known = before.iter().enumerate().rev();
        let last = known.find_map(|(i, price)| Some((i, (*price)?)));
        let price = self.series.prices.get(rug as usize).copied().flatten();
        let Some(end) = price.or(last.map(|(_, price)| price)) else {
            return;
        };
        let colour = self.theme.loss;
        let end = self.inside(rug, end);
        let frame = self.frame();
        let faint = Stroke::new(1.0, colour.gamma_multiply(0.5));
        self.painter.vline(end.x, frame.y_range(), faint);
        // The fall is not drawn through a gap.
        if let Some((index, price)) = last.filter(|(index, _)| index + 1 == rug as usize) {
            let stroke = Stroke::new(2.0 * LINE, colour);
            self.painter
                .line_segment([self.inside(tick(index), price), end], stroke);
        }
        let cross = Stroke::new(2.0 * LINE, colour);
        for arm in [vec2(DOT, DOT), vec2(DOT, -DOT)] {
            self.painter.line_segment([end - arm, end + arm], cross);
        }
        self.taken
            .push(Rect::from_center_size(end, vec2(3.0 * DOT, 3.0 * DOT)));
        let price = price.map_or(String::new(), |price| format!(" {}", multiplier(price)));
        let text = format!("RUG{price} at tick {rug}");
        // Beside the cross, clear of the area of the newest price.
        let aside = vec2(3.0 * DOT, -GRID);
        let places = [
            (end + aside, Align2::LEFT_CENTER),
            (end + vec2(-aside.x, aside.y), Align2::RIGHT_CENTER),
        ];
        self.label(&places, &text, colour);
    }

    /// Marks the highest price.
    pub fn peak(&mut self) {
        let Some((peak, price)) = self.series.peak() else {
            return;
        };
        let at = self.at(peak, price);
        if !self.frame().x_range().contains(at.x) {
            return;
        }
        let colour = self.theme.quiet;
        self.painter
            .circle_stroke(at, DOT, Stroke::new(1.0, colour));
        let text = format!("peak {}", multiplier(price));
        let above = at - vec2(0.0, 2.0 * DOT);
        let aside = vec2(2.0 * DOT, 0.0);
        let places = [
            (above, Align2::CENTER_BOTTOM),
            (above - aside, Align2::RIGHT_BOTTOM),
            (above + aside, Align2::LEFT_BOTTOM),
        ];
        self.label(&places, &text, colour);
    }

    /// Keeps the area of the newest price free of labels.
    pub fn keep_newest_free(&mut self) {
        if let Some((tick, price)) = self.series.newest() {
            let at = self.inside(tick, price);
            self.taken
                .push(Rect::from_center_size(at, vec2(4.0 * DOT, 4.0 * DOT)));
        }
    }

    /// Draws the newest price on top: a dot, and a label on the axis. `axis` is a painter that is not clipped to the plot.
    pub fn newest(&self, axis: &Painter) {
        let Some((tick, price)) = self.series.newest() else {
            return;
        };
        let rugged = self.series.rug_tick.is_some();
        let colour = if rugged {
            self.theme.loss
        } else {
            self.theme.text
        };
        let at = self.inside(tick, price);
        if !rugged {
            self.painter
                .circle(at, DOT, colour, Stroke::new(LINE, self.theme.panel));
        }
        let frame = self.frame();
        let galley = axis.layout_no_wrap(multiplier(price), chart_font(), self.theme.ground);
        let place = pos2(frame.right() + GRID, at.y);
        let rect = Align2::LEFT_CENTER.anchor_size(place, galley.size());
        axis.rect_filled(rect.expand2(vec2(GRID, 1.0)), RADIUS, colour);
        axis.galley(rect.min, galley, self.theme.ground);
    }

    /// Writes a text at the first of the places where it covers nothing. Returns false if there is none.
    pub fn label(&mut self, places: &[(Pos2, Align2)], text: &str, colour: Color32) -> bool {
        let frame = self.frame().shrink(2.0);
        // Checked with an estimate first: laying out texts that find no room would be the largest cost of a frame.
        let letters = f32::from(u16::try_from(text.chars().count()).unwrap_or(u16::MAX));
        let guess = vec2(letters * CHART_TEXT * 0.55, CHART_TEXT * 1.1);
        let room = |taken: &[Rect], size, (at, align): (Pos2, Align2)| {
            let rect = align.anchor_size(at, size);
            let free = taken.iter().all(|other| !other.intersects(rect));
            (free && frame.contains_rect(rect)).then_some(rect)
        };
        if !places
            .iter()
            .any(|&place| room(&self.taken, guess, place).is_some())
        {
            return false;
        }
        let galley = self
            .painter
            .layout_no_wrap(text.to_owned(), chart_font(), colour);
        let mut places = places.iter();
        let rect = places.find_map(|&place| room(&self.taken, galley.size(), place));
        let Some(rect) = rect else { return false };
        let ground = self.theme.panel.gamma_multiply(0.6);
        self.painter.rect_filled(rect.expand(1.0), RADIUS, ground);
        self.painter.galley(rect.min, galley, colour);
        self.taken.push(rect);
        true
    }
}

/// Returns the indices of the prices in a range of ticks, with one beyond each edge.
pub fn visible(series: &PriceSeries, (from, to): (f64, f64)) -> (usize, usize) {
    let end = index(to).saturating_add(2).min(series.prices.len());
    (index(from).saturating_sub(1).min(end), end)
}

fn tick(index: usize) -> Tick {
    Tick::try_from(index).unwrap_or(Tick::MAX)
}
