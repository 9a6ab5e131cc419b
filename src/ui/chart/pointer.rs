//! The pointer on the plot: the crosshair, what is there, and what moves the range.

use egui::{Pos2, Response, Vec2, pos2};
use egui_plot::PlotTransform;

use super::Chart;
use super::axes::Crosshair;
use super::canvas::Canvas;
use super::downsample::{CANDLE, Candle};
use super::marks::{ChartMarks, TradeMarkKind};
use super::player_marks;
use crate::protocol::Tick;
use crate::ui::format::multiplier;
use crate::ui::motion;
use crate::ui::notes::ShownNote;
use crate::ui::theme::role;
use crate::ui::widgets::{index, pixel};

/// Distance in points at which the pointer is on a mark.
const NEAR: f32 = 10.0;
/// Points of the wheel for a zoom by the factor e.
const WHEEL: f64 = 250.0;

/// Returns where the crosshair is: at the pointer, until it has rested for two seconds.
pub fn crosshair(canvas: &Canvas<'_>, response: &Response) -> Option<Crosshair> {
    let pointer = response.hover_pos().filter(|at| at.y >= canvas.top)?;
    let rests = response
        .ctx
        .input(|input| input.pointer.time_since_last_movement());
    let fading = (f64::from(rests) - motion::REST) / motion::FADE;
    if fading >= 1.0 || fading > 0.0 && !motion::moves(&response.ctx) {
        return None;
    }
    if fading > 0.0 {
        response.ctx.request_repaint();
    } else {
        let stays = std::time::Duration::try_from_secs_f64(-fading * motion::FADE);
        response
            .ctx
            .request_repaint_after(stays.unwrap_or_default());
    }
    let value = canvas.transform.value_from_position(pointer);
    let newest = canvas.series.prices.len().checked_sub(1)?;
    let tick = Tick::try_from(index(value.x.round()).min(newest)).ok()?;
    Some(Crosshair {
        at: pos2(canvas.x(f64::from(tick)), pointer.y),
        tick,
        price: canvas.scale.to_price(value.y).max(0.0),
        opacity: 1.0 - pixel(fading.max(0.0)),
    })
}

/// Writes the prices of the candle at the crosshair.
pub fn candle_readout(canvas: &Canvas<'_>, hair: Crosshair) {
    let first = hair.tick as usize / CANDLE * CANDLE;
    let Some(candle) = Candle::at(&canvas.series.prices, first) else {
        return;
    };
    let [open, high, low, close] =
        [candle.open, candle.high, candle.low, candle.close].map(multiplier);
    let text = format!("open {open}  high {high}  low {low}  close {close}");
    let frame = canvas.frame();
    let at = pos2(frame.right() - 8.0, canvas.top - 20.0);
    let colour = canvas.theme.quiet.gamma_multiply(hair.opacity);
    let font = role::AXIS.font();
    let align = egui::Align2::RIGHT_TOP;
    canvas.painter.text(at, align, text, font, colour);
}

/// Returns the trades and the notes at the pointer in words.
pub fn at_marks(
    canvas: &Canvas<'_>,
    marks: &ChartMarks,
    notes: &[ShownNote],
    response: &Response,
) -> String {
    let Some(pointer) = response.hover_pos() else {
        return String::new();
    };
    let is_near = |at: Pos2| {
        let Vec2 { x, y } = at - pointer;
        x.abs() < NEAR && y.abs() < 3.0 * NEAR
    };
    let trades = marks.trades.iter();
    let trades = trades.filter(|trade| trade.kind != TradeMarkKind::Liquidated);
    let near = trades.filter(|trade| is_near(canvas.inside(trade.tick, trade.price)));
    let trades = near.take(3).map(|trade| trade.words.clone());
    let notes = player_marks::flag_words(canvas, notes, pointer);
    let words: Vec<_> = trades.chain(notes).collect();
    words.join("\n")
}

/// Applies what the pointer does on the plot.
pub fn take(chart: &mut Chart, response: &Response, transform: &PlotTransform) {
    if response.double_clicked() {
        chart.viewport.follow();
        return;
    }
    let ticks = transform.dvalue_dpos()[0];
    let drag = f64::from(response.drag_delta().x);
    if response.dragged_by(egui::PointerButton::Primary) && drag != 0.0 {
        chart.pan(-drag * ticks);
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
        chart.viewport.zoom(factor, around);
        chart.jumps = true;
        response.ctx.request_repaint();
    }
    if scroll.x != 0.0 {
        chart.pan(-f64::from(scroll.x) * ticks);
        response.ctx.request_repaint();
    }
}
