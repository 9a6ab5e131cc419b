//! What the recording says after the last action beside what the account computes.

use std::collections::BTreeSet;

use egui::{Align2, Sense, Ui, WidgetInfo, vec2};
use rust_decimal::Decimal;

use super::texts::action_word;
use crate::account::Action;
use crate::protocol::number;
use crate::replay::Disagreement;
use crate::ui::format::{signed, sol};
use crate::ui::theme::role::{CAPTION, STRONG, TABLE, TABLE_MONO};
use crate::ui::theme::{StatusLevel, Theme};
use crate::ui::widgets::{Icon, Lamp, lamp_ui, link_ui, truncated_ui, wrapped_ui};

/// Height of a line of the table.
const LINE: f32 = 20.0;
/// Least height for the table; with less there is one line.
const WITH_TABLE: f32 = 150.0;
/// The right ends of the two columns of values, from the right.
const COLUMNS: [f32; 2] = [104.0, 28.0];

/// What is compared.
pub struct ComparisonContext<'a> {
    /// The differences of the rows that may be shown.
    pub found: &'a [Disagreement],
    /// How many presses the recording has; `None` while what comes next is hidden.
    pub all_presses: Option<usize>,
    /// The last completed row.
    pub last: Option<&'a Action>,
    /// The differences of that row.
    pub disagreements: &'a [Disagreement],
    /// The rows so far.
    pub rows: usize,
    /// Numbers of the rows of the session that differ.
    pub wrong: &'a BTreeSet<usize>,
    /// The presses so far.
    pub presses: usize,
}

/// One value of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ComparedValue {
    name: &'static str,
    /// The recorded and the computed value as shown, with their exact texts.
    shown: [String; 2],
    exact: [String; 2],
    equal: bool,
}

/// Returns the values of a row, recorded and computed.
fn compare(row: &Action, disagreements: &[Disagreement]) -> Vec<ComparedValue> {
    let price = |value: Decimal| number::rounded(value, 4) + "x";
    let values: [(_, _, _, &dyn Fn(Decimal) -> String); 4] = [
        ("Price", "executed_price", row.executed_price, &price),
        ("Tokens", "position_qty_after", row.position_qty_after, &sol),
        ("P&L", "pnl", row.pnl, &signed),
        ("Balance", "balance_after", row.balance_after, &sol),
    ];
    let compared = values.map(|(name, key, recorded, text)| {
        let found = disagreements.iter().find(|found| found.key == key);
        let exact = |value: Option<Decimal>| value.map_or("none".to_owned(), |v| v.to_string());
        let text_of = |value: Option<Decimal>| value.map_or("–".to_owned(), text);
        let own = exact(recorded);
        match found {
            None => ComparedValue {
                name,
                shown: [text_of(recorded), text_of(recorded)],
                exact: [own.clone(), own],
                equal: true,
            },
            Some(found) => {
                let computed = number::parse(&found.computed);
                let computed_text = computed.map_or_else(|| found.computed.clone(), text);
                ComparedValue {
                    name,
                    shown: [text_of(recorded), computed_text],
                    exact: [own, found.computed.clone()],
                    equal: false,
                }
            }
        }
    });
    compared.into()
}

