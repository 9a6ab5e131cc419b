//! Search and filters of the library.

use chrono::NaiveDate;
use egui::{ComboBox, TextEdit, Ui};

use crate::fairness::ProofStatus;
use crate::library::{Bounds, Catalog, PnlSign, Query, RowKind};
use crate::protocol::{Tick, number};
use crate::recording::Origin;
use crate::ui::format::count;
use crate::ui::theme::{GRID, Theme};
use crate::ui::widgets::{combo_ui, named};

/// The texts of the filters as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters {
    open: bool,
    ticks: [String; 2],
    peak: [String; 2],
    dates: [String; 2],
}

impl Filters {
    /// Draws the kinds, the search and the filters. Returns whether Enter left the search for the list.
    pub fn ui(&mut self, ui: &mut Ui, catalog: &mut Catalog, focus: bool) -> bool {
        let mut to_list = false;
        let mut query = catalog.query().clone();
        ui.horizontal_wrapped(|ui| {
            kinds_ui(ui, &mut query, catalog);
            ui.separator();
            let field = TextEdit::singleline(&mut query.text)
                .hint_text("Search id, date, player (/)")
                .desired_width(220.0);
            let field = named(ui.add(field), "Search");
            if focus {
                field.request_focus();
            }
            let enter = ui.input(|input| input.key_pressed(egui::Key::Enter));
            to_list = field.lost_focus() && enter;
            let active = active_filters(&query);
            let name = match active {
                0 => "Filters".to_owned(),
                active => format!("Filters ({active})"),
            };
            ui.toggle_value(&mut self.open, name);
            if (active > 0 || !query.text.is_empty()) && ui.button("Clear").clicked() {
                query = Query {
                    kind: query.kind,
                    ..Query::default()
                };
                *self = Self {
                    open: self.open,
                    ..Self::default()
                };
            }
        });
        if self.open {
            ui.horizontal_wrapped(|ui| self.choices_ui(ui, &mut query));
        }
        change_query(catalog, |current| *current = query);
        to_list
    }

    fn choices_ui(&mut self, ui: &mut Ui, query: &mut Query) {
        let origins = [Origin::Live, Origin::Practice, Origin::Browser, Origin::Url];
        let origins = origins.map(|origin| (origin, origin.as_str()));
        choice_ui(ui, "Origin", &mut query.origin, &origins);
        if query.kind == RowKind::Games {
            let proofs = [
                ProofStatus::Proven,
                ProofStatus::Repaired,
                ProofStatus::Mismatch,
                ProofStatus::Unverifiable,
            ];
            let proofs = proofs.map(|proof| (proof, proof.as_str()));
            choice_ui(ui, "Proof", &mut query.proof, &proofs);
            let complete = [(true, "complete"), (false, "not complete")];
            choice_ui(ui, "Complete", &mut query.complete, &complete);
            let played = [(true, "played"), (false, "watched")];
            choice_ui(ui, "Played", &mut query.played, &played);
        }
        let signs = [(PnlSign::Gain, "gain"), (PnlSign::Loss, "loss")];
        choice_ui(ui, "My P&L", &mut query.pnl, &signs);
        if query.kind == RowKind::Games {
            range_ui(ui, "Ticks", &mut self.ticks, &mut query.ticks, |text| {
                Tick::try_from(number::parse_whole(text)?).ok()
            });
            range_ui(ui, "Peak", &mut self.peak, &mut query.peak, |text| {
                number::parse_typed(text.strip_suffix('x').unwrap_or(text)).ok()
            });
        }
        range_ui(ui, "Date", &mut self.dates, &mut query.dates, |text| {
            text.parse::<NaiveDate>().ok()
        });
    }
}

/// Changes the query of a catalog. An equal query does not sort the rows again.
pub fn change_query(catalog: &mut Catalog, change: impl FnOnce(&mut Query)) {
    let mut query = catalog.query().clone();
    change(&mut query);
    if query != *catalog.query() {
        catalog.set_query(query);
    }
}

/// Returns the number of active filters.
fn active_filters(query: &Query) -> usize {
    let active = [
        query.ticks != Bounds::default(),
        query.peak != Bounds::default(),
        query.dates != Bounds::default(),
        query.origin.is_some(),
        query.proof.is_some(),
        query.complete.is_some(),
        query.pnl.is_some(),
        query.played.is_some(),
    ];
    active.into_iter().filter(|active| *active).count()
}

fn kinds_ui(ui: &mut Ui, query: &mut Query, catalog: &Catalog) {
    let n = |kind| catalog.count(kind);
    for (kind, text) in [
        (RowKind::Sessions, count(n(RowKind::Sessions), "session")),
        (RowKind::Games, count(n(RowKind::Games), "game")),
        (RowKind::Damaged, format!("{} damaged", n(RowKind::Damaged))),
    ] {
        let warns = kind == RowKind::Damaged && n(kind) > 0 && query.kind != kind;
        let mut text = egui::RichText::new(text);
        if warns {
            text = text.color(Theme::of(ui).amber);
        }
        ui.selectable_value(&mut query.kind, kind, text);
    }
}

/// Draws a filter with one of several values, or none.
fn choice_ui<T: PartialEq + Copy>(
    ui: &mut Ui,
    name: &str,
    value: &mut Option<T>,
    choices: &[(T, &str)],
) {
    let current = choices.iter().find(|(choice, _)| Some(*choice) == *value);
    let text = format!("{name}: {}", current.map_or("all", |(_, text)| text));
    let combo = ComboBox::from_id_salt(name).selected_text(&text);
    let choices = choices
        .iter()
        .map(|(choice, text)| (Some(*choice), (*text).to_owned()));
    let options = std::iter::once((None, "all".to_owned())).chain(choices);
    let (_, chosen) = combo_ui(ui, combo, &text, *value, options);
    if let Some(chosen) = chosen {
        *value = chosen;
    }
}

/// Draws a filter from one value to another. Text that is not a value is amber and sets no bound.
fn range_ui<T: PartialEq + Copy>(
    ui: &mut Ui,
    name: &str,
    texts: &mut [String; 2],
    bounds: &mut Bounds<T>,
    parse: impl Fn(&str) -> Option<T>,
) {
    let theme = Theme::of(ui);
    let width = if name == "Date" { 24.0 } else { 16.0 } * GRID;
    let field = |ui: &mut Ui, text: &mut String, which: &str, end: &mut Option<T>| {
        let wrong = parse(text.trim()).is_none() && !text.trim().is_empty();
        let edit = TextEdit::singleline(text)
            .hint_text(which)
            .text_color_opt(wrong.then_some(theme.amber))
            .desired_width(width);
        let edit = named(ui.add(edit), &format!("{name} {which}"));
        if edit.changed() {
            *end = parse(text.trim());
        }
        if wrong {
            edit.on_hover_text("This is no such value; it is passed over");
        }
    };
    ui.horizontal(|ui| {
        ui.label(name);
        field(ui, &mut texts[0], "from", &mut bounds.least);
        field(ui, &mut texts[1], "to", &mut bounds.most);
    });
}
