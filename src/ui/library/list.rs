//! The rows of the library; only those that are in sight are drawn.

use std::path::Path;

use egui::{Align, Layout, RichText};
use egui_extras::{Column as Width, TableBuilder};

use super::{LibraryPage, sort_by, word};
use crate::fairness::ProofStatus;
use crate::library::{Column, LibraryRow, RowEntry};
use crate::recording::IndexSession;
use crate::ui::format::{escaped, peak, signed};
use crate::ui::theme::{GRID, Theme, digits};

/// Height of a row.
const ROW: f32 = 5.0 * GRID;
/// Height of the text.
const TEXT: f32 = 12.0;

impl LibraryPage {
    pub(super) fn list_ui(&mut self, ui: &mut egui::Ui) {
        if self.catalog.visible().is_empty() {
            let theme = Theme::of(ui);
            ui.add_space(4.0 * GRID);
            let words = egui::Label::new(RichText::new(self.empty_words()).color(theme.quiet));
            ui.add(words.wrap());
            return;
        }
        let kind = self.catalog.query().kind;
        let columns = Column::of(kind);
        let chosen = self.chosen.clone();
        let scroll = std::mem::take(&mut self.scroll);
        let mut sort = None;
        let mut pressed = None;
        let mut open = false;
        // A kind has its own widths.
        ui.push_id(word(columns[columns.len() - 1]), |ui| {
            ui.spacing_mut().item_spacing.x = 3.0 * GRID;
            ui.style_mut().visuals.selection.bg_fill = Theme::of(ui).line;
            let mut table = TableBuilder::new(ui)
                .striped(true)
                .auto_shrink(false)
                .sense(egui::Sense::click())
                .cell_layout(Layout::left_to_right(Align::Center));
            for (place, column) in columns.iter().enumerate() {
                table = table.column(width(*column, place + 1 == columns.len()));
            }
            let order = self.catalog.sort();
            let shown = self.catalog.visible();
            if scroll && let Some(row) = chosen.as_deref().and_then(|path| shown.position(path)) {
                table = table.scroll_to_row(row, None);
            }
            let table = table.header(ROW, |mut header| {
                for column in columns {
                    header.col(|ui| {
                        let arrow = match (order.by == *column, order.descending) {
                            (false, _) => "",
                            (true, true) => " ▼",
                            (true, false) => " ▲",
                        };
                        let text = RichText::new(format!("{}{arrow}", word(*column))).strong();
                        let head = egui::Button::new(text).frame(false);
                        if ui.add(head).on_hover_text("Sort by this").clicked() {
                            sort = Some(*column);
                        }
                    });
                }
            });
            table.body(|body| {
                body.rows(ROW, shown.len(), |mut table_row| {
                    let Some(row) = shown.get(table_row.index()) else {
                        return;
                    };
                    table_row.set_selected(chosen.as_deref() == Some(row.path.as_path()));
                    for column in columns {
                        table_row.col(|ui| cell_ui(ui, row, *column));
                    }
                    let response = table_row.response();
                    if response.clicked() {
                        pressed = Some(row.path.clone());
                    }
                    open |= response.double_clicked();
                });
            });
        });
        if let Some(column) = sort {
            sort_by(&mut self.catalog, column);
        }
        if let Some(path) = pressed {
            self.chosen = Some(path.clone());
            if open {
                self.open(path);
            }
        }
    }
}

fn width(column: Column, last: bool) -> Width {
    let wide = match column {
        Column::Start => 160.0,
        Column::Id => 190.0,
        Column::File => 320.0,
        Column::Reason => 200.0,
        Column::Player | Column::Proof => 110.0,
        Column::Peak | Column::Pnl | Column::Origin | Column::Complete => 76.0,
        _ => 56.0,
    };
    if last {
        Width::remainder().at_least(wide).clip(true)
    } else {
        Width::initial(wide)
            .at_least(48.0)
            .clip(true)
            .resizable(true)
    }
}

