//! What the recording says after the last action beside what the account computes.

use crate::account::Action;
use crate::replay::{Disagreement, Place};
use crate::ui::format::sol;
use crate::ui::theme::{Theme, digits};

/// Keys of a row with the word for each.
const KEYS: [(&str, &str); 4] = [
    ("balance_after", "wallet"),
    ("position_qty_after", "tokens"),
    ("entry_price", "cost"),
    ("pnl", "P&L"),
];
/// Height of the text.
const TEXT: f32 = 11.0;

/// Draws both columns; `found` is what differs.
pub fn difference_ui(ui: &mut egui::Ui, last: Option<&Action>, found: &[Disagreement]) {
    let theme = Theme::of(ui);
    ui.spacing_mut().interact_size.y = ui.text_style_height(&egui::TextStyle::Small);
    let Some(row) = last else {
        let text = "Before your first action";
        ui.label(egui::RichText::new(text).small().color(theme.quiet));
        return;
    };
    let (sign, colour) = if found.is_empty() {
        ("✔ recorded and computed agree", theme.quiet)
    } else {
        ("⚠ recorded and computed differ", theme.alert)
    };
    let head = format!("{} {}: {sign}", row.seq, row.action.as_str());
    let head = egui::Label::new(egui::RichText::new(head).small().color(colour));
    ui.add(head.truncate());
    egui::Grid::new("difference")
        .num_columns(3)
        .spacing([8.0, 1.0])
        .show(ui, |ui| {
            for (key, word) in KEYS {
                row_ui(ui, theme, row, key, word, found);
            }
        });
    // What else differs has no room of its own in the table.
    let others: Vec<String> = found
        .iter()
        .filter(|found| !is_of(found, row) || KEYS.iter().all(|(key, _)| *key != found.key))
        .map(ToString::to_string)
        .collect();
    if !others.is_empty() {
        let text = others.join("; ");
        let label = egui::Label::new(egui::RichText::new(&text).small().color(theme.alert));
        ui.add(label.truncate()).on_hover_text(others.join("\n"));
    }
}

fn is_of(found: &Disagreement, row: &Action) -> bool {
    matches!(found.place, Place::Action { seq, .. } if seq == row.seq)
}

fn row_ui(
    ui: &mut egui::Ui,
    theme: Theme,
    row: &Action,
    key: &str,
    word: &str,
    found: &[Disagreement],
) {
    let value = match key {
        "balance_after" => row.balance_after,
        "position_qty_after" => row.position_qty_after,
        "entry_price" => row.entry_price,
        _ => row.pnl,
    };
    let recorded = value.map_or("–".to_owned(), sol);
    let whole = value.map_or("none".to_owned(), |value| value.to_string());
    let other = found
        .iter()
        .find(|found| is_of(found, row) && found.key == key);
    ui.label(digits(word, TEXT).color(theme.quiet));
    ui.label(digits(recorded, TEXT))
        .on_hover_text(format!("recorded {whole}"));
    match other {
        Some(other) => {
            let text = format!("⚠ computed {}", other.computed);
            let label = egui::Label::new(digits(&text, TEXT).color(theme.alert));
            ui.add(label.truncate()).on_hover_text(text);
        }
        None => {
            ui.label(digits("=", TEXT).color(theme.quiet))
                .on_hover_text("The same is computed");
        }
    }
    ui.end_row();
}
