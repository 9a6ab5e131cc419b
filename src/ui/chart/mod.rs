//! The price chart of one game: prices, the player's own marks, the rug. It draws the series and the rows of the session
//! and owns only the style and the visible range.
//!
//! `egui_plot` draws the frame, the axes and the grid; bounds, movement and everything inside are drawn here. The price
//! axis always fits the visible ticks, so the player moves and zooms only along the ticks.

mod canvas;
mod card;
mod description;
mod downsample;
mod marks;
mod player_marks;
mod scale;
mod viewport;

use std::sync::Arc;

pub use card::chart_card_ui;

use egui::{PointerButton, Response, Sense, Stroke, Ui, vec2};
use egui_plot::{AxisHints, HPlacement, Plot, PlotBounds, PlotTransform};

use canvas::{Canvas, visible};
use marks::ChartMarks;
use scale::PriceScale;
use viewport::Viewport;

use super::command::KeyCommand;
use super::degraded::{decoration_notice, minimal_notice};
use super::format::multiplier;
use super::theme::{CHART_AXIS, CHART_TEXT, GRID, RADIUS, Theme, chart_font, digits, small};
use super::widgets::{centred_text, index};
use crate::account::Action;
use crate::engine::{PriceSeries, View};
use crate::protocol::{GameId, Tick};

/// Points of the wheel for a zoom by the factor e.
const WHEEL: f64 = 250.0;
/// Least height of the plot.
const LEAST_HEIGHT: f32 = 120.0;
/// Ticks that a key scrolls.
const KEY_PAN: f64 = 40.0;
/// Zoom factor of a key.
const KEY_ZOOM: f64 = 1.5;

/// How prices are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ChartStyle {
    /// Candles of five ticks instead of a line.
    pub candles: bool,
    /// A logarithmic price axis instead of a linear one.
    pub log_axis: bool,
}

/// The state of the chart.
#[derive(Debug, Clone, Default)]
pub struct Chart {
    /// How prices are drawn.
    pub style: ChartStyle,
    /// The text at the newest tick: what the piano presses.
    pub note: Option<String>,
    viewport: Viewport,
    /// The marks, with the rows and the game they were computed from.
    marks: Option<(Arc<Vec<Action>>, GameId, Arc<ChartMarks>)>,
    /// The line under the plot: what is at the pointer.
    readout: Option<String>,
}

impl Chart {
    /// Executes a key of the chart. Returns false for any other key.
    pub fn key(&mut self, command: KeyCommand) -> bool {
        match command {
            KeyCommand::Follow => self.viewport.follow(),
            KeyCommand::WholeGame => self.viewport.whole_game(),
            KeyCommand::ScrollLeft => self.viewport.pan(-KEY_PAN),
            KeyCommand::ScrollRight => self.viewport.pan(KEY_PAN),
            KeyCommand::ZoomIn => self.viewport.zoom_at_middle(KEY_ZOOM),
            KeyCommand::ZoomOut => self.viewport.zoom_at_middle(1.0 / KEY_ZOOM),
            KeyCommand::Candles => self.style.candles ^= true,
            KeyCommand::LogAxis => self.style.log_axis ^= true,
            _ => return false,
        }
        true
    }

    fn scale(&self) -> PriceScale {
        if self.style.log_axis {
            PriceScale::Log
        } else {
            PriceScale::Linear
        }
    }

    /// Returns the marks of the game that is shown. They are computed again only for a new row or game.
    fn update_marks(&mut self, view: &View) -> Arc<ChartMarks> {
        let Some(game) = &view.series.game_id else {
            return Arc::default();
        };
        if let Some((actions, of, marks)) = &self.marks
            && Arc::ptr_eq(actions, &view.actions)
            && of == game
        {
            return Arc::clone(marks);
        }
        let marks = Arc::new(ChartMarks::of(&view.actions, game));
        self.marks = Some((Arc::clone(&view.actions), game.clone(), Arc::clone(&marks)));
        marks
    }

    /// Applies what the pointer does on the plot.
    fn take_pointer(&mut self, response: &Response, transform: &PlotTransform) {
        if response.double_clicked() {
            self.viewport.follow();
            return;
        }
        let ticks = transform.dvalue_dpos()[0];
        let drag = f64::from(response.drag_delta().x);
        if response.dragged_by(PointerButton::Primary) && drag != 0.0 {
            self.viewport.pan(-drag * ticks);
            response.ctx.request_repaint();
        }
        let Some(pointer) = response.hover_pos() else {
            return;
        };
        let (scroll, pinch) = response.ctx.input_mut(|input| {
            // Taken, so that a page around the chart does not scroll as well.
            let scroll = std::mem::take(&mut input.smooth_scroll_delta);
            (scroll, f64::from(input.zoom_delta()))
        });
        let factor = pinch * (f64::from(scroll.y) / WHEEL).exp();
        if (factor - 1.0).abs() > 1e-9 {
            let around = transform.value_from_position(pointer).x;
            self.viewport.zoom(factor, around);
            response.ctx.request_repaint();
        }
        if scroll.x != 0.0 {
            self.viewport.pan(-f64::from(scroll.x) * ticks);
            response.ctx.request_repaint();
        }
    }
}

