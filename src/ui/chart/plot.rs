//! The plot: ranges in motion, the order of drawing, and the pointer.

use egui::{Rect, Response, Sense, Ui, UiBuilder, pos2};
use egui_plot::{Plot, PlotBounds};

use super::axes::{self, AxisTag, Crosshair, TagForm};
use super::canvas::{Canvas, visible};
use super::header::direction;
use super::marks::ChartMarks;
use super::presale::{self, PresaleBuy};
use super::scale::PriceScale;
use super::{Chart, auto_sell, player_marks, pointer, prices};
use crate::account::Drift;
use crate::engine::{PriceSeries, View};
use crate::strategy::AutoSell;
use crate::ui::degraded::decoration_notice;
use crate::ui::hints::Spot;
use crate::ui::motion;
use crate::ui::notes::ShownNote;
use crate::ui::theme::{Theme, role};
use crate::ui::widgets::{pixel, strip_shape};

/// What the label of the peak needs above the highest price, in addition to the usual room there.
const PEAK_LABEL: f32 = 8.0;

/// The areas of the plot.
#[derive(Debug, Clone, Copy)]
pub struct PlotArea {
    /// The whole card.
    pub card: Rect,
    /// The plot without its axes.
    pub plot: Rect,
    /// Height at the top that the prices leave free.
    pub headroom: f32,
    /// Whether the labels of the marks have room.
    pub labels: bool,
    /// The game on the chart is over, and the presale of the next one runs.
    pub presale: bool,
    /// Whether a panel of the top bar covers the older part of the plot.
    pub covered: bool,
    /// The card of a rug, which no label comes near.
    pub result: Option<Rect>,
}

/// Whether anything moves: not on the player's wish, and not while the program draws less.
pub fn moves_in(ui: &Ui, view: &View) -> bool {
    motion::moves(ui) && decoration_notice(view, "Motion").is_none()
}

/// What happened on the plot.
pub struct PlotOutput {
    /// Its response.
    pub response: Response,
    /// Where the crosshair is.
    pub crosshair: Option<Crosshair>,
    /// Auto-sell after a line of it was dragged.
    pub auto_sell: Option<AutoSell>,
}

