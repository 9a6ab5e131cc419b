//! The menu of the recorder: which games are recorded.

use std::path::Path;

use egui::{Response, Role, Sense, Ui, WidgetInfo, vec2};

use super::TopBarAction;
use crate::engine::View;
use crate::ui::command::KeyCommand;
use crate::ui::format::short_path;
use crate::ui::status_chips::{Status, recorder_lines};
use crate::ui::theme::role::{STRONG, TABLE};
use crate::ui::theme::{GRID, RADIUS, Theme};
use crate::ui::widgets::{
    LAMP, Lamp, key_cap_size, line_galley, paint_key_cap, paint_line, wrapped_ui,
};

/// Height of a choice.
const ROW: f32 = 32.0;
/// Least width of a choice with its key.
const WIDE: f32 = 280.0;

/// Draws the menu.
pub fn record_menu_ui(
    ui: &mut Ui,
    view: &View,
    status: &Status,
    folder: &Path,
    actions: &mut Vec<TopBarAction>,
) {
    let theme = Theme::of(ui);
    ui.spacing_mut().item_spacing.y = GRID;
    let recording = &view.recording;
    let trades = choice_ui(ui, "Games I trade in", None, true, false);
    trades.on_hover_text("Always on: a game with an order of yours is saved");
    for (command, on, tip) in [
        (
            KeyCommand::Record,
            recording.record,
            "Not remembered after a restart. A game that is being recorded is finished",
        ),
        (
            KeyCommand::AutoRecord,
            recording.auto_record,
            "Starts with each game and stops at its end. Remembered after a restart",
        ),
    ] {
        let name = command.text();
        let choice = choice_ui(ui, name, Some(command), on, true);
        if choice.on_hover_text(tip).clicked() {
            actions.push(TopBarAction::Command(command));
        }
    }
    ui.separator();
    wrapped_ui(ui, theme.text, TABLE.text(&status.tip));
    for line in recorder_lines(view, &short_path(folder)) {
        wrapped_ui(ui, theme.quiet, TABLE.text(line));
    }
}

/// Draws a choice that is on or off, with the key that changes it.
fn choice_ui(
    ui: &mut Ui,
    name: &str,
    command: Option<KeyCommand>,
    on: bool,
    can_change: bool,
) -> Response {
    let theme = Theme::of(ui);
    let sense = if can_change {
        Sense::click()
    } else {
        Sense::hover()
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), sense);
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, can_change, on, name));
    let painter = ui.painter();
    if response.hovered() && can_change {
        painter.rect_filled(rect, RADIUS, theme.hover);
    }
    let inside = rect.shrink2(vec2(2.0 * GRID, 0.0));
    // Red is for recording now, which the chip says.
    let lamp = if on { Lamp::Checked } else { Lamp::Off };
    lamp.paint(
        painter,
        inside.left_center() + vec2(LAMP / 2.0, 0.0),
        &theme,
    );
    let mut right = inside.right();
    if let Some(command) = command.filter(|_| rect.width() >= WIDE) {
        let key = command.key_name(ui.ctx());
        let size = key_cap_size(ui, &key);
        let cap =
            egui::Rect::from_center_size(egui::pos2(right - size.x / 2.0, rect.center().y), size);
        paint_key_cap(ui.painter(), ui, cap, &key, theme.line2, theme.quiet);
        right = cap.left() - GRID;
    }
    let left = inside.left() + LAMP + 2.0 * GRID;
    let text = line_galley(ui, &[(STRONG, name, theme.text)], 0.0, right - left);
    paint_line(ui.painter(), egui::pos2(left, rect.center().y), text);
    response
}
