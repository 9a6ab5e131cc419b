//! The tools in the top right of the chart: line or candles, the price axis, follow or the whole game.

use egui::{Align, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use super::{Chart, ChartStyle};
use crate::ui::command::KeyCommand;
use crate::ui::widgets::{Icon, Segment, SegmentStyle, segmented_ui};

/// Space beside and above the tools, and between them.
const SPACE: f32 = 8.0;
const GAP: f32 = 4.0;
/// Height of a tool, and the width of two icons and of two words.
const HEIGHT: f32 = 28.0;
const ICONS: f32 = 58.0;
const WORDS: f32 = 66.0;
/// Width of all tools with the space beside them.
pub const TOOLBAR: f32 = 2.0 * ICONS + WORDS + 2.0 * GAP + 2.0 * SPACE;

/// Draws the tools with their right end at the price axis.
pub fn toolbar_ui(ui: &mut Ui, chart: &mut Chart, plot: Rect) {
    let corner = pos2(plot.right() - TOOLBAR + SPACE, plot.top() + SPACE);
    let room = Rect::from_min_size(corner, vec2(TOOLBAR - 2.0 * SPACE, HEIGHT));
    let layout = Layout::left_to_right(Align::Min);
    let builder = UiBuilder::new()
        .id_salt("tools")
        .max_rect(room)
        .layout(layout);
    let mut ui = ui.new_child(builder);
    ui.spacing_mut().item_spacing = vec2(GAP, 0.0);
    let ChartStyle { candles, log_axis } = chart.style;
    let style = |width| SegmentStyle {
        width: Some(width),
        height: HEIGHT,
        ..SegmentStyle::default()
    };
    let tips = [
        KeyCommand::Candles,
        KeyCommand::LogAxis,
        KeyCommand::Follow,
        KeyCommand::WholeGame,
    ]
    .map(|command| command.tip(ui.ctx()));
    let [candle_tip, log_tip, follow_tip, whole_tip] = &tips;
    let segments = [
        Segment::icon(false, Icon::Line, "Line").tip(candle_tip),
        Segment::icon(true, Icon::Candles, "Candles").tip(candle_tip),
    ];
    if let Some(candles) = segmented_ui(&mut ui, Some(candles), &segments, style(ICONS)) {
        chart.style.candles = candles;
    }
    let segments = [
        Segment::text(false, "Lin").tip(log_tip),
        Segment::text(true, "Log").tip(log_tip),
    ];
    if let Some(log) = segmented_ui(&mut ui, Some(log_axis), &segments, style(WORDS)) {
        chart.style.log_axis = log;
    }
    let range = match () {
        () if chart.viewport.is_following() => Some(KeyCommand::Follow),
        () if chart.viewport.shows_whole_game() => Some(KeyCommand::WholeGame),
        () => None,
    };
    let segments = [
        Segment::icon(KeyCommand::Follow, Icon::Follow, "Follow").tip(follow_tip),
        Segment::icon(KeyCommand::WholeGame, Icon::Whole, "Whole game").tip(whole_tip),
    ];
    if let Some(command) = segmented_ui(&mut ui, range, &segments, style(ICONS)) {
        chart.key(command);
    }
}
