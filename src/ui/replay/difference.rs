//! What the recording says after the last action, compared with what the account computes.

use rust_decimal::Decimal;

use crate::account::Action;
use crate::protocol::number;
use crate::replay::Disagreement;
use crate::ui::format::sol;
use crate::ui::theme::{Theme, digits, small};
use crate::ui::widgets::{truncated_ui, wrapped_ui};

/// Size of the text.
const TEXT: f32 = 11.0;

/// Draws the recorded values of the last action, or all differences with both values.
pub fn difference_ui(ui: &mut egui::Ui, last: Option<&Action>, disagreements: &[Disagreement]) {
    let theme = Theme::of(ui);
    ui.spacing_mut().interact_size.y = ui.text_style_height(&egui::TextStyle::Small);
    let Some(row) = last else {
        ui.colored_label(theme.quiet, small("Before your first action"));
        return;
    };
    if disagreements.is_empty() {
        let (seq, kind) = (row.seq, row.action.as_str());
        let title = format!("✔ action {seq} {kind}: recorded and computed agree");
        truncated_ui(ui, theme.quiet, small(title));
        recorded_ui(ui, theme, row);
        return;
    }
    let title = egui::RichText::new("⚠ recorded and computed differ");
    ui.colored_label(theme.amber, title.strong());
    for disagreement in disagreements {
        wrapped_ui(ui, theme.amber, small(describe(disagreement)));
    }
}

/// Draws the recorded values, which are the computed ones, too.
fn recorded_ui(ui: &mut egui::Ui, theme: Theme, row: &Action) {
    let values = [
        ("wallet", row.balance_after),
        ("tokens", row.position_qty_after),
        ("cost", row.entry_price),
        ("P&L", row.pnl),
    ];
    // Wrapped: the column is narrow, and a number may be long.
    ui.horizontal_wrapped(|ui| {
        for (name, value) in values {
            let text = value.map_or("–".to_owned(), sol);
            let exact = value.map_or("none".to_owned(), |value| value.to_string());
            let text = digits(format!("{name} {text}"), TEXT).color(theme.quiet);
            ui.add(egui::Label::new(text).extend()).on_hover_text(exact);
        }
    });
}

/// Returns a difference as `action 5 SELL balance_after: recorded 0.5, computed 0.98, 0.48 apart`.
fn describe(disagreement: &Disagreement) -> String {
    let recorded = number::parse(&disagreement.recorded);
    let computed = number::parse(&disagreement.computed);
    let apart = recorded.zip(computed);
    let apart = apart.map(|(recorded, computed)| recorded.saturating_sub(computed).abs());
    match apart.filter(|apart| *apart > Decimal::ZERO) {
        Some(apart) => format!("{disagreement}, {} apart", apart.normalize()),
        None => disagreement.to_string(),
    }
}
