//! The price chart of one game: prices, the player's own marks, the rug. It is given the series and the rows of the
//! session and keeps only how they are looked at.
//!
//! `egui_plot` gives the frame, the axes and the grid; bounds, movement and everything inside are ours. The height
//! always fits what is looked at, so only ticks are moved and zoomed.

mod canvas;
mod look;
mod marks;
mod own;
mod scale;
mod thin;
mod words;

use std::sync::Arc;

use egui::{PointerButton, Response, Sense, Stroke, pos2, vec2};
use egui_plot::{HPlacement, Plot, PlotBounds, PlotTransform};

pub use look::Style;
pub use marks::{Bet, Deed, Marks, Outcome, Trade, marks};
pub use scale::Scale;

use canvas::{Canvas, visible};
use look::Look;

use super::command::KeyCommand;
use super::less;
use super::theme::{CHART_AXIS, CHART_TEXT, GRID, RADIUS, Theme, chart_font, digits};
use crate::account::Action;
use crate::engine::{PriceSeries, View};
use crate::protocol::{GameId, Tick};

/// Points that the wheel turns for one factor of e.
const WHEEL: f64 = 250.0;
/// The least height of the plot.
const LEAST_HEIGHT: f32 = 120.0;

/// How the chart is looked at.
#[derive(Debug, Clone, Default)]
pub struct Chart {
    /// Line or candles.
    pub style: Style,
    /// Linear or logarithmic prices.
    pub scale: Scale,
    look: Look,
    marks: Option<(Arc<Vec<Action>>, GameId, Arc<Marks>)>,
    /// What the piano presses, told at the newest tick.
    pub note: Option<String>,
    /// What the line under the plot says of the place under the pointer.
    readout: Option<String>,
}

impl Chart {
    /// Follows the newest tick.
    pub fn follow(&mut self) {
        self.look.follow();
    }

    /// Looks at the whole game.
    pub fn whole_game(&mut self) {
        self.look.whole_game();
    }

    /// Moves by so many ticks; leaves following.
    pub fn pan(&mut self, ticks: f64) {
        self.look.pan(ticks);
    }

    /// Looks `factor` times closer at the middle; leaves following.
    pub fn zoom(&mut self, factor: f64) {
        let (from, to) = self.range();
        self.look.zoom(factor, f64::midpoint(from, to));
    }

    /// Whether the newest tick is followed.
    pub fn is_following(&self) -> bool {
        self.look.is_following()
    }

    /// Returns the first and the last tick that are looked at.
    pub fn range(&self) -> (f64, f64) {
        self.look.range()
    }

    /// Changes between line and candles.
    pub fn turn_style(&mut self) {
        self.style = match self.style {
            Style::Line => Style::Candles,
            Style::Candles => Style::Line,
        };
    }

    /// Changes between linear and logarithmic prices.
    pub fn turn_scale(&mut self) {
        self.scale = match self.scale {
            Scale::Linear => Scale::Log,
            Scale::Log => Scale::Linear,
        };
    }

    /// The marks of the game that is shown; made anew only when there is a new row.
    fn marks_of(&mut self, view: &View) -> Arc<Marks> {
        let Some(game) = &view.series.game_id else {
            return Arc::default();
        };
        if let Some((actions, of, marks)) = &self.marks
            && Arc::ptr_eq(actions, &view.actions)
            && of == game
        {
            return Arc::clone(marks);
        }
        let made = Arc::new(marks(&view.actions, game));
        self.marks = Some((Arc::clone(&view.actions), game.clone(), Arc::clone(&made)));
        made
    }

    /// Takes what the pointer does on the plot.
    fn moved(&mut self, response: &Response, transform: &PlotTransform) {
        if response.double_clicked() {
            self.follow();
            return;
        }
        let ticks = transform.dvalue_dpos()[0];
        if response.dragged_by(PointerButton::Primary) && response.drag_delta().x != 0.0 {
            self.look.pan(-f64::from(response.drag_delta().x) * ticks);
            response.ctx.request_repaint();
        }
        let Some(pointer) = response.hover_pos() else {
            return;
        };
        let (scroll, pinch) = response.ctx.input_mut(|input| {
            // Taken: a page around the chart does not scroll as well.
            let scroll = std::mem::take(&mut input.smooth_scroll_delta);
            (scroll, f64::from(input.zoom_delta()))
        });
        let factor = pinch * (f64::from(scroll.y) / WHEEL).exp();
        if (factor - 1.0).abs() > 1e-9 {
            let around = transform.value_from_position(pointer).x;
            self.look.zoom(factor, around);
            response.ctx.request_repaint();
        }
        if scroll.x != 0.0 {
            self.look.pan(-f64::from(scroll.x) * ticks);
            response.ctx.request_repaint();
        }
    }
}

