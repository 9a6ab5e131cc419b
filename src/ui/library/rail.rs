//! The rail beside the list: the sources and the days, each with its number of recordings. One of them can be chosen.

use chrono::{Datelike as _, NaiveDate};
use egui::{Align2, ComboBox, Response, ScrollArea, Sense, Ui, pos2, vec2};

use super::filters::change_query;
use super::texts::{ORIGINS, origin_name};
use crate::clock::local;
use crate::game::Time;
use crate::library::{Bounds, Catalog, DaySummary, RowKind};
use crate::ui::format::{count, exact_multiplier, signed};
use crate::ui::theme::role::{CAPTION, TABLE, TABLE_MONO, TABLE_STRONG};
use crate::ui::theme::{GRID, RADIUS, Theme};
use crate::ui::widgets::{
    combo_ui, fitting, fitting_amounts, line_galley, paint_line, text_galley,
};

const ALL_DAYS: &str = "All days";
const NO_DAY: &str = "No day";
/// Height of an entry, and of a day with its totals.
const ENTRY: f32 = 26.0;
const DAY: f32 = 38.0;

/// Draws the rail.
pub fn rail_ui(ui: &mut Ui, catalog: &mut Catalog) {
    ui.spacing_mut().item_spacing.y = 1.0;
    let theme = Theme::of(ui);
    let kind = catalog.query().kind;
    let chosen = catalog.query().origin;
    let all = match kind {
        RowKind::Sessions => "All sessions",
        RowKind::Games => "All games",
        RowKind::Damaged => "All files",
    };
    ui.label(CAPTION.text("Show").color(theme.quiet));
    let mut choice = None;
    if entry_ui(ui, all, catalog.count(kind), chosen.is_none()).clicked() {
        choice = Some(None);
    }
    for origin in ORIGINS {
        let n = catalog.count_of(kind, origin);
        let on = chosen == Some(origin);
        if (n > 0 || on) && entry_ui(ui, origin_name(origin), n, on).clicked() {
            choice = Some(Some(origin).filter(|_| !on));
        }
    }
    if let Some(origin) = choice {
        change_query(catalog, |query| query.origin = origin);
    }
    ui.add_space(10.0);
    ui.label(CAPTION.text("Days").color(theme.quiet));
    let chosen = chosen_day(catalog);
    let mut choice = None;
    if entry_ui(ui, ALL_DAYS, catalog.days().len(), chosen.is_none()).clicked() {
        choice = Some(None);
    }
    let days = catalog.days();
    ScrollArea::vertical()
        .id_salt("days")
        .auto_shrink([false, false])
        .show_rows(ui, DAY, days.len(), |ui, rows| {
            for day in rows.filter_map(|row| days.get(row)) {
                let date = date_of(day);
                let on = date.is_some() && date == chosen;
                if day_ui(ui, day, on).clicked() && date.is_some() {
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
    let current = chosen.map_or(ALL_DAYS.to_owned(), day_name);
    let combo = ComboBox::from_id_salt("day")
        .width(96.0)
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

fn entry_ui(ui: &mut Ui, text: &str, n: usize, on: bool) -> Response {
    let theme = Theme::of(ui);
    let size = vec2(ui.available_width(), ENTRY);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, on, text));
    if on || response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, theme.hover);
    }
    let (role, ink) = if on {
        (TABLE_STRONG, theme.text)
    } else {
        (TABLE, theme.quiet)
    };
    let painter = ui.painter().with_clip_rect(rect);
    let left = rect.left_center() + vec2(8.0, 0.0);
    painter.text(left, Align2::LEFT_CENTER, text, role.font(), ink);
    let right = rect.right_center() - vec2(8.0, 0.0);
    painter.text(
        right,
        Align2::RIGHT_CENTER,
        n,
        TABLE_MONO.font(),
        theme.quiet,
    );
    response
}

fn day_ui(ui: &mut Ui, day: &DaySummary, on: bool) -> Response {
    let theme = Theme::of(ui);
    let size = vec2(ui.available_width(), DAY);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    let texts = totals(day);
    let accessible = format!("{}: {}", name(day), texts.join(", "));
    response.widget_info(|| egui::WidgetInfo::selected(egui::Role::Button, true, on, &accessible));
    if on || response.hovered() {
        ui.painter().rect_filled(rect, RADIUS, theme.hover);
    }
    let painter = ui.painter().with_clip_rect(rect.shrink2(vec2(4.0, 0.0)));
    let mut right = rect.right() - 8.0;
    let names = names(date_of(day), crate::clock::now());
    if day.sessions > 0 {
        let least = text_galley(ui, (TABLE_STRONG, &names[1], theme.text))
            .size()
            .x;
        let room = right - rect.left() - 8.0 - least - GRID;
        let pnl = fitting_amounts(ui, TABLE_MONO, room, || signed(day.realised_pnl));
        let ink = theme.money(day.realised_pnl);
        let at = pos2(right, rect.top() + 11.0);
        let font = TABLE_MONO.font();
        let pnl = painter.text(at, Align2::RIGHT_CENTER, pnl, font, ink);
        right = pnl.left() - GRID;
    }
    let at = rect.min + vec2(8.0, 11.0);
    let role = if on { TABLE_STRONG } else { TABLE };
    let name = fitting(
        ui,
        role,
        &names.each_ref().map(String::as_str),
        right - at.x,
    );
    let galley = line_galley(ui, &[(role, name, theme.text)], 0.0, right - at.x);
    paint_line(&painter, at, galley);
    let at = rect.min + vec2(8.0, 27.0);
    let (text, ink) = if day.mismatches + day.damaged > 0 {
        (&texts[0], theme.amber)
    } else {
        (&texts[0], theme.quiet)
    };
    painter.text(at, Align2::LEFT_CENTER, text, CAPTION.font(), ink);
    response.on_hover_text(tip(day))
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

fn day_name(date: NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

fn name(day: &DaySummary) -> String {
    date_of(day).map_or(NO_DAY.to_owned(), day_name)
}

/// Returns the names of a day, the longest first: the year is short, or left out if it is that of `now`.
fn names(day: Option<NaiveDate>, now: Time) -> [String; 2] {
    let Some(date) = day else {
        return [NO_DAY.to_owned(), NO_DAY.to_owned()];
    };
    let same_year = date.year() == local(now).year();
    let short = if same_year { "%-d %b" } else { "%-d %b ’%y" };
    [day_name(date), date.format(short).to_string()]
}

/// Returns the totals of a day: its games, then its sessions.
fn totals(day: &DaySummary) -> [String; 2] {
    let proven = day.proven + day.repaired;
    let mut games = format!("{}, {proven} proven", count(day.games, "game"));
    if day.mismatches > 0 {
        games = format!("{games}, {} not", day.mismatches);
    }
    let mut sessions = match day.sessions {
        0 => "no saved sessions".to_owned(),
        sessions => {
            let pnl = signed(day.realised_pnl);
            format!("{}, {pnl} SOL", count(sessions, "session"))
        }
    };
    if day.damaged > 0 {
        sessions = format!("{} damaged, {sessions}", day.damaged);
    }
    [games, sessions]
}

fn tip(day: &DaySummary) -> String {
    let peak = |peak: Option<_>| peak.map_or("–".to_owned(), exact_multiplier);
    format!(
        "{}: {} complete, {} proven, {} repaired, {} that contradict their seed\nPeaks: {} on average, highest {}\n{} with {}, {} SOL\nDamaged files: {}",
        count(day.games, "game"),
        day.complete,
        day.proven,
        day.repaired,
        day.mismatches,
        peak(day.average_peak()),
        peak(day.highest_peak),
        count(day.sessions, "session"),
        count(day.actions, "row"),
        day.realised_pnl,
        day.damaged
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_short_name_of_a_day_keeps_another_year() {
        let now = "2026-11-30T12:00:00Z".parse().expect("a time");
        let named = |date: &str| names(date.parse().ok(), now);
        assert_eq!(named("2026-11-30"), ["30 Nov 2026", "30 Nov"]);
        assert_eq!(named("2025-12-15"), ["15 Dec 2025", "15 Dec ’25"]);
        assert_eq!(named(""), [NO_DAY, NO_DAY]);
    }
}
