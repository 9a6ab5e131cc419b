//! The days of the library with their totals. One day can be chosen to list its recordings only.

use chrono::NaiveDate;
use egui::{ComboBox, FontId, Response, TextFormat, TextStyle, Ui};

use super::filters::change_query;
use crate::library::{Bounds, Catalog, DaySummary};
use crate::ui::format::{count, exact_multiplier, signed};
use crate::ui::theme::{GRID, Theme};
use crate::ui::widgets::combo_ui;

/// Lines of text per day.
const LINES: f32 = 3.0;
const ALL_DAYS: &str = "All days";

/// Draws all days, the newest first.
pub fn days_ui(ui: &mut Ui, catalog: &mut Catalog) {
    let chosen = chosen_day(catalog);
    let mut choice = None;
    if ui.selectable_label(chosen.is_none(), ALL_DAYS).clicked() {
        choice = Some(None);
    }
    let line = ui.text_style_height(&TextStyle::Small) + 1.0;
    let height = line * LINES + 2.0 * GRID;
    let days = catalog.days();
    egui::ScrollArea::vertical()
        .id_salt("days")
        .auto_shrink([false, false])
        .show_rows(ui, height, days.len(), |ui, rows| {
            for day in rows.filter_map(|row| days.get(row)) {
                let date = date_of(day);
                let on = date.is_some() && date == chosen;
                if day_ui(ui, day, on, height).clicked() && date.is_some() {
                    choice = Some(date.filter(|_| !on));
                }
            }
        });
    if let Some(date) = choice {
        choose_day(catalog, date);
    }
}

/// Draws the days as a menu, for windows without room beside the list.
pub fn day_menu_ui(ui: &mut Ui, catalog: &mut Catalog) {
    let chosen = chosen_day(catalog);
    let current = chosen.map_or(ALL_DAYS.to_owned(), |date| date.to_string());
    let combo = ComboBox::from_id_salt("day")
        .width(200.0)
        .selected_text(current);
    let days = catalog.days().iter().map(|day| {
        let text = format!("{}  {}", name(day), totals(day).join(", "));
        (Some(day.date.as_str()), text)
    });
    let options = std::iter::once((None, ALL_DAYS.to_owned())).chain(days);
    let chosen = chosen.map(|date| date.to_string());
    let (_, choice) = combo_ui(ui, combo, "Day", chosen.as_deref(), options);
    // Recordings without a day are listed with all others.
    if let Some(date) = choice.map(|day| day?.parse().ok()) {
        choose_day(catalog, date);
    }
}

/// Returns the chosen day.
fn chosen_day(catalog: &Catalog) -> Option<NaiveDate> {
    let dates = catalog.query().dates;
    dates.least.filter(|least| dates.most == Some(*least))
}

fn choose_day(catalog: &mut Catalog, date: Option<NaiveDate>) {
    change_query(catalog, |query| {
        query.dates = Bounds {
            least: date,
            most: date,
        };
    });
}

fn date_of(day: &DaySummary) -> Option<NaiveDate> {
    day.date.parse().ok()
}

fn day_ui(ui: &mut Ui, day: &DaySummary, on: bool, height: f32) -> Response {
    let theme = Theme::of(ui);
    let (ink, quiet) = if on {
        (theme.text, theme.quiet)
    } else {
        (theme.text, theme.quiet)
    };
    let mut job = egui::text::LayoutJob::default();
    let font = |size, colour| TextFormat::simple(FontId::proportional(size), colour);
    job.append(&format!("{}\n", name(day)), 0.0, font(12.0, ink));
    job.append(&totals(day).join("\n"), 0.0, font(11.0, quiet));
    let size = egui::vec2(ui.available_width(), height);
    ui.add(egui::Button::selectable(on, job).min_size(size))
        .on_hover_text(tip(day))
}

fn name(day: &DaySummary) -> String {
    if day.date.is_empty() {
        "No day".to_owned()
    } else {
        day.date.clone()
    }
}

/// Returns the totals of a day: its games, then its sessions.
fn totals(day: &DaySummary) -> [String; 2] {
    let proven = day.proven + day.repaired;
    let mut games = format!("{}, {proven} proven", count(day.games, "game"));
    if day.mismatches > 0 {
        games = format!("{games}, ⚠ {} not", day.mismatches);
    }
    let mut sessions = match day.sessions {
        0 => "watched only".to_owned(),
        sessions => {
            let pnl = signed(day.realised_pnl);
            format!("{}, {pnl} SOL", count(sessions, "session"))
        }
    };
    if day.damaged > 0 {
        sessions = format!("⚠ {} damaged, {sessions}", day.damaged);
    }
    [games, sessions]
}

fn tip(day: &DaySummary) -> String {
    let peak = |peak: Option<_>| peak.map_or("–".to_owned(), exact_multiplier);
    format!(
        "{} games: {} complete, {} proven, {} repaired, {} that contradict their seed\npeaks: {} on average, highest {}\n{} sessions with {} actions, {} SOL realised\n{} damaged files",
        day.games,
        day.complete,
        day.proven,
        day.repaired,
        day.mismatches,
        peak(day.average_peak()),
        peak(day.highest_peak),
        day.sessions,
        day.actions,
        day.realised_pnl,
        day.damaged
    )
}