/// Draws the chart, the line with what is at the pointer, and the switches, in all the available room.
pub fn chart_ui(ui: &mut Ui, chart: &mut Chart, view: &View) {
    let theme = Theme::of(ui);
    chart.viewport.update(&view.series);
    let marks = chart.update_marks(view);
    let line = CHART_TEXT * 1.5 + ui.spacing().item_spacing.y;
    let below = 2.0 * ui.spacing().item_spacing.y + ui.spacing().interact_size.y + line;
    let height = (ui.available_height() - below).max(LEAST_HEIGHT);
    let notice = minimal_notice(view, "Price chart");
    let response = if notice.is_none() && view.series.newest().is_some() {
        plot_ui(ui, chart, view, &marks, height)
    } else {
        chart.readout = None;
        let words = notice.as_deref();
        let words = words.unwrap_or(description::empty_chart(view));
        empty_ui(ui, words, theme, height)
    };
    let name = || match &notice {
        Some(words) => words.clone(),
        None => description::chart(view, &marks),
    };
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Figure, true, name()));
    readout_ui(ui, chart, view, theme);
    switches_ui(ui, chart, theme);
}

fn plot_ui(
    ui: &mut Ui,
    chart: &mut Chart,
    view: &View,
    marks: &ChartMarks,
    height: f32,
) -> Response {
    let theme = Theme::of(ui);
    let series = &*view.series;
    let range = chart.viewport.range();
    let scale = chart.scale();
    let ends = price_range(series, scale, range);
    let points = f64::from(height - 5.0 * GRID);
    let per_point = (ends.1 - ends.0) / points.max(1.0);
    // A label of the axis that the newest price would cover is left out.
    let newest = series
        .newest()
        .map_or(f64::NAN, |(_, price)| scale.to_axis(price).max(ends.0));
    let covered = f64::from(1.3 * CHART_TEXT) * per_point;
    let width = f64::from(ui.available_width() - CHART_AXIS);
    let ticks_axis = AxisHints::new_x()
        .formatter(|mark, _| format!("{:.0}", mark.value))
        .tick_label_color(theme.quiet)
        .tick_label_font(chart_font())
        .label_spacing(0.0..=1.0);
    let price_axis = AxisHints::new_y()
        .placement(HPlacement::Right)
        .min_thickness(CHART_AXIS)
        .formatter(move |mark, _| {
            if (mark.value - newest).abs() < covered {
                String::new()
            } else {
                multiplier(scale.to_price(mark.value))
            }
        })
        .tick_label_color(theme.quiet)
        .tick_label_font(chart_font())
        .label_spacing(0.0..=1.0);
    let plot = Plot::new("price chart")
        .height(height)
        .sense(Sense::CLICK | Sense::DRAG)
        .show_x(false)
        .show_y(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .allow_axis_zoom_drag(false)
        .grid_spacing(GRID..=GRID + 1.0)
        .grid_color(theme.line)
        .x_grid_spacer(move |_| scale::tick_marks(range, width))
        .y_grid_spacer(move |_| scale.grid_marks(ends, points))
        .custom_x_axes(vec![ticks_axis])
        .custom_y_axes(vec![price_axis]);
    let shown = plot.show(ui, |plot| {
        let bounds = PlotBounds::from_min_max([range.0, ends.0], [range.1, ends.1]);
        plot.set_plot_bounds(bounds);
    });
    let clip = shown.transform.frame().intersect(ui.clip_rect());
    let mut canvas = Canvas {
        painter: ui.painter().with_clip_rect(clip),
        transform: shown.transform,
        scale,
        theme,
        series,
        taken: Vec::new(),
    };
    paint(&mut canvas, chart, view, marks);
    chart.readout = crosshair(&canvas, chart, marks, &shown.response);
    canvas.newest(ui.painter());
    chart.take_pointer(&shown.response, &shown.transform);
    shown.response
}

/// Paints everything inside the plot except the newest price, from the lowest layer to the highest.
fn paint(canvas: &mut Canvas<'_>, chart: &Chart, view: &View, marks: &ChartMarks) {
    player_marks::under_prices(canvas, marks);
    if chart.style.candles {
        canvas.candles();
    } else {
        canvas.line();
    }
    canvas.keep_newest_free();
    if view.game_id != view.series.game_id {
        let corner = canvas.frame().left_top() + vec2(2.0 * GRID, 2.0 * GRID);
        let places = [(corner, egui::Align2::LEFT_TOP)];
        canvas.label(&places, "the game before", canvas.theme.quiet);
    }
    canvas.rug();
    canvas.peak();
    if let Some(note) = &chart.note {
        player_marks::note(canvas, note);
    }
    let labels = decoration_notice(view, "Labels").is_none();
    player_marks::on_prices(canvas, marks, labels);
}

/// Returns the range of the price axis that fits the visible ticks.
fn price_range(series: &PriceSeries, scale: PriceScale, range: (f64, f64)) -> (f64, f64) {
    let (from, to) = visible(series, range);
    let rug = series.rug_tick.map(|tick| tick as usize);
    let known = (from..to).filter_map(|index| Some((index, series.prices[index]?)));
    let prices = known.filter(|(index, _)| Some(*index) != rug);
    let rug = rug.filter(|rug| (from..to).contains(rug));
    let rug = rug.and_then(|rug| series.prices[rug]);
    scale.range(prices.map(|(_, price)| price), rug)
}

/// Paints two lines through the pointer. Returns what is there.
fn crosshair(
    canvas: &Canvas<'_>,
    chart: &Chart,
    marks: &ChartMarks,
    response: &Response,
) -> Option<String> {
    let pointer = response.hover_pos()?;
    let value = canvas.transform.value_from_position(pointer);
    let newest = canvas.series.prices.len().checked_sub(1)?;
    let tick = Tick::try_from(index(value.x.round()).min(newest)).ok()?;
    let frame = canvas.frame();
    let hair = Stroke::new(1.0, canvas.theme.quiet.gamma_multiply(0.6));
    let x = canvas.x(f64::from(tick));
    canvas.painter.vline(x, frame.y_range(), hair);
    canvas.painter.hline(frame.x_range(), pointer.y, hair);
    let near = index(f64::from(GRID) * canvas.transform.dvalue_dpos()[0].abs());
    let near = Tick::try_from(near).unwrap_or(Tick::MAX);
    let there = description::at_tick(canvas.series, marks, chart.style.candles, tick, near);
    let level = multiplier(canvas.scale.to_price(value.y).max(0.0));
    Some(format!("{there}   pointer at {level}"))
}

fn empty_ui(ui: &mut Ui, words: &str, theme: Theme, height: f32) -> Response {
    let size = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let stroke = Stroke::new(1.0, theme.line);
    let painter = ui.painter();
    painter.rect(rect, RADIUS, theme.panel, stroke, egui::StrokeKind::Inside);
    let font = egui::TextStyle::Body.resolve(ui.style());
    let width = rect.width() - 8.0 * GRID;
    centred_text(painter, rect, words, font, theme.quiet, width);
    response
}

/// Draws the line under the plot. It is always there, so that nothing moves when the pointer enters the plot.
fn readout_ui(ui: &mut Ui, chart: &Chart, view: &View, theme: Theme) {
    let text = match &chart.readout {
        Some(words) => digits(words, CHART_TEXT),
        None if view.series.newest().is_none() => digits(" ", CHART_TEXT),
        None => {
            let hint = "Drag to move, wheel to zoom, double click to follow";
            digits(hint, CHART_TEXT).color(theme.quiet)
        }
    };
    ui.add(egui::Label::new(text).truncate().selectable(false));
}

fn switches_ui(ui: &mut Ui, chart: &mut Chart, theme: Theme) {
    let ChartStyle { candles, log_axis } = chart.style;
    let following = chart.viewport.is_following();
    let whole = chart.viewport.shows_whole_game();
    ui.horizontal_wrapped(|ui| {
        let mut switch = |ui: &mut Ui, name: &str, on: bool, command: KeyCommand| {
            let label = ui.selectable_label(on, name);
            if label.on_hover_text(command.tooltip()).clicked() && !on {
                chart.key(command);
            }
        };
        switch(ui, "Line", !candles, KeyCommand::Candles);
        switch(ui, "Candles", candles, KeyCommand::Candles);
        ui.separator();
        switch(ui, "Linear", !log_axis, KeyCommand::LogAxis);
        switch(ui, "Log", log_axis, KeyCommand::LogAxis);
        ui.separator();
        switch(ui, "Follow", following, KeyCommand::Follow);
        switch(ui, "Whole game", whole, KeyCommand::WholeGame);
        if !following && !whole {
            ui.colored_label(theme.amber, small("does not follow"));
        }
    });
}
