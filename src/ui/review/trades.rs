//! The table of the trades: each with its worst and its best moment, and a click that replays it from its entry.

use egui::{Color32, Rangef, Rect, Role, ScrollArea, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use rust_decimal::Decimal;

use super::card::review_card_ui;
use crate::account::ActionSource;
use crate::game::Time;
use crate::protocol::{Tick, number};
use crate::review::{Extreme, Trip, TripEnd};
use crate::ui::format::{
    count, date_and_time, exact, exact_multiplier, exact_time, short_clock, signed, sol,
};
use crate::ui::theme::Theme;
use crate::ui::theme::role::{CAPTION, PILL, TABLE_MONO, TABLE_STRONG};
use crate::ui::widgets::{Icon, LinePart, line_galley, paint_line, pixel, wrapped_ui};

/// Height of a row, and of the head.
const ROW: f32 = 32.0;
const HEAD: f32 = 24.0;
/// Space between columns.
const COLUMN_GAP: f32 = 10.0;
/// Least width of the bar.
const BAR: f32 = 90.0;

/// A trade as the table shows it. Money in SOL.
#[derive(Debug, Clone, Copy)]
pub struct TradeRow<'a> {
    /// When it began.
    pub at: Option<Time>,
    /// The average price of the buys.
    pub entry: Option<Decimal>,
    /// What the wallet paid.
    pub cost: Decimal,
    /// The profit.
    pub pnl: Decimal,
    /// Ticks from the first buy to the last exit; `None` while it is open.
    pub held: Option<Tick>,
    /// How it ended.
    pub end: TripEnd,
    /// The round trip with its ticks, if the session is open.
    pub trip: Option<&'a Trip>,
    /// What it would have been worth with another exit.
    pub what_if: Option<Decimal>,
    /// It has a note, a tag or a star.
    pub is_marked: bool,
}

impl<'a> From<&'a Trip> for TradeRow<'a> {
    fn from(trip: &'a Trip) -> Self {
        Self {
            at: trip.began(),
            entry: trip.average_cost(),
            cost: trip.cost,
            pnl: trip.pnl,
            held: trip.ticks_held(),
            end: trip.end,
            trip: Some(trip),
            what_if: None,
            is_marked: false,
        }
    }
}

/// The table, as it is drawn.
#[derive(Debug, Clone, Copy)]
pub struct TradeTable {
    /// Number of trades.
    pub len: usize,
    /// Whether they are of several sessions: the time has a date, and their ticks are not known.
    pub is_of_many: bool,
    /// Whether another exit is compared.
    pub with_what_if: bool,
    /// What is shown without a trade.
    pub empty: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Time,
    Game,
    Held,
    Entry,
    Amount,
    Pnl,
    WhatIf,
    Worst,
    Bar,
    Best,
    End,
}

impl Column {
    /// Returns the title.
    fn title(self) -> &'static str {
        match self {
            Self::Time => "Time",
            Self::Game => "Game",
            Self::Held => "Ticks",
            Self::Entry => "Entry",
            Self::Amount => "Amount",
            Self::Pnl => "P&L",
            Self::WhatIf => "What if",
            Self::Worst => "Worst",
            Self::Bar => "while held",
            Self::Best => "Best",
            Self::End => "End",
        }
    }

    fn is_number(self) -> bool {
        !matches!(self, Self::Time | Self::Bar | Self::Best | Self::End)
    }
}

