//! What the recording says after the last action beside what the account computes.

use rust_decimal::Decimal;

use crate::account::Action;
use crate::protocol::number;
use crate::replay::Disagreement;
use crate::ui::format::sol;
use crate::ui::theme::{Theme, digits};

/// Height of the text.
const TEXT: f32 = 11.0;

/// Draws what agrees in short and what differs in full, with both values and how far they are apart.
pub fn difference_ui(ui: &mut egui::Ui, last: Option<&Action>, found: &[Disagreement]) {
    let theme = Theme::of(ui);
    ui.spacing_mut().interact_size.y = ui.text_style_height(&egui::TextStyle::Small);
    let Some(row) = last else {
        let text = "Before your first action";
        ui.label(egui::RichText::new(text).small().color(theme.quiet));
        return;
    };
    if found.is_empty() {
        let head = format!(
            "✔ action {} {}: recorded and computed agree",
            row.seq,
            row.action.as_str()
        );
        let head = egui::Label::new(egui::RichText::new(head).small().color(theme.quiet));
        ui.add(head.truncate());
        recorded_ui(ui, theme, row);
        return;
    }
    let head = egui::RichText::new("⚠ recorded and computed differ");
    ui.label(head.strong().color(theme.alert));
    for found in found {
        let text = egui::RichText::new(words(found)).small().color(theme.alert);
        ui.add(egui::Label::new(text).wrap());
    }
}

/// What both say.
fn recorded_ui(ui: &mut egui::Ui, theme: Theme, row: &Action) {
    let values = [
        ("wallet", row.balance_after),
        ("tokens", row.position_qty_after),
        ("average cost", row.entry_price),
        ("P&L of it", row.pnl),
    ];
    let grid = egui::Grid::new("recorded").num_columns(4);
    grid.spacing([8.0, 1.0]).show(ui, |ui| {
        for (place, (word, value)) in values.into_iter().enumerate() {
            let shown = value.map_or("–".to_owned(), sol);
            let whole = value.map_or("none".to_owned(), |value| value.to_string());
            ui.label(digits(word, TEXT).color(theme.quiet));
            ui.label(digits(shown, TEXT)).on_hover_text(whole);
            if place % 2 == 1 {
                ui.end_row();
            }
        }
    });
}

/// Says a difference: `action 5 SELL balance_after: recorded 0.5, computed 0.98, 0.48 apart`.
fn words(found: &Disagreement) -> String {
    let value = |text: &str| number::parse(text);
    let apart = value(&found.recorded).zip(value(&found.computed));
    let apart = apart.map(|(recorded, computed)| recorded.saturating_sub(computed).abs());
    let apart = apart.filter(|apart| *apart > Decimal::ZERO);
    let apart = apart.map_or(String::new(), |apart| {
        format!(", {} apart", apart.normalize())
    });
    format!("{found}{apart}")
}
