//! The chips below the amount: steps, and what sets or changes it as a whole.

use egui::{Rect, Ui, vec2};
use rust_decimal::Decimal;

use super::blocks::CHIP_GAP;
use crate::account::{CHIP_STEPS, Chip};
use crate::replay::Highlight;
use crate::ui::ticket::{Ticket, TicketInput};
use crate::ui::widgets::PushButton;

/// Draws the chips in two rows. `max`: the largest amount that is possible; `input`: who operates them.
pub fn chips_ui(
    ui: &mut Ui,
    rect: Rect,
    ticket: &mut Ticket,
    (max, input): (Decimal, TicketInput),
) {
    let steps = CHIP_STEPS.map(|step| {
        let name = format!("+{}", step.to_string().trim_start_matches('0'));
        (name, "Raise the amount", Chip::Add(step))
    });
    let others = [
        ("Clear", "Set the amount to 0", Chip::Clear),
        ("1/2", "Halve the amount", Chip::Half),
        ("×2", "Double the amount", Chip::Double),
        (
            "MAX",
            "As much as the wallet and the limit allow",
            Chip::Max,
        ),
    ];
    let others = others.map(|(name, tip, chip)| (name.to_owned(), tip, chip));
    let size = vec2(
        (rect.width() - 3.0 * CHIP_GAP) / 4.0,
        (rect.height() - CHIP_GAP) / 2.0,
    );
    for (row, chips) in [steps, others].iter().enumerate() {
        for (column, (name, tip, chip)) in chips.iter().enumerate() {
            let step =
                vec2(column_of(column), column_of(row)) * (size + egui::Vec2::splat(CHIP_GAP));
            let place = Rect::from_min_size(rect.min + step, size);
            let control = Highlight::Chip(*chip);
            let down = input.presses(control);
            let button = PushButton::new(name)
                .chip()
                .size(place.width(), place.height())
                .pressed_by_piano(down);
            let response = ui.place(place, button);
            if input != TicketInput::Player {
                pressed_info(&response, down, name);
            }
            if input.takes_presses() && response.on_hover_text(*tip).clicked() {
                ticket.press(*chip, max);
            }
        }
    }
}

fn column_of(place: usize) -> f32 {
    f32::from(u8::try_from(place).unwrap_or(u8::MAX))
}

/// Says to screen readers and tests whether the piano presses a control.
fn pressed_info(response: &egui::Response, down: bool, name: &str) {
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, down, name));
}
