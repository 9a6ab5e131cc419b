//! A row of the trades: what its cells say, and the bar of its worst and its best moment.

use std::path::Path;

use egui::{
    Color32, Id, IdSalt, Rangef, Rect, Response, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2,
};
use rust_decimal::Decimal;

use super::trade_columns::{ROW, TripColumn, cell_ui};
use crate::account::ActionSource;
use crate::game::Time;
use crate::protocol::{Tick, number};
use crate::recording::PlacedNote;
use crate::review::{Extreme, Trip, TripEnd};
use crate::ui::format::{
    count, date_and_time, exact, exact_multiplier, exact_time, short_clock, signed, sol,
    whole_percent,
};
use crate::ui::notes::note_words;
use crate::ui::theme::Theme;
use crate::ui::theme::role::{PILL, TABLE_MONO, TABLE_STRONG};
use crate::ui::widgets::{Icon, fitting_amounts, line_galley, paint_line, pixel};

/// A trade as the table shows it. Money in SOL.
#[derive(Debug, Clone, Copy)]
pub struct TradeRow<'a> {
    /// What the row is of ([`TradeRow::id_of`]).
    pub id: IdSalt,
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
    /// The lowest and the highest P&L while it was open.
    pub limits: [Option<Extreme>; 2],
    /// Ticks without a known price while it was open.
    pub missing_ticks: u32,
    /// The round trip, if the session is open.
    pub trip: Option<&'a Trip>,
    /// What it would have been worth with another exit.
    pub what_if: Option<Decimal>,
    /// The note on it.
    pub note: Option<&'a PlacedNote>,
}

/// What the player did in a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowAction {
    /// Replay the trade from its entry.
    Replay,
    /// Write a note on it.
    Note,
}

impl<'a> TradeRow<'a> {
    /// Returns what a trade is in any list: its session file, and the row of its first fill.
    pub fn id_of(session: &Path, first_row: u32) -> IdSalt {
        IdSalt::new((session, first_row))
    }

    /// Returns a trade of the session that is open.
    pub fn of_trip(session: &Path, trip: &'a Trip) -> Self {
        Self {
            id: Self::id_of(session, trip.first_row()),
            at: trip.began(),
            entry: trip.average_cost(),
            cost: trip.cost,
            pnl: trip.pnl,
            held: trip.ticks_held(),
            end: trip.end,
            limits: [trip.worst, trip.best],
            missing_ticks: trip.missing_ticks,
            trip: Some(trip),
            what_if: None,
            note: None,
        }
    }
}

/// Returns the place of the flag of a row's note, in the column of the end.
fn flag_place(row: Rect, end: Rangef) -> Rect {
    let right = row.left() + end.max - 14.0;
    Rect::from_x_y_ranges(right - 20.0..=right, row.y_range())
}

/// A row of the table.
pub(super) struct Cells<'a> {
    pub theme: Theme,
    pub row: TradeRow<'a>,
    pub with_date: bool,
}

