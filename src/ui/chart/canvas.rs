//! The canvas of the chart: coordinates, the visible prices, and labels that do not overlap.

use egui::{Align2, Color32, Painter, Pos2, Rangef, Rect, lerp, pos2, vec2};
use egui_plot::PlotTransform;

use super::downsample::downsample;
use super::scale::PriceScale;
use super::tags::TakenAreas;
use crate::engine::PriceSeries;
use crate::protocol::Tick;
use crate::ui::theme::{GRID, RADIUS, Theme, role};
use crate::ui::widgets::{index, pixel};

/// Width of a letter of a label, as a share of its size; an estimate.
const LETTER: f32 = 0.6;

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
    /// The prices stay below this height: above it is the multiplier.
    pub top: f32,
    /// How far the newest point is on its way from the tick before, from 0 to 1.
    pub newest_part: f64,
    /// Areas that no further label may cover.
    pub taken: TakenAreas,
}

/// A label of the chart.
#[derive(Debug, Clone, Copy)]
pub struct Label<'a> {
    /// The text.
    pub text: &'a str,
    /// Its role: numbers or words.
    pub role: role::Role,
    /// Its colour.
    pub colour: Color32,
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

    /// Returns the same point, moved to the edge of the prices' area if it is above or below. A window that is being
    /// resized may leave no area: no `clamp`, which would panic.
    pub fn inside(&self, tick: Tick, price: f64) -> Pos2 {
        let frame = self.frame().with_min_y(self.top).shrink(2.0 * GRID);
        let at = self.at(tick, price);
        pos2(at.x, at.y.max(frame.top()).min(frame.bottom()))
    }

    /// Returns the place of a mark of half this width at a point: the point, or beside the edge that would cut the mark.
    /// `None` if the point is not visible.
    pub fn whole_mark(&self, at: Pos2, half: f32) -> Option<Pos2> {
        let range = self.frame().x_range();
        range.contains(at.x).then(|| whole_mark(range, at, half))
    }

    /// Returns the indices of the visible prices, with one beyond each edge.
    pub fn visible(&self) -> (usize, usize) {
        let bounds = self.transform.bounds();
        visible(self.series, (bounds.min()[0], bounds.max()[0]))
    }

    /// Returns the ticks that share a point of the screen: only their lowest and highest prices are visible.
    pub fn ticks_per_point(&self) -> usize {
        index(self.transform.dvalue_dpos()[0].abs().ceil())
    }

    /// Returns the prices before the rug.
    pub fn before_rug(&self) -> &[Option<f64>] {
        let prices = &self.series.prices[..];
        let rug = self.series.rug_tick.map_or(prices.len(), |t| t as usize);
        &prices[..rug.min(prices.len())]
    }

    /// Returns the newest point, on its way to its tick.
    pub fn newest(&self) -> Option<Pos2> {
        let (tick, _) = self.series.newest()?;
        let start = self.way_start().map_or(tick, |(before, _)| before);
        let x = self.x(f64::from(start))..=self.x(f64::from(tick));
        Some(pos2(
            lerp(x, pixel(self.newest_part)),
            self.y(self.newest_price()?),
        ))
    }

    /// Returns the price at the newest point, on its way to that of its tick.
    pub fn newest_price(&self) -> Option<f64> {
        let (_, price) = self.series.newest()?;
        let start = self.way_start().map_or(price, |(_, before)| before);
        Some(self.scale.between((start, price), self.newest_part))
    }

    /// Returns the tick and the price from which the newest point comes; `None` if it is at its place.
    fn way_start(&self) -> Option<(Tick, f64)> {
        let (tick, _) = self.series.newest()?;
        let before = tick.checked_sub(1).filter(|_| self.newest_part < 1.0)?;
        Some((before, self.series.prices[before as usize]?))
    }

    /// Returns the points of the visible prices: the runs between holes, thinned to what is visible. The newest point is
    /// where it is on its way.
    pub fn runs(&self) -> Vec<Vec<Pos2>> {
        let prices = self.before_rug();
        let (from, to) = self.visible();
        let to = to.min(prices.len());
        let newest = prices.len().checked_sub(1);
        let moving = newest.filter(|&newest| to == newest + 1 && prices[newest].is_some());
        let still = moving.unwrap_or(to);
        if from > still {
            return Vec::new();
        }
        let point = |index: usize, price: f64| self.at(tick(index), price);
        let mut runs = downsample(&prices[..still], from, self.ticks_per_point(), point);
        if let Some((newest, at)) = moving.zip(self.newest_before_rug()) {
            let connected = newest > from && prices[newest - 1].is_some();
            match runs.last_mut().filter(|_| connected) {
                Some(run) => run.push(at),
                None => runs.push(vec![at]),
            }
        }
        runs
    }

    /// Returns the newest point of the prices before the rug.
    fn newest_before_rug(&self) -> Option<Pos2> {
        if self.series.rug_tick.is_none() {
            return self.newest();
        }
        let prices = self.before_rug();
        let last = prices.len().checked_sub(1)?;
        Some(self.at(tick(last), prices[last]?))
    }

    /// Keeps an area around a point free of labels.
    pub fn keep_free(&mut self, at: Pos2, half: f32) {
        let size = vec2(2.0 * half, 2.0 * half);
        self.taken.take(Rect::from_center_size(at, size));
    }

    /// Writes a label at the first of the places where it covers nothing, on a ground that separates it from the prices.
    /// Returns where; `None` if there is none.
    pub fn label(&mut self, places: &[(Pos2, Align2)], label: Label<'_>) -> Option<Rect> {
        let frame = self.frame().with_min_y(self.top).shrink(2.0);
        let size = label.role.size;
        // Checked with an estimate first: laying out texts that find no room would be the largest cost of a frame.
        let letters = u16::try_from(label.text.chars().count()).unwrap_or(u16::MAX);
        let guess = vec2(f32::from(letters) * size * LETTER, 1.2 * size);
        self.taken.free_place(places, guess, frame)?;
        let font = label.role.font();
        let text = label.text.to_owned();
        let galley = self.painter.layout_no_wrap(text, font, label.colour);
        let rect = self.taken.free_place(places, galley.size(), frame)?;
        let ground = rect.expand2(vec2(2.0, 0.0)).shrink2(vec2(0.0, 1.0));
        self.painter
            .rect_filled(ground, RADIUS / 2, self.theme.panel);
        self.painter.galley(rect.min, galley, label.colour);
        self.taken.take(rect.expand(1.0));
        Some(rect)
    }
}

/// Returns a point at least this far from both ends of a range. No `clamp`: a window may leave less room than that.
fn whole_mark(range: Rangef, at: Pos2, half: f32) -> Pos2 {
    pos2(at.x.min(range.max - half).max(range.min + half), at.y)
}

/// Returns the indices of the prices in a range of ticks, with one beyond each edge.
pub fn visible(series: &PriceSeries, (from, to): (f64, f64)) -> (usize, usize) {
    let end = index(to).saturating_add(2).min(series.prices.len());
    (index(from).saturating_sub(1).min(end), end)
}

/// Returns the tick of an index.
pub fn tick(index: usize) -> Tick {
    Tick::try_from(index).unwrap_or(Tick::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_at_an_edge_is_whole_and_any_other_one_at_its_place() {
        let at = |x| whole_mark(Rangef::new(40.0, 440.0), pos2(x, 7.0), 8.0);
        let places = [40.0, 47.0, 60.0, 432.0, 440.0].map(at);
        let wanted = [48.0, 48.0, 60.0, 432.0, 432.0].map(|x| pos2(x, 7.0));
        assert_eq!(places, wanted);
    }
}