/// Draws the chart, the line with what is under the pointer, and the switches, in all the room there is.
pub fn chart_ui(ui: &mut egui::Ui, chart: &mut Chart, view: &View) {
    let theme = Theme::of(ui);
    chart.look.see(&view.series);
    let marks = chart.marks_of(view);
    let line = CHART_TEXT * 1.5 + ui.spacing().item_spacing.y;
    let below = 2.0 * ui.spacing().item_spacing.y + ui.spacing().interact_size.y + line;
    let height = (ui.available_height() - below).max(LEAST_HEIGHT);
    let left_out = less::minimal(view, "Price chart");
    let response = if left_out.is_none() && view.series.newest().is_some() {
        plot_ui(ui, chart, view, &marks, height)
    } else {
        chart.readout = None;
        let words = left_out.as_deref().unwrap_or(words::nothing_yet(view));
        empty_ui(ui, words, theme, height)
    };
    let summary = || match &left_out {
        Some(words) => words.clone(),
        None => words::summary(view, &marks),
    };
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Figure, true, summary()));
    readout_ui(ui, chart, view, theme);
    switches_ui(ui, chart, theme);
}

fn plot_ui(
    ui: &mut egui::Ui,
    chart: &mut Chart,
    view: &View,
    marks: &Marks,
    height: f32,
) -> Response {
    let theme = Theme::of(ui);
    let series = &*view.series;
    let range = chart.range();
    let scale = chart.scale;
    let ends = fit(series, scale, range);
    let points = f64::from(height - 5.0 * GRID);
    let per_point = (ends.1 - ends.0) / points.max(1.0);
    // The label of the newest price covers no other one.
    let newest = series
        .newest()
        .map_or(f64::NAN, |(_, price)| scale.place(price).max(ends.0));
    let covered = f64::from(1.3 * CHART_TEXT) * per_point;
    let width = f64::from(ui.available_width() - CHART_AXIS);
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
        .y_grid_spacer(move |_| scale.marks(ends, points))
        .custom_x_axes(vec![
            egui_plot::AxisHints::new_x()
                .formatter(|mark, _| format!("{:.0}", mark.value))
                .tick_label_color(theme.quiet)
                .tick_label_font(chart_font())
                .label_spacing(0.0..=1.0),
        ])
        .custom_y_axes(vec![
            egui_plot::AxisHints::new_y()
                .placement(HPlacement::Right)
                .min_thickness(CHART_AXIS)
                .formatter(move |mark, _| {
                    if (mark.value - newest).abs() < covered {
                        String::new()
                    } else {
                        super::format::multiplier(scale.price(mark.value))
                    }
                })
                .tick_label_color(theme.quiet)
                .tick_label_font(chart_font())
                .label_spacing(0.0..=1.0),
        ]);
    let shown = plot.show(ui, |plot| {
        plot.set_plot_bounds(PlotBounds::from_min_max(
            [range.0, ends.0],
            [range.1, ends.1],
        ));
    });
    let mut canvas = Canvas {
        painter: ui
            .painter()
            .with_clip_rect(shown.transform.frame().intersect(ui.clip_rect())),
        transform: shown.transform,
        scale,
        theme,
        series,
        taken: Vec::new(),
    };
    paint(&mut canvas, chart, view, marks);
    chart.readout = crosshair(&canvas, chart, marks, &shown.response);
    canvas.newest(ui.painter());
    chart.moved(&shown.response, &shown.transform);
    shown.response
}

/// Everything inside the plot, from the ground up; only the newest price comes later.
fn paint(canvas: &mut Canvas<'_>, chart: &Chart, view: &View, marks: &Marks) {
    own::under_prices(canvas, marks);
    canvas.prices(chart.style);
    canvas.keep_newest_free();
    if view.game_id != view.series.game_id {
        let corner = canvas.frame().left_top() + vec2(2.0 * GRID, 2.0 * GRID);
        let quiet = canvas.theme.quiet;
        canvas.label(
            &[(corner, egui::Align2::LEFT_TOP)],
            "the game before",
            quiet,
        );
    }
    canvas.rug();
    canvas.peak();
    if let Some(note) = &chart.note {
        own::note(canvas, note);
    }
    own::on_prices(canvas, marks, less::plain(view, "Labels").is_none());
}

