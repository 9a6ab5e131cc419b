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
        ("cost", row.entry_price),
        ("P&L", row.pnl),
    ];
    // Wrapped: the column has little room, and a number may be long.
    ui.horizontal_wrapped(|ui| {
        for (word, value) in values {
            let shown = value.map_or("–".to_owned(), sol);
            let whole = value.map_or("none".to_owned(), |value| value.to_string());
            let text = digits(format!("{word} {shown}"), TEXT).color(theme.quiet);
            ui.add(egui::Label::new(text).extend()).on_hover_text(whole);
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
