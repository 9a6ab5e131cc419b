//! The card of the chart: the multiplier over the plot, the last games below it.

use egui::{Panel, Ui};

use super::{Chart, chart_ui};
use crate::engine::View;
use crate::ui::game_history::game_history_ui;
use crate::ui::layout::Regions;
use crate::ui::page::{PageAction, part_ui};
use crate::ui::phase_bar::phase_bar_ui;
use crate::ui::theme::GRID;

/// Draws the card in the rectangle of the chart.
pub fn chart_card_ui(
    ui: &mut Ui,
    chart: &mut Chart,
    view: &View,
    regions: &Regions,
    _actions: &mut Vec<PageAction>,
) {
    part_ui(ui, "inside", regions.chart.shrink(2.0 * GRID), |ui| {
        phase_bar_ui(ui, view);
        let strip = Panel::bottom("strip")
            .resizable(false)
            .frame(egui::Frame::new())
            .show_separator_line(false);
        strip.show(ui, |ui| game_history_ui(ui, view));
        chart_ui(ui, chart, view);
    });
}