/// Returns the ends of the price axis for what is looked at.
fn fit(series: &PriceSeries, scale: Scale, range: (f64, f64)) -> (f64, f64) {
    let (from, to) = visible(series, range);
    let rug = series.rug_tick.map(|tick| tick as usize);
    let known = (from..to).filter_map(|index| Some((index, series.prices[index]?)));
    let prices = known.filter(|(index, _)| Some(*index) != rug);
    let rug = rug.filter(|rug| (from..to).contains(rug));
    let rug = rug.and_then(|rug| series.prices[rug]);
    scale.fit(prices.map(|(_, price)| price), rug)
}

/// Draws two hair lines through the pointer; returns what stands there.
fn crosshair(
    canvas: &Canvas<'_>,
    chart: &Chart,
    marks: &Marks,
    response: &Response,
) -> Option<String> {
    let pointer = response.hover_pos()?;
    let value = canvas.transform.value_from_position(pointer);
    let newest = canvas.series.prices.len().checked_sub(1)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what exists"
    )]
    let tick = (value.x.round().max(0.0) as usize).min(newest);
    let tick = Tick::try_from(tick).ok()?;
    let frame = canvas.frame();
    let hair = Stroke::new(1.0, canvas.theme.quiet.gamma_multiply(0.6));
    canvas
        .painter
        .vline(canvas.x(f64::from(tick)), frame.y_range(), hair);
    canvas.painter.hline(frame.x_range(), pointer.y, hair);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a few ticks"
    )]
    let near = (f64::from(GRID) * canvas.transform.dvalue_dpos()[0].abs()) as Tick;
    let there = words::at_tick(canvas.series, marks, chart.style, tick, near);
    let level = super::format::multiplier(canvas.scale.price(value.y).max(0.0));
    Some(format!("{there}   pointer at {level}"))
}

fn empty_ui(ui: &mut egui::Ui, words: &str, theme: Theme, height: f32) -> Response {
    let size = vec2(ui.available_width(), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let painter = ui.painter();
    let stroke = Stroke::new(1.0, theme.line);
    painter.rect(rect, RADIUS, theme.panel, stroke, egui::StrokeKind::Inside);
    let font = egui::TextStyle::Body.resolve(ui.style());
    let room = rect.width() - 8.0 * GRID;
    let mut job = egui::text::LayoutJob::simple(words.to_owned(), font, theme.quiet, room);
    job.halign = egui::Align::Center;
    let galley = painter.layout_job(job);
    let top = rect.center().y - galley.size().y / 2.0;
    painter.galley(pos2(rect.center().x, top), galley, theme.quiet);
    response
}

/// The line under the plot. It is always there: nothing jumps when the pointer comes.
fn readout_ui(ui: &mut egui::Ui, chart: &Chart, view: &View, theme: Theme) {
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

fn switches_ui(ui: &mut egui::Ui, chart: &mut Chart, theme: Theme) {
    ui.horizontal_wrapped(|ui| {
        let choice = |ui: &mut egui::Ui, name: &str, on: bool, command: KeyCommand| {
            let label = ui.selectable_label(on, name);
            label.on_hover_text(command.tip()).clicked() && !on
        };
        let candles = chart.style == Style::Candles;
        if choice(ui, "Line", !candles, KeyCommand::Candles)
            | choice(ui, "Candles", candles, KeyCommand::Candles)
        {
            chart.turn_style();
        }
        ui.separator();
        let log = chart.scale == Scale::Log;
        if choice(ui, "Linear", !log, KeyCommand::LogAxis)
            | choice(ui, "Log", log, KeyCommand::LogAxis)
        {
            chart.turn_scale();
        }
        ui.separator();
        if choice(ui, "Follow", chart.is_following(), KeyCommand::Follow) {
            chart.follow();
        }
        if choice(
            ui,
            "Whole game",
            chart.look.is_whole(),
            KeyCommand::WholeGame,
        ) {
            chart.whole_game();
        }
        if !chart.is_following() && !chart.look.is_whole() {
            ui.label(
                egui::RichText::new("does not follow")
                    .small()
                    .color(theme.alert),
            );
        }
    });
}