impl TradeTable {
    /// Draws the card. Returns the trade that was clicked.
    pub fn ui<'a>(
        &self,
        ui: &mut Ui,
        rect: Rect,
        row: impl Fn(usize) -> TradeRow<'a>,
    ) -> Option<usize> {
        let mut clicked = None;
        review_card_ui(ui, "Trades", rect, legend_ui, |ui| {
            let theme = Theme::of(ui);
            if self.len == 0 {
                wrapped_ui(ui, theme.quiet, self.empty);
                return;
            }
            ui.spacing_mut().item_spacing.y = 0.0;
            let columns = self.columns(ui.available_width());
            head_ui(ui, &theme, &columns);
            ScrollArea::vertical()
                .id_salt("trades")
                .auto_shrink(false)
                .show_rows(ui, ROW, self.len, |ui, shown| {
                    for place in shown {
                        let cells = Cells {
                            theme,
                            row: row(place),
                            with_date: self.is_of_many,
                        };
                        if cells.ui(ui, &columns) {
                            clicked = Some(place);
                        }
                    }
                });
        });
        clicked
    }

    /// Returns the columns that have room, with their places from the left end of a row.
    fn columns(&self, width: f32) -> Vec<(Column, Rangef)> {
        let time = if self.is_of_many { 100.0 } else { 40.0 };
        // With its width, and how soon it gives way: the highest first; 0 stays.
        let mut columns = vec![
            (Column::Time, time, 0),
            (Column::Game, 36.0, 3),
            (Column::Held, 44.0, 3),
            (Column::Entry, 54.0, 1),
            (Column::Amount, 54.0, 2),
            (Column::Pnl, 62.0, 0),
            (Column::WhatIf, 62.0, 0),
            (Column::Worst, 52.0, 4),
            (Column::Bar, BAR, 0),
            (Column::Best, 62.0, 5),
            (Column::End, 76.0, 0),
        ];
        columns.retain(|(column, ..)| *column != Column::WhatIf || self.with_what_if);
        columns.retain(|(column, ..)| match column {
            Column::Game | Column::Worst | Column::Bar | Column::Best => !self.is_of_many,
            Column::Held => self.is_of_many,
            _ => true,
        });
        let used = |columns: &[(Column, f32, u8)]| -> f32 {
            columns.iter().map(|(_, width, _)| width + COLUMN_GAP).sum()
        };
        while used(&columns) > width {
            let first = columns
                .iter()
                .enumerate()
                .max_by_key(|(_, (.., gives))| *gives);
            match first {
                Some((place, (.., gives))) if *gives > 0 => columns.remove(place),
                _ => break,
            };
        }
        let rest = (width - used(&columns)).max(0.0);
        let mut left = 0.0;
        let places = columns.into_iter().map(|(column, width, _)| {
            let width = if column == Column::Bar {
                width + rest
            } else {
                width
            };
            let place = Rangef::new(left, left + width);
            left = place.max + COLUMN_GAP;
            (column, place)
        });
        places.collect()
    }
}

fn legend_ui(ui: &mut Ui) {
    let theme = Theme::of(ui);
    if ui.available_width() < 380.0 {
        return;
    }
    for (text, ink) in [
        ("| where you sold", theme.text),
        ("best point while held", theme.gain),
        ("worst point while held", theme.loss),
    ] {
        ui.label(CAPTION.text(text).color(ink));
    }
}

fn head_ui(ui: &mut Ui, theme: &Theme, columns: &[(Column, Rangef)]) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), HEAD), Sense::hover());
    for (column, place) in columns {
        cell_ui(
            ui,
            rect,
            (*column, *place),
            (CAPTION, column.title(), theme.quiet),
        );
    }
    let line = Stroke::new(1.0, theme.line);
    ui.painter()
        .hline(rect.x_range(), rect.bottom() - 0.5, line);
}

/// Paints the text of a cell.
fn cell_ui(ui: &Ui, row: Rect, (column, place): (Column, Rangef), part: LinePart<'_>) {
    let galley = line_galley(ui, &[part], 0.0, place.span());
    let width = galley.size().x;
    let left = row.left()
        + match column {
            Column::Bar => place.center() - width / 2.0,
            _ if column.is_number() => place.max - width,
            _ => place.min,
        };
    paint_line(ui.painter(), pos2(left, row.center().y), galley);
}

/// A row of the table.
struct Cells<'a> {
    theme: Theme,
    row: TradeRow<'a>,
    with_date: bool,
}