fn cell_ui(ui: &mut egui::Ui, row: &LibraryRow, column: Column) {
    // The whole row is pressed, not its words.
    ui.style_mut().interaction.selectable_labels = false;
    let theme = Theme::of(ui);
    let path = &row.path;
    match &row.entry {
        RowEntry::Game { .. } => game_ui(ui, theme, row, column),
        RowEntry::Session(session) => session_ui(ui, theme, (path, session), column),
        RowEntry::Damaged { reason } => {
            let text = match column {
                Column::File => path.file_name().unwrap_or_default().to_string_lossy(),
                Column::Reason => reason.as_str().into(),
                _ => path
                    .ancestors()
                    .nth(2)
                    .and_then(|day| day.file_name())
                    .unwrap_or_default()
                    .to_string_lossy(),
            };
            let text = escaped(&text);
            let colour = if column == Column::Reason {
                theme.alert
            } else {
                theme.text
            };
            ui.label(RichText::new(&text).color(colour))
                .on_hover_text(format!("{}\n{}", path.display(), escaped(reason)));
        }
    }
}

fn text(ui: &mut egui::Ui, words: impl Into<String>, colour: egui::Color32) -> egui::Response {
    ui.add(egui::Label::new(digits(words, TEXT).color(colour)).truncate())
}

fn game_ui(ui: &mut egui::Ui, theme: Theme, row: &LibraryRow, column: Column) {
    let RowEntry::Game {
        game,
        faults,
        played,
        pnl,
    } = &row.entry
    else {
        return;
    };
    match column {
        Column::Start => {
            let start = game.start_time.map_or("–".to_owned(), local);
            text(ui, start, theme.text);
        }
        Column::Id => {
            let id = escaped(&game.game_id.to_string());
            let (id, colour) = if faults.is_empty() {
                (id, theme.text)
            } else {
                (format!("⚠ {id}"), theme.alert)
            };
            let path = escaped(&row.path.display().to_string());
            let faults = faults.iter().map(|fault| escaped(fault));
            let lines: Vec<_> = std::iter::once(path).chain(faults).collect();
            text(ui, id, colour).on_hover_text(lines.join("\n"));
        }
        Column::Ticks => {
            text(ui, format!("{:>5}", game.duration_ticks), theme.text);
        }
        Column::Peak => {
            text(ui, format!("{:>8}", peak(game.peak())), theme.text);
        }
        Column::Proof => {
            let (sign, colour) = match game.proof {
                ProofStatus::Proven => ("✔", theme.text),
                ProofStatus::Repaired => ("✔", theme.quiet),
                ProofStatus::Mismatch => ("⚠", theme.alert),
                ProofStatus::Unverifiable => ("·", theme.quiet),
            };
            text(ui, format!("{sign} {}", game.proof.as_str()), colour);
        }
        Column::Complete => {
            let (words, colour) = if game.complete {
                ("✔", theme.text)
            } else {
                ("not", theme.alert)
            };
            text(ui, words, colour);
        }
        Column::Origin => {
            text(ui, game.origin.as_str(), theme.quiet);
        }
        Column::Pnl => pnl_ui(ui, theme, *pnl),
        Column::Played => {
            let words = if *played { "played" } else { "watched" };
            text(ui, words, theme.quiet);
        }
        _ => {}
    }
}

fn session_ui(
    ui: &mut egui::Ui,
    theme: Theme,
    (path, session): (&Path, &IndexSession),
    column: Column,
) {
    match column {
        Column::Start => {
            let path = path.display().to_string();
            text(ui, local(session.session_start), theme.text).on_hover_text(escaped(&path));
        }
        Column::Player => {
            let name = session.username.as_deref().unwrap_or("anonymous");
            text(ui, escaped(name), theme.text);
        }
        Column::Games => {
            text(ui, format!("{:>5}", session.games_played), theme.text);
        }
        Column::Actions => {
            text(ui, format!("{:>5}", session.total_actions), theme.text);
        }
        Column::Pnl => pnl_ui(ui, theme, Some(session.realised_pnl)),
        Column::Drifts => {
            let colour = if session.drift_count > 0 {
                theme.alert
            } else {
                theme.quiet
            };
            text(ui, format!("{:>4}", session.drift_count), colour);
        }
        Column::Origin => {
            text(ui, session.origin.as_str(), theme.quiet);
        }
        _ => {}
    }
}

fn pnl_ui(ui: &mut egui::Ui, theme: Theme, pnl: Option<rust_decimal::Decimal>) {
    let Some(pnl) = pnl else {
        text(ui, "–", theme.quiet);
        return;
    };
    let colour = theme.money(pnl.cmp(&rust_decimal::Decimal::ZERO));
    text(ui, signed(pnl), colour).on_hover_text(format!("{pnl} SOL"));
}

fn local(at: crate::game::Time) -> String {
    let at = at.with_timezone(&chrono::Local);
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}