/// Draws the plot with its axes.
pub fn plot_ui(
    ui: &mut Ui,
    chart: &mut Chart,
    (view, notes): (&View, &[ShownNote]),
    marks: &ChartMarks,
    area: PlotArea,
) -> PlotOutput {
    let now = ui.input(|input| input.time);
    let series = &*view.series;
    let scale = chart.scale();
    let moves = moves_in(ui, view);
    let newest_part = chart.ease(series, scale, area, moves, now);
    let (x, y) = (chart.ticks.at(now), chart.prices.at(now));
    if newest_part < 1.0 || chart.ticks.is_moving(now) || chart.prices.is_moving(now) {
        ui.request_repaint();
    }
    let builder = UiBuilder::new().id_salt("plot").max_rect(area.plot);
    let mut inside = ui.new_child(builder);
    let plot = Plot::new("price chart")
        .width(area.plot.width())
        .height(area.plot.height())
        .sense(Sense::CLICK | Sense::DRAG)
        .show_background(false)
        .show_axes(false)
        .show_grid(false)
        .show_x(false)
        .show_y(false)
        .allow_drag(false)
        .allow_zoom(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_double_click_reset(false)
        .allow_axis_zoom_drag(false);
    let shown = plot.show(&mut inside, |plot| {
        plot.set_plot_bounds(PlotBounds::from_min_max([x.0, y.0], [x.1, y.1]));
    });
    let theme = Theme::of(ui);
    let clip = area.plot.intersect(ui.clip_rect());
    let mut canvas = Canvas {
        painter: ui.painter().with_clip_rect(clip),
        transform: shown.transform,
        scale,
        theme,
        series,
        top: area.plot.top() + area.headroom,
        newest_part,
        taken: area.result.into_iter().collect(),
    };
    let lines = axes::grid(&canvas, &mut chart.grid);
    let response = shown.response;
    let hair = pointer::crosshair(&canvas, &response);
    let auto_sell = if area.presale {
        Vec::new()
    } else {
        auto_sell::lines(view, chart.moved_line)
    };
    let mut auto_sell_tags = Vec::new();
    if area.presale {
        last_game(&mut canvas, chart);
        presale::start_line(&canvas, &PresaleBuy::of(view));
    } else {
        player_marks::flags(&mut canvas, notes);
        paint(&mut canvas, chart, view, marks, area.labels);
        auto_sell_tags = auto_sell::paint(&mut canvas, &auto_sell, area.labels);
        if let Some(hair) = hair {
            axes::crosshair(&canvas, hair);
        }
        if series.rug_tick.is_none() {
            let (colour, _) = direction(view, &theme);
            prices::newest(&canvas, colour);
        }
        if let Some(words) = &chart.note {
            player_marks::press(&canvas, words);
        }
    }
    let mut tags = tags(&canvas, view, marks, area.presale);
    let first = tags.len();
    tags.extend(auto_sell_tags);
    let last = tags.len();
    tags.extend(hair.map(|hair| hair_tag(&theme, hair)));
    let places = axes::places(&canvas, &tags);
    note_spots(ui, &canvas, area, places.first());
    let outside = ui
        .painter()
        .with_clip_rect(area.card.intersect(ui.clip_rect()));
    axes::axes(&canvas, &outside, area.card, &lines, (&tags, &places), hair);
    if let Some(hair) = hair {
        if chart.style.candles {
            pointer::candle_readout(&canvas, hair);
        }
        let words = pointer::at_marks(&canvas, marks, notes, &response);
        if !words.is_empty() {
            response.clone().on_hover_text_at_pointer(words);
        }
    }
    pointer::take(chart, &response, &canvas.transform);
    let axis = area.card.with_min_x(area.plot.right());
    let (dragged, dropped) =
        auto_sell::drag_ui(ui, &canvas, &auto_sell, &places[first..last], axis);
    chart.moved_line = dragged;
    PlotOutput {
        response,
        crosshair: hair,
        auto_sell: dropped.and_then(|line| auto_sell::dragged(view, line)),
    }
}

/// Notes where the price axis is, and the newest price with its tag at this height: no hint covers them.
fn note_spots(ui: &Ui, canvas: &Canvas<'_>, area: PlotArea, y: Option<&f32>) {
    Spot::PriceAxis.note(ui.ctx(), area.card.with_min_x(area.plot.right()));
    let Some(y) = y else { return };
    let x = canvas.newest().map_or(area.plot.right(), |at| at.x);
    let newest = Rect::from_x_y_ranges(x - 8.0..=area.card.right(), y - 12.0..=y + 12.0);
    Spot::NewestPrice.note(ui.ctx(), newest);
}

impl Chart {
    /// Moves the ranges to what is to be seen. Returns how far the newest point is on its way.
    fn ease(
        &mut self,
        series: &PriceSeries,
        scale: PriceScale,
        area: PlotArea,
        moves: bool,
        now: f64,
    ) -> f64 {
        let width = f64::from(area.plot.width());
        let same_game = self.viewport.update(series, width);
        self.viewport.set_covered(area.covered);
        let same_scale = std::mem::replace(&mut self.drawn_scale, scale) == scale;
        let ticks = self.viewport.range();
        let headroom = f64::from(area.headroom + PEAK_LABEL);
        let headroom = headroom / f64::from(area.plot.height()).max(1.0);
        let mut prices = price_range(series, scale, ticks, headroom);
        if area.presale {
            // The next game starts at 1.
            let start = scale.to_axis(1.0);
            let margin = (prices.1 - prices.0) * 0.08;
            prices = (prices.0.min(start - margin), prices.1.max(start + margin));
        }
        if moves && same_game && !std::mem::take(&mut self.jumps) {
            self.ticks.ease_to(ticks, now);
        } else {
            self.ticks.jump_to(ticks);
        }
        if moves && same_game && same_scale {
            self.prices.ease_to(prices, now);
        } else {
            self.prices.jump_to(prices);
        }
        let length = series.prices.len();
        self.newest.update(length, same_game, moves, now);
        self.newest.part(now)
    }
}

/// Paints the game, from the lowest layer to the highest.
fn paint(canvas: &mut Canvas<'_>, chart: &Chart, view: &View, marks: &ChartMarks, labels: bool) {
    player_marks::sidebets(canvas, marks);
    let candles = chart.style.candles;
    let runs = canvas.runs();
    if candles {
        prices::tint(canvas, marks, &runs, true);
        prices::draw_candles(canvas);
    } else {
        prices::fill(canvas, &runs);
        prices::tint(canvas, marks, &runs, false);
        prices::line(canvas, runs);
    }
    player_marks::cost_lines(canvas, marks);
    if let Some(at) = canvas.newest() {
        canvas.keep_free(at, 10.0);
    }
    let loss = canvas.theme.loss;
    prices::rug(canvas, loss);
    let peak = prices::visible_peak(canvas);
    if let Some((at, _)) = peak {
        prices::peak(canvas, at);
    }
    let of_game = |drift: &&Drift| drift.game_id == canvas.series.game_id;
    let drifts = view.session.drifts.iter().filter(of_game);
    let ticks: Vec<_> = drifts.filter_map(|drift| drift.tick).collect();
    for tick in ticks {
        player_marks::drift(canvas, tick);
    }
    let labels = labels && decoration_notice(view, "Labels").is_none();
    if let Some(words) = &chart.note {
        player_marks::keep_press_free(canvas, words);
    }
    // The tag of a press says what the label of its mark would say.
    let pressed = canvas.series.newest().filter(|_| chart.note.is_some());
    let unnamed = pressed.map(|(tick, _)| tick);
    player_marks::trades(canvas, marks, labels, unnamed);
    if let Some(peak) = peak.filter(|_| labels) {
        prices::peak_label(canvas, peak);
    }
}

/// Paints the last game, faintly, without its marks and without red.
fn last_game(canvas: &mut Canvas<'_>, chart: &Chart) {
    canvas.painter.set_opacity(presale::LAST_GAME);
    if chart.style.candles {
        prices::draw_candles(canvas);
    } else {
        let runs = canvas.runs();
        prices::fill(canvas, &runs);
        prices::line(canvas, runs);
    }
    let quiet = canvas.theme.quiet;
    prices::rug(canvas, quiet);
    canvas.painter.set_opacity(1.0);
}

/// Returns the tags of the newest price and of the average cost, the more important one first.
fn tags(canvas: &Canvas<'_>, view: &View, marks: &ChartMarks, presale: bool) -> Vec<AxisTag> {
    let theme = canvas.theme;
    let mut tags = Vec::new();
    if presale {
        tags.push(AxisTag {
            price: 1.0,
            y: canvas.y(1.0),
            colour: theme.accent_fill,
            form: TagForm::Newest(Theme::ON_FILL),
        });
    } else {
        tags.extend(canvas.newest_price().map(|price| AxisTag {
            price,
            y: canvas.y(price),
            colour: match direction(view, &theme) {
                (colour, Some(_)) => colour,
                (_, None) => theme.text,
            },
            form: TagForm::Newest(theme.ground),
        }));
        let cost = marks.cost.last().and_then(|(_, cost)| *cost);
        tags.extend(cost.map(|price| AxisTag {
            price,
            y: canvas.y(price),
            colour: theme.accent,
            form: TagForm::Outlined,
        }));
    }
    tags
}

fn hair_tag(theme: &Theme, hair: Crosshair) -> AxisTag {
    AxisTag {
        price: hair.price,
        y: hair.at.y,
        colour: theme.hover.gamma_multiply(hair.opacity),
        form: TagForm::Filled(theme.text.gamma_multiply(hair.opacity)),
    }
}

/// Returns the range of the price axis that fits the visible ticks.
fn price_range(
    series: &PriceSeries,
    scale: PriceScale,
    range: (f64, f64),
    headroom: f64,
) -> (f64, f64) {
    let (from, to) = visible(series, range);
    let rug = series.rug_tick.map(|tick| tick as usize);
    let known = (from..to).filter_map(|index| Some((index, series.prices[index]?)));
    let prices = known.filter(|(index, _)| Some(*index) != rug);
    let rug = rug.filter(|rug| (from..to).contains(rug));
    let rug = rug.and_then(|rug| series.prices[rug]);
    scale.range(prices.map(|(_, price)| price), rug, headroom)
}

/// Draws the sweep of a rug, from left to right; `part` is its progress from 0 to 1.
pub fn sweep(ui: &Ui, part: f64, plot: Rect) {
    let loss = Theme::of(ui).loss;
    let width = plot.width() * 0.5;
    let front = plot.left() + pixel(part) * (plot.width() + width);
    let columns = [
        (front - width, 0.0),
        (front - 0.1 * width, 0.3),
        (front, 0.0),
    ];
    let strip = strip_shape(columns.into_iter().map(|(x, opacity)| {
        let colour = loss.gamma_multiply(opacity);
        [plot.top(), plot.bottom()].map(|y| (pos2(x, y), colour))
    }));
    ui.painter().with_clip_rect(plot).add(strip);
}

/// Draws words in the middle of an empty plot.
pub fn empty_ui(ui: &mut Ui, words: &str, plot: Rect) -> Response {
    let theme = Theme::of(ui);
    let id = ui.scope_id().with("empty chart");
    let response = ui.interact(plot, id, Sense::hover());
    let width = (plot.width() - 48.0).min(480.0);
    let font = role::BODY.font();
    crate::ui::widgets::centred_text(ui.painter(), plot, words, font, theme.quiet, width);
    response
}
