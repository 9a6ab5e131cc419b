//! The table of the library. Only the visible rows are drawn.

use std::path::{Path, PathBuf};

use egui::{Align, Color32, Layout, vec2};
use egui_extras::{Column as Width, TableBuilder};

use rust_decimal::Decimal;

use super::damaged_cells::damaged_cell_ui;
use super::list_columns::{ShownColumn, columns, is_number, title};
use super::note_cells::notes_cell_ui;
use super::preview_chart::curve_ui;
use super::selection::Selection;
use super::status::{Listing, empty_text};
use super::texts::{length, origin_name, row_start, won_text};
use crate::fairness::ProofStatus;
use crate::library::{Catalog, Column, LibraryRow, RowEntry, Sort};
use crate::ui::format::{date_and_time, escaped, exact_time, peak, short_clock, signed};
use crate::ui::theme::role::{CAPTION, TABLE, TABLE_MONO, TABLE_STRONG};
use crate::ui::theme::{GRID, Theme};
use crate::ui::widgets::{Lamp, fitting_amounts, lamp_ui, truncated_ui, wrapped_ui};

/// Height of a row, and of the head.
const ROW: f32 = 36.0;
const HEAD: f32 = 28.0;
/// Space at both sides of a cell.
const CELL: f32 = 6.0;
/// How this figure differs from the max drawdown, which looks at every tick.
const ORDER_DRAWDOWN: &str = "The largest fall of the total value from order to order. The review has the max drawdown, at every tick";

/// What the player did in the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ListAction {
    /// Open a recording.
    Open(PathBuf),
    /// Give a session a star, or take it away.
    Star(PathBuf, bool),
}

