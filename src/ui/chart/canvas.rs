//! What everything on the chart is drawn with: places on the screen, labels that leave each other room, and the
//! prices themselves.

use egui::{Align2, Color32, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};
use egui_plot::PlotTransform;

use super::look::Style;
use super::scale::Scale;
use super::thin::{CANDLE, Candle, candles, thin};
use crate::engine::PriceSeries;
use crate::protocol::Tick;
use crate::ui::format::multiplier;
use crate::ui::theme::{CHART_TEXT, DOT, GRID, LINE, RADIUS, Theme, chart_font};

/// Below this width of a candle's body its outline would fill it: it is drawn as a bar.
const HOLLOW_FROM: f32 = 4.0;

/// The plot's area, ready to be drawn on.
pub struct Canvas<'a> {
    /// Draws inside the plot only.
    pub painter: Painter,
    /// From tick and place to the screen.
    pub transform: PlotTransform,
    /// How prices are spread.
    pub scale: Scale,
    /// The colours.
    pub theme: Theme,
    /// The game.
    pub series: &'a PriceSeries,
    /// Labels that stand already, and what they may not cover.
    pub taken: Vec<Rect>,
}

impl Canvas<'_> {
    /// Returns the plot's area.
    pub fn frame(&self) -> Rect {
        *self.transform.frame()
    }

    /// Returns where a tick stands.
    pub fn x(&self, tick: f64) -> f32 {
        self.transform.position_from_point_x(tick)
    }

    /// Returns where a price stands.
    pub fn y(&self, price: f64) -> f32 {
        let place = self.scale.place(price);
        self.transform.position_from_point_y(place)
    }

    /// Returns where a price of a tick stands.
    pub fn at(&self, tick: Tick, price: f64) -> Pos2 {
        pos2(self.x(f64::from(tick)), self.y(price))
    }

    /// The same, inside the plot's height: what lies beyond stands at its edge.
    pub fn inside(&self, tick: Tick, price: f64) -> Pos2 {
        let frame = self.frame().shrink(2.0 * GRID);
        let at = self.at(tick, price);
        pos2(at.x, at.y.clamp(frame.top(), frame.bottom()))
    }

    /// Returns the indices of the prices that are looked at, with one beyond each edge.
    pub fn visible(&self) -> (usize, usize) {
        let bounds = self.transform.bounds();
        visible(self.series, (bounds.min()[0], bounds.max()[0]))
    }

    /// Draws the prices before the rug.
    pub fn prices(&self, style: Style) {
        match style {
            Style::Line => self.line(),
            Style::Candles => self.candles(),
        }
    }

    fn before_rug(&self) -> &[Option<f64>] {
        let prices = &self.series.prices[..];
        let rug = self.series.rug_tick.map_or(prices.len(), |t| t as usize);
        &prices[..rug.min(prices.len())]
    }

    fn line(&self) {
        let prices = self.before_rug();
        let (from, to) = self.visible();
        let prices = &prices[..to.min(prices.len())];
        let ticks_per_point = self.transform.dvalue_dpos()[0].abs();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small count"
        )]
        let group = ticks_per_point.ceil() as usize;
        let colour = self.theme.price;
        for run in thin(prices, from, group) {
            let points: Vec<_> = run
                .iter()
                .map(|&(i, price)| self.at(tick(i), price))
                .collect();
            if let [only] = points[..] {
                // A price between two holes is a point.
                self.painter.circle_filled(only, LINE, colour);
            } else {
                self.painter
                    .add(Shape::line(points, Stroke::new(LINE, colour)));
            }
        }
    }

    /// All candles in one mesh of rectangles: a hundredth of the cost of as many box plots.
    fn candles(&self) {
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
        // An open that equals the close is still a stroke.
        let bottom = bottom.max(top + LINE.floor());
        let colour = if candle.rises() {
            self.theme.price
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

    /// Draws the rug: the last fall, a line through its tick and a cross.
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
        // A fall that begins before a hole is not drawn through it.
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
        // Beside the cross, and clear of the place that is kept for the newest price.
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

    /// Keeps the place of the newest price free of labels.
    pub fn keep_newest_free(&mut self) {
        if let Some((tick, price)) = self.series.newest() {
            let at = self.inside(tick, price);
            self.taken
                .push(Rect::from_center_size(at, vec2(4.0 * DOT, 4.0 * DOT)));
        }
    }

    /// Draws the newest price over everything else: a dot, and its label on the axis. `axis` draws beside the plot.
    pub fn newest(&self, axis: &Painter) {
        let Some((tick, price)) = self.series.newest() else {
            return;
        };
        let rugged = self.series.rug_tick.is_some();
        let colour = if rugged {
            self.theme.loss
        } else {
            self.theme.price
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

    /// Writes a text at the first of the places where it covers nothing; false if there is none.
    pub fn label(&mut self, places: &[(Pos2, Align2)], text: &str, colour: Color32) -> bool {
        let frame = self.frame().shrink(2.0);
        // First by a guess: laying out a text that finds no room would cost more than all else.
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
        let places = places.iter();
        let rect = { places }.find_map(|&place| room(&self.taken, galley.size(), place));
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
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what exists"
    )]
    let index = |tick: f64| tick.clamp(0.0, 1e9) as usize;
    let end = (index(to) + 2).min(series.prices.len());
    (index(from).saturating_sub(1).min(end), end)
}

fn tick(index: usize) -> Tick {
    Tick::try_from(index).unwrap_or(Tick::MAX)
}