/// Draws the card: the values of the last row, and how many rows are equal so far.
pub fn comparison_ui(ui: &mut Ui, context: &ComparisonContext<'_>) {
    let theme = Theme::of(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    if ui.available_height() >= WITH_TABLE {
        let size = vec2(ui.available_width(), LINE);
        let layout = egui::Layout::left_to_right(egui::Align::Center);
        ui.allocate_ui_with_layout(size, layout, |ui| {
            ui.label(STRONG.text("Recorded and computed"));
            let right = egui::Layout::right_to_left(egui::Align::Center);
            ui.with_layout(right, |ui| {
                let all = context.all_presses;
                let of = all.map_or(String::new(), |all| format!(" of {all}"));
                let text = format!("press {}{of}", context.presses);
                truncated_ui(ui, theme.quiet, CAPTION.text(text));
            });
        });
        table_ui(ui, theme, context);
        ui.add_space(4.0);
    }
    summary_ui(ui, theme, context);
}

fn table_ui(ui: &mut Ui, theme: Theme, context: &ComparisonContext<'_>) {
    let title = context
        .last
        .map_or("Before your first order".to_owned(), |row| {
            let tick = row.executed_tick.unwrap_or(row.tick);
            format!("{} at tick {tick}", action_word(row.action))
        });
    line_ui(ui, |painter, rect| {
        let text = |x: f32, align, text: &str| {
            let at = egui::pos2(x, rect.center().y);
            painter.text(at, align, text, CAPTION.font(), theme.quiet);
        };
        text(rect.left(), Align2::LEFT_CENTER, &title);
        for (column, name) in COLUMNS.into_iter().zip(["File", "Pianola"]) {
            text(rect.right() - column, Align2::RIGHT_CENTER, name);
        }
        painter.hline(rect.x_range(), rect.bottom(), (1.0, theme.line));
    });
    let values = context
        .last
        .map_or_else(Vec::new, |row| compare(row, context.disagreements));
    for number in 0..4 {
        let Some(value) = values.get(number) else {
            line_ui(ui, |_, _| {});
            continue;
        };
        let response = line_ui(ui, |painter, rect| {
            let colour = if value.equal { theme.text } else { theme.amber };
            let at = |x: f32| egui::pos2(x, rect.center().y);
            painter.text(
                at(rect.left()),
                Align2::LEFT_CENTER,
                value.name,
                TABLE.font(),
                theme.quiet,
            );
            for (column, text) in COLUMNS.into_iter().zip(&value.shown) {
                let at = at(rect.right() - column);
                painter.text(at, Align2::RIGHT_CENTER, text, TABLE_MONO.font(), colour);
            }
            let icon = if value.equal {
                Icon::Check
            } else {
                Icon::Warning
            };
            let place = egui::Rect::from_center_size(at(rect.right() - 8.0), vec2(14.0, 14.0));
            icon.paint(
                painter,
                place,
                14.0,
                if value.equal {
                    theme.quiet
                } else {
                    theme.amber
                },
            );
        });
        let [file, computed] = &value.exact;
        let equal = if value.equal { "equal" } else { "different" };
        let words = format!("{}: file {file}, Pianola {computed}, {equal}", value.name);
        response.widget_info(|| WidgetInfo::labeled(egui::Role::Label, true, &words));
        response.on_hover_text(words);
    }
}

/// Draws how many rows are equal so far, and the link to all differences.
fn summary_ui(ui: &mut Ui, theme: Theme, context: &ComparisonContext<'_>) {
    let so_far = context.rows;
    let wrong = context.wrong.iter();
    let wrong = wrong.filter(|row| **row <= so_far).count();
    let text = match so_far {
        0 => "No order yet".to_owned(),
        _ => format!("{} of {so_far} equal so far", so_far.saturating_sub(wrong)),
    };
    let size = vec2(ui.available_width(), LINE + 4.0);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        let (lamp, colour) = match (wrong, so_far) {
            (0, 0) => (Lamp::Off, theme.quiet),
            (0, _) => (Lamp::Checked, theme.text),
            _ => (Lamp::Look, theme.amber),
        };
        lamp_ui(ui, lamp);
        let right = egui::Layout::right_to_left(egui::Align::Center);
        ui.with_layout(right, |ui| {
            let link = link_ui(ui, "Details");
            let popup = egui::Popup::menu(&link).layout(egui::Layout::top_down(egui::Align::Min));
            popup.show(|ui| details_ui(ui, theme, context));
            let left = egui::Layout::left_to_right(egui::Align::Center);
            ui.with_layout(left, |ui| truncated_ui(ui, colour, STRONG.text(text)));
        });
    });
}

fn details_ui(ui: &mut Ui, theme: Theme, context: &ComparisonContext<'_>) {
    ui.set_width(420.0);
    let found = context.found;
    if found.is_empty() {
        let text = "Every number of every order is what the account computes. The command pianola replay checks the same.";
        wrapped_ui(ui, theme.text, text);
        return;
    }
    let heading = if found.iter().all(|found| found.is_unchecked) {
        "The files of these games are missing: their orders cannot be computed again"
    } else {
        "These recorded values differ from what Pianola computes"
    };
    let heading = STRONG.text(heading);
    wrapped_ui(ui, theme.level(StatusLevel::Warning), heading);
    let scroll = egui::ScrollArea::vertical().max_height(240.0);
    scroll.show(ui, |ui| {
        for disagreement in found.iter().take(100) {
            wrapped_ui(ui, theme.text, TABLE.text(describe(disagreement)));
        }
    });
}

/// Draws a line of the table.
fn line_ui(ui: &mut Ui, paint: impl FnOnce(&egui::Painter, egui::Rect)) -> egui::Response {
    let size = vec2(ui.available_width(), LINE);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    paint(ui.painter(), rect);
    response
}

/// Returns a difference as `#5 SELL balance_after: recorded 0.5, computed 0.98, 0.48 apart`.
fn describe(disagreement: &Disagreement) -> String {
    let text = disagreement.to_string().replacen("action ", "#", 1);
    let recorded = number::parse(&disagreement.recorded);
    let computed = number::parse(&disagreement.computed);
    let apart = recorded.zip(computed);
    let apart = apart.map(|(recorded, computed)| recorded.saturating_sub(computed).abs());
    match apart.filter(|apart| *apart > Decimal::ZERO) {
        Some(apart) => format!("{text}, {} apart", apart.normalize()),
        None => text,
    }
}
