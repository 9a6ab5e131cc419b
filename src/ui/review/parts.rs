//! The slices: the trades divided by hour, by entry and so on, each part with its number and its result.

use egui::{ComboBox, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};
use rust_decimal::Decimal;

use super::card::review_card_ui;
use super::chosen_parts::ChosenParts;
use super::tiles::likely;
use crate::protocol::number;
use crate::review::{SliceKind, SliceSum};
use crate::ui::format::{count, exact, signed};
use crate::ui::theme::role::{CAPTION, PILL, TABLE, TABLE_MONO};
use crate::ui::theme::{RADIUS, Theme};
use crate::ui::widgets::{combo_ui, line_galley, list_row_ui, paint_line, pixel, wrapped_ui};

/// Height of a part.
const PART: f32 = 20.0;
/// Widths of a part's name, of its number of trades and of its result.
const NAME: f32 = 92.0;
const NUMBER: f32 = 34.0;
const RESULT: f32 = 66.0;

/// Returns what a division is called.
fn title(kind: SliceKind) -> &'static str {
    match kind {
        SliceKind::Entry => "By entry price",
        SliceKind::Held => "By ticks held",
        SliceKind::Hour => "By hour of the day",
        SliceKind::Weekday => "By day of the week",
        SliceKind::After => "By the trade before",
        SliceKind::Source => "By source",
    }
}

/// Draws the parts of one kind; a menu changes it, and a click on a part chooses its trades.
pub fn parts_ui(
    ui: &mut Ui,
    rect: Rect,
    (kind, parts): (&mut SliceKind, &mut ChosenParts),
    all: &[(SliceKind, Vec<SliceSum>)],
) {
    let mut chosen = None;
    let current = *kind;
    let menu = |ui: &mut Ui| {
        let combo = ComboBox::from_id_salt("parts by")
            .width(130.0)
            .selected_text(title(current));
        let options = SliceKind::ALL
            .iter()
            .map(|kind| (*kind, title(*kind).to_owned()));
        chosen = combo_ui(ui, combo, "Parts by", current, options).1;
    };
    review_card_ui(ui, "Parts", rect, menu, |ui| {
        let slices = all.iter().find(|(kind, _)| *kind == current);
        let slices = slices.map_or(&[][..], |(_, slices)| slices);
        let theme = Theme::of(ui);
        if slices.is_empty() {
            wrapped_ui(ui, theme.quiet, "Closed trades appear here, divided.");
            return;
        }
        let most = slices.iter().map(|slice| slice.pnl.abs()).max();
        let most = number::to_f64_lossy(most.unwrap_or_default()).max(1e-12);
        ui.spacing_mut().item_spacing.y = 0.0;
        head_ui(ui, &theme);
        ScrollArea::vertical()
            .id_salt("parts")
            .auto_shrink(false)
            .show_rows(ui, PART, slices.len(), |ui, shown| {
                for slice in &slices[shown] {
                    let is_chosen = parts.contains(current, &slice.name);
                    let draw = |ui: &mut Ui| part_ui(ui, &theme, (slice, is_chosen), most);
                    if list_row_ui(ui, &slice.name, draw) {
                        parts.toggle(current, slice.name.clone());
                    }
                }
            });
    });
    *kind = chosen.unwrap_or(current);
}

fn head_ui(ui: &mut Ui, theme: &Theme) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 16.0), Sense::hover());
    for (right, text) in [(NAME + NUMBER, "n"), (rect.width(), "P&L")] {
        let galley = line_galley(ui, &[(CAPTION, text, theme.quiet)], 0.0, f32::INFINITY);
        let left = rect.left() + right - galley.size().x;
        paint_line(ui.painter(), pos2(left, rect.center().y), galley);
    }
}

/// Draws a part. Returns whether it was clicked.
fn part_ui(ui: &mut Ui, theme: &Theme, (slice, is_chosen): (&SliceSum, bool), most: f64) -> bool {
    let (n, pnl) = (slice.n, slice.pnl);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), PART), Sense::click());
    let few = if slice.is_small() { ", few" } else { "" };
    let words = format!(
        "{}: {}{few}, {}",
        slice.name,
        count(n, "trade"),
        signed(pnl)
    );
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_chosen, &words));
    if is_chosen || response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, RADIUS, theme.hover);
    }
    // Too few trades say little: they are grey.
    let (ink, money) = if slice.is_small() {
        (theme.quiet, theme.quiet)
    } else {
        (theme.text, theme.money(pnl))
    };
    let y = rect.center().y;
    let n_text = n.to_string();
    let result = signed(pnl);
    let name = line_galley(ui, &[(TABLE, &slice.name, ink)], 0.0, NAME);
    paint_line(ui.painter(), pos2(rect.left(), y), name);
    for (right, role, text, ink) in [
        (rect.left() + NAME + NUMBER, TABLE_MONO, &n_text, ink),
        (rect.right(), PILL, &result, money),
    ] {
        let galley = line_galley(ui, &[(role, text, ink)], 0.0, f32::INFINITY);
        paint_line(ui.painter(), pos2(right - galley.size().x, y), galley);
    }
    let track = Rect::from_x_y_ranges(
        rect.left() + NAME + NUMBER + 10.0..=rect.right() - RESULT - 4.0,
        y - 5.0..=y + 5.0,
    );
    if track.width() > 8.0 {
        let middle = track.center().x;
        let length = pixel(number::to_f64_lossy(pnl) / most) * track.width() / 2.0;
        let bar = Rect::from_x_y_ranges(
            middle.min(middle + length)..=middle.max(middle + length),
            track.y_range(),
        );
        ui.painter()
            .vline(middle, track.y_range(), egui::Stroke::new(1.0, theme.line2));
        let fill = if slice.is_small() { theme.faint } else { money };
        ui.painter().rect_filled(bar, 2.0, fill);
    }
    let response = response.on_hover_ui(|ui| {
        let likely = slice.win_rate().as_ref().map_or(String::new(), likely);
        let each = slice.expectancy().unwrap_or(Decimal::ZERO);
        ui.label(format!(
            "{words}
Won {likely}
Per trade {}",
            exact(each)
        ));
        if slice.is_small() {
            ui.label("Fewer than 30 trades: this says little");
        }
        ui.label(if is_chosen {
            "Click: all trades again"
        } else {
            "Click: only these trades"
        });
    });
    response.clicked()
}