/// Draws the list, with this lamp in the row of the running session.
pub fn list_ui(
    ui: &mut egui::Ui,
    catalog: &mut Catalog,
    selection: &mut Selection,
    listing: &Listing,
    running_lamp: Lamp,
) -> Option<ListAction> {
    let theme = Theme::of(ui);
    if catalog.visible().is_empty() {
        ui.add_space(4.0 * GRID);
        ui.horizontal(|ui| {
            ui.add_space(4.0 * GRID);
            wrapped_ui(ui, theme.quiet, empty_text(ui.ctx(), listing, catalog));
        });
        return None;
    }
    let kind = catalog.query().kind;
    let columns = columns(kind, ui.available_width());
    let chosen = selection.path().map(Path::to_owned);
    let scroll = selection.take_scroll();
    let mut sort = None;
    let mut pressed = None;
    let mut star = None;
    let mut open = false;
    let now = crate::clock::now();
    // Each kind has column widths of its own.
    ui.push_id((kind, columns.len()), |ui| {
        // Without space between the cells the whole row can be clicked.
        ui.spacing_mut().item_spacing = egui::Vec2::ZERO;
        ui.style_mut().visuals.selection.bg_fill = theme.hover;
        let mut table = TableBuilder::new(ui)
            .striped(false)
            .auto_shrink(false)
            .sense(egui::Sense::click())
            .cell_layout(Layout::left_to_right(Align::Center));
        for (place, (_, width)) in columns.iter().enumerate() {
            table = table.column(if place + 1 == columns.len() {
                Width::remainder().at_least(*width).clip(true)
            } else {
                Width::exact(*width).clip(true)
            });
        }
        let order = catalog.sort();
        let running = catalog.running().map(|row| row.path.clone());
        let shown = catalog.visible();
        if scroll && let Some(row) = chosen.as_deref().and_then(|path| shown.position(path)) {
            table = table.scroll_to_row(row, None);
        }
        let table = table.header(HEAD, |mut header| {
            for (column, _) in &columns {
                header.col(|ui| {
                    let sorted = *column == ShownColumn::Of(order.by);
                    if head_ui(ui, theme, *column, sorted.then_some(order.descending)) {
                        sort = match column {
                            ShownColumn::Of(column) => Some(*column),
                            ShownColumn::Curve | ShownColumn::Proven => None,
                        };
                    }
                });
            }
        });
        table.body(|body| {
            body.rows(ROW, shown.len(), |mut table_row| {
                let Some(row) = shown.get(table_row.index()) else {
                    return;
                };
                let context = CellContext {
                    theme,
                    row,
                    is_running: running.as_deref() == Some(row.path.as_path()),
                    running_lamp,
                    now,
                };
                table_row.set_selected(chosen.as_deref() == Some(row.path.as_path()));
                for (column, _) in &columns {
                    table_row.col(|ui| {
                        if *column == ShownColumn::Of(Column::Notes) {
                            star = context.notes_ui(ui).or(star.take());
                        } else {
                            context.ui(ui, *column);
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
        sort_by(catalog, column);
    }
    if star.is_some() {
        return star;
    }
    let path = pressed?;
    selection.choose(path.clone());
    open.then_some(ListAction::Open(path))
}

/// Draws the head of a column. Returns whether it was clicked.
fn head_ui(ui: &mut egui::Ui, theme: Theme, column: ShownColumn, descending: Option<bool>) -> bool {
    let title = title(column);
    let arrow = match descending {
        None => "",
        Some(true) => " ▼",
        Some(false) => " ▲",
    };
    let colour = if descending.is_some() {
        theme.text
    } else {
        theme.quiet
    };
    let text = CAPTION.text(format!("{title}{arrow}")).color(colour);
    let layout = if is_number(column) {
        Layout::right_to_left(Align::Center)
    } else {
        Layout::left_to_right(Align::Center)
    };
    let shown = ui.with_layout(layout, |ui| {
        ui.add_space(CELL);
        let head = egui::Button::new(text)
            .frame(false)
            .min_size(vec2(0.0, HEAD));
        let sorts = matches!(column, ShownColumn::Of(_));
        let head = ui.add_enabled(sorts && !title.is_empty(), head);
        let tip = match column {
            ShownColumn::Of(Column::Won) => "Games with a profit, of the games with a result",
            ShownColumn::Of(Column::OrderDrawdown) => ORDER_DRAWDOWN,
            ShownColumn::Of(Column::Pnl) => "The result of what was sold, rugged or decided",
            ShownColumn::Of(Column::Trades) => "A trade is a buy with the sales that close it",
            _ => "Sort by this",
        };
        head.on_hover_text(tip).clicked()
    });
    shown.inner
}

/// What a cell is drawn with.
struct CellContext<'a> {
    theme: Theme,
    row: &'a LibraryRow,
    is_running: bool,
    running_lamp: Lamp,
    now: chrono::DateTime<chrono::Utc>,
}

impl CellContext<'_> {
    fn ui(&self, ui: &mut egui::Ui, column: ShownColumn) {
        // A click selects the row, not text in it.
        ui.style_mut().interaction.selectable_labels = false;
        let theme = self.theme;
        let cell = ui.max_rect();
        let line = egui::Stroke::new(1.0, theme.line);
        let bottom = cell.bottom() - 0.5;
        ui.painter().hline(cell.x_range(), bottom, line);
        if column == ShownColumn::Curve {
            let curve = self.row.facts().map_or(&[][..], |facts| &facts.curve);
            return curve_ui(ui, curve, cell.size());
        }
        let layout = if is_number(column) {
            Layout::right_to_left(Align::Center)
        } else {
            Layout::left_to_right(Align::Center)
        };
        ui.with_layout(layout, |ui| {
            ui.add_space(CELL);
            ui.spacing_mut().item_spacing.x = 8.0;
            match (column, &self.row.entry) {
                (ShownColumn::Of(Column::Start), RowEntry::Session { session, .. }) => {
                    self.start_ui(ui, Some(session.session_start));
                }
                (ShownColumn::Of(Column::Start), RowEntry::Game { game, .. }) => {
                    self.start_ui(ui, game.start_time);
                }
                (
                    ShownColumn::Proven,
                    RowEntry::Session {
                        session, proven, ..
                    },
                ) => {
                    let all = session.games_played;
                    // The running game has no seed yet.
                    let open = usize::from(self.is_running);
                    let colour = if proven + open >= all {
                        theme.text
                    } else {
                        theme.amber
                    };
                    truncated_ui(ui, colour, TABLE_MONO.text(format!("{proven} / {all}")));
                }
                (ShownColumn::Of(column), RowEntry::Damaged { reason }) => {
                    damaged_cell_ui(ui, theme, self.row, reason, column);
                }
                (ShownColumn::Of(column), _) => {
                    let write = || cell_text(theme, self.row, column);
                    let Some((_, colour, tip)) = write() else {
                        return;
                    };
                    let role = if is_number(ShownColumn::Of(column)) {
                        TABLE_MONO
                    } else {
                        TABLE
                    };
                    let write = || write().map_or(String::new(), |(text, ..)| text);
                    let text = fitting_amounts(ui, role, ui.available_width(), write);
                    let label = truncated_ui(ui, colour, role.text(text));
                    if let Some(tip) = tip {
                        label.on_hover_text(tip);
                    }
                }
                (ShownColumn::Curve | ShownColumn::Proven, _) => {}
            }
        });
    }

    /// Draws the star and the notes of a session. Returns whether the star was clicked.
    fn notes_ui(&self, ui: &mut egui::Ui) -> Option<ListAction> {
        ui.style_mut().interaction.selectable_labels = false;
        let cell = ui.max_rect();
        let line = egui::Stroke::new(1.0, self.theme.line);
        let bottom = cell.bottom() - 0.5;
        ui.painter().hline(cell.x_range(), bottom, line);
        let session = self.row.session()?;
        let name = date_and_time(session.session_start);
        let starred = notes_cell_ui(ui, self.row.notes(), &name)?;
        Some(ListAction::Star(self.row.path.clone(), starred))
    }

    /// Draws the start: of the running session since when it runs.
    fn start_ui(&self, ui: &mut egui::Ui, start: Option<crate::game::Time>) {
        let theme = self.theme;
        let Some(start) = start else {
            truncated_ui(ui, theme.faint, TABLE_MONO.text("–"));
            return;
        };
        if self.is_running {
            lamp_ui(ui, self.running_lamp);
            let text = format!("now since {}", short_clock(start));
            truncated_ui(ui, theme.text, TABLE_STRONG.text(text)).on_hover_text(exact_time(start));
            return;
        }
        let text = row_start(start, self.now, self.row.session().is_some());
        let path = escaped(&self.row.path.display().to_string());
        truncated_ui(ui, theme.text, TABLE_MONO.text(text))
            .on_hover_text(format!("{}\n{path}", exact_time(start)));
    }
}

/// Returns the text of a cell, its colour and its tooltip.
fn cell_text(
    theme: Theme,
    row: &LibraryRow,
    column: Column,
) -> Option<(String, Color32, Option<String>)> {
    let path = || escaped(&row.path.display().to_string());
    let (text, colour) = match (&row.entry, column) {
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
            (game.duration_ticks.to_string(), theme.text)
        }
        (RowEntry::Game { game, .. }, Column::Peak) => (peak(game.peak()), theme.text),
        (RowEntry::Game { game, .. }, Column::Proof) => {
            let colour = match game.proof {
                ProofStatus::Proven | ProofStatus::Repaired => theme.text,
                ProofStatus::Mismatch => theme.amber,
                ProofStatus::Unverifiable => theme.quiet,
            };
            (game.proof.as_str().to_owned(), colour)
        }
        (RowEntry::Game { game, .. }, Column::Complete) if game.complete => {
            ("complete".to_owned(), theme.quiet)
        }
        (RowEntry::Game { .. }, Column::Complete) => ("not".to_owned(), theme.amber),
        (RowEntry::Game { game, .. }, Column::Origin) => {
            (origin_name(game.origin).to_owned(), theme.quiet)
        }
        (RowEntry::Game { pnl, .. }, Column::Pnl) => return Some(pnl_cell(theme, *pnl)),
        (RowEntry::Game { played, .. }, Column::Played) => {
            let text = if *played { "played" } else { "watched" };
            (text.to_owned(), theme.quiet)
        }
        (RowEntry::Session { session, .. }, Column::Games) => {
            (session.games_played.to_string(), theme.text)
        }
        (RowEntry::Session { facts, .. }, Column::Trades) => {
            let trades = facts.as_ref().map(|facts| facts.trades.n().to_string());
            (trades.unwrap_or("–".to_owned()), theme.text)
        }
        (RowEntry::Session { session, .. }, Column::Pnl) => {
            return Some(pnl_cell(theme, Some(session.realised_pnl)));
        }
        (RowEntry::Session { facts, .. }, Column::Won) => (
            won_text(facts.as_deref()).unwrap_or("–".to_owned()),
            theme.text,
        ),
        (RowEntry::Session { facts, .. }, Column::OrderDrawdown) => {
            let deepest = facts.as_ref().map(|facts| -facts.order_drawdown);
            return Some(pnl_cell(theme, deepest));
        }
        (RowEntry::Session { session, .. }, Column::Length) => {
            let time = session.session_end - session.session_start;
            (length(time), theme.quiet)
        }
        (RowEntry::Session { session, .. }, Column::Drifts) => match session.drift_count {
            0 => ("none".to_owned(), theme.quiet),
            drifts => (format!("△ {drifts}"), theme.amber),
        },
        (RowEntry::Session { session, .. }, Column::Origin) => {
            let player = session.username.as_deref().unwrap_or("anonymous");
            let tip = format!("Player {}", escaped(player));
            let text = origin_name(session.origin).to_owned();
            return Some((text, theme.text, Some(tip)));
        }
        _ => return None,
    };
    Some((text, colour, None))
}

fn pnl_cell(theme: Theme, pnl: Option<Decimal>) -> (String, Color32, Option<String>) {
    match pnl {
        None => ("–".to_owned(), theme.faint, None),
        Some(pnl) => (signed(pnl), theme.money(pnl), Some(format!("{pnl} SOL"))),
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
            Column::Id | Column::File | Column::Reason | Column::Origin
        )
    };
    catalog.set_sort(Sort { by, descending });
}
