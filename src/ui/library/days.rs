//! The days of a library with what each came to; one that is chosen is the only one that is listed.

use chrono::NaiveDate;

use super::asks;
use crate::library::{Bounds, Catalog, DaySummary};
use crate::protocol::number;
use crate::ui::format::{count, multiplier, signed};
use crate::ui::theme::{GRID, Theme};

/// Lines of a day.
const LINES: f32 = 3.0;

/// Draws all days, the newest first.
pub fn days_ui(ui: &mut egui::Ui, catalog: &mut Catalog) {
    let chosen = chosen(catalog);
    let mut wanted = None;
    if ui.selectable_label(chosen.is_none(), "All days").clicked() {
        wanted = Some(None);
    }
    let line = ui.text_style_height(&egui::TextStyle::Small) + 1.0;
    let height = line * LINES + 2.0 * GRID;
    let days = catalog.days();
    egui::ScrollArea::vertical()
        .id_salt("days")
        .auto_shrink([false, false])
        .show_rows(ui, height, days.len(), |ui, rows| {
            for day in rows.filter_map(|row| days.get(row)) {
                let date = day.date.parse().ok();
                let on = date.is_some() && date == chosen;
                if day_ui(ui, day, on, height).clicked() && date.is_some() {
                    wanted = Some(date.filter(|_| !on));
                }
            }
        });
    if let Some(wanted) = wanted {
        choose(catalog, wanted);
    }
}

/// The same as a menu, where there is no room beside the list.
pub fn day_menu_ui(ui: &mut egui::Ui, catalog: &mut Catalog) {
    let chosen = chosen(catalog);
    let mut wanted = None;
    let now = chosen.map_or("All days".to_owned(), |date| date.to_string());
    let combo = egui::ComboBox::from_id_salt("day")
        .width(200.0)
        .selected_text(now)
        .show_ui(ui, |ui| {
            if ui.selectable_label(chosen.is_none(), "All days").clicked() {
                wanted = Some(None);
            }
            for day in catalog.days() {
                let date: Option<NaiveDate> = day.date.parse().ok();
                let text = format!("{}  {}", name(day), words(day).join(", "));
                let on = date.is_some() && date == chosen;
                if ui.selectable_label(on, text).clicked() {
                    wanted = Some(date);
                }
            }
        });
    combo
        .response
        .widget_info(|| egui::WidgetInfo::labeled(egui::Role::ComboBox, true, "Day"));
    if let Some(wanted) = wanted {
        choose(catalog, wanted);
    }
}

/// The one day that is listed, if it is one.
fn chosen(catalog: &Catalog) -> Option<NaiveDate> {
    let dates = catalog.query().dates;
    dates.least.filter(|least| dates.most == Some(*least))
}

fn choose(catalog: &mut Catalog, date: Option<NaiveDate>) {
    asks(catalog, |query| {
        query.dates = Bounds {
            least: date,
            most: date,
        };
    });
}

fn day_ui(ui: &mut egui::Ui, day: &DaySummary, on: bool, height: f32) -> egui::Response {
    let theme = Theme::of(ui);
    let mut job = egui::text::LayoutJob::default();
    let mut line = |text: &str, size: f32, colour| {
        let format = egui::TextFormat::simple(egui::FontId::proportional(size), colour);
        job.append(text, 0.0, format);
    };
    let (ink, quiet) = if on {
        (theme.on_accent, theme.on_accent)
    } else {
        (theme.text, theme.quiet)
    };
    line(&format!("{}\n", name(day)), 12.0, ink);
    line(&words(day).join("\n"), 11.0, quiet);
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

/// Says what a day came to, in two lines.
fn words(day: &DaySummary) -> [String; 2] {
    let n = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
    let mut games = format!(
        "{}, {} proven",
        count(n(day.games), "game"),
        day.proven + day.repaired
    );
    if day.mismatches > 0 {
        games = format!("{games}, ⚠ {} not", day.mismatches);
    }
    let mut mine = match day.sessions {
        0 => "watched only".to_owned(),
        sessions => format!(
            "{}, {} SOL",
            count(n(sessions), "session"),
            signed(day.realised_pnl)
        ),
    };
    if day.damaged > 0 {
        mine = format!("⚠ {} damaged, {mine}", day.damaged);
    }
    [games, mine]
}

fn tip(day: &DaySummary) -> String {
    let shown = |peak: Option<rust_decimal::Decimal>| {
        peak.map_or("–".to_owned(), |peak| {
            multiplier(number::to_f64_lossy(peak))
        })
    };
    format!(
        "{} games: {} complete, {} proven, {} repaired, {} that contradict their seed\npeaks: {} on average, highest {}\n{} sessions with {} actions, {} SOL realised\n{} damaged files",
        day.games,
        day.complete,
        day.proven,
        day.repaired,
        day.mismatches,
        shown(day.average_peak()),
        shown(day.highest_peak),
        day.sessions,
        day.actions,
        day.realised_pnl,
        day.damaged
    )
}