impl Cells<'_> {
    /// Draws the row. Returns whether it was clicked.
    fn ui(&self, ui: &mut Ui, columns: &[(Column, Rangef)]) -> bool {
        let theme = &self.theme;
        let row = &self.row;
        let size = vec2(ui.available_width(), ROW);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        if response.hovered() || response.has_focus() {
            ui.painter().rect_filled(rect, 0, theme.hover);
        }
        let line = Stroke::new(1.0, theme.line);
        ui.painter()
            .hline(rect.x_range(), rect.bottom() - 0.5, line);
        for &(column, place) in columns {
            let text = |text: String, ink| (TABLE_MONO, text, ink);
            let (role, text, ink) = match column {
                Column::Time => text(self.time(), theme.quiet),
                Column::Game => {
                    let number = row
                        .trip
                        .map_or("–".to_owned(), |trip| (trip.game + 1).to_string());
                    text(number, theme.text)
                }
                Column::Held => text(
                    row.held.map_or("–".to_owned(), |held| held.to_string()),
                    theme.text,
                ),
                Column::Entry => text(self.entry(), theme.text),
                Column::Amount => text(sol(row.cost), theme.text),
                Column::Pnl => (PILL, signed(row.pnl), theme.money(row.pnl)),
                Column::WhatIf => match row.what_if {
                    Some(pnl) => text(signed(pnl), theme.money(pnl)),
                    None => text("–".to_owned(), theme.faint),
                },
                Column::Worst => text(self.extreme(self.worst()), self.ink(self.worst())),
                Column::Best => text(self.extreme(self.best()), self.ink(self.best())),
                Column::Bar => {
                    if let Some(trip) = row.trip {
                        self.bar_ui(ui, rect, place, trip);
                    }
                    continue;
                }
                Column::End => {
                    self.end_ui(ui, rect, place);
                    continue;
                }
            };
            cell_ui(ui, rect, (column, place), (role, &text, ink));
        }
        let words = self.words();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
        let response = response.on_hover_ui(|ui| {
            ui.label(self.tip());
        });
        response.clicked()
    }

    fn time(&self) -> String {
        let at = self.row.at;
        let text = if self.with_date {
            date_and_time
        } else {
            short_clock
        };
        at.map_or("–".to_owned(), text)
    }

    fn entry(&self) -> String {
        self.row.entry.map_or("–".to_owned(), exact_multiplier)
    }

    fn worst(&self) -> Option<Extreme> {
        self.row.trip?.worst
    }

    fn best(&self) -> Option<Extreme> {
        self.row.trip?.best
    }

    /// Returns a P&L in percent of the cost; a dash where it is unknown. With missing ticks it is "at least".
    fn extreme(&self, extreme: Option<Extreme>) -> String {
        let of_cost = self.row.trip.and_then(|trip| share(trip, extreme));
        let Some(share) = of_cost else {
            return "–".to_owned();
        };
        let whole = share * 100.0;
        let sign = match whole.round() {
            whole if whole > 0.0 => "+",
            whole if whole < 0.0 => "\u{2212}",
            _ => "",
        };
        let missing = self.row.trip.map_or(0, |trip| trip.missing_ticks);
        let least = if missing > 0 { "≥" } else { "" };
        format!("{least}{sign}{:.0}\u{2009}%", whole.abs())
    }

    fn ink(&self, extreme: Option<Extreme>) -> Color32 {
        extreme.map_or(self.theme.faint, |extreme| self.theme.money(extreme.value))
    }

    /// Draws the worst moment to the left of the entry, the best one to the right, and where it was sold.
    fn bar_ui(&self, ui: &Ui, row: Rect, place: Rangef, trip: &Trip) {
        let theme = &self.theme;
        let track = Rangef::new(row.left() + place.min + 2.0, row.left() + place.max - 2.0);
        let y = row.center().y;
        let painter = ui.painter();
        painter.hline(track, y, Stroke::new(2.0, theme.raised));
        let x = |share: f64| egui::lerp(track, 0.5 + pixel(share.clamp(-1.0, 1.0)) / 2.0);
        let bar = |from: f32, to: f32, ink: Color32| {
            let rect = Rect::from_x_y_ranges(from..=to, y - 4.0..=y + 4.0);
            painter.rect_filled(rect, 2.0, ink);
        };
        if let Some(worst) = share(trip, trip.worst).filter(|worst| *worst < 0.0) {
            bar(x(worst), x(0.0), theme.loss.gamma_multiply(0.75));
        }
        if let Some(best) = share(trip, trip.best).filter(|best| *best > 0.0) {
            bar(x(0.0), x(best), theme.gain.gamma_multiply(0.75));
        }
        painter.vline(x(0.0), y - 5.0..=y + 5.0, Stroke::new(1.0, theme.quiet));
        if let Some(end) = trip.of_cost(trip.pnl).map(number::to_f64_lossy) {
            painter.vline(x(end), y - 7.0..=y + 7.0, Stroke::new(2.0, theme.text));
        }
    }

    fn end_ui(&self, ui: &Ui, row: Rect, place: Rangef) {
        let theme = &self.theme;
        let (icon, ink, word) = match self.row.end {
            TripEnd::Sold => (Icon::Sell, theme.loss, "sold"),
            TripEnd::Rugged => (Icon::Cross, theme.loss, "rug"),
            TripEnd::Open => (Icon::Follow, theme.quiet, "open"),
            TripEnd::Corrected => (Icon::Drift, theme.amber, "drift"),
        };
        let left = row.left() + place.min;
        let square =
            |left: f32| Rect::from_min_size(pos2(left, row.top()), vec2(12.0, row.height()));
        icon.paint(ui.painter(), square(left), 10.0, ink);
        let word = line_galley(ui, &[(TABLE_STRONG, word, theme.text)], 0.0, f32::INFINITY);
        paint_line(ui.painter(), pos2(left + 16.0, row.center().y), word);
        let right = row.left() + place.max;
        Icon::Play.paint(ui.painter(), square(right - 12.0), 12.0, theme.replay);
    }

    /// Returns what a screen reader says.
    fn words(&self) -> String {
        let row = &self.row;
        let mut words = vec![
            format!("Trade {}", self.time()),
            format!("entry {}", self.entry()),
            format!("amount {}", sol(row.cost)),
            format!("result {}", signed(row.pnl)),
            format!("worst {}", self.extreme(self.worst())),
            format!("best {}", self.extreme(self.best())),
            row.end.as_str().to_owned(),
        ];
        words.extend(
            self.row
                .what_if
                .map(|pnl| format!("what if {}", signed(pnl))),
        );
        if self.row.is_marked {
            words.push("with a note".to_owned());
        }
        words.join(", ")
    }

    fn tip(&self) -> String {
        let row = &self.row;
        let mut lines: Vec<String> = row.at.map(exact_time).into_iter().collect();
        lines.push(format!("Result {} of {}", exact(row.pnl), exact(row.cost)));
        if let Some(trip) = row.trip {
            let value = |extreme: Option<Extreme>| {
                extreme.map_or("–".to_owned(), |extreme| exact(extreme.value))
            };
            let after = trip.best_after.map(|best| exact_multiplier(best.value));
            let sources: Vec<_> = trip
                .sources()
                .into_iter()
                .map(ActionSource::as_str)
                .collect();
            lines.extend([
                format!("Worst {}, best {}", value(trip.worst), value(trip.best)),
                format!(
                    "Best price after the exit {}",
                    after.unwrap_or("–".to_owned())
                ),
                format!("By {}", sources.join(", ")),
            ]);
            if trip.missing_ticks > 0 {
                lines.push(format!(
                    "{} without a price: worst and best are at least these",
                    count(trip.missing_ticks, "tick")
                ));
            }
        }
        lines.push("Click: replay from the entry".to_owned());
        lines.join("\n")
    }
}

/// Returns a P&L as a share of the cost.
fn share(trip: &Trip, extreme: Option<Extreme>) -> Option<f64> {
    trip.of_cost(extreme?.value).map(number::to_f64_lossy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_apart_inside_and_the_result_stays_at_any_width() {
        for is_of_many in [false, true] {
            for with_what_if in [false, true] {
                let table = TradeTable {
                    len: 1,
                    is_of_many,
                    with_what_if,
                    empty: "",
                };
                for width in (400..2_000).map(|width| pixel(f64::from(width))) {
                    let columns = table.columns(width);
                    let pnl = columns.iter().any(|(column, _)| *column == Column::Pnl);
                    assert!(pnl, "{width}");
                    let last = columns.last().map_or(0.0, |(_, place)| place.max);
                    assert!(last <= width, "{width}: {columns:?}");
                    assert!(columns.windows(2).all(|pair| pair[0].1.max < pair[1].1.min));
                }
            }
        }
    }
}
