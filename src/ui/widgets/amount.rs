//! Amounts of SOL in the room that there is: with the decimals of the settings, or with fewer where they would be cut or
//! lie over something else. The exact value is shown on hover.

use egui::{Color32, Ui};

use super::line::text_galley;
use crate::ui::format::{places, set_places};
use crate::ui::theme::role::Role;

/// The decimals where those of the settings have no room, the most first.
const FEWER: [u32; 5] = [6, 4, 3, 2, 1];

/// Writes amounts with the decimals of the settings, then with fewer and fewer.
pub fn with_fewer_places<T>(write: impl Fn() -> T) -> impl Iterator<Item = T> {
    let most = places();
    let fewer = FEWER.into_iter().filter(move |fewer| *fewer < most);
    std::iter::once(most).chain(fewer).map(move |fewer| {
        set_places(fewer);
        let written = write();
        set_places(most);
        written
    })
}

/// Returns a text with as many decimals of its amounts as fit into `width`.
pub fn fitting_amounts(ui: &Ui, role: Role, width: f32, write: impl Fn() -> String) -> String {
    let fits = |text: &str| text_galley(ui, (role, text, Color32::WHITE)).size().x <= width;
    let mut shortest = String::new();
    for text in with_fewer_places(write) {
        let has_room = fits(&text);
        shortest = text;
        if has_room {
            break;
        }
    }
    shortest
}

#[cfg(test)]
mod tests {
    use rust_decimal::Decimal;

    use super::*;
    use crate::ui::format::signed;
    use crate::ui::theme::role::TABLE_MONO;

    #[test]
    fn an_amount_has_as_many_decimals_as_fit_and_the_settings_stay() {
        let amount = Decimal::new(-123_456_789, 9);
        egui::__run_test_ui(|ui| {
            for (most, letters, text) in [
                (9, 12.5, "−0.123456789"),
                (9, 11.5, "−0.123457"),
                (4, 12.5, "−0.1235"),
                (4, 6.5, "−0.123"),
                (4, 2.5, "−0.1"),
            ] {
                set_places(most);
                let letter = text_galley(ui, (TABLE_MONO, "00", Color32::WHITE)).size().x / 2.0;
                let shown = fitting_amounts(ui, TABLE_MONO, letters * letter, || signed(amount));
                assert_eq!(shown, text);
                assert_eq!(places(), most);
            }
        });
    }
}
