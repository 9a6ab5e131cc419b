//! The cells of a damaged file in the list.

use egui::Ui;

use crate::library::{Column, LibraryRow};
use crate::ui::format::escaped;
use crate::ui::theme::Theme;

/// Draws a cell.
pub fn damaged_cell_ui(ui: &mut Ui, theme: Theme, row: &LibraryRow, reason: &str, column: Column) {
    let text = cell_text(row, reason, column);
    let colour = match (column, &text) {
        (Column::Reason, _) => theme.amber,
        (_, None) => theme.faint,
        _ => theme.text,
    };
    ui.colored_label(colour, text.unwrap_or_else(|| "–".to_owned()))
        .on_hover_text(tip(row, reason));
}

/// Returns the text of a cell; `None` for the day of a file outside of the days' folders.
fn cell_text(row: &LibraryRow, reason: &str, column: Column) -> Option<String> {
    match column {
        Column::File => {
            let name = row.path.file_name().unwrap_or_default();
            Some(escaped(&name.to_string_lossy()))
        }
        Column::Reason => Some(escaped(reason)),
        _ => row.date().map(|day| day.to_string()),
    }
}

fn tip(row: &LibraryRow, reason: &str) -> String {
    let path = row.path.display().to_string();
    format!("{}\n{}", escaped(&path), escaped(reason))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn damaged(path: &str, day: &str) -> LibraryRow {
        LibraryRow::of_damaged(path.into(), "no JSON".to_owned(), day)
    }

    #[test]
    fn the_start_of_a_damaged_file_is_the_day_of_its_folder_and_nothing_elsewhere() {
        let start = |row: &LibraryRow| cell_text(row, "no JSON", Column::Start);
        let of_day = damaged("/r/2025-12-10/games/x.game.json", "2025-12-10");
        assert_eq!(start(&of_day).as_deref(), Some("2025-12-10"));
        assert_eq!(start(&damaged("/home/ada/old/x.jsonl", "")), None);
    }

    #[test]
    fn letters_that_turn_the_text_around_are_escaped_in_the_name_and_in_the_tip() {
        let row = damaged("/r/a\u{202e}b/x\u{202e}y.jsonl", "");
        let name = cell_text(&row, "no JSON", Column::File).unwrap_or_default();
        for text in [name, tip(&row, "not \u{202e} JSON")] {
            assert!(!text.contains('\u{202e}'), "{text}");
        }
    }
}