impl Cells<'_> {
    /// Draws the row. Returns what the player did.
    pub fn ui(&self, ui: &mut Ui, columns: &[(TripColumn, Rangef)]) -> Option<RowAction> {
        let theme = &self.theme;
        let row = &self.row;
        let size = vec2(ui.available_width(), ROW);
        let (rect, space) = ui.allocate_exact_size(size, Sense::hover());
        let end = columns
            .iter()
            .find(|(column, _)| *column == TripColumn::End);
        let flag = end.map(|(_, place)| flag_place(rect, *place));
        // A click on either side of the flag replays the trade; the keyboard finds it once.
        let before = flag.map_or(rect, |flag| rect.with_max_x(flag.left()));
        let response = ui.interact(before, space.id.with("trade"), Sense::click());
        let after = flag.map(|flag| {
            let after = rect.with_min_x(flag.right());
            ui.interact(after, space.id.with("end of the trade"), Sense::CLICK)
        });
        let is_hovered = |part: &Response| part.hovered();
        if is_hovered(&response) || after.as_ref().is_some_and(is_hovered) || response.has_focus() {
            ui.painter().rect_filled(rect, 0, theme.hover);
        }
        let line = Stroke::new(1.0, theme.line);
        ui.painter()
            .hline(rect.x_range(), rect.bottom() - 0.5, line);
        for &(column, place) in columns {
            let text = |text: String, ink| (TABLE_MONO, text, ink);
            let amount =
                |role, write: &dyn Fn() -> String| fitting_amounts(ui, role, place.span(), write);
            let (role, text, ink) = match column {
                TripColumn::Time => text(self.time(), theme.quiet),
                TripColumn::Game => {
                    let number = row
                        .trip
                        .map_or("–".to_owned(), |trip| (trip.game + 1).to_string());
                    text(number, theme.text)
                }
                TripColumn::Held => text(
                    row.held.map_or("–".to_owned(), |held| held.to_string()),
                    theme.text,
                ),
                TripColumn::Entry => text(self.entry(), theme.text),
                TripColumn::Amount => text(amount(TABLE_MONO, &|| sol(row.cost)), theme.text),
                TripColumn::Pnl => {
                    let pnl = amount(PILL, &|| signed(row.pnl));
                    (PILL, pnl, theme.money(row.pnl))
                }
                TripColumn::WhatIf => match row.what_if {
                    Some(pnl) => text(amount(TABLE_MONO, &|| signed(pnl)), theme.money(pnl)),
                    None => text("–".to_owned(), theme.faint),
                },
                TripColumn::Worst => text(self.extreme(self.worst()), self.ink(self.worst())),
                TripColumn::Best => text(self.extreme(self.best()), self.ink(self.best())),
                TripColumn::Bar => {
                    self.bar_ui(ui, rect, place);
                    continue;
                }
                TripColumn::End => {
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
        let notes = flag.is_some_and(|flag| self.note_ui(ui, flag, space.id.with("note")));
        let is_clicked = response.clicked() || after.is_some_and(|after| after.clicked());
        let replays = is_clicked.then_some(RowAction::Replay);
        notes.then_some(RowAction::Note).or(replays)
    }

    /// Draws the flag of the note: gold with a star, faint without a note. Returns whether it was clicked.
    fn note_ui(&self, ui: &Ui, flag: Rect, id: Id) -> bool {
        let theme = &self.theme;
        let response = ui.interact(flag, id, Sense::click());
        let name = format!("Note on the trade at {}", self.time());
        response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
        let ink = match self.row.note {
            Some(note) => theme.note(note.starred),
            None if response.hovered() => theme.text,
            None => theme.line2,
        };
        Icon::Flag.paint(ui.painter(), flag, 12.0, ink);
        let tip = self.row.note.map_or("Write a note".to_owned(), |note| {
            note_words(&note.text, &note.tags)
        });
        response.on_hover_text(tip).clicked()
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
        self.row.limits[0]
    }

    fn best(&self) -> Option<Extreme> {
        self.row.limits[1]
    }

    /// Returns a P&L in percent of the cost; a dash where it is unknown. With missing ticks it is "at least".
    fn extreme(&self, extreme: Option<Extreme>) -> String {
        let share = extreme.and_then(|extreme| extreme.value.checked_div(self.row.cost));
        let Some(share) = share else {
            return "–".to_owned();
        };
        let least = if self.row.missing_ticks > 0 {
            "≥"
        } else {
            ""
        };
        least.to_owned() + &whole_percent(share)
    }

    fn ink(&self, extreme: Option<Extreme>) -> Color32 {
        extreme.map_or(self.theme.faint, |extreme| self.theme.money(extreme.value))
    }

    /// Draws the worst moment to the left of the entry, the best one to the right, and where it was sold.
    fn bar_ui(&self, ui: &Ui, row: Rect, place: Rangef) {
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
        if let Some(worst) = self.share(self.worst()).filter(|worst| *worst < 0.0) {
            bar(x(worst), x(0.0), theme.loss.gamma_multiply(0.75));
        }
        if let Some(best) = self.share(self.best()).filter(|best| *best > 0.0) {
            bar(x(0.0), x(best), theme.gain.gamma_multiply(0.75));
        }
        painter.vline(x(0.0), y - 5.0..=y + 5.0, Stroke::new(1.0, theme.quiet));
        if let Some(end) = self.of_cost(self.row.pnl) {
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

    /// Returns a P&L as a share of the cost.
    fn of_cost(&self, pnl: Decimal) -> Option<f64> {
        let share = pnl.checked_div(self.row.cost);
        share.map(number::to_f64_lossy)
    }

    fn share(&self, extreme: Option<Extreme>) -> Option<f64> {
        self.of_cost(extreme?.value)
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
        words.extend(self.row.note.map(|_| "with a note".to_owned()));
        words.join(", ")
    }

    fn tip(&self) -> String {
        let row = &self.row;
        let mut lines: Vec<String> = row.at.map(exact_time).into_iter().collect();
        lines.push(format!("Result {} of {}", exact(row.pnl), exact(row.cost)));
        let value = |extreme: Option<Extreme>| {
            extreme.map_or("–".to_owned(), |extreme| exact(extreme.value))
        };
        let [worst, best] = row.limits.map(value);
        lines.push(format!("Worst {worst}, best {best}"));
        if let Some(trip) = row.trip {
            let after = trip.best_after.map(|best| exact_multiplier(best.value));
            let sources: Vec<_> = trip
                .sources()
                .into_iter()
                .map(ActionSource::as_str)
                .collect();
            lines.extend([
                format!(
                    "Best price after the exit {}",
                    after.unwrap_or("–".to_owned())
                ),
                format!("By {}", sources.join(", ")),
            ]);
        }
        if row.missing_ticks > 0 {
            lines.push(format!(
                "{} without a price: worst and best are at least these",
                count(row.missing_ticks, "tick")
            ));
        }
        lines.push("Click: replay from the entry".to_owned());
        lines.join("\n")
    }
}
