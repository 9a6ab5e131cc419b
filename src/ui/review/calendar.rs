//! The calendar: a month of days, each with its result in words and in colour.

use std::collections::BTreeMap;

use chrono::{Datelike as _, Months, NaiveDate};
use egui::{Color32, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};
use rust_decimal::Decimal;

use super::card::review_card_ui;
use crate::protocol::number;
use crate::recording::Diary;
use crate::ui::format::{count, escaped, exact, shown_sign, signed};
use crate::ui::theme::role::{AXIS, CAPTION};
use crate::ui::theme::{RADIUS, Theme};
use crate::ui::widgets::{Icon, fitting_amounts, icon_button_ui, line_galley, paint_line, pixel};

/// Rows of a month: it may touch six weeks.
const WEEKS: u32 = 6;
/// Height of the names of the days.
const NAMES: f32 = 18.0;

/// The sessions of a day.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct DayResult {
    /// How many.
    pub n: u32,
    /// Their result in SOL.
    pub pnl: Decimal,
}

/// Draws the month; its buttons change it. The line of the diary is in the tooltip of its day. Returns the day that was clicked.
pub fn calendar_ui(
    ui: &mut Ui,
    rect: Rect,
    month: &mut NaiveDate,
    (days, diary): (&BTreeMap<NaiveDate, DayResult>, &Diary),
    chosen: Option<NaiveDate>,
) -> Option<NaiveDate> {
    let first = month.with_day(1).unwrap_or(*month);
    let after = first.checked_add_months(Months::new(1)).unwrap_or(first);
    let of_month = || days.range(first..after);
    let sum = of_month().fold(Decimal::ZERO, |sum, (_, day)| sum.saturating_add(day.pnl));
    let mut clicked = None;
    let mut shown = *month;
    let title = |ui: &mut Ui| {
        let theme = Theme::of(ui);
        let step = |months: Option<NaiveDate>| months.unwrap_or(first);
        if icon_button_ui(ui, Icon::Forward, "Next month", false).clicked() {
            shown = step(first.checked_add_months(Months::new(1)));
        }
        ui.label(
            CAPTION
                .text(first.format("%b %Y").to_string())
                .color(theme.text),
        );
        if icon_button_ui(ui, Icon::Back, "Previous month", false).clicked() {
            shown = step(first.checked_sub_months(Months::new(1)));
        }
        let write = || format!("{}, {}", count(of_month().count(), "day"), signed(sum));
        let (text, room) = (write(), ui.available_width());
        let shown = fitting_amounts(ui, CAPTION, room, write);
        let galley = line_galley(ui, &[(CAPTION, &shown, theme.money(sum))], 0.0, room);
        let (place, response) = ui.allocate_exact_size(galley.size(), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
        paint_line(ui.painter(), place.left_center(), galley);
    };
    review_card_ui(ui, "Days", rect, title, |ui| {
        let most = of_month().map(|(_, day)| number::to_f64_lossy(day.pnl.abs()));
        let month = MonthGrid {
            theme: Theme::of(ui),
            first,
            room: ui.max_rect(),
            most: most.fold(1e-12, f64::max),
        };
        month.names_ui(ui);
        for date in first.iter_days().take_while(|date| *date < after) {
            let of_day = days.get(&date).map(|day| (day, diary.days.get(&date)));
            if month.day_ui(ui, date, of_day, chosen == Some(date)) {
                clicked = Some(date);
            }
        }
    });
    *month = shown;
    clicked
}

/// The days of a month in their places.
struct MonthGrid {
    theme: Theme,
    first: NaiveDate,
    room: Rect,
    /// The largest result of a day, without its sign.
    most: f64,
}

impl MonthGrid {
    /// Returns the cell of a column (from Monday) and a week.
    fn cell(&self, column: u32, week: u32) -> Rect {
        let of = |n: u32| f64::from(n);
        let (width, height) = (
            f64::from(self.room.width()) / 7.0,
            f64::from(self.room.height() - NAMES) / f64::from(WEEKS),
        );
        let corner = pos2(
            self.room.left() + pixel(of(column) * width),
            self.room.top() + NAMES + pixel(of(week) * height),
        );
        Rect::from_min_size(corner, vec2(pixel(width), pixel(height))).shrink(1.5)
    }

    fn names_ui(&self, ui: &Ui) {
        for (column, name) in (0..).zip(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]) {
            let at = pos2(
                self.cell(column, 0).left() + 3.0,
                self.room.top() + NAMES / 2.0,
            );
            let galley = line_galley(ui, &[(CAPTION, name, self.theme.quiet)], 0.0, f32::INFINITY);
            paint_line(ui.painter(), at, galley);
        }
    }

    /// Draws a day. Returns whether it was clicked.
    fn day_ui(
        &self,
        ui: &mut Ui,
        date: NaiveDate,
        result: Option<(&DayResult, Option<&String>)>,
        chosen: bool,
    ) -> bool {
        let theme = &self.theme;
        let column = date.weekday().num_days_from_monday();
        let week = (date.day0() + self.first.weekday().num_days_from_monday()) / 7;
        let cell = self.cell(column, week);
        let Some((day, diary)) = result else {
            ui.painter().rect_filled(cell, RADIUS, theme.raised);
            Self::number_ui(ui, cell, date, theme.quiet);
            return false;
        };
        let id = ui.scope_id().with(date);
        let response = ui.interact(cell, id, Sense::click());
        let words = format!(
            "{}: {}, {}",
            date.format("%-d %b %Y"),
            signed(day.pnl),
            count(day.n, "session")
        );
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &words));
        ui.painter().rect_filled(cell, RADIUS, self.ground(day.pnl));
        let frame = if chosen || response.hovered() {
            theme.text
        } else {
            Color32::TRANSPARENT
        };
        let stroke = Stroke::new(1.0, frame);
        ui.painter()
            .rect_stroke(cell, RADIUS, stroke, StrokeKind::Inside);
        Self::number_ui(ui, cell, date, theme.text);
        let room = cell.width() - 4.0;
        let text = fitting_amounts(ui, AXIS, room, || signed(day.pnl));
        let galley = line_galley(ui, &[(AXIS, &text, theme.text)], 0.0, room);
        let left = cell.right() - 3.0 - galley.size().x;
        paint_line(ui.painter(), pos2(left, cell.bottom() - 8.0), galley);
        let diary = diary.map_or(String::new(), |line| format!("\n{}", escaped(line)));
        let tip = format!("{words}\n{}{diary}", exact(day.pnl));
        response.on_hover_text(tip).clicked()
    }

    fn number_ui(ui: &Ui, cell: Rect, date: NaiveDate, ink: Color32) {
        let text = date.day().to_string();
        let galley = line_galley(ui, &[(AXIS, &text, ink)], 0.0, f32::INFINITY);
        let y = (cell.top() + 8.0).min(cell.center().y);
        paint_line(ui.painter(), pos2(cell.left() + 4.0, y), galley);
    }

    /// Returns the ground of a day: the larger the result, the stronger.
    fn ground(&self, pnl: Decimal) -> Color32 {
        let (weak, strong) = match shown_sign(pnl) {
            std::cmp::Ordering::Less => (self.theme.loss_bg, self.theme.loss),
            std::cmp::Ordering::Equal => return self.theme.hover,
            std::cmp::Ordering::Greater => (self.theme.gain_bg, self.theme.gain),
        };
        let share = pixel(number::to_f64_lossy(pnl.abs()) / self.most).clamp(0.0, 1.0);
        // Text stays readable on it.
        weak.lerp_to_gamma(strong, share * 0.3)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_of_a_month_has_a_cell_of_its_own_in_the_card() {
        // From Sunday 1 March 2026 the month touches six weeks.
        let first = NaiveDate::from_ymd_opt(2026, 3, 1).expect("a date");
        let room = Rect::from_min_size(pos2(0.0, 0.0), vec2(380.0, 220.0));
        let grid = MonthGrid {
            theme: Theme::DARK,
            first,
            room,
            most: 1.0,
        };
        let mut cells: Vec<Rect> = Vec::new();
        for date in first.iter_days().take(31) {
            let week = (date.day0() + first.weekday().num_days_from_monday()) / 7;
            assert!(week < WEEKS);
            cells.push(grid.cell(date.weekday().num_days_from_monday(), week));
        }
        for (place, cell) in cells.iter().enumerate() {
            assert!(room.contains_rect(*cell), "{cell:?}");
            assert!(
                cells[place + 1..]
                    .iter()
                    .all(|other| !cell.intersects(*other))
            );
        }
    }
}
