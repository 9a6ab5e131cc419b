//! The table of the library. Only the visible rows are drawn.

use std::path::Path;

use egui::{Align, Color32, Layout, RichText};
use egui_extras::{Column as Width, TableBuilder};

use rust_decimal::Decimal;

use super::LibraryPage;
use crate::fairness::ProofStatus;
use crate::library::{Catalog, Column, LibraryRow, RowEntry, Sort};
use crate::ui::format::{date_time, escaped, exact, exact_time, peak, short_clock, signed};
use crate::ui::theme::{GRID, Theme, digits};
use crate::ui::widgets::{truncated_ui, wrapped_ui};

/// Height of a row.
const ROW: f32 = 5.0 * GRID;
/// Height of the text.
const TEXT: f32 = 12.0;

impl LibraryPage {
    pub(super) fn list_ui(&mut self, ui: &mut egui::Ui) {
        if self.catalog.visible().is_empty() {
            let theme = Theme::of(ui);
            ui.add_space(4.0 * GRID);
            wrapped_ui(ui, theme.quiet, self.empty_text());
            return;
        }
        let kind = self.catalog.query().kind;
        let columns = Column::of(kind);
        let chosen = self.chosen.clone();
        let scroll = std::mem::take(&mut self.scroll);
        let mut sort = None;
        let mut pressed = None;
        let mut open = false;
        // Each kind has column widths of its own.
        ui.push_id(title(columns[columns.len() - 1]), |ui| {
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
            let running = self.catalog.running().map(|row| row.path.clone());
            let running = running.as_deref();
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
                        let text = RichText::new(format!("{}{arrow}", title(*column))).strong();
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
                        table_row.col(|ui| {
                            if running == Some(row.path.as_path()) && *column == Column::Start {
                                running_ui(ui, row);
                            } else {
                                cell_ui(ui, row, *column);
                            }
                        });
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

/// Draws the start of the session that is being recorded.
fn running_ui(ui: &mut egui::Ui, row: &LibraryRow) {
    ui.style_mut().interaction.selectable_labels = false;
    let theme = Theme::of(ui);
    let since = row
        .session()
        .map(|session| short_clock(session.session_start));
    let text = format!("● now since {}", since.unwrap_or_default());
    truncated_ui(ui, theme.text, digits(text, TEXT));
}

fn cell_ui(ui: &mut egui::Ui, row: &LibraryRow, column: Column) {
    // A click selects the row, not text in it.
    ui.style_mut().interaction.selectable_labels = false;
    let theme = Theme::of(ui);
    if let RowEntry::Damaged { reason } = &row.entry {
        damaged_ui(ui, theme, &row.path, reason, column);
        return;
    }
    let Some((text, colour, tip)) = cell(theme, row, column) else {
        return;
    };
    let label = truncated_ui(ui, colour, digits(text, TEXT));
    if let Some(tip) = tip {
        label.on_hover_text(tip);
    }
}

fn damaged_ui(ui: &mut egui::Ui, theme: Theme, path: &Path, reason: &str, column: Column) {
    let (text, colour) = match column {
        Column::File => (path.file_name(), theme.text),
        Column::Reason => (Some(reason.as_ref()), theme.amber),
        _ => {
            let day = path.ancestors().nth(2).and_then(Path::file_name);
            (day, theme.text)
        }
    };
    let text = text.unwrap_or_default().to_string_lossy();
    ui.colored_label(colour, escaped(&text))
        .on_hover_text(format!("{}\n{}", path.display(), escaped(reason)));
}

/// Returns the text of a cell, its colour and its tooltip.
fn cell(
    theme: Theme,
    row: &LibraryRow,
    column: Column,
) -> Option<(String, Color32, Option<String>)> {
    let path = || escaped(&row.path.display().to_string());
    let (text, colour) = match (&row.entry, column) {
        (RowEntry::Game { game, .. }, Column::Start) => {
            let text = game.start_time.map_or("–".to_owned(), date_time);
            return Some((text, theme.text, game.start_time.map(exact_time)));
        }
        (RowEntry::Game { game, faults, .. }, Column::Id) => {
            let id = escaped(&game.game_id.to_string());
            let faults_text = faults.iter().map(|fault| escaped(fault));
            let lines: Vec<_> = std::iter::once(path()).chain(faults_text).collect();
            let tip = Some(lines.join("\n"));
            return Some(if faults.is_empty() {
                (id, theme.text, tip)
            } else {
                (format!("⚠ {id}"), theme.amber, tip)
            });
        }
        (RowEntry::Game { game, .. }, Column::Ticks) => {
            (format!("{:>5}", game.duration_ticks), theme.text)
        }
        (RowEntry::Game { game, .. }, Column::Peak) => {
            (format!("{:>8}", peak(game.peak())), theme.text)
        }
        (RowEntry::Game { game, .. }, Column::Proof) => {
            let (sign, colour) = match game.proof {
                ProofStatus::Proven => ("✔", theme.text),
                ProofStatus::Repaired => ("✔", theme.quiet),
                ProofStatus::Mismatch => ("⚠", theme.amber),
                ProofStatus::Unverifiable => ("·", theme.quiet),
            };
            (format!("{sign} {}", game.proof.as_str()), colour)
        }
        (RowEntry::Game { game, .. }, Column::Complete) if game.complete => {
            ("✔".to_owned(), theme.text)
        }
        (RowEntry::Game { .. }, Column::Complete) => ("not".to_owned(), theme.amber),
        (RowEntry::Game { game, .. }, Column::Origin) => {
            (game.origin.as_str().to_owned(), theme.quiet)
        }
        (RowEntry::Game { pnl, .. }, Column::Pnl) => return Some(pnl_cell(theme, *pnl)),
        (RowEntry::Game { played, .. }, Column::Played) => {
            let text = if *played { "played" } else { "watched" };
            (text.to_owned(), theme.quiet)
        }
        (RowEntry::Session { session, .. }, Column::Start) => {
            let start = date_time(session.session_start);
            let tip = format!("{}\n{}", exact_time(session.session_start), path());
            return Some((start, theme.text, Some(tip)));
        }
        (RowEntry::Session { session, .. }, Column::Player) => {
            let name = session.username.as_deref().unwrap_or("anonymous");
            (escaped(name), theme.text)
        }
        (RowEntry::Session { session, .. }, Column::Games) => {
            (format!("{:>5}", session.games_played), theme.text)
        }
        (RowEntry::Session { session, .. }, Column::Actions) => {
            (format!("{:>5}", session.total_actions), theme.text)
        }
        (RowEntry::Session { session, .. }, Column::Pnl) => {
            return Some(pnl_cell(theme, Some(session.realised_pnl)));
        }
        (RowEntry::Session { facts, .. }, Column::Won) => {
            let trades = facts.as_ref().map(|facts| facts.trades);
            let trades = trades.filter(|trades| trades.n() > 0);
            let text = trades.map(|trades| format!("{} / {}", trades.won, trades.n()));
            (text.unwrap_or("–".to_owned()), theme.text)
        }
        (RowEntry::Session { facts, .. }, Column::Drawdown) => {
            let deepest = facts.as_ref().map(|facts| -facts.max_drawdown);
            return Some(pnl_cell(theme, deepest));
        }
        (RowEntry::Session { session, .. }, Column::Length) => {
            let length = session.session_end - session.session_start;
            (minutes(length), theme.quiet)
        }
        (RowEntry::Session { session, .. }, Column::Drifts) => {
            let drifts = session.drift_count;
            let colour = if drifts > 0 { theme.amber } else { theme.quiet };
            (format!("{drifts:>4}"), colour)
        }
        (RowEntry::Session { session, .. }, Column::Origin) => {
            (session.origin.as_str().to_owned(), theme.quiet)
        }
        _ => return None,
    };
    Some((text, colour, None))
}

fn pnl_cell(theme: Theme, pnl: Option<Decimal>) -> (String, Color32, Option<String>) {
    match pnl {
        None => ("–".to_owned(), theme.quiet, None),
        Some(pnl) => (signed(pnl), theme.money(pnl), Some(exact(pnl))),
    }
}

/// Returns a duration as `26 min` or `1 h 48`.
fn minutes(length: chrono::TimeDelta) -> String {
    let minutes = length.num_minutes().max(0);
    match minutes / 60 {
        0 => format!("{minutes} min"),
        hours => format!("{hours} h {:02}", minutes % 60),
    }
}

/// Returns the title of a column.
fn title(column: Column) -> &'static str {
    match column {
        Column::Start => "Start",
        Column::Id => "Game",
        Column::Ticks => "Ticks",
        Column::Peak => "Peak",
        Column::Proof => "Proof",
        Column::Complete => "Complete",
        Column::Origin => "Origin",
        Column::Pnl => "My P&L",
        Column::Played => "Played",
        Column::Player => "Player",
        Column::Games => "Games",
        Column::Actions => "Orders",
        Column::Won => "Won",
        Column::Drawdown => "Max drawdown",
        Column::Length => "Length",
        Column::Drifts => "Drifts",
        Column::File => "File",
        Column::Reason => "What is wrong",
    }
}

/// Sorts by a column, or reverses the order if it is the current one. Numbers start with the highest.
fn sort_by(catalog: &mut Catalog, by: Column) {
    let current = catalog.sort();
    let descending = if current.by == by {
        !current.descending
    } else {
        !matches!(
            by,
            Column::Id | Column::Player | Column::File | Column::Reason | Column::Origin
        )
    };
    catalog.set_sort(Sort { by, descending });
}
